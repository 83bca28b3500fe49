"""The application: everything is put together here, and nothing is decided."""

import gc

from flask import Flask

import views
from cmk_admin import auth, checks, cli, database, jobs, public_pages, routes, templating
from cmk_admin.auth import fresh
from cmk_admin.extensions import babel, csrf
from cmk_admin.settings import Settings
from cmk_admin.web import charts, errors, headers, logs


def create_app(settings: Settings | None = None) -> Flask:
    """The portal for these settings (default: from the environment).

    Raises SettingsError, or checks.Misconfigured when an entity or route lacks what it needs.
    """
    settings = settings or Settings.from_env()
    app = Flask(__name__, instance_path=str(settings.instance.resolve()))
    app.jinja_environment = templating.Templates
    app.config.from_mapping(settings.flask_config())
    app.extensions["cmk_settings"] = settings
    database.register(app)
    csrf.init_app(app)
    babel.init_app(app, default_locale="nl", default_timezone="Europe/Amsterdam")
    headers.register(app, settings)
    errors.register(app)
    logs.register(app, settings)
    auth.register(app, settings)
    routes.register(app)
    # After the rights: who may not is refused, and not asked for a code.
    fresh.register(app)
    templating.register(app)
    charts.register(app)
    public_pages.register(app)
    views.register(app)
    jobs.register(app)
    cli.register(app)
    checks.verify(app)
    return app


def web() -> Flask:
    """The portal in a process that answers requests: what gunicorn starts.

    What the start made stays for good, so the garbage collector need not go through it: now and
    then that took a request longer than all of the rest.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    return app


if __name__ == "__main__":
    create_app().run(host="127.0.0.1")
