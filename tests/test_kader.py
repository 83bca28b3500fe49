"""What a year begins with in each werkwijze, by hand from Handleiding 3."""

from datetime import date
from decimal import Decimal

import pytest

from models import kader
from models.lijsten import Doel
from models.project import Begrotingspost
from models.rapportages.weergaven import post_van
from models.school import School
from models.verantwoording import Verantwoording, Werkwijze

LINDE = School(id=1, naam="De Linde", vestigingscode="01AA00", plaats="Aalten")
BEUK = School(id=2, naam="De Beuk", vestigingscode="02BB00", plaats="Zelhem")
LINDE_TOO = School(id=3, naam="de linde", vestigingscode="03CC00", plaats="Lochem")
IN_DE_KLAS, SCHOLING = Doel(id=7, naam="In de klas"), Doel(id=9, naam="Scholing")
MUZIEK = Begrotingspost(id=5, naam="Muziek in de klas", doel_id=7, doel=IN_DE_KLAS, bedrag=100_00)
BEHEER = Begrotingspost(id=6, naam="Coördinatie", doel_id=None, bedrag=50_00)


def test_a_an_activity_per_school_over_the_whole_year() -> None:
    schools = [BEUK, LINDE]
    assert kader.per_school(2026, schools, kader.schoolnamen(schools)) == [
        kader.Vak("De Beuk", None, date(2026, 1, 1), date(2026, 12, 31), BEUK),
        kader.Vak("De Linde", None, date(2026, 1, 1), date(2026, 12, 31), LINDE),
    ]


def test_schools_of_the_same_name_are_told_apart() -> None:
    assert kader.schoolnamen([BEUK, LINDE, LINDE_TOO]) == {
        1: "De Linde (01AA00 · Aalten)",
        2: "De Beuk",
        3: "de linde (03CC00 · Lochem)",
    }


def test_c_an_activity_per_begrotingspost_and_quarter() -> None:
    """2028 has a 29 February, in no quarter's end."""
    found = kader.PER_POST[Werkwijze.C](2028, kader.onderdelen([MUZIEK, BEHEER]))
    assert [(vak.naam, vak.doel_id, vak.begin, vak.eind) for vak in found] == [
        ("Muziek in de klas, kwartaal 1", 7, date(2028, 1, 1), date(2028, 3, 31)),
        ("Muziek in de klas, kwartaal 2", 7, date(2028, 4, 1), date(2028, 6, 30)),
        ("Muziek in de klas, kwartaal 3", 7, date(2028, 7, 1), date(2028, 9, 30)),
        ("Muziek in de klas, kwartaal 4", 7, date(2028, 10, 1), date(2028, 12, 31)),
        ("Coördinatie, kwartaal 1", None, date(2028, 1, 1), date(2028, 3, 31)),
        ("Coördinatie, kwartaal 2", None, date(2028, 4, 1), date(2028, 6, 30)),
        ("Coördinatie, kwartaal 3", None, date(2028, 7, 1), date(2028, 9, 30)),
        ("Coördinatie, kwartaal 4", None, date(2028, 10, 1), date(2028, 12, 31)),
    ]


def test_d_an_activity_per_begrotingspost_and_nothing_in_b() -> None:
    [found] = kader.PER_POST[Werkwijze.D](2026, kader.onderdelen([MUZIEK]))
    assert (found.naam, found.doel_id) == ("Muziek in de klas", 7)
    assert (found.begin, found.eind) == (date(2026, 1, 1), date(2026, 12, 31))
    assert set(Werkwijze) - kader.MET_KADER == {Werkwijze.B}


def coordination(id_: int, doel: Doel | None, naam: str = "Coördinatie") -> Begrotingspost:
    return Begrotingspost(id=id_, naam=naam, doel=doel, doel_id=doel and doel.id, bedrag=1)


def names(posts: list[Begrotingspost]) -> list[tuple[int, str, int | None]]:
    return [(deel.id, deel.naam, deel.doel_id) for deel in kader.onderdelen(posts)]


def test_posts_of_one_name_and_goal_are_one_with_the_goal_that_one_of_them_has() -> None:
    """In the view per begrotingspost they are one line as well."""
    later = coordination(8, SCHOLING, "coordinatie")
    assert names([MUZIEK, BEHEER, later]) == [
        (5, "Muziek in de klas", 7),
        (8, "coordinatie", 9),
    ]
    assert names([later, BEHEER, coordination(10, SCHOLING)]) == [(8, "coordinatie", 9)]


