"""Any sequence of steps by changing people, and what must hold after each of them.

The oracle is the spec's table in the words of `gate_steps`; the rows are read with the
database's own driver, not through the gate.
"""

import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cmk_admin.gate import AroundTheGate, Refused
from models.base import RegelFout
from tests.gate_history import explained, stored
from tests.gate_state import State
from tests.gate_steps import KINDS, SEATS, WAYS, Kind, Made, Turn, Unseen, Way
from tests.gate_world import Copier, World, raw_connection
from tests.support.databases import Dialect

pytest_plugins = ["tests.gate_fixtures"]

#: Child → parent: both carry the contractpartij.
TIES = [
    ("verantwoording", "project"),
    ("activiteit", "verantwoording"),
    ("activiteit_school", "activiteit"),
    ("last", "activiteit"),
    ("activiteit_doelgroep", "activiteit"),
    ("activiteit_partner", "activiteit"),
    ("activiteit_partner", "samenwerkingspartner"),
    ("momentopname", "verantwoording"),
]
REFUSALS = (Refused, RegelFout, AroundTheGate, Unseen)
#: People who get something done more often, so that the steps go somewhere.
WHO = ["projectleider", "beheerder", "system", *SEATS]


def attempt(way: Way, kind: Kind, turn: Turn, target: int) -> tuple[bool, Any]:
    """Whether it was done, with its answer; or refused, with the refusal."""
    try:
        return True, way.go(kind, turn, target)
    except REFUSALS as error:
        return False, error


def _as_rule(kind: Kind) -> Any:
    def step(self: "GateMachine", who: str, pick: int, way: Way) -> None:
        self.take(kind, who, pick, way)

    step.__name__ = kind.name
    return rule(who=st.sampled_from(WHO), pick=st.integers(0, 10_000), way=st.sampled_from(WAYS))(
        step
    )


class GateMachine(RuleBasedStateMachine):
    """The world of three contractpartijen, and everybody at work in it."""

    dialect: ClassVar[Dialect]
    worlds: ClassVar[Copier]
    #: Kind of step and outcome → how often.
    reached: ClassVar[Counter[tuple[str, str]]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world: World = self.stack.enter_context(type(self).worlds(self.dialect, folder))
        self.eye = self.stack.enter_context(raw_connection(self.world.url))
        self.state = State(self.world, self.eye)
        self.made: dict[int, Made] = {}
        self.closed: dict[int, str] = {}

    @initialize()
    def begin(self) -> None:
        self.closed = {v: self.state.year(v) for v, s in self.state.status.items() if s != "open"}

    for _kind in KINDS:
        locals()[_kind.name] = _as_rule(_kind)

    def take(self, kind: Kind, who: str, pick: int, way: Way) -> None:
        """Take a step, and compare what came of it with the oracle."""
        turn = Turn(self.world, who, self.state, pick, self.made)
        target = kind.target(turn)
        if target is None:
            return
        expected = kind.allowed(turn, target)
        before = self.state
        done, answer = attempt(way, kind, turn, target)
        self.state = State(self.world, self.eye)
        outcome = "gedaan" if done else "geweigerd"
        type(self).reached[(kind.name, outcome)] += 1
        event(f"{kind.name}: {outcome}")
        assert done is expected, f"{who} {kind.name} {target} ({way.name}): {answer!r}"
        if not done:
            assert self.state.whole == before.whole
        self._keep(kind, turn, answer if done else None)
        self._foreign_rows_stay(before, who)

    def _keep(self, kind: Kind, turn: Turn, answer: Any) -> None:
        if answer is not None and kind.name.startswith("dupliceer"):
            number, activities = answer
            self.made[number] = Made(turn.who, activities, self.state.under(activities))
        for v, status in self.state.status.items():
            step = kind.name in ("stel_vast", "sluit")
            if status == "open":
                self.closed.pop(v, None)
            elif v not in self.closed or step:
                self._only_the_status_changed(v)
                self.closed[v] = self.state.year(v)

    def _only_the_status_changed(self, v: int) -> None:
        """Closing and approving touch the verantwoording itself, and no row under it."""
        if v in self.closed:
            assert self.state.year(v).splitlines()[1:] == self.closed[v].splitlines()[1:]

    def _foreign_rows_stay(self, before: State, who: str) -> None:
        for party in ("noord", "zuid", "west"):
            if who != "system" and not SEATS[who][party]:
                assert self.state.of_party(party) == before.of_party(party)

    @invariant()
    def closed_years_stay_as_they_were(self) -> None:
        for v, rows in self.closed.items():
            assert self.state.year(v) == rows

    @invariant()
    def history_explains_every_row(self) -> None:
        assert explained(self.world.url, self.eye) == stored(self.world.url, self.eye)

    @invariant()
    def every_row_is_of_its_parents_contractpartij(self) -> None:
        astray = " UNION ALL ".join(
            f"SELECT c.id FROM {child} c JOIN {parent} p ON p.id = c.{parent}_id"
            " WHERE p.contractpartij_id <> c.contractpartij_id"
            for child, parent in TIES
        )
        assert self.eye.execute(astray).fetchall() == []

    def teardown(self) -> None:
        self.stack.close()


def play(worlds: Copier, dialect: Dialect, examples: int, steps: int) -> Counter[tuple[str, str]]:
    """Play that many sequences; what was reached how often."""
    reached: Counter[tuple[str, str]] = Counter()
    own = {"dialect": dialect, "worlds": staticmethod(worlds), "reached": reached}
    machine: Any = type("Machine", (GateMachine,), own)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return reached


def test_any_sequence_on_sqlite(worlds: Copier, full: bool) -> None:
    reached = play(worlds, "sqlite", *((200, 30) if full else (10, 15)))
    if full:
        assert_all_reached(reached)


def test_any_sequence_on_postgresql(worlds: Copier, full: bool) -> None:
    play(worlds, "postgresql", *((40, 30) if full else (3, 15)))


def assert_all_reached(reached: Counter[tuple[str, str]]) -> None:
    """Every step was both done and refused, but those that nobody may take."""
    wanted = {(kind.name, "geweigerd") for kind in KINDS}
    wanted |= {(kind.name, "gedaan") for kind in KINDS if not kind.always_refused}
    assert wanted - reached.keys() == set()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_step_can_be_done_and_refused(worlds: Copier, tmp_path: Path, way: Way) -> None:
    """Each kind of step once by somebody who may, and once by somebody who may not."""
    reached: Counter[tuple[str, str]] = Counter()
    with worlds("sqlite", tmp_path) as world:
        state = State(world)
        # Twice: a year has to be opened before it can be deleted.
        for kind in (*KINDS, *KINDS):
            if kind.name == "maak_ongedaan":
                continue  # of a step that was played: see the sequences
            for who in ("beheerder", "system", "zonder_lidmaatschap", "adviseur"):
                for pick in range(30):
                    turn = Turn(world, who, state, pick)
                    target = kind.target(turn)
                    if target is None:
                        continue
                    allowed = kind.allowed(turn, target)
                    outcome = (kind.name, "gedaan" if allowed else "geweigerd")
                    if not reached[outcome]:
                        assert attempt(way, kind, turn, target)[0] is allowed, f"{who} {kind.name}"
                        reached[outcome] += 1
                        state = State(world)
    reached[("maak_ongedaan", "gedaan")] = reached[("maak_ongedaan", "geweigerd")] = 1
    assert_all_reached(reached)
