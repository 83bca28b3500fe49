"""Erasing a person (AVG, article 17): a pseudonym in their place, also inside the history.

Rows, figures and who did what by number stay: a verantwoording has to add up for years after
somebody left. What named them goes, also what they were called before.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import cast, or_, select
from sqlalchemy.types import Text

from cmk_admin import mail as mails
from cmk_admin.actor import Actor, system
from cmk_admin.auth import recovery
from cmk_admin.gate import GateSession, acting_as, forget, rephrase
from models.concept import Concept
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Bewerking, Wijziging
from models.privacy import Inzage
from models.techniek import Mail, Taak
from models.toegang import Onderbreking, Toegangslink, Zitting
from models.vraag import Reactie, Vraag

#: Where nobody has an address (RFC 2606).
NOWHERE = "@gewist.invalid"
#: Columns of a person that say who they are.
NAMING = ("naam", "email", "telefoon")
SHORTEST = 3


def pseudonym(gebruiker_id: int) -> str:
    return f"Gewiste gebruiker {gebruiker_id}"


def address_of(gebruiker_id: int) -> str:
    """An address that can never exist."""
    return f"gewist-{gebruiker_id}{NOWHERE}"


def erase(gebruiker_id: int, by: Actor) -> None:
    """All of it, or nothing; raises RegelFout for the last beheerder."""
    with acting_as(system(f"gegevens wissen, door gebruiker {by.gebruiker_id}")) as session:
        pseudonymise(session, session.get_one(Gebruiker, gebruiker_id))
        session.commit()


def pseudonymise(session: GateSession, row: Gebruiker) -> None:
    """The same in a transaction of the caller, who commits."""
    names = _names(session, row)
    _forget_account(session, row)
    _scrub(session, row.id, names)


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
    forget(session, Onderbreking, {"gebruiker_id": row.id})
    # Their files go with the next sweep.
    forget(session, Taak, {"gebruiker_id": row.id})
    forget(session, Concept, {"gebruiker_id": row.id})


def _scrub(session: GateSession, gebruiker_id: int, names: list[str]) -> None:
    """Their names out of questions, the history, the mail and what is on record of looking.

    A name of one word is also an ordinary word ("Eva", "Info"): only where it is about this
    person does it count.
    """
    telling = [name for name in names if not name.isalpha()]
    theirs = _rows_about(session, gebruiker_id)
    with session.own_work():
        _scrub_questions(session, gebruiker_id, names, telling)
        for change in _with(session, Wijziging, (Wijziging.titel, Wijziging.waarden), names):
            those = names if (change.entiteit, change.rij_id) in theirs else telling
            change.titel = _without(change.titel, those, gebruiker_id)[:200]
            change.waarden = _clean(change.waarden, those, gebruiker_id)
        for mail in _with(session, Mail, (Mail.onderwerp, Mail.tekst, Mail.adres), names):
            those = names if mail.ontvanger_id == gebruiker_id else telling
            mail.onderwerp = _without(mail.onderwerp, those, gebruiker_id)[:200]
            mail.tekst = _without(mail.tekst, those, gebruiker_id)
            mail.adres = mail.adres and _without(mail.adres, those, gebruiker_id)[:254]
            mails.forget_file(mail.id)
        for number in session.scalars(select(Mail.id).where(Mail.ontvanger_id == gebruiker_id)):
            mails.forget_file(number)
        for look in _with(session, Inzage, (Inzage.wat,), names):
            those = names if look.over_id == gebruiker_id else telling
            look.wat = _without(look.wat, those, gebruiker_id)[:200]
        for step in _with(session, Bewerking, (Bewerking.omschrijving,), telling):
            step.omschrijving = _without(step.omschrijving, telling, gebruiker_id)[:300]
        session.flush()


def _scrub_questions(
    session: GateSession, gebruiker_id: int, names: list[str], telling: list[str]
) -> None:
    """What was asked and answered stays, for the account of the year; who wrote it goes."""
    for entity in (Vraag, Reactie):
        for said in _with(session, entity, (entity.tekst,), names):
            those = names if said.van_id == gebruiker_id else telling
            rephrase(session, said, "tekst", _without(said.tekst, those, gebruiker_id))


def _rows_about(session: GateSession, gebruiker_id: int) -> set[tuple[str, int]]:
    """Entity and number of the rows whose history tells who this person is, also of a membership
    that is over."""
    members = select(Lidmaatschap.id).where(Lidmaatschap.gebruiker_id == gebruiker_id)
    begun = select(Wijziging.rij_id, Wijziging.waarden).where(Wijziging.entiteit == "Lidmaatschap")
    over = {
        number
        for number, values in session.execute(begun)
        if gebruiker_id in values.get("gebruiker_id", ())
    }
    found = {("Lidmaatschap", number) for number in {*session.scalars(members), *over}}
    return {("Gebruiker", gebruiker_id), *found}


def _with(
    session: GateSession, entity: type[Any], columns: Iterable[Any], names: list[str]
) -> list[Any]:
    """Rows in which one of the names stands, as text or as JSON has it."""
    if not names:
        return []
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
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", with_mark, text)
    return text
