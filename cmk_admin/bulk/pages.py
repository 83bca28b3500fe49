"""Wijzigen in bulk, page by page: choose what changes, see it, do it."""

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from cmk_admin import database, editing, formats, listing, selection
from cmk_admin.actions import Done
from cmk_admin.bulk import picture, run
from cmk_admin.bulk.changes import changeable
from cmk_admin.bulk.form import NOTHING_CHOSEN, asked, form_class, read
from cmk_admin.bulk.run import MOST, Outcome, Task
from cmk_admin.entity_actions import flash_done, key_of_request
from cmk_admin.entity_forms import INVALID, STALE, new_key
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused, may_undo, once
from cmk_admin.page import Crumb, FormError, PageHeader
from cmk_admin.page_batch import BulkPreview
from cmk_admin.policy import Handeling, Verdict, may
from cmk_admin.routes import actor
from models.base import RegelFout

if TYPE_CHECKING:
    from cmk_admin.entity_view import EntityView

STEP, SEEN, PART = "stap", "gezien", "deel"
CHUNK = 200
LABEL = "Wijzigen in bulk"
#: What the preview does not carry along: it has its own.
OWN = frozenset(
    {STEP, SEEN, PART, "csrf_token", "sleutel", "versie_token", "url", "action",
     selection.ROW, selection.ROWS, selection.ALL, selection.QUERY}
)  # fmt: skip
OTHERWISE = "Intussen is er iets gewijzigd. Dit is wat er nu zou gebeuren; er is nog niets bewaard."


class Otherwise(Exception):
    """What would happen now is not what was seen."""

    def __init__(self, picture_: BulkPreview) -> None:
        self.picture = picture_
        super().__init__(OTHERWISE)


class BulkRunner:
    """The bulk edit of one EntityView, for one request."""

    def __init__(self, view: "EntityView", ids: list[int]) -> None:
        self.view = view
        self.entity = view.model
        self.ids = tuple(ids)
        self.session = database.session()
        self.attributes = changeable(self.entity, actor())

    def answer(self) -> Any:
        """The page that this step asks for."""
        step = next(reversed(request.form.getlist(STEP)), "")
        form = form_class(self.attributes)(None if not step else request.form)
        if not step:
            return self._choose(form)
        if step == "terug":
            return self._choose(form)
        changes = read(form, self.attributes)
        if changes is None:
            return self._choose(form, errors=True), INVALID
        task = Task(self.entity, self.ids, changes)
        return self._do(task) if step == "doen" else self._preview(task)

    def _choose(self, form: EntityForm, errors: bool = False) -> str:
        self._something_possible()
        found = editing.all_errors(form) if errors else ()
        if errors and not found:
            found = (FormError("", "", NOTHING_CHOSEN),)
        html: str = self.view.render(
            "bulk/kiezen.html",
            header=self._header(),
            lead=self._chosen(),
            asked=asked(form, self.attributes),
            errors=found,
            **self._frame(),
        )
        return html

    def _something_possible(self) -> None:
        """Who may change none of the chosen rows is told so before filling anything in."""
        refused: Verdict | None = None
        for start in range(0, len(self.ids), CHUNK):
            for row in listing.rows_with(self.entity, self.ids[start : start + CHUNK]):
                verdict = may(actor(), Handeling.WIJZIGEN, row)
                if verdict:
                    return
                refused = verdict if refused is None else refused
        if refused is None:
            abort(404)
        raise Refused(refused)

    def _preview(self, task: Task) -> str:
        part = _part(request.form.get(PART, ""))
        return self._preview_page(
            run.preview(self.session, task, lambda seen: picture.preview(task, seen, part))
        )

    def _preview_page(self, seen: BulkPreview, notice: str = "") -> str:
        html: str = self.view.render(
            "bulk/voorbeeld.html",
            header=self._header(),
            page=seen,
            notice=notice,
            carried=[
                (name, value)
                for name in request.form
                if name not in OWN
                for value in request.form.getlist(name)
            ],
            sleutel=new_key(),
            **self._frame(),
        )
        return html

    def _do(self, task: Task) -> Any:
        try:
            return redirect(once(self.session, key_of_request(), lambda: self._carry_out(task)))
        except Otherwise as other:
            self.session.rollback()
            return self._preview_page(other.picture, OTHERWISE), STALE
        except RegelFout as refused:
            self.session.rollback()
            for fout in refused.fouten:
                flash(fout.tekst, "error")
            return self._preview(task), INVALID

    def _carry_out(self, task: Task) -> str:
        outcome = run.carry_out(self.session, task)
        if outcome.fingerprint != request.form.get(SEEN, ""):
            raise Otherwise(picture.preview(task, outcome, 1))
        if not outcome.touched:
            raise RegelFout("Er verandert niets, dus er is niets bewaard.")
        back = outcome.stap.id if may_undo(self.session, outcome.stap) else None
        flash_done(Done(self._told(outcome), bewerking_id=back))
        return self.view.return_url()

    def _told(self, outcome: Outcome) -> str:
        word = self.entity.woord
        number = outcome.touched
        told = f"{formats.number(number)} {word.enkelvoud if number == 1 else word.meervoud}"
        left = len(self.ids) - number
        return f"{told} gewijzigd{f', {formats.number(left)} overgeslagen' if left else ''}."

    def _chosen(self) -> str:
        word, number = self.entity.woord, len(self.ids)
        return f"{formats.number(number)} {word.enkelvoud if number == 1 else word.meervoud}"

    def _header(self) -> PageHeader:
        return PageHeader(LABEL, crumbs=(*self.view.crumbs(), Crumb(LABEL)))

    def _frame(self) -> dict[str, Any]:
        return {
            "action_url": url_for(f"{self.view.endpoint}.bulk_view"),
            "cancel_url": self.view.return_url(),
            "rijen": selection.pack(self.ids),
        }


def _part(text: str) -> int:
    """Which part of the rows is asked for; what is no number is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def answer(view: "EntityView") -> Any:
    """The bulk edit of the rows that this request chose."""
    if request.method == "GET":
        return redirect(view.base)
    found = chosen(view, MOST)
    return found if isinstance(found, Response) else BulkRunner(view, found).answer()


def chosen(view: "EntityView", most: int) -> list[int] | Response:
    """The rows that this request chose; back to the list when that is none, or too many."""
    try:
        ids = selection.read(view.model, request.form, most)
    except selection.TooMany:
        flash(
            f"Kies hoogstens {formats.number(most)} rijen tegelijk, bijvoorbeeld met een filter.",
            "warning",
        )
        return redirect(view.return_url())
    except ValueError:
        abort(404)
    if not ids:
        flash("Kies eerst een of meer rijen.", "warning")
        return redirect(view.return_url())
    return ids
