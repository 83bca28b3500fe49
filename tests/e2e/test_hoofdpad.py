"""The main path, followed by the words of the manual: only what is on the screen is clicked."""

import re

from playwright.sync_api import Page, expect

from models.activiteit import Activiteit
from models.verantwoording import Verantwoording
from tests.e2e import demo as demos
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
    row_menu,
    row_of,
    says,
    tab,
)
from tests.support.browser import Watch

#: The project of the manual's pictures.
VOORBEELD = "CMK Project voorbeeld"
PINK = "rgb(251, 220, 232)"


def test_van_eerste_activiteit_tot_gesloten(page: Page, demo: Demo, watch: Watch) -> None:
    """Handleiding 1.2, 2.1, 2.2, 2.3 and 2.4, in one go."""
    demo.nieuw_project(VOORBEELD)
    demos.log_in(page, "projectleider", demo.code("projectleider"))
    _partner_toevoegen(page, "Circus de Lange Neus")
    _naar_activiteiten(page)
    _activiteit_toevoegen(
        page, "Voorbeeldlessen dans", "marjolein aalten", "CBS de Wilde Marjolein"
    )
    _activiteit_toevoegen(page, "Teamtraining beeldend", "aalten grut", "IKC de Grutterij")
    _partner_bij_activiteit(page, "Teamtraining beeldend", "Circus de Lange Neus")
    _sluiten(page)
    _niets_meer_te_wijzigen(page, demo, watch)


def _partner_toevoegen(page: Page, naam: str) -> None:
    """Handleiding 2.3: "In het menu klik je op Stamdata > Samenwerkingspartners"."""
    menu(page, "Stamdata", "Samenwerkingspartners")
    link(page, "+Nieuwe samenwerkingspartner").click()
    field(page, "Naam").fill(naam)
    field(page, "Contactpersoon").fill("Joke Slot")
    field(page, "E-mailadres").fill("info@langeneus.example")
    field(page, "Plaats").fill("Groenlo")
    button(page, "Bewaren").click()
    says(page, f"“{naam}” is toegevoegd")
    menu(page, "Samenwerkingspartners")
    for text in (naam, "Joke Slot", "info@langeneus.example", "Groenlo"):
        expect(row_of(page, naam)).to_contain_text(text)


def _naar_activiteiten(page: Page) -> None:
    """Handleiding 2.1: menu, title of the project, four tabs, the project again, Activiteiten."""
    menu(page, "Projecten")
    link(page, VOORBEELD).click()
    for name in ("Verantwoordingen", "Financieel overzicht", "Documenten", "Details"):
        expect(tab(page, name)).to_be_visible()
    tab(page, "Verantwoordingen").click()
    link(page.get_by_role("table"), VOORBEELD).click()
    tab(page, "Activiteiten").click()
    expect(page.get_by_role("heading", name="Nog geen activiteiten")).to_be_visible()


def _activiteit_toevoegen(page: Page, naam: str, getypt: str, naam_school: str) -> None:
    """Handleiding 2.2, onderdeel 1, 2 and 3."""
    tab(page, "Activiteiten").click()
    link(page, "+Nieuw").first.click()
    field(page, "Naam").fill(naam)
    field(page, "CMK-doel").select_option(
        "Deskundigheidsbevordering van leerkrachten en culturele partners"
    )
    field(page, "Omschrijving").fill("Vier lessen van anderhalf uur.")
    field(page, "Aantal activiteiten").fill("4")
    field(page, "Duur activiteit (uren)").fill("1,5")
    field(page, "Periode van").fill("02-03-2026")
    field(page, "Periode tot en met").fill("23-03-2026")
    _doelgroepen(page)
    school = page.get_by_role("group", name="School 1")
    choose_school(page, school, getypt, naam_school)
    field(school, "Aantal leerkrachten").fill("3")
    last = page.get_by_role("group", name="Last 1")
    field(last, "Toelichting").fill("Docent en materiaal")
    field(last, "Bedrag").fill("1250")
    expect(page.get_by_text("€ 1.250,00")).to_be_visible()
    button(page, "Bewaren").click()
    says(page, f"Activiteit “{naam}” is toegevoegd")
    expect(page.get_by_text("compleet", exact=True)).to_be_visible()
    link(page, "Verantwoording 2026").click()


