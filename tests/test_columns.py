"""Chosen columns: in the address, in the download, and only what people may see."""

from urllib.parse import urlencode

import pytest

from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal
from tests.test_entity_queries import queries

BASE = "/beheer/activiteiten/"


def heads(page: Page) -> list[str]:
    """The headings of the list's own columns."""
    cells = [cell for head in page.all("thead") for cell in head.all("th")]
    return [cell.words for cell in cells if cell.get("data-column")]


def asked(*names: str, **more: str) -> str:
    return f"{BASE}?{urlencode([('columns', name) for name in names] + list(more.items()))}"


def test_what_is_chosen_is_shown_with_the_name_first(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    page = Page(visitor.get(asked("omschrijving", "doelgroepen", "duur")).text)
    assert heads(page) == ["Naam", "Duur activiteit (uren)", "Omschrijving", "Doelgroepen"]
    [choice] = [form for form in page.all("form") if form.get("id") == "kolommen"]
    boxes = [box for box in choice.all("input") if box.get("name") == "columns"]
    ticked = [box.get("value") for box in boxes if "checked" in box.attributes]
    assert ticked == ["naam", "duur", "omschrijving", "doelgroepen"]


def test_the_choice_stays_while_one_searches_sorts_and_pages(portaal: Portaal) -> None:
    with portaal.als() as session:
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        for _ in range(30):
            f.maak_activiteit(session, jaar)
        session.commit()
    page = Page(portaal.bezoeker("projectleider").get(asked("omschrijving", sort="naam")).text)
    sorts = [a.get("href") for head in page.all("thead") for a in head.all("a")]
    onward = [a.get("href") for a in page.with_class("pager")[0].all("a")]
    downloads = [a.get("href") for a in page.all("a") if "/export/" in a.get("href")]
    for link in (*sorts, *onward, *downloads):
        assert "columns=omschrijving" in link, link
    search = next(form for form in page.all("form") if form.get("role") == "search")
    kept = {(i.get("name"), i.get("value")) for i in search.all("input")}
    assert {("columns", "omschrijving"), ("sort", "naam")} <= kept


def test_the_download_has_the_same_columns(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    path = f"{BASE}export/csv/?{urlencode([('columns', 'omschrijving')])}"
    first = visitor.get(path).text.lstrip("\ufeff").splitlines()[0]
    assert first.split(";") == ["Naam", "Omschrijving"]


@pytest.mark.parametrize("name", ["wachtwoord_hash", "totp_geheim", "versie", "onzin", "%00", ""])
def test_what_is_secret_or_nonsense_is_no_column(portaal: Portaal, name: str) -> None:
    visitor = portaal.bezoeker("beheerder")
    plain = heads(Page(visitor.get("/beheer/gebruikers/").text))
    page = visitor.get(f"/beheer/gebruikers/?{urlencode({'columns': name})}")
    assert heads(Page(page.text)) == plain
    assert "geheimzinnig" not in page.text


def test_choices_of_several_cost_no_query_per_row(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("datamanager")
    path = asked("doelgroepen", "samenwerkingspartners", size="50")
    few = len(queries(portaal, visitor, path))
    with portaal.als() as session:
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        for _ in range(12):
            f.maak_activiteit_partner(session, f.maak_complete_activiteit(session, jaar))
        session.commit()
    assert len(queries(portaal, visitor, path)) == few
