"""The dashboard, the first page after logging in (Handleiding 1.3)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from cmk_admin import database, formats, questions, references, tables
from cmk_admin.advisers import advisers_of
from cmk_admin.auth import recovery
from cmk_admin.auth.fresh import is_fresh
from cmk_admin.gate import GateSession
from cmk_admin.page import (
    Action,
    ActiveReport,
    Cell,
    Chip,
    Empty,
    ListPage,
    PageHeader,
    Progress,
    Row,
    Tone,
)
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, signed_in
from models.activiteit import Activiteit
from models.dashboard import AgendaItem, AlgemeenDocument, Link, VeelgesteldeVraag
from models.project import Project
from models.rapportages import Cijfers, cijfers_van, procent
from models.verantwoording import Status, Verantwoording
from models.vouwen import volgens
from models.vraag import aantal_open

blueprint = Blueprint("dashboard", __name__)

SOON = 30
AGENDA_LENGTH = 8
Counted = tuple[Verantwoording, Cijfers]
Linked = tuple[str, str, str, str]


def register(app: Flask) -> None:
    """Add the dashboard to `app`."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
@signed_in
def index() -> str:
    """Active verantwoordingen, agenda, documents and links, questions, your adviseur."""
    session, today = database.session(), _today()
    everywhere = actor().cultuur_oost_rol is not None
    all_of_them = _counted(session, everywhere)
    counted = [one for one in all_of_them if one[0].status is Status.OPEN]
    asked = aantal_open(session)
    codes = recovery.to_save(actor().gebruiker_id)
    return render_template(
        "dashboard/index.html",
        header=_header(counted),
        recovery_codes=codes if is_fresh() else [],
        recovery_hidden=bool(codes),
        reports=() if everywhere else [_report(c, today) for c in counted],
        overview=_overview(all_of_them, today, asked) if everywhere else None,
        open_questions=questions.waiting(session, actor()),
        more_questions=max(0, sum(asked.values()) - questions.SHOWN),
        agenda=_agenda(session, today),
        links=[*_documents(session), *_links(session)],
        questions=[(v.vraag, v.antwoord) for v in session.scalars(_in_order(VeelgesteldeVraag))],
        advisers=advisers_of(actor().partijen()),
    )


def _today() -> date:
    return datetime.now(formats.AMSTERDAM).date()


def _counted(session: GateSession, closed_too: bool) -> list[Counted]:
    """The open verantwoordingen in view with their figures; what must be closed first, first.

    closed_too: with those that are closed, from a year before the first open one on.
    """
    is_open = chosen = Verantwoording.status == Status.OPEN
    if closed_too:
        first = select(func.min(Verantwoording.kalenderjaar)).where(is_open).scalar_subquery()
        chosen = or_(is_open, Verantwoording.kalenderjaar >= func.coalesce(first, 0) - 1)
    found = session.scalars(
        select(Verantwoording)
        .join(Verantwoording.project)
        .where(chosen)
        .options(joinedload(Verantwoording.project).joinedload(Project.contractpartij))
        .order_by(Verantwoording.kalenderjaar, volgens(Project, "titel"), Verantwoording.id)
    ).all()
    figures = cijfers_van(session, found)
    return [(verantwoording, figures[verantwoording.id]) for verantwoording in found]


def _header(counted: list[Counted]) -> PageHeader:
    hour = datetime.now(formats.AMSTERDAM).hour
    greeting = "Goedemorgen" if hour < 12 else "Goedemiddag" if hour < 18 else "Goedenavond"
    ready = [year for year, figures in counted if figures.nog_nodig == 0]
    text = {
        0: "Nog geen verantwoording kan worden gesloten.",
        1: "Eén verantwoording kan worden gesloten.",
    }.get(len(ready), f"{len(ready)} verantwoordingen kunnen worden gesloten.")
    if actor().cultuur_oost_rol is None and ready and not any(map(_may_close, ready)):
        text += " Dat doet de projectleider."
    return PageHeader(f"{greeting}, {actor().naam.split()[0]}", subtitle=text if counted else "")


def _may_close(verantwoording: Verantwoording) -> bool:
    return bool(may(actor(), Handeling.SLUITEN, verantwoording))


# --- for a cultuurpunt: a card per project --------------------------------------


