"""Complete, total hours and duplicating: the rules of an activity, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, inspect

from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last
from models.base import STEMPELS
from models.compleet import stand_van
from models.kopie import verschuif_jaar
from models.verantwoording import Verantwoording
from tests.factories import maak_verantwoording
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide

#: Leerkrachten per school row, (toelichting, bedrag) per last → what is missing (spec, rule 1).
CASES: list[tuple[list[int | None], list[tuple[str, int | None]], tuple[str, ...]]] = [
    ([], [], ("scholen", "lasten")),
    ([3], [], ("lasten",)),
    ([], [("bus", 100)], ("scholen",)),
    ([3], [("bus", 100)], ()),
    # Zero counts as filled, and so does a correction.
    ([0], [("bus", 100)], ()),
    ([3], [("bus", 0)], ()),
    ([0], [("bus", 0)], ()),
    ([3], [("bus", -100)], ()),
    # Every row counts.
    ([None], [("bus", 100)], ("leerkrachten",)),
    ([3, None], [("bus", 100)], ("leerkrachten",)),
    ([3], [("bus", None)], ("bedrag",)),
    ([3], [("bus", 100), ("hal", None)], ("bedrag",)),
    ([None], [("bus", None)], ("leerkrachten", "bedrag")),
    ([0, 0], [("bus", 0), ("hal", 0)], ()),
    ([None], [], ("leerkrachten", "lasten")),
    ([], [("bus", None)], ("scholen", "bedrag")),
]


@pytest.mark.parametrize(("schools", "costs", "missing"), CASES, ids=str)
def test_complete(
    world: World,
    schools: list[int | None],
    costs: list[tuple[str, int | None]],
    missing: tuple[str, ...],
) -> None:
    g = world.ground
    with world.acting("projectleider") as session:
        a = session.get_one(Activiteit, g.noord.kaal)
        for school, number in zip(g.scholen, schools, strict=False):
            a.scholen.append(ActiviteitSchool(school_id=school, aantal_leerkrachten=number))
        a.lasten.extend(Last(toelichting=text, bedrag=amount) for text, amount in costs)
        session.flush()
        (stand,) = stand_van(session, g.noord.open, a.id)
        assert stand.ontbreekt == missing
        assert stand.compleet is (not missing)
        assert stand.nul_leerkrachten == schools.count(0)
        assert stand.nul_bedrag == [amount for _, amount in costs].count(0)
        assert stand.bedrag == sum(amount or 0 for _, amount in costs)
        assert stand.leerkrachten == sum(number or 0 for number in schools)
        assert (stand.scholen, stand.lasten) == (len(schools), len(costs))
        wanting = [row.id for row in a.scholen if row.aantal_leerkrachten is None]
        assert stand.zonder_leerkrachten == len(wanting)
        assert stand.eerste_zonder_leerkrachten == min(wanting, default=None)
        unpaid = [row.id for row in a.lasten if row.bedrag is None]
        assert stand.zonder_bedrag == len(unpaid)
        assert stand.eerste_zonder_bedrag == min(unpaid, default=None)


def test_an_old_last_without_words_is_not_complete(fresh_world: World) -> None:
    """The gate asks for words; what came in otherwise counts as missing."""
    fresh_world.raw(
        f"UPDATE last SET toelichting = '  ' WHERE id = {fresh_world.ground.noord.last}"
    )
    with fresh_world.acting("projectleider") as session:
        noord = fresh_world.ground.noord
        (stand,) = stand_van(session, noord.open, noord.activiteit)
        assert stand.ontbreekt == ("bedrag",)
        assert (stand.zonder_bedrag, stand.eerste_zonder_bedrag) == (1, noord.last)


def test_the_stand_of_a_year_has_every_activity_and_no_other(world: World) -> None:
    noord = world.ground.noord
    with world.acting("beheerder") as session:
        standen = stand_van(session, noord.open)
        assert {s.id for s in standen} == {noord.activiteit, noord.tweede, noord.kaal}
        assert [s.compleet for s in standen] == [True, False, True]  # by name
        assert [len(s.partners) for s in standen] == [1, 0, 1]
    with world.acting("projectleider") as session:
        assert stand_van(session, world.ground.zuid.open) == []


@pytest.mark.parametrize(
    ("number", "hours", "unit", "total"),
    [
        (4, "1.5", DuurEenheid.PER_ACTIVITEIT, "6"),
        (4, "1.5", DuurEenheid.TOTAAL, "1.5"),
        (None, "1.5", DuurEenheid.PER_ACTIVITEIT, "1.5"),
        (None, "12", DuurEenheid.TOTAAL, "12"),
        (3, "0", DuurEenheid.PER_ACTIVITEIT, "0"),
        (3, "0.33", DuurEenheid.PER_ACTIVITEIT, "0.99"),
    ],
)
def test_total_hours(
    world: World, number: int | None, hours: str, unit: DuurEenheid, total: str
) -> None:
    noord = world.ground.noord
    with world.acting("projectleider") as session:
        a = session.get_one(Activiteit, noord.kaal)
        a.aantal_activiteiten, a.duur, a.duur_eenheid = number, Decimal(hours), unit
        session.flush()
        assert a.totaal_uren == Decimal(total)
        assert stand_van(session, noord.open, a.id)[0].uren == Decimal(total)


# --- duplicating ---------------------------------------------------------------------


def values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def test_a_copy_has_everything_but_the_proof_of_payment(world: World) -> None:
    noord = world.ground.noord
    with world.acting("routebegeleider") as session:
        a = session.get_one(Activiteit, noord.activiteit)
        copy = a.dupliceer()
        session.add(copy)
        session.flush()
        own = STEMPELS | {"id"}
        assert {k: v for k, v in values(copy).items() if k not in own} == {
            k: v for k, v in values(a).items() if k not in own
        } | {"naam": f"{a.naam} (kopie)"}
        pairs = [(getattr(a, part), getattr(copy, part)) for part in Activiteit.delen]
        for old, new in pairs:
            assert len(old) == len(new) == 1
        proof = {"betaald_op", "boekstuknummer", "bestand_naam", "bestand_sleutel",
                 "bestand_type", "bestand_grootte", "bestand_sha256"}  # fmt: skip
        last, again = values(a.lasten[0]), values(copy.lasten[0])
        assert last["betaald_op"]
        assert last["boekstuknummer"]
        emptied = {k for k in last if again[k] is None and last[k] is not None}
        assert emptied - own == {"betaald_op", "boekstuknummer"}
        assert all(again[k] is None for k in proof)
        same = set(last) - own - proof - {"activiteit_id"}
        assert {k: last[k] for k in same} == {k: again[k] for k in same}
        assert a.scholen[0].school_id == copy.scholen[0].school_id


def test_a_column_added_later_is_copied_along(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything goes along by default: leaving out is what has to be written down."""
    seen = {attribute.key for attribute in inspect(Last).column_attrs}
    left = STEMPELS | {"id", "contractpartij_id", "activiteit_id"}
    with world.acting("projectleider") as session:
        a = session.get_one(Activiteit, world.ground.noord.activiteit)
        monkeypatch.setattr(Last, "niet_kopieren", frozenset())
        copied = inspect(a.dupliceer().lasten[0]).dict
        assert seen - left <= copied.keys()
        assert isinstance(Last.__table__.c.boekstuknummer, Column)
        assert copied["boekstuknummer"] == world.ground.noord.merk
        session.expunge_all()


