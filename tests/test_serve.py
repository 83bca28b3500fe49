"""`make run` as its user meets it: it starts everything, says where, and leaves nothing running."""

import contextlib
import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from cmk_admin import serve
from tests.support.applications import make_settings
from tests.support.strictness import FULL

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
DEMO: dict[str, str] = {}
PRODUCTION = {"CMK_DEMO": "0", "CMK_SECRET_KEY": "alleen voor de tests, en lang genoeg daarvoor"}


def test_a_web_process_sets_aside_what_the_start_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no request waits for the garbage collector to go through all of it."""
    done: list[str] = []
    monkeypatch.setattr(app, "create_app", lambda: done.append("made"))
    monkeypatch.setattr(gc, "collect", lambda: done.append("collected"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("set aside"))
    app.web()
    assert done == ["made", "collected", "set aside"]


class Portal:
    """A running `make run`, in a process of its own."""

    def __init__(self, instance: Path, port: int, said: Path, **chosen: str) -> None:
        self.port = port
        self.said = said
        # What the developer has set must not reach the portal under test; coverage has to.
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG"} or name.startswith("COVERAGE_")
        }
        with self.said.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cmk_admin.serve"],
                cwd=ROOT,
                env={**kept, "CMK_INSTANCE": str(instance), "PORT": str(port), **chosen},
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while "staat klaar" not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def end(self) -> tuple[int, str]:
        """Its exit code and all that it said."""
        code = self.process.wait(30)
        return code, self.said.read_text()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def descendants(pid: int) -> dict[int, str]:
    """Every process below `pid`, with its command line."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = {}
    todo = [pid]
    while todo:
        for child in parents.get(todo.pop(), []):
            found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            todo.append(child)
    return found


def alive(pids: dict[int, str], seconds: float = 5) -> dict[int, str]:
    """Those that still run. One that was killed stays in the list until its parent looks."""
    deadline = time.monotonic() + seconds
    while True:
        running = {pid: command for pid, command in pids.items() if state(pid) not in {"", "Z"}}
        if not running or time.monotonic() > deadline:
            return running
        time.sleep(0.1)


def state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


@pytest.fixture
def chosen() -> dict[str, str]:
    """What is set for `portal`; without a demo it starts twice as fast."""
    return PRODUCTION


@pytest.fixture
def portal(tmp_path: Path, chosen: dict[str, str]) -> Iterator[Portal]:
    started = Portal(tmp_path / "instance", free_port(), tmp_path / "uit", **chosen)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(30)


@pytest.mark.parametrize(
    ("chosen", "how"),
    [(DEMO, signal.SIGINT), (PRODUCTION, signal.SIGTERM)][: 2 if FULL else 1],
    ids=["demo", "echt"][: 2 if FULL else 1],
)
def test_it_starts_everything_says_where_and_stops_everything(
    portal: Portal, chosen: dict[str, str], how: signal.Signals
) -> None:
    portal.wait_until_ready()
    below = descendants(portal.process.pid)
    assert sum("gunicorn" in command for command in below.values()) == 3
    assert sum("jobs" in command for command in below.values()) == 1
    assert portal.get("/") in {200, 302}
    portal.process.send_signal(how)
    code, said = portal.end()
    assert code == 0
    assert f"http://127.0.0.1:{portal.port}" in said
    assert ("projectleider@demo.example" in said) == (chosen is DEMO)
    assert said.rstrip().endswith("Het portaal is gestopt.")
    assert alive(below) == {}


@pytest.mark.parametrize(
    ("which", "name"), [("jobs", "taakverwerker"), ("gunicorn", "webserver")][: 2 if FULL else 1]
)
def test_when_one_part_ends_the_other_is_stopped(portal: Portal, which: str, name: str) -> None:
    portal.wait_until_ready()
    below = descendants(portal.process.pid)
    first = next(pid for pid, command in sorted(below.items()) if which in command)
    os.kill(first, signal.SIGKILL)
    code, said = portal.end()
    assert code == 1
    assert f"De {name} is gestopt" in said
    assert alive(below) == {}


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = Portal(tmp_path / "instance", port, tmp_path / "uit").end()
    assert code == 1
    assert "al in gebruik" in said
    assert "make run PORT=" in said
    assert len(said.splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bestand").touch()
    code, said = Portal(tmp_path / "bestand" / "instance", free_port(), tmp_path / "uit").end()
    assert code == 1
    assert "kan niet gemaakt worden" in said
    assert len(said.splitlines()) == 1


def test_what_the_app_says_of_its_settings_reaches_the_terminal_as_it_was_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refusing = "from cmk_admin.settings import SettingsError; raise SettingsError('Zet CMK_X.')"
    monkeypatch.setattr(serve, "FLASK", (sys.executable, "-c", refusing))
    with pytest.raises(serve.StartError, match=r"^Zet CMK_X\.$"):
        serve.migrate(make_settings("sqlite://", tmp_path))


def test_a_failed_migration_is_shown_and_nothing_starts(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "cmk.sqlite3").write_text("dit is geen database, al heet het zo")
    code, said = Portal(instance, free_port(), tmp_path / "uit").end()
    assert code == 1
    assert "Het bijwerken van de database is niet gelukt" in said
