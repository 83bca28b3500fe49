"""Screens of what is too large to wait for: asking it, and Mijn downloads."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cmk_admin import downloads
from cmk_admin.bulk import pages
from cmk_admin.tasks import store
from models.base import nu
from models.gebruiker import Gebruiker
from models.techniek import Taak, TaakStatus
from tests.e2e.demo import ACCOUNTS, Demo
from tests.e2e.hands import button
from tests.e2e.scherm import Scherm, gekozen

INDEX, DETAILS = "taken/index.html", "taken/details.html"
MIJN = "/mijn-downloads"
YEAR = "/verantwoordingen/{jaar}/activiteiten"
TITEL = "Rapportage per schoolbestuur over het kalenderjaar 2026"
BESTAND = "cmk-rapportage-per-schoolbestuur-2026_cultuurpunt-achterhoek-oost.xlsx"


def taak(demo: Demo, status: TaakStatus, **velden: Any) -> int:
    """A job of the projectleider that is so far; no worker looks at it."""
    with demo.session() as session:
        row = Taak(
            titel=TITEL,
            gebruiker_id=demo.id(Gebruiker, email=ACCOUNTS["projectleider"].email),
            status=status,
            soort="test",
            opdracht={},
            **velden,
        )
        with session.own_work():
            session.add(row)
            session.flush()
        number = row.id
        session.commit()
    return number


def bezig(demo: Demo) -> int:
    return taak(demo, TaakStatus.BEZIG, gedaan=4_321, totaal=12_000)


def klaar(demo: Demo) -> int:
    """With a file that is really there."""
    with demo.app.app_context():
        (store.folder() / "test").write_bytes(b"inhoud")
    return taak(
        demo,
        TaakStatus.KLAAR,
        uitkomst=downloads.READY,
        bestand=BESTAND,
        bestand_sleutel="test",
        bestand_grootte=6,
        verloopt_op=nu(),
    )


def mislukt(demo: Demo) -> int:
    return taak(demo, TaakStatus.MISLUKT, uitkomst="Dit is niet gelukt. Vraag het opnieuw aan.")


def alle_taken(page: Page, demo: Demo) -> None:
    """One of every kind, the one that waits last."""
    for maak in (klaar, mislukt, bezig):
        maak(demo)
    taak(demo, TaakStatus.WACHT)
    page.reload()


def taak_bezig(page: Page, demo: Demo) -> None:
    page.goto(f"{MIJN}/{bezig(demo)}")
    page.get_by_text("4.321 van 12.000 regels gedaan.").wait_for()


def taak_klaar(page: Page, demo: Demo) -> None:
    page.goto(f"{MIJN}/{klaar(demo)}")
    page.get_by_text(BESTAND).wait_for()


def taak_mislukt(page: Page, demo: Demo) -> None:
    page.goto(f"{MIJN}/{mislukt(demo)}")


def taak_gewijzigd(page: Page, demo: Demo) -> None:
    """A bulk edit has no file, but a place where it is told."""
    number = taak(demo, TaakStatus.KLAAR, uitkomst="Gewijzigd.", adres="/rapportages")
    page.goto(f"{MIJN}/{number}")


def bestand_weg(page: Page, demo: Demo) -> None:
    number = taak(demo, TaakStatus.KLAAR, uitkomst=downloads.READY, bestand=BESTAND)
    page.goto(f"{MIJN}/{number}")
    says = page.get_by_role("main")
    expect(says).to_contain_text(f"Het bestand {BESTAND} is er niet meer.")
    expect(says).not_to_contain_text(downloads.READY)


def groot_bestand(page: Page, demo: Demo) -> None:
    """As if this list were larger than what comes at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloads, "AT_ONCE", 0)
        page.goto("/stamdata/scholen/export/xlsx/")
    button(page, "Bestand maken").wait_for()


def grote_wijziging(page: Page, demo: Demo) -> None:
    """As if these rows were more than one change on the page takes."""
    gekozen(page, demo)
    button(page, "Wijzigen in bulk…").click()
    page.locator("#hoe_duur").select_option("procent")
    page.locator("#procent_duur").fill("10")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MOST", 0)
        button(page, "Voorbeeld bekijken").click()
        button(page, "Op de achtergrond doorvoeren").wait_for()


GROOT = (
    Scherm("downloads geen", "projectleider", MIJN, INDEX),
    Scherm("downloads", "projectleider", MIJN, INDEX, 200, alle_taken),
    Scherm("taak bezig", "projectleider", MIJN, DETAILS, 200, taak_bezig),
    Scherm("taak klaar", "projectleider", MIJN, DETAILS, 200, taak_klaar),
    Scherm("taak mislukt", "projectleider", MIJN, DETAILS, 200, taak_mislukt),
    Scherm("taak gewijzigd", "projectleider", MIJN, DETAILS, 200, taak_gewijzigd),
    Scherm("taak bestand weg", "projectleider", MIJN, DETAILS, 200, bestand_weg),
    Scherm(
        "groot bestand", "beheerder", "/stamdata/scholen/", "taken/groot.html", 200, groot_bestand
    ),
    Scherm("bulk groot", "projectleider", YEAR, "bulk/groot.html", 200, grote_wijziging),
)
