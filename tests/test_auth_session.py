"""The session: what its cookie allows, how it starts anew, and when it ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import passwords, totp
from cmk_admin.gate import GateSession, acting_as
from cmk_admin.settings import Settings
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Lidmaatschap, LidRol
from models.toegang import Zitting
from tests.auth_support import (
    TEST,
    Clock,
    Person,
    add_person,
    change_person,
    inside,
    log_in,
    post,
    token,
    type_password,
)

pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


def cookie_of(response: TestResponse, name: str) -> Any:
    jar = SimpleCookie()
    for line in response.headers.getlist("Set-Cookie"):
        jar.load(line)
    return jar[name]


def test_the_cookie_is_for_the_browser_alone(client: FlaskClient) -> None:
    cookie = cookie_of(client.get("/inloggen"), "cmk")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["secure"], cookie["domain"], cookie["expires"]) == ("", "", "")


def test_logging_in_starts_a_new_session(client: FlaskClient, person: Person, clock: Clock) -> None:
    before = token(client)
    with client.session_transaction() as kept:
        kept["geplant"] = "door een ander"
        old_token = kept["csrf_token"]
    log_in(client, person, clock.moment)
    client.get("/wie")

    with client.session_transaction() as kept:
        assert "geplant" not in kept
        assert "halfway" not in kept
        assert kept.get("csrf_token") != old_token
    assert client.post("/wie", data={"csrf_token": before}).status_code == 400


def test_a_password_starts_a_new_session_too(client: FlaskClient, person: Person) -> None:
    with client.session_transaction() as kept:
        kept["geplant"] = "door een ander"
    type_password(client, person.email)
    with client.session_transaction() as kept:
        assert set(kept) == {"halfway"}


def test_logging_out_ends_it(client: FlaskClient, person: Person, clock: Clock) -> None:
    log_in(client, person, clock.moment)
    with client.session_transaction() as kept:
        kept["csrf_token"] = "x"
    assert inside(client)
    assert client.get("/uitloggen").status_code == 405
    assert client.post("/uitloggen").status_code == 400, "anyone could log you out"
    assert inside(client)

    answer = client.post("/uitloggen", data={"csrf_token": _token_for(client)})

    assert (answer.status_code, answer.location) == (303, "/inloggen")
    assert not inside(client)
    assert "Je bent uitgelogd." in client.get("/inloggen").text


def _token_for(client: FlaskClient) -> str:
    """A token for the session of somebody who is inside."""
    from itsdangerous import URLSafeTimedSerializer

    with client.session_transaction() as kept:
        raw = kept["csrf_token"]
    key = client.application.config["SECRET_KEY"]
    signer = URLSafeTimedSerializer(key, salt="wtf-csrf-token")
    signed = signer.dumps(raw)
    return signed if isinstance(signed, str) else signed.decode()


def test_idle_for_half_an_hour_is_logged_out(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    for _ in range(3):
        clock.forward(minutes=29)
        assert inside(client)
    clock.forward(minutes=29, seconds=59)
    assert inside(client)
    clock.forward(minutes=30)
    assert not inside(client)
    assert "Je bent uitgelogd, omdat" in client.get("/inloggen").text


def test_after_twelve_hours_it_ends_however_busy(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    for _ in range(12 * 4 - 1):
        clock.forward(minutes=15)
        assert inside(client)
    clock.forward(minutes=15)
    assert not inside(client)


def seen(app: Flask) -> list[datetime]:
    with app.app_context(), acting_as(TEST) as session:
        return list(session.scalars(select(Zitting.gezien_op)))


@pytest.mark.beide
def test_last_seen_is_written_at_most_once_a_minute(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    first = clock.moment
    clock.forward(seconds=59)
    client.get("/wie")
    assert seen(app) == [first]
    clock.forward(seconds=2)
    client.get("/wie")
    assert seen(app) == [clock.moment]


def seconds(client: FlaskClient) -> int:
    """What is left, by what a page asks of itself."""
    answer = client.get("/zitting").json
    assert answer
    found: int = answer["seconden"]
    return found


def test_asking_how_long_is_left_does_not_lengthen_it(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    clock.forward(minutes=28)
    assert [seconds(client), seconds(client)] == [120, 120]

    with client.session_transaction() as kept:
        kept["csrf_token"] = "x"
    lengthened = client.post("/zitting", data={"csrf_token": _token_for(client)})

    assert lengthened.json
    assert lengthened.json["seconden"] == 1800
    clock.forward(minutes=29)
    assert inside(client)


def test_the_last_half_hour_of_twelve_cannot_be_lengthened(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    for _ in range(47):
        clock.forward(minutes=15)
        assert inside(client)
    assert seconds(client) == 900


def test_the_code_must_follow_within_five_minutes(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    type_password(client, person.email)
    clock.forward(minutes=4, seconds=59)
    assert client.get("/inloggen/code").status_code == 200
    clock.forward(seconds=1)
    late = client.get("/inloggen/code")
    assert late.location == "/inloggen"
    assert "duurde te lang" in client.get("/inloggen").text


def test_who_is_not_active_any_more_is_out_at_the_next_request(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    halfway = app.test_client()
    type_password(halfway, person.email)
    change_person(app, person, actief=False)

    assert not inside(client)
    assert halfway.get("/inloggen/code").location == "/inloggen"
    change_person(app, person, actief=True)
    assert not inside(client), "the session came back to life"


# --- replay of old cookies --------------------------------------------------------


def _new_member(app: Flask, person: Person) -> None:
    with app.app_context(), acting_as(TEST) as session:
        partij = Contractpartij(naam=f"Cultuurpunt {person.id}")
        session.add(partij)
        session.flush()
        session.add(
            Lidmaatschap(
                gebruiker_id=person.id, contractpartij_id=partij.id, rol=LidRol.PROJECTLEIDER
            )
        )
        session.commit()


def _member(app: Flask, change: Callable[[GateSession, Lidmaatschap], None]) -> None:
    with app.app_context(), acting_as(TEST) as session:
        change(session, session.scalars(select(Lidmaatschap)).one())
        session.commit()


def _log_out(app: Flask, person: Person, client: FlaskClient) -> None:
    with client.session_transaction() as kept:
        kept.setdefault("csrf_token", "x")
    client.post("/uitloggen", data={"csrf_token": _token_for(client)})


def _there_and_back(app: Flask, person: Person, column: str, *values: object) -> None:
    for value in values:
        change_person(app, person, **{column: value})


REVOKING: dict[str, Callable[[Flask, Person, FlaskClient], object]] = {
    "logout": _log_out,
    "password": lambda app, person, _: change_person(app, person, wachtwoord_hash="anders"),
    "role": lambda app, person, _: change_person(
        app, person, cultuur_oost_rol=CultuurOostRol.ADVISEUR
    ),
    "role there and back": lambda app, person, _: _there_and_back(
        app, person, "cultuur_oost_rol", CultuurOostRol.ADVISEUR, None
    ),
    "second factor": lambda app, person, _: change_person(app, person, totp_geheim=b"anders"),
    "deactivation and back": lambda app, person, _: _there_and_back(
        app, person, "actief", False, True
    ),
    "new membership": lambda app, person, _: _new_member(app, person),
    "membership that ends": lambda app, person, _: _member(
        app, lambda _session, lid: setattr(lid, "actief", False)
    ),
    "membership that goes": lambda app, person, _: _member(
        app, lambda session, lid: session.delete(lid)
    ),
    "other role there": lambda app, person, _: _member(
        app, lambda _session, lid: setattr(lid, "rol", LidRol.ROUTEBEGELEIDER)
    ),
}


#: Who has a membership before it happens.
HAVE_ONE = {"other role there", "membership that ends", "membership that goes"}


@pytest.mark.parametrize("event", REVOKING)
@pytest.mark.beide
def test_an_old_cookie_is_worth_nothing_after(
    app: Flask, client: FlaskClient, person: Person, clock: Clock, event: str
) -> None:
    if event in HAVE_ONE:
        _new_member(app, person)
    log_in(client, person, clock.moment)
    assert inside(client)
    stolen = app.test_client()
    cookie = client.get_cookie("cmk")
    assert cookie is not None
    stolen.set_cookie("cmk", cookie.value)
    assert inside(stolen)

    REVOKING[event](app, person, client)

    again = app.test_client()
    again.set_cookie("cmk", cookie.value)
    assert [inside(one) for one in (again, stolen)] == [False, False]


def test_half_a_log_in_ends_when_the_password_changes(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    type_password(client, person.email)
    with app.app_context():
        other = passwords.hash_password("een heel ander wachtwoord")
    change_person(app, person, wachtwoord_hash=other)
    assert client.get("/inloggen/code").location == "/inloggen"


def test_the_database_alone_opens_no_session(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    """A session is stored by a hash of its id: who reads the table has no cookie."""
    log_in(client, person, clock.moment)
    with client.session_transaction() as kept:
        key = kept["zitting"]
    with app.app_context(), acting_as(TEST) as session:
        row = session.scalars(select(Zitting)).one()
        assert row.sleutel_hash != key
        assert row.sleutel_hash == sha256(key.encode()).hexdigest()


def test_logging_in_again_gives_a_new_id_and_ends_the_old_one(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    old = client.get_cookie("cmk")
    assert old is not None
    with client.session_transaction() as kept:
        kept.pop("_user_id")  # the log-in page is only shown to who is not inside
    clock.forward(seconds=30)
    log_in(client, person, clock.moment)

    replay = app.test_client()
    replay.set_cookie("cmk", old.value)
    assert inside(client)
    assert not inside(replay)


def test_new_id_at_login_and_at_rights_change(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    """Logging in, and a code by which the session may do more: the old cookie stays behind.

    A role, password or factor that changes ends the session itself, see REVOKING.
    """
    before = client.get("/inloggen")
    assert before.status_code == 200
    log_in(client, person, clock.moment)
    seen = [cookie_in(client)]
    clock.forward(minutes=16)
    done = post(client, "/bevestigen", code=totp.code_at(person.secret, clock.moment))
    assert done.status_code == 303
    seen.append(cookie_in(client))
    with client.session_transaction() as kept:
        assert kept["_user_id"] == str(person.id)

    assert inside(client)
    replay = app.test_client()
    replay.set_cookie("cmk", seen[0])
    assert seen[0] != seen[1]
    assert not inside(replay)
    with app.app_context(), acting_as(TEST) as session:
        assert session.scalars(select(Zitting.bevestigd_op)).all() == [clock.moment]


def cookie_in(client: FlaskClient) -> str:
    cookie = client.get_cookie("cmk")
    assert cookie is not None
    return cookie.value


def test_half_a_session_opens_nothing(client: FlaskClient, person: Person, clock: Clock) -> None:
    for planted in (
        {"_user_id": str(person.id)},
        {"_user_id": str(person.id), "since": clock.moment.timestamp()},
        {"halfway": [person.id, "/wie", clock.moment.timestamp()]},
    ):
        with client.session_transaction() as kept:
            kept.clear()
            kept.update(planted)
        assert not inside(client)


def test_a_forged_cookie_opens_nothing(app: Flask, client: FlaskClient, person: Person) -> None:
    client.set_cookie("cmk", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert not inside(client)


@pytest.mark.beide
def test_an_account_knows_its_memberships(app: Flask) -> None:
    from cmk_admin.auth.account import load_account

    person = add_person(app, cultuur_oost_rol=CultuurOostRol.DATAMANAGER)
    with app.app_context(), acting_as(TEST) as session:
        parties = [Contractpartij(naam=naam) for naam in ("Ede", "Tiel")]
        session.add_all(parties)
        session.flush()
        session.add_all(
            Lidmaatschap(gebruiker_id=person.id, contractpartij_id=partij.id, rol=rol)
            for partij, rol in zip(parties, LidRol, strict=True)
        )
        session.commit()
        expected = tuple((partij.id, rol) for partij, rol in zip(parties, LidRol, strict=True))

    with app.app_context():
        account = load_account(person.id)
    assert account
    assert account.memberships == expected
    assert account.cultuur_oost_rol is CultuurOostRol.DATAMANAGER
    assert account.actor.gebruiker_id == person.id
    assert [rol.value for _, rol in account.actor.lidmaatschappen] == [r.value for r in LidRol]
    with pytest.raises(AttributeError):
        account.naam = "een ander"  # type: ignore[misc]


# --- over https ---------------------------------------------------------------


class TestOverHttps:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(
            settings, base_url="https://cmk.voorbeeld.nl", trusted_hosts=("cmk.voorbeeld.nl",)
        )

    def test_the_cookie_only_travels_over_https(self, client: FlaskClient) -> None:
        answer = client.get("/inloggen", base_url="https://cmk.voorbeeld.nl")
        cookie = cookie_of(answer, "__Host-cmk")
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")

    def test_browsers_are_told_to_stay_on_https(self, client: FlaskClient) -> None:
        answer = client.get("/inloggen", base_url="https://cmk.voorbeeld.nl")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
