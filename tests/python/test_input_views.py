"""The views that staging reads: exactly the contract's columns, whatever the raw tables are."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from psycopg2.extensions import connection as Connection
from small_builds import ORDERS, SMALL_BUILD, dbt, query, set_environment
from warehouse import BuildFailed, Warehouse, copy_project, write_shop

from customer_analytics.contract import PROJECT, read_contract

UTC_NOON = "timestamptz '2024-06-30 12:00:00+00'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("views")


@pytest.fixture
def raw(tmp_path) -> Path:
    raw = tmp_path / "raw"
    raw.mkdir()
    return raw


@pytest.fixture
def database(folder, raw, monkeypatch) -> Path:
    return set_environment(monkeypatch, folder, raw)


def build(*arguments: str) -> None:
    assert dbt([*SMALL_BUILD, *arguments]).success


def save(file: Path, select: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"copy ({select}) to '{file}'")


# -- files ----------------------------------------------------------------------------------------


def test_every_table_has_a_view_with_exactly_its_columns(database, raw):
    (raw / "orders.csv").write_text(
        ORDERS.replace("order_id", " Order_ID ", 1).replace("\n", ",x\n")
    )
    build()
    columns = query(
        database,
        "select table_name, list(column_name order by ordinal_position)"
        " from information_schema.columns where table_schema = 'input' group by 1",
    )
    expected = {name: list(table.columns) for name, table in read_contract().items()}
    expected["raw_columns"] = ["input", "column_name", "kind", "similar_column"]
    assert dict(columns) == expected
    assert query(database, "select * from input.raw_columns where kind is null") == [
        ("orders", "x", None, None)
    ]
    assert query(database, "select count(*) from input.events") == [(0,)]


def test_absent_columns_are_nulls_of_their_type(database, raw):
    (raw / "orders.csv").write_text(ORDERS)
    build()
    (types,) = query(
        database,
        "select typeof(status), typeof(order_id), typeof(paid_at) from input.orders limit 1",
    )
    assert types == ("VARCHAR", "VARCHAR", "TIMESTAMP")
    described = query(database, "describe input.reviews")
    types = {name: kind.split("(")[0] for name, kind, *_ in described}
    assert [types[name] for name in ("rating", "has_media", "created_at")] == [
        "DECIMAL",
        "BOOLEAN",
        "TIMESTAMP",
    ]
    described = query(database, "describe input.ad_spend")
    types = {name: kind for name, kind, *_ in described}
    assert [types[name] for name in ("spend_date", "clicks")] == ["DATE", "BIGINT"]


def test_typed_values_are_unchanged(database, raw):
    save(
        raw / "orders.parquet",
        f"""
        select
            7::bigint as order_id, 'c1' as customer_id, {UTC_NOON} as ordered_at,
            12.30::decimal(10, 2) as paid_amount, date '2024-07-01' as paid_at,
            timestamp_ns '2024-07-02 01:02:03.123456789' as shipped_at,
            'big'::enum('big') as status, 1::ubigint as gross_amount, [1] as coupon_code
        """,
    )
    build()
    names = "order_id, ordered_at, paid_amount, paid_at, shipped_at, status, gross_amount"
    assert query(database, f"select {names}, coupon_code from input.orders") == [
        (
            7,
            datetime(2024, 6, 30, 12),
            Decimal("12.30"),
            date(2024, 7, 1),
            datetime(2024, 7, 2, 1, 2, 3, 123456),
            "big",
            "1",
            "[1]",
        )
    ]


def test_ids_lose_the_marks_of_spreadsheets(database, raw):
    """In text and in decimals; integers stay integers, and other columns are unchanged."""
    (raw / "orders.csv").write_text(
        "order_id,customer_id,email,ordered_at,paid_amount,status\n"
        """="001",'C1,'ann@x.com,2024-01-01,1,'new\n"""
        "2.0,NULL,,2024-01-01,1,2.0\n"
    )
    save(
        raw / "refunds.parquet",
        "select 7.0::decimal(10, 1) as refund_id, 8 as order_id, '=\"\"' as customer_id,"
        " date '2024-01-02' as refunded_at, 1 as refund_amount",
    )
    build()
    assert query(database, "select order_id, customer_id, email, status from input.orders") == [
        ("001", "C1", "ann@x.com", "'new"),
        ("2", "NULL", None, "2.0"),
    ]
    assert query(database, "select refund_id, order_id, customer_id from input.refunds") == [
        ("7", 8, None)
    ]


