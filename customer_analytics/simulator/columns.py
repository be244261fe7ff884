"""Arrow columns from plain numpy arrays.

The simulation computes with integers: times in seconds since 1970 (UTC), days since 1970, money in
cents, texts as positions in a list. These functions convert them to the columns of a table; NEVER
and NONE become nulls.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NEVER = np.iinfo(np.int64).max  # an event that does not happen: compares as later than any time
NONE = -1  # no text, no number
DAY = 86_400
HOUR = 3_600


def from_pool(pool, codes) -> pa.Array:
    """Text: the entries of the pool at the given positions; a negative position is null."""
    codes = np.asarray(codes, dtype=np.int64)
    pool = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    return pool.take(pa.array(codes, mask=codes < 0))


def numbered(prefix: str, numbers, width: int) -> pa.Array:
    """Readable keys such as C000123; a negative number is null."""
    numbers = np.asarray(numbers, dtype=np.int64)
    digits = pa.array(numbers, mask=numbers < 0).cast(pa.string())
    return joined(prefix, pc.utf8_lpad(digits, width, "0"))


def joined(*parts) -> pa.Array:
    """Concatenated text; null if one part is null."""
    return pc.binary_join_element_wise(*parts, "")


def timestamps(seconds) -> pa.Array:
    """Timestamps of whole seconds."""
    seconds = np.asarray(seconds, dtype=np.int64)
    return pa.array(seconds, mask=seconds == NEVER).cast(pa.timestamp("s"))


def dates(days) -> pa.Array:
    """Dates from days since 1970."""
    days = np.asarray(days, dtype=np.int64)
    known = days != NEVER
    return pa.array(np.where(known, days, 0).astype(np.int32), mask=~known).cast(pa.date32())


def decimals(units, scale: int = 2, known=None) -> pa.Array:
    """Exact decimals from whole units of 10^-scale (cents for scale 2); null if unknown."""
    units = np.ascontiguousarray(units, dtype=np.int64)
    halves = np.empty((units.size, 2), dtype=np.int64)
    halves[:, 0] = units
    halves[:, 1] = units >> 63  # sign extension to 128 bits
    mask = None if known is None else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(pa.decimal128(18, scale), units.size, [mask, pa.py_buffer(halves)])


def integers(numbers, known=None) -> pa.Array:
    """Whole numbers, null if unknown."""
    return pa.array(np.asarray(numbers, dtype=np.int64), mask=None if known is None else ~known)


def nightly_load(*last_changes) -> np.ndarray:
    """When a row reaches the warehouse: at two in the night after its last change (NEVER is not a
    change).
    """
    changed = [np.where(np.asarray(at) == NEVER, 0, at) for at in last_changes]
    last = np.maximum.reduce(np.broadcast_arrays(*changed))
    return (last // DAY + 1) * DAY + 2 * HOUR
