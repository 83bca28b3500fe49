"""A bulk edit that is too large to wait for: the same outcome as on the page, all or nothing."""

import os
import re
import signal
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cmk_admin import attributes, tasks
from cmk_admin.bulk import large, pages
from cmk_admin.bulk.changes import Change, Hoe
from cmk_admin.bulk.run import Edit
from cmk_admin.extensions import db
from cmk_admin.gate import together
from models.activiteit import Activiteit, DuurEenheid, Last
from models.base import Entiteit
from models.historie import Bewerking, BewerkingSoort
from tests.pages import Page
from tests.support.portal import Portaal
from tests.test_bulk import do, everything, lasten, see, undo, values


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
