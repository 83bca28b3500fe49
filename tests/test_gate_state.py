"""Any sequence of steps by changing people, and what must hold after each of them.

The oracle is the spec's table in the words of `gate_steps`; the rows are read with the
database's own driver, not through the gate.
"""

from collections import Counter
from contextlib import ExitStack
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
from tests.gate_http import Portals, Served
from tests.gate_imports import IMPORTS
from tests.gate_state import State
from tests.gate_steps import KINDS as STEPS
from tests.gate_steps import SEATS, Kind, Made, Turn, TurnedAway, Unseen
from tests.gate_ways import WAYS, InSession, Way
from tests.gate_world import Copier, raw_connection
from tests.stand_rows import COUNTED, KEPT
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
KINDS = [*STEPS, *IMPORTS]
REFUSALS = (Refused, RegelFout, AroundTheGate, Unseen, TurnedAway)
#: People who get something done more often, so that the steps go somewhere.
WHO = ["projectleider", "beheerder", "system", *SEATS]
#: What every sequence begins with: what the rare steps need to find there, such as a year
#: without activities, a second doelgroep and a duplication to undo.
OPENING = [
    ("open_jaar", "beheerder"),
    ("koppel_doelgroep", "projectleider"),
    ("koppel_doelgroep", "dubbel"),
    ("dupliceer", "projectleider"),
    ("dupliceer", "beheerder"),
]
#: Kind of step, way and outcome → how often.
Reached = Counter[tuple[str, str, str]]


@pytest.fixture(scope="module")
def portals(worlds: Copier, tmp_path_factory: pytest.TempPathFactory) -> Portals:
    return Portals(worlds, tmp_path_factory.mktemp)


def attempt(way: Way, kind: Kind, turn: Turn, target: int) -> tuple[bool, Exception | None]:
    """Whether it was done; when it was refused, with the refusal."""
    try:
        way.go(kind, turn, target)
    except REFUSALS as error:
        return False, error
    return True, None


def ways_of(kind: Kind) -> list[Way]:
    return [way for way in WAYS if way.takes(kind)]


def _as_rule(kind: Kind) -> Any:
    def step(self: "GateMachine", who: str, pick: int, way: Way) -> None:
        self.take(kind, who, pick, way)

    step.__name__ = kind.name
    ways = st.sampled_from(ways_of(kind))
    return rule(who=st.sampled_from(WHO), pick=st.integers(0, 10_000), way=ways)(step)


class GateMachine(RuleBasedStateMachine):
    """The world of three contractpartijen, and everybody at work in it."""

    dialect: ClassVar[Dialect]
    portals: ClassVar[Portals]
    reached: ClassVar[Reached]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world: Served = self.stack.enter_context(self.portals.copy(self.dialect))
        self.eye = self.stack.enter_context(raw_connection(self.world.url))
        self.state = State(self.world, self.eye)
        self.made: dict[int, Made] = {}
        self.closed: dict[int, str] = {}

    @initialize()
    def begin(self) -> None:
        self.closed = {v: self.state.year(v) for v, s in self.state.status.items() if s != "open"}
        for name, who in OPENING:
            self._take_the_first_allowed(next(k for k in KINDS if k.name == name), who)

    def _take_the_first_allowed(self, kind: Kind, who: str) -> None:
        way = InSession()
        for pick in range(100):
            turn = Turn(self.world, who, self.state, pick, self.made)
            target = kind.target(turn)
            if target is not None and kind.allowed(turn, target):
                return self.take(kind, who, pick, way)
        raise AssertionError(f"{who} can {kind.name} nothing in this world")

    for _kind in KINDS:
        locals()[_kind.name] = _as_rule(_kind)

    def take(self, kind: Kind, who: str, pick: int, way: Way) -> None:
        """Take a step, and compare what came of it with the oracle."""
        turn = way.seat(Turn(self.world, who, self.state, pick, self.made))
        target = kind.target(turn)
        if target is None:
            return
        expected = way.allowed(kind, turn, target)
        before = self.state
        done, refusal = attempt(way, kind, turn, target)
        self.state = State(self.world, self.eye)
        outcome = "gedaan" if done else "geweigerd"
        type(self).reached[(kind.name, way.name, outcome)] += 1
        event(f"{kind.name}: {outcome}")
        # Setting what is there already asks for no right: nothing is written.
        idle = done and self.state.whole == before.whole
        assert done is expected or idle, (
            f"{turn.who} {kind.name} {target} ({way.name}): {refusal!r}"
        )
        if kind.elsewhere or not done:
            assert self.state.whole == before.whole
        self._keep(kind, before, turn.who)
        self._foreign_rows_stay(before, turn.who)
        self._history_names(turn.who, before)

    def _keep(self, kind: Kind, before: State, who: str) -> None:
        if kind.name.startswith("dupliceer"):
            copies = tuple(self.state.rows["activiteit"].keys() - before.rows["activiteit"].keys())
            for number in self.state.undone.keys() - before.undone.keys():
                self.made[number] = Made(who, copies, self.state.under(copies))
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

    def _history_names(self, who: str, before: State) -> None:
        """Whatever way it was done: in the name of whoever did it."""
        mine = None if who == "system" else self.world.ground.actors[who].gebruiker_id
        told = self.state.told_by
        assert {told[line] for line in told.keys() - before.told_by.keys()} <= {mine}

    @invariant()
    def closed_years_stay_as_they_were(self) -> None:
        for v, rows in self.closed.items():
            assert self.state.year(v) == rows

    @invariant()
    def history_explains_every_row(self) -> None:
        assert explained(self.world.url, self.eye) == stored(self.world.url, self.eye)

    @invariant()
    def counts_are_those_of_the_rows(self) -> None:
        kept, counted = (sorted(self.eye.execute(ask).fetchall()) for ask in (KEPT, COUNTED))
        assert kept == counted

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


