"""What the rights table says beyond rows: fields, kinds, statuses, accounts."""

from collections.abc import Callable
from typing import Any

import pytest

from cmk_admin.gate import Refused
from models.activiteit import Last
from models.base import Entiteit, RegelFout, nu
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.lijsten import Doel
from models.project import Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Status, Verantwoording, Werkwijze
from tests.factories import maak_verantwoording
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


# --- verantwoording ----------------------------------------------------------------


def test_a_projectleider_changes_only_status_and_werkwijze(world: World) -> None:
    from datetime import date

    open_ = world.ground.noord.open
    for values in (
        {"uiterste_datum": date(2027, 1, 1)},
        {"reden_heropening": "zomaar"},
        {"gesloten_door_id": 1},
        {"gesloten_op": nu()},
    ):
        with pytest.raises(Refused, match="kun je hier niet wijzigen"):
            world.changes("projectleider", Verantwoording, open_, **values)
        if "gesloten_op" not in values:
            world.changes("beheerder", Verantwoording, open_, **values)


def test_the_werkwijze_is_settled_by_the_first_activity(world: World) -> None:
    noord = world.ground.noord
    with pytest.raises(RegelFout, match=r"een activiteit is") as caught:
        world.changes("projectleider", Verantwoording, noord.open, werkwijze=Werkwijze.D)
    assert [fout.veld for fout in caught.value.fouten] == ["werkwijze"]
    world.changes("beheerder", Verantwoording, noord.open, werkwijze=Werkwijze.D)
    for who in ("routebegeleider", "datamanager", "adviseur"):
        with pytest.raises(Refused):
            world.changes(who, Verantwoording, noord.open, werkwijze=Werkwijze.D)


def test_before_the_first_activity_the_projectleider_chooses_the_werkwijze(
    fresh_world: World,
) -> None:
    g = fresh_world.ground
    with fresh_world.acting("system") as session:
        empty = maak_verantwoording(
            session, session.get_one(Project, g.noord.project), kalenderjaar=2027
        ).id
        session.commit()
    fresh_world.changes("projectleider", Verantwoording, empty, werkwijze=Werkwijze.D)


@pytest.mark.parametrize("who", ["routebegeleider", "projectleider", "datamanager", "adviseur"])
def test_only_a_beheerder_makes_and_deletes_a_verantwoording(world: World, who: str) -> None:
    g = world.ground
    with pytest.raises(Refused):
        world.saves(who, Verantwoording(project_id=g.noord.project, kalenderjaar=2028))
    with pytest.raises(Refused):
        world.deletes(who, Verantwoording, g.noord.open)


def test_a_new_verantwoording_is_open(world: World) -> None:
    for who in ("beheerder", "system"):
        with world.acting(who) as session:
            session.add(
                Verantwoording(
                    project_id=world.ground.noord.project,
                    kalenderjaar=2028,
                    status=Status.GESLOTEN,
                    gesloten_op=nu(),
                )
            )
            with pytest.raises((RegelFout, Refused)):
                session.flush()


def test_only_an_empty_verantwoording_is_deleted(fresh_world: World) -> None:
    g = fresh_world.ground
    with fresh_world.acting("beheerder") as session:
        session.delete(session.get_one(Verantwoording, g.noord.open))
        with pytest.raises(RegelFout, match="nog ergens gebruikt"):
            session.flush()
    with fresh_world.acting("beheerder") as session:
        empty = maak_verantwoording(
            session, session.get_one(Project, g.noord.project), kalenderjaar=2027
        )
        session.flush()
        session.delete(empty)
        session.flush()


#: Step → who may take it, from the spec: rules 2 and 5.
STEPS: dict[str, tuple[str, Callable[[Verantwoording], None], set[str]]] = {
    "sluiten": ("open", lambda v: v.sluit(None), {"projectleider", "beheerder"}),
    "heropenen": ("dicht", lambda v: v.heropen("een fout"), {"projectleider", "beheerder"}),
    "vaststellen": ("dicht", lambda v: v.stel_vast(), {"beheerder"}),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "who", ["routebegeleider", "projectleider", "dubbel", "adviseur", "datamanager", "beheerder"]
)
def test_each_step_is_a_right_of_its_own(world: World, step: str, who: str) -> None:
    where, take, may = STEPS[step]
    with world.acting(who) as session:
        v = session.get_one(Verantwoording, getattr(world.ground.noord, where))
        take(v)
        if who in may:
            session.flush()
        else:
            with pytest.raises(Refused):
                session.flush()


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("open", Status.VASTGESTELD), ("dicht", Status.GESLOTEN), ("dicht", Status.OPEN)],
)
def test_no_other_step_and_no_reopening_without_a_reason(
    world: World, was: str, becomes: Status
) -> None:
    """The status set by hand, on a row that is expired: the stored status decides."""
    for who in ("projectleider", "beheerder", "system"):
        with world.acting(who) as session:
            v = session.get_one(Verantwoording, getattr(world.ground.noord, was))
            session.expire(v)
            v.status = becomes
            v.gesloten_op = None if becomes is Status.OPEN else nu()
            with pytest.raises((RegelFout, Refused)):
                session.flush()


