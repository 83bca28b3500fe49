"""Beheer → Datakwaliteit: what is likely wrong, rule by rule, and mending it in bulk."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from cmk_admin import database, formats
from cmk_admin.auth.interrupted import kept
from cmk_admin.bulk.trial import Frame, Trial
from cmk_admin.gate import Refused
from cmk_admin.page import Action, Crumb, Empty, PageHeader
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.activiteit import ActiviteitSchool
from models.kwaliteit import Controle, Kwaliteitsregel
from models.kwaliteit.vinden import mediaan
from views.datakwaliteit import vondst
from views.datakwaliteit.opvolgers import Vervanging

blueprint = Blueprint("datakwaliteit", __name__, url_prefix="/beheer/datakwaliteit")
TITEL = "Datakwaliteit"


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@requires(Handeling.ZIEN, Kwaliteitsregel)
def index() -> str:
    """Every rule with how much it finds; what is off is named, and finds nothing."""
    sessie = database.session()
    regels = sessie.scalars(select(Kwaliteitsregel).order_by(Kwaliteitsregel.id)).all()
    acties = [Action("Bewerkingen", url_for("bewerking.index_view"), "history")]
    if may(actor(), Handeling.MAKEN, Kwaliteitsregel):
        acties.append(Action("+Nieuwe regel", url_for("kwaliteitsregel.create_view"), primary=True))
    return render_template(
        "datakwaliteit/index.html",
        header=PageHeader(
            TITEL,
            crumbs=(Crumb("Beheer", url_for("beheer.index")), Crumb(TITEL)),
            subtitle="Wat waarschijnlijk niet klopt. Van gesloten jaren staat hier niets: die"
            " blijven zoals ze zijn.",
            actions=tuple(acties),
        ),
        regels=[vondst.regel_kaart(sessie, regel) for regel in regels if regel.actief],
        leeg=Empty("Nog geen regels", "Regels komen erbij met de basislijsten, of met de hand."),
        uit=[vondst.uit_kaart(regel) for regel in regels if not regel.actief],
    )


@blueprint.get("/<int:id>")
@requires(Handeling.ZIEN, Kwaliteitsregel)
def regel(id: int) -> str:  # noqa: A002 - as in the address
    """The rows that one rule finds, to open one by one or to mend together."""
    gekozen = _regel(id)
    gevonden = vondst.zoek(database.session(), gekozen, request.args.get("pagina", ""))
    return render_template(
        "datakwaliteit/regel.html",
        header=_kop(gekozen, gevonden),
        regel=gekozen,
        toelichting=_toelichting(gekozen),
        vondst=gevonden,
        groepen=vondst.groepen(database.session(), gekozen),
        page=vondst.lijst(gekozen, gevonden),
        bulk_url=vondst.bulk_url(gekozen),
    )


@blueprint.route("/<int:id>/opvolgers", methods=["GET", "POST"])
@requires(Handeling.ZIEN, Kwaliteitsregel)
@kept
def opvolgers(id: int) -> Any:  # noqa: A002 - as in the address
    """Put the successor in the place of each school that is no longer active; seen first."""
    gekozen = _regel(id)
    if gekozen.controle is not Controle.SCHOOL_INACTIEF or not gekozen.actief:
        abort(404)
    verdict = may(actor(), Handeling.MAKEN, ActiviteitSchool)
    if not verdict:
        raise Refused(verdict)
    hier = url_for("datakwaliteit.regel", id=id)
    taak = Vervanging.van(database.session(), gekozen)
    if request.method == "GET" or not taak.ids:
        if request.method == "POST":
            flash("Er is geen school meer om te vervangen.", "info")
        return redirect(hier)
    return _proef(gekozen, taak, hier)


def _proef(gekozen: Kwaliteitsregel, taak: Vervanging, hier: str) -> Response | Any:
    titel = "Vervangen door de opvolger"
    kruimels = (*_kruimels(gekozen), Crumb(titel))
    kader = Frame(
        PageHeader(titel, crumbs=kruimels),
        url_for("datakwaliteit.opvolgers", id=gekozen.id),
        hier,
        adjust=False,
    )
    return Trial(kader, taak).answer()


def _regel(id_: int) -> Kwaliteitsregel:
    gevonden = database.session().get(Kwaliteitsregel, id_) if id_ < 2**31 else None
    return gevonden or abort(404)


def _kruimels(gekozen: Kwaliteitsregel) -> tuple[Crumb, ...]:
    return (
        Crumb("Beheer", url_for("beheer.index")),
        Crumb(TITEL, url_for("datakwaliteit.index")),
        Crumb(gekozen.naam, url_for("datakwaliteit.regel", id=gekozen.id)),
    )


def _kop(gekozen: Kwaliteitsregel, gevonden: vondst.Vondst) -> PageHeader:
    acties = []
    if may(actor(), Handeling.WIJZIGEN, gekozen):
        hier = url_for("datakwaliteit.regel", id=gekozen.id)
        naar = url_for("kwaliteitsregel.edit_view", id=gekozen.id, url=hier)
        acties.append(Action("Regel wijzigen", naar, "edit"))
    *boven, zelf = _kruimels(gekozen)
    return PageHeader(
        gekozen.naam,
        crumbs=(*boven, Crumb(zelf.label)),
        chips=(vondst.chip(gekozen, gevonden.aantal),),
        actions=tuple(acties),
    )


def _toelichting(gekozen: Kwaliteitsregel) -> str:
    """What the median is now, for the rule that looks at it."""
    if gekozen.controle is not Controle.LAST_HOOG or not gekozen.actief:
        return ""
    midden = mediaan(database.session())
    if midden is None:
        return "Er is nog geen last met een bedrag in een open jaar."
    grens = midden * vondst.factor(gekozen)
    return (
        f"De mediaan is nu {formats.euro(round(midden))}; hier staat wat hoger is dan"
        f" {formats.euro(round(grens))}."
    )
