"""Rapportages of one large year: of all contractpartijen, and of one.

Twice as many lasten and school rows as activities; 26 contractpartijen with two projects
each, which reach 192 of the 10,000 schools. Beside it the same sums in plain SQL.
"""

import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import flask_migrate

from app import create_app
from benchmarks.data import SCHOOLS, YEAR, fill
from benchmarks.lists import actors
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.rapportages.rapport import rapport
from models.rapportages.selectie import kies
from views.rapportages.beelden import MEESTE_SCHOLEN

#: Activities of one year, of all cultuurpunten together.
LARGE = 100_000
#: What the three donuts add up, as somebody would ask it of the database itself.
PLAIN = (
    """SELECT a.verantwoording_id, sum(l.bedrag) FROM activiteit a JOIN last l
    ON l.activiteit_id = a.id JOIN verantwoording v ON v.id = a.verantwoording_id
    WHERE v.kalenderjaar = 2026 {mine} GROUP BY 1""",
    """SELECT count(DISTINCT s.school_id) FROM activiteit a JOIN activiteit_school s
    ON s.activiteit_id = a.id JOIN verantwoording v ON v.id = a.verantwoording_id
    WHERE v.kalenderjaar = 2026 {mine}""",
    """SELECT a.doel_id, sum(coalesce(a.aantal_activiteiten, 1)) FROM activiteit a
    JOIN verantwoording v ON v.id = a.verantwoording_id
    WHERE v.kalenderjaar = 2026 {mine} GROUP BY 1""",
)


def measure(folder: Path, rows: int, rounds: int) -> None:
    """Print a line per reader: the report, and plain SQL; of a large year, and how it grows."""
    for size in sorted({min(rows, LARGE), rows}):
        (folder / str(size)).mkdir()
        _measure(folder / str(size), size, rounds)


def _measure(folder: Path, rows: int, rounds: int) -> None:
    database = folder / "bench.db"
    app = create_app(Settings(folder, f"sqlite:///{database}", "x" * 32))
    rounds = max(3, rounds // 20)
    with app.app_context():
        flask_migrate.upgrade()
        fill(database, rows)
        print(f"{rows} activiteiten, {2 * rows} lasten, {SCHOOLS} scholen; mediaan in ms\n")
        print(f"{'rapport van':<38}{'portaal':>9}{'kaal':>9}")
        for who, actor in actors().items():
            with acting_as(actor) as session:

                def ours() -> None:
                    session.expunge_all()
                    rapport(session, kies(session, YEAR), MEESTE_SCHOLEN)

                spent = median(rounds, ours)
            mine = "AND v.contractpartij_id = 1" if actor.partijen() else ""
            bare = median(rounds, plain(database, mine))
            what = "één contractpartij" if actor.partijen() else "alle contractpartijen"
            print(f"{f'{what} ({who})':<38}{spent:>9.1f}{bare:>9.1f}")


def median(rounds: int, ask: Callable[[], object]) -> float:
    """Milliseconds; the first time is not counted."""
    ask()
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


def plain(database: Path, mine: str) -> Callable[[], object]:
    connection = sqlite3.connect(database)
    return lambda: [connection.execute(ask.format(mine=mine)).fetchall() for ask in PLAIN]
