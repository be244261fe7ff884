"""On Postgres a finished build is published by a swap of schemas."""

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from postgres import READER
from psycopg2.extensions import connection as Connection
from small_builds import SMALL_BUILD, dbt, set_environment
from test_bad_input import stated_once

PUBLISH = ["run-operation", "publish_schemas", "--args"]
# a mart with few models before it
MART = "audit_unmapped_values"
BUILD_MART = ["build", "--select", f"+{MART}", "--vars", "{raw_schema: raw}", "--quiet"]
BUILD_MART += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@pytest.fixture
def shop(postgres, tmp_path, monkeypatch) -> Iterator[Connection]:
    """A database in which dbt builds analytics_marts and so on, and reports read live_marts."""
    set_environment(monkeypatch, tmp_path, tmp_path / "raw")
    with closing(postgres.connect("postgres")) as admin:
        admin.cursor().execute("drop database if exists publishing")
        admin.cursor().execute("create database publishing")
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(postgres.port))
    monkeypatch.setenv("PGUSER", postgres.user)
    monkeypatch.setenv("PGDATABASE", "publishing")
    monkeypatch.setenv("ANALYTICS_SCHEMA", "analytics")
    monkeypatch.setenv("DBT_TARGET", "postgres")
    monkeypatch.setenv("BI_ROLE", READER)
    with closing(postgres.connect("publishing")) as connection:
        run(connection, "create schema raw")
        run(
            connection, "create table raw.orders (order_id text, ordered_at text, paid_amount text)"
        )
        run(connection, "insert into raw.orders values ('o1', '2024-01-01', '1')")
        yield connection


def run(connection: Connection, *statements: str) -> list[tuple]:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    return cursor.fetchall() if cursor.description else []


def build(connection: Connection, number: int) -> None:
    """A build with all its schemas; a mart and a view that reads it hold the number."""
    assert dbt([*SMALL_BUILD, "--vars", "{raw_schema: raw}"]).success
    for schema in ("staging", "intermediate", "marts", "audit"):
        run(connection, f"create schema if not exists analytics_{schema}")
    run(
        connection,
        "drop table if exists analytics_marts.fct_number cascade",
        f"create table analytics_marts.fct_number as select {number} as number",
        "create view analytics_marts.rpt_number as select * from analytics_marts.fct_number",
    )


def published(connection: Connection) -> int:
    ((table, view),) = run(
        connection,
        "select fct.number, rpt.number"
        " from live_marts.fct_number as fct, live_marts.rpt_number as rpt",
    )
    assert table == view
    return table


def test_swap_replaces_the_previous_build(shop, capfd):
    build(shop, 1)
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 1
    left = "select nspname from pg_namespace where nspname like 'analytics%'"
    assert run(shop, left) == [("analytics_input",)]
    build(shop, 2)
    run(shop, "create role report", "grant usage on schema live_marts, analytics_marts to report")
    assert published(shop) == 1
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 2
    assert run(shop, "select number from analytics_marts.rpt_number") == [(1,)]
    assert run(shop, "select count(*) from live_input.orders") == [(1,)]
    assert run(shop, "select has_schema_privilege('report', 'live_marts', 'usage')") == [(True,)]

    # called once more, by a scheduler that tries again, it does not bring back the old one
    capfd.readouterr()
    assert not dbt([*PUBLISH, "{live: live}"]).success
    stated_once(capfd.readouterr().out, ["nothing was built in analytics since"])
    assert published(shop) == 2
    build(shop, 3)
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 3


def test_next_build_keeps_the_fitted_parameters(shop):
    parameters = "values ('bg_nbd', date '2024-01-01', 'r', {}, 30, -1.0, true)"
    build(shop, 1)
    run(shop, f"insert into analytics_input.fitted_parameters {parameters.format(0.1)}")
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert run(shop, "select value from analytics_input.fitted_parameters") == [(0.1,)]
    build(shop, 2)
    run(shop, "update analytics_input.fitted_parameters set value = 0.2")
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert run(shop, "select value from analytics_input.fitted_parameters") == [(0.2,)]
    assert run(shop, "select value from live_input.fitted_parameters") == [(0.2,)]


def test_swap_is_atomic(shop, capfd):
    build(shop, 1)
    assert dbt([*PUBLISH, "{live: live}"]).success
    build(shop, 2)
    # the last of the schemas to be renamed meets a name that is taken
    run(shop, "create schema analytics_staging_replaced")
    assert not dbt([*PUBLISH, "{live: live}"]).success
    stated_once(capfd.readouterr().out, ['"analytics_staging_replaced" already exists'])
    assert published(shop) == 1
    run(shop, "drop schema analytics_staging_replaced")
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 2


def test_publication_errors_are_reported(shop, capfd):
    for arguments, said in (
        (
            "{live: live}",
            "schema analytics_audit does not exist: run dbt build --target postgres first",
        ),
        ("{live: analytics}", "live: analytics is also the schema that dbt builds into"),
    ):
        assert not dbt([*PUBLISH, arguments]).success
        stated_once(capfd.readouterr().out, [said])


def test_bi_role_can_read_every_published_build(shop, postgres):
    """It can read the mart, but not the models behind it."""
    run(shop, "alter table raw.orders add status text")
    with closing(postgres.connect("publishing", READER)) as reader:
        for number in (1, 2):
            order = f"('x{number}', '2024-01-01', '1', 'w{number}')"
            run(shop, f"insert into raw.orders values {order}")
            assert dbt(BUILD_MART).success
            for schema in ("intermediate", "marts"):
                run(shop, f"create schema if not exists analytics_{schema}")
            assert dbt([*PUBLISH, "{live: live}"]).success
            words = run(reader, f"select value from live_audit.{MART} order by 1")
            assert words == [(f"w{earlier}",) for earlier in range(1, number + 1)]
            for statement in (
                f"delete from live_audit.{MART}",
                "create table live_audit.mine (number integer)",
                "select * from live_staging.base_shop__orders",
                "select * from live_input.orders",
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    run(reader, statement)


def test_missing_bi_role_stops_the_build(shop, capfd):
    run(shop, f"alter role {READER} rename to other_reader")
    try:
        assert not dbt(BUILD_MART).success
    finally:
        run(shop, f"alter role other_reader rename to {READER}")
    stated_once(capfd.readouterr().out, [f"BI_ROLE is '{READER}', which is not a role"])
    built = "select 1 from pg_tables where schemaname in ('analytics_config', 'analytics_audit')"
    assert run(shop, built) == []
