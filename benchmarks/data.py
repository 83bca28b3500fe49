"""The data that lists and reports are measured on: made up, the same every time.

A name is two kinds of activity, a place and a number, so that a word stands at the beginning of
some names and further on in others, as it does in life.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from models.gebruiker import CultuurOostRol, LidRol

SCHOOLS, PARTIES, YEAR = 10_000, 26, 2026
STAMP = "'2026-01-01', '2026-01-01', 1"
STAMPED = "aangemaakt_op, gewijzigd_op, versie"
#: Words of names, and how many names have them: one in ten, one in fifty thousand, none.
WORDS = {"common": "theater", "rare": "zeldzaam", "none": "bestaatniet"}
KINDS = (
    "Atelier", "Beeldend", "Circus", "Dans", "Erfgoed", "Film", "Gedicht", "Hoorspel",
    "Illustratie", "Jongleren", "Koor", "Literatuur", "Muziek", "Museum", "Orkest", "Poëzie",
    "Rap", "Schrijven", "Theater", "Workshop",
)  # fmt: skip
PLACES = (
    "Arnhem", "Barneveld", "Culemborg", "Doetinchem", "Ede", "Groenlo", "Harderwijk", "Nijmegen",
    "Tiel", "Zutphen",
)  # fmt: skip


def _one_of(words: tuple[str, ...], number: str) -> str:
    whens = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
    return f"CASE {number} % {len(words)} {whens} END"


NAME = (
    f"{_one_of(KINDS, 'i * 7919 / 26')} || ' en ' || lower({_one_of(KINDS, 'i * 104729 / 1300')})"
    f" || ' in ' || {_one_of(PLACES, 'i / 7')}"
    " || CASE WHEN i % 50000 = 26 THEN ' zeldzaam ' ELSE ' ' END || i"
)
DAY = f"date('{YEAR}-01-01', '+' || (i * 7919 / 26 % 334) || ' days')"
Add = Callable[[str, str, str, int], object]


def fill(database: Path, rows: int) -> None:
    """`rows` activities with twice as many lasten and school rows; at once, past the gate."""
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
        add_people(add)
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


def add_people(add: Add) -> None:
    """A beheerder, and a projectleider of the first contractpartij."""
    add(
        "gebruiker",
        "id, naam, email, cultuur_oost_rol, actief, demo",
        "i, 'Bench ' || i, 'bench' || i || '@example.nl',"
        f" CASE i WHEN 1 THEN '{CultuurOostRol.BEHEERDER}' END, 1, 0",
        2,
    )
    add(
        "lidmaatschap",
        "gebruiker_id, contractpartij_id, rol, actief",
        f"2, 1, '{LidRol.PROJECTLEIDER}', 1",
        1,
    )


def add_activities(add: Add, rows: int) -> None:
    """Activities, each with two lasten and two schools."""
    add(
        "activiteit",
        "id, verantwoording_id, contractpartij_id, naam, doel_id, aantal_activiteiten,"
        " duur, duur_eenheid, startdatum, einddatum",
        f"i, i % 52 + 1, (i % 52 + 2) / 2, {NAME}, i % 5 + 1, i % 4 + 1,"
        f" 150, 'per_activiteit', {DAY}, date({DAY}, '+30 days')",
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
