"""Shares of the report are those of the whole, and no sentence names an unknown value as the best.

The shop has 13 values of everything, and the unknown ones are the largest and the extremes. What
the report prints is compared with the rows of the shop, counted here.
"""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from test_report import day_shop, per_cent, publish_copy
from warehouse import Build, Rows, Warehouse, write_shop

from customer_analytics.report.site import report_folder, write_report
from customer_analytics.report.wording import LANGUAGES, read_texts

OPENING, AS_OF = date(2024, 1, 1), date(2024, 10, 31)
SHOWN = 10
# of 40 rows, 14 have no value; the others have 13 values, the first of them four times
PATTERN = [*[0] * 14, *[1] * 4, *[2] * 3, *[3] * 3, *[4] * 3, *[5] * 3, *[6] * 2, *range(7, 14), 1]
ATTRIBUTES = {
    "region": "customers.region",
    "city_tier": "customers.city_tier",
    "age_band": "customers.birth_date",
    "gender": "customers.gender",
    "member_tier": "customers.member_tier",
    "acquisition_source": "customers.acquisition_source",
}


def value(kind: str, number: int) -> str | None:
    """The value of a row; null for more than a third of the rows, whatever the kind."""
    position = PATTERN[(number * 7 + sum(map(ord, kind))) % len(PATTERN)]
    return f"{kind} {position:02}" if position else None


def order_days(number: int) -> list[date]:
    """One customer comes a day; a third orders again, and all who came in the first 90 days."""
    first = OPENING + timedelta(days=number)
    # products without a category are bought again soonest
    again = first + timedelta(days=31 if value("category", number % 60) else 25)
    is_followed = number % 3 == 0 or number <= 90
    return [first, again] if is_followed and again <= AS_OF else [first]


