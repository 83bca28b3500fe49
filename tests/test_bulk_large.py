"""A bulk edit that is too large to wait for: the same outcome as on the page, all or nothing."""

import os
import re
import signal
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from cmk_admin import attributes, selection, tasks
from cmk_admin.bulk import back, large, pages, run
from cmk_admin.bulk.changes import Change, Hoe
from cmk_admin.bulk.run import Edit
from cmk_admin.extensions import db
from cmk_admin.gate import Refused, together
from cmk_admin.gate import undo as gate_undo
from models.activiteit import Activiteit, DuurEenheid, Last
from models.base import Entiteit
from models.historie import Bewerking, BewerkingSoort
from tests.pages import Page
from tests.support.portal import Portaal
from tests.test_bulk import do, everything, lasten, newest, see, undo, values


def change(entity: type[Entiteit], name: str, how: Hoe, **given: Any) -> Change:
    return Change(attributes.attribute(entity, name), how, **given)


@pytest.mark.parametrize("changes", [
    (change(Last, "betaald_op", Hoe.ZET, value=date(2026, 2, 28)),
     change(Last, "bedrag", Hoe.PROCENT, number=Decimal("2.5"))),
    (change(Last, "toelichting", Hoe.VERVANG, find=" x", replace="é"),
     change(Last, "kostensoort_id", Hoe.LEEG)),
    (change(Activiteit, "duur", Hoe.ZET, value=Decimal("1.25")),
     change(Activiteit, "duur_eenheid", Hoe.ZET, value=DuurEenheid.TOTAAL),
     change(Activiteit, "doelgroepen", Hoe.ERBIJ, value=[3, 1])),
])  # fmt: skip
def test_what_was_asked_survives_the_line(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, changes: tuple[Change, ...]
) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(
        tasks, "start", lambda who, kind, title, arguments, total: kept.update(arguments) or 1
    )
    task = Edit(_entity(changes), (1, 2, 3, 9), changes)
    with portaal.als():
        large.start(1, task, "sleutel-van-een-formulier")
    assert large.task_of(kept) == task


def _entity(changes: tuple[Change, ...]) -> type[Entiteit]:
    return Last if changes[0].attribute.name in {"betaald_op", "toelichting"} else Activiteit


