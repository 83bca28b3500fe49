"""The list of an entity: what the address asks for, turned into one page of rows.

Everything is in the address (`search`, `sort`, `page`, `size` and one parameter per
filter); whatever is absurd in it is left out, never an error. Filters are not: a list that a
filter was asked of and that shows everything would be taken for what it is not (`filters.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from cmk_admin import attributes, database, filters, paging, references
from cmk_admin.attributes import Attribute
from cmk_admin.filters import Asked, Filter, Unread
from cmk_admin.gate import search
from cmk_admin.paging import Order
from models.base import Entiteit, Meervoud

SIZES = (20, 50, 100)
#: Above this the exact count is not worth its time.
COUNT_UP_TO = 10_000
LAST_PAGE = 100_000
NO_CURSOR: dict[str, Any] = {"after": "", "before": "", "end": False}


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for, as far as it makes sense."""

    search: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    filters: tuple[Filter, ...] = ()
    #: What is asked and not understood; as long as there is any, nothing is found.
    unread: tuple[Unread, ...] = ()
    #: Cursors of the row that this page comes after, or before; or the very end of the list.
    after: str = ""
    before: str = ""
    end: bool = False
    #: The columns that were chosen, by name; none is the usual ones.
    columns: tuple[str, ...] = ()

    def parameters(self, **changes: Any) -> list[tuple[str, str]]:
        """The address parameters of this query, with some changed; defaults left out.

        Another page has a cursor of its own, or none.
        """
        query = replace(self, **(NO_CURSOR if "page" in changes else {}) | changes)
        found = [("search", query.search), ("sort", query.sort)]
        found += [pair for asked in query.asked for pair in asked.values]
        found += [("size", str(query.size))] if query.size != SIZES[0] else []
        found += [("columns", name) for name in query.columns]
        found += [("page", str(query.page))] if query.page != 1 else []
        found += [("after", query.after), ("before", query.before)]
        found += [("end", "1")] if query.end else []
        return [(name, value) for name, value in found if value]

    def url(self, base: str, **changes: Any) -> str:
        parameters = self.parameters(**changes)
        return f"{base}?{urlencode(parameters)}" if parameters else base

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every filter in the address, understood or not."""
        return (*self.filters, *self.unread)

    def without(self, *asked: Asked) -> "Query":
        """From its first page, with these filters off."""
        off = set(map(id, asked))
        kept = tuple(one for one in self.filters if id(one) not in off)
        unread = tuple(one for one in self.unread if id(one) not in off)
        return replace(self, filters=kept, unread=unread, page=1, **NO_CURSOR)


@dataclass(frozen=True, slots=True)
class Result:
    """One page. total: exact up to COUNT_UP_TO, else None. page: its number, 0 when unknown.

    first, last: cursors of the rows at its ends. sums: of each amount over all rows that were
    found, not only these; empty when there are too many to count.
    """

    rows: list[Any]
    total: int | None
    more: bool
    page: int = 1
    first: str = ""
    last: str = ""
    sums: Mapping[str, int] = field(default_factory=dict)


def read_query(entity: type[Entiteit], arguments: Mapping[str, str]) -> Query:
    """The query in an address; but for filters, what it does not understand it leaves out."""
    columns = _columns(entity, arguments)
    sortable = {a.name for a in shown(entity, columns) if can_sort(a)}
    sort = arguments.get("sort", "")
    size = arguments.get("size", "")
    after, before = arguments.get("after", ""), arguments.get("before", "")
    found, unread = filters.read(entity, arguments)
    somewhere = arguments.get("page") == "0" and (after or before)
    return Query(
        search=" ".join(references.words(arguments.get("search", ""))),
        sort=sort if sort.removeprefix("-") in sortable else "",
        page=0 if somewhere else _page(arguments.get("page", "")),
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        filters=found,
        unread=unread,
        after=after,
        before="" if after else before,
        end=arguments.get("end") == "1" and not (after or before),
        columns=columns,
    )


def _columns(entity: type[Entiteit], arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The chosen columns, in the order of the entity; none when they are the usual ones."""
    asked = arguments.getlist("columns") if isinstance(arguments, MultiDict) else []
    found = tuple(a.name for a in attributes.choosable(entity) if a.name in asked)
    return () if set(found) == {a.name for a in shown(entity, ())} else found


