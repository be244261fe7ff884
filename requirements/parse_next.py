"""Parses the project with the next versions of dbt, each in a temporary environment.

dbt 1.12 must parse it without a warning. dbt 2 has wheels for some platforms only; on other
platforms it is skipped.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from install import install

PROJECT = Path(__file__).resolve().parents[1]
# its build downloads a program from outside the package index; parsing works without it
LEFT_OUT = 'dbt-core-experimental-parser ; sys_platform == "never"\n'
PARSE = ["parse", "--no-partial-parse", "--profiles-dir", str(PROJECT)]


def parse(folder: Path, *options: str) -> bool:
    """Parse the project with the dbt of an environment; return whether it succeeded."""
    dbt = folder / ("Scripts" if os.name == "nt" else "bin") / "dbt"
    command = [str(dbt), *options, *PARSE, "--target-path", str(folder / "target")]
    command += ["--log-path", str(folder / "logs")]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode == 0


def main() -> None:
    """Install and parse; exit with 1 if a version cannot parse the project."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        left_out = place / "left_out.txt"
        left_out.write_text(LEFT_OUT, encoding="utf-8")
        for version in ("next", "two"):
            venv.create(place / version)
        packages = ("dbt-core>=1.12,<1.13", "dbt-duckdb>=1.11,<2")
        missing = install(place / "next", "--override", str(left_out), *packages)
        passed = [not missing and parse(place / "next", "--warn-error")]
        wheel = ("--prerelease", "allow", "--only-binary", "dbt", "dbt>=2.0.0rc1,<3")
        if install(place / "two", *wheel):
            print("dbt 2 skipped: no wheel for this platform")
        else:
            passed.append(parse(place / "two"))
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
