"""Closing, reopening, approving and opening a year: the rules of a verantwoording, by hand."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.dossier import vingerafdruk
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import (
    MINIMAAL_COMPLEET,
    Momentopname,
    Status,
    Verantwoording,
    open_jaar,
)
from tests.gate_world import World, raw_connection

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


def close(world: World, complete: int, who: str = "projectleider") -> None:
    """Close Noord's open year with this many complete activities; taken back."""
    noord = world.ground.noord
    with world.acting(who) as session:
        for number in (noord.activiteit, noord.tweede)[complete:]:
            for last in session.get_one(Activiteit, number).lasten:
                last.bedrag = None
        session.flush()
        session.get_one(Verantwoording, noord.open).sluit(None)
        session.flush()


@pytest.mark.parametrize("who", ["projectleider", "beheerder", "system"])
@pytest.mark.parametrize("complete", [0, 1])
def test_closing_asks_for_two_complete_activities(world: World, who: str, complete: int) -> None:
    """Handleiding 2.4: "minimaal 2 activiteiten"; nobody closes with fewer."""
    with pytest.raises(RegelFout) as caught:
        close(world, complete, who)
    (fout,) = caught.value.fouten
    assert fout.veld == "status"
    assert "minimaal 2 activiteiten" in fout.tekst
    assert f"er {complete}" in fout.tekst


def test_with_two_it_closes(world: World) -> None:
    close(world, 2)
    assert MINIMAAL_COMPLEET == 2


def test_closing_goes_by_the_rows_whatever_is_kept_of_them(fresh_world: World) -> None:
    """A count that was restored wrongly closes no year."""
    noord = fresh_world.ground.noord
    with fresh_world.acting("projectleider") as session:
        for number in (noord.activiteit, noord.tweede):
            for last in session.get_one(Activiteit, number).lasten:
                last.bedrag = None
        session.commit()
    with raw_connection(fresh_world.url) as connection:
        connection.execute("UPDATE stand SET som_2 = 0 WHERE soort = 'lasten'")
        connection.commit()
    with fresh_world.acting("projectleider") as session:
        session.get_one(Verantwoording, noord.open).sluit(None)
        with pytest.raises(RegelFout) as caught:
            session.flush()
    assert "er 0" in caught.value.fouten[0].tekst


def test_the_count_is_of_this_year_alone(world: World) -> None:
    """The complete activities of the closed year and of others do not help."""
    with world.acting("beheerder") as session:
        g = world.ground
        project = session.get_one(Project, g.noord.project)
        empty = Verantwoording(project=project, kalenderjaar=2027)
        session.add(empty)
        session.flush()
        empty.sluit(None)
        with pytest.raises(RegelFout, match="er 0"):
            session.flush()


def test_steps_follow_each_other(fresh_world: World) -> None:
    with fresh_world.acting("beheerder") as session:
        v = session.get_one(Verantwoording, fresh_world.ground.noord.open)
        for step in (v.stel_vast, lambda: v.heropen("x")):
            with pytest.raises(RegelFout, match="al open"):
                step()
        v.sluit(7)
        session.flush()
        assert (v.status, v.gesloten_door_id) == (Status.GESLOTEN, 7)
        assert v.gesloten_op
        assert (datetime.now(UTC) - v.gesloten_op).total_seconds() < 60
        with pytest.raises(RegelFout, match="al gesloten"):
            v.sluit(7)
        v.stel_vast()
        session.flush()
        for again in (v.stel_vast, lambda: v.sluit(7)):
            with pytest.raises(RegelFout, match="al vastgesteld"):
                again()
        v.heropen("toch nog een fout")
        session.flush()
        assert [v.status, v.gesloten_op, v.gesloten_door_id] == [Status.OPEN, None, None]


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_reopening_takes_a_reason(world: World, reason: Any) -> None:
    with world.acting("projectleider") as session:
        v = session.get_one(Verantwoording, world.ground.noord.dicht)
        with pytest.raises(RegelFout, match="waarom") as caught:
            v.heropen(reason)
        assert caught.value.fouten[0].veld == "reden"
        assert v.status is Status.GESLOTEN


# --- the snapshot --------------------------------------------------------------------