def shown(entity: type[Entiteit], columns: Sequence[str]) -> tuple[Attribute, ...]:
    """The columns of a list; what people call a row by always stands first."""
    usual = attributes.listed(entity)
    if not columns:
        return (*usual, *_of_several(entity)) if _sees_several() else usual
    chosen = (a for a in attributes.choosable(entity) if a.name in columns)
    return tuple(dict.fromkeys((usual[0], *chosen)))


def _sees_several() -> bool:
    """Whether this person sees rows of more than one contractpartij."""
    who = database.session().actor
    return who.is_system or who.cultuur_oost_rol is not None or len(set(who.partijen())) > 1


def _of_several(entity: type[Entiteit]) -> tuple[Attribute, ...]:
    """Whose a row is, where people see those of several."""
    return tuple(a for a in attributes.choosable(entity) if a.ui.bij_meer)


def can_sort(attribute: Attribute) -> bool:
    return attribute.ui.sorteer and attribute.plural is None


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        return 1
    return min(max(int(text), 1), LAST_PAGE)


def select_rows(entity: type[Entiteit], query: Query) -> Select[Any]:
    """All rows that the query selects, without order or page."""
    found = references.matches(entity, query.search)
    nothing = [false()] if query.unread else []
    conditions = (filter_.condition for filter_ in query.filters)
    return select(entity).where(*found, *conditions, *nothing)


def fetch(entity: type[Entiteit], query: Query) -> Result:
    """One page of rows with what the list shows of them: four queries at the most."""
    if query.unread:
        return Result([], 0, False)
    found = references.matches(entity, query.search)
    chosen = select(entity).where(*found, *(filter_.condition for filter_ in query.filters))
    many = not query.filters and search.sees_many(database.session(), entity, found)
    total = None if many else count(entity, chosen)
    if total is None:
        # Of many rows a page is met soon by walking the list; a filter's index leads to all.
        walked = (f.condition if f.walked is None else f.walked for f in query.filters)
        chosen = select(entity).where(*found, *walked)
    result = _page_of(entity, query, chosen, total)
    return replace(result, sums=_sums(entity, chosen) if total else {})


def count(entity: type[Entiteit], chosen: Select[Any]) -> int | None:
    """How many there are, as far as that is cheap; None when they are more than that."""
    numbers = chosen.with_only_columns(entity.id).limit(COUNT_UP_TO + 1).subquery()
    counted: int = database.session().scalar(select(func.count()).select_from(numbers)) or 0
    return counted if counted <= COUNT_UP_TO else None


def _sums(entity: type[Entiteit], chosen: Select[Any]) -> dict[str, int]:
    """The amounts of the list, added up over all that was found."""
    names = [a.name for a in attributes.choosable(entity) if a.kind == "money"]
    if not names:
        return {}
    sums = (func.coalesce(func.sum(getattr(entity, name)), 0) for name in names)
    row = database.session().execute(chosen.with_only_columns(*sums)).one()
    return {name: int(value) for name, value in zip(names, row, strict=True)}


def _page_of(
    entity: type[Entiteit], query: Query, chosen: Select[Any], total: int | None
) -> Result:
    order = paging.order_of(entity, query.sort)
    cursor = order.read(query.after or query.before) if query.after or query.before else None
    if query.end:
        return _end(entity, query, chosen, order, total)
    if cursor is None and (query.page - 1) * query.size > COUNT_UP_TO:
        # Nobody counts up to there: further on one goes from row to row.
        return Result([], total, False, query.page)
    backwards = cursor is not None and bool(query.before)
    wanted = chosen if cursor is None else chosen.where(order.beyond(cursor, backwards))
    skip = max(0, query.page - 1) * query.size if cursor is None else 0
    wanted = with_relations(wanted, entity, query.columns)
    rows = _ask(wanted, order, backwards, query.size + 1, skip)
    if backwards and not rows:
        return _page_of(entity, replace(query, page=1, **NO_CURSOR), chosen, total)
    # Going back, the page with nothing before it is the first, also when it is not full.
    page = 1 if backwards and len(rows) <= query.size else query.page
    more = backwards or len(rows) > query.size
    return _result(order, rows[: query.size], backwards, total, more, page)


