"""The gate: the one way to the database, for every path.

`acting_as(actor)` gives a session that reads only the actor's rows and judges every
write. How it works is in `session.py` (events), `reads.py`, `writes.py`, `locks.py`,
`history.py` and `fence.py`; `doors.py` has the ways in beside a plain save.
"""

from cmk_admin.actor import ANONYMOUS, Actor, system
from cmk_admin.gate.doors import (
    bewerking,
    forget,
    handled,
    hold,
    in_turn,
    is_passing,
    moving,
    once,
    rephrase,
    stamp,
    with_retry,
)
from cmk_admin.gate.errors import AroundTheGate, CodeNeeded, Gone, Locked, NoActor, Refused
from cmk_admin.gate.history import plain as as_plain
from cmk_admin.gate.restore import entity_of, from_plain, later_than
from cmk_admin.gate.session import GateSession, acting_as
from cmk_admin.gate.together import Heard, Skipped, Step, save_each, save_whole, unheard
from cmk_admin.gate.undo import (
    BACK,
    Undone,
    done_before,
    may_undo,
    may_undo_rows,
    taken_back_by,
    takes_back,
    undo,
    undo_rows,
)

__all__ = [
    "ANONYMOUS",
    "BACK",
    "Actor",
    "AroundTheGate",
    "CodeNeeded",
    "GateSession",
    "Gone",
    "Heard",
    "Locked",
    "NoActor",
    "Refused",
    "Skipped",
    "Step",
    "Undone",
    "acting_as",
    "as_plain",
    "bewerking",
    "done_before",
    "entity_of",
    "forget",
    "from_plain",
    "handled",
    "hold",
    "in_turn",
    "is_passing",
    "later_than",
    "may_undo",
    "may_undo_rows",
    "moving",
    "once",
    "rephrase",
    "save_each",
    "save_whole",
    "stamp",
    "system",
    "taken_back_by",
    "takes_back",
    "undo",
    "undo_rows",
    "unheard",
    "with_retry",
]
