"""A small shop as in Shopify's API, and the tables that Fivetran and Airbyte make of it."""

import json
from collections.abc import Mapping
from typing import Any

Tables = dict[str, tuple[str, list[dict[str, Any]]]]

LOADED = "2024-05-01 00:00:00+00"


def line(line_id: int, product: int, quantity: int, price: str, discount: str = "") -> dict:
    """An order line; discount: amount allocated to it."""
    return {
        "id": line_id,
        "product_id": product,
        "variant_id": product * 10,
        "quantity": quantity,
        "price": price,
        "discount_allocations": [{"amount": discount}] if discount else [],
    }


def order(
    order_id: int, subtotal: str, tax: str, total: str, lines: list[dict], **other: Any
) -> dict:
    """An order of customer 2, paid and without shipping, unless told otherwise."""
    listed = sum(float(one["price"]) * one["quantity"] for one in lines)
    return {
        "id": order_id,
        "customer": {"id": 2},
        "processed_at": "2024-03-02T10:00:00+00:00",
        "total_line_items_price": f"{listed:.2f}",
        "subtotal_price": subtotal,
        "total_tax": tax,
        "total_price": total,
        "total_tip_received": "0.00",
        "currency": "USD",
        "taxes_included": False,
        "test": False,
        "cancelled_at": None,
        "financial_status": "paid",
        "fulfillment_status": None,
        "email": "bea@shop.com",
        "line_items": lines,
        "shipping_lines": [],
        "discount_codes": [],
    } | other


def shipping(line_id: int, price: str, tax: str) -> list[dict]:
    """A shipping line and its tax."""
    line = {"id": line_id, "price": price, "discounted_price": price}
    return [line | {"tax_lines": [{"price": tax}]}]


ORDERS = [
    order(
        *(1001, "90.00", "9.50", "106.50"),
        [line(11, 1, 2, "30.00", "6.00"), line(12, 2, 1, "40.00", "4.00")],
        # in New York
        processed_at="2024-03-01T05:00:00-05:00",
        customer={"id": 1},
        email="ann@shop.com",
        total_tip_received="2.00",
        financial_status="partially_refunded",
        fulfillment_status="fulfilled",
        shipping_lines=shipping(901, "5.00", "0.50"),
        discount_codes=[{"code": "SPRING"}],
    ),
    order(
        *(1002, "30.00", "3.00", "33.00", [line(21, 1, 1, "30.00")]),
        customer=None,
        email="guest@shop.com",
        financial_status="pending",
        fulfillment_status="fulfilled",
    ),
    order(*(1003, "30.00", "3.00", "33.00", [line(31, 1, 1, "30.00")]), financial_status="pending"),
    order(
        *(1004, "30.00", "3.00", "33.00", [line(41, 1, 1, "30.00")]),
        cancelled_at="2024-03-03T10:00:00+00:00",
        financial_status="refunded",
    ),
    order(*(1005, "50.00", "0.00", "50.00", [line(51, 2, 1, "50.00")]), currency="EUR"),
    order(
        *(1006, "40.00", "4.00", "44.00", [line(61, 2, 1, "40.00")]),
        financial_status="partially_refunded",
    ),
    order(
        *(1007, "40.00", "4.00", "44.00", [line(71, 2, 1, "40.00")]), financial_status="refunded"
    ),
    order(*(1008, "40.00", "4.00", "44.00", [line(81, 2, 1, "40.00")]), test=True),
    order(
        *(1009, "44.00", "4.50", "49.50", [line(91, 2, 1, "44.00")]),
        financial_status="partially_refunded",
        taxes_included=True,
        shipping_lines=shipping(902, "5.50", "0.50"),
    ),
]


def refund(
    refund_id: int, order_id: int, line_id: int, subtotal: str, tax: str, money: str
) -> dict:
    """A refund of one unit of a line; money: what was paid back."""
    returned = {"id": refund_id * 10, "line_item_id": line_id, "quantity": 1}
    returned |= {"subtotal": subtotal, "total_tax": tax}
    product = 1 if line_id in (11, 41) else 2
    payment = {"kind": "refund", "amount": money}
    return {
        "id": refund_id,
        "order_id": order_id,
        "processed_at": "2024-03-10T10:00:00+00:00",
        "note": "too small",
        "refund_line_items": [returned | {"line_item": {"product_id": product}}],
        "order_adjustments": [],
        "transactions": [
            payment | {"id": refund_id, "status": "success"},
            payment | {"id": refund_id + 100, "status": "failure"},
        ],
    }


