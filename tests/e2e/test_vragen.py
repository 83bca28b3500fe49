"""Asking and answering, by both sides, with the visible words only."""

import re

from playwright.sync_api import expect

from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, field, link, row_menu, says, tab
from tests.e2e.scherm import MUZIEK
from tests.support.browser import Watch

TEXT = "Staat deze factuur er twee keer in?"


def test_een_vraag_over_een_last_van_een_gesloten_jaar(als: As, demo: Demo, watch: Watch) -> None:
    """The adviseur asks, the projectleider finds it on the dashboard, answers and asks on."""
    watch.allow("422")  # an empty question
    adviseur = als("adviseur")
    adviseur.goto(f"/activiteiten/{demo.activiteit(MUZIEK, jaar=2025)}/financieel-overzicht")
    last = adviseur.get_by_role("rowheader").first.inner_text().splitlines()[0]
    link(row_menu(adviseur, last), "Stel een vraag").click()
    expect(adviseur.get_by_role("main")).to_contain_text(f"Over {MUZIEK} · {last}")
    button(adviseur, "Vraag versturen").click()
    expect(field(adviseur, "Je vraag")).to_have_attribute("aria-invalid", "true")
    field(adviseur, "Je vraag").fill(TEXT)
    button(adviseur, "Vraag versturen").click()
    says(adviseur, "Je vraag is gesteld.")
    expect(adviseur.get_by_text("wacht op antwoord")).to_be_visible()

    leider = als("projectleider")
    leider.goto("/")
    expect(leider.get_by_role("heading", name="Open vragen")).to_be_visible()
    link(leider, TEXT).click()
    expect(leider.get_by_text("wacht op jullie antwoord")).to_be_visible()
    # By keyboard alone: from the field to its button.
    field(leider, "Je reactie").fill("Nee, het zijn er twee.")
    leider.keyboard.press("Tab")
    leider.keyboard.press("Enter")
    says(leider, "Je reactie is geplaatst.")
    expect(leider.get_by_text("beantwoord", exact=True)).to_be_visible()

    adviseur.reload()
    expect(adviseur.get_by_text("Nee, het zijn er twee.")).to_be_visible()
    field(adviseur, "Je reactie").fill("Dan is het duidelijk, dank je.")
    button(adviseur, "Reactie versturen").click()
    button(adviseur, "Afronden").click()
    says(adviseur, "De vraag is afgerond.")
    expect(tab(adviseur, "Vragen")).to_have_attribute("aria-current", "page")
    expect(adviseur.get_by_role("row", name=re.compile("beantwoord"))).to_have_count(1)
    leider.goto("/")
    expect(leider.get_by_role("heading", name="Open vragen")).to_have_count(0)


def test_een_open_vraag_staat_bij_het_sluiten(als: As, demo: Demo) -> None:
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/vragen")
    link(page, "Stel een vraag").first.click()
    field(page, "Je vraag").fill(TEXT)
    button(page, "Vraag versturen").click()
    says(page, "Je vraag is gesteld.")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
    expect(page.get_by_text("Open vraag van het cultuurpunt:")).to_be_visible()
    link(page, TEXT).click()
    expect(page.get_by_role("heading", name=TEXT)).to_be_visible()
