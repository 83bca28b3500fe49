"""The first log-in, a forgotten password and recovery codes: what works once, and says nothing."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin import mail
from cmk_admin.auth import letters, passwords, recovery, totp
from cmk_admin.auth.judgement import fault_in
from cmk_admin.gate import acting_as
from models.gebruiker import CultuurOostRol, Gebruiker
from models.historie import Wijziging
from models.techniek import Mail, MailStatus
from models.toegang import Herstelcode, Toegangslink
from tests.auth_support import (
    PASSWORD,
    QUICK,
    TEST,
    Clock,
    Person,
    add_person,
    add_who,
    inside,
    log_in,
    post,
    still_clock,
    stored,
    type_code,
    type_password,
)
from tests.test_auth_login import counted, masked
from tests.test_auth_totp import oathtool

NEW = "vier blauwe lampen op zolder"
EMAIL = "nieuw@voorbeeld.nl"


@pytest.fixture
def clock(app: Flask) -> Clock:
    return still_clock(app)


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)


@pytest.fixture
def _who(app: Flask) -> None:
    add_who(app)


pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


@pytest.fixture
def invited(app: Flask, clock: Clock) -> Person:
    """Somebody who was mailed a link and did nothing yet."""
    person = add_person(app, EMAIL, wachtwoord_hash=None, totp_geheim=None)
    invite(app, person, clock)
    return person


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


def activate(client: FlaskClient, path: str, clock: Clock, password: str = NEW) -> str:
    """All three steps; the secret that the app has then."""
    assert client.get(path).location == "/activeren"
    first = post(client, "/activeren", email=EMAIL, wachtwoord=password)
    assert first.location == "/activeren/app", first.text
    secret = secret_on(client)
    done = post(client, "/activeren/code", code=oathtool(secret, clock.moment))
    assert done.location == "/", done.text
    return secret


# --- the first log-in -------------------------------------------------------------


@pytest.mark.beide
def test_a_mailed_link_a_password_and_a_code_open_the_portal(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    secret = activate(client, link_in(app), clock)

    assert inside(client)
    row = stored(app, invited)
    assert row.laatst_ingelogd_op == clock.moment
    assert row.totp_nieuw is None
    clock.forward(seconds=30)
    other = app.test_client()
    type_password(other, EMAIL, NEW)
    assert type_code(other, oathtool(secret, clock.moment)).location == "/"


def test_the_code_of_the_activation_is_used_up(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    secret = activate(client, link_in(app), clock)
    other = app.test_client()
    type_password(other, EMAIL, NEW)
    assert type_code(other, oathtool(secret, clock.moment)).status_code == 422


@pytest.mark.beide
def test_links_work_once(app: Flask, client: FlaskClient, invited: Person, clock: Clock) -> None:
    path = link_in(app)
    activate(client, path, clock)
    for browser in (client, app.test_client()):
        again = browser.get(path)
        assert again.status_code == 410
        assert "Deze link werkt niet meer" in again.text


def test_activation_links_expire_after_7_days(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    path = link_in(app)
    clock.forward(days=7, seconds=-1)
    assert client.get(path).location == "/activeren"
    clock.forward(seconds=1)
    assert client.get(path).status_code == 410
    assert client.get("/activeren").status_code == 410, "halfway it has expired as well"


def test_of_two_invitations_only_the_newest_works(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    older = link_in(app)
    invite(app, invited, clock)
    newer = link_in(app)
    assert older != newer
    assert client.get(older).status_code == 410
    assert client.get(newer).location == "/activeren"


def test_links_are_random_and_hashed_at_rest(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    """Nothing in the database makes a link: not the rows of links, not the mails that wait."""
    key = link_in(app).rpartition("/")[2]
    with app.app_context(), acting_as(TEST) as session:
        link = session.scalars(select(Toegangslink)).one()
        row = session.scalars(select(Mail)).one()
        kept = [link.sleutel_hash, link.zaad, row.tekst, row.onderwerp]
    assert len(key) == 64
    assert all(key not in text for text in kept)
    assert mail.LINK in kept[2]
    for guess in (link.zaad, link.sleutel_hash, "0" * 64, "é", "x" * 5000):
        assert client.get(f"/activeren/{guess}").status_code == 410


def test_links_come_from_base_url_and_never_from_the_host_header(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "piet@voorbeeld.nl")
    client.post(
        "/wachtwoord-vergeten",
        data={"csrf_token": _token(client), "email": "piet@voorbeeld.nl"},
        headers={"Host": "localhost"},
    )
    body = mails(app)[-1].get_body(("plain",))
    assert body is not None
    assert app.extensions["cmk_settings"].base_url in body.get_content()
    assert "localhost" not in body.get_content()


def _token(client: FlaskClient) -> str:
    from tests.auth_support import token

    return token(client, "/wachtwoord-vergeten")


def test_another_address_than_the_invited_one_does_not_do(
    app: Flask, client: FlaskClient, invited: Person
) -> None:
    client.get(link_in(app))
    wrong = post(client, "/activeren", email="ander@voorbeeld.nl", wachtwoord=NEW)
    assert wrong.status_code == 422
    assert "Dit is niet het e-mailadres waarop je de mail kreeg" in wrong.text
    assert stored(app, invited).wachtwoord_hash is None


@pytest.mark.parametrize(
    "password",
    [
        "CultuurOost2025!", "Welkom2026!!", "Wachtwoord123!", "qwertyuiop123", "aaaaaaaaaaaaaaa",
        "abcabcabcabc", "Zomer2026!Zomer2026!", "1234567890123456", "P@ssw0rdP@ssw0rd",
        "Cultuurpunt-Gelderland", "nieuwvoorbeeld99", "Piet.Pietersen1", "elf tekens!",
    ],
)  # fmt: skip
def test_the_server_refuses_common_dutch_and_context_passwords(
    app: Flask, client: FlaskClient, invited: Person, password: str
) -> None:
    client.get(link_in(app))
    refused = post(client, "/activeren", email=EMAIL, wachtwoord=password)
    assert refused.status_code == 422
    assert f'value="{password}"' not in refused.text, "a password is never sent back"
    assert re.search(r'<input[^>]+type="password"[^>]+name="wachtwoord"', refused.text)
    assert stored(app, invited).wachtwoord_hash is None


@pytest.mark.parametrize(
    "password",
    [
        NEW, "de kraan lekt sinds dinsdag", "xK9#mQ2$vL7p", "trap-lamp-vork-42",
        "🎭" * 3 + " gordijn en kruk",
        "een lange zin die zonder hoofdletters of cijfers ook heel goed is " * 3,
    ],
)  # fmt: skip
def test_long_passwords_need_no_capital_digit_or_sign(password: str) -> None:
    assert fault_in(password, ("Piet Pietersen", EMAIL)) is None


def test_without_the_link_there_are_no_steps(client: FlaskClient) -> None:
    for path in ("/activeren", "/activeren/app", "/activeren/code", "/nieuw-wachtwoord"):
        assert client.get(path).status_code == 410


def test_who_is_deactivated_cannot_activate(
    app: Flask, client: FlaskClient, invited: Person
) -> None:
    from tests.auth_support import change_person

    path = link_in(app)
    change_person(app, invited, actief=False)
    assert client.get(path).status_code == 410


def test_activating_stands_in_the_history_without_secrets(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    activate(client, link_in(app), clock)
    with app.app_context(), acting_as(TEST) as session:
        rows = session.scalars(select(Wijziging).where(Wijziging.rij_id == invited.id)).all()
    assert {row.door_naam for row in rows} == {"test", "account activeren"}
    assert all(not row.waarden for row in rows if row.door_naam == "account activeren")


def test_a_mail_whose_link_was_used_is_not_sent(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    path = link_in(app)
    invite(app, invited, clock)
    with app.app_context(), acting_as(TEST) as session, session.own_work():
        for row in session.scalars(select(Toegangslink)):
            session.delete(row)
        session.commit()
    assert len(mails(app)) == 1
    assert client.get(path).status_code == 410
    with app.app_context(), acting_as(TEST) as session:
        last = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        assert last is not None
        assert (last.status, last.fout) == (
            MailStatus.MISLUKT,
            "De link is ingetrokken of al gebruikt.",
        )


# --- a forgotten password ---------------------------------------------------------


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
    assert post(client, "/nieuw-wachtwoord", wachtwoord=NEW).location == "/inloggen"

    assert not inside(inside_before), "a password change ends every session"
    assert not inside(client), "a link in a mail is not two factors"
    assert client.get(path).status_code == 410
    clock.forward(seconds=30)
    assert type_password(client, person.email, PASSWORD).status_code == 422
    type_password(client, person.email, NEW)
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


def test_a_link_of_one_kind_is_none_of_another(
    app: Flask, client: FlaskClient, clock: Clock, invited: Person
) -> None:
    key = link_in(app).rpartition("/")[2]
    assert client.get(f"/nieuw-wachtwoord/{key}").status_code == 410


# --- recovery codes ---------------------------------------------------------------


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


# --- the first beheerder ----------------------------------------------------------


def test_a_command_makes_the_first_beheerder(app: Flask, client: FlaskClient, clock: Clock) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["eerste-beheerder", "Bea Beheer", EMAIL])
    assert first.exit_code == 0, first.output
    assert app.extensions["cmk_settings"].base_url + link_in(app) in first.output

    again = run(args=["eerste-beheerder", "Bea Beheer", EMAIL])
    assert again.exit_code == 0, "the first mail may have gone astray"
    activate(client, link_in(app), clock)
    with app.app_context(), acting_as(TEST) as session:
        person = session.scalars(select(Gebruiker)).one()
        assert person.cultuur_oost_rol is CultuurOostRol.BEHEERDER

    late = run(args=["eerste-beheerder", "Ander", "ander@voorbeeld.nl"])
    assert late.exit_code == 1
    assert "Er is al een beheerder" in late.stderr
