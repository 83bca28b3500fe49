"""The same facts entered in the four ways of Handleiding 3 come to the same."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from cmk_admin.formats import euro
from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last
from models.dossier import beeld
from models.rapportages import cijfers_van
from models.rapportages.per_school import per_school, scholen_uit
from models.rapportages.weergaven import (
    KWARTALEN,
    ZONDER_POST,
    lasten_van,
    per_kwartaal,
    per_post,
    post_van,
    regels_uit,
)
from models.school import School
from models.verantwoording import Verantwoording, Werkwijze
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal

#: The facts: lessons at the first school (4 × 1,5 hours, € 400 in February), lessons at the
#: second (2 × 1,5 hours, € 200 in May), a training for both (4 hours, € 150 in May).
FEBRUARI, MEI = date(2026, 2, 10), date(2026, 5, 11)
EEN, TWEE, ALLE = (0,), (1,), (0, 1)
#: Per way: name, schools, aantal and hours (each, or of all together), lasten in cents and day.
ENTERED: dict[Werkwijze, tuple[tuple[Any, ...], ...]] = {
    Werkwijze.A: (
        ("De eerste school", EEN, 4, "1.5", False, ((40_000, FEBRUARI),)),
        ("De tweede school", TWEE, 2, "1.5", False, ((20_000, MEI),)),
        ("Overkoepelend: training", ALLE, 1, "4", False, ((15_000, MEI),)),
    ),
    Werkwijze.B: (
        ("Danslessen", ALLE, 6, "1.5", False, ((40_000, FEBRUARI), (20_000, MEI))),
        ("Training", ALLE, 1, "4", False, ((15_000, MEI),)),
    ),
    Werkwijze.C: (
        ("Eerste kwartaal", EEN, 4, "6", True, ((40_000, FEBRUARI),)),
        ("Tweede kwartaal", ALLE, 3, "7", True, ((20_000, MEI), (15_000, MEI))),
    ),
    Werkwijze.D: (
        ("Programma", ALLE, 6, "9", True, ((60_000, MEI),)),
        ("Deskundigheid", ALLE, 1, "4", True, ((15_000, MEI),)),
    ),
}


def enter(session: GateSession, way: Werkwijze, schools: list[School]) -> Verantwoording:
    """A year with the facts, entered as this werkwijze asks."""
    year = f.maak_verantwoording(session, werkwijze=way, kalenderjaar=2026)
    for naam, chosen, aantal, uren, total, lasten in ENTERED[way]:
        activiteit = f.maak_activiteit(
            session, year, naam=naam, aantal_activiteiten=aantal, duur=Decimal(uren),
            duur_eenheid=DuurEenheid.TOTAAL if total else DuurEenheid.PER_ACTIVITEIT,
        )  # fmt: skip
        for number in chosen:
            session.add(ActiviteitSchool(activiteit=activiteit, school=schools[number],
                                         aantal_leerkrachten=5))  # fmt: skip
        for bedrag, dag in lasten:
            session.add(Last(activiteit=activiteit, toelichting="x", bedrag=bedrag, betaald_op=dag))
        session.flush()
    session.commit()
    return year


@pytest.fixture
def ways(portaal: Portaal) -> Iterator[tuple[GateSession, dict[Werkwijze, Verantwoording]]]:
    with portaal.als() as session:
        schools = [f.maak_school(session) for _ in range(2)]
        session.commit()
        yield session, {way: enter(session, way, schools) for way in Werkwijze}


def test_four_ways_give_equal_lasten_schools_and_hours(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    session, years = ways
    counted = cijfers_van(session, list(years.values()))
    for way, year in years.items():
        figures = counted[year.id]
        assert (figures.besteed, figures.scholen, figures.uren) == (75_000, 2, Decimal(13)), way
        schools = per_school(session, year)
        found = schools.bladzijde(0, 100)
        assert (schools.lasten, schools.scholen, schools.uren) == (75_000, 2, Decimal(13))
        told = sum(school.eigen for school in found)
        assert told + schools.gedeeld + schools.zonder_school == schools.lasten
        quarters = per_kwartaal(lasten_van(session, year).sommen, ())
        assert sum(row.totaal for row in quarters) == 75_000


@pytest.mark.beide
def test_lasten_counted_in_the_database_are_those_of_the_rows(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    session, years = ways
    for way, year in years.items():
        regels, budget = regels_uit(beeld(year)), [("Programma", 50_000), ("Later", 100)]
        by_goal, by_name = (lasten_van(session, year, per_naam=name) for name in (False, True))
        assert by_goal.activiteiten == by_name.activiteiten == len(regels)
        assert per_kwartaal(by_goal.sommen, budget) == per_kwartaal(regels, budget), way
        assert per_post(by_name.sommen, budget) == per_post(regels, budget), way


@pytest.mark.beide
def test_schools_cut_out_by_the_database_are_those_of_the_rows(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    """By a page of one as well, and beyond the last."""
    session, years = ways
    for way, year in years.items():
        open_, read = per_school(session, year), scholen_uit(regels_uit(beeld(year)))
        assert open_ == read, way
        for start in range(3):
            assert list(open_.bladzijde(start, 1)) == list(read.bladzijde(start, 1)), way


def test_per_school_counts_own_lasten_and_tells_shared_ones_once(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    """Werkwijze A: € 400 and € 200 of their own, the training of € 150 beside them."""
    session, years = ways
    page = per_school(session, years[Werkwijze.A])
    schools = page.bladzijde(0, 100)
    assert sorted(school.eigen for school in schools) == [20_000, 40_000]
    assert (page.gedeeld, page.zonder_school) == (15_000, 0)
    # Each took part in its own lessons (6 and 3 hours) and in the training (4 hours).
    assert sorted(school.uren for school in schools) == [Decimal(7), Decimal(10)]
    assert sorted(school.activiteiten for school in schools) == [3, 5]


def test_per_quarter_a_last_falls_where_it_was_paid(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    session, years = ways
    year = years[Werkwijze.C]
    activiteit = session.scalars(
        select(Activiteit).where(Activiteit.verantwoording_id == year.id)
    ).first()
    assert activiteit is not None
    session.add(Last(activiteit=activiteit, toelichting="later", bedrag=100))
    session.commit()
    rows = per_kwartaal(lasten_van(session, year).sommen, [("Nog niets", 5_000)])
    by_quarter = [sum(row.lasten[n] for row in rows) for n in range(len(KWARTALEN))]
    assert by_quarter == [40_000, 35_000, 0, 0, 100]
    [planned] = [row for row in rows if row.naam == "Nog niets"]
    assert (planned.begroot, planned.totaal, planned.over) == (5_000, 0, 5_000)


@pytest.mark.parametrize(
    ("naam", "post"),
    [
        ("Muziek", "Muziek"),
        ("muziek, kwartaal 1", "Muziek"),
        ("Muziek – De Linde", "Muziek"),
        ("Muziekles", ZONDER_POST),
        ("Muziek en dans (kopie)", "Muziek en dans"),
        ("Coördinatie kwartaal 2", "Coördinatie"),
        ("COORDINATIE", "Coördinatie"),
        ("Dans", ZONDER_POST),
    ],
)
def test_the_name_of_an_activity_says_its_begrotingspost(naam: str, post: str) -> None:
    assert post_van(naam, ["Muziek", "Muziek en dans", "Coördinatie"]) == post


def test_per_begrotingspost_every_last_counts_once(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    _session, years = ways
    regels = regels_uit(beeld(years[Werkwijze.D]))
    rows = per_post(regels, [("Programma", 50_000), ("Niets", 0), ("Later", 100), ("Later", 50)])
    assert [(row.naam, row.begroot, row.totaal) for row in rows] == [
        ("Programma", 50_000, 60_000),
        ("Later", 150, 0),
        (ZONDER_POST, 0, 15_000),
    ]
    assert rows[0].over == -10_000
    assert [sum(row.lasten[n] for row in rows) for n in range(len(KWARTALEN))] == [
        0, 75_000, 0, 0, 0
    ]  # fmt: skip


def test_the_page_per_begrotingspost_is_of_the_closed_picture_too(portaal: Portaal) -> None:
    """What it says does not move when the begroting of the project changes after closing."""
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    person = portaal.bezoeker("adviseur")

    def main() -> str:
        page = Page(person.get(f"/verantwoordingen/{year}/per-begrotingspost").text)
        return page.all("main")[0].words

    before = main()
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year)
        f.maak_begrotingspost(session, row.project, kalenderjaar=row.kalenderjaar, naam="Erbij")
        session.commit()
    assert "Erbij" not in main()
    assert main() == before
    assert ZONDER_POST in before
    assert "€ 250,00" in before


def test_a_closed_year_is_looked_at_as_closing_stored_it(
    ways: tuple[GateSession, dict[Werkwijze, Verantwoording]],
) -> None:
    session, years = ways
    year = years[Werkwijze.A]
    before = per_school(session, year).bladzijde(0, 100)
    year.sluit(None)
    session.commit()
    names = [school.naam for school in before]
    session.get_one(School, before[0].id).naam = "Anders genoemd"
    session.commit()
    page = per_school(session, year)
    assert [school.naam for school in page.bladzijde(0, 100)] == names
    assert page.lasten == 75_000


def test_many_activities_stand_a_page_at_a_time_under_the_totals_of_all(portaal: Portaal) -> None:
    """Whoever prints or searches them has all on one page."""
    year = portaal.wereld.id(Verantwoording, "eigen")
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, year)
        for number in range(101):
            activiteit = f.maak_activiteit(session, verantwoording, naam=f"Veel {number:03}")
            f.maak_last(session, activiteit, bedrag=100)
        session.commit()
        spent = cijfers_van(session, [verantwoording])[year].besteed
    visitor = portaal.bezoeker("projectleider")
    base = f"/verantwoordingen/{year}/financieel-overzicht"
    pages = [Page(visitor.get(f"{base}{which}").text) for which in ("", "?page=2")]
    every = Page(visitor.get(f"{base}?regels=alle").text)
    wanted = {f"Veel {number:03}" for number in range(101)}
    shown = [wanted & {link.words for link in page.all("a")} for page in (*pages, every)]
    assert shown[0] | shown[1] == shown[2] == wanted
    assert shown[0].isdisjoint(shown[1])
    for page in (*pages, every):
        assert euro(spent) in page.text


def test_a_part_of_the_activities_says_so(portaal: Portaal) -> None:
    """At the total and on paper; whoever turns the page stays at the table."""
    year = portaal.wereld.id(Verantwoording, "eigen")
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, year)
        for _ in range(101):
            f.maak_activiteit(session, verantwoording)
        session.commit()
    visitor = portaal.bezoeker("projectleider")
    base = f"/verantwoordingen/{year}/financieel-overzicht"
    every = Page(visitor.get(f"{base}?regels=alle").text)
    number = len(every.by_id("per-activiteit").all("tr")) - 2
    for which, part in {
        "": f"1–100 van {number}",
        "?page=2": f"101–{number} van {number}",
        "?regels=alle": "",
    }.items():
        page = Page(visitor.get(f"{base}{which}").text)
        table = page.by_id("per-activiteit")
        [foot] = [head.words for head in table.all("tfoot")[0].all("th")]
        assert foot == (f"Totaal van alle {number} activiteiten" if part else "Totaal")
        onward = [link.get("href") for link in table.all("nav")[0].all("a")]
        assert onward
        assert all(address.endswith("#per-activiteit") for address in onward)
        told = [notice.words for notice in page.with_class("in-part")]
        assert len(told) == bool(part)
        assert all(part in notice and "Per pagina: alle" in notice for notice in told)


def test_many_schools_are_shown_a_page_at_a_time(portaal: Portaal) -> None:
    """The totals are those of the year, on every page."""
    year = portaal.wereld.id(Verantwoording, "eigen")
    with portaal.als() as session:
        activiteit = f.maak_activiteit(session, session.get_one(Verantwoording, year))
        for number in range(101):
            school = f.maak_school(session, naam=f"Zesde school {number:03}")
            f.maak_activiteit_school(session, activiteit, school)
        session.commit()
    visitor = portaal.bezoeker("projectleider")
    pages = [
        Page(visitor.get(f"/verantwoordingen/{year}/per-school{which}").text)
        for which in ("", "?page=2")
    ]
    heads = [{h.words for h in page.all("th") if h.get("scope") == "row"} for page in pages]
    shown = [{head for head in found if head.startswith("Zesde school")} for found in heads]
    assert len(shown[0] | shown[1]) == 101
    assert shown[0].isdisjoint(shown[1])
    assert all(shown)
    feet = [[cell.words for cell in page.all("tfoot")[0].all("td")] for page in pages]
    assert feet[0] == feet[1]


@pytest.mark.parametrize(
    ("way", "view"),
    [
        ("A", "per-school"),
        ("B", "activiteiten"),
        ("C", "per-kwartaal"),
        ("D", "per-begrotingspost"),
    ],
)
def test_the_werkwijze_sets_the_first_view_and_keeps_the_others_in_reach(
    portaal: Portaal, way: str, view: str
) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen")
    with portaal.als() as session:
        session.get_one(Verantwoording, year).werkwijze = Werkwijze(way)
        session.commit()
    visitor = portaal.bezoeker("routebegeleider")
    addresses = [a.get("href") for a in Page(visitor.get("/").text).all("a")]
    assert f"/verantwoordingen/{year}/{view}" in addresses
    for other in ("activiteiten", "per-school", "per-kwartaal", "per-begrotingspost"):
        page = Page(visitor.get(f"/verantwoordingen/{year}/{other}").text)
        [bar] = [nav for nav in page.all("nav") if nav.get("aria-label") == "Weergave"]
        assert [a.words for a in bar.all("a")] == [
            "Per activiteit", "Per school", "Per kwartaal", "Per begrotingspost"
        ]  # fmt: skip
        assert f"Zo werk je met werkwijze {way}" in page.text


def test_choosing_has_the_manuals_words_and_the_adviser(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen")
    text = Page(portaal.bezoeker("projectleider").get(f"/verantwoordingen/{year}/wijzigen").text)
    for words in (
        "focus leggen op scholen",
        "focus leggen op activiteiten",
        "focus leggen op financiën",
        "alleen voor de jaarlijkse verantwoording",
    ):
        assert words in text.text
    assert "Adviseur bij Cultuur Oost" in text.text
