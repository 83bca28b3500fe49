"""Storing many changed rows: what was judged, in one statement per set of columns.

A flush of SQLAlchemy sends an UPDATE per row where rows have a version, and looks along all that
could have changed besides. Here the judgement of a flush is asked as well, of every row; then the
very values that were judged are written, each on the version that was read, and counted.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.gate.rows import changed_columns, column_names, depth_of, touched
from cmk_admin.gate.session import GateSession
from cmk_admin.gate.writes import Judgement
from models.base import Entiteit, tabel_van

#: Filled by the gate with every change.
STAMPED = frozenset({"versie", "gewijzigd_op", "gewijzigd_door_id"})
#: What a row is found by; no column has such a name.
ID, READ = "van id", "van versie"
Target = tuple[type[Entiteit], frozenset[str]]


def store(session: GateSession) -> None:
    """Judge and store what is pending, as a flush does; within a savepoint of the caller.

    Rows are forgotten in memory when they were stored: who asks for one reads it again.
    """
    if not (session.new or session.deleted):
        judgement = Judgement(session)
        if judgement.changed and all(map(_changes_only_itself, judgement.changed)):
            with session.no_autoflush, session.judged(judgement):
                _write(session, judgement)
                judgement.verify_and_record()
            for obj in judgement.changed:
                session.expire(obj)
    session.flush()


def _changes_only_itself(obj: Entiteit) -> bool:
    """Nothing was set but columns, other than its key and version, and nothing comes along."""
    own = column_names(type(obj)) - {"id", "versie"}
    plain = type(obj).gevolgen is Entiteit.gevolgen and not obj.alleen_poort
    return plain and own.issuperset(touched(obj))


def _write(session: GateSession, judgement: Judgement) -> None:
    """Raises StaleDataError when somebody else stored one of these rows meanwhile."""
    # In order of id, as a flush: of two who write the same rows, one waits for the other.
    rows = sorted(judgement.changed, key=_place)
    for target, together in groupby(rows, key=_target):
        values = [dict(_values(obj, target, judgement)) for obj in together]
        stored = session.connection().execute(_statement(target), values)
        if stored.rowcount != len(values):
            raise StaleDataError(f"{stored.rowcount} van {len(values)} rijen zijn nog zo gelezen.")


def _place(obj: Entiteit) -> tuple[int, str, int]:
    return depth_of(type(obj)), type(obj).__name__, obj.id


def _target(obj: Entiteit) -> Target:
    return type(obj), frozenset(changed_columns(obj) | STAMPED)


def _values(obj: Entiteit, target: Target, judgement: Judgement) -> Iterator[tuple[str, Any]]:
    judged = judgement.judged[id(obj)]
    yield from ((name, judged[name]) for name in target[1] - {"versie"})
    yield from (("versie", obj.versie + 1), (ID, obj.id), (READ, obj.versie))


@cache
def _statement(target: Target) -> Update:
    entity, names = target
    table = tabel_van(entity)
    found = (table.c.id == bindparam(ID), table.c.versie == bindparam(READ))
    return update(table).where(*found).values({name: bindparam(name) for name in sorted(names)})
