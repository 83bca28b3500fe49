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
    in_turn,
    is_passing,
    once,
    stamp,
    with_retry,
)
from cmk_admin.gate.errors import AroundTheGate, Gone, Locked, NoActor, Refused
from cmk_admin.gate.session import GateSession, acting_as
from cmk_admin.gate.undo import may_undo, undo

__all__ = [
    "ANONYMOUS",
    "Actor",
    "AroundTheGate",
    "GateSession",
    "Gone",
    "Locked",
    "NoActor",
    "Refused",
    "acting_as",
    "bewerking",
    "forget",
    "handled",
    "in_turn",
    "is_passing",
    "may_undo",
    "once",
    "stamp",
    "system",
    "undo",
    "with_retry",
]
