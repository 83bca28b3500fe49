"""Screens of what is likely wrong, and of making one row of two."""

from playwright.sync_api import Page
from sqlalchemy import select

from models.activiteit import Activiteit, ActiviteitSchool
from models.contractpartij import Contractpartij
from models.kwaliteit import Controle, Kwaliteitsregel
from models.school import School
from tests import factories as f
from tests.e2e.demo import ACHTERHOEK, Demo
from tests.e2e.hands import button
from tests.e2e.scherm import Scherm, ids, regel

BASE = "/beheer/datakwaliteit/"
OVERZICHT, REGEL = "datakwaliteit/index.html", "datakwaliteit/regel.html"
KIEZEN = "samenvoegen/kiezen.html"


def regel_uit(page: Page, demo: Demo) -> None:
    """One rule is off, and there is something to find."""
    with demo.session() as session:
        session.get_one(Kwaliteitsregel, regel(demo, Controle.LAST_HOOG)).actief = False
        session.commit()
    gelijke_partners(page, demo)


def gelijke_partners(page: Page, demo: Demo) -> None:
    with demo.session() as session:
        partij = session.scalars(select(Contractpartij).filter_by(naam=ACHTERHOEK)).one()
        for naam in ("Dansatelier De Achterhoekse Kersentuin", "Stichting Muziekplein"):
            for einde in ("", "."):
                f.maak_samenwerkingspartner(session, partij, naam=naam + einde)
        session.commit()
    page.reload()


def weg_met_een_school(page: Page, demo: Demo) -> None:
    """Two schools of an open activity are no longer active; one has a successor."""
    with demo.session() as session:
        een, twee, *_ = session.get_one(Activiteit, ids(demo)["act"]).scholen
        volger = f.maak_school(session, naam="Brede School De Samengevoegde Beekdalen")
        for rij in (een, twee):
            rij.school.actief = False
        een.school.opvolger = volger
        session.commit()
    page.reload()


def voeg_samen(page: Page) -> None:
    for place in (0, 1):
        page.locator("tbody").get_by_role("checkbox").nth(place).check()
    button(page, "Samenvoegen…").click()
    page.get_by_text("Naast elkaar").or_(page.get_by_text("Blijft over")).first.wait_for()


def scholen_samen(page: Page, demo: Demo) -> None:
    """Two schools that take part in the same activity, with other numbers."""
    with demo.session() as session:
        act = session.get_one(Activiteit, ids(demo)["act"])
        al_erbij = {rij.school_id for rij in act.scholen}
        for place in (0, 1):
            box = page.locator("tbody").get_by_role("checkbox").nth(place)
            number = int(box.get_attribute("value") or "")
            if number not in al_erbij:
                school = session.get_one(School, number)
                row = ActiviteitSchool(activiteit=act, school=school, aantal_leerkrachten=place + 2)
                session.add(row)
        session.commit()
    voeg_samen(page)
    page.get_by_role("heading", name="Staan samen bij een activiteit").wait_for()


def partners_samen(page: Page, demo: Demo) -> None:
    gelijke_partners(page, demo)
    page.get_by_role("button", name="samenvoegen").first.click()
    page.get_by_text("Blijft over").wait_for()


KWALITEIT = (
    Scherm("kwaliteit", "beheerder", BASE, OVERZICHT, 200, regel_uit),
    Scherm("kwaliteit adviseur", "adviseur", BASE, OVERZICHT),
    Scherm("regel niets", "beheerder", f"{BASE}{{gelijk}}", REGEL),
    Scherm("regel gelijk", "beheerder", f"{BASE}{{gelijk}}", REGEL, 200, gelijke_partners),
    Scherm("regel inactief", "beheerder", f"{BASE}{{inactief}}", REGEL, 200, weg_met_een_school),
    Scherm("regel hoog", "adviseur", f"{BASE}{{hoog}}", REGEL),
)
SAMENVOEGEN = (
    Scherm("scholen samen", "beheerder", "/stamdata/scholen/", KIEZEN, 200, scholen_samen),
    Scherm("partners samen", "beheerder", f"{BASE}{{gelijk}}", KIEZEN, 200, partners_samen),
)
