"""Fits find what is published, need no order of rows, and say when the data do not tell."""

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from cdnow import END_OF_CALIBRATION, cdnow_customers, recencies
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from customer_analytics.fits import bg_nbd, gamma_gamma, logistic, personas

NAMES = ("recency", "orders", "always_one")


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """A warning of numpy, scipy or scikit-learn is a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def histories() -> np.ndarray:
    """x, t_x and T of each customer of CDNOW, and that each is one."""
    found = [recencies(days, END_OF_CALIBRATION) for days in cdnow_customers().values()]
    return np.array([[*history, 1] for history in found if history]).T


@pytest.fixture(scope="module")
def spending() -> np.ndarray:
    """Paid repeat days of each customer of CDNOW, what they paid then, and that each is one."""
    rows = []
    for days in cdnow_customers().values():
        known = sorted(day for day in days if day <= END_OF_CALIBRATION)
        paid = [float(days[day]) for day in known[1:] if days[day] > 0]
        if paid:
            rows.append((len(paid), sum(paid), 1))
    return np.array(rows).T


@pytest.fixture(scope="module")
def churners() -> tuple[np.ndarray, np.ndarray]:
    """600 rows with three features, the last of which does not vary, and who left."""
    random = np.random.default_rng(5)
    features = np.column_stack([random.normal(3, 2, 600), random.poisson(2, 600), np.ones(600)])
    odds = np.exp(0.8 * (features[:, 0] - 3) - 0.5 * features[:, 1])
    return features, random.random(600) < odds / (1 + odds)


@pytest.fixture(scope="module")
def clusters() -> np.ndarray:
    """300, 200 and 100 customers around three points, and a feature that does not vary."""
    points, _ = make_blobs([300, 200, 100], centers=[[0, 0], [9, 0], [0, 50]], random_state=5)
    return np.column_stack([points, np.ones(600)])


def shuffled(*columns: np.ndarray) -> tuple[np.ndarray, ...]:
    """The same rows in another order."""
    order = np.random.default_rng(7).permutation(len(columns[0]))
    return tuple(column[order] for column in columns)


def gamma_spending(shape: float, heterogeneity: float, customers: int = 2000) -> np.ndarray:
    """Customers as Gamma-Gamma has them: shape p of amounts, q of the customers' means."""
    random = np.random.default_rng(11)
    days = random.integers(1, 6, customers)
    rates = random.gamma(heterogeneity, 1 / 15, customers)
    return np.array([days, random.gamma(shape * days) / rates, np.ones(customers)])


# -- BG/NBD ---------------------------------------------------------------------------------------


