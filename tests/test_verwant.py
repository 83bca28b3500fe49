"""What stamdata tell of rows elsewhere, the history of a project, the overview, reminders."""

from datetime import date

import pytest
from sqlalchemy import select

from models.activiteit import Activiteit
from models.gebruiker import Lidmaatschap, LidRol
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.techniek import Mail
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Node, Page
from tests.support.portal import Portaal


def section(portaal: Portaal, who: str, path: str, title: str) -> Node:
    page = Page(portaal.bezoeker(who).get(path).text)
    return next(s for s in page.all("section") if s.get("aria-label") == title)


def test_a_school_tells_which_activities_it_joined(portaal: Portaal) -> None:
    """A cultuurpunt sees its own; Cultuur Oost those of everybody."""
    with portaal.als() as session:
        own, foreign = (
            session.get_one(Activiteit, portaal.wereld.id(Activiteit, van))
            for van in ("eigen", "vreemd")
        )
        own.naam, foreign.naam = "Van ons", "Van een ander"
        school = own.scholen[0].school_id
        if all(row.school_id != school for row in foreign.scholen):
            f.maak_activiteit_school(session, foreign, session.get_one(School, school))
        session.commit()
    path = f"/stamdata/scholen/details/?id={school}"
    ours = section(portaal, "projectleider", path, "Activiteiten").words
    assert "Van ons" in ours
    assert "Van een ander" not in ours
    everything = section(portaal, "adviseur", path, "Activiteiten").words
    assert "Van ons" in everything
    assert "Van een ander" in everything


def test_a_partner_tells_where_it_is_used(portaal: Portaal) -> None:
    partner = portaal.wereld.id(Samenwerkingspartner, "eigen")
    path = f"/stamdata/samenwerkingspartners/details/?id={partner}"
    activiteit = portaal.wereld.id(Activiteit, "eigen")
    links = section(portaal, "routebegeleider", path, "Activiteiten").all("a")
    assert f"/activiteiten/{activiteit}/details" in [a.get("href") for a in links]


def test_a_board_lists_its_schools(portaal: Portaal) -> None:
    with portaal.als() as session:
        board = f.maak_schoolbestuur(session)
        school = f.maak_school(session, schoolbestuur=board, naam="De Wegwijzer")
        session.commit()
        board_id, school_id = board.id, school.id
        empty = f.maak_schoolbestuur(session)
        session.commit()
        empty_id = empty.id
    path = "/stamdata/schoolbesturen/details/?id="
    [link] = section(portaal, "adviseur", f"{path}{board_id}", "Scholen").all("a")
    assert (link.words, link.get("href")) == (
        "De Wegwijzer",
        f"/stamdata/scholen/details/?id={school_id}",
    )
    none = section(portaal, "adviseur", f"{path}{empty_id}", "Scholen").words
    assert "nog geen scholen" in none
    with portaal.als() as session:
        assert session.scalars(select(School).where(School.schoolbestuur_id == board_id)).one()
        assert session.get_one(Schoolbestuur, empty_id)


def test_a_project_has_its_history(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Project, "eigen")
    with portaal.als() as session:
        session.get_one(Project, id_).titel = "Nieuwe titel"
        session.commit()
    story = section(portaal, "routebegeleider", f"/projecten/{id_}/geschiedenis", "Geschiedenis")
    assert "Nieuwe titel" in story.words


@pytest.mark.parametrize(
    ("stand", "day", "expected"),
    [("gesloten", None, "gesloten"), ("gesloten", None, "vastgesteld"),
     ("open", None, "kan sluiten"), ("leeg", date(2020, 1, 1), "loopt achter"),
     ("leeg", date(2090, 1, 1), "niet begonnen")],
)  # fmt: skip
def test_cultuur_oost_sees_where_everybody_stands(
    portaal: Portaal, stand: str, day: date | None, expected: str
) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen", stand)
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year)
        if expected == "vastgesteld":
            row.stel_vast()
            session.commit()
        label = (row.project.contractpartij.naam, str(row.kalenderjaar))
        if day is not None:
            row.uiterste_datum = day
            session.commit()
    page = Page(portaal.bezoeker("adviseur").get("/").text)
    rows = [[c.words for c in tr.all("th", "td")] for tr in page.all("tr")]
    [found] = [cells for cells in rows if set(label) <= set(cells)]
    assert any(cell.startswith(expected) for cell in found)


