"""Every kind of page there is, and how to get it on screen."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from cmk_admin.auth import interrupted, links
from models.gebruiker import Gebruiker
from models.samenwerkingspartner import Samenwerkingspartner
from models.toegang import LinkSoort
from tests.e2e.demo import ACCOUNTS, Demo
from tests.e2e.hands import button, field, says
from tests.e2e.scherm import Scherm, gekozen, ids
from tests.e2e.schermen_groot import GROOT
from tests.e2e.schermen_kwaliteit import KWALITEIT, SAMENVOEGEN

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
REPORT = "rapportages/index.html"
EXPLAINED = "rapportages/verklaar.html"

EIGEN = "/mijn-gegevens/"
TWEESTAPS = f"{EIGEN}tweestapsauthenticatie"
BULK = "bulk/kiezen.html"
ACTIVITIES = "/beheer/activiteiten/?columns=doelgroepen&columns=omschrijving"
YEAR = "/verantwoordingen/{jaar}/activiteiten"


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


def gemaild(demo: Demo, soort: LinkSoort) -> str:
    """The path of a link as it is mailed."""
    with demo.session() as session:
        link = links.make(
            session,
            soort,
            demo.id(Gebruiker, email="dubbel@demo.example"),
            demo.moment,
            "nieuw@demo.example" if soort is LinkSoort.EMAIL else None,
        )
        path = urlsplit(links.address(link)).path
        session.commit()
    return path


def activeren(page: Page, demo: Demo) -> None:
    page.goto(gemaild(demo, LinkSoort.ACTIVATIE))


def zwak_wachtwoord(page: Page, demo: Demo) -> None:
    activeren(page, demo)
    page.get_by_label("E-mailadres").fill("dubbel@demo.example")
    field(page, "Wachtwoord").fill("CultuurOost2025!")
    button(page, "Verder").click()
    page.get_by_role("alert").first.wait_for()


def app_koppelen(page: Page, demo: Demo) -> None:
    activeren(page, demo)
    page.get_by_label("E-mailadres").fill("dubbel@demo.example")
    field(page, "Wachtwoord").fill("vier blauwe lampen op zolder")
    button(page, "Verder").click()
    page.get_by_text("Lukt scannen niet?").click()


def eerste_code(page: Page, demo: Demo) -> None:
    app_koppelen(page, demo)
    page.get_by_role("link", name="Ik heb de code gescand").click()
    field(page, "Zescijferige code").fill("000000")
    button(page, "Account activeren").click()
    page.get_by_role("alert").first.wait_for()


def herstelcode(page: Page, demo: Demo) -> None:
    code(page, demo)
    page.get_by_role("link", name="Gebruik een herstelcode").click()


def nieuw_wachtwoord(page: Page, demo: Demo) -> None:
    page.goto(gemaild(demo, LinkSoort.WACHTWOORD))


def bevestig_adres(page: Page, demo: Demo) -> None:
    page.goto(gemaild(demo, LinkSoort.EMAIL))


def nieuwe_app(page: Page, demo: Demo) -> None:
    button(page, "Nieuwe authenticator-app koppelen").click()


def nieuwe_codes(page: Page, demo: Demo) -> None:
    button(page, "Nieuwe herstelcodes maken").click()
    page.locator(".code-list").wait_for()


def verder(page: Page, demo: Demo) -> None:
    """What the portal does with a form that comes in after its session ended."""
    who = demo.id(Gebruiker, email=ACCOUNTS["projectleider"].email)
    typed = {"naam": "Museum van de halve zin"}
    new = "/stamdata/samenwerkingspartners/new/"
    with demo.app.test_request_context(new, method="POST", data=typed):
        key = interrupted.keep(who, demo.moment)
    page.goto(f"/verder/{key}")


def verder_formulier(page: Page, demo: Demo) -> None:
    verder(page, demo)
    button(page, "Verder met het formulier").click()
    says(page, "Er is nog niets bewaard.")
    expect(field(page, "Naam")).to_have_value("Museum van de halve zin")


def filters(page: Page, demo: Demo) -> None:
    page.locator("summary").filter(has_text="Filters").click()
    expect(button(page, "Toepassen")).to_be_visible()


def rijmenu(page: Page, demo: Demo) -> None:
    page.get_by_role("button", name="Acties voor").first.click()


def kolommen(page: Page, demo: Demo) -> None:
    button(page, "Kolommen").click()
    expect(page.get_by_label("Kolommen kiezen")).to_be_visible()


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


def getekend(page: Page, demo: Demo) -> None:
    """Plotly has drawn over the donuts."""
    page.locator("[data-drawn]").wait_for(state="attached")


def partijen(page: Page, demo: Demo) -> None:
    getekend(page, demo)
    page.locator("summary").filter(has_text="Alle contractpartijen").click()
    page.get_by_role("checkbox").first.check()


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
        for deel in (
            "verantwoordingen",
            "financieel-overzicht",
            "documenten",
            "details",
            "geschiedenis",
        )
    ),
    *(
        Scherm(f"jaar {deel}", "projectleider", f"/verantwoordingen/{{jaar}}/{deel}", YEAR_TAB)
        for deel in ("financieel-overzicht", "details", "geschiedenis")
    ),
    Scherm(
        "jaar per school",
        "projectleider",
        "/verantwoordingen/{jaar}/per-school",
        "verantwoordingen/per_school.html",
    ),
    Scherm(
        "jaar per kwartaal",
        "projectleider",
        "/verantwoordingen/{jaar}/per-kwartaal",
        "verantwoordingen/per_kwartaal.html",
    ),
    Scherm("dossier", "projectleider", "/dossiers/{dossier}", "verantwoordingen/dossier.html"),
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
    Scherm("rapportages", "projectleider", "/rapportages", REPORT, 200, getekend),
    Scherm(
        "rapportages gesloten", "projectleider", "/rapportages?jaar=2025", REPORT, 200, getekend
    ),
    Scherm("rapportages cultuur oost", "adviseur", "/rapportages", REPORT, 200, getekend),
    Scherm(
        "verklaar lasten", "projectleider", "/rapportages/verklaar/besteed?jaar=2026", EXPLAINED
    ),
    Scherm(
        "verklaar scholen",
        "adviseur",
        "/rapportages/verklaar/niet-bereikt?jaar=2026&sort=gemeente",
        EXPLAINED,
    ),
    Scherm(
        "verklaar niets", "adviseur", "/rapportages/verklaar/buiten?jaar=2026&search=zz", EXPLAINED
    ),
    Scherm("rapportages kiezen", "adviseur", "/rapportages", REPORT, 200, partijen),
    Scherm("activeren", "", "/inloggen", "auth/activate_account.html", 200, activeren),
    Scherm("zwak wachtwoord", "", "/inloggen", "auth/activate_account.html", 422, zwak_wachtwoord),
    Scherm("app koppelen", "", "/inloggen", "auth/activate_app.html", 200, app_koppelen),
    Scherm("eerste code", "", "/inloggen", "auth/activate_code.html", 422, eerste_code),
    Scherm("link werkt niet", "", "/activeren/oud", "auth/link_gone.html", 410),
    Scherm("herstelcode", "", "/inloggen", "auth/recovery.html", 200, herstelcode),
    Scherm("wachtwoord vergeten", "", "/wachtwoord-vergeten", "auth/forgotten.html"),
    Scherm("nieuw wachtwoord", "", "/inloggen", "auth/new_password.html", 200, nieuw_wachtwoord),
    Scherm("adres bevestigen", "", "/inloggen", "auth/confirm_email.html", 200, bevestig_adres),
    Scherm("bevestigen", "projectleider", "/bevestigen", "auth/confirm.html"),
    Scherm("bulk kiezen", "projectleider", YEAR, BULK, 200, bulk),
    Scherm("bulk niets", "projectleider", YEAR, BULK, 422, bulk_leeg),
    Scherm("bulk voorbeeld", "projectleider", YEAR, "bulk/voorbeeld.html", 200, voorbeeld),
    Scherm("bewerking", "projectleider", YEAR, "bewerkingen/details.html", 200, bewerking),
    Scherm("lijst kolommen", "datamanager", ACTIVITIES, LIST, 200, kolommen),
    Scherm("mijn gegevens", "projectleider", "/mijn-gegevens", "mijn_gegevens/index.html"),
    Scherm("eigen wijzigen", "projectleider", "/mijn-gegevens/wijzigen", FORM),
    Scherm("e-mailadres", "projectleider", f"{EIGEN}e-mailadres", "mijn_gegevens/email.html"),
    Scherm("wachtwoord", "projectleider", f"{EIGEN}wachtwoord", "mijn_gegevens/wachtwoord.html"),
    Scherm("tweestaps", "projectleider", TWEESTAPS, "mijn_gegevens/tweestaps.html"),
    Scherm(
        "herstelcodes",
        "projectleider",
        TWEESTAPS,
        "mijn_gegevens/tweestaps.html",
        200,
        nieuwe_codes,
    ),
    Scherm(
        "nieuwe app", "projectleider", TWEESTAPS, "mijn_gegevens/nieuwe_app.html", 200, nieuwe_app
    ),
    Scherm(
        "persoonlijke data",
        "projectleider",
        f"{EIGEN}persoonlijke-data",
        "mijn_gegevens/persoonlijke_data.html",
    ),
    Scherm("mensen", "beheerder", "/beheer/mensen/", "beheer/mensen.html"),
    Scherm("mensen uitnodigen", "beheerder", "/beheer/mensen/uitnodigen", FORM),
    Scherm("gegevens wissen", "beheerder", "/beheer/mensen/1/wissen", ACTION),
    Scherm("opruimen", "beheerder", "/beheer/opruimen", "beheer/opruimen.html"),
    Scherm("bewaartermijnen", "beheerder", "/beheer/bewaartermijnen/", LIST),
    Scherm("verder", "projectleider", "/", "auth/resume.html", 200, verder),
    Scherm("verder formulier", "projectleider", "/", FORM, 422, verder_formulier),
    Scherm("beheer", "beheerder", "/beheer/", "beheer/index.html"),
    Scherm("rechten", "beheerder", "/beheer/rechten", "beheer/rechten.html"),
    Scherm("fout 403", "routebegeleider", "/verantwoordingen/{jaar}/sluiten", FAULT, 403),
    Scherm("fout 404", "projectleider", "/bestaat/niet", FAULT, 404),
    Scherm("fout 404 anoniem", "", "/static/bestaat-niet.css", FAULT, 404),
    Scherm("fout 409", "projectleider", "/verantwoordingen/{dicht}/activiteiten/nieuw", FAULT, 409),
    *GROOT,
    *KWALITEIT,
    *SAMENVOEGEN,
)
