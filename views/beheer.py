"""Beheer: the overview of all generated screens, the rights table, and opening a year."""

from dataclasses import replace

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from cmk_admin import attributes, database, history_view, references
from cmk_admin.actions import Preview
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_actions import key_of_request
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import bewerking, once
from cmk_admin.menu import Section
from cmk_admin.page import Action, Crumb, FormError, FormPage, PageHeader
from cmk_admin.policy import EIGEN_STAP, LEZEN, VOORWAARDEN, may
from cmk_admin.rights import RIGHTS, SCOPE, VELDEN, Bereik, Handeling
from cmk_admin.routes import actor, requires
from models.base import RegelFout, entiteiten, nu
from models.gebruiker import Gebruiker, Rol
from models.historie import BewerkingSoort
from models.kwaliteit import Kwaliteitsregel
from models.verantwoording import Verantwoording, open_jaar

blueprint = Blueprint("beheer", __name__, url_prefix="/beheer")


def register(app: Flask, sections: tuple[Section, ...]) -> None:
    app.extensions["cmk_beheer"] = sections
    app.register_blueprint(blueprint)


@blueprint.get("/")
@requires(Handeling.ZIEN, "Rechten")
def index() -> str:
    """Every screen of Beheer that this person may open."""
    sections: tuple[Section, ...] = current_app.extensions["cmk_beheer"]
    cards = [
        (
            section.title,
            [
                (
                    entity.woord.titel_meervoud,
                    url_for(f"{references.endpoint_of(entity)}.index_view"),
                )
                for entity in section.entities
                if may(actor(), Handeling.ZIEN, entity)
            ],
        )
        for section in sections
    ]
    actions = [Action("Rechten", url_for("beheer.rechten"), "lock")]
    if may(actor(), Handeling.ZIEN, Kwaliteitsregel):
        actions.append(Action("Datakwaliteit", url_for("datakwaliteit.index"), "check"))
    if may(actor(), Handeling.MAKEN, Gebruiker):
        actions.append(Action("Mensen", url_for("mensen.index"), "users"))
    if may(actor(), Handeling.JAAR_OPENEN, Verantwoording):
        actions.append(
            Action("Jaar openen…", url_for("beheer.jaar_openen"), "calendar", primary=True)
        )
    return render_template(
        "beheer/index.html",
        header=PageHeader("Beheer", actions=tuple(actions)),
        cards=[(title, links) for title, links in cards if links],
    )


@blueprint.get("/rechten")
@requires(Handeling.ZIEN, "Rechten")
def rechten() -> str:
    """Who may do what: the very table that the portal itself asks."""
    entiteit = {klasse.__name__: klasse for klasse in entiteiten()}
    rijen = [
        (
            entiteit[naam].woord.titel_meervoud if naam in entiteit else naam,
            [
                (*_cel(rechten[rol], SCOPE.get(naam, {}).get(rol)), _kleine_letters(naam, rol))
                for rol in Rol
            ],
        )
        for naam, rechten in RIGHTS.items()
    ]
    return render_template(
        "beheer/rechten.html",
        header=PageHeader(
            "Rechten",
            crumbs=(Crumb("Beheer", url_for("beheer.index")), Crumb("Rechten")),
            subtitle="Deze tabel is wat het portaal zelf gebruikt. Wat er niet in staat, mag niet.",
        ),
        rollen=[rol.label for rol in Rol],
        rijen=rijen,
    )


def _cel(handelingen: frozenset[Handeling], bereik: Bereik | None) -> tuple[str, str]:
    """The actions in words, and which rows."""
    namen = ", ".join(h.label for h in Handeling if h in handelingen)
    return namen, bereik.label if bereik and namen else ""


