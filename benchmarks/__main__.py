"""`make bench`: how fast the lists, bulk work, the reports and the workbooks are.

`python -m benchmarks [lists] [bulk] [reports] [excel]`; without a name all of them. Medians of one
process per group on SQLite; the machine decides the numbers, so only compare within one run.
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import bulk, lists, reports, workbooks

#: As many as the environment says, for a try in between.
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
GROUPS: dict[str, Callable[[Path, int, int], None]] = {
    "lists": lists.measure,
    "bulk": bulk.measure,
    "reports": reports.measure,
    "excel": workbooks.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--rows", type=int, default=ROWS, help="activities there are")
    parser.add_argument("--rounds", type=int, default=200, help="times that each is measured")
    asked = parser.parse_args()
    if unknown := set(asked.groups) - GROUPS.keys():
        parser.error(f"onbekend: {', '.join(sorted(unknown))}")
    logging.disable(logging.INFO)
    names = asked.groups or list(GROUPS)
    if len(names) > 1:
        # Each in a process of its own: what one left in memory slows no other.
        for name in names:
            given = [name, "--rows", str(asked.rows), "--rounds", str(asked.rounds)]
            subprocess.run([sys.executable, "-m", "benchmarks", *given], check=True)
        return
    for name in names:
        with tempfile.TemporaryDirectory(prefix="cmk-bench-") as folder:
            print(f"— {name} —")
            GROUPS[name](Path(folder), asked.rows, asked.rounds)
            print()


if __name__ == "__main__":
    main()
