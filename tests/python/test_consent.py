"""Consent fails closed: nobody is on a list for a channel that they have denied, in any spelling.

The rules are worked out here once more, from the raw rows, for cases by hand and for 1,000
histories drawn by hypothesis. One shop holds them all, so that it is built once.
"""

import csv
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from postgres import Postgres
from test_bad_input import run_cli
from warehouse import Build, Warehouse, differences, write_shop

from customer_analytics.actions import write_actions

Row = dict[str, Any]
AS_OF, LATEST = "2024-06-30", "2024-12-31"
END_OF_DAY, END = datetime(2024, 7, 1), datetime(2025, 1, 1)
CHANNELS = ("wechat", "push", "email", "sms")  # by preference
VARIABLES = {"as_of_date": AS_OF, "latest_date": LATEST}


def consent(customer_id: str | None, status: str, changed_at: str, channel: str = "email") -> Row:
    """A row of subscriptions."""
    columns = {"customer_id": customer_id, "channel": channel, "status": status}
    return columns | {"changed_at": changed_at}


def link(identifier: str, customer_id: str, linked_at: str = "", kind: str = "member_card") -> Row:
    """A row of identity_links."""
    columns = {"identifier_type": kind, "identifier": identifier}
    return columns | {"customer_id": customer_id, "linked_at": linked_at}


# -- cases by hand --------------------------------------------------------------------------------

MAY = "2024-05-01 10:00:00"
JUNE = "2024-06-01 10:00:00"
OPT_OUTS = ["unsubscribed", "UNSUBSCRIBED", "opt_out", "Opt-Out", "opted-out", "unsubscribe"]
OPT_OUTS += ["cleaned", "bounced", "suppressed", "false", "0", "no", "N", "never subscribed"]
OPT_OUTS += ["退订", "已退订", "取消订阅", " unsubscribed ", "ＯＰＴ－ＯＵＴ", "　退订　"]
OPT_OUTS += ["ｕｎｓｕｂｓｃｒｉｂｅｄ", "perhaps", "未知词", "", "null", "unsubscribed."]
OPT_INS = ["subscribed", "Subscribed", "opted in", "OPT-IN", "true", "1", "yes", "订阅", "已订阅"]
OPT_INS += [" subscribed ", "ＳＵＢＳＣＲＩＢＥＤ", "Ｙ"]
EMAIL = ["E-Mail", "e_mail", "mail", "e mail", "EMAIL", "邮件", "电子邮件"]
EMAIL += ["Ｅ－ｍａｉｌ", " email　"]
SMS = ["SMS", "text", "Text Message", "短信", "ＳＭＳ"]
PUSH = ["Push", "push-notification", "App Push", "推送"]
WECHAT = ["WeChat", "weixin", "微信", "公众号"]
UNKNOWN_CHANNELS = ["carrier pigeon", "飞鸽", "", "all"]
UNDATED = ["31.12.2023 10:00", "", "yesterday", "0000-00-00 00:00:00", "1989-12-31 10:00"]
UNDATED += ["2025-01-01 00:00:00", "2027-03-01", "20240601"]
LATER = ["2024-07-01 00:00:00", "2024-09-01", "2024-12-31 23:59:59"]

# rows by customer; the customer's e-mail is then allowed or not, or the channels as named
DENIED: dict[str, list[Row]] = {}
ALLOWED: dict[str, list[Row]] = {}
CONSENTS: dict[str, dict[str, str]] = {}

for number, word in enumerate(OPT_OUTS):
    name = f"opt-out-{number}"
    DENIED[name] = [consent(name, "subscribed", MAY), consent(name, word, JUNE)]
for number, word in enumerate(OPT_INS):
    name = f"opt-in-{number}"
    ALLOWED[name] = [consent(name, "unsubscribed", MAY), consent(name, word, JUNE)]
for channel, words in [("email", EMAIL), ("sms", SMS), ("push", PUSH), ("wechat", WECHAT)]:
    for number, word in enumerate(words):
        for status, found in [("unsubscribed", "denied"), ("subscribed", "allowed")]:
            name = f"{channel}-{number}-{status}"
            CONSENTS[name] = {channel: found}
            ALLOWED[name] = [consent(name, status, JUNE, word)]
