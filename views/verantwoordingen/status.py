"""Changing a verantwoording: werkwijze, and the steps between statuses (Handleiding 2.4)."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms.validators import StopValidation

from cmk_admin import attributes, database, editing, formats
from cmk_admin.entity_forms import INVALID, STALE, StaleForm, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm, make_field
from cmk_admin.gate import Locked, Refused, bewerking, once
from cmk_admin.page import (
    Action,
    Cell,
    CheckItem,
    Conflict,
    Crumb,
    Detail,
    FormError,
    FormPage,
    PageHeader,
)
from cmk_admin.policy import Handeling, may, stap_handeling, velden_van
from cmk_admin.routes import actor
from models.base import RegelFout
from models.compleet import stand_van
from models.historie import BewerkingSoort
from models.rapportages import Cijfers, cijfers_van
from models.verantwoording import MINIMAAL_COMPLEET, Overgang, Status, Verantwoording
from views.verantwoordingen import controle, schermen

Page = str | Response | tuple[str, int]
FIXED_METHOD = "Ligt vast sinds de eerste activiteit; een beheerder kan dat nog wijzigen."


# --- Wijzigen -----------------------------------------------------------------------


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
    return render_template("verantwoordingen/wijzigen.html", page=page)


# --- Sluiten, heropenen, vaststellen --------------------------------------------------


class ReasonForm(EntityForm):
    """Why a closed year has to open again."""

    reden = fields.TextAreaField(
        "Waarom moet de verantwoording weer open?",
        max_length=400,
        description="De adviseur krijgt hierover bericht.",
        validators=[fields.Filled()],
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A step between statuses as a page that asks once. name: its endpoint."""

    name: str
    soort: BewerkingSoort
    title: str
    intro: str
    submit: str
    done: str
    perform: Callable[[Verantwoording, int | None, EntityForm], None]
    form: type[EntityForm] = EntityForm


def _close(verantwoording: Verantwoording, who: int | None, form: EntityForm) -> None:
    verantwoording.sluit(who)


def _reopen(verantwoording: Verantwoording, who: int | None, form: EntityForm) -> None:
    verantwoording.heropen(form["reden"].data)


def _settle(verantwoording: Verantwoording, who: int | None, form: EntityForm) -> None:
    verantwoording.stel_vast()


_HEROPENEN = Step(
    "heropenen",
    BewerkingSoort.HEROPENEN,
    "Heropenen",
    "De verantwoording gaat weer open en kan dan weer gewijzigd worden. Wat bij het sluiten is"
    " vastgelegd, blijft bewaard.",
    "Heropenen",
    "De verantwoording staat weer open.",
    _reopen,
    ReasonForm,
)
STEPS = {
    Overgang.SLUITEN: Step(
        "sluiten",
        BewerkingSoort.SLUITEN,
        "Verantwoording sluiten",
        "Na het sluiten kan niemand meer iets wijzigen. Dit wordt vastgelegd:",
        "Verantwoording sluiten",
        "De verantwoording is gesloten.",
        _close,
    ),
    Overgang.HEROPENEN: _HEROPENEN,
    Overgang.VASTGESTELD_HEROPENEN: _HEROPENEN,
    Overgang.VASTSTELLEN: Step(
        "vaststellen",
        BewerkingSoort.VASTSTELLEN,
        "Vaststellen",
        "Na het vaststellen kan alleen een beheerder de verantwoording nog heropenen.",
        "Vaststellen",
        "De verantwoording is vastgesteld.",
        _settle,
    ),
}


def ask(verantwoording: Verantwoording, overgang: Overgang) -> Page:
    """Show what will be fixed and ask once; then do it in one transaction."""
    step = STEPS[overgang]
    figures = cijfers_van(database.session(), [verantwoording])[verantwoording.id]
    form = step.form()
    if "reden" in form and verantwoording.project.contractpartij.adviseur_id is None:
        form["reden"].description = ""
    asked = Asked(verantwoording, overgang, step, form, figures)
    if request.method == "GET":
        asked.require()
        return asked.page()
    return asked.perform()


CHANGED = "Intussen is er iets gewijzigd. Bekijk de nieuwe stand en bevestig opnieuw."


class Changed(Exception):
    """What the person saw is not how it is now."""


