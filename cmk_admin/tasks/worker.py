"""Doing large jobs, one after another: claimed, done, finished once, swept when they expire."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.auth.account import load_account
from cmk_admin.gate import Refused, acting_as, forget, is_passing, with_retry
from cmk_admin.tasks import store
from cmk_admin.tasks.kinds import Outcome, Run, Stopped, work_of
from models.base import RegelFout, nu
from models.techniek import GESTOPT, Taak, TaakStatus

#: Every so many seconds a job that is being done says how far it is.
BEAT = 1.0
#: After so many seconds of silence its worker is gone, and it is done again.
SILENT = 20.0
#: A job that takes its worker along is given up.
MAX_ATTEMPTS = 3
#: A file that no row knows after a day: its worker was killed.
STRAY_SECONDS = 24 * 3600
FAILED = "Het is niet gelukt door een fout in het portaal. Probeer het nog eens."
GIVEN_UP = f"Het is {MAX_ATTEMPTS} keer afgebroken en niet nog eens geprobeerd."
NO_ACCOUNT = "Dit account kan niet meer inloggen."

_turn = threading.Lock()


def run_waiting() -> None:
    """Do all that waits, in order. When another thread of this process is at it, it does all."""
    while (numbers := _waiting()) and _turn.acquire(blocking=False):
        try:
            for number in numbers:
                # Another worker may have begun it meanwhile.
                if number in _waiting():
                    _run(number)
        finally:
            _turn.release()


def _waiting() -> list[int]:
    """What nobody is doing: new, or its worker has gone silent."""
    wanted = select(Taak.id, Taak.status).where(Taak.status.in_(store.UNDER_WAY))
    with acting_as(store.KEEPING) as session:
        rows = session.execute(wanted.order_by(Taak.id)).all()
    return [
        row.id for row in rows if row.status is TaakStatus.WACHT or store.silence(row.id) > SILENT
    ]


def _run(number: int) -> None:
    claimed = _claim(number)
    if claimed is None:
        return
    row, run = claimed
    try:
        with _beating(row, run):
            state, outcome = _do(row, run)
        if not _finish(row, run, state, outcome):
            run.file.unlink(missing_ok=True)
            if store.has_ended(number):
                # Its last beat may have come after who stopped it had forgotten the others.
                store.forget_progress(number)
    except DBAPIError as error:
        # A lock that stayed taken: it waits its minute.
        run.file.unlink(missing_ok=True)
        if not is_passing(error):
            raise


def _claim(number: int) -> tuple[Taak, Run] | None:
    """Make it ours: its version from here on is known to nobody else."""
    with acting_as(store.KEEPING) as session, session.own_work():
        row = session.get(Taak, number)
        if row is None or not row.loopt:
            return None
        row.status, row.pogingen = TaakStatus.BEZIG, row.pogingen + 1
        try:
            session.flush()
            store.tell(current_app.extensions["huey"], number, 0, row.totaal)
            session.commit()
        except StaleDataError:  # another worker was first
            session.rollback()
            return None
        session.refresh(row)
        session.expunge(row)
    file = store.folder() / f"{number}-{secrets.token_urlsafe(24)}"
    return row, Run(row.opdracht, f"taak {number}", file, row.totaal)


@contextmanager
def _beating(row: Taak, run: Run) -> Iterator[None]:
    """Say how far it is, from a thread of its own: also when the work itself is in a long query.

    And look whether it still has to be done.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stop = threading.Event()
    number, version = row.id, row.versie

    def beat() -> None:
        while not stop.wait(BEAT):
            with _logged(app, number):
                if store.version_of(number) != version:
                    run.stopped = True
                    # What is told of it from here on is for the next try.
                    return
            with _logged(app, number):
                store.tell(app.extensions["huey"], number, run.done, run.total)
                if store.is_asked_to_stop(number, version):
                    run.stopped = True

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _logged(app: Flask, number: int) -> Iterator[None]:
    """What fails in here is written down and goes no further: the next beat tries again."""
    try:
        with app.app_context():
            yield
    except Exception:
        app.logger.exception("voortgang van taak %s niet bewaard", number)


def _do(row: Taak, run: Run) -> tuple[TaakStatus, Outcome]:
    """The work itself, as its maker; whatever goes wrong in it becomes a sentence."""
    try:
        return TaakStatus.KLAAR, _work(row, run)
    except Refused as refused:
        said = refused.reason
    except RegelFout as broken:
        said = str(broken)
    except Stopped:
        said = GESTOPT
    except Exception:
        current_app.logger.exception("taak %s mislukt", row.id)
        said = FAILED
    return TaakStatus.MISLUKT, Outcome(said)


def _work(row: Taak, run: Run) -> Outcome:
    if row.pogingen > MAX_ATTEMPTS:
        raise RegelFout(GIVEN_UP)
    account = load_account(row.gebruiker_id) if row.gebruiker_id else None
    if account is None:
        raise RegelFout(NO_ACCOUNT)
    work = work_of(row.soort)
    if work is None:
        raise LookupError(f"nobody does jobs of the kind {row.soort!r}")
    with acting_as(account.actor) as session:
        return work(run, session)


def _finish(row: Taak, run: Run, state: TaakStatus, outcome: Outcome) -> bool:
    """Write down what came of it; False when somebody else has taken it over."""
    has_file = state is TaakStatus.KLAAR and bool(outcome.file)
    size = _settle(run) if has_file else None

    def write() -> bool:
        stored = session.get(Taak, row.id, populate_existing=True)
        if stored is None:
            return False
        # Stopped when all was done already: rows that were changed stay changed, and it says so.
        too_late = stored.gestopt and state is TaakStatus.KLAAR and not has_file
        if stored.versie != row.versie and not too_late:
            return False
        stored.status, stored.uitkomst = state, outcome.text
        stored.adres = outcome.url or None
        stored.gedaan = run.done
        stored.totaal = None if run.total is None else max(run.total, run.done)
        stored.verloopt_op = nu() + store.KEPT
        if has_file:
            stored.bestand, stored.bestand_sleutel = outcome.file[:200], run.file.name
            stored.bestand_grootte = size
        try:
            session.commit()
        except StaleDataError:
            session.rollback()
            return False
        return True

    with acting_as(store.KEEPING) as session, session.own_work():
        done = with_retry(session, write)
    if done:
        store.forget_progress(row.id)
        _tidy(row.id, run.file.name if has_file else "")
    return done


def _settle(run: Run) -> int:
    """The result safely on disk before any row names it; its size in bytes."""
    with run.file.open("rb") as file:
        os.fsync(file.fileno())
    return run.file.stat().st_size


def _tidy(number: int, keep: str) -> None:
    """What earlier tries left behind."""
    for path in store.folder().glob(f"{number}-*"):
        if path.name != keep:
            path.unlink(missing_ok=True)


def sweep(moment: datetime) -> None:
    """Remove jobs that have expired, their files, and files that no row knows."""
    with acting_as(store.KEEPING) as session:
        forget(session, Taak, {"verloopt_op": ("<", moment)})
        session.commit()
        rows = session.execute(select(Taak.id, Taak.bestand_sleutel)).all()
    known = {row.bestand_sleutel for row in rows}
    numbers = {str(row.id) for row in rows}
    oldest = time.time() - STRAY_SECONDS
    for path in store.folder().iterdir():
        with suppress(FileNotFoundError):
            gone = path.name.partition("-")[0] not in numbers
            if path.name not in known and (gone or path.stat().st_mtime < oldest):
                path.unlink()