def play(portals: Portals, dialect: Dialect, examples: int, steps: int) -> Reached:
    """Play that many sequences; what was reached how often."""
    reached: Reached = Counter()
    own = {"dialect": dialect, "portals": portals, "reached": reached}
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


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_any_sequence(portals: Portals, dialect: Dialect, full: bool) -> None:
    if full:
        assert missed(play(portals, dialect, 200, 30)) == set()
    else:
        play(portals, dialect, {"sqlite": 5, "postgresql": 2}[dialect], 12)


def missed(reached: Reached) -> set[tuple[str, ...]]:
    """What should have come by and did not.

    Every kind of step both done and refused, but those that nobody may take; every way both
    done and refused; and every kind of step in each of its ways.
    """
    kinds = {(kind.name, "geweigerd") for kind in KINDS}
    kinds |= {(kind.name, "gedaan") for kind in KINDS if not kind.always_refused}
    kinds -= {(kind, outcome) for kind, _, outcome in reached}
    ways = {(way.name, outcome) for way in WAYS for outcome in ("gedaan", "geweigerd")}
    ways -= {(way, outcome) for _, way, outcome in reached}
    pairs = {(kind.name, way.name) for kind in KINDS for way in ways_of(kind)}
    return kinds | ways | (pairs - {(kind, way) for kind, way, _ in reached})


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_step_can_be_done_and_refused(portals: Portals, way: Way) -> None:
    """Each kind of step once by somebody who may, and once by somebody who may not."""
    # What undoing asks for comes with a sequence.
    kinds = [kind for kind in KINDS if way.takes(kind) and kind.name != "maak_ongedaan"]
    with portals.copy("sqlite") as world:
        reached = _one_by_one(world, way, kinds)
    wanted = {(kind.name, way.name, "geweigerd") for kind in kinds}
    wanted |= {(kind.name, way.name, "gedaan") for kind in kinds if not kind.always_refused}
    assert wanted - reached.keys() == set()


def _one_by_one(world: Served, way: Way, kinds: list[Kind]) -> Reached:
    reached: Reached = Counter()
    state = State(world)
    # Twice: a year has to be opened before it can be deleted.
    for kind in kinds * 2:
        for who in ("beheerder", "system", "zonder_lidmaatschap", "adviseur"):
            for pick in range(30):
                turn = way.seat(Turn(world, who, state, pick))
                target = kind.target(turn)
                if target is None:
                    continue
                allowed = way.allowed(kind, turn, target)
                outcome = (kind.name, way.name, "gedaan" if allowed else "geweigerd")
                if not reached[outcome]:
                    done, refusal = attempt(way, kind, turn, target)
                    assert done is allowed, f"{turn.who} {kind.name} {target}: {refusal!r}"
                    reached[outcome] += 1
                    state = State(world)
    return reached
