"""Compares the cost of sessions and the purchase funnel with ClickHouse and a self-join.

Every method reads the same Parquet files of one simulated shop in its own process and keeps its
rows in memory; its CPU time is measured. Needs chdb (make oracle).
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parents[1]
PURCHASE = {
    "purchase": {
        "window_hours": 168,
        "steps": ["visit", "view_product", "add_to_cart", "place_order", "pay"],
    }
}
INPUTS = {
    "events": "int_events_identified",
    "step_events": "int_funnel_step_events",
    "sessions": "int_sessions",
    "persons": "int_persons",
    "touches": "int_touches",
    "orders": "int_orders",
    "order_events": "int_order_events",
    "as_of": "int_as_of",
}
SESSION_MODELS = ["int_session_events", "int_visits", "int_sessions"]
FUNNEL_MODELS = ["int_funnel_first_entries", "int_funnel_entries", "fct_funnel_entries"]

# windowFunnel in its fastest form: integer steps, no nulls; it returns only a level per person
WINDOW_FUNNEL = """
    select level, count() from (
        select
            track_key,
            windowFunnel(604800000000)(
                toUInt64(toUnixTimestamp64Micro(happened_at)),
                step_number = 1, step_number = 2, step_number = 3, step_number = 4, step_number = 5
            ) as level
        from file(
            '{folder}/step_events.parquet', Parquet,
            'track_key Int64, happened_at DateTime64(6), step_number Int16'
        )
        group by track_key
    ) group by level order by level
"""

CLICKHOUSE_VISITS = """
    create table bench.visits engine = Memory as
    with followed as (
        select
            person_key,
            occurred_at,
            lagInFrame(toNullable(occurred_at)) over (
                partition by person_key order by occurred_at
                rows between unbounded preceding and unbounded following
            ) as previous_occurred_at
        from (
            select distinct person_key, occurred_at
            from file('{folder}/events.parquet', Parquet) where session_id is null
        )
    ),
    started as (
        select
            person_key,
            occurred_at,
            max(if(
                previous_occurred_at is null
                or occurred_at > previous_occurred_at + interval 30 minute,
                occurred_at, null
            )) over (
                partition by person_key order by occurred_at
                rows between unbounded preceding and current row
            ) as started_at
        from followed
    )
    select
        person_key,
        occurred_at,
        if(
            occurred_at <= started_at + interval 72 hour, started_at,
            started_at + toIntervalSecond(
                259200 * intDiv(dateDiff('microsecond', started_at, occurred_at) - 1, 259200000000)
            )
        ) as visit_anchor_at
    from started
"""

CLICKHOUSE_SESSIONS = """
    create table bench.sessions engine = Memory as
    with sessionized as (
        select
            events.person_key as person_key, events.event_key as event_key,
            events.occurred_at as occurred_at, events.event_name as event_name,
            events.identity_rule as identity_rule, touches.channel as channel,
            touches.device as device, touches.source as source,
            touches.medium as medium, touches.campaign as campaign,
            events.page as page, coalesce(events.session_id, '') as given_session_id,
            if(events.session_id is null, visits.visit_anchor_at, null) as visit_anchor_at
        from file('{folder}/events.parquet', Parquet) as events
        inner join file('{folder}/touches.parquet', Parquet) as touches
            on events.touch_key = touches.touch_key
        left join bench.visits as visits
            on events.person_key = visits.person_key and events.occurred_at = visits.occurred_at
    ),
    sessions as (select
        person_key, given_session_id, visit_anchor_at,
        min(occurred_at) as started_at, max(occurred_at) as ended_at, count() as events,
        {first_known},
        argMin(page, (occurred_at, event_key)) as landing_page,
        argMax(page, (occurred_at, event_key)) as exit_page, {counts},
        min(if(event_name = 'add_to_cart', occurred_at, null)) as first_cart_add_at,
        min(if(event_name = 'begin_checkout', occurred_at, null)) as first_checkout_at,
        max(multiIf(
            identity_rule = 'customer_id', 5, identity_rule = 'next_login', 4,
            identity_rule = 'previous_login', 3, identity_rule = 'visitor_link', 2, 1
        )) as identity_strength
    from sessionized
    group by person_key, given_session_id, visit_anchor_at)
    select
        row_number() over (
            order by sessions.person_key, sessions.started_at, sessions.given_session_id
        ) as session_key,
        lower(hex(MD5(concat(
            persons.person_id,
            if(
                sessions.given_session_id <> '', concat('|given|', sessions.given_session_id),
                concat('|started|', toString(toUnixTimestamp64Micro(sessions.started_at)))
            )
        )))) as session_id,
        sessions.*
    from sessions
    inner join file('{folder}/persons.parquet', Parquet) as persons
        on sessions.person_key = persons.person_key