def _report(counted: Counted, today: date) -> ActiveReport:
    verantwoording, figures = counted
    url = url_for(f"verantwoordingen.{verantwoording.eerste_weergave}", id=verantwoording.id)
    project = verantwoording.project
    several = len(actor().partijen()) > 1
    year = str(verantwoording.kalenderjaar)
    return ActiveReport(
        project.titel,
        url,
        f"{year} · {project.contractpartij}" if several else year,
        (_stand(verantwoording, figures, today), *_deadline(verantwoording, today)),
        _progress(figures),
        tuple(_next_steps(verantwoording, figures, url)),
    )


def _stand(verantwoording: Verantwoording, figures: Cijfers, today: date) -> Chip:
    """Handleiding 2.4: how far it is from what closing asks."""
    needed = figures.nog_nodig
    if needed == 0:
        return Chip("kan gesloten worden", "goed")
    if verantwoording.kalenderjaar > today.year:
        return Chip("nog niet begonnen")
    plural = "complete activiteit" if needed == 1 else "complete activiteiten"
    return Chip(f"nog {needed} {plural} nodig", "let_op")


def _deadline(verantwoording: Verantwoording, today: date) -> tuple[Chip, ...]:
    last_day = verantwoording.uiterste_datum
    if last_day is None:
        return ()
    left = (last_day - today).days
    if left < 0:
        return (Chip(f"had dicht gemoeten op {formats.day(last_day)}", "fout"),)
    tone: Tone = "let_op" if left <= SOON else "neutraal"
    return (Chip(f"sluiten voor {formats.day(last_day)}", tone),)


def _progress(figures: Cijfers) -> tuple[Progress, ...]:
    budget = f"van {formats.euro(figures.besteedbaar)}" if figures.besteedbaar else "geen baten"
    outside = figures.scholen - (figures.in_regio or 0)
    region = f"van {figures.regio} in de regio" if figures.regio else "geen regio bekend"
    if figures.regio and outside:
        region += f", {outside} daarbuiten"
    return (
        Progress(
            "Besteed",
            formats.euro(figures.besteed),
            budget,
            procent(figures.besteed, figures.besteedbaar),
        ),
        Progress(
            "Scholen bereikt",
            str(figures.in_regio if figures.regio else figures.scholen),
            region,
            procent(figures.in_regio or 0, figures.regio or 0),
        ),
        Progress(
            "Activiteiten compleet",
            str(figures.compleet),
            f"van {figures.regels}",
            procent(figures.compleet or 0, figures.regels),
        ),
    )


def _next_steps(verantwoording: Verantwoording, figures: Cijfers, url: str) -> list[Action]:
    steps = [Action("Openen", url, primary=True)]
    if may(actor(), Handeling.MAKEN, Activiteit):
        new = url_for("activiteiten.nieuw", verantwoording_id=verantwoording.id)
        steps.append(Action("+Nieuwe activiteit", new))
    if figures.regels > (figures.compleet or 0):
        missing = url_for("verantwoordingen.activiteiten", id=verantwoording.id, stand="onvolledig")
        steps.append(Action("Wat ontbreekt er?", missing))
    return steps


# --- for Cultuur Oost: all of them in a table -----------------------------------


def _overview(counted: list[Counted], today: date, asked: Mapping[int, int]) -> ListPage:
    address = tables.Address.of(request.path, request.args, ("sort", "page"))
    by_stand = sorted(counted, key=lambda one: _attention(one, today, asked))
    table = tables.table(by_stand, _headings(today, asked), address)
    return ListPage(
        columns=table.columns,
        rows=tuple(_row(counted, today, asked.get(counted[0].id, 0)) for counted in table.items),
        pager=table.pager,
        bulk_actions=(Action("Herinnering sturen…", "", "mail", "post", name="herinneren"),),
        empty=Empty(
            "Geen open verantwoordingen",
            "Een beheerder opent een nieuw jaar voor alle projecten tegelijk.",
        ),
    )


def _headings(today: date, asked: Mapping[int, int]) -> tuple[tables.Heading[Counted], ...]:
    return (
        tables.Heading(
            "contractpartij", "Contractpartij", lambda c: c[0].project.contractpartij.naam
        ),
        tables.Heading("project", "Project", lambda c: c[0].project.titel),
        tables.Heading("jaar", "Jaar", lambda c: c[0].kalenderjaar, numeric=True),
        tables.Heading("stand", "Stand", lambda c: _attention(c, today, asked)),
        tables.Heading("compleet", "Compleet", lambda c: c[1].compleet, numeric=True),
        tables.Heading("scholen", "Scholen", lambda c: c[1].scholen, numeric=True),
        tables.Heading("besteed", "Besteed", lambda c: c[1].besteed, numeric=True),
        tables.Heading("besteedbaar", "Besteedbaar", lambda c: c[1].besteedbaar, numeric=True),
        tables.Heading("uiterste_datum", "Uiterlijk", lambda c: c[0].uiterste_datum),
    )