def test_a_reminder_is_seen_first_and_asked_once(portaal: Portaal) -> None:
    """An adviseur reminds one cultuurpunt: its projectleiders get a mail, closed years none."""
    year = portaal.wereld.id(Verantwoording, "eigen")
    closed = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    visitor = portaal.bezoeker("adviseur")
    asked = Page(visitor.post("/herinneren", {"rowid": [str(year), str(closed)]}).text)
    assert asked.heading == "Herinnering sturen"
    assert "1 verantwoording." in asked.text
    assert not portaal.changed()
    body = asked.form() | {"tekst": "Graag voor vrijdag."}
    answers = [visitor.post("/herinneren", body) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/", "/"]
    with portaal.als() as session:
        leaders = set(
            session.scalars(
                select(Lidmaatschap.gebruiker_id).where(
                    Lidmaatschap.contractpartij_id == portaal.wereld.id("Contractpartij", "eigen"),
                    Lidmaatschap.rol == LidRol.PROJECTLEIDER,
                    Lidmaatschap.actief,
                )
            )
        )
        mails = session.scalars(select(Mail).where(Mail.onderwerp.startswith("Herinnering"))).all()
        assert leaders
        assert sorted(m.ontvanger_id for m in mails) == sorted(leaders)
        assert all("Graag voor vrijdag." in m.tekst for m in mails)


def test_only_cultuur_oost_reminds_and_not_without_a_choice(portaal: Portaal) -> None:
    year = str(portaal.wereld.id(Verantwoording, "eigen"))
    assert portaal.bezoeker("projectleider").post("/herinneren", {"rowid": year}).status_code == 403
    visitor = portaal.bezoeker("beheerder")
    assert visitor.post("/herinneren", {}).location == "/"
    assert visitor.post("/herinneren", {"rowid": "abc"}).status_code == 404
    empty = visitor.post("/herinneren", {"rowid": year, "bevestigd": "1", "tekst": " "})
    assert empty.status_code == 422
    assert not portaal.changed()


# --- small things that save a step ----------------------------------------------------


def test_opening_a_year_shows_beforehand_which_projects_get_it(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    with portaal.als() as session:
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        titel, years = project.titel, {v.kalenderjaar for v in project.verantwoordingen}
        free = next(
            year
            for year in range(project.startdatum.year, project.einddatum.year + 1)
            if year not in years
        )
    page = Page(visitor.get("/beheer/jaar-openen").text)
    seen = visitor.post("/beheer/jaar-openen", page.form() | {"jaar": str(free), "bekijk": "1"})
    assert seen.status_code == 200
    [table] = Page(seen.text).all("table")
    assert titel in [row.all("th")[0].words for row in table.all("tr")]
    taken = visitor.post(
        "/beheer/jaar-openen", page.form() | {"jaar": str(min(years)), "bekijk": "1"}
    )
    assert titel not in [
        row.all("th")[0].words for row in Page(taken.text).all("table")[0].all("tr")
    ]
    assert not portaal.changed()


def test_who_has_one_contractpartij_is_not_asked_which(portaal: Portaal) -> None:
    new = "/stamdata/samenwerkingspartners/new/"
    visitor = portaal.bezoeker("routebegeleider")
    page = Page(visitor.get(new).text)
    labels = [label.words for label in page.all("label")]
    assert not any(label.startswith("Contractpartij") for label in labels)
    assert visitor.post(new, page.form() | {"naam": "Nieuwe partner"}).status_code == 302
    with portaal.als() as session:
        partner = session.scalars(
            select(Samenwerkingspartner).where(Samenwerkingspartner.naam == "Nieuwe partner")
        ).one()
        assert partner.contractpartij_id == portaal.wereld.id("Contractpartij", "eigen")
    asked = Page(portaal.bezoeker("dubbel").get(new).text)
    assert any(label.words.startswith("Contractpartij") for label in asked.all("label"))


def test_cultuur_oost_adds_baten_and_years_where_they_are_shown(portaal: Portaal) -> None:
    project = portaal.wereld.id(Project, "eigen")
    year = portaal.wereld.id(Verantwoording, "eigen")
    pages = {
        f"/projecten/{project}/verantwoordingen": {"+Nieuwe verantwoording"},
        f"/projecten/{project}/financieel-overzicht": {"+Nieuwe baat", "+Nieuwe begrotingspost"},
        f"/verantwoordingen/{year}/financieel-overzicht": {
            "+Nieuwe baat", "+Nieuwe begrotingspost"
        },
    }  # fmt: skip
    for path, wanted in pages.items():
        for who, sees in (("beheerder", True), ("projectleider", False)):
            links = {
                a.words: a.get("href") for a in Page(portaal.bezoeker(who).get(path).text).all("a")
            }
            assert (wanted <= links.keys()) is sees, (who, path)
    baat = Page(portaal.bezoeker("beheerder").get(links_of(portaal, year)).text).form()
    assert baat["project_id"] == [str(project)]
    with portaal.als() as session:
        assert baat["kalenderjaar"] == [str(session.get_one(Verantwoording, year).kalenderjaar)]


def links_of(portaal: Portaal, year: int) -> str:
    """Where "+Nieuwe baat" of this year leads."""
    path = f"/verantwoordingen/{year}/financieel-overzicht"
    page = Page(portaal.bezoeker("beheerder").get(path).text)
    return next(a.get("href") for a in page.all("a") if a.words == "+Nieuwe baat")


def test_cancelling_a_deletion_leads_back_to_where_one_came_from(portaal: Portaal) -> None:
    partner = portaal.wereld.id(Samenwerkingspartner, "eigen")
    here = f"/stamdata/samenwerkingspartners/details/?id={partner}"
    path = f"/stamdata/samenwerkingspartners/delete/?id={partner}"
    visitor = portaal.bezoeker("projectleider")
    for referer, expected in (
        (f"http://localhost{here}", here),
        ("https://elders.nl/x", "/stamdata/samenwerkingspartners/"),
    ):
        page = Page(visitor.get(path, headers={"Referer": referer}).text)
        [cancel] = [a for a in page.all("a") if a.words in ("Annuleren", "Terug")]
        assert cancel.get("href") == expected


def test_schools_of_the_own_sector_come_first(portaal: Portaal) -> None:
    """Both lie in the own werkgebied; the one of another sector would come first by name."""
    with portaal.als() as session:
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        gemeente = f.maak_gemeente(session)
        f.maak_werkgebied(session, contractpartij=project.contractpartij, gemeente=gemeente)
        other = f.maak_sector(session)
        for naam, sector in (("Proefschool A", other), ("Proefschool B", project.sector)):
            f.maak_school(session, naam=naam, gemeente=gemeente, sector=sector)
        session.commit()
    found = portaal.bezoeker("routebegeleider").get("/stamdata/scholen/ajax/lookup/?query=Proef")
    rows: list[list[str]] = found.json or []
    assert [row[1] for row in rows] == ["Proefschool B", "Proefschool A"]