"""
ATTRIBUTES = ("channel", "device", "source", "medium", "campaign")
COUNTED = ("view_page", "view_category", "search", "view_product", "add_to_cart", "begin_checkout")
COUNTED += ("payment_failed",)


def self_join(folder: Path) -> str:
    """The same entries by joining each step to all candidate events, with duplicates removed."""
    steps = [
        f"""
        step_events as (select distinct track_key, happened_at, step_number
            from '{folder}/step_events.parquet'),
        step_1 as (select track_key, happened_at as entered_at, happened_at as reached_at
            from step_events where step_number = 1)"""
    ]
    for step in range(2, 6):
        steps.append(f"""
        taken_{step} as (
            select step_events.track_key, step_events.happened_at,
                max(step_{step - 1}.entered_at) as entered_at
            from step_events
            inner join step_{step - 1} on step_events.track_key = step_{step - 1}.track_key
                and step_events.happened_at >= step_{step - 1}.reached_at
                and step_events.happened_at <= step_{step - 1}.entered_at + interval '168 hours'
            where step_events.step_number = {step}
            group by step_events.track_key, step_events.happened_at
        ),
        step_{step} as (
            select track_key, entered_at, min(happened_at) as reached_at
            from taken_{step} group by track_key, entered_at
        )""")
    joins = " ".join(
        f"left join step_{step} on step_1.track_key = step_{step}.track_key"
        f" and step_1.entered_at = step_{step}.entered_at"
        for step in range(2, 6)
    )
    times = ", ".join(f"step_{step}.reached_at as step_{step}_at" for step in range(2, 6))
    nulls = ", ".join(f"cast(null as timestamp) as step_{step}_at" for step in range(6, 11))
    reached = " + ".join(
        f"case when step_{step}.reached_at is null then 0 else 1 end" for step in range(2, 6)
    )
    attributes = ", ".join(
        f"coalesce(sessions.{name}, 'unknown') as {name}" for name in ATTRIBUTES[:4]
    )
    return f"""
        create table entries as with {",".join(steps)}
        select 'purchase' as funnel, persons.person_id, step_1.entered_at,
            cast(step_1.entered_at as date) as entered_date,
            cast(extract(hour from step_1.entered_at) as integer) as entered_hour,
            step_1.reached_at as step_1_at, {times}, {nulls}, 5 as steps,
            1 + {reached} as reached_step, step_5.reached_at is not null as is_converted,
            step_1.entered_at + interval '168 hours' <= as_of.as_of_end_at as is_mature,
            {attributes},
            coalesce(buyers.first_ordered_at >= step_1.entered_at, true) as is_new_customer
        from step_1 {joins}
        cross join '{folder}/as_of.parquet' as as_of
        left join (
            select person_key, started_at, min(session_key) as session_key
            from '{folder}/sessions.parquet' group by all
        ) as visits
            on step_1.track_key // 100 = visits.person_key and step_1.entered_at = visits.started_at
        left join '{folder}/sessions.parquet' as sessions
            on visits.session_key = sessions.session_key
        left join '{folder}/persons.parquet' as persons
            on step_1.track_key // 100 = persons.person_key
        left join (
            select customer_id, min(ordered_at) as first_ordered_at
            from '{folder}/orders.parquet' where is_valid group by customer_id
        ) as buyers on persons.person_id = buyers.customer_id
    """


# -- contestants: each runs in a process of its own ------------------------------------------------


def run_models(folder: Path, models: list[str]) -> int:
    """Run the project's own SQL of some models; return the row count of the last one."""
    compiled = json.loads((folder / "compiled.json").read_text(encoding="utf-8"))
    connection = _duckdb()
    for name, model in INPUTS.items():
        if model not in models:
            connection.execute(f"create view {model} as from '{folder}/{name}.parquet'")
    for model in models:
        connection.execute(f"create table {model} as {compiled[model]}")
    return _rows(connection, models[-1])


def run_self_join(folder: Path) -> int:
    """The number of entries by self-join."""
    connection = _duckdb()
    connection.execute(self_join(folder))
    return _rows(connection, "entries")


def run_window_funnel(folder: Path) -> int:
    """The number of people in all levels."""
    session = _clickhouse(folder)
    answer = str(session.query(WINDOW_FUNNEL.format(folder=folder)))
    return sum(int(line.split(",")[1]) for line in answer.split())


def run_clickhouse_sessions(folder: Path) -> int:
    """The number of sessions."""
    first_known = ", ".join(
        f"argMin({name}, (occurred_at, event_key)) as first_{name}" for name in ATTRIBUTES
    )
    counts = ", ".join(f"countIf(event_name = '{name}') as {name}s" for name in COUNTED)
    session = _clickhouse(folder)
    session.query(CLICKHOUSE_VISITS.format(folder=folder))
    session.query(CLICKHOUSE_SESSIONS.format(folder=folder, first_known=first_known, counts=counts))
    return int(str(session.query("select count() from bench.sessions")))


