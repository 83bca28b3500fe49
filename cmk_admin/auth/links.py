"""Links that are mailed: made from a seed when the mail is sent, stored as a hash, used once.

Of several of one kind only the newest works. Who reads the database has no link: that takes the
key of the portal as well.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.auth.sealing import digest, mark
from cmk_admin.gate import GateSession, acting_as, forget
from cmk_admin.settings import Settings
from models.gebruiker import Gebruiker
from models.toegang import LinkSoort, Toegangslink

LIFE = {
    LinkSoort.ACTIVATIE: timedelta(days=7),
    LinkSoort.WACHTWOORD: timedelta(hours=1),
    LinkSoort.EMAIL: timedelta(hours=1),
}
PATHS = {
    LinkSoort.ACTIVATIE: "activeren",
    LinkSoort.WACHTWOORD: "nieuw-wachtwoord",
    LinkSoort.EMAIL: "e-mailadres-bevestigen",
}
READING = system("links")
PURPOSE = b"cmk-portaal/toegangslink/1"


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link that works, of somebody who is active."""

    id: int
    gebruiker_id: int
    soort: LinkSoort
    nieuw_email: str | None


def make(
    session: GateSession,
    soort: LinkSoort,
    gebruiker_id: int,
    moment: datetime,
    nieuw_email: str | None = None,
) -> Toegangslink:
    """A new link, saved in this transaction without commit."""
    seed = secrets.token_hex(32)
    link = Toegangslink(
        gebruiker_id=gebruiker_id,
        soort=soort,
        zaad=seed,
        sleutel_hash=digest(mark(PURPOSE, seed)),
        verloopt_op=moment + LIFE[soort],
        adres=session.get_one(Gebruiker, gebruiker_id).email,
        nieuw_email=nieuw_email,
    )
    with session.own_work():
        session.add(link)
        session.flush()
    return link


def address(link: Toegangslink) -> str:
    """The link to mail: at BASE_URL, never at what a browser says the portal is called."""
    settings: Settings = current_app.extensions["cmk_settings"]
    return f"{settings.base_url}/{PATHS[link.soort]}/{mark(PURPOSE, link.zaad)}"


def find(soort: LinkSoort, key: str, moment: datetime) -> FoundLink | None:
    """The link with this key, if it still works."""
    wanted = (
        select(Toegangslink)
        .join(Toegangslink.gebruiker)
        .where(Toegangslink.sleutel_hash == digest(key), Toegangslink.soort == soort)
    )
    with acting_as(READING) as session:
        link = session.scalars(wanted).one_or_none()
        if link is None or link.verloopt_op <= moment or not still_theirs(link):
            return None
        newest = (
            select(Toegangslink.id)
            .where(Toegangslink.gebruiker_id == link.gebruiker_id, Toegangslink.soort == soort)
            .order_by(Toegangslink.id.desc())
            .limit(1)
        )
        if session.scalar(newest) != link.id:
            return None
        return FoundLink(link.id, link.gebruiker_id, link.soort, link.nieuw_email)


def still_theirs(link: Toegangslink) -> bool:
    """Whether its owner is active, and has the address that they had when it was made: who
    reads the mail of an address that somebody left, does not come in."""
    owner = link.gebruiker
    return owner.actief and link.adres in (None, owner.email)


def withdraw(session: GateSession, gebruiker_id: int) -> None:
    """What was asked for before the password or the factor changed may have been asked by who
    had to be kept out. An invitation stays: it is what one comes in with."""
    those = select(Toegangslink).where(
        Toegangslink.gebruiker_id == gebruiker_id, Toegangslink.soort != LinkSoort.ACTIVATIE
    )
    with session.own_work():
        for link in session.scalars(those):
            session.delete(link)
        session.flush()


def sweep(moment: datetime) -> int:
    """Forget links that ended and hold an address; of an invitation Mensen says that it ended."""
    ended = select(Toegangslink.id).where(
        Toegangslink.verloopt_op <= moment, Toegangslink.soort != LinkSoort.ACTIVATIE
    )
    with acting_as(READING) as session:
        numbers = session.scalars(ended).all()
        for number in numbers:
            forget(session, Toegangslink, {"id": number})
        session.commit()
    return len(numbers)


def use(session: GateSession, link: FoundLink) -> bool:
    """Use it up, with all older ones of its kind; False when somebody just did."""
    used = forget(session, Toegangslink, {"id": link.id}) == 1
    forget(session, Toegangslink, {"gebruiker_id": link.gebruiker_id, "soort": link.soort})
    return used