def _kleine_letters(naam: str, rol: Rol) -> list[str]:
    """What the policy adds to the letters of one cell: fields, conditions, own steps."""
    gevonden = []
    entiteit = history_view.entity_by_name(naam)
    velden = VELDEN.get((naam, rol))
    if velden and entiteit:
        kolommen = attributes.attributes_of(entiteit)
        labels = [kolom.label for kolom in kolommen if kolom.name in velden]
        gevonden.append(f"wijzigen: alleen {_en(labels)}")
    if voorwaarde := VOORWAARDEN.get((naam, rol)):
        anders = [h.label for h in Handeling if h in RIGHTS[naam][rol] - LEZEN]
        gevonden.append(f"{_en(anders)}: {voorwaarde.label}")
    if (stap := EIGEN_STAP.get(naam)) and stap.handeling in RIGHTS[stap.entiteit][rol]:
        gevonden.append(stap.label)
    return gevonden


def _en(woorden: list[str]) -> str:
    """ "a, b en c"."""
    return " en ".join(filter(None, (", ".join(woorden[:-1]), *woorden[-1:])))


#: The button that only shows which projects get the year.
LOOK = "bekijk"


class JaarForm(EntityForm):
    jaar = fields.IntegerField(
        "Kalenderjaar",
        description="Elk lopend project dat nog geen verantwoording heeft, krijgt er een.",
        validators=[fields.Filled()],
    )


@blueprint.route("/jaar-openen", methods=["GET", "POST"])
@requires(Handeling.JAAR_OPENEN, Verantwoording)
@kept
def jaar_openen() -> Response | str | tuple[str, int]:
    """A verantwoording for every running project, in one step."""
    form = JaarForm()
    if not form.is_submitted():
        form.jaar.data = nu().year + 1
        form.sleutel.data = new_key()
        return _jaar_page(form, _would_open(form.jaar.data))
    if not form.validate():
        return _jaar_page(form), INVALID
    if LOOK in request.form:
        return _jaar_page(form, _would_open(form.jaar.data))
    session = database.session()
    try:
        return redirect(once(session, key_of_request(), lambda: _open(form.jaar.data)))
    except RegelFout as refused:
        session.rollback()
        form.jaar.errors = [fout.tekst for fout in refused.fouten]
        return _jaar_page(form), INVALID


def _open(jaar: int) -> str:
    session = database.session()
    with bewerking(session, BewerkingSoort.JAAR_OPENEN, f"Jaar {jaar} geopend"):
        nieuw = open_jaar(session, jaar)
    flash(
        f"Het jaar {jaar} is geopend voor {len(nieuw)} projecten."
        if nieuw
        else f"Er is geen lopend project dat nog een verantwoording voor {jaar} nodig heeft.",
        "success" if nieuw else "info",
    )
    return url_for("verantwoording.index_view", kalenderjaar=jaar)


def _would_open(jaar: int) -> Preview | None:
    """The projects that would get this year: opened in memory, and taken back."""
    session = database.session()
    try:
        with session.no_autoflush:
            nieuw = open_jaar(session, jaar)
            rows = tuple((v.project.titel, v.project.contractpartij.naam) for v in nieuw)
    except RegelFout:
        return None
    finally:
        session.rollback()
    word = "verantwoording" if len(rows) == 1 else "verantwoordingen"
    lead = f"{len(rows)} {word} voor {jaar}"
    return Preview(lead, ("Project", "Contractpartij"), rows, 0, 0, "")


def _jaar_page(form: JaarForm, preview: Preview | None = None) -> str:
    page = FormPage(
        header=PageHeader(
            "Jaar openen",
            crumbs=(Crumb("Beheer", url_for("beheer.index")), Crumb("Jaar openen")),
        ),
        form=form,
        action_url=url_for("beheer.jaar_openen"),
        cancel_url=url_for("beheer.index"),
        submit_label="Jaar openen",
        extra_submits=(Action("Bekijk welke projecten", "", name=LOOK),),
    )
    fout = [FormError(form.jaar.id, form.jaar.label.text, str(e)) for e in form.jaar.errors]
    page = replace(page, errors=tuple(fout))
    return render_template("admin/model/form.html", page=page, preview=preview)