class Incomplete(Exception):
    """The form of the question is not filled in well."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A step on one verantwoording, with the figures that the person gets to see."""

    verantwoording: Verantwoording
    overgang: Overgang
    step: Step
    form: EntityForm
    figures: Cijfers

    @property
    def seen(self) -> str:
        """What the page showed: another outcome must be looked at again."""
        shown = f"{self.verantwoording.versie} {astuple(self.figures)}"
        return hashlib.sha256(shown.encode()).hexdigest()

    @property
    def closes(self) -> bool:
        return self.step.soort is BewerkingSoort.SLUITEN

    @property
    def possible(self) -> bool:
        return not self.closes or self.figures.nog_nodig == 0

    def require(self) -> None:
        verdict = may(actor(), stap_handeling(self.overgang), self.verantwoording)
        if not verdict:
            raise Refused(verdict)

    def perform(self) -> Page:
        """Do it once: the same form again leads to where the first one went."""
        session = database.session()
        try:
            return redirect(once(session, read_key(self.form), self._work))
        except Incomplete:
            session.rollback()
            return self.page(editing.all_errors(self.form)), INVALID
        except RegelFout as refused:
            session.rollback()
            loose = editing.put_errors(self.form, refused.fouten)
            return self.page(editing.all_errors(self.form, loose)), INVALID
        except (Changed, StaleDataError):
            session.rollback()
            return self._now().page((FormError("", "", CHANGED),)), STALE

    def _now(self) -> "Asked":
        return replace(
            self,
            figures=cijfers_van(database.session(), [self.verantwoording])[self.verantwoording.id],
        )

    def _work(self) -> str:
        session, verantwoording = database.session(), self.verantwoording
        # Whoever is still writing under it goes first, and is then seen.
        session.refresh(verantwoording, with_for_update=True)
        self.require()
        if self.form.versie_token.data != self._now().seen:
            raise Changed
        if not self.form.validate():
            raise Incomplete
        with bewerking(
            session,
            self.step.soort,
            f"{verantwoording}: {self.step.name}",
            verantwoording.contractpartij_id,
        ):
            self.step.perform(verantwoording, actor().gebruiker_id, self.form)
        flash(self.step.done, "success")
        return url_for("verantwoordingen.details", id=verantwoording.id)

    def page(self, errors: tuple[FormError, ...] = ()) -> str:
        verantwoording = self.verantwoording
        self.form.versie_token.data = self.seen
        if request.method == "GET" or errors:
            self.form.sleutel.data = new_key()
        return render_template(
            "verantwoordingen/stap.html",
            header=PageHeader(
                f"Verantwoording {verantwoording.kalenderjaar} {self.step.name}",
                schermen.crumbs(verantwoording, Crumb(self.step.title)),
                f"{verantwoording.project.titel} · {verantwoording.project.contractpartij}",
            ),
            form=self.form,
            errors=errors,
            intro=self.step.intro if self.possible else self._not_yet(),
            facts=figures_of(self.figures) if self.possible else (),
            checks=self._checks(),
            action_url=request.path,
            cancel_url=url_for("verantwoordingen.activiteiten", id=verantwoording.id),
            submit=Action(self.step.submit, "") if self.possible else None,
        )

    def _not_yet(self) -> str:
        return (
            f"Sluiten kan nog niet: er zijn minimaal {MINIMAAL_COMPLEET} activiteiten nodig waarvan"
            f" scholen en lasten volledig zijn ingevuld; nu {_complete(self.figures)}."
        )

    def _checks(self) -> tuple[CheckItem, ...]:
        if not self.closes:
            return ()
        standen = stand_van(database.session(), self.verantwoording.id)
        return controle.checks(self.verantwoording, standen, self.figures, may_mend=True)


def _complete(figures: Cijfers) -> str:
    return "is dat er 1" if figures.compleet == 1 else f"zijn dat er {figures.compleet}"


def figures_of(figures: Cijfers) -> list[Detail]:
    """The totals of a year, in the words that every page uses."""
    found = [
        Detail("Activiteiten in de lijst", Cell(formats.number(figures.regels), "getal")),
        Detail("Aantal activiteiten", Cell(formats.number(figures.activiteiten), "getal")),
        Detail("Totaal aantal uren", Cell(formats.hours(figures.uren), "getal")),
        Detail("Bereikte scholen", Cell(formats.number(figures.scholen), "getal")),
        Detail("Deelnames van leerkrachten", Cell(formats.number(figures.deelnames), "getal")),
        Detail("Baten", Cell(formats.euro(figures.besteedbaar), "geld")),
        Detail("Lasten", Cell(formats.euro(figures.besteed), "geld")),
        Detail("Saldo", Cell(formats.euro(figures.over), "geld")),
    ]
    if figures.compleet is not None:
        text = f"{figures.compleet} van {figures.regels}"
        found.insert(1, Detail("Waarvan compleet", Cell(text, "getal")))
    return found
