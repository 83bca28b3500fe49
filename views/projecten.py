"""Projects with their years, money, documents and details (Handleiding 2.1)."""

from functools import cache

from flask import Blueprint, Flask, abort, render_template, request, url_for
from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from cmk_admin import database, formats, history_view, references, tables
from cmk_admin.entity_pages import details as details_of
from cmk_admin.entity_pages import own_page_actions, picture_of
from cmk_admin.page import (
    Action,
    Cell,
    Chip,
    Column,
    Crumb,
    Detail,
    Empty,
    HistoryItem,
    ListPage,
    PageHeader,
    Pager,
    Row,
    Tab,
    Tone,
)
from cmk_admin.policy import may, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.financieel import Jaar, jaren_van
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Wijziging
from models.lijsten import Sector
from models.project import Baat, Begrotingspost, Document, Project
from models.verantwoording import Status, Verantwoording
from models.vouwen import Vouw, volgens, vouw

blueprint = Blueprint("projecten", __name__)

#: The four of Handleiding 2.1, then the history, as on every page.
TABS = {
    "verantwoordingen": "Verantwoordingen",
    "financieel": "Financieel overzicht",
    "documenten": "Documenten",
    "details": "Details",
    "geschiedenis": "Geschiedenis",
}
HISTORY = 100
TONES: dict[Status, Tone] = {
    Status.OPEN: "info",
    Status.GESLOTEN: "neutraal",
    Status.VASTGESTELD: "goed",
}


def register(app: Flask) -> None:
    """Add the pages of projects to `app`."""
    app.register_blueprint(blueprint)


# --- the list -------------------------------------------------------------------


@blueprint.get("/projecten")
@requires(Handeling.ZIEN, Project)
def index() -> str:
    """Your projects; the title opens one."""
    actions: tuple[Action, ...] = ()
    if may(actor(), Handeling.MAKEN, Project):
        actions = (Action("+Nieuw project", url_for("project.create_view"), primary=True),)
    return render_template(
        "projecten/index.html",
        header=PageHeader("Projecten", actions=actions),
        page=_list(tables.Address.of(request.path, request.args, ("search", "sort", "page"))),
    )


def _list(address: tables.Address) -> ListPage:
    search = " ".join(references.words(address.get("search")))
    table = tables.table(_found(search), _HEADINGS, address)
    nothing = Empty("Nog geen projecten", "Cultuur Oost registreert je project hier.")
    if search:
        every = Action("Alles tonen", address.path)
        nothing = Empty("Geen projecten gevonden", "Zoek op titel, contractpartij, sector.", every)
    return ListPage(
        columns=table.columns,
        rows=tuple(_row(project) for project in table.items),
        pager=table.pager,
        empty=nothing,
        search=search,
        search_label="Zoek project",
        searchable=True,
        hidden=(("sort", address.get("sort")),) if address.get("sort") else (),
    )


def _found(search: str) -> list[Project]:
    """The projects in view whose title, contractpartij or sector has every word."""
    statement = (
        select(Project)
        .join(Project.contractpartij)
        .join(Project.sector)
        .options(
            joinedload(Project.contractpartij),
            joinedload(Project.sector),
        )
        .order_by(volgens(Contractpartij, "naam"), volgens(Project, "titel"), Project.id)
    )
    for word in references.words(search):
        statement = statement.where(
            or_(
                *(
                    Vouw(column).contains(vouw(word), autoescape=True)
                    for column in (Project.titel, Contractpartij.naam, Sector.naam)
                )
            )
        )
    return list(database.session().scalars(statement))


_HEADINGS: tuple[tables.Heading[Project], ...] = (
    tables.Heading("titel", "Titel", lambda project: vouw(project.titel)),
    tables.Heading("contractpartij", "Contractpartij", lambda p: vouw(p.contractpartij.naam)),
    tables.Heading("sector", "Sector", lambda project: project.sector.naam),
    tables.Heading("startdatum", "Startdatum", lambda project: project.startdatum),
    tables.Heading("einddatum", "Einddatum", lambda project: project.einddatum),
)


