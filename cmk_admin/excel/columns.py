"""What a sheet is made of, whoever writes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: text; money in whole cents; hours as Decimal; whole numbers; a year; a day; a moment in UTC.
Kind = Literal["text", "money", "hours", "integer", "year", "date", "moment"]
#: How a cell begins that a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text that stays text in CSV: an apostrophe in front of what would be a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, what its cells are, and whether it is added up under them."""

    label: str
    kind: Kind = "text"
    total: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours, with what it comes to now: also right where nothing recalculates."""

    text: str
    value: Any


@dataclass(slots=True)
class Sheet:
    """One sheet. rows: read once, in order, while writing; a cell is a value or a Formula.

    last_row: filled when the sheet has been written, so that the formulas of a later sheet
    know how far it reaches. Without rows to filter (`plain`), there is no filter.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    plain: bool = False
    last_row: int = 1
