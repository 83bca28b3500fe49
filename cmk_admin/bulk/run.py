"""Carrying out a bulk edit. Trying it out is carrying it out and taking it all back."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from cmk_admin import listing, references, selection
from cmk_admin.bulk import changes as ways
from cmk_admin.bulk.changes import Change
from cmk_admin.bulk.effects import Effect, Watched
from cmk_admin.gate import GateSession, Heard, Skipped, Step, bewerking, save_each, unheard
from models.base import Entiteit
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort

T = TypeVar("T")
#: Rows of one bulk edit.
MOST = 5000


@dataclass(frozen=True)
class Task:
    """What is done to which rows, each judged by itself; subclasses say what.

    soort: of the batch. done: the word for a row that it was done to. spread: it changes rows
    of other entities as well, each of which is shown by itself. also: verantwoordingen that rows
    come to hang under.
    """

    entity: type[Entiteit]
    ids: tuple[int, ...]
    also: tuple[int, ...] = field(default=(), kw_only=True)

    soort: ClassVar[BewerkingSoort] = BewerkingSoort.WIJZIGEN
    done: ClassVar[str] = "gewijzigd"
    spread: ClassVar[bool] = False

    @property
    def what(self) -> tuple[str, ...]:
        """What is done, in lines."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """What is done, for the name of the batch."""
        return "; ".join(self.what)

    def widened(self, statement: Select[Any]) -> Select[Any]:
        """The rows with what is needed of them besides."""
        return statement

    def do(self, session: GateSession, row: Any) -> None:
        """Do it to a row in memory; raises Refused or RegelFout before anything changed."""
        raise NotImplementedError

    def save(self, session: GateSession, seen: dict[int, str], heard: Heard) -> list[Skipped]:
        """Do it to every row and save; returns what was left out.

        seen: gets what is there, with its name before it changes. heard: is told how many were
        begun.
        """
        return save_each(session, sorted(self.ids), _loader(session, self, seen, heard))

    def touched(self, rows: Sequence[Wijziging]) -> int:
        """How many of the chosen rows these changes are about."""
        return len({main_row(self.entity, row) for row in rows})


@dataclass(frozen=True)
class Edit(Task):
    """The same changes to every row."""

    changes: tuple[Change, ...]

    @property
    def what(self) -> tuple[str, ...]:
        return tuple(change.words for change in self.changes)

    @property
    def name(self) -> str:
        return ways.words_of(self.changes)

    def widened(self, statement: Select[Any]) -> Select[Any]:
        plurals = (change.attribute.plural for change in self.changes)
        for plural in filter(None, plurals):
            statement = statement.options(selectinload(getattr(self.entity, plural.relatie)))
        return statement

    def do(self, session: GateSession, row: Any) -> None:
        ways.apply(session, row, self.changes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bulk edit did. rows: its history; touched: how many of the chosen rows changed.

    names: of the chosen rows, by id, as they were called before, in the order of their list.
    same: chosen rows that were so already. missing: those that are not there for this person.
    """

    stap: Bewerking
    rows: Sequence[Wijziging]
    names: Mapping[int, str]
    skipped: Sequence[Skipped]
    touched: int
    same: int
    missing: int
    effects: tuple[Effect, ...]

    @property
    def fingerprint(self) -> str:
        """The same when exactly the same happens to exactly the same rows."""
        done = fingerprint_of(self.rows)
        left = sorted([one.entity, one.row_id, one.reason] for one in self.skipped)
        told = json.dumps([done, left, self.same, self.missing])
        return hashlib.sha256(told.encode()).hexdigest()


