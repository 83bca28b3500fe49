"""Logging in and out over HTTP: both halves, what answers give away, and when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user
from werkzeug.test import TestResponse

from cmk_admin.auth import passwords, public, totp
from cmk_admin.routes import signed_in
from cmk_admin.settings import Settings
from models.gebruiker import CultuurOostRol, LidRol
from tests.auth_support import (
    PASSWORD,
    QUICK,
    TOKEN,
    Clock,
    Person,
    add_person,
    change_person,
    log_in,
    still_clock,
    stored,
    token,
    type_code,
    type_password,
)
from tests.test_auth_targets import BAD
from tests.test_auth_totp import oathtool

WRONG = "E-mailadres of wachtwoord klopt niet."
WRONG_CODE = "Deze code klopt niet"


@pytest.fixture
def clock(app: Flask) -> Clock:
    return still_clock(app)


@pytest.fixture
def person(app: Flask, quick: None) -> Person:
    return add_person(app)


@pytest.fixture
def who(app: Flask) -> None:
    """`/wie` says who is logged in; `/ieder` is for everybody."""

    def wie() -> dict[str, Any]:
        return {"naam": current_user.naam, "rol": current_user.cultuur_oost_rol}

    app.add_url_rule("/wie", "wie", signed_in(wie), methods=["GET", "POST"])
    app.add_url_rule("/ieder", "ieder", public(lambda: ["welkom"]))


def inside(client: FlaskClient) -> bool:
    return client.get("/wie").status_code == 200


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that cost next to nothing; what they should cost is tested elsewhere."""
    monkeypatch.setattr(passwords, "_hasher", QUICK)


pytestmark = pytest.mark.usefixtures("quick", "who", "clock")


# --- the way in ---------------------------------------------------------------


@pytest.mark.beide
def test_password_and_code_open_the_portal(
    client: FlaskClient, person: Person, clock: Clock, app: Flask
) -> None:
    assert not inside(client)
    first = type_password(client, person.email)
    assert (first.status_code, first.location) == (303, "/inloggen/code")
    assert not inside(client), "half a log-in is none"

    second = type_code(client, oathtool(person.secret, clock.moment))

    assert (second.status_code, second.location) == (303, "/")
    assert client.get("/wie").json == {"naam": "Piet Pietersen", "rol": None}
    assert stored(app, person).laatst_ingelogd_op == clock.moment


@pytest.mark.beide
def test_capitals_and_spaces_in_the_address_do_not_matter(
    client: FlaskClient, person: Person
) -> None:
    for typed in ("PIET@Voorbeeld.NL", "  piet@voorbeeld.nl "):
        assert type_password(client, typed).location == "/inloggen/code"


def test_the_code_page_says_whose_code_it_wants(client: FlaskClient, person: Person) -> None:
    type_password(client, person.email)
    assert person.email in client.get("/inloggen/code").text


def test_a_code_works_once(client: FlaskClient, person: Person, clock: Clock, app: Flask) -> None:
    log_in(client, person, clock.moment)
    other = app.test_client()

    again = log_in(other, person, clock.moment)

    assert again.status_code == 422
    assert WRONG_CODE in again.text
    assert not inside(other)
    clock.forward(seconds=30)
    assert log_in(other, person, clock.moment).location == "/"