#: How far a year is, what asks for attention first.
STANDS: dict[str, Tone] = {
    "loopt achter": "fout",
    "niet begonnen": "let_op",
    "bezig": "info",
    "kan sluiten": "goed",
    "gesloten": "neutraal",
    "vastgesteld": "neutraal",
}


def _attention(counted: Counted, today: date, asked: Mapping[int, int]) -> tuple[int, int]:
    """What asks for it first; of the same stand that with most open questions."""
    return list(STANDS).index(_progressed(counted, today)), -asked.get(counted[0].id, 0)


def _progressed(counted: Counted, today: date) -> str:
    """Behind is: not ready to close while the last day is near, or the year is over."""
    verantwoording, figures = counted
    if verantwoording.status is not Status.OPEN:
        return verantwoording.status.label.lower()
    if figures.nog_nodig == 0:
        return "kan sluiten"
    last_day = verantwoording.uiterste_datum or date(verantwoording.kalenderjaar, 12, 31)
    if (last_day - today).days <= SOON:
        return "loopt achter"
    return "bezig" if figures.regels else "niet begonnen"


def _row(counted: Counted, today: date, asked: int) -> Row:
    verantwoording, figures = counted
    project, stand = verantwoording.project, _progressed(counted, today)
    needed = figures.nog_nodig if verantwoording.status is Status.OPEN else 0
    told = f"{stand}, nog {needed} nodig" if needed else stand
    complete = "" if figures.compleet is None else f"{figures.compleet} van {figures.regels}"
    return Row(
        verantwoording.id,
        str(verantwoording),
        (
            Cell(project.contractpartij.naam),
            Cell(
                project.titel,
                url=url_for(
                    f"verantwoordingen.{verantwoording.eerste_weergave}", id=verantwoording.id
                ),
            ),
            Cell(str(verantwoording.kalenderjaar), "getal"),
            Cell(
                told,
                "chip",
                url_for("verantwoordingen.vragen", id=verantwoording.id) if asked else None,
                STANDS[stand],
                badge=_questions(asked),
            ),
            Cell(complete, "getal"),
            Cell(formats.number(figures.scholen), "getal"),
            Cell(formats.euro(figures.besteed), "geld"),
            Cell(formats.euro(figures.besteedbaar), "geld"),
            Cell(formats.day(verantwoording.uiterste_datum), "datum"),
        ),
        selectable=verantwoording.status is Status.OPEN,
    )


def _questions(asked: int) -> str:
    """How many wait for an answer, of either side."""
    return f"{asked} open {'vraag' if asked == 1 else 'vragen'}" if asked else ""


# --- what Cultuur Oost puts here for everyone -----------------------------------


def _agenda(session: GateSession, today: date) -> list[tuple[str, str, str, str]]:
    coming = session.scalars(
        select(AgendaItem)
        .where(AgendaItem.datum >= today)
        .order_by(AgendaItem.datum, AgendaItem.id)
        .limit(AGENDA_LENGTH)
    )
    return [
        (
            _short_day(item.datum, today),
            "let_op" if (item.datum - today).days <= SOON else "neutraal",
            item.titel,
            item.toelichting or "",
        )
        for item in coming
    ]


def _short_day(day: date, today: date) -> str:
    short = f"{day.day} {formats.MONTHS[day.month - 1][:3]}"
    return short if day.year == today.year else f"{short} {day.year}"


def _documents(session: GateSession) -> list[Linked]:
    return [
        (
            (document.bestand_naam or "").rsplit(".", 1)[-1].lower()[:5],
            document.titel,
            url_for("algemeendocument.download", id=document.id),
            formats.file_size(document.bestand_grootte or 0),
        )
        for document in session.scalars(_in_order(AlgemeenDocument))
    ]


def _links(session: GateSession) -> list[Linked]:
    return [
        ("link", link.titel, link.adres, link.hostnaam) for link in session.scalars(_in_order(Link))
    ]


def _in_order(entity: type[VeelgesteldeVraag] | type[AlgemeenDocument] | type[Link]) -> Any:
    return references.ordered(select(entity), entity)
