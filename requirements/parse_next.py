"""Parses the project with the next versions of dbt, each in a throw-away environment.

dbt 1.12 must parse it without a warning. Of dbt 2 there is a wheel for some machines only; without
one that part is skipped.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from install import pip_settings, surroundings

PROJECT = Path(__file__).resolve().parents[1]
# its build downloads a program from outside the package index; parsing does without
LEFT_OUT = 'dbt-core-experimental-parser ; sys_platform == "never"\n'
PARSE = ["parse", "--no-partial-parse", "--profiles-dir", str(PROJECT)]


def environment() -> dict[str, str]:
    """What uv needs to find the package index."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return surroundings(pip_settings(listed.stdout), os.environ)


def install(folder: Path, *arguments: str) -> bool:
    """Make an environment and install into it; whether that was possible."""
    venv.create(folder)
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--python", str(folder), *arguments]
    return subprocess.run(command, env=environment(), check=False).returncode == 0


def parse(folder: Path, *options: str) -> bool:
    """Parse the project with the dbt of an environment; whether it succeeded."""
    dbt = folder / ("Scripts" if os.name == "nt" else "bin") / "dbt"
    command = [str(dbt), *options, *PARSE, "--target-path", str(folder / "target")]
    command += ["--log-path", str(folder / "logs")]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode == 0


def main() -> None:
    """Install and parse; exit with 1 where a version does not parse the project."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "left_out.txt").write_text(LEFT_OUT, encoding="utf-8")
        is_ready = install(
            place / "next",
            "--override",
            str(place / "left_out.txt"),
            "dbt-core>=1.12,<1.13",
            "dbt-duckdb>=1.11,<2",
        )
        passed = [is_ready and parse(place / "next", "--warn-error")]
        wheels = ("--prerelease", "allow", "--only-binary", "dbt")
        if install(place / "two", *wheels, "dbt>=2.0.0rc1,<3"):
            passed.append(parse(place / "two"))
        else:
            print("no wheel of dbt 2 for this machine: not parsed with it")
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
