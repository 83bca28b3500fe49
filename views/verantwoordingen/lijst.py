"""The list of activities of a verantwoording (Handleiding 2.2, 2.3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, case, false, not_, or_, select

from cmk_admin import database, formats, references, tables
from cmk_admin.page import (
    Action,
    ActiveFilter,
    Cell,
    Empty,
    FilterControl,
    ListPage,
    Option,
    Row,
)
from cmk_admin.rights import Handeling
from cmk_admin.routes import row_addresses
from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool
from models.compleet import Stand, kolommen, onvolledig, volgorde_van_stand
from models.jaarstand import LET_OP, Jaarstand, Som
from models.lijsten import Doel
from models.rapportages import Cijfers
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from models.vouwen import Vouw, Zoektekst, volgens, vouw
from views.verantwoordingen import controle, schermen

PARAMETERS = ("search", "sort", "page", "doel", "stand", "melding")
STANDS = {"onvolledig": "onvolledig", "compleet": "compleet"}
#: So many partners of an activity are named in its line.
NAMED = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some activities, those of one page of them read. narrowed: not simply all of the year."""

    table: tables.Table[Stand]
    narrowed: bool
    total: Som


def page(verantwoording: Verantwoording, counted: Jaarstand, figures: Cijfers) -> ListPage:
    """The list as the address asks for it."""
    address = tables.Address.of(request.path, request.args, PARAMETERS)
    goals = {doel.id: doel for doel in database.session().scalars(_goals())}
    names = {id_: _short(goal) for id_, goal in goals.items()}
    chosen = _chosen(verantwoording, counted, names, address)
    table = chosen.table
    total = _total(chosen.total) if chosen.narrowed else _whole(figures)
    return ListPage(
        columns=table.columns,
        rows=tuple(_rows(verantwoording, table.items, names, address)),
        pager=replace(table.pager, total_label=f"{table.pager.total_label} · {total}"),
        empty=_empty(verantwoording, address, counted.alle > 0),
        search=address.get("search"),
        search_label="Zoek activiteit, school, partner",
        searchable=True,
        filters=_controls(address, goals.values()),
        active_filters=tuple(_active(address, goals)),
        clear_url=address.path,
        bulk_actions=_bulk(verantwoording),
        hidden=(("sort", address.get("sort")),) if address.get("sort") else (),
        return_url=address.url(),
    )


@cache
def _goals() -> Select[Doel]:
    return references.ordered(select(Doel), Doel)


def _short(goal: Doel) -> str:
    """One word where the list has a code for it: the full names fill a line each."""
    return goal.code.capitalize() if goal.code else goal.naam


# --- searching and filtering ------------------------------------------------------


def _chosen(
    verantwoording: Verantwoording,
    counted: Jaarstand,
    goals: Mapping[int, str],
    address: tables.Address,
) -> Chosen:
    """What the database finds, sorts and cuts out of the year."""
    session, year = database.session(), controle.year_of(verantwoording)
    conditions = tuple(_conditions(verantwoording, address))
    sums: list[Som] = []

    def fetch(order: Sequence[Any], start: int, many: int) -> tuple[Sequence[Stand], int]:
        if not conditions:
            return year.standen(session, order, start, many), counted.alle
        found, total = year.gekozen(session, *conditions, volgorde=order, vanaf=start, hoeveel=many)
        sums.append(total)
        return found, total.aantal

    table = tables.fetched(fetch, _headings(goals), address)
    total = sums[-1] if sums else Som()
    return Chosen(table, bool(conditions) and total.aantal < counted.alle, total)


def _conditions(
    verantwoording: Verantwoording, address: tables.Address
) -> Iterator[ColumnElement[bool]]:
    words = references.words(address.get("search"))
    yield from (_has(word, verantwoording.id) for word in words)
    if goal := address.get("doel"):
        yield Activiteit.doel_id == int(goal) if _is_number(goal) else false()
    if (wanted := address.get("stand")) in STANDS:
        yield not_(onvolledig()) if wanted == "compleet" else onvolledig()
    if (notice := address.get("melding")) in controle.NOTICES:
        yield LET_OP[notice](kolommen())


