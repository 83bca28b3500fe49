"""Schools out of a column of a spreadsheet: by name, BRIN-nummer or vestigingscode."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select

from cmk_admin import database
from cmk_admin.routes import actor
from models.school import School

CODE = re.compile(r"\d{2}[A-Z]{2}(?:\d{2})?")
#: Lines of one paste.
MOST = 1000
#: Characters of one line, and codes that one line is looked up by.
LONGEST, CODES = 300, 4


def recognise(texts: Sequence[str]) -> list[School | None]:
    """Per line the school that it means; None when that is none or several."""
    codes = {part for text in texts for part in _codes(text)}
    names = {name for text in texts for name in _names(text)}
    lowered = {name.lower() for name in names}
    found = database.session().scalars(
        select(School).where(
            School.actief,
            or_(
                School.vestigingscode.in_(codes),
                School.brin_nummer.in_(codes),
                School.naam.in_(names),
                func.lower(School.naam).in_(lowered),
            ),
        )
    )
    index: dict[str, list[School]] = defaultdict(list)
    for school in found:
        for key in {school.vestigingscode, school.brin_nummer, school.naam.casefold()} - {None}:
            index[str(key)].append(school)
    near = _near({school.id for schools in index.values() for school in schools})
    return [_meant(text, index, near) for text in texts]


def _codes(text: str) -> list[str]:
    return CODE.findall(text.upper())[:CODES]


def _names(text: str) -> list[str]:
    """The whole line, and what stands before a place: "De Brug, Neede" or "De Brug · 97AA00"."""
    whole = " ".join(text.split())
    return [whole, *(whole.partition(mark)[0].strip() for mark in (",", " · ", " ("))]


def _near(ids: Iterable[int]) -> set[int]:
    """Which of these are in the own werkgebied."""
    region = School.nabij(actor().partijen())
    if region is None:
        return set()
    chosen = select(School.id).where(School.id.in_(list(ids)), region)
    return set(database.session().scalars(chosen))


def _meant(text: str, index: dict[str, list[School]], near: set[int]) -> School | None:
    """The longest code first; of several the only one in the own werkgebied."""
    keys = sorted(_codes(text), key=len, reverse=True)
    keys += [name.casefold() for name in _names(text) if name]
    for key in keys:
        schools = index.get(key, [])
        own = [school for school in schools if school.id in near]
        for several in (schools, own):
            if len(several) == 1:
                return several[0]
        if schools:
            return None
    return None
