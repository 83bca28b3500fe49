"""What every template has at hand: the menu, the person, the formats."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for
from flask.templating import Environment
from flask_login import current_user

from cmk_admin import formats, routes
from cmk_admin.auth import clock, sessions
from cmk_admin.menu import menu_for
from cmk_admin.page import CurrentUser
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.settings import Settings
from models.verantwoording import Verantwoording

APP_NAME = "CMK Portaal"


class Templates(Environment):
    """Globals of a template in one plain dictionary: with Jinja's chain of them, each `import` of a
    page goes through all names in Python."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def register(app: Flask) -> None:
    """Add the globals of `templates/base.html` and the formats as filters."""
    settings: Settings = app.extensions["cmk_settings"]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["row_address"] = routes.row_address
    app.jinja_env.globals["row_addresses"] = routes.row_addresses
    app.jinja_env.globals["may_reopen"] = _may_reopen
    app.jinja_env.globals["asset"] = _asset
    app.jinja_env.globals["zip"] = zip
    for name in ("euro", "hours", "number", "day", "long_day", "moment", "file_size"):
        app.jinja_env.filters[name] = getattr(formats, name)

    @app.context_processor
    def _globals() -> dict[str, Any]:
        inside = request and current_user.is_authenticated
        return {
            "app_name": APP_NAME,
            "now": clock.now(),
            "instance_label": "demo" if settings.demo else "",
            "current": _current() if inside else None,
            "session_left": sessions.seconds_left(current_user, clock.now()) if inside else 0,
            "menu": menu_for(routes.actor(), request.path) if inside else (),
        }


def _asset(name: str) -> str:
    """The address of a file of the portal itself; every page has a dozen of them."""
    return _asset_under(request.root_path, name)


@lru_cache(maxsize=256)
def _asset_under(_root: str, name: str) -> str:
    return url_for("static", filename=name)


def _may_reopen(verantwoording: Verantwoording) -> bool:
    return bool(may(routes.actor(), Handeling.HEROPENEN, verantwoording))


def _current() -> CurrentUser:
    account = current_user._get_current_object()
    rollen = sorted({rol.label for rol in account.actor.rollen})
    return CurrentUser(
        id=account.id,
        name=account.naam,
        initials="".join(
            word[0] for word in (account.naam.split()[:1] + account.naam.split()[-1:])
        ).upper(),
        role=" · ".join(rollen) or "Geen rol",
        email=account.email,
        logout_url=url_for("auth.logout"),
        downloads_url=url_for("taken.index"),
        downloads_active=request.path.startswith(url_for("taken.index")),
    )
