"""Form fields that read and show values the Dutch way; `widget_kind` tells the template."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, FileField, HiddenField, StringField
from wtforms.validators import StopValidation

from cmk_admin import formats
from models.base import Keuze

REQUIRED = "Dit veld is verplicht."
NO_CHOICE = "Kies een van de mogelijkheden."
WHICH = "Hier is er meer dan een van. Kies uit de lijst welke je bedoelt."
WITHDRAWN = "Deze keuze is niet meer te maken. Kies een andere."
NOT_FOUND = "Deze keuze bestaat niet (meer), of is niet van jullie."

Choice = tuple[str, str]
#: Finds rows by id, with the actor's own eyes: id → label. What is not found does not exist.
Finder = Callable[[Sequence[int]], dict[int, str]]
#: Finds rows by what people type: id and label of some that match.
Search = Callable[[str], Sequence[tuple[int, str]]]


class Filled:
    """A value is needed; shows the star at the label."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        if field.data in (None, "", []):
            if not field.errors:
                raise StopValidation(REQUIRED)
            raise StopValidation


class TextField(StringField):
    """One line of text; empty is None. max_length in characters."""

    widget_kind = "text"

    def __init__(self, label: str = "", max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_length = max_length
        if max_length:
            self.flags.maxlength = max_length

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist and isinstance(valuelist[0], str) else ""
        self.data = text.replace("\r\n", "\n") or None

    def pre_validate(self, form: Any) -> None:
        if self.data and self.max_length and len(self.data) > self.max_length:
            raise StopValidation(
                f"Gebruik hoogstens {self.max_length} tekens; het zijn er nu {len(self.data)}."
            )


class TextAreaField(TextField):
    widget_kind = "textarea"


class EmailField(TextField):
    widget_kind = "email"
    autocomplete = "off"


class TypedField(Field):
    """Text that stands for a typed value; what cannot be read stays as typed."""

    widget_kind = "text"
    raw: str | None = None

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def text(self, value: Any) -> str:
        raise NotImplementedError

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.raw = typed
        self.data = self.parse(typed) if typed.strip() else None

    def _value(self) -> str:
        if self.raw is not None:
            return self.raw
        return "" if self.data is None else self.text(self.data)


class IntegerField(TypedField):
    widget_kind = "integer"

    def parse(self, text: str) -> int:
        return formats.parse_number(text)

    def text(self, value: int) -> str:
        return str(value)


class MoneyField(TypedField):
    """Cents in Python, `1.234,56` on screen."""

    widget_kind = "money"

    def parse(self, text: str) -> int:
        return formats.parse_amount(text)

    def text(self, value: int) -> str:
        return formats.amount(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A euro sign that came along from elsewhere is not said twice: one stands before it."""
        super().process_formdata(valuelist)
        if self.data is not None and self.raw is not None:
            self.raw = self.raw.replace("€", "").strip()


class HoursField(TypedField):
    widget_kind = "hours"

    def parse(self, text: str) -> Decimal:
        return formats.parse_hours(text)

    def text(self, value: Decimal) -> str:
        return formats.hours(value)


class DateField(TypedField):
    widget_kind = "date"

    def parse(self, text: str) -> date:
        return formats.parse_day(text)

    def text(self, value: date) -> str:
        return formats.day(value)


class CheckField(BooleanField):
    widget_kind = "check"


class UploadField(FileField):
    """The uploaded file, or None; which files are taken is decided when it is stored."""

    widget_kind = "file"

    def process_formdata(self, valuelist: list[Any]) -> None:
        upload = valuelist[0] if valuelist else None
        self.data = upload if getattr(upload, "filename", "") else None

    def _value(self) -> str:
        return ""


class ChoiceField(Field):
    """One of an enum; None when nothing is chosen."""

    widget_kind = "choice"

    def __init__(
        self, label: str = "", choices: type[Keuze] | None = None, empty: str = "", **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.enum = choices
        self.empty = empty

    def process_formdata(self, valuelist: list[Any]) -> None:
        value = valuelist[0] if valuelist else ""
        if not value:
            self.data = None
            return
        try:
            self.data = self.enum(value) if self.enum else value
        except ValueError:
            raise ValueError(NO_CHOICE) from None

    def iter_choices(self) -> Iterator[tuple[str, str, bool]]:
        if not self.flags.required or self.data is None:
            yield "", self.empty or "Kies…", self.data is None
        for lid in self.enum or ():
            yield lid.value, lid.label, self.data == lid


class ReferenceField(Field):
    """The id of one row. With `options` a select; else a combobox that looks up `lookup_url`.

    search: finds what was typed where no script runs; several become the choices of the select.
    """

    raw: str | None = None

    def __init__(
        self,
        label: str = "",
        find: Finder | None = None,
        options: Callable[[], Iterable[tuple[int, str]]] | None = None,
        lookup_url: str = "",
        search: Search | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.find = find
        self.options = options
        self.lookup_url = lookup_url
        self.search = search
        self.offered: Sequence[tuple[int, str]] = ()
        self.widget_kind = "choice" if options is not None else "combobox"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        typed = str(formdata.get(f"{self.name}-zoek", "")).strip() if formdata else ""
        if typed and self.search is not None and self.data is None:
            # Also for `Optional`, which forgets the errors of a field that was left empty.
            self.raw, self.raw_data = typed, [typed]
            self._look_up(self.search(typed))

    def _look_up(self, found: Sequence[tuple[int, str]]) -> None:
        if len(found) == 1:
            self.data = found[0][0]
        else:
            self.offered = found
            self.process_errors = [
                *self.process_errors,
                WHICH if found else f"Niets gevonden met “{self.raw}”.",
            ]

    def process_formdata(self, valuelist: list[Any]) -> None:
        value = valuelist[0] if valuelist else ""
        self.data = to_id(value) if value else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            return
        if self.find is not None and not self.find([self.data]):
            raise StopValidation(NOT_FOUND)
        if withdrawn(self, [self.data], [self.object_data]):
            raise StopValidation(WITHDRAWN)

    def iter_choices(self) -> Iterator[tuple[str, str, bool]]:
        if self.options is None:
            yield "", "", self.data is None
            yield from self._chosen(())
            yield from ((str(id_), label, False) for id_, label in self.offered)
            return
        yield "", "Kies…", self.data is None
        listed = list(self.options())
        for id_, label in listed:
            yield str(id_), label, id_ == self.data
        yield from self._chosen([id_ for id_, _ in listed])

    def _chosen(self, listed: Sequence[int]) -> Iterator[tuple[str, str, bool]]:
        """What was chosen before stays a choice, also when it is no longer offered."""
        if self.data is not None and self.data not in listed and self.find is not None:
            for id_, label in self.find([self.data]).items():
                yield str(id_), label, True


class MultiReferenceField(Field):
    """The ids of several rows, as checkboxes that can be searched (Handleiding 2.2)."""

    widget_kind = "multi"

    def __init__(
        self,
        label: str = "",
        find: Finder | None = None,
        options: Callable[[], Iterable[tuple[int, str]]] | None = None,
        lookup_url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.find = find
        self.options = options
        self.lookup_url = lookup_url

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = list(dict.fromkeys(to_id(value) for value in valuelist if value))

    def pre_validate(self, form: Any) -> None:
        if self.data and self.find is not None:
            found = self.find(self.data)
            if any(id_ not in found for id_ in self.data):
                raise StopValidation(NOT_FOUND)
            if withdrawn(self, self.data, self.object_data or ()):
                raise StopValidation(WITHDRAWN)

    def iter_choices(self) -> Iterator[tuple[str, str, bool]]:
        chosen = set(self.data or ())
        listed = set()
        for id_, label in self.options() if self.options else ():
            listed.add(id_)
            yield str(id_), label, id_ in chosen
        extra = [id_ for id_ in self.data or () if id_ not in listed]
        if extra and self.find is not None:
            for id_, label in self.find(extra).items():
                yield str(id_), label, True


def offer(field: Any, options: Callable[[], Iterable[tuple[int, str]]]) -> None:
    """What can be chosen in this field is exactly what is offered."""
    field.options = options
    field.find = lambda ids: {id_: label for id_, label in options() if id_ in set(ids)}


def withdrawn(field: Any, chosen: Sequence[int], before: Sequence[int | None]) -> bool:
    """Whether something is newly chosen that is no longer offered; what was chosen may stay."""
    if field.options is None:
        return False
    offered = {id_ for id_, _ in field.options()}
    return any(id_ not in offered and id_ not in before for id_ in chosen)


class ReadOnlyField(Field):
    """A value that is shown and never taken from a form."""

    widget_kind = "readonly"

    def process_formdata(self, valuelist: list[Any]) -> None:
        return

    def _value(self) -> str:
        return str(self.data or "")


class SecretHiddenField(HiddenField):
    """A hidden field that the portal itself fills and checks."""

    widget_kind = "hidden"


def to_id(value: Any) -> int:
    """A row number from a form or address; raises ValueError with a Dutch sentence."""
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) >= 2**31:
        raise ValueError(NOT_FOUND)
    return int(text)
