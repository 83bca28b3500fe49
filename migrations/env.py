"""How Alembic reaches the database: through the app's own engine, beside the gate on purpose."""

import re
from typing import Any

from alembic import context
from alembic.operations import MigrationScript
from flask import current_app
from sqlalchemy import TypeDecorator
from sqlalchemy.engine import Connection

import models  # noqa: F401 - maps every entity, so that autogenerate sees them
from cmk_admin.gate.fence import OUTSIDE

extension = current_app.extensions["migrate"]


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Migrations name the database's own types: a column type of ours may change later."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """What the database keeps itself to search and order text is in no model (0009)."""
    own = name is not None and (
        (kind == "table" and re.search(r"_zoek(term|_\w+)?$", name))
        or (kind == "column" and (name == "zoektekst" or name.endswith("_vouw")))
        or (kind == "index" and re.search(r"_vouw_id$|_zoektekst$", name))
    )
    return not own


def drop_empty(migration_context: Any, revision: Any, directives: list[MigrationScript]) -> None:
    """No migration file when nothing changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False):
        operations = directives[0].upgrade_ops
        if operations is not None and operations.is_empty():
            directives.clear()


def run(connection: Connection) -> None:
    """All migrations in one transaction: all or nothing, on both databases."""
    connection = connection.execution_options(**{OUTSIDE: True})
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # A table that is remade would else take its referring rows along.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=extension.db.metadatas[None],
        render_item=render_item,
        include_name=include_name,
        process_revision_directives=drop_empty,
        transactional_ddl=True,
        **extension.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


with extension.db.engine.connect() as connection:
    run(connection)
