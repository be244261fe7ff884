"""A strategy that has no baseline or has not started shows no progress."""

import re
import shutil

import pytest
from test_report import day_shop, publish_copy
from warehouse import Build, Warehouse, copy_project

from customer_analytics.report.site import report_folder, write_report

# five customers order every twelfth day of 2024, up to 16 August: all are in tier potential, and
# each of them orders in each month
STRATEGIES = """segment,target_metric,target_pp,target_months,started_month,owner
potential,monthly_repurchase_rate,5,6,2024-03-01,Li Na
high_value,monthly_repurchase_rate,5,6,2024-03-01,
general,monthly_repurchase_rate,5,6,2023-06-01,
low_value,monthly_repurchase_rate,5,6,,
churn_risk,monthly_repurchase_rate,5,6,2024-09-01,
"""


@pytest.fixture(scope="module")
def build(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The small shop, with strategies of all kinds."""
    folder = tmp_path_factory.mktemp("strategies")
    project = copy_project(folder / "project")
    (project / "seeds" / "config" / "strategies.csv").write_text(STRATEGIES, encoding="utf-8")
    shop = warehouse.folder("five customers", lambda path: day_shop(path, customers=5, days=20))
    shutil.copyfile(warehouse.build(shop).database, folder / "analytics.duckdb")
    return warehouse.rebuild(shop, folder, project=project, select="strategies rpt_strategies")


def test_no_progress_without_a_baseline(build: Build) -> None:
    found = {
        row["segment"]: (row["status"], row["baseline"], row["target"], row["progress"])
        for row in build.rows("rpt_strategies")
    }
    assert found == {
        "potential": ("running", 1, 1, None),
        "high_value": ("running", None, None, None),
        "general": ("finished", None, None, None),
        "low_value": ("proposed", None, None, None),
        "churn_risk": ("proposed", None, None, None),
    }
    assert {row["is_on_track"] for row in build.rows("rpt_strategies")} == {None}


@pytest.fixture(scope="module")
def pages(build: Build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of the shop by language."""
    file = publish_copy(build.database, tmp_path_factory.mktemp("pages"))
    write_report(file, report_folder(file))
    return {page.stem: page.read_text("utf-8") for page in report_folder(file).glob("*.html")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_shows_no_progress(pages: dict[str, str], language: str) -> None:
    """A dash, never 100%; the owner and the interval stand beside it."""
    page = pages[language]
    table = page[page.index('id="diagnosis-strategies"') :].partition("</table>")[0]
    _, *rows = [re.findall("<td.*?>(.*?)</td>", row) for row in table.split("<tr>")[1:]]
    assert len(rows) == 5
    # the two last columns: progress and verdict
    assert [row[-2:] for row in rows] == [["–", "–"]] * 5
    potential = next(row for row in rows if "Li Na" in row[2])
    # baseline and target, expected value, value of today; of 5 in 5, Wilson's lower bound is 57%
    assert potential[3].endswith("<br>100% → 100%")
    assert potential[4:6] == ["100%", "100%<br>(57%–100%)"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "No consent is on record"), ("zh", "没有任何触达许可记录")],
)
def test_report_says_that_no_consent_is_on_record(
    pages: dict[str, str], language: str, sentence: str
) -> None:
    """The shop has no table of subscriptions, so its contact lists hold all customers."""
    lists = pages[language].partition('id="diagnosis-lists"')[2].partition("</figure>")[0]
    assert sentence in lists and "<code>subscriptions</code>" in lists
