"""Logging in: password and code, who is who, and nothing without it."""

from flask import Flask

from cmk_admin.auth import access, clock, demo_mode, interrupted, sessions
from cmk_admin.auth.access import public
from cmk_admin.auth.account import Account
from cmk_admin.auth.activation_views import blueprint as mailed_links
from cmk_admin.auth.passwords import TooBusyError
from cmk_admin.auth.views import blueprint
from cmk_admin.extensions import login
from cmk_admin.settings import Settings
from cmk_admin.web import errors
from models.base import nu

__all__ = ["Account", "public", "register"]


def register(app: Flask, settings: Settings, time: clock.Clock = nu) -> None:
    """Add the log-in to `app`; its database must be bound. Raises SettingsError (demo)."""
    secure = settings.secure_cookies
    app.config.update(
        # A browser only takes a __Host- cookie that no other subdomain could have set.
        SESSION_COOKIE_NAME="__Host-cmk" if secure else "cmk",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=sessions.ABSOLUTE,
    )
    clock.install(app, time)
    login.init_app(app)
    # Its fingerprint of address and browser only logs people out who change networks.
    login.session_protection = None
    login.user_loader(access.load)
    login.unauthorized_handler(access.unauthorized)
    app.register_blueprint(blueprint)
    app.register_blueprint(mailed_links)
    app.register_error_handler(TooBusyError, errors.on_busy)
    app.before_request(access.require_login)
    app.before_request(interrupted.say_so)
    demo_mode.register(app, settings)
