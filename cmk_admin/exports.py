"""A list as a file: typed cells in a workbook, or text in CSV; nothing a spreadsheet would run."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from flask import Response

from cmk_admin import excel
from cmk_admin.attributes import Attribute
from cmk_admin.entity_pages import cell_text
from models.base import Entiteit, Keuze

MAX_ROWS = 50_000
CSV = "text/csv; charset=utf-8"


def as_csv(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Semicolons and a byte order mark: what a Dutch Excel opens by a double click."""
    body = excel.write_csv(_columns(columns), _rows(columns, rows))
    return download(body, f"{name}.csv", CSV)


def as_xlsx(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Typed cells, Dutch headers that stay in sight, filters."""
    file = io.BytesIO()
    excel.write([excel.Sheet(name[:31], _columns(columns), _rows(columns, rows))], file)
    return download(file.getvalue(), f"{name}.xlsx", excel.XLSX)


def _columns(columns: Sequence[Attribute]) -> list[excel.Column]:
    return [excel.Column(column.label, _kind(column)) for column in columns]


def _kind(column: Attribute) -> Any:
    """What a cell is, where that is more than the text on screen."""
    return column.kind if column.kind in get_args(excel.Kind) and not column.relation else "text"


def _rows(columns: Sequence[Attribute], rows: Iterable[Entiteit]) -> Iterator[list[Any]]:
    for row in rows:
        yield [_value(column, row) for column in columns]


def _value(column: Attribute, row: Entiteit) -> Any:
    if _kind(column) == "text":
        return cell_text(column, row)
    value = getattr(row, column.name)
    return None if isinstance(value, Keuze) else value


def download(body: bytes, name: str, media_type: str) -> Response:
    """A file to save, never to show."""
    response = Response(body, mimetype=media_type.split(";", maxsplit=1)[0])
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
