"""The whole portal with the world of `tests/portal_world.py`, and people who visit it.

The app and its world are made once per worker and database; what a test changed is put back
after it.
"""

import contextlib
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask import session as cookie
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from cmk_admin.actor import ANONYMOUS, Actor, system
from cmk_admin.auth import clock, sessions
from cmk_admin.auth.account import load_account
from cmk_admin.extensions import db
from cmk_admin.gate import GateSession, acting_as
from models.base import Basis
from tests.factories import BESTAND
from tests.gate_world import raw_connection
from tests.pages import CheckedClient
from tests.portal_world import Wereld, bouw
from tests.rights_table import ANONIEM
from tests.support.applications import closing_engines, make_settings
from tests.support.databases import Dialect
from tests.support.postgres import Cluster

CSRF = "een vaste waarde, want het gaat om de handtekening"


@dataclass
class Bezoeker:
    """Somebody with the portal open in a browser."""

    client: FlaskClient
    token: str

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token} | (data or {}), **kwargs)


@dataclass
class Portaal:
    """The app, the ids of its rows, and ways in."""

    app: Flask
    wereld: Wereld
    #: Says whether anything was stored since it was last asked.
    changed: Callable[[], bool]
    restore: Callable[[], None]
    #: Visitor → what the log-in left in their cookie.
    cookies: dict[str, dict[str, Any]]

    def bezoeker(self, naam: str) -> Bezoeker:
        """This person, logged in, in a browser of their own; ANONIEM is nobody."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(self._session(naam))
        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return Bezoeker(client, signer.dumps(CSRF))

    def _session(self, naam: str) -> dict[str, Any]:
        """What the log-in leaves in the cookie; logging in itself is tested elsewhere."""
        return {"csrf_token": CSRF} if naam == ANONIEM else self.cookies[naam]

    def log_in(self, naam: str) -> dict[str, Any]:
        """Anew, for what ended their session; the cookie serves until the world is put back."""
        return _log_in(self.app, self.wereld.mensen[naam])

    def actor(self, naam: str) -> Actor:
        if naam == ANONIEM:
            return ANONYMOUS
        with self.app.app_context():
            account = load_account(self.wereld.mensen[naam])
        assert account is not None
        return account.actor

    @contextlib.contextmanager
    def als(self, wie: str | Actor = "") -> Iterator[GateSession]:
        """A session of this visitor, or (no name) of the system; rolled back unless committed."""
        actor = self.actor(wie) if isinstance(wie, str) and wie else wie or system("test")
        assert isinstance(actor, Actor)
        with self.app.app_context(), acting_as(actor) as session:
            yield session


@pytest.fixture(autouse=True)
def _checked_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page that any test asks for is looked through."""
    monkeypatch.setattr(Flask, "test_client_class", CheckedClient)


@contextlib.contextmanager
def _portaal(url: str, folder: Path) -> Iterator[tuple[Flask, Wereld, dict[str, dict[str, Any]]]]:
    from app import create_app

    with closing_engines(create_app(make_settings(url, folder))) as app:
        moment = datetime.now(UTC)
        clock.install(app, lambda: moment)
        with app.app_context(), acting_as(system("wereld")) as session:
            wereld = bouw(session)
        yield app, wereld, log_everybody_in(app, wereld)


def log_everybody_in(app: Flask, wereld: Wereld) -> dict[str, dict[str, Any]]:
    """Visitor → what the log-in leaves in their cookie."""
    return {naam: _log_in(app, id_) for naam, id_ in wereld.mensen.items()}


def _log_in(app: Flask, gebruiker_id: int) -> dict[str, Any]:
    """Begin a session as the log-in does; the cookie that belongs to it."""
    with app.test_request_context():
        account = load_account(gebruiker_id)
        assert account is not None
        sessions.begin(account, clock.now())
        return dict(cookie) | {"csrf_token": CSRF}


def _store_files(app: Flask, folder: Path) -> None:
    """Every row with a file has one on disk."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    from models.base import MetBestand, entiteiten

    with app.app_context(), acting_as(system("wereld")) as session:
        for entity in entiteiten():
            if issubclass(entity, MetBestand):
                for row in session.query(entity):
                    if row.bestand_sleutel:
                        (folder / "files" / row.bestand_sleutel).write_bytes(BESTAND)


@pytest.fixture(scope="session")
def _portaal_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portaal]:
    folder = tmp_path_factory.mktemp("portaal")
    file, backup = folder / "portaal.db", folder / "begin.db"
    shutil.copyfile(sqlite_template, file)
    with _portaal(f"sqlite:///{file}", folder) as (app, wereld, cookies):
        _store_files(app, folder)
        watch = sqlite3.connect(file, check_same_thread=False)
        begin = sqlite3.connect(backup, check_same_thread=False)
        watch.backup(begin)
        seen = first = _version(watch)

        def changed() -> bool:
            nonlocal seen
            before, seen = seen, _version(watch)
            return seen != before

        def restore() -> None:
            # What was put back is as good as new: every connection reads its tables again.
            nonlocal seen, first
            if _version(watch) != first:
                begin.backup(watch)
                first = _version(watch)
            seen = first

        yield Portaal(app, wereld, changed, restore, cookies)
        watch.close()
        begin.close()


def _version(connection: sqlite3.Connection) -> int:
    """SQLite counts what other connections commit."""
    found: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return found


@pytest.fixture(scope="session")
def _portaal_postgresql(
    pg_cluster: Cluster, pg_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portaal]:
    folder, name = tmp_path_factory.mktemp("portaal"), f"p_{uuid.uuid4().hex}"
    begin, url = f"{name}_begin", pg_cluster.create(name, pg_template)
    with _portaal(url, folder) as (app, wereld, cookies):
        _store_files(app, folder)
        _let_go(app)
        pg_cluster.create(begin, name)
        seen = [_fingerprint(url)]

        def changed() -> bool:
            now = _fingerprint(url)
            fresh, seen[0] = now != seen[0], now
            return fresh

        first = seen[0]

        def restore() -> None:
            if _fingerprint(url) != first:
                _let_go(app)
                pg_cluster.drop(name)
                pg_cluster.create(name, begin)
            seen[0] = first

        yield Portaal(app, wereld, changed, restore, cookies)
    pg_cluster.drop(name)
    pg_cluster.drop(begin)


def _let_go(app: Flask) -> None:
    """Close every connection: a database in use is neither copied nor dropped."""
    with app.app_context():
        db.engine.dispose()


def _fingerprint(url: str) -> tuple[Any, ...]:
    """Changes with every row that is written or goes: PostgreSQL keeps who wrote it last."""
    tables = [
        f"(SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0) FROM {table})"
        for table in Basis.metadata.tables
    ]
    with raw_connection(url) as connection:
        found: tuple[Any, ...] = connection.execute(f"SELECT {', '.join(tables)}").fetchone()
    return found


@pytest.fixture
def portaal(dialect: Dialect, request: pytest.FixtureRequest) -> Iterator[Portaal]:
    """The portal in its first state."""
    made: Portaal = request.getfixturevalue(f"_portaal_{dialect}")
    made.changed()
    yield made
    made.restore()
