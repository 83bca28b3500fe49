"""The gate's own rows, hooks that come after it, bulk methods, nobody: no way in beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from cmk_admin.gate import AroundTheGate, GateSession, NoActor, system
from models.activiteit import Activiteit, Last
from models.base import Entiteit, RegelFout, entiteiten, nu
from models.concept import Concept
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.lijsten import Doel
from models.privacy import Inzage, InzageSoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.techniek import Mail, Taak, Verzoek
from models.toegang import Herstelcode, LinkSoort, Onderbreking, Poging, Toegangslink, Zitting
from models.verantwoording import Momentopname
from tests.factories import maak_project
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


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
        Zitting(sleutel_hash="x", gebruiker_id=1, begonnen_op=nu(), gezien_op=nu(),
                bevestigd_op=nu(), browser="x"),
        Poging(sleutel="x", op=nu()),
        Toegangslink(gebruiker_id=1, soort=LinkSoort.ACTIVATIE, sleutel_hash="x", zaad="x",
                     verloopt_op=nu()),
        Herstelcode(gebruiker_id=1, code_hash="x"),
        Onderbreking(gebruiker_id=1, sleutel_hash="x", op=nu(), verzegeld=b"x"),
        Inzage(gebruiker_id=1, op=nu(), soort=InzageSoort.BEKEKEN, wat="x"),
        Concept(gebruiker_id=1, formulier="/", inhoud=[], stand="x", op=nu()),
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


def test_what_nobody_read_to_its_end_locks_nobody_out(fresh_world: World) -> None:
    """On SQLite such a statement holds the state of that moment, and its connection is used
    again: whoever wrote on it heard "database is locked"."""
    with fresh_world.acting("beheerder") as session:
        # Asked and not read; kept, as an exception keeps what was at hand when it was raised.
        unread = session.execute(select(Activiteit.id))
    fresh_world.raw("UPDATE doel SET naam = naam")
    with fresh_world.acting("beheerder") as session:
        session.get_one(Activiteit, fresh_world.ground.noord.activiteit).naam = "verder"
        session.commit()
    assert unread


@pytest.mark.parametrize("fails", [False, True])
def test_after_a_flush_the_fence_is_closed(world: World, fails: bool) -> None:
    """Also when the database itself refused what the gate had let through."""
    with world.acting("projectleider") as session:
        session.add(
            Samenwerkingspartner(
                contractpartij_id=world.ground.noord.contractpartij,
                naam=world.ground.noord.merk if fails else "nieuw",
            )
        )
        if fails:
            with pytest.raises(IntegrityError):
                session.flush()
            session.rollback()
        else:
            session.flush()
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
