"""One cell of a list, changed in place: by keyboard, refused there, and what the list shows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from models.activiteit import Last
from models.samenwerkingspartner import Samenwerkingspartner
from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, link, row_of
from tests.e2e.scherm import MUZIEK
from tests.support.browser import Watch

PARTNER = "Dansstudio Beweeg"


@pytest.fixture
def cel(als: As) -> Callable[[str, str], Page]:
    """The list of partners with one cell being changed."""

    def open_(kolom: str, partner: str) -> Page:
        page = als("projectleider")
        page.goto("/stamdata/samenwerkingspartners/")
        button(page, f"{kolom} van {partner} wijzigen").click()
        return page

    return open_


def test_een_cel_wijzigen_met_enter(cel: Callable[[str, str], Page], demo: Demo) -> None:
    page = cel("Plaats", PARTNER)
    box = page.get_by_role("textbox", name=f"Plaats van {PARTNER} wijzigen")
    expect(box).to_be_focused()
    expect(box).to_have_value("Lichtenvoorde")
    box.fill("Ruurlo")
    box.press("Enter")
    expect(box).to_have_count(0)
    expect(row_of(page, PARTNER)).to_contain_text("Ruurlo")
    expect(button(page, f"Plaats van {PARTNER} wijzigen")).to_be_focused()
    assert demo.count(Samenwerkingspartner, naam=PARTNER, plaats="Ruurlo") == 1


def test_een_cel_laten_met_escape(cel: Callable[[str, str], Page], demo: Demo) -> None:
    page = cel("Plaats", PARTNER)
    box = page.get_by_role("textbox", name=f"Plaats van {PARTNER} wijzigen")
    box.fill("Ruurlo")
    box.press("Escape")
    expect(box).to_have_count(0)
    expect(row_of(page, PARTNER)).to_contain_text("Lichtenvoorde")
    assert demo.count(Samenwerkingspartner, plaats="Ruurlo") == 0


@pytest.mark.parametrize(
    ("kolom", "getypt", "zegt"),
    [
        ("E-mailadres", "geen adres", "Vul een geldig e-mailadres in."),
        ("Naam", "", "Dit veld is verplicht."),
        ("Naam", "Atelier Verf & Vuur", "Deze samenwerkingspartner staat er al."),
    ],
)
def test_een_fout_in_een_cel(
    cel: Callable[[str, str], Page], watch: Watch, demo: Demo, kolom: str, getypt: str, zegt: str
) -> None:
    page = cel(kolom, PARTNER)
    watch.allow("422")
    box = page.get_by_role("textbox", name=f"{kolom} van {PARTNER} wijzigen")
    box.fill(getypt)
    box.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(zegt)
    expect(box).to_be_focused()
    expect(box).to_have_value(getypt)
    expect(box).to_have_attribute("aria-invalid", "true")
    box.press("Escape")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert demo.count(Samenwerkingspartner, naam=PARTNER) == 1


@pytest.mark.parametrize(
    ("kolom", "getypt", "status"),
    [("Contactpersoon", "Fem", 200), ("E-mailadres", "geen adres", 422)],
)
def test_het_antwoord_op_een_cel_stoort_wie_verder_typt(
    cel: Callable[[str, str], Page], watch: Watch, demo: Demo, kolom: str, getypt: str, status: int
) -> None:
    """Saved or refused: the next cell keeps the focus and what is half typed in it."""
    page = cel(kolom, PARTNER)
    watch.allow("422")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    page.route("**/ajax/update/", hold)
    first = page.get_by_role("textbox", name=f"{kolom} van {PARTNER} wijzigen")
    first.fill(getypt)
    first.press("Tab")
    button(page, f"Plaats van {PARTNER} wijzigen").press("Enter")
    box = page.get_by_role("textbox", name=f"Plaats van {PARTNER} wijzigen")
    box.fill("Ruurl")
    with page.expect_response("**/ajax/update/") as answered:
        sent[0].continue_()
    assert answered.value.status == status
    if status == 200:
        expect(first).to_have_count(0)
    else:
        expect(page.get_by_role("alert")).to_have_text("Vul een geldig e-mailadres in.")
    expect(box).to_be_focused()
    expect(box).to_have_value("Ruurl")
    assert len(sent) == 1
    assert demo.count(Samenwerkingspartner, plaats="Ruurl") == 0


def test_alleen_een_bedrag_verliest_zijn_euroteken(als: As, demo: Demo) -> None:
    """An amount is typed bare; words that begin with an amount are words."""
    words = "€ 500 bijdrage muziek"
    with demo.session() as session:
        last = session.get_one(Last, demo.id(Last, activiteit_id=demo.activiteit(MUZIEK)))
        last.toelichting, last.bedrag = words, 12_50
        id_ = last.id
        session.commit()
    page = als("beheerder")
    page.goto("/beheer/lasten/?search=bijdrage+muziek")
    button(page, f"Bedrag van {words} wijzigen").click()
    box = page.get_by_role("textbox", name=f"Bedrag van {words} wijzigen")
    expect(box).to_have_value("12,50")
    box.press("Escape")
    button(page, f"Toelichting van {words} wijzigen").click()
    box = page.get_by_role("textbox", name=f"Toelichting van {words} wijzigen")
    expect(box).to_have_value(words)
    box.press("End")
    box.type("les")
    box.press("Enter")
    expect(box).to_have_count(0)
    assert demo.count(Last, id=id_, toelichting=f"{words}les") == 1


def test_een_gewijzigde_rij_is_wat_de_lijst_ervan_toont(
    cel: Callable[[str, str], Page], demo: Demo
) -> None:
    """Its name is still a link, and what is spoken of the row has the new one."""
    new = "Dansstudio Zwaai"
    page = cel("Naam", PARTNER)
    page.get_by_role("textbox", name=f"Naam van {PARTNER} wijzigen").fill(new)
    page.keyboard.press("Enter")
    expect(button(page, f"Naam van {new} wijzigen")).to_be_focused()
    row = row_of(page, new)
    expect(link(row, new)).to_have_attribute("href", re.compile(r"/samenwerkingspartners/"))
    button(page, f"Plaats van {new} wijzigen").click()
    page.get_by_role("textbox", name=f"Plaats van {new} wijzigen").fill("")
    page.keyboard.press("Enter")
    expect(row.locator(".muted").filter(has_text="–")).to_have_count(1)

    def spoken() -> list[str | None]:
        found = row.locator("[aria-label]").all()
        return [element.get_attribute("aria-label") for element in found]

    now, html = spoken(), row.inner_html()
    assert not [label for label in now if PARTNER in (label or "")]
    page.reload()
    expect(button(page, f"Plaats van {new} wijzigen")).to_have_count(1)
    assert spoken() == now
    assert row.inner_html().split() == html.replace(' class="saved"', "").split()
