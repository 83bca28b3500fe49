"""Where a question shows: its page, dashboards, checklist, history; and what becomes of it."""

import pytest
from sqlalchemy import select

from cmk_admin.entity_forms import new_key
from models.activiteit import Activiteit, Last
from models.contractpartij import Contractpartij
from models.historie import Wijziging
from models.verantwoording import Verantwoording
from models.vraag import Kant, Reactie, Vraag
from tests import factories as f
from tests.pages import Page
from tests.portal_world import KANARIE
from tests.support.portal import Portaal
from tests.test_schermen_queries import counted
from tests.vragen import TEXT, ask_path, asked, react


def test_a_question_says_what_it_was_about_when_that_has_gone(portaal: Portaal) -> None:
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = f.maak_activiteit(session, year, naam="Dansdag")
        last = f.maak_last(session, activiteit, toelichting="Zaalhuur")
        session.commit()
        about, money = activiteit.id, last.id
    number = asked(portaal, "adviseur", ask_path(portaal, last=money))
    person = portaal.bezoeker("projectleider")
    assert (
        f'href="/activiteiten/{about}/financieel-overzicht"' in person.get(f"/vragen/{number}").text
    )
    body = Page(person.get(f"/beheer/activiteiten/delete/?id={about}").text).form()
    deleted = person.post("/beheer/activiteiten/delete/", body)
    assert deleted.status_code == 302, deleted.text
    page = person.get(f"/vragen/{number}").text
    assert "Dansdag · Zaalhuur (verwijderd)" in page
    assert f"/activiteiten/{about}/" not in page


def test_activity_and_last_offer_to_ask_about_them(portaal: Portaal) -> None:
    activiteit, last = (portaal.wereld.id(e, "eigen", "gesloten") for e in (Activiteit, Last))
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    page = portaal.bezoeker("adviseur").get(f"/activiteiten/{activiteit}/financieel-overzicht").text
    for what in (f"activiteit={activiteit}", f"last={last}"):
        assert f'href="/verantwoordingen/{year}/vragen/nieuw?{what}"' in page
    page = portaal.bezoeker("datamanager").get(f"/activiteiten/{activiteit}/details").text
    assert "vragen/nieuw" not in page


