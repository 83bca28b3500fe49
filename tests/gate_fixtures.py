"""The world of `gate_world` in a database: one to share, and copies to commit in.

Building it takes a second and copying a few milliseconds, so a test run builds it once per
kind of database.
"""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.gate_world import Copier, Ground, World, build, gate_app
from tests.support.applications import closing_engines
from tests.support.databases import Dialect


@pytest.fixture(scope="session")
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copier]:
    """Copies of the world; it is built when a database is first asked for.

    A copy in the folder of an earlier one has the same address.
    """
    built: dict[Dialect, tuple[str, Ground]] = {}
    with ExitStack() as stack:

        def template(dialect: Dialect) -> tuple[str, Ground]:
            if dialect not in built:
                folder = tmp_path_factory.mktemp(f"wereld-{dialect}")
                if dialect == "sqlite":
                    where = str(folder / "wereld.db")
                    shutil.copyfile(request.getfixturevalue("sqlite_template"), where)
                    url = f"sqlite:///{where}"
                else:
                    cluster = request.getfixturevalue("pg_cluster")
                    where = f"w_{uuid.uuid4().hex}"
                    url = cluster.create(where, request.getfixturevalue("pg_template"))
                    stack.callback(cluster.drop, where)
                with closing_engines(gate_app(url, folder)) as app:
                    built[dialect] = (where, build(app))
            return built[dialect]

        @contextlib.contextmanager
        def copy(dialect: Dialect, folder: Path) -> Iterator[World]:
            where, ground = template(dialect)
            with ExitStack() as own:
                if dialect == "sqlite":
                    shutil.copyfile(where, folder / "kopie.db")
                    url = f"sqlite:///{folder / 'kopie.db'}"
                else:
                    cluster = request.getfixturevalue("pg_cluster")
                    name = f"k_{uuid.uuid5(uuid.NAMESPACE_URL, str(folder)).hex}"
                    url = cluster.create(name, where)
                    own.callback(cluster.drop, name)
                app = own.enter_context(closing_engines(gate_app(url, folder)))
                yield World(app, url, ground)

        yield copy


@pytest.fixture(scope="session")
def shared_worlds(
    worlds: Copier, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Dialect], World]]:
    """One copy per database for the whole run."""
    made: dict[Dialect, World] = {}
    with ExitStack() as stack:

        def get(dialect: Dialect) -> World:
            if dialect not in made:
                made[dialect] = stack.enter_context(
                    worlds(dialect, tmp_path_factory.mktemp("gedeeld"))
                )
            return made[dialect]

        yield get


@pytest.fixture
def world(shared_worlds: Callable[[Dialect], World], dialect: Dialect) -> World:
    """The world that all share: read, or roll back."""
    return shared_worlds(dialect)


@pytest.fixture
def fresh_world(worlds: Copier, dialect: Dialect, tmp_path: Path) -> Iterator[World]:
    """A copy of this test alone: commit what you like."""
    with worlds(dialect, tmp_path) as made:
        yield made
