"""Changing and duplicating many activities: the portal beside plain SQL and Django's admin.

Each is one transaction, with all that it does beside: the portal judges every row (rights,
closed years, rules, version) and writes its history; plain SQL is an UPDATE with its history
as INSERT … SELECT, and for duplicating INSERT … SELECT without any; Django's admin saves row
by row and keeps its log, which says who and when but not from what to what.
"""

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import flask_migrate
from flask import Flask

from app import create_app
from benchmarks import data, lists, rivals
from cmk_admin import attributes
from cmk_admin.bulk import run
from cmk_admin.bulk.changes import Change, Hoe
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.activiteit import Activiteit
from models.base import tabel_van
from models.dupliceren import Wens
from views.acties import dupliceren

#: Rows of one bulk edit, and activities that are duplicated, each with ten parts.
EDITED, COPIED = 10_000, 1_000
#: Each takes seconds: three turns, and not the first of them.
ROUNDS = 3
STAMPS = ", ".join(
    ("op", "soort", "entiteit", "rij_id", "titel", "contractpartij_id", "verantwoording_id")
)
HISTORY = f"""INSERT INTO wijziging
    ({STAMPS}, ouder_id, bewerking_id, waarden, door_id, door_naam, {data.STAMPED})
    SELECT '2026-01-01', 'gewijzigd', 'Activiteit', id, naam, contractpartij_id,
    verantwoording_id, verantwoording_id, :step,
    json_object('aantal_activiteiten', json_array(aantal_activiteiten, :number)), 1, '',
    {data.STAMP} FROM activiteit WHERE id IN (SELECT value FROM json_each(:ids))"""
UPDATE = """UPDATE activiteit SET aantal_activiteiten = :number, gewijzigd_op = '2026-01-02',
    gewijzigd_door_id = 1, versie = versie + 1 WHERE id IN (SELECT value FROM json_each(:ids))"""
STEP = f"""INSERT INTO bewerking (op, soort, omschrijving, door_id, aantal, {data.STAMPED})
    VALUES ('2026-01-01', 'wijzigen', 'kaal', 1, 0, {data.STAMP})"""
#: The first activities of everybody, and of the projectleider.
FIRST = """SELECT id, contractpartij_id FROM activiteit WHERE id <= {many} UNION SELECT * FROM
    (SELECT id, contractpartij_id FROM activiteit WHERE contractpartij_id = 1 LIMIT {many})"""
PARTS = ("last", "activiteit_school", "activiteit_doelgroep")


def measure(folder: Path, rows: int, rounds: int) -> None:
    """Print a line per scenario and actor, and keep them in build/bench.json."""
    database = folder / "bench.db"
    app = create_app(Settings(folder, f"sqlite:///{database}", "x" * 32))
    with app.app_context():
        flask_migrate.upgrade()
    data.fill(database, rows)
    add_parts(database, COPIED)
    django = rivals.django_saves(folder, database)
    print(f"{rows} activiteiten, mediaan in ms")
    print(f"{'scenario':<24}{'wie':<15}", *(f"{name:>12}" for name in ("portaal", "sql", "django")))
    results: list[dict[str, object]] = []
    for who in lists.PEOPLE:
        for name, asks in scenarios(app, database, who, django).items():
            spent = lists.medians(min(rounds, ROUNDS), asks)
            print(f"{name:<24}{who:<15}", *(f"{ms:>12.1f}" for ms in spent.values()))
            figures = {f"{which}_ms": round(ms, 1) for which, ms in spent.items()}
            results.append({"group": "bulk", "scenario": name, "actor": who, **figures})
    lists.keep("bulk", results)


def scenarios(
    app: Flask, database: Path, who: str, django: Callable[[Sequence[int], int], None]
) -> dict[str, dict[str, lists.Ask]]:
    """What is asked of whom; every turn sets another number, so that every row changes."""
    ids = ids_of(database, who)
    numbers = itertools.count(5)
    edited, copied = ids[:EDITED], ids[:COPIED]
    return {
        f"edit {len(edited)} rows": {
            "ours": lambda: edit(app, who, edited, next(numbers)),
            "sql": lambda: plain_edit(database, edited, next(numbers)),
            "django": lambda: django(edited, next(numbers)),
        },
        f"duplicate {len(copied)} rows": {
            "ours": lambda: duplicate(app, who, copied),
            "sql": lambda: plain_duplicate(database, copied),
        },
    }


