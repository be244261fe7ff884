"""Runs dbt inside this process, quietly: its log goes to the log folder, its outcome comes back."""

import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from customer_analytics.contract import PROJECT
from customer_analytics.errors import CommandError

# dbt keeps to itself why an operation failed, but for these events
FAULTS_OF_OPERATIONS = ("RunningOperationCaughtError", "RunningOperationUncaughtError")


class DbtFailure(CommandError):
    """A dbt command that did not succeed, with the reason in one line."""


class FailedTests(DbtFailure):
    """All that did not succeed are data tests."""


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


def run_dbt(
    arguments: list[str], on_event: Callable | None = None, target: str | None = None
) -> Any:
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
    faults = []

    def keep(event: Any) -> None:
        if event.info.name in FAULTS_OF_OPERATIONS:
            faults.append(event.data.exc)

    callbacks = [keep, on_event] if on_event else [keep]
    try:
        outcome = dbtRunner(callbacks=callbacks).invoke(arguments + options)
    finally:
        # dbt keeps the file open as long as the process lives, and nobody else could read it
        DuckDBConnectionManager.close_all_connections()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if not outcome.success:
        raise _failure(outcome, faults)
    return outcome.result


def log_file() -> Path:
    """The file to which dbt writes what it does."""
    return (PROJECT / os.environ.get("DBT_LOG_PATH", "logs") / "dbt.log").resolve()


def _failure(outcome: Any, faults: list[str]) -> DbtFailure:
    """What stopped dbt: its exception, the fault of an operation, or results of nodes."""
    from dbt.artifacts.schemas.results import NodeStatus

    if outcome.exception is not None:
        return DbtFailure(_exception_reason(outcome.exception))
    if faults:
        return DbtFailure(first_line(faults[0]))
    # an early end hands over the one result that caused it
    results = getattr(outcome.result, "results", None) or [outcome.result]
    bad = (NodeStatus.Error, NodeStatus.Fail, NodeStatus.RuntimeErr, NodeStatus.PartialSuccess)
    failed = [result for result in results if result.status in bad]
    if not failed:
        return DbtFailure(f"dbt did not succeed: see {log_file()}")
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    reason = f"{_name(failed[0])}: {first_line(failed[0].message or 'failed')}{others}"
    only_tests = all(result.status == NodeStatus.Fail for result in failed)
    return (FailedTests if only_tests else DbtFailure)(f"{reason}: see {log_file()}")


def _exception_reason(exception: BaseException) -> str:
    message = first_line(getattr(exception, "msg", None) or str(exception))
    # a bare word ('Mars') says nothing without the place where dbt stumbled over it
    heading = str(exception).strip().split("\n")[0]
    return message if " " in message else f"{heading}: {message}"


def _name(result: Any) -> str:
    """The name of a result's node; results of operations hold only its id."""
    node = getattr(result, "node", None)
    return node.name if node else result.unique_id.split(".")[-1]


def first_line(message: str) -> str:
    """The first line of a message that says something; dbt puts a heading above it."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    # a Python model says at the end of its traceback what went wrong
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1]
    headings = ("Compilation Error", "Runtime Error", "Database Error", "Error in")
    said = [line for line in lines if not line.startswith(headings)]
    return (said or lines or ["no reason given"])[0]
