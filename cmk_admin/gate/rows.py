"""What a pending row will be once it is saved, and what it points at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, func, inspect, select
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import PassiveFlag, RelationshipDirection, RelationshipProperty, attributes

from cmk_admin import policy
from cmk_admin.gate.column_rules import MAX_INTEGER
from models.activiteit import Activiteit
from models.base import (
    STEMPELS,
    Entiteit,
    Fout,
    RegelFout,
    VanContractpartij,
    kolom_ui,
    tabel_van,
)
from models.verantwoording import Status, Verantwoording

if TYPE_CHECKING:
    from cmk_admin.gate.session import GateSession

NOT_FOUND = "Deze keuze bestaat niet (meer), of is niet van jullie."
#: A row stays whose it is, and whoever made it made it.
ALWAYS_FIXED = ("contractpartij_id", "aangemaakt_op", "aangemaakt_door_id")
#: New rows of one entity that get their numbers at once.
MANY = 50
#: Where SQLite keeps the last number that it gave, per table.
SEQUENCE = named_table("sqlite_sequence", named_column("name"), named_column("seq"))
IN_USE = "Dit wordt nog ergens gebruikt en kan daarom niet weg."


def number_many(connection: Connection, new: Iterable[Entiteit]) -> None:
    """On SQLite, give many new rows their numbers at once; its one writer is who asks.

    Else they would be stored one by one, as it returns the numbers of several in no order.
    """
    if connection.dialect.name != "sqlite":
        return
    found: dict[Table, list[Entiteit]] = defaultdict(list)
    for obj in new:
        if obj.id is None:
            found[tabel_van(type(obj))].append(obj)
    for under, rows in found.items():
        if len(rows) < MANY:
            continue
        given = select(SEQUENCE.c.seq).where(SEQUENCE.c.name == under.name)
        # Numbers of rows that have gone are not given again.
        last = connection.scalar(select(func.max(under.c.id))) or 0
        last = max(last, connection.scalar(given) or 0)
        for number, obj in enumerate(rows, last + 1):
            obj.id = number


@cache
def depth_of(entity: type[Entiteit]) -> int:
    """How many rows there are above a row of this entity."""
    depth = 0
    while entity.ouder is not None:
        relation = inspect(entity).relationships[entity.ouder.removesuffix("_id")]
        entity, depth = relation.mapper.class_, depth + 1
    return depth


def parents_first(objects: Iterable[object]) -> list[Entiteit]:
    found = [obj for obj in objects if isinstance(obj, Entiteit)]
    return sorted(found, key=_depth)


def _depth(obj: Entiteit) -> int:
    return depth_of(type(obj))


def changed_columns(obj: Entiteit) -> set[str]:
    """Columns with a net change, also through their relation; stamps left out."""
    columns, relations = column_names(type(obj)), _references(type(obj))
    changed = {key for key in touched(obj) if is_changed(obj, key)}
    return (changed & columns - STEMPELS) | {f"{key}_id" for key in changed & relations}


def has_net_change(obj: Entiteit) -> bool:
    """Whether saving `obj` writes its own row; a collection that grew is no change of its owner."""
    own = column_names(type(obj)) | _references(type(obj))
    return any(is_changed(obj, key) for key in touched(obj) if key in own)


def is_changed(obj: Entiteit, key: str) -> bool:
    """Whether one attribute differs from what was read."""
    return key in touched(obj) and _history(obj, key).has_changes()


def touched(obj: Entiteit) -> Collection[str]:
    """The attributes that were set since `obj` was read or made; no other can have changed."""
    return attributes.instance_state(obj).committed_state


@cache
def column_names(entity: type[Entiteit]) -> frozenset[str]:
    return frozenset(attribute.key for attribute in inspect(entity).column_attrs)


@cache
def _references(entity: type[Entiteit]) -> frozenset[str]:
    """The names of the relations to one row."""
    return frozenset(relation.key for relation in _many_to_one(entity))


def effective(obj: Entiteit, name: str) -> Any:
    """The value a column will have once saved: a relation given as object goes first."""
    relation = name.removesuffix("_id")
    if relation != name and relation in _references(type(obj)) and is_changed(obj, relation):
        past = _history(obj, relation)
        return past.added[0].id if past.added and past.added[0] is not None else None
    return getattr(obj, name)


def _history(obj: Entiteit, name: str) -> attributes.History:
    """What happened to one attribute in memory; nothing is loaded for it."""
    return attributes.get_history(obj, name, PassiveFlag.PASSIVE_NO_INITIALIZE)


def fill_defaults(obj: Entiteit) -> None:
    """Defaults are filled before the rules are asked, not while saving."""
    for column in obj.__table__.columns:
        default = column.default
        if default is not None and default.is_scalar and getattr(obj, column.name) is None:
            setattr(obj, column.name, default.arg)


def status_step(obj: Verantwoording) -> tuple[Status, Status]:
    """Stored and new status of a verantwoording in this flush."""
    past = inspect(obj).attrs.status.history
    now = obj.status or Status.OPEN
    return (past.deleted[0] if past.deleted else now, now)


def moved_from(obj: Entiteit, moving: bool) -> int | None:
    """The verantwoording that an activity leaves in this flush."""
    if not moving or not isinstance(obj, Activiteit):
        return None
    left = inspect(obj).attrs.verantwoording_id.history.deleted
    return left[0] if left else None


def fixed_columns(obj: Entiteit, old: Mapping[str, Any], moving: bool = False) -> Iterator[Fout]:
    """Columns that may not change; a row never moves to another parent or contractpartij.

    moving: an activity may, to another verantwoording.
    """
    free = "verantwoording_id" if moving and isinstance(obj, Activiteit) else ""
    for name, label in _fixed_of(type(obj)):
        if name != free and effective(obj, name) != old[name]:
            yield Fout(f"{label} ligt vast en kan niet in een ander worden gewijzigd.", name)


@cache
def _fixed_of(entity: type[Entiteit]) -> tuple[tuple[str, str], ...]:
    """The columns of an entity that never change, with their labels."""
    found = []
    for column in entity.__table__.columns:
        ui = kolom_ui(column)
        if column.name in (entity.ouder, *ALWAYS_FIXED) or (ui is not None and ui.vast):
            found.append((column.name, ui.label if ui else column.name))
    return tuple(found)


def forget_changes(session: "GateSession", obj: Entiteit) -> None:
    """A row that goes is judged as it is stored, not as somebody changed it just before.

    Its version stays: who deletes what another changed meanwhile, is told so.
    """
    state = inspect(obj)
    attributes_ = state.mapper.attrs.keys()
    changed = [key for key in attributes_ if state.attrs[key].history.has_changes()]
    if changed:
        session.expire(obj, [key for key in changed if key != "versie"])


def as_stored(session: "GateSession", obj: Entiteit, old: Mapping[str, Any]) -> Entiteit:
    """A row of its own with the stored values, to ask whether these may be changed at all."""
    stored = type(obj)(**old)
    attach_relations(session, stored)
    return stored


def column_values(obj: Entiteit) -> dict[str, Any]:
    """What is in memory of the columns of `obj`."""
    columns = column_names(type(obj))
    return {key: value for key, value in obj.__dict__.items() if key in columns}


@cache
def _many_to_one(entity: type[Entiteit]) -> tuple[RelationshipProperty[Any], ...]:
    return tuple(
        relation
        for relation in inspect(entity).relationships
        if relation.direction is RelationshipDirection.MANYTOONE
    )


def strangers(obj: Entiteit) -> Iterator[Fout]:
    """References to rows of another contractpartij than the row's own, also by who sees both."""
    if not isinstance(obj, VanContractpartij):
        return
    own = policy.contractpartij_van(obj)
    for relation in _many_to_one(type(obj)):
        target = obj.__dict__.get(relation.key)
        if isinstance(target, VanContractpartij) and _partij(target) != own:
            yield Fout(NOT_FOUND, f"{relation.key}_id")


