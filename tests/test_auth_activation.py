"""The first log-in (Handleiding 1.1): what works once, and says nothing."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from zxcvbn import matching

from cmk_admin import mail
from cmk_admin.auth.activation_views import qr_context
from cmk_admin.auth.judgement import fault_in
from cmk_admin.gate import acting_as
from models.historie import Wijziging
from models.techniek import Mail, MailStatus
from models.toegang import Toegangslink
from tests.auth_support import (
    EMAIL,
    NEW_PASSWORD,
    TEST,
    Clock,
    Person,
    activate,
    add_person,
    counted,
    inside,
    invite,
    link_in,
    mails,
    oathtool,
    post,
    stored,
    type_code,
    type_password,
)
from tests.pages import Page

pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


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
    type_password(other, EMAIL, NEW_PASSWORD)
    assert type_code(other, oathtool(secret, clock.moment)).location == "/"


def test_the_code_of_the_activation_is_used_up(
    app: Flask, client: FlaskClient, invited: Person, clock: Clock
) -> None:
    secret = activate(client, link_in(app), clock)
    other = app.test_client()
    type_password(other, EMAIL, NEW_PASSWORD)
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
    wrong = post(client, "/activeren", email="ander@voorbeeld.nl", wachtwoord=NEW_PASSWORD)
    assert wrong.status_code == 422
    assert "Dit is niet het e-mailadres waarop je de mail kreeg" in wrong.text
    assert stored(app, invited).wachtwoord_hash is None


@pytest.mark.parametrize(
    "password",
    [
        "CultuurOost2025!", "Welkom2026!!", "Wachtwoord123!", "qwertyuiop123", "aaaaaaaaaaaaaaa",
        "abcabcabcabc", "Zomer2026!Zomer2026!", "1234567890123456", "P@ssw0rdP@ssw0rd",
        "Cultuurpunt-Gelderland", "nieuwvoorbeeld99", "Piet.Pietersen1", "elf tekens!",
        # Of lists of stolen passwords, and a walk over the keyboard.
        "chocolate123", "liverpool123", "manchesterunited", "1q2w3e4r5t6y", "1qaz2wsx3edc",
        "P@$$w0rd!123456789",
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
        NEW_PASSWORD, "de kraan lekt sinds dinsdag", "xK9#mQ2$vL7p", "trap-lamp-vork-42",
        "🎭" * 3 + " gordijn en kruk",
        "een lange zin die zonder hoofdletters of cijfers ook heel goed is " * 3,
    ],
)  # fmt: skip
def test_long_passwords_need_no_capital_digit_or_sign(password: str) -> None:
    assert fault_in(password, ("Piet Pietersen", EMAIL)) is None


def test_no_password_takes_long_to_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every sign that stands for a letter there are over five hundred readings: seconds."""
    tried: list[str] = []
    one = matching.dictionary_match

    def counting(password: str, *lists: Any, **named: Any) -> Any:
        tried.append(password)
        return one(password, *lists, **named)

    monkeypatch.setattr(matching, "dictionary_match", counting)
    assert fault_in("4@8({[<369&#!1|0$5+7%2" * 4, (EMAIL,)) is None
    assert len(tried) <= 32
    assert fault_in("4@8({[4@8({[4@8({[", (EMAIL,)) is not None
    assert fault_in("P@ssw0rd!P@$$w0rd|1+7", (EMAIL,)) is not None


def test_who_chose_a_password_is_not_remembered() -> None:
    """zxcvbn's own front door keeps the words of the last person, in every process."""
    fault_in("de kraan lekt sinds dinsdag", ("Onvergetelijk Iemand", EMAIL))
    assert "user_inputs" not in matching.RANKED_DICTIONARIES


def test_activation_does_exactly_one_argon2_verification(
    app: Flask, client: FlaskClient, invited: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with it; when all is right the one computation makes the new hash."""
    client.get(link_in(app))
    for email, password in (("er.niet@voorbeeld.nl", NEW_PASSWORD), (EMAIL, "Welkom2026!!")):
        with counted(monkeypatch) as done:
            refused = post(client, "/activeren", email=email, wachtwoord=password)
        assert (refused.status_code, len(done)) == (422, 1), (email, password)


@pytest.mark.parametrize("length", [1, 50])
def test_the_qr_code_is_drawn_whole_however_long_the_address(app: Flask, length: int) -> None:
    """A drawing of a fixed size was cut off by its box, and no phone could scan it."""
    with app.test_request_context():
        drawing = qr_context("QWB5PDKHX6PYGPAN2RLYKEI4IIAANNKK", f"{'a' * length}@x.nl")["qr"]
    tag = drawing[: drawing.index(">")]
    assert re.search(r'viewBox="0 0 (\d+) \1"', tag)
    assert "width" not in tag


def test_passwords_of_64_and_more_may_be_typed_and_pasted(
    app: Flask, client: FlaskClient, invited: Person
) -> None:
    client.get(link_in(app))
    [field] = [
        n for n in Page(client.get("/activeren").text).all("input") if n.get("type") == "password"
    ]
    assert field.get("autocomplete") == "new-password"
    assert not {"maxlength", "readonly", "onpaste", "data-once"} & set(field.attributes)
    long = "vier lampen op zolder en nog een kist met boeken van vroeger thuis"
    assert len(long) == 66
    done = post(client, "/activeren", email=EMAIL, wachtwoord=long)
    assert done.location == "/activeren/app"


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
            "De link is ingetrokken, verlopen of al gebruikt.",
        )
