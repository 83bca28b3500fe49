"""The advisers of Cultuur Oost: "neem contact op met jouw adviseur" (Handleiding 3)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.gate import acting_as
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.vouwen import vouw

#: Who works at Cultuur Oost now; who left may still stand as adviseur of a contractpartij.
HERE = (Gebruiker.actief, Gebruiker.cultuur_oost_rol.is_not(None))


@dataclass(frozen=True, slots=True)
class Contact:
    """What a cultuurpunt may know of its adviseur at Cultuur Oost."""

    naam: str
    email: str
    telefoon: str | None


def advisers_of(partijen: Collection[int]) -> list[Contact]:
    """The advisers of these contractpartijen, by name.

    Read by the portal itself: accounts of Cultuur Oost are out of a cultuurpunt's view.
    """
    if not partijen:
        return []
    with acting_as(system("adviseur tonen")) as session:
        rows = session.execute(
            select(Gebruiker.naam, Gebruiker.email, Gebruiker.telefoon)
            .join(Contractpartij, Contractpartij.adviseur_id == Gebruiker.id)
            .where(Contractpartij.id.in_(partijen), *HERE)
            .distinct()
        )
        found = [Contact(row.naam, row.email, row.telefoon) for row in rows]
    return sorted(found, key=lambda contact: (vouw(contact.naam), contact.email))
