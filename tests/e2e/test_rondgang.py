"""What a project leader meets on a walk through the portal, with only the manual in hand."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.activiteit import Activiteit, Last
from models.lijsten import Sector
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, choose_school, choose_several, field, row_menu
from tests.support.browser import Watch


def _nieuw(page: Page, demo: Demo) -> None:
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")


def _scholen(demo: Demo) -> tuple[str, str]:
    """A school of the project's sector, and one of another."""
    with demo.session() as session:
        found = []
        for naam in ("po/go", "vo"):
            id_ = demo.id(School, sector_id=demo.id(Sector, naam=naam))
            found.append(session.get_one(School, id_).naam)
        return found[0], found[1]


def test_een_school_van_een_andere_sector(als: As, demo: Demo) -> None:
    """It is told under the school as long as that is chosen, and the field says so itself."""
    page = als("projectleider")
    _nieuw(page, demo)
    po, vo = _scholen(demo)
    row = page.get_by_role("group", name="School 1")
    choose_school(page, row, vo, vo)
    notice = row.locator("p.field-notice")
    expect(notice).to_have_text("Hoort bij vo; dit project is voor po/go.")
    school = row.get_by_role("combobox")
    expect(school).to_have_accessible_description("Hoort bij vo; dit project is voor po/go.")
    choose_school(page, row, po, po)
    expect(notice).to_have_count(0)
    expect(school).to_have_accessible_description("")


def test_een_fout_gaat_weg_zodra_het_veld_verandert(als: As, demo: Demo, watch: Watch) -> None:
    """And is back when what was sent is back; the summary says which are changed."""
    page = als("projectleider")
    watch.allow("422")
    _nieuw(page, demo)
    last = page.get_by_role("group", name="Last 1")
    field(last, "Leverancier").fill("Busbedrijf")
    button(page, "Bewaren").click()
    summary = page.get_by_role("alert").first
    expect(summary).to_be_focused()
    height = page.locator("form.form").evaluate("form => form.offsetHeight")
    for label, typed, place in (("Naam", "Muziek", page), ("Toelichting", "Bus", last)):
        control = field(place, label)
        fault = page.locator(f"[id='{control.get_attribute('id')}-fout']")
        expect(fault).to_be_visible()
        control.fill(typed)
        expect(fault).to_be_hidden()
        expect(control).not_to_have_attribute("aria-invalid", "true")
        expect(control).to_have_accessible_description("")
        control.fill("")
        expect(fault).to_be_visible()
        expect(control).to_have_attribute("aria-invalid", "true")
        control.fill(typed)
    now = page.locator("form.form").evaluate("form => form.offsetHeight")
    assert now == height, "nothing moves under the mouse"
    field(page, "CMK-doel").select_option(index=1)
    choose_several(page, "Doelgroepen", ["leerkrachten"])
    past = summary.locator("li.past")
    expect(past).to_have_count(4)
    expect(past.filter(has_text="Doelgroepen")).to_have_count(1)
    expect(summary.locator("li:not(.past)").filter(has_text="Periode van")).to_have_count(1)


def test_een_fout_in_een_cel_gaat_weg_bij_het_typen(als: As, demo: Demo, watch: Watch) -> None:
    """And leaving the cell then saves what was typed instead."""
    page = als("projectleider")
    watch.allow("422")
    page.goto("/stamdata/samenwerkingspartners/")
    naam = "Dansstudio Beweeg"
    button(page, f"E-mailadres van {naam} wijzigen").click()
    box = page.get_by_role("textbox", name=f"E-mailadres van {naam} wijzigen")
    box.fill("geen adres")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Vul een geldig e-mailadres in.")
    box.fill("dans@voorbeeld.example")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(box).not_to_have_attribute("aria-invalid", "true")
    box.blur()
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    assert demo.count(Samenwerkingspartner, email="dans@voorbeeld.example") == 1


def test_geplakte_bedragen_en_een_negatieve_duur(als: As, demo: Demo, watch: Watch) -> None:
    """One euro sign at the field, also when the form comes back; no hours below nothing."""
    page = als("projectleider")
    watch.allow("422")
    _nieuw(page, demo)
    total = page.locator(".totals")
    field(page, "Duur activiteit (uren)").fill("-3")
    field(page, "Aantal activiteiten").fill("2")
    expect(total).to_contain_text("0,0 uur")
    expect(total).not_to_contain_text("-")
    amount = field(page.get_by_role("group", name="Last 1"), "Bedrag")
    amount.press_sequentially("250 euro")
    amount.blur()
    expect(amount).to_have_value("250")
    amount.fill("€ 1.250,00")
    amount.blur()
    expect(amount).to_have_value("1.250,00")
    expect(total).to_contain_text("€ 1.250,00")
    button(page, "Bewaren").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    expect(total).to_contain_text("0,0 uur")
    expect(total).not_to_contain_text("-")
    expect(amount).to_have_value("1.250,00")


@pytest.mark.parametrize("width", [768, 1024])
def test_mensen_past_op_een_tablet(als: As, width: int) -> None:
    """Every column is in sight, beside the menu of the row."""
    page = als("beheerder")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/beheer/mensen/")
    region = page.get_by_role("region", name="Mensen")
    assert region.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    head = page.get_by_role("columnheader", name="Laatst ingelogd").bounding_box()
    menu = page.get_by_role("columnheader", name="Acties").bounding_box()
    assert head is not None
    assert menu is not None
    assert head["x"] + head["width"] <= menu["x"] + 1


def test_het_totaal_volgt_een_bedrag_dat_verandert(als: As, demo: Demo) -> None:
    """It is that of all that was found, as the server adds it up."""
    with demo.session() as session:
        of_year = Last.activiteit.has(verantwoording_id=demo.verantwoording())
        rows = session.scalars(select(Last).where(of_year).order_by(Last.id).limit(12))
        for number, last in enumerate(rows):
            last.toelichting, last.bedrag = f"Optelling {number:02}", 100_00
        session.commit()
    page = als("beheerder")
    page.goto("/beheer/lasten/?search=optelling")
    foot = page.locator("tfoot")
    expect(foot).to_contain_text("Totaal van 12 lasten")
    expect(foot).to_contain_text("€ 1.200,00")
    name = "Optelling 00"
    button(page, f"Bedrag van {name} wijzigen").click()
    box = page.get_by_role("textbox", name=f"Bedrag van {name} wijzigen")
    box.fill("1.250,50")
    box.press("Enter")
    expect(foot).to_contain_text("€ 2.350,50")
    expect(page.locator("tfoot")).to_have_count(1)


def test_enter_bij_dupliceren_maakt_niets_leeg(als: As, demo: Demo) -> None:
    """It shows the preview anew: the button that empties the amounts is for whoever presses it."""
    page = als("projectleider")
    before = demo.count(Activiteit)
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
    button(row_menu(page, "Muziek in de klas"), "Dupliceren…").click()
    copies = field(page, "Aantal kopieën")
    copies.fill("2")
    copies.press("Enter")
    expect(page.get_by_role("region", name="Let op")).to_contain_text("2 kopieën samen")
    empty = page.get_by_role("checkbox", name="Bedragen leegmaken")
    expect(empty).not_to_be_checked()
    button(page, "Bedragen leegmaken").click()
    expect(empty).to_be_checked()
    expect(page.get_by_role("region", name="Let op")).to_have_count(0)
    assert demo.count(Activiteit) == before
