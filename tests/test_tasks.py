"""Large jobs: one outcome whatever happens to the worker, and for their maker only."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cmk_admin import tasks
from cmk_admin.auth import passwords
from cmk_admin.gate import GateSession, Refused, acting_as
from cmk_admin.policy import Verdict
from cmk_admin.settings import Settings
from cmk_admin.tasks import store, worker
from models.base import RegelFout, nu
from models.techniek import Taak, TaakStatus
from tests.auth_support import (
    QUICK,
    TEST,
    Clock,
    Person,
    add_person,
    change_person,
    log_in,
    still_clock,
)

TELLEN = "tellen"


def count(run: tasks.Run, session: GateSession) -> tasks.Outcome:
    """Writes as many lines as asked, with the name of who asked."""
    run.total = run.arguments["regels"]
    with run.file.open("w") as file:
        for number in range(run.total):
            file.write(f"{session.actor.naam} {number}\n")
            run.advance()
    return tasks.Outcome("Geteld.", url="/rapportages", file="telling.txt")


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    tasks.register(app, TELLEN, count)
    return app


@pytest.fixture
def clock(app: Flask) -> Clock:
    return still_clock(app)


@pytest.fixture
def person(app: Flask) -> Person:
    return add_person(app)


@pytest.fixture
def waiting(app: Flask) -> Flask:
    """The queue is away: what is asked waits for `run_waiting`."""

    def away() -> None:
        raise ConnectionError("weg")

    app.extensions["cmk_run_tasks"] = away
    return app


def ask(app: Flask, person: Person, lines: int = 3) -> int:
    with app.app_context():
        return tasks.start(person.id, TELLEN, "Tot drie tellen", {"regels": lines})


def row_of(app: Flask, number: int) -> Taak:
    with app.app_context(), acting_as(TEST) as session:
        row = session.get_one(Taak, number)
        session.expunge(row)
        return row


def files(app: Flask) -> list[Path]:
    with app.app_context():
        return sorted(store.folder().iterdir())


# --- what comes of it -------------------------------------------------------------------


@pytest.mark.beide
def test_a_job_is_done_as_its_maker_and_leaves_one_file(app: Flask, person: Person) -> None:
    row = row_of(app, ask(app, person))
    assert (row.status, row.uitkomst, row.adres) == (TaakStatus.KLAAR, "Geteld.", "/rapportages")
    assert (row.gedaan, row.totaal, row.bestand, row.pogingen) == (3, 3, "telling.txt", 1)
    [file] = files(app)
    assert file.read_text().splitlines()[2] == "Piet Pietersen 2"
    assert row.bestand_grootte == file.stat().st_size
    assert row.verloopt_op is not None
    assert timedelta(days=6) < row.verloopt_op - nu() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (RegelFout("Dit kan zo niet."), "Dit kan zo niet."),
        (Refused(Verdict(False, "Dat mag je niet.")), "Dat mag je niet."),
        (ZeroDivisionError("geheim"), worker.FAILED),
    ],
)
def test_a_fault_becomes_a_sentence(
    app: Flask, person: Person, fault: Exception, said: str
) -> None:
    def fails(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.file.write_text("half")
        raise fault

    tasks.register(app, TELLEN, fails)
    row = row_of(app, ask(app, person))
    assert (row.status, row.uitkomst, row.bestand) == (TaakStatus.MISLUKT, said, None)
    assert row.verloopt_op is not None
    assert files(app) == []


def test_a_job_nobody_can_do_fails(waiting: Flask, person: Person) -> None:
    number = ask(waiting, person)
    waiting.extensions["cmk_tasks"].clear()
    with waiting.app_context():
        tasks.run_waiting()
    assert row_of(waiting, number).status is TaakStatus.MISLUKT


def test_who_can_no_longer_log_in_gets_nothing(waiting: Flask, person: Person) -> None:
    number = ask(waiting, person)
    change_person(waiting, person, actief=False)
    with waiting.app_context():
        tasks.run_waiting()
    assert row_of(waiting, number).uitkomst == worker.NO_ACCOUNT
    assert files(waiting) == []


# --- asked twice ------------------------------------------------------------------------


def test_the_same_asked_again_is_the_first_while_it_is_under_way(
    waiting: Flask, person: Person
) -> None:
    first = ask(waiting, person)
    assert ask(waiting, person) == first
    assert ask(waiting, person, 4) != first
    with waiting.app_context():
        tasks.run_waiting()
    assert ask(waiting, person) != first


def test_nobody_puts_everything_in_line(waiting: Flask, person: Person) -> None:
    for lines in range(store.MOST):
        ask(waiting, person, lines)
    with pytest.raises(RegelFout, match="Er lopen al 10 taken van je"):
        ask(waiting, person, store.MOST)
    ask(waiting, add_person(waiting, email="ander@test.example"))


# --- a worker that dies, or seems to --------------------------------------------------------


def claim(app: Flask, number: int) -> tuple[Taak, tasks.Run]:
    with app.app_context():
        found = worker._claim(number)
    assert found is not None
    return found


def silent_since(app: Flask, number: int, seconds: float) -> None:
    app.extensions["huey"].put(store._key(number), (1, 3, time.time() - seconds))


def test_what_another_worker_is_doing_is_left_alone(waiting: Flask, person: Person) -> None:
    number = ask(waiting, person)
    claim(waiting, number)
    with waiting.app_context():
        tasks.run_waiting()
    assert row_of(waiting, number).status is TaakStatus.BEZIG


def test_what_another_worker_did_meanwhile_is_not_begun(waiting: Flask, person: Person) -> None:
    """Two wait; while the first is done, another worker begins the second."""
    taken: list[int] = []

    def slow(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        claim(waiting, taken[0])
        return tasks.Outcome("Klaar.")

    tasks.register(waiting, "traag", slow)
    with waiting.app_context():
        first = tasks.start(person.id, "traag", "Traag", {})
        taken.append(tasks.start(person.id, TELLEN, "Tellen", {"regels": 1}))
        tasks.run_waiting()
    assert row_of(waiting, first).status is TaakStatus.KLAAR
    second = row_of(waiting, taken[0])
    assert (second.status, second.pogingen) == (TaakStatus.BEZIG, 1)


@pytest.mark.beide
def test_of_two_workers_on_one_job_one_has_a_result(waiting: Flask, person: Person) -> None:
    """The first was silent for long, and taken for dead; then it finishes after all."""
    number = ask(waiting, person)
    row, run = claim(waiting, number)
    silent_since(waiting, number, worker.SILENT + 1)
    with waiting.app_context():
        tasks.run_waiting()
        [file] = files(waiting)
        run.file.write_text("te laat")
        assert not worker._finish(row, run, TaakStatus.KLAAR, tasks.Outcome("x", file="x.txt"))
    done = row_of(waiting, number)
    assert (done.pogingen, done.uitkomst, done.bestand_sleutel) == (2, "Geteld.", file.name)


def test_what_an_earlier_try_left_goes(waiting: Flask, person: Person) -> None:
    number = ask(waiting, person)
    _, run = claim(waiting, number)
    run.file.write_text("half")
    silent_since(waiting, number, worker.SILENT + 1)
    with waiting.app_context():
        tasks.run_waiting()
    [file] = files(waiting)
    assert file.name == row_of(waiting, number).bestand_sleutel != run.file.name


def test_a_job_that_takes_its_worker_along_is_given_up(waiting: Flask, person: Person) -> None:
    number = ask(waiting, person)
    for _ in range(worker.MAX_ATTEMPTS):
        claim(waiting, number)
        silent_since(waiting, number, worker.SILENT + 1)
    with waiting.app_context():
        tasks.run_waiting()
    row = row_of(waiting, number)
    assert (row.status, row.uitkomst) == (TaakStatus.MISLUKT, worker.GIVEN_UP)


KILLED = """
import sys, time
from pathlib import Path
from app import create_app
from cmk_admin import tasks
from tests.support.applications import make_settings

