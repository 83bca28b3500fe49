"""People who can log in, a clock that stands still, and the steps of logging in."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user
from werkzeug.test import TestResponse

from cmk_admin.actor import system
from cmk_admin.auth import clock, passwords, public, totp
from cmk_admin.gate import acting_as
from cmk_admin.routes import signed_in
from models.gebruiker import Gebruiker

PASSWORD = "Cultuur-in-Gelderland-2026"
TEST = system("test")
# Passwords that cost next to nothing; what they should cost is tested in one place.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Clock:
    """Stands still until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass(frozen=True)
class Person:
    """An account, with what only its owner knows."""

    id: int
    email: str
    secret: str


def still_clock(app: Flask) -> Clock:
    """A clock for `app` that only the test moves."""
    standing = Clock()
    clock.install(app, standing)
    return standing


def add_person(app: Flask, email: str = "piet@voorbeeld.nl", **columns: Any) -> Person:
    """Store an account that can log in; `columns` override what it gets."""
    secret = pyotp.random_base32()
    with app.app_context(), acting_as(TEST) as session:
        values: dict[str, Any] = {
            "naam": "Piet Pietersen",
            "email": email,
            "wachtwoord_hash": passwords.hash_password(PASSWORD),
            "totp_geheim": totp.encrypt(secret),
        }
        row = Gebruiker(**(values | columns))
        session.add(row)
        session.commit()
        return Person(row.id, email, secret)


def change_person(app: Flask, person: Person, **columns: Any) -> None:
    """As a beheerder would, at the same moment, in another window."""
    with app.app_context(), acting_as(TEST) as session:
        row = session.get_one(Gebruiker, person.id)
        for name, value in columns.items():
            setattr(row, name, value)
        session.commit()


def stored(app: Flask, person: Person) -> Gebruiker:
    """The row of this person as it is in the database now."""
    with app.app_context(), acting_as(TEST) as session:
        row = session.get_one(Gebruiker, person.id)
        session.expunge(row)
        return row


def add_who(app: Flask) -> None:
    """`/wie` says who is logged in; `/ieder` is for everybody."""

    def wie() -> dict[str, Any]:
        return {"naam": current_user.naam, "rol": current_user.cultuur_oost_rol}

    app.add_url_rule("/wie", "wie", signed_in(wie), methods=["GET", "POST"])
    app.add_url_rule("/ieder", "ieder", public(lambda: ["welkom"]))


def inside(client: FlaskClient) -> bool:
    """Whether this browser is logged in."""
    return client.get("/wie").status_code == 200


def token(client: FlaskClient, path: str = "/inloggen") -> str:
    """The token of the form at `path`."""
    found = TOKEN.search(client.get(path).text)
    assert found, f"geen formulier op {path}"
    return found[1]


def post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Fill in the form at `path` and send it."""
    return client.post(path, data={"csrf_token": token(client, path), **fields})


def type_password(
    client: FlaskClient, email: str, password: str = PASSWORD, query: str = ""
) -> TestResponse:
    return post(client, f"/inloggen{query}", email=email, wachtwoord=password)


def type_code(client: FlaskClient, code: str) -> TestResponse:
    return post(client, "/inloggen/code", code=code)


def log_in(client: FlaskClient, person: Person, moment: datetime, query: str = "") -> TestResponse:
    """Both halves; the answer to the second."""
    first = type_password(client, person.email, query=query)
    assert first.location == "/inloggen/code", first.text
    return type_code(client, totp.code_at(person.secret, moment))
