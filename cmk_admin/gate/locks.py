"""Locks: the writer first, then the verantwoordingen from parent to child, in id order."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.verantwoording import Status, Verantwoording


def begin_write(connection: Connection) -> None:
    """Become the one writer before anything is decided.

    SQLite: BEGIN IMMEDIATE; a transaction that began as a reader could not be
    upgraded once another wrote. PostgreSQL locks rows; nothing to do here.
    """
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        if raw is not None and not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def lock_name(connection: Connection, name: str) -> None:
    """Hold `name` until the end of the transaction; SQLite has one writer anyway."""
    begin_write(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def lock_verantwoordingen(
    connection: Connection, ids: Iterable[int], exclusive: bool
) -> dict[int, Status]:
    """Lock these rows until the end of the transaction and tell their stored status.

    Children share the lock with each other; who changes a verantwoording itself takes
    it alone, so that what it counts cannot move. In id order: no two wait for each other.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    table = Verantwoording.__table__
    statement = (
        select(table.c.id, table.c.status)
        .where(table.c.id.in_(wanted))
        .order_by(table.c.id)
        .with_for_update(read=not exclusive, key_share=exclusive)
    )
    return {row.id: row.status for row in connection.execute(statement)}
