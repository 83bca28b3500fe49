"""What a project leader meets on a walk through the portal, with only the manual in hand."""

from playwright.sync_api import Page, expect

from models.lijsten import Sector
from models.school import School
from tests.e2e.demo import As, Demo
from tests.e2e.hands import choose_school


def _nieuw(page: Page, demo: Demo) -> None:
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")


def _scholen(demo: Demo) -> tuple[str, str]:
    """A school of the project's sector, and one of another."""
    with demo.session() as session:
        found = []
        for naam in ("po/go", "vo"):
            id_ = demo.id(School, sector_id=demo.id(Sector, naam=naam))
            found.append(session.get_one(School, id_).naam)
        return found[0], found[1]


def test_een_school_van_een_andere_sector(als: As, demo: Demo) -> None:
    """It is told under the school as long as that is chosen, and the field says so itself."""
    page = als("projectleider")
    _nieuw(page, demo)
    po, vo = _scholen(demo)
    row = page.get_by_role("group", name="School 1")
    choose_school(page, row, vo, vo)
    notice = row.locator("p.field-notice")
    expect(notice).to_have_text("Hoort bij vo; dit project is voor po/go.")
    school = row.get_by_role("combobox")
    expect(school).to_have_accessible_description("Hoort bij vo; dit project is voor po/go.")
    choose_school(page, row, po, po)
    expect(notice).to_have_count(0)
    expect(school).to_have_accessible_description("")
