"""The report of one channel or region: figures from orders and customers, and what is left out."""

from collections import Counter, defaultdict
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_bad_input import run_cli
from warehouse import Build

from customer_analytics.report.queries import Answers
from customer_analytics.report.scope import Scope
from customer_analytics.report.site import CHAPTERS, report_folder, write_report

Row = dict[str, Any]
DAY = date(2024, 12, 30)
SCOPES = ("channel=web", "region=Guangdong")


class Expected:
    """The orders and customers of a scope, picked in Python."""

    def __init__(self, build: Build, scope: str) -> None:
        dimension, value = scope.split("=")
        regions = dict(build.query("select customer_id, region from marts.dim_customers"))
        columns = "customer_id, channel, order_date, is_first_order, net_amount"
        self.all_orders = [
            dict(zip(columns.split(", "), row, strict=True))
            for row in build.query(f"select {columns} from marts.fct_orders where is_valid")
        ]
        if dimension == "channel":
            self.orders = [order for order in self.all_orders if order["channel"] == value]
            self.customers = {o["customer_id"] for o in self.orders if o["is_first_order"]}
        else:
            self.customers = {customer for customer in regions if regions[customer] == value}
            self.orders = [o for o in self.all_orders if o["customer_id"] in self.customers]

    def months(self) -> dict[date, list]:
        """Net sales, orders and new customers by month."""
        sums: dict[date, list] = defaultdict(lambda: [0, 0, 0])
        for order in self.orders:
            month = sums[order["order_date"].replace(day=1)]
            month[0] += order["net_amount"]
            month[1] += 1
            month[2] += order["is_first_order"]
        return sums

    def rows(self, build: Build, mart: str) -> list[Row]:
        """The rows of the customers in a mart."""
        return [row for row in build.rows(mart) if row["customer_id"] in self.customers]


@pytest.fixture(scope="module", params=SCOPES)
def narrowed(request: pytest.FixtureRequest, sample_build: Build) -> tuple[str, dict, Expected]:
    """The results of all chapters for a scope."""
    with closing(duckdb.connect(str(sample_build.database), read_only=True)) as connection:
        answers = Answers(connection, "en", DAY, Scope.read(request.param))
        results = {chapter: answers.of_chapter(chapter) for chapter in CHAPTERS}
    return request.param, results, Expected(sample_build, request.param)


def test_sales_are_those_of_the_orders(narrowed: tuple[str, dict, Expected]) -> None:
    _, results, expected = narrowed
    sales = results["overview"]["sales"]
    months = expected.months()
    assert len(sales) == 13
    for row in sales:
        figures = [float(row[name]) for name in ("net_amount", "orders", "new_customers")]
        assert figures == pytest.approx([float(figure) for figure in months[row["month"]]])
    before, newest = months[date(2024, 10, 1)][0], months[date(2024, 11, 1)][0]
    year_ago = months[date(2023, 11, 1)][0]
    # rpt_kpis rounds to six decimals
    changes = [float(sales[-1][name]) for name in ("change", "yoy_change")]
    expected_changes = [float(newest / earlier - 1) for earlier in (before, year_ago)]
    assert changes == pytest.approx(expected_changes, abs=1e-6)
    (card,) = (row for row in results["overview"]["kpis"] if row["metric"] == "net_amount")
    assert card["month"] == date(2024, 11, 1)
    shown = [float(card["value"]), float(card["previous_value"])]
    assert shown == pytest.approx([float(newest), float(before)])


def test_customers_are_those_of_the_scope(
    narrowed: tuple[str, dict, Expected], sample_build: Build
) -> None:
    """Lifecycle stages, churn, contact lists, value tiers."""
    _, results, expected = narrowed
    stages = Counter(row["lifecycle_stage"] for row in expected.rows(sample_build, "dim_customers"))
    shown = {row["lifecycle_stage"]: row["customers"] for row in results["profile"]["stages"]}
    assert shown == stages and sum(stages.values()) == len(expected.customers)
    churn = Counter(
        row["churn_status"] for row in expected.rows(sample_build, "fct_customer_churn")
    )
    assert {row["churn_status"]: row["customers"] for row in results["churn"]["states"]} == churn
    (all_customers,) = results["overview"]["customers"]
    assert all_customers["churned"] == churn["churned"]
    lists = Counter(
        row["action_en"]
        for row in expected.rows(sample_build, "fct_action_list")
        if not row["is_control"]
    )
    shown = {row["action"]: row["customers"] for row in results["diagnosis"]["lists"]}
    assert {action: count for action, count in shown.items() if count} == lists
    scored = expected.rows(sample_build, "fct_customer_rfm")
    whole = sum(row["monetary_amount"] for row in scored)
    for tier in results["value"]["tiers"]:
        rows = [row for row in scored if row["value_tier"] == tier["segment"]]
        amount, orders = (
            sum(row[name] for row in rows) for name in ("monetary_amount", "frequency")
        )
        buyers = [row for row in rows if row["frequency"]]
        assert tier["customers"] == len(rows)
        assert tier["customer_share"] == pytest.approx(len(rows) / len(scored))
        assert tier["net_amount_share"] == pytest.approx(float(amount / whole))
        if orders:
            repeated = sum(row["frequency"] > 1 for row in buyers)
            assert tier["average_order_amount"] == pytest.approx(float(amount) / orders)
            assert tier["year_repurchase_rate"] == pytest.approx(repeated / len(buyers))


