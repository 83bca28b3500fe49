"""Trying a task on a page, and doing exactly what was seen there."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request

from cmk_admin import database, formats, selection
from cmk_admin.actions import Done
from cmk_admin.auth.interrupted import GIVEN_BACK, given_back
from cmk_admin.bulk import picture, run
from cmk_admin.bulk.run import Outcome, Task
from cmk_admin.entity_actions import flash_done, key_of_request
from cmk_admin.entity_forms import INVALID, STALE, new_key
from cmk_admin.gate import may_undo, once
from cmk_admin.page import PageHeader
from cmk_admin.page_batch import BulkPreview
from models.base import RegelFout

STEP, SEEN, PART = "stap", "gezien", "deel"
#: What the preview does not carry along: it has its own.
OWN = frozenset(
    {STEP, SEEN, PART, GIVEN_BACK, "csrf_token", "sleutel", "versie_token", "url", "action",
     selection.ROW, selection.ROWS, selection.ALL, selection.QUERY}
)  # fmt: skip
OTHERWISE = "Intussen is er iets gewijzigd. Dit is wat er nu zou gebeuren; er is nog niets bewaard."
NOTHING = "Er verandert niets, dus er is niets bewaard."


class Otherwise(Exception):
    """What would happen now is not what was seen."""

    def __init__(self, picture_: BulkPreview) -> None:
        self.picture = picture_
        super().__init__(OTHERWISE)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a preview. adjust: whether one can go back to what was filled in."""

    header: PageHeader
    action_url: str
    cancel_url: str
    adjust: bool = True

    def values(self, ids: tuple[int, ...]) -> dict[str, Any]:
        """For the template."""
        return {
            "header": self.header,
            "action_url": self.action_url,
            "cancel_url": self.cancel_url,
            "adjust": self.adjust,
            "rijen": selection.pack(ids),
        }


class Trial:
    """One task in one request."""

    def __init__(self, frame: Frame, task: Task) -> None:
        self.frame = frame
        self.task = task
        self.session = database.session()

    def answer(self) -> Any:
        """The preview, or the task done when that is what was asked."""
        return self.do() if step() == "doen" else self.preview()

    def preview(self) -> str:
        """What the task would do; nothing is stored."""
        part = _part(request.form.get(PART, ""))
        return self._page(
            run.preview(
                self.session, self.task, lambda seen: picture.preview(self.task, seen, part)
            )
        )

    def do(self) -> Any:
        """Carry it out when that gives what was seen; else show what it gives now."""
        try:
            return redirect(once(self.session, key_of_request(), self._carry_out))
        except Otherwise as other:
            self.session.rollback()
            return self._page(other.picture, OTHERWISE), STALE
        except RegelFout as refused:
            self.session.rollback()
            for fout in refused.fouten:
                flash(fout.tekst, "error")
            return self.preview(), INVALID

    def _carry_out(self) -> str:
        outcome = run.carry_out(self.session, self.task)
        if outcome.fingerprint != request.form.get(SEEN, ""):
            raise Otherwise(picture.preview(self.task, outcome, 1))
        if not outcome.touched:
            raise RegelFout(NOTHING)
        back = outcome.stap.id if may_undo(self.session, outcome.stap) else None
        flash_done(Done(self._told(outcome), bewerking_id=back))
        return self.frame.cancel_url

    def _page(self, seen: BulkPreview, notice: str = "") -> str:
        return render_template(
            "bulk/voorbeeld.html",
            page=seen,
            notice=notice,
            carried=carried(),
            sleutel=new_key(),
            **self.frame.values(self.task.ids),
        )

    def _told(self, outcome: Outcome) -> str:
        word, number = self.task.entity.woord, outcome.touched
        told = f"{formats.number(number)} {word.enkelvoud if number == 1 else word.meervoud}"
        left = len(self.task.ids) - number
        also = f", {formats.number(left)} overgeslagen" if left else ""
        return f"{told} {self.task.done}{also}."


def carried() -> list[tuple[str, str]]:
    """What was filled in, to go along with a preview."""
    return [
        (name, value)
        for name in request.form
        if name not in OWN
        for value in request.form.getlist(name)
    ]


def step() -> str:
    """The button that was pressed: it comes after the hidden one.

    Of a form that was kept over a log-in none: it is back where things are chosen.
    """
    if given_back():
        return "terug"
    return next(reversed(request.form.getlist(STEP)), "")


def _part(text: str) -> int:
    """Which part of the rows is asked for; what is no number is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
