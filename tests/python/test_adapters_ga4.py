"""The adapter of GA4: its rules on the fixture, worked out by hand."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from adapters import FIXTURES, by_key, converted, read_rows

from customer_analytics.adapters.convert import convert_exports
from customer_analytics.raw_tables import InputError

GA4 = FIXTURES / "ga4"
NESTED = GA4 / "events_20240310.json"
ADA = "1111.1710064800"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The events of the fixture."""
    return converted("ga4", tmp_path_factory.mktemp("ga4"))["events"]


def events_of(folder: Path, *files: Path) -> Rows:
    """The events of some files only."""
    (folder / "exports").mkdir()
    for file in files:
        shutil.copy(file, folder / "exports")
    return convert_folder(folder)


def convert_folder(folder: Path) -> Rows:
    convert_exports(folder / "exports", folder / "shop", ["ga4"], overwrite=True)
    return read_rows(folder / "shop" / "events.csv")


def write_events(folder: Path, records: Iterable[dict]) -> Rows:
    """The events made of records, which are written as JSON lines."""
    (folder / "exports").mkdir(exist_ok=True)
    text = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "exports" / "events.json").write_text(text, encoding="utf-8")
    return convert_folder(folder)


def parameters(**values: str | int) -> list[dict]:
    return [
        {"key": key, "value": {"int_value" if isinstance(value, int) else "string_value": value}}
        for key, value in values.items()
    ]


def page_view(user: str, session: int, **values: str | int) -> dict:
    """An event with its session and other parameters."""
    return {
        "event_timestamp": 1710064800000000 + session,
        "event_name": "page_view",
        "user_pseudo_id": user,
        "event_params": parameters(ga_session_id=session, **values),
    }


def sources(rows: Rows) -> dict[str, tuple[str, str, str]]:
    """The first source, medium and campaign of each session, as the marts take them."""
    found = {}
    for name in ("source", "medium", "campaign"):
        for row in rows:
            values = found.setdefault(row["session_id"], {})
            values[name] = values.get(name) or row[name]
    return {key: (row["source"], row["medium"], row["campaign"]) for key, row in found.items()}


def test_no_event_is_lost(events: Rows) -> None:
    """One row per event, and one per item where an event views or adds several."""
    written = NESTED.read_text(encoding="utf-8").splitlines()
    nested = [row for row in events if row["occurred_at"].startswith("2024")]
    # add_to_cart has two items, one of them twice
    assert (len(written), len(nested)) == (18, 19)
    # ga4_jan2021.csv: four events, one with two items; ga4_flat.csv: four events
    assert len(events) == 19 + 5 + 4


def test_times_are_utc(events: Rows) -> None:
    """Microseconds since 1970, worked out with Python; times that a query has formatted too."""
    for line in NESTED.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=int(record["event_timestamp"])
        )
        text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
        assert any(
            row["occurred_at"] == text and row["event_name"] == record["event_name"]
            for row in events
        )
    purchase = next(row for row in events if row["order_id"] == "#1002")
    # 10:00 and 120.123456 seconds
    assert purchase["occurred_at"] == "2024-03-10T10:02:00.123456Z"
    flat = [row["occurred_at"] for row in events if row["visitor_id"] == "8888.1685610000"]
    assert flat == [
        "2023-06-01 09:00:00.250000 UTC",
        "2023-06-01 09:01:00 UTC",
        "2023-06-09 09:00:00Z",
        "2023-06-09T09:01:00.000000Z",
    ]


def test_products(events: Rows) -> None:
    """Only of events about single products; item_name where item_id is not set."""
    found = defaultdict(list)
    for row in events:
        if row["occurred_at"].startswith("2024") and row["product_id"]:
            found[row["event_name"]].append(row["product_id"])
    assert found == {"view_item": ["MUG-B", "Gift box"], "add_to_cart": ["MUG-B", "POT-1"]}


def test_people_and_sessions(events: Rows) -> None:
    """A session is a visitor and its number; a visitor without cookies has neither."""
    purchase = next(row for row in events if row["order_id"] == "#1002")
    assert purchase["visitor_id"] == ADA
    assert purchase["customer_id"] == "7000000000001"
    assert purchase["session_id"] == f"{ADA}-1710064800"
    assert (purchase["channel"], purchase["device"]) == ("WEB", "mobile")
    (refused,) = (row for row in events if not row["visitor_id"])
    assert (refused["session_id"], refused["source"]) == ("", "")
    (app,) = (row for row in events if row["channel"] == "ANDROID")
    assert (app["event_name"], app["page"]) == ("screen_view", "Cart")


def test_sources_of_sessions(events: Rows) -> None:
    """The collected source, never that of the first visit."""
    found = sources(events)
    assert found[f"{ADA}-1710064800"] == ("newsletter", "email", "spring")
    # first came from the newsletter, this time nothing was collected
    assert found[f"{ADA}-1710151200"] == ("(direct)", "(none)", "")
    # clicks on ads: recorded as organic, and with tags of their own
    assert found["2222.1710064900-1710064900"] == ("google", "cpc", "")
    assert found["6666.1710065000-1710065000"] == ("google", "paid_search", "brand")
    assert found["3333.1710065100-1710065100"] == ("m.facebook.com", "referral", "(referral)")


def test_own_parameter_named_source(events: Rows) -> None:
    """A source without a medium is not a traffic source."""
    (selected,) = (row for row in events if row["event_name"] == "select_item")
    assert selected["source"] == ""