def _is_number(text: str) -> bool:
    """As an id is written, and no larger than one can be."""
    return text.isascii() and text.isdigit() and len(text) < 10 and text == str(int(text))


def _has(word: str, verantwoording_id: int) -> ColumnElement[bool]:
    """Activities of a year with a word in their own text, a school or a partner."""
    year = Activiteit.verantwoording_id == verantwoording_id

    def within(text: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = text.contains(vouw(word), autoescape=True)
        return found

    def of_part(part: type[Any], other: Any, text: Any) -> ColumnElement[bool]:
        found = select(part.activiteit_id).join(part.activiteit).join(other)
        return Activiteit.id.in_(found.where(year, within(text)))

    return or_(
        within(volgens(Activiteit, "naam")),
        within(Vouw(Activiteit.omschrijving)),
        of_part(ActiviteitSchool, ActiviteitSchool.school, Zoektekst(School.id)),
        of_part(
            ActiviteitPartner,
            ActiviteitPartner.samenwerkingspartner,
            Zoektekst(Samenwerkingspartner.id),
        ),
    )


def _controls(address: tables.Address, goals: Iterable[Doel]) -> tuple[FilterControl, ...]:
    def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> FilterControl:
        now = address.get(name)
        every = Option("", "Alle", not now)
        chosen = (Option(value, text, value == now) for value, text in options)
        return FilterControl(name, label, "keuze", (every, *chosen), now)

    return (
        choice("stand", "Stand", STANDS.items()),
        choice("doel", "CMK-doel", [(str(goal.id), goal.naam) for goal in goals]),
        choice("melding", "Let op", controle.NOTICES.items()),
    )


def _active(address: tables.Address, goals: dict[int, Doel]) -> Iterable[ActiveFilter]:
    labels = {
        "stand": ("Stand", STANDS),
        "doel": ("CMK-doel", {str(id_): goal.naam for id_, goal in goals.items()}),
        "melding": ("Let op", controle.NOTICES),
    }
    for name, (label, values) in labels.items():
        if (value := address.get(name)) in values:
            yield ActiveFilter(label, values[value], address.url(**{name: "", "page": ""}))


# --- what a line shows ------------------------------------------------------------


def _headings(goals: Mapping[int, str]) -> tuple[tables.Heading[None], ...]:
    """goals: what the CMK-doelen are called, by id."""
    k, a = kolommen(), Activiteit
    return (
        tables.Heading("naam", "Activiteit", lambda _: [volgens(a, "naam")]),
        tables.Heading("scholen", "Scholen", lambda _: [k.scholen], numeric=True),
        tables.Heading("leerkrachten", "Leerkr.", lambda _: [k.leerkrachten], numeric=True),
        tables.Heading("uren", "Uren", lambda _: [k.uren], numeric=True),
        tables.Heading("lasten", "Lasten", lambda _: [k.bedrag], numeric=True),
        tables.Heading("compleet", "Stand", lambda _: volgorde_van_stand(k)),
        tables.Heading("cmk-doel", "CMK-doel", lambda _: [_place(goals)], optional=True),
        tables.Heading("periode", "Periode", lambda _: [a.startdatum, a.einddatum], optional=True),
        tables.Heading("partners", "Partners", lambda _: [k.partners], optional=True),
    )


def _place(goals: Mapping[int, str]) -> Any:
    """The CMK-doel of an activity by the name that the list has for it."""
    places = {name: place for place, name in enumerate(sorted(set(goals.values())))}
    ranked = {id_: places[name] for id_, name in goals.items()}
    return case(ranked, value=Activiteit.doel_id, else_=len(places)) if ranked else Activiteit.id


def _rows(
    verantwoording: Verantwoording,
    standen: Iterable[Stand],
    goals: Mapping[int, str],
    address: tables.Address,
) -> Iterable[Row]:
    may_edit, may_copy, may_delete = (
        schermen.mag(handeling, verantwoording)
        for handeling in (Handeling.WIJZIGEN, Handeling.DUPLICEREN, Handeling.VERWIJDEREN)
    )
    shown = row_addresses("activiteiten.details")
    edit = row_addresses("activiteiten.bewerken", deel="details")
    copy = row_addresses("activiteit.action_view", "rowid", action="dupliceren")
    delete = row_addresses("activiteit.delete_view", url=address.url())
    for stand in standen:
        id_ = stand.id
        actions = []
        if may_edit:
            actions.append(Action("Wijzigen", edit(id_), "edit"))
        if may_copy:
            actions.append(Action("Dupliceren…", copy(id_), "copy", "post", name="dupliceren"))
        if may_delete:
            actions.append(Action("Verwijderen…", delete(id_), "trash", danger=True))
        cells = _cells(verantwoording, stand, goals[stand.doel_id], shown(id_))
        yield Row(id_, stand.naam, cells, tuple(actions), may_copy or may_delete)


def _cells(verantwoording: Verantwoording, stand: Stand, goal: str, url: str) -> tuple[Cell, ...]:
    period, partners = _period(stand, verantwoording.kalenderjaar), _few(stand.partners)
    note = " · ".join(filter(None, (goal, period, partners)))
    return (
        Cell(stand.naam, url=url, note=note),
        Cell(formats.number(stand.scholen), "getal"),
        Cell(formats.number(stand.leerkrachten), "getal"),
        Cell(formats.hours(stand.uren), "getal"),
        Cell(formats.euro(stand.bedrag), "geld")
        if stand.lasten > stand.zonder_bedrag
        else Cell("", "leeg"),
        Cell("compleet", "chip", tone="goed")
        if stand.compleet
        else Cell(", ".join(stand.ontbreekt), "chip", tone="let_op"),
        Cell(goal),
        Cell(period, "datum"),
        Cell(partners),
    )


def _period(stand: Stand, year: int) -> str:
    """Day and month; the year as well where it is another."""
    days = (stand.startdatum, stand.einddatum)
    return " t/m ".join(f"{day:%d-%m}" if day.year == year else formats.day(day) for day in days)


def _few(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" en nog {more}" if more > 0 else "")


def _total(chosen: Som) -> str:
    return f"totaal {formats.euro(chosen.bedrag)} · {formats.hours(chosen.uren)} uur"


def _whole(figures: Cijfers) -> str:
    """The totals of the year, as every other page has them."""
    return (
        f"totaal {formats.euro(figures.besteed)} · {formats.hours(figures.uren)} uur"
        f" · {formats.number(figures.scholen)} scholen"
    )


def _bulk(verantwoording: Verantwoording) -> tuple[Action, ...]:
    found = []
    if schermen.mag(Handeling.DUPLICEREN, verantwoording):
        found.append(Action("Dupliceren…", "", "copy", "post", name="dupliceren"))
    if schermen.mag(Handeling.WIJZIGEN, verantwoording):
        found.append(Action("Verplaatsen…", "", "arrow-right", "post", name="verplaatsen"))
        url = url_for("activiteit.bulk_view")
        found.append(Action("Wijzigen in bulk…", url, "edit", "post", name="bulk"))
    if schermen.mag(Handeling.VERWIJDEREN, verantwoording):
        found.append(Action("Verwijderen…", "", "trash", "post", danger=True, name="verwijderen"))
    return tuple(found)


def _empty(verantwoording: Verantwoording, address: tables.Address, some: bool) -> Empty:
    if some:
        return Empty(
            "Geen activiteiten gevonden",
            "Met deze zoekopdracht of filters is er niets.",
            Action("Alles tonen", address.path),
        )
    return schermen.first_step(verantwoording)