for number, word in enumerate(UNKNOWN_CHANNELS):
    name = f"unknown-channel-{number}"
    CONSENTS[name] = {"email": "denied", "sms": "denied", "push": "denied", "wechat": "denied"}
    ALLOWED[name] = [consent(name, "subscribed", MAY, channel) for channel in CHANNELS]
    ALLOWED[name] += [consent(name, "unsubscribed", JUNE, word)]
    # no consent to anything that the shop can use
    CONSENTS[f"{name}-in"] = {}
    ALLOWED[f"{name}-in"] = [consent(f"{name}-in", "subscribed", JUNE, word)]
for number, moment in enumerate(UNDATED):
    name = f"undated-{number}"
    DENIED[name] = [consent(name, "unsubscribed", moment), consent(name, "subscribed", JUNE)]
    # an opt-in without a date is none
    CONSENTS[f"{name}-in"] = {}
    ALLOWED[f"{name}-in"] = [consent(f"{name}-in", "subscribed", moment)]
for number, moment in enumerate(LATER):
    name = f"later-{number}"
    DENIED[name] = [consent(name, "subscribed", JUNE), consent(name, "unsubscribed", moment)]
    CONSENTS[f"{name}-in"] = {}
    ALLOWED[f"{name}-in"] = [consent(f"{name}-in", "subscribed", moment)]
DENIED["same-moment"] = [consent("same-moment", word, JUNE) for word in ("subscribed", "no")]
DENIED["same-instant"] = [
    consent("same-instant", "subscribed", "2024-06-01T12:00:00+02:00"),
    consent("same-instant", "unsubscribed", "2024-06-01T10:00:00Z"),
]
DENIED["same-day"] = [consent("same-day", word, "2024-06-01") for word in ("subscribed", "退订")]
# a duplicate that is loaded later does not displace the opt-out
DENIED["repeated"] = [
    consent("repeated", "unsubscribed", JUNE) | {"loaded_at": "2024-06-02"},
    consent("repeated", "unsubscribed", JUNE) | {"loaded_at": "2024-06-03"},
    consent("repeated", "subscribed", JUNE) | {"loaded_at": "2024-06-04"},
]
ALLOWED["last-second"] = [consent("last-second", "subscribed", "2024-06-30 23:59:59")]
ALLOWED["returned"] = [
    consent("returned", "unsubscribed", "2024-06-01 10:00:00"),
    consent("returned", "subscribed", "2024-06-01 10:00:01"),
]

# ids that lead to the account, whatever the date of the link
LINKS: list[Row] = []
EMAILS: dict[str, str] = {}
for number, linked_at in enumerate(["", "2020-01-01", "2024-06-15", "2024-08-01", "not a date"]):
    for status, cases in [("unsubscribed", DENIED), ("subscribed", ALLOWED)]:
        name = f"linked-{number}-{status}"
        LINKS += [link(f"card-{name}", name, linked_at)]
        cases[name] = [consent(f"card-{name}", status, JUNE)]
LINKS += [link("chain-a", "chain-b", "2024-08-01"), link("chain-b", "chain", "2024-09-01")]
DENIED["chain"] = [consent("chain", "subscribed", MAY), consent("chain-a", "unsubscribed", JUNE)]
LINKS += [link("circle-b", "circle"), link("circle", "circle-b")]
DENIED["circle"] = [consent("circle-b", "unsubscribed", JUNE), consent("circle", "yes", MAY)]
# the account opts out; the card, of which there are older orders, is a customer of its own
LINKS += [link("own-card", "card-owner", "2024-06-01")]
DENIED["own-card"] = [consent("own-card", "yes", MAY), consent("card-owner", "no", JUNE)]
# consents that are known by e-mail address only
for status, cases in [("unsubscribed", DENIED), ("subscribed", ALLOWED)]:
    name = f"by-address-{status}"
    EMAILS[name] = f"{name}@mail.cn"
    cases[name] = [consent(EMAILS[name].upper(), status, JUNE)]
