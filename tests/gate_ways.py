"""How the steps of `gate_steps` are taken: in a session, over HTTP, by a command."""

from collections.abc import Mapping
from dataclasses import replace

from tests.gate_http import ACTIONS, CELLS, FORMS, PAGES, Step, portal_of
from tests.gate_imports import duo_file
from tests.gate_steps import BEH, Kind, Turn, TurnedAway


class Way:
    """How a step is taken. `go` commits, or raises what refused it."""

    name: str

    def __repr__(self) -> str:
        return self.name

    def takes(self, kind: Kind) -> bool:
        """Whether this kind of step can be taken this way."""
        return True

    def seat(self, turn: Turn) -> Turn:
        """Who it is that takes the step this way."""
        return turn

    def allowed(self, kind: Kind, turn: Turn, target: int) -> bool:
        """What the oracle says."""
        return kind.allowed(turn, target)

    def go(self, kind: Kind, turn: Turn, target: int) -> None:
        raise NotImplementedError


class InSession(Way):
    """Objects in a session of the gate: what every other way comes down to."""

    name = "sessie"

    def go(self, kind: Kind, turn: Turn, target: int) -> None:
        with turn.world.acting(turn.who) as session:
            kind.do(session, turn, target)
            session.commit()


class ByCommand(Way):
    """`flask import-duo`, by whoever has a shell: in the name of the system."""

    name = "opdracht"

    def takes(self, kind: Kind) -> bool:
        return kind.name == "importeer_duo"

    def seat(self, turn: Turn) -> Turn:
        return replace(turn, who="system")

    def go(self, kind: Kind, turn: Turn, target: int) -> None:
        path = duo_file(turn, target)
        result = portal_of(turn).app.test_cli_runner().invoke(args=["import-duo", str(path)])
        if result.exit_code:
            assert isinstance(result.exception, SystemExit), result.exception
            raise TurnedAway(result.output)


class OverHttp(Way):
    """Forms that are sent to the portal by somebody who is logged in; the system never is."""

    def __init__(self, name: str, steps: Mapping[str, Step]) -> None:
        self.name, self.steps = name, steps

    def takes(self, kind: Kind) -> bool:
        return kind.name in self.steps

    def seat(self, turn: Turn) -> Turn:
        return replace(turn, who=BEH) if turn.who == "system" else turn

    def allowed(self, kind: Kind, turn: Turn, target: int) -> bool:
        # Who may not open a year gets no further, also when there is nothing to open.
        mine = turn.who == BEH or kind.name != "open_jaar"
        return mine and kind.allowed(turn, target)

    def go(self, kind: Kind, turn: Turn, target: int) -> None:
        self.steps[kind.name](portal_of(turn), turn, target)


WAYS: list[Way] = [
    InSession(),
    OverHttp("formulier", FORMS),
    OverHttp("cel", CELLS),
    OverHttp("actie", ACTIONS),
    OverHttp("scherm", PAGES),
    ByCommand(),
]
