"""The dashboard, the projects and one's own data (Handleiding 1.3, 2.1, 2.8)."""

from datetime import date

import pytest

from models.activiteit import Activiteit
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.project import Project
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Node, Page
from tests.portal_world import MERKEN
from tests.support.portal import Portaal


def page_of(portaal: Portaal, visitor: str, path: str) -> Page:
    response = portaal.bezoeker(visitor).get(path)
    assert response.status_code == 200
    return Page(response.text)


def cards(page: Page) -> list[Node]:
    return page.with_class("report-card")


def test_the_title_of_a_project_opens_its_open_verantwoording(portaal: Portaal) -> None:
    """Handleiding 2.3: "je komt nu direct in de openstaande verantwoording"."""
    wereld = portaal.wereld
    page = page_of(portaal, "projectleider", "/")

    found = {link.get("href"): link.words for card in cards(page) for link in card.all("a")[:1]}

    with portaal.als() as session:
        title = session.get_one(Project, wereld.id(Project, "eigen")).titel
    years = [wereld.id(Verantwoording, "eigen", stand) for stand in ("open", "leeg")]
    assert found == {f"/verantwoordingen/{id_}/activiteiten": title for id_ in years}
    assert list(found) == [f"/verantwoordingen/{id_}/activiteiten" for id_ in years]


def test_a_card_says_how_far_it_is_from_closing(portaal: Portaal) -> None:
    """Handleiding 2.4 asks two complete activities; the world's open year has them."""
    ready, empty = cards(page_of(portaal, "projectleider", "/"))
    with portaal.als() as session:
        id_ = portaal.wereld.id(Verantwoording, "eigen")
        first = session.query(Activiteit).filter_by(verantwoording_id=id_).first()
        assert first is not None
        first.lasten[0].bedrag = None
        session.commit()
    lacking = cards(page_of(portaal, "projectleider", "/"))[0].words
    assert "nog niet begonnen" in empty.words
    assert "nog 1 complete activiteit nodig" in lacking
    assert "kan gesloten worden" in ready.words
    assert "€ 250,00" in ready.words
    assert "van € 10.000,00" in ready.words


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        (date(2000, 1, 31), "had dicht gemoeten op 31-01-2000"),
        (date(2099, 1, 31), "sluiten voor 31-01-2099"),
    ],
)
def test_a_card_tells_the_last_day(portaal: Portaal, last_day: date, words: str) -> None:
    with portaal.als() as session:
        id_ = portaal.wereld.id(Verantwoording, "eigen")
        session.get_one(Verantwoording, id_).uiterste_datum = last_day
        session.commit()
    assert words in cards(page_of(portaal, "projectleider", "/"))[0].words


def test_who_may_not_close_reads_who_does(portaal: Portaal) -> None:
    """Handleiding 2.4: the projectleider closes."""
    by_another = "Eén verantwoording kan worden gesloten. Dat doet de projectleider."
    assert by_another in page_of(portaal, "routebegeleider", "/").text
    page = page_of(portaal, "projectleider", "/").text
    assert "Eén verantwoording kan worden gesloten." in page
    assert "Dat doet de projectleider" not in page


def test_who_works_at_two_cultuurpunten_sees_which_is_which(portaal: Portaal) -> None:
    page = page_of(portaal, "dubbel", "/")
    assert len(cards(page)) == 4
    assert sum(MERKEN["tweede"] in card.words for card in cards(page)) == 2


def test_agenda_documents_links_and_questions(portaal: Portaal) -> None:
    with portaal.als() as session:
        f.maak_agenda_item(session, datum=date(2099, 11, 27), titel="Inloopspreekuur")
        f.maak_agenda_item(session, datum=date(2001, 1, 1), titel="Lang voorbij")
        f.maak_link(session, titel="Het Fonds", adres="https://fonds.example/regeling")
        f.maak_algemeen_document(session, titel="Handleiding", bestand_grootte=2_200_000)
        f.maak_veelgestelde_vraag(session, vraag="Welke kosten?", antwoord="Die van dit jaar.")
        session.commit()

    page = page_of(portaal, "routebegeleider", "/")

    for words in ("27 nov 2099", "Inloopspreekuur", "fonds.example", "2,1 MB", "Welke kosten?"):
        assert words in page.text
    assert "Lang voorbij" not in page.text


def test_your_adviseur_with_mail_and_phone(portaal: Portaal) -> None:
    """The adviseur's account is out of a cultuurpunt's view; these three things are not."""
    with portaal.als() as session:
        adviseur = session.get_one(Gebruiker, portaal.wereld.mensen["adviseur"])
        adviseur.telefoon = "026 123 45 67"
        session.commit()

    page = page_of(portaal, "routebegeleider", "/")

    addresses = {link.get("href") for link in page.all("a")}
    assert {"mailto:adviseur@test.example", "tel:0261234567"} <= addresses


