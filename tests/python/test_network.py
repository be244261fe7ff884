"""Tools that would call home: dbt and mf do not, as configured and documented."""

import os
import re
import socket
import subprocess
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import yaml
from update_checker import UpdateChecker
from warehouse import PROJECT, environment


@contextmanager
def proxy() -> Iterator[list[str]]:
    """A proxy that answers nothing and keeps what it was asked for; set in the environment."""
    asked: list[str] = []

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with closing(connection):
                asked.append(connection.recv(1000).decode(errors="replace").split("\r\n")[0])

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        threading.Thread(target=listen, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with environment(https_proxy=address, HTTPS_PROXY=address, no_proxy="", NO_PROXY=""):
            yield asked


@pytest.mark.parametrize("own_flags", [True, False])
def test_dbt_sends_no_usage_statistics(own_flags: bool, tmp_path: Path) -> None:
    """With the flags of the project; without them, this test would notice."""
    flags = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["flags"]
    project = {"name": "tiny", "version": "1.0.0", "profile": "tiny"}
    project |= {"flags": flags} if own_flags else {}
    (tmp_path / "dbt_project.yml").write_text(yaml.safe_dump(project), encoding="utf-8")
    profile = {"target": "t", "outputs": {"t": {"type": "duckdb", "path": ":memory:"}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump({"tiny": profile}), encoding="utf-8")
    dbt = Path(sysconfig.get_path("scripts")) / "dbt"
    switches = ("DO_NOT_TRACK", "DBT_SEND_ANONYMOUS_USAGE_STATS")
    with proxy() as asked:
        variables = {name: value for name, value in os.environ.items() if name not in switches}
        variables |= {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs", "DBT_PROFILES_DIR": "."}
        command = [str(dbt), "--quiet", "parse"]
        subprocess.run(command, cwd=tmp_path, check=True, env=variables, timeout=120)
    assert (asked == []) == own_flags, asked


def test_mf_looks_for_updates_through_the_proxy() -> None:
    """So the proxy of docs/bi.md, at which nobody listens, stops it."""
    with proxy() as asked:
        assert UpdateChecker(bypass_cache=True).check("dbt-metricflow", "0.0.1") is None
    assert [line.split()[:2] for line in asked] == [["CONNECT", "pypi.org:443"]]
    text = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
    (port,) = re.findall(r"^export https_proxy=http://127\.0\.0\.1:(\d+)\nmf ", text, re.MULTILINE)
    assert port == "9"  # the port of the protocol discard