def _end(
    entity: type[Entiteit], query: Query, chosen: Select[Any], order: Order, total: int | None
) -> Result:
    """The last page, asked from the end."""
    size = query.size if total is None else (total % query.size or query.size)
    rows = _ask(with_relations(chosen, entity, query.columns), order, True, size)
    page = 0 if total is None else max(1, -(-total // query.size))
    return _result(order, rows, True, total, False, page)


def _ask(
    chosen: Select[Any], order: Order, backwards: bool, limit: int, skip: int = 0
) -> list[Any]:
    """Rows with their key values behind them."""
    keys = [key.column for key in order.keys]
    statement = order.apply(chosen, backwards).add_columns(*keys)
    found = database.session().execute(statement.limit(limit).offset(skip)).unique()
    return list(found)


def _result(
    order: Order, rows: list[Any], backwards: bool, total: int | None, more: bool, page: int
) -> Result:
    """The rows in the order of the list, and the cursors of both ends."""
    if backwards:
        rows.reverse()
    if not rows:
        return Result([], total, more, page)
    first, last = order.cursor(rows[0][1:]), order.cursor(rows[-1][1:])
    return Result([row[0] for row in rows], total, more, page, first, last)


def rows_with(entity: type[Entiteit], ids: Sequence[int]) -> list[Any]:
    """The rows with these ids, by id, with what judges them; only those that are there."""
    chosen = select(entity).where(entity.id.in_(ids)).order_by(entity.id)
    return list(database.session().scalars(with_relations(chosen, entity)).unique())


def with_relations(
    rows: Select[Any], entity: type[Entiteit], columns: Sequence[str] = (), how: Any = joinedload
) -> Select[Any]:
    """Load along what the rows show and what judges them: their references and the way up;
    `how`: joined, or apart, which is sooner for many rows that share a few references."""
    return rows.options(*_relations(entity, tuple(columns), how))


@lru_cache(maxsize=500)
def _relations(entity: type[Entiteit], columns: tuple[str, ...], how: Any) -> tuple[Any, ...]:
    """The same for every page of a list, so made once."""
    usual = (*attributes.listed(entity), *_of_several(entity))
    seen = tuple(a for a in attributes.choosable(entity) if a.name in columns) or usual
    relations = {a.relation for a in (*usual, *seen) if a.relation}
    if entity.ouder is not None:
        relations.add(entity.ouder.removesuffix("_id"))
    return (
        *(_load(entity, relation, how) for relation in sorted(relations)),
        *(_load_links(entity, a.plural) for a in seen if a.plural is not None),
    )


def _load_links(entity: type[Entiteit], plural: Meervoud) -> Any:
    """Load a choice of several rows, with the names of what was chosen."""
    links = getattr(entity, plural.relatie)
    link = links.property.mapper.class_
    return selectinload(links).options(_load(link, plural.kolom.removesuffix("_id")))


def _load(entity: type[Entiteit], relation: str, how: Any = joinedload) -> Any:
    """Load a reference, and above it the rows that its label and lock need."""
    step = getattr(entity, relation)
    option = how(step)
    target = step.property.mapper.class_
    if target.ouder is not None:
        above = _load(target, target.ouder.removesuffix("_id"))
        option = option.options(above)
    for name in target.label_relaties:
        if target.ouder is None or name != target.ouder.removesuffix("_id"):
            option = option.options(joinedload(getattr(target, name)))
    return option
