"""Varies valid rows as real exports do: synonyms, other formats of times and numbers, gaps.

The meaning of a row does not change, except for lost optional values and unmapped values.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_analytics.simulator.draws import chance

Spell = Callable[[str, int], str | None]  # old value, a random number -> new value

# the last word of a list may be unmapped
STATUS_SPELLINGS = {
    "placed": ["Placed", "PENDING", "待付款", "unpaid"],
    "paid": ["Paid", " PAID ", "已付款", "已支付", "in_the_robot_warehouse"],
    "shipped": ["Shipped", "SHIPPED", "已发货"],
    "completed": [
        "Completed",
        " COMPLETED",
        "Complete",
        "DONE",
        "delivered",
        "Finished",
        "已完成",
        "交易成功",
        "已签收",
        "box_in_locker",
    ],
    "cancelled": ["Canceled", "CANCELLED ", "已取消"],
    "refunded": ["Refunded", "REFUNDED", "已退款"],
}
CHANNEL_SPELLINGS = {
    "app": ["APP", "App ", "应用"],
    "mini_program": ["Mini Program", "miniprogram", "小程序"],
    "h5": ["H5", " h5"],
    "web": ["Web", "WEB", "website", "网站"],
    "store": ["Store", "offline", "门店"],
}
CATEGORY_SPELLINGS = {
    "smartphone": ["Mobile Phone", "smart phone", "手机"],
    "headphones": ["Earbuds", "耳机", "gadgets"],
    "appliance": ["Home Appliance", "家电"],
    "clothing": ["Apparel", "服装", " Clothing "],
    "shoes": ["Footwear", "鞋靴"],
    "skincare": ["Skin Care", "护肤"],
    "beauty": ["Makeup", "美妆"],
    "beverages": ["Drinks", "饮料"],
    "food": ["Snacks", "零食", "nibbles"],
    "health": ["Supplements", "保健品"],
    "baby": ["Mother and Baby", "母婴"],
    "pets": ["Pet Supplies", "宠物用品"],
}
EVENT_SPELLINGS = {
    "view_page": ["page_view", "home", "screen_view", "浏览页面"],
    "view_category": ["category_view", "catalog", "list"],
    "search": ["Search", "搜索"],
    "view_product": ["product_view", "view_item", "product_detail", "浏览商品"],
    "add_to_cart": ["Add_To_Cart", " add_to_cart", "加入购物车"],
    "begin_checkout": ["checkout", "shipping_details"],
    "add_payment_info": ["payment_details"],
    "place_order": ["order", "order_created", "提交订单"],
    "pay": ["purchase", "payment", "order_paid", "payment_success", "支付成功"],
    "payment_failed": ["payment_error"],
    "share": ["Share", "分享", "shake_to_win"],
}


def respell(tables: dict[str, pa.Table], rng: np.random.Generator) -> dict[str, pa.Table]:
    """The tables (as text) with a share of their values written in a different way."""
    respelled = dict(tables)
    if "orders" in tables:
        respelled["orders"] = _without_currency(_without_time_of_day(tables, rng), rng)
    for name, spellings in RESPELLINGS.items():
        for column, share, spell in spellings:
            if name in tables:
                respelled[name] = _spelled(respelled[name], column, share, spell, rng)
    return respelled


def with_column(table: pa.Table, column: str, values) -> pa.Table:
    """The table with one column replaced."""
    return table.set_column(table.column_names.index(column), column, values)


def shifted(timestamp: str, **shift) -> str:
    """A timestamp shifted by days or hours."""
    return str(datetime.fromisoformat(timestamp) + timedelta(**shift))


def _spelled(table: pa.Table, column: str, share: float, spell: Spell, rng, where=True) -> pa.Table:
    values = table[column].combine_chunks()
    chosen = chance(rng, share, len(values)) & values.is_valid().to_numpy(False) & where
    old = values.filter(pa.array(chosen)).to_pylist()
    numbers = rng.integers(0, 1_000_000, len(old)).tolist()
    new = [spell(value, number) for value, number in zip(old, numbers, strict=True)]
    spelled = pc.replace_with_mask(values, pa.array(chosen), pa.array(new, pa.string()))
    return with_column(table, column, spelled)


def _without_currency(orders: pa.Table, rng) -> pa.Table:
    is_home = pc.equal(orders["currency"], "CNY").to_numpy()
    return _spelled(orders, "currency", 0.03, lambda *_: None, rng, where=is_home)


def _without_time_of_day(tables: dict[str, pa.Table], rng) -> pa.Table:
    """Some POS systems export dates without a time. Not on the day an account was opened: the order
    would then precede the account.
    """
    orders, customers = tables["orders"], tables["customers"]
    # a card has the number of its account: M000123 belongs to C000123
    numbers = pc.utf8_slice_codeunits(customers["customer_id"], 1).to_pylist()
    opened_on = dict(zip(numbers, _days(customers["registered_at"]), strict=True))
    columns = orders["store_id"].to_pylist(), orders["customer_id"].to_pylist()
    may_lose = [
        store is not None and (customer is None or opened_on[customer[1:]] < day)
        for store, customer, day in zip(*columns, _days(orders["ordered_at"]), strict=True)
    ]
    return _spelled(
        orders, "ordered_at", 0.1, lambda at, _: at[:10], rng, where=np.array(may_lose, dtype=bool)
    )


def _days(timestamps: pa.ChunkedArray) -> list[str]:
    return pc.utf8_slice_codeunits(timestamps, 0, 10).to_pylist()


def _one_of(spellings: dict[str, list[str]]) -> Spell:
    return lambda value, number: (
        spellings[value][number % len(spellings[value])] if value in spellings else value
    )


def _written_time(value: str, number: int) -> str:
    """The same time with slashes, with a T, or as local time with its offset."""
    if len(value) == len("2024-01-05"):
        return value.replace("-", "/")
    if number % 3 == 0:
        return value.replace("-", "/")
    if number % 3 == 1:
        return value.replace(" ", "T") + "Z"
    return shifted(value, hours=8).replace(" ", "T") + "+08:00"


def _padded(value: str, number: int) -> str:
    return [f" {value}", f"{value} ", f"  {value}\t"][number % 3]


def _written_amount(value: str, number: int) -> str:
    return [f" {value} ", f"+{value}", f"{value}00"][number % 3]


def _odd_case(value: str, number: int) -> str:
    return [value.upper(), value.title(), f" {value.capitalize()} "][number % 3]


RESPELLINGS: dict[str, list[tuple[str, float, Spell]]] = {
    "orders": [
        ("status", 0.25, _one_of(STATUS_SPELLINGS)),
        ("channel", 0.25, _one_of(CHANNEL_SPELLINGS)),
        (
            "currency",
            0.05,
            lambda value, number: [value.lower(), value.title(), f" {value}"][number % 3],
        ),
        ("ordered_at", 0.06, _written_time),
        ("paid_at", 0.04, _written_time),
        ("customer_id", 0.03, _padded),
        ("paid_amount", 0.03, _written_amount),
        ("gross_amount", 0.003, lambda *_: "n/a"),
        (
            "shipped_at",
            0.004,
            lambda value, number: ["-", "unknown", "1900-01-01 00:00:00"][number % 3],
        ),
        ("delivered_at", 0.003, lambda *_: "2099-01-01 00:00:00"),
        ("email", 0.3, _odd_case),
    ],
    "order_items": [
        ("order_id", 0.01, _padded),
        ("quantity", 0.01, lambda value, number: [f"{value}.0", f" {value}"][number % 2]),
        ("unit_cost", 0.003, lambda *_: "?"),
    ],
    "products": [
        ("category", 0.5, _one_of(CATEGORY_SPELLINGS)),
        ("launched_on", 0.2, lambda value, _: value.replace("-", "/")),
    ],
    "customers": [
        ("registered_at", 0.1, lambda value, _: value[:10]),
        ("birth_date", 0.1, lambda value, _: value.replace("-", "/")),
        ("birth_date", 0.02, lambda value, number: ["unknown", "1800-01-01"][number % 2]),
        ("email", 0.08, _odd_case),
    ],
    "events": [
        ("event_name", 0.2, _one_of(EVENT_SPELLINGS)),
        ("channel", 0.05, _one_of(CHANNEL_SPELLINGS)),
        ("occurred_at", 0.02, _written_time),
        ("visitor_id", 0.005, _padded),
    ],
    "refunds": [("refunded_at", 0.1, _written_time), ("refund_amount", 0.05, _written_amount)],
    "reviews": [
        ("created_at", 0.1, _written_time),
        ("rating", 0.02, lambda *_: "five stars"),
        (
            "has_media",
            0.3,
            lambda value, number: {"true": ["TRUE", "1"], "false": ["False", "0"]}[value][
                number % 2
            ],
        ),
    ],
    "support_tickets": [("resolved_at", 0.02, lambda *_: "pending")],
    "nps_responses": [
        ("responded_at", 0.1, _written_time),
        ("score", 0.05, lambda value, _: f"{value}.0"),
    ],
    "point_transactions": [("occurred_at", 0.05, _written_time), ("customer_id", 0.01, _padded)],
    "subscriptions": [("changed_at", 0.05, _written_time)],
    "campaign_sends": [("opened_at", 0.02, lambda *_: "n/a")],
    "ad_spend": [("spend_date", 0.05, lambda value, _: value.replace("-", "/"))],
    "exchange_rates": [("rate_date", 0.1, lambda value, _: value.replace("-", "/"))],
}
