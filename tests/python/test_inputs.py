"""What is found in a folder of raw files, and that DuckDB reads every row of it."""

import csv
import gzip
import io
import json
import random
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from customer_analytics.contract import PROJECT, Column, Table, clean_name, read_contract
from customer_analytics.csv_inputs import csv_part, scan_csv
from customer_analytics.duckdb_plugin import Plugin
from customer_analytics.inputs import inspect_folder
from customer_analytics.raw_tables import InputError, identifier

ORDERS = "order_id,customer_id,ordered_at,paid_amount\n"
ROW = "o1,c1,2024-01-01,9.50\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return file


def read(folder: Path, table: str = "orders", columns: str = "*") -> list[tuple]:
    """The rows as the input views see them."""
    inputs = inspect_folder(folder)
    assert inputs.problems == []
    queries = [
        f"select {columns} from (select "
        + ", ".join(f"{identifier(raw.name)} as {name}" for name, raw in part.columns.items())
        + f" from {part.relation})"
        for part in inputs.tables[table].parts
    ]
    return duckdb.connect().execute(" union all by name ".join(queries)).fetchall()


def problem(folder: Path) -> str:
    """The one problem of a folder, which is one line and names its place."""
    inputs = inspect_folder(folder)
    assert len(inputs.problems) == 1, inputs.problems
    assert "\n" not in inputs.problems[0]
    assert str(folder) in inputs.problems[0]
    return inputs.problems[0]


# -- the contract ---------------------------------------------------------------------------------


def test_contract_has_sixteen_tables_and_only_orders_is_required():
    contract = read_contract()
    assert len(contract) == 16
    assert [table.name for table in contract.values() if table.required] == ["orders"]
    types = {column.data_type for table in contract.values() for column in table.columns.values()}
    assert types == {"text", "decimal", "integer", "timestamp", "date", "boolean"}
    assert all(set(table.key) <= set(table.columns) for table in contract.values())


