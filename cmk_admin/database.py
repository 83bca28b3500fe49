"""The database and its one session class, bound to the app."""

import sqlite3
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, event

from cmk_admin.extensions import db, migrate
from cmk_admin.gate import GateSession, fence
from models.rapportages import nageteld
from models.rapportages.nageteld import Sleutel
from models.vouwen import vouw


def register(app: Flask) -> None:
    """Bind the database and put the fence on its engine."""
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        fence.guard(db.engine)
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _can_fold)


def _can_fold(connection: sqlite3.Connection, record: Any) -> None:
    """For columns that are not kept folded; on PostgreSQL the database has this function."""
    connection.create_function("vouw", 1, vouw, deterministic=True)


def look_at_tables() -> None:
    """Have SQLite take samples of its tables, to plan by what is in them; PostgreSQL does itself.

    Without them it looks along all rows of a contractpartij for a word that a few have.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(**{fence.OUTSIDE: True}) as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")


def recount(repair: bool = False) -> list[Sleutel]:
    """Which of the counts behind reports are not what their rows come to."""
    with db.engine.connect().execution_options(**{fence.OUTSIDE: True}) as connection:
        _at_one_moment(connection, writing=repair)
        found = nageteld.verschillen(connection)
        if found and repair:
            nageteld.herstel(connection)
            connection.commit()
    return found


def _at_one_moment(connection: Connection, writing: bool) -> None:
    """A transaction that sees one moment; when `writing` nobody changes what is counted in it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        tables = ", ".join(entity.__tablename__ for entity in nageteld.GETELD)
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def session() -> GateSession:
    """The session of this request or of the surrounding `acting_as`."""
    found: GateSession = current_app.extensions["sqlalchemy"].session()
    return found
