"""The report shows what the marts hold, in both languages, on any screen, without a network."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Any

import browser as chrome
import duckdb
import pytest
from conftest import skip
from playwright.sync_api import Browser
from publishing import public_tables
from test_bad_input import run_cli
from warehouse import SAMPLE, Build, Warehouse, read_shop, write_shop

from customer_analytics.errors import FileError
from customer_analytics.publish import publish, published_database
from customer_analytics.report import site
from customer_analytics.report.queries import read_questions
from customer_analytics.report.site import CHAPTERS, report_folder, write_report
from customer_analytics.report.wording import LANGUAGES, read_texts

MARKUP = '<b>Best</b> <img src="x" onerror="document.title=1"> & %{x} "offer"'
CHINESE = re.compile(r"[\u3400-\u9fff]+")
# abbreviations that Chinese readers use too, names of columns, and the name of the project
NAMES = {
    "ABC",
    "AUC",
    "Brier",
    "Shapley",
    "UTC",
    "customer",
    "analytics",
    "dbt",
    "docs",
    "generate",
    "static",
}
NAMES |= {"Kaplan", "Meier", "Excel", "ROI", "RFM", "AARRR", "session"}


def publish_copy(database: Path, folder: Path) -> Path:
    """Publish a copy of a finished build; return the published database."""
    copy = folder / "analytics.duckdb"
    shutil.copyfile(database, copy)
    publish(copy, public_tables(copy))
    return published_database(copy)


def day_shop(folder: Path, customers: int, days: int) -> Path:
    """A shop of which there is nothing but orders: one of each customer every twelfth day."""
    rows = [
        {
            "order_id": f"o{day}-{customer}",
            "customer_id": f"c{customer}",
            "ordered_at": date(2024, 1, 1) + timedelta(days=12 * day),
            "paid_amount": f"{10 + customer}.50",
        }
        for day, customer in product(range(days), range(customers))
    ]
    return write_shop(folder, {"orders": rows})


def orders_only(folder: Path) -> Path:
    """The sample without anything but its orders."""
    folder.mkdir()
    shutil.copy(SAMPLE / "orders.csv", folder)
    return folder


@pytest.fixture(scope="module")
def published(sample_build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published sample, with its report."""
    file = publish_copy(sample_build.database, tmp_path_factory.mktemp("report"))
    write_report(file, report_folder(file))
    return file


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Headless Chromium; skips where it is not installed."""
    if chrome.CHROMIUM is None:
        skip("Chromium is not installed (no chromium on the PATH): the report is not looked at")
    with chrome.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def shown(published: Path, chromium: Browser) -> Iterator[Callable[..., chrome.Opened]]:
    """The pages of the sample, loaded once per width; a test that changes a page opens its own."""
    with ExitStack() as stack:

        @cache
        def page(language: str, width: str = "desktop") -> chrome.Opened:
            file = report_folder(published) / f"{language}.html"
            return stack.enter_context(chrome.opened(chromium, file, chrome.WIDTHS[width]))

        yield page


@pytest.fixture(scope="module", params=["five customers", "one day", "orders only"])
def odd_report(
    request: pytest.FixtureRequest, warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The report of a shop that has little to report."""
    writers = {
        "five customers": lambda folder: day_shop(folder, customers=5, days=20),
        "one day": lambda folder: day_shop(folder, customers=40, days=1),
        "orders only": orders_only,
    }
    build = warehouse.build(warehouse.folder(request.param, writers[request.param]))
    file = publish_copy(build.database, tmp_path_factory.mktemp("odd"))
    # CPU time of all threads, because other tests run at the same time
    started = time.process_time()
    write_report(file, report_folder(file))
    assert time.process_time() - started < 15
    return report_folder(file)


# -- what a reader sees ---------------------------------------------------------------------------


