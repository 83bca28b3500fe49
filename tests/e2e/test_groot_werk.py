"""What a data manager does: many rows at once, seen before, and taken back in one click."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from models.activiteit import Activiteit, Last
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.e2e.demo import ACHTERHOEK, As, Demo
from tests.e2e.hands import button, field, menu, says

WEEK = timedelta(days=7)


def zoek(page: Page, wat: str, woord: str) -> None:
    """Search a list for a word."""
    page.get_by_label(f"Zoek in {wat}").fill(woord)
    button(page, "Zoek").click()


def kies_alles(page: Page, aantal: int, wat: str) -> None:
    """Tick the first row, and then all that was found."""
    page.get_by_role("checkbox", name="selecteren").nth(1).check()
    page.get_by_label(f"Alle {aantal} gevonden {wat}").check()
    button(page, "Wijzigen in bulk…").click()


def veld(page: Page, label: str, hoe: str) -> Locator:
    """What has to happen to a field; its place, to fill in the rest."""
    plaats = page.get_by_role("group", name=label, exact=True)
    plaats.get_by_label(f"{label}: wat moet er gebeuren?").select_option(label=hoe)
    return plaats


def heen_en_terug(
    page: Page, lees: Callable[[], dict[int, Any]], wordt: Callable[[Any], Any], woorden: str
) -> None:
    """See it, do it, and undo it in one click; what happens is what was asked."""
    voor = lees()
    button(page, "Voorbeeld bekijken").click()
    expect(page.get_by_role("main")).to_contain_text(f"{len(voor)} van de {len(voor)} gekozen")
    assert lees() == voor
    button(page, "Doorvoeren").click()
    says(page, f"{len(voor)} {woorden} gewijzigd")
    assert lees() == {id_: wordt(waarde) for id_, waarde in voor.items()}
    button(page, "Ongedaan maken").click()
    says(page, "Ongedaan gemaakt")
    assert lees() == voor


def lezer(
    demo: Demo, entiteit: type[Entiteit], *namen: str, waar: Any
) -> Callable[[], dict[int, Any]]:
    """Reads these columns of the rows that this is about, as they are now."""

    def lees() -> dict[int, Any]:
        with demo.session() as session:
            rijen = session.scalars(select(entiteit).where(waar))
            return {rij.id: tuple(getattr(rij, naam) for naam in namen) for rij in rijen}

    return lees


def test_zestig_scholen_naar_een_ander_bestuur(als: As, demo: Demo) -> None:
    with demo.session() as session:
        gemeente = session.scalars(select(Gemeente).limit(1)).one()
        oud = f.maak_schoolbestuur(session, naam="Bestuur van vroeger")
        nieuw = f.maak_schoolbestuur(session, naam="Bestuur van straks").id
        for _ in range(60):
            f.maak_school(session, gemeente, oud, naam=f"Verhuisschool {f.nummer()}")
        session.commit()
    page = als("datamanager")
    page.goto("/")
    menu(page, "Stamdata", "Scholen")
    zoek(page, "scholen", "Verhuisschool")
    kies_alles(page, 60, "scholen")
    plaats = veld(page, "Schoolbestuur", "Zet op")
    plaats.get_by_role("combobox", name="Waarde").fill("straks")
    page.get_by_role("option", name="Bestuur van straks").click()
    lees = lezer(demo, School, "schoolbestuur_id", waar=School.naam.startswith("Verhuisschool"))
    heen_en_terug(page, lees, lambda _: (nieuw,), "scholen")


def test_veertig_verkeerd_gespelde_partners(als: As, demo: Demo) -> None:
    with demo.session() as session:
        partij = session.scalars(select(Contractpartij).filter_by(naam=ACHTERHOEK)).one()
        for nummer in range(40):
            f.maak_samenwerkingspartner(session, partij, naam=f"Bibliteek wijk {nummer}")
        session.commit()
    page = als("datamanager")
    page.goto("/")
    menu(page, "Stamdata", "Samenwerkingspartners")
    zoek(page, "samenwerkingspartners", "bibliteek")
    kies_alles(page, 40, "samenwerkingspartners")
    plaats = veld(page, "Naam", "Zoek en vervang")
    field(plaats, "Zoek").fill("Bibliteek")
    field(plaats, "Vervang door").fill("Bibliotheek")
    lees = lezer(
        demo, Samenwerkingspartner, "naam", waar=Samenwerkingspartner.naam.like("Bibli%wijk%")
    )
    heen_en_terug(
        page, lees, lambda was: (was[0].replace("Bibliteek", "Bibliotheek"),),
        "samenwerkingspartners",
    )  # fmt: skip


def test_de_activiteiten_van_een_kwartaal_een_week_later(als: As, demo: Demo) -> None:
    with demo.session() as session:
        jaar = session.get_one(Verantwoording, demo.verantwoording())
        for dag in range(30):
            f.maak_activiteit(
                session, jaar, naam=f"Kwartaal {dag}", startdatum=date(2026, 7, 1 + dag),
                einddatum=date(2026, 9, 15),
            )  # fmt: skip
        session.commit()
    binnen = Activiteit.startdatum.between(date(2026, 7, 1), date(2026, 9, 23))
    lees = lezer(demo, Activiteit, "startdatum", "einddatum", waar=binnen)
    aantal = len(lees())
    assert aantal >= 30
    page = als("datamanager")
    page.goto("/beheer/activiteiten/")
    page.locator("summary").filter(has_text="Filters").click()
    page.get_by_label("Periode van van", exact=True).fill("01-07-2026")
    page.get_by_label("Periode van tot en met", exact=True).fill("23-09-2026")
    button(page, "Toepassen").click()
    kies_alles(page, aantal, "activiteiten")
    for label in ("Periode van", "Periode tot en met"):
        field(veld(page, label, "Verschuif met dagen"), "Dagen").fill("7")
    ids = Activiteit.id.in_(lees())
    lees = lezer(demo, Activiteit, "startdatum", "einddatum", waar=ids)
    heen_en_terug(page, lees, lambda was: tuple(dag + WEEK for dag in was), "activiteiten")


def test_een_verkeerd_gevulde_kolom_leeg(als: As, demo: Demo) -> None:
    with demo.session() as session:
        jaar = session.get_one(Verantwoording, demo.verantwoording())
        activiteit = f.maak_activiteit(session, jaar, naam="Ingelezen")
        session.add_all(
            Last(
                activiteit=activiteit, toelichting=f"Inleesregel {n}", leverancier="#N/B", bedrag=n
            )
            for n in range(400)
        )
        session.commit()
    page = als("datamanager")
    page.goto("/beheer/lasten/")
    zoek(page, "lasten", "Inleesregel")
    kies_alles(page, 400, "lasten")
    veld(page, "Leverancier", "Maak leeg")
    lees = lezer(
        demo, Last, "leverancier", "bedrag", waar=Last.toelichting.startswith("Inleesregel")
    )
    heen_en_terug(page, lees, lambda was: (None, was[1]), "lasten")