@pytest.mark.parametrize("kind", ["double", "float"])
def test_floating_point_numbers_are_plain_decimals_or_unreadable(database, raw, kind):
    numbers = ["19.99", "123", "0.00001", "-0.5", "1e20", "nan", "-inf"]
    values = ", ".join(f"('{number}'::{kind})" for number in numbers)
    save(
        raw / "orders.parquet",
        "select 'o' as order_id, date '2024-01-01' as ordered_at, number as paid_amount"
        f" from (values {values}) as numbers (number)",
    )
    build()
    found = [row[0] for row in query(database, "select paid_amount from input.orders")]
    assert found[:2] + found[3:4] + found[5:] == ["19.99", "123", "-0.5", "nan", "-inf"]
    assert abs(Decimal(found[2]) - Decimal("0.00001")) < Decimal("1e-11")
    assert "e" not in found[2]
    assert abs(Decimal(found[4]) / Decimal("1e20") - 1) < Decimal("1e-6")
    assert found[4].isdigit()


def test_files_with_different_types_are_read_as_text(database, raw):
    save(
        raw / "orders" / "1.parquet",
        "select 1 as order_id, 2.5 as paid_amount, now() as ordered_at",
    )
    save(
        raw / "orders" / "2.parquet",
        "select 'b' as order_id, 1e-5::double as paid_amount, '2024-01-01' as ordered_at",
    )
    build()
    rows = query(database, "select order_id, paid_amount from input.orders order by order_id")
    assert rows == [("1", "2.5"), ("b", "0.000010000000000000")]


def test_var_overrides_environment_and_may_be_relative(database, raw):
    (raw / "orders.csv").write_text(ORDERS)
    build("--vars", "raw_path: examples/sample")
    assert query(database, "select count(*) from input.orders")[0][0] > 1000


def test_models_can_be_the_inputs(warehouse: Warehouse, tmp_path: Path):
    """Of tables that var inputs does not name there are none, whatever lies in the raw folder."""
    project = copy_project(tmp_path / "project")
    (project / "models" / "my_orders.sql").write_text(
        "select 5 as \"Order_ID \", '2024-01-01' as ordered_at, 9.5 as paid_amount"
    )
    data = write_shop(tmp_path / "raw", {"events": [{"occurred_at": "2024-01-01"}]})
    inputs = {"orders": "my_orders"}
    with pytest.raises(
        BuildFailed, match=r"orders: model main\.my_orders of var inputs .*found: noth"
    ):
        warehouse.rebuild(
            data, tmp_path, project=project, select="input_shop__orders", inputs=inputs
        )
    found = warehouse.rebuild(
        data, tmp_path, project=project, select="my_orders path:models/input", inputs=inputs
    )
    orders = found.query("select order_id, paid_amount, status from input.orders")
    assert orders == [(5, Decimal("9.5"), None)]
    assert found.query("select count(*) from input.events") == [(0,)]


def test_tables_of_a_schema_are_read_on_duckdb_too(database, raw):
    (raw / "orders.csv").write_text(ORDERS)
    build()
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("create or replace schema landing")
        connection.execute(
            'create table landing.Orders as select 5 as "Order_ID ", 0.1::double as paid_amount,'
            f" {UTC_NOON} as ordered_at"
        )
    for schema in ("landing", f"{database.stem}.landing"):
        build("--vars", f"raw_schema: {schema}")
        found = query(database, "select order_id, paid_amount, ordered_at from input.orders")
        assert found == [(5, "0.1", datetime(2024, 6, 30, 12))]


def test_single_tables_have_their_own_name_and_schema(database, raw, capfd):
    """All others are files, as without the var."""
    (raw / "orders.csv").write_text(ORDERS)
    (raw / "customers.csv").write_text("customer_id\nc1\n")
    build()
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("create or replace schema sales")
        connection.execute(
            "create table sales.shop_orders as"
            " select 7 as order_id, 2.5 as paid_amount, date '2024-01-01' as ordered_at"
        )
    for name in ("sales.shop_orders", f"{database.stem}.sales.Shop_Orders"):
        build("--vars", f"raw_tables: {{orders: {name}}}")
        assert query(database, "select order_id, paid_amount from input.orders") == [
            (7, Decimal("2.5"))
        ]
        assert query(database, "select customer_id from input.customers") == [("c1",)]
    # without a schema of its own, a table is in raw_schema
    build("--vars", "{raw_schema: sales, raw_tables: {orders: shop_orders}}")
    assert query(database, "select order_id from input.orders") == [(7,)]
    assert query(database, "select count(*) from input.customers") == [(0,)]
    capfd.readouterr()
    # also if the contract does not require the table
    assert not dbt([*SMALL_BUILD, "--vars", "raw_tables: {events: sales.clicks}"]).success
    expected = "events: table sales.clicks of var raw_tables does not exist in the database"
    assert f"{expected} (found: shop_orders): load it there" in "".join(capfd.readouterr())


