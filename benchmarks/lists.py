"""One page of a long list, through the gate and in plain SQL.

The plain figure asks for the same rows of the same people, without rights, objects
or history: what lies between the two is what the gate costs.
"""

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import flask_migrate
from sqlalchemy import select

from app import create_app
from cmk_admin.actor import Actor
from cmk_admin.demo.loader import laad_demo
from cmk_admin.gate import GateSession, acting_as, system
from cmk_admin.settings import Settings
from models.activiteit import Activiteit
from models.base import nu
from models.gebruiker import CultuurOostRol, LidRol

PAGE = 20
SORTS = {"naam": Activiteit.naam, "startdatum": Activiteit.startdatum}


def measure(folder: Path, rows: int, rounds: int) -> None:
    """Print a line per list: ours, plain, and what that is apart."""
    database = folder / "bench.db"
    app = create_app(Settings(folder, f"sqlite:///{database}", "x" * 32))
    with app.app_context():
        flask_migrate.upgrade()
        with acting_as(system("bench")) as session:
            laad_demo(session, nu().date())
        multiply(database, rows)
        print(f"{rows} activiteiten, bladzijde van {PAGE}, mediaan van {rounds} in ms\n")
        print(f"{'lijst':<38}{'portaal':>9}{'kaal':>9}{'erbij':>9}")
        for who, actor in actors().items():
            for sort in SORTS:
                with acting_as(actor) as session:
                    ours = median(rounds, page_of(session, sort))
                bare = median(rounds, plain_page_of(database, sort, actor))
                print(f"{who + ', op ' + sort:<38}{ours:>9.2f}{bare:>9.2f}{ours - bare:>9.2f}")


def actors() -> dict[str, Actor]:
    """Somebody who sees everything, and somebody who sees the rows of one contractpartij."""
    return {
        "beheerder": Actor.person(1, "bench", CultuurOostRol.BEHEERDER, []),
        "projectleider": Actor.person(1, "bench", None, [(1, LidRol.PROJECTLEIDER)]),
    }


def multiply(database: Path, rows: int) -> None:
    """Copy the open activities of the demo until there are `rows`; past the gate, for speed."""
    with sqlite3.connect(database) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(activiteit)")]
        taken = {"id": "NULL", "naam": "naam || ' ' || random()"}
        wanted = ", ".join(taken.get(name, name) for name in names)
        connection.execute(
            f"INSERT INTO activiteit SELECT {wanted} FROM activiteit"
            " JOIN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " SELECT i FROM n)"
            " WHERE verantwoording_id IN (SELECT id FROM verantwoording WHERE status = 'open')"
            " LIMIT max(0, ? - (SELECT count(*) FROM activiteit))",
            (rows, rows),
        )
        connection.execute("ANALYZE")


def page_of(session: GateSession, sort: str) -> Callable[[], int]:
    """The page as the screens ask for it: objects, scoped by the gate."""
    statement = select(Activiteit).order_by(SORTS[sort], Activiteit.id).limit(PAGE)

    def ask() -> int:
        session.expunge_all()
        return len(session.scalars(statement).all())

    return ask


def plain_page_of(database: Path, sort: str, actor: Actor) -> Callable[[], int]:
    """The same rows from the driver itself."""
    connection = sqlite3.connect(database)
    mine = actor.partijen()
    where = f"WHERE contractpartij_id = {mine[0]}" if mine else ""
    statement = f"SELECT * FROM activiteit {where} ORDER BY {sort}, id LIMIT {PAGE}"
    return lambda: len(connection.execute(statement).fetchall())


def median(rounds: int, ask: Callable[[], int]) -> float:
    """Milliseconds; the first time is not counted, it prepares the statement."""
    if ask() != PAGE:
        sys.exit("De lijst heeft geen volle bladzijde; de meting zegt dan niets.")
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000
