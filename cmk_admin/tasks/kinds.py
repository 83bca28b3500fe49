"""What a large job is: a kind, the function that does it, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from cmk_admin.gate import GateSession


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    text: one Dutch sentence for its maker. url: where to look, an address of this portal.
    file: the name for people of what was written to `Run.file`; empty: there is no file.
    """

    text: str
    url: str = ""
    file: str = ""


class Stopped(Exception):
    """Somebody stopped the job, or another try of it has begun: nothing of this one counts."""


@dataclass(slots=True)
class Run:
    """One try of a job, as the function that does it sees it.

    arguments: as given to `start`. key: the same at every try. file: where a result may be
    written, another place at every try. total: how much there is to do, once that is known.
    stopped: nobody waits for it any more.
    """

    arguments: Mapping[str, Any]
    key: str
    file: Path
    total: int | None = None
    done: int = 0
    stopped: bool = False

    def advance(self, count: int = 1) -> None:
        """So much was done; costs nothing, as somebody else looks at it once a second.

        Raises Stopped when it is of no use to go on.
        """
        if self.stopped:
            raise Stopped
        self.done += count


#: Does a job in a session of its maker, with the rights that they have by now.
Work = Callable[[Run, GateSession], Outcome]


def register(app: Flask, kind: str, work: Work) -> None:
    """Let `work` do jobs of this kind; at most 40 letters."""
    app.extensions.setdefault("cmk_tasks", {})[kind] = work


def work_of(kind: str) -> Work | None:
    """Who does this kind; None when nobody does (any more)."""
    found: Work | None = current_app.extensions.get("cmk_tasks", {}).get(kind)
    return found
