"""`make run`: bring everything up to date, start everything, and stop everything.

Two children: gunicorn with the web processes, and the job worker. Each has a
process group of its own, so that Ctrl-C reaches only us and we end them in order,
with whatever they started themselves. When one of them ends by itself the other
is stopped too: half a portal is worse than none.
"""

import contextlib
import ctypes
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from cmk_admin.settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "app")
# How a refusal of the settings ends the traceback of a command.
REFUSED = f"{SettingsError.__module__}.{SettingsError.__qualname__}: "
STOP_SECONDS = 10
START_SECONDS = 60
# "Tell me when my parent dies", in linux/prctl.h.
PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """The portal can't start or go on; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Child:
    """A process that has to keep running, and what to call it."""

    name: str
    process: subprocess.Popen[bytes]

    def check(self) -> None:
        code = self.process.poll()
        if code is not None:
            raise StartError(
                f"{self.name} is gestopt (code {code}); het portaal is daarom helemaal gestopt."
                " De reden staat hierboven."
            )

    def kill_group(self) -> None:
        """End what is left of it, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def main() -> int:
    try:
        settings = read_settings()
        with stoppable(), listen(settings) as listening:
            migrate(settings)
            if settings.demo:
                load_demo(settings)
            with children(settings, listening) as running:
                wait_until_up(settings, running)
                welcome(settings)
                watch(running)
    except KeyboardInterrupt:
        say("\nHet portaal is gestopt.")
        return 0
    except (StartError, SettingsError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1


def say(text: str) -> None:
    print(text, flush=True)


def read_settings() -> Settings:
    """The settings, with the folder that they name."""
    try:
        settings = Settings.from_env()
        settings.instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"De gegevensmap {error.filename} kan niet gemaakt worden ({error.strerror})."
            " Een andere map kiezen: make run CMK_INSTANCE=/pad/naar/map"
        ) from None
    return settings


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Stop as Ctrl-C does when the terminal closes or somebody ends us; once."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def listen(settings: Settings) -> Iterator[socket.socket]:
    """Take the port before anything else: it tells at once when it is in use.

    The web server gets this very socket, so nobody can come in between.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = (
            "al in gebruik; draait het portaal al?" if taken else f"niet te gebruiken: {error}."
        )
        raise StartError(
            f"Poort {settings.port} op {settings.host} is {reason}"
            " Een andere poort kiezen: make run PORT=8080"
        ) from None
    with listening:
        yield listening


def environment(settings: Settings) -> dict[str, str]:
    """For the children, who run in the folder of the code: the same data, wherever we are."""
    return {**os.environ, "CMK_INSTANCE": str(settings.instance), "PYTHONUNBUFFERED": "1"}


def command(settings: Settings, task: str, *arguments: str) -> None:
    """Run a command of the app to its end. Its noise shows only if it failed.

    An app that refuses its settings has said in one sentence what to do; the
    traceback around that sentence is of no use at a terminal.
    """
    done = subprocess.run(
        [*FLASK, *arguments],
        cwd=ROOT,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        if last.startswith(REFUSED):
            raise StartError(last.removeprefix(REFUSED))
        sys.stderr.write(done.stderr)
        raise StartError(f"{task} is niet gelukt; de reden staat hierboven.")


def migrate(settings: Settings) -> None:
    say("Database bijwerken …")
    command(settings, "Het bijwerken van de database", "db", "upgrade")


def load_demo(settings: Settings) -> None:
    """Demo data, on the first start only."""
    say("Demogegevens nakijken …")
    command(settings, "Het laden van de demogegevens", "demo", "--if-empty")


def die_with_parent() -> None:
    """In the child, between fork and exec: leave nothing behind even when we are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(settings: Settings, name: str, argv: Sequence[str], *sockets: socket.socket) -> Child:
    process = subprocess.Popen(
        argv,
        cwd=ROOT,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[each.fileno() for each in sockets],
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    return Child(name, process)


def web_server(listening: socket.socket) -> list[str]:
    """gunicorn, with threads: browsers open connections in advance that would block a process."""
    return [
        *(sys.executable, "-m", "gunicorn", "app:web()"),
        *("--bind", f"fd://{listening.fileno()}"),
        *("--workers", "2", "--worker-class", "gthread", "--threads", "4"),
        *("--graceful-timeout", str(STOP_SECONDS - 2)),
        *("--log-level", "warning"),
        "--no-control-socket",
    ]


@contextlib.contextmanager
def children(settings: Settings, listening: socket.socket) -> Iterator[list[Child]]:
    """The web server and the job worker, for as long as the block lasts."""
    running: list[Child] = []
    try:
        running.append(spawn(settings, "De webserver", web_server(listening), listening))
        running.append(spawn(settings, "De taakverwerker", [*FLASK, "jobs"]))
        yield running
    finally:
        stop(running)


def stop(running: list[Child]) -> None:
    """Ask all, then wait, then insist; no process of ours stays."""
    for child in running:
        child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        child.kill_group()


def wait_until_up(settings: Settings, running: list[Child]) -> None:
    """Until the app answers, whatever it answers: an address is printed only when it works."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for child in running:
            child.check()
        if answers(settings.host, settings.port):
            return
        time.sleep(0.1)
    raise StartError(f"De webserver antwoordt na {START_SECONDS} seconden nog niet.")


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=1)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True


def welcome(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    accounts = demo_accounts() if settings.demo else ""
    say(
        f"\nCMK Portaal staat klaar op http://{host}:{settings.port}\n"
        f"De gegevens staan in {settings.instance}. Stoppen: Ctrl-C.\n{accounts}"
    )


def demo_accounts() -> str:
    """Whom to log in as. The codes change every half minute, so the log-in page has those."""
    from cmk_admin.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    width = max(len(account.email) for account in DEMO_ACCOUNTS)
    lines = [f"  {account.email:{width}}  {account.rol}" for account in DEMO_ACCOUNTS]
    first = f"\nInloggen met wachtwoord {DEMO_PASSWORD}; de code staat op de inlogpagina."
    return "\n".join([first, *lines, ""])


def watch(running: list[Child]) -> NoReturn:
    """Return only by an exception: a child that ended, or Ctrl-C."""
    while True:
        for child in running:
            child.check()
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
