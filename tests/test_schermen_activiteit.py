"""Changing an activity part by part, and its tabs (Handleiding 2.2, 2.3 and 3)."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.activiteit_formulier import Formulier
from tests.pages import Page
from tests.support.portal import Portaal

# --- changing -------------------------------------------------------------------------


@pytest.fixture
def activiteit_id(portaal: Portaal) -> int:
    """An activity in the open year 2026, with two schools and two lasten."""
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = f.maak_activiteit(session, verantwoording, naam="Dans")
        f.maak_activiteit_doelgroep(session, activiteit)
        for number in (5, 6):
            school = f.maak_school(session, naam=f"School {number}")
            f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=number)
            f.maak_last(session, activiteit, toelichting=f"Last {number}", bedrag=number * 100)
        session.commit()
        return activiteit.id


def edit_path(activiteit_id: int, part: str) -> str:
    return f"/activiteiten/{activiteit_id}/{part}/bewerken"


def rows(portaal: Portaal, entity: type[ActiviteitSchool] | type[Last], of: int) -> list[Any]:
    with portaal.als() as session:
        of_it = select(entity).where(entity.activiteit_id == of).order_by(entity.id)
        return list(session.scalars(of_it))


def test_the_details_are_changed(portaal: Portaal, activiteit_id: int) -> None:
    form = Formulier(portaal, "routebegeleider", edit_path(activiteit_id, "details"))
    response = form.send(naam="Dans en beweging", duur_eenheid="totaal")
    assert response.location == f"/activiteiten/{activiteit_id}/details"
    page = Page(form.bezoeker.get(response.location).text)
    assert page.heading == "Dans en beweging"
    assert "1,5 uur in totaal" in page.text


def test_a_partner_is_added_later(portaal: Portaal, activiteit_id: int) -> None:
    """Handleiding 2.3: "Je kunt hier nu klikken op wijzigen en de samenwerkingspartner(s) …"."""
    partner = portaal.wereld.id(Samenwerkingspartner, "eigen")
    for part in ("details", "samenwerkingspartners"):
        form = Formulier(portaal, "routebegeleider", edit_path(activiteit_id, part))
        assert form.send(samenwerkingspartners=[str(partner)]).status_code == 302
        form = Formulier(portaal, "routebegeleider", edit_path(activiteit_id, part))
        assert form.send(samenwerkingspartners=None).status_code == 302


def test_two_people_who_change_the_same_field_see_both_values(
    portaal: Portaal, activiteit_id: int
) -> None:
    path = edit_path(activiteit_id, "details")
    mine, theirs = (Formulier(portaal, who, path) for who in ("projectleider", "routebegeleider"))
    theirs.send(naam="Van hen")

    response = mine.send(naam="Van mij", omschrijving="Ook van mij")

    assert response.status_code == 409
    words = Page(response.text).text
    assert "Mens routebegeleider heeft dit intussen ook gewijzigd" in words
    back = mine.again(response)
    assert back.values["omschrijving"] == ["Ook van mij"]
    assert back.values["conflict-naam"] == ["mijn"]
    assert back.send(**{"conflict-naam": "hun"}).status_code == 302
    with portaal.als() as session:
        stored = session.get_one(Activiteit, activiteit_id)
        assert (stored.naam, stored.omschrijving) == ("Van hen", "Ook van mij")


def test_a_made_up_version_is_refused(portaal: Portaal, activiteit_id: int) -> None:
    for part in ("details", "scholen"):
        form = Formulier(portaal, "projectleider", edit_path(activiteit_id, part))
        assert form.send(versie_token="verzonnen").status_code == 400


def test_rows_are_added_changed_and_taken_away(portaal: Portaal, activiteit_id: int) -> None:
    first, second = rows(portaal, Last, activiteit_id)
    form = Formulier(portaal, "projectleider", edit_path(activiteit_id, "financieel-overzicht"))
    names = [n for n in form.values if n.startswith(f"lasten-{second.id}-")]
    new = {f"lasten-{second.id + 1}-toelichting": "Nieuw"}
    changed = {f"lasten-{first.id}-bedrag": "-3,50"}

    response = form.send(**changed, **new, **dict.fromkeys(names))

    assert response.location == f"/activiteiten/{activiteit_id}/financieel-overzicht"
    stored = [(x.toelichting, x.bedrag) for x in rows(portaal, Last, activiteit_id)]
    assert stored == [("Last 5", -350), ("Nieuw", None)]


def test_sending_rows_twice_adds_them_once(portaal: Portaal, activiteit_id: int) -> None:
    form = Formulier(portaal, "projectleider", edit_path(activiteit_id, "financieel-overzicht"))
    for _ in range(2):
        assert form.send(**{"lasten-900-toelichting": "Een keer"}).status_code == 302
    assert len(rows(portaal, Last, activiteit_id)) == 3


def test_the_school_of_a_row_is_only_shown(portaal: Portaal, activiteit_id: int) -> None:
    """Another school would be a hidden deletion."""
    row = rows(portaal, ActiviteitSchool, activiteit_id)[0]
    other = portaal.wereld.id(School)
    form = Formulier(portaal, "projectleider", edit_path(activiteit_id, "scholen"))
    assert f"scholen-{row.id}-school_id" not in form.values
    form.send(**{f"scholen-{row.id}-school_id": str(other)})
    assert rows(portaal, ActiviteitSchool, activiteit_id)[0].school_id == row.school_id


def test_a_school_taken_away_and_chosen_again_stays(portaal: Portaal, activiteit_id: int) -> None:
    row = rows(portaal, ActiviteitSchool, activiteit_id)[0]
    form = Formulier(portaal, "projectleider", edit_path(activiteit_id, "scholen"))
    gone = dict.fromkeys(n for n in form.values if n.startswith(f"scholen-{row.id}-"))
    new = {"scholen-900-school_id": str(row.school_id), "scholen-900-aantal_leerkrachten": "9"}
    assert form.send(**gone, **new).status_code == 302
    kept = {r.id: r.aantal_leerkrachten for r in rows(portaal, ActiviteitSchool, activiteit_id)}
    assert kept[row.id] == 9


def test_a_routebegeleider_takes_no_rows_away(portaal: Portaal, activiteit_id: int) -> None:
    """Handleiding 1.5: deleting, also "per onderdeel", is for the projectleider."""
    row = rows(portaal, ActiviteitSchool, activiteit_id)[0]
    form = Formulier(portaal, "routebegeleider", edit_path(activiteit_id, "scholen"))
    response = form.send(**dict.fromkeys(n for n in form.values if f"-{row.id}-" in n))
    assert response.status_code == 403
    assert len(rows(portaal, ActiviteitSchool, activiteit_id)) == 2


def test_rows_that_others_changed_elsewhere_are_taken_in(
    portaal: Portaal, activiteit_id: int
) -> None:
    path = edit_path(activiteit_id, "scholen")
    first, second = rows(portaal, ActiviteitSchool, activiteit_id)
    mine, theirs = (Formulier(portaal, who, path) for who in ("projectleider", "routebegeleider"))
    added = {"scholen-900-school_id": str(portaal.wereld.id(School))}
    theirs.send(**{f"scholen-{first.id}-aantal_leerkrachten": "50"}, **added)

    response = mine.send(**{f"scholen-{second.id}-aantal_leerkrachten": "60"})

    assert response.status_code == 302
    numbers = [r.aantal_leerkrachten for r in rows(portaal, ActiviteitSchool, activiteit_id)]
    assert numbers == [50, 60, None]


@pytest.mark.parametrize(("choice", "number"), [("mijn", 8), ("hun", 7)])
def test_a_row_that_both_changed_is_chosen(
    portaal: Portaal, activiteit_id: int, choice: str, number: int
) -> None:
    path = edit_path(activiteit_id, "scholen")
    row = rows(portaal, ActiviteitSchool, activiteit_id)[0]
    field = f"scholen-{row.id}-aantal_leerkrachten"
    mine, theirs = (Formulier(portaal, who, path) for who in ("projectleider", "routebegeleider"))
    theirs.send(**{field: "7", "scholen-900-school_id": str(portaal.wereld.id(School))})

    response = mine.send(**{field: "8"})

    assert response.status_code == 409
    assert "Mens routebegeleider heeft dit intussen ook gewijzigd" in Page(response.text).text
    back = mine.again(response)
    assert back.values[field] == ["8"]
    assert back.send(**{f"conflict-{field}": choice}).status_code == 302
    stored = [r.aantal_leerkrachten for r in rows(portaal, ActiviteitSchool, activiteit_id)]
    assert stored == [number, 6, None]


def test_a_row_that_was_taken_away_meanwhile_comes_back_as_new(
    portaal: Portaal, activiteit_id: int
) -> None:
    path = edit_path(activiteit_id, "financieel-overzicht")
    row = rows(portaal, Last, activiteit_id)[0]
    mine, theirs = (
        Formulier(portaal, "routebegeleider", path),
        Formulier(portaal, "projectleider", path),
    )
    theirs.send(**dict.fromkeys(n for n in theirs.values if f"lasten-{row.id}-" in n))

    response = mine.send(**{f"lasten-{row.id}-bedrag": "99"})

    assert response.status_code == 409
    assert "is intussen door een ander verwijderd" in Page(response.text).text
    assert mine.again(response).send().status_code == 302
    stored = [(x.toelichting, x.bedrag) for x in rows(portaal, Last, activiteit_id)]
    assert sorted(stored) == [("Last 5", 9900), ("Last 6", 600)]


def test_a_row_i_took_away_and_another_changed_is_asked_about(
    portaal: Portaal, activiteit_id: int
) -> None:
    path = edit_path(activiteit_id, "scholen")
    row = rows(portaal, ActiviteitSchool, activiteit_id)[0]
    mine, theirs = (Formulier(portaal, who, path) for who in ("projectleider", "routebegeleider"))
    theirs.send(**{f"scholen-{row.id}-aantal_leerkrachten": "70"})

    response = mine.send(**dict.fromkeys(n for n in mine.values if f"scholen-{row.id}-" in n))

    assert response.status_code == 409
    assert "haalde je weg, maar een ander heeft haar intussen gewijzigd" in Page(response.text).text
    assert len(rows(portaal, ActiviteitSchool, activiteit_id)) == 2


@pytest.mark.parametrize("part", ["details", "scholen", "financieel-overzicht"])
def test_under_a_closed_year_there_is_nothing_to_change(portaal: Portaal, part: str) -> None:
    id_ = portaal.wereld.id(Activiteit, "eigen", "gesloten")
    visitor = portaal.bezoeker("projectleider")
    assert visitor.get(edit_path(id_, part)).status_code == 409
    tab = Page(visitor.get(f"/activiteiten/{id_}/{part}").text)
    assert "Wijzigen" not in [link.words for link in tab.all("a")]
    assert "Verantwoording 2025 is gesloten op" in tab.text


def test_an_unknown_part_is_no_page(portaal: Portaal, activiteit_id: int) -> None:
    assert portaal.bezoeker("projectleider").get(edit_path(activiteit_id, "x")).status_code == 404


# --- the tabs -------------------------------------------------------------------------


def test_the_tabs_of_an_activity(portaal: Portaal, activiteit_id: int) -> None:
    """Handleiding 3: "verschillende tabbladen, zoals Details, Scholen, Financieel overzicht …"."""
    visitor = portaal.bezoeker("routebegeleider")
    page = Page(visitor.get(f"/activiteiten/{activiteit_id}/details").text)
    tabs = {link.words: link.get("href") for link in page.with_class("tabs")[0].all("a")}
    assert list(tabs) == [
        "Details",
        "Scholen 2",
        "Financieel overzicht 2",
        "Samenwerkingspartners 0",
        "Geschiedenis",
    ]
    told = {
        "Scholen 2": "2 scholen · 11 leerkrachten",
        "Financieel overzicht 2": "2 lasten · totaal € 11,00",
        "Samenwerkingspartners 0": "Nog geen samenwerkingspartners",
        "Geschiedenis": "Activiteit Dans aangemaakt",
    }
    for name, words in told.items():
        assert words in Page(visitor.get(tabs[name]).text).text


@pytest.mark.parametrize(("visitor", "buttons"), [
    ("projectleider", ["Stel een vraag", "Dupliceren…", "Verwijderen…", "Wijzigen"]),
    ("routebegeleider", ["Stel een vraag", "Dupliceren…", "Wijzigen"]),
    ("adviseur", ["Stel een vraag"]),
    ("datamanager", ["Dupliceren…", "Verwijderen…", "Wijzigen"]),
])  # fmt: skip
def test_buttons_are_what_one_may(
    portaal: Portaal, activiteit_id: int, visitor: str, buttons: list[str]
) -> None:
    page = Page(portaal.bezoeker(visitor).get(f"/activiteiten/{activiteit_id}/details").text)
    title = page.with_class("page-title")[0]
    assert [node.words for node in title.all("a", "button")] == buttons


def test_what_is_missing_leads_to_the_very_field(portaal: Portaal, activiteit_id: int) -> None:
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, activiteit_id)
        activiteit.scholen[1].aantal_leerkrachten = None
        activiteit.lasten[0].bedrag = None
        wanted = {
            f"scholen-{activiteit.scholen[1].id}-aantal_leerkrachten",
            f"lasten-{activiteit.lasten[0].id}-bedrag",
        }
        session.commit()
    visitor = portaal.bezoeker("routebegeleider")
    page = Page(visitor.get(f"/activiteiten/{activiteit_id}/details").text)
    assert "nog invullen: leerkrachten, bedrag" in page.text
    links = [
        a.get("href") for a in page.with_class("checklist")[0].all("a") if "#" in a.get("href")
    ]
    for link in links:
        path, field = link.split("#")
        assert Page(visitor.get(path).text).by_id(field).get("name") == field
    assert {link.split("#")[1] for link in links} == wanted


def test_an_empty_activity_says_where_to_begin(portaal: Portaal) -> None:
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        id_ = f.maak_activiteit(session, verantwoording).id
        session.commit()
    visitor = portaal.bezoeker("projectleider")
    page = Page(visitor.get(f"/activiteiten/{id_}/scholen").text)
    links: Mapping[str, str] = {a.words: a.get("href") for a in page.all("a")}
    for words in ("koppel scholen", "voer lasten in"):
        path, field = links[words].split("#")
        assert Page(visitor.get(path).text).by_id(field).tag in ("input", "select")
    assert links["Scholen koppelen"] == edit_path(id_, "scholen")


def test_a_period_outside_the_year_is_worth_a_look(portaal: Portaal, activiteit_id: int) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    path = f"/activiteiten/{activiteit_id}/details"
    assert "De periode ligt buiten 2026." not in visitor.get(path).text
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, activiteit_id)
        activiteit.einddatum = activiteit.einddatum.replace(year=2027)
        session.commit()
    page = Page(visitor.get(path).text)
    assert "De periode ligt buiten 2026." in page.text
    [link] = [a for a in page.with_class("checklist")[0].all("a") if a.words == "wijzig"]
    assert link.get("href") == f"{edit_path(activiteit_id, 'details')}#startdatum"
