"""The steps between the statuses of a verantwoording, each asked once (Handleiding 2.4)."""

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from cmk_admin import database, editing, formats
from cmk_admin.entity_forms import INVALID, STALE, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused, bewerking, hold, once
from cmk_admin.page import (
    Action,
    Cell,
    CheckItem,
    Crumb,
    Detail,
    FormError,
    PageHeader,
)
from cmk_admin.policy import may, stap_handeling
from cmk_admin.routes import actor
from models.base import RegelFout
from models.historie import BewerkingSoort
from models.rapportages import Cijfers, cijfers_van
from models.verantwoording import MINIMAAL_COMPLEET, Overgang, Verantwoording
from models.vraag import open_vragen
from views.verantwoordingen import controle, schermen

Page = str | Response | tuple[str, int]


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
        hold(session, verantwoording)
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
        session, verantwoording = database.session(), self.verantwoording
        counted = controle.year_of(verantwoording).geteld(session)
        return (
            *controle.checks(verantwoording, counted, self.figures, may_mend=True),
            *controle.questions(open_vragen(session, verantwoording.id)),
        )


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
