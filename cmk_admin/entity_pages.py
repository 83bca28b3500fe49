"""The pictures of an entity's generated screens: list, filters, details."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from cmk_admin import attributes, files, formats, listing, references
from cmk_admin.actor import Actor
from cmk_admin.attributes import Attribute
from cmk_admin.filters import Unread
from cmk_admin.listing import SIZES, Query, Result, can_sort
from cmk_admin.page import (
    Action,
    ActiveFilter,
    Cell,
    CellKind,
    Column,
    Detail,
    Empty,
    FilterControl,
    ListPage,
    Option,
    Pager,
    Row,
)
from cmk_admin.policy import may, velden_van
from cmk_admin.rights import Handeling
from models.base import Entiteit, MetBestand

KINDS: dict[str, CellKind] = {
    "money": "geld",
    "integer": "getal",
    "hours": "getal",
    "date": "datum",
    "moment": "datum",
}
NOT_UNDERSTOOD = "Deze filters zijn niet begrepen"
UNTIL_MENDED = "Tot je het verbetert of wist, staat hier niets: zo wijzig je niet te veel."
YES_NO = (Option("ja", "Ja"), Option("nee", "Nee"))


@dataclass(frozen=True, slots=True)
class Screen:
    """One entity's list for one actor: what the builders below need to know.

    base: address of the list. row_url: where a row's name leads. row_actions: the menu of a
    row. bulk_actions: what can be done with several.
    """

    entity: type[Entiteit]
    actor: Actor
    base: str
    row_url: Callable[[Any], str]
    row_actions: Callable[[Any], tuple[Action, ...]]
    bulk_actions: tuple[Action, ...] = ()
    new: Action | None = None

    def url(self, endpoint: str, **values: Any) -> str:
        return url_for(f"{references.endpoint_of(self.entity)}.{endpoint}", **values)


def list_page(screen: Screen, query: Query, result: Result) -> ListPage:
    """The list as the template shows it."""
    entity = screen.entity
    shown = listing.shown(entity, query.columns)
    here = query.url(screen.base)
    return ListPage(
        columns=tuple(_column(screen, query, attribute) for attribute in shown),
        rows=tuple(_rows(screen, shown, result.rows)),
        pager=pager(screen.base, query, result),
        empty=_empty(screen, query),
        search=query.search,
        search_label=f"Zoek in {entity.woord.meervoud}",
        searchable=bool(attributes.searchable(entity)),
        filters=tuple(_controls(entity, query)),
        active_filters=tuple(
            ActiveFilter(
                asked.attribute.label,
                asked.shown,
                query.without(asked).url(screen.base),
                isinstance(asked, Unread),
            )
            for asked in query.asked
        ),
        clear_url=screen.base,
        bulk_actions=screen.bulk_actions,
        exports=_exports(screen, query),
        hidden=tuple(
            (name, value)
            for name, value in query.parameters(page=1, search="", filters=(), unread=())
        ),
        return_url=here,
        edit_url=screen.url("ajax_update") if any(map(can_inline, shown)) else "",
        everything=_everything(entity, result) if screen.bulk_actions else "",
        column_choice=tuple(
            Option(a.name, a.label, a in shown) for a in attributes.choosable(entity)
        ),
        carried=tuple((n, v) for n, v in query.parameters(page=1) if n != "columns"),
        totals=_totals(entity, shown, result),
    )


def _exports(screen: Screen, query: Query) -> tuple[Action, ...]:
    """The list as a file; of what is not understood there is none."""
    if query.unread:
        return ()
    return tuple(
        Action(label, query.url(screen.url("export", export_type=kind), page=1), "download")
        for kind, label in (("xlsx", "Excel (.xlsx)"), ("csv", "CSV"))
    )


def _totals(entity: type[Entiteit], shown: Sequence[Attribute], result: Result) -> tuple[str, ...]:
    """A cell per column: the sum of all that was found, under each amount."""
    if not result.sums:
        return ()
    word = entity.woord
    number = result.total or 0
    label = (
        f"Totaal van {formats.number(number)} {word.enkelvoud if number == 1 else word.meervoud}"
    )
    return (label, *(formats.euro(result.sums.get(a.name)) for a in shown[1:]))


def _everything(entity: type[Entiteit], result: Result) -> str:
    """The words for choosing all that is found, where that is more than what stands here."""
    if result.total is None or result.total <= len(result.rows):
        return ""
    return f"Alle {formats.number(result.total)} gevonden {entity.woord.meervoud}"


def _column(screen: Screen, query: Query, attribute: Attribute) -> Column:
    name = attribute.name
    now = query.sort.removeprefix("-") == name
    descending = now and query.sort.startswith("-")
    following = f"-{name}" if now and not descending else name
    choices: tuple[Option, ...] = ()
    if can_inline(attribute) and attribute.choices is not None:
        choices = tuple(Option(lid.value, lid.label) for lid in attribute.choices)
    return Column(
        name=name,
        label=attribute.label,
        numeric=attribute.numeric,
        sort_url=query.url(screen.base, sort=following, page=1) if can_sort(attribute) else None,
        sorted="" if not now else ("descending" if descending else "ascending"),
        choices=choices,
        kind=KINDS.get(attribute.kind, "tekst"),
    )


def can_inline(attribute: Attribute) -> bool:
    """Whether its cells may be changed in the list, by who may change the row."""
    return attribute.ui.inline and attribute.ui.lijst


def _rows(screen: Screen, shown: Sequence[Attribute], rows: Iterable[Entiteit]) -> Iterator[Row]:
    """What is the same for every row is asked once; what one may do is asked of each."""
    columns = [
        (attribute, KINDS.get(attribute.kind, "tekst"), can_inline(attribute))
        for attribute in shown
    ]
    selectable = bool(screen.bulk_actions)
    for row in rows:
        may_edit = bool(may(screen.actor, Handeling.WIJZIGEN, row))
        fields = velden_van(screen.actor, row) if may_edit else frozenset()
        cells: list[Cell] = []
        for attribute, kind, inline in columns:
            text = cell_text(attribute, row)
            editable = inline and may_edit and (fields is None or attribute.name in fields)
            url = None if cells else screen.row_url(row)
            cells.append(Cell(text, kind if text else "leeg", url, editable=editable))
        yield Row(row.id, str(row), tuple(cells), screen.row_actions(row), selectable)


def own_page_actions(
    actor: Actor, row: Entiteit, back: str, file_label: str = "Downloaden"
) -> tuple[Action, ...]:
    """The menu of a row on a page of its parent: each line is exactly a `may()`.

    back: where its form and its question lead back to. file_label: what fetching its file is
    called.
    """

    def url(view: str, **values: Any) -> str:
        return url_for(f"{references.endpoint_of(type(row))}.{view}", id=row.id, **values)

    found = []
    if may(actor, Handeling.WIJZIGEN, row):
        found.append(Action("Wijzigen", url("edit_view", url=back), "edit"))
    if isinstance(row, MetBestand) and row.bestand_sleutel and may(actor, Handeling.ZIEN, row):
        found.append(Action(file_label, url("download"), "download"))
    if may(actor, Handeling.VERWIJDEREN, row):
        found.append(Action("Verwijderen…", url("delete_view", url=back), "trash", danger=True))
    return tuple(found)


def cell_text(attribute: Attribute, row: Entiteit) -> str:
    """One value of a row in words."""
    if attribute.relation:
        target = getattr(row, attribute.relation)
        return "" if target is None else str(target)
    if attribute.plural is not None:
        relation = attribute.plural.kolom.removesuffix("_id")
        links = getattr(row, attribute.plural.relatie)
        return ", ".join(str(getattr(link, relation)) for link in links)
    return formats.show(attribute.kind, getattr(row, attribute.name))


def pager(base: str, query: Query, result: Result) -> Pager:
    """Where this page stands in the whole, and the ways on.

    At the end of a list that is too long to count, nobody knows the number of the page.
    """
    page, total = result.page, result.total
    known = bool(result.rows) and page > 0
    first = (page - 1) * query.size + 1 if known else 0
    last_page = max(1, -(-total // query.size)) if total is not None else None
    far = result.more and (last_page is None or page < last_page - 1)
    return Pager(
        first=first,
        last=first + len(result.rows) - 1 if known else 0,
        total=total,
        total_label=formats.number(total) if total is not None else "meer dan 10.000",
        first_url=query.url(base, page=1) if page not in {1, 2} else None,
        previous_url=_previous(base, query, result),
        next_url=(
            query.url(base, page=page and page + 1, after=result.last) if result.more else None
        ),
        last_url=query.url(base, page=1, end=True) if far else None,
        page_sizes=tuple(
            Option(query.url(base, size=size, page=1), str(size), size == query.size)
            for size in SIZES
            if total is None or total > SIZES[0]
        ),
    )


def _previous(base: str, query: Query, result: Result) -> str | None:
    page = result.page
    if page == 1:
        return None
    if page == 2 or not result.first:
        return query.url(base, page=max(1, page - 1))
    return query.url(base, page=page and page - 1, before=result.first)


def _empty(screen: Screen, query: Query) -> Empty:
    plural = screen.entity.woord.meervoud
    if query.unread:
        said = "; ".join(f"{one.attribute.label}: {one.shown}" for one in query.unread)
        return Empty(
            "Dit filter is niet begrepen" if len(query.unread) == 1 else NOT_UNDERSTOOD,
            f"{said}. {UNTIL_MENDED}",
            Action("Filters wissen", query.without(*query.asked).url(screen.base)),
        )
    if query.search or query.filters or query.page > 1:
        return Empty(
            f"Geen {plural} gevonden",
            f"Met deze zoekopdracht of filters is er niets. {_searched(screen.entity, query)}",
            Action("Alles tonen", screen.base),
        )
    if screen.entity.alleen_poort:
        return Empty(f"Nog geen {plural}", "Het portaal houdt deze lijst zelf bij.")
    return Empty(
        f"Nog geen {plural}", "Wat hier wordt toegevoegd, staat daarna in deze lijst.", screen.new
    )


def _searched(entity: type[Entiteit], query: Query) -> str:
    """In which columns was looked: what a row refers to is no text of its own."""
    names = [a.label for a in attributes.searchable(entity)]
    if not query.search or not names:
        return ""
    where = f"{', '.join(names[:-1])} en {names[-1]}" if len(names) > 1 else names[0]
    return f"Gezocht is in {where}; gebruik voor andere kolommen een filter."


def _controls(entity: type[Entiteit], query: Query) -> list[FilterControl]:
    given = {name: value for asked in query.asked for name, value in asked.values}
    shown = {name: asked.shown for asked in query.asked for name, _ in asked.values}
    wrong = [(name, one.shown) for one in query.unread for name, _ in one.values]
    found = []
    for attribute in attributes.filterable(entity):
        control = _control(attribute, given)
        if control is None:
            continue
        if control.kind in ("keuze", "zoek"):
            control = replace(control, options=_with_chosen(control, shown))
        own = {control.name, f"{control.name}_van", f"{control.name}_tot"}
        found.append(replace(control, errors=tuple(e for e in wrong if e[0] in own)))
    return found


def _with_chosen(control: FilterControl, shown: Mapping[str, str]) -> tuple[Option, ...]:
    """Also what is asked and cannot be chosen (any more): asking again must not leave it out."""
    value = control.value
    if not value or any(option.value == value for option in control.options):
        return control.options
    return (*control.options, Option(value, shown[control.name], True))


def _control(attribute: Attribute, given: Mapping[str, str]) -> FilterControl | None:
    name, label = attribute.name, attribute.label
    value = given.get(name, "")
    if attribute.kind in ("date", "moment"):
        return FilterControl(
            name,
            label,
            "datum",
            value=given.get(f"{name}_van", ""),
            value_until=given.get(f"{name}_tot", ""),
        )
    if attribute.choices is not None:
        options = tuple(Option(c.value, c.label, c.value == value) for c in attribute.choices)
        return FilterControl(name, label, "keuze", options, value)
    if attribute.kind == "check":
        options = tuple(Option(o.value, o.label, o.value == value) for o in YES_NO)
        return FilterControl(name, label, "keuze", options, value)
    if attribute.target is not None:
        return _reference_control(attribute, attribute.target, value)
    if attribute.kind in ("text", "email", "year"):
        return FilterControl(name, label, "tekst", value=value)
    return None


def _reference_control(attribute: Attribute, target: type[Entiteit], value: str) -> FilterControl:
    if not references.is_small(target):
        url = references.lookup_url(target)
        return FilterControl(attribute.name, attribute.label, "zoek", (), value, lookup_url=url)
    options = tuple(
        Option(str(id_), text, str(id_) == value) for id_, text in references.options(target)()
    )
    return FilterControl(attribute.name, attribute.label, "keuze", options, value)


def details(row: Entiteit) -> list[Detail]:
    """Every value of a row that people may see, in order."""
    found = []
    for attribute in attributes.detailed(type(row)):
        text = cell_text(attribute, row)
        if attribute.ui.stil and not text:
            continue
        kind = KINDS.get(attribute.kind, "tekst") if text else "leeg"
        url = None
        if attribute.kind == "file" and text:
            url = url_for(f"{references.endpoint_of(type(row))}.download", id=row.id)
        shown = picture_of(row) if url else ""
        cell = Cell(text, kind, url=url, picture=shown)
        found.append(Detail(attribute.label, cell, attribute.ui.help))
    return found


def picture_of(row: Entiteit) -> str:
    """The address of the picture that was uploaded with a row; "" when it has none."""
    if not files.is_picture(row):
        return ""
    return url_for(f"{references.endpoint_of(type(row))}.picture", id=row.id)
