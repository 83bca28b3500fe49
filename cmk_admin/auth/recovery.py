"""Recovery codes: ten, each once instead of the app; shown until their owner has saved them."""

import json
import secrets

from sqlalchemy import func, select

from cmk_admin.actor import system
from cmk_admin.auth.sealing import mark, seal, unseal
from cmk_admin.gate import GateSession, acting_as, forget, stamp
from models.gebruiker import Gebruiker
from models.toegang import Herstelcode

HOW_MANY = 10
# Without what looks alike on paper: 0 and O, 1, I and L.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
HALF = 5
READING = system("herstelcodes")
SHOWN, STORED = b"cmk-portaal/herstelcodes/1", b"cmk-portaal/herstelcode/1"


def renew(session: GateSession, gebruiker_id: int) -> None:
    """Ten new ones, to be shown until saved; the old ones are worth nothing. Does not commit."""
    codes = [_make() for _ in range(HOW_MANY)]
    drop(session, gebruiker_id)
    with session.own_work():
        session.add_all(
            Herstelcode(gebruiker_id=gebruiker_id, code_hash=_mark(code)) for code in codes
        )
        session.flush()
    sealed = seal(SHOWN, json.dumps(codes).encode())
    stamp(session, Gebruiker, {"id": gebruiker_id}, {"herstelcodes": sealed})


def drop(session: GateSession, gebruiker_id: int) -> None:
    """No code of this person works any more. Does not commit."""
    forget(session, Herstelcode, {"gebruiker_id": gebruiker_id})
    stamp(session, Gebruiker, {"id": gebruiker_id}, {"herstelcodes": None})


def use(session: GateSession, gebruiker_id: int, typed: str) -> bool:
    """Accept a code, at most once ever. Does not commit."""
    which = {"gebruiker_id": gebruiker_id, "code_hash": _mark(typed)}
    return forget(session, Herstelcode, which) == 1


def to_save(gebruiker_id: int | None) -> list[str]:
    """The codes that this person has not saved yet."""
    with acting_as(READING) as session:
        sealed = session.scalar(select(Gebruiker.herstelcodes).where(Gebruiker.id == gebruiker_id))
    codes: list[str] = json.loads(unseal(SHOWN, sealed)) if sealed else []
    return codes


def saved(gebruiker_id: int) -> None:
    """From now on they stand on their owner's paper alone."""
    with acting_as(READING) as session:
        stamp(session, Gebruiker, {"id": gebruiker_id}, {"herstelcodes": None})
        session.commit()


def left(gebruiker_id: int) -> int:
    """How many still work."""
    count = select(func.count(Herstelcode.id)).where(Herstelcode.gebruiker_id == gebruiker_id)
    with acting_as(READING) as session:
        return session.scalar(count) or 0


def _make() -> str:
    code = "".join(secrets.choice(LETTERS) for _ in range(2 * HALF))
    return f"{code[:HALF]}-{code[HALF:]}"


def _mark(code: str) -> str:
    """Fifty bits, sealed with the key of the portal: who has the table alone can't try them."""
    return mark(STORED, "".join(letter for letter in code.upper() if letter.isalnum()))
