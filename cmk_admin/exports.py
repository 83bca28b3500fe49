"""A list as a file: typed cells in a workbook, or text in CSV; nothing a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cmk_admin import formats
from cmk_admin.attributes import Attribute
from cmk_admin.entity_pages import cell_text
from models.base import Entiteit, Keuze

MAX_ROWS = 50_000
#: How a cell begins that a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER_FORMATS = {
    "money": '"€" #,##0.00;-"€" #,##0.00',
    "hours": "#,##0.00",
    "integer": "#,##0",
    "date": "dd-mm-yyyy",
    "moment": "dd-mm-yyyy hh:mm",
}
MAX_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Semicolons and a byte order mark: what a Dutch Excel opens by a double click."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(column, row) for column in columns])
    body = "\ufeff" + text.getvalue()
    return _download(body.encode("utf-8", "replace"), f"{name}.csv", "text/csv; charset=utf-8")


def _csv_cell(column: Attribute, row: Entiteit) -> str:
    if column.numeric:
        value = getattr(row, column.name)
        return formats.amount(value) if column.kind == "money" else formats.show(column.kind, value)
    return harmless(cell_text(column, row))


def harmless(text: str) -> str:
    """Text that stays text: an apostrophe in front of what would be a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_xlsx(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Typed cells, Dutch headers that stay in sight, filters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        width = 14 if column.numeric or column.kind in ("date", "moment") else 28
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.append([_head(sheet, column.label) for column in columns])
    count = 1
    for row in rows:
        sheet.append(list(_cells(sheet, columns, row)))
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    file = io.BytesIO()
    book.save(file)
    return _download(file.getvalue(), f"{name}.xlsx", XLSX)


def _head(sheet: WriteOnlyWorksheet, label: str) -> Any:
    cell = text_cell(sheet, label)
    cell.font = Font(bold=True)
    return cell


def _cells(sheet: WriteOnlyWorksheet, columns: Sequence[Attribute], row: Entiteit) -> Iterator[Any]:
    for column in columns:
        if column.kind in NUMBER_FORMATS and not column.relation:
            cell = WriteOnlyCell(sheet, value=_number(column, getattr(row, column.name)))
            cell.number_format = NUMBER_FORMATS[column.kind]
            yield cell
        else:
            yield text_cell(sheet, cell_text(column, row))


def _number(column: Attribute, value: Any) -> Any:
    if value is None or isinstance(value, Keuze):
        return None
    if column.kind == "money":
        return Decimal(value) / 100
    if isinstance(value, datetime):
        return value.astimezone(formats.AMSTERDAM).replace(tzinfo=None)
    return value


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Any:
    """User text as text, also when it begins as a formula does."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:MAX_CELL]
    cell = WriteOnlyCell(sheet, value=clean or None)
    if clean:
        cell.data_type = "s"
        cell.quotePrefix = clean.startswith(FORMULA)
    return cell


def _download(body: bytes, name: str, media_type: str) -> Response:
    response = Response(body, mimetype=media_type.split(";", maxsplit=1)[0])
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
