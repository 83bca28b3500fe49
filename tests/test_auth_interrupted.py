"""Nothing lost, save: session expired = log in and the form is back, also without script."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import clock, interrupted
from cmk_admin.entity_forms import new_key
from models.samenwerkingspartner import Samenwerkingspartner
from models.toegang import Onderbreking, Zitting
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.portal_forms import Body, upload
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
    """Not a password, not a code, and nothing of who was never inside."""
    for path in ("/mijn-gegevens/wachtwoord", "/bevestigen"):
        browser = portaal.bezoeker(WHO)
        end_sessions(portaal)
        sent = browser.post(path, {"wachtwoord": "geheim"})
        assert "/verder/" not in sent.location
        portaal.cookies[WHO] = portaal.log_in(WHO)
    stranger = portaal.bezoeker("anoniem")
    assert "/verder/" not in stranger.post(NEW, {"naam": TYPED}).location
    with portaal.als() as session:
        assert session.scalars(select(Onderbreking)).all() == []


def keep_one(portaal: Portaal, who: str = WHO) -> str:
    """A form that is kept for somebody; its key."""
    number = portaal.wereld.mensen[who]
    with portaal.app.test_request_context(NEW, method="POST", data={"naam": TYPED}):
        key = interrupted.keep(number, clock.now())
    assert key is not None
    return key


def test_at_most_twenty_forms_are_kept_of_one_person_and_the_oldest_go(portaal: Portaal) -> None:
    first, another = keep_one(portaal), keep_one(portaal, OTHER)
    keys = [keep_one(portaal) for _ in range(20)]
    with portaal.app.app_context():
        now = clock.now()
        mine = portaal.wereld.mensen[WHO]
        assert interrupted.find(first, mine, now) is None
        assert all(interrupted.find(key, mine, now) for key in keys)
        assert interrupted.find(another, portaal.wereld.mensen[OTHER], now), "of somebody else"
    with portaal.als() as session:
        assert len(session.scalars(select(Onderbreking)).all()) == 21


# --- every form in which something is typed or chosen -------------------------------

#: Forms in which nothing is typed, or nothing that may be kept, and why.
NOTHING_TO_KEEP = {
    "auth.confirm": "a code",
    "auth.confirm_recovery": "a code",
    "auth.recovery_saved": "a button",
    "auth.session_left": "a script",
    "bewerkingen.ongedaan_maken": "a button",
    "bewerkingen.terugzetten": "ticks on a list that is still there",
    "concepten.bewaren": "a script that keeps what is typed",
    "concepten.weggooien": "a button",
    "activiteiten.scholen_herkennen": "a script; the form around it is kept",
    "opruimen.opruimen": "a button under what has to be looked at again",
    "persoonlijke_data.wissen": "a button",
    "rapportages.download": "a button",
    "rapportages.uitvoer": "a button",
    "toegang.nieuwe_app": "a code",
    "toegang.tweestaps": "buttons",
    "toegang.uitloggen": "a button",
    "toegang.wachtwoord": "passwords",
    "taken.opnieuw": "a button",
    "taken.stoppen": "a button",
    "verantwoordingen.vraag_afronden": "a button",
    "verantwoordingen.vraag_verwijderen": "a button under what has to be looked at again",
    "wissen.wissen": "a button under what has to be looked at again",
    "ajax_update": "a script; what is typed stays in its cell",
    "export": "a button",
}


def test_every_form_is_kept_or_has_nothing_to_keep(portaal: Portaal) -> None:
    """A new form says `@kept`, or stands in the list above with the reason."""
    told = set()
    for rule in portaal.app.url_map.iter_rules():
        view: Any = portaal.app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or ()) or getattr(view, "is_public", False):
            continue
        generated = hasattr(getattr(view, "__self__", None), "model")
        name = rule.endpoint.partition(".")[2] if generated else rule.endpoint
        if not getattr(view, "keeps_form", False):
            told.add(name)
    assert told == NOTHING_TO_KEEP.keys()


def test_what_comes_back_reaches_no_view_that_does_not_take_part(portaal: Portaal) -> None:
    portaal.changed()
    browser = portaal.bezoeker(WHO)
    answer = browser.post("/mijn-gegevens/persoonlijke-data/wissen", {"teruggegeven": "1"})
    assert answer.status_code == 400
    assert not portaal.changed()


def heropenen(portaal: Portaal) -> tuple[str, Body]:
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    path = f"/verantwoordingen/{year}/heropenen"
    return path, Page(portaal.bezoeker(WHO).get(path).text).form() | {"reden": TYPED}


def heropenen_in_een_lijst(portaal: Portaal) -> tuple[str, Body]:
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    chosen = {"action": "heropenen", "rowid": str(year), "bevestigd": "1", "reden": TYPED}
    return "/beheer/verantwoordingen/action/", chosen | {"sleutel": new_key()}


def sluiten(portaal: Portaal) -> tuple[str, Body]:
    year = portaal.wereld.id(Verantwoording, "eigen")
    path = f"/verantwoordingen/{year}/sluiten"
    return path, Page(portaal.bezoeker(WHO).get(path).text).form()


def in_bulk(portaal: Portaal) -> tuple[str, Body]:
    row = portaal.wereld.id(Samenwerkingspartner, "eigen")
    fields = {"rowid": str(row), "stap": "doen", "hoe_plaats": "zet"}
    return f"{NEW[: -len('new/')]}bulk/", fields | {"plaats": TYPED, "sleutel": new_key()}


def verwijderen(portaal: Portaal) -> tuple[str, Body]:
    row = portaal.wereld.id(Samenwerkingspartner, "eigen", "vrij")
    return f"{NEW[: -len('new/')]}delete/", {"rowid": str(row), "sleutel": new_key()}


def weergave(_portaal: Portaal) -> tuple[str, Body]:
    fields = {"naam": TYPED, "delen": "niet", "sleutel": new_key()}
    return "/weergaven/bewaren?lijst=Samenwerkingspartner&adres=", fields


def e_mailadres(_portaal: Portaal) -> tuple[str, Body]:
    return "/mijn-gegevens/e-mailadres", {"email": "nieuw.adres@voorbeeld.nl"}


def herinneren(portaal: Portaal) -> tuple[str, Body]:
    year = portaal.wereld.id(Verantwoording, "eigen")
    fields = {"rowid": str(year), "bevestigd": "1", "tekst": TYPED}
    return "/herinneren", fields | {"sleutel": new_key()}


def jaar_openen(_portaal: Portaal) -> tuple[str, Body]:
    return "/beheer/jaar-openen", {"jaar": "2031", "sleutel": new_key()}


#: What is sent, by whom, and what has to be on the page again.
SENT = [
    (heropenen, WHO, TYPED),
    (heropenen_in_een_lijst, WHO, TYPED),
    (sluiten, WHO, "sluiten"),
    (in_bulk, WHO, TYPED),
    (verwijderen, WHO, "Verwijderen"),
    (weergave, WHO, TYPED),
    (e_mailadres, WHO, "nieuw.adres@voorbeeld.nl"),
    (herinneren, OTHER, TYPED),
    (jaar_openen, OTHER, "2031"),
]


@pytest.mark.parametrize(
    ("make", "who", "typed"), SENT, ids=lambda part: getattr(part, "__name__", "")
)
def test_the_forms_of_actions_come_back_as_typed_and_do_nothing_by_themselves(
    portaal: Portaal, make: Callable[[Portaal], tuple[str, Body]], who: str, typed: str
) -> None:
    path, body = make(portaal)
    browser = portaal.bezoeker(who)
    end_sessions(portaal)
    sent = browser.post(path, body)
    assert sent.location.startswith("/inloggen?next=/verder/"), sent.location
    again, target = back(portaal, sent, who)
    page = again.get(target).text
    portaal.changed()

    shown = go_on(again, page)

    assert shown.status_code in (200, 422), shown.location
    assert "Er is nog niets bewaard." in shown.text
    assert html.escape(typed) in shown.text or typed in shown.text
    assert not portaal.changed(), "it was done without being asked"
