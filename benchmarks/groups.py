"""What can be measured; a module of its own, as a new process reads it by its name."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import bulk, lists, pages, reports, workbooks

GROUPS: dict[str, Callable[[Path, int, int], None]] = {
    "lists": lists.measure,
    "bulk": bulk.measure,
    "pages": pages.measure,
    "reports": reports.measure,
    "excel": workbooks.measure,
}


def alone(name: str, rows: int, rounds: int) -> None:
    """Measure one group."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="cmk-bench-") as folder:
        print(f"— {name} —")
        GROUPS[name](Path(folder), rows, rounds)
        print(flush=True)
