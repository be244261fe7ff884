"""What the tests share: throw-away warehouses, and builds of the bundled sample."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from behaviour import Visits
from postgres import Postgres, find_binaries
from reference import CONTRACT, Sales, Shop, Zone
from shops import hostile_shop, odd_shop
from spark import TWO_EXECUTORS, Spark, missing
from warehouse import SAMPLE, Build, Warehouse, read_shop, write_shop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on Postgres can be chosen with -m postgres."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


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
    """The bundled sample, built with the default variables."""
    return warehouse.build(SAMPLE)


@pytest.fixture(scope="session")
def hostile(warehouse: Warehouse) -> Path:
    """A generated shop that covers every rule."""
    return warehouse.folder("hostile", hostile_shop)


@pytest.fixture(scope="session")
def sample_and_hostile(warehouse: Warehouse, hostile: Path) -> Path:
    """The rows of both shops in one: their ids differ, their years are the same."""

    def write(target: Path) -> None:
        shops = [read_shop(folder) for folder in (SAMPLE, hostile)]
        write_shop(
            target, {table: [row for shop in shops for row in shop[table]] for table in shops[0]}
        )

    return warehouse.folder("sample_and_hostile", write)


@pytest.fixture(scope="session")
def odd(warehouse: Warehouse) -> Path:
    """A shop with every odd spelling of times, numbers and texts in every column."""
    columns = {table: described.types for table, described in CONTRACT.items()}
    required = {table: described.required for table, described in CONTRACT.items()}
    return warehouse.folder("odd", lambda target: odd_shop(target, columns, required))


@dataclass
class Visited:
    """A shop, its visits once built by dbt and once worked out in Python."""

    build: Build
    visits: Visits
    zone: str


# builds that other tests need as well
VISITED: dict[str, tuple[str, dict[str, Any]]] = {
    "sample": ("sample", {}),
    "sample in Shanghai": ("sample", {"shop_timezone": "Asia/Shanghai"}),
    "hostile shop": ("hostile", {}),
    "hostile shop in Shanghai": (
        "hostile",
        {"as_of_date": "2023-09-05", "shop_timezone": "Asia/Shanghai"},
    ),
    "hostile shop in New York": (
        "hostile",
        {"shop_timezone": "America/New_York", "as_of_date": "2023-11-05"},
    ),
}


@pytest.fixture(scope="session", params=VISITED)
def visited(request: pytest.FixtureRequest, warehouse: Warehouse, hostile: Path) -> Visited:
    """The bundled sample and a shop that is harder, in several time zones."""
    name, variables = VISITED[request.param]
    folder = SAMPLE if name == "sample" else hostile
    build = warehouse.build(folder, **variables)
    ((as_of_date,),) = build.query("select as_of_date from intermediate.int_as_of")
    zone = variables.get("shop_timezone", "UTC")
    shop = Shop(folder, as_of_date if "as_of_date" in variables else None, Zone(zone))
    visits = Visits(Sales(shop, as_of_date))
    return Visited(build, visits, zone)


@pytest.fixture(scope="session")
def postgres(warehouse: Warehouse) -> Iterator[Postgres]:
    """A throw-away Postgres cluster on this machine; skips where Postgres is not installed."""
    binaries = find_binaries()
    if binaries is None:
        skip("Postgres is not installed (no /usr/lib/postgresql/*/bin): nothing to compare")
    with Postgres(binaries, warehouse) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def spark(warehouse: Warehouse) -> Iterator[Spark]:
    """A throw-away Spark server on this machine; skips where Java or the packages are missing.

    SPARK_TEST_MASTER: another master, such as local[2] for one process.
    """
    if reason := missing():
        skip(reason)
    with Spark(warehouse, os.environ.get("SPARK_TEST_MASTER") or TWO_EXECUTORS) as server:
        yield server


def skip(reason: str) -> NoReturn:
    """Skip the test in one line; fail it where REQUIRE_ALL=1."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
