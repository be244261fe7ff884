"""Texts use the terms of the field: no literal renderings, clear messages, one word per term."""

import csv
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from fnmatch import fnmatch
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from messages import Message, all_messages
from test_docs import labels, section
from warehouse import PROJECT

from customer_analytics.report.wording import LANGUAGES, read_texts

# -- banned phrases -------------------------------------------------------------------------------

BANNED = (
    "anew",
    "whoever",
    "stand in",
    "stands in",
    "stood in",
    "told from",
    "made up",
    "best fifth",
    "customers of value",
    "goes on",
    "走完全程",
    "发布的概率",
    "移动网页",
    "购物车放弃率",
    "一切正常",
)
# file, part of the line, why the phrase is right there
EXCEPTIONS = (("seeds/config/channel_*.csv", "移动网页,h5", "a shop may call its channel so"),)
NOT_OURS = ("LICENSE", "requirements/*.txt", "examples/*", "tests/python/test_words.py")
# what an export may hold besides the repository: environments, output of builds, caches
NOT_SHIPPED = re.compile(
    r"\.venv.*|build|target|logs|live|dbt_internal_packages|.*_cache|__pycache__|\.hypothesis|"
    r".*\.egg-info|(.*_)?(report|actions)"
)
# between two words: blanks, a hyphen, the underscore of a name, or the next line of a comment,
# a list or a string
GAP = r"""(?:[ \t_-]+|[ \t]*["']?[ \t]*\n[ \t]*(?:[#>*|]+|--|//|f?["'])?[ \t]*)"""


def shipped_files() -> list[Path]:
    """The files of the repository, also of an export without .git."""
    if (PROJECT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, text=True
        )
        return [PROJECT / name for name in listed.stdout.split("\0") if name]
    found = []
    for folder, below, names in os.walk(PROJECT):
        own = folder == str(PROJECT)
        below[:] = [name for name in below if not (own and NOT_SHIPPED.fullmatch(name))]
        below[:] = [name for name in below if name != "__pycache__"]
        found += [Path(folder, name) for name in names if ".duckdb" not in name]
    return found


@cache
def shipped_texts() -> dict[str, str]:
    """All text files that are ours, by path."""
    texts = {}
    for file in shipped_files():
        name = file.relative_to(PROJECT).as_posix()
        if file.is_file() and not any(fnmatch(name, pattern) for pattern in NOT_OURS):
            content = file.read_bytes()
            if b"\0" not in content:
                texts[name] = content.decode("utf-8")
    return texts


def banned_in(text: str) -> Iterator[tuple[int, str]]:
    """Line number and phrase of each banned phrase in a text."""
    for phrase in BANNED:
        words = GAP.join(map(re.escape, phrase.split()))
        edges = (r"(?<![^\W_])", r"(?![^\W_])") if phrase.isascii() else ("", "")
        for match in re.finditer(words.join(edges), text, re.IGNORECASE):
            yield text.count("\n", 0, match.start()) + 1, phrase


def test_no_text_has_a_banned_phrase() -> None:
    """Every exception must still match a line, too."""
    texts = shipped_texts()
    assert len(texts) > 400
    assert {"README.md", "dbt_project.yml", "customer_analytics/cli.py"} <= texts.keys()
    found, used = [], set()
    for name, text in texts.items():
        for number, phrase in banned_in(text):
            line = text.splitlines()[number - 1]
            excused = [
                exception
                for exception in EXCEPTIONS
                if fnmatch(name, exception[0]) and exception[1] in line
            ]
            used.update(excused)
            if not excused:
                found.append(f"{name}:{number}: {phrase}: {line.strip()[:120]}")
    assert not found, "\n".join(["", *found])
    assert set(EXCEPTIONS) - used == set()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Built anew.", 1),
        ("# it stands\n# in the index", 1),
        ('"The shop is made "\n    "up."', 1),
        ("a made-up shop, test_it_stands_in_the_index", 2),
        ("renewal, standing in, made upon", 0),
        ("it is made\n\nup to the end", 0),
        ("平均购物车放弃率", 1),
    ],
)
def test_phrases_are_found_in_whole_words_and_across_lines(text: str, count: int) -> None:
    assert len(list(banned_in(text))) == count


