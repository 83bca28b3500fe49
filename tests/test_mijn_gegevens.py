"""Mijn gegevens (Handleiding 2.8): its five parts, and what each of them promises."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import recovery, totp
from cmk_admin.gate import acting_as
from tests.auth_support import (
    PASSWORD,
    TEST,
    Clock,
    Person,
    add_person,
    inside,
    link_in,
    log_in,
    mails,
    oathtool,
    post,
    stored,
    token,
    type_code,
    type_password,
)

NEW = "vier blauwe lampen op zolder"
PARTS = [
    "Mijn gegevens",
    "E-mailadres",
    "Wachtwoord",
    "Tweestapsauthenticatie (2FA)",
    "Persoonlijke data",
]
BASE = "/mijn-gegevens"
pytest_plugins = ["tests.auth_fixtures"]
PAGES = ["", "/e-mailadres", "/wachtwoord", "/tweestapsauthenticatie", "/persoonlijke-data"]


def subjects(app: Flask) -> list[tuple[str, str]]:
    return [(str(mail["To"]), str(mail["Subject"])) for mail in mails(app)]


def test_there_are_exactly_five_parts(client: FlaskClient, insider: Person) -> None:
    for path in PAGES:
        page = client.get(BASE + path)
        assert page.status_code == 200, path
        found = re.search(r'aria-label="Onderdelen".*?</nav>', page.text, re.DOTALL)
        assert found
        names = [
            re.sub(r"<[^>]+>", "", name).strip()
            for name in re.findall(r"<a [^>]*>(.*?)</a>", found[0], re.DOTALL)
        ]
        assert names == PARTS


# --- mijn gegevens ----------------------------------------------------------------


def test_name_and_telephone_can_be_changed(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    done = post(client, f"{BASE}/wijzigen", naam=" Piet de Boer ", telefoon="026 123 45 67")
    assert done.location == BASE, done.text
    row = stored(app, insider)
    assert (row.naam, row.telefoon) == ("Piet de Boer", "026 123 45 67")
    assert inside(client), "a name is no right"
    assert "Piet de Boer" in client.get(BASE).text


def test_nobody_gives_themselves_a_role(app: Flask, client: FlaskClient, insider: Person) -> None:
    post(
        client,
        f"{BASE}/wijzigen",
        naam="Piet",
        cultuur_oost_rol="beheerder",
        email="x@x.nl",
        actief="",
        id="1",
    )
    row = stored(app, insider)
    assert (row.cultuur_oost_rol, row.email, row.actief) == (None, insider.email, True)


def test_a_name_is_needed(client: FlaskClient, insider: Person) -> None:
    assert post(client, f"{BASE}/wijzigen", naam=" ").status_code == 422


# --- a fresh second factor --------------------------------------------------------


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_fresh_second_factor_is_asked_before_changes(
    client: FlaskClient, insider: Person, clock: Clock, path: str
) -> None:
    clock.forward(minutes=14)
    assert client.get(BASE + path).status_code == 200
    clock.forward(minutes=1)
    away = client.get(BASE + path)
    assert away.location == f"/bevestigen?next={BASE}{path}"
    assert post(client, away.location, code="000000").status_code == 422

    again = post(client, away.location, code=totp.code_at(insider.secret, clock.moment))

    assert again.location == BASE + path
    assert client.get(BASE + path).status_code == 200


def test_without_a_fresh_code_a_post_changes_nothing(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    before = stored(app, insider)
    body = {
        "csrf_token": token(client, f"{BASE}/wachtwoord"),
        "huidig": PASSWORD,
        "wachtwoord": NEW,
        "email": "nieuw@voorbeeld.nl",
        "doe": "app",
    }
    clock.forward(minutes=16)
    for path in ("/wachtwoord", "/e-mailadres", "/tweestapsauthenticatie"):
        assert "/bevestigen" in client.post(BASE + path, data=body).location
    after = stored(app, insider)
    assert (after.wachtwoord_hash, after.totp_nieuw) == (before.wachtwoord_hash, None)
    assert mails(app) == []


# --- e-mailadres ------------------------------------------------------------------


@pytest.mark.beide
def test_a_new_address_is_confirmed_from_there_and_the_old_one_is_told(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    asked = post(client, f"{BASE}/e-mailadres", email="Nieuw@Voorbeeld.nl")
    assert asked.status_code == 303
    assert stored(app, insider).email == insider.email
    path = link_in(app)
    assert subjects(app) == [("nieuw@voorbeeld.nl", "Bevestig je nieuwe e-mailadres")]

    elsewhere = app.test_client()
    assert elsewhere.get(path).location == "/e-mailadres-bevestigen"
    assert stored(app, insider).email == insider.email, "looking at a mail changes nothing"
    assert post(elsewhere, "/e-mailadres-bevestigen").location == "/"

    assert stored(app, insider).email == "nieuw@voorbeeld.nl"
    assert subjects(app)[1:] == [(insider.email, "Je e-mailadres is gewijzigd")]
    assert elsewhere.get(path).status_code == 410
    assert type_password(elsewhere, "nieuw@voorbeeld.nl").location == "/inloggen/code"


def test_e_mail_links_expire_after_1_hour(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    post(client, f"{BASE}/e-mailadres", email="nieuw@voorbeeld.nl")
    path = link_in(app)
    clock.forward(hours=1)
    assert app.test_client().get(path).status_code == 410


def test_who_was_kept_out_takes_no_address_along(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    """Asked from a stolen browser; then its owner changes the password, or resets the factor."""
    for change in (
        {"page": "wachtwoord", "huidig": PASSWORD, "wachtwoord": NEW},
        {"page": "tweestapsauthenticatie", "doe": "reset", "zeker": "ja"},
    ):
        post(client, f"{BASE}/e-mailadres", email="dief@voorbeeld.nl")
        path = link_in(app)
        assert app.test_client().get(path).status_code == 303
        done = post(client, f"{BASE}/{change.pop('page')}", **change)
        assert done.status_code == 303
        assert app.test_client().get(path).status_code == 410


def test_an_address_of_another_account_gets_the_same_answer_and_no_mail(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    add_person(app, "els@voorbeeld.nl")
    texts = []
    for email in ("els@voorbeeld.nl", "vrij@voorbeeld.nl"):
        post(client, f"{BASE}/e-mailadres", email=email)
        said = re.search(r"Er is een mail met.*?</p>", client.get(f"{BASE}/e-mailadres").text)
        assert said
        texts.append(said[0].replace(email, "ADRES"))
    assert texts[0] == texts[1]
    assert [to for to, _ in subjects(app)] == ["vrij@voorbeeld.nl"]


def test_two_who_want_the_same_address_one_gets_it(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    post(client, f"{BASE}/e-mailadres", email="nieuw@voorbeeld.nl")
    path = link_in(app)
    add_person(app, "nieuw@voorbeeld.nl")
    other = app.test_client()
    other.get(path)
    assert post(other, "/e-mailadres-bevestigen").status_code == 410
    assert stored(app, insider).email == insider.email


@pytest.mark.beide
def test_an_absurd_address_is_refused(client: FlaskClient, insider: Person) -> None:
    for email in ("geen adres", "", "a\x00@x.nl"):
        assert post(client, f"{BASE}/e-mailadres", email=email).status_code == 422, email


# --- wachtwoord -------------------------------------------------------------------


@pytest.mark.beide
def test_a_password_change_ends_the_others_and_keeps_this_one(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    clock.forward(seconds=30)
    other = app.test_client()
    log_in(other, insider, clock.moment)
    cookie = client.get_cookie("cmk")
    assert cookie

    done = post(client, f"{BASE}/wachtwoord", huidig=PASSWORD, wachtwoord=NEW)

    assert done.location == f"{BASE}/wachtwoord", done.text
    assert inside(client)
    assert not inside(other)
    replay = app.test_client()
    replay.set_cookie("cmk", cookie.value)
    assert not inside(replay), "the session got a new id"
    assert subjects(app) == [(insider.email, "Je wachtwoord is gewijzigd")]
    assert type_password(app.test_client(), insider.email).status_code == 422
    assert type_password(app.test_client(), insider.email, NEW).status_code == 303


def test_the_old_password_is_needed_and_tries_are_limited(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    before = stored(app, insider).wachtwoord_hash
    for _ in range(10):
        wrong = post(client, f"{BASE}/wachtwoord", huidig="fout", wachtwoord=NEW)
        assert wrong.status_code == 422
        assert "Dit is niet je huidige wachtwoord." in wrong.text
    assert post(client, f"{BASE}/wachtwoord", huidig=PASSWORD, wachtwoord=NEW).status_code == 429
    assert stored(app, insider).wachtwoord_hash == before


def test_a_weak_new_password_is_refused(client: FlaskClient, insider: Person) -> None:
    weak = post(client, f"{BASE}/wachtwoord", huidig=PASSWORD, wachtwoord="PietPietersen1!")
    assert weak.status_code == 422
    assert "makkelijk te raden" in weak.text


def test_one_sees_where_one_is_logged_in_and_ends_one_or_all(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    others = []
    for agent in ("Firefox/130.0 Windows NT", "iPhone Safari/605", ""):
        clock.forward(seconds=30)
        other = app.test_client()
        other.environ_base["HTTP_USER_AGENT"] = agent
        log_in(other, insider, clock.moment)
        others.append(other)
    stranger = add_person(app, "els@voorbeeld.nl")
    elsewhere = app.test_client()
    log_in(elsewhere, stranger, clock.moment)

    page = client.get(f"{BASE}/wachtwoord").text
    assert "Firefox op Windows" in page
    assert "Safari op iPhone" in page
    numbers = re.findall(r'name="zitting" value="(\d+)"', page)
    assert len(numbers) == 3, "not this one, and nobody else's"

    def end(**fields: str) -> TestResponse:
        sent = token(client, f"{BASE}/wachtwoord")
        return client.post(f"{BASE}/wachtwoord/uitloggen", data={"csrf_token": sent, **fields})

    end(zitting=numbers[-1])
    assert [inside(other) for other in others].count(False) == 1
    [foreign] = re.findall(
        r'name="zitting" value="(\d+)"', "".join(_numbers_of(app, stranger))
    ) or ["0"]
    end(zitting=foreign)
    end(zitting="niets")
    assert inside(elsewhere), "a session of somebody else ended"
    end()
    assert [inside(other) for other in others] == [False, False, False]
    assert inside(client)


def _numbers_of(app: Flask, insider: Person) -> list[str]:
    from models.toegang import Zitting

    with app.app_context(), acting_as(TEST) as session:
        found = session.scalars(select(Zitting.id).where(Zitting.gebruiker_id == insider.id))
        return [f'name="zitting" value="{number}"' for number in found]


# --- tweestapsauthenticatie -------------------------------------------------------


@pytest.mark.beide
def test_a_new_app_replaces_the_old_one_only_once_it_is_confirmed(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    clock.forward(seconds=30)
    other = app.test_client()
    log_in(other, insider, clock.moment)
    page = f"{BASE}/tweestapsauthenticatie"
    assert post(client, page, doe="app").location == f"{page}/nieuwe-app"
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(f"{page}/nieuwe-app").text)
    assert found
    secret = found[1].replace(" ", "")
    clock.forward(seconds=30)
    old_code = totp.code_at(insider.secret, clock.moment)
    assert post(client, f"{page}/nieuwe-app", code=old_code).status_code == 422
    assert inside(other), "nothing has changed yet"

    done = post(client, f"{page}/nieuwe-app", code=oathtool(secret, clock.moment))

    assert done.location == page
    assert inside(client)
    assert not inside(other), "a factor change ends the others at once"
    clock.forward(seconds=30)
    late = app.test_client()
    type_password(late, insider.email)
    assert type_code(late, totp.code_at(insider.secret, clock.moment)).status_code == 422
    assert type_code(late, oathtool(secret, clock.moment)).location == "/"
    assert subjects(app) == [(insider.email, "Je authenticator-app is gewijzigd")]


def test_another_app_withdraws_what_was_asked_before(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    """Who lost the telephone to a thief, who asked for another address with it."""
    post(client, f"{BASE}/e-mailadres", email="dief@voorbeeld.nl")
    path = link_in(app)
    page = f"{BASE}/tweestapsauthenticatie"
    post(client, page, doe="app")
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(f"{page}/nieuwe-app").text)
    assert shown
    clock.forward(seconds=30)
    code = oathtool(shown[1].replace(" ", ""), clock.moment)
    assert app.test_client().get(path).status_code == 303
    assert post(client, f"{page}/nieuwe-app", code=code).location == page
    assert app.test_client().get(path).status_code == 410


def test_new_recovery_codes_replace_the_old(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    page = f"{BASE}/tweestapsauthenticatie"
    post(client, page, doe="codes")
    with app.app_context():
        old = recovery.to_save(insider.id)
    assert all(code in client.get(page).text for code in old)
    post(client, page, doe="codes")
    browser = app.test_client()
    type_password(browser, insider.email)
    assert post(browser, "/inloggen/herstelcode", code=old[0]).status_code == 422
    with app.app_context():
        assert recovery.left(insider.id) == 10


def test_a_reset_ends_everything_and_mails_a_link(
    app: Flask, client: FlaskClient, insider: Person, clock: Clock
) -> None:
    asked = post(client, f"{BASE}/tweestapsauthenticatie", doe="reset")
    assert (asked.status_code, inside(client)) == (200, True), "it was not asked first"
    assert "Tot je dat doet, kan niemand met je account inloggen." in asked.text
    done = post(client, f"{BASE}/tweestapsauthenticatie", doe="reset", zeker="ja")
    assert done.location == "/inloggen"
    assert not inside(client)
    assert type_password(app.test_client(), insider.email).status_code == 422
    assert client.get(link_in(app)).location == "/activeren"
    assert subjects(app) == [(insider.email, "Stel je tweestapsauthenticatie opnieuw in")]
