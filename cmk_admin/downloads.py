"""Files of any size: a small one comes at once, a large one is made by the worker.

What is asked is an address: `adres` is its query string, so that the job reads the very choice
that was on screen.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cmk_admin import excel, formats, tasks
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.routes import actor
from cmk_admin.web.errors import back_url
from models.base import RegelFout

#: Rows that come at once: about two seconds.
AT_ONCE = 10_000
READY = "Het bestand staat klaar."


def is_large(rows: int | None) -> bool:
    """Whether so many rows take longer than somebody waits for a page. None: more than counted."""
    return rows is None or rows > AT_ONCE


def offer(kind: str, title: str, arguments: Mapping[str, Any], rows: int | None) -> Response | str:
    """The page that says that it is a large file; a POST of it puts the job in line.

    rows: how many it has to go through, None when that isn't known.
    """
    number = actor().gebruiker_id
    assert number is not None
    if request.method == "POST":
        asked = {"adres": request.query_string.decode(), **arguments}
        try:
            task = tasks.start(number, kind, title, asked, rows)
        except RegelFout as refused:
            flash(str(refused), "error")
            return redirect(url_for("taken.index"))
        return redirect(url_for("taken.details", id=task))
    return render_template(
        "taken/groot.html",
        header=PageHeader(title, (Crumb("Mijn downloads", url_for("taken.index")), Crumb(title))),
        rows=formats.number(rows) if rows is not None else "",
        at_once=formats.number(AT_ONCE),
        post_url=request.full_path.rstrip("?"),
        cancel_url=back_url(),
    )


def arguments_of(run: tasks.Run) -> MultiDict[str, str]:
    """The parameters of the address that was asked."""
    return MultiDict(parse_qsl(run.arguments["adres"]))


def workbook(run: tasks.Run, sheets: Iterable[excel.Sheet], name: str) -> tasks.Outcome:
    """Write the sheets to the file of this job."""
    excel.write(sheets, run.file, run.advance)
    return tasks.Outcome(READY, file=name)


def csv(
    run: tasks.Run,
    columns: Iterable[excel.Column],
    rows: Iterable[Iterable[Any]],
    name: str,
) -> tasks.Outcome:
    """Write rows as CSV to the file of this job."""
    with run.file.open("wb") as file:
        for line in excel.csv_lines(list(columns), map(list, rows)):
            file.write(line)
            run.advance()
    return tasks.Outcome(READY, file=name)