SHIPPING_REFUND = {"id": 1, "kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-0.50"}
REFUNDS = [
    refund(501, 1001, 11, "27.00", "2.70", "35.20") | {"order_adjustments": [SHIPPING_REFUND]},
    refund(502, 1004, 41, "30.00", "3.00", "33.00"),
    refund(503, 1006, 61, "40.00", "4.00", "34.00"),
    refund(504, 1007, 71, "40.00", "4.00", "44.00"),
    # of the test order
    refund(506, 1008, 81, "40.00", "4.00", "44.00"),
    refund(505, 1009, 91, "44.00", "4.00", "44.00"),
]
PAYMENT = {"id": 701, "order_id": 1001, "kind": "sale", "status": "success", "amount": "106.50"}
PAYMENT |= {"gateway": "shopify_payments", "processed_at": "2024-03-01T10:01:00+00:00"}
CUSTOMERS = [
    {"id": 1, "email": "ann@shop.com", "created_at": "2024-02-01T10:00:00+00:00", "phone": None},
    {"id": 2, "email": "bea@shop.com", "created_at": "2024-02-02T10:00:00+00:00", "phone": None},
]
PRODUCTS = [
    {
        "id": 1,
        "title": "A",
        "product_type": "shirts",
        "vendor": "V",
        "published_at": "2024-01-01T00:00:00+00:00",
    },
    {"id": 2, "title": "B", "product_type": "shoes", "vendor": "V", "published_at": None},
]
VARIANTS = [
    {"id": 10, "product_id": 1, "inventory_item_id": 100, "price": "30.00"},
    {"id": 20, "product_id": 2, "inventory_item_id": 200, "price": "40.00"},
]
# the cost of product 2 is not known
COSTS = [{"id": 100, "cost": "12.00"}, {"id": 200, "cost": None}]


def fivetran_tables() -> Tables:
    """One table per kind of object, without nesting; numbers are floating point."""
    lines = [one | {"order_id": row["id"]} for row in ORDERS for one in row["line_items"]]
    shipping_lines = [
        one | {"order_id": row["id"]} for row in ORDERS for one in row["shipping_lines"]
    ]
    nested = [(row, one) for row in REFUNDS for one in row["refund_line_items"]]
    return {
        "order": (
            "id bigint, customer_id bigint, location_id bigint, created_at timestamptz, "
            "processed_at timestamptz, total_line_items_price float, subtotal_price float, "
            "total_tax float, total_price float, total_tip_received float, currency text, "
            "taxes_included boolean, test boolean, cancelled_at timestamptz, financial_status "
            "text, fulfillment_status text, email text, source_name text, "
            "shipping_address_province text, shipping_address_city text, _fivetran_deleted "
            "boolean, _fivetran_synced timestamptz",
            [row | {"customer_id": (row["customer"] or {}).get("id")} for row in ORDERS],
        ),
        "order_line": (
            "id bigint, order_id bigint, product_id bigint, variant_id bigint, quantity "
            "integer, price float, _fivetran_synced timestamptz",
            lines,
        ),
        "discount_allocation": (
            "order_line_id bigint, amount float",
            [
                one | {"order_line_id": row["id"]}
                for row in lines
                for one in row["discount_allocations"]
            ],
        ),
        "order_shipping_line": (
            "id bigint, order_id bigint, price float, discounted_price float",
            shipping_lines,
        ),
        "order_shipping_tax_line": (
            "order_shipping_line_id bigint, price float",
            [
                one | {"order_shipping_line_id": row["id"]}
                for row in shipping_lines
                for one in row["tax_lines"]
            ],
        ),
        "order_discount_code": (
            "order_id bigint, code text",
            [one | {"order_id": row["id"]} for row in ORDERS for one in row["discount_codes"]],
        ),
        "transaction": (
            "id bigint, order_id bigint, refund_id bigint, kind text, status text, gateway "
            "text, amount float, processed_at timestamptz",
            [PAYMENT]
            + [
                one | {"order_id": row["order_id"], "refund_id": row["id"]}
                for row in REFUNDS
                for one in row["transactions"]
            ],
        ),
        "refund": (
            "id bigint, order_id bigint, created_at timestamptz, processed_at timestamptz, "
            "note text, _fivetran_synced timestamptz",
            REFUNDS,
        ),
        "order_line_refund": (
            "id bigint, refund_id bigint, order_line_id bigint, quantity integer, subtotal "
            "float, total_tax float",
            [
                one | {"refund_id": row["id"], "order_line_id": one["line_item_id"]}
                for row, one in nested
            ],
        ),
        "order_adjustment": (
            "id bigint, refund_id bigint, kind text, amount float, tax_amount float",
            [one | {"refund_id": row["id"]} for row in REFUNDS for one in row["order_adjustments"]],
        ),
        "customer": (
            "id bigint, email text, phone text, created_at timestamptz, _fivetran_synced "
            "timestamptz",
            CUSTOMERS,
        ),
        "product": (
            "id bigint, title text, product_type text, vendor text, published_at timestamptz, "
            "_fivetran_deleted boolean, _fivetran_synced timestamptz",
            PRODUCTS,
        ),
        "product_variant": (
            "id bigint, product_id bigint, inventory_item_id bigint, price float",
            VARIANTS,
        ),
        "inventory_item": ("id bigint, cost float", COSTS),
    }