def test_inputs_and_raw_tables_exclude_each_other(database, capfd):
    variables = "{inputs: {orders: my_orders}, raw_tables: {orders: sales.orders}}"
    assert not dbt(["run-operation", "check_vars", "--vars", variables]).success
    assert "no raw table is read if var inputs is set" in "".join(capfd.readouterr())


def test_empty_build_accepts_tables_without_rows(database):
    """dbt run --empty checks the SQL: models of another project are then empty too."""
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute("create or replace schema nothing")
        connection.execute(
            "create table nothing.orders (order_id text, ordered_at text, paid_amount text)"
        )
    command = ["run", "--select", "input_shop__orders", "--vars", "raw_schema: nothing", "--quiet"]
    assert not dbt(command).success
    assert dbt([*command, "--empty"]).success
    assert query(database, "select count(*) from input.orders") == [(0,)]


def test_files_need_the_plugin(database, raw, monkeypatch, capfd, tmp_path):
    """The profile of another project may lack it."""
    (raw / "orders.csv").write_text(ORDERS)
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    del profile["customer_analytics"]["outputs"]["duckdb"]["plugins"]
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    assert not dbt(["run", "--select", "input_shop__orders"]).success
    output = "".join(capfd.readouterr())
    assert "does not load the plugin customer_analytics.duckdb_plugin: set var inputs" in output


def test_default_selection_excludes_unit_tests_on_typed_columns(database):
    """Their rows take the types of the raw tables: of Parquet files a word in place of a number."""
    for selection, runs_them in ([], False), (["--select", "*"], True):
        outcome = dbt(["list", "--quiet", "--resource-type", "unit_test", *selection])
        assert outcome.success
        assert bool(outcome.result) == runs_them


# -- freshness ------------------------------------------------------------------------------------

HOURS_OLD = {"orders": 1, "refunds": 40, "events": 100}
# lines come without the time of loading
STATUS = {"orders": "pass", "refunds": "warn", "events": "error", "order_items": "pass"}


def hours_ago(hours: int) -> str:
    return f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"


def freshness() -> dict[str, str]:
    """What dbt source freshness says of each input."""
    outcome = dbt(["source", "freshness", "--quiet"])
    assert outcome.exception is None
    return {
        result.node.name: str(result.status)
        for result in outcome.result.results
        if result.node.resource_type == "source"
    }


def test_old_inputs_are_stale(database, raw):
    """By their newest row; times of loading that cannot be read or cannot be do not count."""
    loaded = {table: hours_ago(hours) for table, hours in HOURS_OLD.items()}
    (raw / "orders.csv").write_text(
        "order_id,ordered_at,paid_amount,loaded_at\n"
        f"o1,2024-01-01,1,{loaded['orders']}\no2,2024-01-01,1,2024-01-01\n"
        "o3,2024-01-01,1,yesterday\n"
    )
    (raw / "refunds.csv").write_text(
        f"refund_id,refunded_at,refund_amount,loaded_at\nr1,2024-01-02,1,{loaded['refunds']}\n"
        "r2,2024-01-02,1,2999-01-01\n"
    )
    (raw / "events.csv").write_text(
        f"event_id,occurred_at,event_name,loaded_at\ne1,2024-01-02,x,{loaded['events']}\n"
    )
    (raw / "order_items.csv").write_text("order_id,product_id,quantity,unit_price\no1,p1,1,1\n")
    build()
    assert freshness() == STATUS


def test_absent_inputs_are_not_stale(database, raw):
    (raw / "orders.csv").write_text(ORDERS)
    build()
    assert freshness() == dict.fromkeys(STATUS, "pass")


# -- Postgres -------------------------------------------------------------------------------------