def test_retention_drivers_and_funnels_of_a_channel(
    narrowed: tuple[str, dict, Expected], sample_build: Build
) -> None:
    """A customer is of the channel of the first order and is retained on any channel."""
    scope, results, expected = narrowed
    if scope != "channel=web":
        assert not any(results["retention"].values()) and not any(results["behaviour"].values())
        return
    months = defaultdict(set)
    for order in expected.all_orders:
        months[order["customer_id"]].add(order["order_date"].replace(day=1))
    cohorts = Counter(min(months[customer]) for customer in expected.customers)
    shown = results["retention"]["cohorts"]
    assert len(shown) > 50
    for row in shown:
        month, number = row["cohort_month"], row["period_number"]
        later = date(
            month.year + (month.month + number - 1) // 12, (month.month + number - 1) % 12 + 1, 1
        )
        retained = sum(
            later in months[customer]
            for customer in expected.customers
            if min(months[customer]) == month
        )
        assert (row["cohort_customers"], row["retained_customers"]) == (cohorts[month], retained)
    last, before = (
        sum(
            o["net_amount"]
            for o in expected.orders
            if first < (DAY - o["order_date"]).days <= first + 91
        )
        for first in (-1, 90)
    )
    change = sum(row["change_amount"] for row in results["overview"]["drivers"])
    assert change == last - before
    funnel = sample_build.query(
        "select step_number, people from marts.rpt_funnel where dimension = 'channel'"
        " and dimension_value = 'web' and funnel = 'purchase' and month = '2024-11-01'"
    )
    purchase = [row for row in results["behaviour"]["funnels"] if row["funnel"] == "purchase"]
    assert {row["step_number"]: row["people"] for row in purchase} == dict(funnel)
    (carts,) = sample_build.query(
        "select sum(carts) from marts.rpt_carts where channel = 'web' and month = '2024-11-01'"
    )
    assert results["behaviour"]["carts"][-1]["carts"] == carts[0]


def test_page_says_what_it_covers(sample_build: Build, tmp_path: Path) -> None:
    """Chapters and charts that cannot be narrowed are named; no card says that data is missing."""
    write_report(sample_build.database, tmp_path / "r", "marts", Scope.read("channel=web"))
    page = (tmp_path / "r" / "en.html").read_text(encoding="utf-8")
    chapters = "Channels and campaigns, Products and prices, Data quality"
    assert f"therefore left out: {chapters}." in page
    assert '<section id="products">' not in page and 'href="#products"' not in page
    assert "<title>Customer analytics report · Channel: Web ·" in page
    assert (
        "<code>rpt_pareto</code>, <code>rpt_seasonality</code>, <code>rpt_segment_migration</code>."
        in page
    )
    assert "Not enough data yet" not in page and "Provide the table" not in page
    chinese = (tmp_path / "r" / "zh.html").read_text(encoding="utf-8")
    assert "故不包含：渠道与活动、商品与价格、数据质量。" in chinese


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ("web", "--scope is 'web': write it as channel=web or region=Guangdong"),
        ("city=Wuhan", "--scope is 'city=Wuhan': write it as"),
        ("channel=", "--scope is 'channel=': write it as"),
        ("channel=kiosk", "know no such channel (values: app, h5, mini_program, store, web)"),
        ("region=O'Hara", "know no such region (values: Anhui, "),
    ],
)
def test_wrong_scope_is_a_one_line_error(
    scope: str,
    message: str,
    sample_build: Build,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--database", str(sample_build.database), "--schema", "marts", "--scope", scope]
    assert run_cli(["report", *options, "--out", str(tmp_path / "r")], monkeypatch) != 0
    assert message in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_each_scope_has_its_folder(tmp_path: Path) -> None:
    published = tmp_path / "live" / "shop.duckdb"
    assert report_folder(published, Scope("channel", "web")) == tmp_path / "shop_report_channel_web"
    assert (
        report_folder(published, Scope("region", "a/../b 省")).name == "shop_report_region_a_b_省"
    )
