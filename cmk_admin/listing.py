"""The list of an entity: what the address asks for, turned into one page of rows.

Everything is in the address (`search`, `sort`, `page`, `size` and one parameter per
filter); whatever is absurd in it is left out, never an error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from cmk_admin import attributes, database, formats, references
from cmk_admin.attributes import Attribute
from cmk_admin.forms.fields import to_id
from cmk_admin.gate.column_rules import FIRST_DAY, LAST_DAY, OUTSIDE
from models.base import Entiteit, Moment

SIZES = (20, 50, 100)
#: Above this the exact count is not worth its time.
COUNT_UP_TO = 10_000
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter that is on: what was typed, its words, and its condition."""

    attribute: Attribute
    values: tuple[tuple[str, str], ...]
    shown: str
    condition: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for, as far as it makes sense."""

    search: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    filters: tuple[Filter, ...] = ()

    def parameters(self, **changes: Any) -> list[tuple[str, str]]:
        """The address parameters of this query, with some changed; defaults left out."""
        query = replace(self, **changes)
        found = [("search", query.search), ("sort", query.sort)]
        found += [pair for filter_ in query.filters for pair in filter_.values]
        found += [("size", str(query.size))] if query.size != SIZES[0] else []
        found += [("page", str(query.page))] if query.page > 1 else []
        return [(name, value) for name, value in found if value]

    def url(self, base: str, **changes: Any) -> str:
        parameters = self.parameters(**changes)
        return f"{base}?{urlencode(parameters)}" if parameters else base

    def without(self, filter_: Filter) -> "Query":
        kept = tuple(other for other in self.filters if other is not filter_)
        return replace(self, filters=kept, page=1)


@dataclass(frozen=True, slots=True)
class Result:
    """One page. total: exact up to COUNT_UP_TO, else None."""

    rows: list[Any]
    total: int | None
    more: bool


def read_query(entity: type[Entiteit], arguments: Mapping[str, str]) -> Query:
    """The query in an address; what it does not understand it leaves out."""
    sortable = {a.name for a in attributes.listed(entity) if a.ui.sorteer}
    sort = arguments.get("sort", "")
    size = arguments.get("size", "")
    return Query(
        search=" ".join(references.words(arguments.get("search", ""))),
        sort=sort if sort.removeprefix("-") in sortable else "",
        page=_page(arguments.get("page", "")),
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        filters=tuple(_filters(entity, arguments)),
    )


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        return 1
    return min(max(int(text), 1), LAST_PAGE)


def _filters(entity: type[Entiteit], arguments: Mapping[str, str]) -> Iterator[Filter]:
    for attribute in attributes.filterable(entity):
        reader = _READERS.get(attribute.kind)
        if reader is None:
            continue
        try:
            found = reader(entity, attribute, arguments)
        except ValueError:
            continue
        if found is not None:
            yield found


def _column(entity: type[Entiteit], attribute: Attribute) -> Any:
    return getattr(entity, attribute.name)


def _choice(
    entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]
) -> Filter | None:
    value = given.get(attribute.name, "")
    if not value or attribute.choices is None:
        return None
    lid = attribute.choices(value)
    condition = _column(entity, attribute) == lid
    return Filter(attribute, ((attribute.name, value),), lid.label, condition)


def _check(entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]) -> Filter | None:
    value = given.get(attribute.name, "")
    if value not in ("ja", "nee"):
        return None
    condition = _column(entity, attribute).is_(value == "ja")
    return Filter(attribute, ((attribute.name, value),), value, condition)


def _reference(
    entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]
) -> Filter | None:
    value = given.get(attribute.name, "")
    if not value or attribute.target is None:
        return None
    column = _column(entity, attribute)
    if value == "leeg":
        return Filter(attribute, ((attribute.name, value),), "leeg", column.is_(None))
    id_ = to_id(value)
    label = references.finder(attribute.target)([id_]).get(id_)
    if label is None:
        return None
    return Filter(attribute, ((attribute.name, value),), label, column == id_)


def _text(entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]) -> Filter | None:
    value = " ".join(references.words(given.get(attribute.name, "")))
    if not value:
        return None
    condition = _column(entity, attribute).icontains(value, autoescape=True)
    return Filter(attribute, ((attribute.name, value),), f"bevat “{value}”", condition)


def _year(entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]) -> Filter | None:
    value = given.get(attribute.name, "")
    if not value:
        return None
    number = to_id(value)
    condition = _column(entity, attribute) == number
    return Filter(attribute, ((attribute.name, value),), str(number), condition)


def _period(
    entity: type[Entiteit], attribute: Attribute, given: Mapping[str, str]
) -> Filter | None:
    """From and until, both included; on a moment the days are those of the calendar."""
    column = _column(entity, attribute)
    conditions, values, words = [], [], []
    for end, word in (("van", "vanaf"), ("tot", "tot en met")):
        name = f"{attribute.name}_{end}"
        typed = given.get(name, "")
        if not typed:
            continue
        day = formats.parse_day(typed)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(OUTSIDE)
        conditions.append(_edge(column, day, end))
        values.append((name, formats.day(day)))
        words.append(f"{word} {formats.day(day)}")
    if not conditions:
        return None
    condition = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
    return Filter(attribute, tuple(values), " ".join(words), condition)


def _edge(column: Any, day: date, end: str) -> ColumnElement[bool]:
    if not isinstance(column.type, Moment):
        return column >= day if end == "van" else column <= day  # type: ignore[no-any-return]
    first = day if end == "van" else day + timedelta(days=1)
    midnight = datetime.combine(first, time(), formats.AMSTERDAM)
    return column >= midnight if end == "van" else column < midnight  # type: ignore[no-any-return]


_READERS: dict[str, Any] = {
    "choice": _choice,
    "check": _check,
    "reference": _reference,
    "text": _text,
    "email": _text,
    "year": _year,
    "date": _period,
    "moment": _period,
}


def select_rows(entity: type[Entiteit], query: Query) -> Select[Any]:
    """All rows that the query selects, without order or page."""
    statement = select(entity).where(*references.matches(entity, query.search))
    for filter_ in query.filters:
        statement = statement.where(filter_.condition)
    return statement


def fetch(entity: type[Entiteit], query: Query) -> Result:
    """One page of rows with what the list shows of them: three queries at the most."""
    session = database.session()
    chosen = select_rows(entity, query)
    numbers = chosen.with_only_columns(entity.id).limit(COUNT_UP_TO + 1).subquery()
    total: int = session.scalar(select(func.count()).select_from(numbers)) or 0
    exact = total if total <= COUNT_UP_TO else None
    statement = sorted_by(chosen, entity, query.sort)
    rows = list(
        session.scalars(
            with_relations(statement, entity)
            .limit(query.size + 1)
            .offset((query.page - 1) * query.size)
        ).unique()
    )
    return Result(rows[: query.size], exact, len(rows) > query.size)


def with_relations(statement: Select[Any], entity: type[Entiteit]) -> Select[Any]:
    """Load along what the rows show and what judges them: their references and the way up."""
    relations = {a.relation for a in attributes.listed(entity) if a.target is not None}
    if entity.ouder is not None:
        relations.add(entity.ouder.removesuffix("_id"))
    for relation in sorted(relations):
        statement = statement.options(_load(entity, relation))
    return statement


def _load(entity: type[Entiteit], relation: str) -> Any:
    """Load a reference, and above it the rows that its label and lock need."""
    step = getattr(entity, relation)
    option = joinedload(step)
    target = step.property.mapper.class_
    if target.ouder is not None:
        above = _load(target, target.ouder.removesuffix("_id"))
        option = option.options(above)
    for name in target.label_relaties:
        if target.ouder is None or name != target.ouder.removesuffix("_id"):
            option = option.options(joinedload(getattr(target, name)))
    return option


def sorted_by(statement: Select[Any], entity: type[Entiteit], sort: str) -> Select[Any]:
    """In the asked order; by id last, so that no row is twice or missing over pages."""
    if not sort:
        return references.ordered(statement, entity)
    attribute = attributes.attribute(entity, sort.removeprefix("-"))
    column = _column(entity, attribute)
    if attribute.target is not None:
        other = aliased(attribute.target)
        statement = statement.outerjoin(getattr(entity, attribute.relation).of_type(other))
        column = getattr(other, attribute.target.volgorde[0].removeprefix("-"))
    descending = sort.startswith("-")
    empty_last = column.is_(None)
    ordered = column.desc() if descending else column.asc()
    last = entity.id.desc() if descending else entity.id
    return statement.order_by(empty_last, ordered, last)
