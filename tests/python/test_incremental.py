"""A build that goes on from the one before ends as a build of all data does."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from histories import history
from postgres import Postgres
from warehouse import (
    BuildFailed,
    Table,
    Warehouse,
    copy_project,
    differences,
    environment,
    read_shop,
    write_shop,
)

NAMES = ("build after build", "build of everything")
# random histories to try; ten need about ten minutes
HISTORIES = int(os.environ.get("HISTORIES", "2"))
# what goes on from run to run, and what it reads; all else is built anew and remembers nothing
KEPT = "config.* +config.materialized:incremental"
MARKED = {"fct_orders": "coupon_code", "fct_sessions": "landing_page"}
# the day may go forwards and backwards, and may be left to the data
DAYS: tuple[Mapping[str, Any], ...] = (
    {},
    {"as_of_date": "2023-09-05"},
    {"as_of_date": "2023-12-31"},
    {"as_of_date": "2023-06-30"},
    {},
)


def check(ours: Mapping[str, Table], theirs: Mapping[str, Table], batch: int) -> None:
    """All marts and the whole audit are equal."""
    lines = differences(ours, theirs, NAMES)
    assert not lines, f"after batch {batch}\n" + "\n".join(lines)


@pytest.mark.parametrize("seed", range(1, 1 + HISTORIES))
def test_going_on_ends_as_building_anew(
    seed: int, warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """Late, corrected, repeated, deleted rows, and a run that did not come to its end.

    The first history is of eleven days, the others of three to six.
    """
    batches = 11 if seed == 1 else 3 + seed % 4
    for batch in history(hostile, seed, batches).write(tmp_path / "raw"):
        if batch == 2:
            # stops half-way: the next run has to do over again what this one has done
            warehouse.go_on(tmp_path / "raw", tmp_path, select="config.* +int_events_identified")
        compared = batch % 5 == 2 or batch == batches - 1
        select = None if compared else KEPT
        going_on = warehouse.go_on(tmp_path / "raw", tmp_path, select=select)
        if batch:
            loaded = going_on.query("select count(reads_from) from input.arrivals")
            # the last batch deletes rows: then nothing can be taken as read
            assert loaded == [(0 if batch == batches - 1 else 4,)]
        if compared:
            check(going_on.tables(), warehouse.build(tmp_path / "raw").tables(), batch)


def test_the_day_may_change(warehouse: Warehouse, hostile: Path, tmp_path: Path) -> None:
    """As of another day, later or earlier, the same tables become those of that day."""
    batches = history(hostile, 3, batches=len(DAYS)).write(tmp_path / "raw")
    for batch, variables in zip(batches, DAYS, strict=True):
        select = KEPT if batch == 2 else None
        going_on = warehouse.go_on(tmp_path / "raw", tmp_path, select=select, **variables)
        if batch in (1, 3, 4):
            check(going_on.tables(), warehouse.build(tmp_path / "raw", **variables).tables(), batch)


def test_postgres_goes_on_too(
    postgres: Postgres, warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """The same there, ten days one after the other against DuckDB with everything at once.

    The fitted parameters are those of DuckDB: Postgres fits by a command of its own.
    """
    batches = 10
    for batch in history(hostile, 4, batches).write(tmp_path / "raw"):
        goes_on = batch > 0
        if batch < batches - 2:
            postgres.build(tmp_path / "raw", select=KEPT, goes_on=goes_on)
        else:
            anew = warehouse.build(tmp_path / "raw")
            parameters = anew.parameters()
            going_on = postgres.build(tmp_path / "raw", parameters=parameters, goes_on=goes_on)
            check(going_on, anew.tables(), batch)


def test_a_day_to_come_comes(warehouse: Warehouse, tmp_path: Path) -> None:
    """A row from the future is rejected, until the clock has reached its day; nothing is loaded."""
    row = {"customer_id": "c1", "paid_amount": 10, "loaded_at": "2024-01-02"}
    orders = [
        row | {"order_id": "now", "ordered_at": "2024-01-01"},
        row | {"order_id": "next", "ordered_at": "2024-01-20", "paid_at": "2024-02-20"},
    ]
    data = write_shop(tmp_path / "raw", {"orders": orders})
    expected = {
        "2024-01-10": {"now": None},
        "2024-01-31": {"now": None, "next": None},
        "2024-02-29": {"now": None, "next": date(2024, 2, 20)},
    }
    for today in [*expected, "2024-01-10"]:
        variables = {"latest_date": today, "as_of_date": "2024-12-31"}
        build = warehouse.go_on(data, tmp_path, select=KEPT, **variables)
        found = build.query("select order_id, cast(paid_at as date) from marts.fct_orders")
        assert dict(found) == expected[today], today


def test_every_var_is_a_setting_or_read_anew(warehouse: Warehouse) -> None:
    """A var that a kept row depends on stops the run when it changes; no other var does.

    Of the vars that do not, days let rows be read again, and places are compared by themselves.
    """
    nodes = warehouse.manifest().nodes
    macros = warehouse.manifest().macros
    kept = [name for name, node in nodes.items() if node.config.materialized == "incremental"]
    reached = list(kept)
    for name in reached:
        parents = nodes[name].depends_on.nodes
        reached += [name for name in parents if name[:6] == "model." and name not in reached]
    called = [macro for name in reached for macro in nodes[name].depends_on.macros]
    for name in called:
        called += [macro for macro in macros[name].depends_on.macros if macro not in called]
    texts = [nodes[name].raw_code for name in reached]
    texts += [macros[name].macro_sql for name in called if ".customer_analytics." in name]
    read = {name for text in texts for name in re.findall(r"var\(['\"](\w+)['\"]\)", text)}
    settings = macros["macro.customer_analytics.setting_vars"].macro_sql
    free = {"as_of_date", "latest_date", "raw_path", "raw_schema"}
    assert len(kept) > 20
    assert read - free == set(re.findall(r"'(\w+)'", settings))


def test_orders_in_a_session_of_somebody_else(warehouse: Warehouse, tmp_path: Path) -> None:
    """A guest's order, seen on a visit, is refunded or paid later: the visitor's session tells."""
    first, second = {"loaded_at": "2024-03-20"}, {"loaded_at": "2024-03-21"}
    order = {"customer_id": None, "paid_amount": 100, "ordered_at": "2024-03-10T10:03:00Z"}
    orders = [
        order | first | {"order_id": "refunded", "status": "paid"},
        order | first | {"order_id": "paid later", "status": "placed"},
        order | first | {"order_id": "anna's", "status": "paid", "customer_id": "anna"},
    ]
    refund = {"refunded_at": "2024-03-16", "refund_amount": 40}
    refunds = [refund | first | {"refund_id": "r0", "order_id": "none", "refund_amount": 1}]
    events = [
        {
            "event_id": f"{line['order_id']} {minute}",
            "occurred_at": f"2024-03-10T10:0{minute}:00Z",
            "event_name": name,
            "visitor_id": f"visitor of {line['order_id']}",
            "order_id": line["order_id"] if minute == 2 else None,
        }
        | first
        for line in orders
        for minute, name in enumerate(["view_product", "add_to_cart", "thank_you"])
    ]
    shop = {"orders": orders, "refunds": refunds, "events": events}
    warehouse.go_on(write_shop(tmp_path / "raw", shop), tmp_path)
    orders.append(orders[1] | second | {"status": "paid"})
    for named in ("refunded", "anna's"):
        refunds.append(refund | second | {"refund_id": f"r {named}", "order_id": named})
    going_on = warehouse.go_on(write_shop(tmp_path / "raw", shop), tmp_path)
    check(going_on.tables(), warehouse.build(tmp_path / "raw").tables(), batch=1)
    money = dict(going_on.query("select person_id, net_amount from marts.fct_sessions"))
    assert money["visitor:visitor of refunded"] == 60
    assert money["visitor:visitor of anna's"] == 60
    assert money["visitor:visitor of paid later"] == 100


def test_erased_with_the_next_run(warehouse: Warehouse, hostile: Path, tmp_path: Path) -> None:
    """An id put on the list is gone from all tables after a run that goes on, and so is its trace.

    Taken off the list again, the customer is back.
    """
    project = copy_project(tmp_path / "project")
    erased_customers = project / "seeds" / "config" / "erased_customers.csv"
    shop = read_shop(hostile)
    # a refund that names no order must still find the order of the erased customer
    refunded = {row["customer_id"] for row in shop["refunds"] if not row["order_id"]}
    seen = {row["customer_id"] for row in shop["events"] if row["visitor_id"]}
    counts = Counter(row["customer_id"] for row in shop["orders"])
    gone = max(refunded & seen & set(counts) - {""}, key=lambda customer: counts[customer])
    warehouse.go_on(hostile, tmp_path, project=project)
    erased_customers.write_text(f"customer_id\n{gone}\n", encoding="utf-8")
    going_on = warehouse.go_on(hostile, tmp_path, project=project)
    everything = warehouse.build(hostile, project=project).tables()
    check(going_on.tables(), everything, batch=1)
    tables = going_on.query(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'config'"
        " and table_name <> 'base_shop__erased_ids'"
        # what this run had to redo; the next one replaces the list
        " and table_name not like 'int_touched%'"
    )
    for (name,) in tables:
        table = going_on.table(name)
        for column, values in zip(table.columns, zip(*table.rows, strict=True), strict=False):
            # of a rejected row the key stays, which in tables of customers is the id
            assert column == "row_key" or gone not in values, (name, column)
    erased_customers.write_text("customer_id\n", encoding="utf-8")
    going_on = warehouse.go_on(hostile, tmp_path, project=project)
    check(going_on.tables(), warehouse.build(hostile).tables(), batch=2)


def test_only_what_changed_is_rewritten(warehouse: Warehouse, tmp_path: Path) -> None:
    """One new order of one of many customers leaves the rows of all others as they are."""
    orders = [
        {
            "order_id": f"o{number}",
            "customer_id": f"c{number % 10}",
            "ordered_at": f"2024-01-{1 + number % 28:02}",
            "paid_amount": number,
            "loaded_at": "2024-02-01",
        }
        for number in range(50)
    ]
    events = [
        {
            "event_id": f"e{number}",
            "visitor_id": f"v{number % 10}",
            "occurred_at": f"2024-01-{1 + number % 28:02}",
            "event_name": "view_product",
            "loaded_at": "2024-02-01",
        }
        for number in range(50)
    ]
    shop = {"orders": orders, "events": events}
    warehouse.go_on(write_shop(tmp_path / "raw", shop), tmp_path, select=KEPT)
    orders.append(orders[3] | {"order_id": "new", "loaded_at": "2024-02-02"})
    events.append(events[7] | {"event_id": "new", "loaded_at": "2024-02-02"})
    with closing(duckdb.connect(str(tmp_path / "analytics.duckdb"))) as connection:
        for table, column in MARKED.items():
            connection.execute(f"update marts.{table} set {column} = 'as it was'")
    build = warehouse.go_on(write_shop(tmp_path / "raw", shop), tmp_path, select=KEPT)
    # the customer of the new order has 5 others, which all come after it, the visitor 5 events
    for table, column in MARKED.items():
        count = f"select count(*) from marts.{table} where {column} = 'as it was'"
        assert build.query(count) == [(45,)], table


def test_other_settings_never_mix(warehouse: Warehouse, tmp_path: Path) -> None:
    """Another zone, place or day (of a selection) stops the run before it changes anything.

    So does a selection without the view that would tell it what to do over again, or with
    --full-refresh.
    """
    order = {"order_id": "o1", "customer_id": "c1", "ordered_at": "2024-01-10 20:00:00"}
    data = write_shop(tmp_path / "raw", {"orders": [order | {"paid_amount": 10}]})
    first = warehouse.go_on(data, tmp_path)
    with pytest.raises(BuildFailed, match=r"changed: var shop_timezone\): .* --full-refresh"):
        warehouse.go_on(data, tmp_path, shop_timezone="Asia/Shanghai")
    with pytest.raises(BuildFailed, match="as of 2024-01-10, a selection cannot be as of 2024"):
        warehouse.go_on(data, tmp_path, select="rpt_sales_daily", as_of_date="2024-01-09")
    with pytest.raises(BuildFailed, match=r"base_shop__orders_typed .* \+base_shop__orders"):
        warehouse.go_on(data, tmp_path, select="base_shop__orders")
    refresh = environment(DBT_FULL_REFRESH="true")
    with refresh, pytest.raises(BuildFailed, match=r"full-refresh of a selection .* leave out"):
        warehouse.go_on(data, tmp_path, select="+int_persons")
    other = write_shop(tmp_path / "other", {"orders": [order | {"paid_amount": 20}]})
    with pytest.raises(BuildFailed, match=r"changed: place of the raw tables\)"):
        warehouse.go_on(other, tmp_path)
    assert first.query("select order_date, paid_amount from marts.fct_orders")[0][1] == 10
