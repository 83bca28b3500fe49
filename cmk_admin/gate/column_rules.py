"""What a column itself asks: filled, short enough, a real choice, plain text, in range.

The database asks much of this too, but late, in English, and SQLite not at all.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PyEnum
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Enum, Integer, String, Text

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
    for column, ui in _columns(type(obj)):
        value = getattr(obj, column.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if not column.nullable and not _filled_by_relation(obj, column):
                yield Fout(MISSING, column.name)
                continue
            if not value:
                continue
        text = _broken(column, ui, value)
        if text:
            yield Fout(text, column.name)


@cache
def _columns(entity: type[Entiteit]) -> tuple[tuple[Column[Any], Ui], ...]:
    pairs = ((column, kolom_ui(column)) for column in tabel_van(entity).columns)
    return tuple(
        (column, ui)
        for column, ui in pairs
        if ui is not None and column.name not in STEMPELS and column.name != "contractpartij_id"
    )


def _filled_by_relation(obj: Entiteit, column: Column[Any]) -> bool:
    """A foreign key whose row is given as an object gets its number while saving."""
    relation = column.name.removesuffix("_id")
    return relation != column.name and obj.__dict__.get(relation) is not None


def _broken(column: Column[Any], ui: Ui, value: Any) -> str | None:
    kind = column.type
    if isinstance(kind, Enum):
        known = isinstance(value, PyEnum) or value in kind.enums
        return None if known else "Kies een van de mogelijkheden."
    if isinstance(kind, String):
        return _broken_text(kind, ui, value)
    if isinstance(kind, (Integer, BigInteger, Centen, Uren)) and not isinstance(kind, Boolean):
        if isinstance(value, Decimal) and not value.is_finite():
            return "Vul een getal in."
        limit = ui.hoogste or (MAX_CENTS if isinstance(kind, Centen) else MAX_INTEGER)
        return None if -limit <= value <= limit else "Dit getal is te groot."
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return None if FIRST_DAY <= day <= LAST_DAY else OUTSIDE
    return None


def _broken_text(kind: String, ui: Ui, value: Any) -> str | None:
    if not isinstance(value, str):
        return "Vul tekst in."
    longest = kind.length or MAX_TEXT
    if len(value) > longest:
        return f"Gebruik hoogstens {longest} tekens; het zijn er nu {len(value)}."
    one_line = not isinstance(kind, Text)
    if CONTROL.search(value) or (one_line and LINE_BREAK.search(value)):
        return "Hier staan onzichtbare tekens in die niet bewaard kunnen worden."
    return None
