"""The core results of a shop in hand-written Polars.

Run: python core_polars.py SHOP_FOLDER RESULT_FOLDER. The results are those of core_duckdb.py: clean
orders, RFM scores and segments, their monthly history and daily sales. Money is in whole cents and
rates in ten-thousandths, so every sum and every rounding is exact.
"""

import sys
from datetime import date, datetime
from pathlib import Path

import polars as pl
from polars import col

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "config"
SCHEMES = ["value_tier", "lifecycle_segment", "behaviour_segment", "rfm_8", "rfm_11"]
STATUSES = {
    "pending": "placed",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "shipped": "shipped",
    "completed": "completed",
}
EARLIEST = datetime(1990, 1, 1)
ALWAYS = datetime(1, 1, 1)
AMOUNTS = ["paid", "gross", "shipping", "goods", "discount", "refunded", "net"]


def read(shop: Path, name: str) -> pl.LazyFrame:
    """An input as a lazy frame."""
    return pl.scan_parquet(shop / name / "*.parquet")


def cents(column: str) -> pl.Expr:
    """An amount with two decimals as a whole number."""
    return (col(column) * 100).cast(pl.Int64)


def in_reporting_currency(column: str) -> pl.Expr:
    """Cents times ten-thousandths of a rate, rounded half up."""
    return (col(column) * col("exchange_rate") + 5_000) // 10_000


def is_possible(column: str) -> pl.Expr:
    """Between the earliest possible date and today."""
    latest = pl.lit(datetime.combine(date.today(), datetime.max.time()))
    return (col(column) >= EARLIEST) & (col(column) <= latest)


