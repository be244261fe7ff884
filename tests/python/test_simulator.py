"""The simulated shop: deterministic, consistent to the cent, and as documented."""

import filecmp
import json
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner

from customer_analytics.contract import read_contract
from customer_analytics.simulator import shop as shop_module
from customer_analytics.simulator import world as world_module
from customer_analytics.simulator.command import simulate as simulate_command
from customer_analytics.simulator.people import draw_people
from customer_analytics.simulator.purchases import draw_purchases, purchase_times
from customer_analytics.simulator.reviews import COMPLAINT, PRAISE, TOPICS, review_texts
from customer_analytics.simulator.shop import simulate
from customer_analytics.simulator.world import World

CUSTOMERS, DAYS, SEED = 600, 480, 11


def open_shop(folder: Path) -> duckdb.DuckDBPyConnection:
    """All tables of a simulated shop, values as text; those of truth/ are called truth_<name>."""
    connection = duckdb.connect()
    for file in sorted([*folder.glob("*.csv"), *(folder / "truth").glob("*.csv")]):
        name = file.stem if file.parent == folder else f"truth_{file.stem}"
        connection.execute(f"create table {name} as from read_csv('{file}', all_varchar = true)")
    return connection


def one(connection, query: str):
    return connection.execute(query).fetchall()[0][0]


@pytest.fixture(scope="module")
def shops(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("shops")
    for name, options in {
        "clean": {},
        "dirty": {"dirty": True},
        "dirty_again": {"dirty": True},
        "parquet": {"file_format": "parquet"},
    }.items():
        simulate(CUSTOMERS, DAYS, SEED, root / name, **options)
    return {folder.name: folder for folder in root.iterdir()}


@pytest.fixture(scope="module")
def clean(shops):
    return open_shop(shops["clean"])


@pytest.fixture(scope="module")
def dirty(shops):
    return open_shop(shops["dirty"])


def test_same_arguments_give_identical_files(shops):
    names = [
        str(file.relative_to(shops["dirty"]))
        for file in shops["dirty"].rglob("*")
        if file.is_file()
    ]
    _, different, unreadable = filecmp.cmpfiles(
        shops["dirty"], shops["dirty_again"], names, shallow=False
    )
    assert names and not different and not unreadable


def test_another_seed_gives_another_shop(shops, tmp_path):
    simulate(CUSTOMERS, DAYS, SEED + 1, tmp_path / "other")
    assert (tmp_path / "other/orders.csv").read_bytes() != (
        shops["clean"] / "orders.csv"
    ).read_bytes()


def test_folder_contains_exactly_the_contract(shops):
    expected = {f"{name}.csv" for name in read_contract()} | {"truth"}
    assert {entry.name for entry in shops["dirty"].iterdir()} == expected
    for name, table in read_contract().items():
        header = (shops["dirty"] / f"{name}.csv").open(encoding="utf-8").readline().strip()
        assert header.split(",") == list(table.columns)


def test_csv_and_parquet_contain_the_same_rows(shops):
    connection = duckdb.connect()
    for name in read_contract():
        parquet = f"from '{shops['parquet'] / name}.parquet'"
        schema = connection.execute(f"describe {parquet}").fetchall()
        columns = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind, *_ in schema)
        text = f"read_csv('{shops['clean'] / name}.csv', all_varchar = true)"
        assert one(connection, f"select count(*) {parquet}") == one(
            connection, f"select count(*) from {text}"
        )
        difference = f"({parquet}) except all (select {columns} from {text})"
        assert one(connection, f"select count(*) from ({difference})") == 0, name


