"""Erasing a person (AVG, article 17): a pseudonym in their place, also inside the history.

Rows, figures and who did what by number stay: a verantwoording has to add up for years after
somebody left. What named them goes, also what they were called before.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, false, or_, select
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
#: Shorter names ("Jo", "Ed") are looked for in what is about this person alone: elsewhere they
#: are ordinary words, and in every row.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody is and was called, the longest first.

    A name of one word is also an ordinary word ("Eva", "Info"): only where it is about this
    person does it count.
    """

    every: list[str]

    @property
    def sought(self) -> list[str]:
        """What to look for in every row."""
        return [name for name in self.every if len(name) >= SHORTEST]

    @property
    def telling(self) -> list[str]:
        """What is no ordinary word."""
        return [name for name in self.sought if not name.isalpha()]

    def of(self, about_them: bool) -> list[str]:
        """What goes from a row."""
        return self.every if about_them else self.telling


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
        mails.forget_files(session)


def pseudonymise(session: GateSession, row: Gebruiker) -> None:
    """The same in a transaction of the caller, who commits, and then calls `mail.forget_files`."""
    names = _names(session, row)
    _forget_account(session, row)
    _scrub(session, row.id, names)


def _names(session: GateSession, row: Gebruiker) -> Names:
    found = {str(getattr(row, name)) for name in NAMING if getattr(row, name)}
    own = select(Wijziging.waarden).where(
        Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == row.id
    )
    for values in session.scalars(own):
        for name in NAMING:
            found |= {str(value) for value in values.get(name, ()) if value}
    return Names(sorted(found, key=len, reverse=True))


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


def _scrub(session: GateSession, gebruiker_id: int, names: Names) -> None:
    """Their names out of questions, the history, the mail and what is on record of looking."""
    with session.own_work():
        _scrub_questions(session, gebruiker_id, names)
        _scrub_history(session, gebruiker_id, names)
        _scrub_mail(session, gebruiker_id, names)
        for look in _with(session, Inzage, (Inzage.wat,), names, Inzage.over_id == gebruiker_id):
            those = names.of(look.over_id == gebruiker_id)
            look.wat = _without(look.wat, those, gebruiker_id)[:200]
        session.flush()


def _scrub_questions(session: GateSession, gebruiker_id: int, names: Names) -> None:
    """What was asked and answered stays, for the account of the year; who wrote it goes."""
    for entity in (Vraag, Reactie):
        for said in _with(session, entity, (entity.tekst,), names, entity.van_id == gebruiker_id):
            text = _without(said.tekst, names.of(said.van_id == gebruiker_id), gebruiker_id)
            if text != said.tekst:
                rephrase(session, said, "tekst", text)


def _scrub_history(session: GateSession, gebruiker_id: int, names: Names) -> None:
    theirs = _rows_about(session, gebruiker_id)
    columns = (Wijziging.titel, Wijziging.waarden)
    for change in _with(session, Wijziging, columns, names, _changes_of(theirs)):
        those = names.of((change.entiteit, change.rij_id) in theirs)
        change.titel = _without(_whole(change.titel, those), those, gebruiker_id)[:200]
        change.waarden = _clean(change.waarden, those, gebruiker_id)
    for step in _with(session, Bewerking, (Bewerking.omschrijving,), names):
        step.omschrijving = _without(step.omschrijving, names.telling, gebruiker_id)[:300]


def _scrub_mail(session: GateSession, gebruiker_id: int, names: Names) -> None:
    """Of each row that they stood in the file goes as well, with the link that was in it."""
    columns = (Mail.onderwerp, Mail.tekst, Mail.adres)
    for mail in _with(session, Mail, columns, names, Mail.ontvanger_id == gebruiker_id):
        those = names.of(mail.ontvanger_id == gebruiker_id)
        was = mail.onderwerp, mail.tekst, mail.adres
        mail.onderwerp = _without(mail.onderwerp, those, gebruiker_id)[:200]
        mail.tekst = _without(mail.tekst, those, gebruiker_id)
        mail.adres = mail.adres and _without(mail.adres, those, gebruiker_id)[:254]
        if mail.ontvanger_id == gebruiker_id or was != (mail.onderwerp, mail.tekst, mail.adres):
            mails.forget_file_of(session, mail)


def _rows_about(session: GateSession, gebruiker_id: int) -> set[tuple[str, int]]:
    """Entity and number of the rows whose history tells who this person is: of themselves, their
    memberships and what they asked and answered, also when it is gone."""
    found = {("Gebruiker", gebruiker_id)}
    for column in (Lidmaatschap.gebruiker_id, Vraag.van_id, Reactie.van_id):
        entity = column.class_
        there = session.scalars(select(entity.id).where(column == gebruiker_id))
        begun = select(Wijziging.rij_id, Wijziging.waarden).where(
            Wijziging.entiteit == entity.__name__
        )
        over = {
            number
            for number, values in session.execute(begun)
            if gebruiker_id in values.get(column.key, ())
        }
        found |= {(entity.__name__, number) for number in {*there, *over}}
    return found


def _whole(titel: str, names: list[str]) -> str:
    """Without the beginning of a name at which a long text was cut."""
    if not titel.endswith("…"):
        return titel
    for name in names:
        for length in range(len(name) - 1, SHORTEST - 1, -1):
            kept = titel[:-1].removesuffix(name[:length])
            if kept != titel[:-1] and not kept[-1:].isalnum():
                return f"{kept.rstrip()}…"
    return titel


def _changes_of(theirs: set[tuple[str, int]]) -> ColumnElement[bool]:
    """The history of these rows."""
    return or_(
        *(
            and_(Wijziging.entiteit == entity, Wijziging.rij_id == number)
            for entity, number in sorted(theirs)
        )
    )


def _with(
    session: GateSession,
    entity: type[Any],
    columns: Iterable[Any],
    names: Names,
    own: ColumnElement[bool] | None = None,
) -> list[Any]:
    """Rows of their own, and those in which one of the names stands, as text or as JSON has it."""
    spelled = {form for name in names.sought for form in (name, json.dumps(name)[1:-1])}
    texts = [cast(column, Text) for column in columns]
    holds = [text.contains(form, autoescape=True) for text in texts for form in sorted(spelled)]
    which = or_(false() if own is None else own, *holds)
    return list(session.scalars(select(entity).where(which)))


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
    """In one go: a mark that was put in is not looked at again."""

    def marked(found: re.Match[str]) -> str:
        return address_of(gebruiker_id) if "@" in found[0] else pseudonym(gebruiker_id)

    spelled = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\w)(?:{spelled})(?!\w)", marked, text) if names else text
