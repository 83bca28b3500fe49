"""The list of activities of a verantwoording (Handleiding 2.2, 2.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, and_, or_, select

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
from cmk_admin.routes import row_address
from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool
from models.compleet import Stand
from models.lijsten import Doel
from models.rapportages import Cijfers
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from models.vouwen import Vouw, vouw
from views.verantwoordingen import schermen
from views.verantwoordingen.controle import NOTICES

PARAMETERS = ("search", "sort", "page", "doel", "stand", "melding")
STANDS = {"onvolledig": "onvolledig", "compleet": "compleet"}
#: So many partners of an activity are named in its line.
NAMED = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One activity of the list. goal: the short word for its CMK-doel."""

    stand: Stand
    goal: str


def page(verantwoording: Verantwoording, standen: Sequence[Stand], figures: Cijfers) -> ListPage:
    """The list as the address asks for it; the standen say themselves what was searched for."""
    address = tables.Address.of(request.path, request.args, PARAMETERS)
    goals = {doel.id: doel for doel in database.session().scalars(_goals())}
    chosen = [
        Line(stand, _short(goals[stand.doel_id]))
        for stand in _filtered(verantwoording, standen, address)
    ]
    table = tables.table(chosen, _HEADINGS, address)
    narrowed = len(chosen) < len(standen)
    total = _total(chosen) if narrowed else _whole(figures)
    return ListPage(
        columns=table.columns,
        rows=tuple(_rows(verantwoording, table.items, address)),
        pager=replace(table.pager, total_label=f"{table.pager.total_label} · {total}"),
        empty=_empty(verantwoording, address, bool(standen)),
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


def _goals() -> Select[Doel]:
    return references.ordered(select(Doel), Doel)


def _short(goal: Doel) -> str:
    """One word where the list has a code for it: the full names fill a line each."""
    return goal.code.capitalize() if goal.code else goal.naam


# --- searching and filtering ------------------------------------------------------


def _filtered(
    verantwoording: Verantwoording, standen: Sequence[Stand], address: tables.Address
) -> list[Stand]:
    chosen = [stand for stand in standen if stand.gevonden]
    if goal := address.get("doel"):
        chosen = [stand for stand in chosen if str(stand.doel_id) == goal]
    if (wanted := address.get("stand")) in STANDS:
        chosen = [stand for stand in chosen if stand.compleet == (wanted == "compleet")]
    if (notice := address.get("melding")) in NOTICES:
        holds = NOTICES[notice][1]
        chosen = [stand for stand in chosen if holds(stand, verantwoording.kalenderjaar)]
    return chosen


def searched() -> ColumnElement[bool] | None:
    """Activities with every word of the search in their own text, a school or a partner."""
    address = tables.Address.of(request.path, request.args, PARAMETERS)
    words = references.words(address.get("search"))
    return and_(*(_has(word) for word in words)) if words else None


def _has(word: str) -> ColumnElement[bool]:
    def within(column: ColumnElement[str]) -> ColumnElement[bool]:
        return Vouw(column).contains(vouw(word), autoescape=True)

    school = ActiviteitSchool.school.has(
        or_(*(within(column) for column in (School.naam, School.vestigingscode, School.plaats)))  # type: ignore[arg-type]
    )
    partner = ActiviteitPartner.samenwerkingspartner.has(within(Samenwerkingspartner.naam))  # type: ignore[arg-type]
    return or_(
        within(Activiteit.naam),  # type: ignore[arg-type]
        within(Activiteit.omschrijving),  # type: ignore[arg-type]
        Activiteit.scholen.any(school),
        Activiteit.partner_koppelingen.any(partner),
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
        choice("melding", "Let op", [(name, text) for name, (text, _) in NOTICES.items()]),
    )


def _active(address: tables.Address, goals: dict[int, Doel]) -> Iterable[ActiveFilter]:
    labels = {
        "stand": ("Stand", STANDS),
        "doel": ("CMK-doel", {str(id_): goal.naam for id_, goal in goals.items()}),
        "melding": ("Let op", {name: text for name, (text, _) in NOTICES.items()}),
    }
    for name, (label, values) in labels.items():
        if (value := address.get(name)) in values:
            yield ActiveFilter(label, values[value], address.url(**{name: "", "page": ""}))


# --- what a line shows ------------------------------------------------------------


_HEADINGS: tuple[tables.Heading[Line], ...] = (
    tables.Heading("naam", "Activiteit", lambda line: vouw(line.stand.naam)),
    tables.Heading("scholen", "Scholen", lambda line: line.stand.scholen, numeric=True),
    tables.Heading("leerkrachten", "Leerkr.", lambda line: line.stand.leerkrachten, numeric=True),
    tables.Heading("uren", "Uren", lambda line: line.stand.uren, numeric=True),
    tables.Heading("lasten", "Lasten", lambda line: line.stand.bedrag, numeric=True),
    tables.Heading("compleet", "Stand", lambda line: (line.stand.compleet, line.stand.ontbreekt)),
    tables.Heading("cmk-doel", "CMK-doel", lambda line: line.goal, optional=True),
    tables.Heading(
        "periode",
        "Periode",
        lambda line: (line.stand.startdatum, line.stand.einddatum),
        optional=True,
    ),
    tables.Heading("partners", "Partners", lambda line: len(line.stand.partners), optional=True),
)


def _rows(
    verantwoording: Verantwoording, lines: Iterable[Line], address: tables.Address
) -> Iterable[Row]:
    may_edit, may_copy, may_delete = (
        schermen.mag(handeling, verantwoording)
        for handeling in (Handeling.WIJZIGEN, Handeling.DUPLICEREN, Handeling.VERWIJDEREN)
    )
    back = address.url()
    for line in lines:
        id_ = line.stand.id
        actions = []
        if may_edit:
            url = row_address("activiteiten.bewerken", id_, deel="details")
            actions.append(Action("Wijzigen", url, "edit"))
        if may_copy:
            url = row_address("activiteit.action_view", id_, "rowid", action="dupliceren")
            actions.append(Action("Dupliceren…", url, "copy", "post", name="dupliceren"))
        if may_delete:
            url = row_address("activiteit.delete_view", id_, url=back)
            actions.append(Action("Verwijderen…", url, "trash", danger=True))
        yield Row(
            id_,
            line.stand.naam,
            _cells(verantwoording, line),
            tuple(actions),
            may_copy or may_delete,
        )


def _cells(verantwoording: Verantwoording, line: Line) -> tuple[Cell, ...]:
    stand = line.stand
    period, partners = _period(stand, verantwoording.kalenderjaar), _few(stand.partners)
    note = " · ".join(filter(None, (line.goal, period, partners)))
    return (
        Cell(stand.naam, url=row_address("activiteiten.details", stand.id), note=note),
        Cell(formats.number(stand.scholen), "getal"),
        Cell(formats.number(stand.leerkrachten), "getal"),
        Cell(formats.hours(stand.uren), "getal"),
        Cell(formats.euro(stand.bedrag), "geld")
        if stand.lasten > len(stand.zonder_bedrag)
        else Cell("", "leeg"),
        Cell("compleet", "chip", tone="goed")
        if stand.compleet
        else Cell(", ".join(stand.ontbreekt), "chip", tone="let_op"),
        Cell(line.goal),
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


def _total(lines: Sequence[Line]) -> str:
    amount = sum(line.stand.bedrag for line in lines)
    hours = sum((line.stand.uren for line in lines), Decimal(0))
    return f"totaal {formats.euro(amount)} · {formats.hours(hours)} uur"


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
