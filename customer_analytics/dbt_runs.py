"""Runs dbt inside this process, quietly: its log goes to the log folder, its outcome comes back."""

import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from customer_analytics.contract import PROJECT


class DbtFailure(Exception):
    """A dbt command that did not succeed, with the reason in one line."""


@contextmanager
def environment(**variables: str):
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def run_dbt(arguments: list[str], on_event: Callable | None = None, target: str | None = None):
    """Run a dbt command in the project's folder and return its result; raise DbtFailure.

    target: of the profile; without one DuckDB.
    """
    # dbt takes two seconds to import, and only some commands need it
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    # the profile's paths start at the project's folder
    os.chdir(PROJECT)
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT))
    options = ["--project-dir", str(PROJECT), "--profiles-dir", profiles]
    options += ["--log-level", "none", "--no-send-anonymous-usage-stats"]
    if target or os.environ.get("DBT_TARGET"):
        # only then: a named target makes dbt parse the project anew
        options += ["--target", target or "duckdb"]
    try:
        outcome = dbtRunner(callbacks=[on_event] if on_event else []).invoke(arguments + options)
    finally:
        # dbt keeps the file open as long as the process lives, and nobody else could read it
        DuckDBConnectionManager.close_all_connections()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if not outcome.success:
        raise DbtFailure(_reason(outcome))
    return outcome.result


def log_file() -> Path:
    """The file to which dbt writes what it does."""
    return (PROJECT / os.environ.get("DBT_LOG_PATH", "logs") / "dbt.log").resolve()


def _reason(outcome) -> str:
    if outcome.exception is not None:
        message = first_line(getattr(outcome.exception, "msg", None) or str(outcome.exception))
        # a bare word ('Mars') says nothing without the place where dbt stumbled over it
        heading = str(outcome.exception).strip().split("\n")[0]
        return message if " " in message else f"{heading}: {message}"
    failed = [result for result in outcome.result if result.status in ("error", "fail")]
    reasons = [f"{result.node.name}: {first_line(result.message or 'failed')}" for result in failed]
    others = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"{reasons[0]}{others}: see {log_file()}"


def first_line(message: str) -> str:
    """The first line of a message that says something; dbt puts a heading above it."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    # a Python model says at the end of its traceback what went wrong
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1]
    headings = ("Compilation Error", "Runtime Error", "Database Error", "Error in")
    said = [line for line in lines if not line.startswith(headings)]
    return (said or lines or ["no reason given"])[0]
