"""The rows as their history tells them, and as the database has them: to be compared.

Neither asks the gate: both read with the database's own driver, and the values are put in
the words of JSON by the type of the column alone.
"""

import json
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, Table

from models.base import STEMPELS, Centen, Entiteit, Moment, Uren, entiteiten, kolom_ui
from tests.gate_world import raw_connection

#: Entity and id → column → value.
Rows = dict[tuple[str, int], dict[str, Any]]


def told_entities() -> list[type[Entiteit]]:
    """The entities that have a history."""
    return [e for e in entiteiten() if not e.alleen_poort or e.__name__ == "Momentopname"]


@cache
def told_columns(entity: type[Entiteit]) -> list[str]:
    found = []
    for column in entity.__table__.columns:
        ui = kolom_ui(column)
        if column.name not in STEMPELS | {"id"} and not (ui and ui.geheim):
            found.append(column.name)
    return found


def explained(url: str, eye: Any = None) -> Rows:
    """What the history says there must be."""
    rows: Rows = {}
    with raw_connection(url, eye) as connection:
        history = connection.execute(
            "SELECT entiteit, rij_id, soort, waarden FROM wijziging ORDER BY id"
        ).fetchall()
    for entity, number, kind, values in history:
        key = (entity, number)
        changed = json.loads(values) if isinstance(values, str) else values
        if kind == "aangemaakt":
            assert key not in rows, f"{key} werd twee keer gemaakt"
            rows[key] = {}
        for column, (old, new) in changed.items():
            assert rows[key].get(column) == old, f"{key} {column}: {old} was er niet"
            rows[key][column] = new
        if kind == "verwijderd":
            assert all(value is None for value in rows.pop(key).values())
    return {
        key: {column: value for column, value in row.items() if value is not None}
        for key, row in rows.items()
    }


def stored(url: str, eye: Any = None) -> Rows:
    """What there is."""
    rows: Rows = {}
    with raw_connection(url, eye) as connection:
        for entity in told_entities():
            names = told_columns(entity)
            found = connection.execute(
                f"SELECT id, {', '.join(names)} FROM {entity.__tablename__}"
            ).fetchall()
            for number, *values in found:
                plain = {
                    name: _plain(entity.__table__, name, value)
                    for name, value in zip(names, values, strict=True)
                    if value is not None
                }
                rows[(entity.__name__, number)] = plain
    return rows


def _plain(table: Any, name: str, value: Any) -> Any:
    assert isinstance(table, Table)
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(kind, Uren):
        return f"{Decimal(value) / 100:f}"
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, (Moment, DateTime)):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return f"{moment.isoformat()}+00:00"
    if isinstance(kind, Centen) or isinstance(value, (int, str)):
        return value
    return value.isoformat()
