"""A year per school and per quarter (Handleiding 3, werkwijze A, C and D)."""

from dataclasses import dataclass

from flask import render_template, request

from cmk_admin import database, tables
from models.financieel import financieel
from models.rapportages.weergaven import PerKwartaal, per_kwartaal, per_school, regels_van
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
    regels = regels_van(database.session(), verantwoording)
    page = per_school(regels)
    address = tables.Address.of(request.path, request.args, ("page",))
    table = tables.table(page.scholen, (), address, SCHOOLS)
    return render_template(
        "verantwoordingen/per_school.html",
        page=page,
        schools=table.items,
        pager=table.pager,
        **frame(verantwoording, "per_school", len(regels)),
    )


def quarters(verantwoording: Verantwoording) -> str:
    """Lasten per CMK-doel and quarter, against the begroting."""
    session = database.session()
    regels, money = regels_van(session, verantwoording), financieel(session, verantwoording)
    rows = per_kwartaal(regels, ((post.naam, post.begroot) for post in money.per_doel))
    sums = zip(*(row.lasten for row in rows), strict=True) if rows else [(0,)] * len(COLUMNS)
    total = PerKwartaal("Totaal", sum(r.begroot for r in rows), tuple(map(sum, sums)))
    return render_template(
        "verantwoordingen/per_kwartaal.html",
        page=Quarters(rows, total),
        columns=COLUMNS,
        posts=money.begroting,
        **frame(verantwoording, "per_kwartaal", len(regels)),
    )


def frame(verantwoording: Verantwoording, view: str, count: int) -> dict[str, object]:
    """What each way to look at a year has around it."""
    method = verantwoording.werkwijze
    return {
        "header": schermen.header(verantwoording, "activiteiten", count),
        "verantwoording": verantwoording,
        "views": werkwijzen.views(verantwoording, view),
        "method": werkwijzen.UITLEG[method] if method else None,
        "always": werkwijzen.ALTIJD,
    }
