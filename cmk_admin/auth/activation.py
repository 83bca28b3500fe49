"""What changes how somebody logs in: activating, a new password, a new factor, a reset.

Each is one transaction under the portal's own name, and stands in the history without its secret.
"""

from datetime import datetime

import pyotp
from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.auth import letters, links, passwords, recovery, totp
from cmk_admin.auth.account import Account, load_account
from cmk_admin.auth.links import FoundLink
from cmk_admin.gate import GateSession, acting_as, stamp
from models.gebruiker import Gebruiker

ACTIVATING, CHANGING = system("account activeren"), system("inloggegevens wijzigen")
ISSUER = "CMK Portaal"


def person_of(gebruiker_id: int) -> Gebruiker:
    """The row as it is now, to read."""
    with acting_as(ACTIVATING) as session:
        row = session.get_one(Gebruiker, gebruiker_id)
        session.expunge(row)
        return row


def begin(link: FoundLink, password: str) -> None:
    """Step one: the password. The factor is made along, and stays the same when this is done
    again: who scanned the code and was interrupted can go on."""
    hashed = passwords.hash_password(password)
    with acting_as(ACTIVATING) as session:
        row = session.get_one(Gebruiker, link.gebruiker_id)
        row.wachtwoord_hash = hashed
        if row.totp_nieuw is None:
            row.totp_nieuw = totp.encrypt(pyotp.random_base32())
        session.commit()


def pending_secret(gebruiker_id: int) -> str | None:
    """The secret of the factor that still has to be confirmed with a code."""
    sealed = person_of(gebruiker_id).totp_nieuw
    return totp.decrypt(sealed) if sealed else None


def provisioning_uri(secret: str, email: str) -> str:
    """What the QR code says, for an authenticator app (Handleiding 1.1)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def finish(link: FoundLink, code: str, moment: datetime) -> Account | None:
    """Step three: the first code. The link is used up with it; None when the code is wrong."""
    with acting_as(ACTIVATING) as session:
        row = session.get_one(Gebruiker, link.gebruiker_id)
        if not accept(row, code, moment) or not links.use(session, link):
            session.rollback()
            return None
        session.flush()
        recovery.renew(session, row.id)
        stamp(session, Gebruiker, {"id": row.id}, {"laatst_ingelogd_op": moment})
        session.commit()
    return load_account(link.gebruiker_id)


def accept(row: Gebruiker, code: str, moment: datetime) -> bool:
    """Take the pending factor into use when this is its code."""
    if row.totp_nieuw is None or row.wachtwoord_hash is None:
        return False
    step = totp.matching_step(totp.decrypt(row.totp_nieuw), code, moment)
    if step is None:
        return False
    row.totp_geheim, row.totp_nieuw, row.totp_stap = row.totp_nieuw, None, step
    return True


def ask_new_password(email: str, moment: datetime) -> None:
    """Mail a link when this is the address of somebody who can log in.

    As much work either way; who asks never hears which it was.
    """
    passwords.verify(None, email)
    if "\x00" in email:  # PostgreSQL has no such text
        return
    wanted = select(Gebruiker).where(
        Gebruiker.email == email.strip().lower(),
        Gebruiker.actief,
        Gebruiker.totp_geheim.is_not(None),
    )
    with acting_as(CHANGING) as session:
        row = session.scalars(wanted).one_or_none()
        if row is not None:
            letters.forgotten(session, row, moment)
            session.commit()


def renew_password(link: FoundLink, password: str) -> bool:
    """A new password by a link; every session of this person ends. The factor stays."""
    hashed = passwords.hash_password(password)
    with acting_as(CHANGING) as session:
        if not links.use(session, link):
            session.rollback()
            return False
        set_password(session, link.gebruiker_id, hashed)
        session.commit()
    return True


def set_password(session: GateSession, gebruiker_id: int, hashed: str) -> None:
    """Store it and tell its owner; does not commit."""
    row = session.get_one(Gebruiker, gebruiker_id)
    row.wachtwoord_hash = hashed
    session.flush()
    links.withdraw(session, gebruiker_id)
    letters.changed(session, row, "Je wachtwoord")


def clear_factor(session: GateSession, row: Gebruiker, moment: datetime) -> None:
    """No factor and no session any more; a mail with which they prove themselves again.

    Recovery codes count only beside a factor, and the next one brings new ones.
    """
    row.totp_geheim = row.totp_nieuw = row.herstelcodes = None
    session.flush()
    links.withdraw(session, row.id)
    letters.reset_factor(session, row, moment)


def reset_own_factor(gebruiker_id: int, moment: datetime) -> None:
    """The same, by its owner."""
    with acting_as(CHANGING) as session:
        clear_factor(session, session.get_one(Gebruiker, gebruiker_id), moment)
        session.commit()
