"""Stopping a large job and trying it again: one outcome, whoever is first, and no half file."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from cmk_admin import tasks
from cmk_admin.auth import passwords
from cmk_admin.gate import GateSession, acting_as, once
from cmk_admin.tasks import store, worker
from models.base import RegelFout
from models.techniek import GESTOPT, Taak, TaakStatus
from tests.auth_support import (
    QUICK,
    TEST,
    Clock,
    Person,
    add_person,
    log_in,
    still_clock,
    token,
)

KIND = "proef"
Work = Callable[[tasks.Run, GateSession], tasks.Outcome]


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The queue is away: what is asked waits for `do`."""

    def away() -> None:
        raise ConnectionError("weg")

    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(worker, "BEAT", 0.01)
    app.extensions["cmk_run_tasks"] = away
    return app


@pytest.fixture
def clock(app: Flask) -> Clock:
    return still_clock(app)


@pytest.fixture
def person(app: Flask) -> Person:
    return add_person(app)


@pytest.fixture
def client(app: Flask, person: Person, clock: Clock) -> FlaskClient:
    client = app.test_client()
    log_in(client, person, clock.moment)
    return client


def ask(app: Flask, person: Person, lines: int = 3) -> int:
    with app.app_context():
        return tasks.start(person.id, KIND, "Een groot bestand", {"regels": lines})


def do(app: Flask, work: Work) -> None:
    tasks.register(app, KIND, work)
    with app.app_context():
        tasks.run_waiting()


def row_of(app: Flask, number: int) -> Taak:
    with app.app_context(), acting_as(TEST) as session:
        row = session.get_one(Taak, number)
        session.expunge(row)
        return row


def files(app: Flask) -> list[Path]:
    with app.app_context():
        return sorted(store.folder().iterdir())


def stop(app: Flask, person: Person, number: int) -> bool:
    """By somebody in another request."""
    said: list[bool] = []

    def go() -> None:
        with app.app_context():
            said.append(tasks.stop(person.id, number))

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    return said[0]


def writes(run: tasks.Run, session: GateSession) -> tasks.Outcome:
    """A file at once."""
    run.file.write_text("alles")
    run.advance()
    return tasks.Outcome("Klaar.", file="alles.txt")


def fails(run: tasks.Run, session: GateSession) -> tasks.Outcome:
    run.file.write_text("half")
    raise RegelFout("Dit kan nu niet.")


# --- stopping ---------------------------------------------------------------------------


@pytest.mark.beide
def test_a_job_that_waits_is_not_begun(app: Flask, person: Person) -> None:
    number = ask(app, person)
    assert stop(app, person, number)
    assert not stop(app, person, number)
    do(app, writes)
    row = row_of(app, number)
    assert (row.status, row.uitkomst, row.pogingen) == (TaakStatus.MISLUKT, GESTOPT, 0)
    assert row.verloopt_op is not None
    assert files(app) == []


