"""A code typed lately, before anything by which a stolen browser could keep an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request, url_for
from flask_login import current_user

from cmk_admin.auth import clock, sessions
from cmk_admin.auth.pages import see


def fresh(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator, under `@signed_in`: asks for a code first; the page is there afterwards."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        if not sessions.is_fresh(current_user, clock.now()):
            return see(url_for("auth.confirm", next=request.path))
        return view(*args, **kwargs)

    return asked
