"""Mijn gegevens → Persoonlijke data (Handleiding 2.8): what is held about you."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import mail, on_record, privacy
from cmk_admin.actor import system
from cmk_admin.auth import attempts
from cmk_admin.auth.attempts import Limit, TooManyError
from cmk_admin.auth.fresh import fresh
from cmk_admin.gate import acting_as
from cmk_admin.page import Action
from cmk_admin.routes import signed_in
from models.gebruiker import CultuurOostRol, Gebruiker
from views.mijn_gegevens.onderdelen import header, me, own_id

blueprint = Blueprint("persoonlijke_data", __name__, url_prefix="/mijn-gegevens/persoonlijke-data")

FILES = {"json": privacy.as_json, "xlsx": privacy.as_xlsx}
NAMES = {"json": "JSON", "xlsx": "Excel"}
ASKED = (
    "Je verzoek is naar Cultuur Oost gestuurd. Zij nemen contact met je op; wat in de"
    " verantwoording moet blijven, blijft zonder je naam."
)


@blueprint.get("")
@signed_in
@fresh
def index() -> str:
    """Everything, the newest rows of what is long."""
    on_record.saw("Persoonlijke data", own_id())
    downloads = [
        Action(f"Download als {name}", url_for("persoonlijke_data.download", kind=kind), "download")
        for kind, name in NAMES.items()
    ]
    return render_template(
        "mijn_gegevens/persoonlijke_data.html",
        header=header("persoonlijke_data.index", *downloads),
        parts=privacy.held_about(own_id()),
    )


@blueprint.get("/download/<kind>")
@signed_in
@fresh
def download(kind: str) -> Response:
    """Everything, to take along."""
    write = FILES.get(kind)
    if write is None:
        abort(404)
    on_record.took(f"Persoonlijke data ({kind})", own_id())
    return write(own_id())


@blueprint.post("/wissen")
@signed_in
def wissen() -> BaseResponse:
    """Ask for erasure (AVG, article 17): a beheerder looks at what has to stay."""
    person = me()
    try:
        with attempts.attempt(Limit(f"wissen {person.id}", 1, attempts.KEPT)):
            _tell_beheerders(person)
    except TooManyError:
        flash("Je hebt dit vandaag al gevraagd.", "info")
    else:
        mail.send_soon()
        flash(ASKED, "success")
    return redirect(url_for("persoonlijke_data.index"))


def _tell_beheerders(person: Gebruiker) -> None:
    beheerders = select(Gebruiker.id, Gebruiker.naam).where(
        Gebruiker.cultuur_oost_rol == CultuurOostRol.BEHEERDER, Gebruiker.actief
    )
    with acting_as(system("verzoek om te wissen")) as session:
        for row in session.execute(beheerders).all():
            mail.post(
                session,
                row.id,
                "Verzoek om persoonlijke gegevens te wissen",
                f"Dag {row.naam},\n\n{person.naam} ({person.email}) vraagt om de persoonlijke"
                " gegevens in het CMK Portaal te wissen. Neem contact op en handel het verzoek"
                " binnen een maand af.\n\nMet vriendelijke groet,\nCMK Portaal",
            )
        session.commit()
