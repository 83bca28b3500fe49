"""Your own data (Handleiding 2.8): its five parts, in the manual's order."""

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import Length

from cmk_admin import database, editing, formats
from cmk_admin.auth import own
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_forms import INVALID
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.page import Action, Cell, Crumb, Detail, FormPage, PageHeader
from cmk_admin.routes import actor, signed_in
from models.base import RegelFout
from models.contractpartij import Contractpartij
from models.vouwen import volgens
from views.mijn_gegevens.onderdelen import header, me
from views.mijn_gegevens.persoonlijke_data import blueprint as persoonlijke_data
from views.mijn_gegevens.toegang import blueprint as toegang

blueprint = Blueprint("mijn_gegevens", __name__, url_prefix="/mijn-gegevens")


def register(app: Flask) -> None:
    """Add the pages of one's own data to `app`."""
    for each in (blueprint, toegang, persoonlijke_data):
        app.register_blueprint(each)


@blueprint.get("")
@signed_in
def index() -> str:
    """Name, address and roles, to read."""
    person = me()
    change = Action("Wijzigen", url_for("mijn_gegevens.wijzigen"), "edit", primary=True)
    return render_template(
        "mijn_gegevens/index.html",
        header=header("mijn_gegevens.index", change),
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
    own_parties = database.session().execute(
        select(Contractpartij.id, Contractpartij.naam)
        .where(Contractpartij.id.in_(memberships))
        .order_by(volgens(Contractpartij, "naam"))
    )
    found = [f"{memberships[row.id].label} bij {row.naam}" for row in own_parties]
    if person.cultuur_oost_rol:
        found.insert(0, f"{person.cultuur_oost_rol.label} bij Cultuur Oost")
    return found


class EigenForm(EntityForm):
    """What somebody may change by themselves; a role is given by a beheerder."""

    naam = fields.TextField("Naam", max_length=120, validators=[fields.Filled(), Length(max=120)])
    telefoon = fields.TextField("Telefoon", max_length=30)


@blueprint.route("/wijzigen", methods=["GET", "POST"])
@signed_in
@kept
def wijzigen() -> Response | str | tuple[str, int]:
    """Change name and telephone."""
    person = me()
    form = EigenForm(data={"naam": person.naam, "telefoon": person.telefoon})
    if not form.is_submitted():
        return _form_page(form)
    if not form.validate():
        return _form_page(form), INVALID
    try:
        own.describe(person.id, form.naam.data, form.telefoon.data)
    except RegelFout as refused:
        return _form_page(form, refused), INVALID
    flash("Je gegevens zijn bewaard.", "success")
    return redirect(url_for("mijn_gegevens.index"))


def _form_page(form: EigenForm, refused: RegelFout | None = None) -> str:
    loose = editing.put_errors(form, refused.fouten if refused else ())
    page = FormPage(
        header=PageHeader(
            "Mijn gegevens wijzigen",
            crumbs=(
                Crumb("Mijn gegevens", url_for("mijn_gegevens.index")),
                Crumb("Wijzigen"),
            ),
        ),
        form=form,
        action_url=url_for("mijn_gegevens.wijzigen"),
        cancel_url=url_for("mijn_gegevens.index"),
        errors=editing.all_errors(form, loose),
    )
    return render_template("admin/model/form.html", page=page)
