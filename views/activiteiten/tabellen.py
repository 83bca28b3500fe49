"""The tables on the tabs of an activity: schools, lasten, partners (Handleiding 3)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cmk_admin import database, files, formats
from cmk_admin.entity_forms import ONLY
from cmk_admin.entity_pages import own_page_actions, picture_of
from cmk_admin.page import Action, Cell, Column, Empty, ListPage, Pager, Row
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import ActiviteitSchool, Last
from models.lijsten import Sector
from models.school import School
from models.vouwen import volgens
from views.activiteiten.schermen import (
    Shown,
    ask_actions,
    costs_counted,
    edit_url,
    partners_of,
    schools_counted,
)


def schools(shown: Shown) -> ListPage:
    rows = database.session().scalars(
        select(ActiviteitSchool)
        .join(ActiviteitSchool.school)
        .where(ActiviteitSchool.activiteit_id == shown.activiteit.id)
        .options(
            joinedload(ActiviteitSchool.school).options(
                joinedload(School.gemeente),
                joinedload(School.schoolbestuur),
                joinedload(School.sector),
            )
        )
        .order_by(volgens(School, "naam"), ActiviteitSchool.id)
    )
    columns = (
        Column("school", "School"),
        Column("leerkrachten", "Aantal leerkrachten", numeric=True),
        Column("brin", "BRIN-nummer", optional=True),
        Column("schoolbestuur", "Schoolbestuur", optional=True),
        Column("gemeente", "Gemeente", optional=True),
    )
    back = url_for("activiteiten.scholen", id=shown.activiteit.id)
    sector = shown.verantwoording.project.sector
    lines = [_school_row(row, sector, back) for row in rows]
    return _list(columns, lines, _empty(shown, "scholen"))


def _school_row(row: ActiviteitSchool, sector: Sector, back: str) -> Row:
    school = row.school
    name = f"{school.naam} ({school.sector})" if school.buiten_sector(sector) else school.naam
    teachers = row.aantal_leerkrachten
    more = (
        school.vestigingscode or school.brin_nummer,
        str(school.schoolbestuur or ""),
        str(school.gemeente),
    )
    filled = (
        Cell("nog invullen", "chip", tone="let_op")
        if teachers is None
        else Cell(formats.number(teachers), "getal")
    )
    actions = own_page_actions(actor(), row, back)
    return Row(row.id, school.naam, _cells(name, filled, more), actions)


def _cells(name: str, filled: Cell, more: Sequence[str], also: str = "") -> tuple[Cell, ...]:
    """more: the optional columns; without room for them they and `also` stand under the name."""
    note = " · ".join(filter(None, (*more, also)))
    return (Cell(name, note=note), filled, *(Cell(text) for text in more))


def costs(shown: Shown) -> ListPage:
    rows = database.session().scalars(
        select(Last)
        .where(Last.activiteit_id == shown.activiteit.id)
        .options(joinedload(Last.kostensoort))
        .order_by(Last.id)
    )
    columns = (
        Column("toelichting", "Toelichting"),
        Column("bedrag", "Bedrag", numeric=True),
        Column("betaald_op", "Betaald op", optional=True),
        Column("kostensoort", "Kostensoort", optional=True),
        Column("boekstuknummer", "Boekstuknummer", optional=True),
        Column("leverancier", "Leverancier", optional=True),
        Column("bijlage", "Bijlage", optional=True),
    )
    back = url_for("activiteiten.financieel", id=shown.activiteit.id)
    return _list(
        columns, [_cost_row(shown, row, back) for row in rows], _empty(shown, "financieel")
    )


def _cost_row(shown: Shown, row: Last, back: str) -> Row:
    filled = (
        Cell("nog invullen", "chip", tone="let_op")
        if row.bedrag is None
        else Cell(formats.euro(row.bedrag), "geld")
    )
    more = (
        formats.day(row.betaald_op),
        str(row.kostensoort or ""),
        row.boekstuknummer or "",
        row.leverancier or "",
    )
    proof = f"bijlage: {row.bestand_naam}" if row.bestand_sleutel else ""
    cells = (
        *_cells(row.toelichting, filled, more, proof),
        Cell(
            row.bestand_naam or "",
            url=url_for("last.download", id=row.id),
            picture=picture_of(row),
        ),
    )
    ask = ask_actions(shown.activiteit, row)
    return Row(row.id, row.toelichting, cells, (*_cost_actions(row, back), *ask))


def _cost_actions(row: Last, back: str) -> tuple[Action, ...]:
    """What one may with a last; where its invoice is missing, the way to the field for it."""
    found = own_page_actions(actor(), row, back, "Bijlage downloaden")
    if row.bestand_sleutel or not may(actor(), Handeling.WIJZIGEN, row):
        return found
    where: dict[str, Any] = {"id": row.id, "url": back, ONLY: files.FIELD}
    url = url_for("last.edit_view", **where)
    return (*found[:1], Action("Bijlage toevoegen", url, "upload"), *found[1:])


def partners(shown: Shown) -> ListPage:
    rows = [
        Row(
            partner.id,
            partner.naam,
            tuple(
                Cell(text or "")
                for text in (partner.naam, partner.contactpersoon, partner.email, partner.plaats)
            ),
        )
        for partner in partners_of(shown.activiteit)
    ]
    names = ("Naam", "Contactpersoon", "E-mailadres", "Plaats")
    columns = tuple(Column(name, name) for name in names)
    return _list(columns, rows, _empty(shown, "partners"))


def _list(columns: tuple[Column, ...], rows: list[Row], empty: Empty) -> ListPage:
    """A plain list on a tab: all rows, in one order."""
    pager = Pager(1 if rows else 0, len(rows), len(rows), formats.number(len(rows)))
    return ListPage(columns, tuple(rows), pager, empty)


_EMPTY = {
    "scholen": ("Nog geen scholen", "Koppel de scholen die meededen, met het aantal leerkrachten."),
    "financieel": (
        "Nog geen lasten",
        "Voer de kosten van deze activiteit in; het bedrag mag later.",
    ),
    "partners": ("Nog geen samenwerkingspartners", "Kies met wie je deze activiteit deed."),
}


def _empty(shown: Shown, tab: str) -> Empty:
    title, text = _EMPTY[tab]
    if not may(actor(), Handeling.WIJZIGEN, shown.activiteit):
        return Empty(title)
    label = {"scholen": "Scholen koppelen", "financieel": "Lasten invoeren"}
    edit = Action(
        label.get(tab, "Samenwerkingspartners kiezen"),
        edit_url(shown.activiteit, tab),
        primary=True,
    )
    return Empty(title, text, edit)


def total(shown: Shown, tab: str) -> str:
    """The line under a list."""
    stand = shown.stand
    lines: dict[str, Callable[[], str]] = {
        "scholen": lambda: (
            f"{schools_counted(stand.scholen)} · {formats.number(stand.leerkrachten)} leerkrachten"
        ),
        "financieel": lambda: (
            f"{costs_counted(stand.lasten)} · totaal {formats.euro(stand.bedrag)}"
        ),
    }
    return lines[tab]() if tab in lines else ""