def fingerprint_of(rows: Sequence[Wijziging]) -> str:
    """The same for exactly the same changes to exactly the same rows."""
    new = {row.rij_id for row in rows if row.soort is WijzigingSoort.AANGEMAAKT}
    told = sorted(json.dumps(_told(row, new), sort_keys=True) for row in rows)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _told(row: Wijziging, new: set[int]) -> list[Any]:
    """A change without the numbers of new rows: they have none yet when it is only tried."""
    if row.soort is not WijzigingSoort.AANGEMAAKT:
        return [row.entiteit, row.rij_id, row.soort.value, row.waarden]
    if row.ouder_id not in new:
        return [row.entiteit, row.ouder_id, row.soort.value, row.waarden]
    values = {name: pair for name, pair in row.waarden.items() if pair[1] != row.ouder_id}
    return [row.entiteit, None, row.soort.value, values]


def carry_out(session: GateSession, task: Task, heard: Heard = unheard) -> Outcome:
    """Change every chosen row that may be changed, as one batch; the caller commits."""
    watched = Watched(session, task.entity, task.ids, task.also)
    order = _in_order(session, task)
    seen: dict[int, str] = {}
    with bewerking(session, task.soort, task.name, _partij(session, task)) as stap:
        skipped = task.save(session, seen, heard)
    rows = session.scalars(
        select(Wijziging).where(Wijziging.bewerking_id == stap.id).order_by(Wijziging.id)
    ).all()
    touched = task.touched(rows)
    stap.omschrijving = f"{count(task.entity, touched)} {task.done}: {task.name}"[:300]
    with session.own_work():
        session.flush()
    there = len(seen)
    return Outcome(
        stap=stap,
        rows=rows,
        names={id_: seen[id_] for id_ in order if id_ in seen},
        skipped=skipped,
        touched=touched,
        same=0 if task.spread else there - touched - len(skipped),
        missing=len(task.ids) - there,
        effects=watched.effects(),
    )


def preview(session: GateSession, task: Task, look: Callable[[Outcome], T]) -> T:
    """What `look` sees of the outcome, after which it never happened."""
    try:
        return look(carry_out(session, task))
    finally:
        session.rollback()


def main_row(entity: type[Entiteit], row: Wijziging) -> int | None:
    """The chosen row that a change belongs to: itself, or the row that it links."""
    return row.rij_id if row.entiteit == entity.__name__ else row.ouder_id


def count(entity: type[Entiteit], number: int) -> str:
    """ "3 lasten"."""
    return f"{number} {entity.woord.enkelvoud if number == 1 else entity.woord.meervoud}"


def _loader(
    session: GateSession, task: Task, seen: dict[int, str], heard: Heard
) -> Callable[[Sequence[int]], Sequence[Step]]:
    """Rows with what judges them and what the task needs of them, and what is done to them."""

    def load(ids: Sequence[int]) -> Sequence[Step]:
        chosen = select(task.entity).where(task.entity.id.in_(ids)).order_by(task.entity.id)
        related = listing.with_relations(chosen, task.entity, how=selectinload)
        statement = task.widened(related)
        rows = session.scalars(statement).unique().all()
        # What is tried again is read again: the first name is the one it had.
        seen.update((row.id, references.named(row)) for row in rows if row.id not in seen)
        heard(len(seen))
        return [
            Step(task.entity.__name__, row.id, str(row), partial(task.do, session, row))
            for row in rows
        ]

    return load


def _in_order(session: GateSession, task: Task) -> Sequence[int]:
    """The chosen rows in the order of their list; more than one statement takes, as chosen."""
    if len(task.ids) > selection.PART:
        return task.ids
    chosen = select(task.entity.id).where(task.entity.id.in_(task.ids))
    return session.scalars(references.ordered(chosen, task.entity)).all()


def _partij(session: GateSession, task: Task) -> int | None:
    """The contractpartij whose batch this is; None when it is of several, or of nobody."""
    if not hasattr(task.entity, "contractpartij_id"):
        return None
    column = task.entity.contractpartij_id
    partijen: set[int | None] = set()
    for ids in selection.in_parts(task.ids):
        several = select(column).where(task.entity.id.in_(ids)).distinct().limit(2)
        partijen.update(session.scalars(several))
        if len(partijen) > 1:
            return None
    return partijen.pop() if partijen else None
