"""Finding rows by words: the folded text of a row, and the index of three letters behind it.

PostgreSQL plans by itself. SQLite would look up every row of somebody's scope in the index,
so here the index is asked first, apart: few rows are looked up by their number, many are met
soon enough while walking the list in its order.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, column, func, select, table

from cmk_admin import database
from models.base import Entiteit
from models.vouwen import Zoektekst, vouw

#: Up to here rows are looked up by number: as far as lists are counted.
FEW = 10_000
#: What the index holds of a text: every three characters in a row.
LETTERS = 3
#: Sorts behind every character.
BEHIND = "\U0010ffff"


def matches(entity: type[Entiteit], words: Sequence[str]) -> list[ColumnElement[bool]]:
    """One condition per word, that it stands somewhere in what rows are found by."""
    folded = [found for found in map(vouw, words) if found]
    if database.session().connection().dialect.name != "sqlite":
        text = Zoektekst(entity.id)
        return [text.contains(word, autoescape=True) for word in folded]
    found = [func.instr(Zoektekst(entity.id), word) > 0 for word in folded]
    numbers = _few(entity, folded) if folded else None
    if numbers is not None:
        # Written out: a parameter each would cost more than the search.
        chosen: Any = bindparam("gevonden", numbers, expanding=True, literal_execute=True)
        found.insert(0, entity.id.in_(chosen))
    return found


def _few(entity: type[Entiteit], words: Sequence[str]) -> list[int] | None:
    """The rows that the index has for these words, in anybody's scope; None when many.

    Nobody sees these numbers: they only narrow a statement that the actor's criteria limit.
    """
    name = entity.__tablename__
    long = [f'"{word.replace(chr(34), chr(34) * 2)}"' for word in words if len(word) >= LETTERS]
    if long:
        index = table(f"{name}_zoek", column("rowid"), column(f"{name}_zoek"))
        whole = index.c[f"{name}_zoek"]
        asked = select(index.c.rowid).where(whole.op("MATCH")(" AND ".join(long)))
    else:
        # One or two of the three; every character has an end of two behind it.
        terms = table(f"{name}_zoekterm", column("doc"), column("term"))
        longest = max(words, key=len)
        asked = select(terms.c.doc).where(terms.c.term >= longest, terms.c.term < longest + BEHIND)
    session = database.session()
    with session.passage():
        numbers = list(session.connection().scalars(asked.limit(FEW + 1)))
    return sorted(set(numbers)) if len(numbers) <= FEW else None
