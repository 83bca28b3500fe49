"""The first beheerder of a new installation: nobody is there yet to invite them."""

from sqlalchemy import select

from cmk_admin.auth import clock, letters, links
from cmk_admin.gate import GateSession
from models.base import RegelFout
from models.gebruiker import CultuurOostRol, Gebruiker
from models.toegang import Toegangslink


def nodig_uit(session: GateSession, naam: str, email: str) -> str:
    """Add and invite them, without commit; the address of the link.

    Again for the same address sends a new link. Raises RegelFout once a beheerder can log in.
    """
    beheerders = select(Gebruiker).where(
        Gebruiker.cultuur_oost_rol == CultuurOostRol.BEHEERDER, Gebruiker.actief
    )
    if any(row.totp_geheim is not None for row in session.scalars(beheerders)):
        raise RegelFout("Er is al een beheerder. Die kan in het portaal anderen uitnodigen.")
    adres = email.strip().lower()
    row = session.scalars(select(Gebruiker).where(Gebruiker.email == adres)).one_or_none()
    if row is None:
        row = Gebruiker(naam=naam, email=adres)
        session.add(row)
    row.cultuur_oost_rol = CultuurOostRol.BEHEERDER
    session.flush()
    letters.invite(session, row, clock.now())
    newest = select(Toegangslink).where(Toegangslink.gebruiker_id == row.id)
    link = session.scalars(newest.order_by(Toegangslink.id.desc()).limit(1)).one()
    return links.address(link)
