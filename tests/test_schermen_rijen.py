"""What one may do with the rows on the tabs of an activity and of a project."""

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import Entiteit
from models.project import Document, Project
from tests import factories as f
from tests import rights_table as tabel
from tests.pages import Node, Page
from tests.portal_forms import edit_body, error_at
from tests.rights_table import BEZOEKERS, Rij
from tests.support.portal import Bezoeker, Portaal


def page_of(visitor: Bezoeker, path: str) -> Page:
    response = visitor.get(path)
    assert response.status_code == 200, path
    return Page(response.text)


def menus(page: Page) -> dict[int, dict[str, Node]]:
    """Row → what its menu offers, by its words."""
    found = {}
    for menu in page.with_class("popmenu"):
        if menu.get("id").startswith("rij-"):
            lines = {node.words: node for node in menu.all("a", "button")}
            found[int(menu.get("id").removeprefix("rij-"))] = lines
    return found


def tab(portaal: Portaal, entity: type[Entiteit], van: str, stand: str) -> str:
    """Where the rows of an entity stand."""
    if entity is Document:
        return f"/projecten/{portaal.wereld.id(Project, van)}/documenten"
    number = portaal.wereld.id(Activiteit, van, stand)
    return f"/activiteiten/{number}/{'scholen' if entity is ActiviteitSchool else GELD}"


GELD = "financieel-overzicht"


# --- who may do what ------------------------------------------------------------------


def expected(visitor: str, entity: type[Entiteit], rij: Rij) -> set[str]:
    """As the literal table of the tests has it."""
    name = entity.__name__
    found = set()
    if tabel.mag(visitor, name, "W", rij):
        found.add("Wijzigen")
    if tabel.mag(visitor, name, "V", rij):
        found.add("Verwijderen…")
    if entity is Document:
        found.add("Downloaden")
    if entity is Last:
        found.add("Bijlage downloaden")
        # Also when the year is closed: a question is often why it opens again.
        if tabel.mag(visitor, "Vraag", "M", Rij(rij.van)):
            found.add("Stel een vraag")
    return found


ROWS: list[tuple[type[Entiteit], str]] = [
    (Last, "open"),
    (Last, "gesloten"),
    (Last, "vastgesteld"),
    (ActiviteitSchool, "open"),
    (ActiviteitSchool, "gesloten"),
    (Document, "open"),
    (Document, "plan"),
]


@pytest.mark.parametrize("visitor", BEZOEKERS)
def test_the_menu_of_a_row_is_what_one_may(portaal: Portaal, visitor: str) -> None:
    person = portaal.bezoeker(visitor)
    seen = 0
    for entity, stand in ROWS:
        for van in ("eigen", "tweede", "vreemd"):
            rij = Rij(van, "open" if stand == "plan" else stand, overig=stand != "plan")
            path = tab(portaal, entity, van, stand)
            if not tabel.ziet(visitor, entity.__name__, rij):
                assert person.get(path).status_code in (403, 404)
                continue
            offered = menus(page_of(person, path)).get(portaal.wereld.id(entity, van, stand), {})
            assert set(offered) == expected(visitor, entity, rij), (entity, van, stand)
            seen += 1
    assert seen or visitor == "zonder"


@pytest.mark.parametrize("visitor", ["routebegeleider", "projectleider"])
@pytest.mark.parametrize("entity", [Last, ActiviteitSchool, Document])
def test_every_line_of_a_menu_works_and_leads_back(
    portaal: Portaal, visitor: str, entity: type[Entiteit]
) -> None:
    """Also for who has no Beheer: the trail above it never leads there."""
    person, path = portaal.bezoeker(visitor), tab(portaal, entity, "eigen", "open")
    row = portaal.wereld.id(entity, "eigen")
    parent = portaal.wereld.id(Project if entity is Document else Activiteit, "eigen")
    with portaal.als() as session:
        name = str(session.get_one(Project if entity is Document else Activiteit, parent))
    for words, line in menus(page_of(person, path))[row].items():
        if "ownload" in words:
            answer = person.get(line.get("href"))
            assert answer.data == f.BESTAND
            assert answer.headers["Content-Disposition"].startswith("attachment")
            continue
        page = page_of(person, line.get("href"))
        cancel = [a.get("href") for a in page.all("a") if a.words == "Annuleren"]
        if words == "Stel een vraag":
            assert cancel == [path]
            continue
        trail = next(nav for nav in page.all("nav") if nav.get("aria-label") == "Kruimelpad")
        assert [(a.words, a.get("href")) for a in trail.all("a")] == [(name, path)]
        assert cancel == [path]


