"""Activities: adding them and changing them part by part (Handleiding 2.2 and 3)."""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    jsonify,
    render_template,
    request,
    url_for,
)

from cmk_admin import database, editing, references
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.gate import Locked, Refused
from cmk_admin.page import Action, Crumb, FormPage, ListPage, PageHeader
from cmk_admin.policy import gesloten, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from models.activiteit import Activiteit
from models.school import School
from models.verantwoording import Status, Verantwoording
from views.activiteiten import bewaren, concept, formulier, herkennen, schermen, tabellen
from views.activiteiten.antwoord import Failed, Page, save
from views.activiteiten.formulier import ActivityForm, Part

blueprint = Blueprint("activiteiten", __name__)
AGAIN = "_nog_een"


def register(app: Flask) -> None:
    """Add the pages of activities to `app`."""
    app.register_blueprint(blueprint)


# --- new: Handleiding 2.2 -----------------------------------------------------------


@blueprint.route(
    "/verantwoordingen/<int:verantwoording_id>/activiteiten/nieuw", methods=["GET", "POST"]
)
@requires(Handeling.MAKEN, Activiteit)
@kept
def nieuw(verantwoording_id: int) -> Page:
    """A new activity with its schools and lasten on one page, saved together."""
    verantwoording = schermen.find_verantwoording(verantwoording_id)
    _require(Handeling.MAKEN, Activiteit(contractpartij_id=verantwoording.contractpartij_id))
    typed = concept.taken()
    form = formulier.new_form(verantwoording, typed or request.form, **concept.formdata(typed))
    if request.method == "GET":
        _require_open(verantwoording)
        form.sleutel.data = new_key()
        return _new_page(verantwoording, form)
    if verantwoording.status is Status.OPEN and not form.validate():
        bewaren.rules_too(form, verantwoording, None)
        return _new_page(verantwoording, form, Failed(form.summary())), INVALID

    def work() -> str:
        _require_open(verantwoording)
        activiteit = bewaren.insert(database.session(), verantwoording, form)
        return _after_insert(activiteit)

    return save(form, work, lambda failed: _new_page(verantwoording, form, failed))


def _require(handeling: Handeling, row: Activiteit) -> None:
    """The right alone; whether the year is open is asked when it is saved."""
    verdict = right_on(actor(), handeling, row)
    if not verdict:
        raise Refused(verdict)


def _require_open(verantwoording: Verantwoording) -> None:
    if verantwoording.status is not Status.OPEN:
        raise Locked(gesloten(verantwoording), verantwoording)


def _after_insert(activiteit: Activiteit) -> str:
    flash(f"Activiteit “{activiteit.naam}” is toegevoegd.", "success")
    if AGAIN in request.form:
        return url_for("activiteiten.nieuw", verantwoording_id=activiteit.verantwoording_id)
    return url_for("activiteiten.details", id=activiteit.id)


def _new_page(
    verantwoording: Verantwoording, form: ActivityForm, failed: Failed | None = None
) -> str:
    year = verantwoording.kalenderjaar
    page = FormPage(
        header=PageHeader(
            "Nieuwe activiteit",
            schermen.crumbs(verantwoording, "Nieuwe activiteit"),
            f"{verantwoording.project.titel} · {year}. Voer alleen kosten in die in {year} zijn"
            " uitbetaald.",
        ),
        form=form,
        action_url=request.path,
        cancel_url=url_for("verantwoordingen.activiteiten", id=verantwoording.id),
        errors=failed.errors if failed else (),
        extra_submits=(Action("Bewaren en nog een", "", name=AGAIN),),
        sections=formulier.SECTIONS,
        totals=formulier.totals(form),
        draft=concept.offer(),
    )
    return render_template("activiteiten/formulier.html", page=page)


# --- one part of an activity --------------------------------------------------------


@blueprint.route("/activiteiten/<int:id>/<deel>/bewerken", methods=["GET", "POST"])
@requires(Handeling.WIJZIGEN, Activiteit)
@kept
def bewerken(id: int, deel: str) -> Page:  # noqa: A002 - as in the address
    """Change one part: the details, the schools, the lasten or the partners."""
    part = formulier.PARTS.get(deel) or abort(404)
    activiteit = schermen.find(id)
    _require(Handeling.WIJZIGEN, activiteit)
    if request.method == "GET":
        _require_open(activiteit.verantwoording)
    elif activiteit.verantwoording.status is not Status.OPEN:
        return _closed_meanwhile(activiteit, part)
    edit = _edit_rows if part.name in _ROWS else _edit_fields
    return edit(activiteit, part)


