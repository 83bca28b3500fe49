"""Samenvoegen: rows side by side, per field whose value stays, seen before it is done."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from cmk_admin import database, references, selection
from cmk_admin.auth.interrupted import kept
from cmk_admin.bulk.trial import Frame, Trial, step
from cmk_admin.gate import Refused
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from cmk_admin.web.targets import safe_target
from models.base import Entiteit, RegelFout
from models.samenvoegen import KOPPELING, MEESTE, Samenvoeging
from models.samenwerkingspartner import Samenwerkingspartner
from views.samenvoegen.keuze import Keuze
from views.samenvoegen.taak import Samenvoegen

blueprint = Blueprint("samenvoegen", __name__, url_prefix="/samenvoegen")
TITEL = "Samenvoegen"
SOORTEN: dict[str, type[Entiteit]] = {
    references.endpoint_of(klasse): klasse for klasse in KOPPELING
}


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/<wat>/", methods=["GET", "POST"])
@requires(Handeling.SAMENVOEGEN, Samenwerkingspartner)
@kept
def rijen(wat: str) -> Any:
    """Choose what stays of the chosen rows, see it, do it."""
    entiteit = SOORTEN.get(wat) or abort(404)
    lijst = url_for(f"{wat}.index_view")
    terug = safe_target(request.values.get("url")) or lijst
    if request.method == "GET":
        return redirect(terug)
    gekozen = _gekozen(entiteit)
    try:
        _mag(gekozen)
    except RegelFout as fout:
        flash(str(fout), "warning")
        return redirect(terug)
    keuze = Keuze(database.session(), gekozen, request.form)
    kader = Frame(
        PageHeader(TITEL, crumbs=(Crumb(entiteit.woord.titel_meervoud, lijst), Crumb(TITEL))),
        url_for("samenvoegen.rijen", wat=wat),
        terug,
    )
    if step() in ("", "terug") or keuze.verlegd:
        return render_template(
            "samenvoegen/kiezen.html",
            woord=entiteit.woord,
            keuze=keuze,
            notitie=_notitie(keuze),
            **kader.values(keuze.ids),
        )
    taak = Samenvoegen(
        entiteit,
        keuze.ids,
        keuze.waarden,
        keuze.leerkrachten,
        str(keuze.blijft),
        keuze.van_anderen,
    )
    return Trial(kader, taak).answer()


def _gekozen(entiteit: type[Entiteit]) -> list[Any]:
    """The rows that this request chose, in order of id; a foreign or missing one stops it."""
    try:
        ids = selection.read(entiteit, request.form, MEESTE)
    except selection.TooMany:
        return []
    except ValueError:
        abort(404)
    vraag = select(entiteit).where(entiteit.id.in_(ids)).order_by(entiteit.id)
    gevonden = list(database.session().scalars(vraag))
    if len(gevonden) < len(ids):
        abort(404)
    return gevonden


def _mag(gekozen: list[Any]) -> None:
    """Whether these can be asked about at all; raises Refused, or RegelFout with the reason."""
    if not 2 <= len(gekozen) <= MEESTE:
        raise RegelFout(f"Kies twee of meer rijen om samen te voegen, hoogstens {MEESTE}.")
    for rij in gekozen:
        verdict = may(actor(), Handeling.SAMENVOEGEN, rij)
        if not verdict:
            raise Refused(verdict)
    Samenvoeging(gekozen[0], gekozen[1:], {}).controleer()


def _notitie(keuze: Keuze) -> str:
    """What becomes of rows that a closed year uses."""
    if not any(dicht for _, dicht in keuze.tellingen.values()):
        return ""
    return (
        "Gesloten jaren blijven zoals ze zijn. Een rij die daarin voorkomt, blijft bestaan: niet"
        " actief, met de rij die overblijft als opvolger."
    )
