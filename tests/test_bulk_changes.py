"""Bulk edits by two people among single edits: preview = result, no lost update, exact undo."""

import threading
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cmk_admin import attributes
from cmk_admin.bulk import run
from cmk_admin.bulk.changes import Change, Hoe, apply
from cmk_admin.bulk.run import Edit, Outcome
from cmk_admin.gate import undo
from cmk_admin.gate.column_rules import MAX_TEXT
from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.historie import Bewerking, Wijziging
from tests.gate_history import explained, stored
from tests.gate_world import World
from tests.support.strictness import FULL

pytest_plugins = ["tests.gate_fixtures"]
#: One world for all examples of a test: each goes on where the last one ended.
HYPOTHESIS: dict[str, Any] = {"suppress_health_check": [HealthCheck.function_scoped_fixture]}


def change(entity: Any, name: str, how: Hoe, **values: Any) -> Change:
    return Change(attributes.attribute(entity, name), how, **values)


@pytest.mark.parametrize(
    ("name", "how", "values", "now", "wanted"),
    [
        ("bedrag", Hoe.PROCENT, {"number": Decimal(10)}, 1005, 1106),
        ("bedrag", Hoe.PROCENT, {"number": Decimal("-12.5")}, -1000, -875),
        ("bedrag", Hoe.PROCENT, {"number": Decimal(10)}, None, None),
        ("bedrag", Hoe.LEEG, {}, 5, None),
        ("bedrag", Hoe.ZET, {"value": 7}, None, 7),
        ("leverancier", Hoe.VERVANG, {"find": "a", "replace": ""}, "banaan", "bnn"),
        ("leverancier", Hoe.VERVANG, {"find": "a", "replace": ""}, "aa", None),
        ("leverancier", Hoe.VERVANG, {"find": ".*", "replace": "x"}, "a.*b", "axb"),
    ],
)
def test_what_comes_out(name: str, how: Hoe, values: dict[str, Any], now: Any, wanted: Any) -> None:
    assert change(Last, name, how, **values).result(now) == wanted


def test_a_replacement_that_explodes_is_refused_before_it_is_made() -> None:
    """Ten thousand letters, each replaced by ten thousand: 100 MB that nobody asked for."""
    grow = change(Last, "toelichting", Hoe.VERVANG, find="a", replace="b" * MAX_TEXT)
    tracemalloc.start()
    try:
        with pytest.raises(RegelFout, match="Dit wordt te lang"):
            grow.result("a" * MAX_TEXT)
        assert tracemalloc.get_traced_memory()[1] < 10 * MAX_TEXT
    finally:
        tracemalloc.stop()
    # Twice the longest is no explosion: the column itself says what is too long.
    assert grow.result("a") == "b" * MAX_TEXT


def test_hours_keep_two_decimals() -> None:
    raise_ = change(Activiteit, "duur", Hoe.PROCENT, number=Decimal(33))
    assert raise_.result(Decimal("1.5")) == Decimal("2.00")


def test_a_broken_row_is_as_it_was(world: World) -> None:
    """What apply refuses leaves nothing in memory that a later save could take along."""
    noord = world.ground.noord
    with world.acting("projectleider") as session:
        row = session.get_one(Last, noord.last)
        paid = row.betaald_op
        with pytest.raises(RegelFout):
            apply(session, row, [change(Last, "toelichting", Hoe.ZET, value="x" * 400)])
        assert not session.is_modified(row)
        assert row.betaald_op == paid


# --- against the world ---------------------------------------------------------------


LASTEN = ("last", "dichte_last")
SCHOOL = ("noord", "zuid", "west")
TABLES = ("last", "activiteit", "activiteit_doelgroep")
NAMES = {"last": "Last", "activiteit": "Activiteit", "activiteit_doelgroep": "ActiviteitDoelgroep"}


