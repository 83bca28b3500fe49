"""A forgotten password (Handleiding 1.2): a mailed link, and never the factor."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin import mail
from cmk_admin.actor import system
from cmk_admin.auth import links, totp
from cmk_admin.gate import acting_as
from models.techniek import Mail, MailStatus
from models.toegang import Toegangslink
from tests.auth_support import (
    NEW_PASSWORD,
    PASSWORD,
    Clock,
    Person,
    add_person,
    change_person,
    counted,
    inside,
    link_in,
    log_in,
    mails,
    masked,
    post,
    type_code,
    type_password,
)

pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


def forgot(client: FlaskClient, email: str) -> TestResponse:
    return post(client, "/wachtwoord-vergeten", email=email)


def test_reset_answers_the_same_with_exactly_one_argon2_verification(
    app: Flask, client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(app, "er.is@voorbeeld.nl")
    add_person(app, "uit@voorbeeld.nl", actief=False)
    answers = []
    for email in ("er.is@voorbeeld.nl", "er.niet@voorbeeld.nl", "uit@voorbeeld.nl", "\x00@x.nl"):
        with counted(monkeypatch) as done:
            answer = forgot(client, email)
        assert len(done) == 1, email
        answers.append((masked(answer, email), client.get("/inloggen").text.count("Als er een")))
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert len(mails(app)) == 1


def test_who_asks_for_many_mails_is_stopped_known_or_not(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "er.is@voorbeeld.nl")
    for email in ("er.is@voorbeeld.nl", "er.niet@voorbeeld.nl"):
        assert [forgot(client, email).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert len(mails(app)) == 3


@pytest.mark.beide
def test_whoever_changes_an_address_the_old_one_is_told_and_opens_no_link(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    """A beheerder can change it in a form as well; a mailbox that was left is no way in."""
    person = add_person(app)
    forgot(client, person.email)
    path = link_in(app)
    change_person(app, person, email="ander@voorbeeld.nl")

    assert client.get(path).status_code == 410
    told = mails(app)[-1]
    assert (told["To"], told["Subject"]) == (person.email, "Je e-mailadres is gewijzigd")
    change_person(app, person, email=person.email, actief=False)
    change_person(app, person, actief=True, naam="Piet P.")
    assert len(mails(app)) == 2, "nobody is told of what is not about the address"


@pytest.mark.beide
def test_a_reset_changes_the_password_and_never_the_factor(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    person = add_person(app)
    inside_before = app.test_client()
    log_in(inside_before, person, clock.moment)
    forgot(client, person.email)
    path = link_in(app)

    assert client.get(path).location == "/nieuw-wachtwoord"
    assert post(client, "/nieuw-wachtwoord", wachtwoord="Welkom2026!!").status_code == 422
    assert post(client, "/nieuw-wachtwoord", wachtwoord=NEW_PASSWORD).location == "/inloggen"

    assert not inside(inside_before), "a password change ends every session"
    assert not inside(client), "a link in a mail is not two factors"
    assert client.get(path).status_code == 410
    clock.forward(seconds=30)
    assert type_password(client, person.email, PASSWORD).status_code == 422
    type_password(client, person.email, NEW_PASSWORD)
    assert type_code(client, totp.code_at(person.secret, clock.moment)).location == "/"
    assert mails(app)[-1]["Subject"] == "Je wachtwoord is gewijzigd"


def test_reset_links_expire_after_1_hour(app: Flask, client: FlaskClient, clock: Clock) -> None:
    person = add_person(app)
    forgot(client, person.email)
    path = link_in(app)
    clock.forward(minutes=59, seconds=59)
    assert client.get(path).location == "/nieuw-wachtwoord"
    clock.forward(seconds=1)
    assert client.get(path).status_code == 410


def test_links_that_ended_are_forgotten_with_their_address(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    forgot(client, add_person(app).email)
    with app.app_context():
        assert links.sweep(clock.moment) == 0
        clock.forward(hours=1)
        assert links.sweep(clock.moment) == 1
        with acting_as(system("test")) as session:
            assert session.scalars(select(Toegangslink)).all() == []


def test_a_mail_with_a_link_that_ended_is_not_sent(
    app: Flask, client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = add_person(app)
    monkeypatch.setattr(mail, "deliver", _away)
    forgot(client, person.email)
    monkeypatch.undo()
    clock.forward(hours=1)
    with app.app_context(), acting_as(system("test")) as session, session.own_work():
        [row] = session.scalars(select(Mail))
        row.volgende_op = None
        session.commit()
        mail.send_waiting()
        session.expire_all()
        assert (row.status, row.fout) == (
            MailStatus.MISLUKT,
            "De link is ingetrokken, verlopen of al gebruikt.",
        )


def _away(_session: object, _row: object) -> None:
    raise ConnectionRefusedError


def test_a_link_of_one_kind_is_none_of_another(
    app: Flask, client: FlaskClient, clock: Clock, invited: Person
) -> None:
    key = link_in(app).rpartition("/")[2]
    assert client.get(f"/nieuw-wachtwoord/{key}").status_code == 410
