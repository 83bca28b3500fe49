"""Closing raced against one edit, round after round, with what the database says afterwards.

A round: the year is open, somebody closes it and at the same moment somebody else adds, changes
or deletes a row under it. Whoever comes second must notice: either the edit is in the snapshot,
or it is refused. The delays follow the score, so that both sides keep winning on any machine.
"""

import contextlib
import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from cmk_admin.gate import Locked, with_retry
from models.activiteit import ActiviteitSchool, Last
from models.base import RegelFout
from models.verantwoording import Status, Verantwoording
from tests.gate_world import Ground, World, gate_app, raw_connection

#: Answers of the one who edits, and of the one who closes.
DONE, LATE, BROKEN = "gelukt", "geweigerd", "mislukt"
ACTIONS = ("erbij", "anders", "weg", "school weg")


@dataclass
class Score:
    """How the rounds went. late: rows in a closed year that its snapshot does not have."""

    rounds: int = 0
    edits: int = 0
    refusals: int = 0
    broken: list[str] = field(default_factory=list)
    late: int = 0

    def fair(self) -> bool:
        """Each side wins at least one round in ten."""
        return min(self.edits, self.refusals) * 10 >= self.rounds

    def __str__(self) -> str:
        share = 100 * self.edits // max(self.rounds, 1)
        return f"{self.rounds} ronden, wijziging eerst in {share} %, te laat {self.late}"


@dataclass(frozen=True)
class Order:
    """What to do in a round, by whom it is raced."""

    action: str
    delay: float
    last: int
    school_row: int
    amount: int


def edit(world: World, order: Order) -> str:
    """One edit under the open year."""
    time.sleep(order.delay)
    with world.acting("projectleider") as session:

        def work() -> str:
            if order.action == "erbij":
                session.add(Last(activiteit_id=world.ground.noord.activiteit, toelichting="race",
                                 bedrag=order.amount))  # fmt: skip
            elif order.action == "anders":
                session.get_one(Last, order.last).bedrag = order.amount
            elif order.action == "weg":
                session.delete(session.get_one(Last, order.last))
            else:
                session.delete(session.get_one(ActiviteitSchool, order.school_row))
            session.commit()
            return DONE

        return answered(lambda: with_retry(session, work))


def close(world: World, delay: float) -> str:
    time.sleep(delay)
    with world.acting("projectleider") as session:

        def work() -> str:
            session.get_one(Verantwoording, world.ground.noord.open).sluit(None)
            session.commit()
            return DONE

        return answered(lambda: with_retry(session, work))


def answered(work: Callable[[], str]) -> str:
    try:
        return work()
    except (Locked, RegelFout):
        return LATE
    except DBAPIError as error:
        # The trigger, the backstop: a refusal as well, if a blunt one.
        return LATE if "gesloten" in str(error.orig) else f"{BROKEN}: {error!r}"
    except Exception as error:
        return f"{BROKEN}: {error!r}"


Editor = Callable[[Order], Callable[[], str]]


@contextlib.contextmanager
def in_a_thread(world: World) -> Iterator[Editor]:
    with ThreadPoolExecutor(1) as pool:

        def start(order: Order) -> Callable[[], str]:
            return pool.submit(edit, world, order).result

        yield start


