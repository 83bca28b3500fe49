"""What hangs under a row: what goes along when it is deleted, and what forbids it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, inspect, select

from cmk_admin import database
from cmk_admin.actor import system
from cmk_admin.gate import acting_as
from cmk_admin.policy import ouder_van
from models.base import STEMPELS, Entiteit, entiteiten, tabel_van

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows of one entity under the rows asked about."""

    entity: type[Entiteit]
    count: int
    examples: tuple[str, ...]
    goes_along: bool


def hanging(entity: type[Entiteit], ids: Iterable[int]) -> list[Hanging]:
    """Per entity the rows that point at these rows, whoever they belong to.

    What is part of the row goes along; any other reference means that it is in use. All are
    counted, but named are only those that this person may see.
    """
    seen = database.session()
    wanted = list(ids)
    parts = _parts(entity)
    found = []
    with acting_as(system("gebruik tellen")) as session:
        for other in entiteiten():
            for name in _references(other, entity):
                column = getattr(other, name)
                count = session.scalar(select(func.count(other.id)).where(column.in_(wanted)))
                if not count:
                    continue
                rows = seen.scalars(select(other).where(column.in_(wanted)).limit(EXAMPLES))
                examples = tuple(str(row) if other in parts else _place(row) for row in rows)
                found.append(Hanging(other, count, examples, other in parts))
    return found


def _parts(entity: type[Entiteit]) -> set[type[Entiteit]]:
    return {inspect(entity).relationships[name].mapper.class_ for name in entity.delen}


def _place(row: Entiteit) -> str:
    """Where a row in use is found: a link is called after what it links, so by its parent."""
    above = ouder_van(row)
    return str(above if above is not None and type(row) in _parts(type(above)) else row)


def _references(other: type[Entiteit], entity: type[Entiteit]) -> list[str]:
    """Columns of `other` that point at `entity`; who made or changed a row does not count."""
    return sorted(
        {
            element.parent.name
            for constraint in tabel_van(other).foreign_key_constraints
            for element in constraint.elements
            if element.column.table is entity.__table__
            and element.column.name == "id"
            and element.parent.name not in STEMPELS
        }
    )
