"""People who can log in, a clock that stands still, and the steps of logging in."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user
from werkzeug.test import TestResponse

from cmk_admin import mail
from cmk_admin.actor import system
from cmk_admin.auth import clock, letters, passwords, public, totp
from cmk_admin.gate import acting_as
from cmk_admin.routes import signed_in
from models.gebruiker import Gebruiker

PASSWORD = "Cultuur-in-Gelderland-2026"
#: Of somebody who is invited, and a password that is good enough.
EMAIL = "nieuw@voorbeeld.nl"
NEW_PASSWORD = "vier blauwe lampen op zolder"
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


# --- mail, and the links in it ----------------------------------------------------


def invite(app: Flask, person: Person, clock: Clock) -> None:
    with app.app_context(), acting_as(TEST) as session:
        letters.invite(session, session.get_one(Gebruiker, person.id), clock.moment)
        session.commit()


def mails(app: Flask) -> list[EmailMessage]:
    """Everything that was sent until now, in order."""
    with app.app_context():
        mail.send_waiting()
        folder = mail.mail_folder(app.extensions["cmk_settings"])
    found = []
    for file in sorted(folder.glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def link_in(app: Flask, number: int = -1) -> str:
    """The path of the link in a mail."""
    body = mails(app)[number].get_body(("plain",))
    assert body is not None
    base = app.extensions["cmk_settings"].base_url
    found = re.search(rf"{re.escape(base)}(/[\w-]+/\w{{64}})\s", body.get_content())
    assert found
    return found[1]


def secret_on(client: FlaskClient) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get("/activeren/app").text)
    assert found
    return found[1].replace(" ", "")


def activate(client: FlaskClient, path: str, clock: Clock, password: str = NEW_PASSWORD) -> str:
    """All three steps; the secret that the app has then."""
    assert client.get(path).location == "/activeren"
    first = post(client, "/activeren", email=EMAIL, wachtwoord=password)
    assert first.location == "/activeren/app", first.text
    secret = secret_on(client)
    done = post(client, "/activeren/code", code=oathtool(secret, clock.moment))
    assert done.location == "/", done.text
    return secret


# --- what answers give away ---------------------------------------------------------

#: Headers that differ for each answer: its length, its cookie, its id in the log.
UNLIKE = frozenset({"Content-Length", "Set-Cookie", "X-Request-ID"})


def masked(response: TestResponse, email: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The answer without what differs each time: the token, and the address as typed."""
    text = response.text.replace(email, "ADRES")
    for found in TOKEN.findall(text):
        text = text.replace(found, "TOKEN")
    headers = [pair for pair in response.headers if pair[0] not in UNLIKE]
    return response.status_code, text, headers


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every argon2 verification in the block."""
    done: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002
        done.append("verify")
        return real(self, hash, password)

    with monkeypatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", verify)
        patch.setattr(PasswordHasher, "hash", lambda *_: pytest.fail("een hash te veel"))
        yield done


def oathtool(secret: str, moment: datetime) -> str:
    """The code by another program than ours."""
    at = f"--now={moment:%Y-%m-%d %H:%M:%S} UTC"
    done = subprocess.run(
        ["oathtool", "--totp", "--base32", at, secret], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
