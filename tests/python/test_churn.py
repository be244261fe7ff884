"""Churn and value: published figures of real shops, sums worked out again, and no look ahead."""

import csv
import math
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cdnow import END_OF_CALIBRATION, cdnow_customers, order_rows, recencies
from reference import Zone
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta
from sklearn.metrics import brier_score_loss, precision_score, recall_score, roc_auc_score
from warehouse import PROJECT, SAMPLE, Build, Warehouse, copy_project, read_shop, write_shop

ONLINE_RETAIL = PROJECT.parent / "shared" / "data" / "online_retail.parquet"
# all that these tests look at
MARTS = "+rpt_churn_backtest +fct_customer_churn +fct_customer_lifetime_value +fct_model_parameters"
Row = dict[str, Any]


def parameters(build: Build, model: str, through: date) -> dict[str, float]:
    """The fitted values of a model."""
    rows = build.rows("fct_model_parameters", model=model, trained_through=through)
    return {row["parameter"]: row["value"] for row in rows}


def backtest(build: Build) -> dict[str, Row]:
    """The result of each method."""
    return build.by_key("rpt_churn_backtest", "method")


def as_of_day(build: Build) -> date:
    """The day that the marts are as of."""
    ((day,),) = build.query("select as_of_date from intermediate.int_as_of")
    return day


# -- CDNOW ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdnow(warehouse: Warehouse) -> Path:
    """CDNOW as a shop."""
    orders = order_rows(cdnow_customers())
    return warehouse.folder("cdnow", lambda folder: write_shop(folder, {"orders": orders}))


@pytest.fixture(scope="module")
def calibrated(warehouse: Warehouse, cdnow: Path) -> Build:
    """CDNOW as it was known at the end of the period on which models are published."""
    return warehouse.build(
        cdnow, select=MARTS, churn_horizon_days=273, as_of_date=str(END_OF_CALIBRATION)
    )


@pytest.fixture(scope="module")
def held_out(warehouse: Warehouse, cdnow: Path) -> Build:
    """CDNOW with the 39 weeks that models had to predict."""
    return warehouse.build(cdnow, select=MARTS, churn_horizon_days=273)


