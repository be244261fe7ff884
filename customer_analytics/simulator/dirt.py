"""Injects rows that must be rejected, each for one known reason.

Every injected row has its own key or is a copy of a valid row that must lose against it, so that
after cleaning exactly the clean shop remains (with varied spelling).
"""

from itertools import cycle, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_analytics.contract import read_contract
from customer_analytics.simulator.respelling import respell, shifted, with_column

MISSING = ["", "  ", None]
UNREADABLE = {
    "timestamp": ["yesterday", "2024-02-30 10:00:00", "32.13.2024"],
    "date": ["next week", "2024-02-30", "n/a"],
    "decimal": ["NaN", "1,234.50", "1e5", "abc", "1_000", "infinity"],
    "integer": ["NaN", "two", "2.5"],
}
IMPOSSIBLE_TIMES = ["1970-01-01 00:00:00", "2099-12-31 12:00:00", "1899-12-30 00:00:00"]
IMPOSSIBLE_DATES = ["1970-01-01", "2099-12-31", "1899-12-30"]
# the column changed to give an injected row its own key; lines and rates are handled separately
OWN_KEY = {
    "orders": "order_id",
    "products": "product_id",
    "customers": "customer_id",
    "identity_links": "identifier",
    "events": "event_id",
    "refunds": "refund_id",
    "reviews": "review_id",
    "support_tickets": "ticket_id",
    "nps_responses": "response_id",
    "point_transactions": "transaction_id",
    "subscriptions": "customer_id",
    "campaigns": "campaign_id",
    "campaign_sends": "campaign_id",
    "ad_spend": "campaign",
}
# injected rows per reason: this share of the table's rows, and at least this number
SHARE, FEWEST = 0.0002, 3