def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    return connection


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return rows


def _clickhouse(folder: Path):
    from chdb.session import Session

    session = Session(tempfile.mkdtemp(dir=folder))
    session.query("create database bench")
    session.query("set max_threads = 2")
    return session


CONTESTANTS = {
    "windowFunnel": run_window_funnel,
    "funnel": lambda folder: run_models(folder, FUNNEL_MODELS),
    "self-join": run_self_join,
    "sessions": lambda folder: run_models(folder, SESSION_MODELS),
    "sessions in ClickHouse": run_clickhouse_sessions,
}


def measure(name: str, folder: Path) -> tuple[int, float]:
    """Rows and CPU seconds of a method, without its startup."""
    command = [sys.executable, __file__, str(folder), "--contestant", name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows, seconds = json.loads(answer.splitlines()[-1])
    return rows, seconds


# -- preparation ----------------------------------------------------------------------------------


def prepare(folder: Path, customers: int) -> None:
    """Simulate a shop, build up to the funnel and write the input files of all methods."""
    simulate = ["customer_analytics", "simulate", "--seed", "1", "--customers", str(customers)]
    simulate += ["--days", "730", "--format", "parquet", "--out", str(folder / "data")]
    run_program(folder, *simulate)
    tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    run_dbt(folder, "build", "--select", "+fct_funnel_entries", *tests)
    connection = duckdb.connect(str(folder / "prepared.duckdb"), read_only=True)
    for name, model in INPUTS.items():
        target = folder / f"{name}.parquet"
        connection.execute(f"copy intermediate.{model} to '{target}' (format parquet)")
    connection.close()


def compile_models(folder: Path) -> None:
    """Write the SQL of the measured models, without database and schema names."""
    run_dbt(folder, "compile", "--select", *SESSION_MODELS, *FUNNEL_MODELS)
    compiled = {}
    for model in SESSION_MODELS + FUNNEL_MODELS:
        (file,) = (folder / "target" / "compiled").rglob(f"{model}.sql")
        sql = file.read_text(encoding="utf-8")
        compiled[model] = re.sub(r'"prepared"\."\w+"\."(\w+)"', r"\1", sql)
    (folder / "compiled.json").write_text(json.dumps(compiled), encoding="utf-8")


def run_dbt(folder: Path, *arguments: str) -> None:
    """Run a dbt command on the simulated shop, with only the purchase funnel."""
    variables = json.dumps({"funnels": PURCHASE})
    run_program(folder, "dbt.cli.main", "--quiet", *arguments, "--vars", variables)


def run_program(folder: Path, module: str, *arguments: str) -> None:
    """Run a Python module of the project that writes into the folder."""
    paths = {"SHOP_DATA": "data", "ANALYTICS_DB": "prepared.duckdb"}
    paths |= {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs"}
    environment = {name: str(folder / path) for name, path in paths.items()}
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        raise click.ClickException(f"{module} failed:\n{done.stdout}{done.stderr}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--customers", default=700_000, help="Customers of the shop; 700,000 have 10M events."
)
@click.option("--repeat", default=3, help="Runs of each method; the lowest CPU time counts.")
@click.option("--contestant", hidden=True)
def main(folder: Path, customers: int, repeat: int, contestant: str | None) -> None:
    """Measure in FOLDER, which keeps the simulated shop for the next run."""
    folder = folder.absolute()
    if contestant:
        before = resource.getrusage(resource.RUSAGE_SELF)
        rows = CONTESTANTS[contestant](folder)
        after = resource.getrusage(resource.RUSAGE_SELF)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        click.echo(json.dumps([rows, seconds]))
        return
    if not (folder / "events.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        prepare(folder, customers)
    compile_models(folder)
    results = {
        name: min((measure(name, folder) for _ in range(repeat)), key=lambda result: result[1])
        for name in CONTESTANTS
    }
    table = Table(
        "", "rows", "CPU seconds", title="The same Parquet files, two threads, results in memory"
    )
    for name, (rows, seconds) in results.items():
        table.add_row(name, f"{rows:,}", f"{seconds:.2f}")
    console = Console()
    console.print(table)
    cpu = {name: seconds for name, (_, seconds) in results.items()}
    for ratio, most in (
        (("funnel", "windowFunnel"), 6.0),
        (("funnel", "self-join"), 0.6),
        (("sessions", "sessions in ClickHouse"), 0.6),
    ):
        value = cpu[ratio[0]] / cpu[ratio[1]]
        console.print(f"{ratio[0]} / {ratio[1]}: {value:.2f} (limit: {most})")


if __name__ == "__main__":
    main()
