"""Changing the fields of a verantwoording; a new status has a page of its own (Handleiding 2.4)."""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest
from wtforms.validators import StopValidation

from cmk_admin import attributes, database, editing
from cmk_admin.advisers import advisers_of
from cmk_admin.entity_forms import INVALID, STALE, StaleForm, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm, make_field
from cmk_admin.gate import Locked, Refused, once
from cmk_admin.page import (
    Conflict,
    Crumb,
    FormError,
    FormPage,
    PageHeader,
)
from cmk_admin.policy import may, velden_van
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.base import RegelFout
from models.verantwoording import Status, Verantwoording
from views.verantwoordingen import schermen, werkwijzen
from views.verantwoordingen.status import CHANGED, STEPS, Page

FIXED_METHOD = "Ligt vast sinds de eerste activiteit; een beheerder kan dat nog wijzigen."


class StatusField(fields.ChoiceField):
    """The status as it is, and those it may get."""

    allowed: tuple[Status, ...] = ()

    def pre_validate(self, form: Any) -> None:
        if self.data not in self.allowed:
            raise StopValidation(fields.NO_CHOICE)

    def iter_choices(self) -> Iterator[tuple[str, str, bool]]:
        for status in self.allowed:
            yield status.value, status.label, status is self.data


def edit(verantwoording: Verantwoording) -> Page:
    """ "Door op de button Wijzigen te klikken kun je de status … wijzigen." """
    verdict = may(actor(), Handeling.WIJZIGEN, verantwoording)
    if not schermen.may_change(verantwoording):
        raise Refused(verdict)
    form = _edit_form(verantwoording, bool(verdict))
    if request.method == "GET":
        form.versie_token.data = editing.version_token(verantwoording)
        form.sleutel.data = new_key()
        return _edit_page(verantwoording, form)
    editing.choose(form, verantwoording, request.form)
    base = _base(verantwoording, form)
    if not form.validate():
        return _edit_page(verantwoording, form, editing.all_errors(form)), INVALID
    return _save_fields(verantwoording, form, base)


def _edit_form(verantwoording: Verantwoording, may_fields: bool) -> EntityForm:
    """Only what this person may change: beheerders also the last day."""
    allowed = velden_van(actor(), verantwoording)
    members: dict[str, Any] = {
        "status": StatusField("Status", choices=Status, validators=[fields.Filled()])
    }
    if may_fields:
        members["werkwijze"] = _method_field(verantwoording, allowed)
    if may_fields and allowed is None:
        attribute = attributes.attribute(Verantwoording, "uiterste_datum")
        members["uiterste_datum"] = make_field(attribute)
    names = [name for name in members if name != "werkwijze" or may_fields]
    data = {name: getattr(verantwoording, name) for name in names}
    form: EntityForm = type("VerantwoordingForm", (EntityForm,), members)(data=data)
    form["status"].allowed = (verantwoording.status, *schermen.steps(verantwoording))
    if "werkwijze" in form and isinstance(form["werkwijze"], fields.ReadOnlyField):
        method = verantwoording.werkwijze
        form["werkwijze"].data = method.label if method else "Niet gekozen"
    return form


def _method_field(verantwoording: Verantwoording, allowed: frozenset[str] | None) -> Any:
    attribute = attributes.attribute(Verantwoording, "werkwijze")
    if allowed is not None and verantwoording.heeft_activiteiten():
        return fields.ReadOnlyField(attribute.label, description=FIXED_METHOD)
    return make_field(attribute)


def _base(verantwoording: Verantwoording, form: EntityForm) -> editing.Base:
    try:
        return editing.read_token(form.versie_token.data or "", verantwoording)
    except editing.BadToken:
        raise BadRequest from None


def _save_fields(verantwoording: Verantwoording, form: EntityForm, base: editing.Base) -> Page:
    """Save the fields; a new status has a page of its own that asks first."""
    session = database.session()

    def work() -> str:
        conflicts, by = editing.stale(session, form, verantwoording, base)
        if conflicts:
            raise StaleForm(conflicts, by)
        if _fill(verantwoording, form):
            session.flush()
            flash("De verantwoording is bewaard.", "success")
        step = schermen.steps(verantwoording).get(form["status"].data)
        page = STEPS[step].name if step else "details"
        return url_for(f"verantwoordingen.{page}", id=verantwoording.id)

    try:
        return redirect(once(session, read_key(form), work))
    except RegelFout as refused:
        session.rollback()
        loose = editing.put_errors(form, refused.fouten)
        return _edit_page(verantwoording, form, editing.all_errors(form, loose)), INVALID
    except StaleForm as stale:
        session.rollback()
        form.versie_token.data = editing.version_token(verantwoording)
        form.sleutel.data = new_key()
        return _edit_page(verantwoording, form, (), stale.conflicts, stale.by), STALE
    except (Locked, StaleDataError) as late:
        # Closed or saved by another at this very moment: what was typed is not lost.
        session.rollback()
        form.sleutel.data = new_key()
        reason = f"{late.reason} {late.help}".strip() if isinstance(late, Locked) else CHANGED
        return _edit_page(verantwoording, form, (FormError("", "", reason),)), STALE


def _fill(verantwoording: Verantwoording, form: EntityForm) -> bool:
    """Put all but the status into the row; whether anything changed."""
    changed = False
    for name in ("werkwijze", "uiterste_datum"):
        field = form._fields.get(name)
        if field is None or isinstance(field, fields.ReadOnlyField):
            continue
        if getattr(verantwoording, name) != field.data:
            setattr(verantwoording, name, field.data)
            changed = True
    return changed


def _edit_page(
    verantwoording: Verantwoording,
    form: EntityForm,
    errors: tuple[FormError, ...] = (),
    conflicts: tuple[Conflict, ...] = (),
    by: str = "",
) -> str:
    back = url_for("verantwoordingen.details", id=verantwoording.id)
    page = FormPage(
        header=PageHeader(
            f"Verantwoording {verantwoording.kalenderjaar} wijzigen",
            schermen.crumbs(verantwoording, Crumb("Wijzigen")),
            f"{verantwoording.project.titel} · {verantwoording.project.contractpartij}",
        ),
        form=form,
        action_url=request.path,
        cancel_url=back,
        errors=errors,
        conflicts=conflicts,
        conflict_by=by,
    )
    return render_template(
        "verantwoordingen/wijzigen.html",
        page=page,
        methods=tuple(werkwijzen.UITLEG.values()),
        always=werkwijzen.ALTIJD,
        advisers=advisers_of([verantwoording.contractpartij_id]),
    )