def test_marts_named_by_the_contract_exist():
    marts = {}
    for file in (PROJECT / "models" / "marts").rglob("_*__models.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            marts[model["name"]] = {column["name"] for column in model.get("columns", [])}
    for table in read_contract().values():
        for opened in table.opens:
            mart, _, column = opened.partition(".")
            assert mart in marts, f"{table.name} opens {opened}"
            assert not column or column in marts[mart], f"{table.name} opens {opened}"


# -- which files hold a table ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz", "Orders.CSV", "orders/a.csv"])
def test_tables_are_found_under_each_file_name(tmp_path, name):
    write(tmp_path, name, ORDERS + ROW)
    assert read(tmp_path) == [("o1", "c1", "2024-01-01", "9.50")]


def test_a_parquet_file_and_a_folder_of_parquet_files_are_found(tmp_path):
    columns = {"order_id": ["a"], "ordered_at": ["2024-01-01"], "paid_amount": [1.5]}
    (tmp_path / "one").mkdir()
    pq.write_table(pa.table(columns), tmp_path / "one" / "orders.parquet")
    (tmp_path / "many" / "orders").mkdir(parents=True)
    for number in range(3):
        file = tmp_path / "many" / "orders" / f"part-{number}.parquet"
        pq.write_table(pa.table(columns), file)
    write(tmp_path, "many/orders/_SUCCESS", "")
    write(tmp_path, "many/orders/.part-0.parquet.crc", "crc")
    assert len(read(tmp_path / "one")) == 1
    assert len(read(tmp_path / "many")) == 3
    assert inspect_folder(tmp_path / "many").tables["orders"].rows == 3


def test_columns_of_many_files_are_matched_by_name(tmp_path):
    write(tmp_path, "orders/1.csv", ORDERS + ROW)
    write(tmp_path, "orders/2.csv", "paid_amount;ORDER_ID ; ordered_at\n1.00;o2;2024-01-02\n")
    write(tmp_path, "orders/3.csv.gz", "\ufeff" + ORDERS + "o3,c3,2024-01-03,3.00\n")
    rows = sorted(read(tmp_path, columns="order_id, paid_amount"))
    assert rows == [("o1", "9.50"), ("o2", "1.00"), ("o3", "3.00")]


def test_missing_folder_is_named(tmp_path):
    assert "does not exist" in problem(tmp_path / "nowhere")
    assert "a file, not a folder" in problem(write(tmp_path, "orders.csv", ORDERS))


def test_folder_without_orders_lists_its_files(tmp_path):
    write(tmp_path, "refunds.csv", "refund_id,refunded_at,refund_amount\nr,2024-01-01,1\n")
    write(tmp_path, "orders.xlsx", b"PK\x03\x04")
    line = problem(tmp_path)
    assert line.startswith("orders: ")
    assert "orders.xlsx" in line
    assert "refunds.csv" in line
    assert "customer-analytics convert" in line


def test_empty_folder_is_reported(tmp_path):
    assert "found: nothing" in problem(tmp_path)
    (tmp_path / "orders").mkdir()
    assert "found: orders/" in problem(tmp_path)


@pytest.mark.parametrize("other", ["orders.parquet", "orders.csv.gz", "ORDERS.csv", "orders/a.csv"])
def test_two_files_for_one_table_are_an_error(tmp_path, other):
    write(tmp_path, "orders.csv", ORDERS + ROW)
    if (tmp_path / other).exists():
        pytest.skip("the file system ignores case")
    write(tmp_path, other, ORDERS + ROW)
    assert "the same table twice" in problem(tmp_path)


def test_nested_folders_and_mixed_formats_are_an_error(tmp_path):
    write(tmp_path, "a/orders/year=2024/1.csv", ORDERS + ROW)
    assert "contains the folder year=2024" in problem(tmp_path / "a")
    write(tmp_path, "b/orders/1.csv", ORDERS + ROW)
    write(tmp_path, "b/orders/1.parquet", b"PAR1")
    assert "both Parquet and CSV" in problem(tmp_path / "b")


def test_paths_with_special_characters_are_read(tmp_path):
    folder = tmp_path / "it's [1] 中文 *"
    write(folder, "orders.csv", ORDERS + ROW)
    assert len(read(folder)) == 1


# -- headers --------------------------------------------------------------------------------------


def test_header_names_ignore_case_and_whitespace(tmp_path):
    write(tmp_path, "orders.csv", '" Order_ID",Ordered_At ,PAID_AMOUNT,extra\n1,2024-01-01,2,x\n')
    assert read(tmp_path) == [("1", "2024-01-01", "2")]
    assert inspect_folder(tmp_path).tables["orders"].extra_columns == ["extra"]


def test_duplicate_columns_are_an_error(tmp_path):
    write(tmp_path, "orders.csv", "order_id,ordered_at,paid_amount, Order_ID\n1,2024-01-01,2,3\n")
    assert problem(tmp_path).startswith("orders.order_id: ")
    names = ["order_id", "Order_id", "ordered_at", "paid_amount"]
    (tmp_path / "p").mkdir()
    pq.write_table(pa.table([["1"]] * 4, names=names), tmp_path / "p" / "orders.parquet")
    assert "2 columns of this name" in problem(tmp_path / "p")


def test_duplicate_extra_columns_are_allowed(tmp_path):
    write(tmp_path, "orders.csv", "order_id,ordered_at,paid_amount,x,X,\n1,2024-01-01,2,3,4,\n")
    assert len(read(tmp_path)) == 1


def test_missing_required_column_is_an_error(tmp_path):
    write(tmp_path, "orders.csv", ORDERS + ROW)
    write(tmp_path, "refunds.csv", "refund_id,date,refund_amount\nr,2024-01-01,1\n")
    line = problem(tmp_path)
    assert line.startswith("refunds.refunded_at: required column missing in")
    assert "found: refund_id, date, refund_amount" in line


def test_required_column_missing_in_one_file_is_an_error(tmp_path):
    write(tmp_path, "orders/1.csv", ORDERS + ROW)
    write(tmp_path, "orders/2.csv", "order_id,paid_amount\no2,1\n")
    line = problem(tmp_path)
    assert line.startswith("orders.ordered_at: ")
    assert "2.csv" in line


def test_every_problem_is_listed(tmp_path):
    write(tmp_path, "orders.csv", "order_id\n1\n")
    write(tmp_path, "events.csv", "")
    write(tmp_path, "reviews.csv", "review_id,created_at\nr,2024-01-01\n".encode("utf-16"))
    starts = [line.split(":")[0] for line in inspect_folder(tmp_path).problems]
    assert starts == ["orders.ordered_at", "orders.paid_amount", "events", "reviews"]


# -- empty and broken files -----------------------------------------------------------------------


def test_only_orders_must_have_rows(tmp_path):
    write(tmp_path, "a/orders.csv", ORDERS)
    assert "has a header but no rows" in problem(tmp_path / "a")
    write(tmp_path, "b/orders.csv", ORDERS + ROW)
    write(tmp_path, "b/refunds.csv", "refund_id,refunded_at,refund_amount\n")
    assert read(tmp_path / "b", "refunds") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orders.csv", b"", "is empty (0 bytes)"),
        ("orders.csv.gz", b"", "is empty (0 bytes)"),
        ("orders.csv", b"\n\n", "has no header"),
        ("orders.csv", b"\xef\xbb\xbf", "has no header"),
        ("orders.csv", bytes(range(256)) * 40, "is a binary file, not CSV"),
        ("orders.csv", b"PK\x03\x04" + bytes(50), "an Excel or zip file"),
        ("orders.csv", gzip.compress(ORDERS.encode(), mtime=0), "a gzip file"),
        ("orders.csv", b"PAR1....PAR1", "a Parquet file"),
        ("orders.csv", b"this is not a table\n", "found: this is not a table"),
        ("orders.parquet", b"", "empty, 0 bytes"),
        ("orders.parquet", b"this is not a table", "cannot be read as Parquet"),
        ("orders.parquet", b"PAR1" + bytes(100) + b"PAR1", "cannot be read as Parquet"),
    ],
    ids=range(12),
)
def test_unreadable_files_are_named(tmp_path, name, content, said):
    write(tmp_path, name, content)
    lines = inspect_folder(tmp_path).problems
    assert said in lines[0]
    assert str(tmp_path / name) in lines[0]
    assert all(line.startswith("orders") for line in lines)


