"""The database and its one session class, bound to the app."""

from flask import Flask, current_app

from cmk_admin.extensions import db, migrate
from cmk_admin.gate import GateSession, fence


def register(app: Flask) -> None:
    """Bind the database and put the fence on its engine."""
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        fence.guard(db.engine)


def session() -> GateSession:
    """The session of this request or of the surrounding `acting_as`."""
    found: GateSession = current_app.extensions["sqlalchemy"].session()
    return found
