"""Text as it is compared and searched: without capitals and without accents.

Both databases would do it each in their own way: SQLite knows no capitals or accents beyond
ASCII and puts `École` after Z, PostgreSQL does what its locale says. Folded text is compared
byte by byte, and that is the same everywhere.

The database folds by itself (migration 0011), so whoever writes, also past the portal, is
found: `zoektekst` of every entity that is searched, and `<column>_vouw` of the columns that
long lists are ordered by, each with an index. These columns are the database's own: no entity
has them, so they are in no form, no history and no copy. They hold plain text without a
collation or a function of ours, so that any SQLite shell reads, checks and writes the file.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, overload

from sqlalchemy import Enum, String, Text, inspect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

#: Letters that are no other letter with an accent; as Dutch lists order them.
LOS = {
    "Æ": "æ", "Œ": "œ", "Ĳ": "ĳ", "ẞ": "ß", "Þ": "þ", "Ø": "o", "ø": "o", "Đ": "d", "đ": "d",
    "Ð": "d", "ð": "d", "Ł": "l", "ł": "l", "Ħ": "h", "ħ": "h", "ı": "i", "Ŋ": "n", "ŋ": "n",
    "Ŧ": "t", "ŧ": "t", "’": "'", "‘": "'",
}  # fmt: skip
#: Letters that are two.
DUBBEL = {"æ": "ae", "œ": "oe", "ĳ": "ij", "ß": "ss", "þ": "th"}
#: Latin, Greek and Cyrillic letters; accents that stand apart.
LETTERS = (range(0xC0, 0x250), range(0x370, 0x460), range(0x1E00, 0x1F00))
ACCENTEN = range(0x300, 0x370)
#: Sorts behind every character.
NA_ALLES = "\U0010ffff"
#: Stands between the columns of `zoektekst` and at its end: no word is found across two of
#: them, and every character has two behind it.
EINDE = "\n\n"


@cache
def tekens() -> tuple[str, str]:
    """Characters, and what each becomes at the same place; those beyond the end go."""
    paren = dict(_letters()) | LOS
    weg = "".join(map(chr, ACCENTEN))
    return "".join(paren) + weg, "".join(paren.values())


def _letters() -> Iterator[tuple[str, str]]:
    for teken in (chr(nummer) for bereik in LETTERS for nummer in bereik):
        delen = unicodedata.normalize("NFD", teken)
        kaal = "".join(deel for deel in delen if not unicodedata.combining(deel)).lower()
        kaal = LOS.get(kaal, kaal)
        if len(kaal) == 1 and kaal != teken:
            yield teken, kaal


@cache
def _tabel() -> dict[int, str]:
    van, naar = tekens()
    hoofdletters = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    los = {ord(teken): naar[plaats : plaats + 1] for plaats, teken in enumerate(van)}
    alle = hoofdletters | los | {ord(teken): teken for teken in DUBBEL}
    return {nummer: DUBBEL.get(teken, teken) for nummer, teken in alle.items()}


@overload
def vouw(tekst: str) -> str: ...
@overload
def vouw(tekst: None) -> None: ...
def vouw(tekst: str | None) -> str | None:
    """`tekst` folded, exactly as the database does it."""
    if tekst is None:
        return None
    return tekst.lower() if tekst.isascii() else tekst.translate(_tabel())


class Gevouwen(FunctionElement[str]):
    """The stored folded text of a column."""

    inherit_cache = True
    type = Text()


class Vouw(FunctionElement[str]):
    """A column folded when it is asked for."""

    inherit_cache = True
    type = Text()


class Zoektekst(FunctionElement[str]):
    """The text that rows of an entity are found by; made of any column of it."""

    inherit_cache = True
    type = Text()


@compiles(Gevouwen)
def _gevouwen(element: Gevouwen, compiler: Any, **opties: Any) -> str:
    return f"{compiler.process(element.clauses, **opties)}_vouw"


@compiles(Zoektekst)
def _zoektekst(element: Zoektekst, compiler: Any, **opties: Any) -> str:
    tabel, punt, _ = compiler.process(element.clauses, **opties).rpartition(".")
    return f"{tabel}{punt}zoektekst"


@compiles(Vouw)
def _vouw(element: Vouw, compiler: Any, **opties: Any) -> str:
    return f"vouw({compiler.process(element.clauses, **opties)})"


@compiles(Vouw, "postgresql")
def _vouw_postgresql(element: Vouw, compiler: Any, **opties: Any) -> str:
    return f'(vouw({compiler.process(element.clauses, **opties)}) COLLATE "C")'


def volgens(entiteit: Any, naam: str) -> Any:
    """What rows are ordered by when they are ordered by this column: text is folded.

    entiteit: the class, or an alias of it.
    """
    kolom = getattr(entiteit, naam)
    if not isinstance(kolom.type, String) or isinstance(kolom.type, Enum):
        return kolom
    bewaard = inspect(entiteit).mapper.class_.tekstvolgordes
    return Gevouwen(kolom) if any(naam == namen[-1] for namen in bewaard) else Vouw(kolom)
