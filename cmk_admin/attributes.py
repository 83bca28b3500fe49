"""What an entity shows of itself: its columns as typed attributes, read once from the model.

Lists, filters, forms, details, exports and history all ask here, so that a column is
described in one place: on the column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum as PyEnum
from functools import cache
from typing import Any, Literal, cast

from sqlalchemy import Boolean, Column, Date, Enum, Integer, LargeBinary, Text, inspect
from sqlalchemy.orm import ColumnProperty

from models.base import Centen, Entiteit, Keuze, Meervoud, Moment, Ui, Uren, kolom_ui

Kind = Literal[
    "text", "textarea", "email", "integer", "year", "money", "hours", "date", "moment",
    "choice", "check", "reference", "multi", "file", "data",
]  # fmt: skip
NUMERIC = frozenset({"integer", "money", "hours"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column (or choice of several rows) as people meet it.

    name: key on the entity. relation/target: where a foreign key points. choices: the
    enum of a choice. plural: set for a choice of several rows.
    """

    name: str
    ui: Ui
    kind: Kind
    required: bool = False
    max_length: int | None = None
    relation: str = ""
    target: type[Entiteit] | None = None
    choices: type[Keuze] | None = None
    plural: Meervoud | None = None
    computed: bool = False

    @property
    def label(self) -> str:
        return self.ui.label

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC


@cache
def attributes_of(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    """Every attribute with a `ui`, in the order of the class, choices of several rows last."""
    mapper = inspect(entity)
    found = [
        attribute
        for prop in mapper.column_attrs
        if (attribute := _attribute(entity, prop)) is not None
    ]
    found.sort(key=lambda attribute: _order(entity, attribute.name))
    return (*found, *_plurals(entity))


@cache
def attribute(entity: type[Entiteit], name: str) -> Attribute:
    """One attribute by name; raises KeyError."""
    for candidate in attributes_of(entity):
        if candidate.name == name:
            return candidate
    raise KeyError(f"{entity.__name__}.{name}")


@cache
def listed(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    """The columns of the list; what people call a row by stands first."""
    found = [a for a in attributes_of(entity) if a.ui.lijst]
    title = next((a for a in found if a.ui.zoek and a.kind in TEXTS), None)
    return tuple(sorted(found, key=lambda a: a is not title))


@cache
def choosable(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    """The columns that a list can show: what it shows by itself, then all else people may see."""
    usual = listed(entity)
    more = (a for a in detailed(entity) if a not in usual and a.kind not in ("data", "file"))
    return (*usual, *more)


def detailed(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    return tuple(a for a in attributes_of(entity) if a.ui.details and not a.ui.geheim)


def filterable(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    return tuple(a for a in attributes_of(entity) if a.ui.filter)


def searchable(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    return tuple(a for a in attributes_of(entity) if a.ui.zoek and a.kind in TEXTS)


def in_form(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    return tuple(
        a for a in attributes_of(entity) if a.ui.formulier and not a.ui.geheim and not a.computed
    )


TEXTS = frozenset({"text", "textarea", "email"})


def _order(entity: type[Entiteit], name: str) -> int:
    """Columns in table order, with what every table has at the end; computed ones last."""
    columns = entity.__table__.columns
    if name not in columns:
        return 1000
    return columns.keys().index(name)


def _attribute(entity: type[Entiteit], prop: ColumnProperty[Any]) -> Attribute | None:
    column = prop.columns[0]
    ui = kolom_ui(column) if isinstance(column, Column) else prop.info.get("ui")
    if ui is None:
        return None
    if not isinstance(column, Column):
        return Attribute(prop.key, ui, "integer", computed=True)
    relation = prop.key.removesuffix("_id")
    relations = inspect(entity).relationships
    target = relations[relation].mapper.class_ if relation in relations else None
    kind = column.type
    return Attribute(
        name=prop.key,
        ui=ui,
        kind=_kind(column, ui, target),
        required=not column.nullable and not isinstance(kind, Boolean),
        max_length=getattr(kind, "length", None),
        relation=relation if target else "",
        target=target,
        choices=_choices(kind),
    )


def _choices(kind: Any) -> type[Keuze] | None:
    found = kind.enum_class if isinstance(kind, Enum) else None
    return cast(type[Keuze], found) if found and issubclass(found, PyEnum) else None


def _kind(column: Column[Any], ui: Ui, target: type[Entiteit] | None) -> Kind:
    special: dict[str, Kind] = {
        "tekstvlak": "textarea",
        "bestand": "file",
        "email": "email",
        "jaar": "year",
    }
    if ui.soort in special:
        return special[ui.soort]
    if target is not None:
        return "reference"
    by_type: tuple[tuple[type[Any], Kind], ...] = (
        (Enum, "choice"),
        (Boolean, "check"),
        (Centen, "money"),
        (Uren, "hours"),
        (Moment, "moment"),
        (Date, "date"),
        (Integer, "integer"),
        (Text, "textarea"),
        (LargeBinary, "data"),
    )
    for type_, kind in by_type:
        if isinstance(column.type, type_):
            return kind
    return "text" if hasattr(column.type, "length") else "data"


def _plurals(entity: type[Entiteit]) -> Iterator[Attribute]:
    for name, plural in entity.meervouden.items():
        link = inspect(entity).relationships[plural.relatie].mapper
        target = link.relationships[plural.kolom.removesuffix("_id")].mapper.class_
        yield Attribute(
            name=name,
            ui=plural.ui,
            kind="multi",
            required=plural.verplicht,
            target=target,
            plural=plural,
        )
