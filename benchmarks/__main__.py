"""`make bench`: how fast the lists, the pages, the reports and the workbooks are.

`python -m benchmarks [lists] [pages] [reports] [excel]`; without a name all of them. Medians of one
process on SQLite; the machine decides the numbers, so only compare within one run.
"""

import argparse
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import lists, pages, reports, workbooks

#: As many as the environment says, for a try in between.
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
GROUPS: dict[str, Callable[[Path, int, int], None]] = {
    "lists": lists.measure,
    "pages": pages.measure,
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
    for name in asked.groups or GROUPS:
        with tempfile.TemporaryDirectory(prefix="cmk-bench-") as folder:
            print(f"— {name} —")
            GROUPS[name](Path(folder), asked.rows, asked.rounds)
            print()


if __name__ == "__main__":
    main()
