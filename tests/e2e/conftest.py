"""One server with the demo per worker; each test finds it as it was."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.e2e import demo as demos
from tests.e2e.demo import As, Demo
from tests.support.applications import HOST
from tests.support.databases import turn
from tests.support.strictness import FULL

#: Journeys over hundreds of rows, and one per werkwijze: `make test-all` walks them.
collect_ignore = [] if FULL else ["test_groot_werk.py", "test_werkwijzen.py"]


@pytest.fixture(scope="session")
def demo_folder(sqlite_template: Path, shared_folder: Path) -> Path:
    """The demo with its files, to copy."""
    folder = shared_folder / "e2e"
    with turn(shared_folder / "e2e.lock"):
        if not folder.exists():
            making = shared_folder / "e2e-making"
            demos.make(sqlite_template, making)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """A line per request is of no use to who reads a failure."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def demo_server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, really listening."""
    folder = tmp_path_factory.mktemp("e2e")
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        with demos.served(demo_folder, folder, port) as demo:
            app = demos.Quick(demo.app)
            server = make_server(HOST, port, app, threaded=True, fd=listening.fileno())
            serving = threading.Thread(target=server.serve_forever, daemon=True)
            serving.start()
            yield demo
            server.shutdown()
            serving.join()
            server.server_close()


@pytest.fixture
def demo(demo_server: Demo) -> Iterator[Demo]:
    """The demo as it was loaded."""
    yield demo_server
    demo_server.restore()


@pytest.fixture
def app(demo: Demo) -> Flask:
    return demo.app


@pytest.fixture
def live_server(demo: Demo) -> str:
    return demo.address


@pytest.fixture
def als(demo: Demo, open_page: Callable[..., Page]) -> As:
    """Opens a page as somebody who is logged in: `als("projectleider", viewport=…)`."""

    def open_(account: str, **options: object) -> Page:
        if account not in demo.states:
            page = open_page()
            demos.log_in(page, account, demo.code(account))
            demo.states[account] = page.context.storage_state()
            demo.keep_sessions()
            page.context.close()
        return open_page(storage_state=demo.states[account], **options)

    return open_
