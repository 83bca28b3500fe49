"""The ways in beside a plain save: once, stamp, a named step and its undoing."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from cmk_admin.gate import (
    AroundTheGate,
    GateSession,
    Locked,
    Refused,
    bewerking,
    forget,
    in_turn,
    may_undo,
    once,
    stamp,
    undo,
    with_retry,
)
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import RegelFout, nu
from models.gebruiker import Gebruiker
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.toegang import Poging
from models.verantwoording import Verantwoording
from tests.gate_history import explained, stored
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


# --- forget, in_turn -------------------------------------------------------------------


def failures(world: World, *keys: str) -> None:
    with world.acting("system") as session, session.own_work():
        session.add_all(Poging(sleutel=key, op=nu()) for key in keys)
        session.commit()


def keys(world: World) -> list[str]:
    return sorted(row[0] for row in world.raw("SELECT sleutel FROM poging"))


def test_what_may_go_without_a_trace_goes_and_says_how_much(fresh_world: World) -> None:
    failures(fresh_world, "a", "a", "b")
    with fresh_world.acting("system") as session:
        assert forget(session, Poging, {"sleutel": "a", "op": ("<=", nu())}) == 2
        assert forget(session, Poging, {"sleutel": "a"}) == 0
        session.commit()
    assert keys(fresh_world) == ["b"]


def test_nothing_else_goes_that_way(fresh_world: World) -> None:
    failures(fresh_world, "a")
    with fresh_world.acting("system") as session:
        for entity in (Wijziging, Bewerking, Last, Gebruiker):
            with pytest.raises(AroundTheGate):
                forget(session, entity, {"id": 1})
        with pytest.raises(AroundTheGate):
            forget(session, Poging, {})
    with fresh_world.acting("beheerder") as session, pytest.raises(AroundTheGate):
        forget(session, Poging, {"sleutel": "a"})
    assert keys(fresh_world) == ["a"]


def test_who_holds_a_name_lets_nobody_else_have_it(fresh_world: World) -> None:
    order: list[str] = []
    held, waiting = threading.Event(), threading.Event()

    def second() -> None:
        with fresh_world.acting("system") as session:
            held.wait(5)
            waiting.set()
            in_turn(session, "naam")
            order.append("tweede")
            session.rollback()

    thread = threading.Thread(target=second)
    thread.start()
    with fresh_world.acting("system") as session:
        in_turn(session, "naam")
        held.set()
        waiting.wait(5)
        thread.join(0.2)
        order.append("eerste")
        session.commit()
    thread.join(10)
    assert order == ["eerste", "tweede"]
    with fresh_world.acting("beheerder") as session, pytest.raises(AroundTheGate):
        in_turn(session, "naam")


# --- once ----------------------------------------------------------------------------


def add_last(session: GateSession, world: World, text: str) -> Callable[[], str]:
    def work() -> str:
        row = Last(activiteit_id=world.ground.noord.activiteit, toelichting=text)
        session.add(row)
        session.flush()
        return f"/lasten/{row.id}"

    return work


def count(world: World, text: str) -> int:
    found: int = world.raw(f"SELECT count(*) FROM last WHERE toelichting = '{text}'")[0][0]
    return found


def test_the_same_key_again_gives_the_same_answer_and_no_second_row(fresh_world: World) -> None:
    answers = []
    for _ in range(3):
        with fresh_world.acting("projectleider") as session:
            answers.append(once(session, "sleutel", add_last(session, fresh_world, "een")))
    assert len(set(answers)) == 1
    assert answers[0].startswith("/lasten/")
    assert count(fresh_world, "een") == 1


def test_keys_are_of_one_person(fresh_world: World) -> None:
    for who in ("projectleider", "routebegeleider"):
        with fresh_world.acting(who) as session:
            once(session, "sleutel", add_last(session, fresh_world, "elk"))
    assert count(fresh_world, "elk") == 2


def test_what_was_refused_is_not_handled(fresh_world: World) -> None:
    """The key is free again: who corrects the form may send it once more."""
    with fresh_world.acting("projectleider") as session:
        with pytest.raises(RegelFout):
            once(session, "sleutel", add_last(session, fresh_world, ""))
        session.rollback()
        once(session, "sleutel", add_last(session, fresh_world, "goed"))
    assert fresh_world.raw("SELECT count(*) FROM verzoek") == [(1,)]
    assert count(fresh_world, "goed") == 1


def test_fifty_at_the_same_time_make_one_row(fresh_world: World) -> None:
    answers: list[str] = []
    errors: list[BaseException] = []
    start = threading.Barrier(50)

    def press() -> None:
        start.wait()
        try:
            with fresh_world.acting("projectleider") as session:
                answers.append(once(session, "dubbelklik", add_last(session, fresh_world, "50")))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (len(answers), len(set(answers))) == (50, 1)
    assert count(fresh_world, "50") == 1


@pytest.mark.parametrize("failures", [1, 2, 3])
def test_a_lock_in_the_way_is_tried_three_times(fresh_world: World, failures: int) -> None:
    tries = []

    def work() -> str:
        tries.append(1)
        if len(tries) <= failures:
            raise OperationalError("x", {}, Exception("database is locked"))
        return "klaar"

    with fresh_world.acting("projectleider") as session:
        if failures < 3:
            assert with_retry(session, work) == "klaar"
        else:
            with pytest.raises(OperationalError):
                with_retry(session, work)
    assert len(tries) == min(failures + 1, 3)


def test_another_error_is_not_tried_again(fresh_world: World) -> None:
    tries = []

    def work() -> str:
        tries.append(1)
        raise OperationalError("x", {}, Exception("disk full"))

    with fresh_world.acting("projectleider") as session, pytest.raises(OperationalError):
        with_retry(session, work)
    assert len(tries) == 1


# --- stamp ---------------------------------------------------------------------------


def test_a_stamp_is_conditional_and_leaves_no_trace(fresh_world: World) -> None:
    w = fresh_world
    person = w.ground.actors["projectleider"].gebruiker_id
    before = w.snapshot("wijziging"), w.raw(f"SELECT versie FROM gebruiker WHERE id = {person}")
    with w.acting("system") as session:
        mine = {"id": person}
        assert stamp(session, Gebruiker, {**mine, "totp_stap": None}, {"totp_stap": 5}) == 1
        assert stamp(session, Gebruiker, {**mine, "totp_stap": None}, {"totp_stap": 6}) == 0
        assert stamp(session, Gebruiker, {**mine, "totp_stap": ("<", 5)}, {"totp_stap": 5}) == 0
        assert stamp(session, Gebruiker, {**mine, "totp_stap": ("<", 6)}, {"totp_stap": 6}) == 1
        assert stamp(session, Gebruiker, mine, {"laatst_ingelogd_op": nu()}) == 1
        session.commit()
    after = w.snapshot("wijziging"), w.raw(f"SELECT versie FROM gebruiker WHERE id = {person}")
    assert after == before
    assert w.raw("SELECT totp_stap FROM gebruiker WHERE totp_stap IS NOT NULL") == [(6,)]


def test_a_stamp_is_for_the_system_and_for_secret_columns(world: World) -> None:
    for who in ("beheerder", "projectleider", "niemand"):
        with world.acting(who) as session, pytest.raises(AroundTheGate):
            stamp(session, Gebruiker, {"id": 1}, {"totp_stap": 5})
    with world.acting("system") as session:
        for values in ({"naam": "x"}, {"cultuur_oost_rol": "beheerder"}, {"actief": True}):
            with pytest.raises(AroundTheGate):
                stamp(session, Gebruiker, {"id": 1}, values)


def test_a_stamp_reaches_nothing_under_a_closed_year(world: World) -> None:
    """The trigger stands behind: the key of an invoice is a secret column."""
    number = world.ground.noord.dichte_last
    with world.acting("system") as session, pytest.raises(DBAPIError, match="gesloten"):
        stamp(session, Last, {"id": number}, {"bestand_sleutel": "x"})


def test_of_sixteen_at_once_one_stamps(fresh_world: World) -> None:
    """The way to accept a code exactly once."""
    person = fresh_world.ground.actors["projectleider"].gebruiker_id
    won: list[int] = []
    start = threading.Barrier(16)

    def try_() -> None:
        start.wait()
        with fresh_world.acting("system") as session:
            free = {"id": person, "totp_stap": None}
            won.append(stamp(session, Gebruiker, free, {"totp_stap": 1}))
            session.commit()

    threads = [threading.Thread(target=try_) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [0] * 15 + [1]


# --- a named step and its undoing ----------------------------------------------------


def duplicate(world: World, who: str, *activities: int) -> int:
    """Duplicate as one step; the id of the step."""
    with world.acting(who) as session:
        first = session.get_one(Activiteit, activities[0])
        with bewerking(session, BewerkingSoort.DUPLICEREN, "x", first.contractpartij_id) as step:
            for number in activities:
                session.add(session.get_one(Activiteit, number).dupliceer())
        session.commit()
        return step.id


def try_undo(world: World, who: str, step: int) -> int:
    with world.acting(who) as session:
        gone = undo(session, session.get_one(Bewerking, step))
        session.commit()
        return gone.rows


def test_all_of_a_step_carries_its_number(fresh_world: World) -> None:
    noord = fresh_world.ground.noord
    step = duplicate(fresh_world, "routebegeleider", noord.activiteit, noord.kaal)
    with fresh_world.acting("projectleider") as session:
        told = session.scalars(select(Wijziging).where(Wijziging.bewerking_id == step)).all()
        assert len(told) == 6
        assert {t.soort for t in told} == {WijzigingSoort.AANGEMAAKT}
        session.get_one(Last, noord.last).bedrag = 1
        session.flush()
        rest = select(Wijziging).order_by(Wijziging.id.desc()).limit(1)
        assert session.scalars(rest).one().bewerking_id is None


@pytest.mark.parametrize("who", ["routebegeleider", "projectleider", "datamanager", "beheerder"])
def test_who_duplicated_may_undo_it(fresh_world: World, who: str) -> None:
    w, noord = fresh_world, fresh_world.ground.noord
    tables = ("activiteit", "activiteit_school", "last", "activiteit_doelgroep",
              "activiteit_partner")  # fmt: skip
    before = w.snapshot(*tables)
    step = duplicate(w, who, noord.activiteit, noord.tweede)
    assert w.snapshot(*tables) != before
    assert try_undo(w, who, step) == 2
    assert w.snapshot(*tables) == before
    assert explained(w.url) == stored(w.url)


def _change_copy(session: GateSession, copy: Activiteit) -> None:
    copy.naam = "anders"


def _change_part(session: GateSession, copy: Activiteit) -> None:
    copy.lasten[0].bedrag = 1


def _add_part(session: GateSession, copy: Activiteit) -> None:
    copy.lasten.append(Last(toelichting="erbij"))


def _delete_part(session: GateSession, copy: Activiteit) -> None:
    session.delete(copy.scholen[0])


def _replace_part(session: GateSession, copy: Activiteit) -> None:
    row = copy.scholen[0]
    again = ActiviteitSchool(activiteit_id=copy.id, school_id=row.school_id, aantal_leerkrachten=3)
    session.delete(row)
    session.flush()
    session.add(again)


def _delete_copy(session: GateSession, copy: Activiteit) -> None:
    session.delete(copy)


@pytest.mark.parametrize(
    "touch", [_change_copy, _change_part, _add_part, _delete_part, _replace_part, _delete_copy]
)
def test_a_copy_that_was_touched_is_not_undone(
    fresh_world: World, touch: Callable[[GateSession, Activiteit], None]
) -> None:
    w, noord = fresh_world, fresh_world.ground.noord
    step = duplicate(w, "projectleider", noord.activiteit, noord.tweede)
    with w.acting("projectleider") as session:
        newest = select(Activiteit).order_by(Activiteit.id.desc()).limit(1)
        touch(session, session.scalars(newest).one())
        session.commit()
    before = w.snapshot()
    with pytest.raises(RegelFout, match="Sinds het dupliceren"):
        try_undo(w, "projectleider", step)
    assert w.snapshot() == before


def test_undone_once_is_enough(fresh_world: World) -> None:
    step = duplicate(fresh_world, "projectleider", fresh_world.ground.noord.activiteit)
    try_undo(fresh_world, "projectleider", step)
    before = fresh_world.snapshot()
    for who in ("projectleider", "beheerder"):
        with pytest.raises(Refused, match="al ongedaan"):
            try_undo(fresh_world, who, step)
    assert fresh_world.snapshot() == before


def test_anothers_step_is_theirs_or_a_beheerders(fresh_world: World) -> None:
    w = fresh_world
    step = duplicate(w, "projectleider", w.ground.noord.activiteit)
    for who in ("routebegeleider", "datamanager", "adviseur", "dubbel"):
        with pytest.raises(Refused, match="van iemand anders"):
            try_undo(w, who, step)
    with w.acting("zonder_lidmaatschap") as session:
        assert session.get(Bewerking, step) is None
    assert try_undo(w, "beheerder", step) == 1


def test_closed_since_stays(fresh_world: World) -> None:
    w, noord = fresh_world, fresh_world.ground.noord
    step = duplicate(w, "projectleider", noord.activiteit)
    with w.acting("projectleider") as session:
        session.get_one(Verantwoording, noord.open).sluit(None)
        session.commit()
    before = w.snapshot()
    for who in ("projectleider", "beheerder"):
        with pytest.raises(Locked):
            try_undo(w, who, step)
    assert w.snapshot() == before


def test_only_what_changed_rows_is_undone(world: World) -> None:
    undoable = {
        BewerkingSoort.DUPLICEREN,
        BewerkingSoort.KLAARZETTEN,
        BewerkingSoort.WIJZIGEN,
        BewerkingSoort.VERPLAATSEN,
        BewerkingSoort.SAMENVOEGEN,
        BewerkingSoort.VERWIJDEREN,
        BewerkingSoort.ONGEDAAN,
        BewerkingSoort.OPNIEUW,
    }
    for soort in set(BewerkingSoort) - undoable:
        with world.acting("beheerder") as session:
            with bewerking(session, soort, "x") as step:
                pass
            assert "niet in één keer" in may_undo(session, step).reason


def test_a_step_that_fails_leaves_nothing(fresh_world: World) -> None:
    before = fresh_world.snapshot()
    noord: Any = fresh_world.ground.noord
    with fresh_world.acting("projectleider") as session:
        with (  # noqa: PT012 - the flush at the end of the step is what fails
            pytest.raises(RegelFout),
            bewerking(session, BewerkingSoort.DUPLICEREN, "x", noord.contractpartij),
        ):
            session.add(session.get_one(Activiteit, noord.activiteit).dupliceer())
            session.flush()
            session.add(Last(activiteit_id=noord.activiteit, toelichting=""))
        assert session.bewerking_id is None
    assert fresh_world.snapshot() == before
