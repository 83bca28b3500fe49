"""Making one row of two: what is chosen on screen, is what happens."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.contractpartij import Contractpartij
from models.samenwerkingspartner import Samenwerkingspartner
from tests import factories as f
from tests.e2e.demo import ACHTERHOEK, As, Demo
from tests.e2e.hands import button

PARTNERS = "/stamdata/samenwerkingspartners/"


def twee(demo: Demo) -> tuple[int, int]:
    with demo.session() as session:
        partij = session.scalars(select(Contractpartij).filter_by(naam=ACHTERHOEK)).one()
        een, ander = (
            f.maak_samenwerkingspartner(session, partij, naam=naam, plaats=plaats, website=None,
                                        contactpersoon=naam, email=email)
            for naam, plaats, email in (("Zz Atelier", "Ede", "a@atelier.example"),
                                        ("Zz Dansstudio", "Epe", None))
        )  # fmt: skip
        session.commit()
        return een.id, ander.id


def gekozen(page: Page) -> dict[str, str]:
    chosen = page.locator("form[data-merge] input[type=radio]:checked")
    found: dict[str, str] = chosen.evaluate_all(
        "radios => Object.fromEntries(radios.map(r => [r.name, r.value]))"
    )
    return found


def test_velden_volgen_wie_overblijft(als: As, demo: Demo) -> None:
    een, ander = twee(demo)
    page = als("datamanager")
    page.goto(f"{PARTNERS}?search=Zz")
    for n in (1, 2):
        page.get_by_role("checkbox", name="selecteren").nth(n).check()
    button(page, "Samenvoegen…").click()
    eerst = gekozen(page)
    blijft, weg = (een, ander) if eerst["blijft"] == str(een) else (ander, een)
    # Chosen by hand, though it was chosen already: it stays when the other row stays.
    page.locator(f"input[name=veld_plaats][value='{blijft}']").click()
    page.locator(f"input[name=blijft][value='{weg}']").check()
    nu = gekozen(page)
    assert nu["veld_plaats"] == str(blijft)
    assert nu["veld_naam"] == nu["veld_contactpersoon"] == str(weg)
    # One of them has no address: what there is, is proposed.
    assert nu["veld_email"] == str(een)

    button(page, "Voorbeeld bekijken").click()
    expect(button(page, "Doorvoeren")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Plaats")
    button(page, "Aanpassen").click()
    expect(page.get_by_text("Blijft over")).to_be_visible()
    assert gekozen(page) == nu
    # And it still is a choice by hand.
    page.locator(f"input[name=blijft][value='{blijft}']").check()
    page.locator(f"input[name=blijft][value='{weg}']").check()
    assert gekozen(page) == nu
    button(page, "Voorbeeld bekijken").click()
    button(page, "Doorvoeren").click()
    expect(button(page, "Ongedaan maken")).to_be_visible()
    with demo.session() as session:
        rij = session.get_one(Samenwerkingspartner, weg)
        plaatsen = {een: "Ede", ander: "Epe"}
        namen = {een: "Zz Atelier", ander: "Zz Dansstudio"}
        assert (rij.naam, rij.plaats) == (namen[weg], plaatsen[blijft])
        assert rij.email == "a@atelier.example"
