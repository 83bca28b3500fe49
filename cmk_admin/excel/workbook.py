"""A workbook, row by row: it takes the same memory however many rows there are.

Written with XlsxWriter: it stores with a formula what it comes to, so that a total is also
there in a preview, on a phone, or in a spreadsheet that does not calculate on opening.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cmk_admin import formats
from cmk_admin.excel.columns import FORMULA, Column, Formula, Sheet
from models.base import RegelFout

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767
#: Rows of a sheet, without its header and its totals.
MAX_ROWS = 1_048_574
#: Before this a spreadsheet has no dates.
FIRST_YEAR = 1900
NUMBER_FORMATS = {
    "money": '"€" #,##0.00;-"€" #,##0.00',
    "hours": "#,##0.00",
    "integer": "#,##0",
    "date": "dd-mm-yyyy",
    "moment": "dd-mm-yyyy hh:mm",
}
WIDTHS = {"text": 28, "moment": 17}


class TooLarge(RegelFout):
    """More rows than a sheet holds."""


def write(
    sheets: Iterable[Sheet], target: Path | BinaryIO, done: Callable[[], None] = lambda: None
) -> None:
    """Write the sheets in order. `done` is called for every row, to show progress by.

    Raises TooLarge.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    where = str(target) if isinstance(target, Path) else target
    with closing(Workbook(where, options)) as book:
        looks = _Looks(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.title), sheet, looks, done)


class _Looks:
    """The formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"quote_prefix": True})
        self.numbers = {k: book.add_format({"num_format": f}) for k, f in NUMBER_FORMATS.items()}
        self.totals = {
            kind: book.add_format({"bold": True, "top": 1} | ({"num_format": f} if f else {}))
            for kind, f in {**NUMBER_FORMATS, "text": ""}.items()
        }


def _write_sheet(page: Worksheet, sheet: Sheet, looks: _Looks, done: Callable[[], None]) -> None:
    columns = sheet.columns
    page.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width or WIDTHS.get(column.kind, 14))
        write_text(page, 0, number, column.label, looks.head)
    sums: dict[int, Decimal] = {n: Decimal(0) for n, c in enumerate(columns) if c.total}
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        if last > MAX_ROWS:
            raise TooLarge(f"Blad “{sheet.title}” heeft meer dan {MAX_ROWS} regels.")
        for number, value in enumerate(row):
            _write_cell(page, (last, number), columns[number], value, looks)
            if number in sums and value is not None:
                sums[number] += value.value if isinstance(value, Formula) else value
        done()
    sheet.last_row = last + 1
    if not sheet.plain:
        page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    if sums:
        _write_totals(page, columns, sums, last, looks)


def _write_cell(
    page: Worksheet, place: tuple[int, int], column: Column, value: Any, looks: _Looks
) -> None:
    if value is None:
        return
    look = looks.numbers.get(column.kind)
    if isinstance(value, Formula):
        page.write_formula(*place, value.text, look, _number(column, value.value))
    elif look is None or isinstance(value, str):
        text = str(value)
        plain = looks.wrapped if column.width > 60 else None
        write_text(page, *place, text, looks.quoted if text.startswith(FORMULA) else plain)
    elif isinstance(value, date):
        _write_day(page, place, value, look)
    else:
        page.write_number(*place, _number(column, value), look)


def _write_day(page: Worksheet, place: tuple[int, int], value: date, look: Any) -> None:
    if value.year < FIRST_YEAR:
        write_text(page, *place, formats.day(value))
    elif isinstance(value, datetime):
        page.write_datetime(*place, value.astimezone(formats.AMSTERDAM).replace(tzinfo=None), look)
    else:
        page.write_datetime(*place, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day


def _number(column: Column, value: Any) -> float:
    """Money becomes euros; the rest is what it is."""
    return float(Decimal(value) / 100) if column.kind == "money" else float(value)


def write_text(page: Worksheet, row: int, number: int, text: str, look: Any = None) -> None:
    """User text as text, also when it begins as a formula does."""
    # Nearly every text is printable: then it holds nothing that a cell cannot.
    clean = text[:MAX_CELL] if text.isprintable() else _cleaned(text)
    if clean:
        page.write_string(row, number, clean, look)


def _cleaned(text: str) -> str:
    """Without what no cell can hold: control characters, halves of a character, and what comes
    after 32,767 characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return ILLEGAL_CHARACTERS_RE.sub("", lines).encode("utf-8", "replace").decode()[:MAX_CELL]


def _write_totals(
    page: Worksheet, columns: Sequence[Column], sums: dict[int, Decimal], last: int, looks: _Looks
) -> None:
    """Under the rows, and only of the rows that a filter leaves in sight."""
    if 0 not in sums:
        page.write_string(last + 1, 0, "Totaal", looks.totals["text"])
    for number, total in sums.items():
        name = xl_col_to_name(number)
        formula = f"=SUBTOTAL(109,{name}2:{name}{max(last, 1) + 1})" if last else "=0"
        value = _number(columns[number], total)
        page.write_formula(last + 1, number, formula, looks.totals[columns[number].kind], value)