def test_a_long_name_stays_within_its_column(world: World) -> None:
    with world.acting("projectleider") as session:
        a = session.get_one(Activiteit, world.ground.noord.activiteit)
        a.naam = "x" * 200
        copy = a.dupliceer()
        session.add(copy)
        session.flush()
        assert len(copy.naam) <= 200
        assert copy.naam.endswith("(kopie)")


def test_in_another_year_the_period_moves_along(fresh_world: World) -> None:
    noord = fresh_world.ground.noord
    with fresh_world.acting("beheerder") as session:
        closed = session.get_one(Activiteit, noord.dichte_activiteit)
        assert closed.verantwoording.kalenderjaar == 2025
        copy = closed.dupliceer(session.get_one(Verantwoording, noord.open))
        session.add(copy)
        session.commit()
        assert copy.naam == closed.naam
        assert (copy.startdatum, copy.einddatum) == (date(2026, 3, 1), date(2026, 3, 31))
        assert copy.verantwoording_id == noord.open


def test_29_february_becomes_the_28th_where_it_does_not_exist(world: World) -> None:
    with world.acting("beheerder") as session:
        noord = world.ground.noord
        project = session.get_one(Verantwoording, noord.open).project
        leap = maak_verantwoording(session, project, kalenderjaar=2028)
        a = session.get_one(Activiteit, noord.activiteit).dupliceer(leap)
        a.startdatum, a.einddatum = date(2028, 2, 29), date(2028, 2, 29)
        session.add(a)
        session.flush()
        back = a.dupliceer(session.get_one(Verantwoording, noord.open))
        assert (back.startdatum, back.einddatum) == (date(2026, 2, 28), date(2026, 2, 28))
        session.expunge_all()
    assert verschuif_jaar(date(2028, 2, 29), 4) == date(2032, 2, 29)
    assert verschuif_jaar(date(2027, 2, 28), 1) == date(2028, 2, 28)
