"""History: each changed row as the difference between what was stored and what is stored."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from cmk_admin.actor import Actor
from models.base import STEMPELS, Entiteit, kolom_ui, nu
from models.historie import Wijziging, WijzigingSoort

Row = dict[str, Any]
Key = tuple[type[Entiteit], int]
CHUNK = 1000


def stored_rows(connection: Connection, keys: Iterable[Key]) -> dict[Key, Row]:
    """The rows as the database has them now, one select per entity."""
    wanted: dict[type[Entiteit], list[int]] = defaultdict(list)
    for entity, id_ in keys:
        wanted[entity].append(id_)
    found: dict[Key, Row] = {}
    for entity, ids in wanted.items():
        table = entity.__table__
        for start in range(0, len(ids), CHUNK):
            statement = select(table).where(table.c.id.in_(ids[start : start + CHUNK]))
            for row in connection.execute(statement).mappings():
                found[(entity, row["id"])] = dict(row)
    return found


def difference(entity: type[Entiteit], old: Row | None, new: Row | None) -> dict[str, list[Any]]:
    """Column → [old, new] in JSON values; stamps and secrets stay out."""
    changed = {}
    for name in _told_of(entity):
        before = old[name] if old else None
        after = new[name] if new else None
        if before != after and (pair := [plain(before), plain(after)])[0] != pair[1]:
            changed[name] = pair
    return changed


@cache
def _told_of(entity: type[Entiteit]) -> tuple[str, ...]:
    """The columns whose values stand in the history."""
    uis = ((column.name, kolom_ui(column)) for column in entity.__table__.columns)
    return tuple(
        name for name, ui in uis if name not in STEMPELS | {"id"} and not (ui and ui.geheim)
    )


def plain(value: Any) -> Any:
    """A database value as JSON has it: dates in ISO 8601, decimals and choices as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return None
    return value


def record(
    actor: Actor,
    bewerking_id: int | None,
    obj: Entiteit,
    title: str,
    verantwoording_id: int | None,
    old: Row | None,
    new: Row | None,
) -> Row | None:
    """The history row of one change; None when nothing but stamps changed."""
    changed = difference(type(obj), old, new)
    if old and new and _same(type(obj), old, new):
        return None
    stored = new or old or {}
    soort = (
        WijzigingSoort.AANGEMAAKT
        if old is None
        else WijzigingSoort.VERWIJDERD
        if new is None
        else WijzigingSoort.GEWIJZIGD
    )
    moment = nu()
    return {
        "op": moment,
        "door_id": actor.gebruiker_id,
        "door_naam": actor.naam if actor.gebruiker_id is None else "",
        "soort": soort,
        "entiteit": type(obj).__name__,
        "rij_id": stored["id"],
        "titel": title[:200],
        "contractpartij_id": stored.get("contractpartij_id")
        or (stored["id"] if type(obj).__name__ == "Contractpartij" else None),
        "verantwoording_id": verantwoording_id,
        "ouder_id": stored.get(obj.ouder) if obj.ouder else None,
        "bewerking_id": bewerking_id,
        "waarden": changed,
        "versie": 1,
        "aangemaakt_op": moment,
        "aangemaakt_door_id": actor.gebruiker_id,
        "gewijzigd_op": moment,
        "gewijzigd_door_id": actor.gebruiker_id,
    }


def _same(entity: type[Entiteit], old: Row, new: Row) -> bool:
    """Nothing but stamps differs; a changed secret does count as a change."""
    return all(
        old[column.name] == new[column.name]
        for column in entity.__table__.columns
        if column.name not in STEMPELS
    )


def write(connection: Connection, rows: list[Row]) -> None:
    """Store history rows in one go."""
    if rows:
        connection.execute(insert(Wijziging.__table__), rows)  # type: ignore[arg-type]
