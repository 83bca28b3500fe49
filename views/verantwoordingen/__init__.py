"""A verantwoording: its activities, money, details and history (Handleiding 2.1, 2.2, 2.4)."""

from typing import Any

from flask import Blueprint, Flask, Response, render_template, url_for

from cmk_admin import database, formats, history_view
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_actions import sent_before
from cmk_admin.page import Action, Cell, Detail, Progress
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.activiteit import Activiteit
from models.financieel import financieel as money_of
from models.historie import Wijziging
from models.rapportages import Cijfers, bij_de_lijst, cijfers_van, procent
from models.verantwoording import (
    MINIMAAL_COMPLEET,
    Momentopname,
    Overgang,
    Status,
    Verantwoording,
)
from models.vraag import Reactie, Vraag, open_vragen
from views.verantwoordingen import (
    controle,
    geld,
    gesprek,
    kader,
    lijst,
    schermen,
    stappen,
    status,
    velden,
    vragen,
    weergaven,
)
from views.verantwoordingen import (
    dossier as dossiers,
)
from views.verantwoordingen.status import Page

blueprint = Blueprint("verantwoordingen", __name__)
HISTORY = 100


def register(app: Flask) -> None:
    """Add the pages of verantwoordingen to `app`."""
    app.register_blueprint(blueprint)


@blueprint.get("/verantwoordingen/<int:id>/activiteiten")
@requires(Handeling.ZIEN, Verantwoording)
def activiteiten(id: int) -> str:  # noqa: A002 - as in the address
    """The activities, with what still stands between now and closing beside them."""
    verantwoording = schermen.find(id)
    session = database.session()
    counted, figures = bij_de_lijst(session, verantwoording)
    may_mend = schermen.mag(Handeling.WIJZIGEN, verantwoording)
    return render_template(
        "verantwoordingen/activiteiten.html",
        **weergaven.frame(verantwoording, "activiteiten", counted.alle),
        page=lijst.page(verantwoording, counted, figures),
        bulk_url=url_for("activiteit.action_view"),
        checks=(
            *controle.checks(verantwoording, counted, figures, may_mend),
            *controle.questions(open_vragen(session, verantwoording.id)),
        ),
        lead=_lead(counted.compleet),
        close=_close_action(verantwoording, figures),
        budget=_budget(figures),
    )


def _lead(complete: int) -> str:
    word = "complete activiteit" if complete == 1 else "complete activiteiten"
    return f"{complete} {word}, minimaal {MINIMAAL_COMPLEET} nodig."


def _close_action(verantwoording: Verantwoording, figures: Cijfers) -> Action | None:
    """Pink once it can be done; before that its page says what is missing."""
    if not may(actor(), Handeling.SLUITEN, verantwoording):
        return None
    url = url_for("verantwoordingen.sluiten", id=verantwoording.id)
    return Action("Verantwoording sluiten…", url, primary=figures.nog_nodig == 0)


def _budget(figures: Cijfers) -> Progress:
    over = figures.over
    rest = f"{formats.euro(over)} over" if over >= 0 else f"{formats.euro(-over)} te veel"
    return Progress(
        "Besteed",
        formats.euro(figures.besteed),
        f"van {formats.euro(figures.besteedbaar)} · {rest}",
        procent(figures.besteed, figures.besteedbaar),
    )


@blueprint.get("/verantwoordingen/<int:id>/per-school")
@requires(Handeling.ZIEN, Verantwoording)
def per_school(id: int) -> str:  # noqa: A002 - as in the address
    """Each school with its activities, hours and lasten (werkwijze A)."""
    return weergaven.schools(schermen.find(id))


@blueprint.get("/verantwoordingen/<int:id>/per-kwartaal")
@requires(Handeling.ZIEN, Verantwoording)
def per_kwartaal(id: int) -> str:  # noqa: A002 - as in the address
    """Lasten per CMK-doel and quarter, against the begroting (werkwijze C)."""
    return weergaven.quarters(schermen.find(id))


