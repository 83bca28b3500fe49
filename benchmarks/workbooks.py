"""Large workbooks: ours against openpyxl's write_only, and what it takes of memory.

200,000 rows of 12 mixed cells, or what fewer activities come to. Each in a process of its own, so
that memory is its own.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from cmk_admin import excel

KINDS: tuple[excel.Kind, ...] = ("text",) * 8 + ("date", "integer", "hours", "money")
ROWS_PER_ACTIVITY = 2
#: At most: a sheet of Excel has room for 1,048,576.
ROWS = 200_000


def rows(many: int) -> Iterator[list[object]]:
    first = date(2026, 1, 1)
    for number in range(many):
        texts = [f"Cultuurpunt {number % 26}", "CMK po/go", "2026", f"Activiteit {number // 2}"]
        texts += ["Het ontwikkelen van een visie", "Uitvoering", "Busvervoer", "Zaal BV"]
        yield [*texts, first + timedelta(number % 365), number % 9, 1.5, number % 999 * 100]


def ours(path: Path, many: int) -> None:
    columns = [excel.Column(f"Kolom {n}", kind) for n, kind in enumerate(KINDS)]
    excel.write([excel.Sheet("Lasten", columns, rows(many))], path)


def openpyxl(path: Path, many: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lasten")
    sheet.append([f"Kolom {n}" for n in range(len(KINDS))])
    for row in rows(many):
        sheet.append(row)
    book.save(path)


def measure(folder: Path, activities: int, rounds: int) -> None:
    """Print a line per writer."""
    many = min(ROWS, ROWS_PER_ACTIVITY * activities)
    print(f"{many} rijen van {len(KINDS)} cellen\n")
    print(f"{'schrijver':<26}{'duizend cellen/s':>18}{'MB boven leeg':>15}")
    for name, write in (("portaal (XlsxWriter)", ours), ("openpyxl write_only", openpyxl)):
        spent, memory = in_process(write, folder / "boek.xlsx", many)
        print(f"{name:<26}{many * len(KINDS) / spent / 1000:>18.0f}{memory:>15.0f}")


def in_process(write: Callable[[Path, int], None], path: Path, many: int) -> tuple[float, float]:
    """Seconds, and megabytes above what the process has before it begins."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_timed, (write, path, many))


def _timed(write: Callable[[Path, int], None], path: Path, many: int) -> tuple[float, float]:
    write(path, 10)
    idle = peak()
    start = time.perf_counter()
    write(path, many)
    return time.perf_counter() - start, peak() - idle


def peak() -> float:
    """The most memory that this process ever had, in megabytes (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
