"""Erasing somebody's personal data, when they asked for it."""

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cmk_admin import database, erasure, on_record
from cmk_admin.auth.fresh import fresh
from cmk_admin.auth.pages import see
from cmk_admin.entity_forms import INVALID
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.base import RegelFout
from models.gebruiker import Gebruiker

blueprint = Blueprint("wissen", __name__, url_prefix="/beheer/mensen")

STAYS = (
    "Naam, e-mailadres en telefoonnummer worden een nummer, ook in de geschiedenis en in mail.",
    "Er kan niet meer mee worden ingelogd; wachtwoord, tweede stap en herstelcodes verdwijnen.",
    "Activiteiten, lasten en totalen blijven zoals ze zijn.",
)


@blueprint.route("/<int:id>/wissen", methods=["GET", "POST"])
@requires(Handeling.WIJZIGEN, Gebruiker)
@fresh
def wissen(id: int) -> Response | str | tuple[str, int]:  # noqa: A002 - as every address has it
    """Ask, then do it; there is no way back."""
    row = database.session().get(Gebruiker, id)
    if row is None:
        abort(404)
    if request.method == "GET":
        on_record.saw_row(row)
        return _ask(row)
    try:
        erasure.erase(row.id, actor())
    except RegelFout as refused:
        for fout in refused.fouten:
            flash(fout.tekst, "error")
        return _ask(row), INVALID
    flash("De persoonlijke gegevens zijn gewist.", "success")
    return see(url_for("mensen.index"))


def _ask(row: Gebruiker) -> str:
    return render_template(
        "admin/model/action.html",
        header=PageHeader(
            "Gegevens wissen",
            crumbs=(
                Crumb("Beheer", url_for("beheer.index")),
                Crumb("Mensen", url_for("mensen.index")),
                Crumb(row.naam),
            ),
        ),
        intro=f"Je wist alles wat zegt wie {row.naam} ({row.email}) is. Dat kan niet ongedaan"
        " worden gemaakt.",
        items=STAYS,
        action_url=url_for("wissen.wissen", id=row.id),
        cancel_url=url_for("mensen.index"),
        submit_label="Gegevens wissen",
        danger=True,
    )
