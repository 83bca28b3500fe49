"""Copying activities from the list, and taking it back."""

from playwright.sync_api import Page, expect

from models.activiteit import Activiteit, Last
from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, link, row_menu, row_of, says
from tests.support.browser import Watch

DANS, MUZIEK = "Voorbeeldlessen dans", "Muziek in de klas"


def _lijst(page: Page, demo: Demo) -> None:
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")


def _kies(page: Page, *namen: str) -> None:
    for naam in namen:
        page.get_by_role("checkbox", name=f"{naam} selecteren").check()


def test_een_activiteit_vanuit_haar_menu(als: As, demo: Demo) -> None:
    page = als("routebegeleider")
    _lijst(page, demo)
    button(row_menu(page, DANS), "Dupliceren…").click()
    expect(page.get_by_role("main")).to_contain_text("Je maakt een kopie van 1 activiteit")
    expect(page.get_by_role("main")).to_contain_text(DANS)
    button(page, "Dupliceren").click()
    says(page, "1 activiteit gedupliceerd.")
    copy = row_of(page, f"{DANS} (kopie)")
    original = row_of(page, DANS).filter(has_not_text="(kopie)")
    # Schools and lasten came along: the line says the same but for its name and boxes.
    numbers = [row.get_by_role("cell").all_inner_texts()[1:6] for row in (copy, original)]
    assert numbers[0] == numbers[1]


def test_meer_activiteiten_en_ongedaan_maken(als: As, demo: Demo) -> None:
    page = als("projectleider")
    jaar = demo.verantwoording()
    before = demo.count(Activiteit, verantwoording_id=jaar), demo.count(Last)
    _lijst(page, demo)
    _kies(page, DANS, MUZIEK)
    expect(page.get_by_text("2 geselecteerd")).to_be_visible()
    button(page, "Dupliceren…").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("2 activiteiten")
    button(page, "Dupliceren").click()
    says(page, "2 activiteiten gedupliceerd.")
    for naam in (DANS, MUZIEK):
        expect(row_of(page, f"{naam} (kopie)")).to_be_visible()
    assert demo.count(Activiteit, verantwoording_id=jaar) == before[0] + 2
    button(page, "Ongedaan maken").click()
    expect(row_of(page, "(kopie)")).to_have_count(0)
    assert (demo.count(Activiteit, verantwoording_id=jaar), demo.count(Last)) == before


def test_niets_gekozen(als: As, demo: Demo) -> None:
    """The bar only comes when something is chosen; taking the choice back hides it again."""
    page = als("projectleider")
    _lijst(page, demo)
    expect(button(page, "Dupliceren…")).to_be_hidden()
    _kies(page, DANS)
    expect(button(page, "Dupliceren…")).to_be_visible()
    button(page, "Selectie opheffen").click()
    expect(button(page, "Dupliceren…")).to_be_hidden()


def test_alles_kiezen(als: As, demo: Demo) -> None:
    page = als("projectleider")
    _lijst(page, demo)
    page.get_by_role("checkbox", name="Alles op deze pagina selecteren").check()
    expect(page.get_by_text("15 geselecteerd")).to_be_visible()


def test_naar_een_ander_jaar(als: As, demo: Demo, watch: Watch) -> None:
    """A copy of a closed year goes to an open one, and its period moves along."""
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording(jaar=2025)}/activiteiten")
    button(row_menu(page, DANS), "Dupliceren…").click()
    page.get_by_label("In welke verantwoording?").select_option("CMK Achterhoek-Oost vo · 2026")
    # Another choice than what is shown: the preview comes first.
    watch.allow("409")
    button(page, "Dupliceren").click()
    preview = page.get_by_role("region", name="Dit wordt er gemaakt")
    expect(preview).to_contain_text("CMK Achterhoek-Oost vo · 2026")
    button(page, "Dupliceren").click()
    says(page, "1 activiteit gedupliceerd.")
    link(page.get_by_role("table"), DANS).click()
    expect(page.get_by_role("main")).to_contain_text("2026")
    expect(page.get_by_role("main")).not_to_contain_text("maart 2025")
