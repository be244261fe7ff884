"""Options shared by several commands: the database and dbt vars."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytz
import yaml

from customer_analytics.contract import PROJECT

DEFAULT_NAME = "analytics.duckdb"
DEFAULT_DATABASE = f"build/{DEFAULT_NAME}"


def database_file(database: Path | None = None) -> Path:
    """The DuckDB file to build; a relative ANALYTICS_DB is relative to the project folder."""
    return (PROJECT / (database or os.environ.get("ANALYTICS_DB") or DEFAULT_DATABASE)).resolve()


def merge_variables(text: str | None, as_of: str | None, timezone: str | None) -> dict[str, Any]:
    """Merge all options that set dbt vars; --as-of and --timezone take precedence over --vars."""
    if timezone is not None and timezone not in pytz.all_timezones_set:
        raise ValueError(
            f"--timezone is '{timezone}', which is not a known time zone: use a name such as UTC or"
            " Asia/Shanghai"
        )
    try:
        variables = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as error:
        raise ValueError(f"--vars {text} is not YAML: write it as '{{name: value}}'") from error
    if not isinstance(variables, dict):
        raise ValueError(f"--vars {text} is not a mapping: write it as '{{name: value}}'")
    given = {"as_of_date": as_of, "shop_timezone": timezone}
    return _without_dates(variables) | {
        name: value for name, value in given.items() if value is not None
    }


def _without_dates(value: Any) -> Any:
    """Turn dates back into text: YAML reads 2024-06-30 as a date, also in lists and mappings."""
    if isinstance(value, Mapping):
        return {name: _without_dates(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_dates(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