def test_direct_needs_an_export_with_sources(tmp_path: Path) -> None:
    """Without any source in the export nothing says that a session is direct."""
    rows = write_events(tmp_path, [page_view("a", 1), page_view("b", 2)])
    assert [row["source"] for row in rows] == ["", ""]
    tagged = page_view("c", 3, source="google", medium="organic")
    rows = write_events(tmp_path, [page_view("a", 1), tagged])
    assert [row["source"] for row in rows] == ["(direct)", "google"]


def test_first_touch_counts_for_the_first_session_only(events: Rows) -> None:
    """An export that has only traffic_source says where the user's first visit came from."""
    found = sources([row for row in events if row["visitor_id"] == "8888.1685610000"])
    assert found == {
        "8888.1685610000-1685610000": ("bing", "cpc", "summer"),
        "8888.1685610000-1686301200": ("", "", ""),
    }


def test_one_row_per_parameter(events: Rows) -> None:
    """Two events of one moment stay two, although only their first rows say what they are."""
    rows = [row for row in events if row["visitor_id"] == "7777.1612090800"]
    assert sorted((row["event_name"], row["product_id"]) for row in rows) == [
        ("add_to_cart", "SKU-7"),
        ("add_to_cart", "SKU-8"),
        ("add_to_cart", "SKU-9"),
        ("page_view", ""),
        ("purchase", ""),
    ]
    assert {row["session_id"] for row in rows} == {"7777.1612090800-661084800"}
    assert sources(rows) == {"7777.1612090800-661084800": ("google", "organic", "(organic)")}
    # (not set) is no order
    assert {row["order_id"] for row in rows} == {""}


def test_one_row_per_parameter_with_repeated_columns(tmp_path: Path) -> None:
    """As a query with unnest writes them: every row has the event's own columns."""
    (tmp_path / "exports").mkdir()
    lines = ["event_timestamp,event_name,user_pseudo_id,event_params.key,"]
    lines[0] += "event_params.value.string_value,event_params.value.int_value"
    for name in ("page_view", "scroll"):
        lines += [
            f"1612090800000000,{name},u1,page_location,https://shop.invalid/,",
            f"1612090800000000,{name},u1,ga_session_id,,42",
        ]
    text = "\n".join(lines) + "\n"
    (tmp_path / "exports" / "rows.csv").write_text(text, encoding="utf-8")
    found = by_key(convert_folder(tmp_path), "event_name")
    assert set(found) == {"page_view", "scroll"}
    assert {(row["session_id"], row["page"]) for row in found.values()} == {
        ("u1-42", "https://shop.invalid/")
    }


def test_event_id(tmp_path: Path, events: Rows) -> None:
    """Batch fields tell events apart; the same events in two files have the same ids."""
    nested = [row for row in events if row["occurred_at"].startswith("2024")]
    given = [row["event_id"] for row in nested if row["event_id"]]
    assert len(given) == len(set(given)) == 17
    assert {row["visitor_id"] for row in nested if not row["event_id"]} == {"3333.1710065100"}
    copy = tmp_path / "events_20240310_again.json"
    shutil.copy(NESTED, copy)
    twice = events_of(tmp_path, NESTED, copy)
    assert {row["event_id"] for row in twice} == {row["event_id"] for row in nested}
    assert len(twice) == 2 * len(nested)


def test_all_layouts_of_nested_columns_are_equal(tmp_path: Path) -> None:
    """JSON lines, gzip, a JSON array, Parquet, and CSV with JSON text give the same events."""
    expected = events_of(tmp_path, NESTED)
    with duckdb.connect() as connection:
        connection.execute(
            f"create table events as select * from read_json('{NESTED}', sample_size=-1)"
        )
        source = "select * from events"
        as_text = (
            "select * replace (event_params::json as event_params, items::json as items,"
            " device::json as device, ecommerce::json as ecommerce,"
            " collected_traffic_source::json as collected_traffic_source) from events"
        )
        wrapped = as_text.replace("event_params::json", "{'event_params': event_params}::json")
        for name, query, options in (
            ("events.parquet", source, "format parquet"),
            ("events.json", source, "format json, array true"),
            ("events.jsonl.gz", source, "format json, compression gzip"),
            ("events.csv", as_text, "format csv, header"),
            ("wrapped.csv", wrapped, "format csv, header"),
        ):
            shutil.rmtree(tmp_path / "exports")
            (tmp_path / "exports").mkdir()
            connection.execute(f"copy ({query}) to '{tmp_path / 'exports' / name}' ({options})")
            assert convert_folder(tmp_path) == expected, name


def test_unreadable_parameters_are_reported(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """Python's notation is no JSON; the event is kept without its parameters."""
    (tmp_path / "exports").mkdir()
    text = "event_timestamp,event_name,user_pseudo_id,event_params\n"
    text += "1612090800000000,page_view,u1,[{'key': 'page_location'}]\n"
    (tmp_path / "exports" / "events.csv").write_text(text, encoding="utf-8")
    (row,) = convert_folder(tmp_path)
    assert (row["visitor_id"], row["page"]) == ("u1", "")
    assert "column event_params: 1 values are not valid JSON" in capfd.readouterr().out


def test_broken_json_stops(tmp_path: Path) -> None:
    """The message names the file and its line."""
    lines = NESTED.read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "events_broken.json"
    broken.write_text("\n".join([*lines, lines[0][:80]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"events_broken.json is malformed JSON"):
        events_of(tmp_path, broken)
