"""Many rows changed together, each judged by itself: what may not go along is left as it was.

The rows are saved in chunks, each within a savepoint. When the gate refuses a chunk, its
halves are tried apart until the culprits stand alone; so whatever decides about one row is
the very judgement that decides about a plain save, and its reason is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin import integrity
from cmk_admin.gate.errors import Refused
from cmk_admin.gate.locks import begin_write
from cmk_admin.gate.session import GateSession
from cmk_admin.gate.storing import store
from models.base import RegelFout

T = TypeVar("T")
#: Told how many rows were begun.
Heard = Callable[[int], None]
CHUNK = 200
RACED = "Iemand anders wijzigde dit op hetzelfde moment."


def unheard(begun: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that stays as it was, and the Dutch reason. entity: its class name."""

    entity: str
    row_id: int
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row and what is done to it in memory.

    do: raises RegelFout or Refused before anything was changed, or not at all.
    """

    entity: str
    row_id: int
    title: str
    do: Callable[[], None]

    def skipped(self, error: Exception) -> Skipped:
        return Skipped(self.entity, self.row_id, self.title, _reason(error))


def save_each(
    session: GateSession, keys: Sequence[T], load: Callable[[Sequence[T]], Sequence[Step]]
) -> list[Skipped]:
    """Do what `load` makes of each key, and save it, in the given order; the caller commits.

    load: asked again for what is tried again, so it reads rows as they are stored then.
    Returns what was left out. Give keys in order of id where rows are locked by it: two who
    do this at once then wait for each other instead of holding each other up.
    """
    begin_write(session.connection())
    skipped: list[Skipped] = []
    for start in range(0, len(keys), CHUNK):
        skipped.extend(_attempt(session, keys[start : start + CHUNK], load))
    return skipped


def save_whole(session: GateSession, step: Step) -> list[Skipped]:
    """Do one step that changes many rows, all or nothing; the caller commits.

    Other than in `save_each` the step may save in between, and may be refused halfway.
    """
    begin_write(session.connection())
    try:
        with session.begin_nested():
            step.do()
            session.flush()
    except (RegelFout, Refused, IntegrityError, StaleDataError) as error:
        return [step.skipped(error)]
    return []


def _attempt(
    session: GateSession,
    keys: Sequence[T],
    load: Callable[[Sequence[T]], Sequence[Step]],
    again: bool = True,
) -> list[Skipped]:
    steps = load(keys)
    try:
        with session.begin_nested():
            with session.no_autoflush:
                skipped = _do_all(steps)
            store(session)
    except (RegelFout, Refused, IntegrityError, StaleDataError) as error:
        if isinstance(error, StaleDataError) and again:
            # Somebody else saved between reading and saving: read again, and do it to that.
            return _attempt(session, keys, load, again=False)
        if len(keys) == 1:
            return [step.skipped(error) for step in steps]
        half = len(keys) // 2
        return [
            *_attempt(session, keys[:half], load),
            *_attempt(session, keys[half:], load),
        ]
    return skipped


def _do_all(steps: Sequence[Step]) -> list[Skipped]:
    skipped = []
    for step in steps:
        try:
            step.do()
        except (RegelFout, Refused) as refused:
            skipped.append(step.skipped(refused))
    return skipped


def _reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, RegelFout):
        return str(error)
    return integrity.translate(error).tekst if isinstance(error, IntegrityError) else RACED