def test_both_dashboards_show_what_waits_and_whose_turn_it_is(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    ours = Page(portaal.bezoeker("projectleider").get("/").text).by_id("open-vragen-kop")
    assert ours.words == "Open vragen"
    for who, turn in (("projectleider", "jullie antwoord"), ("adviseur", "wacht")):
        page = Page(portaal.bezoeker(who).get("/").text)
        line = next(li for li in page.all("li") if any(
            a.get("href") == f"/vragen/{number}" for a in li.all("a")
        ))  # fmt: skip
        assert line.words.startswith(turn)
        assert TEXT in line.words
    react(portaal, "projectleider", number)
    for who in ("projectleider", "adviseur"):
        assert f'href="/vragen/{number}"' not in portaal.bezoeker(who).get("/").text


@pytest.mark.parametrize(("who", "ours"), [("adviseur", True), ("datamanager", False)])
def test_only_who_may_answer_reads_that_an_answer_is_theirs(
    portaal: Portaal, who: str, ours: bool
) -> None:
    number = asked(portaal, "projectleider")
    year, person = portaal.wereld.id(Verantwoording, "eigen"), portaal.bezoeker(who)
    for path in (f"/vragen/{number}", f"/verantwoordingen/{year}/vragen", "/"):
        assert ("jullie antwoord" in person.get(path).text) is ours


def test_the_overview_of_cultuur_oost_counts_per_cultuurpunt(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen")
    for _ in range(2):
        asked(portaal, "projectleider")
    page = Page(portaal.bezoeker("adviseur").get("/").text)
    links = [a.words for a in page.all("a") if a.get("href") == f"/verantwoordingen/{year}/vragen"]
    assert links == ["3 open vragen"]  # the world has one
    # Of those that can close it comes first; the others have one each.
    ready = [row.words for row in page.all("tr") if "kan sluiten" in row.words]
    assert ["3 open vragen" in row for row in ready] == [True, False, False]


def test_an_open_question_is_a_notice_and_blocks_no_closing(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    year = portaal.wereld.id(Verantwoording, "eigen")
    person = portaal.bezoeker("projectleider")
    for path in (f"/verantwoordingen/{year}/activiteiten", f"/verantwoordingen/{year}/sluiten"):
        page = Page(person.get(path).text)
        item = next(li for li in page.with_class("check-melding") if TEXT in li.words)
        assert "Open vraag van Cultuur Oost" in item.words
        assert item.all("a")[0].get("href") == f"/vragen/{number}"
    body = Page(person.get(f"/verantwoordingen/{year}/sluiten").text).form()
    assert person.post(f"/verantwoordingen/{year}/sluiten", body).status_code == 302
    with portaal.als() as session:
        assert session.get_one(Verantwoording, year).gesloten_op is not None


def test_another_cultuurpunt_hears_nothing_of_it(portaal: Portaal) -> None:
    theirs = portaal.wereld.id(Vraag, "vreemd")
    for who in ("routebegeleider", "projectleider", "dubbel"):
        person = portaal.bezoeker(who)
        assert person.get(f"/vragen/{theirs}").status_code == 404
        assert react(portaal, who, theirs).status_code == 404
        assert KANARIE not in person.get("/").text.lower()


def test_questions_stand_in_the_history_of_their_year(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur", ask_path(portaal, "gesloten"))
    react(portaal, "projectleider", number, "Dat klopt.")
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    page = portaal.bezoeker("projectleider").get(f"/verantwoordingen/{year}/geschiedenis").text
    assert f"Vraag {TEXT} aangemaakt" in page
    assert "Reactie Dat klopt. aangemaakt" in page
    with portaal.als() as session:
        rows = select(Wijziging.entiteit).where(Wijziging.verantwoording_id == year)
        kinds = list(session.scalars(rows.order_by(Wijziging.id)))[-3:]
    assert sorted(kinds) == ["Reactie", "Vraag", "Vraag"]


def test_an_empty_year_with_a_question_cannot_be_deleted(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    asked(portaal, "adviseur", ask_path(portaal, "leeg"))
    person = portaal.bezoeker("beheerder")
    answer = person.post(
        "/beheer/verantwoordingen/delete/", {"id": year, "rowid": year, "sleutel": new_key()}
    )
    assert answer.status_code == 422
    assert "vraag" in answer.text.lower()


def test_an_answer_that_came_meanwhile_is_seen_before_it_goes(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    person, page = portaal.bezoeker("beheerder"), f"/vragen/{number}/verwijderen"
    assert "Er is niet op gereageerd." in person.get(page).text
    react(portaal, "projectleider", number)
    answer = person.post(page, {"sleutel": new_key(), "gezien": "0"})
    assert answer.status_code == 409
    assert "De reactie erop verdwijnt ook." in answer.text
    assert person.post(page, {"gezien": "1"}).status_code == 422
    with portaal.als() as session:
        assert session.get_one(Vraag, number).reacties
    assert person.post(page, {"sleutel": new_key(), "gezien": "1"}).status_code == 302
    assert react(portaal, "projectleider", number).status_code == 404


def test_a_beheerder_removes_a_question_with_what_was_said_on_it(portaal: Portaal) -> None:
    """And then its year, that was opened by mistake, can go as well."""
    year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    number = asked(portaal, "adviseur", ask_path(portaal, "leeg"))
    react(portaal, "projectleider", number, "Dat weet ik niet.")
    page = f"/vragen/{number}/verwijderen"
    for who in ("projectleider", "adviseur"):
        assert page not in portaal.bezoeker(who).get(f"/vragen/{number}").text
        assert portaal.bezoeker(who).get(page).status_code == 403
        assert portaal.bezoeker(who).post(page).status_code == 403
    person = portaal.bezoeker("beheerder")
    assert page in person.get(f"/vragen/{number}").text
    assert "De reactie erop verdwijnt ook." in person.get(page).text
    form = {"sleutel": new_key(), "gezien": "1"}
    for _ in range(2):
        answer = person.post(page, form)
        assert answer.location == f"/verantwoordingen/{year}/vragen"
    with portaal.als() as session:
        assert session.get(Vraag, number) is None
        assert session.scalars(select(Reactie).where(Reactie.vraag_id == number)).all() == []
        kept = session.scalars(select(Wijziging).where(Wijziging.entiteit == "Reactie")).all()
        assert any("Dat weet ik niet." in row.waarden.get("tekst", ()) for row in kept)
    gone = {"id": year, "rowid": year, "sleutel": new_key()}
    assert person.post("/beheer/verantwoordingen/delete/", gone).status_code == 302
    with portaal.als() as session:
        assert session.get(Verantwoording, year) is None


@pytest.mark.parametrize("who", ["projectleider", "adviseur"])
def test_pages_ask_the_database_as_often_for_many_questions(portaal: Portaal, who: str) -> None:
    year, number = portaal.wereld.id(Verantwoording, "eigen"), portaal.wereld.id(Vraag, "eigen")
    pages = ("/", f"/verantwoordingen/{year}/vragen", f"/vragen/{number}")
    person = portaal.bezoeker(who)

    def counts() -> list[int]:
        found = []
        for page in pages:
            with counted(portaal.app) as sent:
                assert person.get(page).status_code == 200
            found.append(len(sent))
        return found

    before = counts()
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year)
        for _ in range(5):
            again = f.maak_vraag(session, row, van_id=portaal.wereld.mensen["projectleider"])
            f.maak_reactie(session, again)
            f.maak_reactie(session, session.get_one(Vraag, number), kant=Kant.CULTUUR_OOST)
        session.commit()
    assert counts() == before
    assert max(before[1:]) <= 8


def test_what_somebody_asked_is_in_their_personal_data(portaal: Portaal) -> None:
    asked(portaal, "projectleider")
    page = portaal.bezoeker("projectleider").get("/mijn-gegevens/persoonlijke-data").text
    assert TEXT in page


def test_a_reaction_belongs_to_the_contractpartij_of_its_question(portaal: Portaal) -> None:
    with portaal.als() as session:
        reactie = session.get_one(Reactie, portaal.wereld.id(Reactie, "tweede"))
        assert reactie.contractpartij_id == portaal.wereld.id(Contractpartij, "tweede")
