"""Drafts of forms, kept on the server while somebody types: see `Concept`.

They are read and written by the portal itself, for the person who is logged in; what nobody
went on with goes after ninety days.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from cmk_admin import formats
from cmk_admin.actor import system
from cmk_admin.gate import acting_as, forget, in_turn
from models.base import nu
from models.concept import Concept
from models.techniek import Verzoek

KEEPING = system("concepten")
#: Characters of one draft: the largest form that anybody types.
MOST = 400_000
KEPT = timedelta(days=90)
#: Fields that a draft has no use for: each sending has its own.
OWN = frozenset({"csrf_token", "sleutel"})


class Newer(Exception):
    """Another window saved a newer draft of this form."""


class Saved(Exception):
    """The form itself was saved meanwhile: what it says is no draft any more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is kept. fields: what stood in the form; stand: names this version."""

    form: str
    stand: str
    when: datetime
    fields: MultiDict[str, str]

    @property
    def told(self) -> str:
        return formats.moment(self.when)


def find(person: int, form: str) -> Draft | None:
    """What this person typed in the form at this address, and never saved."""
    with acting_as(KEEPING) as session:
        row = session.scalar(
            select(Concept).where(Concept.gebruiker_id == person, Concept.formulier == form)
        )
        if row is None:
            return None
        pairs = [(str(name), str(value)) for name, value in row.inhoud]
        return Draft(form, row.stand, row.op, MultiDict(pairs))


def keep(person: int, form: str, stand: str, content: str, sleutel: str) -> Draft:
    """Keep what is typed; raises Newer when that would write over what another window kept.

    stand: the version that this window started from, "" for none. content: JSON of pairs of
    field and value; raises ValueError for anything else. sleutel: the key of the sending that
    this form will be; raises Saved when it was handled already, as this came late.
    """
    pairs = _pairs(content)
    moment = nu()
    with acting_as(KEEPING) as session, session.own_work():
        in_turn(session, _turn(person))
        handled = select(Verzoek.id).filter_by(gebruiker_id=person, sleutel=sleutel)
        if session.scalar(handled) is not None:
            session.rollback()
            raise Saved
        forget(session, Concept, {"op": ("<", moment - KEPT)})
        mine = {"gebruiker_id": person, "formulier": form}
        gone = forget(session, Concept, mine | {"stand": stand})
        there = select(Concept.id).where(Concept.gebruiker_id == person, Concept.formulier == form)
        if not gone and session.scalar(there) is not None:
            session.rollback()
            raise Newer
        # Not asked of the row afterwards: when the form is saved right behind it, it has gone.
        draft = Draft(form, secrets.token_hex(16), moment, MultiDict(pairs))
        session.add(Concept(**mine, inhoud=pairs, stand=draft.stand, op=draft.when))
        session.commit()
        return draft


def drop(person: int, form: str) -> None:
    """The form was saved, or the draft is not wanted any more.

    In turn: a draft that was being kept when the form was saved is there to be dropped.
    """
    with acting_as(KEEPING) as session:
        in_turn(session, _turn(person))
        forget(session, Concept, {"gebruiker_id": person, "formulier": form})
        session.commit()


def _turn(person: int) -> str:
    return f"concept {person}"


def _pairs(content: str) -> list[tuple[str, str]]:
    if len(content) > MOST:
        raise ValueError
    try:
        found = json.loads(content)
    except RecursionError:
        raise ValueError from None
    if not isinstance(found, list) or any(
        not isinstance(pair, list) or [type(part) for part in pair] != [str, str] for pair in found
    ):
        raise ValueError
    return [(name, value) for name, value in found if name not in OWN]
