"""Models and migrations say the same, and every migration can be taken back."""

from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, text

from cmk_admin.settings import Settings
from tests.support.applications import make_settings
from tests.support.databases import Dialect

# Everything that a database can hold of ours, beside what alembic keeps for itself.
LEFT = {
    "sqlite": """
        SELECT name FROM sqlite_master
        WHERE tbl_name NOT IN ('alembic_version', 'sqlite_sequence')
    """,
    "postgresql": """
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'
        UNION ALL
        SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}


@pytest.fixture
def settings(tmp_path: Path, empty_database_url: str) -> Settings:
    return make_settings(empty_database_url, tmp_path / "instance")


def left(url: str, dialect: Dialect) -> list[str]:
    """What stands in the database, asked for past the app."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text(LEFT[dialect])))
    engine.dispose()
    return found


@pytest.mark.beide
def test_up_down_and_up_again_ends_where_the_models_are(
    app: Flask, empty_database_url: str, dialect: Dialect
) -> None:
    with app.app_context():
        migrations = app.extensions["migrate"].migrate.get_config()
        command.upgrade(migrations, "head")
        command.check(migrations)  # raises with the list of differences
        command.downgrade(migrations, "base")
        assert left(empty_database_url, dialect) == []
        command.upgrade(migrations, "head")
        command.check(migrations)
    assert left(empty_database_url, dialect) != []


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_number_once_given_is_given_to_nobody_else(
    app: Flask, empty_database_url: str, dialect: Dialect
) -> None:
    """SQLite remakes a table to change its rules; the history names rows by number."""
    row = """INSERT INTO bewerking (soort, omschrijving, aantal, versie, aangemaakt_op,
            gewijzigd_op, op)
        VALUES ('dupliceren', 'x', 1, 1, '2026-01-01', '2026-01-01', '2026-01-01')"""
    with app.app_context():
        migrations = app.extensions["migrate"].migrate.get_config()
        command.upgrade(migrations, "0014")
        engine = create_engine(empty_database_url)
        with engine.begin() as connection:
            for _ in range(5):
                connection.execute(text(row))
            connection.execute(text("DELETE FROM bewerking WHERE id > 3"))
        command.upgrade(migrations, "0015")
        with engine.begin() as connection:
            connection.execute(text(row))
            assert connection.scalars(text("SELECT max(id) FROM bewerking")).one() == 6
        engine.dispose()
