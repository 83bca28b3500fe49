"""The demo as the tests of the browser need it: served, put back, and with ways in."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, template_rendered
from playwright.sync_api import Page, StorageState
from sqlalchemy import func, select
from werkzeug.test import run_wsgi_app

from cmk_admin.auth import clock, totp
from cmk_admin.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cmk_admin.demo.loader import laad_demo
from cmk_admin.gate import GateSession, acting_as, system
from models.activiteit import Activiteit
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.project import Project
from models.verantwoording import Verantwoording, Werkwijze
from tests.factories import maak_begrotingspost, maak_project, maak_verantwoording
from tests.support.applications import closing_engines, make_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Opens a page as somebody who is logged in; see the fixture `als`.
As = Callable[..., Page]
E = TypeVar("E", bound=Entiteit)

ACCOUNTS = {account.email.split("@")[0]: account for account in DEMO_ACCOUNTS}
DATABASE = "demo.sqlite3"
TEST = system("test")
#: The cultuurpunt and the project of the demo's projectleider and routebegeleider.
ACHTERHOEK = "Cultuurpunt Achterhoek-Oost"
PROJECT = "CMK Achterhoek-Oost po/go"


def make(template: Path, folder: Path) -> None:
    """Load the demo into a copy of a migrated database, with its files beside it."""
    from app import create_app

    folder.mkdir()
    shutil.copyfile(template, folder / DATABASE)
    settings = make_settings(f"sqlite:///{folder / DATABASE}", folder, demo=True)
    with (
        closing_engines(create_app(settings)) as app,
        app.app_context(),
        acting_as(system("demo")) as session,
    ):
        laad_demo(session, date.today())  # noqa: DTZ011 - the day of whoever looks


@dataclass
class Demo:
    """The app, its address, and the state it is put back to after every test."""

    app: Flask
    address: str
    #: The clock of the log-in stands still, so that a session doesn't end during a long run.
    moment: datetime
    live: sqlite3.Connection
    begin: sqlite3.Connection
    #: Cookies of who logged in before, per account.
    states: dict[str, StorageState] = field(default_factory=dict)
    #: Templates of pages, in the order they were made.
    rendered: list[str] = field(default_factory=list)
    seen: int = 0

    def code(self, account: str) -> str:
        """What the authenticator app of this account shows."""
        return totp.code_at(ACCOUNTS[account].totp_secret, self.moment)

    def keep_sessions(self) -> None:
        """Who is logged in now stays so when the rest is put back."""
        rows = self.live.execute("SELECT * FROM zitting").fetchall()
        marks = ", ".join("?" * len(rows[0]))
        self.begin.executemany(f"INSERT OR IGNORE INTO zitting VALUES ({marks})", rows)
        self.begin.commit()

    def restore(self) -> None:
        """As if nothing had happened."""
        if self._version() != self.seen:
            self.begin.backup(self.live)
            self.seen = self._version()
        self.rendered.clear()

    def _version(self) -> int:
        """SQLite counts what other connections commit."""
        found: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return found

    @contextmanager
    def session(self) -> Iterator[GateSession]:
        """The database, as the portal itself; commit what has to stay."""
        with self.app.app_context(), acting_as(TEST) as session:
            yield session

    def id(self, entity: type[E], **values: Any) -> int:
        """The id of the one row with these values, or of the first of several."""
        with self.session() as session:
            statement = select(entity.id).filter_by(**values).order_by(entity.id)
            found = session.scalars(statement.limit(1)).first()
            assert found is not None, f"geen {entity.__name__} met {values}"
            return found

    def count(self, entity: type[Entiteit], **values: Any) -> int:
        with self.session() as session:
            statement = select(func.count()).select_from(entity).filter_by(**values)
            return session.scalar(statement) or 0

    def verantwoording(self, project: str = PROJECT, jaar: int = 2026) -> int:
        return self.id(
            Verantwoording, project_id=self.id(Project, titel=project), kalenderjaar=jaar
        )

    def activiteit(self, naam: str, project: str = PROJECT, jaar: int = 2026) -> int:
        """An activity of the demo by its name."""
        return self.id(Activiteit, naam=naam, verantwoording_id=self.verantwoording(project, jaar))

    def nieuw_project(self, titel: str) -> int:
        """A project of the projectleider with an empty open year; the id of that year."""
        with self.session() as session:
            partij = session.scalars(select(Contractpartij).filter_by(naam=ACHTERHOEK)).one()
            sector = session.scalars(select(Project).filter_by(titel=PROJECT)).one().sector
            project = maak_project(session, partij, sector, titel=titel)
            jaar = maak_verantwoording(session, project, werkwijze=Werkwijze.B)
            session.commit()
            return jaar.id

    def begroot(self, project: str, *namen: str) -> None:
        """Begrotingsposten of this project, without a CMK-doel, for 2026."""
        with self.session() as session:
            row = session.scalars(select(Project).filter_by(titel=project)).one()
            for naam in namen:
                maak_begrotingspost(session, row, kalenderjaar=2026, naam=naam, doel=None)
            session.commit()


@contextmanager
def served(template: Path, folder: Path, port: int) -> Iterator[Demo]:
    """The app on a copy of the demo; who calls makes the server."""
    from app import create_app

    instance = folder / "instance"
    shutil.copytree(template, instance)
    file = instance / DATABASE
    moment = datetime.now(UTC)
    settings = make_settings(f"sqlite:///{file}", instance, port, demo=True)
    with closing_engines(create_app(settings)) as app:
        clock.install(app, lambda: moment)
        live = sqlite3.connect(file, check_same_thread=False)
        begin = sqlite3.connect(folder / "begin.sqlite3", check_same_thread=False)
        live.backup(begin)
        demo = Demo(app, settings.base_url, moment, live, begin)
        demo.seen = demo._version()

        def note(_app: Flask, template: Any, **_more: Any) -> None:
            demo.rendered.append(template.name or "")

        with template_rendered.connected_to(note, app):
            yield demo
        live.close()
        begin.close()


class Quick:
    """The app, with its static files from memory.

    Each test is a new browser that asks for all of them. And a browser that is closed in the
    middle would leave them open on disk.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith("/static/"):
            return self.app(environ, start)
        if path not in self.known:
            environ.pop("HTTP_IF_NONE_MATCH", None)
            environ.pop("HTTP_IF_MODIFIED_SINCE", None)
            body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
            headers["Cache-Control"] = "max-age=3600"
            self.known[path] = status, list(headers), b"".join(body)
        status, found, content = self.known[path]
        start(status, found)
        return [content]


def log_in(page: Page, account: str, code: str) -> None:
    """Handleiding 1.2: what you made yourself, then the code of the app."""
    page.goto("/inloggen")
    page.get_by_label("E-mailadres").fill(ACCOUNTS[account].email)
    page.get_by_label("Wachtwoord").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.get_by_label("Zescijferige code").fill(code)
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("heading", name="Actieve verantwoordingen").wait_for()