def _row(project: Project) -> Row:
    cells = (
        Cell(project.titel, url=url_for("projecten.verantwoordingen", id=project.id)),
        Cell(project.contractpartij.naam),
        Cell(project.sector.naam),
        Cell(formats.day(project.startdatum), "datum"),
        Cell(formats.day(project.einddatum), "datum"),
    )
    return Row(project.id, project.titel, cells)


# --- one project ----------------------------------------------------------------


@blueprint.get("/projecten/<int:id>/verantwoordingen")
@requires(Handeling.ZIEN, Project)
def verantwoordingen(id: int) -> str:  # noqa: A002 - as in the address
    """A verantwoording per calendar year; the project's title leads to its activities."""
    project = _find(id)
    names = ("Project", "Kalenderjaar", "Status", "Werkwijze", "Uiterste datum")
    rows = [_year_row(project, verantwoording) for verantwoording in _years(project)]
    empty = Empty("Nog geen verantwoordingen", "Cultuur Oost opent er een per kalenderjaar.")
    return _tab(project, "verantwoordingen", page=_plain(names, rows, empty))


@blueprint.get("/projecten/<int:id>/financieel-overzicht")
@requires(Handeling.ZIEN, Project)
def financieel(id: int) -> str:  # noqa: A002 - as in the address
    """Baten and lasten per year."""
    project = _find(id)
    years = jaren_van(database.session(), project, _years(project))
    return _tab(project, "financieel", years=years, total=_total(years))


@blueprint.get("/projecten/<int:id>/documenten")
@requires(Handeling.ZIEN, Project)
def documenten(id: int) -> str:  # noqa: A002 - as in the address
    """The approved plan with its budget, the agreement, and what else belongs here."""
    project = _find(id)
    found = database.session().scalars(
        select(Document)
        .where(Document.project_id == project.id)
        .options(joinedload(Document.soort))
        .order_by(volgens(Document, "titel"), Document.id)
    )
    names = ("Titel", "Soort", "Bestand", "Grootte", "Toegevoegd op")
    empty = Empty(
        "Nog geen documenten",
        "Hier komen het goedgekeurde projectplan met begroting en de projectovereenkomst.",
    )
    back = url_for("projecten.documenten", id=project.id)
    rows = [_document_row(document, back) for document in found]
    return _tab(project, "documenten", page=_plain(names, rows, empty))


@blueprint.get("/projecten/<int:id>/details")
@requires(Handeling.ZIEN, Project)
def details(id: int) -> str:  # noqa: A002 - as in the address
    """What is known of the project."""
    project = _find(id)
    return _tab(project, "details", details=[*details_of(project), *_people(project)])


@blueprint.get("/projecten/<int:id>/geschiedenis")
@requires(Handeling.ZIEN, Project)
def geschiedenis(id: int) -> str:  # noqa: A002 - as in the address
    """Who changed what of the project, its baten, begroting and documents, newest first."""
    project = _find(id)
    return _tab(project, "geschiedenis", history=_history(project))


def _history(project: Project) -> list[HistoryItem]:
    """Its own changes, and those of what Cultuur Oost hangs under it."""
    below = [entity.__name__ for entity in (Baat, Begrotingspost, Document, Verantwoording)]
    own = and_(Wijziging.entiteit == Project.__name__, Wijziging.rij_id == project.id)
    parts = and_(Wijziging.entiteit.in_(below), Wijziging.ouder_id == project.id)
    return history_view.items(or_(own, parts), HISTORY)


def _people(project: Project) -> list[Detail]:
    """The members of the contractpartij, as far as one sees them (Handleiding 1.5)."""
    members = (
        select(Lidmaatschap)
        .join(Lidmaatschap.gebruiker)
        .where(
            Lidmaatschap.contractpartij_id == project.contractpartij_id,
            Lidmaatschap.actief,
            Gebruiker.actief,
        )
        .options(joinedload(Lidmaatschap.gebruiker))
        .order_by(Lidmaatschap.rol, volgens(Gebruiker, "naam"))
    )
    return [
        Detail(lid.rol.label, Cell(f"{lid.gebruiker.naam} ({lid.gebruiker.email})"))
        for lid in database.session().scalars(members)
    ]


def _find(id_: int) -> Project:
    """The project with its contractpartij, or a 404 page."""
    return database.session().scalar(_one(), {"id": id_}) or abort(404)


