"""The form of an entity, made from its attributes."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import Optional

from cmk_admin import attributes, references
from cmk_admin.attributes import Attribute
from cmk_admin.auth.interrupted import given_back
from cmk_admin.files import KINDS
from cmk_admin.forms import fields
from models.base import Entiteit, MetBestand

#: Hidden fields of every form: the version it was made from, and the key of its sending.
UPLOADS = f"Toegestaan: {', '.join(KINDS)}."
VERSION, KEY = "versie_token", "sleutel"


class EntityForm(FlaskForm):  # type: ignore[misc]
    """Base of every generated form; `sleutel` makes a doubled submit one."""

    versie_token = fields.SecretHiddenField()
    sleutel = fields.SecretHiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A form that was given back is shown again, whatever is in it: nothing is saved yet."""
        if given_back():
            return False
        valid: bool = super().validate(extra_validators)
        return valid

    def typed_fields(self) -> Iterable[Field]:
        """The fields that people fill in."""
        return [f for f in self if f.name not in (VERSION, KEY, "csrf_token")]


def form_class(
    entity: type[Entiteit],
    allowed: frozenset[str] | None = None,
    row: Entiteit | None = None,
) -> type[EntityForm]:
    """The form class for `entity`.

    allowed: columns this actor may change (None: all). row: the row being changed; its
    fixed columns are shown, not asked.
    """
    members: dict[str, Any] = {}
    for attribute in attributes.in_form(entity):
        if allowed is not None and attribute.name not in allowed:
            continue
        if row is not None and attribute.ui.vast:
            members[attribute.name] = _read_only(attribute)
        else:
            members[attribute.name] = make_field(attribute, row)
    return type(f"{entity.__name__}Form", (EntityForm,), members)


def _read_only(attribute: Attribute) -> Any:
    return fields.ReadOnlyField(attribute.label)


def make_field(attribute: Attribute, row: Entiteit | None = None) -> Any:
    """The unbound field of one attribute."""
    needed = attribute.required and attribute.kind != "file"
    common: dict[str, Any] = {
        "label": attribute.label,
        "description": _uploads(row) if attribute.kind == "file" else attribute.ui.help,
        "validators": [fields.Filled()] if needed else [Optional()],
    }
    return _MAKERS[attribute.kind](attribute, common)


def _text(kind: type[fields.TextField]) -> Callable[[Attribute, dict[str, Any]], Any]:
    def make(attribute: Attribute, common: dict[str, Any]) -> Any:
        return kind(max_length=attribute.max_length, **common)

    return make


def _plain(kind: type[Field]) -> Callable[[Attribute, dict[str, Any]], Any]:
    def make(attribute: Attribute, common: dict[str, Any]) -> Any:
        return kind(**common)

    return make


def _check(attribute: Attribute, common: dict[str, Any]) -> Any:
    return fields.CheckField(common["label"], description=common["description"])


def _choice(attribute: Attribute, common: dict[str, Any]) -> Any:
    return fields.ChoiceField(choices=attribute.choices, **common)


def _reference(attribute: Attribute, common: dict[str, Any]) -> Any:
    assert attribute.target is not None
    search = references.searcher(attribute.target)
    return fields.ReferenceField(search=search, **common, **_target(attribute))


def _multi(attribute: Attribute, common: dict[str, Any]) -> Any:
    return fields.MultiReferenceField(**common, **_target(attribute))


def _target(attribute: Attribute) -> dict[str, Any]:
    """How a reference finds its rows: all at once when few, else by looking up."""
    target = attribute.target
    assert target is not None
    arguments: dict[str, Any] = {"find": references.finder(target, references.named)}
    if references.is_small(target):
        arguments["options"] = references.options(target)
    else:
        arguments["lookup_url"] = references.lookup_url(target)
    return arguments


def _file(attribute: Attribute, common: dict[str, Any]) -> Any:
    return fields.UploadField(**common)


def _uploads(row: Entiteit | None) -> str:
    """Which files are taken; of a row with a file also which it is, for the field stays empty."""
    if isinstance(row, MetBestand) and row.bestand_naam:
        return f"Nu: {row.bestand_naam}. Kies alleen een bestand om dit te vervangen. {UPLOADS}"
    return UPLOADS


_MAKERS: dict[str, Callable[[Attribute, dict[str, Any]], Any]] = {
    "text": _text(fields.TextField),
    "textarea": _text(fields.TextAreaField),
    "email": _text(fields.EmailField),
    "integer": _plain(fields.IntegerField),
    "year": _plain(fields.IntegerField),
    "money": _plain(fields.MoneyField),
    "hours": _plain(fields.HoursField),
    "date": _plain(fields.DateField),
    "choice": _choice,
    "check": _check,
    "reference": _reference,
    "multi": _multi,
    "file": _file,
}
