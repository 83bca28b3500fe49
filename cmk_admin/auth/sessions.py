"""Who is logged in, and until when: what the signed cookie says.

Halfway between password and code it only says whose code is awaited; that opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session
from flask_login import login_user

from cmk_admin.auth.account import Account
from cmk_admin.web.targets import safe_target

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
HALFWAY = timedelta(minutes=5)
# The cookie is written again at most once a minute, not at every click.
NOTED_EVERY = timedelta(minutes=1)

_HALFWAY, _SINCE, _SEEN = "halfway", "since", "seen"


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody whose password was right; target: where they wanted to go."""

    gebruiker_id: int
    target: str | None


def begin_halfway(gebruiker_id: int, target: str | None, moment: datetime) -> None:
    """Start again with nothing but this; what was in the session before is gone."""
    session.clear()
    session[_HALFWAY] = [gebruiker_id, target, moment.timestamp()]


def halfway(moment: datetime) -> Halfway | None:
    """Who may type a code now; None when nobody, or too late."""
    if _HALFWAY not in session:
        return None
    gebruiker_id, target, since = session[_HALFWAY]
    if not _within(since, moment, HALFWAY):
        return None
    return Halfway(gebruiker_id, safe_target(target))


def begin(account: Account, moment: datetime) -> None:
    """Log in: a new session with a new form token; nothing of the old one survives."""
    session.clear()
    login_user(account)
    session[_SINCE] = session[_SEEN] = moment.timestamp()


def end() -> None:
    """Log out."""
    session.clear()


def alive(moment: datetime) -> bool:
    """Whether the log-in in this session still counts."""
    since, seen = session.get(_SINCE, 0.0), session.get(_SEEN, 0.0)
    return _within(since, moment, ABSOLUTE) and _within(seen, moment, IDLE)


def note_activity(moment: datetime) -> None:
    """The person does something: the idle time starts anew."""
    if not _within(session[_SEEN], moment, NOTED_EVERY):
        session[_SEEN] = moment.timestamp()


def _within(since: float, moment: datetime, span: timedelta) -> bool:
    return moment.timestamp() - since < span.total_seconds()
