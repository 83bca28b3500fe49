"""The counts behind reports: whatever is written, and however, they are those of the rows."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from alembic import command
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from cmk_admin import database
from cmk_admin.actor import system
from cmk_admin.gate import AroundTheGate, GateSession, acting_as
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.rapportages import nageteld
from models.stand import Stand
from tests import factories as f
from tests.gate_world import raw_connection
from tests.report_world import Jaar, maak_jaar
from tests.stand_rows import COUNTED, KEPT
from tests.support.databases import Dialect
from tests.support.portal import Portaal
from tests.support.strictness import SLOW

PARTS = ("last", "activiteit_school")


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def raw(session: GateSession, sql: str, **values: Any) -> Any:
    """Past the gate, as a migration or a shell does."""
    session.flush()
    with session.passage():
        return session.connection().execute(text(sql), values)


def check(session: GateSession) -> None:
    """By plain SQL, and by the portal's own second count."""
    kept, counted = (sorted(map(tuple, raw(session, ask))) for ask in (KEPT, COUNTED))
    assert kept == counted
    with session.passage():
        assert nageteld.verschillen(session.connection()) == []


# --- every kind of write ----------------------------------------------------------------


def numbers(session: GateSession, table: str, where: str = "true", **values: Any) -> list[int]:
    return list(
        raw(session, f"SELECT id FROM {table} WHERE {where} ORDER BY id", **values).scalars()
    )


