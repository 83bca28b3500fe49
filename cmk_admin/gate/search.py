"""Finding rows by words: the folded text of a row, and the index of three letters behind it.

PostgreSQL plans by itself. SQLite would look up every row of somebody's scope in the index,
so here the index is asked first, apart, how many rows it has: a few are taken from the index,
many are met soon enough while walking the list in its order.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from cmk_admin import attributes
from cmk_admin.gate.reads import criterion_for
from models.base import Entiteit
from models.vouwen import NA_ALLES, Gevouwen, Zoektekst, volgens, vouw

if TYPE_CHECKING:
    from cmk_admin.gate.session import GateSession

#: Up to here rows are taken from the index: as far as lists are counted.
FEW = 10_000
#: What the index holds of a text: every three characters in a row.
LETTERS = 3


class Indexed(FunctionElement[int]):
    """The ids that the index has for some words: (id of the entity, words, what is beyond)."""

    inherit_cache = True
    type = Integer()


@compiles(Indexed, "sqlite")
def _indexed(element: Indexed, compiler: Any, **options: Any) -> str:
    number, *given = list(element.clauses)
    asked = _ask(number.table.name, *(compiler.process(value, **options) for value in given))
    return f"({asked})"


def _ask(table: str, first: str, beyond: str = "") -> str:
    """SQL for the ids of rows with these words; or with a part of the three letters."""
    name = table.split(" ", maxsplit=1)[0]
    if beyond:
        return f"SELECT doc FROM {name}_zoekterm WHERE term >= {first} AND term < {beyond}"
    return f"SELECT rowid FROM {name}_zoek WHERE {name}_zoek MATCH {first}"


def matches(
    session: "GateSession", entity: type[Entiteit], words: Sequence[str]
) -> list[ColumnElement[bool]]:
    """One condition per word, that it stands somewhere in what rows are found by."""
    folded = [found for found in map(vouw, words) if found]
    if not folded:
        return []
    if session.connection().dialect.name != "sqlite":
        text = Zoektekst(entity.id)
        return [text.contains(word, autoescape=True) for word in folded]
    text = _walked_text(entity)
    found: list[ColumnElement[bool]] = [func.instr(text, word) > 0 for word in folded]
    asked = _asked(folded)
    if _few(session, entity, asked):
        among = entity.id.op("IN", is_comparison=True)
        found.insert(0, among(Indexed(entity.id, *map(literal, asked))))
    return found


def _walked_text(entity: type[Entiteit]) -> Any:
    """The text to look in along the list; when the index of its order has it, that is enough."""
    names = [attribute.name for attribute in attributes.searchable(entity)]
    text = volgens(entity, names[0])
    return text if len(names) == 1 and isinstance(text, Gevouwen) else Zoektekst(entity.id)


def sees_many(
    session: "GateSession", entity: type[Entiteit], found: Sequence[ColumnElement[bool]]
) -> bool:
    """Whether the index had more than a few for these conditions, and the actor sees all rows."""
    asked = bool(found) and session.connection().dialect.name == "sqlite"
    few = any(isinstance(getattr(condition, "right", None), Indexed) for condition in found)
    return asked and not few and criterion_for(session.actor, entity) is None


def _asked(words: Sequence[str]) -> tuple[str, ...]:
    """What the index is asked: whole words, or from where to where in its letters."""
    long = [f'"{word.replace(chr(34), chr(34) * 2)}"' for word in words if len(word) >= LETTERS]
    if long:
        return (" AND ".join(long),)
    # One or two of the three; every character has an end of two behind it.
    longest = max(words, key=len)
    return longest, longest + NA_ALLES


def _few(session: "GateSession", entity: type[Entiteit], asked: tuple[str, ...]) -> bool:
    """Whether the index has few rows for this, in anybody's scope: nobody sees how many."""
    places = ("?",) * len(asked)
    chosen = f"{_ask(entity.__tablename__, *places)} LIMIT {FEW + 1}"
    with session.passage():
        counted = session.connection().exec_driver_sql(f"SELECT count(*) FROM ({chosen})", asked)
        return counted.scalar_one() <= FEW  # type: ignore[no-any-return]
