"""What the tests share: throw-away warehouses, and builds of the bundled sample."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres, find_binaries
from shops import hostile_shop
from warehouse import SAMPLE, Build, Warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Builds data; what one process has built, the others need not build again."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return Warehouse(shared, own)


@pytest.fixture(scope="session")
def sample() -> Path:
    """The folder of the bundled sample."""
    return SAMPLE


@pytest.fixture(scope="session")
def sample_build(warehouse: Warehouse) -> Build:
    """The bundled sample, built with all variables as they stand in the project."""
    return warehouse.build(SAMPLE)


@pytest.fixture(scope="session")
def hostile(warehouse: Warehouse) -> Path:
    """A made-up shop in which everything happens that the rules speak of."""
    return warehouse.folder("hostile", hostile_shop)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, warehouse: Warehouse) -> Iterator[Postgres]:
    """A throw-away Postgres cluster on this machine; skips where Postgres is not installed."""
    binaries = find_binaries()
    if binaries is None:
        message = "Postgres is not installed (no /usr/lib/postgresql/*/bin): nothing to compare"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with Postgres(binaries, warehouse) as cluster:
        yield cluster
