"""What a year begins with in each werkwijze, by hand from Handleiding 3."""

from datetime import date
from decimal import Decimal

import pytest

from models import kader
from models.project import Begrotingspost
from models.school import School
from models.verantwoording import Verantwoording, Werkwijze

LINDE = School(id=1, naam="De Linde", vestigingscode="01AA00", plaats="Aalten")
BEUK = School(id=2, naam="De Beuk", vestigingscode="02BB00", plaats="Zelhem")
LINDE_TOO = School(id=3, naam="de linde", vestigingscode="03CC00", plaats="Lochem")
MUZIEK = Begrotingspost(id=5, naam="Muziek in de klas", doel_id=7, bedrag=100_00)
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
    found = kader.PER_POST[Werkwijze.C](2028, [MUZIEK, BEHEER])
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
    found = kader.PER_POST[Werkwijze.D](2026, [MUZIEK])
    assert found == [kader.Vak("Muziek in de klas", 7, date(2026, 1, 1), date(2026, 12, 31))]
    assert set(Werkwijze) - kader.MET_KADER == {Werkwijze.B}


def test_posts_of_one_name_are_one_with_the_goal_that_one_of_them_has() -> None:
    """In the view per begrotingspost they are one line as well."""
    later = Begrotingspost(id=8, naam="coordinatie", doel_id=9, bedrag=1)
    assert [post.id for post in kader.eigen_posten([MUZIEK, BEHEER, later])] == [5, 8]
    assert [post.id for post in kader.eigen_posten([later, BEHEER])] == [8]


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
    names = kader.schoolnamen([LINDE, LINDE_TOO])
    [vak] = kader.per_school(2026, [LINDE], names)
    assert vak.is_er(kader.bestaand(there)) is is_there


def test_what_is_there_already_of_a_post_is_so_by_its_name() -> None:
    first, second, *_ = kader.per_kwartaal(2026, [MUZIEK])
    there = kader.bestaand([("MUZIEK in de klas, Kwartaal 1", 4)])
    assert (first.is_er(there), second.is_er(there)) == (True, False)


def test_an_activity_has_what_is_known_and_hours_that_are_not() -> None:
    year = Verantwoording(kalenderjaar=2026)
    schools = kader.per_school(2026, [LINDE], {1: "De Linde"})
    made = [
        *kader.activiteiten(year, schools, 4, (11, 12)),
        *kader.activiteiten(year, kader.per_post(2026, [MUZIEK, BEHEER]), 4, (11,)),
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
