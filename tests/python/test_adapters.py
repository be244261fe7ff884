"""The option --from: what holds for the adapters of all systems, and its commands."""

import csv
import re
import shutil
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from adapters import FIXTURES, converted, read_rows
from warehouse import PROJECT

from customer_analytics import build as build_command
from customer_analytics import cli
from customer_analytics.adapters.convert import (
    convert_exports,
    find_exports,
    next_command,
    variables_of,
)
from customer_analytics.adapters.exports import read_header
from customer_analytics.adapters.systems import FOLDER, read_system, recognise_system, system_names
from customer_analytics.contract import read_contract
from customer_analytics.inputs import inspect_folder
from customer_analytics.raw_tables import InputError

SEEDS = PROJECT / "seeds" / "config"
# what maps the words of a column: seed, its columns
MAPPINGS = {
    ("orders", "status"): "order_status_mapping",
    ("events", "event_name"): "event_mapping",
}
SHOPIFY = FIXTURES / "shopify"
each_system = pytest.mark.parametrize("name", system_names())


def run(arguments: list, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["customer_analytics", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


# -- every system ---------------------------------------------------------------------------------


@each_system
def test_sql_and_description_agree(name: str) -> None:
    """Each table has SQL that gives the columns described, which are columns of the contract."""
    system = read_system(name)
    scripts = {file.stem for file in (FOLDER / name).glob("*.sql")}
    assert scripts == set(system.tables)
    with duckdb.connect() as connection:
        for export in system.exports.values():
            columns = ", ".join(
                f'"{column}" {"decimal(18, 4)" if kind == "amount" else "varchar"}'
                f"{'[]' if column.endswith('#') else ''}"
                for column, kind in export.columns.items()
            )
            connection.execute(
                f'create table "{export.name}" (file_number integer, row_number integer, {columns})'
            )
        for table, mapping in system.tables.items():
            cursor = connection.execute(system.query(table))
            written = [column[0] for column in cursor.description]
            contract = read_contract()[table]
            assert written == list(mapping.columns), table
            assert set(written) <= set(contract.columns), table
            assert set(contract.required_columns) <= set(written), table
            assert set(mapping.exports) <= set(system.exports), table


@each_system
def test_columns_of_exports_are_used(name: str) -> None:
    """A column that no SQL reads would be described in vain; each export makes a table."""
    system = read_system(name)
    scripts = "".join(system.query(table).lower() for table in system.tables)
    unused = {
        (export.name, column)
        for export in system.exports.values()
        for column in export.columns
        if column not in export.recognised_by
        and not re.search(rf'(?<!\w)"?{re.escape(column)}"?(?!\w)', scripts)
    }
    assert unused == set()
    assert all(re.search(rf"\b{export}\b", scripts) for export in system.exports)


@each_system
def test_description_is_complete(name: str) -> None:
    """Every text that the page of a system shows is there, and is text."""
    system = read_system(name)
    texts = [system.title, system.how_to_export, *system.gaps.values()]
    for mapping in system.tables.values():
        texts += mapping.columns.values()
    for words in system.words.values():
        texts += words.values()
    assert all(isinstance(text, str) and text.strip() for text in texts)
    assert system.gaps
    known = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert set(system.variables) <= set(known)


@each_system
def test_fixture_converts(name: str, tmp_path: Path) -> None:
    """The fixture fills every table of the system, and uses every export."""
    system = read_system(name)
    found = find_exports(FIXTURES / name, system)
    assert set(found.files) == set(system.exports)
    tables = converted(name, tmp_path)
    assert set(system.tables) <= set(tables)
    for table, rows in tables.items():
        required = read_contract()[table].required_columns
        assert rows
        assert all(row[column] for row in rows for column in required), table


@each_system
def test_words_of_the_fixture_are_mapped(name: str, tmp_path: Path) -> None:
    """No status or event of the fixture is unknown to the seeds."""
    tables = converted(name, tmp_path)
    for (table, column), seed in MAPPINGS.items():
        known = {row["word"] for row in read_rows(SEEDS / f"{seed}.csv")}
        words = {row[column].lower() for row in tables.get(table, []) if row.get(column)}
        unmapped = {
            word
            for word in words
            if word.removeprefix("wc-").replace(" ", "_").replace("-", "_") not in known
        }
        assert unmapped == set(), table


@each_system
def test_headers_of_the_fixture_are_recognised(name: str) -> None:
    """As exports of this system, not of another one."""
    found = find_exports(FIXTURES / name, read_system(name)).files
    for file in (file for files in found.values() for file in files):
        system = recognise_system(read_header(file))
        assert system is not None
        assert system.name == name, file


# -- commands -------------------------------------------------------------------------------------


def test_convert_prints_files_and_the_next_command(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also tables of the contract that lie beside the exports are there, other files are named."""
    source = tmp_path / "exports"
    shutil.copytree(SHOPIFY, source)
    (source / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (source / "products.csv").write_text("no,columns\n1,2\n", encoding="utf-8")
    target = tmp_path / "shop"
    assert run(["convert", source, target, "--from", "shopify"], monkeypatch) == 0
    said = capfd.readouterr().out
    assert f"{target / 'orders.csv'}: 25 rows from orders_export_1.csv, orders_export_2.csv" in said
    assert f"{target / 'exchange_rates.csv'}: 1 rows from" in said
    assert "not used: notes.csv (no known export of Shopify)" in said
    assert "not used: products.csv" in said
    assert f"next: customer-analytics check {target}" in said
    assert read_rows(target / "exchange_rates.csv") == read_rows(SHOPIFY / "exchange_rates.csv")
    assert run(["convert", source, target, "--from", "shopify"], monkeypatch) == 1
    assert "already exists: add --overwrite" in capfd.readouterr().err


def test_convert_one_file(tmp_path: Path) -> None:
    """A file instead of a folder, whatever its name."""
    file = tmp_path / "export.txt"
    shutil.copy(SHOPIFY / "orders_export_2.csv", file)
    convert_exports(file, tmp_path / "shop", ["shopify"], overwrite=False)
    assert {path.name for path in (tmp_path / "shop").iterdir()} == {
        "orders.csv",
        "order_items.csv",
        "refunds.csv",
    }


def test_no_export_found(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what was found, and by which columns an export is recognised."""
    source = tmp_path / "exports"
    source.mkdir()
    (source / "sales.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert run(["convert", source, tmp_path / "shop", "--from", "shopify"], monkeypatch) == 1
    said = capfd.readouterr().err
    assert "no Shopify export found (found: sales.csv): add one of: orders export (columns" in said
    assert "financial status" in said
    assert not (tmp_path / "shop").exists()


def test_encoding_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exports are read as UTF-8."""
    arguments = ["convert", SHOPIFY, tmp_path / "shop", "--from", "shopify", "--encoding", "gbk"]
    assert run(arguments, monkeypatch) == 2
    assert "run convert without --from first" in capfd.readouterr().err


def test_several_systems(tmp_path: Path) -> None:
    """Each writes its own file into the folder of the table."""
    names = [name for name in system_names() if "orders" in read_system(name).tables][:2]
    source = tmp_path / "exports"
    for name in names:
        shutil.copytree(FIXTURES / name, source / name)
    target = tmp_path / "shop"
    convert_exports(source, target, names, overwrite=False)
    assert {file.name for file in (target / "orders").iterdir()} == {
        f"{name}.csv" for name in names
    }


def test_variables_go_into_the_next_command(tmp_path: Path) -> None:
    """Systems that write local time need the var input_timezone."""
    local = [name for name in system_names() if read_system(name).variables]
    if not local:
        pytest.skip("no system needs a var")
    assert variables_of(["shopify"]) == {}
    assert "--vars" not in next_command(tmp_path, ["shopify"])
    assert "--vars '{" in next_command(tmp_path, local[:1])


def test_build_converts_and_passes_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a folder next to the database, which a second build empties; given vars win."""
    passed = []

    def stop(arguments: list[str]) -> set[str]:
        passed.append(arguments)
        raise build_command.FailedTests("stopped here")

    monkeypatch.setattr(build_command, "_run", stop)
    systems = map(read_system, system_names())
    system = next(one for one in systems if one.variables and "orders" in one.tables)
    name, variables = system.name, system.variables
    database = tmp_path / "build" / "shop.duckdb"
    arguments = ["build", "--from", name, "--data", FIXTURES / name, "--database", database]
    leftover = database.parent / "converted" / "nps_responses.csv"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("", encoding="utf-8")
    assert run(arguments, monkeypatch) == 1
    assert run([*arguments, "--vars", "{input_timezone: UTC}"], monkeypatch) == 1
    assert (database.parent / "converted" / "orders.csv").exists()
    assert not leftover.exists()
    given = [
        yaml.safe_load(call[call.index("--vars") + 1]) if "--vars" in call else {}
        for call in passed
    ]
    assert given == [variables, variables | {"input_timezone": "UTC"}]


def test_build_needs_a_folder(
    capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundled sample is no export."""
    assert run(["build", "--from", "shopify"], monkeypatch) == 1
    assert "--from shopify needs the folder of the exports" in capfd.readouterr().err


def test_problems_name_the_command(tmp_path: Path) -> None:
    """For a folder of exports, and for an order export that is called orders.csv."""
    said = inspect_folder(SHOPIFY).problems[-1]
    assert "exports of Shopify: run `customer-analytics convert" in said
    assert f"{SHOPIFY} FOLDER --from shopify`" in said
    shutil.copy(SHOPIFY / "orders_export_1.csv", tmp_path / "orders.csv")
    problems = inspect_folder(tmp_path).problems
    assert "orders.order_id: required column missing" in problems[0]
    assert f"customer-analytics convert {tmp_path} FOLDER --from shopify`" in problems[-1]


def test_check_names_ignored_exports(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export beside orders.csv of the contract is no problem, but is not read either."""
    row = "order_id,ordered_at,paid_amount,customer_id\no1,2024-01-01,10,c1\n"
    (tmp_path / "orders.csv").write_text(row, encoding="utf-8")
    shutil.copy(SHOPIFY / "customers_export.csv", tmp_path)
    assert run(["check", tmp_path], monkeypatch) == 0
    said = capfd.readouterr().out
    assert f"not converted: {tmp_path}: customers_export.csv found, exports of Shopify:" in said
    assert f"customer-analytics convert {tmp_path} FOLDER --from shopify`" in said


# -- amounts --------------------------------------------------------------------------------------


def orders_with(totals: list[str], folder: Path) -> Path:
    """A Shopify orders export with these totals, one line an order."""
    folder.mkdir()
    columns = ["Name", "Financial Status", "Lineitem name", "Lineitem quantity", "Created at"]
    with (folder / "orders_export.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*columns, "Total", "Subtotal", "Lineitem price"])
        for number, total in enumerate(totals):
            day = f"2024-01-0{number + 1} 10:00:00 +0100"
            writer.writerow([f"#{number}", "paid", "Mug", "1", day, total, total, total])
    return folder


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (["1.234,50", "7,05"], ["1234.5", "7.05"]),
        (["1,234.50", "7.05"], ["1234.5", "7.05"]),
        (["1234.50", "7.05"], ["1234.5", "7.05"]),
    ],
)
def test_amounts_in_other_formats(totals: list[str], expected: list[str], tmp_path: Path) -> None:
    """Decimal commas and thousands separators become plain decimals."""
    source = orders_with(totals, tmp_path / "exports")
    convert_exports(source, tmp_path / "shop", ["shopify"], overwrite=False)
    rows = read_rows(tmp_path / "shop" / "orders.csv")
    assert [float(row["paid_amount"]) for row in rows] == [float(value) for value in expected]


def test_unreadable_amounts_are_reported(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """They stay empty, so the build rejects the order with a reason."""
    source = orders_with(["10.00", "ten dollars"], tmp_path / "exports")
    convert_exports(source, tmp_path / "shop", ["shopify"], overwrite=False)
    said = capfd.readouterr().out
    assert (
        "orders export, column total: 1 values are no numbers (such as ten dollars) and count as"
        " empty" in said
    )
    rows = read_rows(tmp_path / "shop" / "orders.csv")
    assert [row["paid_amount"] for row in rows] == ["10.0000", ""]


def test_broken_file_stops(tmp_path: Path) -> None:
    """With the same message as elsewhere."""
    source = orders_with(["10.00"], tmp_path / "exports")
    text = (source / "orders_export.csv").read_bytes() + b'#9,"paid\xff'
    (source / "orders_export.csv").write_bytes(text)
    with pytest.raises(InputError, match="UTF-8"):
        convert_exports(source, tmp_path / "shop", ["shopify"], overwrite=False)
