"""Your own data (Handleiding 2.8): who you are in the portal, and logging out."""

from flask import Blueprint, Flask, render_template, url_for
from sqlalchemy import select

from cmk_admin import database, formats
from cmk_admin.actor import system
from cmk_admin.gate import acting_as
from cmk_admin.page import Cell, Detail, PageHeader, Tab
from cmk_admin.routes import actor, signed_in
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker

blueprint = Blueprint("mijn_gegevens", __name__)


def register(app: Flask) -> None:
    """Add the page of one's own data to `app`."""
    app.register_blueprint(blueprint)


@blueprint.get("/mijn-gegevens")
@signed_in
def index() -> str:
    """Name, address and roles, to read."""
    # Under the system's name: without any role the portal shows nobody, not even oneself.
    with acting_as(system("eigen gegevens")) as session:
        person = session.get_one(Gebruiker, actor().gebruiker_id)
    tab = Tab("Mijn gegevens", url_for("mijn_gegevens.index"), active=True)
    return render_template(
        "mijn_gegevens/index.html",
        header=PageHeader("Mijn gegevens", tabs=(tab,)),
        details=[
            Detail("Naam", Cell(person.naam)),
            Detail("E-mailadres", Cell(person.email)),
            Detail("Telefoon", Cell(person.telefoon or "")),
            *(Detail("Rol", Cell(role)) for role in _roles()),
            Detail("Laatst ingelogd", Cell(formats.moment(person.laatst_ingelogd_op), "datum")),
        ],
    )


def _roles() -> list[str]:
    """Every role, and where it holds (Handleiding 1.5)."""
    person = actor()
    memberships = dict(person.lidmaatschappen)
    own = database.session().execute(
        select(Contractpartij.id, Contractpartij.naam)
        .where(Contractpartij.id.in_(memberships))
        .order_by(Contractpartij.naam)
    )
    found = [f"{memberships[row.id].label} bij {row.naam}" for row in own]
    if person.cultuur_oost_rol:
        found.insert(0, f"{person.cultuur_oost_rol.label} bij Cultuur Oost")
    return found
