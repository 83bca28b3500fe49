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
from benchmarks.lists import actors
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.rapportages.rapport import rapport
from models.rapportages.selectie import kies

SCHOOLS, PARTIES, YEAR = 10_000, 26, 2026
STAMP = "'2026-01-01', '2026-01-01', 1"
STAMPED = "aangemaakt_op, gewijzigd_op, versie"
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
    """Print a line per reader: the report, and plain SQL."""
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
                    rapport(session, kies(session, YEAR))

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


Add = Callable[[str, str, str, int], object]


def fill(database: Path, rows: int) -> None:
    """Everything at once, past the gate."""
    with sqlite3.connect(database) as connection:
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"

        def add(table: str, columns: str, values: str, many: int) -> None:
            connection.execute(
                f"INSERT INTO {table} ({columns}, {STAMPED})"
                f" {numbers.format(many)} SELECT {values}, {STAMP} FROM n"
            )

        for table in ("doel", "sector", "bron"):
            connection.execute(f"DELETE FROM {table}")
            add(table, "id, naam, rang", f"i, '{table} ' || i, i", 5)
        add_world(add)
        add_activities(add, rows)
        connection.execute("ANALYZE")


def add_world(add: Add) -> None:
    """Schools, contractpartijen, projects and their year."""
    add("gemeente", "id, code, naam", "i, printf('%04d', i), 'Gemeente ' || i", 51)
    add("schoolbestuur", "id, naam", "i, 'Bestuur ' || i", 300)
    add(
        "school",
        "id, naam, brin_nummer, gemeente_id, schoolbestuur_id, soort, sector_id, actief",
        "i, 'School ' || i, '00AA', i % 51 + 1, i % 300 + 1, 'bo', i % 2 + 1, 1",
        SCHOOLS,
    )
    add("contractpartij", "id, naam", "i, 'Cultuurpunt ' || i", PARTIES)
    add("werkgebied", "gemeente_id, contractpartij_id", "i, i % 26 + 1", 51)
    add(
        "project",
        "id, titel, contractpartij_id, sector_id, startdatum, einddatum",
        "i, 'Project ' || i, (i + 1) / 2, i % 2 + 1, '2025-01-01', '2028-12-31'",
        2 * PARTIES,
    )
    add(
        "verantwoording",
        "id, project_id, contractpartij_id, kalenderjaar, status",
        f"i, i, (i + 1) / 2, {YEAR}, 'open'",
        2 * PARTIES,
    )
    add(
        "baat",
        "project_id, contractpartij_id, kalenderjaar, bron_id, bedrag",
        f"i, (i + 1) / 2, {YEAR}, 1, 10000000",
        2 * PARTIES,
    )


def add_activities(add: Add, rows: int) -> None:
    """Activities, each with two lasten and two schools."""
    add(
        "activiteit",
        "id, verantwoording_id, contractpartij_id, naam, doel_id, aantal_activiteiten,"
        " duur, duur_eenheid, startdatum, einddatum",
        "i, i % 52 + 1, (i % 52 + 2) / 2, 'Activiteit ' || i, i % 5 + 1, i % 4 + 1,"
        " 150, 'per_activiteit', '2026-03-01', '2026-03-31'",
        rows,
    )
    schools = f"((i + 1) / 2 % 52 * 192 + i * 7 % 192) % {SCHOOLS} + 1, 3"
    days = "'Kosten', i % 999 * 100, printf('2026-%02d-01', i % 12 + 1)"
    for table, columns, values in (
        ("last", "toelichting, bedrag, betaald_op", days),
        ("activiteit_school", "school_id, aantal_leerkrachten", schools),
    ):
        add(
            table,
            f"activiteit_id, contractpartij_id, {columns}",
            f"(i + 1) / 2, ((i + 1) / 2 % 52 + 2) / 2, {values}",
            2 * rows,
        )
