"""Who may come in: everybody for a public view, else only who is logged in."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from cmk_admin.auth import clock, sessions
from cmk_admin.auth.account import Account
from cmk_admin.extensions import login
from cmk_admin.web import errors
from cmk_admin.web.targets import safe_target

View = TypeVar("View", bound=Callable[..., object])
#: What a page asks by itself, without anybody doing something.
UNNOTED = frozenset({"auth.session_left", "taken.voortgang"})
ENDED = "Je bent uitgelogd, omdat je een tijd niets deed of je account is gewijzigd."


def public(view: View) -> View:
    """Decorator: this view is for everybody, logged in or not."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def require_login() -> Response | None:
    """Closed unless said otherwise: a view that forgets to ask is not open to everyone."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "is_public", False) or current_user.is_authenticated:
        return None
    refusal: Response = login.unauthorized()
    return refusal


def load(gebruiker_id: str) -> Account | None:
    """The person of this session, as they are in the database now; None ends the session."""
    moment = clock.now()
    account = sessions.current(int(gebruiker_id), moment)
    if account is None:
        sessions.end()
        flash(ENDED, "info")
    elif request.endpoint not in UNNOTED:
        sessions.note_activity(account, moment)
    return account


def unauthorized() -> Response:
    """To the log-in and back again afterwards; a script just hears that it may not."""
    if errors.wants_json():
        return errors.answer(errors.FAULTS[401])
    if request.method in {"GET", "HEAD"}:
        target = safe_target(iri_to_uri(request.full_path.removesuffix("?")))
    else:
        target = errors.back_url()
    return redirect(url_for("auth.login", next=None if target == "/" else target))