def test_chunks_are_independent_of_the_size_of_the_shop(monkeypatch, tmp_path):
    for module in (world_module, shop_module):
        monkeypatch.setattr(module, "CUSTOMERS_PER_CHUNK", 100)
    for customers in (200, 250):
        simulate(customers, 60, SEED, tmp_path / str(customers), file_format="parquet")
    connection = duckdb.connect()
    both = [f"from '{tmp_path}/{customers}/customers/*.parquet'" for customers in (200, 250)]
    kept = "where customer_id <= 'C000200'"
    assert one(connection, f"select count(*) from ({both[0]} {kept})") == 200
    assert one(connection, f"select count(*) from ({both[0]} {kept} except {both[1]})") == 0
    orders = f"from '{tmp_path}/250/orders/*.parquet'"
    assert one(connection, f"select count(*) - count(distinct order_id) {orders}") == 0
    assert one(connection, f"select count(distinct customer_id) {orders}") > 150


def test_only_an_earlier_simulation_is_overwritten(tmp_path):
    simulate(100, 30, 1, tmp_path / "shop", dirty=True, file_format="parquet")
    simulate(100, 30, 1, tmp_path / "shop")
    assert not list((tmp_path / "shop").rglob("*.parquet"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep me")
    with pytest.raises(FileExistsError):
        simulate(100, 30, 1, tmp_path / "mine")
    result = CliRunner().invoke(simulate_command, ["--out", str(tmp_path / "mine")])
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1
    assert [entry.name for entry in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_command_prints_a_summary(tmp_path):
    arguments = ["--customers", "100", "--days", "30", "--seed", "3", "--out", str(tmp_path / "s")]
    result = CliRunner().invoke(simulate_command, [*arguments, "--dirty"])
    assert result.exit_code == 0, result.output
    assert "orders" in result.output
    assert json.loads((tmp_path / "s/truth/simulation.json").read_text())["seed"] == 3


def test_totals_reconcile_to_the_cent(clean):
    amounts = ["paid", "gross", "discount", "tax", "shipping"]
    values = ", ".join(f"cast({name}_amount as decimal(18, 2)) as {name}" for name in amounts)
    wrong = f"""
        with totals as (select order_id, {values} from orders),
        goods as (
            select
                order_id,
                sum(cast(quantity as int) * cast(unit_price as decimal(18, 2))) as goods,
                sum(cast(quantity as int) * cast(unit_list_price as decimal(18, 2))) as listed
            from order_items group by order_id
        )
        select count(*) from totals left join goods using (order_id)
        where gross - discount + tax + shipping is distinct from paid
            or goods is distinct from paid - tax - shipping or listed is distinct from gross
            or discount < 0 or paid <= 0
    """
    assert one(clean, wrong) == 0
    assert one(clean, "select count(*) from orders where cast(tax_amount as decimal) > 0") > 0
    assert one(clean, "select count(*) from order_items where quantity = '3'") > 0


def test_refunds_never_exceed_the_goods(clean):
    too_much = """
        select count(*) from (
            select
                order_id,
                sum(cast(refund_amount as decimal(18, 2)) - cast(tax_amount as decimal(18, 2)))
                    as refunded,
                sum(cast(tax_amount as decimal(18, 2))) as refunded_tax
            from refunds where order_id is not null group by order_id
        ) join orders using (order_id)
        where refunded > cast(paid_amount as decimal(18, 2))
            - cast(tax_amount as decimal(18, 2)) - cast(shipping_amount as decimal(18, 2))
            or refunded <= 0 or refunded_tax > cast(tax_amount as decimal(18, 2))
    """
    assert one(clean, too_much) == 0
    assert one(clean, "select count(*) from refunds where order_id is null") > 0
    assert one(clean, "select count(*) from refunds where cast(tax_amount as decimal) > 0") > 0


def test_foreign_orders_have_a_rate_on_or_before_their_day(clean):
    without = """
        select count(*) from orders where currency <> 'CNY' and not exists (
            select 1 from exchange_rates as rates
            where rates.currency = orders.currency and rate_date <= left(ordered_at, 10)
        )
    """
    assert one(clean, without) == 0
    share = one(clean, "select avg((currency <> 'CNY')::int) from orders")
    assert 0.01 < share < 0.12


LINKED = """
    with cards as (select * from identity_links where identifier_type = 'member_card')
    select orders.*, coalesce(second.customer_id, first.customer_id, orders.customer_id) as account
    from orders
    left join cards as first on orders.customer_id = first.identifier
    left join cards as second on first.customer_id = second.identifier
"""


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("order_items", "order_id", "orders"),
        ("order_items", "product_id", "products"),
        ("refunds", "order_id", "orders"),
        ("reviews", "order_id", "orders"),
        ("reviews", "customer_id", "customers"),
        ("support_tickets", "order_id", "orders"),
        ("point_transactions", "customer_id", "customers"),
        ("point_transactions", "order_id", "orders"),
        ("subscriptions", "customer_id", "customers"),
        ("campaign_sends", "campaign_id", "campaigns"),
        ("campaign_sends", "customer_id", "customers"),
        ("events", "customer_id", "customers"),
        ("events", "order_id", "orders"),
        ("events", "product_id", "products"),
        ("orders", "campaign_id", "campaigns"),
    ],
)
def test_foreign_keys_exist(clean, table, column, other):
    unknown = f"select {column} from {table} where {column} not in (select {column} from {other})"
    assert one(clean, f"select count(*) from ({unknown})") == 0
    assert one(clean, f"select count({column}) from {table}") > 0


def test_member_cards_are_linked_to_accounts(clean):
    unknown = f"""
        select count(*) from ({LINKED})
        where account is not null and account not in (select customer_id from customers)
    """
    assert one(clean, unknown) == 0
    assert one(clean, "select count(*) from orders where customer_id like 'M%'") > 0


IMPOSSIBLE = {
    "order before the account": f"""
        from ({LINKED}) join customers on account = customers.customer_id
        where ordered_at < registered_at""",
    "paid, shipped, delivered out of order": """
        from orders where paid_at < ordered_at or shipped_at < paid_at or delivered_at < shipped_at
            or (shipped_at is not null and paid_at is null)""",
    "refund before delivery, or before payment of a cancelled order": """
        from refunds join orders using (order_id)
        where refunded_at < coalesce(delivered_at, paid_at)""",
    "review before delivery": """
        from reviews join orders using (order_id)
        where delivered_at is null or created_at < delivered_at""",
    "ticket before the order or resolved before opened": """
        from support_tickets join orders using (order_id)
        where opened_at < ordered_at or resolved_at < opened_at""",
    "event of an account before it was opened": """
        from events join customers using (customer_id) where occurred_at < registered_at""",
    "place_order or pay at another time than the order": """
        from events join orders using (order_id)
        where (event_name = 'place_order' and occurred_at <> ordered_at)
            or (event_name = 'pay' and occurred_at is distinct from paid_at)""",
    "product sold before its launch": """
        from order_items join orders using (order_id) join products using (product_id)
        where left(ordered_at, 10) < launched_on""",
    "click before opening, opening before sending, control opened": """
        from campaign_sends where clicked_at < opened_at or opened_at < sent_at
            or (variant = 'control' and opened_at is not null)""",
    "message without consent": """
        from campaign_sends as sends where not exists (
            select 1 from subscriptions as consents
            where consents.customer_id = sends.customer_id and consents.channel = sends.channel
                and status = 'subscribed' and changed_at <= sent_at)""",
    "negative balance of points": """
        from (select sum(points::int) over (
            partition by customer_id order by occurred_at, transaction_id) as balance
            from point_transactions) where balance < 0""",
    "card used before it was linked": """
        from orders join identity_links as links on orders.customer_id = links.identifier
        where linked_at > ordered_at""",
    "loaded before it happened": "from orders where loaded_at < coalesce(delivered_at, ordered_at)",
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_no_impossible_rows(clean, what):
    assert one(clean, f"select count(*) {IMPOSSIBLE[what]}") == 0


def test_steps_of_an_order_come_in_order_within_its_session(clean):
    """Nothing runs backwards between the cart and the payment of a session."""
    wrong = """
        with steps as (
            select
                session_id,
                list_position(
                    ['add_to_cart', 'begin_checkout', 'place_order', 'pay'], event_name
                ) as step,
                epoch(cast(occurred_at as timestamp))
                    - lag(epoch(cast(occurred_at as timestamp))) over in_session as pause,
                lag(step) over in_session as step_before
            from events
            where session_id is not null
                and event_name in ('add_to_cart', 'begin_checkout', 'place_order', 'pay')
            window in_session as (partition by session_id order by occurred_at, event_id)
        )
        select count(*) from steps where step < step_before or pause > 7200
    """
    assert one(clean, wrong) == 0


def test_login_comes_before_the_first_known_event_of_a_visitor(clean):
    known_without_login = """
        with firsts as (
            select
                visitor_id, customer_id, session_id,
                min(occurred_at) as first_known,
                min(occurred_at) filter (where event_name in ('login', 'register')) as entered
            from events where customer_id is not null and channel <> 'h5'
            group by all
        )
        select count(*) from firsts
        where entered is distinct from first_known and first_known = (
            select min(occurred_at) from events
            where events.visitor_id = firsts.visitor_id
                and events.customer_id = firsts.customer_id and events.channel <> 'h5'
        )
    """
    pairs = (
        "select count(distinct (visitor_id, customer_id)) from events where customer_id is not null"
    )
    # two visits may overlap at the very beginning of an account
    assert one(clean, known_without_login) <= 0.02 * one(clean, pairs)


def bgnbd_expected_purchases(r, alpha, a, b, t) -> float:
    """E[X(t)] of the BG/NBD (Fader, Hardie & Lee 2005, equation 9), 2F1 as its power series."""
    z, term, total = t / (alpha + t), 1.0, 1.0
    for n in range(2_000):
        term *= (r + n) * (b + n) / ((a + b - 1 + n) * (n + 1)) * z
        total += term
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * total)


def test_purchases_match_the_mbgnbd():
    r, alpha, a, b, t, size = 0.8, 60.0, 1.4, 4.0, 300.0, 200_000
    rng = np.random.default_rng(5)
    rate, dropout = rng.gamma(r, 1 / alpha, size), rng.beta(a, b, size)
    buyer, _, left_at = purchase_times(rate, dropout, np.zeros(size), t, rng)
    repeats = np.bincount(buyer, minlength=size) - 1
    error = repeats.std() / np.sqrt(size)
    # b of a + b stay after the first purchase, with drop-out probabilities Beta(a, b + 1)
    stay = b / (a + b)
    expected = stay * bgnbd_expected_purchases(r, alpha, a, b + 1, t)
    assert abs(repeats.mean() - expected) < 4 * error
    # P(X(t) = 0): dropped out at once, or no purchase, (alpha / (alpha + t))^r
    nobody = 1 - stay + stay * (alpha / (alpha + t)) ** r
    assert abs((repeats == 0).mean() - nobody) < 4 * np.sqrt(nobody * (1 - nobody) / size)
    gone = np.isfinite(left_at[repeats == 0]).sum() / size
    assert abs(gone - (1 - stay)) < 4 * np.sqrt(stay * (1 - stay) / size)


def test_seasons_do_not_change_the_number_of_purchases():
    """E[X] = (1 - p) (1 - exp(-rate p T)) / p: Fader, Hardie & Lee 2005, eq. 8, for who stays."""
    world = World(20_000, 400, 3, date(2023, 1, 1))
    rng = np.random.default_rng(9)
    people = draw_people(world, rng, 0, 20_000, 6.0)
    purchases = draw_purchases(world, people, rng)
    first = np.unique(purchases.who, return_index=True)
    who, left = first[0], world.days - world.season.elapsed(purchases.at[first[1]])
    p, rate = people.dropout[who], people.purchase_rate[who]
    expected = -(1 - p) * np.expm1(-rate * p * left) / p
    repeats = np.bincount(purchases.who, minlength=people.size)[who] - 1
    error = (repeats - expected).std() / np.sqrt(who.size)
    assert abs((repeats - expected).mean()) < 4 * error


def test_demand_clock_runs_at_one_day_per_day_and_backwards():
    season = World(100, 365, 1, date(2023, 1, 1)).season
    assert season.elapsed(season.end) == pytest.approx(365)
    days = np.linspace(0, 364.9, 1_000)
    assert season.elapsed(season.at(days)) == pytest.approx(days, abs=1e-3)
    november, july = (
        np.diff(season.elapsed(season.start + 86_400 * np.array(span)))[0]
        for span in ((304, 315), (191, 202))  # 1-11 November, 11-21 July
    )
    assert november > 1.8 * july


def test_ground_truth_names_churned_customers(clean):
    late = f"""
        select count(*) from ({LINKED}) join truth_customers as truth on account = truth.customer_id
        where ordered_at > dropped_out_at
    """
    assert one(clean, late) == 0
    lost, buyers = clean.execute(
        "select count(dropped_out_at), count(purchase_rate) from truth_customers"
    ).fetchall()[0]
    assert 0.05 * buyers < lost < 0.8 * buyers
    assert one(clean, "select count(*) from truth_customers") == CUSTOMERS


def test_short_cycle_categories_are_reordered_sooner(clean):
    gaps = dict(
        clean.execute("""
            select category, median(gap) from (
                select category, date_diff('day', lag(cast(ordered_at as timestamp)) over (
                    partition by account, category order by ordered_at
                ), cast(ordered_at as timestamp)) as gap
                from (""" + LINKED + """) join order_items using (order_id)
                join products using (product_id)
                where account is not null
            ) where gap is not null group by category
        """).fetchall()
    )  # fmt: skip
    assert gaps["food"] < gaps["clothing"] < gaps["appliance"]


def test_incidents_are_in_the_data(clean):
    incidents = clean.execute(
        "select step, dimension, value, starts_at, ends_at from truth_incidents"
    ).fetchall()
    assert [incident[0] for incident in incidents] == ["add_to_cart", "pay"]
    for step, dimension, value, starts_at, ends_at in incidents:
        before = "view_product" if step == "add_to_cart" else "place_order"
        rates = [
            clean.execute(f"""
                select avg(went_on::int) from (
                    select bool_or(event_name = '{step}') as went_on from events
                    where {dimension} = '{value}' and session_id is not null group by session_id
                    having bool_or(event_name = '{before}')
                        and (min(occurred_at) between '{starts_at}' and '{ends_at}') = {inside}
                )
            """).fetchall()[0][0]
            for inside in ("true", "false")
        ]
        assert rates[0] < 0.5 * rates[1], (step, rates)


def test_campaigns_have_the_simulated_uplift(tmp_path):
    """Treated minus control conversion, counted in the orders, agrees with the truth."""
    simulate(6_000, 300, 2, tmp_path / "shop", visits_per_year=0.1)
    shop = open_shop(tmp_path / "shop")
    shop.execute(f"create table linked as {LINKED}")
    found = shop.execute("""
        select campaign_id, avg(bought::int) filter (variant = 'treatment') as treated,
            avg(bought::int) filter (variant = 'control') as control,
            count(*) filter (variant = 'treatment') as treatments,
            count(*) filter (variant = 'control') as controls
        from (
            select sends.*, exists (
                select 1 from linked where account = sends.customer_id
                    and cast(ordered_at as timestamp) > cast(sent_at as timestamp)
                    and cast(ordered_at as timestamp)
                        <= cast(sent_at as timestamp) + interval 14 day
            ) as bought from campaign_sends as sends
        ) group by campaign_id order by campaign_id
    """).fetchall()
    truth = shop.execute("""
        select campaign_id, true_uplift::double, treated::int
        from truth_campaign_effects order by campaign_id
    """).fetchall()
    assert len(found) == len(truth) == 2
    for (campaign, treated, control, n, m), (same, uplift, sent) in zip(found, truth, strict=True):
        error = np.sqrt(treated * (1 - treated) / n + control * (1 - control) / m)
        assert campaign == same and n == sent
        assert uplift > 0.02
        assert abs(treated - control - uplift) < 4 * error


def test_review_texts_match_their_ratings():
    rng = np.random.default_rng(0)
    rating = rng.integers(1, 6, 2_000)
    texts = review_texts(rating, rng.integers(0, len(TOPICS), 2_000), rng).to_pylist()
    praise, complaints = (
        [text for tongue in kind for topic in tongue for text in topic]
        for kind in (PRAISE, COMPLAINT)
    )
    for stars, text in zip(rating, texts, strict=True):
        assert any(sentence in text for sentence in praise) == (stars >= 3)
        assert any(sentence in text for sentence in complaints) == (stars <= 3)
    assert len(set(texts)) > 1_500


REASONS = {
    "orders": {
        "missing_order_id", "missing_ordered_at", "unreadable_ordered_at", "missing_paid_amount",
        "unreadable_paid_amount", "test_order", "impossible_time", "missing_exchange_rate",
        "negative_amount", "duplicate",
    },
    "order_items": {
        "missing_order_id", "missing_product_id", "missing_quantity", "unreadable_quantity",
        "missing_unit_price", "unreadable_unit_price", "negative_amount", "abnormal_quantity",
        "unknown_order", "duplicate",
    },
    "refunds": {
        "missing_refund_id", "missing_refunded_at", "unreadable_refunded_at", "impossible_time",
        "missing_refund_amount", "unreadable_refund_amount", "negative_amount", "unknown_order",
        "duplicate",
    },
    "events": {
        "missing_occurred_at", "unreadable_occurred_at", "missing_event_name", "impossible_time",
        "duplicate",
    },
    "exchange_rates": {
        "missing_currency", "missing_rate_date", "unreadable_rate_date", "impossible_time",
        "missing_rate_to_reporting", "unreadable_rate_to_reporting", "impossible_rate", "duplicate",
    },
    "identity_links": {
        "missing_identifier_type", "missing_identifier", "missing_customer_id", "cyclic_link",
        "duplicate",
    },
    "nps_responses": {
        "missing_response_id", "missing_responded_at", "unreadable_responded_at", "missing_score",
        "unreadable_score", "impossible_time", "duplicate",
    },
    "customers": {"missing_customer_id", "duplicate"},
    "products": {"missing_product_id", "duplicate"},
    "campaigns": {"missing_campaign_id", "duplicate"},
}  # fmt: skip


def test_every_rejection_reason_is_injected(dirty):
    injected = {}
    for name, reason in dirty.execute(
        "select distinct input, reason from truth_injected_rows"
    ).fetchall():
        injected.setdefault(name, set()).add(reason)
    assert set(injected) == set(read_contract())
    for name, reasons in REASONS.items():
        assert injected[name] == reasons


def test_injected_rows_are_added_to_the_clean_ones(clean, dirty):
    counts = dict(
        dirty.execute(
            "select input, sum(rows::int) from truth_injected_counts group by 1"
        ).fetchall()
    )
    listed = dict(
        dirty.execute("select input, count(*) from truth_injected_rows group by 1").fetchall()
    )
    assert counts == listed
    for name in read_contract():
        added = one(dirty, f"select count(*) from {name}") - one(
            clean, f"select count(*) from {name}"
        )
        assert added == counts[name], name


DECIMAL, INTEGER = "[+-]?[0-9]+([.][0-9]+)?", "[0-9]+([.]0*)?"


@pytest.mark.parametrize(
    ("name", "reason", "condition"),
    [
        # each condition reads the raw files and knows nothing of the simulator
        ("orders", "test_order",
         "trim(customer_id) like 'test%' or lower(email) similar to '.*@(test|example)[.].*'"),
        ("orders", "negative_amount", "try_cast(paid_amount as decimal(18, 2)) < 0"),
        ("orders", "missing_order_id", "coalesce(trim(order_id), '') = ''"),
        ("orders", "missing_paid_amount", "coalesce(trim(paid_amount), '') = ''"),
        ("orders", "unreadable_paid_amount",
         f"trim(paid_amount) <> '' and not regexp_full_match(trim(paid_amount), '{DECIMAL}')"),
        ("orders", "impossible_time", "left(ordered_at, 4) in ('1970', '2099', '1899')"),
        ("orders", "missing_exchange_rate",
         "upper(trim(currency)) in ('GBP', 'JPY', 'KRW') or left(ordered_at, 4) = '2022'"),
        ("order_items", "abnormal_quantity",
         "try_cast(quantity as decimal(18, 2)) not between 1 and 999"),
        ("order_items", "negative_amount", "try_cast(unit_price as decimal(18, 2)) < 0"),
        ("refunds", "negative_amount", "try_cast(refund_amount as decimal(18, 2)) < 0"),
        ("exchange_rates", "impossible_rate", "try_cast(rate_to_reporting as decimal(18, 4)) <= 0"),
        ("nps_responses", "unreadable_score",
         f"trim(score) <> '' and not regexp_full_match(trim(score), '{INTEGER}')"),
    ],
)  # fmt: skip
def test_injected_rows_match_their_reason(dirty, name, reason, condition):
    found = one(dirty, f"select count(*) from {name} where {condition}")
    injected = f"from truth_injected_rows where input = '{name}' and reason = '{reason}'"
    assert found == one(dirty, f"select count(*) {injected}") > 0


@pytest.mark.parametrize("name", ["orders", "customers", "refunds", "reviews", "campaigns"])
def test_valid_rows_are_never_replaced(clean, dirty, name):
    """Every clean key still has a row, and its newest good version is the clean one."""
    key = read_contract()[name].key[0]
    rejected = (
        f"select row_key from truth_injected_rows where input = '{name}' and reason <> 'duplicate'"
    )
    lost = f"""
        select count(*) from {{clean}} where {key} not in (
            select trim({key}) from {name} where {key} is not null
        )
    """
    dirty.execute(f"create or replace temp table clean_keys ({key} varchar)")
    keys = clean.execute(f"select {key} from {name}").fetchall()
    dirty.executemany("insert into clean_keys values (?)", keys)
    assert one(dirty, lost.format(clean="clean_keys")) == 0
    # among the versions of a repeated key the newest that is not listed as broken is a clean one
    newest = {
        row[0]: row[1]
        for row in dirty.execute(
            f"select trim({key}), max(loaded_at) from {name} where {key} is not null "
            f"and trim({key}) not in ({rejected}) group by 1"
        ).fetchall()
    }
    loaded = dict(clean.execute(f"select {key}, loaded_at from {name}").fetchall())
    assert all(newest[each] == loaded[each] for each in newest if each in loaded)


def test_repeated_events_are_identical_and_have_no_id(dirty):
    without_id = "from events where coalesce(trim(event_id), '') = ''"
    rows = f"(select * {without_id}) as lost"
    repeated = f"select sum(n - 1) from (select count(*) as n from {rows} group by lost)"
    injected = """
        select count(*) from truth_injected_rows
        where input = 'events' and reason = 'duplicate' and row_key is null
    """
    assert one(dirty, repeated) == one(dirty, injected) > 0


def test_only_injected_links_form_a_cycle(dirty):
    leads = dict(
        dirty.execute(
            "select identifier, customer_id from identity_links where identifier_type like '%card'"
        ).fetchall()
    )

    def is_in_cycle(start):
        at = leads.get(start)
        for _ in range(10):
            if at == start:
                return True
            at = leads.get(at)
        return False

    leads.pop(None, None)
    injected = one(dirty, "select count(*) from truth_injected_rows where reason = 'cyclic_link'")
    assert sum(is_in_cycle(card) for card in leads) == injected == 7


def test_valid_rows_have_varied_spelling(dirty):
    forms = {
        "select count(*) from orders where ordered_at like '%+08:00'": 5,
        "select count(*) from orders where ordered_at like '____/__/__ %'": 5,
        "select count(*) from orders where length(ordered_at) = 10": 3,
        "select count(*) from orders where currency is null": 20,
        "select count(*) from orders where status = '已完成'": 5,
        "select count(*) from orders where customer_id like ' %'": 5,
        "select count(*) from orders where email <> lower(email)": 5,
        "select count(distinct event_name) from events": 25,
        "select count(distinct category) from products": 20,
    }
    for query, at_least in forms.items():
        assert one(dirty, query) >= at_least, query