def _closed_meanwhile(activiteit: Activiteit, part: Part) -> Page:
    """The year closed under an open form: nothing is saved, what was typed is still there."""
    if part.name in _ROWS:
        form = _rows_form(activiteit, _ROWS[part.name])
    else:
        fields = formulier.detail_fields(part.names, activiteit.contractpartij_id, activiteit)
        form = formulier.make(fields, {})

    def work() -> str:
        _require_open(activiteit.verantwoording)
        return _tab_url(activiteit, part)

    return save(form, work, lambda failed: _edit_page(activiteit, part, form, failed))


#: Part → its field with rows.
_ROWS = {"scholen": "scholen", "financieel-overzicht": "lasten"}


def _edit_fields(activiteit: Activiteit, part: Part) -> Page:
    typed = concept.taken()
    form = formulier.make(
        formulier.detail_fields(part.names, activiteit.contractpartij_id, activiteit),
        {name: editing.current_value(activiteit, name) for name in part.names},
        **concept.formdata(typed),
    )
    if request.method == "GET":
        if typed is None:
            form.versie_token.data = editing.version_token(activiteit)
        form.sleutel.data = new_key()
        return _edit_page(activiteit, part, form)
    editing.choose(form, activiteit, request.form)
    bewaren.read_base(activiteit, form)
    if not form.validate():
        bewaren.rules_too(form, activiteit.verantwoording, activiteit)
        return _edit_page(activiteit, part, form, Failed(form.summary())), INVALID

    def work() -> str:
        _require_open(activiteit.verantwoording)
        bewaren.update(database.session(), activiteit, form)
        flash(f"{part.title} van “{activiteit.naam}” bewaard.", "success")
        return _tab_url(activiteit, part)

    def again(failed: Failed) -> str:
        if failed.stale:
            form.versie_token.data = editing.version_token(activiteit)
        return _edit_page(activiteit, part, form, failed)

    return save(form, work, again)


def _edit_rows(activiteit: Activiteit, part: Part) -> Page:
    name = _ROWS[part.name]
    typed = concept.taken()
    form = _rows_form(activiteit, name, **concept.formdata(typed))
    if request.method == "GET":
        if typed is None:
            form.versie_token.data = bewaren.rows_token(activiteit, form[name])
        form.sleutel.data = new_key()
        return _edit_page(activiteit, part, form)
    theirs = _rows_form(activiteit, name, formdata=None)
    token = form.versie_token.data or ""
    rows = bewaren.Rows.of(activiteit, form[name], theirs[name], token)
    rows.choose(request.form.get)
    if not form.validate():
        bewaren.rules_too(form, activiteit.verantwoording, activiteit)
        return _edit_page(activiteit, part, form, Failed(form.summary())), INVALID

    def work() -> str:
        _require_open(activiteit.verantwoording)
        rows.merge()
        rows.apply(database.session())
        flash(f"{part.title} van “{activiteit.naam}” bewaard.", "success")
        return _tab_url(activiteit, part)

    def again(failed: Failed) -> str:
        if failed.stale:
            now = _rows_form(activiteit, name, formdata=None)
            form.versie_token.data = bewaren.rows_token(activiteit, now[name])
        return _edit_page(activiteit, part, form, failed)

    return save(form, work, again)


def _rows_form(activiteit: Activiteit, name: str, **formdata: Any) -> ActivityForm:
    stored = bewaren.stored(activiteit, name)
    if name == "scholen":
        schools = [row["school_id"] for row in stored]
        posted = formdata.get("formdata") or request.form
        field = formulier.schools_field(activiteit.verantwoording, posted, schools)
    else:
        field = formulier.costs_field(activiteit.contractpartij_id)
    form = formulier.make({name: field}, {name: stored}, **formdata)
    bewaren.pin_schools(activiteit, form[name])
    return form


def _tab_url(activiteit: Activiteit, part: Part) -> str:
    return url_for(f"activiteiten.{part.tab}", id=activiteit.id)


