"""Addresses for machines and for finders of a leak, open to everybody (RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cmk_admin.actor import system
from cmk_admin.auth import clock, public
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.gebruiker import Gebruiker

blueprint = Blueprint("openbaar", __name__)
YEAR = timedelta(days=365)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Where to report that something is not safe."""
    settings: Settings = current_app.extensions["cmk_settings"]
    expires = (clock.now() + YEAR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{settings.mail_from}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
        "",
    )
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/gezond")
@public
def healthy() -> tuple[Response, int]:
    """Whether this process answers and reaches the database, for who watches over it."""
    try:
        with acting_as(system("gezondheid")) as session:
            session.execute(select(Gebruiker.id).limit(1)).first()
    except SQLAlchemyError:
        current_app.logger.exception("De database is niet te bereiken")
        return jsonify(stand="de database is niet te bereiken"), 503
    return jsonify(stand="goed"), 200
