"""Choosing over pages, changing all of it at once, and taking it back."""

from datetime import date, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.activiteit import Activiteit
from models.verantwoording import Status, Verantwoording
from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, link, says

LIST = "/beheer/activiteiten/"
WEEK = timedelta(days=7)


def days(demo: Demo) -> dict[int, date]:
    with demo.session() as session:
        return {row.id: row.startdatum for row in session.scalars(select(Activiteit))}


def opened(demo: Demo) -> set[int]:
    with demo.session() as session:
        rows = select(Activiteit.id).join(Activiteit.verantwoording)
        return set(session.scalars(rows.where(Verantwoording.status == Status.OPEN)))


def _kies(page: Page, aantal: int) -> None:
    boxes = page.get_by_role("checkbox", name="selecteren")
    for n in range(1, aantal + 1):
        boxes.nth(n).check()


def test_wat_gekozen_is_blijft_gekozen(als: As, demo: Demo) -> None:
    page = als("datamanager")
    page.goto(LIST)
    _kies(page, 2)
    link(page, "Volgende").click()
    expect(page.get_by_text("2 geselecteerd, waarvan 2 op andere pagina’s")).to_be_visible()
    _kies(page, 1)
    expect(page.get_by_text("3 geselecteerd, waarvan 2 op andere pagina’s")).to_be_visible()
    button(page, "Wijzigen in bulk…").click()
    expect(page.get_by_role("main")).to_contain_text("3 activiteiten gekozen")
    link(page, "Annuleren").click()
    expect(page.get_by_text("3 geselecteerd")).to_be_visible()
    button(page, "Selectie opheffen").click()
    expect(button(page, "Wijzigen in bulk…")).to_be_hidden()
    page.goto(LIST)
    expect(button(page, "Wijzigen in bulk…")).to_be_hidden()


def test_alles_een_week_later_en_terug(als: As, demo: Demo) -> None:
    before, open_ = days(demo), opened(demo)
    page = als("datamanager")
    page.goto(LIST)
    _kies(page, 1)
    page.get_by_label("gevonden activiteiten").check()
    button(page, "Wijzigen in bulk…").click()
    for naam in ("startdatum", "einddatum"):
        page.locator(f"#hoe_{naam}").select_option("schuif")
        page.locator(f"#dagen_{naam}").fill("7")
    button(page, "Voorbeeld bekijken").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"{len(open_)} van de {len(before)} gekozen activiteiten")
    expect(main).to_contain_text("is gesloten: er kan niets meer in gewijzigd worden")
    assert days(demo) == before
    button(page, "Doorvoeren").click()
    says(page, f"{len(open_)} activiteiten gewijzigd")
    moved = {id_: day + WEEK if id_ in open_ else day for id_, day in before.items()}
    assert days(demo) == moved
    # It is used up: nothing is still chosen.
    expect(button(page, "Wijzigen in bulk…")).to_be_hidden()
    button(page, "Ongedaan maken").click()
    says(page, "Ongedaan gemaakt")
    assert days(demo) == before
