"""BI tools find all marts, described and typed."""

import sqlalchemy as sa
from bi_tools import marts_promised, marts_seen
from warehouse import Build, Warehouse


def test_a_client_sees_all_marts_with_types_and_descriptions(
    sample_build: Build, warehouse: Warehouse
) -> None:
    """On DuckDB; on Postgres see test_engines_agree.py."""
    engine = sa.create_engine(
        f"duckdb:///{sample_build.database}", connect_args={"read_only": True}
    )
    promised = marts_promised(warehouse.manifest())
    assert len(promised) > 40
    assert marts_seen(engine) == promised
    engine.dispose()
