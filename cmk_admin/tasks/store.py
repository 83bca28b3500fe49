"""The rows of large jobs, always those of one person, and how far each is."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from huey.api import Huey
from sqlalchemy import Select, select
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as, in_turn
from models.base import RegelFout, nu
from models.techniek import GESTOPT, Taak, TaakStatus

KEEPING = system("taken")
#: Of one person, waiting or being done.
MOST = 10
#: How long it stays, with its file.
KEPT = timedelta(days=7)
#: Rows on the page of one person.
SHOWN = 100
UNDER_WAY = (TaakStatus.WACHT, TaakStatus.BEZIG)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. at: when that was said, in seconds since 1970."""

    done: int
    total: int | None
    at: float = 0.0

    @property
    def percent(self) -> int | None:
        """None while it isn't known how much there is."""
        return min(100, 100 * self.done // self.total) if self.total else None


def start(
    gebruiker_id: int,
    kind: str,
    title: str,
    arguments: Mapping[str, Any],
    total: int | None = None,
) -> int:
    """Put a job in line and wake the worker; the number of its row.

    The same asked again while the first is under way, is the first. Raises RegelFout when this
    person has `MOST` of them under way.
    """
    with acting_as(KEEPING) as session:
        in_turn(session, f"taken {gebruiker_id}")
        under_way = _same_or_room(session, gebruiker_id, kind, arguments)
        if under_way is not None:
            return under_way
        row = Taak(
            titel=title[:200],
            gebruiker_id=gebruiker_id,
            soort=kind,
            opdracht=dict(arguments),
            totaal=total,
        )
        with session.own_work():
            session.add(row)
            session.flush()
        number = row.id
        session.commit()
    _wake()
    return number


def _same_or_room(
    session: GateSession, gebruiker_id: int, kind: str, arguments: Mapping[str, Any]
) -> int | None:
    """The same job under way, if there is one; raises RegelFout when there is no room for more."""
    mine = _of(gebruiker_id).where(Taak.status.in_(UNDER_WAY))
    under_way = session.scalars(mine).all()
    for row in under_way:
        if (row.soort, row.opdracht) == (kind, dict(arguments)):
            return row.id
    if len(under_way) >= MOST:
        raise RegelFout(
            f"Er lopen al {MOST} taken van je. Wacht tot er een klaar is en probeer het weer."
        )
    return None


def stop(gebruiker_id: int, number: int) -> bool:
    """Stop a job of this person that waits or is being done; False when it had ended already.

    Its worker hears it from the queue first: on SQLite a job that changes rows has the writer's
    place, and gives it up by that. From the change of its row on it finishes nothing any more.
    """

    def stopped(session: GateSession, row: Taak) -> bool:
        if not row.loopt:
            return False
        row.status, row.uitkomst, row.verloopt_op = TaakStatus.MISLUKT, GESTOPT, nu() + KEPT
        return True

    row = find(gebruiker_id, number)
    if row is None or not row.loopt:
        return False
    _queue().put(_stop_key(number), row.versie)
    changed = _change(gebruiker_id, number, stopped)
    forget_progress(number)
    if changed:
        return True
    # Its worker may have written so itself.
    ended = find(gebruiker_id, number)
    return ended is not None and ended.gestopt


def again(gebruiker_id: int, number: int) -> bool:
    """Put a job of this person that failed, or was stopped, in line again; False when it is in
    line already, or another that does the same is.

    Raises RegelFout when this person has `MOST` of them under way.
    """

    def waiting(session: GateSession, row: Taak) -> bool:
        if row.status is not TaakStatus.MISLUKT:
            return False
        if _same_or_room(session, gebruiker_id, row.soort, row.opdracht) is not None:
            return False
        row.status, row.uitkomst, row.verloopt_op = TaakStatus.WACHT, None, None
        row.pogingen, row.gedaan = 0, 0
        return True

    if not _change(gebruiker_id, number, waiting):
        return False
    _wake()
    return True


def _change(gebruiker_id: int, number: int, change: Callable[[GateSession, Taak], bool]) -> bool:
    """Change the row of a job; looked at again when its worker was first."""
    with acting_as(KEEPING) as session, session.own_work():
        while True:
            in_turn(session, f"taken {gebruiker_id}")
            mine = _of(gebruiker_id).where(Taak.id == number)
            row = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
            if row is None or not change(session, row):
                session.rollback()
                return False
            try:
                session.commit()
            except StaleDataError:
                session.rollback()
            else:
                return True


def version_of(number: int) -> int | None:
    """Of the row of a job; None when it is gone."""
    with acting_as(KEEPING) as session:
        return session.scalar(select(Taak.versie).where(Taak.id == number))


def has_ended(number: int) -> bool:
    """Whether nobody does it, or will."""
    with acting_as(KEEPING) as session:
        status = session.scalar(select(Taak.status).where(Taak.id == number))
    return status not in UNDER_WAY


def _wake() -> None:
    """When the queue is away nothing is lost: the worker looks every minute."""
    try:
        current_app.extensions["cmk_run_tasks"]()
    except Exception:
        current_app.logger.exception("De taakverwerker is niet te bereiken; de taak wacht")


def of_person(gebruiker_id: int) -> list[Taak]:
    """The newest jobs of one person, to read.

    Under the portal's name, as everybody has their own, with or without the right to the list
    under Beheer.
    """
    with acting_as(KEEPING) as session:
        rows = list(session.scalars(_of(gebruiker_id).order_by(Taak.id.desc()).limit(SHOWN)))
        session.expunge_all()
        return rows


def find(gebruiker_id: int, number: int) -> Taak | None:
    """One job of this person, to read; None when it is another's, or there is none."""
    with acting_as(KEEPING) as session:
        row = session.scalars(_of(gebruiker_id).where(Taak.id == number)).one_or_none()
        session.expunge_all()
        return row


def _of(gebruiker_id: int) -> Select[Taak]:
    return select(Taak).where(Taak.gebruiker_id == gebruiker_id)


def folder() -> Path:
    """Where results are kept."""
    path = Path(current_app.instance_path) / "downloads"
    path.mkdir(parents=True, exist_ok=True)
    return path


def file_of(row: Taak) -> Path | None:
    """The result of a job; None when it has none, or it is gone."""
    if not row.bestand_sleutel:
        return None
    path = folder() / row.bestand_sleutel
    return path if path.is_file() else None


# --- how far each is, in the queue: no write in the database for every second ------------


def progress_of(row: Taak) -> Progress:
    """How far it is by now."""
    told = _told(row.id) if row.status is TaakStatus.BEZIG else None
    return told or Progress(row.gedaan, row.totaal)


def tell(queue: Huey, number: int, done: int, total: int | None) -> None:
    """Say how far it is, and by that that it is alive."""
    queue.put(_key(number), (done, total, time.time()))


def silence(number: int) -> float:
    """Seconds since anything was heard of it."""
    told = _told(number)
    return time.time() - told.at if told else float("inf")


def is_asked_to_stop(number: int, version: int) -> bool:
    """Whether its maker wants an end of this try."""
    asked: int | None = _queue().get(_stop_key(number), peek=True)
    return asked == version


def forget_progress(number: int) -> None:
    """It has ended: the row knows the rest."""
    _queue().delete(_key(number))
    _queue().delete(_stop_key(number))


def _told(number: int) -> Progress | None:
    found = _queue().get(_key(number), peek=True)
    return Progress(*found) if found else None


def _queue() -> Huey:
    found: Huey = current_app.extensions["huey"]
    return found


def _key(number: int) -> str:
    return f"taak {number}"


def _stop_key(number: int) -> str:
    return f"stop {number}"
