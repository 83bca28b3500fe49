"""Accounts as the log-in knows them: read once under the system's name, then immutable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from cmk_admin.actor import Actor, system
from cmk_admin.auth import letters, passwords, recovery
from cmk_admin.auth.totp import Factor, use_code
from cmk_admin.gate import GateSession, acting_as, stamp
from models.gebruiker import CultuurOostRol, Gebruiker, Lidmaatschap, LidRol
from models.toegang import Zitting

LOGGING_IN = system("inloggen")


@dataclass(frozen=True, slots=True)
class Account:
    """The person who is logged in, as Flask-Login wants it. Holds no database row.

    memberships: contractpartij id → role there. session_id and what follows: of the session
    in which they are; without one these are empty.
    """

    id: int
    naam: str
    email: str
    cultuur_oost_rol: CultuurOostRol | None
    memberships: tuple[tuple[int, LidRol], ...]
    session_id: int | None = None
    begun: datetime | None = None
    seen: datetime | None = None
    confirmed: datetime | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)

    @property
    def actor(self) -> Actor:
        """This person, for the session that acts for them."""
        return _actor(self.id, self.naam, self.cultuur_oost_rol, self.memberships)


#: Every button of a page asks who acts.
_actor = lru_cache(maxsize=1024)(Actor.person)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What someone has to prove before they are this account."""

    gebruiker_id: int
    email: str
    password_hash: str
    factor: Factor


@dataclass(frozen=True, slots=True)
class Alive:
    """Which session somebody must be in. begun, seen: after these moments."""

    key_hash: str
    begun: datetime
    seen: datetime


def load_account(gebruiker_id: int, within: Alive | None = None) -> Account | None:
    """The account with its roles as they are now; None when gone or not active.

    within: the session in which they are; None as well when it is not, or no longer.
    """
    asked: dict[str, Any] = {"person": gebruiker_id}
    if within is not None:
        asked |= {"key_hash": within.key_hash, "begun": within.begun, "seen": within.seen}
    with acting_as(LOGGING_IN) as session:
        rows: Sequence[Any] = session.execute(_account(within is not None), asked).all()
    if not rows:
        return None
    person = rows[0]
    memberships = tuple((row.contractpartij_id, row.rol) for row in rows if row.rol is not None)
    where = tuple(person)[-4:] if within else ()
    return Account(
        gebruiker_id, person.naam, person.email, person.cultuur_oost_rol, memberships, *where
    )


@cache
def _account(in_session: bool) -> Any:
    """Asked at every request, so made once; what differs is in its parameters."""
    wanted = (
        select(
            Gebruiker.naam,
            Gebruiker.email,
            Gebruiker.cultuur_oost_rol,
            Lidmaatschap.contractpartij_id,
            Lidmaatschap.rol,
        )
        .outerjoin(
            Lidmaatschap,
            and_(Lidmaatschap.gebruiker_id == Gebruiker.id, Lidmaatschap.actief),
        )
        .where(Gebruiker.id == bindparam("person"), Gebruiker.actief)
        .order_by(Lidmaatschap.contractpartij_id)
    )
    if not in_session:
        return wanted
    alive = and_(
        Zitting.gebruiker_id == Gebruiker.id,
        Zitting.sleutel_hash == bindparam("key_hash"),
        Zitting.begonnen_op > bindparam("begun"),
        Zitting.gezien_op > bindparam("seen"),
    )
    return wanted.add_columns(
        Zitting.id.label("session_id"),
        Zitting.begonnen_op,
        Zitting.gezien_op,
        Zitting.bevestigd_op,
    ).join(Zitting, alive)


def find_by_email(email: str) -> Credentials | None:
    """The account that logs in with this address, however its capitals are typed.

    None also when it can't log in: not active, no password or no second factor yet.
    """
    if "\x00" in email:  # PostgreSQL has no such text
        return None
    return _credentials(func.lower(Gebruiker.email) == func.lower(email.strip()))


def find_by_id(gebruiker_id: int) -> Credentials | None:
    """The same, for someone who proved their password already."""
    return _credentials(Gebruiker.id == gebruiker_id)


def _credentials(which: ColumnElement[bool]) -> Credentials | None:
    wanted = select(
        Gebruiker.id,
        Gebruiker.email,
        Gebruiker.wachtwoord_hash,
        Gebruiker.totp_geheim,
        Gebruiker.totp_stap,
    ).where(which, Gebruiker.actief)
    with acting_as(LOGGING_IN) as session:
        row = session.execute(wanted).one_or_none()
    if row is None or row.wachtwoord_hash is None or row.totp_geheim is None:
        return None
    factor = Factor(row.id, row.totp_geheim, row.totp_stap)
    return Credentials(row.id, row.email, row.wachtwoord_hash, factor)


def check_password(email: str, password: str) -> Credentials | None:
    """The account these belong to, or None; raises TooBusyError.

    Takes as long for an address nobody has. Renews the hash when we hash stronger by now.
    """
    found = find_by_email(email)
    correct = passwords.verify(found.password_hash if found else None, password)
    if found is None or not correct:
        return None
    if passwords.needs_rehash(found.password_hash):
        _rehash(found, password)
    return found


def _rehash(found: Credentials, password: str) -> None:
    as_read = {"id": found.gebruiker_id, "wachtwoord_hash": found.password_hash}
    renewed = {"wachtwoord_hash": passwords.hash_password(password)}
    with acting_as(LOGGING_IN) as session:
        stamp(session, Gebruiker, as_read, renewed)
        session.commit()


def check_recovery(found: Credentials, code: str, moment: datetime) -> Account | None:
    """Use a recovery code up and log the account in; None when it is not accepted.

    Its owner is told by mail: who found the paper with the codes needs no telephone.
    """

    def accepts(session: GateSession) -> bool:
        used = recovery.use(session, found.gebruiker_id, code)
        if used:
            person = session.get_one(Gebruiker, found.gebruiker_id)
            letters.recovery_used(session, person, moment)
        return used

    return _let_in(found, moment, accepts)


def check_code(found: Credentials, code: str, moment: datetime) -> Account | None:
    """Use `code` up and log the account in at `moment`; None when the code is not accepted."""
    return _let_in(found, moment, lambda session: use_code(session, found.factor, code, moment))


def _let_in(
    found: Credentials, moment: datetime, accepts: Callable[[GateSession], bool]
) -> Account | None:
    """Who proved it in the one transaction that also uses the proof up."""
    with acting_as(LOGGING_IN) as session:
        if not accepts(session):
            session.rollback()
            return None
        stamp(session, Gebruiker, {"id": found.gebruiker_id}, {"laatst_ingelogd_op": moment})
        session.commit()
    return load_account(found.gebruiker_id)
