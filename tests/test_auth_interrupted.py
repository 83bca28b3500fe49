"""Nothing lost, save: session expired = log in and the form is back, also without script."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import clock, interrupted
from models.samenwerkingspartner import Samenwerkingspartner
from models.toegang import Onderbreking, Zitting
from tests.pages import Page
from tests.portal_forms import upload
from tests.support.portal import Bezoeker, Portaal

WHO, OTHER = "projectleider", "beheerder"
NEW = "/stamdata/samenwerkingspartners/new/"
TYPED = "Museum <van> de halve “zin”"


def end_sessions(portaal: Portaal) -> None:
    """As a beheerder does who withdraws somebody's sessions."""
    with portaal.als() as session, session.own_work():
        for row in session.scalars(select(Zitting)):
            session.delete(row)
        session.commit()


def send_too_late(portaal: Portaal, path: str = NEW, **typed: Any) -> TestResponse:
    """Open the form, let the session end, and send it."""
    browser = portaal.bezoeker(WHO)
    form = Page(browser.get(path).text).form() | typed
    end_sessions(portaal)
    return browser.post(path, form | {"csrf_token": browser.token})


def back(portaal: Portaal, sent: TestResponse, who: str = WHO) -> tuple[Bezoeker, str]:
    """Logged in again; what the address of before leads to."""
    target = sent.location.partition("next=")[2]
    portaal.cookies[who] = portaal.log_in(who)
    return portaal.bezoeker(who), target


@pytest.fixture(autouse=True)
def _cookies(portaal: Portaal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever logs in again here does so for this test alone."""
    monkeypatch.setattr(portaal, "cookies", dict(portaal.cookies))


def partners(portaal: Portaal) -> set[str]:
    with portaal.als() as session:
        return set(session.scalars(select(Samenwerkingspartner.naam)))


def go_on(browser: Bezoeker, page: str) -> TestResponse:
    """Press the button of the page that says that a form is waiting."""
    found = Page(page)
    form = found.form()
    action = next(f.get("action") for f in found.all("form") if "narrow" in f.get("class"))
    return browser.post(action, form | {"csrf_token": browser.token})


def test_save_after_the_session_expired_brings_the_form_back_as_typed(portaal: Portaal) -> None:
    before = partners(portaal)
    sent = send_too_late(portaal, naam=TYPED, omschrijving="Twee\r\nregels")
    assert sent.location.startswith("/inloggen?next=/verder/")
    browser, target = back(portaal, sent)
    told = browser.get(target)
    assert "Er is niets bewaard" in told.text

    form = go_on(browser, told.text)

    assert form.status_code == 422
    assert "Er is nog niets bewaard." in form.text
    again = Page(form.text).form()
    assert again["naam"] == [TYPED]
    assert partners(portaal) == before, "it was saved without being asked"
    done = browser.post(NEW, again | {"csrf_token": browser.token})
    assert done.status_code == 302
    assert partners(portaal) == before | {TYPED}


def test_what_is_kept_opens_for_its_owner_alone_and_for_half_a_day(portaal: Portaal) -> None:
    sent = send_too_late(portaal, naam=TYPED)
    other, target = back(portaal, sent, OTHER)
    assert other.get(target).location == "/"
    owner, _ = back(portaal, sent)
    assert other.get("/verder/" + "x" * 43).location == "/"
    assert owner.get(target).status_code == 200

    now = clock.now
    with portaal.app.app_context():
        key, who = target.rpartition("/")[2], portaal.wereld.mensen[WHO]
        assert interrupted.find(key, who, now() + timedelta(hours=11, minutes=59))
        assert interrupted.find(key, who, now() + timedelta(hours=12)) is None
        interrupted.sweep(now() + timedelta(hours=13))
    with portaal.als() as session:
        assert session.scalars(select(Onderbreking)).all() == []


def test_nothing_of_it_can_be_read_in_the_database(portaal: Portaal) -> None:
    sent = send_too_late(portaal, naam="leesbaar")
    with portaal.als() as session:
        row = session.scalars(select(Onderbreking)).one()
        assert b"leesbaar" not in row.verzegeld
        assert row.sleutel_hash not in sent.location


def test_a_file_has_to_be_chosen_again_and_it_says_so(portaal: Portaal) -> None:
    row = portaal.wereld.id(Samenwerkingspartner, "eigen")
    assert row
    sent = send_too_late(portaal, naam=TYPED, logo=upload("plan.pdf"))
    browser, target = back(portaal, sent)
    assert "Kies het straks opnieuw: plan.pdf." in browser.get(target).text


def test_only_a_form_is_kept(portaal: Portaal) -> None:
    """Not a password, not an action on rows, and nothing of who was never inside."""
    for path in ("/mijn-gegevens/wachtwoord", "/stamdata/samenwerkingspartners/action/"):
        browser = portaal.bezoeker(WHO)
        end_sessions(portaal)
        sent = browser.post(path, {"wachtwoord": "geheim"})
        assert "/verder/" not in sent.location
        portaal.cookies[WHO] = portaal.log_in(WHO)
    stranger = portaal.bezoeker("anoniem")
    assert "/verder/" not in stranger.post(NEW, {"naam": TYPED}).location
    with portaal.als() as session:
        assert session.scalars(select(Onderbreking)).all() == []