@cache
def _one() -> Select[Project]:
    """Every tab begins with it, so it is made once."""
    way_up = joinedload(Project.contractpartij), joinedload(Project.sector)
    return select(Project).where(Project.id == bindparam("id")).options(*way_up)


def _years(project: Project) -> list[Verantwoording]:
    return list(
        database.session().scalars(
            select(Verantwoording)
            .where(Verantwoording.project_id == project.id)
            .order_by(Verantwoording.kalenderjaar.desc())
        )
    )


def _year_row(project: Project, verantwoording: Verantwoording) -> Row:
    status, method = verantwoording.status, verantwoording.werkwijze
    cells = (
        Cell(
            project.titel,
            url=url_for(f"verantwoordingen.{verantwoording.eerste_weergave}", id=verantwoording.id),
        ),
        Cell(str(verantwoording.kalenderjaar)),
        Cell(status.label, "chip", tone=TONES[status]),
        Cell(method.label if method else ""),
        Cell(formats.day(verantwoording.uiterste_datum), "datum"),
    )
    return Row(verantwoording.id, f"{project.titel} {verantwoording.kalenderjaar}", cells)


def _document_row(document: Document, back: str) -> Row:
    cells = (
        Cell(document.titel, url=url_for("document.download", id=document.id)),
        Cell(document.soort.naam),
        Cell(document.bestand_naam or "", picture=picture_of(document)),
        Cell(formats.file_size(document.bestand_grootte or 0), "getal"),
        Cell(formats.moment(document.aangemaakt_op), "datum"),
    )
    return Row(document.id, document.titel, cells, own_page_actions(actor(), document, back))


def _plain(names: tuple[str, ...], rows: list[Row], empty: Empty) -> ListPage:
    """A short list on a tab: all rows, in one order."""
    columns = tuple(Column(name, name, numeric=name == "Grootte") for name in names)
    pager = Pager(1 if rows else 0, len(rows), len(rows), formats.number(len(rows)))
    return ListPage(columns, tuple(rows), pager, empty)


def _total(years: tuple[Jaar, ...]) -> Jaar:
    return Jaar(
        0,
        None,
        sum(year.besteedbaar for year in years),
        sum(year.besteed for year in years),
        sum(year.begroot for year in years),
    )


def _tab(project: Project, tab: str, **content: object) -> str:
    return render_template(
        "projecten/tab.html",
        header=_header(project, tab),
        title=TABS[tab],
        **content,
    )


#: Tab → what Cultuur Oost adds to a project there.
ADDABLE: dict[str, tuple[type[Entiteit], ...]] = {
    "verantwoordingen": (Verantwoording,),
    "financieel": (Baat, Begrotingspost),
}


def _additions(project: Project, tab: str) -> list[Action]:
    """A button for everything that this person may add on this tab."""
    back = url_for(f"projecten.{tab}", id=project.id)
    found = []
    for entity in ADDABLE.get(tab, ()):
        if right_on(actor(), Handeling.MAKEN, entity(contractpartij_id=project.contractpartij_id)):
            endpoint = f"{references.endpoint_of(entity)}.create_view"
            url = url_for(endpoint, project_id=project.id, url=back)
            found.append(Action(f"+{entity.woord.nieuw}", url))
    return found


def _header(project: Project, tab: str) -> PageHeader:
    actions: tuple[Action, ...] = ()
    if may(actor(), Handeling.WIJZIGEN, project):
        actions = (Action("Wijzigen", url_for("project.edit_view", id=project.id), "edit"),)
    new_document = Document(contractpartij_id=project.contractpartij_id)
    if tab == "documenten" and right_on(actor(), Handeling.MAKEN, new_document):
        back = url_for("projecten.documenten", id=project.id)
        url = url_for("document.create_view", project_id=project.id, url=back)
        actions = (*actions, Action("+Nieuw document", url, primary=True))
    actions = (*actions, *_additions(project, tab))
    return PageHeader(
        project.titel,
        (Crumb("Projecten", url_for("projecten.index")), Crumb(project.titel)),
        project.contractpartij.naam,
        (Chip(project.sector.naam),),
        actions,
        tuple(
            Tab(label, url_for(f"projecten.{name}", id=project.id), name == tab)
            for name, label in TABS.items()
        ),
    )
