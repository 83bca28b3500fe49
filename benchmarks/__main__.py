"""`make bench`: how fast the lists, bulk work, the pages, the reports and the workbooks are.

`python -m benchmarks [lists] [bulk] [pages] [reports] [excel]`; without a name all of them.
Medians of one process per group on SQLite; the machine decides the numbers, so only compare within
one run.
"""

import argparse
import multiprocessing
import os

from benchmarks.groups import GROUPS, alone

#: As many as the environment says, for a try in between.
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--rows", type=int, default=ROWS, help="activities there are")
    parser.add_argument("--rounds", type=int, default=200, help="times that each is measured")
    asked = parser.parse_args()
    if unknown := set(asked.groups) - GROUPS.keys():
        parser.error(f"onbekend: {', '.join(sorted(unknown))}")
    # Each in a process of its own: what one left in memory slows no other.
    context = multiprocessing.get_context("spawn")
    for name in asked.groups or GROUPS:
        process = context.Process(target=alone, args=(name, asked.rows, asked.rounds))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
