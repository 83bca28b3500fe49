"""The fence on the connection: what the gate did not let through does not reach the database."""

import re
import sqlite3
import weakref
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, ExecutionContext
from sqlalchemy.orm.context import _ORMCompileState

from cmk_admin.gate.errors import AroundTheGate

#: Execution option of a connection that writes beside the gate on purpose: migrations.
OUTSIDE = "gate_outside"
READING = ("SELECT", "WITH", "PRAGMA", "EXPLAIN", "SHOW", "VALUES")
#: A statement that begins as a read and still writes: `WITH … DELETE`.
WRITING = re.compile(r"\b(INSERT INTO|UPDATE \S+ SET|DELETE FROM)\b", re.IGNORECASE)
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "COMMIT")


def guard(engine: Engine) -> None:
    """Put the fence, and SQLite's own settings, on an engine."""
    event.listen(engine, "before_cursor_execute", _before_cursor_execute)
    event.listen(engine, "checkin", _forget_session)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "savepoint", _sqlite_savepoint)
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
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _sqlite_savepoint(connection: Connection, name: str) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


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
    words = statement.split(None, 1)
    word = words[0].upper() if words else ""
    if word in CONTROL:
        return
    if session is not None and session.gate_open:
        return
    if word not in READING or WRITING.search(statement):
        raise AroundTheGate(f"Deze opdracht ging om de poort heen: {word}")
    if session is not None and not _is_entity_read(context):
        session.require_system("Lezen buiten de entiteiten")


def _is_entity_read(context: ExecutionContext | None) -> bool:
    """Whether the ORM compiled this statement, so that the actor's criteria are in it."""
    compiled = getattr(context, "compiled", None)
    return isinstance(getattr(compiled, "compile_state", None), _ORMCompileState)


def _session_of(connection: Connection) -> Any:
    reference = connection.info.get("gate_session")
    return reference() if reference is not None else None
