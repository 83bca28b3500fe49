"""The demo shows everybody's code, so it only works on the computer that it runs on."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from cmk_admin.auth import passwords, totp
from cmk_admin.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cmk_admin.settings import Settings, SettingsError
from tests.auth_support import QUICK, add_person, still_clock, token, type_code, type_password
from tests.support.applications import closing_engines

ELSEWHERE = "werkt alleen op de computer waarop zij draait"
REAL = "een echt account"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, demo=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)


def add_demo_accounts(app: Flask) -> None:
    with app.app_context():
        sealed = {one.email: totp.encrypt(one.totp_secret) for one in DEMO_ACCOUNTS}
    for one in DEMO_ACCOUNTS:
        add_person(app, one.email, naam=one.naam, demo=True, totp_geheim=sealed[one.email])


def refused(client: FlaskClient, words: str, code: int = 403, **request: Any) -> bool:
    """Whether every kind of request is answered with a page that says `words`."""
    for method, path in (("GET", "/inloggen"), ("POST", "/inloggen"), ("GET", "/bestaat-niet")):
        response = client.open(path, method=method, **request)
        if response.status_code != code or words not in response.text:
            return False
    return True


# --- what it is for -----------------------------------------------------------


def test_the_log_in_page_lists_every_account_with_its_code(app: Flask, client: FlaskClient) -> None:
    clock = still_clock(app)
    add_demo_accounts(app)
    page = client.get("/inloggen").text

    assert DEMO_PASSWORD in page
    assert f"Nog {totp.seconds_left(clock.moment)} seconden" in page
    for one in DEMO_ACCOUNTS:
        shown = totp.code_at(one.totp_secret, clock.moment)
        assert one.email in page
        assert one.rol in page
        assert f"{shown[:3]} {shown[3:]}" in page


def test_what_the_pages_show_lets_one_in(app: Flask, client: FlaskClient) -> None:
    clock = still_clock(app)
    add_demo_accounts(app)
    one = DEMO_ACCOUNTS[1]
    type_password(client, one.email, DEMO_PASSWORD)
    shown = totp.code_at(one.totp_secret, clock.moment)

    assert shown in client.get("/inloggen/code").text
    assert type_code(client, shown).location == "/"


def test_after_a_code_is_used_the_next_one_is_shown(app: Flask, client: FlaskClient) -> None:
    clock = still_clock(app)
    add_demo_accounts(app)
    one = DEMO_ACCOUNTS[0]
    type_password(client, one.email, DEMO_PASSWORD)
    shown = totp.code_at(one.totp_secret, clock.moment)
    type_code(client, shown)

    again = app.test_client()
    type_password(again, one.email, DEMO_PASSWORD)
    page = again.get("/inloggen/code").text
    clock.forward(seconds=30)
    following = totp.code_at(one.totp_secret, clock.moment)

    assert shown not in page
    assert following in page
    assert type_code(again, following).location == "/"


# --- refusing to start --------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "cmk.voorbeeld.nl", ""])
def test_it_does_not_start_on_another_address(settings: Settings, host: str) -> None:
    with pytest.raises(SettingsError, match="alleen op dit eigen apparaat"):
        create_app(replace(settings, host=host))


@pytest.mark.beide
def test_it_does_not_start_beside_a_real_account(settings: Settings) -> None:
    with closing_engines(create_app(replace(settings, demo=False))) as real:
        add_person(real)
    with pytest.raises(SettingsError, match="echt account"):
        create_app(settings)


@pytest.mark.beide
def test_it_starts_on_a_database_without_tables(
    settings: Settings, empty_database_url: str
) -> None:
    """Else it could never be migrated."""
    with closing_engines(create_app(replace(settings, database_url=empty_database_url))) as app:
        assert app.extensions["demo_mode"]


# --- refusing to serve --------------------------------------------------------


OURS = ("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1")
THEIRS = (
    *("192.168.1.4", "10.0.0.1", "172.17.0.1", "8.8.8.8", "2001:db8::1", "::ffff:10.0.0.1"),
    *("", "unix:", "localhost", "0.0.0.0", "::"),
)
FORWARDED = (
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"),
    *("X-Forwarded-Server", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP", "Via"),
    *("X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray"),
    *("X-Original-Host", "X-Envoy-External-Address", "Fly-Client-IP", "Fastly-Client-IP"),
)
OTHER_HOSTS = (
    *("elders.example", "elders.example:8000", "localhost.elders.example", "127.0.0.1.nip.io"),
    *("192.168.1.4:8000", "", "[", "localhost@elders.example", "elders.example#localhost"),
)


def test_it_serves_this_computer_and_no_other(client: FlaskClient) -> None:
    for address in OURS:
        answer = client.get("/inloggen", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 200, address
    for address in THEIRS:
        assert refused(client, ELSEWHERE, environ_base={"REMOTE_ADDR": address}), address


def test_it_refuses_what_was_forwarded(client: FlaskClient) -> None:
    for header in FORWARDED:
        for name, value in ((header, "127.0.0.1"), (header, ""), (header.lower(), "x")):
            assert refused(client, ELSEWHERE, headers={name: value}), header


def test_it_answers_to_its_own_names(app: Flask, client: FlaskClient) -> None:
    app.config["TRUSTED_HOSTS"] = None
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "LOCALHOST"):
        assert client.get("/inloggen", headers={"Host": host}).status_code == 200, host


@pytest.mark.parametrize("trusted", [None, [".example", ".nip.io", "192.168.1.4"]])
def test_it_does_not_answer_to_others(
    app: Flask, client: FlaskClient, trusted: list[str] | None
) -> None:
    """Also when it was told to trust them: a page elsewhere could name itself so."""
    app.config["TRUSTED_HOSTS"] = trusted
    for host in OTHER_HOSTS:
        assert refused(client, ELSEWHERE, headers={"Host": host}), host


def test_static_files_are_refused_too(client: FlaskClient) -> None:
    answer = client.get("/static/css/base.css", headers={"X-Forwarded-For": "1.2.3.4"})
    assert answer.status_code == 403


@pytest.mark.beide
def test_it_stops_as_soon_as_there_is_a_real_account(app: Flask, client: FlaskClient) -> None:
    add_demo_accounts(app)
    page = token(client)
    type_password(client, DEMO_ACCOUNTS[0].email, DEMO_PASSWORD)

    add_person(app, "echt@voorbeeld.nl")

    assert refused(client, REAL, 503)
    answer = client.post("/inloggen/code", data={"csrf_token": page, "code": "000000"})
    assert answer.status_code == 503
    for one in DEMO_ACCOUNTS:
        assert one.email not in client.get("/inloggen").text


def test_a_script_is_refused_in_its_own_words(client: FlaskClient) -> None:
    headers = {"Via": "1.1 x", "Accept": "application/json"}
    answer = client.get("/inloggen", headers=headers)
    assert answer.status_code == 403
    assert answer.json
    assert ELSEWHERE in answer.json["fout"]


def test_nothing_is_read_for_a_request_from_elsewhere(app: Flask, client: FlaskClient) -> None:
    from cmk_admin.extensions import db

    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    client.get("/inloggen", environ_base={"REMOTE_ADDR": "8.8.8.8"})
    assert statements == []
    client.get("/inloggen")
    assert len(statements) > 0


# --- outside a demo -----------------------------------------------------------


class TestNoDemo:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, demo=False)

    def test_no_code_is_ever_shown(self, app: Flask, client: FlaskClient) -> None:
        person = add_person(app)
        page = client.get("/inloggen").text
        type_password(client, person.email)
        page += client.get("/inloggen/code").text

        assert "Demo" not in page
        assert DEMO_PASSWORD not in page
        assert DEMO_ACCOUNTS[0].email not in page

    def test_it_serves_behind_a_proxy(self, client: FlaskClient) -> None:
        headers = {"X-Forwarded-For": "8.8.8.8", "Via": "1.1 x"}
        answer = client.get("/inloggen", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
        assert answer.status_code == 200