def _doelgroepen(page: Page) -> None:
    """Handleiding 2.2: the dropdown opens, colours pink, counts and closes."""
    choices = multi(page, "Doelgroepen")
    arrow(page, "Doelgroepen").click()
    for name in ("leerkrachten", "schoolleiding"):
        option = choices.locator("label").filter(has_text=name)
        option.click()
        expect(option).to_have_css("background-color", PINK)
        expect(option.get_by_role("checkbox")).to_be_checked()
    arrow(page, "Doelgroepen").click()
    expect(choices.get_by_role("checkbox").first).to_be_hidden()
    expect(arrow(page, "Doelgroepen")).to_have_text("2 geselecteerd")
    # "dit gebeurt automatisch zodra je ergens anders op het scherm klikt"
    arrow(page, "Doelgroepen").click()
    expect(choices.get_by_role("checkbox").first).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(choices.get_by_role("checkbox").first).to_be_hidden()


def _partner_bij_activiteit(page: Page, naam: str, partner: str) -> None:
    """Handleiding 2.3: from the dashboard to the activity "waar nog geen … aan is toegevoegd"."""
    menu(page, "Dashboard")
    link(page, VOORBEELD).click()
    tab(page, "Activiteiten").click()
    link(page.get_by_role("table"), naam).click()
    link(page, "Wijzigen").click()
    choose_several(page, "Samenwerkingspartners", [partner])
    button(page, "Bewaren").click()
    says(page, f"Details van “{naam}” bewaard")
    expect(page.get_by_role("main")).to_contain_text(partner)


def _sluiten(page: Page) -> None:
    """Handleiding 2.4."""
    link(page, "Verantwoording 2026").click()
    tab(page, "Financieel overzicht").click()
    expect(page.get_by_role("table", name="Lasten per activiteit")).to_contain_text("€ 2.500,00")
    menu(page, "Dashboard")
    expect(page.get_by_role("heading", name="Actieve verantwoordingen")).to_be_visible()
    link(page, VOORBEELD).click()
    tab(page, "Details").click()
    link(page, "Wijzigen").click()
    field(page, "Status").select_option("Gesloten")
    button(page, "Bewaren").click()
    expect(page.get_by_text("Na het sluiten kan niemand meer iets wijzigen.")).to_be_visible()
    button(page, "Verantwoording sluiten").click()
    says(page, "De verantwoording is gesloten.")
    expect(page.get_by_role("main")).to_contain_text("Er kan niets meer in gewijzigd worden.")


