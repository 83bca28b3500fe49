"""What each role finds on its screens, and what it doesn't (Handleiding 1.5)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from models.activiteit import Activiteit
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Status, Verantwoording
from tests import pages
from tests.e2e.demo import ACHTERHOEK, PROJECT, As, Demo
from tests.e2e.hands import button, field, link, menu, row_menu, row_of, says, tab
from tests.e2e.scherm import MUZIEK
from tests.support.browser import Watch

PARTNER = "Dansstudio Beweeg"
#: Words of buttons that a routebegeleider must never meet on these screens.
NOOIT = ("Verwijder", "Sluiten", "sluiten…", "Heropenen", "Vaststellen", "Status wijzigen")


def _schermen(demo: Demo) -> Iterator[str]:
    """The screens of a cultuurpunt."""
    project, jaar = demo.id(Project, titel=PROJECT), demo.verantwoording()
    activiteit, partner = demo.activiteit(MUZIEK), demo.id(Samenwerkingspartner, naam=PARTNER)
    yield from ("/", "/projecten", "/stamdata/samenwerkingspartners/", "/mijn-gegevens")
    for naam in ("verantwoordingen", "financieel-overzicht", "documenten", "details"):
        yield f"/projecten/{project}/{naam}"
    for naam in ("activiteiten", "financieel-overzicht", "details", "geschiedenis"):
        yield f"/verantwoordingen/{jaar}/{naam}"
    for naam in ("details", "scholen", "financieel-overzicht", "samenwerkingspartners"):
        yield f"/activiteiten/{activiteit}/{naam}"
        yield f"/activiteiten/{activiteit}/{naam}/bewerken"
    yield f"/stamdata/samenwerkingspartners/details/?id={partner}"


def _knoppen(page: Page, address: str) -> list[str]:
    """All there is to press at an address, also in closed menus."""
    answer = page.context.request.get(address)
    assert answer.status == 200, f"{address}: {answer.status}"
    main = pages.Page(answer.text()).all("main")[0]
    return [f"{node.words} {node.get('aria-label')}" for node in main.all("a", "button")]


def _verkeerd(page: Page, address: str, words: tuple[str, ...]) -> list[str]:
    return [text for text in _knoppen(page, address) if any(word in text for word in words)]


def test_routebegeleider_verwijdert_niets_en_kent_geen_status(als: As, demo: Demo) -> None:
    page = als("routebegeleider")
    for address in _schermen(demo):
        assert not _verkeerd(page, address, NOOIT), address
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/details")
    expect(link(page, "Wijzigen")).to_have_count(0)


def test_routebegeleider_kan_wel_alles_wat_de_handleiding_zegt(als: As, demo: Demo) -> None:
    """Handleiding 1.5: "aanmaken, bekijken, dupliceren en wijzigen"."""
    page = als("routebegeleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
    expect(link(page, "+Nieuw")).to_be_visible()
    opened = row_menu(page, MUZIEK)
    for name in ("Wijzigen", "Dupliceren…"):
        expect(opened.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_text("De projectleider sluit de verantwoording.")).to_be_visible()


def test_routebegeleider_krijgt_op_het_adres_zelf_een_nederlandse_pagina(
    als: As, demo: Demo, watch: Watch
) -> None:
    page = als("routebegeleider")
    watch.allow("403")
    jaar = demo.verantwoording()
    for address in (
        f"/beheer/activiteiten/delete/?id={demo.activiteit(MUZIEK)}",
        f"/stamdata/samenwerkingspartners/delete/?id={demo.id(Samenwerkingspartner, naam=PARTNER)}",
        *(f"/verantwoordingen/{jaar}/{stap}" for stap in ("wijzigen", "sluiten", "heropenen")),
        "/beheer/",
        "/beheer/rechten",
        "/beheer/jaar-openen",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 403, address
        expect(page.get_by_role("heading", level=1)).to_have_text("Dit mag je niet")
        text = page.get_by_role("main").inner_text()
        assert "kan dit wel" in text or "Cultuur Oost" in text, f"wie kan helpen? {text}"
        expect(link(page, "Terug")).to_be_visible()


def test_routebegeleider_haalt_geen_rijen_weg(als: As, demo: Demo) -> None:
    """ "volledig als per onderdeel (zoals per school of financieel overzicht)"."""
    page = als("routebegeleider")
    for deel in ("scholen", "financieel-overzicht"):
        page.goto(f"/activiteiten/{demo.activiteit(MUZIEK)}/{deel}/bewerken")
        expect(page.get_by_role("group", name="1", exact=False).first).to_be_visible()
        stored = page.locator("[data-row]").first
        expect(stored.get_by_role("button", name="verwijderen")).to_have_count(0)
    page = als("projectleider")
    page.goto(f"/activiteiten/{demo.activiteit(MUZIEK)}/scholen/bewerken")
    expect(button(page, "School 1 verwijderen")).to_be_visible()


def test_dubbel_ziet_beide_contractpartijen_met_andere_knoppen(als: As, demo: Demo) -> None:
    """Handleiding 1.5: "Heb je meerdere contractpartijen … Dan zie je deze terug"."""
    page = als("dubbel")
    page.goto("/")
    for titel in ("CMK Veluwerand po/go", "CMK Tussen de Rivieren po/go"):
        expect(link(page, titel)).to_be_visible()
    menu(page, "Projecten")
    expect(page.get_by_role("row")).to_have_count(3)
    leider, begeleider = (
        demo.verantwoording(titel)
        for titel in ("CMK Veluwerand po/go", "CMK Tussen de Rivieren po/go")
    )
    address = f"/verantwoordingen/{leider}/activiteiten"
    page.goto(address)
    expect(link(page, "Verantwoording sluiten…")).to_be_visible()
    assert _verkeerd(page, address, ("Verwijderen…",))
    address = f"/verantwoordingen/{begeleider}/activiteiten"
    page.goto(address)
    expect(link(page, "+Nieuw")).to_be_visible()
    expect(link(page, "Verantwoording sluiten…")).to_have_count(0)
    assert not _verkeerd(page, address, ("Verwijderen…",))
    tab(page, "Details").click()
    expect(link(page, "Wijzigen")).to_have_count(0)


def test_dubbel_kiest_bij_een_nieuwe_partner_de_contractpartij(als: As) -> None:
    page = als("dubbel")
    page.goto("/stamdata/samenwerkingspartners/")
    link(page, "+Nieuwe samenwerkingspartner").click()
    options = field(page, "Contractpartij").get_by_role("option").all_inner_texts()
    assert options == ["Kies…", "Cultuurpunt Tussen de Rivieren", "Cultuurpunt Veluwerand"]


#: What would change something.
WIJZIGT = ("+Nieuw", "Wijzigen", "Verwijder", "Dupliceren", "Bewaren", "sluiten…", "Heropenen")


def test_adviseur_ziet_alles_en_wijzigt_niets(als: As, demo: Demo) -> None:
    """Handleiding 1.5: "heeft inzage in alle gegevens binnen het portaal"."""
    page = als("adviseur")
    menu_of = page.goto("/projecten")
    assert menu_of is not None
    for titel in (PROJECT, "CMK Veluwerand po/go", "CMK Liemers en IJssel po/go"):
        expect(link(page, titel)).to_be_visible()
    for address in _schermen(demo):
        # One's own name is everybody's to change (Handleiding 2.8).
        if address.endswith(("/bewerken", "/mijn-gegevens")):
            continue
        assert not _verkeerd(page, address, WIJZIGT), address


@pytest.mark.parametrize("role", ["adviseur", "datamanager"])
def test_cultuur_oost_ziet_alle_verantwoordingen_op_het_dashboard(als: As, role: str) -> None:
    page = als(role)
    page.goto("/")
    table = page.get_by_role("table", name="Actieve verantwoordingen")
    # Five projects, each with an open year and the closed one before it.
    expect(table.get_by_role("row")).to_have_count(11)
    lacking = row_of(page, "CMK Liemers en IJssel po/go").filter(has_text="nog 1 nodig")
    expect(lacking).to_have_count(1)


def test_beheerder_opent_een_jaar(als: As, demo: Demo) -> None:
    page = als("beheerder")
    page.goto("/")
    menu(page, "Beheer")
    link(page, "Jaar openen…").click()
    field(page, "Kalenderjaar").fill("2027")
    button(page, "Jaar openen").click()
    says(page, "Het jaar 2027 is geopend voor 5 projecten.")
    expect(row_of(page, "2027")).to_have_count(5)
    assert demo.count(Verantwoording, kalenderjaar=2027) == 5
    # The cultuurpunt finds it without doing anything.
    page = als("projectleider")
    page.goto("/")
    headings = page.get_by_role("article").get_by_role("heading")
    expect(headings.filter(has_text="2027")).to_have_count(2)


def test_beheerder_opent_geen_onmogelijk_jaar(als: As, demo: Demo, watch: Watch) -> None:
    page = als("beheerder")
    watch.allow("422")
    page.goto("/beheer/jaar-openen")
    for jaar in ("tweeduizend", "1066", ""):
        field(page, "Kalenderjaar").fill(jaar)
        button(page, "Jaar openen").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(field(page, "Kalenderjaar")).to_have_value(jaar)
        expect(field(page, "Kalenderjaar")).to_have_attribute("aria-invalid", "true")
    assert demo.count(Verantwoording, kalenderjaar=1066) == 0


@pytest.mark.parametrize("role", ["beheerder", "projectleider"])
def test_heropenen_met_reden(als: As, demo: Demo, watch: Watch, role: str) -> None:
    """A closed year opens again for a reason, which stays to be read."""
    page = als(role)
    jaar = demo.verantwoording(jaar=2025)
    page.goto(f"/verantwoordingen/{jaar}/details")
    link(page, "Wijzigen").click()
    field(page, "Status").select_option("Open")
    button(page, "Bewaren").click()
    reason = field(page, "Waarom moet de verantwoording weer open?")
    watch.allow("422")
    button(page, "Heropenen").click()
    expect(page.get_by_role("alert")).to_contain_text("verplicht")
    reason.fill("Een factuur was vergeten.")
    button(page, "Heropenen").click()
    says(page, "De verantwoording staat weer open.")
    expect(page.get_by_role("main")).to_contain_text("Een factuur was vergeten.")
    with demo.session() as session:
        assert session.get_one(Verantwoording, jaar).status is Status.OPEN


def test_vastgesteld_heropent_alleen_een_beheerder(als: As, demo: Demo) -> None:
    jaar = demo.verantwoording(jaar=2025)
    page = als("beheerder")
    page.goto(f"/verantwoordingen/{jaar}/wijzigen")
    field(page, "Status").select_option("Vastgesteld")
    button(page, "Bewaren").click()
    button(page, "Vaststellen").click()
    says(page, "De verantwoording is vastgesteld.")
    expect(link(page, "Wijzigen")).to_be_visible()
    leider = als("projectleider")
    leider.goto(f"/verantwoordingen/{jaar}/details")
    expect(link(leider, "Wijzigen")).to_have_count(0)
    expect(leider.get_by_role("main")).to_contain_text("Alleen een beheerder")


def test_van_een_ander_is_er_niets(als: As, demo: Demo, watch: Watch) -> None:
    """Somebody else's pages don't exist, also not by their address."""
    page = als("projectleider")
    watch.allow("404")
    vreemd = demo.verantwoording("CMK Veluwerand po/go")
    for address in (
        f"/verantwoordingen/{vreemd}/activiteiten",
        f"/verantwoordingen/{vreemd}/activiteiten/nieuw",
        f"/activiteiten/{demo.id(Activiteit, verantwoording_id=vreemd)}/details",
        f"/projecten/{demo.id(Project, titel='CMK Veluwerand po/go')}/details",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(page.get_by_role("heading", level=1)).to_have_text("Deze pagina is er niet")


def test_het_menu_per_rol(als: As) -> None:
    """Handleiding 1.4; Beheer only for Cultuur Oost, and for everybody what they asked for."""
    usual = ["Dashboard", "Projecten", "Rapportages", "Stamdata", "Mijn gegevens"]
    for role in ("routebegeleider", "projectleider", "adviseur", "beheerder"):
        page = als(role)
        page.goto("/")
        column = page.get_by_role("navigation", name="Hoofdmenu")
        lines = column.locator(".menu-list > li > a, .menu-list > li > details > summary")
        beheer = ["Beheer"] if role in {"adviseur", "beheerder"} else []
        assert [line.strip() for line in lines.all_inner_texts()] == [
            *usual,
            *beheer,
            "Mijn downloads",
        ]
        column.get_by_text("Stamdata").click()
        for name in ("Samenwerkingspartners", "Schoolbesturen", "Scholen"):
            expect(link(column, name)).to_be_visible()
    page = als("projectleider")
    page.goto("/")
    expect(page.get_by_role("heading", name="Je adviseur")).to_be_visible()
    expect(page.get_by_text(ACHTERHOEK)).to_have_count(0)
