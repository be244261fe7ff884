"""Monthly metrics of customers, points and visits, channels and bands from single orders and rows.

Orders, tickets and point transactions are read by reference.py, sessions by behaviour.py.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from conftest import Visited
from reference import Sales, band_scores, half_up, measures
from test_sessions import assert_same_rows
from warehouse import Build


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def months(first: date, as_of: date) -> Iterator[tuple[date, date]]:
    """First and last day of each month, the last one up to the snapshot date."""
    month = month_of(first)
    while month <= as_of:
        end = month.replace(day=monthrange(month.year, month.month)[1])
        yield month, min(end, as_of)
        month = end + timedelta(days=1)


def shown(build: Build, metric: str, dimension: str = "all") -> dict[Any, tuple]:
    """Numerator and denominator of the metric by month, and by value of the dimension."""
    return {
        (row["period_start"], row["dimension_value"]): (row["numerator"], row["denominator"])
        for row in build.rows("rpt_kpis", metric=metric, period_kind="month", dimension=dimension)
    }


def of_shop(counted: dict[date, tuple]) -> dict[Any, tuple]:
    """The same, as `shown` gives it; a rate without a denominator has no row."""
    return {(month, "all"): pair for month, pair in counted.items() if pair[1] != 0}


def valid_orders(sales: Sales) -> list:
    """All valid orders, those of unknown guests among them."""
    return [order for order in sales.orders.values() if order.is_valid]


def test_share_of_customers_with_a_recent_order(visited: Visited) -> None:
    """At the end of each complete month, over all customers known by then."""
    sales = visited.visits.sales
    # an order of a guest becomes a customer's when the guest registers
    known = dict(visited.build.query("select order_id, known_date from intermediate.int_orders"))
    for days in (30, 90):
        expected = {}
        for month, end in months(min(known.values()), sales.as_of_date):
            if (end + timedelta(days=1)).day != 1:
                continue
            latest = [
                max(order.order_date for order in placed if known[order.order_id] <= end)
                for placed in sales.purchases.values()
                if any(known[order.order_id] <= end for order in placed)
            ]
            recent = sum(day > end - timedelta(days=days) for day in latest)
            expected[month] = (recent, len(latest))
        assert len(expected) > 5
        assert shown(visited.build, f"active_share_{days}d") == of_shop(expected)


def test_frequent_buyers_and_their_sales(visited: Visited) -> None:
    """Two or more orders in a month; unknown guests are part of the shop's net sales only."""
    orders: Counter[tuple] = Counter()
    money: Counter[tuple] = Counter()
    for order in valid_orders(visited.visits.sales):
        key = month_of(order.order_date), order.customer_id
        orders[key] += 1
        money[key] += order.net
    buyers, shares = Counter(), defaultdict(lambda: (Decimal(0), Decimal(0)))
    for (month, customer), net in money.items():
        is_frequent = customer is not None and orders[month, customer] >= 2
        buyers[month] += is_frequent
        frequent, shop = shares[month]
        shares[month] = (frequent + net * is_frequent, shop + net)
    found = shown(visited.build, "frequent_buyers")
    assert {key[0]: pair[0] for key, pair in found.items() if pair[0]} == +buyers
    assert sum(buyers.values()) > 20
    assert shown(visited.build, "frequent_buyer_sales_share") == of_shop(shares)


def test_orders_of_established_customers(visited: Visited) -> None:
    """Customers whose first order is more than 365 days before the month, silent ones too."""
    sales = visited.visits.sales
    first = {
        customer: min(order.order_date for order in placed)
        for customer, placed in sales.purchases.items()
    }
    expected = {}
    for month, _ in months(min(first.values()), sales.as_of_date):
        established = {who for who, day in first.items() if (month - day).days > 365}
        orders = sum(
            month_of(order.order_date) == month
            for customer in established
            for order in sales.purchases[customer]
        )
        expected[month] = (orders, len(established))
    found = shown(visited.build, "orders_per_established_customer")
    assert found == of_shop(expected)