def ids_of(database: Path, who: str) -> list[int]:
    mine = "contractpartij_id = 1" if who == "projectleider" else "1"
    with sqlite3.connect(database) as connection:
        return [
            id_
            for (id_,) in connection.execute(
                f"SELECT id FROM activiteit WHERE {mine} AND naam NOT LIKE '%(kopie)%'"
                f" ORDER BY id LIMIT {EDITED}"
            )
        ]


def edit(app: Flask, who: str, ids: Sequence[int], number: int) -> None:
    """What the job of a large edit does, up to and with the commit."""
    attribute = attributes.attribute(Activiteit, "aantal_activiteiten")
    task = run.Edit(Activiteit, tuple(ids), (Change(attribute, Hoe.ZET, number),))
    with app.app_context(), acting_as(lists.actors()[who]) as session:
        outcome = run.carry_out(session, task)
        if outcome.touched != len(ids):
            raise SystemExit(f"{outcome.touched} van {len(ids)} gewijzigd")
        session.commit()


def duplicate(app: Flask, who: str, ids: Sequence[int]) -> None:
    """What Dupliceren does once it is confirmed, up to and with the commit."""
    with app.app_context(), acting_as(lists.actors()[who]) as session:
        dupliceren.dupliceer(session, ids, Wens())
        session.commit()


def plain_edit(database: Path, ids: Sequence[int], number: int) -> None:
    with sqlite3.connect(database) as connection:
        step = connection.execute(STEP).lastrowid
        given = {"number": number, "step": step, "ids": f"[{','.join(map(str, ids))}]"}
        connection.execute(HISTORY, given)
        connection.execute(UPDATE, given)


def plain_duplicate(database: Path, ids: Sequence[int]) -> None:
    """Copies get the numbers of their originals, so much further on."""
    with sqlite3.connect(database) as connection:
        (last,) = connection.execute("SELECT max(id) FROM activiteit").fetchone()
        given = {"ids": f"[{','.join(map(str, ids))}]", "last": last}
        for statement in copying():
            connection.execute(statement, given)


def copying() -> Iterator[str]:
    chosen = "(SELECT value FROM json_each(:ids))"
    names = columns_of("activiteit", "id", "naam")
    yield (
        f"INSERT INTO activiteit (id, naam, {names})"
        f" SELECT id + :last, naam || ' (kopie)', {names} FROM activiteit WHERE id IN {chosen}"
    )
    for table in PARTS:
        names = columns_of(table, "id", "activiteit_id")
        yield (
            f"INSERT INTO {table} (activiteit_id, {names}) SELECT activiteit_id + :last, {names}"
            f" FROM {table} WHERE activiteit_id IN {chosen}"
        )


def columns_of(table: str, *but: str) -> str:
    names = (column.name for column in tabel_van(Activiteit).metadata.tables[table].columns)
    return ", ".join(name for name in names if name not in but)


def add_parts(database: Path, many: int) -> None:
    """Ten parts for the first activities of everybody, and of the projectleider."""
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM doelgroep")
        values = f"?, 'doelgroep ' || ?, ?, {data.STAMP}"
        connection.executemany(
            f"INSERT INTO doelgroep (id, naam, rang, {data.STAMPED}) VALUES ({values})",
            [(n, n, n) for n in (1, 2)],
        )
        connection.execute(f"CREATE TEMP TABLE gekozen AS {FIRST.format(many=many)}")
        for table, each, columns, values in (
            ("last", 4, "toelichting, bedrag", "'Kosten', 100 * n.i"),
            ("activiteit_school", 4, "school_id, aantal_leerkrachten", "n.i, 3"),
            ("activiteit_doelgroep", 2, "doelgroep_id", "n.i"),
        ):
            connection.execute(
                f"DELETE FROM {table} WHERE activiteit_id IN (SELECT id FROM gekozen)"
            )
            into = f"{table} (activiteit_id, contractpartij_id, {columns}, {data.STAMPED})"
            connection.execute(
                f"INSERT INTO {into}"
                f" WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < {each})"
                f" SELECT g.id, g.contractpartij_id, {values}, {data.STAMP} FROM gekozen g, n"
            )
        connection.execute("ANALYZE")