def _niets_meer_te_wijzigen(page: Page, demo: Demo, watch: Watch) -> None:
    """No button is left, and a form that was still open is refused."""
    tab(page, "Activiteiten").click()
    expect(link(page, "+Nieuw")).to_have_count(0)
    expect(page.get_by_role("button", name="Verwijderen…")).to_have_count(0)
    opened = row_menu(page, "Voorbeeldlessen dans")
    expect(opened.get_by_text("Wijzigen")).to_have_count(0)
    expect(opened.get_by_text("Verwijderen…")).to_have_count(0)
    page.keyboard.press("Escape")
    link(page.get_by_role("table"), "Voorbeeldlessen dans").click()
    for name in ("Details", "Scholen", "Financieel overzicht", "Samenwerkingspartners"):
        tab(page, name).click()
        expect(link(page, "Wijzigen")).to_have_count(0)
    jaar = demo.verantwoording(VOORBEELD)
    activiteit = demo.activiteit("Voorbeeldlessen dans", VOORBEELD)
    watch.allow("403", "409")
    for address in (
        f"/verantwoordingen/{jaar}/activiteiten/nieuw",
        f"/activiteiten/{activiteit}/details/bewerken",
        f"/beheer/activiteiten/delete/?id={activiteit}",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in {403, 409}, address
        expect(page.get_by_role("main")).to_contain_text("gesloten")
    _post_refused(page, f"/verantwoordingen/{jaar}/activiteiten/nieuw", naam="Nog eentje")
    _post_refused(page, f"/activiteiten/{activiteit}/details/bewerken", naam="Iets anders")
    _post_refused(page, "/beheer/activiteiten/delete/", rowid=str(activiteit))
    assert demo.count(Activiteit, verantwoording_id=jaar) == 2
    assert demo.count(Activiteit, verantwoording_id=jaar, naam="Voorbeeldlessen dans") == 1


def _post_refused(page: Page, address: str, **values: str) -> None:
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    sent = page.context.request.post(address, form={"csrf_token": token, **values})
    assert sent.status in {400, 403, 409, 422}, f"{address}: {sent.status}"


def test_wie_nog_typt_als_het_jaar_dichtgaat(als: As, demo: Demo, watch: Watch) -> None:
    """Nothing lands in a closed year, and what was typed is still to be seen."""
    jaar = demo.verantwoording()
    page = als("routebegeleider")
    page.goto(f"/activiteiten/{demo.activiteit('Muziek in de klas')}/details/bewerken")
    field(page, "Naam").fill("Te laat gewijzigd")
    with demo.session() as session:
        session.get_one(Verantwoording, jaar).sluit(None)
        session.commit()
    watch.allow("409")
    button(page, "Bewaren").click()
    expect(page.get_by_role("main")).to_contain_text("gesloten")
    expect(field(page, "Naam")).to_have_value("Te laat gewijzigd")
    assert demo.count(Activiteit, naam="Te laat gewijzigd") == 0


# --- what is missing ----------------------------------------------------------------


def test_sluiten_zegt_wat_er_ontbreekt(als: As, demo: Demo) -> None:
    """Handleiding 2.4: "minimaal 2 activiteiten met scholen en lasten volledig ingevuld"."""
    demo.nieuw_project(VOORBEELD)
    page = als("projectleider")
    page.goto("/")
    link(page, VOORBEELD).click()
    tab(page, "Details").click()
    link(page, "Wijzigen").click()
    field(page, "Status").select_option("Gesloten")
    button(page, "Bewaren").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("minimaal 2 activiteiten")
    expect(main).to_contain_text("nu zijn dat er 0")
    expect(button(page, "Verantwoording sluiten")).to_have_count(0)


#: An activity of the demo, what it lacks, and the field that the link lands on.
GEBREKEN = [
    ("Beeldcoaching in de klas", "vul het bedrag in", "Bedrag"),
    ("Mediawijs met animatie", "vul leerkrachten in", "Aantal leerkrachten"),
    ("Monitoring en evaluatie", "voer lasten in", "Toelichting"),
    ("Netwerkdag icc'ers najaar", "koppel scholen", "School"),
]


def test_de_link_brengt_je_bij_het_veld(als: As, demo: Demo) -> None:
    page = als("projectleider")
    for activiteit, woorden, veld in GEBREKEN:
        page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
        aside = page.get_by_role("complementary")
        link(aside.get_by_role("listitem").filter(has_text=activiteit), woorden).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(activiteit)
        landed = page.locator(":focus")
        expect(landed).to_be_in_viewport()
        name = landed.evaluate("e => e.labels?.[0]?.textContent ?? ''").strip()
        assert re.match(rf"{veld}\b", name), f"{activiteit}: {name}"
        expect(landed).to_have_value("")


def test_wat_ontbreekt_er_op_het_dashboard(als: As) -> None:
    """The button on the card leads to a list of just the activities that lack something."""
    page = als("projectleider")
    page.goto("/")
    link(page, "Wat ontbreekt er?").click()
    names = [name for name, _, _ in GEBREKEN]
    for name in names:
        expect(row_of(page, name)).to_be_visible()
    expect(row_of(page, "Muziek in de klas")).to_have_count(0)


def test_het_bedrag_mag_later(als: As, demo: Demo) -> None:
    """Handleiding 2.2: "Het bedrag hoef je niet direct in te vullen"."""
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")
    field(page, "Naam").fill("Zonder bedrag")
    field(page, "CMK-doel").select_option("Overkoepelende activiteiten")
    field(page, "Duur activiteit (uren)").fill("12")
    field(page, "De duur is").select_option("uur in totaal")
    field(page, "Periode van").fill("01-01-2026")
    field(page, "Periode tot en met").fill("31-12-2026")
    choose_several(page, "Doelgroepen", ["schoolleiding"])
    field(page.get_by_role("group", name="Last 1"), "Toelichting").fill("Coördinatie")
    button(page, "Bewaren").click()
    says(page, "is toegevoegd")
    tab(page, "Financieel overzicht").click()
    expect(row_of(page, "Coördinatie")).to_contain_text("nog invullen")
