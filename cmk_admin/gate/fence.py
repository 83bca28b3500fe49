"""The fence on the connection: what the gate did not let through does not reach the database."""

import re
import sqlite3
import weakref
from typing import Any

from sqlalchemy import Column, Engine, Select, Table, TextClause, event
from sqlalchemy.engine import Connection, ExecutionContext
from sqlalchemy.orm.context import _ORMCompileState
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import AliasedReturnsRows

from cmk_admin.gate.errors import AroundTheGate

#: Execution option of a connection that writes beside the gate on purpose: migrations.
OUTSIDE = "gate_outside"
READING = ("SELECT", "WITH", "PRAGMA", "EXPLAIN", "SHOW", "VALUES")
#: A statement that begins as a read and still writes: `WITH … DELETE`, `SET …; DELETE`.
WRITING = re.compile(
    r"\b(INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|UPDATE\b.*\bSET)\b", re.IGNORECASE | re.DOTALL
)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
#: Execution option of a read that `scope_read` limited, by what kind of read it is.
SCOPED = "gate_scoped"
#: Written by a person: may hold more than entities. Written by the ORM itself: never does.
BY_HAND, BY_ORM = object(), object()
#: Of a connection of SQLite: the cursors that somebody may still be reading.
CURSORS = "gate_cursors"
#: The values of one row and nothing behind them; rows of one INSERT.
PLACES = re.compile(r"\((\?, )*\?\)")
TOGETHER = 200
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "COMMIT")


def guard(engine: Engine) -> None:
    """Put the fence, and SQLite's own settings, on an engine."""
    event.listen(engine, "before_cursor_execute", _before_cursor_execute)
    event.listen(engine, "checkin", _forget_session)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "savepoint", _sqlite_savepoint)
        event.listen(engine, "before_cursor_execute", _sqlite_note_cursor)
        event.listen(engine, "checkin", _sqlite_close_cursors)
        event.listen(engine, "do_executemany", _sqlite_many)
    else:
        event.listen(engine, "connect", _postgresql_connect)


def tie(connection: Connection, session: Any) -> None:
    """Remember whose session uses a connection, for as long as its transaction lasts."""
    connection.info["gate_session"] = weakref.ref(session)


def _forget_session(dbapi_connection: Any, record: Any) -> None:
    record.info.pop("gate_session", None)


def _sqlite_connect(dbapi_connection: sqlite3.Connection, record: Any) -> None:
    # We begin transactions ourselves: see locks.begin_write.
    dbapi_connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        # Read by way of the memory that all processes share: a report goes through every index
        # page many times, and the two megabytes of each connection hold few of them.
        "mmap_size=1073741824",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _sqlite_savepoint(connection: Connection, name: str) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _sqlite_note_cursor(connection: Connection, cursor: Any, *_rest: Any) -> None:
    connection.info.setdefault(CURSORS, weakref.WeakSet()).add(cursor)


def _sqlite_close_cursors(dbapi_connection: Any, record: Any) -> None:
    """What nobody read to its end keeps its connection at the state of that moment: whoever wrote
    on it after another had written, would hear at once that the database is locked."""
    cursors = record.info.pop(CURSORS, ())
    if dbapi_connection is not None:
        for cursor in list(cursors):
            cursor.close()


def _sqlite_many(
    cursor: sqlite3.Cursor, statement: str, parameters: Any, context: ExecutionContext
) -> bool:
    """Store many rows by a few statements; whether it did, else they go one by one.

    Before each statement that has triggers, SQLite writes out what its search index still held
    in memory: that took longer than all else of storing a row.
    """
    into, values, places = statement.partition(" VALUES ")
    if not into.startswith("INSERT INTO ") or PLACES.fullmatch(places) is None:
        return False
    most = cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    step = max(1, min(TOGETHER, most // len(parameters[0])))
    for start in range(0, len(parameters), step):
        rows = parameters[start : start + step]
        together = ", ".join([places] * len(rows))
        cursor.execute(into + values + together, [value for row in rows for value in row])
    return True


def _postgresql_connect(dbapi_connection: Any, record: Any) -> None:
    autocommit = dbapi_connection.autocommit
    dbapi_connection.autocommit = True
    with dbapi_connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SET timezone = 'UTC'")
    dbapi_connection.autocommit = autocommit


def _before_cursor_execute(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext | None,
    executemany: bool,
) -> None:
    if connection.get_execution_options().get(OUTSIDE):
        return
    session = _session_of(connection)
    if session is not None and session.gate_open:
        return
    words = statement.split(None, 1)
    word = words[0].upper() if words else ""
    writes = WRITING.search(COMMENT.sub(" ", statement)) is not None
    if word in CONTROL and not writes:
        return
    if word not in READING or writes:
        raise AroundTheGate(f"Deze opdracht ging om de poort heen: {word}")
    if session is None:
        raise AroundTheGate("Zonder sessie is er niemand die leest; zeg `acting_as(actor)`.")
    if not _is_entity_read(context):
        session.require_system("Lezen buiten de entiteiten")


def _is_entity_read(context: ExecutionContext | None) -> bool:
    """Whether the actor's criteria are in this statement, and reach everything in it."""
    options = context.execution_options if context is not None else {}
    scoped = options.get(SCOPED)
    compiled = getattr(context, "compiled", None)
    if not isinstance(getattr(compiled, "compile_state", None), _ORMCompileState):
        return False
    return scoped is BY_ORM or (scoped is BY_HAND and _only_entities(compiled))


#: Compiled statements that were looked through; the cache of statements keeps them alive.
_looked_through: "weakref.WeakKeyDictionary[Any, bool]" = weakref.WeakKeyDictionary()


def _only_entities(compiled: Any) -> bool:
    """Criteria go with entities: a bare table, or text, would come along without any.

    Looked through once per compiled statement, not per execution.
    """
    found = _looked_through.get(compiled)
    if found is None:
        found = _looked_through[compiled] = _all_by_entity(compiled.compile_state.select_statement)
    return found


def _all_by_entity(statement: Any) -> bool:
    entities: set[Any] = set()
    bare: list[Any] = []
    for part in visitors.iterate(statement):
        entity = part._annotations.get("parententity")
        if entity is not None:
            entities.add(entity.selectable)
        elif isinstance(part, TextClause) or _is_literal(part):
            return False
        elif isinstance(part, Column) and not part._annotations:
            bare.append(part.table)
        elif isinstance(part, Select):
            joined = [join[0] for join in part._setup_joins]
            given: list[Any] = [*part._from_obj, *part._raw_columns, *joined]
            bare.extend(source for source in given if not source._annotations)
    return all(source in entities for source in bare if isinstance(_source(source), Table))


def _is_literal(part: Any) -> bool:
    return isinstance(part, ColumnClause) and part.is_literal and part.name not in ("*", "1")


def _source(selectable: Any) -> Any:
    """The table behind an alias; a subquery has a select behind it, which is looked through."""
    while isinstance(selectable, AliasedReturnsRows):
        selectable = selectable.element
    return selectable


def _session_of(connection: Connection) -> Any:
    reference = connection.info.get("gate_session")
    return reference() if reference is not None else None
