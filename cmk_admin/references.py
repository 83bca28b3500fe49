"""Choosing rows of another entity: what a form offers, finds and looks up.

Always through the actor's own session: what they cannot see is not offered, not found
and not accepted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, not_, select
from sqlalchemy.orm import joinedload

from cmk_admin import attributes, database, formats
from cmk_admin.gate import search as find
from cmk_admin.routes import actor
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.lijsten import Lijst
from models.vouwen import NA_ALLES, volgens, vouw

LOOKUP_LIMIT = 20


def endpoint_of(entity: type[Entiteit]) -> str:
    """The endpoint of an entity's generated screens."""
    return entity.__name__.lower()


def is_small(entity: type[Entiteit]) -> bool:
    """Few enough to show all at once in a select."""
    return issubclass(entity, (Lijst, Contractpartij))


def finder(
    entity: type[Entiteit], label: Callable[[Entiteit], str] = str
) -> Callable[[Sequence[int]], dict[int, str]]:
    """ids → {id: label} of the rows that the actor sees."""

    def find(ids: Sequence[int]) -> dict[int, str]:
        wanted = select(entity).where(entity.id.in_(list(ids)))
        rows = database.session().scalars(labelled(wanted, entity))
        return {row.id: label(row) for row in rows}

    return find


def named(row: Entiteit) -> str:
    """A row told apart from others of the same name, as a look-up shows it."""
    return " · ".join(filter(None, (str(row), row.bijschrift())))


def options(
    entity: type[Entiteit], meets: Callable[[Any], bool] = lambda _: True
) -> Callable[[], Iterable[tuple[int, str]]]:
    """All rows of a small entity that can be chosen today, in its own order.

    meets: which of them this person may choose.
    """

    def offer() -> Iterable[tuple[int, str]]:
        rows = database.session().scalars(_all_of(entity))
        today = datetime.now(formats.AMSTERDAM).date()
        return [
            (row.id, str(row))
            for row in rows
            if (not isinstance(row, Lijst) or row.is_actief(today)) and meets(row)
        ]

    return offer


@cache
def _all_of(entity: type[Entiteit]) -> Select[Any]:
    """Asked by every list and form that has a choice of them, so made once."""
    return ordered(select(entity), entity)


def lookup_url(entity: type[Entiteit], **within: Any) -> str:
    """Address that a combobox asks for rows of `entity`."""
    return url_for(f"{endpoint_of(entity)}.ajax_lookup", **within)


def labelled(statement: Select[Any], entity: type[Entiteit]) -> Select[Any]:
    """With what `str()` of a row reads: one query, however many rows there are."""
    for name in entity.label_relaties:
        statement = statement.options(_label_of(getattr(entity, name)))
    return statement


def _label_of(step: Any) -> Any:
    """The row at the end of this step, with what its own label reads."""
    target = step.property.mapper.class_
    deeper = [_label_of(getattr(target, name)) for name in target.label_relaties]
    return joinedload(step).options(*deeper)


def ordered(statement: Select[Any], entity: type[Entiteit]) -> Select[Any]:
    """In the entity's default order, by id last so that the order is total."""
    for name in entity.volgorde:
        column = volgens(entity, name.removeprefix("-"))
        statement = statement.order_by(column.desc() if name.startswith("-") else column)
    return statement.order_by(entity.id)


def matches(entity: type[Entiteit], search: str) -> list[ColumnElement[bool]]:
    """One condition per word: each word stands somewhere in a searchable column."""
    if not attributes.searchable(entity):
        return []
    return find.matches(database.session(), entity, words(search))


def words(search: str) -> list[str]:
    """The words of a search text; what no database can hold is left out."""
    clean = "".join(c for c in search if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
    return clean[:200].split()[:8]


def searcher(entity: type[Entiteit]) -> Callable[[str], list[tuple[int, str]]]:
    """What is typed → id and label of at most 20 rows, told apart by their caption."""

    def search(text: str) -> list[tuple[int, str]]:
        return [(row.id, named(row)) for row in lookup(entity, text, {})]

    return search


def lookup(entity: type[Entiteit], search: str, within: Mapping[str, int]) -> list[Entiteit]:
    """At most 20 rows that match: those nearest to the actor's own contractpartijen first,
    then those whose label begins with the text.

    within: column → value that limits the choice, e.g. one contractpartij.
    """
    statement = labelled(select(entity), entity).where(*matches(entity, search))
    for name, value in within.items():
        statement = statement.where(getattr(entity, name) == value)
    if hasattr(entity, "actief"):
        statement = statement.where(entity.actief)
    near = entity.nabij(actor().partijen())
    if near is not None:
        statement = statement.order_by(near.desc())
    first = vouw(" ".join(words(search)))
    texts = attributes.searchable(entity)
    if not (first and texts):
        return _first(statement, entity, LOOKUP_LIMIT)
    title = volgens(entity, texts[0].name)
    begins = and_(title >= first, title < first + NA_ALLES)
    if near is not None:
        return _first(statement.order_by(begins.desc()), entity, LOOKUP_LIMIT)
    # Apart, each by its own index: ordering all that match would take as long as there are many.
    found = _first(statement.where(begins), entity, LOOKUP_LIMIT)
    room = LOOKUP_LIMIT - len(found)
    return found + _first(statement.where(not_(begins)), entity, room) if room else found


def _first(statement: Select[Any], entity: type[Entiteit], most: int) -> list[Entiteit]:
    return list(database.session().scalars(ordered(statement, entity).limit(most)))