def test_invalid_gzip_files_are_named(tmp_path):
    whole = gzip.compress((ORDERS + ROW * 1000).encode())
    (tmp_path / "orders.csv.gz").write_bytes(whole[:-20])
    assert "cannot be read" in problem(tmp_path)
    (tmp_path / "orders.csv.gz").write_bytes(ORDERS.encode())
    assert "cannot be read" in problem(tmp_path)


def test_corrupt_parquet_pages_are_found_before_the_build(tmp_path):
    rows = 10_000
    columns = {
        "order_id": [f"order {number}" for number in range(rows)],
        "ordered_at": ["2024-01-01"] * rows,
        "paid_amount": [random.random() for _ in range(rows)],
    }
    file = tmp_path / "orders.parquet"
    pq.write_table(pa.table(columns), file)
    content = bytearray(file.read_bytes())
    content[500:700] = bytes(255 - byte for byte in content[500:700])
    file.write_bytes(content)
    assert "cannot be read as Parquet" in problem(tmp_path)


@pytest.mark.parametrize(
    ("encoding", "text", "named"),
    [
        ("utf-16", "已付款", "utf-16"),
        ("utf-16-le", "paid", "utf-16-le"),
        ("gbk", "已付款,浙江省杭州市", "gb18030"),
        ("cp1252", "Müller,Köln", "cp1252"),
        ("big5", "已付款,臺北市", "big5"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_encoding_error_names_the_convert_command(tmp_path, encoding, text, named, ending):
    content = "order_id,ordered_at,paid_amount,status,city\n" + f"1,2024-01-01,2,{text}\n" * 30
    file = write(tmp_path, f"orders.csv{ending}", content.encode(encoding))
    line = problem(tmp_path)
    assert "is not UTF-8" in line
    assert named in line
    assert f"customer-analytics convert {file} FOLDER" in line


def test_invalid_bytes_are_found_anywhere(tmp_path):
    good = (ORDERS + ROW * 100_000).encode()
    write(tmp_path, "orders.csv", good + "o2,c2,2024-01-02,1,é\n".encode("latin-1"))
    assert f"byte {len(good) + 20:,}" in problem(tmp_path)


def test_characters_across_chunk_boundaries_are_read(tmp_path):
    header = "order_id,ordered_at,paid_amount,status\n"
    for shift in range(3):
        row = "1,2024-01-01,2," + "x" * shift + "付" * 400_000 + "\n"
        write(tmp_path, "orders.csv", header + row)
        assert len(read(tmp_path)) == 1


# -- every row is read ----------------------------------------------------------------------------

AS_WRITTEN = {
    "comma": "a,b,c\n1,2,3\n4,5,6\n",
    "semicolon": "a;b;c\n1,5;2;3\n",
    "tab": "a\tb\tc\n1,5\t2;x\t3\n",
    "mark at the start": "\ufeffa,b,c\n1,2,3\n",
    "windows line ends": "a,b,c\r\n1,2,3\r\n4,5,6\r\n",
    "old line ends": "a,b,c\r1,2,3\r4,5,6\r",
    "both line ends": "a,b,c\r\n1,2,3\n4,5,6\r\n7,8,9\n",
    "no last line end": "a,b,c\n1,2,3\n4,5,6",
    "line end in quotes": 'a,b,c\n1,"x\ny",3\n4,"\n\n",6\n7,8,9\n',
    "excel line end in quotes": 'a,b,c\r\n1,"x\ny",3\r\n4,5,6\r\n',
    "quotes": 'a,b,c\n1,"x, ""y""",3\n4,5" screen,6\n',
    "blank after quotes": 'a,b,c\n1,"x, y" ,3\n4,"5",6\n',
    "short lines": "a,b,c\n1\n1,2\n1,2,3\n",
    "long lines": "a,b,c\n1,2,3,4,5\n1,2,3\n1,2,3,\n",
    "long lines with quotes": 'a,b,c\n1,2,3,"x,y\nz"\n"4,4",5\n7,8,9\n',
    "longer header": "a,b,c,,\n1,2,3\n4,5,6\n",
    "blank lines": "a,b,c\n\n1,2,3\n\n\n4,5,6\n\n",
    "blank lines before": "\n\na,b,c\n1,2,3\n",
    "words for nothing": 'a,b,c\nNULL,null,NaN\n"","",x\nNone,N/A,-\n',
    "hash in front": "a,b,c\n#1,2,3\n4,5,6\n",
    "one column": "a\n1\n2\n",
    "one column, blank line": "a\n1\n\n2\n\n",
    "header only": "a,b,c\n",
    "zero byte": "a,b,c\n1,x\x00y,3\n" + "4,5,6\n" * 30,
}


def expected_rows(text: str, delimiter: str) -> list[tuple]:
    """The rows as Python's csv module sees them, padded or cut to the header."""
    cleaned = re.sub(f'" +(?=[{delimiter}\r\n]|$)', '"', text.lstrip("\ufeff"))
    records = csv.reader(io.StringIO(cleaned, newline=""), delimiter=delimiter)
    header, *rows = [record for record in records if record]
    width = len([name for name in header if name])
    return [tuple(value.strip(" ") for value in (row + [""] * width)[:width]) for row in rows]


def found_rows(file: Path, columns: list[str], buffer_size: int = 0) -> list[tuple]:
    table = Table("orders", "", {name: Column(name, "text") for name in columns})
    layout, counted = scan_csv(file, table)
    relation = csv_part(table, layout, [file]).relation
    if buffer_size and not layout.buffer_size:
        options = f"buffer_size={buffer_size}, max_line_size={buffer_size}, columns="
        relation = relation.replace("columns=", options)
    names = ", ".join(map(identifier, columns))
    rows = duckdb.connect().execute(f"select {names} from {relation}").fetchall()
    assert counted == len(rows)
    return [tuple((value or "").strip(" ") for value in row) for row in rows]


@pytest.mark.parametrize("text", AS_WRITTEN.values(), ids=AS_WRITTEN.keys())
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_every_row_is_read_as_written(tmp_path, text, ending):
    file = write(tmp_path, f"orders.csv{ending}", text)
    delimiter = next((mark for mark in ";\t" if mark in text.split("\n", 1)[0]), ",")
    header = next(line for line in re.split("[\r\n]", text.lstrip("\ufeff")) if line)
    columns = [name for name in header.split(delimiter) if name]
    rows = found_rows(file, columns)
    if len(columns) == 1:
        # blank lines of a single column may count as rows without a value
        rows = [row for row in rows if row != ("",)]
    assert rows == expected_rows(text, delimiter)


def random_csv(choose: random.Random) -> tuple[str, str, list[str]]:
    """A CSV file with any mixture of what exports do, its delimiter and its columns."""
    width, delimiter = choose.choice([(1, ","), (2, ";"), (5, ","), (5, "\t")])
    quotes, lines_in_quotes = choose.random() < 0.6, choose.random() < 0.4
    ragged, has_blank_lines = choose.random() < 0.5, choose.random() < 0.2
    ends = choose.choice([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n"]])
    words = ["", "NULL", "x y", "中文" * 7, "12.5", '5" s', "z" * 120, "it's", " lead", "trail "]

    def value(row: int, column: int) -> str:
        text = f"k{row}" if column == 0 else choose.choice(words)
        if not quotes or choose.random() < 0.7:
            return text
        more = [delimiter, '"', ' "', ""] + ["\n", "\r\n", "\n\n"] * lines_in_quotes
        return '"' + (text + choose.choice(more) + "x").replace('"', '""') + '"'

    columns = [f"h{number}" for number in range(width)]
    lines = [delimiter.join(columns)]
    for row in range(choose.choice([0, 1, 3, 50, 1500])):
        cells = choose.randint(1, width + 4) if ragged and choose.random() < 0.2 else width
        lines.append(delimiter.join(value(row, column) for column in range(cells)))
        lines += [""] * (has_blank_lines and choose.random() < 0.1)
    text = "".join(line + choose.choice(ends) for line in lines)
    return (text if choose.random() < 0.5 else text.rstrip("\r\n")), delimiter, columns


@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 200, 50)])
def test_random_files_lose_no_row(tmp_path, seeds):
    """Against Python's csv module; small buffers, so that rows lie across their ends."""
    for seed in seeds:
        choose = random.Random(seed)
        text, delimiter, columns = random_csv(choose)
        file = write(tmp_path, f"{seed}.csv", text)
        rows = found_rows(file, columns, buffer_size=choose.choice([0, 2000, 4096, 20_000]))
        expected = expected_rows(text, delimiter)
        if len(columns) == 1:
            rows = [row for row in rows if row != ("",)]
            expected = [row for row in expected if row != ("",)]
        assert rows == expected, f"seed {seed}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('2,"abc,3', "is never closed"),
        ('2,"5" screen",3', "closes in the middle of a value"),
        ('2,"5\\" screen",3', "closes in the middle of a value"),
    ],
)
def test_unbalanced_quotes_are_an_error(tmp_path, line, said):
    file = write(tmp_path, "orders.csv", f"order_id,b,c\n1,2,3\n{line}\n4,5,6\n7,8,9\n")
    with pytest.raises(InputError, match=f"the quote opened on line 3 {said}"):
        scan_csv(file, read_contract()["orders"])


