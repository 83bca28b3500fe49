"""Saving a form into a row: version check, both values on a stale edit, choices of several rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value
from wtforms import Field

from cmk_admin import attributes, history_view
from cmk_admin.attributes import Attribute
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, column_rules
from cmk_admin.page import Conflict, FormError
from models.base import Entiteit, Fout, tabel_van
from models.historie import Wijziging


class BadToken(ValueError):
    """The version in a form is missing or was made up."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a form was made from: the row's version and its choices of several rows."""

    versie: int
    plurals: Mapping[str, list[int]]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="versie")


def version_token(row: Entiteit) -> str:
    """The signed version that a form carries."""
    plurals = {name: linked_ids(row, name) for name in row.meervouden}
    return _signer().dumps([type(row).__name__, row.id, row.versie, plurals])


def read_token(token: str, row: Entiteit) -> Base:
    """The version in a form of `row`; raises BadToken."""
    try:
        name, id_, versie, plurals = _signer().loads(token)
    except (BadData, ValueError):
        raise BadToken("De versie in dit formulier klopt niet.") from None
    if (name, id_) != (type(row).__name__, row.id):
        raise BadToken("Dit formulier hoort bij een andere rij.")
    return Base(versie, plurals)


def linked_ids(row: Entiteit, name: str) -> list[int]:
    """The chosen ids of one choice of several rows."""
    plural = row.meervouden[name]
    return sorted(getattr(link, plural.kolom) for link in getattr(row, plural.relatie))


def current_value(row: Entiteit, name: str) -> Any:
    """What the form shows for this attribute of the row."""
    return linked_ids(row, name) if name in row.meervouden else getattr(row, name)


def fill(session: GateSession, form: EntityForm, row: Entiteit) -> None:
    """Put what was typed into the row; the caller saves."""
    for attribute in attributes.in_form(type(row)):
        field = form._fields.get(attribute.name)
        if field is None or isinstance(field, (fields.ReadOnlyField, fields.UploadField)):
            continue
        if attribute.kind == "multi":
            set_links(session, row, attribute, field.data or ())
        elif getattr(row, attribute.name) != field.data:
            setattr(row, attribute.name, field.data)


def set_links(
    session: GateSession, row: Entiteit, attribute: Attribute, wanted: Iterable[int]
) -> None:
    """Make the chosen rows of one choice exactly `wanted`."""
    plural = attribute.plural
    assert plural is not None
    links = {getattr(link, plural.kolom): link for link in getattr(row, plural.relatie)}
    keep = set(wanted)
    for number, link in links.items():
        if number not in keep:
            session.delete(link)
    link_class = type(row).__mapper__.relationships[plural.relatie].mapper.class_
    for number in wanted:
        if number not in links:
            getattr(row, plural.relatie).append(link_class(**{plural.kolom: number}))


def stale(
    session: GateSession, form: EntityForm, row: Entiteit, base: Base
) -> tuple[tuple[Conflict, ...], str]:
    """What others changed since the form was made, and by whom; empty when nothing.

    Fields that this person did not touch take over the other's value in the form.
    """
    before = dict(_changed_since(session, row, base))
    conflicts = []
    for field in form.typed_fields():
        if field.name not in before:
            continue
        attribute = attributes.attribute(type(row), field.name)
        theirs = current_value(row, field.name)
        mine = field.data
        untouched = mine == before[field.name]
        if untouched:
            take_over(form, row, field.name)
        conflicts.append(
            Conflict(
                label=attribute.label,
                field_id=field.id,
                mine=None if untouched else history_view.show_value(attribute, mine),
                theirs=history_view.show_value(attribute, theirs),
                before=history_view.show_value(attribute, before[field.name]),
            )
        )
    return tuple(conflicts), history_view.name_of(row.gewijzigd_door_id)


def _changed_since(session: GateSession, row: Entiteit, base: Base) -> Iterable[tuple[str, Any]]:
    """Attribute → its value when the form was made, for what changed since."""
    for name, ids in base.plurals.items():
        if linked_ids(row, name) != ids:
            yield name, ids
    steps = row.versie - base.versie
    if steps <= 0:
        return
    later = session.scalars(
        select(Wijziging)
        .where(Wijziging.entiteit == type(row).__name__, Wijziging.rij_id == row.id)
        .order_by(Wijziging.id.desc())
        .limit(steps)
    )
    for change in later:
        for name, (old, _new) in change.waarden.items():
            yield name, history_view.stored_value(type(row), name, old)


def take_over(form: EntityForm, row: Entiteit, name: str) -> None:
    """Let the form show the stored value of this field."""
    field = form._fields[name]
    if isinstance(field, fields.TypedField):
        field.raw = None
    field.data = current_value(row, name)
    field.errors = []
    field.process_errors = []


def choose(form: EntityForm, row: Entiteit, posted: Mapping[str, str]) -> None:
    """Carry out what a person chose on the page with both values: "hun" takes theirs."""
    for field in list(form.typed_fields()):
        if posted.get(f"conflict-{field.id}") == "hun":
            take_over(form, row, field.name)


def rules_too(
    form: Iterable[Field], entity: type[Entiteit], row: Entiteit | None = None, **known: Entiteit
) -> None:
    """Hang the rules that the good fields of a refused form break on them too.

    So that people mend everything in one go. row: the stored row that is changed.
    known: rows that a rule looks up, by the name of the relation.
    """
    good = {field.short_name: field for field in form if not field.errors}
    columns = set(tabel_van(entity).columns.keys())
    probe = entity()
    for name in columns:
        stored = getattr(row, name) if row is not None else None
        set_committed_value(probe, name, good[name].data if name in good else stored)
    for name, value in known.items():
        set_committed_value(probe, name, value)
    for fout in (*column_rules.broken_by(probe), *probe.controleer()):
        field = good.get(fout.veld or "")
        if field is not None and not field.errors and not isinstance(field, fields.UploadField):
            field.errors = [fout.tekst]


def put_errors(form: EntityForm, fouten: Iterable[Fout]) -> tuple[FormError, ...]:
    """Hang broken rules on their fields; returns those that have no field in this form."""
    loose = []
    for fout in fouten:
        field: Field | None = form._fields.get(fout.veld or "")
        if field is not None:
            field.errors = [*field.errors, fout.tekst]
        else:
            loose.append(FormError("", "", fout.tekst))
    return tuple(loose)


def all_errors(form: EntityForm, loose: tuple[FormError, ...] = ()) -> tuple[FormError, ...]:
    """Every error of the form, for the summary on top."""
    at_fields = (
        FormError(field.id, field.label.text, str(error))
        for field in form
        for error in field.errors
        if isinstance(error, str)
    )
    return (*loose, *at_fields)
