"""Run dbt and write the cost of each node: python measured_build.py COSTS_FILE DBT_ARGUMENTS...

dbt reports only the wall time of a node. Here it runs one node at a time (one thread), so the CPU
time and bytes of this process between the start and the end of a node are those of the node.
"""

import json
import resource
import sys
import time
from pathlib import Path

from dbt.cli.main import dbtRunner


def spent_so_far() -> dict[str, float]:
    """The CPU time and bytes of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "seconds": time.monotonic(),
        "written_bytes": usage.ru_oublock * 512,  # Linux counts blocks of 512 bytes
    }


def main(costs_file: Path, arguments: list[str]) -> None:
    """Run dbt with the arguments and exit with its status."""
    started, costs = {}, {}

    def note(event) -> None:
        if event.info.name == "NodeStart":
            started[event.data.node_info.unique_id] = spent_so_far()
        elif event.info.name == "NodeFinished":
            node, now = event.data.node_info.unique_id, spent_so_far()
            costs[node] = {what: now[what] - started[node][what] for what in now}

    result = dbtRunner(callbacks=[note]).invoke(arguments)
    costs_file.write_text(json.dumps(costs, indent=1), encoding="utf-8")
    sys.exit(not result.success)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
