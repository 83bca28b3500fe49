"""Many changed rows stored at once: judged and told as one by one, in fewer statements."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.extensions import db
from cmk_admin.gate import AroundTheGate, GateSession, Gone, Refused
from cmk_admin.gate.fence import TOGETHER, _sqlite_many
from cmk_admin.gate.history import stored_rows
from cmk_admin.gate.storing import store
from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.gebruiker import Gebruiker
from models.historie import Wijziging
from models.project import Project
from models.techniek import Mail
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]

STAMPS = {"op", "aangemaakt_op", "gewijzigd_op", "id"}


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What was sent to the database, executemany as one."""
    found: list[str] = []

    def hear(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def lasten_of(world: World, session: GateSession, many: int) -> list[Last]:
    """So many lasten of one activity, stored and not committed."""
    above = session.get_one(Activiteit, world.ground.noord.activiteit)
    rows = [Last(activiteit=above, toelichting=f"last {n}", bedrag=n) for n in range(many)]
    session.add_all(rows)
    session.flush()
    return rows


def told(session: GateSession, rows: list[Any]) -> tuple[list[Any], list[Any]]:
    """The rows and their history as the database has them, but for moments."""
    keys = [(type(row), row.id) for row in rows]
    with session.passage():
        stored = stored_rows(session.connection(), keys)
    now = [{k: v for k, v in stored[key].items() if k not in STAMPS} for key in keys]
    table = Wijziging.__table__
    with session.passage():
        history = session.connection().execute(select(table).order_by(table.c.id)).mappings()
        changes = [
            {k: v for k, v in row.items() if k not in STAMPS | {"rij_id"}} for row in history
        ]
    return now, sorted(changes[-len(rows) :], key=str)


@pytest.mark.beide
def test_it_is_what_a_flush_does(world: World) -> None:
    """Several entities, and several sets of columns: the same rows, the same history."""

    def outcome(save: Callable[[GateSession], None]) -> Any:
        with world.acting("projectleider") as session:
            first, second, third, same = lasten_of(world, session, 4)
            first.bedrag = second.bedrag = 500
            third.toelichting, third.leverancier = "anders", "De Winkel"
            same.bedrag = 3
            above = first.activiteit
            above.naam, above.startdatum = "Anders", date(2026, 2, 3)
            save(session)
            assert not session.dirty
            return told(session, [first, second, third, same, above])

    plain, together = outcome(GateSession.flush), outcome(store)
    assert together == plain
    assert [row["versie"] for row in together[0][:4]] == [2, 2, 2, 1]


@pytest.mark.beide
def test_rows_of_the_same_columns_are_one_statement(world: World) -> None:
    with world.acting("projectleider") as session:
        rows = lasten_of(world, session, 30)
        for row in rows:
            row.bedrag = (row.bedrag or 0) + 1
        with statements(world) as sent:
            store(session)
        assert sum(statement.startswith("UPDATE last ") for statement in sent) == 1
        assert [row.bedrag for row in rows] == list(range(1, 31))


@pytest.mark.beide
def test_what_somebody_else_stored_meanwhile_is_not_overwritten(fresh_world: World) -> None:
    number = fresh_world.ground.noord.last
    with fresh_world.acting("projectleider") as session:
        row = session.get_one(Last, number)
        other = lasten_of(fresh_world, session, 1)[0]
        session.commit()
        assert row.bedrag != other.bedrag
        fresh_world.raw(f"UPDATE last SET bedrag = 77, versie = versie + 1 WHERE id = {number}")
        before = fresh_world.snapshot("last", "wijziging")
        inner = session.begin_nested()
        row.bedrag, other.bedrag = 88, 88
        with pytest.raises(StaleDataError):
            store(session)
        inner.rollback()
        assert not session.gate_open
        session.commit()
        assert fresh_world.snapshot("last", "wijziging") == before


@pytest.mark.beide
def test_what_is_gone_is_told(fresh_world: World) -> None:
    number = fresh_world.ground.noord.last
    with fresh_world.acting("projectleider") as session:
        session.get_one(Last, number).bedrag = 88
        fresh_world.raw(f"DELETE FROM last WHERE id = {number}")
        with pytest.raises(Gone):
            store(session)


@pytest.mark.beide
@pytest.mark.parametrize(
    ("entity", "name", "value", "error"),
    [
        (Project, "titel", "Anders", Refused),
        (Last, "toelichting", "", RegelFout),
        (Last, "betaald_op", date(1999, 1, 1), RegelFout),
        (Last, "aangemaakt_door_id", 1, RegelFout),
    ],
)
def test_it_is_judged(
    world: World, entity: type[Any], name: str, value: Any, error: type[Exception]
) -> None:
    """One row that may not be stored, and none is."""
    with world.acting("projectleider") as session:
        mine = lasten_of(world, session, 1)[0]
        row = session.get_one(entity, getattr(world.ground.noord, entity.__tablename__))
        mine.bedrag = 999
        setattr(row, name, value)
        with statements(world) as sent, pytest.raises(error):
            store(session)
        assert not any(statement.startswith("UPDATE") for statement in sent)
        assert not session.gate_open


@pytest.mark.beide
def test_a_reference_taken_away_as_object_is_not_lost(world: World) -> None:
    """Saving would empty its column after the judgement: refused, as by a flush."""
    for save in (GateSession.flush, store):
        with world.acting("projectleider") as session:
            row = lasten_of(world, session, 1)[0]
            row.kostensoort_id = world.ground.kostensoort
            session.flush()
            assert row.kostensoort is not None
            row.kostensoort = None
            with pytest.raises(AroundTheGate):
                save(session)


@pytest.mark.beide
def test_a_closed_year_stays_as_it_is(world: World) -> None:
    with world.acting("beheerder") as session:
        session.get_one(Last, world.ground.noord.dichte_last).bedrag = 1
        with pytest.raises(Refused, match="gesloten"):
            store(session)


@pytest.mark.beide
def test_what_a_change_brings_about_is_stored_along(fresh_world: World) -> None:
    who = fresh_world.ground.actors["projectleider"].gebruiker_id or 0
    fresh_world.raw(f"UPDATE gebruiker SET laatst_ingelogd_op = '2026-01-01' WHERE id = {who}")
    with fresh_world.acting("system") as session:
        session.get_one(Gebruiker, who).email = "nieuw@test.example"
        store(session)
        [mail] = session.scalars(select(Mail).where(Mail.ontvanger_id == who)).all()
        assert "gewijzigd" in mail.onderwerp


# --- many new rows on SQLite ------------------------------------------------------------


def test_new_rows_go_together(world: World) -> None:
    with world.acting("projectleider") as session:
        raw = session.connection().connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        sent: list[str] = []
        raw.set_trace_callback(sent.append)
        rows = lasten_of(world, session, TOGETHER + 50)
        raw.set_trace_callback(None)
        for table in ("last", "wijziging"):
            # A statement is told once more for each trigger that it sets off.
            assert len({s for s in sent if s.startswith(f"INSERT INTO {table} (")}) == 2
        session.expire_all()
        assert [row.bedrag for row in rows] == list(range(TOGETHER + 50))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (a, b) VALUES (?, ?) RETURNING id",
        "INSERT INTO t (a, b) VALUES (?, lower(?))",
        "INSERT INTO t (a) SELECT ?",
        "INSERT OR REPLACE INTO t (a, b) VALUES (?, ?)",
        "UPDATE t SET a = ? WHERE b = ?",
    ],
)
def test_any_other_statement_goes_as_it_is(statement: str) -> None:
    assert not _sqlite_many(None, statement, [(1, 2)], None)  # type: ignore[arg-type]
