"""A year per school, per quarter and per begrotingspost (Handleiding 3, werkwijze A, C and D)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

from cmk_admin import database, tables
from models.financieel import begroot_per_doel, begroting_van
from models.rapportages.per_school import PerSchool, per_school
from models.rapportages.weergaven import (
    PerKwartaal,
    lasten_van,
    per_kwartaal,
    per_post,
)
from models.verantwoording import Verantwoording
from views.verantwoordingen import schermen, werkwijzen

#: So many schools on a page: most cultuurpunten have all of theirs on one.
SCHOOLS = 100
COLUMNS = ("1e kw.", "2e kw.", "3e kw.", "4e kw.", "Zonder datum")


@dataclass(frozen=True, slots=True)
class Quarters:
    """The table against the begroting, with its last line."""

    rows: tuple[PerKwartaal, ...]
    total: PerKwartaal


def schools(verantwoording: Verantwoording) -> str:
    """Each school with its activities, hours and lasten, a page at a time."""
    page = per_school(database.session(), verantwoording)
    address = tables.Address.of(request.path, request.args, ("page",))

    def fetch(_order: object, start: int, many: int) -> tuple[Sequence[PerSchool], int]:
        return page.bladzijde(start, many), page.scholen

    table = tables.fetched(fetch, (), address, SCHOOLS)
    return render_template(
        "verantwoordingen/per_school.html",
        page=page,
        schools=table.items,
        pager=table.pager,
        **frame(verantwoording, "per_school", page.activiteiten),
    )


def quarters(verantwoording: Verantwoording) -> str:
    """Lasten per CMK-doel and quarter, against the begroting."""
    session = database.session()
    spent = lasten_van(session, verantwoording)
    rows = per_kwartaal(spent.sommen, begroot_per_doel(session, verantwoording).items())
    return _against_budget(verantwoording, spent.activiteiten, rows, "per_kwartaal", "CMK-doel")


def posts(verantwoording: Verantwoording) -> str:
    """Lasten per begrotingspost and quarter, against the begroting."""
    session = database.session()
    spent = lasten_van(session, verantwoording, per_naam=True)
    budget = begroting_van(session, verantwoording)
    rows = per_post(spent.sommen, ((naam, bedrag) for naam, _doel, bedrag in budget))
    return _against_budget(
        verantwoording, spent.activiteiten, rows, "per_begrotingspost", "Begrotingspost"
    )


def _against_budget(
    verantwoording: Verantwoording,
    count: int,
    rows: tuple[PerKwartaal, ...],
    view: str,
    first: str,
) -> str:
    """count: of activities. first: what a row is."""
    sums = zip(*(row.lasten for row in rows), strict=True) if rows else [(0,)] * len(COLUMNS)
    total = PerKwartaal("Totaal", sum(r.begroot for r in rows), tuple(map(sum, sums)))
    return render_template(
        "verantwoordingen/per_kwartaal.html",
        page=Quarters(rows, total),
        columns=COLUMNS,
        first=first,
        title=werkwijzen.VIEWS[view],
        by_name=view == "per_begrotingspost",
        **frame(verantwoording, view, count),
    )


def frame(verantwoording: Verantwoording, view: str, count: int) -> dict[str, object]:
    """What each way to look at a year has around it; first_step: what to do in an empty year."""
    method = verantwoording.werkwijze
    return {
        "header": schermen.header(verantwoording, "activiteiten", count),
        "verantwoording": verantwoording,
        "views": werkwijzen.views(verantwoording, view),
        "method": werkwijzen.UITLEG[method] if method else None,
        "always": werkwijzen.ALTIJD,
        "first_step": None if count else schermen.first_step(verantwoording),
    }
