"""Who is logged in, where, and until when: rows in the database, named by a signed cookie.

Halfway between password and code the cookie only says whose code is awaited; that opens nothing.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request, session
from flask_login import login_user
from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.auth.account import Account, Alive, Credentials, load_account
from cmk_admin.auth.browsers import name_of_browser
from cmk_admin.auth.sealing import digest, mark
from cmk_admin.gate import acting_as, forget, stamp
from cmk_admin.web.targets import safe_target
from models.toegang import Zitting

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
HALFWAY = timedelta(minutes=5)
#: How long a code proves that it is really you, for what a stolen browser must not do.
FRESH = timedelta(minutes=15)
# Being busy is written at most once a minute, not at every click.
NOTED_EVERY = timedelta(minutes=1)

KEEPING = system("zittingen")
_HALFWAY, _KEY = "halfway", "zitting"


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody whose password was right; target: where they wanted to go."""

    gebruiker_id: int
    target: str | None
    password_mark: str

    def is_of(self, found: Credentials) -> bool:
        """Whether the password is still the one that was typed."""
        return hmac.compare_digest(self.password_mark, _mark(found))


def begin_halfway(found: Credentials, target: str | None, moment: datetime) -> None:
    """Start again with nothing but this; what was in the session before is gone."""
    end()
    session[_HALFWAY] = [found.gebruiker_id, target, moment.timestamp(), _mark(found)]


def halfway(moment: datetime) -> Halfway | None:
    """Who may type a code now; None when nobody, or too late."""
    if len(session.get(_HALFWAY, ())) != 4:
        return None
    gebruiker_id, target, since, password_mark = session[_HALFWAY]
    if moment.timestamp() - since >= HALFWAY.total_seconds():
        return None
    return Halfway(gebruiker_id, safe_target(target), password_mark)


def _mark(found: Credentials) -> str:
    """Differs as soon as the password does, and tells nothing about it."""
    return mark(b"cmk-portaal/halverwege/1", found.password_hash)[:32]


# --- inside ---------------------------------------------------------------------


def begin(account: Account, moment: datetime) -> None:
    """Log in: a new session with a new id and form token; nothing of the old one survives."""
    end()
    key = _new_key()
    with acting_as(KEEPING) as database, database.own_work():
        # What ran out goes now: this is when somebody comes in, so it never piles up.
        forget(database, Zitting, {"gezien_op": ("<", moment - IDLE)})
        database.add(
            Zitting(
                sleutel_hash=digest(key),
                gebruiker_id=account.id,
                begonnen_op=moment,
                gezien_op=moment,
                bevestigd_op=moment,
                browser=name_of_browser(request.user_agent.string),
            )
        )
        database.commit()
    login_user(account)
    session[_KEY] = key


def end() -> None:
    """Log out: the cookie is worth nothing any more, wherever a copy of it may be."""
    key = session.get(_KEY)
    session.clear()
    if key is not None:
        _remove(sleutel_hash=digest(str(key)))


def current(gebruiker_id: int, moment: datetime) -> Account | None:
    """The person of this session, as they are in the database now; None when it has ended."""
    key = session.get(_KEY)
    if key is None:
        return None
    alive = Alive(digest(str(key)), begun=moment - ABSOLUTE, seen=moment - IDLE)
    return load_account(gebruiker_id, alive)


def note_activity(account: Account, moment: datetime) -> None:
    """The person does something: the idle time starts anew."""
    if account.seen is None or moment - account.seen < NOTED_EVERY:
        return
    with acting_as(KEEPING) as database:
        as_read = {"id": account.session_id, "gezien_op": account.seen}
        stamp(database, Zitting, as_read, {"gezien_op": moment})
        database.commit()


def seconds_left(account: Account, moment: datetime) -> int:
    """How long it lasts when nothing is done."""
    if account.seen is None or account.begun is None:
        return 0
    ends = min(account.seen + IDLE, account.begun + ABSOLUTE)
    return max(0, int((ends - moment).total_seconds()))


def is_fresh(account: Account, moment: datetime) -> bool:
    """Whether a code was typed in this session lately."""
    return account.confirmed is not None and moment - account.confirmed < FRESH


def confirm(account: Account, moment: datetime) -> None:
    """A code was typed: for a while no other is asked.

    The session may do more from now on, so it gets a new id: who has a copy of the old cookie
    does not come along.
    """
    key = _new_key()
    renewed = {"bevestigd_op": moment, "sleutel_hash": digest(key)}
    with acting_as(KEEPING) as database:
        if stamp(database, Zitting, {"id": account.session_id}, renewed):
            session[_KEY] = key
        database.commit()


@dataclass(frozen=True, slots=True)
class Place:
    """One browser in which somebody is logged in."""

    id: int
    browser: str
    since: datetime
    seen: datetime
    here: bool


def places(account: Account, moment: datetime) -> list[Place]:
    """Where this person is logged in now; this browser first."""
    wanted = (
        select(Zitting.id, Zitting.browser, Zitting.begonnen_op, Zitting.gezien_op)
        .where(
            Zitting.gebruiker_id == account.id,
            Zitting.begonnen_op > moment - ABSOLUTE,
            Zitting.gezien_op > moment - IDLE,
        )
        .order_by(Zitting.gezien_op.desc())
    )
    with acting_as(KEEPING) as database:
        rows = database.execute(wanted).all()
    found = [
        Place(row.id, row.browser, row.begonnen_op, row.gezien_op, row.id == account.session_id)
        for row in rows
    ]
    return sorted(found, key=lambda place: not place.here)


def end_other(account: Account, number: int | None = None) -> int:
    """End one other session of this person, or all others; how many that were."""
    which = {"id": ("!=", account.session_id)} if number is None else {"id": number}
    return _remove(gebruiker_id=account.id, **which)


def _remove(**which: object) -> int:
    with acting_as(KEEPING) as database:
        count = forget(database, Zitting, which)
        database.commit()
    return count


def _new_key() -> str:
    return secrets.token_urlsafe(32)