def change(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """Cells that count, through the gate."""
    for row in session.scalars(select(Activiteit)):
        row.aantal_activiteiten = kans.choice([None, 2, 9])
        row.doel_id = kans.choice(numbers(session, "doel"))
    for cost in session.scalars(select(Last)):
        cost.bedrag = kans.choice([None, 0, -5, 12_345])
        cost.betaald_op = kans.choice([None, date(f.JAAR, 5, 5)])
    for link in session.scalars(select(ActiviteitSchool)):
        link.aantal_leerkrachten = kans.choice([None, 0, 11])


def remove(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """An activity with all its parts, or a part alone."""
    entity = kans.choice([Activiteit, Last, ActiviteitSchool])
    if rows := list(session.scalars(select(entity))):
        session.delete(kans.choice(rows))


def copy(session: GateSession, kans: Random, jaar: Jaar) -> None:
    for row in list(session.scalars(select(Activiteit)))[:1]:
        session.add(row.dupliceer())


def move(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """To a year of the same contractpartij, with all its parts; in raw SQL."""
    for v, partij in raw(session, "SELECT id, contractpartij_id FROM verantwoording").fetchall():
        own = numbers(session, "activiteit", "contractpartij_id = :p", p=partij)
        if own:
            sql = "UPDATE activiteit SET verantwoording_id = :v WHERE id = :a"
            raw(session, sql, v=v, a=kans.choice(own))


def merge(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """A school becomes another, where that one is not there already."""
    away, stays = (kans.choice(jaar.scholen).id for _ in range(2))
    raw(
        session,
        """UPDATE activiteit_school SET school_id = :stays WHERE school_id = :away
        AND activiteit_id NOT IN (
            SELECT activiteit_id FROM activiteit_school WHERE school_id = :stays)""",
        away=away,
        stays=stays,
    )


def hand_over(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """Lasten that belong to another activity from now on."""
    raw(
        session,
        """UPDATE last SET activiteit_id = (SELECT max(a.id) FROM activiteit a
        WHERE a.contractpartij_id = last.contractpartij_id)""",
    )


def many(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """A statement for all rows at once."""
    raw(session, "UPDATE last SET bedrag = coalesce(bedrag, 0) + 7, betaald_op = NULL")
    raw(session, "UPDATE activiteit SET duur = duur + 25, duur_eenheid = 'per_activiteit'")


def blank(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """A last without words counts as not filled in; the gate would let none through."""
    raw(session, "UPDATE last SET toelichting = '  ' WHERE id % 3 = 0")
    check(session)
    raw(session, "UPDATE last SET toelichting = 'weer woorden' WHERE trim(toelichting) = ''")


def clear(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """All parts of an activity, by one statement each."""
    for table in kans.sample(PARTS, kans.randrange(3)):
        raw(session, f"DELETE FROM {table} WHERE activiteit_id % 2 = {kans.randrange(2)}")


def add_raw(session: GateSession, kans: Random, jaar: Jaar) -> None:
    raw(
        session,
        """INSERT INTO last (activiteit_id, contractpartij_id, toelichting, bedrag, betaald_op,
            versie, aangemaakt_op, gewijzigd_op)
        SELECT id, contractpartij_id, 'erbij', 250, startdatum, 1, aangemaakt_op, gewijzigd_op
        FROM activiteit""",
    )


def taken_back(session: GateSession, kans: Random, jaar: Jaar) -> None:
    """What is rolled back, was never counted."""
    with session.begin_nested() as part:
        many(session, kans, jaar)
        part.rollback()
    session.expire_all()


STEPS = [change, remove, copy, move, merge, hand_over, many, blank, clear, add_raw, taken_back]


@pytest.mark.beide
@SLOW
@given(st.integers(0, 2**32))
def test_counts_are_those_of_the_rows_after_every_write(
    dialect: Dialect, session: GateSession, seed: int
) -> None:
    """By seed: which rows there are to draw from depends on numbers that go on after a rollback."""
    kans = Random(seed)
    jaar = maak_jaar(session, kans)
    check(session)
    for step in kans.choices(STEPS, k=6):
        step(session, kans, jaar)
        session.flush()
        check(session)
        session.expire_all()
    session.rollback()


def test_what_a_shell_does_without_foreign_keys(app: Flask, database_url: str) -> None:
    """SQLite's own shell keeps none: an activity may go before its parts, and come back."""
    with app.app_context(), acting_as(system("test")) as session:
        number = f.maak_complete_activiteit(session).id
        session.commit()
    with raw_connection(database_url) as shell:
        shell.execute("PRAGMA foreign_keys = OFF")
        row = shell.execute(f"SELECT * FROM activiteit WHERE id = {number}").fetchone()
        shell.execute(f"DELETE FROM activiteit WHERE id = {number}")
        assert shell.execute(KEPT).fetchall() == shell.execute(COUNTED).fetchall() == []
        shell.execute(f"INSERT INTO activiteit VALUES ({', '.join('?' * len(row))})", tuple(row))
        kept, counted = (sorted(shell.execute(ask).fetchall()) for ask in (KEPT, COUNTED))
        assert kept == counted != []


# --- two at once, on PostgreSQL -----------------------------------------------------------

ADD = """INSERT INTO last (activiteit_id, contractpartij_id, toelichting, bedrag,
        versie, aangemaakt_op, gewijzigd_op)
    SELECT id, contractpartij_id, 'erbij', 250, 1, aangemaakt_op, gewijzigd_op
    FROM activiteit WHERE id = %s"""
MOVE = """UPDATE activiteit SET verantwoording_id =
    (SELECT max(id) FROM verantwoording) WHERE id = %s"""


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize(
    ("first", "second", "waits"), [(ADD, ADD, False), (ADD, MOVE, True), (MOVE, ADD, True)]
)
def test_two_at_once(
    app: Flask, database_url: str, dialect: Dialect, first: str, second: str, waits: bool
) -> None:
    """Nobody waits to count; only an activity that moves and its parts wait for each other."""
    with app.app_context(), acting_as(system("test")) as session:
        activiteit = f.maak_complete_activiteit(session)
        f.maak_verantwoording(session, activiteit.verantwoording.project, kalenderjaar=f.JAAR + 1)
        session.commit()
        number = activiteit.id
    with raw_connection(database_url) as one, raw_connection(database_url) as two:

        def follow() -> None:
            two.execute(second, [number])
            two.commit()

        one.execute(first, [number])
        follower = threading.Thread(target=follow)
        follower.start()
        follower.join(0.7 if waits else 5)
        assert follower.is_alive() is waits
        one.commit()
        follower.join(10)
        kept, counted = (sorted(one.execute(ask).fetchall()) for ask in (KEPT, COUNTED))
        assert kept == counted != []


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_what_is_written_during_the_migration_counts(
    app: Flask, database_url: str, dialect: Dialect
) -> None:
    with app.app_context(), acting_as(system("test")) as session:
        f.maak_complete_activiteit(session)
        session.commit()
    migrations = app.extensions["migrate"].migrate.get_config

    def migrate() -> None:
        with app.app_context():
            command.upgrade(migrations(), "head")

    with app.app_context():
        command.downgrade(migrations(), "0012")
    with raw_connection(database_url) as writer:
        writer.execute("UPDATE last SET bedrag = bedrag + 100")
        migration = threading.Thread(target=migrate)
        migration.start()
        migration.join(1.5)
        assert migration.is_alive()
        writer.commit()
        migration.join(20)
        kept, counted = (sorted(writer.execute(ask).fetchall()) for ask in (KEPT, COUNTED))
        assert kept == counted != []


# --- who reads and writes them --------------------------------------------------------------


def test_somebody_reads_those_of_their_own_contractpartij(portaal: Portaal) -> None:
    """The counts tell as much as the rows do."""
    told = {}
    for who in ("projectleider", "beheerder"):
        with portaal.als(who) as session:
            told[who] = set(session.scalars(select(Stand.contractpartij_id)))
            assert told[who] == set(session.scalars(select(Activiteit.contractpartij_id)))
    assert told["projectleider"] < told["beheerder"]


def test_nobody_writes_them(session: GateSession) -> None:
    """Also not the portal itself: the database keeps them."""
    verantwoording = f.maak_complete_activiteit(session).verantwoording
    session.commit()
    row = session.scalars(select(Stand)).first()
    assert row is not None
    new = Stand(
        verantwoording_id=verantwoording.id,
        contractpartij_id=verantwoording.contractpartij_id,
        soort="doel",
        sleutel=0,
        vak=0,
        aantal=1,
        som=1,
        som_2=1,
        som_3=0,
        som_4=0,
    )
    ways: list[Callable[[], Any]] = [
        lambda: session.add(new),
        lambda: setattr(row, "som", 99),
        lambda: session.delete(row),
        lambda: session.execute(update(Stand).values(som=1)),
        lambda: session.execute(delete(Stand)),
    ]

    def go(way: Callable[[], Any]) -> None:
        way()
        session.flush()

    for way in ways:
        with pytest.raises(AroundTheGate):
            go(way)
        session.rollback()


# --- flask stand --------------------------------------------------------------------------


@pytest.mark.beide
def test_the_command_finds_and_mends(app: Flask, dialect: Dialect, database_url: str) -> None:
    def run(*options: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["stand", *options])
        return result.exit_code, result.output

    with app.app_context(), acting_as(system("test")) as session:
        f.maak_complete_activiteit(session)
        session.commit()
    assert run() == (0, "Alle tellingen kloppen.\n")
    with raw_connection(database_url) as shell:
        shell.execute("UPDATE stand SET som = som + 1 WHERE soort = 'kwartaal'")
        shell.execute("DELETE FROM stand WHERE soort = 'school'")
        shell.commit()
    code, said = run()
    assert code == 1
    assert "kwartaal" in said
    assert "school" in said
    assert run()[0] == 1
    assert run("--herstel")[0] == 0
    assert run() == (0, "Alle tellingen kloppen.\n")
    with app.app_context(), acting_as(system("test")) as session:
        check(session)
        assert database.recount() == []