def airbyte_tables() -> Tables:
    """One table per stream; nested objects are jsonb, numbers decimals."""
    return {
        "orders": (
            "id bigint, customer jsonb, location_id bigint, created_at timestamptz, "
            "processed_at text, total_line_items_price numeric, subtotal_price numeric, "
            "total_tax numeric, total_price numeric, total_tip_received numeric, currency "
            "text, taxes_included boolean, test boolean, cancelled_at timestamptz, deleted_at "
            "timestamptz, financial_status text, fulfillment_status text, email text, "
            "source_name text, shipping_address jsonb, line_items jsonb, shipping_lines "
            "jsonb, discount_codes jsonb, _airbyte_extracted_at timestamptz",
            ORDERS,
        ),
        "order_refunds": (
            "id bigint, order_id bigint, created_at timestamptz, processed_at text, note "
            "text, refund_line_items jsonb, order_adjustments jsonb, transactions jsonb, "
            "_airbyte_extracted_at timestamptz",
            REFUNDS,
        ),
        "transactions": (
            "id bigint, order_id bigint, kind text, status text, gateway text, amount "
            "numeric, processed_at timestamptz, _airbyte_extracted_at timestamptz",
            [PAYMENT],
        ),
        "customers": (
            "id bigint, email text, phone text, created_at timestamptz, default_address "
            "jsonb, _airbyte_extracted_at timestamptz",
            CUSTOMERS,
        ),
        "products": (
            "id bigint, title text, product_type text, vendor text, published_at timestamptz, "
            "deleted_at timestamptz, _airbyte_extracted_at timestamptz",
            PRODUCTS,
        ),
        "product_variants": (
            "id bigint, product_id bigint, inventory_item_id bigint, price numeric",
            VARIANTS,
        ),
        "inventory_items": ("id bigint, cost numeric", COSTS),
    }


def load_tables(cursor: Any, tables: Tables) -> None:
    """Create the tables in schema shopify."""
    cursor.execute("create schema shopify")
    for table, (columns, rows) in tables.items():
        cursor.execute(f'create table shopify."{table}" ({columns})')
        names = [column.split()[0] for column in columns.split(",")]
        for row in rows:
            values = [_value(row, name) for name in names]
            marks = ", ".join("%s" for _ in names)
            cursor.execute(f'insert into shopify."{table}" values ({marks})', values)


def _value(row: Mapping[str, Any], name: str) -> Any:
    if name in ("_fivetran_synced", "_airbyte_extracted_at"):
        return LOADED
    value = row.get(name)
    return json.dumps(value) if isinstance(value, list | dict) else value