@blueprint.get("/verantwoordingen/<int:id>/per-begrotingspost")
@requires(Handeling.ZIEN, Verantwoording)
def per_begrotingspost(id: int) -> str:  # noqa: A002 - as in the address
    """Lasten per begrotingspost and quarter, against the begroting (werkwijze C and D)."""
    return weergaven.posts(schermen.find(id))


@blueprint.get("/verantwoordingen/<int:id>/financieel-overzicht")
@requires(Handeling.ZIEN, Verantwoording)
def financieel(id: int) -> str:  # noqa: A002 - as in the address
    """Baten, lasten per activity, begroting and saldo."""
    verantwoording = schermen.find(id)
    money = money_of(database.session(), verantwoording)
    lines, pager = geld.lines(money)
    return _tab(verantwoording, "financieel", money=money, lines=lines, pager=pager)


@blueprint.get("/verantwoordingen/<int:id>/details")
@requires(Handeling.ZIEN, Verantwoording)
def details(id: int) -> str:  # noqa: A002 - as in the address
    """Status, werkwijze and the totals; "Wijzigen" leads to the status."""
    verantwoording = schermen.find(id)
    figures = cijfers_van(database.session(), [verantwoording])[verantwoording.id]
    return _tab(
        verantwoording,
        "details",
        details=_details(verantwoording),
        figures=status.figures_of(figures),
        versions=dossiers.versions(verantwoording),
    )


def _details(verantwoording: Verantwoording) -> list[Detail]:
    project, method = verantwoording.project, verantwoording.werkwijze
    found = [
        Detail(
            "Project", Cell(project.titel, url=url_for("projecten.verantwoordingen", id=project.id))
        ),
        Detail("Contractpartij", Cell(project.contractpartij.naam)),
        Detail("Kalenderjaar", Cell(str(verantwoording.kalenderjaar), "getal")),
        Detail(
            "Status",
            Cell(verantwoording.status.label, "chip", tone=schermen.TONES[verantwoording.status]),
        ),
        Detail("Werkwijze", Cell(method.label if method else "")),
        Detail("Uiterste datum", Cell(formats.day(verantwoording.uiterste_datum), "datum")),
    ]
    if verantwoording.status is not Status.OPEN:
        who = history_view.name_of(verantwoording.gesloten_door_id)
        when = formats.moment(verantwoording.gesloten_op)
        found.append(Detail("Gesloten", Cell(f"{when} door {who}")))
    if verantwoording.reden_heropening:
        found.append(Detail("Reden van heropening", Cell(verantwoording.reden_heropening)))
    return found


@blueprint.get("/verantwoordingen/<int:id>/geschiedenis")
@requires(Handeling.ZIEN, Verantwoording)
def geschiedenis(id: int) -> str:  # noqa: A002 - as in the address
    """Who changed what under this verantwoording, newest first, and what was one step."""
    verantwoording = schermen.find(id)
    found = history_view.items(Wijziging.verantwoording_id == verantwoording.id, HISTORY)
    return _tab(verantwoording, "geschiedenis", history=found, steps=stappen.page(verantwoording))


def _tab(verantwoording: Verantwoording, tab: str, **content: Any) -> str:
    return render_template(
        "verantwoordingen/tab.html",
        header=schermen.header(verantwoording, tab),
        title=schermen.TABS[tab],
        verantwoording=verantwoording,
        **content,
    )


@blueprint.route("/verantwoordingen/<int:id>/kader", endpoint="kader", methods=["GET", "POST"])
@requires(Handeling.MAKEN, Activiteit)
@kept
def klaarzetten(id: int) -> Page:  # noqa: A002 - as in the address
    """The activities that the werkwijze begins with, made at once."""
    return kader.page(schermen.find(id))


# --- questions, also about a closed year ------------------------------------------


@blueprint.get("/verantwoordingen/<int:id>/vragen", endpoint="vragen")
@requires(Handeling.ZIEN, Vraag)
def vragen_tab(id: int) -> str:  # noqa: A002 - as in the address
    """What was asked about this year."""
    return vragen.index(schermen.find(id))


