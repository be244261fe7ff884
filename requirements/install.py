"""Installs locked packages into the environment of this Python, with uv.

    .venv/bin/python requirements/install.py build

uv does not read pip's settings, so this script passes on pip's index, certificates and timeout.
It compiles packages to bytecode once, because on some machines Python cannot do so later.
"""

import ast
import compileall
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

LOCKS = Path(__file__).parent
# not compiled: tests of packages, and Plotly's Python figures (the report uses only its script)
NEVER_IMPORTED = re.compile(r"[/\\](tests|graph_objs)[/\\]")
HANDED_ON = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def pip_settings(listed: str) -> dict[str, str]:
    """The settings that `pip config list` prints; environment variables take precedence."""
    settings = {}
    # lines such as global.index-url='...', install.index-url='...' and :env:.index-url='...'
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        place, _, value = line.partition("=")
        if place.split(".")[0] in ("global", "install", ":env:"):
            settings[place.rsplit(".", 1)[-1]] = str(ast.literal_eval(value))
    return settings


def uv_environment(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: pip's settings, overridden by those already set for uv."""
    handed_on = {HANDED_ON[name]: settings[name] for name in HANDED_ON if name in settings}
    return {"UV_HTTP_TIMEOUT": "180"} | handed_on | dict(environment)


def install(python: str | Path, *arguments: str) -> int:
    """Install into the environment of a Python with the uv next to this one; return its status."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--python", str(python), *arguments]
    environment = uv_environment(pip_settings(listed.stdout), os.environ)
    return subprocess.run(command, env=environment, check=False).returncode


def main(name: str) -> int:
    """Install a lock file; `build` also installs this project in editable mode."""
    lock = str(LOCKS / f"{name}.txt")
    status = install(sys.executable, "--no-deps", "--require-hashes", "--requirements", lock)
    if name == "build" and not status:
        options = ("--no-deps", "--no-build-isolation", "--editable")
        status = install(sys.executable, *options, str(LOCKS.parent))
    # packages may contain files that this Python version cannot compile
    compileall.compile_dir(sysconfig.get_path("purelib"), rx=NEVER_IMPORTED, quiet=2, workers=0)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