def shop() -> dict[str, Rows]:
    """Customers with an order or two, each of a line or none; visits in the last three months."""
    tables: dict[str, Rows] = defaultdict(list)
    for number in range(60):
        tables["products"].append(
            {"product_id": f"p{number}", "product_name": f"Product {number:02}"}
            | {"category": value("category", number), "brand": "brand"}
        )
    for number in range(305):
        customer = {"customer_id": f"c{number}"}
        given = {attribute: value(attribute, number) for attribute in ATTRIBUTES}
        tables["customers"].append(customer | given)
        product = tables["products"][number % 60]
        has_category = product["category"] is not None
        for times, day in enumerate(order_days(number)):
            key = 2 * number + times
            amount = 20 + 10 * (number % 9) + times
            order = {"order_id": f"o{key}", "ordered_at": f"{day} 20:00:00", "paid_amount": amount}
            channel = "store" if key % 40 == 1 else value("channel", key) if key % 3 else None
            tables["orders"].append(customer | order | {"channel": channel})
            # a third of the customers have orders without lines
            if not value("line", number):
                continue
            line = {"order_id": order["order_id"], "product_id": product["product_id"]}
            price = {
                "unit_price": amount / 4,
                "unit_list_price": amount / (4 if has_category else 2),
            }
            tables["order_items"].append(line | price | {"line_number": 1, "quantity": 4})
            if key % 4 == 0 or not has_category:
                tables["refunds"].append(
                    line
                    | {"refund_id": f"r{key}", "refunded_at": f"{day} 22:00:00"}
                    | {"refund_amount": 1, "quantity": 1 if has_category else 3}
                )
    steps = ["view_product", "add_to_cart", "place_order", "pay"]
    for number in range(600):
        group = ("app", "web", None)[number % 3]
        # visitors of whom nothing is known buy most often
        reached = 4 if group is None else (number // 3) % (5 if group == "app" else 3)
        day = date(2024, 8, 1) + timedelta(days=number % 80)
        for minute, event in enumerate(["view_page", *steps[:reached]]):
            tables["events"].append(
                {"visitor_id": f"v{number}", "occurred_at": f"{day} 12:{minute:02}:00"}
                | {"event_name": event, "channel": group, "device": group and f"{group} phone"}
                | {"source": group and value("source", number), "product_id": f"p{number % 60}"}
            )
    return tables


class Page:
    """The figures of a page: the sentence and the table of each."""

    def __init__(self, file: Path) -> None:
        figures = re.findall(
            r'<figure class="card" id="([^"]+)">(.*?)</figure>', file.read_text("utf-8"), re.DOTALL
        )
        self.sentences = {name: self._texts("p", figure) for name, figure in figures}
        self.columns = {name: self._texts("th", figure) for name, figure in figures}
        self.rows = {
            name: [self._texts("td", row) for row in re.findall(r"<tr>(.*?)</tr>", figure)]
            for name, figure in figures
        }

    @staticmethod
    def _texts(tag: str, part: str) -> list[str]:
        found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", part, re.DOTALL)
        return [html.unescape(re.sub("<.*?>", "", text)).strip() for text in found]

    def column(self, figure: str, title: str) -> dict[str, str]:
        """A column of a table, by the first column."""
        at = self.columns[figure].index(title)
        return {row[0]: row[at] for row in self.rows[figure] if row}


def write_pages(build: Build, folder: Path) -> dict[str, Page]:
    """The report of a build, by language."""
    file = publish_copy(build.database, folder)
    write_report(file, report_folder(file))
    return {language: Page(report_folder(file) / f"{language}.html") for language in LANGUAGES}


@pytest.fixture(scope="module")
def build(warehouse: Warehouse) -> Build:
    """The whole shop."""
    return warehouse.build(warehouse.folder("13 values", lambda folder: write_shop(folder, shop())))


@pytest.fixture(scope="module")
def pages(build: Build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """Its report."""
    return write_pages(build, tmp_path_factory.mktemp("shares"))


# -- shares ---------------------------------------------------------------------------------------


def shares(amounts: Mapping[str, float], ranks: Mapping[str, float] | None = None) -> list:
    """Ten values by rank, best first, and the rest: each with its share of the whole."""
    ranks = ranks or amounts
    names = sorted(amounts, key=lambda name: (-ranks[name], name))
    whole = sum(amounts.values())
    found = [(name, amounts[name] / whole) for name in names[:SHOWN]]
    rest = names[SHOWN:]
    return [*found, (len(rest), sum(amounts[name] for name in rest) / whole)] if rest else found


@pytest.fixture(scope="module")
def sales() -> dict[str, Counter]:
    """Net sales of the shop, by each of its columns; customers by their attributes."""
    tables = shop()
    refunds = {row["order_id"]: row["refund_amount"] for row in tables["refunds"]}
    lines = {row["order_id"]: row for row in tables["order_items"]}
    products = {row["product_id"]: row for row in tables["products"]}
    customers = {row["customer_id"]: row for row in tables["customers"]}
    found: dict[str, Counter] = defaultdict(Counter)
    for order in tables["orders"]:
        net = order["paid_amount"] - refunds.get(order["order_id"], 0)
        line = lines.get(order["order_id"])
        product = products[line["product_id"]] if line else {}
        found["channel"][order["channel"] or "unknown"] += net
        found["product"][product.get("product_name") or "unknown"] += net
        found["category"][product.get("category") or "unknown"] += net
        for attribute in ATTRIBUTES:
            found[attribute][customers[order["customer_id"]][attribute] or "unknown"] += net
    for customer in customers.values():
        for attribute in ATTRIBUTES:
            found[f"customers by {attribute}"][customer[attribute] or "unknown"] += 1
    # each visitor has one session
    sources = {row["visitor_id"]: row["source"] or "unknown" for row in tables["events"]}
    found["source"].update(sources.values())
    return found


def named(language: str, found: list) -> dict[str, str]:
    """Values and their shares as the report writes them."""
    unknown, pool = {"en": ("Unknown", "Other values"), "zh": ("未知", "其他取值")}[language]
    words = {name: f"{pool} ({name})" if isinstance(name, int) else name for name, _ in found}
    words["unknown"] = unknown
    return {words[name]: per_cent(share) for name, share in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_are_of_the_whole(
    pages: dict[str, Page], sales: dict[str, Counter], language: str
) -> None:
    """By net sales, with a row for the rest, so that they add up; and the values are in order."""
    page, titles = pages[language], read_texts(language)["column"]
    expected = {
        "products-products": ("net_amount_share", shares(sales["product"])),
        "products-categories": ("net_amount_share", shares(sales["category"])),
        "channels-sources": ("session_share", shares(sales["source"])),
    }
    for figure, (column, found) in expected.items():
        assert len(found) == SHOWN + 1 and sum(share for _, share in found) == pytest.approx(1)
        printed = page.column(figure, titles[column])
        assert list(printed.items()) == list(named(language, found).items()), figure
    for attribute in ATTRIBUTES:
        for column, whole in (
            ("net_amount_share", sales[attribute]),
            ("customer_share", sales[f"customers by {attribute}"]),
        ):
            found = shares(whole, sales[attribute])
            assert len(found) == SHOWN + 1 and sum(share for _, share in found) == pytest.approx(1)
            printed = page.column(f"profile-{attribute}", titles[column])
            assert list(printed.items()) == list(named(language, found).items()), attribute


@pytest.mark.parametrize("language", LANGUAGES)
def test_largest_channel_is_a_share_of_all(
    pages: dict[str, Page], sales: dict[str, Counter], language: str
) -> None:
    """The chart shows ten of the 15 channels; the share is of all, and the number too."""
    channels = sales["channel"]
    (first, amount) = (channels - Counter(unknown=channels["unknown"])).most_common(1)[0]
    share = per_cent(amount / channels.total())
    sentence = {
        "en": f"{first} is the largest of {len(channels)} channels: {amount}",
        "zh": f"{len(channels)} 个渠道中“{first}”贡献最大：图中各月合计 {amount}",
    }[language]
    says = pages[language].sentences["channels-sales"][0]
    assert len(channels) == 15
    assert says.replace("¥", "").startswith(sentence.replace(f"{amount}", f"{amount:,}"))
    assert f"{share} of net sales" in says if language == "en" else f"占 {share}" in says


# all rows are shown: each share with its parts counted in the marts
WHOLE = {
    (
        "profile-stages",
        "customer_share",
    ): "count(*) from marts.dim_customers group by lifecycle_stage",
    ("profile-personas", "customer_share"): "customers from marts.rpt_personas",
    ("profile-price_sensitivity", "customer_share"): (
        "count(*) from marts.dim_customers group by coalesce(price_sensitivity, 'unknown')"
    ),
    ("products-sensitivity", "customer_share"): (
        "count(*) from marts.dim_customers group by coalesce(price_sensitivity, 'unknown')"
    ),
    ("value-tiers", "customer_share"): "count(*) from marts.fct_customer_rfm group by value_tier",
    ("value-tiers", "net_amount_share"): (
        "sum(monetary_amount) from marts.fct_customer_rfm group by value_tier"
    ),
    ("diagnosis-segments", "net_amount_share"): (
        "sum(monetary_amount) from marts.fct_customer_rfm group by lifecycle_segment"
    ),
    ("churn-states", "customer_share"): (
        "count(*) from marts.fct_customer_churn group by churn_status"
    ),
    ("channels-journeys", "customer_share"): "customers from marts.rpt_journeys",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_of_whole_tables(build: Build, pages: dict[str, Page], language: str) -> None:
    """In tables that are not cut, too, the shares are those of all rows and all rows are there."""
    for (figure, column), parts in WHOLE.items():
        amounts = [float(amount) for (amount,) in build.query(f"select {parts}") if amount]
        expected = [per_cent(amount / sum(amounts)) for amount in amounts]
        printed = pages[language].column(figure, read_texts(language)["column"][column])
        shown = [share for share in printed.values() if share != "0%"]
        assert len(expected) > 1 and Counter(shown) == Counter(expected), (figure, column)


# -- unknown values -------------------------------------------------------------------------------

FILL = {f"profile-{attribute}": column for attribute, column in ATTRIBUTES.items()} | {
    "profile-preferred_category": "products.category",
    "profile-preferred_channel": "orders.channel",
    "behaviour-groups-channel": "events.channel",
    "behaviour-groups-device": "events.device",
    "behaviour-groups-source": "events.source",
    "retention-cycles": "products.category",
    "channels-sales": "orders.channel",
    "channels-sources": "events.source",
    "channels-journeys": "orders.channel",
    "products-products": "order_items.product_id",
    "products-categories": "products.category",
    "products-returns": "products.category",
    "products-views": "products.category",
    "products-discounts": "products.category",
    "products-sensitivity": "order_items.unit_list_price",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_name_the_column_instead_of_an_unknown_value(
    pages: dict[str, Page], language: str
) -> None:
    """Unknown values are the largest, the best and the worst; they stay rows of the tables."""
    page = pages[language]
    word = {"en": "Unknown", "zh": "未知"}[language]
    named = {"en": r"\bUnknown\b(?! values are not compared)", "zh": r"“[^”]*未知[^”]*”"}[language]
    sentences = {figure: says[0] for figure, says in page.sentences.items()}
    assert {figure for figure, says in sentences.items() if re.search(named, says)} == set()
    assert {figure for figure, column in FILL.items() if column not in sentences[figure]} == set()
    rows = {figure: str(page.rows[figure]).lower() for figure in FILL}
    assert {figure for figure in FILL if word.lower() not in rows[figure]} == set()


# -- the start of the data ------------------------------------------------------------------------


def test_totals_leave_out_the_start_of_the_data(build: Build, pages: dict[str, Page]) -> None:
    """January to March begin within 90 days of the first order; those customers all came back."""
    following = [order_days(number) for number in range(305)]
    months = [[day.month for day in days] for days in following]
    cohorts = [days for days in months if 4 <= days[0] <= 9]
    returned = sum(days[0] + 1 in days for days in cohorts)
    share = per_cent(returned / len(cohorts))
    for language, sentence in {
        "en": f"First orders, Apr 2024 to Sep 2024: {share} of {len(cohorts)} customers ordered",
        "zh": f"2024年4月至2024年9月首单的 {len(cohorts)} 位客户，次月留存率为 {share}。",
    }.items():
        page, titles = pages[language], read_texts(language)["column"]
        assert page.sentences["retention-cohorts"][0].startswith(sentence)
        hint = {"en": "Up to Mar 2024, existing customers", "zh": "2024年3月及之前"}[language]
        for figure in ("retention-cohorts", "retention-lifecycle"):
            assert page.sentences[figure][1].startswith(hint)
        # shown nevertheless
        truncated = page.column("retention-cohorts", titles["is_left_truncated"])
        yes = read_texts(language)["common"]["yes"]
        assert [month for month, is_truncated in truncated.items() if is_truncated == yes] == [
            {"en": f"{name} 2024", "zh": f"2024年{number}月"}[language]
            for number, name in enumerate(("Jan", "Feb", "Mar"), 1)
        ]
    assert build.query(
        "select min(period_start) from marts.rpt_kpis where metric = 'month_1_retention_rate'"
    ) == [(date(2024, 4, 1),)]


def test_totals_use_truncated_cohorts_where_there_are_no_others(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """A shop whose five customers all came on the first day, and again the next month."""

    def write(folder: Path) -> Path:
        return day_shop(folder, customers=5, days=20)

    pages = write_pages(warehouse.build(warehouse.folder("five customers", write)), tmp_path)
    for language, sentence, warning in (
        ("en", "First orders, Jan 2024: 100% of 5 customers", "may include existing customers"),
        ("zh", "2024年1月首单的 5 位客户，次月留存率为 100%。", "可能混有老客户"),
    ):
        says = pages[language].sentences["retention-cohorts"][0]
        assert says.startswith(sentence) and warning in says