@blueprint.route("/verantwoordingen/<int:id>/vragen/nieuw", methods=["GET", "POST"])
@requires(Handeling.MAKEN, Vraag)
@kept
def vraag_stellen(id: int) -> Page:  # noqa: A002 - as in the address
    """A question about this year, or about an activity or a last of it."""
    return vragen.ask(schermen.find(id))


@blueprint.get("/vragen/<int:id>")
@requires(Handeling.ZIEN, Vraag)
def vraag(id: int) -> Page:  # noqa: A002 - as in the address
    """A question with what was said on it."""
    return gesprek.show(gesprek.find(id))


@blueprint.route("/vragen/<int:id>/reageren", methods=["GET", "POST"])
@requires(Handeling.MAKEN, Reactie)
@kept
def vraag_reageren(id: int) -> Page:  # noqa: A002 - as in the address
    """An answer, or more to ask."""
    return gesprek.react(gesprek.find(id))


@blueprint.post("/vragen/<int:id>/afronden")
@requires(Handeling.AFRONDEN, Vraag)
def vraag_afronden(id: int) -> Page:  # noqa: A002 - as in the address
    """It needs no answer any more."""
    return gesprek.finish(gesprek.find(id))


@blueprint.route("/vragen/<int:id>/verwijderen", methods=["GET", "POST"])
@requires(Handeling.VERWIJDEREN, Vraag)
def vraag_verwijderen(id: int) -> Page:  # noqa: A002 - as in the address
    """A question that should not have been there, with all that was said on it."""
    return sent_before() or gesprek.remove(gesprek.find(id))


# --- what closing fixed -------------------------------------------------------------


@blueprint.get("/dossiers/<int:id>")
@requires(Handeling.ZIEN, Momentopname)
def dossier(id: int) -> str:  # noqa: A002 - as in the address
    """A closing to read, print and sign."""
    return dossiers.show(id)


@blueprint.get("/dossiers/<int:id>/excel")
@requires(Handeling.ZIEN, Momentopname)
def dossier_excel(id: int) -> Response:  # noqa: A002 - as in the address
    """The same as a workbook."""
    return dossiers.download_xlsx(id)


@blueprint.get("/dossiers/<int:id>/json")
@requires(Handeling.ZIEN, Momentopname)
def dossier_json(id: int) -> Response:  # noqa: A002 - as in the address
    """The same as JSON."""
    return dossiers.download_json(id)


# --- changing it: Handleiding 2.4 -------------------------------------------------


@blueprint.route("/verantwoordingen/<int:id>/wijzigen", methods=["GET", "POST"])
@requires(Handeling.WIJZIGEN, Verantwoording)
@kept
def wijzigen(id: int) -> Page:  # noqa: A002 - as in the address
    """Status and werkwijze, as far as this person may."""
    return velden.edit(schermen.find(id))


@blueprint.route("/verantwoordingen/<int:id>/sluiten", methods=["GET", "POST"])
@requires(Handeling.SLUITEN, Verantwoording)
@kept
def sluiten(id: int) -> Page:  # noqa: A002 - as in the address
    """Close the year, after seeing what will be fixed."""
    return status.ask(schermen.find(id), Overgang.SLUITEN)


@blueprint.route("/verantwoordingen/<int:id>/heropenen", methods=["GET", "POST"])
@requires(Handeling.HEROPENEN, Verantwoording)
@kept
def heropenen(id: int) -> Page:  # noqa: A002 - as in the address
    """Open a closed year again, for a reason."""
    return status.ask(schermen.find(id), Overgang.HEROPENEN)


@blueprint.route("/verantwoordingen/<int:id>/vaststellen", methods=["GET", "POST"])
@requires(Handeling.VASTSTELLEN, Verantwoording)
@kept
def vaststellen(id: int) -> Page:  # noqa: A002 - as in the address
    """Cultuur Oost approves a closed year."""
    return status.ask(schermen.find(id), Overgang.VASTSTELLEN)
