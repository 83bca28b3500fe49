"""What people read when something goes wrong: Dutch, useful, and nothing that isn't theirs."""

import html
import logging
import re
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.auth import public
from cmk_admin.gate import Gone, Locked, Refused, acting_as
from cmk_admin.policy import Verdict
from models.base import RegelFout
from models.gebruiker import Gebruiker
from models.verantwoording import Verantwoording
from tests.auth_support import TEST, token

SECRET = "geheim-123"
SQL = f"INSERT INTO gebruiker (email) VALUES ('{SECRET}')"
ABSURD = (DataError, OverflowError)
JSON = {"Accept": "application/json"}
REFERENCE = re.compile(r'class="num[^"]*">([A-Z2-9]{6})<')


Breaking = Callable[[Callable[[], Any]], FlaskClient]


@pytest.fixture
def breaking(app: Flask, client: FlaskClient) -> Breaking:
    """A client for an app whose `/stuk` does what is given."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def build(view: Callable[[], Any]) -> FlaskClient:
        app.add_url_rule("/stuk", "stuk", public(view), methods=["GET", "POST"])
        return client

    return build


def raising(error: Exception) -> Callable[[], NoReturn]:
    def view() -> NoReturn:
        raise error

    return view


def database_error(kind: type[Any]) -> Exception:
    error: Exception = kind(SQL, {"email": SECRET}, Exception(f"near {SECRET}: {SQL}"))
    return error


def refusal(kind: str) -> Exception:
    verdict = Verdict(
        False, "Een adviseur mag geen activiteit wijzigen.", "Vraag de projectleider."
    )
    if kind == "locked":
        return Locked(verdict, Verantwoording(id=7))
    return Refused(verdict)


FAILURES = [
    (refusal("refused"), 403, "Een adviseur mag geen activiteit wijzigen."),
    (refusal("locked"), 409, "Vraag de projectleider."),
    (RegelFout("De einddatum ligt voor de begindatum."), 400, "De einddatum ligt voor"),
    (Gone("Deze activiteit is verwijderd."), 409, "Deze activiteit is verwijderd."),
    (StaleDataError(SQL), 409, "Iemand anders was je voor"),
    (database_error(IntegrityError), 409, "wordt nog ergens gebruikt"),
    (database_error(DataError), 404, "Deze pagina is er niet"),
    (OverflowError(f"too large {SECRET}"), 404, "Deze pagina is er niet"),
    (database_error(OperationalError), 503, "Even opnieuw proberen"),
    (ZeroDivisionError(SQL), 500, "De fout ligt bij het portaal"),
]


def fail_as_asked() -> NoReturn:
    """The failure whose number is in the address."""
    raise FAILURES[int(request.args["nummer"])][0]


def test_each_failure_has_its_page(breaking: Breaking, subtests: pytest.Subtests) -> None:
    client = breaking(fail_as_asked)
    for number, (error, code, words) in enumerate(FAILURES):
        with subtests.test(type(error).__name__):
            response = client.get(f"/stuk?nummer={number}")
            assert response.status_code == code
            assert response.mimetype == "text/html"
            assert words in html.unescape(response.text)
            for hidden in (SECRET, "INSERT", "Traceback"):
                assert hidden not in response.text


def test_a_script_gets_the_same_as_json(breaking: Breaking, subtests: pytest.Subtests) -> None:
    client = breaking(fail_as_asked)
    for number, (error, code, words) in enumerate(FAILURES):
        with subtests.test(type(error).__name__):
            response = client.get(f"/stuk?nummer={number}", headers=JSON)
            assert response.status_code == code
            assert response.json
            assert set(response.json) == {"fout", "titel", "code", "hulp", "kenmerk"}
            assert response.json["code"] == code
            assert words in " ".join(map(str, response.json.values()))
            assert SECRET not in response.text


def test_an_absurd_value_in_a_form_is_a_bad_request(breaking: Breaking) -> None:
    client = breaking(fail_as_asked)
    absurd = [n for n, (error, _, _) in enumerate(FAILURES) if isinstance(error, ABSURD)]
    assert len(absurd) == 2
    for number in absurd:
        answer = client.post(f"/stuk?nummer={number}", data={"csrf_token": token(client)})
        assert answer.status_code == 400
        assert "Er is niets bewaard" in answer.text


def test_every_code_speaks_dutch(breaking: Breaking) -> None:
    def refuse() -> NoReturn:
        abort(int(request.args["code"]), description=f"The {SECRET} failed")

    client = breaking(refuse)
    for code in (400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 418, 429, 500, 501, 503):
        response = client.get(f"/stuk?code={code}")
        assert response.status_code == code
        assert SECRET not in response.text
        assert '<html lang="nl">' in response.text
        title = re.search("<h1>(.+)</h1>", response.text)
        assert title
        assert "The " not in title[1]


def test_a_page_names_the_reference_of_the_log(
    breaking: Breaking, caplog: pytest.LogCaptureFixture
) -> None:
    client = breaking(raising(ZeroDivisionError("deling")))
    with caplog.at_level(logging.ERROR):
        found = REFERENCE.search(client.get("/stuk").text)

    assert found
    assert f"Kenmerk {found[1]}" in caplog.text
    assert "ZeroDivisionError: deling" in caplog.text
    assert len(caplog.records) == 1, "one error, one entry"


@pytest.mark.parametrize("kind", [IntegrityError, OperationalError])
def test_database_errors_are_logged_with_a_reference(
    breaking: Breaking, kind: type[Any], caplog: pytest.LogCaptureFixture
) -> None:
    response = breaking(raising(database_error(kind))).get("/stuk", headers=JSON)
    assert response.json
    assert f"Kenmerk {response.json['kenmerk']}: GET /stuk" in caplog.text


def test_references_differ(breaking: Breaking) -> None:
    client = breaking(raising(ZeroDivisionError()))
    assert len({REFERENCE.findall(client.get("/stuk").text)[0] for _ in range(5)}) == 5


def test_a_form_without_token_says_that_it_expired(app: Flask, client: FlaskClient) -> None:
    for data in ({}, {"csrf_token": "verzonnen"}):
        response = client.post("/inloggen", data=data)
        assert response.status_code == 400
        assert "Het formulier is verlopen" in response.text
        assert "wat je typte staat er meestal nog" in response.text
        assert "CSRF" not in response.text


def test_what_may_be_retried_says_when(breaking: Breaking) -> None:
    response = breaking(raising(database_error(OperationalError))).get("/stuk")
    assert response.headers["Retry-After"] == "5"


def test_a_wrong_method_keeps_its_header(client: FlaskClient) -> None:
    response = client.get("/uitloggen")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_the_way_back_is_our_own(breaking: Breaking, subtests: pytest.Subtests) -> None:
    client = breaking(raising(RegelFout("Nee.")))
    for referrer, back in (
        ("http://localhost/projecten/12?tab=lasten", "/projecten/12?tab=lasten"),
        ("http://localhost/", "/"),
        ("http://localhost/stuk", "/"),
        ("http://localhost//elders.example", "/"),
        ("http://localhost:81/projecten", "/"),
        ("http://elders.example/projecten", "/"),
        ("http://[::1/x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ):
        with subtests.test(referrer):
            response = client.get("/stuk", headers={"Referer": referrer})
            assert response.status_code == 400
            assert f'class="button button-primary" href="{back}">' in response.text


def test_when_the_page_can_not_be_made_a_bare_one_is(
    app: Flask, breaking: Breaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, Any]:
        raise RuntimeError(SECRET)

    client = breaking(raising(RegelFout("Nee: <b>&</b>.")))
    app.template_context_processors[None].append(broken)
    response = client.get("/stuk")

    assert response.status_code == 400
    assert "<p>Nee: &lt;b&gt;&amp;&lt;/b&gt;.</p>" in response.text
    assert SECRET not in response.text


def test_a_rule_in_the_page_is_text(breaking: Breaking) -> None:
    response = breaking(raising(RegelFout("Nee: <script>."))).get("/stuk")
    assert "<script>." not in response.text
    assert "&lt;script&gt;." in response.text


@pytest.mark.beide
def test_an_absurd_id_is_just_not_there(app: Flask, breaking: Breaking) -> None:
    def look() -> str:
        with acting_as(TEST) as session:
            number = int(request.args["nummer"])
            row = session.scalar(select(Gebruiker).where(Gebruiker.id == number))
        return abort(404) if row is None else "gevonden"

    client = breaking(look)
    for number in (2**31, 2**63, 10**20, -(10**20)):
        assert client.get(f"/stuk?nummer={number}").status_code == 404, number


def test_who_asks_decides_the_form(breaking: Breaking, subtests: pytest.Subtests) -> None:
    client = breaking(raising(RegelFout("Nee.")))
    for accept, mimetype in (
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "text/html"),
        ("text/html;q=0.5, application/json", "application/json"),
    ):
        with subtests.test(accept):
            assert client.get("/stuk", headers={"Accept": accept}).mimetype == mimetype
