"""Runs dbt in this process without output: its log goes to the log folder."""

import os
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from customer_analytics.contract import PROJECT
from customer_analytics.errors import CommandError
from customer_analytics.screen import Steps

# the only events in which dbt reports why an operation failed
FAULTS_OF_OPERATIONS = ("RunningOperationCaughtError", "RunningOperationUncaughtError")


class DbtFailure(CommandError):
    """A dbt command failed; the message is the reason in one line."""


class FailedTests(DbtFailure):
    """A dbt command failed, and only because of data tests; nodes: these tests."""

    def __init__(self, message: str, nodes: list[Any]) -> None:
        super().__init__(message)
        self.nodes = nodes


@contextmanager
def environment(**variables: str):
    """Set environment variables within a with block."""
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
    """Run a dbt command in the project folder and return its result; raise DbtFailure if it fails.

    target: a target of the profile; default DuckDB.
    """
    # dbt takes two seconds to import, and only some commands need it
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    _require_writable_folders()
    # paths in the profile are relative to the project folder
    os.chdir(PROJECT)
    profiles = os.environ.get("DBT_PROFILES_DIR", str(PROJECT))
    options = ["--project-dir", str(PROJECT), "--profiles-dir", profiles]
    # none on the screen; without a level of its own, the file would have none either
    options += [
        "--log-level",
        "none",
        "--log-level-file",
        "info",
        "--no-send-anonymous-usage-stats",
    ]
    if target or os.environ.get("DBT_TARGET"):
        # only if needed: naming a target makes dbt parse the whole project again
        options += ["--target", target or "duckdb"]
    errors = []

    def keep(event: Any) -> None:
        if event.info.name in FAULTS_OF_OPERATIONS:
            errors.append(event.data.exc)

    callbacks = [keep, on_event] if on_event else [keep]
    try:
        outcome = dbtRunner(callbacks=callbacks).invoke(arguments + options)
    finally:
        # otherwise dbt keeps the database open, and no other process can read it
        DuckDBConnectionManager.close_all_connections()
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    if not outcome.success:
        raise _failure(outcome, errors)
    return outcome.result


def show_steps(steps: Steps) -> Callable:
    """Return a callback that counts the nodes of a dbt command as steps."""

    def show(event: Any) -> None:
        if event.info.name == "LogHookStartLine":
            steps.update("checking vars and schemas")
        elif event.info.name == "LogStartLine":
            steps.update(event.data.node_info.node_name[:50], event.data.total)
        elif event.info.name == "NodeFinished":
            steps.advance()

    steps.update("parsing the project")
    return show


def _require_writable_folders() -> None:
    """Raise CommandError if dbt cannot write its files: the project folder may be read-only."""
    for variable, name in (("DBT_LOG_PATH", "logs"), ("DBT_TARGET_PATH", "target")):
        folder = PROJECT / os.environ.get(variable, name)
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise CommandError(
                f"{folder} cannot be written: make it writable, or set {variable} to another folder"
            )


def log_file() -> Path:
    """The log file of dbt."""
    return (PROJECT / os.environ.get("DBT_LOG_PATH", "logs") / "dbt.log").resolve()


def _failure(outcome: Any, errors: list[str]) -> DbtFailure:
    """The cause of a failure: an exception, an error of an operation, or results of nodes."""
    from dbt.artifacts.schemas.results import NodeStatus

    if outcome.exception is not None:
        return DbtFailure(_exception_reason(outcome.exception))
    if errors:
        return DbtFailure(first_line(errors[0]))
    # after --fail-fast there is only the result that failed
    results = getattr(outcome.result, "results", None) or [outcome.result]
    bad = (NodeStatus.Error, NodeStatus.Fail, NodeStatus.RuntimeErr, NodeStatus.PartialSuccess)
    failed = [result for result in results if result.status in bad]
    if not failed:
        return DbtFailure(f"dbt failed and gave no reason: see {log_file()}")
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    reason = f"{_name(failed[0])}: {first_line(failed[0].message or 'failed')}{others}"
    message = f"{reason}: see {log_file()}"
    if all(result.status == NodeStatus.Fail for result in failed):
        return FailedTests(message, [result.node for result in failed])
    return DbtFailure(message)


def _exception_reason(exception: BaseException) -> str:
    message = first_line(getattr(exception, "msg", None) or str(exception))
    # a bare word ('Mars') needs dbt's heading, which says where it was found
    heading = str(exception).strip().split("\n")[0]
    return message if " " in message else f"{heading}: {message}"


def _name(result: Any) -> str:
    """The name of a result's node; results of operations have only its id."""
    node = getattr(result, "node", None)
    return node.name if node else result.unique_id.split(".")[-1]


def first_line(message: str) -> str:
    """The first informative line of a message, below dbt's headings."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    # the last line of a Python model's traceback is the error
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1]
    headings = ("Compilation Error", "Runtime Error", "Database Error", "Error in")
    said = [line for line in lines if not line.startswith(headings)]
    return (said or lines or ["no reason given"])[0]
