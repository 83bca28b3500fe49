"""Every tab of a large year: 500 activities with 3,000 school rows and 2,000 lasten.

Each is the whole answer to a request by the projectleider: session, rights, queries, template.
The pages take turns, so that what else the machine does troubles all of them alike. With what is
asked of the database beside it: at most eight questions a page.
"""

import sqlite3
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import event

from app import create_app
from benchmarks import data
from benchmarks.lists import PEOPLE, Ask, keep, logged_in, medians
from cmk_admin.extensions import db
from cmk_admin.settings import Settings

ACTIVITIES, SCHOOLS_EACH, COSTS_EACH = 500, 6, 4
#: Of the first contractpartij; what `benchmarks/data.py` makes of it is left alone.
PROJECT, YEAR_ID, FIRST = 1, 1, 1_001
WHO = "projectleider"
#: Name → address; of an activity in the middle of them.
PAGES = {
    "project: verantwoordingen": f"/projecten/{PROJECT}/verantwoordingen",
    "project: financieel": f"/projecten/{PROJECT}/financieel-overzicht",
    "project: documenten": f"/projecten/{PROJECT}/documenten",
    "project: details": f"/projecten/{PROJECT}/details",
    "jaar: activiteiten": f"/verantwoordingen/{YEAR_ID}/activiteiten",
    "jaar: gezocht": f"/verantwoordingen/{YEAR_ID}/activiteiten?search=theater&sort=-lasten",
    "jaar: per school": f"/verantwoordingen/{YEAR_ID}/per-school",
    "jaar: per kwartaal": f"/verantwoordingen/{YEAR_ID}/per-kwartaal",
    "jaar: financieel": f"/verantwoordingen/{YEAR_ID}/financieel-overzicht",
    "jaar: details": f"/verantwoordingen/{YEAR_ID}/details",
    "jaar: geschiedenis": f"/verantwoordingen/{YEAR_ID}/geschiedenis",
    "activiteit: nieuw": f"/verantwoordingen/{YEAR_ID}/activiteiten/nieuw",
    **{
        f"activiteit: {tab}": f"/activiteiten/{FIRST + 250}/{tab}"
        for tab in (
            "details",
            "scholen",
            "financieel-overzicht",
            "samenwerkingspartners",
            "geschiedenis",
            "details/bewerken",
            "scholen/bewerken",
            "financieel-overzicht/bewerken",
        )
    },
}


def measure(folder: Path, rows: int, rounds: int) -> None:
    """Print a line per page, and keep them in build/bench.json."""
    del rows  # the size of a year is what it is
    database = folder / "bench.db"
    app = create_app(Settings(folder, f"sqlite:///{database}", "x" * 32))
    with app.app_context():
        flask_migrate.upgrade()
    data.fill(database, 2 * data.PARTIES)
    large_year(database)
    client = logged_in(app, PEOPLE[WHO])
    sizes: dict[str, int] = {}

    def ask_for(name: str, address: str) -> Ask:
        def ask() -> None:
            response = client.get(address)
            if response.status_code != 200:
                raise SystemExit(f"{address}: {response.status}")
            sizes[name] = len(response.data)

        return ask

    asks = {name: ask_for(name, address) for name, address in PAGES.items()}
    print(f"{ACTIVITIES} activiteiten, {SCHOOLS_EACH * ACTIVITIES} schoolrijen,"
          f" {COSTS_EACH * ACTIVITIES} lasten; mediaan")  # fmt: skip
    spent = medians(rounds, asks)
    results: list[dict[str, object]] = []
    print(f"{'bladzijde':<42}{'ms':>8}{'vragen':>8}{'kB':>8}")
    for name, ask in asks.items():
        questions = asked_by(app, ask)
        kilobytes = sizes[name] / 1000
        print(f"{name:<42}{spent[name]:>8.1f}{questions:>8}{kilobytes:>8.0f}")
        told = {"group": "pages", "scenario": name, "actor": WHO}
        results.append({**told, "ours_ms": round(spent[name], 3), "queries": questions})
    keep("pages", results)


def asked_by(app: Flask, ask: Ask) -> int:
    """How many statements the database gets meanwhile."""
    sent = []

    def note(*_given: object) -> None:
        sent.append(1)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def large_year(database: Path) -> None:
    """The activities of one verantwoording with all that hangs under them; past the gate."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)"
    with sqlite3.connect(database) as connection:

        def add(table: str, columns: str, values: str, many: int) -> None:
            connection.execute(
                f"INSERT INTO {table} ({columns}, {data.STAMPED})"
                f" {numbers.format(many)} SELECT {values}, {data.STAMP} FROM n"
            )

        add("samenwerkingspartner", "id, contractpartij_id, naam", "i + 1, 1, 'Partner ' || i", 20)
        add("doelgroep", "id, naam, rang", "1000 + i, 'Doelgroep ' || i, 1000 + i", 4)
        add("begrotingspost", "project_id, contractpartij_id, kalenderjaar, naam, doel_id, bedrag",
            f"{PROJECT}, 1, {data.YEAR}, 'Post ' || i, i % 5 + 1, 2500000", 10)  # fmt: skip
        add(
            "activiteit",
            "id, verantwoording_id, contractpartij_id, naam, doel_id, aantal_activiteiten,"
            " duur, duur_eenheid, startdatum, einddatum",
            f"{FIRST} + i, {YEAR_ID}, 1, {data.NAME}, i % 5 + 1, i % 4 + 1,"
            f" 150, 'per_activiteit', {data.DAY}, date({data.DAY}, '+30 days')",
            ACTIVITIES,
        )
        under = "activiteit_id, contractpartij_id, {}", f"{FIRST} + i % {ACTIVITIES}, 1, {{}}"

        def hang(table: str, columns: str, values: str, each: int) -> None:
            add(table, under[0].format(columns), under[1].format(values), each * ACTIVITIES)

        # Seven of eight are complete, so the checklist has something to say.
        teachers = "CASE WHEN i % 97 = 0 THEN NULL ELSE i % 5 END"
        hang("activiteit_school", "school_id, aantal_leerkrachten",
             f"i * 7 % 240 + i / {ACTIVITIES} * 240 + 1, {teachers}", SCHOOLS_EACH)  # fmt: skip
        hang("last", "toelichting, bedrag, betaald_op",
             "'Kosten', CASE WHEN i % 89 = 0 THEN NULL ELSE i % 999 * 100 END,"
             f" printf('{data.YEAR}-%02d-01', i % 12 + 1)", COSTS_EACH)  # fmt: skip
        hang("activiteit_doelgroep", "doelgroep_id", f"1000 + i / {ACTIVITIES}", 2)
        hang("activiteit_partner", "samenwerkingspartner_id",
             f"(i + i / {ACTIVITIES}) % 20 + 1", 2)  # fmt: skip
        connection.execute(
            "INSERT INTO wijziging (op, door_id, door_naam, entiteit, rij_id, ouder_id, soort,"
            f" titel, waarden, contractpartij_id, verantwoording_id, {data.STAMPED})"
            " SELECT gewijzigd_op, 2, '', 'Last', id, activiteit_id, 'gewijzigd', toelichting,"
            f" '{{\"bedrag\": [100, 200]}}', 1, {YEAR_ID}, {data.STAMP}"
            f" FROM last WHERE activiteit_id >= {FIRST}"
        )
        connection.execute("ANALYZE")