def problems(page: chrome.Opened) -> dict[str, list]:
    """Whatever a reader of a page would stumble over."""
    found = {
        "complaints": page.complaints,
        "empty charts": page.ask(chrome.EMPTY_CHARTS),
        "clipped words": page.ask(chrome.CLIPPED),
        "overlapping labels": page.ask(chrome.OVERLAPPING),
        "broken links": page.ask(chrome.BROKEN_LINKS),
        "overflow": page.ask(chrome.OVERFLOW),
    }
    return {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("width", chrome.WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_render_without_errors(
    shown: Callable[..., chrome.Opened], language: str, width: str
) -> None:
    assert problems(shown(language, width)) == {}


# what only a program would say
SILLY = re.compile(
    r"[+-]0(\.0+)?(%| pp| 个)|\b(None|nan|inf)\b|[{}]|,,|，，|\(–\)|（–）|[:：] –[.。]"
    r"|\b1 (customers|orders|tables|inputs|rows|findings|metrics|things|channels|days)\b"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_shops_render_without_errors(
    odd_report: Path, chromium: Browser, language: str
) -> None:
    with chrome.opened(chromium, odd_report / f"{language}.html") as page:
        assert problems(page) == {}
        page.resize(chrome.WIDTHS["phone"])
        assert problems(page) == {}
        sentences_shown = page.ask(chrome.SENTENCES)
    assert len(sentences_shown) > 10
    assert [text for text in sentences_shown if SILLY.search(text)] == []


def metric_cards(page: str) -> list[str]:
    """The cards of headline metrics on the first page."""
    return re.findall(r'<div class="card kpi">.*?</div>', page, re.S)


FIRST_PAGE = {
    "en": ("See the finding: ", "No finding explains this.", "No rule is triggered."),
    "zh": ("相关异常：", "暂无异常可以解释。", "暂无规则触发"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_metrics_that_got_worse_name_their_finding(published: Path, language: str) -> None:
    """New customers are down by 42% on last year, which a rule found; others have no finding."""
    page = (report_folder(published) / f"{language}.html").read_text(encoding="utf-8")
    explained, unexplained, none = FIRST_PAGE[language]
    worse = [card for card in metric_cards(page) if 'class="bad"' in card]
    assert worse and all((explained in card) != (unexplained in card) for card in worse)
    label = {"en": "New customers", "zh": "新客数"}[language]
    (card,) = [card for card in worse if f"<h3>{label}</h3>" in card]
    assert explained + {"en": "New customers down", "zh": "新客数同比下降"}[language] in card
    assert any(unexplained in card for card in worse)
    assert none not in page


@pytest.mark.parametrize("is_worse", [True, False])
def test_all_is_well_only_if_no_metric_got_worse(
    published: Path, tmp_path: Path, is_worse: bool
) -> None:
    """The sample without its findings, and also without its declines."""
    copy = tmp_path / "analytics.duckdb"
    shutil.copyfile(published, copy)
    shutil.copyfile(published.with_name(f"{published.name}.json"), f"{copy}.json")
    with duckdb.connect(str(copy)) as connection:
        connection.execute("delete from marts.rpt_findings")
        if not is_worse:
            connection.execute(
                "update marts.rpt_kpis set previous_value = null, year_ago_value = null,"
                " change = null, yoy_change = null"
            )
    write_report(copy, tmp_path / "report")
    for language, (explained, unexplained, none) in FIRST_PAGE.items():
        page = (tmp_path / "report" / f"{language}.html").read_text(encoding="utf-8")
        worse = [card for card in metric_cards(page) if 'class="bad"' in card]
        assert bool(worse) == is_worse
        assert all(unexplained in card for card in worse)
        assert explained not in page
        assert (none in page) != is_worse


def test_every_chapter_has_content(shown: Callable[..., chrome.Opened]) -> None:
    page = shown("en").page
    for chapter in CHAPTERS:
        assert page.locator(f"#{chapter} :is(.chart, table)").count() > 0, chapter
    # the sample has every input and a history that is long enough
    assert page.locator(".nothing").count() == 0


def test_printed_pages_contain_the_charts(published: Path, chromium: Browser) -> None:
    with chrome.opened(chromium, report_folder(published) / "zh.html") as page:
        page.page.emulate_media(media="print")
        page.page.set_viewport_size({"width": 690, "height": 900})
        page.ask("() => window.dispatchEvent(new Event('beforeprint'))")
        assert page.ask(chrome.CLIPPED) == []
        assert page.ask(chrome.OVERFLOW) == 0
        assert page.page.pdf()[:4] == b"%PDF"


def test_both_pages_link_each_other_and_load_no_missing_file(published: Path) -> None:
    folder = report_folder(published)
    for language in LANGUAGES:
        page = (folder / f"{language}.html").read_text(encoding="utf-8")
        linked = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
        files = {name for name in linked if not name.startswith("data:")}
        other = "zh.html" if language == "en" else "en.html"
        assert other in files
        assert all((folder / name).is_file() for name in files)
    assert not list(folder.glob("**/*.map"))


# -- words ----------------------------------------------------------------------------------------


def leaves(texts: dict, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """The keys of a catalogue with the placeholders of their sentences; plurals are one."""
    for key, entry in texts.items():
        sentences = [entry]
        if isinstance(entry, dict):
            if "other" not in entry:
                yield from leaves(entry, f"{path}.{key}")
                continue
            sentences = list(entry.values())
        names = {name for text in sentences for _, name, _, _ in Formatter().parse(text) if name}
        yield f"{path}.{key}", names


def sentences(texts: dict) -> Iterator[str]:
    """All sentences of a catalogue."""
    for entry in texts.values():
        if isinstance(entry, dict):
            yield from sentences(entry)
        else:
            yield entry


def test_both_languages_have_the_same_keys() -> None:
    english, chinese = (dict(leaves(read_texts(language))) for language in LANGUAGES)
    assert english == chinese
    assert len(english) > 200


def test_each_catalogue_uses_one_language() -> None:
    """Whatever a page shows only now and then, too."""
    texts = {language: list(sentences(read_texts(language))) for language in LANGUAGES}
    assert [text for text in texts["en"] if CHINESE.search(text)] == []
    words = latin([re.sub(r"{\w+}", "", text) for text in texts["zh"]])
    assert words - NAMES == set()


def test_every_text_is_used() -> None:
    """Keys of columns and marts are composed; all others are written in a template."""
    files = [*site.HERE.glob("**/*.j2"), *site.HERE.glob("*.py")]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    for key, _ in leaves(read_texts("en")):
        name = key.removeprefix(".")
        if not name.startswith(("column.", "marts.")):
            parent, _, leaf = name.rpartition(".")
            whole = re.search(rf"""["']{re.escape(name)}["']""", code) is not None
            assert whole or (f'"{parent}"' in code and leaf.startswith(("title", "says"))) or (
                leaf == "chapter" and parent in CHAPTERS
            ), name  # fmt: skip


def test_all_marts_are_described_in_both_languages(sample_build: Build) -> None:
    tables = {name.split(".")[1] for name in public_tables(sample_build.database)}
    for language in LANGUAGES:
        assert tables <= set(read_texts(language)["marts"])


def words_of_data(published: Path) -> set[str]:
    """All texts that the shop gave, and the Chinese labels of the seeds."""
    given = [
        "select product_name from marts.rpt_products",
        "select brand from marts.rpt_products",
        "select category from marts.rpt_products",
        "select value from marts.rpt_customer_portrait",
        "select dimension_value from marts.rpt_funnel",
        "select source from marts.rpt_traffic_sources",
        "select value from audit.audit_unmapped_values",
        "select input from audit.audit_row_ledger",
    ]
    with duckdb.connect(str(published), read_only=True) as connection:
        return {word for query in given for (word,) in connection.execute(query).fetchall() if word}


def words_of_seeds(published: Path) -> set[str]:
    """Chinese labels of the seeds, which hold names such as iOS."""
    with duckdb.connect(str(published), read_only=True) as connection:
        labels = connection.execute("select label_zh from marts.dim_labels").fetchall()
        return {word for (word,) in labels}


def latin(texts: set[str] | list[str]) -> set[str]:
    """The words in Latin letters of some texts."""
    return {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}


def test_the_chinese_page_has_no_english_word(
    published: Path, shown: Callable[..., chrome.Opened]
) -> None:
    words = latin(shown("zh").ask(chrome.WORDS))
    assert (
        words - NAMES - latin(words_of_data(published)) - latin(words_of_seeds(published)) == set()
    )


def test_the_english_page_has_no_chinese_word(
    published: Path, shown: Callable[..., chrome.Opened]
) -> None:
    found = {run for text in shown("en").ask(chrome.WORDS) for run in CHINESE.findall(text)}
    given = {run for text in words_of_data(published) for run in CHINESE.findall(text)}
    # a label of two lines is cut in the middle of a name
    assert {run for run in found if not any(run in name for name in given)} == set()


def test_markup_in_names_is_escaped(published: Path, chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "live" / published.name
    file.parent.mkdir()
    shutil.copyfile(published, file)
    with duckdb.connect(str(file)) as connection:
        for table, column in [
            ("rpt_products", "product_name"),
            ("rpt_products", "category"),
            ("rpt_products", "brand"),
            ("fct_order_items", "category"),
            ("rpt_category_cycles", "category"),
            ("rpt_traffic_sources", "source"),
            ("rpt_funnel", "funnel"),
            ("rpt_kpis", "dimension_value_en"),
            ("rpt_kpis", "dimension_value_zh"),
        ]:
            connection.execute(f"update marts.{table} set {column} = $1 || {column}", [MARKUP])
    write_report(file, report_folder(file))
    for language in LANGUAGES:
        with chrome.opened(chromium, report_folder(file) / f"{language}.html") as page:
            assert page.complaints == []
            assert page.ask("() => document.querySelectorAll('img, main b, svg a').length") == 0
            texts = page.ask(
                "() => [...document.querySelectorAll('svg text')].map(t => t.textContent)"
            )
            assert any("<b>Best</b>" in text for text in texts)
            assert MARKUP in page.text()


# -- figures --------------------------------------------------------------------------------------


def compact(amount: float) -> str:
    """An amount of yuan as English readers write it, worked out apart from Babel."""
    if abs(amount) < 1000:
        return f"CN¥{amount:,.2f}"
    if abs(amount) < 10_000:
        return f"CN¥{amount:,.0f}"
    for limit, letter in ((1e6, "M"), (1e3, "K")):
        if abs(amount) >= limit:
            return f"CN¥{amount / limit:.1f}".removesuffix(".0") + letter
    raise AssertionError(amount)


def per_cent(share: float) -> str:
    """A share as the report writes it."""
    return f"{100 * share:.1f}%" if 0 < share < 0.0995 else f"{100 * share:.0f}%"


def test_sentences_match_the_marts(published: Path, shown: Callable[..., chrome.Opened]) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:

        def one(query: str) -> tuple:
            return connection.execute(query).fetchall()[0]

        customers, active, at_risk, churned, warned = one(
            "select count(*), count_if(not is_churned and not is_at_risk), count_if(is_at_risk),"
            " count_if(is_churned), count_if(is_churn_warning) from marts.fct_customer_churn"
        )
        (warned_amount,) = one(
            "select sum(monetary_amount) from marts.fct_customer_rfm where customer_id in"
            " (select customer_id from marts.fct_customer_churn where is_churn_warning)"
        )
        # the sample ends on 30 December: November is its newest complete month
        days, days_before, days_year_ago, running, running_before, running_year_ago = (
            one(
                "select sum(net_amount) from marts.fct_orders"
                f" where is_valid and order_date between '{first}' and '{last}'"
            )[0]
            for first, last in (
                ("2024-12-03", "2024-12-30"),
                ("2024-11-05", "2024-12-02"),
                ("2023-12-03", "2023-12-30"),
                ("2024-12-01", "2024-12-30"),
                ("2024-11-01", "2024-11-30"),
                ("2023-12-01", "2023-12-30"),
            )
        )
        november, october, year_ago = (
            one(
                "select sum(net_amount), count(*), sum(refunded_amount) / sum(goods_amount)"
                " from marts.fct_orders"
                f" where is_valid and strftime(order_date, '%Y-%m') = '{month}'"
            )
            for month in ("2024-11", "2024-10", "2023-11")
        )
        changes = [f"{100 * (november[0] / before[0] - 1):+.1f}%" for before in (october, year_ago)]
        points = [f"{100 * (november[2] - before[2]):+.1f} pp" for before in (october, year_ago)]
        (top_20,) = one(
            "with ranked as (select monetary_amount, row_number() over (order by monetary_amount"
            " desc) as position, count(*) over () as buyers from marts.fct_customer_rfm"
            " where frequency > 0) select sum(monetary_amount) filter (position <= 0.2 * buyers)"
            " / sum(monetary_amount) from ranked"
        )
        tier_customers, tier_amount, all_amount = one(
            "select count_if(value_tier = 'high_value'), sum(monetary_amount) filter (value_tier ="
            " 'high_value'), sum(monetary_amount) from marts.fct_customer_rfm"
        )
        rows, rejected = one("select sum(rows_in), sum(rows_rejected) from audit.audit_row_ledger")
    text = re.sub(r"\n+", "\n", shown("en").text())
    for sentence in [
        f"As of December 30, 2024, {customers:,} customers have an order:"
        f" {active} active, {at_risk} at risk, {churned} churned. Key customers at risk:"
        f" {warned}, with {compact(float(warned_amount))} of net sales in the last 12 months.",
        f"Net sales in Nov 2024: {compact(float(november[0]))} from {november[1]} orders,"
        f" {changes[0]} vs previous month and {changes[1]} vs same month last year.",
        "The top 20% of the customers who bought in the last 12 months account for"
        f" {per_cent(float(top_20))} of net sales.",
        f"High value tier: {tier_customers} customers"
        f" ({per_cent(tier_customers / customers)} of all) account for"
        f" {per_cent(float(tier_amount / all_amount))} of net sales in the last 12 months.",
        f"{rows:,} rows were read from 16 tables, {rejected} rejected with a reason. Rows and"
        " amounts reconcile.",
        # cards say the same
        f"Net sales\n{compact(float(days))}\n28 days to December 30, 2024\n"
        f"{100 * (days / days_before - 1):+.1f}% vs previous 28 days\n"
        f"{100 * (days / days_year_ago - 1):+.1f}% vs same days last year\n"
        f"{compact(float(november[0]))}\nNov 2024\n"
        f"{changes[0]} vs previous month\n{changes[1]} vs same month last year\n"
        f"{compact(float(running))}\nDec 2024 so far\n"
        f"{100 * (running / running_before - 1):+.1f}% vs same days of previous month\n"
        f"{100 * (running / running_year_ago - 1):+.1f}% vs same days last year",
        f"\n{per_cent(november[2])}\nNov 2024\n"
        f"{points[0]} vs previous month\n{points[1]} vs same month last year",
    ]:
        assert sentence in text


def test_latest_load_of_each_input_is_shown(published: Path) -> None:
    """Campaigns rest since 11 December, as their file says; orders came to the last."""
    page = (report_folder(published) / "en.html").read_text(encoding="utf-8")
    quality = page[page.index('id="quality"') :]
    for table in ("orders", "campaigns"):
        newest = max(row["loaded_at"] for row in read_shop(SAMPLE)[table] if row["loaded_at"])
        row = re.search(rf"<code>{table}</code>.*?</tr>", quality).group()
        assert f"{date.fromisoformat(newest[:10]):%B %-d, %Y}" in row


def test_chinese_numbers_use_wan(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        ((amount,),) = connection.execute(
            "select sum(net_amount) from marts.fct_orders"
            " where is_valid and strftime(order_date, '%Y-%m') = '2024-11'"
        ).fetchall()
    page = (report_folder(published) / "zh.html").read_text(encoding="utf-8")
    assert f"2024年11月净销售额 ¥{float(amount) / 10_000:.1f}万" in page


def test_a_million_customers(published: Path, tmp_path: Path) -> None:
    """The sample multiplied by 1,000: shares are unchanged and the report is fast enough."""
    file = tmp_path / "live" / published.name
    file.parent.mkdir()
    shutil.copyfile(published, file)
    tables = ["fct_customer_churn", "fct_customer_rfm", "fct_customer_lifetime_value"]
    tables += ["dim_customers", "fct_order_items", "fct_action_list"]
    with duckdb.connect(str(file)) as connection:
        for table in tables:
            copied = "order_id" if table == "fct_order_items" else "customer_id"
            connection.execute(
                f"create or replace table marts.{table} as"
                f" select * replace ({copied} || '-' || copy as {copied})"
                f" from marts.{table}, range(1000) as copies(copy)"
            )
    # CPU time of all threads, because other tests run at the same time
    started = time.process_time()
    write_report(file, report_folder(file))
    assert time.process_time() - started < 15
    small, large = (
        (report_folder(of) / "en.html").read_text(encoding="utf-8") for of in (published, file)
    )
    assert len(large) < 1.2 * len(small)
    shares = re.findall(r"High value tier: .*? (\(.*? of all\))", small)
    assert shares and shares[0] in large


# -- files ----------------------------------------------------------------------------------------


def test_new_report_replaces_the_previous_one(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for _ in range(2):
        write_report(published, folder)
        assert {file.name for file in folder.iterdir()} == {"en.html", "zh.html", "assets"}
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_failing_report_keeps_the_previous_one(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    write_report(published, folder)
    before = (folder / "en.html").read_bytes()

    def no_room(*_arguments: object, **_options: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", no_room)
        with pytest.raises(FileError, match="free disk space there"):
            write_report(published, folder)
    assert (folder / "en.html").read_bytes() == before
    write_report(published, folder)
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_report_is_complete_while_it_is_replaced(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever page is there loads nothing that is not; another version brings other assets."""
    folder = tmp_path / "out"
    write_report(published, folder)
    first = {file.name for file in folder.glob("assets/*")}
    looks = 0

    def looked_at(change: Callable[..., Any]) -> Callable[..., Any]:
        def looking(*arguments: Any, **options: Any) -> Any:
            nonlocal looks
            looks += 1
            for language in LANGUAGES:
                page = (folder / f"{language}.html").read_text(encoding="utf-8")
                loaded = re.findall(r'(?:src|href)="(assets/[^"]+)"', page)
                assert len(loaded) == 3 and all((folder / name).is_file() for name in loaded)
            return change(*arguments, **options)

        return looking

    for change in ("replace", "rename", "unlink"):
        monkeypatch.setattr(Path, change, looked_at(getattr(Path, change)))
    for version in ("new", "newer"):
        other = dict.fromkeys(site._assets(), version)
        with monkeypatch.context() as patch:
            patch.setattr(site, "_assets", lambda other=other: other)
            write_report(published, folder)
        # an open page keeps its assets until the report after the next
        assert first <= {file.name for file in folder.glob("assets/*")} or version == "newer"
    # five files of each report, and the three that the first page loaded
    assert looks == 13
    assert not first & {file.name for file in folder.glob("assets/*")}


def test_each_database_has_its_own_report(tmp_path: Path) -> None:
    names = {"analytics.duckdb": "report", "march.duckdb": "march_report"}
    for name, folder in names.items():
        assert report_folder(published_database(tmp_path / name)) == tmp_path / folder


def test_folder_with_other_files_is_not_replaced(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    database = str(published.parent.parent / published.name)
    assert run_cli(["report", "--database", database, "--out", str(tmp_path)], monkeypatch) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "thesis.txt" in line and "--out" in line
    assert (tmp_path / "thesis.txt").exists()


def test_command_report_names_both_pages(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database = str(published.parent.parent / published.name)
    out = tmp_path / "out"
    assert run_cli(["report", "--database", database, "--out", str(out)], monkeypatch) == 0
    assert capsys.readouterr().out.split() == [str(out / "en.html"), str(out / "zh.html")]


def test_missing_published_database_is_a_one_line_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["report", "--database", str(tmp_path / "no.duckdb")], monkeypatch) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "live/no.duckdb" in line and "customer-analytics build" in line


def test_each_chapter_has_a_template_and_a_query_file() -> None:
    folder = site.HERE / "chapters"
    files = {file.name for file in folder.iterdir()}
    assert files == {f"{chapter}{kind}" for chapter in CHAPTERS for kind in (".html.j2", ".sql")}
    assert all(read_questions(chapter) for chapter in CHAPTERS)
