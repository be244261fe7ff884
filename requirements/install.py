"""Installs locked packages into the environment of this Python, with uv.

    .venv/bin/python requirements/install.py build

uv reads none of pip's settings, so the index and the certificates that pip is told to use are
handed on. Packages are compiled once, here: some machines keep Python from doing it later.
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
# tests of packages, and Plotly's figures, of which the report needs only the script
NEVER_IMPORTED = re.compile(r"[/\\](tests|graph_objs)[/\\]")
HANDED_ON = {
    "index-url": "UV_DEFAULT_INDEX",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def pip_settings(listed: str) -> dict[str, str]:
    """The settings that `pip config list` prints; those of the environment win."""
    settings = {}
    # lines such as global.index-url='...', install.index-url='...' and :env:.index-url='...'
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        place, _, value = line.partition("=")
        if place.split(".")[0] in ("global", "install", ":env:"):
            settings[place.rsplit(".", 1)[-1]] = str(ast.literal_eval(value))
    return settings


def surroundings(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: what pip is told, unless uv is told otherwise."""
    handed_on = {HANDED_ON[name]: settings[name] for name in HANDED_ON if name in settings}
    return {"UV_HTTP_TIMEOUT": "180"} | handed_on | dict(environment)


def install(python: str | Path, *arguments: str) -> int:
    """Run the uv beside this Python, to install into the environment of a Python; its status."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--python", str(python), *arguments]
    environment = surroundings(pip_settings(listed.stdout), os.environ)
    return subprocess.run(command, env=environment, check=False).returncode


def main(name: str) -> int:
    """Install a lock; with the packages of a build comes this project, which stays in its place."""
    lock = str(LOCKS / f"{name}.txt")
    status = install(sys.executable, "--no-deps", "--require-hashes", "--requirements", lock)
    if name == "build" and not status:
        options = ("--no-deps", "--no-build-isolation", "--editable")
        status = install(sys.executable, *options, str(LOCKS.parent))
    # packages of other Pythons may hold what this one cannot compile
    compileall.compile_dir(sysconfig.get_path("purelib"), rx=NEVER_IMPORTED, quiet=2, workers=0)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
