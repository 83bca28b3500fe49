"""The app under test: its settings, the app itself, a client, a server that really listens.

Never hold an app context around calls of a client: Flask-Login keeps the user on
`g`, and the second login would test the first user.
"""

import contextlib
import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from cmk_admin.settings import Settings

HOST = "127.0.0.1"
_compile = Rule._compile_builder
_compiled: dict[tuple[Any, ...], Any] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Werkzeug compiles a function per address: nine tenths of making an app, and for every
    app of these tests the same."""
    key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


class _CompiledTemplates(BytecodeCache):
    """What a template compiles to, by what is written in it: also the same for every app.

    The first page of an app takes fifty times as long as its second without this.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


def pytest_configure() -> None:
    Rule._compile_builder = _compile_once  # type: ignore[method-assign, assignment]
    Flask.jinja_options = {"bytecode_cache": _CompiledTemplates()}


def pytest_collection_finish() -> None:
    """What collecting made stays until the end: without looking at all of it again and again,
    a collection of garbage takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def make_settings(database_url: str, instance: Path, port: int = 80, **changes: Any) -> Settings:
    """Settings that touch nothing outside `instance` and the given database."""
    wanted: dict[str, Any] = {
        "database_url": database_url,
        "instance": instance,
        "secret_key": "alleen voor de tests, en lang genoeg daarvoor",
        "testing": True,
        "port": port,
        "base_url": f"http://{HOST}:{port}",
    }
    return Settings(**(wanted | changes))


@contextlib.contextmanager
def closing_engines(app: Flask) -> Iterator[Flask]:
    """Close every connection of `app` afterwards; PostgreSQL can't drop a database in use."""
    from cmk_admin.extensions import db

    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def loopback() -> Iterator[socket.socket]:
    """A free port, kept taken, so that an app can know its address before it is served."""
    with socket.create_server((HOST, 0)) as listening:
        yield listening


@pytest.fixture
def settings(tmp_path: Path, database_url: str, loopback: socket.socket) -> Settings:
    """The settings of `app`; a test overrides this fixture to change one."""
    return make_settings(database_url, tmp_path / "instance", loopback.getsockname()[1])


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on a migrated, empty database."""
    from app import create_app

    with closing_engines(create_app(settings)) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def live_server(app: Flask, loopback: socket.socket) -> Iterator[str]:
    """The app served for real, in threads; its address."""
    port = loopback.getsockname()[1]
    server = make_server(HOST, port, app, threaded=True, fd=loopback.fileno())
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://{HOST}:{port}"
    server.shutdown()
    serving.join()
    server.server_close()