class Dirt:
    """Injected rows for the tables of one chunk (or of the whole shop), with its own random
    numbers.
    """

    def __init__(
        self, tables: dict[str, pa.Table], chunk: int, first_rate_day: str, rng: np.random.Generator
    ):
        """tables: clean, as text. first_rate_day: no currency conversion before this day."""
        self.clean = tables
        self.chunk = chunk
        self.first_rate_day = first_rate_day
        self.rng = rng
        self.respelled = dict(tables)
        self.added: dict[str, list[tuple[np.ndarray, pa.Table]]] = {name: [] for name in tables}
        self.injected: list[tuple[str, str, str]] = []  # input, row_key, reason
        self._serial = 0

    def tables_with_errors(self) -> dict[str, pa.Table]:
        """The tables with varied spelling and all injected rows."""
        self.respelled = respell(self.clean, self.rng)
        for name, table in self.clean.items():
            if table.num_rows:
                self._inject_unreadable(name)
                self._inject_impossible_times(name)
                self._inject_older_versions(name)
        if "orders" in self.clean:
            self._inject_orders()
            self._inject_lines()
            self._inject_refunds()
            self._inject_repeated_events()
            self._inject_cyclic_links()
        if "exchange_rates" in self.clean:
            self._inject(
                "exchange_rates", "impossible_rate", 6, rate_to_reporting=["0", "-7.1000", "0.0000"]
            )
        return {name: self._with_added(name) for name in self.clean}

    def injected_table(self) -> pa.Table:
        """The injected rows: input, row_key (key columns joined by a vertical bar), reason."""
        columns = list(zip(*self.injected, strict=True)) or [[], [], []]
        return pa.table(
            {
                name: pa.array(column, pa.string())
                for name, column in zip(["input", "row_key", "reason"], columns, strict=True)
            }
        )

    def _inject(
        self, name: str, reason: str, count: int, keeps_key: bool = False, **changes
    ) -> pa.Table:
        """Adds changed copies of random rows.

        changes: per column, values used in turn or a function of the old value.
        """
        table = self.clean[name]
        template = np.sort(
            self.rng.choice(table.num_rows, min(count, table.num_rows), replace=False)
        )
        rows = table.take(pa.array(template))
        if not keeps_key:
            rows = self._with_own_keys(name, rows)
        for column, change in changes.items():
            rows = _changed(rows, column, change)
        self._add(name, reason, template, rows)
        return rows

    def _add(self, name: str, reason: str, template: np.ndarray, rows: pa.Table) -> None:
        self.added[name].append((template, rows))
        keys = zip(*(rows[column].to_pylist() for column in read_contract()[name].key), strict=True)
        for key in keys:
            self.injected.append((name, "|".join((part or "").strip() for part in key), reason))

    def _with_own_keys(self, name: str, rows: pa.Table) -> pa.Table:
        serials = list(range(self._serial, self._serial + rows.num_rows))
        self._serial += rows.num_rows
        if name == "order_items":
            return _replaced(rows, "line_number", [str(50 + serial) for serial in serials])
        if name == "exchange_rates":  # rates are weekly: the days between are free
            days = [
                shifted(day, days=1 + serial % 6)[:10]
                for day, serial in zip(rows["rate_date"].to_pylist(), serials, strict=True)
            ]
            return _replaced(rows, "rate_date", days)
        column = OWN_KEY[name]
        keys = [
            f"{key or 'K'}-X{serial}"
            for key, serial in zip(rows[column].to_pylist(), serials, strict=True)
        ]
        return _replaced(rows, column, keys)

    def _usual_count(self, name: str) -> int:
        return max(FEWEST, int(self.clean[name].num_rows * SHARE))

    def _inject_unreadable(self, name: str) -> None:
        contract = read_contract()[name]
        count = self._usual_count(name)
        for column in contract.required_columns:
            self._inject(name, f"missing_{column}", count, **{column: MISSING})
            wrong = UNREADABLE.get(contract.columns[column].data_type)
            if wrong:
                self._inject(
                    name, f"unreadable_{column}", max(count, len(wrong)), **{column: wrong}
                )

    def _inject_impossible_times(self, name: str) -> None:
        contract = read_contract()[name]
        for column in contract.required_columns:
            if contract.columns[column].data_type == "timestamp":
                self._inject(
                    name, "impossible_time", self._usual_count(name), **{column: IMPOSSIBLE_TIMES}
                )
            elif contract.columns[column].data_type == "date":
                self._inject(
                    name, "impossible_time", self._usual_count(name), **{column: IMPOSSIBLE_DATES}
                )

    def _inject_older_versions(self, name: str) -> None:
        """Rows with the same key, loaded earlier; for orders also their state before delivery."""
        count = max(5, int(self.clean[name].num_rows * 0.004))
        earlier = {"loaded_at": lambda at: shifted(at, days=-1)}
        self._inject(name, "duplicate", count, keeps_key=True, **earlier)
        if name == "orders":
            before_delivery = {
                "status": ["paid", "placed"],
                "shipped_at": [None],
                "delivered_at": [None],
            }
            self._inject(name, "duplicate", 3 * count, keeps_key=True, **earlier, **before_delivery)

    def _inject_orders(self) -> None:
        count = 3 * self._usual_count("orders")
        test_orders = self._inject(
            "orders",
            "test_order",
            count,
            customer_id=["test", "test_01", "test_checkout"],
            email=[None],
        )
        self._inject(
            "orders", "test_order", count, email=["qa@test.com", "demo@example.com", "QA@Test.cn"]
        )
        self._inject("orders", "missing_exchange_rate", count, currency=["GBP", "JPY", "KRW"])
        too_early = shifted(f"{self.first_rate_day} 12:00:00", days=-3)
        self._inject(
            "orders", "missing_exchange_rate", FEWEST, currency=["USD", "EUR"],
            ordered_at=[too_early], paid_at=[None], shipped_at=[None], delivered_at=[None],
        )  # fmt: skip
        self._inject("orders", "negative_amount", count, paid_amount=lambda amount: f"-{amount}")
        self._inject_broken_copies(
            "orders", "unreadable_paid_amount", paid_amount=UNREADABLE["decimal"]
        )
        self._inject_broken_copies(
            "orders", "negative_amount", paid_amount=lambda amount: f"-{amount}"
        )
        # the lines of a test order go with it
        lines = self.clean["order_items"]
        template = np.arange(min(test_orders.num_rows, lines.num_rows))
        rows = _replaced(
            lines.take(pa.array(template)),
            "order_id",
            test_orders["order_id"].to_pylist()[: template.size],
        )
        self._add("order_items", "unknown_order", template, rows)

    def _inject_broken_copies(self, name: str, reason: str, **changes) -> None:
        """Newer, invalid copies of valid rows: the valid rows must be kept."""
        later = {"loaded_at": lambda at: shifted(at, days=2)}
        self._inject(name, reason, self._usual_count(name), keeps_key=True, **later, **changes)

    def _inject_lines(self) -> None:
        count = 2 * self._usual_count("order_items")
        self._inject(
            "order_items", "abnormal_quantity", count, quantity=["0", "-1", "1000", "99999"]
        )
        self._inject("order_items", "negative_amount", count, unit_price=lambda price: f"-{price}")
        self._inject(
            "order_items",
            "unknown_order",
            count,
            order_id=["O19990101-0001", "O19990101-0002", "?"],
        )
        self._inject_broken_copies("order_items", "abnormal_quantity", quantity=["0", "-3"])

    def _inject_refunds(self) -> None:
        if not self.clean["refunds"].num_rows:
            return
        count = 2 * self._usual_count("refunds")
        self._inject("refunds", "negative_amount", count, refund_amount=lambda amount: f"-{amount}")
        self._inject(
            "refunds", "unknown_order", count, order_id=["O19990101-0001", "O19990101-0003"]
        )
        nothing_to_match = {"order_id": [None], "line_number": [None]}
        self._inject(
            "refunds", "unknown_order", count, **nothing_to_match, customer_id=["C-unknown", None]
        )
        self._inject_broken_copies(
            "refunds", "unreadable_refund_amount", refund_amount=UNREADABLE["decimal"]
        )

    def _inject_repeated_events(self) -> None:
        """Identical pairs of events without an id."""
        table = self.clean["events"]
        if not table.num_rows:
            return
        count = min(4 * self._usual_count("events"), table.num_rows)
        template = np.sort(self.rng.choice(table.num_rows, count, replace=False))
        mask = np.zeros(table.num_rows, dtype=bool)
        mask[template] = True
        good = self.respelled["events"]
        self.respelled["events"] = with_column(
            good, "event_id", pc.if_else(pa.array(mask), None, good["event_id"].combine_chunks())
        )
        self._add(
            "events", "duplicate", template, self.respelled["events"].take(pa.array(template))
        )

    def _inject_cyclic_links(self) -> None:
        """Member cards linked to each other: two cycles of two and one of three."""
        table = self.clean["identity_links"]
        if not table.num_rows:
            return
        cards = [f"Q{self.chunk:04d}{number}" for number in range(7)]
        leads_to = [cards[n] for n in (1, 0, 3, 2, 5, 6, 4)]
        template = np.arange(7) * (table.num_rows - 1) // 7
        rows = table.take(pa.array(template))
        for column, values in (
            ("identifier_type", ["member_card"] * 7),
            ("identifier", cards),
            ("customer_id", leads_to),
        ):
            rows = _replaced(rows, column, values)
        self._add("identity_links", "cyclic_link", template, rows)

    def _with_added(self, name: str) -> pa.Table:
        good = self.respelled[name]
        if not self.added[name]:
            return good
        positions = np.concatenate(
            [np.arange(good.num_rows), *(at + 0.5 for at, _ in self.added[name])]
        )
        rows = pa.concat_tables([good, *(rows for _, rows in self.added[name])])
        return rows.take(pa.array(np.argsort(positions, kind="stable")))


def _replaced(table: pa.Table, column: str, values: list) -> pa.Table:
    return with_column(table, column, pa.array(values, pa.string()))


def _changed(rows: pa.Table, column: str, change) -> pa.Table:
    if callable(change):
        return _replaced(rows, column, [change(value) for value in rows[column].to_pylist()])
    return _replaced(rows, column, list(islice(cycle(change), rows.num_rows)))
