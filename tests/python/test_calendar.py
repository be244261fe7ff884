"""The calendar dim_dates, against Python's own and known dates of festivals."""

from calendar import day_abbr, month_abbr
from contextlib import closing
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from warehouse import Build, Warehouse, write_shop

from customer_analytics.report.axes import plain
from customer_analytics.report.charts import Charts
from customer_analytics.report.queries import Answers
from customer_analytics.report.wording import Wording

FIRST, LAST = date(2009, 1, 1), date(2035, 12, 31)
# as published by observatories and retailers
KNOWN = {
    "chinese_new_year": "2009-01-26 2013-02-10 2020-01-25 2024-02-10 2025-01-29 2027-02-06",
    "qixi": "2012-08-23 2020-08-25 2023-08-22 2024-08-10 2025-08-29",
    "black_friday": "2010-11-26 2013-11-29 2023-11-24 2024-11-29 2025-11-28",
    "cyber_monday": "2010-11-29 2013-12-02 2023-11-27 2024-12-02 2025-12-01",
    "mothers_day": "2011-05-08 2016-05-08 2022-05-08 2024-05-12 2026-05-10",
    "singles_day": "2009-11-11 2024-11-11",
    "double_12": "2024-12-12",
    "mid_year_618": "2024-06-18",
    "christmas": "2011-12-25",
    "valentines_day": "2024-02-14",
    "womens_day": "2024-03-08",
    "may_20": "2024-05-20",
}
# mean length of a lunar month, and a new moon (January 2000)
LUNAR_MONTH = timedelta(days=29.530588861)
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=ZoneInfo("UTC"))


@pytest.fixture(scope="module")
def calendar(warehouse: Warehouse) -> Build:
    """The calendar of a shop whose first and last order are 27 years apart."""
    rows = [
        {"order_id": day, "ordered_at": f"{day} 12:00:00", "paid_amount": "1"}
        for day in (FIRST, LAST)
    ]
    folder = warehouse.folder("27_years", lambda target: write_shop(target, {"orders": rows}))
    return warehouse.build(folder, select="+dim_dates", latest_date=LAST.isoformat())


def test_days_agree_with_python(calendar: Build) -> None:
    """Weeks, months, quarters and names of each day."""
    days = calendar.by_key("dim_dates", "calendar_date")
    assert len(days) == (LAST - FIRST).days + 1
    for day, row in days.items():
        quarter = (day.month + 2) // 3
        assert tuple(day.isocalendar()) == (row["iso_year"], row["iso_week"], row["weekday_number"])
        assert row["week"] == day - timedelta(days=day.weekday())
        assert row["month"] == day.replace(day=1) and row["month_number"] == day.month
        assert row["quarter_number"] == quarter
        assert row["quarter"] == date(day.year, 3 * quarter - 2, 1)
        assert row["year"] == date(day.year, 1, 1)
        assert row["is_weekend"] == (day.weekday() > 4)
        assert (row["weekday_en"], row["month_en"]) == (
            day_abbr[day.weekday()],
            month_abbr[day.month],
        )
        assert row["weekday_zh"] == "周" + "一二三四五六日"[day.weekday()]
        assert row["month_zh"] == f"{day.month} 月"


def test_shopping_days_of_known_years(calendar: Build) -> None:
    """Each shopping day once a year; only Chinese New Year 2010 takes the place of another."""
    days = calendar.by_key("dim_dates", "calendar_date")
    found = {day: row["shopping_day"] for day, row in days.items() if row["shopping_day"]}
    assert set(found.values()) == set(KNOWN)
    for code, dates in KNOWN.items():
        for day in map(date.fromisoformat, dates.split()):
            assert found[day] == code
    years = range(FIRST.year, LAST.year + 1)
    for code in KNOWN:
        missing = {2010} if code == "valentines_day" else set()
        assert sorted(day.year for day in found if found[day] == code) == sorted(
            set(years) - missing
        )
    assert found[date(2010, 2, 14)] == "chinese_new_year"
    assert all(row["shopping_day_zh"] for row in days.values() if row["shopping_day"])


def test_lunar_festivals_follow_the_moon(calendar: Build) -> None:
    """Chinese New Year is a day of new moon between 21 January and 20 February; Qixi the seventh
    day of a lunar month in August."""
    for day, code in calendar.query(
        "select calendar_date, shopping_day from marts.dim_dates"
        " where shopping_day in ('chinese_new_year', 'qixi')"
    ):
        is_new_year = code == "chinese_new_year"
        first, last = ((1, 21), (2, 20)) if is_new_year else ((8, 1), (8, 31))
        assert first <= (day.month, day.day) <= last
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
        age = (noon - timedelta(days=0 if is_new_year else 6) - NEW_MOON) / LUNAR_MONTH % 1
        # the true new moon is up to 14 hours from the mean one, and the day has 12 more
        assert min(age, 1 - age) * LUNAR_MONTH < timedelta(hours=26), day


@pytest.mark.parametrize(
    ("language", "november"),
    [("en", "Singles' Day (11.11), Black Friday"), ("zh", "双 11、黑五")],
)
def test_sales_chart_names_shopping_days(sample_build: Build, language: str, november: str) -> None:
    """In the table and where the mouse is over a column; no month is lost or doubled."""
    with closing(duckdb.connect(str(sample_build.database), read_only=True)) as connection:
        answers = Answers(connection, language, date(2024, 12, 30))
        sales = answers.of_chapter("overview")["sales"]
    months = [row["month"] for row in sales]
    assert months == [date(2023 + number // 12, number % 12 + 1, 1) for number in range(10, 23)]
    assert sales[-1]["shopping_days"] == november
    # September and October have none
    assert sales[-2]["shopping_days"] is None
    charts = Charts(Wording(language, "CNY"))
    (bars,) = charts.columns(sales, "month", "net_amount", "money", notes="shopping_days")["data"]
    assert bars["hovertext"][-1].endswith(plain(f" · {november}"))
    assert "·" not in bars["hovertext"][-2]
