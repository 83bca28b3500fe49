"""The draft of the form of this request: offered, taken up, and gone once it is saved."""

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from cmk_admin import drafts
from cmk_admin.page import DraftOffer
from cmk_admin.routes import actor

#: In the address of a form that goes on with its draft.
TAKEN = "concept"


def _mine() -> drafts.Draft | None:
    person = actor().gebruiker_id
    return None if person is None else drafts.find(person, request.path)


def taken() -> MultiDict[str, str] | None:
    """What the draft says, when this page goes on with it."""
    if request.method != "GET" or TAKEN not in request.args:
        return None
    draft = _mine()
    return draft.fields if draft else None


def formdata(typed: MultiDict[str, str] | None) -> dict[str, Any]:
    """What a form is filled in from, where that is a draft."""
    return {} if typed is None else {"formdata": typed}


def offer() -> DraftOffer:
    """What the page says of the draft: asked only where the form opens."""
    draft = _mine()
    if draft is None:
        return DraftOffer(request.path)
    if request.method == "POST" or TAKEN in request.args:
        return DraftOffer(request.path, draft.stand)
    return DraftOffer(request.path, told=draft.told)


def saved() -> None:
    """The form is saved: its draft has served."""
    person = actor().gebruiker_id
    if person is not None:
        drafts.drop(person, request.path)
