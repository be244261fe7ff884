"""The lists of whom to contact hold who allows it, and open in Excel as they are."""

import csv
import re
import shutil
import tempfile
from contextlib import closing
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

import duckdb
import pytest
from test_bad_input import run_cli
from test_publish import no_privileges
from warehouse import SAMPLE, Build, Warehouse, read_shop

from customer_analytics.publish import published_database, read_published
from customer_analytics.report.queries import Answers

# all that a list tells; none of it but the id is personal
HEADER = ["customer_id", "priority", "action_en", "action_zh"]
HEADER += ["allowed_channel", "allowed_channel_en", "allowed_channel_zh"]
HEADER += ["allowed_channels", "denied_channels", "unknown_channels"]
HEADER += ["reason_en", "reason_zh", "value_tier_en", "value_tier_zh"]
HEADER += ["last_order_date", "recency_days", "next_order_due_on"]
HEADER += ["usual_category_en", "usual_category_zh"]
HEADER += ["suggested_product_id", "suggested_product_name"]
HEADER += ["discount_habit_en", "discount_habit_zh", "usual_daypart_en", "usual_daypart_zh"]
HEADER += ["expected_value", "churn_probability", "predicted_value_365d", "valid_until"]
ACTIONS = [
    "birthday_gift",
    "cross_sell",
    "first_purchase",
    "keep_high_value",
    "next_order_due",
    "price_drop",
    "recover_cart",
    "remind_to_reorder",
    "second_order",
    "solve_complaint",
    "third_order_gift",
    "upgrade_tier",
    "vip_care",
    "wake_prospect",
    "win_back",
]


