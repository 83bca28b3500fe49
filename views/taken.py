"""Mijn downloads: one's own large jobs, how far they are and what came of them."""

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    send_file,
    url_for,
)
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import database, formats, on_record, tasks
from cmk_admin.bulk import back, large
from cmk_admin.gate import CodeNeeded, is_passing
from cmk_admin.page import Action, Chip, Crumb, Empty, PageHeader
from cmk_admin.page_tasks import TaskPage, TaskRow
from cmk_admin.routes import actor, signed_in
from models.base import RegelFout
from models.techniek import Taak, TaakStatus

blueprint = Blueprint("taken", __name__, url_prefix="/mijn-downloads")

TITLE = "Mijn downloads"
#: Kinds that change rows; the worker has no browser to ask a code, so this page does.
CHANGING = {large.KIND, back.KIND}
TONES = {TaakStatus.KLAAR: "goed", TaakStatus.MISLUKT: "fout", TaakStatus.BEZIG: "info"}
NOTHING = Empty(
    "Nog geen downloads",
    "Grote bestanden maakt het portaal op de achtergrond. Je vindt ze hier een week lang terug.",
)


def register(app: Flask) -> None:
    """Add the pages of Mijn downloads to `app`."""
    app.register_blueprint(blueprint)


def _me() -> int:
    number = actor().gebruiker_id
    assert number is not None
    return number


def _find(id_: int) -> Taak:
    """One's own; another's does not exist."""
    return (tasks.find(_me(), id_) if id_ < 2**31 else None) or abort(404)


@blueprint.get("")
@signed_in
def index() -> str:
    """The newest first."""
    rows = tasks.of_person(_me())
    return render_template(
        "taken/index.html",
        header=PageHeader(TITLE),
        rows=[_row(row) for row in rows],
        busy=any(row.loopt for row in rows),
        empty=NOTHING,
    )


def _row(row: Taak) -> TaskRow:
    return TaskRow(
        title=row.titel,
        url=url_for("taken.details", id=row.id),
        made=formats.moment(row.aangemaakt_op),
        until=formats.moment(row.verloopt_op) if row.verloopt_op else "",
        chip=_chip(row),
        percent=tasks.progress_of(row).percent if row.loopt else None,
        download=_download(row),
        step=_step(row),
    )


def _step(row: Taak) -> Action | None:
    """What its maker can do with it, beside waiting."""
    if row.loopt:
        return Action("Stoppen", url_for("taken.stoppen", id=row.id), "x", method="post")
    if row.status is TaakStatus.MISLUKT:
        url = url_for("taken.opnieuw", id=row.id)
        return Action("Opnieuw proberen", url, "undo", method="post")
    return None


def _chip(row: Taak) -> Chip:
    if row.gestopt:
        return Chip("Gestopt", "neutraal")
    return Chip(row.status.label, TONES.get(row.status, "neutraal"))  # type: ignore[arg-type]


def _download(row: Taak) -> Action | None:
    if tasks.file_of(row) is None:
        return None
    return Action("Downloaden", url_for("taken.bestand", id=row.id), "download", primary=True)


@blueprint.get("/<int:id>")
@signed_in
def details(id: int) -> str:  # noqa: A002 - as in the address
    """How far it is, or what came of it."""
    row = _find(id)
    progress = tasks.progress_of(row)
    return render_template(
        "taken/details.html",
        header=PageHeader(
            row.titel, (Crumb(TITLE, url_for("taken.index")), Crumb(row.titel)), chips=(_chip(row),)
        ),
        task=TaskPage(
            busy=row.loopt,
            failed=row.status is TaakStatus.MISLUKT,
            text=_how_far(row, progress) if row.loopt else row.uitkomst or "",
            percent=progress.percent or 0,
            poll_url=url_for("taken.voortgang", id=row.id),
            file=row.bestand or "",
            size=formats.file_size(row.bestand_grootte) if row.bestand_grootte else "",
            until=formats.moment(row.verloopt_op) if row.verloopt_op else "",
            download=_download(row),
            onward=Action("Bekijk het resultaat", row.adres) if row.adres else None,
            step=_step(row),
        ),
    )


def _how_far(row: Taak, progress: tasks.Progress) -> str:
    if row.status is TaakStatus.WACHT:
        return "Staat klaar om te beginnen."
    if not progress.total:
        return (
            f"Bezig. {formats.number(progress.done)} regels gedaan." if progress.done else "Bezig."
        )
    done, total = formats.number(min(progress.done, progress.total)), formats.number(progress.total)
    return f"{done} van {total} regels gedaan."


@blueprint.get("/<int:id>/voortgang")
@signed_in
def voortgang(id: int) -> Response:  # noqa: A002 - as in the address
    """The same for the script of that page; looking on is no activity of a person."""
    row = _find(id)
    progress = tasks.progress_of(row)
    return jsonify(bezig=row.loopt, procent=progress.percent or 0, tekst=_how_far(row, progress))


@blueprint.post("/<int:id>/stoppen")
@signed_in
def stoppen(id: int) -> BaseResponse:  # noqa: A002 - as in the address
    """It ends, and leaves no file. Done already: it says what came of it."""
    row = _find(id)
    try:
        stopped = tasks.stop(_me(), row.id)
    except DBAPIError as busy:
        # On SQLite the job itself holds the writer's place; it was told, and gives it up.
        if not is_passing(busy):
            raise
        flash(f"“{row.titel}” stopt zodra dat kan.", "info")
        return redirect(url_for("taken.details", id=row.id), 303)
    if stopped:
        flash(f"“{row.titel}” is gestopt.", "success")
    elif not row.gestopt:
        flash("Dit was al klaar.", "info")
    return redirect(url_for("taken.details", id=row.id), 303)


@blueprint.post("/<int:id>/opnieuw")
@signed_in
def opnieuw(id: int) -> BaseResponse:  # noqa: A002 - as in the address
    """Once more, with the rights that one has by now."""
    row = _find(id)
    if row.soort in CHANGING and database.session().needs_code:
        raise CodeNeeded
    try:
        if tasks.again(_me(), row.id):
            flash(f"“{row.titel}” wordt opnieuw geprobeerd.", "success")
        else:
            flash("Dit loopt al, of is al klaar.", "info")
    except RegelFout as refused:
        flash(str(refused), "error")
    return redirect(url_for("taken.details", id=row.id), 303)


@blueprint.get("/<int:id>/bestand")
@signed_in
def bestand(id: int) -> Response:  # noqa: A002 - as in the address
    """The file, for its maker only."""
    row = _find(id)
    path = tasks.file_of(row) or abort(404)
    on_record.took(row.titel)
    return send_file(path, as_attachment=True, download_name=row.bestand)