@dataclass(frozen=True)
class Bulk:
    who: str
    entity: type[Any]
    ids: tuple[int, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Single:
    who: str
    last: int
    amount: int


def lasten(world: World) -> list[int]:
    parties = [getattr(world.ground, name) for name in SCHOOL]
    return [getattr(party, name) for party in parties for name in LASTEN]


def activiteiten(world: World) -> list[int]:
    parties = [getattr(world.ground, name) for name in SCHOOL]
    names = ("activiteit", "tweede", "kaal", "dichte_activiteit")
    return [getattr(party, name) for party in parties for name in names]


def bulks(world: World) -> st.SearchStrategy[Bulk]:
    amounts = st.integers(-5000, 5000)
    texts = st.sampled_from(["", "Noord", "Theater", "o", "x" * 400, "\x00"])
    of_last = st.lists(
        st.one_of(
            amounts.map(lambda n: change(Last, "bedrag", Hoe.ZET, value=n)),
            st.integers(-90, 90)
            .filter(bool)
            .map(lambda n: change(Last, "bedrag", Hoe.PROCENT, number=Decimal(n))),
            st.just(change(Last, "leverancier", Hoe.LEEG)),
            st.tuples(texts.filter(bool), texts).map(
                lambda t: change(Last, "toelichting", Hoe.VERVANG, find=t[0], replace=t[1])
            ),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda c: c.attribute.name,
    )
    groups = st.lists(st.sampled_from(world.ground.doelgroepen), min_size=1, max_size=2)
    of_activity = st.lists(
        st.one_of(
            st.integers(-400, 400).filter(bool).map(
                lambda n: change(Activiteit, "startdatum", Hoe.SCHUIF, number=Decimal(n))
            ),
            st.tuples(st.sampled_from([Hoe.ERBIJ, Hoe.ERAF, Hoe.ZET]), groups).map(
                lambda t: change(Activiteit, "doelgroepen", t[0], value=t[1])
            ),
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda c: c.attribute.name,
    )  # fmt: skip
    who = st.sampled_from(["routebegeleider", "projectleider", "dubbel", "datamanager"])

    def of(entity: Any, ids: Sequence[int], changes: Any) -> st.SearchStrategy[Bulk]:
        chosen = st.lists(st.sampled_from([*ids, 999_999]), min_size=1, unique=True).map(tuple)
        return st.builds(Bulk, who, st.just(entity), chosen, changes.map(tuple))

    return of(Last, lasten(world), of_last) | of(Activiteit, activiteiten(world), of_activity)


def state(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """The values that people fill, without versions and stamps."""
    found = {}
    for table in TABLES:
        columns = {
            "last": "id, activiteit_id, toelichting, bedrag, betaald_op, leverancier",
            "activiteit": "id, naam, startdatum, einddatum, duur",
            "activiteit_doelgroep": "id, activiteit_id, doelgroep_id",
        }[table]
        found[table] = world.raw(f"SELECT {columns} FROM {table} ORDER BY id")
    return found


def told(outcome: Outcome) -> tuple[Any, ...]:
    """All that a person is told, in plain values."""
    left = sorted((one.row_id, one.reason) for one in outcome.skipped)
    effects = tuple((e.verantwoording_id, e.before, e.after) for e in outcome.effects)
    counts = (outcome.touched, outcome.same, outcome.missing)
    return (outcome.fingerprint, left, effects, counts)


def seen(world: World, bulk: Bulk) -> tuple[Any, ...]:
    with world.acting(bulk.who) as session:
        return run.preview(session, Edit(bulk.entity, bulk.ids, bulk.changes), told)


def carried_out(world: World, bulk: Bulk) -> tuple[int, tuple[Any, ...]]:
    with world.acting(bulk.who) as session:
        outcome = run.carry_out(session, Edit(bulk.entity, bulk.ids, bulk.changes))
        found = outcome.stap.id, told(outcome)
        session.commit()
        return found


def edited(world: World, single: Single) -> bool:
    with world.acting(single.who) as session:
        row = session.get(Last, single.last)
        if row is None:
            return False
        row.bedrag = single.amount
        try:
            session.commit()
        except Exception:
            session.rollback()
            return False
        return True


def undone(world: World, step: int) -> set[tuple[str, int]]:
    """Take a batch back as a beheerder; which rows stayed as they were."""
    with world.acting("beheerder") as session:
        try:
            result = undo(session, session.get_one(Bewerking, step))
        except RegelFout:
            session.rollback()
            return set()
        session.commit()
        return {(one.entity, one.row_id) for one in result.kept}


@given(data=st.data())
@settings(max_examples=60 if FULL else 6, **HYPOTHESIS)
def test_preview_is_result_and_undo_restores(fresh_world: World, data: st.DataObject) -> None:
    """Each example goes on where the last one ended: the world is long-lived, as a year is."""
    w = fresh_world
    before = state(w)
    bulk = data.draw(bulks(w), label="bulk")
    preview = seen(w, bulk)
    assert state(w) == before
    step, result = carried_out(w, bulk)
    assert result == preview
    after = state(w)
    _only_what_it_said(w, bulk, step, before, after)
    undone(w, step)
    _only_bare_activities_differ(before, after, state(w))
    assert explained(w.url) == stored(w.url)


def _only_bare_activities_differ(
    before: dict[str, Any], after: dict[str, Any], end: dict[str, Any]
) -> None:
    """An activity keeps at least one doelgroep: who gave the bare ones of this world their first
    one cannot take it back. All else is as it was."""
    links = after["activiteit_doelgroep"]
    bare = {row[0] for row in before["activiteit"]} - {r[1] for r in before["activiteit_doelgroep"]}
    above = {("activiteit_doelgroep", row[0]): row[1] for row in links}
    above |= {("activiteit", id_): id_ for id_ in bare}
    differ = {(table, row[0]) for table in TABLES for row in set(before[table]) ^ set(end[table])}
    assert {key for key in differ if above.get(key) not in bare} == set()


def _only_what_it_said(
    w: World, bulk: Bulk, step: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Rows that differ are in the history of the batch, and were chosen and open and seen."""
    with w.acting("system") as session:
        rows = session.scalars(select(Wijziging).where(Wijziging.bewerking_id == step)).all()
        listed = {(row.entiteit, row.rij_id) for row in rows}
    differ = {
        (NAMES[table], row[0]) for table in TABLES for row in set(before[table]) ^ set(after[table])
    }
    assert differ == listed
    closed = {getattr(getattr(w.ground, p), n) for p in SCHOOL for n in ("dichte_last",)}
    assert not {("Last", id_) for id_ in closed} & differ
    chosen = {(bulk.entity.__name__, id_) for id_ in bulk.ids}
    assert {key for key in differ if key[0] != "ActiviteitDoelgroep"} <= chosen


@given(data=st.data())
@settings(max_examples=60 if FULL else 6, **HYPOTHESIS)
def test_later_edits_outlive_the_undo(fresh_world: World, data: st.DataObject) -> None:
    """Two bulk edits and single edits in turn; undoing the first keeps what came later. What
    somebody made as it was, is back already."""
    w = fresh_world
    ids = lasten(w)
    first = data.draw(bulks(w).filter(lambda b: b.entity is Last), label="first")
    before = {row[0]: row for row in state(w)["last"]}
    step, _ = carried_out(w, first)
    middle = {row[0]: row for row in state(w)["last"]}
    singles = st.lists(
        st.builds(Single, st.sampled_from(["projectleider", "datamanager"]),
                  st.sampled_from(ids), st.integers(-9000, 9000)), max_size=3)  # fmt: skip
    touched, after = set(), middle
    for single in data.draw(singles, label="later"):
        edited(w, single)
        now = {row[0]: row for row in state(w)["last"]}
        # Also when a later one makes it what it was: somebody went on with it.
        touched |= {id_ for id_ in ids if now[id_] != after[id_]}
        after = now
    kept = undone(w, step)
    end = {row[0]: row for row in state(w)["last"]}
    for id_ in ids:
        both = id_ in touched and before[id_][3] not in (middle[id_][3], after[id_][3])
        amount = after[id_][3] if id_ in touched else before[id_][3]
        assert end[id_] == (*before[id_][:3], amount, *before[id_][4:]), (id_, both)
        if both and kept:
            assert ("Last", id_) in kept


@pytest.mark.beide
def test_two_at_once_lose_nothing(fresh_world: World) -> None:
    """Two bulk edits of the same rows at the same moment: one after the other, both whole."""
    w = fresh_world
    ids = tuple(getattr(w.ground, name).last for name in SCHOOL)
    start = dict(w.raw("SELECT id, bedrag FROM last WHERE bedrag IS NOT NULL"))
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def double() -> None:
        task = Edit(Last, ids, (change(Last, "bedrag", Hoe.PROCENT, number=Decimal(100)),))
        try:
            with w.acting("datamanager") as session:
                ready.wait(10)
                outcome = run.carry_out(session, task)
                assert outcome.touched == len(ids) - outcome.same, outcome.skipped
                session.commit()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=double) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed, failed
    end = dict(w.raw("SELECT id, bedrag FROM last WHERE bedrag IS NOT NULL"))
    assert all(end[id_] == start[id_] * 4 for id_ in ids if id_ in start)
    assert explained(w.url) == stored(w.url)
