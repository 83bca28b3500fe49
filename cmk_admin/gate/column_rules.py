"""What a column itself asks: filled, short enough, a real choice, plain text, in range.

The database asks much of this too, but late, in English, and SQLite not at all.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PyEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import BigInteger, Boolean, Enum, Integer, String, Text
from sqlalchemy.types import TypeEngine

from models.base import STEMPELS, Centen, Entiteit, Fout, Ui, Uren, kolom_ui, tabel_van

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
LINE_BREAK = re.compile(r"[\t\r\n]")
#: Whole numbers as PostgreSQL's integer has them; money up to ten milliard euros.
MAX_INTEGER = 2**31 - 1
MAX_CENTS = 10**12
MAX_TEXT = 10_000
#: Days that a portal of this period can mean; others are slips of the keyboard.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
OUTSIDE = "Vul een datum in tussen 1990 en 2100."
MISSING = "Dit veld is verplicht."


def broken_by(obj: Entiteit) -> Iterator[Fout]:
    """The column rules that `obj` breaks, in the order of its columns."""
    for name, required, broken in _rules_of(type(obj)):
        value = getattr(obj, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required and not _filled_by_relation(obj, name):
                yield Fout(MISSING, name)
                continue
            if not value:
                continue
        text = broken(value)
        if text:
            yield Fout(text, name)


#: What is wrong with a value, or None.
Broken = Callable[[Any], str | None]


@cache
def _rules_of(entity: type[Entiteit]) -> tuple[tuple[str, bool, Broken], ...]:
    """Name, whether it has to be filled, and what it asks of a value; once per entity."""
    pairs = ((column, kolom_ui(column)) for column in tabel_van(entity).columns)
    return tuple(
        (column.name, not column.nullable, _rule_of(column.type, ui))
        for column, ui in pairs
        if ui is not None and column.name not in STEMPELS and column.name != "contractpartij_id"
    )


def _filled_by_relation(obj: Entiteit, name: str) -> bool:
    """A foreign key whose row is given as an object gets its number while saving."""
    relation = name.removesuffix("_id")
    return relation != name and obj.__dict__.get(relation) is not None


def _rule_of(kind: TypeEngine[Any], ui: Ui) -> Broken:
    if isinstance(kind, Enum):
        return partial(_broken_choice, frozenset(kind.enums))
    if isinstance(kind, String):
        longest = kind.length or MAX_TEXT
        return partial(_broken_text, longest, not isinstance(kind, Text))
    if isinstance(kind, (Integer, BigInteger, Centen, Uren)) and not isinstance(kind, Boolean):
        limit = ui.hoogste or (MAX_CENTS if isinstance(kind, Centen) else MAX_INTEGER)
        return partial(_broken_number, limit)
    return _broken_day


def _broken_choice(known: frozenset[str], value: Any) -> str | None:
    if isinstance(value, PyEnum) or value in known:
        return None
    return "Kies een van de mogelijkheden."


def _broken_number(limit: int, value: Any) -> str | None:
    if isinstance(value, Decimal) and not value.is_finite():
        return "Vul een getal in."
    return None if -limit <= value <= limit else "Dit getal is te groot."


def _broken_day(value: Any) -> str | None:
    if not isinstance(value, date):
        return None
    day = value.date() if isinstance(value, datetime) else value
    return None if FIRST_DAY <= day <= LAST_DAY else OUTSIDE


def _broken_text(longest: int, one_line: bool, value: Any) -> str | None:
    if not isinstance(value, str):
        return "Vul tekst in."
    if len(value) > longest:
        return f"Gebruik hoogstens {longest} tekens; het zijn er nu {len(value)}."
    if CONTROL.search(value) or (one_line and LINE_BREAK.search(value)):
        return "Hier staan onzichtbare tekens in die niet bewaard kunnen worden."
    return None