def snapshots(world: World, number: int) -> list[dict[str, Any]]:
    rows = world.raw(
        f"SELECT inhoud FROM momentopname WHERE verantwoording_id = {number} ORDER BY nummer"
    )
    return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]


def test_closing_keeps_a_picture_with_the_names_of_that_moment(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    (before,) = snapshots(w, g.noord.dicht)
    assert before["totalen"] == {
        "activiteiten": 8, "scholen": 1, "deelnames": 6, "lasten": 25000, "baten": 0,
    }  # fmt: skip
    text = json.dumps(before)
    assert "kanarie-noord" in text
    assert "@" not in text
    assert "projectleider" not in text
    with w.acting("system") as session:
        session.get_one(School, g.scholen[0]).naam = "Fusieschool"
        session.get_one(Samenwerkingspartner, g.noord.partner).naam = "Nieuwe naam"
        session.commit()
    assert snapshots(w, g.noord.dicht) == [before]
    with w.acting("projectleider") as session:
        stored = session.scalars(
            select(Momentopname).where(Momentopname.verantwoording_id == g.noord.dicht)
        ).one()
        assert vingerafdruk(stored.inhoud) == stored.sha256


def test_each_closing_keeps_its_own_picture(fresh_world: World) -> None:
    w, noord = fresh_world, fresh_world.ground.noord
    with w.acting("projectleider") as session:
        v = session.get_one(Verantwoording, noord.dicht)
        v.heropen("een last vergeten")
        session.commit()
        session.add(Last(activiteit_id=noord.dichte_activiteit, toelichting="x", bedrag=5))
        session.commit()
        v.sluit(None)
        session.commit()
    first, second = snapshots(w, noord.dicht)
    assert second["totalen"]["lasten"] == first["totalen"]["lasten"] + 5
    assert w.raw(
        f"SELECT nummer FROM momentopname WHERE verantwoording_id = {noord.dicht} ORDER BY id"
    ) == [(1,), (2,)]


def test_the_picture_is_of_the_database_not_of_memory(fresh_world: World) -> None:
    """What the closer had read before, may have changed since."""
    w, noord = fresh_world, fresh_world.ground.noord
    with w.acting("projectleider") as session:
        v = session.get_one(Verantwoording, noord.open)
        assert sum(x.bedrag or 0 for a in v.activiteiten for x in a.lasten) == 25000
        with w.acting("routebegeleider") as other:
            other.get_one(Last, noord.last).bedrag = 1
            other.add(Last(activiteit_id=noord.tweede, toelichting="x", bedrag=2))
            other.commit()
        v.sluit(None)
        session.commit()
    assert snapshots(w, noord.open)[0]["totalen"]["lasten"] == 12503


# --- a new year ----------------------------------------------------------------------


def test_a_year_is_opened_for_every_project_that_runs(fresh_world: World) -> None:
    g = fresh_world.ground
    with fresh_world.acting("beheerder") as session:
        session.add(
            Project(titel="kort", contractpartij_id=g.noord.contractpartij, sector_id=g.sector,
                    startdatum=date(2025, 1, 1), einddatum=date(2026, 12, 31))
        )  # fmt: skip
        session.add(
            Project(titel="laat", contractpartij_id=g.noord.contractpartij, sector_id=g.sector,
                    startdatum=date(2027, 12, 31), einddatum=date(2028, 12, 31))
        )  # fmt: skip
        session.commit()
        made = open_jaar(session, 2027)
        session.commit()
        assert sorted(v.project.titel for v in made) == [
            "kanarie-noord", "kanarie-west", "kanarie-zuid", "laat",
        ]  # fmt: skip
        assert {(v.kalenderjaar, v.status) for v in made} == {(2027, Status.OPEN)}
        assert open_jaar(session, 2027) == []
        assert [v.project.titel for v in open_jaar(session, 2026)] == ["kort"]
        session.rollback()


@pytest.mark.parametrize("year", [0, 1999, 2012, 2101, 20_260])
def test_no_year_that_cannot_be_one(world: World, year: int) -> None:
    with world.acting("beheerder") as session, pytest.raises(RegelFout, match="tussen 2013"):
        open_jaar(session, year)


def test_a_project_has_one_verantwoording_a_year(world: World) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"):
        world.saves(
            "beheerder", Verantwoording(project_id=world.ground.noord.project, kalenderjaar=2026)
        )
