"""Metrics of the semantic layer equal rpt_kpis, which is worked out apart from them."""

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.contracts.graph.semantic_manifest import SemanticManifest
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from dbt_metricflow.cli.main import query
from warehouse import PROJECT, Build, Warehouse, environment

ORDERS = {
    "net_amount", "orders", "customers", "new_customers", "average_order_amount",
    "net_amount_per_customer", "discount_rate", "refund_rate", "margin_rate",
}  # fmt: skip
SESSIONS = {
    "sessions", "visitors", "bounce_rate", "cart_rate", "conversion_rate",
    "payment_conversion_rate", "session_duration", "sessions_per_visitor",
}  # fmt: skip
TIERS = {"repurchase_rate", "active_share_30d", "active_share_90d"}
# asked in one query each: metrics, the dimension of rpt_kpis, and its name in the semantic layer
QUERIES = [
    (ORDERS | SESSIONS | TIERS, "all", None),
    (ORDERS, "channel", "order__channel"),
    (ORDERS, "customer_type", "order__customer_type"),
    (SESSIONS, "channel", "session__channel"),
    (SESSIONS - {"payment_conversion_rate"}, "source", "session__source"),
    (TIERS, "value_tier", "customer_month__value_tier"),
    # guests stand by themselves there, so only what can be added up
    ({"net_amount", "orders"}, "city_tier", "customer__city_tier"),
]
# what no mart of single orders, visits or customers tells
ONLY_IN_RPT_KPIS = {
    "cart_abandonment_rate", "checkout_abandonment_rate", "paid_source_payment_rate",
    "monthly_repurchase_rate", "churn_rate", "win_back_rate", "month_1_retention_rate",
    "return_rate", "complaint_rate", "top_20_share", "gini", "month_3_retention_rate",
    "frequent_buyers", "frequent_buyer_sales_share", "orders_per_established_customer",
    "points_balance", "points_redemption_rate",
}  # fmt: skip


@pytest.fixture(scope="module")
def configuration(
    sample_build: Build, warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CLIConfiguration]:
    """What the command mf sets up: where the project is, its metrics, its database."""
    folder = tmp_path_factory.mktemp("metrics")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, folder)
    (folder / "customer_analytics").symlink_to(PROJECT / "customer_analytics")
    metrics = SemanticManifest(warehouse.manifest())
    metrics.write_json_to_file(str(folder / "target" / "semantic_manifest.json"))
    # mf opens it for writing, which locks everybody else out
    database = folder / sample_build.database.name
    shutil.copyfile(sample_build.database, database)
    paths = {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    with environment(ANALYTICS_DB=str(database), **paths):
        found = CLIConfiguration()
        found.setup(folder, folder, configure_file_logging=False)
        yield found
    DuckDBConnectionManager.close_all_connections()


def ask(
    configuration: CLIConfiguration, metrics: set[str], group: str | None, answer: Path
) -> dict[tuple[str, str, str], float]:
    """Values by metric, month and group, as the command mf query gives them."""
    groups = ["metric_time__month", *([group] if group else [])]
    arguments = ["--metrics", ",".join(sorted(metrics)), "--group-by", ",".join(groups)]
    outcome = CliRunner().invoke(
        query, [*arguments, "--csv", str(answer), "--quiet"], obj=configuration
    )
    assert outcome.exit_code == 0, outcome.output
    with answer.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows:
        # a customer who is not known has no city, which rpt_kpis calls unknown
        value = row[group] or "unknown" if group else "all"
        for metric in metrics:
            if row[metric]:
                values[metric, row["metric_time__month"][:7], value] += float(row[metric])
    return values


@pytest.mark.parametrize(("metrics", "dimension", "group"), QUERIES)
def test_metrics_equal_rpt_kpis(
    metrics: set[str],
    dimension: str,
    group: str | None,
    configuration: CLIConfiguration,
    sample_build: Build,
    tmp_path: Path,
) -> None:
    """Every month, and every value of the dimension."""
    expected = {
        (row["metric"], f"{row['period_start']:%Y-%m}", row["dimension_value"]): float(row["value"])
        for row in sample_build.rows("rpt_kpis", period_kind="month", dimension=dimension)
        if row["metric"] in metrics
    }
    assert {metric for metric, _, _ in expected} == metrics
    found = ask(configuration, metrics, group, tmp_path / "answer.csv")
    # either may have a 0, or no row, for a month in which there is nothing to count
    found = {key: value for key, value in found.items() if value or key in expected}
    expected = {key: value for key, value in expected.items() if value or key in found}
    assert found == pytest.approx(expected, abs=6e-7)


def test_metrics_have_the_labels_of_the_seeds(sample_build: Build, warehouse: Warehouse) -> None:
    """And none is missing that orders, sessions or customers of a month can tell."""
    headline = {row["metric"] for row in sample_build.rows("config.metrics")}
    defined = {metric.name: metric.label for metric in warehouse.manifest().metrics.values()}
    assert headline & defined.keys() == ORDERS | SESSIONS | TIERS == headline - ONLY_IN_RPT_KPIS
    labels = {
        row["code"]: row["label_en"]
        for row in sample_build.rows("config.labels", code_type="metric")
    }
    for name in headline & defined.keys():
        assert defined[name] == labels[name]
