"""Other dbt projects that use this one as a package, on DuckDB and on tables of connectors."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from connector_tables import airbyte_tables, fivetran_tables, load_tables
from postgres import READER, Postgres
from test_bad_input import run_cli
from warehouse import PROJECT, Warehouse, differences, write_shop

# tests run with this project on the Python path; the parent must find the package by itself
FORGET_PROJECT = """
import sys
from pathlib import Path

sys.path[:] = [entry for entry in sys.path if not Path(entry, "customer_analytics").is_dir()]
"""


def documented(file: str) -> dict[str, Any]:
    """The lines of a file of the parent project, as docs/operations.md gives them."""
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```yaml\n# {file}\b.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return yaml.safe_load(block)


class Parent:
    """A dbt project in a temporary folder that lists this one in packages.yml."""

    def __init__(
        self, folder: Path, profile: dict[str, Any], variables: dict[str, Any], grants: str = ""
    ) -> None:
        """grants: a role that may read the parent's models."""
        self.folder = folder
        package = documented("packages.yml")
        package["packages"][0]["local"] = str(PROJECT)
        project = {"name": "my_shop", "version": "1.0", "profile": "my_shop"}
        project |= documented("dbt_project.yml") | {"vars": {"customer_analytics": variables}}
        if grants:
            project["models"] = {"my_shop": {"+grants": {"select": [grants]}}}
        for name, content in (
            ("packages.yml", package),
            ("dbt_project.yml", project),
            ("profiles.yml", profile),
        ):
            text = yaml.safe_dump(content, sort_keys=False)
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "models").mkdir()
        (folder / "python").mkdir()
        (folder / "python" / "sitecustomize.py").write_text(FORGET_PROJECT, encoding="utf-8")

    def model(self, name: str, sql: str) -> None:
        """Add a model."""
        (self.folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")

    def dbt(self, *arguments: str) -> list[str]:
        """Run dbt as people do; return the nodes that ran, without hooks."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
        own |= {
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "PYTHONPATH": str(self.folder / "python"),
            # the results must not depend on the time zone of the machine
            "TZ": "Asia/Shanghai",
        }
        command = [str(Path(sys.executable).with_name("dbt")), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=own, capture_output=True, text=True, timeout=400
        )
        self.output = done.stdout + done.stderr
        assert done.returncode == 0, self.output[-4000:]
        results = self.folder / "target" / "run_results.json"
        if not results.exists():
            return []
        ran = [row["unique_id"] for row in json.loads(results.read_text("utf-8"))["results"]]
        return [name for name in ran if not name.startswith("operation.")]


# -- DuckDB ---------------------------------------------------------------------------------------

SHOP = {
    "orders": [
        {"order_id": order_id, "customer_id": customer_id, "ordered_at": day, "paid_amount": paid}
        | {"status": status, "loaded_at": "2024-05-01 00:00:00"}
        for order_id, customer_id, day, paid, status in (
            ("o1", "c1", "2024-01-05 20:30:00", "120.00", "paid"),
            ("o2", "c1", "2024-02-10 09:00:00", "60.50", "completed"),
            ("o3", "c2", "2024-02-29 23:30:00", "80.00", "paid"),
            ("o4", "c3", "2024-03-01 10:00:00", "15.25", "cancelled"),
            ("o5", "", "2024-04-01 10:00:00", "30.00", "handed to a friend"),
        )
    ],
    "order_items": [
        {"order_id": order_id, "line_number": number, "product_id": product, "quantity": quantity}
        | {"unit_price": price}
        for order_id, number, product, quantity, price in (
            ("o1", 1, "p1", 2, "40.00"),
            ("o1", 2, "p2", 1, "40.00"),
            ("o3", 1, "p1", 2, "40.00"),
        )
    ],
}
COMPARED = (
    "marts.fct_orders",
    "marts.fct_order_items",
    "marts.fct_customer_rfm",
    "audit.audit_row_ledger",
    "audit.audit_unmapped_values",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw tables as files."""
    return write_shop(tmp_path_factory.mktemp("raw"), SHOP)


@pytest.fixture(scope="module")
def parent(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Parent:
    """A project on DuckDB with two models, and the documented lines for this one."""
    variables = documented("dbt_project.yml")["vars"]["customer_analytics"]
    folder = tmp_path_factory.mktemp("parent")
    own = Parent(folder, documented("profiles.yml"), variables)
    # columns of another order and type than the contract's, and one that is not in it
    own.model(
        "my_orders",
        "select * replace (ordered_at at time zone 'UTC' as ordered_at), 1 as extra"
        f" from read_csv('{shop / 'orders.csv'}')",
    )
    own.model("my_order_items", f"select * from read_csv('{shop / 'order_items.csv'}')")
    own.dbt("deps")
    return own


def tables(database: Path) -> set[str]:
    """All tables and views of a database."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        found = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    return {name for (name,) in found}


def test_parent_builds_with_the_documented_lines(
    parent: Parent,
    shop: Path,
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One model of the parent alone, everything, the report, freshness; in this order."""
    database = parent.folder / "my_shop.duckdb"
    # a warning of dbt, such as a deprecated setting, fails here
    assert parent.dbt("--warn-error", "run", "--select", "my_orders") == ["model.my_shop.my_orders"]
    assert tables(database) == {"prod.my_orders"}

    ran = parent.dbt("build")
    assert {"model.my_shop.my_order_items", "model.customer_analytics.rpt_findings"} <= set(ran)
    assert not any(name.startswith("unit_test.") for name in ran)
    # the warnings of the build are printed
    assert '"handed to a friend"' in parent.output
    normal = warehouse.build(shop, select=" ".join(f"+{name.split('.')[1]}" for name in COMPARED))
    wanted = {name: normal.table(name) for name in COMPARED}
    renamed = duckdb.connect()
    renamed.execute(f"attach '{database}' as built (read_only)")
    with closing(renamed):
        found = {
            name: type(table)(
                table.columns, table.kinds, tuple(renamed.sql(f"from built.prod_{name}").fetchall())
            )
            for name, table in wanted.items()
        }
    assert differences(found, wanted, ("parent", "normal build")) == []
    assert len(wanted["marts.fct_orders"].rows) == 5

    options = ["--database", str(database), "--schema"]
    assert run_cli(["report", *options, "prod_marts"], monkeypatch) == 0
    page = (parent.folder / "my_shop_report" / "en.html").read_text(encoding="utf-8")
    assert "April 1, 2024" in page
    # descriptions of columns are comments in the database
    assert "Order id, unique in the shop." in page
    assert run_cli(["actions", *options, "prod_marts"], monkeypatch) == 0
    assert (parent.folder / "my_shop_actions" / "win_back.csv").exists()
    capsys.readouterr()
    assert run_cli(["report", *options, "prod"], monkeypatch) == 1
    message = "has no marts in schema prod (schemas with marts: prod_marts): pass the schema"
    assert message in capsys.readouterr().err

    with pytest.raises(AssertionError, match=r"ERROR STALE freshness of shop\.orders"):
        parent.dbt("source", "freshness")


# -- warehouses filled by Fivetran and Airbyte ----------------------------------------------------

# net sales, refunded goods, whether it is valid; all in USD
#
# 1001: total 106.50 - tip 2.00 = paid 104.50; - tax 9.50 - shipping 5.00 = goods 90.00. The refund
#       gives back 35.20: a line of 27.00 + tax 2.70, and shipping of 5.00 + tax 0.50. Refunded
#       goods 27.00, net 90.00 - 27.00 = 63.00
# 1002: cash on delivery, fulfilled, a guest: 33.00 - tax 3.00 = 30.00
# 1003: pending, not fulfilled: not valid, 0
# 1004: cancelled and refunded: not valid, 0; its refund counts nowhere
# 1005: 50.00 EUR without tax x 1.10 = 55.00
# 1006: paid 44.00, goods 40.00. The line of 40.00 + tax 4.00 was returned, only 34.00 paid back:
#       tax 4.00 x 34 / 44 = 3.09, goods 34.00 - 3.09 = 30.91, net 40.00 - 30.91 = 9.09
# 1007: refunded in full: 40.00 + tax 4.00 paid back, net 0
# 1008: a test order
# 1009: prices with tax: total 49.50 - tax 4.50 - shipping (5.50 - 0.50) = goods 40.00. The returned
#       line of 44.00 contains 4.00 of tax: goods 40.00, net 0
ORDERS = {
    "1001": ("63.00", "27.00", True),
    "1002": ("30.00", "0.00", True),
    "1003": ("0.00", "0.00", False),
    "1004": ("0.00", "0.00", False),
    "1005": ("55.00", "0.00", True),
    "1006": ("9.09", "30.91", True),
    "1007": ("0.00", "40.00", True),
    "1009": ("0.00", "40.00", True),
}
# order 1001: goods 90.00 over lines of 2 x 27.00 and 1 x 36.00; the refund of 27.00 is of the first
LINES = {("11", "27.00", 2, 1), ("12", "36.00", 1, 0)}
STATUSES = {
    "1001": "shipped",
    "1002": "shipped",
    "1003": "placed",
    "1004": "cancelled",
    "1005": "paid",
    "1006": "paid",
    "1007": "refunded",
    "1009": "paid",
}
LAYOUTS = {"fivetran_shopify": fivetran_tables, "airbyte_shopify": airbyte_tables}


@pytest.mark.parametrize("example", LAYOUTS)
def test_shopify_connectors(example: str, postgres: Postgres, tmp_path: Path) -> None:
    """The example's models on the connector's tables, against figures calculated by hand."""
    database = f"{example}_shop"
    with closing(postgres.connect("postgres")) as admin:
        admin.cursor().execute(f"drop database if exists {database}")
        admin.cursor().execute(f"create database {database}")
    output = {"type": "postgres", "host": "127.0.0.1", "port": postgres.port, "threads": 2}
    output |= {"user": postgres.user, "password": "", "dbname": database, "schema": "prod"}
    text = (PROJECT / "examples" / example / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    variables = yaml.safe_load(block)["vars"]["customer_analytics"]
    variables["inputs"]["exchange_rates"] = "rates"
    variables["reporting_currency"] = "USD"
    profile = {"my_shop": {"target": "prod", "outputs": {"prod": output}}}
    parent = Parent(tmp_path, profile, variables, grants=READER)
    for file in (PROJECT / "examples" / example).glob("[!R]*"):
        shutil.copy(file, tmp_path / "models")
    parent.model(
        "rates", "select 'EUR' as currency, '2024-01-01' as rate_date, 1.10 as rate_to_reporting"
    )
    parent.dbt("deps")
    with closing(postgres.connect(database)) as connection:
        cursor = connection.cursor()

        def ask(sql: str, *values: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql, values or None)
            return cursor.fetchall()

        load_tables(cursor, LAYOUTS[example]())
        parent.dbt("run", "--select", "shopify_customers")
        schemas = "select nspname from pg_namespace where nspname like %s order by 1"
        assert ask(schemas, "prod%") == [("prod",)]
        # the parent's own grants are none of ours
        assert ask("select has_schema_privilege(%s, 'prod', 'usage')", READER) == [(False,)]

        selection = ["+fct_orders", "+fct_order_items", "+audit_row_ledger"]
        parent.dbt("build", "--select", *selection, "--exclude-resource-type", "test")
        orders = ask(
            "select order_id, net_amount, refunded_amount, is_valid, status, customer_id,"
            " discount_amount, payment_method, coupon_code, ordered_at::text"
            " from prod_marts.fct_orders"
        )
        assert {row[0]: (str(row[1]), str(row[2]), row[3]) for row in orders} == ORDERS
        assert sum(row[1] for row in orders) == Decimal("157.09")
        assert {row[0]: row[4] for row in orders} == STATUSES
        known = {row[0]: row[5:] for row in orders}
        assert known["1001"] == (
            *("1", Decimal("10.00"), "shopify_payments", "SPRING"),
            "2024-03-01 10:00:00",
        )
        # the guest is known by the email address only
        assert known["1002"][0].startswith("person:")
        lines = ask(
            "select line_number::text, net_amount, quantity, returned_quantity, margin_amount"
            " from prod_marts.fct_order_items where order_id = '1001'"
        )
        assert {(line, str(net), *units) for line, net, *units, _ in lines} == LINES
        # one unit of A is kept: 27.00 - 12.00; no cost is known of B
        assert {str(margin) for *_, margin in lines} == {"15.00", "None"}
        ledger = ask(
            "select input, rows_in, rows_rejected, amount_in from prod_audit.audit_row_ledger"
            " where rows_in > 0 order by input"
        )
        # nothing is rejected. Orders: 104.50 + 3 x 33.00 + 50.00 + 2 x 44.00 + 49.50;
        # lines after discounts: 54.00 + 36.00 + 3 x 30.00 + 50.00 + 2 x 40.00 + 44.00;
        # refunds: 29.70 + 5.50 + 33.00 + 34.00 + 44.00 + 44.00
        assert {row[0]: (*row[1:3], f"{row[3]:.2f}") for row in ledger} == {
            "customers": (2, 0, "0.00"),
            "exchange_rates": (1, 0, "0.00"),
            "order_items": (9, 0, "354.00"),
            "orders": (8, 0, "391.00"),
            "products": (2, 0, "0.00"),
            "refunds": (6, 0, "190.20"),
        }

        # publishing swaps the schemas of the package only
        parent.dbt("run-operation", "publish_schemas", "--args", "{live: live}")
        assert ("live_marts",) in ask(schemas, "live%")
        assert ("prod",) in ask(schemas, "prod%")
        assert ("live",) not in ask(schemas, "live%")
