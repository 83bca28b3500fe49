"""Handleiding 3: a year in each of the four werkwijzen, by the words on the screen."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.demo import As, Demo
from tests.e2e.hands import (
    arrow,
    button,
    choose_school,
    choose_several,
    field,
    link,
    menu,
    multi,
    row_of,
    says,
    tab,
)
from tests.support.browser import Watch

PROJECT = "CMK Project voorbeeld"
GRUTTERIJ = ("aalten grut", "IKC de Grutterij")
MARJOLEIN = ("marjolein aalten", "CBS de Wilde Marjolein")
PROGRAMMA = "Het ontwikkelen van een programma op cultuureducatie"
OVERKOEPELEND = "Overkoepelende activiteiten"


@dataclass(frozen=True)
class Lines:
    """What is typed for an activity. schools: what is typed and who is meant, with leerkrachten;
    lasten: toelichting, bedrag and day of payment."""

    naam: str
    doel: str
    duur: str
    schools: tuple[tuple[tuple[str, str], str], ...]
    lasten: tuple[tuple[str, str, str], ...]
    aantal: str = ""
    totaal: bool = False
    partners: tuple[str, ...] = ()


@pytest.fixture
def year(als: As, demo: Demo) -> Page:
    """An empty year, opened from the menu by the title of its project (Handleiding 2.1)."""
    demo.nieuw_project(PROJECT)
    page = als("projectleider")
    page.goto("/")
    menu(page, "Projecten")
    link(page, PROJECT).click()
    link(page.get_by_role("table"), PROJECT).click()
    return page


def _werkwijze(page: Page, name: str) -> None:
    """ "Deze werkwijze hanteer je gedurende dat hele verantwoordingsjaar." """
    tab(page, "Details").click()
    link(page, "Wijzigen").click()
    field(page, "Werkwijze").select_option(name)
    button(page, "Bewaren").click()
    expect(page.get_by_role("main")).to_contain_text(name)
    tab(page, "Activiteiten").click()
    expect(page.get_by_role("main")).to_contain_text(f"Zo werk je met werkwijze {name[0]}")


def _enter(page: Page, lines: Lines) -> None:
    """Handleiding 2.2: all three parts of "+Nieuw", saved together."""
    tab(page, "Activiteiten").click()
    link(page, "+Nieuw").first.click()
    field(page, "Naam").fill(lines.naam)
    field(page, "CMK-doel").select_option(lines.doel)
    field(page, "Aantal activiteiten").fill(lines.aantal)
    field(page, "Duur activiteit (uren)").fill(lines.duur)
    if lines.totaal:
        field(page, "De duur is").select_option("uur in totaal")
    field(page, "Periode van").fill("01-01-2026")
    field(page, "Periode tot en met").fill("31-12-2026")
    choose_several(page, "Doelgroepen", ["leerkrachten"])
    if lines.partners:
        choose_several(page, "Samenwerkingspartners", lines.partners)
    for number, (school, teachers) in enumerate(lines.schools, start=1):
        row = _row(page, "School", number)
        choose_school(page, row, *school)
        field(row, "Aantal leerkrachten").fill(teachers)
    for number, last in enumerate(lines.lasten, start=1):
        _last(_row(page, "Last", number), *last)
    button(page, "Bewaren").click()
    says(page, f"Activiteit “{lines.naam}” is toegevoegd")
    expect(page.get_by_text("compleet", exact=True)).to_be_visible()


def _row(page: Page, word: str, number: int) -> Locator:
    if number > 1:
        button(page, f"{word} toevoegen").click()
    return page.get_by_role("group", name=f"{word} {number}", exact=True)


def _last(row: Locator, toelichting: str, bedrag: str, betaald: str) -> None:
    field(row, "Toelichting").fill(toelichting)
    field(row, "Bedrag").fill(bedrag)
    field(row, "Betaald op").fill(betaald)


def _to_year(page: Page) -> None:
    link(page, "Verantwoording 2026").click()


def _view(page: Page, name: str) -> None:
    _to_year(page)
    link(page.get_by_role("navigation", name="Weergave"), name).click()


ZAAL, DOCENT = ("Huur zaal", "150", "11-05-2026"), ("Voorbeeldlessen", "400", "10-02-2026")


def test_werkwijze_a_overzicht_per_school(year: Page) -> None:
    """One activity for each school, kept up through the year on its own tabs."""
    page = year
    _werkwijze(page, "A – Overzicht per school")
    _enter(page, Lines("IKC de Grutterij", PROGRAMMA, "1,5", ((GRUTTERIJ, "3"),), (DOCENT,), "4"))
    tab(page, "Financieel overzicht").click()
    link(page, "+Nieuwe last").click()
    _last(page.get_by_role("group", name="Last 2", exact=True), *ZAAL)
    button(page, "Bewaren").click()
    expect(page.get_by_role("main")).to_contain_text("totaal € 550,00")
    tab(page, "Samenwerkingspartners").click()
    link(page, "Wijzigen").click()
    choose_several(page, "Samenwerkingspartners", ["Dansstudio Beweeg"])
    button(page, "Bewaren").click()
    expect(row_of(page, "Dansstudio Beweeg")).to_be_visible()
    tab(page, "Scholen").click()
    link(page, "Wijzigen").click()
    field(page.get_by_role("group", name="School 1", exact=True), "Aantal leerkrachten").fill("5")
    button(page, "Bewaren").click()
    expect(row_of(page, "IKC de Grutterij")).to_contain_text("5")
    tab(page, "Details").click()
    link(page, "Wijzigen").click()
    field(page, "Aantal activiteiten").fill("6")
    button(page, "Bewaren").click()
    expect(page.get_by_role("main")).to_contain_text("9,0")
    _view(page, "Per school")
    school = page.get_by_role("table", name="Per school").get_by_role("row", name="Grutterij")
    for text in ("6", "9,0", "5", "€ 550,00"):
        expect(school).to_contain_text(text)


def test_werkwijze_b_overzicht_per_activiteit(year: Page) -> None:
    """Several activities for a school, an overkoepelende with two: the overview holds them all."""
    page = year
    _werkwijze(page, "B – Overzicht per activiteit")
    _enter(page, Lines("Danslessen", PROGRAMMA, "1,5", ((GRUTTERIJ, "3"),), (DOCENT,), "4"))
    _to_year(page)
    both = ((GRUTTERIJ, "2"), (MARJOLEIN, "4"))
    _enter(page, Lines("Training", OVERKOEPELEND, "4", both, (ZAAL,)))
    expect(page.get_by_text("voor meerdere scholen", exact=True)).to_be_visible()
    _view(page, "Per school")
    table = page.get_by_role("table", name="Per school")
    grutterij = table.get_by_role("row", name="IKC de Grutterij")
    for text in ("Danslessen", "Training", "10,0", "€ 400,00"):
        expect(grutterij).to_contain_text(text)
    expect(table.get_by_role("row", name="Voor meerdere scholen lasten")).to_contain_text(
        "€ 150,00"
    )
    menu(page, "Rapportages")
    button(page, "Downloaden").click()
    for name in ("Totaaloverzicht", "Financieel", "Prestatie en bereik", "Schoolbestuur"):
        expect(button(page, name)).to_be_visible()


def test_werkwijze_c_periodiek_overzicht(year: Page) -> None:
    """The costs of each quarter, as the bookkeeping has paid them."""
    page = year
    _werkwijze(page, "C – Periodiek overzicht")
    lines = Lines(PROGRAMMA[:40], PROGRAMMA, "6", ((GRUTTERIJ, "3"),), (DOCENT,), totaal=True)
    _enter(page, lines)
    tab(page, "Financieel overzicht").click()
    link(page, "+Nieuwe last").click()
    _last(page.get_by_role("group", name="Last 2", exact=True), *ZAAL)
    button(page, "Bewaren").click()
    expect(page.get_by_role("main")).to_contain_text("totaal € 550,00")
    _view(page, "Per kwartaal")
    line = page.get_by_role("table", name="Lasten per kwartaal").get_by_role("row", name=PROGRAMMA)
    cells = line.get_by_role("cell")
    shown = [text.replace("\xa0", " ") for text in cells.all_inner_texts()]
    assert shown[1:6] == ["€ 400,00", "€ 150,00", "–", "–", "–"]


def test_werkwijze_d_verantwoording(year: Page) -> None:
    """At the end of the year, per part of the begroting: all partners, all schools."""
    page = year
    _werkwijze(page, "D – Verantwoording")
    schools = ((GRUTTERIJ, "3"), (MARJOLEIN, "4"))
    partners = ("Dansstudio Beweeg", "Atelier Verf & Vuur")
    lines = Lines("Programma", PROGRAMMA, "40", schools, (DOCENT, ZAAL), "12", True, partners)
    _enter(page, lines)
    expect(page.get_by_role("main")).to_contain_text("40,0")
    tab(page, "Scholen").click()
    expect(page.get_by_role("main")).to_contain_text("2 scholen · 7 leerkrachten")
    tab(page, "Samenwerkingspartners").click()
    for partner in partners:
        expect(row_of(page, partner)).to_be_visible()
    tab(page, "Financieel overzicht").click()
    expect(page.get_by_role("main")).to_contain_text("2 lasten · totaal € 550,00")
    _to_year(page)
    tab(page, "Financieel overzicht").click()
    expect(page.get_by_role("table", name="Lasten per activiteit")).to_contain_text("€ 550,00")


def test_activiteiten_klaarzetten_per_school(year: Page, watch: Watch) -> None:
    """Werkwijze A: "Je maakt per school een activiteit aan", all at once, and once more."""
    page = year
    _werkwijze(page, "A – Overzicht per school")
    expect(page.get_by_role("heading", name="Nog geen activiteiten")).to_be_visible()
    link(page, "Activiteiten klaarzetten…").first.click()
    watch.allow("422")
    button(page, "Voorbeeld tonen").click()
    expect(multi(page, "Scholen")).to_contain_text("Dit veld is verplicht.")
    _frame(page, "Scholen", "IKC de Grutterij", "CBS de Wilde Marjolein")
    choose_several(page, "Doelgroepen", ["leerkrachten"])
    field(page, "CMK-doel").select_option(PROGRAMMA)
    assert _foreseen(page) == ["CBS de Wilde Marjolein", "IKC de Grutterij"]
    button(page, "Klaarzetten").click()
    says(page, "2 activiteiten klaargezet.")
    row = row_of(page, "IKC de Grutterij")
    expect(row).to_contain_text("leerkrachten, lasten")
    expect(page.get_by_role("complementary")).to_contain_text("2 activiteiten zonder uren")
    link(row, "IKC de Grutterij").click()
    expect(page.get_by_role("main")).to_contain_text("t/m 31 december 2026")
    _to_year(page)
    # The frame is completed with a school that joins later; what is there stays.
    link(page, "Activiteiten klaarzetten…").click()
    _frame(page, "Scholen", "IKC de Grutterij", "Basisschool de Molenwiek")
    choose_several(page, "Doelgroepen", ["leerkrachten"])
    field(page, "CMK-doel").select_option(PROGRAMMA)
    assert _foreseen(page) == ["Basisschool de Molenwiek"]
    expect(page.get_by_role("region", name="Is er al")).to_contain_text("IKC de Grutterij")
    button(page, "Klaarzetten").click()
    says(page, "1 activiteit klaargezet.")
    button(page, "Ongedaan maken").click()
    says(page, "Ongedaan gemaakt: 1 activiteit is weer weg.")


def test_activiteiten_klaarzetten_per_kwartaal(year: Page, demo: Demo) -> None:
    """Werkwijze C: the names follow the begroting, a quarter each."""
    page = year
    demo.begroot(PROJECT, "Muziek in de klas", "Coördinatie")
    _werkwijze(page, "C – Periodiek overzicht")
    link(page, "Activiteiten klaarzetten…").first.click()
    choose_several(page, "Doelgroepen", ["leerkrachten"])
    field(page, "CMK-doel").select_option(OVERKOEPELEND)
    assert _foreseen(page) == [
        f"{post}, kwartaal {number}"
        for post in ("Coördinatie", "Muziek in de klas")
        for number in (1, 2, 3, 4)
    ]
    button(page, "Klaarzetten").click()
    says(page, "8 activiteiten klaargezet.")
    expect(row_of(page, "Coördinatie, kwartaal 3")).to_contain_text("01-07 t/m 30-09")


def _frame(page: Page, label: str, *names: str) -> None:
    """Choose by typing in the opened list."""
    arrow(page, label).click()
    for name in names:
        multi(page, label).get_by_placeholder("Typ om te zoeken").fill(name)
        multi(page, label).locator("label").filter(has_text=name).click()
    page.get_by_role("heading", level=1).click()


def _foreseen(page: Page) -> list[str]:
    """The names in the preview."""
    button(page, "Voorbeeld tonen").click()
    preview = page.get_by_role("region", name="Dit wordt er gemaakt")
    expect(preview).to_be_visible()
    return preview.get_by_role("rowheader").all_inner_texts()