def _partij(obj: Any) -> int | None:
    return policy.contractpartij_van(obj)


def still_used(obj: Entiteit, going: set[int]) -> Iterator[Fout]:
    """Rows under a row that goes, that do not go with it."""
    under = (
        child
        for relation in inspect(type(obj)).relationships
        if relation.direction is RelationshipDirection.ONETOMANY
        for child in getattr(obj, relation.key)
    )
    if any(id(child) not in going for child in under):
        yield Fout(IN_USE)


def required_left(deleted: Sequence[Entiteit]) -> Iterator[Fout]:
    """A required choice of several rows keeps one: the last link goes only with its owner."""
    going = {id(obj) for obj in deleted}
    for obj in deleted:
        owner = policy.ouder_van(obj)
        if owner is None or id(owner) in going:
            continue
        for name, plural in owner.meervouden.items():
            relation = inspect(type(owner)).relationships[plural.relatie]
            if not plural.verplicht or relation.mapper.class_ is not type(obj):
                continue
            if all(id(link) in going for link in getattr(owner, plural.relatie)):
                yield Fout(f"{plural.ui.label}: kies er minstens één.", name)


def _settle(obj: Entiteit, key: str, given: Entiteit) -> None:
    """A row given as object: its number is filled in now, as saving would, so that what is
    judged is what is stored. A row that is new itself gets its number while saving."""
    if given.id is not None and getattr(obj, key, None) != given.id:
        setattr(obj, key, given.id)


def attach_relations(session: "GateSession", obj: Entiteit, only_changed: bool = False) -> None:
    """Look every referred row up with the actor's own eyes: what they cannot see, they
    cannot point at. Afterwards rules can follow relations of unsaved rows."""
    for relation in _many_to_one(type(obj)):
        key = f"{relation.key}_id"
        number = getattr(obj, key, None)
        given = obj.__dict__.get(relation.key)
        if given is not None and is_changed(obj, relation.key):
            _settle(obj, key, given)
            continue
        if number is None or (only_changed and not is_changed(obj, key)):
            continue
        if given is not None and given.id == number:
            continue
        possible = isinstance(number, int) and abs(number) <= MAX_INTEGER
        target = session.get(relation.mapper.class_, number) if possible else None
        if target is None:
            raise RegelFout(Fout(NOT_FOUND, key))
        attributes.set_committed_value(obj, relation.key, target)
