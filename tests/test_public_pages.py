"""What is open to everybody: security.txt and the health address; and what the log says."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from cmk_admin import public_pages
from cmk_admin.web import logs


def test_security_txt_says_where_to_report(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == "mailto:cmk@cultuuroost.nl"
    assert lines["Canonical"].startswith(app.extensions["cmk_settings"].base_url)
    expires = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=300) < expires - datetime.now(UTC) <= timedelta(days=365)


@pytest.mark.beide
def test_the_health_address_looks_at_the_database(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = client.get("/gezond")
    assert (well.status_code, well.json) == (200, {"stand": "goed"})

    def away(_actor: object) -> None:
        raise OperationalError("SELECT", {}, Exception("weg"))

    monkeypatch.setattr(public_pages, "acting_as", away)
    assert client.get("/gezond").status_code == 503


def test_every_answer_has_an_id_of_its_own(client: FlaskClient) -> None:
    found = {client.get(path).headers[logs.HEADER] for path in ("/inloggen", "/weg", "/gezond")}
    assert len(found) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", number) for number in found)


def test_the_log_is_json_with_the_id_and_without_secrets(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.use_json(app)
    key, session = "0123456789abcdef" * 4, "Ab_-" * 10 + "xyz"
    answer = client.get(f"/activeren/{key}?wachtwoord=geheim", headers={"Cookie": "cmk=geheim"})
    with app.test_request_context("/inloggen"):
        app.logger.error("Kenmerk ABC: %s %s", f"/activeren/{key}", session)
        app.logger.error("stuk", exc_info=ValueError(key))

    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["niveau"] for line in lines] == ["info", "error", "error"]
    assert lines[0]["verzoek"] == answer.headers[logs.HEADER]
    assert lines[0]["tekst"] == "GET activeren.open_activation 410"
    assert lines[0]["milliseconden"] >= 0
    assert "ValueError" in lines[2]["fout"]
    for secret in (key, session, "geheim"):
        assert secret not in written
    app.logger.handlers.clear()
    app.logger.setLevel(logging.NOTSET)


def test_a_broken_statement_is_logged_without_its_values(app: Flask) -> None:
    from cmk_admin.extensions import db

    with app.app_context():
        assert db.engine.hide_parameters
