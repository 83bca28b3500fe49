"""What the gate answers when it does not let something through."""

from cmk_admin.policy import Verdict
from models.base import RegelFout
from models.verantwoording import Verantwoording


class NoActor(RuntimeError):
    """A session was used without saying who acts: a mistake in the program."""


class AroundTheGate(RuntimeError):
    """A statement tried to reach the database beside the gate: a mistake in the program."""


class Refused(Exception):
    """Rights or scope say no; `verdict` has the Dutch reason and who can help."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.reason)

    @property
    def reason(self) -> str:
        return self.verdict.reason

    @property
    def help(self) -> str:
        return self.verdict.help


class Locked(Refused):
    """The verantwoording is closed: nothing under it changes, by any path."""

    def __init__(self, verdict: Verdict, verantwoording: Verantwoording) -> None:
        self.verantwoording_id = verantwoording.id
        super().__init__(verdict)


class CodeNeeded(Exception):
    """Who may come in and what they may do changes only for who typed a code lately."""


class Gone(RegelFout):
    """The row was deleted by someone else in the meantime."""
