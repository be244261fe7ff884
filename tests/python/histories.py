"""Histories of a shop: its raw rows as they reach the warehouse, batch by batch.

Rows come late, come again, come with other values first, disappear, or speak of days to come.
Nothing here knows how the project finds out what is new, but for `loaded_at`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from reference import CONTRACT
from warehouse import read_shop, write_shop

FIRST_LOAD = datetime(2024, 6, 1)
Row = dict[str, str]


class History:
    """The batches in which the rows of a shop reach the warehouse.

    Half of the rows come with the first batch, the others as they come. Of one row in six another
    version comes first, with values of other rows; one in twelve comes once more later.
    """

    def __init__(self, shop: dict[str, list[Row]], seed: int, batches: int) -> None:
        """shop: rows by table, as read_shop() gives them; a seed gives one history."""
        self.random = Random(seed)
        self.batches = batches
        self.arrivals: list[dict[str, list[Row]]] = [{} for _ in range(batches)]
        for table, rows in shop.items():
            for row in rows:
                self._spread(table, row, rows)

    def _spread(self, table: str, row: Row, rows: list[Row]) -> None:
        random = self.random
        batch = random.choice([0, random.randrange(self.batches)])
        chance = random.random()
        if chance < 1 / 6 and batch > 0:
            self._add(table, random.randrange(batch), self._other_version(table, row, rows))
        elif chance < 1 / 4 and batch < self.batches - 1:
            self._add(table, random.randrange(batch, self.batches), row)
        self._add(table, batch, row)

    def _other_version(self, table: str, row: Row, rows: list[Row]) -> Row:
        """The row with up to three values of another row; its key stays."""
        other = self.random.choice(rows)
        free = [column for column in row if column not in CONTRACT[table].key]
        changed = self.random.sample(free, min(len(free), self.random.randint(1, 3)))
        return row | {column: other[column] for column in changed}

    def _add(self, table: str, batch: int, row: Row) -> None:
        """A row says when it was loaded, to the hour of its batch; a few do not say it."""
        loaded = FIRST_LOAD + timedelta(days=batch, hours=self.random.randrange(3))
        stamp = "" if self.random.random() < 0.01 else f"{loaded:%Y-%m-%d %H:%M:%S}"
        self.arrivals[batch].setdefault(table, []).append(row | {"loaded_at": stamp})

    def write(self, folder: Path) -> Iterator[int]:
        """Write the raw files as they stand after each batch, and give its number.

        With the last batch some rows are gone, and some have come that say they came long ago.
        """
        tables: dict[str, list[Row]] = {}
        for batch, arrived in enumerate(self.arrivals):
            for table, rows in arrived.items():
                tables.setdefault(table, []).extend(rows)
                self.random.shuffle(tables[table])
            if batch == self.batches - 1:
                first, last = (
                    f"{FIRST_LOAD:%Y-%m-%d}",
                    f"{FIRST_LOAD + timedelta(days=batch):%Y-%m-%d}",
                )
                for table in ("orders", "order_items", "refunds", "events"):
                    rows = tables[table]
                    for row in [row for row in rows if row["loaded_at"].startswith(first)][:3]:
                        rows.remove(row)
                    late = next(row for row in rows if row["loaded_at"].startswith(last))
                    late["loaded_at"] = f"{first} 00:00:00"
            write_shop(folder, tables)
            yield batch


def history(folder: Path, seed: int, batches: int) -> History:
    """A history of the shop in a folder."""
    return History(read_shop(folder), seed, batches)