@pytest.fixture
def shop(postgres, folder, raw, monkeypatch) -> Iterator[Connection]:
    """An empty database with a schema raw, which dbt builds from."""
    set_environment(monkeypatch, folder / "postgres", raw)
    with closing(postgres.connect("postgres")) as admin:
        admin.cursor().execute("drop database if exists input_views")
        admin.cursor().execute("create database input_views")
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(postgres.port))
    monkeypatch.setenv("PGUSER", postgres.user)
    monkeypatch.setenv("PGDATABASE", "input_views")
    monkeypatch.setenv("ANALYTICS_SCHEMA", "analytics")
    monkeypatch.setenv("DBT_TARGET", "postgres")
    with closing(postgres.connect("input_views")) as connection:
        run(connection, "create schema raw")
        yield connection


def run(connection: Connection, *statements: str) -> list[tuple]:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    return cursor.fetchall() if cursor.description else []


def test_typed_tables_of_postgres_are_read(shop):
    run(
        shop,
        'create table raw.orders ("Order_ID " bigint, customer_id double precision, ordered_at'
        " timestamptz, paid_amount double precision, gross_amount numeric, status varchar(9))",
        "insert into raw.orders values"
        " (1, 123, '2024-01-01 10:00+08', 19.99, 1.50, 'paid'),"
        " (2, 1e20, '2024-01-02 00:00+00', 1e-5, 'NaN', 'x'), (3, null, null, 'NaN', null, null)",
        "create materialized view raw.customers as select 1 as customer_id, now() as registered_at",
    )
    build()
    names = "order_id, customer_id, ordered_at, paid_amount, gross_amount, status, paid_at"
    rows = run(shop, f"select {names} from analytics_input.orders order by order_id")
    assert rows == [
        (1, "123", datetime(2024, 1, 1, 2), "19.99", Decimal("1.50"), "paid", None),
        (2, "1" + "0" * 20, datetime(2024, 1, 2), "0.00001", rows[1][4], "x", None),
        (3, None, None, "NaN", None, None, None),
    ]
    assert rows[1][4].is_nan()
    assert run(shop, "select count(*) from analytics_input.customers") == [(1,)]


def test_a_change_of_types_does_not_stop_a_build(shop):
    columns = "now() as ordered_at, 2.5 as paid_amount"
    run(
        shop,
        f"create table raw.orders as select 1 as order_id, {columns}",
        "create schema other",
        f"create table other.orders as select 'a'::text as order_id, {columns}",
    )
    build()
    run(shop, "create view reads_orders as select order_id from analytics_input.orders")
    build("--vars", "raw_schema: other")
    assert run(shop, "select order_id from analytics_input.orders") == [("a",)]
    assert run(shop, "select to_regclass('reads_orders')") == [(None,)]
    run(shop, f"create table other.shop_orders as select 'b'::text as order_id, {columns}")
    build("--vars", "raw_tables: {orders: other.shop_orders}")
    assert run(shop, "select order_id from analytics_input.orders") == [("b",)]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "drop table raw.orders cascade",
            ["orders: required table missing in schema raw", "refunds"],
        ),
        ("delete from raw.orders", ['orders: no rows in "input_views"."raw"."orders"']),
        (
            "alter table raw.orders rename paid_amount to total",
            ["orders.paid_amount: required column missing", "found: order_id, ordered_at, total"],
        ),
        (
            "update raw.orders set paid_amount = '1,234.50'",
            ["orders.paid_amount: no value", "1,234.50", "can be read as decimal"],
        ),
        (
            'alter table raw.orders add "ORDER_ID" text',
            ["orders.order_id: ", "has 2 columns of this name"],
        ),
    ],
)
def test_invalid_tables_stop_with_one_message(shop, capfd, statement, said):
    run(
        shop,
        "create table raw.orders as"
        " select 'a' as order_id, '2024-01-01' as ordered_at, '2.50' as paid_amount",
        "create table raw.refunds as"
        " select 'a' as refund_id, '2024-01-01' as refunded_at, '2.50' as refund_amount",
    )
    build()
    capfd.readouterr()
    run(shop, statement)
    assert not dbt(SMALL_BUILD).success
    output = "".join(capfd.readouterr())
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if all(part in line for part in said)]
    assert len(lines) == 1, output


def test_old_tables_of_postgres_are_stale(shop):
    key = "'1' as order_id, '1' as refund_id, '1' as event_id, 'x' as event_name, 1 as paid_amount"
    run(
        shop,
        *(
            f"create table raw.{table} as select {key}, now() as ordered_at, now() as refunded_at,"
            " now() as occurred_at, 1 as refund_amount,"
            f" now() - interval '{hours} hours' as loaded_at"
            for table, hours in HOURS_OLD.items()
        ),
    )
    build()
    assert freshness() == STATUS
