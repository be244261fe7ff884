"""RFM bands that do not fit a shop are a finding, and suggest-bands prints bands that do."""

import csv
import random
import re
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from test_bad_input import run_cli
from warehouse import Build, Warehouse, copy_project, write_shop

from customer_analytics.publish import published_database

UNFIT = ["amount_bands_too_high", "amount_bands_unfit", "frequency_bands_unfit"]
MARTS = "+rpt_findings +fct_customer_rfm"
LAST_DAY = date(2024, 12, 30)


def cheap_shop(folder: Path, customers: int = 400) -> Path:
    """Most customers buy once and for less than 500; nobody reaches 5,000."""
    rng = random.Random(1)
    rows = [
        {
            "order_id": f"o{customer}-{number}",
            "customer_id": f"c{customer}",
            "ordered_at": LAST_DAY - timedelta(days=rng.randrange(300) if customer else 0),
            "paid_amount": f"{rng.lognormvariate(4.5, 0.8):.2f}",
        }
        for customer in range(customers)
        for number in range(4 if customer % 20 == 0 else 1)
    ]
    return write_shop(folder, {"orders": rows})


@pytest.fixture(scope="module")
def cheap(warehouse: Warehouse) -> Build:
    return warehouse.build(warehouse.folder("cheap shop", cheap_shop), select=MARTS)


def publish_alone(build: Build, folder: Path) -> Path:
    """A database file next to which the build is published."""
    database = folder / "shop.duckdb"
    published_database(database).parent.mkdir()
    shutil.copyfile(build.database, published_database(database))
    return database


def test_suggested_bands_fit(
    cheap: Build,
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    found = [row["rule"] for row in cheap.rows("rpt_findings")]
    assert sorted(rule for rule in found if rule in UNFIT) == UNFIT
    database = publish_alone(cheap, tmp_path)
    assert run_cli(["suggest-bands", "--database", str(database)], monkeypatch) == 0
    printed = capsys.readouterr()
    assert "rfm_bands.csv" in printed.err

    project = copy_project(tmp_path / "project")
    seed = project / "seeds" / "config" / "rfm_bands.csv"
    before = list(csv.DictReader(seed.open(encoding="utf-8")))
    seed.write_text(printed.out, encoding="utf-8")
    bands = list(csv.DictReader(printed.out.splitlines()))
    assert [(b["measure"], b["score"]) for b in bands] == [
        (b["measure"], b["score"]) for b in before
    ]
    # as people write numbers
    amounts = [band["lower_bound"] for band in bands if band["measure"] == "monetary_amount"]
    assert all(re.fullmatch(r"0|(1|15|2|25|3|4|5|6|75|8)0*", amount) for amount in amounts), amounts

    fitting = warehouse.build(
        warehouse.folder("cheap shop", cheap_shop), project=project, select=MARTS
    )
    left = [row["rule"] for row in fitting.rows("rpt_findings") if row["rule"] in UNFIT]
    # 95% of the customers have one order, and no band divides them
    assert left == ["frequency_bands_unfit"]
    scores = Counter(row["m_score"] for row in fitting.rows("fct_customer_rfm"))
    assert sorted(scores) == [1, 2, 3, 4, 5]
    assert max(scores.values()) <= 0.6 * 400


def test_bands_are_contiguous_for_other_shops(
    sample_build: Build,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    database = publish_alone(sample_build, tmp_path)
    assert run_cli(["suggest-bands", "--database", str(database)], monkeypatch) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    bands = {(row["measure"], int(row["score"])): row for row in rows}
    for score in (1, 2, 3, 4):
        upper = bands["recency_days", score + 1]["upper_bound"]
        assert int(bands["recency_days", score]["lower_bound"]) == int(upper) + 1
        lower = bands["frequency", score + 1]["lower_bound"]
        assert int(bands["frequency", score]["upper_bound"]) == int(lower) - 1
        lower = bands["monetary_amount", score + 1]["lower_bound"]
        assert bands["monetary_amount", score]["upper_bound"] == lower
    amounts = [
        row["monetary_amount"] for row in sample_build.rows("fct_customer_rfm") if row["frequency"]
    ]
    bounds = [float(bands["monetary_amount", score]["lower_bound"]) for score in (2, 3, 4, 5)]
    held = Counter(sum(amount >= bound for bound in bounds) for amount in amounts)
    assert max(held.values()) <= 0.6 * len(amounts)


@pytest.mark.parametrize(
    ("customers", "amount", "message"),
    [
        (29, "number", "only 29 customers of .* have an order .* bands need 30: keep the bands of"),
        (
            40,
            "10",
            "net sales of most of the 40 customers are nearly equal .*to quantiles",
        ),
        (
            40,
            "0",
            "net sales of most of the 40 customers are nearly equal .*to quantiles",
        ),
    ],
)
def test_shops_without_bands_are_told_so(
    customers: int,
    amount: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    database = tmp_path / "shop.duckdb"
    published_database(database).parent.mkdir()
    with duckdb.connect(str(published_database(database))) as connection:
        connection.execute(f"""
            create schema marts;
            create table marts.fct_customer_rfm as
            select number as recency_days, 1 as frequency, {amount} as monetary_amount
            from range({customers}) as numbers (number)
            union all select 1, 0, 0 from range(100);
        """)
    assert run_cli(["suggest-bands", "--database", str(database)], monkeypatch) == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert re.search(message, error), error
