"""What somebody changes of their own account (Handleiding 2.8).

The rights table lets only a beheerder change people; this is done for them by the portal, and
stands in the history as such.
"""

from datetime import datetime

import pyotp
from sqlalchemy import exists, select

from cmk_admin.actor import system
from cmk_admin.auth import activation, letters, links, passwords, recovery, totp
from cmk_admin.auth.account import Account
from cmk_admin.auth.links import FoundLink
from cmk_admin.gate import acting_as, stamp
from models.base import RegelFout
from models.gebruiker import Gebruiker
from models.toegang import LinkSoort

OWN = system("eigen gegevens")


def describe(gebruiker_id: int, naam: str | None, telefoon: str | None) -> None:
    """Name and telephone; raises RegelFout."""
    with acting_as(OWN) as session:
        row = session.get_one(Gebruiker, gebruiker_id)
        row.naam, row.telefoon = naam or "", telefoon
        session.commit()


def ask_email(gebruiker_id: int, email: str, moment: datetime) -> None:
    """Mail a link to the new address. When that is somebody's already, nobody is mailed and
    nobody hears so: which accounts exist is nobody's business. Raises RegelFout."""
    new = email.strip().lower()
    with acting_as(OWN) as session:
        row = session.get_one(Gebruiker, gebruiker_id)
        probe = Gebruiker(naam=row.naam, email=new)
        broken = list(probe.controleer())
        if broken:
            raise RegelFout(*broken)
        if session.scalar(select(exists().where(Gebruiker.email == new))):
            return
        link = links.make(session, LinkSoort.EMAIL, gebruiker_id, moment, new)
        letters.confirm_email(session, row, link)
        session.commit()


def confirm_email(link: FoundLink) -> bool:
    """Take the new address into use; the old one is told. False when that can't be any more."""
    with acting_as(OWN) as session:
        row = session.get_one(Gebruiker, link.gebruiker_id)
        taken = session.scalar(select(exists().where(Gebruiker.email == link.nieuw_email)))
        if link.nieuw_email is None or taken or not links.use(session, link):
            session.rollback()
            return False
        row.email = link.nieuw_email
        session.commit()
    return True


def change_password(account: Account, password: str) -> None:
    """Another password; every session ends, this one too: its owner gets a new one."""
    hashed = passwords.hash_password(password)
    with acting_as(OWN) as session:
        activation.set_password(session, account.id, hashed)
        session.commit()


def begin_factor(gebruiker_id: int) -> None:
    """A new secret, beside the one that works until this one is confirmed."""
    with acting_as(OWN) as session:
        sealed = totp.encrypt(pyotp.random_base32())
        stamp(session, Gebruiker, {"id": gebruiker_id}, {"totp_nieuw": sealed})
        session.commit()


def confirm_factor(gebruiker_id: int, code: str, moment: datetime) -> bool:
    """The new app works: from now on it is the one. Every session ends."""
    with acting_as(OWN) as session:
        row = session.get_one(Gebruiker, gebruiker_id)
        if not activation.accept(row, code, moment):
            session.rollback()
            return False
        session.flush()
        links.withdraw(session, gebruiker_id)
        letters.changed(session, row, "Je authenticator-app")
        session.commit()
    return True


def new_recovery_codes(gebruiker_id: int) -> None:
    """Ten new ones; the old ones are worth nothing."""
    with acting_as(OWN) as session:
        recovery.renew(session, gebruiker_id)
        row = session.get_one(Gebruiker, gebruiker_id)
        letters.new_codes(session, row)
        session.commit()
