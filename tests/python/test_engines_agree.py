"""DuckDB and Postgres give the same marts, to the cent."""

from pathlib import Path

from postgres import Postgres
from warehouse import Build, Warehouse, differences

NAMES = ("DuckDB", "Postgres")


def test_dirty_sample_gives_the_same_marts(
    sample: Path, sample_build: Build, postgres: Postgres
) -> None:
    """Loaded into Postgres as text, in a database that does not sort by bytes."""
    ours = sample_build.tables()
    assert len(ours) > 15
    lines = differences(ours, postgres.build(sample, parameters=sample_build.parameters()), NAMES)
    assert not lines, "\n".join(lines)


def test_hostile_shop_gives_the_same_marts(
    hostile: Path, warehouse: Warehouse, postgres: Postgres
) -> None:
    """Ties, copies, half cents, ids that a locale sorts differently; a zone that moves days."""
    variables = {"shop_timezone": "America/New_York", "rfm_scoring": "quantiles"}
    build = warehouse.build(hostile, **variables)
    theirs = postgres.build(hostile, parameters=build.parameters(), **variables)
    lines = differences(build.tables(), theirs, NAMES)
    assert not lines, "\n".join(lines)


def test_odd_values_are_read_alike(odd: Path, warehouse: Warehouse, postgres: Postgres) -> None:
    """Every column with every odd value."""
    variables = {"shop_timezone": "Asia/Shanghai", "as_of_date": "2024-06-30"}
    build = warehouse.build(odd, **variables)
    theirs = postgres.build(odd, parameters=build.parameters(), **variables)
    lines = differences(build.tables(), theirs, NAMES)
    assert not lines, "\n".join(lines)
