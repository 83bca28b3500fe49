"""Every kind of page there is, and how to get it on screen."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from models.contractpartij import Contractpartij
from models.lijsten import Doel
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from tests.e2e.demo import ACHTERHOEK, PROJECT, Demo
from tests.e2e.hands import button, field

LIST = "admin/model/list.html"
FORM = "admin/model/form.html"
DELETE = "admin/model/delete.html"
ACTION = "admin/model/action.html"
FAULT = "fouten/fout.html"
ACTIVITY_FORM = "activiteiten/formulier.html"
ACTIVITY_TAB = "activiteiten/tab.html"
PROJECT_TAB = "projecten/tab.html"
YEAR_TAB = "verantwoordingen/tab.html"
STEP = "verantwoordingen/stap.html"
BULK = "bulk/kiezen.html"
ACTIVITIES = "/beheer/activiteiten/?columns=doelgroepen&columns=omschrijving"
YEAR = "/verantwoordingen/{jaar}/activiteiten"

MUZIEK = "Muziek in de klas"


@dataclass(frozen=True)
class Scherm:
    """A page: who looks, where it is, which template makes it, what is done to it first.

    status: of the answer that is left on screen.
    """

    naam: str
    rol: str
    adres: str
    template: str
    status: int = 200
    doe: Callable[[Page, Demo], None] | None = None

    def __str__(self) -> str:
        return self.naam.replace(" ", "_")

    def url(self, demo: Demo) -> str:
        return self.adres.format(**ids(demo)) if "{" in self.adres else self.adres


def ids(demo: Demo) -> dict[str, int]:
    return {
        "project": demo.id(Project, titel=PROJECT),
        "jaar": demo.verantwoording(),
        "dicht": demo.verantwoording(jaar=2025),
        "act": demo.activiteit(MUZIEK),
        "act_dicht": demo.activiteit(MUZIEK, jaar=2025),
        "act_leeg": demo.activiteit("Monitoring en evaluatie"),
        "partner": demo.id(Samenwerkingspartner, naam="Dansstudio Beweeg"),
        "school": demo.id(School),
        "partij": demo.id(Contractpartij, naam=ACHTERHOEK),
        "doel": demo.id(Doel),
    }


# --- what is done before the page is looked at ---------------------------------------


def bewaar(page: Page, demo: Demo) -> None:
    """Send the form as it is: empty."""
    button(page, "Bewaren").click()
    page.get_by_role("alert").first.wait_for()


def wachtwoord(page: Page, demo: Demo) -> None:
    page.get_by_label("E-mailadres").fill("projectleider@demo.example")
    page.get_by_label("Wachtwoord").fill("niet het wachtwoord")
    button(page, "Inloggen").click()
    page.get_by_role("alert").first.wait_for()


def code(page: Page, demo: Demo) -> None:
    from cmk_admin.demo.accounts import DEMO_PASSWORD

    page.get_by_label("E-mailadres").fill("datamanager@demo.example")
    page.get_by_label("Wachtwoord").fill(DEMO_PASSWORD)
    button(page, "Inloggen").click()
    page.get_by_label("Zescijferige code").wait_for()


def verkeerde_code(page: Page, demo: Demo) -> None:
    code(page, demo)
    page.get_by_label("Zescijferige code").fill("000000")
    button(page, "Verder").click()
    page.get_by_role("alert").first.wait_for()


def filters(page: Page, demo: Demo) -> None:
    page.locator("summary").filter(has_text="Filters").click()
    expect(button(page, "Toepassen")).to_be_visible()


def rijmenu(page: Page, demo: Demo) -> None:
    page.get_by_role("button", name="Acties voor").first.click()


def kolommen(page: Page, demo: Demo) -> None:
    button(page, "Kolommen").click()
    expect(page.get_by_label("Kolommen kiezen")).to_be_visible()


def gekozen(page: Page, demo: Demo) -> None:
    page.get_by_role("checkbox", name="selecteren").nth(1).check()


def meerkeuze(page: Page, demo: Demo) -> None:
    page.locator("summary").filter(has_text="Kies…").first.click()
    page.get_by_text("po groep 3-4").click()


def zoeklijst(page: Page, demo: Demo) -> None:
    page.get_by_role("group", name="School 1").get_by_role("combobox").fill("school")
    page.get_by_role("listbox").get_by_role("option").first.wait_for()


def cel(page: Page, demo: Demo) -> None:
    page.get_by_role("button", name="Naam van").first.click()


def dupliceer(page: Page, demo: Demo) -> None:
    gekozen(page, demo)
    button(page, "Dupliceren…").click()
    page.get_by_text("Je maakt een kopie").wait_for()


def bulk(page: Page, demo: Demo) -> None:
    """The form of Wijzigen in bulk, with one way of every kind opened."""
    gekozen(page, demo)
    button(page, "Wijzigen in bulk…").click()
    for naam, hoe in (("naam", "vervang"), ("startdatum", "schuif"), ("doelgroepen", "erbij")):
        page.locator(f"#hoe_{naam}").select_option(hoe)
    expect(page.locator("#dagen_startdatum")).to_be_visible()
    expect(page.locator("#omschrijving")).to_be_hidden()


def bulk_leeg(page: Page, demo: Demo) -> None:
    gekozen(page, demo)
    button(page, "Wijzigen in bulk…").click()
    button(page, "Voorbeeld bekijken").click()
    page.get_by_role("alert").first.wait_for()


def voorbeeld(page: Page, demo: Demo) -> None:
    page.get_by_role("checkbox", name="selecteren").first.check()
    button(page, "Wijzigen in bulk…").click()
    page.locator("#hoe_duur").select_option("procent")
    page.locator("#procent_duur").fill("10")
    button(page, "Voorbeeld bekijken").click()
    button(page, "Doorvoeren").wait_for()


def bewerking(page: Page, demo: Demo) -> None:
    voorbeeld(page, demo)
    button(page, "Doorvoeren").click()
    button(page, "Ongedaan maken").wait_for()
    page.goto("/beheer/bewerkingen/")
    page.locator("tbody th a").first.click()
    button(page, "Ongedaan maken").wait_for()


def verwijder(page: Page, demo: Demo) -> None:
    gekozen(page, demo)
    button(page, "Verwijderen…").click()
    page.get_by_text("Weet je zeker").wait_for()


def conflict(page: Page, demo: Demo) -> None:
    """Somebody else saves while this form is open."""
    field(page, "Naam").fill("Mijn naam ervoor")
    with demo.session() as session:
        row = session.get_one(Samenwerkingspartner, ids(demo)["partner"])
        row.naam = "Hun naam ervoor"
        session.commit()
    button(page, "Bewaren").click()
    page.get_by_text("intussen ook gewijzigd").first.wait_for()


SCHERMEN = (
    Scherm("inloggen", "", "/inloggen", "auth/login.html"),
    Scherm("inloggen fout", "", "/inloggen", "auth/login.html", 422, wachtwoord),
    Scherm("code", "", "/inloggen", "auth/code.html", 200, code),
    Scherm("code fout", "", "/inloggen", "auth/code.html", 422, verkeerde_code),
    Scherm("dashboard", "projectleider", "/", "dashboard/index.html"),
    Scherm("dashboard cultuur oost", "adviseur", "/", "dashboard/index.html"),
    Scherm("projecten", "projectleider", "/projecten", "projecten/index.html"),
    Scherm("projecten niets", "projectleider", "/projecten?search=zzz", "projecten/index.html"),
    *(
        Scherm(f"project {deel}", "projectleider", f"/projecten/{{project}}/{deel}", PROJECT_TAB)
        for deel in ("verantwoordingen", "financieel-overzicht", "documenten", "details")
    ),
    *(
        Scherm(f"jaar {deel}", "projectleider", f"/verantwoordingen/{{jaar}}/{deel}", YEAR_TAB)
        for deel in ("financieel-overzicht", "details", "geschiedenis")
    ),
    Scherm(
        "jaar activiteiten",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm(
        "jaar activiteiten gekozen",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        "verantwoordingen/activiteiten.html",
        200,
        gekozen,
    ),
    Scherm(
        "jaar activiteiten niets",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten?search=zzz",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm(
        "jaar gesloten",
        "projectleider",
        "/verantwoordingen/{dicht}/activiteiten",
        "verantwoordingen/activiteiten.html",
    ),
    Scherm("jaar gesloten details", "projectleider", "/verantwoordingen/{dicht}/details", YEAR_TAB),
    Scherm(
        "jaar wijzigen",
        "beheerder",
        "/verantwoordingen/{jaar}/wijzigen",
        "verantwoordingen/wijzigen.html",
    ),
    Scherm("jaar sluiten", "projectleider", "/verantwoordingen/{jaar}/sluiten", STEP),
    Scherm("jaar heropenen", "projectleider", "/verantwoordingen/{dicht}/heropenen", STEP),
    Scherm(
        "nieuwe activiteit",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
    ),
    Scherm(
        "nieuwe activiteit fouten",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        422,
        bewaar,
    ),
    Scherm(
        "nieuwe activiteit meerkeuze",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        200,
        meerkeuze,
    ),
    Scherm(
        "nieuwe activiteit scholen zoeken",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten/nieuw",
        ACTIVITY_FORM,
        200,
        zoeklijst,
    ),
    *(
        Scherm(f"activiteit {deel}", "projectleider", f"/activiteiten/{{act}}/{deel}", ACTIVITY_TAB)
        for deel in (
            "details",
            "scholen",
            "financieel-overzicht",
            "samenwerkingspartners",
            "geschiedenis",
        )
    ),
    *(
        Scherm(
            f"activiteit {deel} wijzigen",
            "projectleider",
            f"/activiteiten/{{act}}/{deel}/bewerken",
            ACTIVITY_FORM,
        )
        for deel in ("details", "scholen", "financieel-overzicht", "samenwerkingspartners")
    ),
    Scherm(
        "activiteit zonder lasten",
        "projectleider",
        "/activiteiten/{act_leeg}/financieel-overzicht",
        ACTIVITY_TAB,
    ),
    Scherm(
        "activiteit gesloten", "projectleider", "/activiteiten/{act_dicht}/details", ACTIVITY_TAB
    ),
    Scherm("lijst", "beheerder", "/stamdata/scholen/", LIST),
    Scherm("lijst leeg", "beheerder", "/beheer/taken/", LIST),
    Scherm("lijst niets gevonden", "beheerder", "/stamdata/scholen/?search=zzzz", LIST),
    Scherm("lijst filters open", "beheerder", "/stamdata/scholen/", LIST, 200, filters),
    Scherm("lijst gefilterd", "beheerder", "/stamdata/scholen/?soort=bo&sort=-naam", LIST),
    Scherm(
        "lijst rijmenu", "projectleider", "/stamdata/samenwerkingspartners/", LIST, 200, rijmenu
    ),
    Scherm("lijst gekozen", "beheerder", "/beheer/activiteiten/", LIST, 200, gekozen),
    Scherm("lijst cel", "projectleider", "/stamdata/samenwerkingspartners/", LIST, 200, cel),
    Scherm("formulier", "projectleider", "/stamdata/samenwerkingspartners/new/", FORM),
    Scherm(
        "formulier fouten",
        "projectleider",
        "/stamdata/samenwerkingspartners/new/",
        FORM,
        422,
        bewaar,
    ),
    Scherm(
        "formulier conflict",
        "projectleider",
        "/stamdata/samenwerkingspartners/edit/?id={partner}",
        FORM,
        409,
        conflict,
    ),
    Scherm("formulier school", "beheerder", "/stamdata/scholen/edit/?id={school}", FORM),
    Scherm("formulier bestand", "beheerder", "/beheer/documenten/new/", FORM),
    Scherm("jaar openen", "beheerder", "/beheer/jaar-openen", FORM),
    Scherm(
        "details",
        "projectleider",
        "/stamdata/samenwerkingspartners/details/?id={partner}",
        "admin/model/details.html",
    ),
    Scherm("verwijderen", "projectleider", "/beheer/activiteiten/delete/?id={act}", DELETE),
    Scherm("verwijderen kan niet", "beheerder", "/stamdata/scholen/delete/?id={school}", DELETE),
    Scherm(
        "verwijderen lijst",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        DELETE,
        200,
        verwijder,
    ),
    Scherm(
        "dupliceren",
        "projectleider",
        "/verantwoordingen/{jaar}/activiteiten",
        ACTION,
        200,
        dupliceer,
    ),
    Scherm("bulk kiezen", "projectleider", YEAR, BULK, 200, bulk),
    Scherm("bulk niets", "projectleider", YEAR, BULK, 422, bulk_leeg),
    Scherm("bulk voorbeeld", "projectleider", YEAR, "bulk/voorbeeld.html", 200, voorbeeld),
    Scherm("bewerking", "projectleider", YEAR, "bewerkingen/details.html", 200, bewerking),
    Scherm("lijst kolommen", "datamanager", ACTIVITIES, LIST, 200, kolommen),
    Scherm("mijn gegevens", "projectleider", "/mijn-gegevens", "mijn_gegevens/index.html"),
    Scherm("beheer", "beheerder", "/beheer/", "beheer/index.html"),
    Scherm("rechten", "beheerder", "/beheer/rechten", "beheer/rechten.html"),
    Scherm("fout 403", "routebegeleider", "/verantwoordingen/{jaar}/sluiten", FAULT, 403),
    Scherm("fout 404", "projectleider", "/bestaat/niet", FAULT, 404),
    Scherm("fout 404 anoniem", "", "/static/bestaat-niet.css", FAULT, 404),
    Scherm("fout 409", "projectleider", "/verantwoordingen/{dicht}/activiteiten/nieuw", FAULT, 409),
)
