"""Closing raced against edits: no row lands in a closed year, and no year misses its rows.

Played on both databases, between threads and (SQLite) between processes, with the triggers
and without them. The last tests take the lock out, and see rows land late: so the race is
one, and what wins it is the lock.
"""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from cmk_admin.gate import GateSession, with_retry, writes
from models.base import RegelFout
from models.gebruiker import CultuurOostRol, Gebruiker
from models.verantwoording import Status, Verantwoording
from tests.factories import maak_gebruiker
from tests.gate_races import Editor, drop_triggers, in_a_process, in_a_thread, race
from tests.gate_world import World
from tests.support.databases import Dialect

pytest_plugins = ["tests.gate_fixtures"]

Start = Callable[[World], AbstractContextManager[Editor]]
#: Who races whom, with the triggers or not → rounds when quick, rounds in full: 1,000 a database.
RACES: list[tuple[Dialect, Start, bool, int, int]] = [
    ("sqlite", in_a_thread, True, 12, 300),
    ("sqlite", in_a_thread, False, 12, 300),
    ("sqlite", in_a_process, True, 8, 200),
    ("sqlite", in_a_process, False, 8, 200),
    ("postgresql", in_a_thread, True, 20, 500),
    ("postgresql", in_a_thread, False, 20, 500),
]


def _name(value: object) -> str | None:
    if isinstance(value, bool):
        return "trekkers" if value else "zonder trekkers"
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("dialect", "start", "triggers", "quick", "thorough"), RACES, ids=_name)
def test_no_row_lands_late(
    fresh_world: World, start: Start, triggers: bool, quick: int, thorough: int, full: bool
) -> None:
    if not triggers:
        drop_triggers(fresh_world)
    with start(fresh_world) as editor:
        score = race(fresh_world, editor, thorough if full else quick)
    print(score)  # noqa: T201 - shown when it fails, and with -s
    assert score.broken == []
    assert score.late == 0, score
    assert score.fair(), score


# --- without the lock ----------------------------------------------------------------


def _read_without_lock(
    connection: Connection, ids: Iterable[int], exclusive: bool
) -> dict[int, Status]:
    """What the gate would do if it only looked; the pause is the time that work takes."""
    table: Any = Verantwoording.__table__
    rows = connection.execute(select(table.c.id, table.c.status).where(table.c.id.in_(ids))).all()
    time.sleep(0.003)
    return {row.id: row.status for row in rows}


@pytest.mark.beide
def test_without_the_lock_rows_do_land_late(
    fresh_world: World, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trigger and the lock both out: the race above would see it."""
    drop_triggers(fresh_world)
    monkeypatch.setattr(writes, "lock_verantwoordingen", _read_without_lock)
    if dialect == "sqlite":
        monkeypatch.setattr(writes, "begin_write", lambda connection: None)
    with in_a_thread(fresh_world) as editor:
        assert race(fresh_world, editor, 200, stop_at_late=True).late > 0


# --- deadlocks -----------------------------------------------------------------------


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run at the same moment; the answers, or the errors."""
    answers: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[number] = work()
        except Exception as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _touch(world: World, order: tuple[int, int], flush_each: bool, tries: list[int]) -> None:
    """Change two verantwoordingen, in this order."""
    from datetime import date

    with world.acting("beheerder") as session:

        def work() -> None:
            tries.append(1)
            for number in order:
                row = session.get_one(Verantwoording, number, populate_existing=True)
                row.uiterste_datum = date(2027, 1, 1 + len(tries) % 28)
                if flush_each:
                    session.flush()
                    time.sleep(0.01)
            session.commit()

        with_retry(session, work)


@pytest.mark.beide
def test_opposite_orders_in_one_save_never_wait_for_each_other(
    fresh_world: World, full: bool
) -> None:
    """The locks are taken in id order, whatever the order of the changes."""
    a, b = fresh_world.ground.noord.open, fresh_world.ground.zuid.open
    for _ in range(100 if full else 10):
        tries: list[int] = []
        answers = together(
            partial(_touch, fresh_world, (a, b), False, tries),
            partial(_touch, fresh_world, (b, a), False, tries),
        )
        assert not [e for e in answers if isinstance(e, DBAPIError)]


@pytest.mark.beide
def test_opposite_orders_in_several_saves_are_tried_again(fresh_world: World, full: bool) -> None:
    """There the database has to break a deadlock; with_retry makes both come through."""
    a, b = fresh_world.ground.noord.open, fresh_world.ground.zuid.open
    for _ in range(10 if full else 1):
        tries: list[int] = []
        answers = together(
            partial(_touch, fresh_world, (a, b), True, tries),
            partial(_touch, fresh_world, (b, a), True, tries),
        )
        assert not [e for e in answers if isinstance(e, DBAPIError)]
        assert len(tries) <= 4


# --- the last beheerder --------------------------------------------------------------


def _leave(world: World, person: int) -> str:
    with world.acting("system") as session:

        def work() -> str:
            session.get_one(Gebruiker, person).actief = False
            session.commit()
            return "weg"

        return with_retry(session, work)


@pytest.mark.beide
def test_of_two_beheerders_who_leave_at_once_one_stays(fresh_world: World, full: bool) -> None:
    w = fresh_world
    with w.acting("system") as session:
        second = _second_beheerder(session)
    people = (w.ground.actors["beheerder"].gebruiker_id or 0, second)
    w.raw("UPDATE gebruiker SET totp_geheim = 'geheim' WHERE cultuur_oost_rol = 'beheerder'")
    for _ in range(50 if full else 8):
        w.raw("UPDATE gebruiker SET actief = true WHERE cultuur_oost_rol = 'beheerder'")
        answers = together(*(partial(_leave, w, person) for person in people))
        assert [type(answer) for answer in answers if answer != "weg"] == [RegelFout]
        assert w.raw(
            "SELECT count(*) FROM gebruiker WHERE cultuur_oost_rol = 'beheerder' AND actief"
        ) == [(1,)]


def _second_beheerder(session: GateSession) -> int:
    person = maak_gebruiker(session, cultuur_oost_rol=CultuurOostRol.BEHEERDER)
    session.commit()
    number: int = person.id
    return number