def test_parameters_equal_published_values(calibrated: Build) -> None:
    """Fader, Hardie & Lee (2005) and Fader & Hardie (2013), to the printed digits."""
    found = parameters(calibrated, "bg_nbd", END_OF_CALIBRATION)
    assert {name: round(value, 3) for name, value in found.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    found = parameters(calibrated, "gamma_gamma", END_OF_CALIBRATION)
    assert {name: round(value, 2) for name, value in found.items()} == {
        "p": 6.25,
        "q": 3.74,
        "gamma": 15.44,
    }
    found = {
        (row["model"], row["customers"], round(row["log_likelihood"], 3), row["is_identified"])
        for row in calibrated.rows("fct_model_parameters")
        if row["model"] in ("bg_nbd", "gamma_gamma")
    }
    assert found == {
        ("bg_nbd", 2357, -9582.429, True),
        ("gamma_gamma", 946, -4055.918, True),
    }


def test_predictions_equal_published_values(calibrated: Build) -> None:
    """P(alive) of x = 2, t_x = 30.43, T = 38.86; mean amounts of ten customers; the year's sum."""
    values = calibrated.by_key("fct_customer_lifetime_value", "customer_id")
    assert round(values["1"]["probability_alive"], 4) == Decimal("0.7266")
    found = [str(values[str(number)]["expected_order_amount"]) for number in range(1, 11)]
    assert " ".join(found) == "24.65 18.91 35.17 35.17 35.17 71.46 18.91 35.17 27.28 35.17"
    total = sum(row["predicted_value_365d"] for row in values.values())
    assert float(total) == pytest.approx(71_508, rel=0.01)


# x, t_x, T: 2, 30.43, 38.86; 1, 1.71, 38.86; three times 0, 0, 38.86
GONE_BY_HAND = [0.2938, 0.8290, 0.6103, 0.6103, 0.6103]


def test_gone_probability_and_value_at_risk_equal_lifetimes(calibrated: Build) -> None:
    """MBG/NBD of all customers of CDNOW by lifetimes, from the published parameters.

    A customer gone with probability g who orders E times within h if alive is expected to order
    (1 - g) E times, which lifetimes computes. The five first customers were worked out by hand
    from 1 / (1 + a / (b + x) ((alpha + T) / (alpha + t_x))^(r + x)).
    """
    model = pytest.importorskip("lifetimes").ModifiedBetaGeoFitter()
    found = parameters(calibrated, "mbg_nbd", END_OF_CALIBRATION)
    model.params_ = pd.Series(found)
    assert {name: round(value, 3) for name, value in found.items()} == {
        "r": 0.525,
        "alpha": 6.183,
        "a": 0.891,
        "b": 1.614,
    }
    churn = calibrated.by_key("fct_customer_churn", "customer_id")
    values = calibrated.by_key("fct_customer_lifetime_value", "customer_id")
    histories = {
        str(customer): np.array(known) / [1, 7, 7]
        for customer, days in cdnow_customers().items()
        if (known := recencies(days, END_OF_CALIBRATION))
    }
    assert set(histories) == set(churn)
    x, t_x, t = np.array(list(histories.values())).T
    alive = model.conditional_probability_alive(x, t_x, t)
    months = np.array(
        [
            model.conditional_expected_number_of_purchases_up_to_time(
                month * 365 / 12 / 7, x, t_x, t
            )
            for month in range(13)
        ]
    )
    discounts = 1.01 ** -np.arange(1, 13)
    orders_if_alive = (np.diff(months, axis=0) * discounts[:, None]).sum(axis=0) / alive
    for customer, chance, orders in zip(histories, alive, orders_if_alive, strict=True):
        row = churn[customer]
        assert float(row["gone_probability"]) == pytest.approx(1 - chance, abs=1e-6)
        amount = float(values[customer]["expected_order_amount"])
        at_risk = (1 - chance) * orders * amount
        # the amount is shown to the cent
        assert float(row["value_at_risk"]) == pytest.approx(at_risk, abs=0.006 + 0.006 * orders)
        assert row["value_at_risk_method"] == "mbg_nbd"
    assert [float(churn[str(number)]["gone_probability"]) for number in range(1, 6)] == (
        pytest.approx(GONE_BY_HAND, abs=3e-4)
    )


def test_forecast_of_39_weeks_equals_published_value(held_out: Build) -> None:
    """The same customer is expected to order 1.226 times."""
    ((orders,),) = held_out.query(
        "select predicted_orders from intermediate.int_customer_values_predicted"
        f" where customer_id = '1' and snapshot_date = date '{END_OF_CALIBRATION}'"
    )
    assert round(orders, 3) == Decimal("1.226")


def test_churn_forecast_on_cdnow(held_out: Build) -> None:
    """Half a year ahead at least as good as BG/NBD is known to be, and better than the base rate.

    Days since the last order and 1 - p_buy have the AUC that others compute.
    """
    results = backtest(held_out)
    assert {row["cutoff_date"] for row in results.values()} == {END_OF_CALIBRATION}
    assert round(results["days_since_last_order"]["auc"], 3) == Decimal("0.771")
    assert round(results["bgnbd"]["auc"], 3) == Decimal("0.757")
    published = results["published"]
    assert published["customers"] == 2357
    assert published["auc"] >= Decimal("0.755")
    assert published["brier"] <= Decimal("0.9") * published["base_rate_brier"]
    assert not published["is_better_than_days_since_last_order"]


# -- Online Retail --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def online_retail(warehouse: Warehouse) -> Path:
    """A year of a gift shop, as its example prepares it."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"no {ONLINE_RETAIL}: no invoices of a real shop")
    script = PROJECT / "examples" / "online_retail" / "prepare.py"

    def prepare(folder: Path) -> None:
        subprocess.run(
            [sys.executable, str(script), str(ONLINE_RETAIL), str(folder)],
            check=True,
            capture_output=True,
        )

    return warehouse.folder("online_retail", prepare)


def assert_better_forecast_is_published(build: Build, values: list[Row], expected: str) -> None:
    """Where the naive forecast of orders wins, each customer has the last year's orders."""
    ((as_of,),) = build.query("select as_of_date from intermediate.int_as_of")
    last_year: dict[str, int] = defaultdict(int)
    for row in build.rows("intermediate.int_purchases"):
        last_year[row["customer_id"]] += (as_of - row["order_date"]).days < 365
    results = build.query(
        "select measure, forecast_method, rmse, naive_rmse from intermediate.int_forecast_backtest"
    )
    for _, method, rmse, naive_rmse in results:
        assert method == ("naive" if naive_rmse < rmse else "model")
    methods = {measure: method for measure, method, _, _ in results}
    assert methods["orders"] == expected
    assert {row["orders_forecast_method"] for row in values} == {expected}
    assert {row["forecast_method"] for row in values} == {methods["net_amount"]}
    is_last_year = [row["predicted_orders_365d"] == last_year[row["customer_id"]] for row in values]
    assert all(is_last_year) == (expected == "naive")


@pytest.mark.parametrize(
    ("horizon", "auc", "orders_method"), [(91, "0.73", "naive"), (182, "0.72", "model")]
)
def test_churn_forecast_on_online_retail(
    warehouse: Warehouse, online_retail: Path, horizon: int, auc: str, orders_method: str
) -> None:
    """Forecasts beat chance and the base rate, although drop-out is not identified."""
    build = warehouse.build(online_retail, select=MARTS, churn_horizon_days=horizon)
    results = backtest(build)
    published = results["published"]
    assert published["auc"] >= Decimal(auc)
    assert published["brier"] <= Decimal("0.9") * published["base_rate_brier"]
    assert results["at_risk"]["beats_base_rate"]
    churn = build.rows("fct_customer_churn")
    warned = [row["churn_probability"] for row in churn if row["is_churn_warning"]]
    assert warned
    assert min(warned) >= Decimal("0.4")

    fitted = build.rows("fct_model_parameters", model="bg_nbd", trained_through=as_of_day(build))
    assert fitted
    assert not any(row["is_identified"] for row in fitted)
    values = build.rows("fct_customer_lifetime_value")
    assert {row["probability_alive"] for row in values} == {None}
    assert_better_forecast_is_published(build, values, orders_method)
    for column in ("churn_probability", "churn_probability_bgnbd"):
        chances = [row[column] for row in churn]
        assert len(set(chances)) > 500
        assert sum(chance > Decimal("0.2") for chance in chances) > len(chances) / 2


# -- the bundled sample, whose customers' true state is known, worked out again -------------------


def test_flags_against_true_drop_out(sample_build: Build) -> None:
    """The flags find who has left for good, as benchmarks/README.md says, and better than chance.

    Which of the absent are gone nobody can see: a third of the customers is, and the flags ask
    about the next 90 or the last 180 days.
    """
    with (SAMPLE / "truth" / "customers.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["customer_id"]: row["is_alive_at_end"] for row in csv.DictReader(file)}
    rows = [row for row in sample_build.rows("fct_customer_churn") if row["customer_id"] in truth]
    is_gone = [truth[row["customer_id"]] == "false" for row in rows]
    assert len(rows) > 800
    flags = {
        "is_churned": [row["is_churned"] for row in rows],
        "is_at_risk": [row["is_churned"] or row["is_at_risk"] for row in rows],
        "risk_band": [row["risk_band"] == "high" for row in rows],
        "gone_probability": [row["gone_probability"] >= Decimal("0.5") for row in rows],
    }
    found = {
        flag: (
            round(precision_score(is_gone, is_raised), 2),
            round(recall_score(is_gone, is_raised), 2),
        )
        for flag, is_raised in flags.items()
    }
    readme = (PROJECT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    stated = re.findall(r"\| `(\w+)`.* \| (0\.\d\d) \| (0\.\d\d) \|", readme)
    assert found == {flag: (float(first), float(second)) for flag, first, second in stated}
    assert min(precision for precision, _ in found.values()) > 1.2 * np.mean(is_gone)

    published = backtest(sample_build)["published"]
    assert published["brier"] <= Decimal("0.9") * published["base_rate_brier"]


def matrix(rows: Iterable[Row], columns: Iterable[str]) -> np.ndarray:
    """Some columns of rows as numbers."""
    return np.array([[float(row[column]) for column in columns] for row in rows])


def scored_dates(build: Build) -> list[date]:
    """The day of the backtest and the as-of day."""
    rows = build.query(
        "select snapshot_date from intermediate.int_snapshot_dates where is_scored order by 1"
    )
    return [day for (day,) in rows]


# what each method scores, and the column of its probability
METHODS: dict[str, tuple[Callable[[Row], Any], str | None]] = {
    "days_since_last_order": (itemgetter("recency_days"), "recency_band_rate"),
    "personal_gap": (itemgetter("overdue_ratio"), None),
    "rule_flags": (lambda row: 2 if row["is_churned"] else int(row["is_warned"]), None),
    "bgnbd": (itemgetter("churn_probability_bgnbd"), "churn_probability_bgnbd"),
    "logistic": (itemgetter("churn_probability_logistic"), "churn_probability_logistic"),
    # flags that exclude churned customers
    "at_risk": (lambda row: None if row["is_churned"] else row["is_at_risk"], None),
    "churn_warning": (lambda row: None if row["is_churned"] else row["is_churn_warning"], None),
}


def test_backtest_equals_scikit_learn(sample_build: Build) -> None:
    """AUC and Brier score of every method, including the published one."""
    results = backtest(sample_build)
    scores = sample_build.rows("intermediate.int_customer_churn", is_as_of=False)
    assert set(results) == {*METHODS, "published"}
    for method, (score, probability) in METHODS.items():
        rows = [row for row in scores if score(row) is not None]
        churned = [row["churned"] for row in rows]
        result = results[method]
        auc = roc_auc_score(churned, [float(score(row)) for row in rows])
        assert float(result["auc"]) == pytest.approx(auc, abs=5.1e-7)
        if probability is None:
            assert result["brier"] is None
        else:
            brier = brier_score_loss(churned, matrix(rows, [probability])[:, 0])
            assert float(result["brier"]) == pytest.approx(brier, abs=5.1e-7)
        assert (result["customers"], result["churners"]) == (len(rows), sum(churned))
    published = results["published"]
    twin = results[published["score_of"]]
    same = ("auc", "brier", "flagged", "precision", "recall", "lift_top_decile")
    assert [published[column] for column in same] == [twin[column] for column in same]


TOPICS = {
    "recency": "recency",
    "overdue": "recency",
    "discounted_share": "discounts",
    "returned_share": "returns",
    "complaints": "returns",
    "sessions": "visits",
    "sessions_change": "visits",
    "carts_left": "visits",
    "points_earned_365d": "loyalty",
    "points_redeemed_365d": "loyalty",
    "subscribed_channels": "loyalty",
    "unsubscribed_channels": "loyalty",
    "repeat_days": "purchases",
    "tenure": "purchases",
    "orders": "purchases",
    "orders_365d": "purchases",
    "amount": "purchases",
    "amount_365d": "purchases",
    "amount_variation": "purchases",
    "gap_variation": "purchases",
}

# low values of all other features indicate churn; tenure belongs to no topic
REPORTED_IF_HIGH = {"recency", "overdue", "amount_variation", "gap_variation", "discounted_share"}
REPORTED_IF_HIGH |= {"returned_share", "complaints_90d", "carts_left_30d", "unsubscribed_channels"}


def expected_contribution(name: str, contribution: float, is_above_mean: bool) -> float:
    """What a feature adds to its topic: 0 in the direction that the topic does not cover."""
    return contribution if name != "tenure" and is_above_mean == (name in REPORTED_IF_HIGH) else 0


def test_logistic_scores_recomputed(sample_build: Build) -> None:
    """The probability and the driver, the topic with the largest contribution, are recomputed."""
    for day in scored_dates(sample_build):
        values = parameters(sample_build, "logistic", day)
        names = sorted(name.partition(".")[2] for name in values if name.startswith("mean."))
        features = sample_build.rows("intermediate.int_churn_features", snapshot_date=day)
        features.sort(key=lambda row: row["customer_id"])
        found = sample_build.rows("intermediate.int_churn_scores", snapshot_date=day)
        found.sort(key=lambda row: row["customer_id"])
        assert [row["customer_id"] for row in features] == [row["customer_id"] for row in found]
        assert len(found) > 500
        means, scales, coefficients = (
            np.array([values[f"{part}.{name}"] for name in names])
            for part in ("mean", "scale", "coefficient")
        )
        deviations = matrix(features, names) - means
        contributions = coefficients * deviations / scales
        chances = 1 / (1 + np.exp(-values["intercept"] - contributions.sum(axis=1)))
        shown = matrix(found, ["churn_probability_logistic"])[:, 0]
        assert shown == pytest.approx(chances, abs=1e-6)
        for row, contribution, deviation in zip(found, contributions, deviations, strict=True):
            topics: dict[str, float] = defaultdict(float)
            for name, added, above in zip(names, contribution, deviation > 0, strict=True):
                topic = TOPICS.get(name.removesuffix("_30d").removesuffix("_90d"), name)
                topics[topic] += expected_contribution(name, added, above)
            greatest = max(topics, key=lambda topic: topics[topic])
            assert row["main_driver"] == (greatest if topics[greatest] > 0 else None)


def test_purchase_model_recomputed(sample_build: Build) -> None:
    """Fader, Hardie & Lee (2005) for all customers: P(alive), chance to buy, orders (equation 10).

    Orders by the formula as printed, which overflows for customers who order very often.
    """
    horizon = 90 / 7
    # the backtest predicts the horizon, the marts a year
    for day, weeks in zip(scored_dates(sample_build), (horizon, 365 / 7), strict=True):
        fitted = parameters(sample_build, "bg_nbd", day)
        r, alpha, a, b = (fitted[name] for name in ("r", "alpha", "a", "b"))
        predicted = {
            row["customer_id"]: row
            for row in sample_build.rows(
                "intermediate.int_customer_values_predicted", snapshot_date=day
            )
        }
        customers = sample_build.rows("intermediate.int_order_features", snapshot_date=day)
        assert len(customers) == len(predicted) > 500
        for customer in customers:
            x = customer["repeat_days"]
            t_x, t = customer["active_days"] / 7, customer["observed_days"] / 7
            gone = a / (b + x - 1) * ((alpha + t) / (alpha + t_x)) ** (r + x) if x else 0
            alive = 1 / (1 + gone)
            buys = alive * (1 - ((alpha + t) / (alpha + t + horizon)) ** (r + x))
            shown = predicted[customer["customer_id"]]
            assert float(shown["purchase_probability"]) == pytest.approx(buys, abs=1e-6)
            assert float(shown["probability_alive"]) == pytest.approx(alive, abs=1e-6)
            z = weeks / (alpha + t + weeks)
            decline = (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
            orders = alive * (a + b + x - 1) / (a - 1) * (1 - decline)
            assert float(shown["predicted_orders"]) == pytest.approx(orders, abs=2e-6)


def equal_drop_out_orders() -> list[Row]:
    """Orders of 3,000 customers who drop out with probability 0.3 after each order."""
    random, first = Random(4), date(2022, 1, 1)
    orders = []
    for customer in range(3000):
        day, rate = random.uniform(0, 600), random.gammavariate(2, 1 / 40)
        while day <= 900:
            orders.append(
                {
                    "order_id": f"o{len(orders)}",
                    "customer_id": f"c{customer}",
                    "ordered_at": first + timedelta(days=int(day)),
                    "paid_amount": 10 + customer % 7,
                }
            )
            if random.random() < 0.3:
                break
            day += random.expovariate(rate)
    return orders


def orders_if_alive(fitted: dict[str, float], x: int, t: float, weeks: float) -> float:
    """Orders to be expected: those with a known chance to stop, averaged over the chances.

    With chance p and rate m it is (1 - exp(-m p h)) / p, and m is gamma with r + x and alpha + T.
    """
    r, alpha, a, b = (fitted[name] for name in ("r", "alpha", "a", "b"))

    def weighted(chance: float) -> float:
        weight = beta.pdf(chance, a, b + x)
        return weight * (1 - ((alpha + t) / (alpha + t + chance * weeks)) ** (r + x)) / chance

    least, most = beta.ppf([1e-12, 1 - 1e-12], a, b + x)
    return quad(weighted, least, most, epsabs=1e-10, epsrel=1e-10)[0]


def test_forecast_with_equal_drop_out_probabilities(warehouse: Warehouse, tmp_path: Path) -> None:
    """If drop-out probabilities hardly vary, a and b are large or at the boundary."""
    build = warehouse.build(
        write_shop(tmp_path / "raw", {"orders": equal_drop_out_orders()}), select=MARTS
    )
    for day, weeks in zip(scored_dates(build), (90 / 7, 365 / 7), strict=True):
        fitted = parameters(build, "bg_nbd", day)
        assert fitted["a"] > 20
        forecasts = build.rows(
            "intermediate.int_bg_nbd_forecasts", snapshot_date=day, model="bg_nbd"
        )
        # the year of the as-of day is seen in months
        last = max(row["period_number"] for row in forecasts)
        groups = [row for row in forecasts if row["period_number"] == last]
        assert len(groups) > 500
        for group in groups[::10]:
            x, t = group["repeat_days"], group["observed_days"] / 7
            expected = orders_if_alive(fitted, x, t, weeks)
            # on the first days two chances stand for all
            is_exact = (fitted["a"] - 1) * weeks / (fitted["alpha"] + t) < 400
            assert group["orders"] == pytest.approx(expected, rel=1e-5 if is_exact else 0.002), (
                x,
                t,
            )


def test_one_time_buyers_are_not_loyal(sample_build: Build) -> None:
    """P(alive) is 1 after one order, but churn is as probable as for infrequent buyers."""
    day = as_of_day(sample_build)
    fitted = parameters(sample_build, "bg_nbd", day)
    churn = sample_build.by_key("fct_customer_churn", "customer_id")
    once = [
        row
        for row in sample_build.rows("intermediate.int_order_features", snapshot_date=day)
        if row["repeat_days"] == 0
    ]
    assert len(once) > 100
    for row in once:
        exposure = fitted["alpha"] + row["observed_days"] / 7
        stays = 1 - (exposure / (exposure + 90 / 7)) ** fitted["r"]
        found = churn[row["customer_id"]]
        assert float(found["churn_probability_bgnbd"]) == pytest.approx(1 - stays, abs=1e-6)
        assert found["churn_probability"] > Decimal("0.05")


def test_personas_recomputed(sample_build: Build) -> None:
    """Each customer has the persona with the nearest centre."""
    values = parameters(sample_build, "kmeans", as_of_day(sample_build))
    names = sorted(name.partition(".")[2] for name in values if name.startswith("mean."))
    numbers = sorted({int(name.split(".")[1]) for name in values if name.startswith("centre.")})
    assert numbers == list(range(1, len(numbers) + 1))
    centres = np.array(
        [[values[f"centre.{number}.{name}"] for name in names] for number in numbers]
    )
    rows = sample_build.rows("intermediate.int_persona_features")
    means, scales = (
        np.array([values[f"{part}.{name}"] for name in names]) for part in ("mean", "scale")
    )
    standardised = (matrix(rows, names) - means) / scales
    distances = ((standardised[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    found = sample_build.by_key("intermediate.int_customer_personas", "customer_id")
    called = {
        row["cluster_number"]: row["persona"]
        for row in sample_build.rows("intermediate.int_personas")
    }
    nearest = {
        row["customer_id"]: called[int(number) + 1]
        for row, number in zip(rows, distances.argmin(axis=1), strict=True)
    }
    assert {customer: row["persona"] for customer, row in found.items()} == nearest
    counts = {row["persona"]: row["customers"] for row in sample_build.rows("rpt_personas")}
    assert counts == {name: list(nearest.values()).count(name) for name in counts}
    assert sum(counts.values()) == len(nearest) > 500


# -- no look ahead --------------------------------------------------------------------------------

SNAPSHOT_DATE = date(2024, 9, 30)
HAPPENED = {
    "orders": "ordered_at",
    "refunds": "refunded_at",
    "events": "occurred_at",
    "identity_links": "linked_at",
    "reviews": "created_at",
    "support_tickets": "opened_at",
    "subscriptions": "changed_at",
    "point_transactions": "occurred_at",
    "nps_responses": "responded_at",
    "campaign_sends": "sent_at",
    "customers": "registered_at",
}
# tables of data known on the snapshot date, with their date column
KNOWN = {
    "intermediate.int_churn_features": "snapshot_date",
    "marts.fct_model_parameters": "trained_through",
    "intermediate.int_churn_scores": "snapshot_date",
    "intermediate.int_customer_values_predicted": "snapshot_date",
}
# columns with outcomes after the snapshot date
OUTCOMES = ("label_through", "churned")


def alternative_future(folder: Path) -> Path:
    """The sample with half of the rows after the snapshot date removed.

    The other half belongs to other customers.
    """
    zone, random = Zone("UTC"), Random(5)
    shop = read_shop(SAMPLE)
    for table, column in HAPPENED.items():
        timestamps = [zone.timestamp(row[column]) for row in shop[table]]
        is_later = [
            bool(timestamp) and zone.day(timestamp) > SNAPSHOT_DATE for timestamp in timestamps
        ]
        past = [row for row, later in zip(shop[table], is_later, strict=True) if not later]
        future = [row for row, later in zip(shop[table], is_later, strict=True) if later][::2]
        owners = [row["customer_id"] for row in future]
        random.shuffle(owners)
        assert len(future) > 5, table
        shop[table] = past + [
            row | {"customer_id": owner} for row, owner in zip(future, owners, strict=True)
        ]
    return write_shop(folder, shop)


@pytest.fixture(scope="module")
def alternative_futures(warehouse: Warehouse) -> Path:
    """The sample with another future."""
    return warehouse.folder("alternative_future", alternative_future)


def known(build: Build, table: str) -> list[tuple[Any, ...]]:
    """The rows of a table up to the snapshot date, without outcomes."""
    listed = ", ".join(columns_without_outcomes(build, table))
    return build.query(
        f"select {listed} from {table} where {KNOWN[table]} <= date '{SNAPSHOT_DATE}' order by all"
    )


def columns_without_outcomes(build: Build, table: str) -> list[str]:
    """The columns that were known on the day."""
    columns = build.table(table).columns
    return [column for column in columns if column not in OUTCOMES]


def labelled(build: Build) -> list[tuple[Any, ...]]:
    """The labelled rows on the snapshot date."""
    return build.query(
        "select * from intermediate.int_churn_features"
        f" where label_through <= date '{SNAPSHOT_DATE}' order by all"
    )


def test_later_data_does_not_change_earlier_scores(
    warehouse: Warehouse, sample_build: Build, alternative_futures: Path
) -> None:
    """Different later data change no feature, fit or score of an earlier date."""
    day = as_of_day(sample_build)
    assert scored_dates(sample_build) == [SNAPSHOT_DATE, day]
    models = [table.partition(".")[2] for table in KNOWN]
    select = " ".join(f"+{model}" for model in [*models, "fct_customer_churn"])
    other = warehouse.build(alternative_futures, select=select, as_of_date=str(day))
    for table in KNOWN:
        assert len(known(sample_build, table)) > 20, table
        assert known(sample_build, table) == known(other, table), table
    assert len(labelled(sample_build)) > 20
    assert labelled(sample_build) == labelled(other)
    # it was another one
    assert sample_build.rows("fct_customer_churn") != other.rows("fct_customer_churn")


def inject_leaks(project: Path) -> Path:
    """Let purchases, visits, complaints, points and consents look ahead."""
    features = "models/intermediate/scoring/int_churn_features.sql"
    for file, condition, injected in (
        (
            "models/intermediate/snapshots/int_snapshot_purchases.sql",
            "customers.snapshot_date >= purchases.known_date",
            "true",
        ),
        (
            features,
            "customers.snapshot_date >= sessions.ended_date",
            "true",
        ),
        (
            features,
            "interactions.occurred_date <= snapshot_dates.snapshot_date",
            "true",
        ),
        (
            features,
            "customers.snapshot_date >= consents.changed_date",
            "true",
        ),
        # days after the snapshot date are negative, and have no logarithm
        (
            "models/intermediate/scoring/int_churn_features.sql",
            "ln(1 + cast(coalesce({number}, 0)",
            "ln(1 + cast(abs(coalesce({number}, 0))",
        ),
    ):
        text = (project / file).read_text(encoding="utf-8")
        assert text.count(condition) == 1, file
        (project / file).write_text(text.replace(condition, injected), encoding="utf-8")
    return project


def test_injected_leaks_are_detected(
    warehouse: Warehouse, sample_build: Build, alternative_futures: Path, tmp_path: Path
) -> None:
    """Features that look ahead differ when the future does: the test above can fail."""
    project = inject_leaks(copy_project(tmp_path / "project"))
    variables = {"select": "+int_churn_features", "as_of_date": str(as_of_day(sample_build))}
    ours = warehouse.build(SAMPLE, project=project, **variables)
    theirs = warehouse.build(alternative_futures, project=project, **variables)
    features = "intermediate.int_churn_features"
    columns = columns_without_outcomes(ours, features)
    pairs = zip(known(ours, features), known(theirs, features), strict=True)
    differing = {
        column
        for one, other in pairs
        for column, mine, yours in zip(columns, one, other, strict=True)
        if mine != yours
    }
    assert differing >= {
        "recency",
        "amount_30d",
        "sessions_90d",
        "complaints_90d",
        "points_earned_365d",
        "subscribed_channels",
    }


# -- small shops ----------------------------------------------------------------------------------


SENTENCES = {
    "none": "Not available (too few customers or too short a history)",
    "recency_band": (
        "Share without a new order among customers with a similar time since last order"
        " (no BG/NBD model has been fitted)"
    ),
}


def small_shop(name: str) -> list[Row]:
    """Orders of shops in which little can be learned."""
    first = date(2023, 1, 1)
    if name == "five customers":
        days = [(customer, 40 * number + customer) for customer in range(5) for number in range(9)]
    elif name == "one day":
        days = [(customer, 0) for customer in range(60)]
    else:
        days = [(customer, customer) for customer in range(500)]
    return [
        {
            "order_id": f"o{number}",
            "customer_id": f"c{customer}",
            "ordered_at": first + timedelta(days=day),
            "paid_amount": 10 + number % 7,
        }
        for number, (customer, day) in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("name", "method", "chance"),
    [
        # each of them came back within 40 days, each time; but five are five
        ("five customers", "none", None),
        ("one day", "none", None),
        ("one-time buyers", "recency_band", Decimal(1)),
    ],
)
def test_small_shops(
    warehouse: Warehouse, tmp_path: Path, name: str, method: str, chance: Decimal | None
) -> None:
    """What cannot be known is not claimed, and the mart says so; no number is NaN."""
    build = warehouse.build(write_shop(tmp_path / "raw", {"orders": small_shop(name)}))
    customers = build.rows("fct_customer_churn")
    assert {row["probability_method"] for row in customers} == {method}
    (label,) = build.rows("dim_labels", code_type="probability_method", code=method)
    assert label["label_en"] == SENTENCES[method]
    assert {row["churn_probability"] for row in customers} == {chance}
    values = build.rows("fct_customer_lifetime_value")
    assert len(values) == len(customers)
    assert {(row["value_method"], row["predicted_value_365d"]) for row in values} == {
        ("none", None)
    }
    for table, content in build.tables().items():
        for row in content.rows:
            numbers = [value for value in row if isinstance(value, float | Decimal)]
            assert all(math.isfinite(value) for value in numbers), f"{table}: {row}"