def newest(rows: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """The row of each key that was loaded last; only repeated keys need sorting."""
    counted = rows.with_columns(pl.len().over(key).alias("copies"))
    once = counted.filter(col("copies") == 1)
    repeated = counted.filter(col("copies") > 1).sort("loaded_at").unique(key, keep="last")
    return pl.concat([once, repeated]).drop("copies")


def clean_orders(shop: Path) -> pl.DataFrame:
    """The accepted orders in the reporting currency, latest versions only."""
    rates = read(shop, "exchange_rates").select(
        "currency", "rate_date", (col("rate_to_reporting") * 10_000).cast(pl.Int64).alias("rate")
    )
    status = col("status").str.to_lowercase()
    channel = col("channel").str.to_lowercase().str.replace_all(" ", "_").replace("ios", "app")
    good = (
        read(shop, "orders")
        .filter(
            is_possible("ordered_at"),
            col("paid_amount") >= 0,
            ~col("customer_id").str.starts_with("test_").fill_null(False),
            ~col("email").str.contains(r"(?i)@(test|example)\.").fill_null(False),
        )
        .select(
            "order_id",
            "customer_id",
            col("email").str.to_lowercase(),
            "ordered_at",
            col("ordered_at").dt.date().alias("order_date"),
            status.replace_strict(STATUSES, default="paid").alias("status"),
            channel.fill_null("unknown").alias("channel"),
            col("currency").fill_null("CNY"),
            cents("paid_amount").alias("paid"),
            cents("gross_amount").alias("gross"),
            cents("shipping_amount").alias("shipping"),
            "loaded_at",
        )
        .sort("order_date")
        .join_asof(
            rates.sort("rate_date"), left_on="order_date", right_on="rate_date", by="currency"
        )
        .with_columns(
            pl.when(col("currency") == "CNY")
            .then(10_000)
            .otherwise(col("rate"))
            .alias("exchange_rate")
        )
        .filter(col("exchange_rate").is_not_null())
        .drop("rate", "rate_date")
    )
    return (
        newest(good, ["order_id"])
        .with_columns(in_reporting_currency(name) for name in ("paid", "gross", "shipping"))
        .with_columns(
            (~col("status").is_in(["placed", "cancelled"])).alias("is_valid"),
            (col("paid") - col("shipping")).clip(0).alias("goods"),
        )
        .collect()
    )


def read_refunds(shop: Path, orders: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Refunds of known orders; one without an order is matched to the customer's latest order."""
    refunds = (
        read(shop, "refunds")
        .select(
            "refund_id",
            "refunded_at",
            cents("refund_amount").alias("refund"),
            "order_id",
            "customer_id",
            "product_id",
        )
        .collect()
    )
    loose = refunds.filter(col("order_id").is_null(), col("customer_id").is_not_null())
    by_card = loose.join(cards, on="customer_id").filter(col("refunded_at") >= col("valid_from"))
    ids = pl.concat(
        [
            loose.select("refund_id", "refunded_at", "product_id", "customer_id"),
            by_card.select(
                "refund_id", "refunded_at", "product_id", col("identifier").alias("customer_id")
            ),
        ]
    )
    candidates = ids.join(
        orders.filter("is_valid").select("order_id", "customer_id", "ordered_at"), on="customer_id"
    ).filter(col("ordered_at") <= col("refunded_at"))
    products = read_lines(shop, candidates).select("order_id", "product_id", has_product=True)
    matches = (
        candidates.join(products.unique(), on=["order_id", "product_id"], how="left")
        .sort(col("has_product").fill_null(False), "ordered_at", "order_id")
        .unique("refund_id", keep="last")
        .select("refund_id", col("order_id").alias("matched_order_id"))
    )
    return (
        refunds.join(matches, on="refund_id", how="left")
        .with_columns(pl.coalesce("order_id", "matched_order_id").alias("order_id"))
        .select("refund_id", "order_id", "refunded_at", "refund")
        .join(
            orders.select(
                "order_id", "order_date", "exchange_rate", "goods", "is_valid", "status", "channel"
            ),
            on="order_id",
        )
        .with_columns(
            in_reporting_currency("refund"), col("refunded_at").dt.date().alias("refund_date")
        )
    )


def read_lines(shop: Path, orders: pl.DataFrame) -> pl.DataFrame:
    """The accepted lines of some orders."""
    lines = (
        read(shop, "order_items")
        .filter(col("quantity") > 0, col("quantity") < 1000, col("unit_price") >= 0)
        .select(
            "order_id",
            "line_number",
            "product_id",
            "quantity",
            cents("unit_list_price").alias("list"),
            "loaded_at",
        )
        .join(orders.lazy().select("order_id").unique(), on="order_id", how="semi")
    )
    return newest(lines, ["order_id", "line_number"]).collect()


def list_amounts(shop: Path, orders: pl.DataFrame) -> pl.DataFrame:
    """The list price of the lines of orders without a gross amount."""
    without = orders.filter(col("gross").is_null()).select("order_id", "exchange_rate")
    products = read(shop, "products").select("product_id", cents("list_price").alias("price"))
    amount = pl.when(col("list").is_null()).then(col("price") * 10_000)
    amount = col("quantity") * amount.otherwise(col("list") * col("exchange_rate"))
    return (
        read_lines(shop, without)
        .join(without, on="order_id")
        .join(products.collect(), on="product_id", how="left")
        .group_by("order_id")
        .agg(((amount + 5_000) // 10_000).sum().alias("list_amount"))
    )


def count_refunds(refunds: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Refunds of valid orders, at most the goods amount; a status without one counts in full."""
    so_far = col("refund").cum_sum().over("order_id")
    capped = (
        refunds.filter("is_valid")
        .sort("refunded_at", "refund_id")
        .with_columns((so_far - col("refund")).alias("before"))
        .select(
            "order_id",
            "refund_date",
            pl.min_horizontal("refund", col("goods") - col("before")).clip(0).alias("refunded"),
        )
    )
    by_status = orders.filter(col("status") == "refunded").join(capped, on="order_id", how="anti")
    return pl.concat(
        [
            capped,
            by_status.select(
                "order_id",
                col("order_date").alias("refund_date"),
                col("goods").alias("refunded"),
            ),
        ]
    )


def resolve(
    shop: Path, orders: pl.DataFrame, cards: pl.DataFrame, as_of_date: date
) -> pl.DataFrame:
    """The customer of each order, and the day from which it is known."""
    owners = (
        read(shop, "customers")
        .filter(col("email").is_not_null(), col("registered_at").dt.date() <= as_of_date)
        .select(
            col("email").str.to_lowercase(),
            col("customer_id").alias("owner_id"),
            "registered_at",
        )
        .sort("registered_at", "owner_id")
        .unique("email", keep="first")
        .collect()
    )
    guests = orders.filter(col("customer_id").is_null()).join(owners, on="email", how="left")
    guests = guests.select(
        "order_id",
        col("owner_id").alias("customer_id"),
        pl.max_horizontal("order_date", col("registered_at").dt.date()).alias("known_date"),
        pl.lit(None, pl.String).alias("account_id"),
    )
    known = (
        orders.filter(col("customer_id").is_not_null())
        .join(cards, left_on="customer_id", right_on="identifier", how="left")
        .with_columns(
            pl.when(col("ordered_at") >= col("valid_from"))
            .then(col("customer_id_right"))
            .alias("person_id")
        )
        .select(
            "order_id",
            pl.coalesce("person_id", "customer_id").alias("customer_id"),
            col("order_date").alias("known_date"),
            col("customer_id").alias("account_id"),
        )
    )
    return orders.drop("customer_id", "email").join(pl.concat([known, guests]), on="order_id")


def settle(orders: pl.DataFrame, listed: pl.DataFrame, refunds: pl.DataFrame) -> pl.DataFrame:
    """Orders net of refunds, numbered per customer."""
    refunded = refunds.group_by("order_id").agg(col("refunded").sum())
    numbered = (
        orders.filter(col("is_valid"), col("customer_id").is_not_null())
        .select("order_id", "customer_id", "ordered_at", "order_date")
        .sort("customer_id", "ordered_at", "order_id")
        .select(
            "order_id",
            (pl.int_range(pl.len()).over("customer_id") + 1).alias("order_number"),
            (col("order_date") - col("order_date").shift().over("customer_id"))
            .dt.total_days()
            .alias("days_since_previous_order"),
        )
    )
    return (
        orders.join(refunded, on="order_id", how="left")
        .join(listed, on="order_id", how="left")
        .join(numbered, on="order_id", how="left")
        .with_columns(
            pl.coalesce("gross", "list_amount").alias("gross"), col("refunded").fill_null(0)
        )
        .with_columns(
            (col("gross") - col("goods")).clip(0).alias("discount"),
            pl.when("is_valid").then(col("goods") - col("refunded")).otherwise(0).alias("net"),
            (col("order_number") == 1).fill_null(False).alias("is_first_order"),
        )
    )


def rfm_changes(orders: pl.DataFrame, refunds: pl.DataFrame, as_of_date: date) -> pl.DataFrame:
    """Monthly additions to and removals from the RFM window of a customer."""
    purchases = orders.filter(col("is_valid"), col("customer_id").is_not_null()).select(
        "customer_id",
        "order_id",
        "order_date",
        "goods",
        col("known_date").dt.truncate("1mo").alias("month"),
        (col("order_date") + pl.duration(days=365)).alias("leaves"),
    )
    refunded = refunds.join(purchases, on="order_id").with_columns(
        pl.max_horizontal("month", col("refund_date").dt.truncate("1mo")).alias("month")
    )
    later = pl.max_horizontal("month", col("leaves").dt.truncate("1mo"))
    nothing, no_day = pl.lit(0, pl.Int64), pl.lit(None, pl.Date)
    steps = [
        (purchases, col("month"), col("order_date"), pl.lit(1, pl.Int64), col("goods")),
        (refunded, col("month"), no_day, nothing, -col("refunded")),
        (purchases.filter(col("leaves") <= as_of_date), later, no_day, -1 + nothing, -col("goods")),
        (refunded.filter(col("leaves") <= as_of_date), later, no_day, nothing, col("refunded")),
    ]
    return (
        pl.concat(
            rows.select(
                "customer_id",
                month.alias("month"),
                day.alias("last_order_date"),
                orders_.alias("frequency"),
                amount.alias("monetary"),
            )
            for rows, month, day, orders_, amount in steps
        )
        .group_by("customer_id", "month")
        .agg(col("last_order_date").max(), col("frequency").sum(), col("monetary").sum())
    )


def cells() -> pl.DataFrame:
    """The segments of all 125 score cells."""
    scores = pl.DataFrame({"score": range(1, 6)}, schema={"score": pl.Int64})
    grid = scores.select(r_score="score").join(scores.select(f_score="score"), how="cross")
    grid = grid.join(scores.select(m_score="score"), how="cross")
    half_up = (col("f_score") + col("m_score") + 1) // 2
    return (
        grid.join(pl.read_csv(SEEDS / "rfm_segments.csv"), how="cross")
        .filter(
            col("r_score").is_between("r_from", "r_to"),
            col("f_score").is_between("f_from", "f_to"),
            col("m_score").is_between("m_from", "m_to"),
            half_up.is_between("fm_from", "fm_to"),
        )
        .sort("priority")
        .unique(["r_score", "f_score", "m_score", "scheme"], keep="first")
        .pivot("scheme", index=["r_score", "f_score", "m_score"], values="segment")
    )


def score(changes: pl.DataFrame, as_of_date: date) -> pl.DataFrame:
    """Recency, frequency and monetary value of each customer at each month end, with scores."""
    first_month = changes["month"].min()
    months = pl.DataFrame({"month": pl.date_range(first_month, as_of_date, "1mo", eager=True)})
    customers = changes.group_by("customer_id").agg(col("month").min().alias("first_month"))
    measured = (
        customers.join(months, how="cross")
        .filter(col("first_month") <= col("month"))
        .join(changes, on=["customer_id", "month"], how="left")
        .sort("customer_id", "month")
        .with_columns(
            pl.min_horizontal(col("month").dt.month_end(), pl.lit(as_of_date)).alias("as_of_date"),
            col("last_order_date").cum_max().forward_fill().over("customer_id"),
            col("frequency").fill_null(0).cum_sum().over("customer_id"),
            col("monetary").fill_null(0).cum_sum().over("customer_id"),
        )
    )
    recency, frequency, monetary = col("recency_days"), col("frequency"), col("monetary")
    return (
        measured.with_columns(
            (col("as_of_date") - col("last_order_date")).dt.total_days().alias("recency_days")
        )
        .with_columns(
            (1 + sum((recency <= bound).cast(pl.Int64) for bound in (30, 60, 90, 180))).alias(
                "r_score"
            ),
            (1 + sum((frequency >= bound).cast(pl.Int64) for bound in (1, 3, 5, 10))).alias(
                "f_score"
            ),
            (
                1
                + sum(
                    (monetary >= bound * 100).cast(pl.Int64) for bound in (500, 2000, 5000, 10000)
                )
            ).alias("m_score"),
        )
        .join(cells(), on=["r_score", "f_score", "m_score"], maintain_order="left")
        .with_columns(pl.concat_str("r_score", "f_score", "m_score").alias("rfm_cell"))
        .drop("first_month", "last_order_date")
    )


def monthly(scored: pl.DataFrame) -> pl.DataFrame:
    """The complete months, with the previous tier and months in the tier; rows are in order."""
    tier, before = col("value_tier"), col("previous_value_tier")
    return (
        scored.filter(col("as_of_date") == col("month").dt.month_end())
        .with_columns(
            tier.shift().over("customer_id").fill_null("none").alias("previous_value_tier")
        )
        .with_columns((tier != before).cum_sum().over("customer_id").alias("stay"))
        .with_columns(
            (pl.int_range(pl.len()).over("customer_id", "stay") + 1).alias("months_in_tier")
        )
        .drop("stay")
    )


def sales_daily(orders: pl.DataFrame, refunds: pl.DataFrame) -> pl.DataFrame:
    """Sales by day and channel; refunds on their own day."""
    valid = orders.filter("is_valid")
    sales = valid.group_by("order_date", "channel").agg(
        pl.len().alias("orders"),
        col("customer_id").drop_nulls().n_unique().alias("customers"),
        col("is_first_order").sum().alias("new_customers"),
        col("customer_id").is_null().sum().alias("guest_orders"),
        col("gross", "discount", "goods").sum(),
    )
    returned = (
        refunds.join(valid.select("order_id", "channel"), on="order_id")
        .group_by(col("refund_date").alias("order_date"), "channel")
        .agg(col("refunded").sum())
    )
    joined = sales.join(returned, on=["order_date", "channel"], how="full", coalesce=True)
    return joined.with_columns(pl.col(pl.UInt32, pl.Int64).fill_null(0)).with_columns(
        (col("goods") - col("refunded")).alias("net")
    )


def in_money(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole cents as amounts."""
    found = [name for name in [*AMOUNTS, "monetary"] if name in rows.columns]
    return rows.with_columns(
        (col(name).cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)) for name in found
    ).rename({name: f"{name}_amount" for name in found})


def main(shop: Path, results: Path) -> None:
    """Compute the results of a shop and write each as a Parquet file."""
    results.mkdir(parents=True, exist_ok=True)
    cards = (
        read(shop, "identity_links")
        .filter(col("identifier_type") == "member_card")
        .select("identifier", "customer_id", col("linked_at").fill_null(ALWAYS).alias("valid_from"))
        .collect()
    )
    good = clean_orders(shop)
    refunds = read_refunds(shop, good, cards)
    last_event = read(shop, "events").filter(is_possible("occurred_at"))
    last_event = last_event.select(col("occurred_at").max().dt.date()).collect().item()
    as_of_date = max(good["order_date"].max(), refunds["refund_date"].max(), last_event)
    counted = count_refunds(refunds, good)
    orders = settle(resolve(shop, good, cards, as_of_date), list_amounts(shop, good), counted)
    scored = score(rfm_changes(orders, counted, as_of_date), as_of_date)
    tables = {
        "orders": orders.drop("exchange_rate", "known_date", "list_amount", "loaded_at"),
        "rfm": scored.filter(col("as_of_date") == as_of_date).drop("month"),
        "rfm_monthly": monthly(scored),
        "sales_daily": sales_daily(orders, counted),
    }
    for name, rows in tables.items():
        in_money(rows).write_parquet(results / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
