"""DuckDB and Postgres give the same marts, to the cent."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from bi_tools import Mart, marts_promised, marts_seen
from postgres import DATABASE, READER, Postgres
from warehouse import Warehouse, differences

NAMES = ("DuckDB", "Postgres")
# what reads raw values, and what counts them
READING = "+path:models/staging +path:models/marts/audit"


def test_every_mart_is_the_same(
    sample_and_hostile: Path, warehouse: Warehouse, postgres: Postgres
) -> None:
    """Loaded into Postgres as text, in a database that does not sort by bytes.

    Ties, copies, half cents, ids that a locale sorts differently; a zone that moves days.
    """
    variables = {"shop_timezone": "America/New_York", "rfm_scoring": "quantiles"}
    build = warehouse.build(sample_and_hostile, **variables)
    ours = build.tables()
    assert len(ours) > 15
    theirs = postgres.build(sample_and_hostile, parameters=build.parameters(), **variables)
    lines = differences(ours, theirs, NAMES)
    assert not lines, "\n".join(lines)
    # the same build, as long as it is there
    check_reader(postgres, marts_promised(warehouse.manifest()))


def check_reader(postgres: Postgres, promised: dict[str, Mart]) -> None:
    """The role of BI tools sees all marts with types and descriptions, reads them, and no more."""
    address = f"{READER}@127.0.0.1:{postgres.port}/{DATABASE}"
    engine = sa.create_engine(f"postgresql+psycopg2://{address}")
    assert marts_seen(engine, "analytics_") == promised
    with engine.connect() as connection:
        for name in promised:
            connection.execute(sa.text(f"select * from analytics_{name} limit 1"))
        for statement in (
            "delete from analytics_marts.fct_orders",
            "insert into analytics_audit.audit_row_ledger (input) values ('orders')",
            "create table analytics_marts.mine (number integer)",
            "select * from analytics_staging.stg_shop__orders",
            "select * from analytics_intermediate.int_as_of",
            "select * from raw.orders",
        ):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                connection.execute(sa.text(statement))
            connection.rollback()
    engine.dispose()


def test_odd_values_give_the_same_results(
    odd: Path, warehouse: Warehouse, postgres: Postgres
) -> None:
    """Every column with every odd value, as far as values are read: in staging and the audit."""
    variables = {"shop_timezone": "Asia/Shanghai", "as_of_date": "2024-06-30"}
    build = warehouse.build(odd, select=READING, **variables)
    postgres.build(odd, select=READING, **variables)
    schemas = ("staging", "audit")
    lines = differences(build.tables(*schemas), postgres.tables(*schemas), NAMES)
    assert not lines, "\n".join(lines)
