"""CSV as a Dutch Excel opens it by a double click."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from cmk_admin import formats
from cmk_admin.excel.columns import Column, harmless


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons and a byte order mark; numbers and dates as on screen."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in columns])
    for row in rows:
        cells = zip(columns, row, strict=True)
        writer.writerow([_cell(column, value) for column, value in cells])
    return ("\ufeff" + text.getvalue()).encode("utf-8", "replace")


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == "text":
        return harmless(str(value))
    return formats.amount(value) if column.kind == "money" else formats.show(column.kind, value)
