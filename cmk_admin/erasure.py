"""Erasing a person (AVG, article 17): a pseudonym in their place, also inside the history.

Rows, figures and who did what by number stay: a verantwoording has to add up for years after
somebody left. What named them goes, also what they were called before.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import cast, or_, select
from sqlalchemy.types import Text

from cmk_admin.actor import Actor, system
from cmk_admin.auth import recovery
from cmk_admin.gate import GateSession, acting_as, forget
from models.gebruiker import Gebruiker
from models.historie import Wijziging
from models.techniek import Mail, Taak
from models.toegang import Toegangslink, Zitting

#: Columns of a person that say who they are.
NAMING = ("naam", "email", "telefoon")
SHORTEST = 3


def pseudonym(gebruiker_id: int) -> str:
    return f"Gewiste gebruiker {gebruiker_id}"


def address_of(gebruiker_id: int) -> str:
    """An address that can never exist (RFC 2606)."""
    return f"gewist-{gebruiker_id}@gewist.invalid"


def erase(gebruiker_id: int, by: Actor) -> None:
    """All of it, or nothing; raises RegelFout for the last beheerder."""
    with acting_as(system(f"gegevens wissen, door gebruiker {by.gebruiker_id}")) as session:
        row = session.get_one(Gebruiker, gebruiker_id)
        names = _names(session, row)
        _forget_account(session, row)
        _scrub(session, gebruiker_id, names)
        session.commit()


def _names(session: GateSession, row: Gebruiker) -> list[str]:
    """What this person is and was called, the longest first."""
    found = {str(getattr(row, name)) for name in NAMING if getattr(row, name)}
    own = select(Wijziging.waarden).where(
        Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == row.id
    )
    for values in session.scalars(own):
        for name in NAMING:
            found |= {str(value) for value in values.get(name, ()) if value}
    return sorted((name for name in found if len(name) >= SHORTEST), key=len, reverse=True)


def _forget_account(session: GateSession, row: Gebruiker) -> None:
    row.naam, row.email, row.telefoon = pseudonym(row.id), address_of(row.id), None
    row.actief, row.cultuur_oost_rol = False, None
    row.wachtwoord_hash = row.totp_geheim = row.totp_nieuw = None
    row.totp_stap = None
    row.laatst_ingelogd_op = None
    session.flush()
    recovery.drop(session, row.id)
    forget(session, Toegangslink, {"gebruiker_id": row.id})
    forget(session, Zitting, {"gebruiker_id": row.id})
    # Their files go with the next sweep.
    forget(session, Taak, {"gebruiker_id": row.id})


def _scrub(session: GateSession, gebruiker_id: int, names: list[str]) -> None:
    """Their names out of the history and out of the mail."""
    with session.own_work():
        for change in _with(session, Wijziging, (Wijziging.titel, Wijziging.waarden), names):
            change.titel = _without(change.titel, names, gebruiker_id)[:200]
            change.waarden = _clean(change.waarden, names, gebruiker_id)
        for mail in _with(session, Mail, (Mail.onderwerp, Mail.tekst, Mail.adres), names):
            mail.onderwerp = _without(mail.onderwerp, names, gebruiker_id)[:200]
            mail.tekst = _without(mail.tekst, names, gebruiker_id)
            mail.adres = mail.adres and _without(mail.adres, names, gebruiker_id)[:254]
        session.flush()


def _with(
    session: GateSession, entity: type[Any], columns: Iterable[Any], names: list[str]
) -> list[Any]:
    """Rows in which one of the names stands, as text or as JSON has it."""
    spelled = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    texts = [cast(column, Text) for column in columns]
    holds = [text.contains(form, autoescape=True) for text in texts for form in sorted(spelled)]
    return list(session.scalars(select(entity).where(or_(*holds))))


def _clean(value: Any, names: list[str], gebruiker_id: int) -> Any:
    """The same JSON, without the names."""
    if isinstance(value, str):
        return _without(value, names, gebruiker_id)
    if isinstance(value, list):
        return [_clean(item, names, gebruiker_id) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item, names, gebruiker_id) for key, item in value.items()}
    return value


def _without(text: str, names: list[str], gebruiker_id: int) -> str:
    for name in names:
        with_mark = address_of(gebruiker_id) if "@" in name else pseudonym(gebruiker_id)
        text = text.replace(name, with_mark)
    return text