# --- the invoice of a last -------------------------------------------------------------


@pytest.fixture
def without_proof(portaal: Portaal) -> int:
    """A last without its invoice."""
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        last = f.maak_last(session, activiteit, toelichting="Zonder bewijs")
        session.commit()
        return last.id


@pytest.fixture
def _no_new_files(portaal: Portaal) -> Iterator[None]:
    yield
    for path in (Path(portaal.app.instance_path) / "files").iterdir():
        if path.is_file() and not path.name.startswith("bestand-"):
            path.unlink()


@pytest.mark.usefixtures("_no_new_files")
@pytest.mark.parametrize("visitor", ["routebegeleider", "projectleider"])
def test_an_invoice_is_added_and_fetched_from_the_tab(
    portaal: Portaal, without_proof: int, visitor: str
) -> None:
    person, path = portaal.bezoeker(visitor), tab(portaal, Last, "eigen", "open")
    menu = menus(page_of(person, path))[without_proof]
    assert "Bijlage downloaden" not in menu

    link = menu["Bijlage toevoegen"].get("href")
    asked = page_of(person, link)
    [form] = [f for f in asked.all("form") if "form" in f.get("class").split()]
    fields = form.all("input", "select", "textarea")
    shown = [field for field in fields if field.get("type") != "hidden"]
    assert [f.get("name") for f in shown] == ["bestand_naam"], "the file, and nothing else"
    body = asked.form()
    empty = person.post(link, body)
    assert empty.status_code == 422
    assert "verplicht" in error_at(Page(empty.text), "bestand_naam")
    with portaal.als() as session:
        session.get_one(Last, without_proof).leverancier = "Intussen van een ander"
        session.commit()
    invoice = (io.BytesIO(b"%PDF-1.7 factuur"), "factuur 12.pdf")
    answer = person.post(link, Page(empty.text).form() | {"bestand_naam": invoice})
    assert answer.location == path

    page = page_of(person, path)
    row = next(tr for tr in page.all("tr") if "Zonder bewijs" in tr.words)
    assert "bijlage: factuur 12.pdf" in row.all("th")[0].words
    menu = menus(page)[without_proof]
    assert "Bijlage toevoegen" not in menu
    for url in (row.all("a")[0].get("href"), menu["Bijlage downloaden"].get("href")):
        assert person.get(url).data == b"%PDF-1.7 factuur"
    assert "Nu: factuur 12.pdf." in page_of(person, menu["Wijzigen"].get("href")).text


def test_who_may_not_change_a_last_is_not_asked_for_its_invoice(
    portaal: Portaal, without_proof: int
) -> None:
    page = page_of(portaal.bezoeker("adviseur"), tab(portaal, Last, "eigen", "open"))
    assert set(menus(page)[without_proof]) == {"Stel een vraag"}
    row = next(tr for tr in page.all("tr") if "Zonder bewijs" in tr.words)
    assert "bijlage" not in row.words


def test_deleting_a_last_goes_back_to_the_tab(portaal: Portaal, without_proof: int) -> None:
    person, path = portaal.bezoeker("projectleider"), tab(portaal, Last, "eigen", "open")
    question = menus(page_of(person, path))[without_proof]["Verwijderen…"].get("href")
    body = page_of(person, question).form()
    assert person.post(urlsplit(question).path, body).location == path
    assert without_proof not in menus(page_of(person, path))


def test_the_number_of_leerkrachten_is_changed_from_the_tab(portaal: Portaal) -> None:
    """The school itself is fixed: another would be a hidden deletion."""
    row = portaal.wereld.id(ActiviteitSchool, "eigen")
    path = tab(portaal, ActiviteitSchool, "eigen", "open")
    person = portaal.bezoeker("routebegeleider")
    link = menus(page_of(person, path))[row]["Wijzigen"].get("href")
    assert "school_id" not in page_of(person, link).form()
    answer = person.post(link, edit_body(portaal, ActiviteitSchool, row, aantal_leerkrachten="17"))
    assert answer.location == path
    assert "17" in [td.words for td in page_of(person, path).all("td")]
