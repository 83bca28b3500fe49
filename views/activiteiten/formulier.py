"""The forms of an activity: all of it at once when it is new, one part when it is changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from wtforms.validators import Optional

from cmk_admin import attributes, database, editing, formats
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm, make_field
from cmk_admin.page import FormError, FormSection, RunningTotal
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last, totaal_uren
from models.base import Entiteit
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from models.vouwen import volgens
from views.activiteiten import rijen

#: The fields of part 1, in the order of Handleiding 2.2.
DETAILS = (
    "naam",
    "doel_id",
    "omschrijving",
    "aantal_activiteiten",
    "duur",
    "duur_eenheid",
    "startdatum",
    "einddatum",
    "doelgroepen",
    "samenwerkingspartners",
)
THIRDS = ("aantal_activiteiten", "duur", "duur_eenheid")
PARTNERS = ("samenwerkingspartners",)
LASTEN = "Financiële gegevens – lasten"

SCHOOLS_INTRO = "Welke scholen deden mee, en met hoeveel leerkrachten?"
COSTS_INTRO = "Het bedrag hoef je niet direct in te vullen; dat kan ook later."


class ActivityForm(EntityForm):
    """Base of every form of (a part of) an activity."""

    @property
    def row_fields(self) -> list[rijen.RowsField]:
        return [field for field in self if isinstance(field, rijen.RowsField)]

    def summary(self, loose: tuple[FormError, ...] = ()) -> tuple[FormError, ...]:
        """Every error, also those in rows."""
        in_rows = [error for field in self.row_fields for error in field.summary()]
        return (*editing.all_errors(self, loose), *in_rows)


def detail_fields(
    names: Iterable[str], contractpartij_id: int, row: Activiteit | None = None
) -> dict[str, Any]:
    """Fields of the activity itself; partners are those of its own contractpartij."""
    members = {name: make_field(attributes.attribute(Activiteit, name), row) for name in names}
    partners = attributes.attribute(Activiteit, "samenwerkingspartners")
    if partners.name in members:
        offer = _partners_of(contractpartij_id)
        members[partners.name] = fields.MultiReferenceField(
            partners.label,
            find=lambda ids: {id_: label for id_, label in offer() if id_ in set(ids)},
            options=offer,
            validators=[Optional()],
        )
    return members


def _partners_of(contractpartij_id: int) -> Callable[[], list[tuple[int, str]]]:
    """The partners to choose from, read once."""
    found: list[tuple[int, str]] = []

    def offer() -> list[tuple[int, str]]:
        if not found:
            rows = database.session().execute(
                select(Samenwerkingspartner.id, Samenwerkingspartner.naam)
                .where(Samenwerkingspartner.contractpartij_id == contractpartij_id)
                .order_by(volgens(Samenwerkingspartner, "naam"), Samenwerkingspartner.id)
            )
            found.extend((row.id, row.naam) for row in rows)
        return found

    return offer


def schools_field(
    verantwoording: Verantwoording, posted: Mapping[str, str], stored: Iterable[int] = ()
) -> rijen.RowsField:
    """stored: ids of the schools that rows have already."""
    ids = [*stored, *rijen.posted_ids(posted, "-school_id")]
    rights = _rights(ActiviteitSchool, verantwoording.contractpartij_id)
    return rijen.SchoolsField(rijen.Schools(ids, verantwoording), *rights)


def costs_field(contractpartij_id: int) -> rijen.RowsField:
    return rijen.RowsField(
        LASTEN,
        rijen.last_row(rijen.kinds_of_cost()),
        "Last",
        *_rights(Last, contractpartij_id),
    )


def _rights(part: type[Entiteit], contractpartij_id: int) -> tuple[bool, bool]:
    """Whether rows may be added and taken away at this contractpartij."""
    row = part(contractpartij_id=contractpartij_id)
    add, remove = (
        bool(may(actor(), handeling, row)) for handeling in (Handeling.MAKEN, Handeling.VERWIJDEREN)
    )
    return add, remove


def make(members: dict[str, Any], data: dict[str, Any], **formdata: Any) -> ActivityForm:
    """A form with these fields; formdata=None leaves out what was posted."""
    form: ActivityForm = type("ActivityForm", (ActivityForm,), members)(data=data, **formdata)
    for name in THIRDS:
        if name in form:
            form[name].third = True
    return form


def new_form(
    verantwoording: Verantwoording, posted: Mapping[str, str], **formdata: Any
) -> ActivityForm:
    """All three parts of Handleiding 2.2; formdata: filled in from there instead."""
    contractpartij_id = verantwoording.contractpartij_id
    members = detail_fields(DETAILS, contractpartij_id)
    members["scholen"] = schools_field(verantwoording, posted)
    members["lasten"] = costs_field(contractpartij_id)
    form = make(members, {"duur_eenheid": DuurEenheid.PER_ACTIVITEIT}, **formdata)
    for field in form.row_fields:
        field.may_remove = True
    return form


SECTIONS = (
    FormSection("Details", DETAILS),
    FormSection("Scholen", ("scholen",), SCHOOLS_INTRO),
    FormSection(LASTEN, ("lasten",), COSTS_INTRO),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an activity that is changed on a page of its own.

    name: as in the address. tab: the endpoint of its page.
    """

    name: str
    title: str
    tab: str
    names: tuple[str, ...]
    intro: str = ""


PARTS = {
    part.name: part
    for part in (
        Part("details", "Details", "details", DETAILS),
        Part("scholen", "Scholen", "scholen", ("scholen",), SCHOOLS_INTRO),
        Part("financieel-overzicht", LASTEN, "financieel", ("lasten",), COSTS_INTRO),
        Part("samenwerkingspartners", "Samenwerkingspartners", "partners", PARTNERS),
    )
}


def totals(form: ActivityForm) -> tuple[RunningTotal, ...]:
    """The running totals of what this form has."""
    found = []
    if "lasten" in form:
        cents = sum(row["bedrag"].data or 0 for row in form["lasten"].forms)
        found.append(RunningTotal("som", ("lasten", "bedrag"), formats.euro(cents)))
    if "scholen" in form and "naam" in form:
        count = sum(row["school_id"].data is not None for row in form["scholen"].forms)
        found.append(RunningTotal("aantal", ("scholen", "school_id"), str(count), lead="scholen"))
    if "duur" in form:
        hours = _hours(form)
        found.append(RunningTotal("uren", THIRDS, hours, "uur"))
    return tuple(found)


def _hours(form: ActivityForm) -> str:
    """What cannot be is told at its field; it counts for nothing here."""
    duration, count = form["duur"].data, form["aantal_activiteiten"].data
    if duration is None or duration < 0 or (count is not None and count < 0):
        return "0,0"
    return formats.hours(totaal_uren(duration, form["duur_eenheid"].data, count))