def test_rows_that_duckdb_would_lose_are_an_error(tmp_path):
    """A lone carriage return within a value of a file with other line ends."""
    file = write(tmp_path, "orders.csv", "order_id,b\r\n" + "1,x\ry\r\n" * 50)
    with pytest.raises(InputError, match=r"mixed line endings.*convert"):
        scan_csv(file, read_contract()["orders"])


def test_very_long_texts_are_read(tmp_path):
    review = "好" * 1_500_000
    write(tmp_path, "orders.csv", ORDERS + ROW)
    content = f'review_id,created_at,review_text\n1,2024-01-01,"{review}"\n2,2024-01-02,ok\n'
    write(tmp_path, "reviews.csv", content)
    assert [len(row[0]) for row in read(tmp_path, "reviews", "review_text")] == [1_500_000, 2]


# -- Parquet types --------------------------------------------------------------------------------


def test_parquet_files_with_different_types_are_separate_parts(tmp_path):
    (tmp_path / "orders").mkdir()
    times = {"ordered_at": ["2024-01-01"]}
    first = pa.table({"order_id": [1], "paid_amount": [1.5], **times})
    second = pa.table({"Order_ID": ["a"], "paid_amount": ["2.5"], "x": [1], **times})
    pq.write_table(first, tmp_path / "orders" / "1.parquet")
    pq.write_table(second, tmp_path / "orders" / "2.parquet")
    table = inspect_folder(tmp_path).tables["orders"]
    types = [part.columns["paid_amount"].type for part in table.parts]
    assert types == ["DOUBLE", "VARCHAR"]
    assert table.rows == 2
    assert table.extra_columns == ["x"]


