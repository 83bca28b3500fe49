"""Large jobs: asked by a person, done by the worker, left and found again.

A kind of job is a function that is registered under a name (`register`); `start` puts one in
line. The row (`Taak`) is the truth, the queue only wakes the worker. Whoever claims a row raises
its version, and only that version can finish it: a job that is done twice, because its worker
was killed or seemed to be, has one outcome.

Work that changes rows does so within `once(session, run.key, …)`: the key is the same at every
try, so that a second one finds what the first did.
"""

from cmk_admin.tasks.kinds import Outcome, Run, Stopped, register
from cmk_admin.tasks.store import (
    Progress,
    again,
    file_of,
    find,
    of_person,
    progress_of,
    start,
    stop,
)
from cmk_admin.tasks.worker import run_waiting, sweep

__all__ = [
    "Outcome",
    "Progress",
    "Run",
    "Stopped",
    "again",
    "file_of",
    "find",
    "of_person",
    "progress_of",
    "register",
    "run_waiting",
    "start",
    "stop",
    "sweep",
]
