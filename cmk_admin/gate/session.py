"""The session that is the gate: one actor, scoped reads, judged writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, cast

from flask import current_app
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, ORMExecuteState, UOWTransaction, object_session
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlalchemy.orm.session import SessionTransaction

from cmk_admin.actor import Actor
from cmk_admin.gate import fence
from cmk_admin.gate.errors import AroundTheGate, Gone, NoActor
from cmk_admin.gate.reads import scope_read
from cmk_admin.gate.rows import column_values
from cmk_admin.gate.writes import Judgement
from models.base import Afgeleid, Entiteit


class GateSession(FlaskSession):
    """A session bound to one actor for its whole life."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor: Actor | None = None
        self._judgement: Judgement | None = None
        self._flushing_judged = False
        self._open = 0
        self._internal = 0
        self.bewerking_id: int | None = None
        #: (class name, id) of rows that an undo takes away again.
        self.undoing: frozenset[tuple[str, int]] = frozenset()
        #: Whether activities may go to another verantwoording: see `doors.moving`.
        self.moving = False
        #: Whether the code of who acts is too long ago for what says `verse_code`.
        self.needs_code = False

    @property
    def actor(self) -> Actor:
        """Who acts; a session without an actor refuses to work."""
        if self._actor is None:
            raise NoActor("Zeg eerst wie er handelt: `acting_as(actor)`.")
        return self._actor

    def become(self, actor: Actor) -> None:
        """Bind the actor, once: what is in memory was read with these eyes."""
        if self._actor is not None and self._actor != actor:
            raise NoActor("Deze sessie is al van iemand anders; open een nieuwe.")
        self._actor = actor

    @property
    def gate_open(self) -> bool:
        """Whether the statement under way was let through by the gate."""
        return self._flushing_judged or self._open > 0

    @property
    def internal(self) -> bool:
        return self._internal > 0

    def require_system(self, what: str) -> None:
        """Only the system may do `what`; raises AroundTheGate for people."""
        if self._actor is None or not self._actor.is_system:
            raise AroundTheGate(f"{what} gaat om de poort heen.")

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Statements of the gate itself."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @contextmanager
    def own_work(self) -> Iterator[None]:
        """The gate's own rows may be written: batches, requests, mail, tasks."""
        self._internal += 1
        try:
            yield
        finally:
            self._internal -= 1

    def judge_flush(self, judgement: Judgement) -> None:
        """Judge what is pending; from here to the end of the flush the fence is open."""
        try:
            judgement.judge()
        except ObjectDeletedError:
            # Out of this actor's sight, or gone: to them that is the same.
            raise Gone("Deze rij is er niet (meer).") from None
        self._judgement = judgement
        self._flushing_judged = True

    @contextmanager
    def judged(self, judgement: Judgement) -> Iterator[None]:
        """Judge what is pending, and let what is stored inside through the fence."""
        try:
            self.judge_flush(judgement)
            yield
        finally:
            self.close_flush()

    def close_flush(self) -> None:
        """The flush is over, well or badly: the fence closes."""
        self._judgement = None
        self._flushing_judged = False

    def was_judged(self, obj: Entiteit, going: bool = False) -> bool:
        """Whether `obj` was let through as it is now; keys that saving fills may differ."""
        judged = self._judgement.judged.get(id(obj)) if self._judgement else None
        if judged is None or going:
            return judged is not None
        pending = inspect(obj).key is None
        return all(
            judged.get(name) == value or (judged.get(name) is None and name.endswith("id"))
            for name, value in column_values(obj).items()
            if pending or name in judged
        )

    def _refuse_bulk(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AroundTheGate("Bulkmethoden van de sessie slaan de keuring over.")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse_bulk


@contextmanager
def acting_as(actor: Actor) -> Iterator[GateSession]:
    """A session of its own for `actor` in an app context; rolled back unless committed."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        session = cast(GateSession, app.extensions["sqlalchemy"].session())
        session.become(actor)
        yield session


@event.listens_for(GateSession, "after_begin")
def _after_begin(
    session: GateSession, transaction: SessionTransaction, connection: Connection
) -> None:
    fence.tie(connection, session)


@event.listens_for(GateSession, "do_orm_execute")
def _do_orm_execute(state: ORMExecuteState) -> None:
    session = cast(GateSession, state.session)
    actor = session.actor
    if state.is_insert or state.is_update or state.is_delete:
        raise AroundTheGate("Wijzig rijen als objecten, of door een deur van de poort.")
    scope_read(state, actor)


@event.listens_for(GateSession, "before_flush")
def _before_flush(session: GateSession, context: UOWTransaction, instances: Any) -> None:
    judgement = Judgement(session)
    if not judgement.empty:
        with session.no_autoflush:
            session.judge_flush(judgement)


@event.listens_for(GateSession, "after_flush")
def _after_flush(session: GateSession, context: UOWTransaction) -> None:
    judgement = session._judgement
    if judgement is not None:
        with session.no_autoflush:
            judgement.verify_and_record()
        session.close_flush()


@event.listens_for(GateSession, "after_rollback")
def _after_rollback(session: GateSession) -> None:
    session.close_flush()


@event.listens_for(GateSession, "after_soft_rollback")
def _after_soft_rollback(session: GateSession, previous: SessionTransaction) -> None:
    session.close_flush()


def _must_be_judged(mapper: Mapper[Any], connection: Connection, target: Entiteit) -> None:
    session = object_session(target)
    if not (isinstance(session, GateSession) and session.was_judged(target)):
        raise AroundTheGate(f"{type(target).__name__} is niet gekeurd, of daarna nog gewijzigd.")


def _going_must_be_judged(mapper: Mapper[Any], connection: Connection, target: Entiteit) -> None:
    session = object_session(target)
    if not (isinstance(session, GateSession) and session.was_judged(target, going=True)):
        raise AroundTheGate(f"{type(target).__name__} is niet gekeurd; verwijder onderdelen zelf.")


def _fill_owner(mapper: Mapper[Any], connection: Connection, target: Entiteit) -> None:
    """A row under a parent that was saved just now gets its contractpartij here."""
    from cmk_admin.policy import contractpartij_van

    if hasattr(target, "contractpartij_id") and target.contractpartij_id is None:
        target.contractpartij_id = contractpartij_van(target)


def _must_be_judged_if_changed(
    mapper: Mapper[Any], connection: Connection, target: Entiteit
) -> None:
    """The unit of work also visits owners of a changed collection: no UPDATE for those."""
    session = object_session(target)
    if isinstance(session, GateSession) and session.was_judged(target):
        return
    if session is None or session.is_modified(target, include_collections=False):
        _must_be_judged(mapper, connection, target)


def _kept_by_triggers(mapper: Mapper[Any], connection: Connection, target: Afgeleid) -> None:
    raise AroundTheGate(f"{type(target).__name__} houdt de database zelf bij.")


for _change in ("before_insert", "before_update", "before_delete"):
    event.listen(Afgeleid, _change, _kept_by_triggers, propagate=True)
event.listen(Entiteit, "before_insert", _must_be_judged, propagate=True)
event.listen(Entiteit, "before_update", _must_be_judged_if_changed, propagate=True)
event.listen(Entiteit, "before_delete", _going_must_be_judged, propagate=True)
event.listen(Entiteit, "before_insert", _fill_owner, propagate=True)
