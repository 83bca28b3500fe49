"""Logging in over HTTP: both halves, what answers give away, and where one ends up."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from cmk_admin.auth import passwords, totp
from tests.auth_support import (
    PASSWORD,
    Clock,
    Person,
    add_person,
    counted,
    inside,
    log_in,
    masked,
    oathtool,
    stored,
    token,
    type_code,
    type_password,
)
from tests.test_auth_targets import BAD

WRONG = "E-mailadres of wachtwoord klopt niet."
WRONG_CODE = "Deze code klopt niet"
pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


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
        type_password(client, person.email)
        with client.session_transaction() as kept:
            kept["halfway"][1] = url
            kept.modified = True
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
