"""The history as people read it: names, labels and values instead of columns and numbers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from cmk_admin import attributes, database, formats, references
from cmk_admin.actor import system
from cmk_admin.attributes import Attribute
from cmk_admin.gate import acting_as
from cmk_admin.page import Change, HistoryItem, Tone
from models.base import Entiteit, entiteiten
from models.gebruiker import Gebruiker
from models.historie import Bewerking, Wijziging, WijzigingSoort

TONES: dict[WijzigingSoort, Tone] = {
    WijzigingSoort.AANGEMAAKT: "goed",
    WijzigingSoort.GEWIJZIGD: "info",
    WijzigingSoort.VERWIJDERD: "fout",
}
LIMIT = 30


def history_of(row: Entiteit, limit: int = LIMIT) -> list[HistoryItem]:
    """The changes of a row and of its parts, newest first; of a step, all that it changed."""
    if isinstance(row, Bewerking):
        return items(Wijziging.bewerking_id == row.id, limit)
    if isinstance(row, Wijziging):
        return items(Wijziging.id == row.id, limit)
    parts = [
        type(row).__mapper__.relationships[relatie].mapper.class_.__name__ for relatie in row.delen
    ]
    own = and_(Wijziging.entiteit == type(row).__name__, Wijziging.rij_id == row.id)
    below = and_(Wijziging.entiteit.in_(parts), Wijziging.ouder_id == row.id)
    return items(or_(own, below) if parts else own, limit)


def items(condition: ColumnElement[bool], limit: int = LIMIT) -> list[HistoryItem]:
    """The changes that meet `condition`, newest first; a fixed number of queries."""
    rows = list(
        database.session().scalars(
            select(Wijziging).where(condition).order_by(Wijziging.id.desc()).limit(limit)
        )
    )
    names = names_of(row.door_id for row in rows)
    labels = labels_of(rows)
    return [
        HistoryItem(
            when=formats.moment(row.op),
            who=names.get(row.door_id or 0, "") or row.door_naam or "iemand die weg is",
            what=f"{word_of(row.entiteit)} {row.titel} {row.soort.label.lower()}",
            tone=TONES[row.soort],
            changes=tuple(changes_of(row, labels)),
        )
        for row in rows
    ]


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Names by user id: who changed something may be read by whoever sees the change."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    with acting_as(system("namen bij geschiedenis")) as session:
        rows = session.execute(select(Gebruiker.id, Gebruiker.naam).where(Gebruiker.id.in_(wanted)))
        return {row.id: row.naam for row in rows}


def name_of(id_: int | None) -> str:
    return names_of([id_]).get(id_ or 0, "") or "Een ander"


@cache
def entity_by_name(name: str) -> type[Entiteit] | None:
    return next((entity for entity in entiteiten() if entity.__name__ == name), None)


def word_of(name: str) -> str:
    """An entity by class name, as people call it."""
    entity = entity_by_name(name)
    return entity.woord.titel if entity else name


Labels = dict[tuple[type[Entiteit], int], str]


def labels_of(rows: Sequence[Wijziging]) -> Labels:
    """Names of all rows that the changed values point at, one query per entity."""
    wanted: dict[type[Entiteit], set[int]] = defaultdict(set)
    for row in rows:
        for attribute, pair in _known(row):
            if attribute.target is not None:
                wanted[attribute.target].update(v for v in pair if isinstance(v, int))
    return {
        (target, id_): label
        for target, ids in wanted.items()
        for id_, label in references.finder(target)(sorted(ids)).items()
    }


def _known(row: Wijziging) -> Iterable[tuple[Attribute, list[Any]]]:
    entity = entity_by_name(row.entiteit)
    if entity is None:
        return
    by_name = {a.name: a for a in attributes.attributes_of(entity)}
    for name, pair in row.waarden.items():
        attribute = by_name.get(name)
        if attribute is not None and (attribute.ui.formulier or attribute.ui.details):
            yield attribute, pair


def changes_of(row: Wijziging, labels: Labels) -> Iterable[Change]:
    """Each changed value of a row in words; labels: of what they point at."""
    if row.soort is not WijzigingSoort.GEWIJZIGD:
        return
    entity = entity_by_name(row.entiteit)
    assert entity is not None
    for attribute, pair in _known(row):
        old, new = (_text(entity, attribute, value, labels) for value in pair)
        if old != new:
            yield Change(attribute.label, old, new)


def _text(entity: type[Entiteit], attribute: Attribute, value: Any, labels: Labels) -> str:
    if value is None:
        return ""
    if attribute.target is not None:
        return labels.get((attribute.target, value), f"nummer {value}")
    return formats.show(attribute.kind, stored_value(entity, attribute.name, value))


def stored_value(entity: type[Entiteit], name: str, value: Any) -> Any:
    """A value as history stores it (JSON) → as the attribute has it."""
    attribute = attributes.attribute(entity, name)
    if value is None:
        return None
    if attribute.choices is not None:
        return attribute.choices(value)
    shapes: dict[str, Any] = {
        "hours": Decimal,
        "date": date.fromisoformat,
        "moment": datetime.fromisoformat,
    }
    shape = shapes.get(attribute.kind)
    return shape(value) if shape else value


def show_value(attribute: Attribute, value: Any) -> str:
    """A value of an attribute in words, references by their label."""
    if attribute.target is not None:
        ids = value if isinstance(value, list) else [value]
        found = references.finder(attribute.target)([id_ for id_ in ids if id_ is not None])
        return ", ".join(found.values())
    return formats.show(attribute.kind, value)