app = create_app(make_settings({url!r}, Path({instance!r}), testing=False))

def slow(run, session):
    run.total = 3
    with run.file.open("w") as file:
        for number in range(3):
            file.write(f"{{number}}\\n")
            file.flush()
            run.advance()
            print("regel", flush=True)
            time.sleep({pause})
    return tasks.Outcome("Geteld.", file="telling.txt")

tasks.register(app, "tellen", slow)
with app.app_context():
    tasks.run_waiting()
"""


def test_a_job_killed_midway_yields_one_file_after_all(
    settings: Settings, waiting: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker of its own process is killed without a word; the next one does it again."""
    number = ask(waiting, person)
    script = KILLED.format(url=settings.database_url, instance=str(settings.instance), pause=60)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"regel\n"
        os.kill(process.pid, signal.SIGKILL)
    assert row_of(waiting, number).status is TaakStatus.BEZIG
    [half] = files(waiting)
    assert half.read_text() == "0\n"
    monkeypatch.setattr(worker, "SILENT", -1.0)
    with waiting.app_context():
        tasks.run_waiting()
        tasks.run_waiting()
    row = row_of(waiting, number)
    assert (row.status, row.pogingen, row.gedaan) == (TaakStatus.KLAAR, 2, 3)
    [file] = files(waiting)
    assert file.name == row.bestand_sleutel != half.name
    assert len(file.read_text().splitlines()) == 3