hashed = sha256(b"hash@mail.cn").hexdigest()
LINKS += [link(hashed, "by-hash", "2024-08-01", "email_hash")]
DENIED["by-hash"] = [consent("hash@mail.cn", "no", JUNE), consent("by-hash", "yes", MAY)]
# one address, two accounts: the opt-out of one is that of the address
EMAILS |= dict.fromkeys(["twin-a", "twin-b"], "twin@mail.cn")
DENIED["twin-a"] = [consent("twin-a", "unsubscribed", JUNE)]
DENIED["twin-b"] = [consent("twin-b", "subscribed", MAY)]
# an address of orders only: orders[customer] = addresses
ORDERED_WITH = {"by-order": ["order@mail.cn"], "gift": ["friend@mail.cn"]}
DENIED["by-order"] = [consent("order@mail.cn", "unsubscribed", JUNE)]
DENIED["gift"] = [consent("friend@mail.cn", "unsubscribed", JUNE), consent("gift", "yes", MAY)]
ORDERED_WITH["gift-in"] = ["gift@mail.cn", "other@mail.cn"]
CONSENTS["gift-in"] = {}
ALLOWED["gift-in"] = [consent("other@mail.cn", "subscribed", JUNE)]
# a guest without an account is known by the address
GUESTS = {"guest-out@mail.cn": "denied", "guest-in@mail.cn": "allowed"}
GUEST_CONSENTS = [consent("guest-out@mail.cn", "no", JUNE)]
GUEST_CONSENTS += [consent("Guest-In@mail.cn", "yes", JUNE)]
UNMATCHED = [consent("nobody", "no", JUNE), consent("nobody@mail.cn", "no", JUNE)]
UNMATCHED += [consent("", "no", JUNE), consent("+4915155551234", "no", JUNE, "sms")]

# -- histories drawn by hypothesis ----------------------------------------------------------------

CHANNEL_WORDS = {
    "email": "email", "E-mail": "email", "邮件": "email", "sms": "sms", "短信": "sms",
    "push": "push", "wechat": "wechat", "fax": None,
}  # fmt: skip
STATUS_WORDS = {
    "subscribed": True, "opt-in": True, "TRUE": True, "已订阅": True,
    "unsubscribed": False, "opted_out": False, "0": False, "退订": False, "whatever": False,
}  # fmt: skip
TIMES = {
    "2024-01-01 00:00:00": datetime(2024, 1, 1),
    "2024-06-01T12:00:00+02:00": datetime(2024, 6, 1, 10),
    "2024-06-01 10:00:00": datetime(2024, 6, 1, 10),
    "2024/6/1 10:00:01": datetime(2024, 6, 1, 10, 0, 1),
    "2024-06-30 23:59:59": datetime(2024, 6, 30, 23, 59, 59),
    "2024-07-01 00:00:00": datetime(2024, 7, 1),
    "2024-10-01": datetime(2024, 10, 1),
    "2024-12-31 23:59:59": datetime(2024, 12, 31, 23, 59, 59),
    "2025-01-01 00:00:00": None,
    "1989-12-31 23:59:59": None,
    "31.12.2023 10:00": None,
    "": None,
}  # fmt: skip
ROWS = st.tuples(
    st.sampled_from(["account", "account", "card", "address"]),
    st.sampled_from(sorted(CHANNEL_WORDS)),
    st.sampled_from(sorted(STATUS_WORDS)),
    # mostly dated, or everybody would be denied for good
    st.sampled_from([*TIMES, *[time for time, moment in TIMES.items() if moment] * 3]),
)
HISTORIES = st.tuples(
    st.sampled_from(["", "2024-03-01", "2024-06-15", "2024-09-01"]), st.lists(ROWS)
)
History = tuple[str, list[tuple[str, str, str, str]]]


def draw_histories(count: int) -> list[History]:
    """The same histories in every run; several workers share one build."""
    drawn: list[History] = []

    @seed(18)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(HISTORIES)
    def draw(history: History) -> None:
        drawn.append(history)

    draw()
    return drawn


HISTORIES_DRAWN = draw_histories(1000)


def expected(history: History) -> dict[str, str]:
    """What the rule says of each channel, in plain Python; an unknown channel is left out."""
    found = {}
    for channel in CHANNELS:
        opted_in = opted_out = None
        never_again = False
        for _, channel_word, status_word, time_word in history[1]:
            covers, moment = CHANNEL_WORDS[channel_word], TIMES[time_word]
            if STATUS_WORDS[status_word]:
                if covers == channel and moment is not None and moment < END_OF_DAY:
                    opted_in = max(opted_in or moment, moment)
            elif covers in (channel, None):
                if moment is None or moment >= END:
                    never_again = True
                else:
                    opted_out = max(opted_out or moment, moment)
        if never_again or (opted_out and (opted_in is None or opted_in <= opted_out)):
            found[channel] = "denied"
        elif opted_in:
            found[channel] = "allowed"
    return found


