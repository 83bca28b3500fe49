"""A database per test, on SQLite or PostgreSQL.

Migrating takes a second, copying a few milliseconds. So the migrations run once
per test run and per kind of database, and each test gets a copy of the result.
"""

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, cast

import flask_migrate
import pytest

from tests.support import postgres
from tests.support.applications import closing_engines, make_settings

Dialect = Literal["sqlite", "postgresql"]
TEMPLATE = "cmk_template"
# What tests that do not ask for both run on.
USUAL = cast(Dialect, os.environ.get("CMK_TEST_DATABASE", "sqlite"))
# How the workers of xdist find the server that their controller keeps.
KEEPER = "CMK_TEST_POSTGRES"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stack = ExitStack()
        os.environ[KEEPER] = str(stack.enter_context(postgres.keeper()))
        config.add_cleanup(stack.close)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.beide` runs a test on both databases."""
    if metafunc.definition.get_closest_marker("beide"):
        if "dialect" not in metafunc.fixturenames:
            raise pytest.UsageError(
                f"{metafunc.definition.nodeid} is `beide` maar gebruikt geen database: "
                "vraag om `app`, `database_url` of `empty_database_url`, of haal het merk weg."
            )
        metafunc.parametrize("dialect", ["sqlite", "postgresql"])


@contextlib.contextmanager
def turn(lock: Path) -> Iterator[None]:
    """One process at a time."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate(url: str, instance: Path) -> None:
    """What `make run` does: every migration, by the app's own configuration."""
    from app import create_app

    with closing_engines(create_app(make_settings(url, instance))) as app, app.app_context():
        flask_migrate.upgrade()


@pytest.fixture
def dialect() -> Dialect:
    """The kind of database of this test; `@pytest.mark.beide` gives both in turn."""
    return USUAL


@pytest.fixture(scope="session")
def pg_cluster() -> postgres.Cluster:
    """The PostgreSQL server of this test run, started when first asked for."""
    return postgres.ask(Path(os.environ[KEEPER]))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A migrated SQLite file, to copy."""
    template = shared_folder / "template.db"
    with turn(shared_folder / "sqlite.lock"):
        if not template.exists():
            making = shared_folder / "making.db"
            migrate(f"sqlite:///{making}", shared_folder / "template")
            making.rename(template)
    return template


@pytest.fixture(scope="session")
def pg_template(pg_cluster: postgres.Cluster, shared_folder: Path) -> str:
    """The name of a migrated PostgreSQL database, to copy."""
    done = shared_folder / "pg_template"
    with turn(shared_folder / "pg.lock"):
        if not done.exists():
            pg_cluster.drop(TEMPLATE)
            migrate(pg_cluster.create(TEMPLATE), shared_folder / "template")
            done.touch()
    return TEMPLATE


@contextlib.contextmanager
def temporary(cluster: postgres.Cluster, template: str | None) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex}"
    yield cluster.create(name, template)
    cluster.drop(name)


@pytest.fixture
def empty_database_url(
    dialect: Dialect, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database without a single table."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'leeg.db'}"
    else:
        with temporary(request.getfixturevalue("pg_cluster"), None) as url:
            yield url


@pytest.fixture
def database_url(dialect: Dialect, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database without rows, of this test alone."""
    if dialect == "sqlite":
        copy = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
    else:
        template = request.getfixturevalue("pg_template")
        with temporary(request.getfixturevalue("pg_cluster"), template) as url:
            yield url
