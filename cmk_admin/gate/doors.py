"""Doors of the gate: the few ways in beside a plain save, each judged and recorded as well."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import has_request_context
from flask import session as cookie
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from cmk_admin.gate.errors import AroundTheGate
from cmk_admin.gate.locks import begin_write, lock_name, lock_verantwoordingen
from cmk_admin.gate.session import GateSession
from models.base import Entiteit, kolom_ui, nu
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.techniek import Verzoek
from models.verantwoording import Verantwoording

T = TypeVar("T")

#: Columns that only say when something was used: no history, no version.
TECHNICAL = frozenset({"laatst_ingelogd_op", "gezien_op", "bevestigd_op"})
ATTEMPTS = 3
#: PostgreSQL: lock not available, deadlock, serialization.
PASSING = frozenset({"55P03", "40P01", "40001"})


@contextmanager
def bewerking(
    session: GateSession,
    soort: BewerkingSoort,
    omschrijving: str,
    contractpartij_id: int | None = None,
) -> Iterator[Bewerking]:
    """One named step: everything saved inside is recorded as part of it."""
    stap = Bewerking(
        op=nu(),
        soort=soort,
        omschrijving=omschrijving[:300],
        door_id=session.actor.gebruiker_id,
        contractpartij_id=contractpartij_id,
    )
    with session.own_work():
        session.add(stap)
        session.flush()
    session.bewerking_id = stap.id
    try:
        yield stap
        session.flush()
    finally:
        session.bewerking_id = None
    mine = select(func.count(Wijziging.id)).where(Wijziging.bewerking_id == stap.id)
    with session.own_work():
        stap.aantal = session.scalar(mine) or 0
        session.flush()


@contextmanager
def moving(session: GateSession) -> Iterator[None]:
    """Activities saved inside may go to another verantwoording of their contractpartij.

    Both have to be open: what leaves the one and comes to the other is locked on both sides.
    """
    session.moving = True
    try:
        yield
        session.flush()
    finally:
        session.moving = False


def hold(session: GateSession, verantwoording: Verantwoording) -> None:
    """Have a verantwoording to oneself until the end of the transaction, and read it again.

    Whoever is still writing under it goes first, and is then seen.
    """
    connection = session.connection()
    begin_write(connection)
    with session.passage():
        lock_verantwoordingen(connection, [verantwoording.id], exclusive=True)
    session.refresh(verantwoording)


def stamp(
    session: GateSession,
    entity: type[Entiteit],
    where: Mapping[str, Any],
    values: Mapping[str, Any],
) -> int:
    """One conditional UPDATE of secret or technical columns, by the system alone.

    where: column → value, or a tuple (operator, value) such as ("<", 5); all must hold.
    Returns the number of rows changed: the way to use a thing exactly once.
    """
    session.require_system("Een stempel")
    table = entity.__table__
    for name in values:
        ui = kolom_ui(table.c[name])
        if name not in TECHNICAL and not (ui and ui.geheim):
            raise AroundTheGate(f"{name} is geen technische kolom.")
    connection = session.connection()
    begin_write(connection)
    statement = update(entity).values(**values).where(*_conditions(entity, where))
    with session.passage():
        return connection.execute(statement).rowcount


def rephrase(session: GateSession, row: Entiteit, column: str, text: str) -> None:
    """Another text in a column that lies fixed, by the system alone; the history tells nothing.

    For erasing a person: what stood there is what has to go.
    """
    session.require_system("Een vaste tekst wijzigen")
    entity = type(row)
    connection = session.connection()
    begin_write(connection)
    with session.passage():
        connection.execute(update(entity).where(entity.id == row.id).values({column: text}))
    session.expire(row, [column])


def forget(session: GateSession, entity: type[Entiteit], where: Mapping[str, Any]) -> int:
    """One conditional DELETE of rows that may go without a trace, by the system alone.

    where: as in `stamp`. Returns how many went.
    """
    session.require_system("Vergeten")
    if not entity.vergankelijk or not where:
        raise AroundTheGate(f"Rijen van {entity.__name__} gaan niet zonder spoor weg.")
    connection = session.connection()
    begin_write(connection)
    statement = delete(entity.__table__).where(*_conditions(entity, where))  # type: ignore[arg-type]
    with session.passage():
        return connection.execute(statement).rowcount


def in_turn(session: GateSession, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it to the end of this one."""
    session.require_system("Op de beurt wachten")
    with session.passage():
        lock_name(session.connection(), name)


def _conditions(entity: type[Entiteit], where: Mapping[str, Any]) -> Iterator[ColumnElement[bool]]:
    for name, value in where.items():
        operator, operand = value if isinstance(value, tuple) else ("=", value)
        column = entity.__table__.c[name]
        yield column.is_(None) if operand is None else column.op(operator)(operand)


def once(session: GateSession, sleutel: str, work: Callable[[], str]) -> str:
    """Do `work` and commit, unless this key was handled before; either way its outcome (a URL).

    The key is stored in the same transaction: of two the same at once, one waits, and is
    then sent to the row that the other made.
    """

    def attempt() -> str:
        with only_when_done():
            return handle()

    def handle() -> str:
        begin_write(session.connection())
        done = handled(session, sleutel)
        if done is not None:
            session.rollback()
            return done
        outcome = work()
        request = Verzoek(
            sleutel=sleutel, gebruiker_id=session.actor.gebruiker_id, uitkomst=outcome
        )
        with session.own_work():
            session.add(request)
            session.flush()
        session.commit()
        return outcome

    try:
        return with_retry(session, attempt)
    except IntegrityError:
        session.rollback()
        done = handled(session, sleutel)
        if done is None:
            raise
        return done


@contextmanager
def only_when_done() -> Iterator[None]:
    """What was said to the person about work that then failed, is unsaid."""
    if not has_request_context():
        yield
        return
    said = list(cookie.get("_flashes", ()))
    try:
        yield
    except BaseException:
        cookie["_flashes"] = said
        raise


def handled(session: GateSession, sleutel: str) -> str | None:
    """Where a sending of this person with this key led to; None when it is new."""
    table = Verzoek.__table__
    mine = select(table.c.uitkomst).where(
        table.c.sleutel == sleutel, table.c.gebruiker_id == session.actor.gebruiker_id
    )
    with session.passage():
        return session.connection().execute(mine).scalar()


def with_retry(session: GateSession, work: Callable[[], T]) -> T:
    """Run `work` (which commits); again when only a lock stood in the way, at most three times."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except DBAPIError as error:
            session.rollback()
            if attempt == ATTEMPTS or not is_passing(error):
                raise
    raise AssertionError("onbereikbaar")


def is_passing(error: DBAPIError) -> bool:
    """Whether trying again can help: somebody else held a lock."""
    state = getattr(error.orig, "sqlstate", None)
    return state in PASSING or "database is locked" in str(error.orig)