# -- the shop -------------------------------------------------------------------------------------


def write(folder: Path) -> Path:
    """All cases: each customer ordered once, long ago, and so is on the list win_back."""
    consents = [row for cases in (DENIED, ALLOWED) for rows in cases.values() for row in rows]
    consents += GUEST_CONSENTS + UNMATCHED
    links, emails = list(LINKS), dict(EMAILS)
    for number, (linked_at, rows) in enumerate(HISTORIES_DRAWN):
        ids = {"account": f"h{number}", "card": f"card{number}", "address": f"h{number}@mail.cn"}
        links.append(link(ids["card"], ids["account"], linked_at))
        emails[ids["account"]] = ids["address"]
        consents += [
            consent(ids[who], status, moment, channel) for who, channel, status, moment in rows
        ]
    customers = [*DENIED, *ALLOWED, *(f"h{number}" for number in range(len(HISTORIES_DRAWN)))]
    addresses = ORDERED_WITH | {address: [address] for address in GUESTS}
    orders = [
        {
            "order_id": f"o{number}-{again}",
            "customer_id": "" if customer in GUESTS else customer,
            "ordered_at": "2023-05-01 10:00:00",
            "paid_amount": "10",
            "email": email,
        }
        for number, customer in enumerate([*customers, *GUESTS])
        for again, email in enumerate(addresses.get(customer, [""]))
    ]
    accounts = [{"customer_id": name, "email": email} for name, email in emails.items()]
    tables = {"orders": orders, "customers": accounts, "identity_links": links}
    return write_shop(folder, tables | {"subscriptions": consents})


@pytest.fixture(scope="module")
def shop(warehouse: Warehouse) -> Path:
    """The folder of raw files."""
    return warehouse.folder("consents", write)


@pytest.fixture(scope="module")
def build(shop: Path, warehouse: Warehouse) -> Build:
    """The shop, built as of a day with later rows."""
    select = "+fct_action_list +audit_warnings +audit_rejected_rows +dim_labels +dim_shop"
    return warehouse.build(shop, select=select, **VARIABLES)


@pytest.fixture(scope="module")
def found(build: Build) -> dict[str, dict[str, str]]:
    """The consents of each customer on the list win_back, by channel, without the unknown ones."""
    rows = build.by_key("fct_action_list", "customer_id")
    return {
        customer: {
            channel: kind
            for kind in ("allowed", "denied")
            for channel in (row[f"{kind}_channels"] or "").split(",")
            if channel
        }
        for customer, row in rows.items()
    }


def test_denied_channels_in_every_spelling(found: dict[str, dict[str, str]]) -> None:
    """By status, channel, date, tie, link and address."""
    kept = {name for name in DENIED if found[name].get("email") != "denied"}
    assert kept == set()


def test_allowed_channels_are_not_lost(found: dict[str, dict[str, str]]) -> None:
    """Opt-ins in every spelling; an opt-in without a possible date, or after the day, is none."""
    wrong = {
        name: found[name]
        for name in ALLOWED
        if found[name] != CONSENTS.get(name, {"email": "allowed"})
    }
    assert wrong == {}


def test_guests_are_known_by_their_address(found: dict[str, dict[str, str]]) -> None:
    """Such a customer is the pseudonym of the address."""
    ids = {f"person:{sha256(address.encode()).hexdigest()[:32]}": address for address in GUESTS}
    assert {ids[person]: found[person]["email"] for person in ids} == GUESTS


def test_a_thousand_histories(found: dict[str, dict[str, str]]) -> None:
    """No denied channel is allowed, no allowed one is lost, and the rest is unknown."""
    wrong = [
        (history, found[f"h{number}"], expected(history))
        for number, history in enumerate(HISTORIES_DRAWN)
        if found[f"h{number}"] != expected(history)
    ]
    assert wrong == []
    # the histories tell the rules apart
    kinds = [kind for history in HISTORIES_DRAWN for kind in expected(history).values()]
    assert len(HISTORIES_DRAWN) >= 900 and kinds.count("allowed") > 300
    assert kinds.count("denied") > 300