def test_points_balance_and_redemption(visited: Visited) -> None:
    """Signs are ignored; points earned less those redeemed and expired up to the month end."""
    sales = visited.visits.sales
    changes: dict[str, Counter[date]] = defaultdict(Counter)
    for line in sales.shop.accepted("point_transactions"):
        if line["occurred_at"] < sales.end:
            month = month_of(sales.shop.zone.day(line["occurred_at"]))
            changes[str(line["transaction_type"]).lower()][month] += abs(line["points"])
    assert changes.keys() == {"earn", "redeem", "expire"}
    begin = min(min(counted) for counted in changes.values())
    balance, rates, outstanding = {}, {}, 0
    for month, _ in months(begin, sales.as_of_date):
        earned, redeemed = changes["earn"][month], changes["redeem"][month]
        outstanding += earned - redeemed - changes["expire"][month]
        balance[month] = (outstanding, None)
        rates[month] = (redeemed, earned)
    # months without any confirmed order before them are not months of the shop
    first = min(order.order_date for order in sales.orders.values())
    since = {month: pair for month, pair in balance.items() if month >= month_of(first)}
    assert shown(visited.build, "points_balance") == of_shop(since)
    rates = {month: pair for month, pair in rates.items() if month in since}
    assert shown(visited.build, "points_redemption_rate") == of_shop(rates)


def test_month_3_retention(visited: Visited) -> None:
    """The cells of rpt_cohort_retention, which has a test of its own."""
    cells = visited.build.rows(
        "rpt_cohort_retention",
        cohort_dimension="all",
        retention_kind="calendar_month",
        period_number=3,
        is_in_totals=True,
    )
    assert cells
    expected = {
        cell["cohort_month"]: (cell["retained_customers"], cell["cohort_customers"])
        for cell in cells
    }
    assert shown(visited.build, "month_3_retention_rate") == of_shop(expected)
    complete = {
        row["period_start"]: row["is_complete"]
        for row in visited.build.rows(
            "rpt_kpis", metric="month_3_retention_rate", dimension="all", period_kind="month"
        )
    }
    for cell in cells:
        assert cell["is_mature"] or not complete[cell["cohort_month"]]


def test_visits_per_visitor_and_their_length(visited: Visited) -> None:
    """Over all and by channel; a session of one event lasts 0 seconds."""
    people: dict[tuple, set[str]] = defaultdict(set)
    sessions: Counter[tuple] = Counter()
    seconds: Counter[tuple] = Counter()
    zone = visited.visits.sales.shop.zone
    for session in visited.visits.sessions:
        month = month_of(zone.day(session.started_at))
        for value in ("all", session.first("channel") or "unknown"):
            people[month, value].add(session.person)
            sessions[month, value] += 1
            length = session.ended_at - session.started_at
            seconds[month, value] += length // timedelta(seconds=1)
    expected = {key: (sessions[key], len(people[key])) for key in sessions}
    lengths = {key: (seconds[key], sessions[key]) for key in sessions}
    for metric, counted in (("sessions_per_visitor", expected), ("session_duration", lengths)):
        found = {
            key: pair
            for dimension in ("all", "channel")
            for key, pair in shown(visited.build, metric, dimension).items()
        }
        assert found == counted


def test_visits_beside_purchases_by_channel(visited: Visited) -> None:
    """Every month and channel with either; visits to a channel are unknown before the first one."""
    sales = visited.visits.sales
    groups = {
        row["channel"]: row["channel_group"] for row in visited.build.rows("config.channel_groups")
    }
    visits: dict[tuple, list] = defaultdict(list)
    for session in visited.visits.sessions:
        month = month_of(sales.shop.zone.day(session.started_at))
        visits[month, session.first("channel") or "unknown"].append(session)
    channels = visited.build.by_key("fct_orders", "order_id")
    orders: dict[tuple, list] = defaultdict(list)
    for order in valid_orders(sales):
        key = month_of(order.order_date), channels[order.order_id]["channel"]
        orders[key].append(order)
    begins = {}
    for month, channel in sorted(visits):
        begins.setdefault(channel, month)
    rows = []
    for key in visits.keys() | orders.keys():
        month, channel = key
        is_tracked = channel in begins and begins[channel] <= month
        net = sum((order.net for order in orders[key]), Decimal(0))
        rows.append(
            {
                "month": month,
                "channel": channel,
                "channel_group": groups.get(
                    channel, "unknown" if channel == "unknown" else "other"
                ),
                "sessions": len(visits[key]) if is_tracked else None,
                "people": len({visit.person for visit in visits[key]}) if is_tracked else None,
                "orders": len(orders[key]),
                "customers": len({order.customer_id for order in orders[key]} - {None}),
                "net_amount": net,
                "average_order_amount": (
                    half_up(Fraction(net) / len(orders[key]), 2) if orders[key] else None
                ),
            }
        )
    assert any(row["sessions"] is None for row in rows)
    assert_same_rows(rows, visited.build.rows("rpt_channels"))


