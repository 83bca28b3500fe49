"""Wijzigen in bulk, page by page: choose what changes, see it, do it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from cmk_admin import database, editing, formats, listing, selection
from cmk_admin.bulk import large, picture, run
from cmk_admin.bulk.changes import changeable
from cmk_admin.bulk.form import NOTHING_CHOSEN, asked, form_class, read
from cmk_admin.bulk.run import MOST, Edit
from cmk_admin.bulk.trial import Frame, Trial, carried, step
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused
from cmk_admin.page import Crumb, FormError, PageHeader
from cmk_admin.policy import Verdict, may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.base import RegelFout

if TYPE_CHECKING:
    from cmk_admin.entity_view import EntityView

CHUNK = 200
LABEL = "Wijzigen in bulk"


class BulkRunner:
    """The bulk edit of one EntityView, for one request."""

    def __init__(self, view: "EntityView", ids: list[int]) -> None:
        self.view = view
        self.entity = view.model
        self.ids = tuple(ids)
        self.attributes = changeable(self.entity, actor())

    def answer(self) -> Any:
        """The page that this step asks for."""
        asked_for = step()
        form = form_class(self.attributes)(None if not asked_for else request.form)
        if asked_for in ("", "terug"):
            return self._choose(form)
        changes = read(form, self.attributes)
        if changes is None:
            return self._choose(form, errors=True), INVALID
        task = Edit(self.entity, self.ids, changes)
        if len(self.ids) > MOST:
            return self._start(task) if asked_for == "doen" else self._announce(task)
        return Trial(self._frame(), task).answer()

    def _announce(self, task: Edit) -> str:
        """That this is a job, with what it does to the first rows."""
        first = replace(task, ids=tuple(sorted(task.ids)[: large.SAMPLE]))
        seen = run.preview(database.session(), first, lambda done: picture.preview(first, done, 1))
        html: str = self.view.render(
            "bulk/groot.html",
            page=seen,
            sample=large.SAMPLE,
            number=formats.number(len(task.ids)),
            carried=carried(),
            sleutel=new_key(),
            **self._frame().values(task.ids),
        )
        return html

    def _start(self, task: Edit) -> Response:
        from cmk_admin.entity_actions import key_of_request

        number = actor().gebruiker_id
        assert number is not None
        try:
            return redirect(
                url_for("taken.details", id=large.start(number, task, key_of_request()))
            )
        except RegelFout as refused:
            flash(str(refused), "error")
            return redirect(url_for("taken.index"))

    def _choose(self, form: EntityForm, errors: bool = False) -> str:
        self._something_possible()
        found = editing.all_errors(form) if errors else ()
        if errors and not found:
            found = (FormError("", "", NOTHING_CHOSEN),)
        html: str = self.view.render(
            "bulk/kiezen.html",
            lead=self._chosen(),
            asked=asked(form, self.attributes),
            errors=found,
            **self._frame().values(self.ids),
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

    def _chosen(self) -> str:
        word, number = self.entity.woord, len(self.ids)
        return f"{formats.number(number)} {word.enkelvoud if number == 1 else word.meervoud}"

    def _frame(self) -> Frame:
        return Frame(
            PageHeader(LABEL, crumbs=(*self.view.crumbs(), Crumb(LABEL))),
            url_for(f"{self.view.endpoint}.bulk_view"),
            self.view.return_url(),
        )


def answer(view: "EntityView") -> Any:
    """The bulk edit of the rows that this request chose."""
    if request.method == "GET":
        return redirect(view.base)
    found = chosen(view, large.MOST)
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
