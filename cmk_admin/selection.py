"""Which rows a person chose in a list: ticked on this page, on other pages, or all of them.

A form carries ticked rows as `rowid`, rows of other pages packed in `rijen` ("3,8-12"), and
the whole of a list as `alles` with its address in `zoekopdracht`.
"""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from cmk_admin import database, listing
from cmk_admin.forms.fields import NOT_FOUND, to_id
from models.base import Entiteit

ROW, ROWS, ALL, QUERY = "rowid", "rijen", "alles", "zoekopdracht"
#: Ids in one statement; SQLite as it is built by default takes 32,766 values.
PART = 10_000


class TooMany(ValueError):
    """More rows than one step takes."""


def read(entity: type[Entiteit], values: MultiDict[str, str], most: int) -> list[int]:
    """The ids that were chosen, in order of choosing; raises ValueError for what is no id.

    What is not there, or not to be seen, is not left out here: the caller says what it means.
    """
    chosen = [to_id(value) for value in values.getlist(ROW)]
    for text in values.getlist(ROWS):
        chosen.extend(unpack(text, most))
    if values.get(ALL):
        chosen.extend(_everything(entity, values.get(QUERY, ""), most))
    found = list(dict.fromkeys(chosen))
    if len(found) > most:
        raise TooMany
    return found


def _everything(entity: type[Entiteit], address: str, most: int) -> Sequence[int]:
    """Every row that the list at this address selects."""
    query = listing.read_query(entity, dict(parse_qsl(address)))
    ids = listing.select_rows(entity, query).with_only_columns(entity.id)
    return database.session().scalars(ids.order_by(entity.id).limit(most + 1)).all()


def in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many ids at a time as go into one statement, however the database was built."""
    for start in range(0, len(ids), PART):
        yield ids[start : start + PART]


def pack(ids: Iterable[int]) -> str:
    """[1, 2, 3, 7] → "1-3,7"."""
    runs: list[list[int]] = []
    for id_ in sorted(set(ids)):
        if runs and id_ == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], id_]
        else:
            runs.append([id_])
    return ",".join("-".join(map(str, run)) for run in runs)


def unpack(text: str, most: int) -> list[int]:
    """ "1-3,7" → [1, 2, 3, 7]; raises ValueError."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, dash, last = part.partition("-")
        begin = to_id(first)
        end = to_id(last) if dash else begin
        if end < begin:
            raise ValueError(NOT_FOUND)
        if len(found) + end - begin > most:
            raise TooMany
        found.extend(range(begin, end + 1))
    return found
