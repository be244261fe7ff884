"""A build that goes on from the one before ends as a build of all data does."""

from pathlib import Path

import pytest
from histories import history
from warehouse import Warehouse, differences

NAMES = ("build after build", "build of everything")


@pytest.mark.parametrize("seed", [1])
def test_going_on_ends_as_building_anew(
    seed: int, warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """Every mart and the whole audit, after each of several batches with every kind of late change."""
    for batch in history(hostile, seed, batches=4).write(tmp_path / "raw"):
        going_on = warehouse.go_on(tmp_path / "raw", tmp_path)
        anew = warehouse.build(tmp_path / "raw")
        lines = differences(going_on.tables(), anew.tables(), NAMES)
        assert not lines, f"after batch {batch}\n" + "\n".join(lines)