def test_support_tickets_by_frequency_score(visited: Visited) -> None:
    """Tickets of the last 365 days of customers with an order in them."""
    sales = visited.visits.sales
    tickets: Counter[Any] = Counter()
    for line in sales.shop.accepted("support_tickets"):
        age = (sales.as_of_date - sales.shop.zone.day(line["opened_at"])).days
        if line["opened_at"] < sales.end and line["customer_id"] and age < 365:
            tickets[sales.links.person(line["customer_id"], line["opened_at"])] += 1
    customers, contacts = Counter(), Counter()
    for customer, rfm in measures(sales).items():
        if rfm.frequency:
            score = str(band_scores(rfm)[1])
            customers[score] += 1
            contacts[score] += tickets[customer]
    assert sum(contacts.values()) > 20
    found = {
        row["value"]: (row["customers"], row["support_tickets"], row["tickets_per_customer"])
        for row in visited.build.rows("rpt_customer_portrait", attribute="f_score")
    }
    assert found == {
        score: (many, contacts[score], half_up(Fraction(contacts[score], many), 6))
        for score, many in customers.items()
    }


def test_lapsed_customers_by_net_sales_to_date(visited: Visited) -> None:
    """A fifth of the customers is high, the next 30% mid; the split of every value tier."""
    sales = visited.visits.sales
    total = {
        customer: sum((order.net for order in placed), Decimal(0))
        for customer, placed in sales.purchases.items()
    }
    bands = {}
    for customer, net in total.items():
        better = Fraction(sum(other > net for other in total.values()), len(total))
        bands[customer] = (
            "high" if better < Fraction(1, 5) else "mid" if better < Fraction(1, 2) else "low"
        )
    found = {
        row["customer_id"]: row["value"]
        for row in visited.build.rows("fct_customer_traits", trait="lifetime_value_band")
    }
    assert found == bands
    tiers = visited.build.by_key("fct_customer_rfm", "customer_id")
    split, money = Counter(), Counter()
    for customer, band in bands.items():
        key = tiers[customer]["value_tier"], band
        split[key] += 1
        money[key] += total[customer]
    profile = {
        (row["group_value"], row["trait_value"]): (row["customers"], row["net_amount"])
        for row in visited.build.rows(
            "rpt_profiles", group_kind="value_tier", trait="lifetime_value_band"
        )
    }
    assert any(tier == "churn_risk" for tier, _ in profile)
    assert profile == {key: (split[key], money[key]) for key in split}


def test_margin_of_the_window(visited: Visited) -> None:
    """Of the orders with known costs; null, never 0, for a customer or segment without any."""
    build, as_of = visited.build, visited.visits.sales.as_of_date
    margins: dict[str, list] = defaultdict(list)
    for order in build.rows("fct_orders", is_valid=True):
        if (as_of - order["order_date"]).days < 365 and order["margin_amount"] is not None:
            margins[order["customer_id"]].append((order["margin_amount"], order["net_amount"]))
    segments: dict[str, list] = defaultdict(list)
    for row in build.rows("fct_customer_rfm"):
        own = margins[row["customer_id"]]
        expected = tuple(map(sum, zip(*own, strict=True))) or (None, None)
        assert (row["margin_amount"], row["costed_net_amount"]) == expected
        segments[row["value_tier"]] += own
    assert any(segments.values())
    for row in build.rows("rpt_segments", scheme="value_tier"):
        expected = tuple(map(sum, zip(*segments[row["segment"]], strict=True))) or (None, None)
        assert (row["margin_amount"], row["costed_net_amount"]) == expected
