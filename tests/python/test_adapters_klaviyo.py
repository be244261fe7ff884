"""The adapter of Klaviyo: its rules on the fixture, worked out by hand; several systems at once."""

import shutil
from pathlib import Path

import pytest
from adapters import FIXTURES, by_key, converted, person, read_rows
from warehouse import Warehouse

from customer_analytics.adapters.convert import convert_exports, variables_of

LAUNCH = "01HPLAUNCH0000000000000001"
RESTOCK = "01HPRESTOCK000000000000002"
MOTHER = "01HPMOTHER0000000000000003"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the fixture."""
    return converted("klaviyo", tmp_path_factory.mktemp("klaviyo"))


def test_campaigns(tables: Tables) -> None:
    """Send Time is local time; the channel is the type."""
    found = by_key(tables["campaigns"], "campaign_id")
    assert {key: (row["campaign_type"], row["starts_at"]) for key, row in found.items()} == {
        LAUNCH: ("email", "2024-02-10 09:38:00"),
        RESTOCK: ("sms", "2024-02-20 15:00:00"),
        MOTHER: ("email", "2024-03-05 08:00:00"),
    }
    assert found[MOTHER]["campaign_name"] == "Mother's Day, early"
    assert variables_of(["klaviyo"]) == {"input_timezone": "shop"}


def test_variations_are_one_campaign(tmp_path: Path) -> None:
    """An export with variations repeats the campaign."""
    exports = tmp_path / "exports"
    exports.mkdir()
    text = (FIXTURES / "klaviyo" / "campaign_export.csv").read_text(encoding="utf-8")
    header, first, *_ = text.splitlines()
    later = first.replace("09:38:00", "11:38:00")
    (exports / "campaigns.csv").write_text("\n".join([header, later, first]), encoding="utf-8")
    convert_exports(exports, tmp_path / "shop", ["klaviyo"], overwrite=False)
    (row,) = read_rows(tmp_path / "shop" / "campaigns.csv")
    assert row["starts_at"] == "2024-02-10 09:38:00"


def test_campaigns_without_id_are_found_by_name(tmp_path: Path) -> None:
    """The campaign export may lack the ids that events have."""
    exports = tmp_path / "exports"
    shutil.copytree(FIXTURES / "klaviyo", exports)
    file = exports / "campaign_export.csv"
    text = file.read_text(encoding="utf-8").replace("Campaign ID", "Some other column")
    file.write_text(text, encoding="utf-8")
    convert_exports(exports, tmp_path / "shop", ["klaviyo"], overwrite=False)
    sent = {row["campaign_id"] for row in read_rows(tmp_path / "shop" / "campaign_sends.csv")}
    assert "Spring Launch" in sent
    assert LAUNCH not in sent


def test_sends(tables: Tables) -> None:
    """One per campaign and profile, with the first open and click."""
    found = {
        key: (row["sent_at"], row["opened_at"], row["clicked_at"], row["channel"])
        for key, row in by_key(tables["campaign_sends"], "campaign_id", "customer_id").items()
    }
    day = "2024-02-11T07:0"
    assert found == {
        (LAUNCH, "ada@mail.invalid"): (
            "2024-02-10T14:38:05+00:00",
            f"{day}0:00+00:00",
            f"{day}1:00+00:00",
            "email",
        ),
        # the event of the message has the profile only, that of the open the address
        (LAUNCH, "ben@mail.invalid"): (
            "2024-02-10T14:38:06+00:00",
            "2024-02-11T09:00:00+00:00",
            "",
            "email",
        ),
        (LAUNCH, "gil@mail.invalid"): ("2024-02-10T14:38:07+00:00", "", "", "email"),
        # opened, but the message is not in the export: sent with the campaign
        (MOTHER, "ivy@mail.invalid"): (
            "2024-03-05 08:00:00",
            "2024-03-06T09:00:00+00:00",
            "",
            "email",
        ),
        # 1708459200 is 2024-02-20 20:00 UTC; the profile has a phone number only
        (RESTOCK, "+14155550199"): ("2024-02-20T20:00:00Z", "", "2024-02-20T20:01:00Z", "sms"),
    }


def test_subscriptions(tables: Tables) -> None:
    """Suppressed addresses are unsubscribed; who never subscribed has no row."""
    found = [tuple(row.values()) for row in tables["subscriptions"]]
    assert found == [
        ("+14155550199", "sms", "subscribed", "2024-02-01 08:00:00+00:00"),
        ("ada@mail.invalid", "email", "subscribed", "2024-01-05 15:00:10+00:00"),
        ("ada@mail.invalid", "sms", "subscribed", "2024-01-06 15:00:10+00:00"),
        ("ben@mail.invalid", "email", "unsubscribed", "2024-02-11 08:00:00+00:00"),
        ("gil@mail.invalid", "email", "subscribed", "2024-01-10 08:00:00+00:00"),
        ("gil@mail.invalid", "email", "unsubscribed", "2024-02-10 16:00:00+00:00"),
        # without a time, the suppression replaces the consent of 2024-01-11
        ("hal@mail.invalid", "email", "unsubscribed", "2024-01-11 08:00:00+00:00"),
        # without a time, the consent is as old as the profile
        ("kay@mail.invalid", "email", "subscribed", "2024-02-02 08:00:00+00:00"),
    ]


def test_older_consents(tmp_path: Path) -> None:
    """Profiles with a list of channels in $consent instead of a status."""
    exports = tmp_path / "exports"
    exports.mkdir()
    text = "Email,Klaviyo ID,$consent,$consent timestamp,Profile Created On\n"
    text += "leo@mail.invalid,k1,\"['email', 'sms']\",2022-05-01 10:00:00,2022-04-01 10:00:00\n"
    text += "mia@mail.invalid,k2,,,2022-04-01 10:00:00\n"
    (exports / "profiles.csv").write_text(text, encoding="utf-8")
    convert_exports(exports, tmp_path / "shop", ["klaviyo"], overwrite=False)
    rows = read_rows(tmp_path / "shop" / "subscriptions.csv")
    assert [(row["customer_id"], row["channel"], row["changed_at"]) for row in rows] == [
        ("leo@mail.invalid", "email", "2022-05-01 10:00:00"),
        ("leo@mail.invalid", "sms", "2022-05-01 10:00:00"),
    ]


def test_identity_links(tables: Tables) -> None:
    """Only the profile with the customer id of the shop."""
    assert tables["identity_links"] == [
        {
            "identifier_type": "email",
            "identifier": "ada@mail.invalid",
            "customer_id": "7000000000001",
        }
    ]


def test_three_systems_in_one_folder(tmp_path: Path) -> None:
    """Each export goes to its system, and the tables of all are one folder of inputs."""
    names = ["shopify", "ga4", "klaviyo"]
    source, target = tmp_path / "exports", tmp_path / "shop"
    source.mkdir()
    for name in names:
        for file in (FIXTURES / name).iterdir():
            shutil.copy(file, source)
    written = convert_exports(source, target, names, overwrite=False)
    found = {file.relative_to(target).as_posix() for file in target.rglob("*.csv")}
    assert {item.target.relative_to(target).as_posix() for item in written} == found
    expected = set()
    for name in names:
        alone = converted(name, tmp_path / name)
        for table, rows in alone.items():
            path = f"{table}/{name}.csv"
            if table == "exchange_rates":
                path = f"{table}.csv"
            expected.add(path)
            # events keep no order
            assert sorted(read_rows(target / path), key=str) == sorted(rows, key=str)
    assert found == expected
    assert {"orders/shopify.csv", "events/ga4.csv", "campaigns/klaviyo.csv"} <= found
    assert {"subscriptions/shopify.csv", "subscriptions/klaviyo.csv"} <= found


def test_consents_reach_accounts(warehouse: Warehouse, tmp_path: Path) -> None:
    """By the address of the account in Shopify's customers export, without any links.

    Ben's account is 7000000000002. Gil has no account.
    """
    source = tmp_path / "exports"
    for name in ("shopify", "klaviyo"):
        shutil.copytree(FIXTURES / name, source / name)
    convert_exports(source, tmp_path / "shop", ["shopify", "klaviyo"], overwrite=False)
    shutil.rmtree(tmp_path / "shop" / "identity_links")
    build = warehouse.build(
        tmp_path / "shop",
        select="+int_consents +int_contact_consents",
        as_of_date="2024-06-30",
        **variables_of(["shopify", "klaviyo"]),
    )
    rows = build.rows("intermediate.int_consents", channel="email")
    found = {
        row["customer_id"]: row["is_subscribed"] for row in rows if not row["next_changed_date"]
    }
    assert found["7000000000001"]
    assert not found["7000000000002"]
    assert not found[person("gil@mail.invalid")]
    assert person("ben@mail.invalid") not in found
    today = build.by_key("intermediate.int_contact_consents", "customer_id", "channel")
    assert {id_: today[id_, "email"]["is_allowed"] for id_ in found} == found