def test_binary_parquet_columns_are_read_as_text(tmp_path):
    columns = {"order_id": [b"a"], "ordered_at": ["2024-01-01"], "paid_amount": [1]}
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet")
    assert read(tmp_path, columns="order_id") == [("a",)]


def test_nested_parquet_columns_are_supported(tmp_path):
    columns = {
        "lines": [[{"order_id": 1, "sku": "x"}]],
        "order_id": ["a"],
        "ordered_at": ["2024-01-01"],
        "paid_amount": [1],
    }
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet")
    assert read(tmp_path, columns="order_id") == [("a",)]
    assert inspect_folder(tmp_path).tables["orders"].extra_columns == ["lines"]


# -- the plugin -----------------------------------------------------------------------------------


def test_the_plugin_describes_a_folder_as_json(tmp_path):
    write(tmp_path, "orders.csv", ORDERS + ROW)
    connection = duckdb.connect()
    Plugin("inputs", {}).configure_connection(connection)

    def inspected(folder: Path) -> dict:
        query = "select inspect_inputs(?, '')"
        return json.loads(connection.execute(query, [str(folder)]).fetchall()[0][0])

    found = inspected(tmp_path)
    assert found["location"] == str(tmp_path)
    assert found["problems"] == []
    assert list(found["tables"]["orders"]["parts"][0]["columns"]) == [
        clean_name(name) for name in ORDERS.strip().split(",")
    ]
    assert "does not exist" in inspected(tmp_path / "nowhere")["problems"][0]