@pytest.fixture(scope="module")
def database(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose published marts are those of the sample."""
    file = tmp_path_factory.mktemp("actions") / "analytics.duckdb"
    published_database(file).parent.mkdir()
    shutil.copyfile(sample_build.database, published_database(file))
    return file


@pytest.fixture
def command(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command on the sample, or on another database, that writes into a folder."""

    def run(*arguments: str, database: Path = database, out: Path = tmp_path / "out") -> int:
        options = ["--database", str(database), "--out", str(out)]
        return run_cli(["actions", *options, *arguments], monkeypatch)

    return run


def read(file: Path) -> list[dict[str, str]]:
    """The rows of a list, as a program reads them that knows the byte order mark."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def in_control_group(customer: str) -> bool:
    """A tenth of all customers, by the first four hex digits of a hash of the id alone."""
    return int(md5(f"control|{customer}".encode()).hexdigest()[:4], 16) < 0.1 * 16**4


def test_lists_contain_only_customers_with_a_permitted_channel(
    command, sample_build: Build, tmp_path: Path
) -> None:
    """Those of the control group are in the files of the folder control, and in no other."""
    assert command() == 0
    names = [f"{action}.csv" for action in ACTIONS]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*names, "control"])
    assert sorted(path.name for path in (tmp_path / "out" / "control").iterdir()) == names
    due = sample_build.by_key("fct_action_list", "action_code", "customer_id")
    allowed = {key for key, row in due.items() if row["allowed_channel"] is not None}
    assert allowed < due.keys()
    for folder, is_control in [(tmp_path / "out", False), (tmp_path / "out" / "control", True)]:
        written = {
            (file.stem, row["customer_id"]): row
            for file in folder.glob("*.csv")
            for row in read(file)
        }
        assert written.keys() == {key for key in allowed if in_control_group(key[1]) == is_control}
        for key, row in written.items():
            assert list(row) == HEADER
            shown = {name: "" if due[key][name] is None else str(due[key][name]) for name in HEADER}
            assert row == shown
            denied = (due[key]["denied_channels"] or "").split(",")
            assert not set(row["allowed_channels"].split(",")) & set(denied)


def test_birthday_list_is_that_of_the_raw_birth_dates(sample_build: Build) -> None:
    """Birthdays of the next 14 days; 1800-01-01 is no birth date."""
    days = [date(2024, 12, 30) + timedelta(days) for days in range(1, 15)]
    expected = {
        row["customer_id"]: day
        for row in read_shop(SAMPLE)["customers"]
        for day in days
        if re.fullmatch(f"(19|20)..[-/]{day:%m}[-/]{day:%d}", row["birth_date"])
    }
    found = sample_build.query(
        "select customer_id, valid_until from marts.fct_action_list"
        " where action_code = 'birthday_gift'"
    )
    assert len(expected) > 20 and dict(found) == expected


def test_control_group_is_the_same_in_every_build(
    sample_build: Build, warehouse: Warehouse
) -> None:
    """About a tenth, and the same months earlier, when other customers are due."""
    earlier = {"as_of_date": "2024-08-14", "shop_timezone": "Asia/Shanghai"}
    groups = []
    then = warehouse.build(SAMPLE, select="+fct_action_list", **earlier)
    for build in (sample_build, then):
        rows = build.query("select distinct customer_id, is_control from marts.fct_action_list")
        groups.append(dict(rows))
        assert 0.08 < sum(groups[-1].values()) / len(rows) < 0.12
        assert groups[-1] == {customer: in_control_group(customer) for customer, _ in rows}
    assert len(groups[0].keys() & groups[1].keys()) > 500
    assert groups[0].keys() != groups[1].keys()


def test_report_counts_leave_out_the_control_group(database: Path, sample_build: Build) -> None:
    """Customers and reachable customers of each action; the value is that of the reachable ones."""
    expected = {}
    for (_, customer), row in sample_build.by_key(
        "fct_action_list", "action_code", "customer_id"
    ).items():
        counts = expected.setdefault(row["action_en"], [0, 0, 0, 0])
        is_reachable = row["allowed_channel"] is not None
        if in_control_group(customer):
            counts[2] += 1
        else:
            counts[0] += 1
            counts[1] += is_reachable
            counts[3] += row["expected_value"] if is_reachable else 0
    with read_published(published_database(database)) as connection:
        ((day,),) = connection.execute("select as_of_date from marts.dim_shop").fetchall()
        rows = Answers(connection, "en", day).of_chapter("diagnosis")["lists"]
    columns = ("customers", "reachable_customers", "control_customers", "expected_value")
    assert {row["action"]: [row[column] for column in columns] for row in rows} == expected


def test_lists_are_sorted_by_value(command, tmp_path: Path) -> None:
    assert command("--action", "win_back") == 0
    assert {file.name for file in (tmp_path / "out").rglob("*.csv")} == {"win_back.csv"}
    worth = [float(row["expected_value"] or 0) for row in read(tmp_path / "out" / "win_back.csv")]
    assert len(worth) > 100 and worth == sorted(worth, reverse=True)


def test_lists_have_a_byte_order_mark_and_crlf(command, tmp_path: Path) -> None:
    assert command("--action", "recover_cart") == 0
    content = (tmp_path / "out" / "recover_cart.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcustomer_id,")
    assert "发送弃购提醒，协助完成结算".encode() in content
    assert content.count(b"\n") == content.count(b"\r\n") == 3
    assert (tmp_path / "out" / "control" / "recover_cart.csv").read_bytes() == (
        b"\xef\xbb\xbf" + ",".join(HEADER).encode() + b"\r\n"
    )


def test_no_cell_is_a_formula(command, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "hostile.duckdb"
    published_database(other).parent.mkdir()
    shutil.copyfile(published_database(database), published_database(other))
    formulas = ["=1+1", "+8613800000000", "-2", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1", "＋1"]
    formulas += ["－1", "＠a", '=HYPERLINK("http://x","y")']
    harmless = ["a=b", "C-1", "", " =1", "a; b", "00123", "12345678901234567890"]
    # Excel may split lines at semicolons, and then also at line breaks in a cell
    split = {"a;=1": "a;'=1", "a\n-1;+1": "a\n'-1;'+1", "\r\n@a": "'\r\n'@a"}
    with duckdb.connect(str(published_database(other))) as connection:
        template = "select * from marts.fct_action_list"
        template += " where allowed_channel is not null and not is_control limit 1"
        connection.execute(f"create or replace temp table template as {template}")
        connection.execute("delete from marts.fct_action_list")
        for number, text in enumerate([*formulas, *harmless, *split]):
            connection.execute(
                "insert into marts.fct_action_list select * replace ($1 as customer_id, 'win_back'"
                " as action_code, $2 as priority, $1 as suggested_product_name,"
                " -1.50 as expected_value) from template",
                [text, number],
            )
    assert command(database=other) == 0
    rows = read(tmp_path / "out" / "win_back.csv")
    expected = [*(f"'{text}" for text in formulas), *harmless, *split.values()]
    assert [row["customer_id"] for row in rows] == expected
    assert [row["suggested_product_name"] for row in rows] == expected
    # no cell of the raw bytes begins with a formula, whichever separator Excel expects
    content = (tmp_path / "out" / "win_back.csv").read_bytes().decode("utf-8-sig")
    cells = re.split(r'[\r\n;\t]"?|,"', content)
    assert [cell for cell in cells if re.match("[=+@＝＋＠－]|-(?!1.50,)", cell)] == []
    # a negative number is a number
    assert {row["expected_value"] for row in rows} == {"-1.50"}
    # a list that nobody is on today does not show the customers of yesterday
    assert read(tmp_path / "out" / "recover_cart.csv") == []


def test_default_folder_is_next_to_the_database(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    march = database.with_name("march.duckdb")
    shutil.copyfile(published_database(database), published_database(march))
    for built, folder in [(database, "actions"), (march, "march_actions")]:
        arguments = ["actions", "--action", "recover_cart", "--database", str(built)]
        assert run_cli(arguments, monkeypatch) == 0
        file = database.parent / folder / "recover_cart.csv"
        assert capsys.readouterr().out == f"{file}: 2 of 2 customers can be contacted\n"
        assert len(read(file)) == 2


# -- what goes wrong ------------------------------------------------------------------------------


def one_line(capsys: pytest.CaptureFixture[str], *parts: str) -> None:
    """Exactly one line is printed, with what happened and what to do."""
    printed = capsys.readouterr()
    (line,) = (printed.out + printed.err).splitlines()
    assert all(part in line for part in parts), line


def test_unknown_action_error_lists_the_known_ones(command, tmp_path, capsys) -> None:
    assert command("--action", "winback") == 1
    one_line(capsys, "winback is not an action", *ACTIONS)
    assert not (tmp_path / "out").exists()


def test_code_that_is_a_path_is_refused(command, database, tmp_path, capsys) -> None:
    """Also in a database that was built without the tests of the seeds."""
    own = tmp_path / "built" / "analytics.duckdb"
    published_database(own).parent.mkdir(parents=True)
    shutil.copyfile(published_database(database), published_database(own))
    with closing(duckdb.connect(str(published_database(own)))) as connection:
        connection.execute(
            "insert into marts.dim_labels values"
            " ('customer_action', '../../../outside', 'Outside', '外面')"
        )
    before = set(tmp_path.rglob("*"))
    assert command(database=own) == 1
    one_line(capsys, "'../../../outside' of", "cannot name a file", "customer_actions.csv")
    assert set(tmp_path.rglob("*")) == before


def test_missing_database_is_a_one_line_error(command, tmp_path, capsys) -> None:
    assert command(database=tmp_path / "no.duckdb") == 1
    one_line(capsys, "live/no.duckdb does not exist", "customer-analytics build")


def test_marts_of_an_older_version_are_rejected(command, tmp_path, capsys) -> None:
    old = tmp_path / "old.duckdb"
    published_database(old).parent.mkdir()
    duckdb.connect(str(published_database(old))).close()
    assert command(database=old) == 1
    one_line(capsys, "live/old.duckdb cannot be read", "dim_shop", "rebuild and publish")


def test_read_only_output_folder_is_an_error(command, database, capsys) -> None:
    # pytest's own folders are closed to the user that root becomes here
    with tempfile.TemporaryDirectory(prefix="actions") as name:
        own = Path(name) / "analytics.duckdb"
        published_database(own).parent.mkdir()
        shutil.copyfile(published_database(database), published_database(own))
        shut = Path(name) / "shut"
        shut.mkdir()
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o555)
        with no_privileges():
            assert command(database=own, out=shut) == 1
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o777)
    one_line(capsys, f"{shut} cannot be written (Permission denied)", "--out")


def test_output_folder_that_is_a_file_is_an_error(command, tmp_path, capsys) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert command(out=tmp_path / "note.txt" / "lists") == 1
    one_line(capsys, "lists cannot be written (Not a directory)", "--out")
