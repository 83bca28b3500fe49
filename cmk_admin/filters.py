"""The filters of a list, read from its address.

Whoever filters is about to act on what is found. So a filter that cannot be read is never left
out: it is told, and as long as it is there nothing is found. One that points at a row that is
not there (or not to be seen) finds nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false

from cmk_admin import attributes, formats, references
from cmk_admin.attributes import Attribute
from cmk_admin.forms.fields import to_id
from cmk_admin.gate.column_rules import FIRST_DAY, LAST_DAY
from cmk_admin.paging import Walked
from models.base import Entiteit, Moment
from models.vouwen import Vouw, vouw

#: What is typed in a filter, at the most; long enough to still be too long when it comes back.
LONGEST = 500
#: How much of it is said again.
TOLD = 60
EMPTY = "leeg"
GONE = "bestaat niet (meer)"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter that is on. walked: its condition for a walk along the rows, when it differs."""

    attribute: Attribute
    values: tuple[tuple[str, str], ...]
    shown: str
    condition: ColumnElement[bool]
    walked: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A filter that is asked and not understood: its parameter as typed, and why."""

    attribute: Attribute
    values: tuple[tuple[str, str], ...]
    shown: str


Asked = Filter | Unread


def read(
    entity: type[Entiteit], arguments: Mapping[str, str]
) -> tuple[tuple[Filter, ...], tuple[Unread, ...]]:
    """The filters in an address, and what is asked in it that is not understood."""
    found: list[Filter] = []
    unread: list[Unread] = []
    for attribute in attributes.filterable(entity):
        reader = _READERS.get(attribute.kind, _nothing)
        for asked in reader(getattr(entity, attribute.name), attribute, arguments):
            if isinstance(asked, Filter):
                found.append(asked)
            else:
                unread.append(asked)
    return tuple(found), tuple(unread)


def _typed(given: Mapping[str, str], name: str) -> str:
    """What was filled in; what cannot be printed is not shown again, but does count as typed."""
    text = given.get(name, "").strip()[:LONGEST]
    return "".join(c if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF else "�" for c in text)


def _no(attribute: Attribute, name: str, typed: str, what: str) -> Unread:
    told = typed if len(typed) <= TOLD else f"{typed[: TOLD - 1]}…"
    return Unread(attribute, ((name, typed),), f"“{told}” {what}")


def _nothing(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    yield from ()


def _choice(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    typed = _typed(given, attribute.name)
    if not typed or attribute.choices is None:
        return
    try:
        lid = attribute.choices(typed)
    except ValueError:
        yield _no(attribute, attribute.name, typed, "is geen keuze")
        return
    yield Filter(attribute, ((attribute.name, typed),), lid.label, column == lid)


def _check(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    typed = _typed(given, attribute.name)
    if typed in ("ja", "nee"):
        yield Filter(attribute, ((attribute.name, typed),), typed, column.is_(typed == "ja"))
    elif typed:
        yield _no(attribute, attribute.name, typed, "is geen ja of nee")


def _reference(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    typed = _typed(given, attribute.name)
    if not typed or attribute.target is None:
        return
    values = ((attribute.name, typed),)
    if typed == EMPTY:
        yield Filter(attribute, values, EMPTY, column.is_(None))
        return
    try:
        id_ = to_id(typed)
    except ValueError:
        yield _no(attribute, attribute.name, typed, "is geen keuze")
        return
    label = references.finder(attribute.target)([id_]).get(id_)
    if label is None:
        # Also of what is out of sight: that rows point at it would tell that it is there.
        yield Filter(attribute, values, f"{typed} {GONE}", false())
    else:
        yield Filter(attribute, values, label, column == id_)


def _text(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    given_text = _typed(given, attribute.name)
    typed = " ".join(given_text.replace("�", " ").split())
    if not typed:
        if given_text:
            yield _no(attribute, attribute.name, given_text, "is geen tekst")
        return
    value = " ".join(references.words(typed))
    if value != typed:
        yield _no(attribute, attribute.name, typed, "is te lang om op te zoeken")
        return
    condition = Vouw(column).contains(vouw(value), autoescape=True)
    yield Filter(attribute, ((attribute.name, value),), f"bevat “{value}”", condition)


def _year(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    typed = _typed(given, attribute.name)
    if not typed:
        return
    try:
        number = to_id(typed)
    except ValueError:
        yield _no(attribute, attribute.name, typed, "is geen jaar")
        return
    yield Filter(attribute, ((attribute.name, typed),), str(number), column == number)


def _period(column: Any, attribute: Attribute, given: Mapping[str, str]) -> Iterator[Asked]:
    """From and until, both included; on a moment the days are those of the calendar."""
    conditions, walked, values, words = [], [], [], []
    for end, word in (("van", "vanaf"), ("tot", "tot en met")):
        name = f"{attribute.name}_{end}"
        typed = _typed(given, name)
        if not typed:
            continue
        try:
            day = formats.parse_day(typed)
        except ValueError:
            yield _no(attribute, name, typed, "is geen datum")
            continue
        if not FIRST_DAY <= day <= LAST_DAY:
            yield _no(
                attribute, name, typed, f"ligt niet tussen {FIRST_DAY.year} en {LAST_DAY.year}"
            )
            continue
        conditions.append(_edge(column, day, end))
        walked.append(_edge(Walked(column), day, end))
        values.append((name, formats.day(day)))
        words.append(f"{word} {formats.day(day)}")
    if conditions:
        yield Filter(attribute, tuple(values), " ".join(words), and_(*conditions), and_(*walked))


def _edge(column: Any, day: date, end: str) -> ColumnElement[bool]:
    if not isinstance(column.type, Moment):
        return column >= day if end == "van" else column <= day  # type: ignore[no-any-return]
    first = day if end == "van" else day + timedelta(days=1)
    midnight = datetime.combine(first, time(), formats.AMSTERDAM)
    return column >= midnight if end == "van" else column < midnight  # type: ignore[no-any-return]


_READERS: dict[str, Any] = {
    "choice": _choice,
    "check": _check,
    "reference": _reference,
    "text": _text,
    "email": _text,
    "year": _year,
    "date": _period,
    "moment": _period,
}
