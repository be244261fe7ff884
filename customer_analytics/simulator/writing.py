"""Writes the tables in the format of the input contract, chunk by chunk to save memory."""

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from customer_analytics.contract import read_contract

ROWS_PER_PART = 2_000_000  # a Parquet part file is closed when it has reached this many rows
TYPES = {
    "text": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "decimal": pa.decimal128(18, 2),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}
EXCHANGE_RATE = pa.decimal128(18, 4)


def contract_table(name: str, **columns: pa.Array) -> pa.Table:
    """A table with exactly the columns of the contract, in its order and types."""
    schema = _schema(name)
    if set(columns) != set(schema.names):
        different = set(columns) ^ set(schema.names)
        raise ValueError(
            f"{name}: columns {different} differ from the contract: change the simulator or"
            " the contract"
        )
    return pa.Table.from_arrays(
        [columns[field.name].cast(field.type) for field in schema], schema=schema
    )


@cache
def _schema(name: str) -> pa.Schema:
    return pa.schema(
        (
            column.name,
            EXCHANGE_RATE if column.name == "rate_to_reporting" else TYPES[column.data_type],
        )
        for column in read_contract()[name].columns.values()
    )


def as_text(table: pa.Table) -> pa.Table:
    """The same rows with every value as text, times in whole seconds."""
    return pa.Table.from_arrays(
        [_text_column(column.combine_chunks()) for column in table.columns],
        names=table.column_names,
    )


def _text_column(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("s"))
    return column.cast(pa.string())


def csv_lines(table: pa.Table) -> memoryview:
    """The rows of a text table as CSV: UTF-8, quotes only where needed, nulls empty."""
    fields = [_quoted(column.combine_chunks()) for column in table.columns]
    lines = pc.binary_join_element_wise(*fields, ",", null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(lines, "\n", "")
    # Arrow stores the texts of a column back to back in one buffer: here the content of the file
    offsets = np.frombuffer(ended.buffers()[1], dtype=np.int32)
    content = memoryview(ended.buffers()[2] or b"")
    return content[offsets[ended.offset] : offsets[ended.offset + len(ended)]]


def _quoted(values: pa.Array) -> pa.Array:
    special = pc.fill_null(pc.match_substring_regex(values, '[",\r\n]'), False)
    if not pc.any(special).as_py():
        return values
    escaped = pc.binary_join_element_wise('"', pc.replace_substring(values, '"', '""'), '"', "")
    return pc.if_else(special, escaped, values)


class TableWriter:
    """Appends chunks of one table to a CSV file, a Parquet file, or a folder of Parquet parts."""

    def __init__(self, folder: Path, name: str, file_format: str, in_parts: bool):
        self.path = folder / f"{name}.{file_format}"
        self.folder = folder / name if in_parts and file_format == "parquet" else None
        self.file_format = file_format
        self.rows = 0
        self._sink = None
        self._part = 0
        self._part_rows = 0

    def write(self, table: pa.Table) -> None:
        """Appends rows; the first piece decides columns and types."""
        if self.file_format == "csv":
            self._write_csv(table)
        else:
            self._write_parquet(table)
        self.rows += table.num_rows

    def _write_csv(self, table: pa.Table) -> None:
        if self._sink is None:
            self._sink = self.path.open("wb")
            self._sink.write((",".join(table.column_names) + "\n").encode())
        self._sink.write(csv_lines(as_text(table)))

    def _write_parquet(self, table: pa.Table) -> None:
        if self._sink is not None and self._part_rows >= ROWS_PER_PART and self.folder:
            self._sink.close()
            self._sink, self._part, self._part_rows = None, self._part + 1, 0
        if self._sink is None:
            path = self.path
            if self.folder:
                self.folder.mkdir(exist_ok=True)
                path = self.folder / f"part-{self._part:04d}.parquet"
            self._sink = pq.ParquetWriter(path, table.schema, compression="zstd")
        self._sink.write_table(table)
        self._part_rows += table.num_rows

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()


class ShopWriter:
    """All files of one simulated shop: the input tables, and the ground truth in its own folder."""

    def __init__(self, out: Path, file_format: str, in_parts: bool):
        self.out = out
        self.file_format = file_format
        self.in_parts = in_parts
        self.tables: dict[str, TableWriter] = {}
        self.truth: dict[str, TableWriter] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Appends to an input table."""
        self._writer(self.tables, self.out, name).write(table)

    def write_truth(self, name: str, table: pa.Table) -> None:
        """Appends to a table of the truth folder."""
        self._writer(self.truth, self.out / "truth", name).write(table)

    def _writer(self, writers: dict, folder: Path, name: str) -> TableWriter:
        if name not in writers:
            writers[name] = TableWriter(folder, name, self.file_format, self.in_parts)
        return writers[name]

    def close(self) -> dict[str, int]:
        """Finishes all files; rows by input table."""
        for writer in [*self.tables.values(), *self.truth.values()]:
            writer.close()
        return {name: self.tables[name].rows for name in read_contract() if name in self.tables}


def remove_tables(out: Path) -> None:
    """Removes the output of an earlier run from the folder, and nothing else."""
    for name in read_contract():
        for suffix in ("csv", "parquet"):
            (out / f"{name}.{suffix}").unlink(missing_ok=True)
        shutil.rmtree(out / name, ignore_errors=True)
    shutil.rmtree(out / "truth", ignore_errors=True)
