"""The rows under an activity in a form: schools and lasten (Handleiding 2.2, onderdeel 2 en 3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FieldList, Form, FormField
from wtforms.validators import Optional

from cmk_admin import attributes, database, references
from cmk_admin.forms import fields
from cmk_admin.forms.builder import make_field
from cmk_admin.page import FormError
from models.activiteit import ActiviteitSchool, Last
from models.base import Entiteit
from models.lijsten import Kostensoort
from models.school import School
from models.verantwoording import Verantwoording

#: More rows than anybody types. A form with more is refused whole: what is not in a form
#: counts as removed, so a cut would delete rows.
MAX_ROWS = 3000
TWICE = "Deze school staat er al bij."


class Labels:
    """Labels of one entity by id, asked once per form instead of once per row."""

    def __init__(
        self,
        entity: type[Entiteit],
        ids: Iterable[int] = (),
        label: Callable[[Any], str] = str,
    ) -> None:
        """ids: to look up right away. label: how a row is named."""
        self._entity, self._label = entity, label
        self._offer = references.options(entity)
        self._options: list[tuple[int, str]] | None = None
        wanted = sorted(set(ids))
        self._asked = set(wanted)
        self._known = self._find(wanted) if wanted else {}

    def _find(self, ids: list[int]) -> dict[int, str]:
        chosen = select(self._entity).where(self._entity.id.in_(ids))
        return {row.id: self._label(row) for row in database.session().scalars(chosen)}

    def find(self, ids: Sequence[int]) -> dict[int, str]:
        """ids → {id: label} of the rows that the actor sees."""
        new = [id_ for id_ in ids if id_ not in self._asked]
        if new:
            self._asked.update(new)
            self._known |= self._find(new)
        return {id_: self._known[id_] for id_ in ids if id_ in self._known}

    def options(self) -> list[tuple[int, str]]:
        """What can be chosen today."""
        if self._options is None:
            self._options = list(self._offer())
            self._asked.update(id_ for id_, _ in self._options)
            self._known |= dict(self._options)
        return self._options


class RowForm(Form):
    """One row. A new one in which nothing was typed does not count."""

    id = fields.SecretHiddenField()

    @property
    def row_id(self) -> int | None:
        """The row in the database that this one shows; None for a new one."""
        try:
            return fields.to_id(self.id.data) if self.id.data else None
        except ValueError:
            return None

    def typed(self) -> list[Any]:
        """The fields that people fill in, in order."""
        return [field for field in self if field.short_name != "id"]

    @property
    def blank(self) -> bool:
        return self.row_id is None and not any(_filled(field) for field in self.typed())

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        return self.blank or super().validate(extra_validators)


def _filled(field: Any) -> bool:
    return bool(field.data is not None or (getattr(field, "raw", None) or "").strip())


class SchoolField(fields.ReferenceField):
    """A school to look up; of a stored row it is fixed, and only shown."""

    pinned: int | None = None

    def __init__(
        self, label: str = "", note: Callable[[int], str] = lambda _: "", **kwargs: Any
    ) -> None:
        """note: what is worth knowing of a school by its id."""
        super().__init__(label, **kwargs)
        self._note = note

    def pin(self, school_id: int) -> None:
        self.data = self.pinned = school_id
        self.widget_kind = "readonly"

    def unpin(self) -> None:
        self.pinned, self.widget_kind = None, "combobox"

    @property
    def notice(self) -> str:
        """What is worth knowing of the school that is chosen."""
        return "" if self.data is None else self._note(self.data)

    def _value(self) -> str:
        return "" if self.data is None or self.find is None else self.find([self.data])[self.data]

    def process_formdata(self, valuelist: list[Any]) -> None:
        if self.pinned is None:
            super().process_formdata(valuelist)


class RowsField(FieldList):  # type: ignore[type-arg]
    """Rows of small forms. A stored row has its own id as index, so that a link can point at it.

    row_label: the word for one row. may_add, may_remove: what this person may do.
    """

    widget_kind = "rows"
    #: Where pasted lines are recognised, and what says that one can paste.
    recognise_url = ""
    paste_hint = "Een kolom uit Excel kun je plakken."

    def __init__(
        self,
        label: str,
        row_form: type[RowForm],
        row_label: str,
        may_add: bool = True,
        may_remove: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(FormField(row_form), label, **kwargs)
        self.row_label = row_label
        self.add_label = f"{row_label} toevoegen"
        self.may_add, self.may_remove = may_add, may_remove

    def process(
        self,
        formdata: Any,
        data: Any = (),
        extra_filters: Sequence[Callable[..., Any]] | None = None,
    ) -> None:
        """data: dicts of stored rows; what was posted goes before. A fresh form ends empty."""
        self.entries, self.last_index = [], -1
        self.object_data = data = data if isinstance(data, (list, tuple)) else ()
        if formdata:
            indices = sorted(set(self._extract_indices(self.name, formdata)))
            if len(indices) > MAX_ROWS:
                raise RequestEntityTooLarge
            for index in indices:
                self._put(formdata, {}, index)
            return
        for values in data:
            self._put(None, values, values["id"])
        if self.may_add:
            self._put(None, {})

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for key in formdata:
            if key.startswith(f"{prefix}-"):
                index = key[len(prefix) + 1 :].split("-", 1)[0]
                if index.isascii() and index.isdigit() and len(index) < 10:
                    yield int(index)

    def add(self, values: dict[str, Any]) -> RowForm:
        """One more row after the others."""
        return self._put(None, values)

    def _put(self, formdata: Any, values: dict[str, Any], index: int | None = None) -> RowForm:
        form: RowForm = self._add_entry(formdata, values, index).form  # type: ignore[attr-defined]
        return form

    @property
    def template_entry(self) -> Any:
        """An empty row with a placeholder for its index: what the script makes new rows of."""
        name = f"{self.name}-__index__"
        options = {"name": name, "id": name, "_meta": self.meta, "translations": None}
        entry: Any = self.unbound_field.bind(form=None, **options)  # type: ignore[arg-type]
        entry.process(None, {})
        return entry

    @property
    def forms(self) -> list[RowForm]:
        """The rows that count."""
        return [entry.form for entry in self.entries if not entry.form.blank]

    def summary(self) -> Iterator[FormError]:
        """Every error in the rows, for the summary above the form."""
        for number, entry in enumerate(self.entries, start=1):
            for field in entry.form:
                for error in field.errors:
                    label = f"{self.row_label} {number}, {field.label.text.lower()}"
                    yield FormError(field.id, label, str(error))


class SchoolsField(RowsField):
    """Schools with their leerkrachten; a school can be there once."""

    paste_hint = "Een kolom met namen, BRIN of vestigingscodes uit Excel kun je plakken."

    def __init__(self, schools: "Schools", *rights: bool, **kwargs: Any) -> None:
        super().__init__("Scholen", school_row(schools), "School", *rights, **kwargs)
        self.recognise_url = schools.url("activiteiten.scholen_herkennen")

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        good = super().validate(form, extra_validators)
        seen: set[int] = set()
        for row in self.forms:
            school = row["school_id"]
            if school.data in seen:
                school.errors = [*school.errors, TWICE]
                good = False
            elif school.data is not None:
                seen.add(school.data)
        return good


def posted_ids(formdata: Mapping[str, str], ending: str) -> list[int]:
    """The row numbers posted in all fields that end so, to look them up in one go."""
    return [
        int(value)
        for name, value in formdata.items()
        if name.endswith(ending) and value.isascii() and value.isdigit() and len(value) < 10
    ]


def school_row(schools: "Schools") -> type[RowForm]:
    """The form of one school of an activity."""
    attribute = attributes.attribute(ActiviteitSchool, "school_id")
    teachers = attributes.attribute(ActiviteitSchool, "aantal_leerkrachten")
    return type(
        "SchoolRow",
        (RowForm,),
        {
            "school_id": SchoolField(
                attribute.label,
                find=schools.find,
                note=schools.note,
                lookup_url=schools.url("activiteiten.scholen_zoeken"),
                search=references.searcher(School),
                validators=[fields.Filled()],
            ),
            "aantal_leerkrachten": fields.IntegerField(teachers.label, validators=[Optional()]),
        },
    )


def last_row(kinds: Labels) -> type[RowForm]:
    """The form of one last, in the order of the manual."""
    members: dict[str, Any] = {
        name: make_field(attributes.attribute(Last, name))
        for name in ("toelichting", "bedrag", "betaald_op")
    }
    members["kostensoort_id"] = fields.ReferenceField(
        attributes.attribute(Last, "kostensoort_id").label,
        find=kinds.find,
        options=kinds.options,
        validators=[Optional()],
    )
    for name in ("boekstuknummer", "leverancier"):
        members[name] = make_field(attributes.attribute(Last, name))
    return type("LastRow", (RowForm,), members)


def kinds_of_cost() -> Labels:
    return Labels(Kostensoort)


class Schools(Labels):
    """Schools by name, with what tells those of the same name apart, and with what is worth
    knowing of each in the project of this verantwoording."""

    def __init__(self, ids: Iterable[int], verantwoording: Verantwoording) -> None:
        self._verantwoording = verantwoording
        self._notes: dict[int, str] = {}
        super().__init__(School, ids, references.named)

    def _find(self, ids: list[int]) -> dict[int, str]:
        sector = self._verantwoording.project.sector
        chosen = select(School).where(School.id.in_(ids)).options(joinedload(School.sector))
        rows = database.session().scalars(chosen).all()
        self._notes |= {row.id: row.buiten_sector(sector) for row in rows}
        return {row.id: references.named(row) for row in rows}

    def note(self, id_: int) -> str:
        self.find([id_])
        return self._notes.get(id_, "")

    def url(self, endpoint: str) -> str:
        """The address that the scripts ask, which knows what project it is about."""
        return url_for(endpoint, id=self._verantwoording.id)
