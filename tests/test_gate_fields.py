"""What the rights table says beyond rows: fields, kinds, statuses, accounts, own rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from cmk_admin.gate import AroundTheGate, GateSession, NoActor, Refused, system
from models.activiteit import Activiteit, Last
from models.base import Entiteit, RegelFout, entiteiten, nu
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.lijsten import Doel
from models.project import Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.techniek import Mail, Taak, Verzoek
from models.verantwoording import Momentopname, Status, Verantwoording, Werkwijze
from tests.factories import maak_project, maak_verantwoording
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
    fresh_world.changes(who, Gebruiker, me, actief=False)


# --- the gate's own rows, hooks, nobody --------------------------------------------


def test_the_gates_own_rows_are_written_by_the_gate_alone(world: World) -> None:
    rows: list[Entiteit] = [
        Bewerking(op=nu(), soort=BewerkingSoort.DUPLICEREN, omschrijving="x"),
        Wijziging(op=nu(), door_naam="x", soort=WijzigingSoort.GEWIJZIGD, entiteit="Last",
                  rij_id=1, titel="x", waarden={}),
        Verzoek(sleutel="x", uitkomst="/"),
        Mail(ontvanger_id=1, onderwerp="x", tekst="x"),
        Taak(titel="x"),
        Momentopname(verantwoording_id=world.ground.noord.dicht, nummer=9, op=nu(), inhoud={},
                     sha256="x"),
    ]  # fmt: skip
    assert {type(row) for row in rows} == {e for e in entiteiten() if e.alleen_poort}
    for row in rows:
        with world.acting("system") as session:
            session.add(row)
            with pytest.raises(AroundTheGate):
                session.flush()
    with world.acting("system") as session:
        for entity in (Wijziging, Momentopname):
            first = session.scalars(select(entity).limit(1)).one()
            session.delete(first)
            with pytest.raises(AroundTheGate):
                session.flush()
            session.rollback()


@contextmanager
def late_hook(hook: Callable[[GateSession], None]) -> Iterator[None]:
    """A listener that was registered after the gate's, so that it runs after its judgement."""

    def listener(session: GateSession, context: Any, instances: Any) -> None:
        hook(session)

    event.listen(GateSession, "before_flush", listener)
    yield
    event.remove(GateSession, "before_flush", listener)


LATE: dict[str, Callable[[GateSession, World], None]] = {
    "another row": lambda s, w: setattr(s.get_one(Last, w.ground.noord.last), "bedrag", 666),
    "a new row": lambda s, w: s.add(
        Last(activiteit_id=w.ground.noord.activiteit, toelichting="laat")),
    "a row that goes": lambda s, w: s.delete(s.get_one(Last, w.ground.noord.last)),
    "the judged row": lambda s, w: setattr(
        s.get_one(Activiteit, w.ground.noord.activiteit), "omschrijving", "laat"),
    "the judged value": lambda s, w: setattr(
        s.get_one(Activiteit, w.ground.noord.activiteit), "naam", "\x00"),
    "its parent": lambda s, w: setattr(
        s.get_one(Activiteit, w.ground.noord.activiteit), "verantwoording_id",
        w.ground.noord.dicht),
    "its owner": lambda s, w: setattr(
        s.get_one(Activiteit, w.ground.noord.activiteit), "contractpartij_id",
        w.ground.zuid.contractpartij),
}  # fmt: skip


@pytest.mark.parametrize("name", LATE)
def test_a_hook_after_the_judgement_changes_nothing(world: World, name: str) -> None:
    with (
        late_hook(lambda session: LATE[name](session, world)),
        world.acting("beheerder") as session,
    ):
        session.get_one(Activiteit, world.ground.noord.activiteit).naam = "gekeurd"
        with pytest.raises(AroundTheGate):
            session.flush()


def test_a_new_row_does_not_change_after_its_judgement(world: World) -> None:
    def late(session: GateSession) -> None:
        for row in session.new:
            if isinstance(row, Last):
                row.leverancier = "laat"

    with late_hook(late), world.acting("projectleider") as session:
        session.add(Last(activiteit_id=world.ground.noord.activiteit, toelichting="x"))
        with pytest.raises(AroundTheGate):
            session.flush()


def test_after_a_refused_flush_the_fence_is_closed(world: World) -> None:
    with world.acting("projectleider") as session:
        session.get_one(Activiteit, world.ground.noord.activiteit).naam = "\x00"
        with pytest.raises(RegelFout):
            session.flush()
        session.rollback()
        assert not session.gate_open
        with pytest.raises(AroundTheGate):
            session.connection().exec_driver_sql("DELETE FROM last")


@pytest.mark.parametrize(
    "method", ["bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"]
)
def test_bulk_methods_are_no_way_in(world: World, method: str) -> None:
    for who in ("beheerder", system("test")):
        with world.acting(who) as session, pytest.raises(AroundTheGate):
            getattr(session, method)(Activiteit, [{"id": 1, "naam": "x"}])


def test_without_an_actor_nothing_is_written(world: World) -> None:
    with world.app.app_context():
        session = world.app.extensions["sqlalchemy"].session()
        session.add(Doel(naam="x"))
        with pytest.raises(NoActor):
            session.flush()


def test_every_project_needs_its_contractpartij(world: World) -> None:
    """The factories go through the gate as well."""
    with world.acting("beheerder") as session:
        assert maak_project(session).contractpartij_id
