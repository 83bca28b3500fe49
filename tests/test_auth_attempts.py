"""How often one may try: exact, whoever asks, over processes and restarts."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cmk_admin.auth import attempts, passwords, public
from cmk_admin.auth import clock as portal_clock
from cmk_admin.auth.attempts import Limit, TooManyError
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.toegang import Poging
from tests.auth_support import (
    TEST,
    Clock,
    Person,
    add_person,
    inside,
    log_in,
    type_code,
    type_password,
)
from tests.support.applications import closing_engines

WRONG = "E-mailadres of wachtwoord klopt niet."
TOO_MANY = "Er is te vaak iets verkeerds ingevuld."


pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


def rows(app: Flask) -> int:
    with app.app_context(), acting_as(TEST) as session:
        return session.scalar(select(func.count(Poging.id))) or 0


# --- per account ------------------------------------------------------------------


@pytest.mark.parametrize("email", ["piet@voorbeeld.nl", "er.niet@voorbeeld.nl"])
def test_per_account_ten_in_fifteen_minutes_known_or_not(
    client: FlaskClient, person: Person, clock: Clock, email: str
) -> None:
    for _ in range(10):
        answer = type_password(client, email, "fout")
        assert (answer.status_code, WRONG in answer.text) == (422, True)
        clock.forward(seconds=30)

    refused = type_password(client, email.upper())

    assert refused.status_code == 429
    assert f"{TOO_MANY} Probeer het over 10 minuten weer." in refused.text
    assert refused.headers["Retry-After"] == "600"
    clock.forward(minutes=10)
    # The first one is a quarter of an hour ago: there is room for one more.
    assert type_password(client, email, "fout").status_code == 422
    assert type_password(client, email, "fout").status_code == 429


def test_who_is_refused_costs_no_password_check(
    client: FlaskClient, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        type_password(client, person.email, "fout")
    monkeypatch.setattr(passwords, "verify", lambda *_: pytest.fail("een controle te veel"))
    assert type_password(client, person.email).status_code == 429


def test_a_right_password_is_not_counted_and_forgets_the_wrong_ones(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    for _ in range(3):
        for _ in range(9):
            type_password(client, person.email, "fout")
        clock.forward(seconds=30)
        assert log_in(app.test_client(), person, clock.moment).location == "/"
    # Those of the address stay: it may belong to an office.
    assert rows(app) == 27


def test_other_accounts_go_on(app: Flask, client: FlaskClient, person: Person) -> None:
    for _ in range(11):
        type_password(client, person.email, "fout")
    other = add_person(app, "els@voorbeeld.nl")
    assert type_password(client, other.email).location == "/inloggen/code"


# --- per address ------------------------------------------------------------------


def test_per_address_a_hundred_in_fifteen_minutes(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for number in range(100):
            with attempts.attempt(attempts.per_account(f"{number}@voorbeeld.nl")):
                pass
    assert type_password(client, person.email).status_code == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert type_password(elsewhere, person.email).location == "/inloggen/code"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
    ],
)
def test_a_network_of_ipv6_is_one_address(app: Flask, one: str, other: str, same: bool) -> None:
    keys = []
    for address in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            keys.append(attempts.per_address().key)
    assert (keys[0] == keys[1]) is same


def test_behind_a_proxy_the_visitor_counts_and_not_the_proxy(settings: Settings) -> None:
    from app import create_app

    for proxies, seen in ((0, "127.0.0.1"), (1, "192.0.2.9")):
        with closing_engines(create_app(replace(settings, proxies=proxies))) as app:
            app.add_url_rule("/waar", "waar", _where)
            headers = {"X-Forwarded-For": "203.0.113.1, 192.0.2.9"}
            assert app.test_client().get("/waar", headers=headers).json == [seen]


@public
def _where() -> list[str | None]:
    return [request.remote_addr]


# --- the factor -------------------------------------------------------------------


def test_ten_wrong_codes_lock_the_factor_fifteen_minutes(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    type_password(client, person.email)
    for _ in range(9):
        assert type_code(client, "000000").status_code == 422
    clock.forward(minutes=4)
    assert type_code(client, "000000").status_code == 422

    other = app.test_client()
    locked = log_in(other, person, clock.moment)
    assert locked.status_code == 429
    assert "Probeer het over 15 minuten weer." in locked.text

    clock.forward(minutes=14, seconds=59)
    assert log_in(app.test_client(), person, clock.moment).status_code == 429
    clock.forward(seconds=1)
    assert log_in(app.test_client(), person, clock.moment).location == "/"


def test_after_the_lock_there_are_ten_again(
    client: FlaskClient, person: Person, clock: Clock
) -> None:
    type_password(client, person.email)
    for _ in range(10):
        type_code(client, "000000")
    clock.forward(minutes=15)
    type_password(client, person.email)
    assert [type_code(client, "000000").status_code for _ in range(11)] == [422] * 10 + [429]
    assert not inside(client)


# --- exact ------------------------------------------------------------------------


@contextmanager
def asking(app: Flask) -> Iterator[None]:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        yield


def let_through(app: Flask, tries: int) -> int:
    """How many of so many failing attempts were allowed."""
    made = 0
    for _ in range(tries):
        try:
            with asking(app), attempts.attempt(Limit("account piet", 10)):
                made += 1
        except TooManyError:
            pass
    return made


@pytest.mark.beide
def test_limits_are_exact_for_many_at_once(app: Flask) -> None:
    barrier = threading.Barrier(12)

    def one(_number: int) -> int:
        barrier.wait()
        return let_through(app, 3)

    with ThreadPoolExecutor(12) as crowd:
        assert sum(crowd.map(one, range(12))) == 10


def in_a_process(settings: Settings, moment: object, answer: object) -> None:
    from app import create_app

    with closing_engines(create_app(settings)) as app:
        portal_clock.install(app, lambda: moment)  # type: ignore[arg-type, return-value]
        answer.put(let_through(app, 8))  # type: ignore[attr-defined]


@pytest.mark.beide
def test_limits_are_exact_over_4_processes_and_a_restart(
    app: Flask, settings: Settings, clock: Clock
) -> None:
    from cmk_admin.extensions import db

    with app.app_context():
        db.engine.dispose()
    # Processes of their own, that import the app together.
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["app"])
    answers = server.Queue()
    processes = [
        server.Process(target=in_a_process, args=(settings, clock.moment, answers))
        for _ in range(4)
    ]
    for process in processes:
        process.start()
    made = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    answers.close()
    answers.join_thread()

    assert sum(made) == 10
    # All four are gone; what they counted is not.
    assert let_through(app, 1) == 0
    clock.forward(minutes=15)
    assert let_through(app, 11) == 10


# --- what is kept -----------------------------------------------------------------


def test_what_is_kept_names_nobody(app: Flask, client: FlaskClient, person: Person) -> None:
    type_password(client, person.email, "fout")
    with app.app_context(), acting_as(TEST) as session:
        found = [row.sleutel for row in session.scalars(select(Poging))]
    assert len(found) == 2
    assert all(len(key) == 64 and int(key, 16) for key in found)


def test_old_failures_are_swept(
    app: Flask, client: FlaskClient, person: Person, clock: Clock
) -> None:
    type_password(client, person.email, "fout")
    clock.forward(hours=23)
    with app.app_context():
        attempts.sweep(clock.moment)
    assert rows(app) == 2
    clock.forward(hours=2)
    with app.app_context():
        attempts.sweep(clock.moment)
    assert rows(app) == 0
