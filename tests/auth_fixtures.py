"""What the tests of the log-in share: a clock that stands still, somebody, and quick passwords."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cmk_admin.auth import passwords
from tests.auth_support import (
    EMAIL,
    QUICK,
    Clock,
    Person,
    add_person,
    add_who,
    invite,
    log_in,
    still_clock,
)


@pytest.fixture
def clock(app: Flask) -> Clock:
    return still_clock(app)


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)


@pytest.fixture
def person(app: Flask, _quick: None) -> Person:
    """Somebody who can log in, and did not yet."""
    return add_person(app)


@pytest.fixture
def _who(app: Flask) -> None:
    add_who(app)


@pytest.fixture
def insider(client: FlaskClient, person: Person, clock: Clock, _who: None) -> Person:
    """Somebody who is inside, in `client`."""
    assert log_in(client, person, clock.moment).location == "/"
    return person


@pytest.fixture
def invited(app: Flask, clock: Clock) -> Person:
    """Somebody who was mailed a link and did nothing yet."""
    person = add_person(app, EMAIL, wachtwoord_hash=None, totp_geheim=None)
    invite(app, person, clock)
    return person