def test_each_reopening_has_its_own_reason(fresh_world: World) -> None:
    with fresh_world.acting("projectleider") as session:
        v = session.get_one(Verantwoording, fresh_world.ground.noord.dicht)
        v.heropen("een fout in de lasten")
        session.commit()
        v.sluit(None)
        session.commit()
        v.status, v.gesloten_op = Status.OPEN, None
        with pytest.raises(RegelFout, match="waarom"):
            session.flush()


def test_nothing_goes_along_with_a_step(world: World) -> None:
    """What is saved together with closing would miss the count or the snapshot."""
    noord = world.ground.noord
    for expired in (False, True):
        with world.acting("system") as session:
            v = session.get_one(Verantwoording, noord.open)
            if expired:
                session.expire(v)
                v.status, v.gesloten_op = Status.GESLOTEN, nu()
            else:
                v.sluit(None)
            session.add(Last(activiteit_id=noord.activiteit, toelichting="mee", bedrag=1))
            with pytest.raises(RegelFout, match="Bewaar eerst"):
                session.flush()


@pytest.mark.parametrize("step", ["heropenen", "vaststellen"])
def test_nothing_of_a_closed_year_changes_along_with_its_status(world: World, step: str) -> None:
    where, take, _ = STEPS[step]
    with world.acting("beheerder") as session:
        v = session.get_one(Verantwoording, getattr(world.ground.noord, where))
        take(v)
        v.werkwijze = Werkwijze.D
        with pytest.raises(RegelFout, match="weer open") as caught:
            session.flush()
        assert [fout.veld for fout in caught.value.fouten] == ["werkwijze"]


# --- documents, lists, schools, accounts -------------------------------------------


def test_a_projectleider_manages_only_documents_of_the_kind_overig(world: World) -> None:
    noord, g = world.ground.noord, world.ground
    world.changes("projectleider", Document, noord.overig, titel="nieuw")
    tries: list[tuple[int, dict[str, Any]]] = [
        (noord.plan, {"titel": "nieuw"}),
        (noord.plan, {"soort_id": g.soort_overig}),
        (noord.overig, {"soort_id": g.soort_plan}),
    ]
    for number, values in tries:
        with pytest.raises(Refused, match="alleen documenten van de soort Overig"):
            world.changes("projectleider", Document, number, **values)
        world.changes("beheerder", Document, number, **values)
    with world.acting("projectleider") as session:
        plan = session.get_one(Document, noord.plan)
        plan.soort_id = g.soort_overig
        session.delete(plan)
        with pytest.raises(Refused):
            session.flush()
    with world.acting("projectleider") as session:
        session.delete(session.get_one(Document, noord.overig))
        session.flush()
    for who in ("routebegeleider", "datamanager", "adviseur"):
        with pytest.raises(Refused):
            world.changes(who, Document, noord.overig, titel="nieuw")


def test_a_list_is_never_deleted_and_a_used_row_neither(world: World) -> None:
    g = world.ground
    used: list[tuple[str, type[Entiteit], int]] = [
        ("beheerder", Contractpartij, g.noord.contractpartij),
        ("beheerder", Project, g.noord.project),
        ("datamanager", Schoolbestuur, g.schoolbestuur),
    ]
    with pytest.raises(Refused):
        world.deletes("beheerder", Doel, g.doel)
    for who, entity, number in used:
        with world.acting(who) as session:
            session.delete(session.get_one(entity, number))
            with pytest.raises(RegelFout, match="nog ergens gebruikt"):
                session.flush()
    # What no relation tells of, the foreign key keeps.
    for who, entity, number in (
        ("datamanager", School, g.scholen[0]),
        ("projectleider", Samenwerkingspartner, g.noord.partner),
    ):
        with world.acting(who) as session:
            session.delete(session.get_one(entity, number))
            with pytest.raises(Exception, match=r"(?i)foreign key"):
                session.flush()


@pytest.mark.parametrize("who", ["projectleider", "dubbel", "adviseur", "datamanager"])
def test_only_a_beheerder_writes_accounts(world: World, who: str) -> None:
    me = world.ground.actors[who].gebruiker_id or 0
    with pytest.raises(Refused):
        world.changes(who, Gebruiker, me, naam="anders")
    with pytest.raises(Refused):
        world.saves(who, Gebruiker(naam="x", email="x@test.example"))


@pytest.mark.parametrize("who", ["beheerder", "system"])
def test_the_last_beheerder_stays(fresh_world: World, who: str) -> None:
    me = fresh_world.ground.actors["beheerder"].gebruiker_id or 0
    for values in ({"actief": False}, {"cultuur_oost_rol": None}):
        with pytest.raises(RegelFout, match="laatste beheerder"):
            fresh_world.changes(who, Gebruiker, me, **values)
    with fresh_world.acting("beheerder") as session:
        session.add(Gebruiker(naam="x", email="X@test.example ", cultuur_oost_rol="beheerder"))
        session.commit()
    with pytest.raises(RegelFout, match="laatste beheerder"):
        fresh_world.changes(who, Gebruiker, me, actief=False)
    # From here on the other one can log in.
    fresh_world.raw("UPDATE gebruiker SET totp_geheim = 'geheim' WHERE email = 'x@test.example'")
    fresh_world.changes(who, Gebruiker, me, actief=False)
