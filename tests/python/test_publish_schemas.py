"""On Postgres a finished build is published by a swap of schemas."""

import re
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from postgres import READER
from psycopg2.extensions import connection as Connection
from small_builds import SMALL_BUILD, dbt, set_environment
from test_bad_input import stated_once
from warehouse import PROJECT

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
    # staging and all else that reports do not read stay with the build
    prefixed = "select nspname from pg_namespace where nspname like '{}%' order by 1"
    assert run(shop, prefixed.format("live")) == [("live_audit",), ("live_marts",)]
    left = [("analytics_config",), ("analytics_input",), ("analytics_intermediate",)]
    assert run(shop, prefixed.format("analytics")) == [*left, ("analytics_staging",)]
    build(shop, 2)
    run(shop, "create role report", "grant usage on schema live_marts, analytics_marts to report")
    assert published(shop) == 1
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 2
    assert run(shop, "select number from analytics_marts.rpt_number") == [(1,)]
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


def test_swap_is_atomic(shop, capfd):
    build(shop, 1)
    assert dbt([*PUBLISH, "{live: live}"]).success
    build(shop, 2)
    # the last of the schemas to be renamed meets a name that is taken
    run(shop, "create schema analytics_marts_replaced")
    assert not dbt([*PUBLISH, "{live: live}"]).success
    stated_once(capfd.readouterr().out, ['"analytics_marts_replaced" already exists'])
    assert published(shop) == 1
    run(shop, "drop schema analytics_marts_replaced")
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
            run(shop, "create schema if not exists analytics_marts")
            assert dbt([*PUBLISH, "{live: live}"]).success
            words = run(reader, f"select value from live_audit.{MART} order by 1")
            assert words == [(f"w{earlier}",) for earlier in range(1, number + 1)]
            for statement in (
                f"delete from live_audit.{MART}",
                "create table live_audit.mine (number integer)",
                "select * from analytics_staging.base_shop__orders",
                "select * from analytics_config.erased_customers",
                "select * from raw.orders",
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


def test_shrunken_inputs_are_not_swapped(shop, capfd):
    """The bounds of the guard on DuckDB (test_publish.py), at their edges."""
    before = [("orders", 1000, 900, 500, "2024-03-31"), ("events", 5, 5, 0, "2024-03-31")]
    edge = [("orders", 800, 720, 400, "2024-03-25"), ("events", 4, 4, 0, "2024-03-25")]
    build(shop, 1)
    set_ledger(shop, before)
    assert dbt([*PUBLISH, "{live: live}"]).success
    build(shop, 2)
    for shrunken in (
        [("orders", 799, 720, 400, "2024-03-25"), edge[1]],
        [("orders", 800, 719, 400, "2024-03-25"), edge[1]],
        [("orders", 800, 720, 399.99, "2024-03-25"), edge[1]],
        [("orders", 800, 720, 400, "2024-03-24"), edge[1]],
        [("orders", 800, 720, 400, None), edge[1]],
    ):
        set_ledger(shop, shrunken)
        capfd.readouterr()
        assert not dbt([*PUBLISH, "{live: live}"]).success
        said = f"orders has shrunk since the last publication (rows: 1000, now {shrunken[0][1]};"
        stated_once(capfd.readouterr().out, [said, "accept_shrink: true"])
        assert published(shop) == 1
    set_ledger(shop, [edge[0]])
    assert not dbt([*PUBLISH, "{live: live}"]).success
    stated_once(capfd.readouterr().out, ["events has shrunk", "rows: 5, now 0", "now none"])
    set_ledger(shop, edge)
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 2
    build(shop, 3)
    set_ledger(shop, [("orders", 1, 1, 1, "2023-01-01")])
    assert dbt([*PUBLISH, "{live: live, accept_shrink: true}"]).success
    assert published(shop) == 3
    build(shop, 4)
    set_ledger(shop, [("orders", 1, 1, 0.5, "2022-01-01")])
    assert dbt([*PUBLISH, "{live: live, shrink_percent: 50, shrink_days: 366}"]).success
    assert published(shop) == 4


def set_ledger(connection: Connection, rows: list[tuple]) -> None:
    """Replace the ledger of the build."""
    run(
        connection,
        "drop table if exists analytics_audit.audit_row_ledger",
        "create table analytics_audit.audit_row_ledger (input text, rows_in bigint,"
        " rows_accepted bigint, amount_accepted numeric(18, 4), last_date date)",
    )
    insert = "insert into analytics_audit.audit_row_ledger values (%s, %s, %s, %s, %s)"
    connection.cursor().executemany(insert, rows)


@pytest.fixture
def other_build(postgres, shop) -> Iterator[Connection]:
    """A session of another dbt that builds the same schemas."""
    with closing(
        psycopg2.connect(
            host="127.0.0.1",
            port=postgres.port,
            user=postgres.user,
            dbname="publishing",
            application_name="customer_analytics analytics",
        )
    ) as connection:
        yield connection


SECOND_BUILD = [*SMALL_BUILD, "--vars", "{raw_schema: raw}"]


def test_second_build_at_once_is_refused(shop, other_build, capfd, monkeypatch):
    run(other_build, "select 1 as in_a_transaction")
    assert not dbt(SECOND_BUILD).success
    said = "another build of the schemas analytics_... is running in database publishing"
    stated_once(capfd.readouterr().out, [said])
    built = "select 1 from pg_views where schemaname = 'analytics_input'"
    assert run(shop, built) == []
    # one that has just begun holds the lock and runs no query
    other_build.rollback()
    other_build.autocommit = True
    run(other_build, "select pg_advisory_lock(hashtext('customer_analytics analytics'))")
    assert not dbt(SECOND_BUILD).success
    stated_once(capfd.readouterr().out, [said])
    # a session that is about to close is no build
    run(other_build, "select pg_advisory_unlock_all()")
    assert dbt(SECOND_BUILD).success
    assert len(run(shop, built)) > 0


def test_builds_of_other_schemas_run_at_once(shop, other_build, capfd):
    run(other_build, "set application_name = 'customer_analytics analytics_next'", "select 1")
    assert dbt(SECOND_BUILD).success


def test_dropped_connection_keeps_the_published_schemas(shop, capfd):
    """In the middle of a build, and in the middle of the swap."""
    assert dbt(BUILD_MART).success
    build(shop, 1)
    assert dbt([*PUBLISH, "{live: live}"]).success
    run(
        shop,
        "alter table raw.orders rename to kept",
        "create view raw.orders as"
        " select * from raw.kept where pg_terminate_backend(pg_backend_pid())",
    )
    capfd.readouterr()
    assert not dbt(BUILD_MART).success
    stated_once(capfd.readouterr().out, ["server closed the connection unexpectedly"])
    assert published(shop) == 1
    run(shop, "drop view raw.orders cascade", "alter table raw.kept rename to orders")
    build(shop, 2)
    run(
        shop,
        "create function drop_connection() returns event_trigger language plpgsql as $$ begin"
        " if exists (select 1 from pg_namespace where nspname = 'analytics_marts_replaced')"
        " then perform pg_terminate_backend(pg_backend_pid()); end if; end $$",
        "create event trigger dropped on ddl_command_end when tag in ('ALTER SCHEMA')"
        " execute function drop_connection()",
    )
    assert not dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 1
    run(shop, "drop event trigger dropped")
    assert dbt([*PUBLISH, "{live: live}"]).success
    assert published(shop) == 2


def test_roles_with_least_rights(shop, postgres, monkeypatch):
    """The statements of docs/operations.md: the build reads raw tables and owns what it creates."""
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```\n(create role shop_build.*?)```", text, re.DOTALL)
    statements = [line.partition(";")[0] for line in block.splitlines()]
    replaced = {
        "create role bi login": "select 1",
        "on database shop": "on database publishing",
        "for role loader": f"for role {postgres.user}",
    }
    for documented, here in replaced.items():
        assert any(documented in statement for statement in statements)
        statements = [statement.replace(documented, here) for statement in statements]
    try:
        run(shop, *statements)
        # loaded after the rights were given
        run(shop, "create table raw.events (event_id text, occurred_at text, event_name text)")
        monkeypatch.setenv("PGUSER", "shop_build")
        for _ in range(2):
            assert dbt(BUILD_MART).success
            run(shop, "create schema if not exists analytics_marts authorization shop_build")
            assert dbt([*PUBLISH, "{live: live}"]).success
        with (
            closing(postgres.connect("publishing", "shop_build")) as builder,
            closing(postgres.connect("publishing", READER)) as reader,
        ):
            assert run(reader, f"select count(*) from live_audit.{MART}") == [(0,)]
            for role, statement in (
                (builder, "insert into raw.orders values ('o2', '2024-01-01', '1')"),
                (builder, "create table raw.mine (number integer)"),
                (reader, "select * from analytics_staging.base_shop__orders"),
                (reader, f"insert into live_audit.{MART} select * from live_audit.{MART}"),
                (reader, "create schema mine"),
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    run(role, statement)
    finally:
        run(shop, "drop owned by shop_build cascade", "drop role shop_build")
