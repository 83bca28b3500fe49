"""Forms that were sent after their session had ended: kept until the same person is back.

Also without script nothing typed is lost: the log-in leads to a page that brings the form back as
it was. What is kept is sealed, opens for its owner alone, and goes after half a day.

A view takes part by `@kept`; what comes back to it, it shows instead of doing it (`given_back`).
Nothing that comes back reaches a view that does not take part.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import abort, current_app, flash, request
from sqlalchemy import select
from werkzeug.urls import iri_to_uri

from cmk_admin.actor import system
from cmk_admin.auth.sealing import digest, seal, unseal
from cmk_admin.gate import GateSession, acting_as, forget
from cmk_admin.web.targets import safe_target
from models.toegang import Onderbreking

#: The field by which a form is shown again instead of saved.
GIVEN_BACK = "teruggegeven"
LIFE = timedelta(hours=12)
LARGEST = 512 * 1024
#: Forms of one person; the oldest make room.
MOST = 20
BACK = "Dit is wat je typte. Er is nog niets bewaard."
PURPOSE = b"cmk-portaal/onderbreking/1"
KEEPING = system("bewaarde formulieren")
#: Not typed: made anew when the form comes back.
_OWN = frozenset({"csrf_token", GIVEN_BACK})
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Draft:
    """fields: (name, value) as they were sent. files: names of what has to be chosen again."""

    address: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def kept(view: View) -> View:
    """Decorator: a form of this view outlives the session it was typed in.

    The view shows what comes back. Forms of `EntityForm` do so by themselves: they are not valid
    then; any other asks `given_back`. Never for a password or a code.
    """
    view.keeps_form = True  # type: ignore[attr-defined]
    return view


def given_back() -> bool:
    """Whether this form was kept and comes back: it is shown, whatever it asks for."""
    return GIVEN_BACK in request.form


def say_so() -> None:
    """Before each request: tell who gets a form back that nothing is saved yet."""
    if request.method != "POST" or not given_back():
        return
    if not _takes_part():
        abort(400)
    flash(BACK, "info")


def _takes_part() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "keeps_form", False))


def keep(gebruiker_id: int, moment: datetime) -> str | None:
    """Keep the form of this request for this person; the key to it, None when there is none."""
    address = safe_target(iri_to_uri(request.full_path.removesuffix("?")))
    if request.method != "POST" or not _takes_part() or address is None:
        return None
    pairs = [pair for pair in request.form.items(multi=True) if pair[0] not in _OWN]
    names = [file.filename for file in request.files.values() if file.filename]
    clear = json.dumps([address, pairs, names]).encode()
    if len(clear) > LARGEST:
        return None
    key = secrets.token_urlsafe(32)
    with acting_as(KEEPING) as session, session.own_work():
        session.add(
            Onderbreking(
                sleutel_hash=digest(key),
                gebruiker_id=gebruiker_id,
                op=moment,
                verzegeld=seal(_purpose(gebruiker_id), clear),
            )
        )
        session.flush()
        _make_room(session, gebruiker_id)
        session.commit()
    return key


def _make_room(session: GateSession, gebruiker_id: int) -> None:
    newest = (
        select(Onderbreking.id)
        .where(Onderbreking.gebruiker_id == gebruiker_id)
        .order_by(Onderbreking.id.desc())
    )
    too_old = session.scalar(newest.offset(MOST).limit(1))
    if too_old is not None:
        forget(session, Onderbreking, {"gebruiker_id": gebruiker_id, "id": ("<=", too_old)})


def find(key: str, gebruiker_id: int, moment: datetime) -> Draft | None:
    """What this person sent, if it is still there."""
    wanted = select(Onderbreking.verzegeld).where(
        Onderbreking.sleutel_hash == digest(key),
        Onderbreking.gebruiker_id == gebruiker_id,
        Onderbreking.op > moment - LIFE,
    )
    with acting_as(KEEPING) as session:
        sealed = session.scalar(wanted)
    if sealed is None:
        return None
    address, pairs, names = json.loads(unseal(_purpose(gebruiker_id), sealed))
    return Draft(address, tuple((name, value) for name, value in pairs), tuple(names))


def sweep(moment: datetime) -> None:
    """What nobody came back for."""
    with acting_as(KEEPING) as session:
        forget(session, Onderbreking, {"op": ("<", moment - LIFE)})
        session.commit()


def _purpose(gebruiker_id: int) -> bytes:
    return PURPOSE + b"/%d" % gebruiker_id
