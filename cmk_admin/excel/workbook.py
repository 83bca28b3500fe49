"""A workbook, row by row: it takes the same memory however many rows there are.

Written with XlsxWriter, its rows by `lines`. With a formula goes what it comes to, so that a total
is also there in a preview, on a phone, or in a spreadsheet that does not calculate on opening.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from cmk_admin.excel.columns import Column, Formula, Sheet
from cmk_admin.excel.lines import Looks, Page, cell_maker, clean, number_of
from models.base import RegelFout

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of a sheet, without its header and its totals.
MAX_ROWS = 1_048_574
NUMBER_FORMATS = {
    "money": '"€" #,##0.00;-"€" #,##0.00',
    "hours": "#,##0.00",
    "integer": "#,##0",
    "year": "0",
    "date": "dd-mm-yyyy",
    "moment": "dd-mm-yyyy hh:mm",
}
WIDTHS = {"text": 28, "moment": 17}


class TooLarge(RegelFout):
    """More rows than a sheet holds."""


def write(
    sheets: Iterable[Sheet],
    target: Path | BinaryIO,
    done: Callable[[], None] = lambda: None,
    created: datetime | None = None,
) -> None:
    """Write the sheets in order. `done` is called for every row, to show progress by.

    created: the moment that the file says it was made at, instead of now; the same sheets then
    give the same bytes. Raises TooLarge.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    where = str(target) if isinstance(target, Path) else target
    with closing(Workbook(where, options)) as book:
        if created is not None:
            book.set_properties({"created": created.replace(tzinfo=None)})
        looks = Looks(book, NUMBER_FORMATS)
        for sheet in sheets:
            page = book.add_worksheet(sheet.title, Page)
            assert isinstance(page, Page)
            _write_sheet(page, sheet, looks, done)


def _write_sheet(page: Page, sheet: Sheet, looks: Looks, done: Callable[[], None]) -> None:
    columns = sheet.columns
    page.freeze_panes(1, 0)
    _lay_out(page)
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width or WIDTHS.get(column.kind, 14))
        page.write_string(0, number, clean(column.label), looks.head)
    sums: dict[int, Any] = {n: 0 for n, c in enumerate(columns) if c.total}
    last = page.write_lines(1, len(columns), _lines(sheet, sums, looks, done))
    sheet.last_row = last + 1
    if not sheet.plain:
        page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    if sums:
        _write_totals(page, columns, sums, last, looks)


def _lay_out(page: Page) -> None:
    """On paper: A4 lying down, as wide as the sheet, its header on each page."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&A&R&P van &N")


def _lines(
    sheet: Sheet, sums: dict[int, Any], looks: Looks, done: Callable[[], None]
) -> Iterator[str]:
    """The cells of every row; meanwhile `sums` are added up, by column."""
    makers = [cell_maker(number, column, looks) for number, column in enumerate(sheet.columns)]
    for last, row in enumerate(sheet.rows, start=1):
        if last > MAX_ROWS:
            raise TooLarge(f"Blad “{sheet.title}” heeft meer dan {MAX_ROWS} regels.")
        for number in sums:
            value = row[number]
            if value is not None:
                sums[number] += value.value if isinstance(value, Formula) else value
        place = str(last + 1)
        yield "".join([cell(place, value) for cell, value in zip(makers, row, strict=True)])
        done()


def _write_totals(
    page: Page, columns: Sequence[Column], sums: dict[int, Any], last: int, looks: Looks
) -> None:
    """Under the rows, and only of the rows that a filter leaves in sight."""
    if 0 not in sums:
        page.write_string(last + 1, 0, "Totaal", looks.totals["text"])
    for number, total in sums.items():
        name = xl_col_to_name(number)
        formula = f"=SUBTOTAL(109,{name}2:{name}{max(last, 1) + 1})" if last else "=0"
        value = number_of(columns[number], total)
        page.write_formula(last + 1, number, formula, looks.totals[columns[number].kind], value)
