"""Beheer → Bewaartermijnen → Opruimen: what is over time, seen before it goes."""

from flask import Blueprint, Flask, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cmk_admin import formats, on_record, retention
from cmk_admin.auth import clock
from cmk_admin.auth.fresh import fresh
from cmk_admin.auth.pages import see
from cmk_admin.entity_forms import STALE
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.retention import ChangedSinceError, Due
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.privacy import Bewaarsoort, Bewaartermijn

blueprint = Blueprint("opruimen", __name__, url_prefix="/beheer/opruimen")

#: What becomes of them.
FATE = {
    Bewaarsoort.ACCOUNT: "Naam, e-mailadres en telefoonnummer worden een nummer, ook in de"
    " geschiedenis en in mail. Wat zij invoerden blijft.",
    Bewaarsoort.UITNODIGING: "Het account was nooit in gebruik. Naam en e-mailadres worden een"
    " nummer; een link uit een oude mail werkt niet meer.",
    Bewaarsoort.MAIL: "De mail verdwijnt uit Beheer → Mail. Wat nog verzonden moet worden, blijft.",
    Bewaarsoort.INZAGE: "Deze regels verdwijnen uit Beheer → Inzages.",
    Bewaarsoort.FORMULIER: "Het portaal onthoudt van elk formulier een kenmerk, zodat een dubbele"
    " klik één keer telt. Die kenmerken verdwijnen.",
    Bewaarsoort.TAAK: "De taak verdwijnt uit Mijn downloads, en haar bestand ook. Wat klaar is,"
    " gaat al na een week vanzelf.",
}
CHANGED = "Er is intussen iets veranderd, dus er is niets opgeruimd. Kijk opnieuw wat er weggaat."


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@requires(Handeling.WIJZIGEN, Bewaartermijn)
@fresh
def opruimen() -> Response | str | tuple[str, int]:
    """Ask with what would go in sight, then do it in one step; there is no way back."""
    moment = clock.now()
    if request.method == "GET":
        return _ask(retention.preview(moment))
    try:
        gone = retention.clean_up(actor(), moment, request.form.get("gezien", ""))
    except ChangedSinceError:
        flash(CHANGED, "warning")
        return _ask(retention.preview(moment)), STALE
    flash(said(gone), "success")
    return see(url_for("bewaartermijn.index_view"))


def said(gone: list[Due]) -> str:
    """What went, in a sentence."""
    parts = [
        f"{formats.number(each.total)} × {each.soort.label.lower()}" for each in gone if each.total
    ]
    return f"Opgeruimd: {'; '.join(parts)}." if parts else "Er was niets om op te ruimen."


def _ask(due: list[Due]) -> str:
    on_record.saw("Opruimen")
    return render_template(
        "beheer/opruimen.html",
        header=PageHeader(
            "Opruimen",
            crumbs=(
                Crumb("Beheer", url_for("beheer.index")),
                Crumb("Bewaartermijnen", url_for("bewaartermijn.index_view")),
                Crumb("Opruimen"),
            ),
        ),
        kinds=[(each, FATE[each.soort]) for each in due],
        total=sum(each.total for each in due),
        seen=retention.fingerprint(due),
        cancel_url=url_for("bewaartermijn.index_view"),
    )
