"""The option --from: what holds for the adapters of all systems, and its commands."""

import csv
import re
import shutil
import sys
from decimal import Decimal
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
from customer_analytics.adapters.exports import exports_of, read_header
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
    scripts = {file.stem for file in (FOLDER / name).glob("[!_]*.sql")}
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
        connection.execute(system.common())
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
    assert "not used: notes.csv (not a known Shopify export)" in said
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
    assert (
        "no Shopify export found (found: sales.csv): add one of these, or leave out"
        " --from shopify: orders export (columns" in said
    )
    assert "financial status" in said
    assert not (tmp_path / "shop").exists()


def test_a_failure_writes_nothing(tmp_path: Path) -> None:
    """Neither tables of the systems that were read nor a folder."""
    with pytest.raises(
        InputError, match=r"no Google Analytics 4 export found .* leave out --from ga4"
    ):
        convert_exports(SHOPIFY, tmp_path / "shop", ["shopify", "ga4"], overwrite=False)
    shutil.copytree(SHOPIFY, tmp_path / "broken")
    (tmp_path / "broken" / "products_export_2.csv").write_text(
        'Handle,Title,Variant SKU,Variant Price\n"a,b,c,1\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match="unbalanced quote"):
        convert_exports(tmp_path / "broken", tmp_path / "shop", ["shopify"], overwrite=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken"]


def test_a_table_in_another_form_is_refused(tmp_path: Path) -> None:
    """Otherwise the folder would hold the same table twice."""
    folder = tmp_path / "shop"
    (folder / "orders").mkdir(parents=True)
    (folder / "orders" / "ga4.csv").write_text("order_id\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"orders already holds a table .*: choose an empty folder"
    ):
        convert_exports(SHOPIFY, folder, ["shopify"], overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == ["orders"]


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
        "orders export, column total: 1 values are not numbers (such as ten dollars) and count as"
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


def test_a_damaged_file_stops_the_conversion(tmp_path: Path) -> None:
    """It may be an export whose rows would be missing."""
    for name, content, said in [
        ("orders_export_3.csv", "Name,Total\n#1,1\n".encode("utf-16"), "is not UTF-8"),
        ("orders_export_4.csv", b"", "is empty"),
        ("part.parquet", b"PAR1", "cannot be read"),
        ("events.json", b"", "is empty"),
    ]:
        folder = tmp_path / name
        shutil.copytree(SHOPIFY, folder)
        (folder / name).write_bytes(content)
        with pytest.raises(InputError, match=rf"{name} {said}"):
            convert_exports(folder, tmp_path / "shop", ["shopify"], overwrite=False)


def test_files_that_are_not_used_are_named(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """Also those that no adapter reads."""
    shutil.copytree(SHOPIFY, tmp_path / "exports")
    for name in ("orders.xlsx", "notes", "sizes.csv"):
        (tmp_path / "exports" / name).write_text("a,b\n1,2\n", encoding="utf-8")
    convert_exports(tmp_path / "exports", tmp_path / "shop", ["shopify"], overwrite=False)
    said = capfd.readouterr().out
    for name in ("orders.xlsx", "notes", "sizes.csv"):
        assert f"not used: {name} (not a known Shopify export)" in said


def test_folders_that_would_be_mixed_up_are_refused(tmp_path: Path) -> None:
    """A destination inside the exports, exports without rows, a table of the contract beside."""
    source = tmp_path / "exports"
    shutil.copytree(SHOPIFY, source)
    with pytest.raises(InputError, match="is inside the folder of the exports"):
        convert_exports(source, source / "shop", ["shopify"], overwrite=False)
    (source / "orders.csv").write_text(
        "order_id,ordered_at,paid_amount\n1,2024-01-01,1\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"orders\.csv"):
        convert_exports(source, tmp_path / "shop", ["shopify"], overwrite=False)
    (tmp_path / "empty").mkdir()
    header = (SHOPIFY / "orders_export_1.csv").read_text(encoding="utf-8").split("\n")[0]
    (tmp_path / "empty" / "orders_export.csv").write_text(header + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"orders_export\.csv of Shopify have no rows"):
        convert_exports(tmp_path / "empty", tmp_path / "shop", ["shopify"], overwrite=False)


def test_files_are_in_natural_order(tmp_path: Path) -> None:
    """The tenth export is later than the second."""
    for name in ("orders_10.csv", "orders_2.csv", "b/orders_1.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n", encoding="utf-8")
    names = [file.relative_to(tmp_path).as_posix() for file in exports_of(tmp_path)]
    assert names == ["b/orders_1.csv", "orders_2.csv", "orders_10.csv"]


def save_rows(file: Path, rows: list[dict[str, str]]) -> None:
    """Write a CSV file."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("magento", "sales_order_item"),
        ("olist", "olist_order_items_dataset"),
        ("olist", "olist_order_payments_dataset"),
    ],
)
def test_rows_of_one_order_may_be_spread_over_files(name: str, table: str, tmp_path: Path) -> None:
    """As warehouses export tables: each row counts, whichever file it is in."""
    folder = tmp_path / "exports"
    shutil.copytree(FIXTURES / name, folder)
    rows = read_rows(folder / f"{table}.csv")
    (folder / f"{table}.csv").unlink()
    for part in (0, 1):
        save_rows(folder / f"{table}_{part}.csv", rows[part::2])
    convert_exports(folder, tmp_path / "shop", [name], overwrite=False)
    whole = converted(name, tmp_path / "whole")
    for written in ("orders", "order_items"):
        assert read_rows(tmp_path / "shop" / f"{written}.csv") == whole[written]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("22.50", "22.5"),
        ("22,50", "22.5"),
        ("1.022,5", "1022.5"),
        ("1,022.50", "1022.5"),
        ("1,022", "1022"),
        ("x", None),
    ],
)
def test_numbers_in_cells(text: str, number: str | None) -> None:
    with duckdb.connect() as connection:
        connection.execute((FOLDER / "macros.sql").read_text(encoding="utf-8"))
        (found,) = connection.execute("select cell_number(?)", [text]).fetchall()[0]
    assert found == (number and Decimal(number))


def test_goods_by_length_are_one_unit(tmp_path: Path) -> None:
    """2.5 m at 10 are 25; the contract has whole units."""
    row = {"Name": "#1", "Financial Status": "paid", "Lineitem name": "Ribbon", "Total": "25"}
    row |= {"Created at": "2024-01-01 10:00:00 +0100", "Subtotal": "25"}
    row |= {"Lineitem quantity": "2.5", "Lineitem price": "10"}
    (tmp_path / "exports").mkdir()
    save_rows(tmp_path / "exports" / "orders.csv", [row])
    convert_exports(tmp_path / "exports", tmp_path / "shop", ["shopify"], overwrite=False)
    (line,) = read_rows(tmp_path / "shop" / "order_items.csv")
    assert (line["quantity"], Decimal(line["unit_price"])) == ("1", 25)


def test_ids_of_spreadsheets_and_data_frames(tmp_path: Path) -> None:
    """Orders and parents are found although their ids are ="1" or 1.0; a parent of 0 is none."""
    whole = converted("magento", tmp_path / "whole")
    folder = tmp_path / "exports"
    shutil.copytree(FIXTURES / "magento", folder)
    rows = read_rows(folder / "sales_order_item.csv")
    for row in rows:
        row["order_id"] = f'="{row["order_id"]}"'
        parent = row["parent_item_id"]
        row["parent_item_id"] = "0" if parent == "NULL" else f"{parent}.0"
    save_rows(folder / "sales_order_item.csv", rows)
    convert_exports(folder, tmp_path / "shop", ["magento"], overwrite=False)
    assert read_rows(tmp_path / "shop" / "order_items.csv") == whole["order_items"]