# -- messages -------------------------------------------------------------------------------------

# kind and whether in a macro: the least number there must be, so that none is overlooked
LEAST = {
    ("error", False): 50,
    ("error", True): 20,
    ("problem", False): 12,
    ("problem", True): 6,
    ("output", False): 20,
    ("help", False): 30,
    ("part", False): 15,
}
# a message says after a colon or semicolon what to do: as a command, or where to see the reason
ADVICE = re.compile(
    r"[:;] (add|build|change|check|choose|close|convert|copy|correct|create|delete|escape|export|"
    r"fill|find|free|install|keep|load|make|name|open|pass|put|rebuild|rename|report|run|save|see|set|"
    r"specify|use|wait|write|{advice})"
)
# part of the message: why it cannot say what to do, or what was found
WITHOUT_ADVICE = {
    "built and tested, but not published: ": "the reason is a message with advice",
    "is not a known event. ": "lists the known events and the seed for others",
}


def faults() -> list[Message]:
    """Messages that stop a command or a build."""
    return [message for message in all_messages() if message.kind in ("error", "problem")]


def test_every_kind_of_message_is_collected() -> None:
    """Run with -s to read them all."""
    found = sorted(all_messages(), key=lambda message: (message.kind, message))
    print("", *found, sep="\n")
    counts = Counter((one.kind, one.file.endswith(".sql")) for one in found)
    assert {kind: counts[kind] for kind, least in LEAST.items() if counts[kind] < least} == {}


def test_messages_are_tidy() -> None:
    """Single spaces, no exclamation mark at the end, no banned phrase, and help for each option."""
    for message in all_messages():
        text = message.text.strip() if message.kind in ("output", "part") else message.text
        assert text == " ".join(text.split()), message
        assert text and not text.endswith("!"), message
        assert list(banned_in(text)) == [], message


def test_faults_name_what_was_found_and_what_to_do() -> None:
    used = set()
    for message in faults():
        # an example such as {name: value} is not what was found
        assert re.search(r"{(?!\w+: )[^{}]*}", message.text), message
        if not ADVICE.search(message.text):
            excused = {part for part in WITHOUT_ADVICE if part in message.text}
            assert excused, message
            used |= excused
    assert set(WITHOUT_ADVICE) - used == set()


# the csv module says neither where the quote opens nor whether it is ever closed
OWN_WORDING = "has an unbalanced quote near line"


def plain(message: Message) -> str:
    """A message without its option and what it found, for comparison with another module."""
    text = re.sub(r"^(--|var )\w+ |{[^{}]*}", "", message.text)
    return " ".join(re.sub(r"\(.*?\)", "", text).strip(" :").replace(" :", ":").split())


def test_a_fault_has_one_wording() -> None:
    """What two modules report in nearly the same words, they report in the same words."""
    similar = [
        f"{one}\n{other}\n"
        for one, other in combinations(faults(), 2)
        if one.file != other.file
        and plain(one) != plain(other)
        and OWN_WORDING not in one.text + other.text
        and SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio() > 0.75
    ]
    assert not similar, "\n".join(["", *similar])
    assert any(OWN_WORDING in message.text for message in faults())


