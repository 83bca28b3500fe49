"""Putting back what a batch changed, row by row; what was changed since stays as it is.

A cell goes back to its old value when nothing touched it since, a row that was added goes,
a row that was deleted comes back under its own number. Rights, closed years and rules are
asked again by the gate, for whoever puts back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import Column, Date, Enum, inspect, select

from cmk_admin.gate.rows import depth_of
from cmk_admin.gate.session import GateSession
from cmk_admin.gate.together import Heard, Skipped, Step, save_each, unheard
from models.base import (
    Entiteit,
    MetBestand,
    Moment,
    RegelFout,
    Uren,
    entiteiten,
    kolom_ui,
    tabel_van,
)
from models.historie import Wijziging, WijzigingSoort

GONE = "Dit is intussen verwijderd."
BACK = "Dit staat er al weer."
NOT_BACK = "Wat hier eerst stond, kon niet terug. Daarom blijft dit staan."
TOUCHED = "Dit is later nog gewijzigd en blijft daarom staan."
WITHOUT_FILE = "Teruggezet zonder de bijlage: voeg die opnieuw toe."
Key = tuple[str, int]
Later = dict[Key, list[Wijziging]]
#: Soort, entity and the row above → the changes of a batch.
Swapped = dict[tuple[WijzigingSoort, str, int | None], list[Wijziging]]


@dataclass(slots=True)
class Restored:
    """What came back. rows: the rows concerned; already: those that were as they were before;
    kept: what stays as it is, and why."""

    rows: set[Key] = field(default_factory=set)
    already: set[Key] = field(default_factory=set)
    kept: list[Skipped] = field(default_factory=list)


def put_back(
    session: GateSession, changes: Sequence[Wijziging], heard: Heard = unheard
) -> Restored:
    """Take back these changes of one batch, newest first; the caller commits.

    heard: told how many changes were begun.

    Parts that were added go along with what they are part of, and come back after it.
    """
    work = _PutBack(session, heard)
    work.parts = _parts(changes)
    work.swapped = _swapped(changes)
    along = {part.id for parts in work.parts.values() for part in parts}
    skipped: list[Skipped] = []
    for group in _in_order(change for change in changes if change.id not in along):
        work.by_id = {change.id: change for change in group}
        skipped.extend(save_each(session, list(work.by_id), work.load))
    left = {(one.entity, one.row_id) for one in skipped}
    already = work.already.copy()
    for change in changes:
        if change.id in work.already:
            already.update(part.id for part in work.parts.get(key_of(change), ()))
    there = [change for change in changes if key_of(change) not in left]
    rows = {_counts_as(change) for change in there if change.id not in already}
    return Restored(
        rows,
        {_counts_as(change) for change in there} - rows,
        [*skipped, *(one for one in work.partly.values() if (one.entity, one.row_id) not in left)],
    )


def key_of(change: Wijziging) -> Key:
    return change.entiteit, change.rij_id


def _in_order(changes: Iterable[Wijziging]) -> Iterator[list[Wijziging]]:
    """In groups that can be saved together: what changed, what comes back, what pointed at that,
    what goes; so that a required choice is never empty in between."""
    groups: dict[tuple[int, int], list[Wijziging]] = defaultdict(list)
    newest = sorted(changes, key=lambda c: -c.id)
    back = {key_of(change) for change in newest if change.soort is WijzigingSoort.VERWIJDERD}
    for change in newest:
        depth = depth_of(entity_of(change))
        place = {
            WijzigingSoort.GEWIJZIGD: (
                2 if key_of(change) in back or _pointed_at(change) & back else 0,
                0,
            ),
            WijzigingSoort.AANGEMAAKT: (3, -depth),
            WijzigingSoort.VERWIJDERD: (1, depth),
        }[change.soort]
        groups[place].append(change)
    for place in sorted(groups):
        yield groups[place]


def _pointed_at(change: Wijziging) -> set[Key]:
    """The rows that a changed row pointed at before."""
    relations = inspect(entity_of(change)).relationships
    return {
        (relations[relation].mapper.class_.__name__, old)
        for name, (old, _new) in change.waarden.items()
        if old is not None and (relation := name.removesuffix("_id")) in relations
    }


def _swapped(changes: Iterable[Wijziging]) -> Swapped:
    """What went and what came under one row, in one batch: the one in the place of the other."""
    found: Swapped = defaultdict(list)
    for change in changes:
        if change.ouder_id is not None and change.soort is not WijzigingSoort.GEWIJZIGD:
            found[change.soort, change.entiteit, change.ouder_id].append(change)
    return found


def _parts(changes: Iterable[Wijziging]) -> dict[Key, list[Wijziging]]:
    """Rows that were added under a row that was added with them, per that row."""
    made = {key_of(c): c for c in changes if c.soort is WijzigingSoort.AANGEMAAKT}
    found: dict[Key, list[Wijziging]] = defaultdict(list)
    for change in made.values():
        entity = entity_of(change)
        if entity.ouder is None or change.ouder_id is None:
            continue
        above = inspect(entity).relationships[entity.ouder.removesuffix("_id")].mapper.class_
        key = (above.__name__, change.ouder_id)
        if key in made:
            found[key].append(change)
    return found


def _counts_as(change: Wijziging) -> Key:
    """A link is part of the row that it hangs under: to people that is one row."""
    owner = _owners().get(change.entiteit)
    return (owner, change.ouder_id) if owner and change.ouder_id else key_of(change)


@cache
def _owners() -> dict[str, str]:
    """Association entity → the entity whose choice of several rows it is."""
    return {
        inspect(entity).relationships[plural.relatie].mapper.class_.__name__: entity.__name__
        for entity in entiteiten()
        for plural in entity.meervouden.values()
    }


def later_than(session: GateSession, changes: Iterable[Wijziging]) -> Later:
    """What happened to these rows after their batch, oldest first."""
    numbers: dict[str, set[int]] = defaultdict(set)
    first: dict[Key, Wijziging] = {}
    for change in changes:
        numbers[change.entiteit].add(change.rij_id)
        first.setdefault(key_of(change), change)
    found: Later = defaultdict(list)
    for entity, ids in numbers.items():
        statement = select(Wijziging).where(
            Wijziging.entiteit == entity, Wijziging.rij_id.in_(sorted(ids))
        )
        for row in session.scalars(statement.order_by(Wijziging.id)):
            change = first[key_of(row)]
            if row.id > change.id and row.bewerking_id != change.bewerking_id:
                found[key_of(row)].append(row)
    return found


def entity_of(change: Wijziging) -> type[Entiteit]:
    return next(entity for entity in entiteiten() if entity.__name__ == change.entiteit)


class _PutBack:
    """Putting back one group of changes after another."""

    def __init__(self, session: GateSession, heard: Heard) -> None:
        self.session = session
        self.heard = heard
        self.begun: set[int] = set()
        self.by_id: dict[int, Wijziging] = {}
        self.parts: dict[Key, list[Wijziging]] = {}
        self.swapped: Swapped = {}
        #: Rows that go back in part, by the change: what of them stays, and why.
        self.partly: dict[int, Skipped] = {}
        #: Changes that somebody put back before.
        self.already: set[int] = set()
        #: Held, so that the session does not ask for each of them again.
        self.held: list[Entiteit] = []

    def load(self, ids: Sequence[int]) -> Sequence[Step]:
        self.begun.update(ids)
        self.heard(len(self.begun))
        changes = [self.by_id[id_] for id_ in ids]
        later = later_than(self.session, changes)
        self.held = list(self._now(changes))
        ways = {
            WijzigingSoort.GEWIJZIGD: self._change_back,
            WijzigingSoort.AANGEMAAKT: self._take_away,
            WijzigingSoort.VERWIJDERD: self._bring_back,
        }
        return [
            Step(*key_of(change), change.titel, partial(ways[change.soort], change, later))
            for change in changes
        ]

    def _now(self, changes: Iterable[Wijziging]) -> Iterator[Entiteit]:
        """The rows as they are now, one query per entity."""
        numbers: dict[type[Entiteit], set[int]] = defaultdict(set)
        for change in changes:
            numbers[entity_of(change)].add(change.rij_id)
        for entity, ids in numbers.items():
            yield from self.session.scalars(select(entity).where(entity.id.in_(sorted(ids))))

    def _change_back(self, change: Wijziging, later: Later) -> None:
        entity = entity_of(change)
        row = self.session.get(entity, change.rij_id)
        if row is None:
            raise RegelFout(GONE)
        touched = {name for one in later[key_of(change)] for name in one.waarden}
        columns = tabel_van(entity).columns
        before = {name: from_plain(columns[name], old) for name, (old, _) in change.waarden.items()}
        away = [name for name, old in before.items() if getattr(row, name) != old]
        if not away:
            self.already.add(change.id)
        theirs = [name for name in away if name in touched]
        if theirs:
            labels = ", ".join(_label(columns[name]) for name in theirs)
            reason = f"Later nog gewijzigd, en dat blijft staan: {labels}."
            if len(theirs) == len(away):
                raise RegelFout(reason)
            self._keep(change, reason)
        for name in away:
            if name not in touched:
                setattr(row, name, before[name])

    def _take_away(self, change: Wijziging, later: Later) -> None:
        row = self.session.get(entity_of(change), change.rij_id)
        if row is None:
            self.already.add(change.id)
            return
        own = self.parts.get(key_of(change), [])
        there = {
            (type(part).__name__, part.id) for name in row.delen for part in getattr(row, name)
        }
        added = there - {key_of(part) for part in own}
        if later[key_of(change)] or added or any(later_than(self.session, own).values()):
            raise RegelFout(TOUCHED)
        was = (WijzigingSoort.VERWIJDERD, change.entiteit, change.ouder_id)
        for old in self.swapped.get(was, ()):
            if self.session.get(entity_of(old), old.rij_id) is None:
                raise RegelFout(NOT_BACK)
        self.session.delete(row)

    def _bring_back(self, change: Wijziging, later: Later) -> None:
        entity = entity_of(change)
        columns = tabel_van(entity).columns
        values = {
            name: from_plain(columns[name], old)
            for name, (old, _new) in change.waarden.items()
            if name in columns
        }
        file = issubclass(entity, MetBestand) and bool(values.get("bestand_naam"))
        if file:
            # Where the file is, is a secret, and the history keeps no secrets.
            values = {k: v for k, v in values.items() if not k.startswith("bestand_")}
        row = self.session.get(entity, change.rij_id)
        if row is not None:
            if any(getattr(row, name) != old for name, old in values.items()):
                raise RegelFout(BACK)
            self.already.add(change.id)
            return
        came = (WijzigingSoort.AANGEMAAKT, change.entiteit, change.ouder_id)
        if self._touched(self.swapped.get(came, ())):
            raise RegelFout(TOUCHED)
        if file:
            self._keep(change, WITHOUT_FILE)
        self.session.add(entity(id=change.rij_id, **values))

    def _touched(self, changes: Sequence[Wijziging]) -> bool:
        """Whether somebody went on with what came in the place of a row that went."""
        later = later_than(self.session, changes) if changes else {}
        return any(one.soort is WijzigingSoort.GEWIJZIGD for rows in later.values() for one in rows)

    def _keep(self, change: Wijziging, reason: str) -> None:
        self.partly[change.id] = Skipped(*key_of(change), change.titel, reason)


def _label(column: Column[Any]) -> str:
    ui = kolom_ui(column)
    return ui.label if ui else column.name


def from_plain(column: Column[Any], value: Any) -> Any:
    """A value as the history has it, as the column has it."""
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    shapes: tuple[tuple[Any, Any], ...] = (
        (Uren, Decimal),
        (Moment, datetime.fromisoformat),
        (Date, date.fromisoformat),
    )
    for type_, shape in shapes:
        if isinstance(kind, type_):
            return shape(value)
    return value