@pytest.mark.beide
def test_its_worker_notices_and_leaves_no_half_file(app: Flask, person: Person) -> None:
    number = ask(app, person)
    done: list[int] = []

    def endless(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.file.write_text("half")
        assert stop(app, person, number)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            done.append(run.done)
            run.advance()
            time.sleep(0.01)
        return tasks.Outcome("Klaar.", file="alles.txt")

    do(app, endless)
    row = row_of(app, number)
    assert done
    assert run_out(row) == (TaakStatus.MISLUKT, GESTOPT, None)
    assert files(app) == []


def run_out(row: Taak) -> tuple[TaakStatus, str | None, str | None]:
    return row.status, row.uitkomst, row.bestand


@pytest.mark.beide
@pytest.mark.parametrize(
    ("file", "outcome"),
    [("alles.txt", (TaakStatus.MISLUKT, GESTOPT, None)), ("", (TaakStatus.KLAAR, "Klaar.", None))],
)
def test_a_stop_that_races_the_end(
    app: Flask, person: Person, file: str, outcome: tuple[TaakStatus, str, None]
) -> None:
    """Of a file nothing stays. Rows that were changed are changed: then it says so."""
    number = ask(app, person)

    def ends(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.file.write_text("alles")
        assert stop(app, person, number)
        return tasks.Outcome("Klaar.", file=file)

    do(app, ends)
    assert run_out(row_of(app, number)) == outcome
    assert files(app) == []


def test_a_beat_that_comes_late_leaves_nothing_behind(app: Flask, person: Person) -> None:
    """After who stopped it had forgotten how far it was."""
    number = ask(app, person)
    queue = app.extensions["huey"]

    def beats(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.file.write_text("alles")
        assert stop(app, person, number)
        store.tell(queue, number, 3, None)
        return tasks.Outcome("Klaar.", file="alles.txt")

    do(app, beats)
    assert queue.get(f"taak {number}", peek=True) is None


def test_what_ended_is_not_stopped(app: Flask, person: Person) -> None:
    number = ask(app, person)
    do(app, writes)
    assert not stop(app, person, number)
    assert run_out(row_of(app, number)) == (TaakStatus.KLAAR, "Klaar.", "alles.txt")
    assert len(files(app)) == 1


@pytest.mark.beide
def test_what_has_the_writers_place_gives_it_up(app: Flask, person: Person) -> None:
    """On SQLite the row of the job can't be changed before that; nothing of it is saved."""
    number = ask(app, person)
    said: list[bool] = []
    asking = threading.Thread(target=lambda: said.append(stop(app, person, number)))

    def changes(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        def work() -> str:
            asking.start()
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                run.advance(0)
                time.sleep(0.01)
            return "/"

        return tasks.Outcome("Klaar.", url=once(session, run.key, work))

    do(app, changes)
    asking.join()
    assert said == [True]
    assert run_out(row_of(app, number)) == (TaakStatus.MISLUKT, GESTOPT, None)
    queue = app.extensions["huey"]
    assert [queue.get(f"{key} {number}", peek=True) for key in ("taak", "stop")] == [None, None]


def until_it_notices(run: tasks.Run) -> None:
    deadline = time.monotonic() + 10
    while not run.stopped:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_stopped_says_nothing_more(app: Flask, person: Person) -> None:
    """Nothing of it stays in the queue, and the next try is the only one that tells."""
    number, queue = ask(app, person), app.extensions["huey"]
    heard: list[float] = []

    def goes_on(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        time.sleep(0.05)
        heard.append(store.silence(number))
        assert stop(app, person, number)
        until_it_notices(run)
        heard.append(store.silence(number))
        store.tell(queue, number, 42, 99)
        time.sleep(0.1)
        heard.append(queue.get(f"taak {number}", peek=True)[0])
        return tasks.Outcome("Klaar.")

    do(app, goes_on)
    first, *rest = heard
    assert first < worker.SILENT
    assert rest == [float("inf"), 42]


def test_a_database_that_is_away_does_not_silence_it(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(app, person)
    seen: list[int] = []

    def away(_number: int) -> int:
        raise ConnectionError("weg")

    def counts(run: tasks.Run, session: GateSession) -> tasks.Outcome:
        run.advance(3)
        deadline = time.monotonic() + 2
        while seen[-1:] != [3] and time.monotonic() < deadline:
            time.sleep(0.01)
            seen.append(app.extensions["huey"].get(f"taak {number}", peek=True)[0])
        return tasks.Outcome("Klaar.")

    monkeypatch.setattr(store, "version_of", away)
    do(app, counts)
    assert seen[-1] == 3
    assert run_out(row_of(app, number)) == (TaakStatus.KLAAR, "Klaar.", None)


# --- once more --------------------------------------------------------------------------


@pytest.mark.beide
def test_what_failed_is_tried_again(app: Flask, person: Person) -> None:
    """In its own row, with three tries as at first; asked twice is once."""
    number = ask(app, person)
    do(app, fails)
    assert run_out(row_of(app, number)) == (TaakStatus.MISLUKT, "Dit kan nu niet.", None)
    with app.app_context():
        assert tasks.again(person.id, number)
        assert not tasks.again(person.id, number)
    row = row_of(app, number)
    assert (row.status, row.pogingen, row.uitkomst, row.verloopt_op) == (
        TaakStatus.WACHT, 0, None, None
    )  # fmt: skip
    do(app, writes)
    assert run_out(row_of(app, number)) == (TaakStatus.KLAAR, "Klaar.", "alles.txt")
    with app.app_context():
        assert not tasks.again(person.id, number)
    assert len(files(app)) == 1


def test_the_same_under_way_and_a_full_line(app: Flask, person: Person) -> None:
    failed = ask(app, person)
    do(app, fails)
    ask(app, person)
    with app.app_context():
        assert not tasks.again(person.id, failed)
    other = ask(app, person, 99)
    with app.app_context():
        assert tasks.stop(person.id, other)
    for lines in range(4, 3 + store.MOST):
        ask(app, person, lines)
    with app.app_context(), pytest.raises(RegelFout, match="Er lopen al 10 taken"):
        tasks.again(person.id, other)


# --- on screen ----------------------------------------------------------------------------


def test_stopping_and_trying_again_on_screen(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    """Each button is a form with a token; a second click says what there is."""
    number = ask(app, person)
    here = f"/mijn-downloads/{number}"
    assert "Stoppen" in client.get("/mijn-downloads").text
    assert client.post(f"{here}/stoppen").status_code == 400
    assert row_of(app, number).loopt
    key = token(client, here)
    for _ in range(2):
        answer = client.post(f"{here}/stoppen", data={"csrf_token": key})
        assert (answer.status_code, answer.location) == (303, here)
    page = client.get(here).text
    assert GESTOPT in page
    assert "Gestopt" in page
    assert "Opnieuw proberen" in page
    assert client.get(f"{here}/opnieuw").status_code == 405
    for _ in range(2):
        assert client.post(f"{here}/opnieuw", data={"csrf_token": key}).status_code == 303
    assert row_of(app, number).status is TaakStatus.WACHT
    assert "Stoppen" in client.get(here).text
    do(app, writes)
    page = client.get(here).text
    assert "Opnieuw proberen" not in page
    assert "Stoppen" not in page
    client.post(f"{here}/stoppen", data={"csrf_token": key})
    assert "Dit was al klaar." in client.get(here).text


def test_what_cannot_be_written_now_is_told_and_said(
    app: Flask, client: FlaskClient, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite a job that changes rows has the writer's place until it heard it has to stop."""
    here = f"/mijn-downloads/{ask(app, person)}"
    key = token(client, here)
    busy = sqlite3.OperationalError("database is locked")

    def locked(*_: int) -> bool:
        raise OperationalError("BEGIN IMMEDIATE", {}, busy)

    monkeypatch.setattr(tasks, "stop", locked)
    answer = client.post(f"{here}/stoppen", data={"csrf_token": key})
    assert (answer.status_code, answer.location) == (303, here)
    assert "stopt zodra dat kan" in client.get(here).text


@pytest.mark.parametrize("step", ["stoppen", "opnieuw"])
def test_those_of_another_do_not_exist(app: Flask, clock: Clock, step: str) -> None:
    number = ask(app, add_person(app))
    other = add_person(app, email="ander@test.example", cultuur_oost_rol="beheerder")
    with app.app_context():
        assert not tasks.stop(other.id, number)
        assert not tasks.again(other.id, number)
    client = app.test_client()
    log_in(client, other, clock.moment)
    mine = ask(app, other, 5)
    key = token(client, f"/mijn-downloads/{mine}")
    answer = client.post(f"/mijn-downloads/{number}/{step}", data={"csrf_token": key})
    assert answer.status_code == 404
    assert row_of(app, number).status is TaakStatus.WACHT