@contextlib.contextmanager
def in_a_process(world: World) -> Iterator[Editor]:
    """Another process on the same file: nothing is shared but the database."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there, world.url, world.ground), daemon=True)
    process.start()
    assert here.recv() == "klaar"

    def start(order: Order) -> Callable[[], str]:
        here.send(order)
        return here.recv

    yield start
    here.send(None)
    process.join()


def _serve(pipe: Connection, url: str, ground: Ground) -> None:
    world = World(gate_app(url, Path(str(make_url(url).database)).parent), url, ground)
    pipe.send("klaar")
    while (order := pipe.recv()) is not None:
        pipe.send(edit(world, order))


def race(world: World, editor: Editor, rounds: int, stop_at_late: bool = False) -> Score:
    """Race until enough rounds were played fairly, five times as many at most."""
    score, lead, luck = Score(), 0.0, random.Random(rounds)
    while score.rounds < rounds or (not score.fair() and score.rounds < 5 * rounds):
        order = _prepare(world, luck, ACTIONS[score.rounds % len(ACTIONS)], max(lead, 0.0))
        result = editor(order)
        closed = close(world, luck.uniform(0, 0.004) + max(-lead, 0.0))
        edited = result()
        score.rounds += 1
        score.edits += edited == DONE
        score.refusals += edited == LATE
        score.broken += [answer for answer in (edited, closed) if answer.startswith(BROKEN)]
        if closed != DONE:
            score.broken.append(f"niet gesloten: {closed}")
        score.late += _differs(world)
        if stop_at_late and score.late:
            break
        # Who won starts a little later next time.
        lead += 0.0015 if edited == DONE else -0.0015
    return score


def _prepare(world: World, luck: random.Random, action: str, head_start: float) -> Order:
    """The year open again, with an extra last and school row that may go."""
    noord = world.ground.noord
    with raw_connection(world.url) as connection:
        connection.execute(
            "UPDATE verantwoording SET status = 'open', gesloten_op = NULL, gesloten_door_id = NULL"
            f" WHERE id = {noord.open} AND status <> 'open'"
        )
        connection.execute(
            f"DELETE FROM activiteit_school WHERE activiteit_id = {noord.activiteit}"
            f" AND school_id = {world.ground.scholen[2]}"
        )
        connection.execute("DELETE FROM last WHERE toelichting = 'race'")
        connection.commit()
    with world.acting("system") as session:
        last = Last(activiteit_id=noord.activiteit, toelichting="race", bedrag=500)
        row = ActiviteitSchool(activiteit_id=noord.activiteit, school_id=world.ground.scholen[2],
                               aantal_leerkrachten=7)  # fmt: skip
        session.add_all([last, row])
        session.commit()
        delay = luck.uniform(0, 0.004) + head_start
        return Order(action, delay, last.id, row.id, luck.randrange(1, 10**6))


def _differs(world: World) -> bool:
    """Whether the closed year has other rows than its snapshot, by the database's own words."""
    open_ = world.ground.noord.open
    status, found = _rows(world.url, open_)
    if status == Status.OPEN.value:
        return False
    raw = world.raw(
        f"SELECT inhoud FROM momentopname WHERE verantwoording_id = {open_} ORDER BY nummer DESC"
        " LIMIT 1"
    )[0][0]
    told: dict[str, Any] = json.loads(raw) if isinstance(raw, str) else raw
    kept = {
        "lasten": sorted((x["id"], x["bedrag"]) for a in told["activiteiten"] for x in a["lasten"]),
        "scholen": sorted(
            (x["id"], x["leerkrachten"]) for a in told["activiteiten"] for x in a["scholen"]
        ),
    }
    totals = told["totalen"]
    assert totals["lasten"] == sum(amount for _, amount in kept["lasten"])
    assert totals["deelnames"] == sum(number for _, number in kept["scholen"])
    return kept != found


def _rows(url: str, number: int) -> tuple[str, dict[str, list[tuple[int, int]]]]:
    under = f"JOIN activiteit a ON a.id = x.activiteit_id WHERE a.verantwoording_id = {number}"
    with raw_connection(url) as connection:

        def read(what: str) -> list[tuple[int, int]]:
            return sorted((row[0], row[1]) for row in connection.execute(what).fetchall())

        status = connection.execute(
            f"SELECT status FROM verantwoording WHERE id = {number}"
        ).fetchall()[0][0]
        return status, {
            "lasten": read(f"SELECT x.id, x.bedrag FROM last x {under}"),
            "scholen": read(f"SELECT x.id, x.aantal_leerkrachten FROM activiteit_school x {under}"),
        }


def drop_triggers(world: World) -> None:
    """Without the backstop: the gate's own lock must hold."""
    if make_url(world.url).get_backend_name() == "sqlite":
        found = world.raw("SELECT name, '' FROM sqlite_master WHERE type = 'trigger'")
        commands = [f"DROP TRIGGER {name}" for name, _ in found]
    else:
        found = world.raw(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        commands = [f"DROP TRIGGER {name} ON {table}" for name, table in found]
    assert len(commands) >= 6
    for command in commands:
        world.raw(command)