# --- how far it is ---------------------------------------------------------------------


def test_progress_is_told_while_it_runs(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another thread: the work itself only counts."""
    monkeypatch.setattr(worker, "BEAT", 0.01)
    seen: list[tuple[int, int | None, int | None]] = []

    def slow(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.total = 8
        run.advance(2)
        number = int(run.key.removeprefix("taak "))
        deadline = time.monotonic() + 5
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)
            progress = tasks.progress_of(row_of(app, number))
            if progress.done:
                seen.append((progress.done, progress.total, progress.percent))
        return tasks.Outcome("Klaar.")

    tasks.register(app, TELLEN, slow)
    number = ask(app, person)
    assert seen == [(2, 8, 25)]
    with app.app_context():
        assert app.extensions["huey"].get(store._key(number), peek=True) is None


def test_a_long_silence_of_the_work_itself_is_no_silence(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a long query: somebody else says that it is alive."""
    monkeypatch.setattr(worker, "BEAT", 0.01)
    heard: list[float] = []

    def long_query(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        time.sleep(0.3)
        heard.append(store.silence(int(run.key.removeprefix("taak "))))
        return tasks.Outcome("Klaar.")

    tasks.register(app, TELLEN, long_query)
    ask(app, person)
    assert heard[0] < 0.2


# --- kept for a week ---------------------------------------------------------------------


def test_what_expired_goes_with_its_file(app: Flask, person: Person) -> None:
    old, new = ask(app, person), ask(app, person, 4)
    kept = row_of(app, new).bestand_sleutel
    with app.app_context():
        stray = store.folder() / f"{new}-zwerver"
        stray.write_text("x")
        tasks.sweep(nu())
        assert len(files(app)) == 3
        os.utime(stray, (0, 0))
        with acting_as(TEST) as session, session.own_work():
            session.get_one(Taak, old).verloopt_op = nu() - timedelta(seconds=1)
            session.commit()
        tasks.sweep(nu())
        with acting_as(TEST) as session:
            assert session.scalars(select(Taak.id)).all() == [new]
    assert [file.name for file in files(app)] == [kept]


# --- on screen -------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask, person: Person, clock: Clock) -> FlaskClient:
    client = app.test_client()
    log_in(client, person, clock.moment)
    return client


def test_mijn_downloads_says_what_there_is(app: Flask, client: FlaskClient, person: Person) -> None:
    assert "Nog geen downloads" in client.get("/mijn-downloads").text
    number = ask(app, person)
    page = client.get("/mijn-downloads").text
    assert "Tot drie tellen" in page
    assert f'href="/mijn-downloads/{number}/bestand"' in page
    one = client.get(f"/mijn-downloads/{number}").text
    assert "Geteld." in one
    assert 'href="/rapportages"' in one
    response = client.get(f"/mijn-downloads/{number}/bestand")
    assert response.headers["Content-Disposition"] == "attachment; filename=telling.txt"
    assert len(response.data.splitlines()) == 3


def test_while_it_runs_the_page_says_how_far_it_is(
    waiting: Flask, client: FlaskClient, person: Person
) -> None:
    number = ask(waiting, person)
    row, _ = claim(waiting, number)
    store.tell(waiting.extensions["huey"], row.id, 1, 4)
    page = client.get(f"/mijn-downloads/{number}").text
    assert "1 van 4 regels gedaan." in page
    assert re.search(r'<a class="button" href="">Vernieuwen</a>', page)
    told = json.loads(client.get(f"/mijn-downloads/{number}/voortgang").data)
    assert told == {"bezig": True, "procent": 25, "tekst": "1 van 4 regels gedaan."}
    assert client.get(f"/mijn-downloads/{number}/bestand").status_code == 404


@pytest.mark.parametrize("page", ["", "/voortgang", "/bestand"])
def test_another_person_finds_nothing(app: Flask, clock: Clock, page: str) -> None:
    """Not even a beheerder, who sees in Beheer that the job was there."""
    maker = add_person(app)
    number = ask(app, maker)
    other = add_person(app, email="ander@test.example", cultuur_oost_rol="beheerder")
    client = app.test_client()
    log_in(client, other, clock.moment)
    assert client.get(f"/mijn-downloads/{number}{page}").status_code == 404
    assert "Tot drie tellen" not in client.get("/mijn-downloads").text
    assert app.test_client().get(f"/mijn-downloads/{number}{page}").status_code == 302
