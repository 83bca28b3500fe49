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
NEWER = "Van dit formulier is er al een nieuwer concept; dit venster bewaart er geen."
SAVED = "Dit formulier is al bewaard; dit venster bewaart geen concept meer."


def register(app: Flask) -> None:
    """Add the addresses of drafts to `app`."""
    app.register_blueprint(blueprint)


@blueprint.post("/concepten")
@signed_in
def bewaren() -> tuple[Response, int] | Response:
    """Keep what is typed; a newer draft of another window stays, a saved form needs none."""
    form, person = _form()
    stand, content, sleutel = (request.form.get(n, "") for n in ("stand", "inhoud", "sleutel"))
    try:
        kept = drafts.keep(person, form, stand, content, sleutel)
    except drafts.Newer:
        return jsonify(fout=NEWER), CONFLICT
    except drafts.Saved:
        return jsonify(fout=SAVED), CONFLICT
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