def test_bg_nbd_equals_published_values(histories: np.ndarray) -> None:
    """Fader, Hardie & Lee (2005), table 2, to the printed digits."""
    fit = bg_nbd.fit(*histories)
    assert {name: round(value, 3) for name, value in fit.values.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert round(fit.log_likelihood, 3) == -9582.429
    assert (fit.customers, fit.is_identified) == (2357, True)


def test_mbg_nbd_equals_published_values(histories: np.ndarray) -> None:
    """The fit of CDNOW that definitions and lifetimes (ModifiedBetaGeoFitter) give."""
    fit = bg_nbd.fit(*histories, first_purchase_counts=True)
    assert {name: round(value, 3) for name, value in fit.values.items()} == {
        "r": 0.525,
        "alpha": 6.183,
        "a": 0.891,
        "b": 1.614,
    }
    assert (fit.customers, fit.is_identified) == (2357, True)


def test_bg_nbd_of_grouped_customers_equals_single_customers(histories: np.ndarray) -> None:
    """Identical customers can be one row with their number."""
    groups, counts = np.unique(histories[:3], axis=1, return_counts=True)
    assert groups.shape[1] < 2357
    grouped, single = bg_nbd.fit(*groups, counts), bg_nbd.fit(*histories)
    assert grouped.values == pytest.approx(single.values, rel=1e-5)
    assert grouped.customers == 2357


def buyers(random: np.random.Generator, drop_out_probabilities: np.ndarray) -> np.ndarray:
    """Customers who buy 1.5 times in ten weeks on average, and stop after an order by chance."""
    until = random.integers(200, 700, len(drop_out_probabilities))
    rates = random.gamma(1.5, 1 / 70, len(drop_out_probabilities))
    rows = []
    for end, rate, chance in zip(until, rates, drop_out_probabilities, strict=True):
        days = np.unique(np.ceil(np.cumsum(random.exponential(1 / rate, 400))))
        most = random.geometric(chance) - 1 if chance > 1e-9 else len(days)
        known = days[:most][days[:most] <= end]
        rows.append((len(known), known[-1] if len(known) else 0, end, 1))
    return np.array(rows).T


def test_bg_nbd_without_drop_out_is_not_identified() -> None:
    """If all buy at random for ever (NBD), drop-out is not identified, but r and alpha are."""
    fit = bg_nbd.fit(*buyers(np.random.default_rng(3), np.zeros(3000)))
    assert not fit.is_identified
    # whole days make no two orders of one day: a little fewer orders than drawn
    assert fit.values["r"] / fit.values["alpha"] == pytest.approx(1.5 / 10, rel=0.05)


def test_bg_nbd_with_almost_no_drop_out_is_not_identified() -> None:
    """If one order in 2,000 is the last, a is close to 0 and b need not be large."""
    random = np.random.default_rng(3)
    fit = bg_nbd.fit(*buyers(random, random.beta(0.002, 4, 3000)))
    assert fit.values["b"] < 100
    assert not fit.is_identified


def test_bg_nbd_with_equal_drop_out_is_not_identified() -> None:
    """With one drop-out probability for all, a and b diverge; a / (a + b) is that probability."""
    random = np.random.default_rng(3)
    rates = random.gamma(2, 1 / 40, 4000)
    orders = random.geometric(0.3, 4000)
    rows = []
    for rate, most in zip(rates, orders, strict=True):
        days = np.cumsum(random.exponential(1 / rate, most - 1))
        known = days[days <= 700]
        rows.append((len(known), known[-1] if len(known) else 0, 700, 1))
    fit = bg_nbd.fit(*np.array(rows).T)
    assert not fit.is_identified
    a, b = fit.values["a"], fit.values["b"]
    assert a / (a + b) == pytest.approx(0.3, abs=0.02)


def test_bg_nbd_thresholds() -> None:
    """The minimum is 30 customers, 10 of them with a repeat purchase."""
    repeats = np.array([1] * 10 + [0] * 20)
    seen, end = repeats * np.arange(5, 35), np.full(30, 100)
    assert bg_nbd.fit(repeats, seen, end, np.ones(30)).customers == 30
    assert bg_nbd.fit(repeats[:-1], seen[:-1], end[:-1], np.ones(29)) is None
    assert bg_nbd.fit(repeats[1:], seen[1:], end[1:], [*np.ones(28), 2]) is None
    assert bg_nbd.fit([], [], [], []) is None


# -- Gamma-Gamma ----------------------------------------------------------------------------------


def test_gamma_gamma_equals_published_values(spending: np.ndarray) -> None:
    """Fader & Hardie (2013) on the 946 who bought again, to the printed digits."""
    fit = gamma_gamma.fit(*spending)
    assert {name: round(value, 2) for name, value in fit.values.items()} == {
        "p": 6.25,
        "q": 3.74,
        "gamma": 15.44,
    }
    assert round(fit.log_likelihood, 3) == -4055.918
    assert (fit.customers, fit.is_identified) == (946, True)


@pytest.mark.parametrize(("heterogeneity", "is_identified"), [(0.8, False), (3.0, True)])
def test_gamma_gamma_with_infinite_mean(heterogeneity: float, is_identified: bool) -> None:
    """With q of 1 or less no mean of all customers exists."""
    fit = gamma_gamma.fit(*gamma_spending(6, heterogeneity))
    assert fit.values["q"] == pytest.approx(heterogeneity, rel=0.1)
    assert fit.is_identified == is_identified


def test_gamma_gamma_of_equal_amounts_is_at_the_boundary() -> None:
    """If all customers spend the same, their heterogeneity is not identified."""
    assert not gamma_gamma.fit(
        np.arange(40) % 3 + 1, (np.arange(40) % 3 + 1) * 20, np.ones(40)
    ).is_identified


def test_gamma_gamma_thresholds() -> None:
    """The minimum is 30 customers."""
    days, amounts, customers = gamma_spending(6, 3, 30)
    assert gamma_gamma.fit(days, amounts, customers).customers == 30
    assert gamma_gamma.fit(days[1:], amounts[1:], customers[1:]) is None
    assert gamma_gamma.fit([], [], []) is None


# -- logistic regression --------------------------------------------------------------------------


def test_logistic_equals_scikit_learn(churners: tuple[np.ndarray, np.ndarray]) -> None:
    """The parameters equal those of StandardScaler and LogisticRegression."""
    features, churned = churners
    fit = logistic.fit(features, NAMES, churned)
    scaler = StandardScaler().fit(features)
    plain = LogisticRegression(C=1, tol=1e-10).fit(scaler.transform(features), churned)
    assert fit.values["intercept"] == pytest.approx(plain.intercept_[0], abs=1e-6)
    for position, name in enumerate(NAMES):
        assert fit.values[f"coefficient.{name}"] == pytest.approx(
            plain.coef_[0][position], abs=1e-6
        )
        assert fit.values[f"mean.{name}"] == pytest.approx(scaler.mean_[position])
        assert fit.values[f"scale.{name}"] == pytest.approx(scaler.scale_[position])
    chances = plain.predict_proba(scaler.transform(features))[np.arange(600), churned * 1]
    assert fit.log_likelihood == pytest.approx(np.log(chances).sum())
    assert fit.customers == 600


def test_logistic_of_constant_feature(churners: tuple[np.ndarray, np.ndarray]) -> None:
    """A constant feature has coefficient 0, without a division by 0."""
    values = logistic.fit(churners[0], NAMES, churners[1]).values
    assert values["scale.always_one"] == 1
    assert values["coefficient.always_one"] == 0


def test_logistic_thresholds() -> None:
    """The minimum is 200 rows with 30 churned and 30 retained customers."""
    features = np.random.default_rng(2).normal(size=(200, 1))
    churned = np.arange(200) < 30
    assert logistic.fit(features, ["x"], churned).customers == 200
    assert logistic.fit(features, ["x"], ~churned).customers == 200
    assert logistic.fit(features[:-1], ["x"], churned[:-1]) is None
    assert logistic.fit(features, ["x"], np.arange(200) < 29) is None
    assert logistic.fit(features, ["x"], np.arange(200) >= 29) is None


# -- personas -------------------------------------------------------------------------------------


def test_personas_find_three_clusters(clusters: np.ndarray) -> None:
    """The largest is first, and centres are the means of their members."""
    fit = personas.fit(clusters, NAMES)
    assert sorted(name for name in fit.values if name.endswith(".recency")) == [
        "centre.1.recency",
        "centre.2.recency",
        "centre.3.recency",
        "mean.recency",
        "scale.recency",
    ]
    for number, (first, last) in enumerate([(0, 300), (300, 500), (500, 600)], start=1):
        members = np.all(
            np.abs(clusters[:, :2] - [(0, 0), (9, 0), (0, 50)][number - 1]) < 5, axis=1
        )
        assert members.sum() == last - first
        for position, name in enumerate(NAMES):
            centre = fit.values[f"centre.{number}.{name}"] * fit.values[f"scale.{name}"]
            assert centre + fit.values[f"mean.{name}"] == pytest.approx(
                clusters[members, position].mean(), abs=1e-9
            )
    assert [fit.values[f"share.{number}"] for number in (1, 2, 3)] == pytest.approx(
        [1 / 2, 1 / 3, 1 / 6]
    )
    assert fit.values["scale.always_one"] == 1
    assert 0.8 < fit.values["silhouette"] <= 1
    assert fit.customers == 600


def test_personas_thresholds(clusters: np.ndarray) -> None:
    """The minimum is 100 customers with 8 distinct values."""
    few = clusters[::6]
    assert personas.fit(few, NAMES).customers == 100
    assert personas.fit(few[1:], NAMES) is None
    alike = few[np.arange(100) % 7]
    assert personas.fit(alike, NAMES) is None
    assert personas.fit(np.vstack([alike[1:], clusters[-1:]]), NAMES).customers == 100


# -- order of rows --------------------------------------------------------------------------------


def test_fits_are_independent_of_row_order(
    histories: np.ndarray,
    spending: np.ndarray,
    churners: tuple[np.ndarray, np.ndarray],
    clusters: np.ndarray,
) -> None:
    """A warehouse returns rows in any order."""
    assert bg_nbd.fit(*histories) == bg_nbd.fit(*shuffled(*histories))
    assert gamma_gamma.fit(*spending) == gamma_gamma.fit(*shuffled(*spending))
    features, churned = shuffled(*churners)
    assert logistic.fit(churners[0], NAMES, churners[1]) == logistic.fit(features, NAMES, churned)
    assert personas.fit(clusters, NAMES) == personas.fit(*shuffled(clusters), NAMES)