def test_a_large_edit_is_a_job_with_one_batch(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before it begins; foreign and closed rows stay; undone in one click."""
    monkeypatch.setattr(pages, "MOST", 2)
    visitor = portaal.bezoeker("projectleider")
    own, closed = lasten(portaal, "eigen"), lasten(portaal, "eigen", "gesloten")
    before, old = everything(portaal), values(portaal, Last, "bedrag")
    asked = {"hoe_bedrag": "procent", "procent_bedrag": "10"}
    seen = see(visitor, portaal, Last, [*own, *closed, *lasten(portaal, "vreemd")], **asked)
    assert "gebeurt op de achtergrond" in seen.text
    assert "is gesloten" in Page(seen.text).text
    assert not portaal.changed()

    started = do(visitor, portaal, Last, seen)

    assert re.fullmatch(r"/mijn-downloads/\d+", started.location)
    page = Page(visitor.get(started.location).text)
    [onward] = [a.get("href") for a in page.all("a") if a.words == "Bekijk het resultaat"]
    now = values(portaal, Last, "bedrag")
    assert now == {i: round(b * 1.1) if i in own else b for i, b in old.items()}
    assert undo(visitor, onward).status_code == 302
    assert everything(portaal) == before


def test_sent_twice_a_large_edit_is_done_once(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the first was done by then: the form, not the job, is what was asked once."""
    monkeypatch.setattr(pages, "MOST", 1)
    visitor = portaal.bezoeker("projectleider")
    own, old = lasten(portaal, "eigen"), values(portaal, Last, "bedrag")
    seen = see(visitor, portaal, Last, own, hoe_bedrag="procent", procent_bedrag="10")
    batches = _batches(portaal)
    for _ in range(2):
        assert do(visitor, portaal, Last, seen).status_code == 302
    now = values(portaal, Last, "bedrag")
    assert now == {i: round(b * 1.1) if i in own else b for i, b in old.items()}
    assert _batches(portaal) == batches + 1


def test_a_large_batch_goes_back_and_forth_as_a_job(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a bar; what was changed since stays, and is told; done again as well."""
    monkeypatch.setattr(back, "MOST", 1)
    heard: list[int] = []
    beaten = tasks.Run.__setattr__

    def listen(run: tasks.Run, name: str, value: Any) -> None:
        if name == "done":
            heard.append(value)
        beaten(run, name, value)

    visitor = portaal.bezoeker("projectleider")
    own, old = lasten(portaal, "eigen"), values(portaal, Last, "bedrag")
    done = do(visitor, portaal, Last, see(visitor, portaal, Last, own, hoe_bedrag="leeg"))
    cell = {"list_form_pk": str(own[0]), "bedrag": "1,00"}
    assert visitor.post("/beheer/lasten/ajax/update/", cell).status_code == 200

    monkeypatch.setattr(tasks.Run, "__setattr__", listen)
    job = undo(visitor, done.location).location

    assert re.fullmatch(r"/mijn-downloads/\d+", job)
    page = Page(visitor.get(job).text)
    assert "Ongedaan gemaakt: 1 rij staat weer zoals eerst." in page.text
    assert "Later nog gewijzigd, en dat blijft staan: Bedrag." in page.text
    assert heard[-1] == len(own)
    assert values(portaal, Last, "bedrag") == old | {own[0]: 100}
    [onward] = [a.get("href") for a in page.all("a") if a.words == "Bekijk het resultaat"]
    assert "Ongedaan gemaakt: 2 lasten gewijzigd" in Page(visitor.get(onward).text).heading


def test_a_large_batch_is_taken_back_by_who_may(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked at the button and again when the job does it; what went back is not done twice."""
    monkeypatch.setattr(back, "MOST", 1)
    visitor = portaal.bezoeker("projectleider")
    own = lasten(portaal, "eigen")
    done = do(visitor, portaal, Last, see(visitor, portaal, Last, own, hoe_bedrag="leeg"))
    assert done.status_code == 302
    number, empty = newest(portaal).id, values(portaal, Last, "bedrag")
    foreign = portaal.bezoeker("datamanager")
    assert foreign.post(f"/bewerkingen/{number}/ongedaan-maken").status_code == 403
    job = tasks.Run({"bewerking": number}, "taak 7", Path())
    with portaal.als("datamanager") as session, pytest.raises(Refused):
        back.work(job, session)
    assert values(portaal, Last, "bedrag") == empty
    for said in ("Ongedaan gemaakt: 2 rijen staan weer zoals eerst.", back.DONE):
        with portaal.als("projectleider") as session:
            outcome = back.work(job, session)
        assert outcome.text == said
        assert re.fullmatch(r"/bewerkingen/\d+", outcome.url)
    assert values(portaal, Last, "bedrag") != empty


def test_more_rows_than_one_statement_takes(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done and undone within the values that this SQLite allows in a statement."""
    limit = 260
    monkeypatch.setattr(selection, "PART", 200)
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        made = [Last(activiteit=activiteit, toelichting="x", bedrag=5) for _ in range(limit + 40)]
        session.add_all(made)
        session.commit()
        ids, partij = tuple(row.id for row in made), activiteit.contractpartij_id
    task = Edit(Last, ids, (change(Last, "bedrag", Hoe.ZET, value=7),))
    with portaal.als("projectleider") as session:
        raw = session.connection().connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        before = raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, limit)
        try:
            outcome = run.carry_out(session, task)
            assert outcome.touched == len(ids)
            assert len(outcome.effects) == 1
            assert outcome.stap.contractpartij_id == partij
            assert gate_undo(session, outcome.stap).rows == len(ids)
        finally:
            session.rollback()
            raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


def test_killed_midway_it_did_nothing_and_is_done_again(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(together, "CHUNK", 1)
    ids = tuple(lasten(portaal, "eigen") + lasten(portaal, "vreemd"))
    task = Edit(Last, ids, (change(Last, "leverancier", Hoe.ZET, value="De Nieuwe"),))
    old = values(portaal, Last, "leverancier")
    kept: dict[str, Any] = {}
    monkeypatch.setattr(
        tasks, "start", lambda who, kind, title, arguments, total: kept.update(arguments) or 1
    )
    with portaal.als():
        large.start(1, task, "sleutel-van-een-formulier")
    batches = _batches(portaal)
    child = os.fork()
    if child == 0:
        _killed_at(portaal, tasks.Run(kept, "taak 1", tmp_path), 3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert values(portaal, Last, "leverancier") == old
    assert _batches(portaal) == batches
    for _ in range(2):  # the second finds what the first did
        job = tasks.Run(kept, "taak 1", tmp_path)
        with portaal.als("datamanager") as session:
            outcome = large.work(job, session)
        assert re.fullmatch(r"/bewerkingen/\d+", outcome.url)
    assert values(portaal, Last, "leverancier") == {
        i: "De Nieuwe" if i in ids else name for i, name in old.items()
    }
    assert _batches(portaal) == batches + 1


class _Halfway(tasks.Run):
    """Stopped by its maker once so many rows were begun."""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "done" and value >= 1:
            self.stopped = True


def test_stopped_midway_it_did_nothing(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor does taking it back."""
    monkeypatch.setattr(together, "CHUNK", 1)
    ids = tuple(lasten(portaal, "eigen"))
    task = Edit(Last, ids, (change(Last, "leverancier", Hoe.ZET, value="De Nieuwe"),))
    kept: dict[str, Any] = {}
    monkeypatch.setattr(
        tasks, "start", lambda who, kind, title, arguments, total: kept.update(arguments) or 1
    )
    old, batches = values(portaal, Last, "leverancier"), _batches(portaal)
    with portaal.als("projectleider") as session:
        large.start(1, task, "sleutel-van-een-formulier")
        with pytest.raises(tasks.Stopped):
            large.work(_Halfway(kept, "taak 1", tmp_path), session)
    assert (values(portaal, Last, "leverancier"), _batches(portaal)) == (old, batches)

    with portaal.als("projectleider") as session:
        large.work(tasks.Run(kept, "taak 1", tmp_path), session)
    done, undoing = values(portaal, Last, "leverancier"), {"bewerking": newest(portaal).id}
    assert done != old
    with portaal.als("projectleider") as session, pytest.raises(tasks.Stopped):
        back.work(_Halfway(undoing, "taak 2", tmp_path), session)
    assert values(portaal, Last, "leverancier") == done


def _killed_at(portaal: Portaal, job: tasks.Run, rows: int) -> None:
    """Do the job in this process, which is gone once so many rows were begun."""
    with portaal.app.app_context():
        db.engine.dispose(close=False)

    class Doomed(tasks.Run):
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "done" and value >= rows:
                os.kill(os.getpid(), signal.SIGKILL)
            object.__setattr__(self, name, value)

    with portaal.als("datamanager") as session:
        large.work(Doomed(job.arguments, job.key, job.file), session)
    os._exit(0)


def _batches(portaal: Portaal) -> int:
    with portaal.als() as session:
        mine = Bewerking.soort == BewerkingSoort.WIJZIGEN
        return session.scalar(select(func.count(Bewerking.id)).where(mine)) or 0


def test_many_new_rows_are_one_statement_and_get_numbers_of_their_own(portaal: Portaal) -> None:
    """Also on SQLite; the number of a row that has gone is not given again."""
    sent: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with portaal.als("projectleider") as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        gone = Last(activiteit=activiteit, toelichting="weg", bedrag=1)
        session.add(gone)
        session.flush()
        newest_number = gone.id
        session.delete(gone)
        session.commit()
        made = [Last(activiteit=activiteit, toelichting=f"rij {n}", bedrag=n) for n in range(60)]
        session.add_all(made)
        event.listen(db.engine, "before_cursor_execute", listen)
        session.flush()
        event.remove(db.engine, "before_cursor_execute", listen)
        assert len([one for one in sent if one.startswith("INSERT INTO last ")]) == 1
        numbers = [row.id for row in made]
        assert numbers == list(range(newest_number + 1, newest_number + 61))
        session.expire_all()
        assert [session.get_one(Last, n).bedrag for n in numbers] == list(range(60))
        session.add(Last(activiteit=activiteit, toelichting="later", bedrag=1))
        session.flush()
        assert session.scalar(select(func.max(Last.id))) == numbers[-1] + 1