@pytest.mark.parametrize("visitor", ["adviseur", "datamanager", "beheerder"])
def test_cultuur_oost_sees_all_verantwoordingen(portaal: Portaal, visitor: str) -> None:
    """Of each of the three cultuurpunten two open years, and the closed one before them."""
    page = page_of(portaal, visitor, "/?sort=-contractpartij")
    rows = [row.words for row in page.all("tr")[1:]]
    assert len(rows) == 9
    assert not cards(page)
    with portaal.als() as session:
        names = [p.naam for p in session.query(Contractpartij) if p.lidmaatschappen]
    first = next(name for name in sorted(names, reverse=True))
    assert rows[0].startswith(first)


def test_who_belongs_nowhere_gets_an_empty_dashboard(portaal: Portaal) -> None:
    page = page_of(portaal, "zonder", "/")
    assert "Er staat geen verantwoording open" in page.text


# --- projects ---------------------------------------------------------------------


def test_the_list_of_projects_finds_and_sorts(portaal: Portaal) -> None:
    page = page_of(portaal, "beheerder", "/projecten?search=tweespan&sort=-titel")
    rows = [row.words for row in page.all("tr")[1:]]
    assert len(rows) == 2
    assert rows == sorted(rows, reverse=True)
    nothing = page_of(portaal, "beheerder", "/projecten?search=zoietsisernietechtniet")
    assert "Geen projecten gevonden" in nothing.text


def test_a_project_has_four_tabs_and_its_history_with_addresses(portaal: Portaal) -> None:
    """Handleiding 2.1: "Je vindt hier vier tabbladen"; what was changed stands after them."""
    id_ = portaal.wereld.id(Project, "eigen")
    page = page_of(portaal, "projectleider", f"/projecten/{id_}/verantwoordingen")
    tabs = {link.words: link.get("href") for link in page.with_class("tabs")[0].all("a")}
    named = ["Verantwoordingen", "Financieel overzicht", "Documenten", "Details"]
    assert list(tabs) == [*named, "Geschiedenis"]
    for name, address in tabs.items():
        tab = page_of(portaal, "projectleider", address)
        here = [a for a in tab.with_class("tabs")[0].all("a") if a.get("aria-current")]
        assert [a.words for a in here] == [name]


def test_a_year_is_opened_by_the_title_of_the_project(portaal: Portaal) -> None:
    """Handleiding 2.1: "Klik in de Verantwoording op het project"."""
    wereld = portaal.wereld
    id_ = wereld.id(Project, "eigen")
    page = page_of(portaal, "projectleider", f"/projecten/{id_}/verantwoordingen")
    rows = {row.all("a")[0].get("href"): row.all("th", "td") for row in page.all("tr")[1:]}
    with portaal.als() as session:
        title = session.get_one(Project, id_).titel
    row = rows[f"/verantwoordingen/{wereld.id(Verantwoording, 'eigen', 'gesloten')}/activiteiten"]
    told = [title, "2025", "Gesloten", "B – Overzicht per activiteit", "–"]
    assert [cell.words for cell in row] == told


def test_documents_can_be_downloaded(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Project, "eigen")
    page = page_of(portaal, "routebegeleider", f"/projecten/{id_}/documenten")
    links = [row.all("a")[0].get("href") for row in page.all("tr")[1:]]
    assert len(links) == 2
    for link in links:
        response = portaal.bezoeker("routebegeleider").get(link)
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("visitor", "may"), [("beheerder", True), ("projectleider", False)])
def test_only_a_beheerder_changes_a_project(portaal: Portaal, visitor: str, may: bool) -> None:
    id_ = portaal.wereld.id(Project, "eigen")
    page = page_of(portaal, visitor, f"/projecten/{id_}/details")
    assert ("Wijzigen" in [link.words for link in page.all("a")]) is may


def test_the_money_of_a_project_per_year(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Project, "eigen")
    page = page_of(portaal, "projectleider", f"/projecten/{id_}/financieel-overzicht")
    rows = [row.shown for row in page.all("tr")]
    assert "2026 € 10.000,00 € 250,00 € 9.750,00 € 2.500,00" in rows
    assert rows[-1] == "Totaal € 10.000,00 € 750,00 € 9.250,00 € 2.500,00"


# --- mijn gegevens ----------------------------------------------------------------


def test_own_data_with_every_role(portaal: Portaal) -> None:
    page = page_of(portaal, "dubbel", "/mijn-gegevens")
    for words in ("Mens dubbel", "dubbel@test.example", "Projectleider bij", "Routebegeleider bij"):
        assert words in page.text
    assert "Beheerder bij Cultuur Oost" in page_of(portaal, "beheerder", "/mijn-gegevens").text
