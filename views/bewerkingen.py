"""A batch: what it changed, cell by cell, and undoing it, as a whole or row by row."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from cmk_admin import database, formats, history_view
from cmk_admin.bulk import back
from cmk_admin.forms.fields import to_id
from cmk_admin.gate import (
    BACK,
    CodeNeeded,
    GateSession,
    Refused,
    done_before,
    later_than,
    may_undo,
    may_undo_rows,
    taken_back_by,
    takes_back,
    undo,
    undo_rows,
)
from cmk_admin.page import Action, Chip, Crumb, PageHeader
from cmk_admin.page_batch import Batch, BatchLink, BatchRow
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, requires
from cmk_admin.web.errors import back_url
from models.base import RegelFout
from models.historie import Bewerking, BewerkingSoort, Wijziging

blueprint = Blueprint("bewerkingen", __name__)
#: Rows on one page of a batch.
ROWS = 100


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _find(id_: int) -> Bewerking:
    stap = database.session().get(Bewerking, id_) if id_ < 2**31 else None
    if stap is None:
        abort(404)
    return stap


@blueprint.get("/bewerkingen/<int:id>")
@requires(Handeling.ZIEN, Bewerking)
def details(id: int) -> str:  # noqa: A002 - as in the address
    """Who did what and when, each cell old → new, and the ways back."""
    stap = _find(id)
    return render_template(
        "bewerkingen/details.html",
        header=_header(stap),
        batch=_batch(stap, _number(request.args.get("vanaf", ""))),
    )


def _number(text: str) -> int:
    try:
        return to_id(text)
    except ValueError:
        return 0


def _header(stap: Bewerking) -> PageHeader:
    crumbs = [Crumb("Bewerkingen", url_for("bewerking.index_view")), Crumb(f"Nummer {stap.id}")]
    if may(actor(), Handeling.ZIEN, "Rechten"):
        crumbs.insert(0, Crumb("Beheer", url_for("beheer.index")))
    actions = [action] if (action := undo_action(stap)) else []
    chips = [Chip(stap.soort.label, "info")]
    if stap.ongedaan_op is not None:
        chips.append(Chip(_taken_back(stap), "let_op"))
    return PageHeader(stap.omschrijving, tuple(crumbs), chips=tuple(chips), actions=tuple(actions))


def undo_action(stap: Bewerking) -> Action | None:
    """The button that takes the whole batch back, for whoever still may."""
    if not may_undo(database.session(), stap):
        return None
    label = "Opnieuw uitvoeren" if stap.soort is BewerkingSoort.ONGEDAAN else "Ongedaan maken"
    url = url_for("bewerkingen.ongedaan_maken", id=stap.id)
    return Action(label, url, "undo", method="post")


def _batch(stap: Bewerking, after: int) -> Batch:
    session = database.session()
    mine = select(Wijziging).where(Wijziging.bewerking_id == stap.id, Wijziging.id > after)
    rows = session.scalars(mine.order_by(Wijziging.id).limit(ROWS + 1)).all()
    shown, more = rows[:ROWS], len(rows) > ROWS
    names = history_view.names_of([stap.door_id, stap.ongedaan_door_id])
    here = url_for("bewerkingen.details", id=stap.id)
    return Batch(
        who=names.get(stap.door_id or 0, "Het portaal"),
        when=formats.moment(stap.op),
        undone=_undone_words(stap, names),
        before=_link(takes_back(session, stap)),
        after=_link(taken_back_by(session, stap)),
        total=formats.number(stap.aantal),
        rows=tuple(_rows(session, stap, shown)),
        undo_url=url_for("bewerkingen.terugzetten", id=stap.id),
        first_url=here if after else None,
        next_url=f"{here}?vanaf={shown[-1].id}" if more else None,
    )


def _undone_words(stap: Bewerking, names: dict[int, str]) -> str:
    if stap.ongedaan_op is None:
        return ""
    who = names.get(stap.ongedaan_door_id or 0, "het portaal")
    return f"{_taken_back(stap)} door {who} op {formats.moment(stap.ongedaan_op)}."


def _link(other: Bewerking | None) -> BatchLink | None:
    """To the batch that another took back, or that took it back; with what can be done there."""
    if other is None:
        return None
    action = undo_action(other)
    url = url_for("bewerkingen.details", id=other.id)
    return BatchLink(str(other), url, action.label if action else "")


def _taken_back(stap: Bewerking) -> str:
    return "Opnieuw uitgevoerd" if stap.soort is BewerkingSoort.ONGEDAAN else "Ongedaan gemaakt"


def _rows(session: GateSession, stap: Bewerking, shown: Sequence[Wijziging]) -> Any:
    labels = history_view.labels_of(shown)
    allowed = bool(may_undo_rows(session, stap))
    later = later_than(session, shown)
    back = _back_again(session, [row for rows in later.values() for row in rows])
    for row in shown:
        since = later[row.entiteit, row.rij_id]
        undone = back.get(since[-1].bewerking_id or 0) if since else None
        yield BatchRow(
            id=row.id,
            title=row.titel,
            what=f"{history_view.word_of(row.entiteit)} {row.soort.label.lower()}",
            changes=tuple(history_view.changes_of(row, labels)),
            state=_state(bool(since), undone),
            undoable=allowed and undone is None,
        )


def _state(touched: bool, undone: BewerkingSoort | None) -> Chip | None:
    """undone: the kind of batch that put it as it is now."""
    if undone is not None:
        again = undone is BewerkingSoort.OPNIEUW
        return Chip("Opnieuw uitgevoerd" if again else "Teruggezet", "goed")
    return Chip("Later nog gewijzigd", "let_op") if touched else None


def _back_again(session: GateSession, later: Sequence[Wijziging]) -> dict[int, BewerkingSoort]:
    """The batches among these changes that put something back, with their kind."""
    ids = {row.bewerking_id for row in later if row.bewerking_id is not None}
    if not ids:
        return {}
    steps = select(Bewerking).where(Bewerking.id.in_(ids), Bewerking.soort.in_(BACK))
    return {step.id: step.soort for step in session.scalars(steps)}


@blueprint.post("/bewerkingen/<int:id>/ongedaan-maken")
@requires(Handeling.ZIEN, Bewerking)
def ongedaan_maken(id: int) -> Response:  # noqa: A002 - as in the address
    """Take a batch back, as far as nobody touched what it did."""
    stap = _find(id)
    if stap.ongedaan_op is not None and stap.ongedaan_door_id == actor().gebruiker_id:
        flash(done_before(stap), "info")
        return redirect(back_url())
    if back.is_large(stap):
        return _start(stap)
    return _take_back(stap, lambda session: undo(session, stap))


def _start(stap: Bewerking) -> Response:
    """More than somebody waits for: a job, whose page says how far it is."""
    verdict = may_undo(database.session(), stap)
    number = actor().gebruiker_id
    if not verdict or number is None:
        raise Refused(verdict)
    if database.session().needs_code and back.asks_code(database.session(), stap.id):
        raise CodeNeeded
    try:
        return redirect(url_for("taken.details", id=back.start(number, stap)))
    except RegelFout as refused:
        flash(str(refused), "error")
        return redirect(url_for("taken.index"))


@blueprint.post("/bewerkingen/<int:id>/terugzetten")
@requires(Handeling.ZIEN, Bewerking)
def terugzetten(id: int) -> Response:  # noqa: A002 - as in the address
    """Take one of the changes of a batch back, or a few."""
    stap = _find(id)
    verdict = may_undo_rows(database.session(), stap)
    if not verdict:
        raise Refused(verdict)
    try:
        ids = [to_id(value) for value in request.form.getlist("wijziging")]
    except ValueError:
        abort(404)
    if len(ids) > ROWS:
        abort(413)
    if not ids:
        flash("Kies eerst een of meer rijen.", "warning")
        return redirect(back_url())
    return _take_back(stap, lambda session: undo_rows(session, stap, ids))


def _take_back(stap: Bewerking, work: Any) -> Response:
    session = database.session()
    try:
        told = back.told(stap, work(session))
        session.commit()
    except RegelFout as fout:
        session.rollback()
        flash(str(fout), "error")
    else:
        for text, tone in told:
            flash(text, tone)
    return redirect(back_url())
