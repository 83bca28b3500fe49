"""Undoing a step that was one batch."""

from flask import Blueprint, Flask, abort, flash, redirect
from werkzeug.wrappers import Response

from cmk_admin import database
from cmk_admin.gate import undo
from cmk_admin.policy import Handeling
from cmk_admin.routes import actor, requires
from cmk_admin.web.errors import back_url
from models.base import RegelFout
from models.historie import Bewerking

blueprint = Blueprint("bewerkingen", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.post("/bewerkingen/<int:id>/ongedaan-maken")
@requires(Handeling.ZIEN, Bewerking)
def ongedaan_maken(id: int) -> Response:  # noqa: A002 - as in the address
    """Take a duplicate back, as long as nobody touched the copies."""
    session = database.session()
    stap = session.get(Bewerking, id) if id < 2**31 else None
    if stap is None:
        abort(404)
    if stap.ongedaan_op is not None and stap.ongedaan_door_id == actor().gebruiker_id:
        flash("Deze bewerking is al ongedaan gemaakt.", "info")
        return redirect(back_url())
    try:
        aantal = undo(session, stap)
        session.commit()
    except RegelFout as fout:
        session.rollback()
        flash(str(fout), "error")
    else:
        kopieen = "kopie is" if aantal == 1 else "kopieën zijn"
        flash(f"Ongedaan gemaakt: {aantal} {kopieen} weer weg.", "success")
    return redirect(back_url())
