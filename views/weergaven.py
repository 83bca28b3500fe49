"""Keeping a view of a list: a name, and with whom it is shared. Renaming, sharing anew and
deleting are on the screens of the views themselves."""

from urllib.parse import parse_qsl, urlencode

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import Length

from cmk_admin import database, editing, references, weergaven
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_actions import key_of_request
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import once
from cmk_admin.page import Crumb, FormPage, PageHeader
from cmk_admin.rights import RIGHTS, Handeling
from cmk_admin.routes import actor, requires
from models.base import Entiteit, Keuze, entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import Rol
from models.weergave import Weergave

blueprint = Blueprint("weergaven", __name__, url_prefix="/weergaven")
TITEL = "Weergave bewaren"
LANGSTE = 2000


class Delen(Keuze):
    """With whom a view is shared."""

    NIET = "niet", "Alleen ik"
    ROL = "rol", "Iedereen met een rol"
    PARTIJ = "partij", "Iedereen van een contractpartij"


class BewaarForm(EntityForm):
    naam = fields.TextField("Naam", max_length=80, validators=[fields.Filled(), Length(max=80)])
    delen = fields.ChoiceField("Voor wie?", choices=Delen, validators=[fields.Filled()])
    voor_rol = fields.ChoiceField(
        "Rol", choices=Rol, description="Alleen bij iedereen met een rol; dit doet Cultuur Oost."
    )
    voor_partij_id = fields.ReferenceField(
        "Contractpartij",
        description="Alleen bij iedereen van een contractpartij.",
        find=references.finder(Contractpartij),
        options=references.options(Contractpartij),
    )


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/bewaren", methods=["GET", "POST"])
@requires(Handeling.MAKEN, Weergave)
@kept
def bewaren() -> Response | str | tuple[str, int]:
    """Give the view of this address a name; the same name again is that view anew."""
    entiteit = _lijst(request.args.get("lijst", ""))
    adres = _adres(request.args.get("adres", ""))
    form = _form()
    if not form.is_submitted():
        form.sleutel.data, form.delen.data = new_key(), Delen.NIET
        return _pagina(form, entiteit, adres)
    if not form.validate() or not _gedeeld_klopt(form):
        return _pagina(form, entiteit, adres), INVALID
    sleutel = key_of_request()
    return redirect(once(database.session(), sleutel, lambda: _bewaar(form, entiteit, adres)))


def _form() -> BewaarForm:
    form = BewaarForm()
    if actor().cultuur_oost_rol is None:
        del form.voor_rol
    return form


def _lijst(naam: str) -> type[Entiteit]:
    gevonden = [e for e in entiteiten() if e.__name__ == naam and naam in RIGHTS]
    if not gevonden or f"{references.endpoint_of(gevonden[0])}.index_view" not in (
        current_app.view_functions
    ):
        abort(404)
    return gevonden[0]


def _adres(adres: str) -> str:
    """Parameters of a list and nothing else: it is put behind that list's own address."""
    gelezen = urlencode([p for p in parse_qsl(adres) if p[0] not in weergaven.PLACE])
    return gelezen if len(gelezen) <= LANGSTE else abort(413)


def _gedeeld_klopt(form: BewaarForm) -> bool:
    """Whether what sharing needs is filled in; the error stands at its field."""
    nodig = {Delen.ROL: "voor_rol", Delen.PARTIJ: "voor_partij_id"}.get(form.delen.data)
    if nodig is None:
        return True
    veld = form._fields.get(nodig)
    if veld is None:
        form.delen.errors = ["Een weergave voor iedereen met een rol maakt Cultuur Oost."]
        return False
    if veld.data is None:
        veld.errors = ["Kies met wie je deze weergave deelt."]
    return veld.data is not None


def _bewaar(form: BewaarForm, entiteit: type[Entiteit], adres: str) -> str:
    sessie = database.session()
    mijn = actor().gebruiker_id
    zelfde = select(Weergave).where(
        Weergave.gebruiker_id == mijn,
        Weergave.lijst == entiteit.__name__,
        Weergave.naam == form.naam.data,
    )
    weergave = sessie.scalars(zelfde.limit(1)).first()
    if weergave is not None:
        sessie.delete(weergave)
    rol = form.voor_rol.data if form.delen.data is Delen.ROL else None
    partij = form.voor_partij_id.data if form.delen.data is Delen.PARTIJ else None
    nieuw = Weergave(
        naam=form.naam.data, lijst=entiteit.__name__, adres=adres or None, gebruiker_id=mijn,
        voor_rol=rol, voor_partij_id=partij,
    )  # fmt: skip
    sessie.add(nieuw)
    sessie.flush()
    flash(f"Weergave “{nieuw}” is bewaard.", "success")
    return _terug(entiteit, adres)


def _terug(entiteit: type[Entiteit], adres: str) -> str:
    lijst = url_for(f"{references.endpoint_of(entiteit)}.index_view")
    return f"{lijst}?{adres}" if adres else lijst


def _pagina(form: BewaarForm, entiteit: type[Entiteit], adres: str) -> str:
    terug = _terug(entiteit, adres)
    page = FormPage(
        header=PageHeader(
            TITEL, crumbs=(Crumb(entiteit.woord.titel_meervoud, terug), Crumb(TITEL))
        ),
        form=form,
        action_url=url_for("weergaven.bewaren", lijst=entiteit.__name__, adres=adres),
        cancel_url=terug,
        submit_label="Bewaren",
        errors=editing.all_errors(form) if form.is_submitted() else (),
        intro="Zoekopdracht, filters, kolommen en volgorde zoals ze nu zijn. Wie de weergave opent,"
        " ziet alleen wat diegene zelf mag zien.",
    )
    return render_template("admin/model/form.html", page=page)
