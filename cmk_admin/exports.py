"""A list as a file: typed cells in a workbook, or text in CSV; nothing a spreadsheet would run."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from flask import Response
from sqlalchemy import Select, func, select

from cmk_admin import downloads, excel, listing, paging, tasks
from cmk_admin.attributes import Attribute
from cmk_admin.entity_pages import cell_text
from cmk_admin.gate import GateSession, Refused
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from models.base import Entiteit, Keuze, entiteiten

CSV = "text/csv; charset=utf-8"
#: The kind of job that makes a large one.
KIND = "lijst"
#: Rows that are fetched from the database at once.
TOGETHER = 1000


def chosen(
    entity: type[Entiteit], arguments: Mapping[str, str]
) -> tuple[list[Attribute], Select[Any]]:
    """The columns and the rows of the list at this address, in its order."""
    query = listing.read_query(entity, arguments)
    rows = paging.order_of(entity, query.sort).apply(listing.select_rows(entity, query))
    columns = [a for a in listing.shown(entity, query.columns) if not a.ui.geheim]
    return columns, listing.with_relations(rows, entity, query.columns)


def count(entity: type[Entiteit], arguments: Mapping[str, str]) -> int | None:
    """How many rows that are; None when they are more than is counted."""
    query = listing.read_query(entity, arguments)
    return listing.count(entity, listing.select_rows(entity, query))


def name_of(entity: type[Entiteit]) -> str:
    """What the file of a list is called, without its extension."""
    return entity.woord.meervoud.replace(" ", "-")


def make(run: tasks.Run, session: GateSession) -> tasks.Outcome:
    """The job: every row of the list as its maker saw it, however many there are."""
    entity = next(e for e in entiteiten() if e.__name__ == run.arguments["entiteit"])
    if not (verdict := may(session.actor, Handeling.ZIEN, entity)):
        raise Refused(verdict)
    columns, statement = chosen(entity, downloads.arguments_of(run))
    numbers = statement.with_only_columns(entity.id).order_by(None).subquery()
    run.total = session.scalar(select(func.count()).select_from(numbers)) or 0
    found = session.scalars(statement.execution_options(yield_per=TOGETHER))
    name = name_of(entity)
    if run.arguments["soort"] == "csv":
        return downloads.csv(run, _columns(columns), _rows(columns, found), f"{name}.csv")
    return downloads.workbook(run, [_sheet(columns, found, name)], f"{name}.xlsx")


def as_csv(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Semicolons and a byte order mark: what a Dutch Excel opens by a double click."""
    return download(excel.write_csv(_columns(columns), _rows(columns, rows)), f"{name}.csv", CSV)


def as_xlsx(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> Response:
    """Typed cells, Dutch headers that stay in sight, filters."""
    file = io.BytesIO()
    excel.write([_sheet(columns, rows, name)], file)
    return download(file.getvalue(), f"{name}.xlsx", excel.XLSX)


def _sheet(columns: Sequence[Attribute], rows: Iterable[Entiteit], name: str) -> excel.Sheet:
    return excel.Sheet(name[:31], _columns(columns), _rows(columns, rows))


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
