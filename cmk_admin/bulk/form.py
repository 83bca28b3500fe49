"""The form of a bulk edit: per attribute what to do, and with which value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from cmk_admin import formats
from cmk_admin.attributes import Attribute
from cmk_admin.bulk.changes import MOST_DAYS, Change, Hoe, offered
from cmk_admin.forms import builder, fields
from cmk_admin.forms.builder import EntityForm
from models.base import Keuze

LEAVE = "Niet wijzigen"
NOTHING_CHOSEN = "Kies bij minstens één veld wat er moet gebeuren."
NO_VALUE = "Vul in waarop dit gezet moet worden, of kies “Maak leeg”."
NO_ROWS = "Kies er minstens een."
NO_FIND = "Vul in welke tekst gezocht moet worden."
NO_PERCENT = "Vul een percentage in, bijvoorbeeld 2,5 of -10."
TOO_LOW = "Verlagen kan met hoogstens 100 procent: met -100 wordt het 0."
NO_DAYS = f"Vul een aantal dagen in, bijvoorbeeld 7 of -7, hoogstens {MOST_DAYS}."
MOST_PERCENT = 1000


class JaNee(Keuze):
    JA = "ja", "Ja"
    NEE = "nee", "Nee"


class HowField(fields.ChoiceField):
    """What to do with an attribute, of what can be done with its kind."""

    def __init__(self, label: str = "", ways: Sequence[Hoe] = (), **kwargs: Any) -> None:
        super().__init__(label, choices=Hoe, empty=LEAVE, **kwargs)
        self.ways = ways

    def iter_choices(self) -> Iterator[tuple[str, str, bool]]:
        yield "", LEAVE, self.data is None
        for way in self.ways:
            yield way.value, way.label, self.data is way

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in self.ways:
            raise StopValidation(fields.NO_CHOICE)


class ExactTextField(fields.TextField):
    """Text with its spaces: they count when one searches."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class PercentField(fields.TypedField):
    """2,5 or -10."""

    widget_kind = "hours"

    def parse(self, text: str) -> Decimal:
        try:
            return formats.parse_hours(text.replace("%", ""))
        except ValueError:
            raise ValueError(NO_PERCENT) from None

    def text(self, value: Decimal) -> str:
        return formats.hours(value)


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of one attribute; what its kind cannot do is None."""

    attribute: Attribute
    how: Field
    value: Field
    find: Field | None
    replace: Field | None
    percent: Field | None
    days: Field | None


def form_class(attributes: Sequence[Attribute]) -> type[EntityForm]:
    """The form that asks these attributes."""
    members: dict[str, Any] = {}
    for attribute in attributes:
        name, ways = attribute.name, offered(attribute)
        members[f"hoe_{name}"] = HowField(attribute.label, ways)
        members[name] = _value_field(attribute)
        if Hoe.VERVANG in ways:
            members[f"vind_{name}"] = ExactTextField("Zoek")
            members[f"vind_{name}"].kwargs["description"] = "Let op hoofdletters: die tellen mee."
            members[f"door_{name}"] = ExactTextField("Vervang door")
        if Hoe.PROCENT in ways:
            members[f"procent_{name}"] = PercentField("Procent")
            members[f"procent_{name}"].kwargs["description"] = "Met een min ervoor: verlagen."
        if Hoe.SCHUIF in ways:
            members[f"dagen_{name}"] = fields.IntegerField(
                "Dagen", description="Met een min ervoor: eerder."
            )
    return type("BulkForm", (EntityForm,), members)


def _value_field(attribute: Attribute) -> Any:
    if attribute.kind == "check":
        return fields.ChoiceField("Waarde", choices=JaNee)
    optional = replace(attribute, required=False, ui=replace(attribute.ui, label="Waarde", help=""))
    return builder.make_field(optional)


def asked(form: EntityForm, attributes: Sequence[Attribute]) -> tuple[Asked, ...]:
    """The fields of the form, attribute by attribute."""
    found = form._fields.get
    return tuple(
        Asked(
            attribute,
            found(f"hoe_{attribute.name}"),
            found(attribute.name),
            found(f"vind_{attribute.name}"),
            found(f"door_{attribute.name}"),
            found(f"procent_{attribute.name}"),
            found(f"dagen_{attribute.name}"),
        )
        for attribute in attributes
    )


def read(form: EntityForm, attributes: Sequence[Attribute]) -> tuple[Change, ...] | None:
    """What the form asks; None when something is missing, which then stands at its field."""
    form.validate()
    changes: list[Change | None] = []
    for one in asked(form, attributes):
        _only_what_counts(one)
        if one.how.errors or _wrong(one):
            changes.append(None)
        elif one.how.data is not None:
            changes.append(_change(one))
    found = tuple(change for change in changes if change is not None)
    return found if found and len(found) == len(changes) else None


#: Per way the field that it reads.
READS = {
    Hoe.ZET: "value",
    Hoe.ERBIJ: "value",
    Hoe.ERAF: "value",
    Hoe.VERVANG: "find",
    Hoe.PROCENT: "percent",
    Hoe.SCHUIF: "days",
}


def _only_what_counts(one: Asked) -> None:
    """What was typed for a way that was not chosen is not looked at."""
    reads = READS.get(one.how.data)
    for name in ("value", "find", "percent", "days"):
        field = getattr(one, name)
        if field is not None and name != reads:
            field.errors = []


def _wrong(one: Asked) -> bool:
    return any(
        getattr(one, name) is not None and getattr(one, name).errors for name in READS.values()
    )


def _change(one: Asked) -> Change | None:
    how: Hoe = one.how.data
    make = partial(Change, one.attribute, how)
    if how is Hoe.LEEG:
        return make(value=[] if one.attribute.kind == "multi" else None)
    if how is Hoe.VERVANG:
        assert one.find is not None
        assert one.replace is not None
        if not one.find.data:
            return _missing(one.find, NO_FIND)
        return make(find=one.find.data, replace=one.replace.data)
    if how is Hoe.PROCENT:
        low = one.percent is not None and (one.percent.data or 0) < -100
        return _number(make, one.percent, MOST_PERCENT, TOO_LOW if low else NO_PERCENT, -100)
    if how is Hoe.SCHUIF:
        return _number(make, one.days, MOST_DAYS, NO_DAYS)
    return _set(one, make)


def _set(one: Asked, make: partial[Change]) -> Change | None:
    value = one.value.data
    if one.attribute.kind == "multi":
        return make(value=value) if value else _missing(one.value, NO_ROWS)
    if value is None:
        return _missing(one.value, NO_VALUE)
    if one.attribute.kind == "check":
        return make(value=value is JaNee.JA)
    return make(value=value)


def _number(
    make: partial[Change], field: Field | None, most: int, why: str, least: int | None = None
) -> Change | None:
    """A number that is not 0, from `least` (without it: as far below 0) up to `most`."""
    assert field is not None
    least = -most if least is None else least
    if not field.data or not least <= field.data <= most:
        return _missing(field, why)
    return make(number=Decimal(field.data))


def _missing(field: Field, why: str) -> Change | None:
    """No change, and why at the field."""
    if not field.errors:
        field.errors = [why]
    return None
