"""A build is a function of raw tables, seeds and vars, whatever an earlier build has left."""

from collections import Counter
from pathlib import Path

from warehouse import Build, Warehouse, copy_project, differences, read_shop

NAMES = ("build over an earlier one", "build into a new file")
# one of each layer, from the beginning of the graph to its end
MODELS = ["input_shop__orders", "base_shop__orders", "int_as_of", "int_customer_overdue"]
MODELS += ["fct_orders", "rpt_segments", "rpt_findings", "dim_customers", "audit_row_ledger"]


def test_builds_keep_no_state(
    warehouse: Warehouse, sample: Path, sample_build: Build, hostile: Path, tmp_path: Path
) -> None:
    """An id put on the list of erased customers is in no table of the next build.

    Then another shop, zone, day and an empty list: equal to a build into a new file. Then a macro,
    a comment, a seed and a var change: single models run.
    """
    variables = {"as_of_date": "2023-09-05", "shop_timezone": "Asia/Shanghai"}
    project = copy_project(tmp_path / "project")
    erased_customers = project / "seeds" / "config" / "erased_customers.csv"
    shop = read_shop(hostile)
    # a refund that names no order must still find the order of the erased customer
    refunded = {row["customer_id"] for row in shop["refunds"] if not row["order_id"]}
    seen = {row["customer_id"] for row in shop["events"] if row["visitor_id"]}
    counts = Counter(row["customer_id"] for row in shop["orders"])
    gone = max(refunded & seen & set(counts) - {""}, key=lambda customer: counts[customer])
    before = warehouse.rebuild(hostile, tmp_path, project=project, **variables)
    assert before.rows("dim_customers", customer_id=gone)
    erased_customers.write_text(f"customer_id\n{gone}\n", encoding="utf-8")
    rebuilt = warehouse.rebuild(hostile, tmp_path, project=project, **variables)
    tables = rebuilt.query(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'config'"
    )
    for (name,) in tables:
        table = rebuilt.table(name)
        for column, values in zip(table.columns, zip(*table.rows, strict=True), strict=False):
            assert gone not in values, (name, column)
    erased_customers.write_text("customer_id\n", encoding="utf-8")
    rebuilt = warehouse.rebuild(sample, tmp_path, project=project)
    lines = differences(rebuilt.tables(), sample_build.tables(), NAMES)
    assert not lines, "\n".join(lines)
    for file, text in {
        "macros/sql/median.sql": "{# another comment #}\n",
        "models/marts/rfm/rpt_segments.sql": "-- another comment\n",
    }.items():
        path = project / file
        path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")
    bands = project / "seeds" / "config" / "rfm_bands.csv"
    bands.write_text(bands.read_text(encoding="utf-8").replace(",10000", ",9000"), encoding="utf-8")
    edited = Warehouse(tmp_path / "shared", tmp_path)
    edited.rebuild(sample, tmp_path, project=project, select=" ".join(MODELS), rfm_window_days=100)
