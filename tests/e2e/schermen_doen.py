"""What is done on a page before it is looked at: the last word of a row of `schermen.py`."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from cmk_admin.auth import interrupted, links
from models.gebruiker import Gebruiker
from models.samenwerkingspartner import Samenwerkingspartner
from models.toegang import LinkSoort
from tests.e2e.demo import ACCOUNTS, Demo
from tests.e2e.hands import arrow, button, field, multi, says
from tests.e2e.scherm import gekozen, ids


def bewaar(page: Page, demo: Demo) -> None:
    """Send the form as it is: empty."""
    button(page, "Bewaren").click()
    page.get_by_role("alert").first.wait_for()


def klaarzetten_leeg(page: Page, demo: Demo) -> None:
    button(page, "Voorbeeld tonen").click()
    page.get_by_role("alert").first.wait_for()


def klaarzetten(page: Page, demo: Demo) -> None:
    """With a school that has its activity already, and one that has none."""
    for label, numbers in (("Scholen", range(40)), ("Doelgroepen", range(1))):
        arrow(page, label).click()
        for number in numbers:
            multi(page, label).get_by_role("checkbox").nth(number).check()
        page.get_by_role("heading", level=1).click()
    field(page, "CMK-doel").select_option(index=1)
    button(page, "Voorbeeld tonen").click()
    page.get_by_role("region", name="Dit wordt er gemaakt").wait_for()


def vraag_leeg(page: Page, demo: Demo) -> None:
    button(page, "Vraag versturen").click()
    page.get_by_role("alert").first.wait_for()


def stel_vraag(page: Page, demo: Demo) -> None:
    """Asked, and something said on it."""
    field(page, "Je vraag").fill("Klopt het dat dit twee facturen zijn?\n\nZe lijken gelijk.")
    button(page, "Vraag versturen").click()
    field(page, "Je reactie").fill("Ik bedoel die van maart.")
    button(page, "Reactie versturen").click()
    says(page, "Je reactie is geplaatst.")


def gevraagd(page: Page, demo: Demo) -> None:
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/vragen/nieuw")
    stel_vraag(page, demo)
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/vragen")


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
