"""Keeping a draft while somebody types, and throwing it away."""

import re
from datetime import datetime

from flask import Blueprint, Flask, abort, jsonify, redirect, request
from werkzeug.wrappers import Response

from cmk_admin import drafts, formats
from cmk_admin.routes import actor, signed_in

blueprint = Blueprint("concepten", __name__)
#: The forms that have a draft, by their address.
FORMS = re.compile(
    r"/verantwoordingen/\d{1,10}/activiteiten/nieuw|/activiteiten/\d{1,10}/[a-z-]{1,40}/bewerken"
)
CONFLICT = 409


def register(app: Flask) -> None:
    """Add the addresses of drafts to `app`."""
    app.register_blueprint(blueprint)


@blueprint.post("/concepten")
@signed_in
def bewaren() -> tuple[Response, int] | Response:
    """Keep what is typed; a newer draft of another window stays."""
    form, person = _form()
    try:
        kept = drafts.keep(
            person, form, request.form.get("stand", ""), request.form.get("inhoud", "")
        )
    except drafts.Newer:
        return jsonify(fout="Van dit formulier is elders een nieuwer concept."), CONFLICT
    except ValueError:
        abort(400)
    return jsonify(stand=kept.stand, tijd=_clock(kept.when))


@blueprint.post("/concepten/weg")
@signed_in
def weggooien() -> Response:
    """Throw the draft away, and go back to the form."""
    form, person = _form()
    drafts.drop(person, form)
    return redirect(form)


def _form() -> tuple[str, int]:
    """The address of the form, and whose draft it is; 400 for an address without drafts."""
    form, person = request.form.get("formulier", ""), actor().gebruiker_id
    if person is None or not FORMS.fullmatch(form):
        abort(400)
    return form, person


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(formats.AMSTERDAM):%H:%M}"
