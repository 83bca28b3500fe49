"""What stands around bulk work in a browser: room, labels, what stays chosen, going back."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.demo import As
from tests.e2e.hands import button, link

LIST = "/beheer/activiteiten/"
#: Those of open years first.
NEWEST = f"{LIST}?sort=-startdatum"
FOUND = "gevonden activiteiten"


def _kies(page: Page, adres: str = LIST) -> None:
    page.goto(adres)
    page.get_by_role("checkbox", name="selecteren").nth(1).check()


def test_alles_blijft_gekozen_na_annuleren(als: As) -> None:
    """Also the ones on other pages; not when something else is searched."""
    page = als("datamanager")
    page.goto(LIST)
    # By the form, whose empty fields stand in the address as well.
    page.get_by_role("searchbox", name="Zoek in activiteiten").fill("oo")
    button(page, "Zoek").click()
    page.get_by_role("checkbox", name="selecteren").nth(1).check()
    everything = page.get_by_label(FOUND)
    everything.check()
    button(page, "Wijzigen in bulk…").click()
    chosen = page.get_by_role("main").get_by_text("activiteiten gekozen").inner_text()
    link(page, "Annuleren").click()
    expect(everything).to_be_checked()
    button(page, "Wijzigen in bulk…").click()
    expect(page.get_by_role("main")).to_contain_text(chosen)
    link(page, "Annuleren").click()
    page.goto(LIST)
    expect(everything).not_to_be_checked()


def test_wie_rijen_aanvinkt_bedoelt_die(als: As) -> None:
    """Also when all that was found had been chosen before."""
    page = als("datamanager")
    _kies(page)
    everything = page.get_by_label(FOUND)
    everything.check()
    page.get_by_role("checkbox", name="selecteren").nth(2).check()
    expect(everything).not_to_be_checked()
    button(page, "Wijzigen in bulk…").click()
    expect(page.get_by_role("main")).to_contain_text("2 activiteiten gekozen")
    link(page, "Annuleren").click()
    expect(everything).not_to_be_checked()


def test_terug_na_doorvoeren_is_de_lijst(als: As) -> None:
    """The pages before it were answers to a form, which a browser may not keep."""
    page = als("datamanager")
    _kies(page, NEWEST)
    button(page, "Wijzigen in bulk…").click()
    page.locator("#hoe_omschrijving").select_option("zet")
    page.locator("#omschrijving").fill("Anders")
    button(page, "Voorbeeld bekijken").click()
    button(page, "Doorvoeren").click()
    expect(page.get_by_role("heading", name="Activiteiten", level=1)).to_be_visible()
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="Activiteiten", level=1)).to_be_visible()
        assert page.url.endswith(NEWEST)


@pytest.mark.parametrize("width", [1440, 768, 360])
def test_zoek_en_vervang_heeft_namen_en_ruimte(als: As, width: int) -> None:
    page = als("datamanager")
    _kies(page, NEWEST)
    button(page, "Wijzigen in bulk…").click()
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#hoe_naam").select_option("vervang")
    for name in ("vind", "door"):
        label = page.locator(f'label[for="{name}_naam"]').bounding_box()
        field = page.locator(f"#{name}_naam").bounding_box()
        assert label is not None
        assert field is not None
        assert label["height"] > 10
        assert label["width"] > 20
        assert field["width"] >= 200


def test_de_balk_laat_de_lijst_zien(als: As) -> None:
    """On a phone: what is chosen, all that is found, and one line that slides."""
    page = als("datamanager")
    page.set_viewport_size({"width": 360, "height": 760})
    _kies(page)
    bar = page.locator("[data-bulk]").bounding_box()
    assert bar is not None
    assert bar["height"] < 760 / 6
