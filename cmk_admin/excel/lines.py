"""The rows of a large sheet, each as the line of XML that it will be in the file.

XlsxWriter keeps each cell as an object and takes it apart again; for some million cells that is
nearly all the time there is. A line is made here from its values at once. What a column says
twice is written out once.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cmk_admin import formats
from cmk_admin.excel.columns import FORMULA, Column, Formula

#: UTF-16 units that a cell holds.
MAX_CELL = 32_767
#: Before this a spreadsheet has no dates.
FIRST_YEAR = 1900
#: Day 0 of a spreadsheet that counts a 29th of February in 1900, which never was.
DAY_0 = date(1899, 12, 30).toordinal()
NEVER_WAS = 60
SECONDS = 86_400
#: Different values of a column that are remembered; and how long they may be.
KNOWN, LONGEST = 2_000, 200
#: A wide column wraps.
WIDE = 60
#: What Unicode sets aside and XML refuses.
NO_CHARACTERS = re.compile("[\ufffe\uffff]")
#: Text that a spreadsheet would read as one character.
ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")


class Page(Worksheet):
    """A sheet of XlsxWriter (`constant_memory`) that takes finished rows as well."""

    def write_lines(self, first: int, width: int, lines: Iterable[str]) -> int:
        """The cells of row `first` (from 0) and on, a text of XML for each; the last row."""
        self._write_single_row(first)
        file: Any = self.fh
        last = first - 1
        for last, cells in enumerate(lines, start=first):
            file.write(f'<row r="{last + 1}">{cells}</row>')
        if last >= first:
            self._check_dimensions(last, width - 1)
        return last


class Looks:
    """The formats of a workbook: `numbers` by kind, `wrapped` and `quoted` for text."""

    def __init__(self, book: Any, number_formats: dict[str, str]) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"quote_prefix": True})
        self.numbers = {k: book.add_format({"num_format": f}) for k, f in number_formats.items()}
        self.totals = {
            kind: book.add_format({"bold": True, "top": 1} | ({"num_format": f} if f else {}))
            for kind, f in {**number_formats, "text": ""}.items()
        }


def cell_maker(number: int, column: Column, looks: Looks) -> Callable[[str, Any], str]:
    """What makes of a row (from 1, as text) and a value the cell in this column."""
    start = f'<c r="{xl_col_to_name(number)}'
    known: dict[tuple[type, Any], str] = {}

    def cell(row: str, value: Any) -> str:
        if value is None:
            return ""
        # What is equal is not always written alike: True is 1.
        key = (value.__class__, value)
        rest = known.get(key)
        if rest is None:
            rest = _rest(column, value, looks)
            if len(known) < KNOWN and len(rest) < LONGEST:
                known[key] = rest
        return f"{start}{row}{rest}" if rest else ""

    return cell


def _rest(column: Column, value: Any, looks: Looks) -> str:
    """Of a cell all that comes after its place; nothing for a text without any character."""
    look = looks.numbers.get(column.kind)
    if isinstance(value, Formula):
        formula, result = escape(value.text.removeprefix("=")), number_of(column, value.value)
        return f'"{_style(look)}><f>{formula}</f><v>{result:.16G}</v></c>'
    if look is None or isinstance(value, str):
        text = str(value)
        plain = looks.wrapped if column.width > WIDE else None
        return _text(text, looks.quoted if text.startswith(FORMULA) else plain)
    if isinstance(value, date):
        return _day(value, look)
    return f'"{_style(look)}><v>{number_of(column, value):.16G}</v></c>'


def _day(value: date, look: Any) -> str:
    if value.year < FIRST_YEAR:
        return _text(formats.day(value), None)
    day, part = value.toordinal() - DAY_0, 0.0
    if isinstance(value, datetime):
        here = value.astimezone(formats.AMSTERDAM)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        day = here.toordinal() - DAY_0
        part = (here.replace(tzinfo=None) - midnight).total_seconds() / SECONDS
    number = (day if day > NEVER_WAS else day - 1) + part
    return f'"{_style(look)}><v>{number:.16G}</v></c>'


def _text(text: str, look: Any) -> str:
    found = clean(text)
    if not found:
        return ""
    kept = ' xml:space="preserve"' if found != found.strip() else ""
    inside = escape(ESCAPED.sub(r"_x005F\1", found) if "_x" in found else found)
    return f'"{_style(look)} t="inlineStr"><is><t{kept}>{inside}</t></is></c>'


def _style(look: Any) -> str:
    return "" if look is None else f' s="{look._get_xf_index()}"'


def number_of(column: Column, value: Any) -> float:
    """Money becomes euros; the rest is what it is."""
    return float(Decimal(value) / 100) if column.kind == "money" else float(value)


def clean(text: str) -> str:
    """Without what no cell can hold: control characters, halves of a character, and what comes
    after 32,767 units of UTF-16."""
    # Nearly every text is printable and short: then it holds nothing that a cell cannot.
    if text.isprintable() and len(text) <= MAX_CELL // 2:
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    legal = NO_CHARACTERS.sub("", ILLEGAL_CHARACTERS_RE.sub("", lines))
    whole = legal.encode("utf-8", "replace").decode()
    return whole.encode("utf-16-le")[: 2 * MAX_CELL].decode("utf-16-le", "ignore")
