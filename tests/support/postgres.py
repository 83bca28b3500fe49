"""A PostgreSQL server of our own, thrown away afterwards.

The server lives in a new folder under /tmp and listens on a socket in that
folder only: no port to collide on, nothing to reach from outside, and whatever
PostgreSQL the machine runs is left alone.

A separate process keeps it (`python -m tests.support.postgres FOLDER`). It
starts the server when someone first asks, and stops it and removes the folder
as soon as its standard input closes, which also happens when the test run is
killed. So nothing is left behind, whatever happens to us, and a run that never
touches PostgreSQL never pays for it.
"""

import contextlib
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from tests.support import parts

# Short, because a socket's path has room for some hundred characters, and open
# to the unprivileged user that the server runs as, which $TMPDIR may not be.
ROOM = "/tmp"
OWNER = "cmk"
START_SECONDS = 60
STOP_SECONDS = 15
INITDB = ("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
# Durability is not what these tests are about; speed is.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # A vacuum in a template database would hold up every copy of it.
    "autovacuum": "off",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Cluster:
    """A running server. Cheap to hand to another process: the folder says it all."""

    folder: Path

    def url(self, dbname: str) -> str:
        url = URL.create("postgresql+psycopg", username=OWNER, database=dbname)
        # `host` as a query: a folder for a host doesn't fit in front of the slash.
        return url.update_query_dict({"host": str(self.folder)}).render_as_string()

    def create(self, dbname: str, template: str | None = None) -> str:
        """A new database, empty or a copy of `template`; its url."""
        source = sql.Identifier(template or "template0")
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(dbname), source))
        return self.url(dbname)

    def drop(self, dbname: str) -> None:
        """Gone, also when somebody is still connected to it."""
        name = sql.Identifier(dbname)
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


# --- asking -------------------------------------------------------------------


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A server for as long as the block lasts."""
    with keeper() as folder:
        yield ask(folder)


@contextlib.contextmanager
def keeper() -> Iterator[Path]:
    """A folder in which `ask` finds a server, from any process, while the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="cmk-pg-", dir=ROOM))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.postgres", str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the tests; the keeper sees its input close
    )
    try:
        yield folder
    finally:
        # A word before closing: a fork of ours may hold the pipe open.
        process.communicate(b"stop")


def ask(folder: Path) -> Cluster:
    """The server of the keeper in `folder`; the first to ask waits for its start."""
    (folder / "wanted").touch()
    deadline = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        failed = folder / "failed"
        if failed.exists():
            raise RuntimeError(f"PostgreSQL start niet:\n{failed.read_text()}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL is na {START_SECONDS} seconden nog niet gestart.")
        time.sleep(0.05)
    return Cluster(folder)


# --- keeping ------------------------------------------------------------------


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: arguments that make a child someone else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise RuntimeError("Als root is een gebruiker postgres of nobody nodig.")


def start(folder: Path) -> subprocess.Popen[str]:
    """Make a database cluster in `folder` and start its server."""
    programs = parts.required(parts.postgres_bin(), "postgresql")
    someone = unprivileged()
    if someone:
        os.chown(folder, someone["user"], someone["group"])
    data = folder / "data"
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", OWNER, "--auth=trust", *INITDB],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        **someone,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            **someone,
        )


def wait_until_up(folder: Path, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return


def stop(server: subprocess.Popen[str]) -> None:
    server.send_signal(signal.SIGINT)  # "fast": don't wait for those still connected
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)  # "immediate"
        server.wait()


def asked_to_stop(seconds: float | None) -> bool:
    """Whether standard input closed or spoke; waits that long to see, None is for ever."""
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def keep(folder: Path) -> None:
    """Start when wanted, stop when our standard input closes, leave nothing."""
    server = None
    try:
        while not asked_to_stop(0.05):
            if server or not (folder / "wanted").exists():
                continue
            try:
                server = start(folder)
                wait_until_up(folder, server)
            except (RuntimeError, OSError) as error:
                (folder / "failed").write_text(str(error))
                asked_to_stop(None)
                break
            (folder / "ready").touch()
    finally:
        if server:
            stop(server)
        shutil.rmtree(folder)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
