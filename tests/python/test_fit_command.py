"""The command fit leaves in a warehouse without Python what builds on DuckDB find out."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from postgres import DATABASE, Postgres
from warehouse import PROJECT, Build, environment

from customer_analytics.cli import cli
from customer_analytics.dbt_runs import DbtFailure
from customer_analytics.simulator import shop

# what asks about the next churn_horizon_days: what fits learn from, and scores
HORIZON = "int_snapshot_dates+,+fct_customer_churn"
# what fits read and write, and what shows their scores
SCORES = "+int_order_features +int_churn_features +fct_customer_churn +fct_model_parameters"
SCORES += " +int_persona_features +int_path_transitions +int_order_items_valued"


def query(postgres: Postgres, sql: str) -> list[tuple]:
    """The rows of a query."""
    with closing(postgres.connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def fit(*options: str) -> str:
    """Run the command and return what it says; raise what it raises."""
    outcome = CliRunner().invoke(cli, ["fit", *options], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_build_fit_build_equals_duckdb(
    sample: Path, sample_build: Build, postgres: Postgres, tmp_path: Path
) -> None:
    """Before the first fit the probability is the rate of the recency band, and says so.

    A logistic fit answers for its own horizon only: with another one BG/NBD, which answers for any,
    is used until the next fit.
    """
    before = postgres.build(sample, select=SCORES)["marts.fct_customer_churn"].dicts()
    assert {row["probability_method"] for row in before} == {"recency_band"}
    assert all(row["churn_probability"] is not None for row in before)
    with (
        postgres.dbt_environment(),
        environment(DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)),
    ):
        said = fit("--target", "postgres", "--vars", "{raw_schema: raw}")
    assert "logistic: fitted on data through 2024-09-30, 2024-12-30" in said
    after = postgres.build(sample, select=SCORES, keep_database=True)
    # a new table has statistics before autovacuum runs, which the test server never does
    analyzed = (
        "select tablename from pg_stats where tablename in ('base_shop__orders', 'int_orders')"
    )
    assert len(set(query(postgres, analyzed))) == 2
    ours = sample_build.rows("fct_model_parameters")
    theirs = after["marts.fct_model_parameters"].dicts()
    assert len(ours) == len(theirs) > 100
    values = {(row["model"], row["trained_through"], row["parameter"]): row for row in theirs}
    for row in ours:
        twin = values[row["model"], row["trained_through"], row["parameter"]]
        assert twin["value"] == pytest.approx(row["value"], rel=1e-6, abs=1e-9)
        assert twin["customers"] == row["customers"]
        assert twin["is_identified"] == row["is_identified"]
    published = sample_build.by_key("fct_customer_churn", "customer_id")
    for row in after["marts.fct_customer_churn"].dicts():
        twin = published[row["customer_id"]]
        assert row["probability_method"] == twin["probability_method"]
        assert float(row["churn_probability"]) == pytest.approx(
            float(twin["churn_probability"]), abs=2e-6
        )

    with postgres.dbt_environment():
        postgres.warehouse.run(
            PROJECT, "postgres", {"churn_horizon_days": 60}, HORIZON, raw_schema="raw"
        )
    answers = (
        "select distinct probability_method, churn_probability_logistic is null"
        " from analytics_marts.fct_customer_churn"
    )
    assert query(postgres, answers) == [("bgnbd", True)]
    with (
        postgres.dbt_environment(),
        environment(DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)),
    ):
        said = fit("--target", "postgres", "--vars", "{raw_schema: raw, churn_horizon_days: 60}")
    assert "logistic: fitted on data through 2024-10-31, 2024-12-30" in said
    horizons = (
        "select distinct value from analytics_input.fitted_parameters"
        " where parameter = 'horizon_days'"
    )
    assert query(postgres, horizons) == [(60,)]


def test_duckdb_needs_no_fit() -> None:
    """Builds there fit by themselves."""
    with pytest.raises(DbtFailure, match="every build on DuckDB fits the models itself"):
        fit("--target", "duckdb")


def test_unknown_target_is_a_one_line_error(tmp_path: Path) -> None:
    """The line names the target that the profile does not have."""
    with (
        environment(DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)),
        pytest.raises(DbtFailure, match="oracle"),
    ):
        fit("--target", "oracle")


def test_missing_build_is_a_one_line_error(postgres: Postgres, tmp_path: Path) -> None:
    """The line names the table that a build creates."""
    with (
        postgres.dbt_environment(),
        # a database that is always there, and empty
        environment(
            PGDATABASE="postgres", DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)
        ),
        pytest.raises(
            DbtFailure, match=r"int_snapshot_dates.*run dbt build --target postgres first"
        ),
    ):
        fit("--target", "postgres")


def test_new_shop_is_fitted_without_labels(postgres: Postgres, tmp_path: Path) -> None:
    """A shop younger than the churn horizon has no churn labels; all other models are fitted."""
    shop.simulate(300, 60, 3, tmp_path / "shop", False, "csv", date(2024, 1, 1))
    postgres.build(tmp_path / "shop", select=SCORES)
    with (
        postgres.dbt_environment(),
        environment(DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)),
    ):
        said = fit("--target", "postgres", "--vars", "{raw_schema: raw}")
    assert "bg_nbd: fitted on data through" in said
    assert "logistic" not in said