def test_posts_of_one_name_for_several_goals_are_one_activity_each() -> None:
    """With the doel in the name; one without is asked its own. All are of "Coördinatie"."""
    posts = [coordination(20, IN_DE_KLAS), coordination(21, SCHOLING), BEHEER]
    assert names(posts) == [
        (20, "Coördinatie – In de klas", 7),
        (21, "Coördinatie – Scholing", 9),
        (6, "Coördinatie", None),
    ]
    made = kader.per_kwartaal(2026, kader.onderdelen(posts))
    assert made[3].naam == "Coördinatie – In de klas, kwartaal 4"
    assert {post_van(vak.naam, ["Coördinatie", "Muziek"]) for vak in made} == {"Coördinatie"}


def test_a_name_with_its_goal_is_no_longer_than_its_column_and_begins_with_the_post() -> None:
    long = "p" * 160
    goals = [Doel(id=1, naam="a" * 120), Doel(id=2, naam="b" * 120)]
    posts = [coordination(id_, goal, long) for id_, goal in enumerate(goals)]
    made = kader.per_kwartaal(2026, kader.onderdelen(posts))
    assert len({vak.naam for vak in made}) == 8
    assert {len(vak.naam) for vak in made} == {200}
    assert {post_van(vak.naam, [long]) for vak in made} == {long}


@pytest.mark.parametrize(
    ("there", "is_there"),
    [
        ([], (False, False)),
        ([("coordinatie – SCHOLING", 7)], (False, True)),
        # Made while there was no other post of that name, for this doel.
        ([("Coördinatie", 9)], (False, True)),
    ],
)
def test_what_is_there_already_of_a_post_and_its_goal(
    there: list[tuple[str, int]], is_there: tuple[bool, bool]
) -> None:
    known = kader.bestaand((naam, doel, None) for naam, doel in there)
    posts = [coordination(20, IN_DE_KLAS), coordination(21, SCHOLING)]
    made = kader.per_post(2026, kader.onderdelen(posts))
    assert tuple(vak.is_er(known) for vak in made) == is_there


def test_what_had_its_goal_in_the_name_is_there_when_the_other_post_is_gone() -> None:
    [vak] = kader.per_post(2026, kader.onderdelen([coordination(21, SCHOLING)]))
    assert vak.naam == "Coördinatie"
    assert vak.is_er(kader.bestaand([("Coördinatie – Scholing", 9, None)]))
    assert not vak.is_er(kader.bestaand([("Coördinatie – In de klas", 7, None)]))


@pytest.mark.parametrize(
    ("there", "is_there"),
    [
        ([], False),
        ([("De Linden", None)], False),
        # By name, whatever the capitals and accents; no school is coupled yet.
        ([("de línde", None)], True),
        ([("De Linde", 1), ("De Linde", 2)], True),
        # Of that name, but another school's.
        ([("De Linde", 3)], False),
        # Made before another school was called alike, and after.
        ([("De Linde (01AA00 · Aalten)", 1)], True),
        ([("De Linde (03CC00 · Lochem)", 3)], False),
    ],
)
def test_what_is_there_already_of_a_school(
    there: list[tuple[str, int | None]], is_there: bool
) -> None:
    [vak] = kader.per_school(2026, [LINDE], kader.schoolnamen([LINDE, LINDE_TOO]))
    known = kader.bestaand((naam, 7, school) for naam, school in there)
    assert vak.is_er(known) is is_there


def test_what_is_there_already_of_a_post_is_so_by_its_name() -> None:
    first, second, *_ = kader.per_kwartaal(2026, kader.onderdelen([MUZIEK]))
    there = kader.bestaand([("MUZIEK in de klas, Kwartaal 1", 7, 4)])
    assert (first.is_er(there), second.is_er(there)) == (True, False)


def test_an_activity_has_what_is_known_and_hours_that_are_not() -> None:
    year = Verantwoording(kalenderjaar=2026)
    schools = kader.per_school(2026, [LINDE], {1: "De Linde"})
    made = [
        *kader.activiteiten(year, schools, 4, (11, 12)),
        *kader.activiteiten(
            year, kader.per_post(2026, kader.onderdelen([MUZIEK, BEHEER])), 4, (11,)
        ),
    ]
    assert [(row.naam, row.doel_id) for row in made] == [
        ("De Linde", 4),
        ("Muziek in de klas", 7),
        ("Coördinatie", 4),
    ]
    assert [[s.school_id for s in row.scholen] for row in made] == [[1], [], []]
    assert made[0].scholen[0].aantal_leerkrachten is None
    assert [[g.doelgroep_id for g in row.doelgroep_koppelingen] for row in made] == [
        [11, 12],
        [11],
        [11],
    ]
    for row in made:
        assert row.duur == Decimal(0)
        assert (row.startdatum, row.einddatum) == (date(2026, 1, 1), date(2026, 12, 31))
