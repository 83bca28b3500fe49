"""Handleiding 2.7: schoolbesturen and scholen, to look at and as Cultuur Oost enters them."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.demo import As
from tests.e2e.hands import button, field, link, menu, row_of, says

SCHOOL, GEMEENTE = "CBS de Wilde Marjolein", "Aalten"


def _columns(page: Page) -> list[str]:
    return [text.strip() for text in page.get_by_role("columnheader").all_inner_texts()]


def _find(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    button(page, "Zoek").click()


def _fact(page: Page, label: str) -> str:
    """What stands beside a label on the page of a row."""
    line = page.locator("dl > div").filter(has=page.get_by_text(label, exact=True))
    return line.locator("dd").inner_text().splitlines()[0]


def test_stamdata_klapt_open(als: As) -> None:
    """ "Wanneer je op Stamdata klikt, klapt het menu open." """
    page = als("routebegeleider")
    page.goto("/")
    column = page.get_by_role("navigation", name="Hoofdmenu")
    for name in ("Samenwerkingspartners", "Schoolbesturen", "Scholen"):
        expect(link(column, name)).to_be_hidden()
    column.locator("summary").filter(has_text="Stamdata").click()
    for name in ("Samenwerkingspartners", "Schoolbesturen", "Scholen"):
        expect(link(column, name)).to_be_visible()


def test_schoolbesturen_met_het_aantal_aangesloten_scholen(als: As) -> None:
    """ "Bij Schoolbesturen zie je per bestuur onder andere de naam en het aantal aangesloten
    scholen"; its page names as many, and each leads to the school."""
    page = als("routebegeleider")
    page.goto("/")
    menu(page, "Stamdata", "Schoolbesturen")
    assert {"Naam", "Aantal aangesloten scholen"} <= set(_columns(page))
    expect(link(page, "+Nieuw schoolbestuur")).to_have_count(0)
    bestuur = "Stichting Primair Onderwijs Grensland"
    _find(page, bestuur)
    counted = re.search(r"\d+$", row_of(page, bestuur).inner_text().strip())
    assert counted is not None
    link(page, bestuur).click()
    schools = page.get_by_role("region", name="Scholen").get_by_role("link")
    expect(schools).to_have_count(int(counted.group()))
    name = schools.first.inner_text()
    schools.first.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert _fact(page, "Schoolbestuur") == bestuur


def test_scholen_en_waar_een_school_aan_meedeed(als: As) -> None:
    """ "Bij Scholen vind je informatie zoals de schoolnaam, BRIN-nummer, bijbehorend schoolbestuur
    en de gemeente"; the page of a school tells the activities it joined."""
    page = als("projectleider")
    page.goto("/")
    menu(page, "Stamdata", "Scholen")
    assert {"Schoolnaam", "BRIN-nummer", "Schoolbestuur", "Gemeente"} <= set(_columns(page))
    expect(link(page, "+Nieuwe school")).to_have_count(0)
    _find(page, "marjolein aalten")
    link(page, SCHOOL).click()
    for action in ("Wijzigen", "Verwijderen…"):
        expect(link(page, action)).to_have_count(0)
    joined = page.get_by_role("region", name="Activiteiten").get_by_role("link")
    name = joined.first.inner_text()
    joined.first.click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.get_by_role("navigation", name="Onderdelen").get_by_role("link", name="Scholen").click()
    expect(row_of(page, SCHOOL)).to_be_visible()


def test_cultuur_oost_voert_bestuur_en_school_in(als: As) -> None:
    """ "Deze data worden ingevoerd door Cultuur Oost": a cultuurpunt finds them at once."""
    page = als("beheerder")
    page.goto("/")
    menu(page, "Stamdata", "Schoolbesturen")
    link(page, "+Nieuw schoolbestuur").click()
    field(page, "Naam").fill("Stichting Scholen van de Berkel")
    field(page, "Bevoegd-gezagnummer").fill("00123")
    button(page, "Bewaren").click()
    says(page, "“Stichting Scholen van de Berkel” is toegevoegd")
    menu(page, "Scholen")
    link(page, "+Nieuwe school").click()
    field(page, "Schoolnaam").fill("OBS de Stroom")
    field(page, "BRIN-nummer").fill("98ZZ")
    _choose(page, "Schoolbestuur", "berkel", "Stichting Scholen van de Berkel")
    _choose(page, "Gemeente", "aalt", GEMEENTE)
    field(page, "Soort onderwijs").select_option("Basisonderwijs")
    button(page, "Bewaren").click()
    says(page, "“OBS de Stroom” is toegevoegd")

    page = als("projectleider")
    page.goto("/")
    menu(page, "Stamdata", "Scholen")
    _find(page, "98zz")
    for text in ("OBS de Stroom", "98ZZ", "Stichting Scholen van de Berkel", GEMEENTE):
        expect(row_of(page, "OBS de Stroom")).to_contain_text(text)
    menu(page, "Schoolbesturen")
    _find(page, "berkel")
    row = row_of(page, "Stichting Scholen van de Berkel")
    expect(row.get_by_role("cell", name="1", exact=True)).to_be_visible()


def _choose(page: Page, label: str, typed: str, name: str) -> None:
    """Type in the combobox and click what was meant."""
    page.get_by_role("combobox", name=label).fill(typed)
    page.get_by_role("option", name=name).first.click()