def test_a_wrong_code_says_so_and_may_be_tried_again(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    with app.app_context():
        sealed = totp.encrypt("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    person = replace(add_person(app, totp_geheim=sealed), secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    clock.moment = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    type_password(client, person.email)
    for code in ("000000", "12345", "", "zes", "1234567"):
        answer = type_code(client, code)
        assert answer.status_code == 422, code
        assert 'aria-invalid="true"' in answer.text
        assert not inside(client)
    assert type_code(client, totp.code_at(person.secret, clock.moment)).location == "/"


def test_who_is_inside_does_not_see_the_form(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    for path in ("/inloggen", "/inloggen/code"):
        assert client.get(path).location == "/"


def test_without_a_password_there_is_no_code_page(client: FlaskClient) -> None:
    assert client.get("/inloggen/code").location == "/inloggen"


# --- what answers give away ---------------------------------------------------


def masked(response: TestResponse, email: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The answer without what differs each time: the token, and the address as typed."""
    text = response.text.replace(email, "ADRES")
    for found in TOKEN.findall(text):
        text = text.replace(found, "TOKEN")
    headers = [pair for pair in response.headers if pair[0] not in {"Content-Length", "Set-Cookie"}]
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


@pytest.mark.parametrize(
    "account",
    [
        {},
        {"actief": False},
        {"wachtwoord_hash": None},
        {"totp_geheim": None},
    ],
    ids=["wrong password", "not active", "no password", "no second factor"],
)
def test_known_and_unknown_accounts_get_the_same_answer(
    app: Flask, client: FlaskClient, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = "er.is@voorbeeld.nl", "er.niet@voorbeeld.nl"
    add_person(app, known, **account)
    typed = PASSWORD if account else "een fout wachtwoord"
    answers = {}
    for email in (known, unknown):
        with counted(monkeypatch) as done:
            answers[email] = masked(type_password(client, email, typed), email)
        assert len(done) == 1

    assert answers[known] == answers[unknown]
    status, text, _ = answers[known]
    assert status == 422
    assert WRONG in text
    assert "ADRES" in text, "what was typed is gone"


def test_the_password_is_never_sent_back(client: FlaskClient, person: Person) -> None:
    assert (
        "een fout wachtwoord" not in type_password(client, person.email, "een fout wachtwoord").text
    )


def test_a_form_that_is_not_filled_in_says_where(client: FlaskClient) -> None:
    for email, password in (("", ""), ("x", ""), ("", "x"), ("é" * 300 + "@x.nl", "x")):
        answer = type_password(client, email, password)
        assert answer.status_code == 422, email
        assert 'aria-invalid="true"' in answer.text


@pytest.mark.beide
def test_absurd_addresses_are_just_wrong(client: FlaskClient, person: Person) -> None:
    for email in ("\x00", "a\x00@x.nl", "' OR 1=1 --", "%", "🎭@x.nl", "\ud800"):
        body = {
            "csrf_token": token(client),
            "email": email.encode("utf-8", "surrogatepass"),
            "wachtwoord": "x",
        }
        answer = client.post("/inloggen", data=body)
        assert answer.status_code == 422, email
        assert WRONG in answer.text


def test_a_stronger_hash_replaces_a_weaker_one(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    weak = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    person = add_person(app, wachtwoord_hash=weak)

    type_password(client, person.email, "fout")
    assert stored(app, person).wachtwoord_hash == weak
    type_password(client, person.email)

    renewed = stored(app, person).wachtwoord_hash
    assert renewed
    assert not passwords.needs_rehash(renewed)
    assert log_in(client, person, clock.moment).location == "/"


def test_when_too_many_log_in_at_once_it_says_so(
    client: FlaskClient, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    with passwords._turn(), passwords._turn():
        answer = type_password(client, person.email)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


# --- where to afterwards ------------------------------------------------------


def test_a_page_asks_to_log_in_and_is_there_afterwards(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    away = client.get("/wie?jaar=2026&zoek=caf%C3%A9")
    assert away.location == "/inloggen?next=/wie?jaar%3D2026%26zoek%3Dcaf%25C3%25A9"

    answer = log_in(client, person, clock.moment, away.location.removeprefix("/inloggen"))

    assert answer.location == "/wie?jaar=2026&zoek=caf%C3%A9"


def test_nobody_is_sent_outside_after_the_password(client: FlaskClient, person: Person) -> None:
    """The target is judged before it is kept."""
    for url in (url for url in BAD if url and "\ud800" not in url):
        client.post(
            "/inloggen",
            query_string={"next": url},
            data={"csrf_token": token(client), "email": person.email, "wachtwoord": PASSWORD},
        )
        with client.session_transaction() as kept:
            assert kept["halfway"][1] is None, url


def test_nobody_is_sent_outside_after_the_code(app: Flask, person: Person, clock: Clock) -> None:
    """And judged again when it is used."""
    for url in ("//elders.example", "/\\elders.example", "https://elders.example"):
        clock.forward(seconds=30)
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["halfway"] = [person.id, url, clock.moment.timestamp()]
        assert type_code(client, totp.code_at(person.secret, clock.moment)).location == "/"


def test_a_script_hears_that_it_must_log_in(client: FlaskClient) -> None:
    for headers in ({"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}):
        answer = client.get("/wie", headers=headers)
        assert answer.status_code == 401
        assert answer.json
        assert answer.json["code"] == 401


def test_what_is_for_everybody_asks_nobody_to_log_in(client: FlaskClient) -> None:
    assert client.get("/ieder").json == ["welkom"]


def test_after_an_ended_session_a_post_leads_back_to_its_form(client: FlaskClient) -> None:
    body = {"csrf_token": token(client)}
    for referrer, location in [
        ("http://localhost/projecten/4", "/inloggen?next=/projecten/4"),
        ("http://elders.example/projecten/4", "/inloggen"),
        ("http://[::1/projecten/4", "/inloggen"),
        ("", "/inloggen"),
    ]:
        answer = client.post("/wie", data=body, headers={"Referer": referrer})
        assert answer.location == location


# --- the session --------------------------------------------------------------


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


def test_being_busy_is_noted_once_a_minute(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    client.get("/wie")
    clock.forward(seconds=59)
    assert "Set-Cookie" not in client.get("/wie").headers
    clock.forward(seconds=2)
    assert "Set-Cookie" in client.get("/wie").headers


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


def test_a_changed_role_counts_from_the_next_request(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    log_in(client, person, clock.moment)
    change_person(app, person, cultuur_oost_rol=CultuurOostRol.ADVISEUR)
    assert client.get("/wie").json == {"naam": "Piet Pietersen", "rol": "adviseur"}


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
    from cmk_admin.gate import acting_as
    from models.contractpartij import Contractpartij
    from models.gebruiker import Lidmaatschap
    from tests.auth_support import TEST

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
