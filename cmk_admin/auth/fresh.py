"""A code typed lately, before anything by which a stolen browser could keep an account.

Pages ask before something is filled in. Behind them stands the gate: whatever the road, a row
that says `verse_code` is only saved by who typed a code lately.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import database
from cmk_admin.auth import clock, interrupted, sessions
from cmk_admin.auth.pages import see
from cmk_admin.gate import CodeNeeded
from cmk_admin.routes import ASSETS
from cmk_admin.web import errors

#: Generated pages on which something is chosen or filled in: asked before it is lost.
ASKED_FIRST = frozenset({"create_view", "edit_view", "bulk_view", "action_view"})
AGAIN = "Er is nog niets gewijzigd. Typ eerst je code en doe het daarna nog een keer."
IN_PLACE = errors.Fault(
    403,
    "Typ eerst je code",
    "Hiervoor is een verse code nodig. Open de rij met “Wijzigen”: dan wordt erom gevraagd.",
)


def register(app: Flask) -> None:
    """Ask it on the pages of what says `verse_code`, and let the gate ask it everywhere."""
    app.before_request(_ask_first)
    app.register_error_handler(CodeNeeded, _asked_by_the_gate)


def fresh(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator, under `@signed_in`: asks for a code first; the page is there afterwards."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if is_fresh() else _ask(request.path)

    return asked


def is_fresh() -> bool:
    """Whether the person of this request typed a code lately."""
    return sessions.is_fresh(current_user, clock.now())


def _ask_first() -> BaseResponse | None:
    endpoint = request.endpoint or ""
    if endpoint in {"", *ASSETS} or not current_user.is_authenticated or is_fresh():
        return None
    database.session().needs_code = True
    owner = getattr(current_app.view_functions[endpoint], "__self__", None)
    entity = getattr(owner, "model", None)
    if not getattr(entity, "verse_code", False) or endpoint.partition(".")[2] not in ASKED_FIRST:
        return None
    return _ask(errors.back_url())


def _asked_by_the_gate(_error: CodeNeeded) -> Response | BaseResponse:
    database.session().rollback()
    if errors.wants_json():
        return errors.answer(IN_PLACE)
    return _ask(errors.back_url())


def _ask(otherwise: str) -> BaseResponse:
    """To the code, and then back to this page or to what was typed; else to `otherwise`."""
    back = otherwise
    if request.method in {"GET", "HEAD"}:
        back = request.full_path.removesuffix("?")
    elif kept := interrupted.keep(current_user.id, clock.now()):
        back = url_for("auth.resume", key=kept)
    else:
        flash(AGAIN, "info")
    return see(url_for("auth.confirm", next=back))
