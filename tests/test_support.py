"""The tests' own ground: it leaves nothing behind and says plainly what is missing."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import parts, postgres, strictness
from tests.support.browser import Watch

ROOT = Path(__file__).parent.parent
NO_SCRIPT = """<meta http-equiv="Content-Security-Policy" content="script-src 'none'">"""


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """A machine without any part; the commands that somebody tries on it."""
    tried: list[list[str]] = []
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(parts, "POSTGRES_HOMES", tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: tried.append(command))
    return tried


def test_parts_are_here_because_the_suite_runs() -> None:
    assert parts.missing() == []
    assert parts.main() == 0


def test_root_installs_what_is_missing(
    nothing_installed: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert parts.main() == 1
    assert [command[:2] for command in nothing_installed] == [
        ["apt-get", "update"],
        ["apt-get", "install"],
    ]
    assert nothing_installed[1][-4:] == [
        "chromium-headless-shell",
        "postgresql",
        "oathtool",
        "libreoffice-calc-nogui",
    ]
    # The fake apt installed nothing, so it still has to be said.
    packages = "chromium-headless-shell postgresql oathtool libreoffice-calc-nogui"
    assert f"apt-get install -y {packages}" in capsys.readouterr().err


@pytest.mark.usefixtures("nothing_installed")
def test_anyone_else_gets_one_line_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert parts.main() == 1
    typed = capsys.readouterr().err.splitlines()[-1].strip()
    packages = "chromium-headless-shell postgresql oathtool libreoffice-calc-nogui"
    assert typed == f'sudo sh -c "apt-get update && apt-get install -y {packages}"'


@pytest.mark.usefixtures("nothing_installed")
def test_a_missing_part_fails_a_single_test_with_the_line_to_type() -> None:
    with pytest.raises(parts.PartMissingError, match="apt-get install -y postgresql"):
        parts.required(parts.postgres_bin(), "postgresql")


def test_postgres_outside_debian_is_found_in_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(parts, "POSTGRES_HOMES", tmp_path)
    monkeypatch.setattr(shutil, "which", {"initdb": str(tmp_path / "initdb")}.get)
    assert parts.postgres_bin() == tmp_path


def test_the_server_of_a_killed_run_goes_too() -> None:
    """The run is ended as hard as can be; its server and folder go all the same."""
    script = (
        "import time; from tests.support.postgres import cluster\n"
        "with cluster() as c: print(c.folder, flush=True); time.sleep(600)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    folder = Path(run.stdout.readline().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert eventually(lambda: not folder.exists())
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_a_server_that_does_not_start_says_why() -> None:
    with postgres.keeper() as folder:
        (folder / "data").mkdir()
        (folder / "data" / "vol").touch()
        with pytest.raises(RuntimeError, match="not empty"):
            postgres.ask(folder)


def eventually(answer: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not answer() and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer()


def test_a_skipped_test_fails() -> None:
    report = pytest.TestReport("t", ("t.py", 1, "t"), {}, "skipped", "geen browser", "call")
    making = strictness.pytest_runtest_makereport()
    next(making)
    with pytest.raises(StopIteration) as made:
        making.send(report)
    assert made.value.value.failed
    assert "geen browser" in report.longreprtext


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("<script>console.error('au')</script>", "console: au"),
        ("<script>throw new Error('stuk')</script>", "script: .*stuk"),
        ("<img src='http://elders.example/x.png'>", "elders: http://elders.example"),
        ("<img src='/bestaat-niet.png'>", "antwoord: 404 .*bestaat-niet"),
        (f"{NO_SCRIPT}<script>1</script>", "Content Security Policy"),
    ],
)
def test_a_page_fails_its_test_on_what_the_browser_complains_about(
    page: Page, watch: Watch, live_server: str, content: str, complaint: str
) -> None:
    address = f"{live_server}/hier"
    page.route(address, lambda route: route.fulfill(body=content, content_type="text/html"))
    watch.allow("favicon")
    page.goto(address)
    assert eventually(lambda: bool(seen(page, watch, complaint)))
    watch.allow("")  # everything, or this test would fail as it should


def seen(page: Page, watch: Watch, complaint: str) -> list[str]:
    page.wait_for_timeout(50)  # Playwright hears events only while it is being called
    return [each for each in watch.unexpected() if re.search(complaint, each)]
