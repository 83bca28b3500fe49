"""What a column asks is told in Dutch at its field; who saves an old version is told as well."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.gate import Gone
from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last
from models.base import Entiteit, Fout, RegelFout
from models.lijsten import Doel
from models.project import Baat
from models.school import School
from models.verantwoording import Verantwoording
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide

TOO_BIG, MISSING, INVISIBLE = "te groot", "verplicht", "onzichtbare tekens"
#: Column and value of an activity → what is said of it.
ACTIVITY = [
    ("naam", None, MISSING),
    ("naam", "", MISSING),
    ("naam", "   ", MISSING),
    ("naam", "\u00a0\t", MISSING),
    ("naam", "x" * 201, "hoogstens 200 tekens; het zijn er nu 201"),
    ("naam", "a\x00b", INVISIBLE),
    ("naam", "a\nb", INVISIBLE),
    ("naam", "a\x7fb", INVISIBLE),
    ("naam", "a\ud800b", INVISIBLE),
    ("naam", 12, "tekst"),
    ("omschrijving", "x" * 10_001, "hoogstens 10000 tekens"),
    ("omschrijving", "a\x1bb", INVISIBLE),
    ("aantal_activiteiten", 2**31, TOO_BIG),
    ("aantal_activiteiten", 10**40, TOO_BIG),
    ("aantal_activiteiten", 0, "1 of een hoger aantal"),
    ("aantal_activiteiten", -1, "1 of een hoger aantal"),
    ("duur", None, MISSING),
    ("duur", Decimal(-1), "0 of meer uren"),
    ("duur", Decimal("1e30"), TOO_BIG),
    ("duur", Decimal("NaN"), "een getal"),
    ("duur", Decimal("Infinity"), "een getal"),
    ("duur_eenheid", None, MISSING),
    ("duur_eenheid", "per week", "mogelijkheden"),
    ("startdatum", None, MISSING),
    ("einddatum", date(2025, 12, 31), "vóór zij begint"),
    ("doel_id", None, MISSING),
    ("doel_id", 999_999, "bestaat niet"),
    ("doel_id", 10**30, "bestaat niet"),
    ("doel_id", "x", "bestaat niet"),
]


def fouten(world: World, entity: type[Entiteit], number: int, **values: Any) -> list[Fout]:
    with pytest.raises(RegelFout) as caught:
        world.changes("beheerder", entity, number, **values)
    return list(caught.value.fouten)


@pytest.mark.parametrize(("column", "value", "said"), ACTIVITY, ids=lambda v: repr(v)[:20])
def test_each_column_of_an_activity(world: World, column: str, value: Any, said: str) -> None:
    found = fouten(world, Activiteit, world.ground.noord.activiteit, **{column: value})
    assert [fout.veld for fout in found] == [column]
    assert said in found[0].tekst


def test_the_same_of_other_entities(world: World) -> None:
    noord, g = world.ground.noord, world.ground
    tries: list[tuple[type[Entiteit], int, str, Any, str]] = [
        (Last, noord.last, "toelichting", "", MISSING),
        (Last, noord.last, "toelichting", "x" * 301, "hoogstens 300"),
        (Last, noord.last, "bedrag", 10**12 + 1, TOO_BIG),
        (Last, noord.last, "betaald_op", date(2025, 12, 31), "in 2026 zijn uitbetaald"),
        (Last, noord.last, "betaald_op", date(2027, 1, 1), "in 2026 zijn uitbetaald"),
        (ActiviteitSchool, noord.school_rij, "aantal_leerkrachten", -1, "0 of een hoger"),
        (ActiviteitSchool, noord.school_rij, "aantal_leerkrachten", 2**31, TOO_BIG),
        (Baat, noord.baat, "bedrag", None, MISSING),
        (Baat, noord.baat, "kalenderjaar", 1900, "tussen 2013 en 2100"),
        (School, g.scholen[0], "brin_nummer", "7KX", "twee cijfers en twee hoofdletters"),
        (School, g.scholen[0], "vestigingscode", "99ZZ00", "BRIN-nummer met twee cijfers"),
        (School, g.scholen[0], "opvolger_id", g.scholen[0], "zichzelf"),
        (Doel, g.doel, "naam", " ", MISSING),
        (Doel, g.doel, "rang", None, MISSING),
    ]
    for entity, number, column, value, said in tries:
        found = fouten(world, entity, number, **{column: value})
        assert [fout.veld for fout in found] == [column], (entity, column, value)
        assert said in found[0].tekst


def test_every_broken_column_is_told_at_once(world: World) -> None:
    found = fouten(world, Activiteit, world.ground.noord.activiteit, naam="", duur=None,
                   aantal_activiteiten=2**40)  # fmt: skip
    assert [fout.veld for fout in found] == ["naam", "aantal_activiteiten", "duur"]


def test_what_fits_is_kept_as_it_was_typed(world: World) -> None:
    noord = world.ground.noord
    text = "Dans & “theater” – é́ 🎭 <b>"
    values = {"naam": text, "omschrijving": "regel 1\nregel 2\ttab", "duur": Decimal("0.25"),
              "duur_eenheid": DuurEenheid.TOTAAL, "aantal_activiteiten": 10_000}  # fmt: skip
    with world.acting("projectleider") as session:
        row = session.get_one(Activiteit, noord.activiteit)
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        session.expire(row)
        assert {name: getattr(row, name) for name in values} == values


@pytest.mark.parametrize("column", ["verantwoording_id", "contractpartij_id"])
def test_fixed_columns_of_an_activity(world: World, column: str) -> None:
    g = world.ground
    other = {"verantwoording_id": g.west.open, "contractpartij_id": g.west.contractpartij}
    found = fouten(world, Activiteit, g.noord.activiteit, **{column: other[column]})
    assert column in [fout.veld for fout in found]
    assert "ligt vast" in found[0].tekst


def test_fixed_columns_of_others(world: World) -> None:
    g = world.ground
    tries: list[tuple[type[Entiteit], int, str, Any]] = [
        (ActiviteitSchool, g.noord.school_rij, "school_id", g.scholen[1]),
        (Verantwoording, g.noord.open, "kalenderjaar", 2027),
        (Baat, g.noord.baat, "project_id", g.west.project),
    ]
    for entity, number, column, value in tries:
        assert column in [f.veld for f in fouten(world, entity, number, **{column: value})]


# --- versions ------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["another", "themselves in another window"])
def test_who_saves_over_a_newer_version_is_told(fresh_world: World, by: str) -> None:
    w, last = fresh_world, fresh_world.ground.noord.last
    with w.acting("projectleider") as session:
        row = session.get_one(Last, last)
        with w.acting("routebegeleider" if by == "another" else "projectleider") as other:
            other.get_one(Last, last).bedrag = 1
            other.commit()
        row.bedrag = 2
        with pytest.raises(StaleDataError):
            session.flush()
        session.rollback()
        assert session.get_one(Last, last).bedrag == 1
    assert w.raw(f"SELECT bedrag, versie FROM last WHERE id = {last}") == [(1, 2)]


def test_who_deletes_what_another_changed_is_told(fresh_world: World) -> None:
    w, last = fresh_world, fresh_world.ground.noord.last
    with w.acting("projectleider") as session:
        row = session.get_one(Last, last)
        with w.acting("routebegeleider") as other:
            other.get_one(Last, last).bedrag = 1
            other.commit()
        row.bedrag = 5
        session.delete(row)
        with pytest.raises(StaleDataError):
            session.flush()
    assert w.raw(f"SELECT count(*) FROM last WHERE id = {last}") == [(1,)]


@pytest.mark.parametrize("delete", [True, False])
def test_who_changes_what_is_gone_is_told(fresh_world: World, delete: bool) -> None:
    w, last = fresh_world, fresh_world.ground.noord.last
    with w.acting("projectleider") as session:
        row = session.get_one(Last, last)
        with w.acting("beheerder") as other:
            other.delete(other.get_one(Last, last))
            other.commit()
        if delete:
            session.delete(row)
        else:
            row.bedrag = 2
        with pytest.raises(Gone, match="verwijderd"):
            session.flush()


def test_the_version_counts_up_and_says_who_and_when(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    for number, who in enumerate(("routebegeleider", "projectleider", "beheerder"), start=2):
        with w.acting(who) as session:
            session.get_one(Last, g.noord.last).bedrag = number
            session.commit()
        assert w.raw(
            f"SELECT versie, gewijzigd_door_id, aangemaakt_door_id FROM last"
            f" WHERE id = {g.noord.last}"
        ) == [(number, g.actors[who].gebruiker_id, None)]


def test_stamps_cannot_be_set_by_hand(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    beheerder = g.actors["beheerder"].gebruiker_id
    with w.acting("projectleider") as session:
        row = Last(activiteit_id=g.noord.activiteit, toelichting="x", aangemaakt_door_id=beheerder,
                   gewijzigd_door_id=beheerder)  # fmt: skip
        session.add(row)
        session.flush()
        assert row.aangemaakt_door_id == g.actors["projectleider"].gebruiker_id
        assert row.gewijzigd_door_id == g.actors["projectleider"].gebruiker_id
        row.aangemaakt_door_id = beheerder
        with pytest.raises(RegelFout):
            session.flush()