def written(build: Build, folder: Path, include_unknown: bool) -> dict[str, dict[str, str]]:
    """The written list win_back by customer, with the control group."""
    written = write_actions(build.database, folder, "win_back", "marts", include_unknown)
    (listed,) = written.lists
    rows = {}
    for file, customers in [
        (listed.file, listed.customers),
        (listed.control_file, listed.control),
    ]:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            found = {row["customer_id"]: row for row in csv.DictReader(stream)}
        assert len(found) == customers
        if file == listed.file:
            assert listed.unknown == sum(not row["allowed_channel"] for row in found.values())
        assert not rows.keys() & found.keys()
        rows |= found
    return rows


def test_written_lists(build: Build, found: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """Exactly the customers with a permitted channel; on request those of unknown consent, too."""
    rows = written(build, tmp_path, include_unknown=False)
    allowed = {name for name, kinds in found.items() if "allowed" in kinds.values()}
    assert rows.keys() == allowed
    for name, row in rows.items():
        best = next(channel for channel in CHANNELS if found[name].get(channel) == "allowed")
        assert row["allowed_channel"] == best
    more = written(build, tmp_path, include_unknown=True)
    assert more.keys() == {name for name in found if list(found[name].values()) != ["denied"] * 4}
    unknown = more["opt-out-0"]
    assert (unknown["allowed_channel"], unknown["denied_channels"]) == ("", "email")
    assert unknown["unknown_channels"] == "wechat,push,sms"


def test_opt_outs_of_unknown_customers_are_counted(build: Build) -> None:
    """So that no opt-out vanishes silently: those without any known customer, and no others."""
    (row,) = build.rows("audit.audit_warnings", warning="unmatched_opt_out")
    assert (row["severity"], row["rows"]) == ("note", len(UNMATCHED))
    kinds = {row["warning"] for row in build.rows("audit.audit_warnings", severity="warning")}
    assert {"unknown_consent_status", "unknown_consent_channel"} <= kinds


def test_ledger_is_balanced(build: Build, shop: Path) -> None:
    """Rows that are rejected, and still deny, are counted as rejected."""
    (ledger,) = build.rows("audit.audit_row_ledger", input="subscriptions")
    with (shop / "subscriptions.csv").open(encoding="utf-8", newline="") as stream:
        assert ledger["rows_in"] == sum(1 for _ in csv.DictReader(stream))
    assert ledger["is_balanced"] and ledger["rows_rejected"] > 100
    reasons = {
        row["reason"] for row in build.rows("audit.audit_rejected_rows", input="subscriptions")
    }
    assert reasons == {
        "missing_customer_id", "missing_channel", "missing_status", "missing_changed_at",
        "unreadable_changed_at", "impossible_time", "duplicate",
    }  # fmt: skip


def test_postgres_agrees(
    shop: Path, warehouse: Warehouse, postgres: Postgres, build: Build
) -> None:
    """Recursion, patterns and comparisons are written for each warehouse."""
    postgres.build(shop, select="+int_contact_consents +int_consents", **VARIABLES)
    names = ["intermediate.int_contact_consents", "intermediate.int_consents"]
    theirs = postgres.tables("intermediate")
    lines = differences(
        {name: build.table(name) for name in names},
        {name: theirs[name] for name in names},
        ("DuckDB", "Postgres"),
    )
    assert not lines, "\n".join(lines)


def test_shop_without_consents(
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All consents are unknown: the lists are full, and the command says so.

    Of c1 to c6, only c6 belongs to the control group.
    """
    orders = [
        {"order_id": f"o{n}", "customer_id": f"c{n}", "ordered_at": "2023-05-01", "paid_amount": 1}
        for n in range(1, 7)
    ]
    build = warehouse.build(
        write_shop(tmp_path / "raw", {"orders": orders}),
        select="+fct_action_list +dim_labels +dim_shop",
        **VARIABLES,
    )
    options = ["--database", str(build.database), "--schema", "marts", "--out", str(tmp_path)]
    assert run_cli(["actions", *options], monkeypatch) == 0
    said = capsys.readouterr().out
    control = tmp_path / "control" / "win_back.csv"
    assert (
        "win_back.csv: 5 of 6 customers can be contacted; the consent of 5 is unknown;"
        f" control group of 1 in {control}\n"
    ) in said
    assert "the shop has no table subscriptions: no opt-in or opt-out is on record" in said
    assert "do not contact the control group" in said
    with (tmp_path / "win_back.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["customer_id"] for row in rows] == ["c1", "c2", "c3", "c4", "c5"]
    assert {row["unknown_channels"] for row in rows} == {"wechat,push,email,sms"}
