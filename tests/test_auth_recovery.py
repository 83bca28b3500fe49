"""Recovery codes: ten, each once, on the dashboard until they are saved."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cmk_admin.auth import recovery, totp
from cmk_admin.gate import acting_as
from models.toegang import Herstelcode
from tests.auth_support import (
    TEST,
    Clock,
    Person,
    add_person,
    inside,
    log_in,
    mails,
    post,
    stored,
    type_code,
    type_password,
)

pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


@pytest.fixture
def codes(app: Flask, clock: Clock) -> tuple[Person, list[str]]:
    person = add_person(app)
    with app.app_context(), acting_as(TEST) as session:
        recovery.renew(session, person.id)
        session.commit()
    with app.app_context():
        made = recovery.to_save(person.id)
    return person, made


@pytest.mark.beide
def test_ten_one_use_recovery_codes(
    app: Flask, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    assert len(set(made)) == 10
    for code in made:
        for expected in (303, 422):
            client = app.test_client()
            type_password(client, person.email)
            answer = post(client, "/inloggen/herstelcode", code=f" {code.lower()} ")
            assert answer.status_code == expected
            assert inside(client) is (expected == 303)


def test_recovery_codes_are_hashed(app: Flask, codes: tuple[Person, list[str]]) -> None:
    person, made = codes
    with app.app_context(), acting_as(TEST) as session:
        hashes = list(session.scalars(select(Herstelcode.code_hash)))
    sealed = stored(app, person).herstelcodes
    assert sealed
    for code in made:
        assert all(code.replace("-", "") not in text.upper() for text in hashes)
        assert code.encode() not in sealed


def test_recovery_codes_of_another_do_not_work(
    app: Flask, client: FlaskClient, codes: tuple[Person, list[str]]
) -> None:
    other = add_person(app, "els@voorbeeld.nl")
    type_password(client, other.email)
    assert post(client, "/inloggen/herstelcode", code=codes[1][0]).status_code == 422


def test_wrong_recovery_codes_lock_the_factor_as_well(
    app: Flask, client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    type_password(client, person.email)
    for _ in range(10):
        assert post(client, "/inloggen/herstelcode", code="AAAAA-AAAAA").status_code == 422
    assert post(client, "/inloggen/herstelcode", code=made[0]).status_code == 429
    assert type_code(client, totp.code_at(person.secret, clock.moment)).status_code == 429


def test_the_codes_stand_on_the_dashboard_until_they_are_saved(
    app: Flask, client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    log_in(client, person, clock.moment)
    for _ in range(2):
        page = client.get("/").text
        assert all(code in page for code in made)
    file = client.get("/herstelcodes.txt")
    assert all(code in file.text for code in made)
    assert file.headers["Cache-Control"] == "no-store"

    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    client.post("/herstelcodes/bewaard", data={"csrf_token": token[1]})

    assert all(code not in client.get("/").text for code in made)
    assert client.get("/herstelcodes.txt").status_code == 404
    assert stored(app, person).herstelcodes is None


def test_unsaved_codes_are_shown_only_to_who_typed_a_code_lately(
    app: Flask, client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    """Or a browser left alone would hand out what proves it is its owner's."""
    person, made = codes
    log_in(client, person, clock.moment)
    clock.forward(minutes=16)
    page = client.get("/").text
    assert "Bewaar je herstelcodes" in page
    assert all(code not in page for code in made)
    for path in ("/herstelcodes", "/herstelcodes.txt"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/bevestigen")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/bevestigen").text)
    assert token
    form = {"csrf_token": token[1], "code": totp.code_at(person.secret, clock.moment)}
    assert client.post("/bevestigen?next=/herstelcodes", data=form).location == "/herstelcodes"
    assert client.get("/herstelcodes").location == "/"
    assert all(code in client.get("/").text for code in made)


def confirm_path(client: FlaskClient, person: Person, clock: Clock) -> str:
    """Log in, let the code grow old; where one is asked for another, as the page itself says."""
    log_in(client, person, clock.moment)
    clock.forward(minutes=16)
    asked = client.get("/mijn-gegevens/wachtwoord").location
    found = re.search(r'href="(/bevestigen/herstelcode[^"]*)"', client.get(asked).text)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.beide
def test_a_recovery_code_confirms_exactly_once_and_its_owner_is_mailed(
    app: Flask, client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    """Who lost the app has to prove themselves before another one is coupled."""
    person, made = codes
    path = confirm_path(client, person, clock)
    wrong = post(client, path, code="AAAAA-AAAAA")
    assert (wrong.status_code, inside(client)) == (422, True)

    done = post(client, path, code=made[0])
    assert done.location == "/mijn-gegevens/wachtwoord"
    page = client.get(done.location)
    assert page.status_code == 200
    assert "er zijn er nog 9 over" in page.text
    [told] = mails(app)
    assert (told["To"], told["Subject"]) == (person.email, "Er is een herstelcode gebruikt")

    clock.forward(minutes=16)
    assert post(client, path, code=made[0]).status_code == 422, "it worked twice"
    other = app.test_client()
    type_password(other, person.email)
    assert post(other, "/inloggen/herstelcode", code=made[0]).status_code == 422
    assert len(mails(app)) == 1


def test_wrong_recovery_codes_lock_confirming_as_well(
    app: Flask, client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    path = confirm_path(client, person, clock)
    for _ in range(10):
        assert post(client, path, code="AAAAA-AAAAA").status_code == 422
    assert post(client, path, code=made[0]).status_code == 429
    code = totp.code_at(person.secret, clock.moment)
    assert post(client, "/bevestigen", code=code).status_code == 429
    assert client.get("/mijn-gegevens/wachtwoord").status_code == 303


def test_confirming_by_a_recovery_code_leads_nowhere_else(
    client: FlaskClient, clock: Clock, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    log_in(client, person, clock.moment)
    sent = post(client, "/bevestigen/herstelcode?next=//elders.example", code=made[0])
    assert sent.location == "/"


def test_who_logs_in_with_a_recovery_code_is_told_by_mail(
    app: Flask, client: FlaskClient, codes: tuple[Person, list[str]]
) -> None:
    person, made = codes
    type_password(client, person.email)
    assert post(client, "/inloggen/herstelcode", code="AAAAA-AAAAA").status_code == 422
    assert mails(app) == []
    assert post(client, "/inloggen/herstelcode", code=made[0]).status_code == 303
    [told] = mails(app)
    assert (told["To"], told["Subject"]) == (person.email, "Er is een herstelcode gebruikt")
