"""A session that ends while somebody types: warned first, and nothing typed is lost."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from cmk_admin.auth import clock
from models.gebruiker import Gebruiker
from models.toegang import Zitting
from tests.e2e.demo import ACCOUNTS, As, Demo, log_in
from tests.e2e.hands import button, field, link, says
from tests.support.browser import Watch

ACCOUNT = "projectleider"
TYPED = "Museum van de halve zin"


def open_form(als: As) -> Page:
    page = als(ACCOUNT)
    page.clock.install()
    page.goto("/stamdata/samenwerkingspartners/new/")
    field(page, "Naam").fill(TYPED)
    return page


def test_two_minutes_before_the_end_it_asks_whether_one_is_there(demo: Demo, als: As) -> None:
    moment = demo.moment
    page = open_form(als)
    try:
        # 28 minutes later, for the portal and for the page.
        clock.install(demo.app, lambda: moment + timedelta(minutes=28, seconds=5))
        page.clock.fast_forward("28:05")
        expect(page.get_by_role("heading", name="Ben je er nog?")).to_be_visible()
        expect(button(page, "Ingelogd blijven")).to_be_focused()
        button(page, "Ingelogd blijven").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        clock.install(demo.app, lambda: moment + timedelta(minutes=57))
        button(page, "Bewaren").click()
        says(page, "is toegevoegd")
    finally:
        clock.install(demo.app, lambda: moment)


def test_after_logging_in_again_the_form_is_as_typed(demo: Demo, als: As, watch: Watch) -> None:
    watch.allow("401")  # the page asks whether it is still inside
    page = open_form(als)
    end_everywhere(demo)
    page.clock.fast_forward("28:05")
    expect(page.get_by_role("heading", name="Je bent uitgelogd")).to_be_visible()

    with page.context.expect_page() as opened:
        link(page, "Opnieuw inloggen").click()
    other = opened.value
    log_in(other, ACCOUNT, demo.code(ACCOUNT))
    other.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(field(page, "Naam")).to_have_value(TYPED)
    button(page, "Bewaren").click()
    says(page, "is toegevoegd")
    demo.states.clear()


def end_everywhere(demo: Demo) -> None:
    """As if half an hour had passed; the code of this moment may be used again."""
    with demo.session() as session, session.own_work():
        for row in session.scalars(select(Zitting)):
            session.delete(row)
        person = session.scalars(
            select(Gebruiker).where(Gebruiker.email == ACCOUNTS[ACCOUNT].email)
        ).one()
        person.totp_stap = None
        session.commit()