def _edit_page(
    activiteit: Activiteit, part: Part, form: ActivityForm, failed: Failed | None = None
) -> str:
    failed = failed or Failed()
    page = FormPage(
        header=PageHeader(
            f"{activiteit.naam}: {part.title.lower()} wijzigen",
            (*schermen.crumbs(activiteit.verantwoording), *_own_crumbs(activiteit, part)),
        ),
        form=form,
        action_url=request.path,
        cancel_url=_tab_url(activiteit, part),
        errors=failed.errors,
        conflicts=failed.conflicts,
        conflict_by=failed.by,
        intro=part.intro,
        totals=formulier.totals(form),
        draft=concept.offer(),
    )
    return render_template("activiteiten/formulier.html", page=page)


def _own_crumbs(activiteit: Activiteit, part: Part) -> tuple[Crumb, ...]:
    return (Crumb(activiteit.naam, _tab_url(activiteit, part)), Crumb("Wijzigen"))


@blueprint.get("/verantwoordingen/<int:id>/scholen-zoeken")
@requires(Handeling.ZIEN, Verantwoording)
def scholen_zoeken(id: int) -> Response:  # noqa: A002 - as in the address
    """At most 20 schools for the combobox: `[[id, label, caption, what to know], …]`."""
    sector = schermen.find_verantwoording(id).project.sector
    found: list[Any] = references.lookup(School, request.args.get("query", ""), {})
    return jsonify([[s.id, str(s), s.bijschrift(), s.buiten_sector(sector)] for s in found])


@blueprint.post("/verantwoordingen/<int:id>/scholen-herkennen")
@requires(Handeling.ZIEN, Verantwoording)
def scholen_herkennen(id: int) -> Response:  # noqa: A002 - as in the address
    """Per pasted line the school that it means: `[[id, label, what to know] or null, …]`."""
    sector = schermen.find_verantwoording(id).project.sector
    lines = request.form.getlist("regel")
    if len(lines) > herkennen.MOST or any(len(line) > herkennen.LONGEST for line in lines):
        abort(413)
    meant = herkennen.recognise(lines)
    return jsonify([s and [s.id, references.named(s), s.buiten_sector(sector)] for s in meant])


# --- the tabs: Handleiding 3 --------------------------------------------------------


@blueprint.get("/activiteiten/<int:id>/details")
@requires(Handeling.ZIEN, Activiteit)
def details(id: int) -> str:  # noqa: A002 - as in the address
    """What the activity is."""
    shown = schermen.show(id)
    return _tab(shown, "details", details=schermen.details(shown.activiteit))


@blueprint.get("/activiteiten/<int:id>/scholen")
@requires(Handeling.ZIEN, Activiteit)
def scholen(id: int) -> str:  # noqa: A002 - as in the address
    """The schools that took part."""
    shown = schermen.show(id)
    return _tab(shown, "scholen", page=tabellen.schools(shown))


@blueprint.get("/activiteiten/<int:id>/financieel-overzicht")
@requires(Handeling.ZIEN, Activiteit)
def financieel(id: int) -> str:  # noqa: A002 - as in the address
    """What it cost."""
    shown = schermen.show(id)
    return _tab(shown, "financieel", page=tabellen.costs(shown))


@blueprint.get("/activiteiten/<int:id>/samenwerkingspartners")
@requires(Handeling.ZIEN, Activiteit)
def partners(id: int) -> str:  # noqa: A002 - as in the address
    """With whom it was done."""
    shown = schermen.show(id)
    return _tab(shown, "partners", page=tabellen.partners(shown))


@blueprint.get("/activiteiten/<int:id>/geschiedenis")
@requires(Handeling.ZIEN, Activiteit)
def geschiedenis(id: int) -> str:  # noqa: A002 - as in the address
    """Who changed what, and when."""
    shown = schermen.show(id)
    return _tab(shown, "geschiedenis", history=schermen.history(shown.activiteit))


def _tab(shown: schermen.Shown, tab: str, **content: ListPage | list[Any]) -> str:
    return render_template(
        "activiteiten/tab.html",
        header=schermen.header(shown, tab),
        title=schermen.TABS[tab],
        verantwoording=shown.verantwoording,
        checks=schermen.checks(shown),
        complete=shown.stand.compleet,
        total=tabellen.total(shown, tab),
        **content,
    )
