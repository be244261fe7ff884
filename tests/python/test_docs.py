"""The home page of dbt docs names every mart and uses the labels of the seeds."""

import csv
import re
import runpy
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"`([^`]+)`")


def section(title: str) -> list[list[str]]:
    """The cells of the table in a section of the home page, without its header."""
    text = (PROJECT / "models/overview.md").read_text(encoding="utf-8")
    (part,) = re.findall(rf"^## {title}.*?$(.*?)(?=^## |^{{% enddocs)", text, re.M | re.S)
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def marts() -> dict[str, set[str]]:
    """The columns of each public mart."""
    files = (PROJECT / "models/marts").glob("*/_*__models.yml")
    models = [
        model for file in files for model in yaml.safe_load(file.read_text("utf-8"))["models"]
    ]
    return {model["name"]: {column["name"] for column in model["columns"]} for model in models}


def labels() -> dict[str, tuple[str, str]]:
    """English and Chinese label of each code, by type and code."""
    with (PROJECT / "seeds/config/labels.csv").open(encoding="utf-8", newline="") as stream:
        return {
            f"{row['code_type']}: {row['code']}": (row["label_en"], row["label_zh"])
            for row in csv.DictReader(stream)
        }


def test_every_mart_is_in_the_index_once() -> None:
    named = [name for _, cell, _ in section("From question to mart") for name in CODE.findall(cell)]
    assert sorted(named) == sorted(marts())
    assert len(named) > 40


def test_columns_in_the_index_exist() -> None:
    for title in ("From question to mart", "From question to column"):
        for question, cell, hint in section(title):
            columns = set().union(*(marts()[name] for name in CODE.findall(cell)))
            assert set(CODE.findall(hint)) <= columns, question


def test_metrics_in_the_index_exist() -> None:
    """In cells such as: `metric` active_share_30d, active_share_90d."""
    hints = [hint for *_, hint in section("From question to column") if "`metric`" in hint]
    metrics = {metric for hint in hints for metric in re.findall(r"\w+_\w+", hint)}
    assert len(metrics) > 8
    assert {f"metric: {metric}" for metric in metrics} <= labels().keys()


def test_every_var_is_explained() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    explained = [name for cell, _ in section("How to set vars") for name in CODE.findall(cell)]
    assert sorted(explained) == sorted(project["vars"])


def test_readme_names_every_mart() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("## What you get") : text.index("## A real shop")]
    assert set(CODE.findall(table)) >= set(marts())


def test_glossary_uses_the_labels_of_the_seeds() -> None:
    known = labels()
    both = dict(known.values())
    for english, chinese, *_, code in section("Glossary"):
        if code:
            assert (english, chinese) == known[code.strip("`")]
        # a word without a code must not be another one's either
        elif english in both:
            assert chinese == both[english]


def test_glossary_explains_each_term_once_in_both_languages() -> None:
    rows = section("Glossary")
    assert all(all(cells) for *cells, _ in rows)
    for column in (0, 1):
        terms = [row[column] for row in rows]
        assert len(terms) == len(set(terms))
    for _, chinese, english_text, chinese_text, _ in rows:
        assert re.search(r"[\u3400-\u9fff]", chinese) and re.search(
            r"[\u3400-\u9fff]", chinese_text
        )
        assert not re.search(r"[\u3400-\u9fff]", english_text)


def test_glossary_covers_metrics_churn_states_and_retention_kinds() -> None:
    with (PROJECT / "seeds/config/metrics.csv").open(encoding="utf-8", newline="") as stream:
        needed = {f"metric: {row['metric']}" for row in csv.DictReader(stream)}
    kinds = ("churn_status: ", "retention_kind: ")
    needed |= {code for code in labels() if code.startswith(kinds)}
    explained = {row[-1].strip("`") for row in section("Glossary")}
    assert needed <= explained


def test_generated_pages_are_current() -> None:
    generator = runpy.run_path(str(PROJECT / "docs/generate.py"))
    for file, text in generator["pages"]().items():
        assert file.read_text(encoding="utf-8") == text, f"{file} is out of date: run make pages"