# -- one word per term ----------------------------------------------------------------------------
# Terms are named by the code of their label, or in English if they have none. Chinese forms that a
# sentence may use instead of the term itself; counts and rates also go without 数 and 率.
CHINESE_FORMS = {
    "Snapshot date": ("数据截至",),
    "Customer": ("客", "人", "复购", "尚未下单", "下单率"),
    "customer_type: guest": ("免注册", "免登录"),
    "metric: net_amount": ("各渠道", "图中各月"),
    "metric: orders": ("单", "复购", "投诉率", "退货率"),
    "metric: visitors": ("人", "来源", "漏斗"),
    "metric: churn_rate": ("流失客户",),
    "metric: sessions": ("加购", "转化率"),
    # the second is "value at risk"
    "churn_status: at_risk": ("流失风险", "风险金额"),
    "churn_status: churned": ("流失客户", "流失"),
    "Persona": ("聚类", "类客户", "人群"),
    "Cohort": ("首单", "该批客户"),
    "Cart": ("加购", "弃购"),
    "Funnel": ("转化率",),
}
# the step of a funnel, and the definition that gives the other word for a session
OTHER_MEANING = ("labels.csv: event visit:", "glossary: Sessions")
# the rate of units, whereas the metric is the rate of orders
OTHER_COLUMNS = ("return_rate",)
# the separator of Chinese sentences
EMPTY = (".common.gap",)
# words for a term that are not its word: a regular expression for both languages
SYNONYMS = {
    "Snapshot date": r"as-of da(y|te)|cut-?off|快照日|截止日期|观察日",
    "Customer": r"\bshoppers?\b|\bclients?\b|顾客|买家",
    "customer_type: guest": r"\banonymous (customer|order)|访客订单|匿名客户",
    "Valid order": r"\bgood orders?\b|合格订单|有效单",
    "metric: net_amount": r"\bnet (revenue|amount|turnover)\b|净收入|净营收|净销售金额",
    "metric: customers": r"\bordering customers\b|下单人数|购买人数",
    "metric: new_customers": r"\bnewcomers\b|新顾客|新用户",
    "metric: average_order_amount": r"\baverage (basket|amount)\b|平均订单金?额|客单价|平均客单",
    "metric: discount_rate": r"\brebate\b|打折率|折扣率",
    "metric: refund_rate": r"\brefund (share|quota)\b|退款比率|退费率",
    "metric: margin_rate": r"\bprofit rate\b|利润率",
    "metric: sessions": r"\bvisits?\b|会话|来访次数",
    "metric: visitors": r"\bvisiting people\b|访问者|来访者",
    "metric: bounce_rate": r"\bjump rate\b|弹出率|跳失率",
    "metric: cart_rate": r"\bvisits with a cart\b|加车率|加入购物车率",
    "metric: conversion_rate": r"\bconversion share\b|转换率",
    "metric: cart_abandonment_rate": r"\bcarts? (are )?left\b|\bleft a cart\b|购物车放弃率|弃车率",
    "metric: repurchase_rate": r"\bre-?buying\b|\bre-purchase|(?<!不)再购|回购|重复购买率",
    "metric: month_1_retention_rate": r"\bretention in the month after\b|次月存留|下月留存",
    "metric: churn_rate": r"\bleavers?\b|流逝|离开的?客户|离开同样久",
    "metric: top_20_share": r"\b(best|top) fifth\b|五分之一",
    "value_tier: high_value": r"\bcustomers of value\b|\bvaluable customers\b|有价值客户|贵重客户",
    "churn_status: at_risk": r"\bendangered\b|存在风险|濒临流失",
    "churn_status: churned": r"\bgone away\b|\bhas left\b(?! for good)|已离开|已流逝",
    "Churn probability": r"\bchance of churn|流失几率|流失可能性",
    "Persona": r"\bportrait\b|人物画像",
    "Cohort": r"\bvintage\b|同类群",
    "Funnel": r"\bhopper\b|漏斗图形",
    "Mature": r"\bripe\b|成熟期",
}


def glossary() -> dict[str, tuple[str, str]]:
    """English and Chinese form of each term, by the code of its label or by its English form."""
    return {
        code.strip("`") or english: (english, chinese)
        for english, chinese, *_, code in section("Glossary")
    }


