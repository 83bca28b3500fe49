"""What the browser is told: the same on every answer, whatever went wrong."""

import logging
import time

import pytest
from flask import Flask, Response, abort, redirect
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cmk_admin.auth import public
from models.project import Document
from tests.auth_support import token
from tests.support.portal import Portaal

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CODES = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)
ANSWERS = (
    *((f"/fout/{code}", code) for code in CODES),
    ("/inloggen", 200),
    ("/stroom", 200),
    ("/weg", 302),
    ("/", 302),
    ("/bestaat-niet", 404),
    ("/static/bestaat-niet.css", 404),
    ("/uitloggen", 405),
    ("/stuk", 500),
)


MULTIPART = "multipart/form-data; boundary=x"


def multipart(fields: dict[str, str]) -> bytes:
    """A form with files, as a browser sends it."""
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{''.join(parts)}--x--\r\n".encode()


@pytest.fixture
def app(app: Flask) -> Flask:
    """With pages that break in every way."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for code in CODES:
        app.add_url_rule(f"/fout/{code}", f"fout_{code}", public(lambda code=code: abort(code)))
    app.add_url_rule("/weg", "weg", public(lambda: redirect("/inloggen")))
    app.add_url_rule("/stuk", "stuk", public(lambda: str(1 / 0)))
    app.add_url_rule("/stroom", "stroom", public(stream))
    return app


def stream() -> Response:
    return Response(iter(("regel 1\n", "regel 2\n")), mimetype="text/plain")


def check(response: TestResponse, code: int) -> None:
    assert response.status_code == code
    assert {name: response.headers.getlist(name) for name in EXPECTED} == {
        name: [value] for name, value in EXPECTED.items()
    }
    assert response.headers.getlist("Cache-Control") == ["no-store"]
    assert "Strict-Transport-Security" not in response.headers, "this is not https"


def test_on_every_answer(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for path, code in ANSWERS:
        with subtests.test(path):
            check(client.get(path), code)


def test_csp_allows_our_own_files_only(client: FlaskClient) -> None:
    told = client.get("/inloggen").headers["Content-Security-Policy"]
    rules = {name: set(words) for name, *words in (part.split() for part in told.split(";"))}
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == {"'none'"}
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == {"'self'"}
    assert "unsafe" not in told
    assert "http" not in told


def test_headers_on_downloads_too(portaal: Portaal, subtests: pytest.Subtests) -> None:
    browser = portaal.bezoeker("beheerder")
    file = portaal.wereld.id(Document, "eigen")
    for path in (
        "/stamdata/scholen/export/csv/",
        "/stamdata/scholen/export/xlsx/",
        "/mijn-gegevens/persoonlijke-data/download/json",
        f"/beheer/documenten/bestand/?id={file}",
    ):
        with subtests.test(path):
            answer = browser.get(path)
            assert answer.headers["Content-Disposition"].startswith("attachment")
            stricter = {"Content-Security-Policy"} if "bestand" in path else set()
            for name in EXPECTED.keys() - stricter:
                assert answer.headers.getlist(name) == [EXPECTED[name]]
            assert answer.headers.getlist("Cache-Control") == ["no-store"]


def test_on_every_method(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND"):
        with subtests.test(method):
            response = client.open("/inloggen", method=method)
            check(response, response.status_code)


def test_on_a_form_without_its_token(client: FlaskClient) -> None:
    check(client.post("/inloggen", data={"email": "x"}), 400)


def test_on_a_form_that_is_wrong(client: FlaskClient) -> None:
    check(client.post("/inloggen", data={"csrf_token": token(client)}), 422)


def test_on_a_body_that_is_too_large(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    check(client.post("/inloggen", data={"x": "x" * 2000}), 413)


def test_on_a_host_that_is_not_ours(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    for host in ("elders.example", "127.0.0.1.elders.example", "localhost.elders.example", "a b"):
        check(client.get("/inloggen", headers={"Host": host}), 400)
    loud = [record for record in caplog.records if record.levelno > logging.INFO]
    assert not loud, "anyone could fill the log"


def test_even_when_a_part_of_the_app_fails_at_the_end(app: Flask, client: FlaskClient) -> None:
    def fails(_response: object) -> object:
        raise RuntimeError("na afloop")

    app.after_request_funcs.setdefault(None, []).append(fails)
    check(client.get("/inloggen"), 500)


def test_static_files_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/css/base.css") as first:
        assert first.status_code == 200
        assert "no-store" not in first.headers["Cache-Control"]
        assert {name: first.headers[name] for name in EXPECTED} == EXPECTED
        known = {"If-None-Match": first.headers["ETag"]}
    with client.get("/static/css/base.css", headers=known) as again:
        assert again.status_code == 304
        assert "no-store" not in again.headers["Cache-Control"]


def test_a_view_may_ask_for_something_stricter(app: Flask, client: FlaskClient) -> None:
    strict = {"Content-Security-Policy": "sandbox", "Content-Type": "text/plain"}
    app.add_url_rule("/bijlage", "bijlage", public(lambda: ("x", strict)))
    assert client.get("/bijlage").headers.getlist("Content-Security-Policy") == ["sandbox"]


def test_a_form_with_too_much_text_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/inloggen", data={"csrf_token": token(client), "email": "x" * 1_100_000}
    )
    check(response, 413)


def test_the_text_beside_a_file_may_be_as_long_as_that_of_a_form(client: FlaskClient) -> None:
    for length, code in ((900_000, 422), (1_100_000, 413)):
        body = multipart({"csrf_token": token(client), "tekst": "x" * length})
        check(client.post("/inloggen", data=body, content_type=MULTIPART), code)


def test_a_file_may_be_larger_than_a_form(client: FlaskClient) -> None:
    fields = {"csrf_token": token(client), 'bestand"; filename="schets.png': "x" * 1_100_000}
    check(client.post("/inloggen", data=multipart(fields), content_type=MULTIPART), 422)


def test_a_form_of_a_million_fields_is_not_even_read(client: FlaskClient) -> None:
    start = time.monotonic()
    kind = "application/x-www-form-urlencoded"
    check(client.post("/inloggen", data=b"a&" * 5_000_000, content_type=kind), 413)
    assert time.monotonic() - start < 2


def test_a_form_with_too_many_parts_is_refused(client: FlaskClient) -> None:
    fields = {"csrf_token": token(client)} | {f"v{number}": "1" for number in range(25_000)}
    check(client.post("/inloggen", data=multipart(fields), content_type=MULTIPART), 413)
    fields.popitem()
    check(client.post("/inloggen", data=multipart(fields), content_type=MULTIPART), 422)