def leaves(texts: dict, path: str) -> Iterator[tuple[str, str]]:
    """All texts of a catalogue with their keys; singular and plural have the same key."""
    for key, entry in texts.items():
        if not isinstance(entry, dict):
            yield (path if key in ("one", "other") else f"{path}.{key}"), entry
        else:
            yield from leaves(entry, f"{path}.{key}")


@cache
def translations() -> list[tuple[str, str, str]]:
    """Where it is, English and Chinese: of every text of the report and of every row of a seed."""
    english, chinese = (
        dict(leaves(read_texts(language), f"texts/{language}.yml")) for language in LANGUAGES
    )
    found = [(f".{key.split('.', 2)[2]}", text, chinese[key.replace("en.yml", "zh.yml")])
             for key, text in english.items()]  # fmt: skip
    for file in sorted((PROJECT / "seeds").rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for column in [name for name in row if name.endswith("_en")]:
                    where = f"{file.name}: {' '.join(list(row.values())[:2])[:60]}: {column}"
                    found.append((where, row[column], row[f"{column[:-3]}_zh"]))
    return found


def test_every_row_of_a_seed_has_both_languages() -> None:
    """Of the texts of the report, test_report compares the keys."""
    assert len(translations()) > 500
    empty = [where for where, *texts in translations() if not all(text.strip() for text in texts)]
    assert sorted(empty) == sorted(EMPTY)


def test_every_term_has_one_chinese_form() -> None:
    """Where the English text has a term of the glossary, the Chinese one has its Chinese form."""
    terms = glossary()
    assert len(terms) > 50 and CHINESE_FORMS.keys() <= terms.keys()
    wrong, used = [], set()
    for name, (english, chinese) in terms.items():
        word = re.compile(rf"\b{re.escape(english)}s?\b", re.IGNORECASE)
        forms = (chinese, re.sub("(次?数|率)$", "", chinese), *CHINESE_FORMS.get(name, ()))
        for where, text, translated in translations():
            if word.search(re.sub(r"{\w+}|customer-analytics", "", text)):
                used.add(name)
                if not any(form in translated for form in forms):
                    wrong.append(f"{english} = {chinese}: {where}: {text} = {translated}")
    # the report speaks of most terms
    assert len(used) > 40
    assert not wrong, "\n".join(["", *wrong])


def test_no_term_has_a_synonym() -> None:
    """In the report, the labels and the glossary itself."""
    terms = glossary()
    assert SYNONYMS.keys() <= terms.keys()
    texts = [(where, text) for where, *both in translations() for text in both]
    texts += [(f"glossary: {row[0]}", cell) for row in section("Glossary") for cell in row[:4]]
    wrong = [
        f"{' = '.join(terms[name])}: {where}: {text}"
        for name, words in SYNONYMS.items()
        for where, text in texts
        if re.search(words, re.sub(r"{\w+}", "", text), re.IGNORECASE)
        and not where.startswith(OTHER_MEANING)
    ]
    assert not wrong, "\n".join(["", *wrong])


def test_metrics_have_the_same_name_everywhere() -> None:
    """Headings of the report are the label of the metric or a part; BI tools show the label."""
    known = labels()
    wrong = []
    for number, language in enumerate(LANGUAGES):
        for column, heading in read_texts(language)["column"].items():
            if column in OTHER_COLUMNS:
                continue
            label = known.get(f"metric: {column}", (heading, heading))[number]
            if heading.lower() not in label.lower():
                wrong.append(f"column.{column} of {language}.yml: {heading}, not {label}")
    metrics = [
        metric
        for file in (PROJECT / "models").rglob("_*semantic_models.yml")
        for metric in yaml.safe_load(file.read_text(encoding="utf-8")).get("metrics", ())
    ]
    named = [one for one in metrics if f"metric: {one['name']}" in known]
    assert len(named) > 8
    for metric in named:
        label, _ = known[f"metric: {metric['name']}"]
        if metric["label"] != label:
            wrong.append(f"metric {metric['name']}: {metric['label']}, not {label}")
    assert not wrong, "\n".join(["", *wrong])
