"""Running an action or a deletion on chosen rows: asked first, all or nothing, one step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import database, editing, formats, integrity, on_record, usage
from cmk_admin.actions import Asked, Done, EntityAction, Preview
from cmk_admin.auth.interrupted import given_back
from cmk_admin.bulk import picture, run
from cmk_admin.bulk.seen import Seen, changes_of, tried
from cmk_admin.entity_forms import INVALID, KEY_LENGTH, STALE, new_key
from cmk_admin.forms.builder import EntityForm
from cmk_admin.forms.fields import CheckField
from cmk_admin.gate import GateSession, Locked, Refused, bewerking, handled, may_undo, once
from cmk_admin.page import Action, Crumb, PageHeader
from cmk_admin.page_batch import EffectLine, LeftOut
from cmk_admin.policy import Verdict, contractpartij_van, may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from cmk_admin.web.errors import back_url
from cmk_admin.web.targets import safe_target
from models.base import Fout, RegelFout
from models.historie import Bewerking, BewerkingSoort

if TYPE_CHECKING:
    from cmk_admin.entity_view import EntityView

CONFIRMED = "bevestigd"
SEEN, STEP, CAME_FROM = "gezien", "stap", "vandaan"
UNDO = "Ongedaan maken"
OTHERWISE = (
    "Dit is wat er nu zou gebeuren; er is nog niets bewaard. Klopt het, bevestig dan nog eens."
)
IN_USE = "Dit wordt nog gebruikt. Verwijder of verplaats dat eerst."
TOGETHER = "Haal eerst weg uit je keuze wat niet mee kan."


class Otherwise(Exception):
    """What happens now is not what was seen on the page that asked."""


@dataclass(frozen=True)
class Deletion(run.Task):
    """Each row deleted by itself: to tell which cannot go, and why."""

    @property
    def what(self) -> tuple[str, ...]:
        return ("verwijderd",)

    def do(self, session: GateSession, row: Any) -> None:
        verdict = may(session.actor, Handeling.VERWIJDEREN, row)
        if not verdict:
            raise Refused(verdict)
        session.delete(row)


class ActionRunner:
    """Actions of one EntityView, for one request."""

    def __init__(self, view: "EntityView") -> None:
        self.view = view
        self.session = database.session()

    # --- actions --------------------------------------------------------------

    def run(self, action: EntityAction, rows: list[Any]) -> Any:
        form = action.make_form(rows)
        _tick(form)
        asked = Asked(rows, form)
        if CONFIRMED not in request.form or given_back():
            on_record.saw_rows(rows)
            return self._ask(action, asked)
        # Of several, those that may go along; when none may, it is refused as everywhere.
        refused = self._refused(action.handeling, rows)
        if not action.row_by_row or len(refused) == len(rows):
            for row, _ in refused:
                self.view.require(action.handeling, row)
        if form is not None and not form.validate():
            return self._ask(action, asked), INVALID
        return self._ask(action, asked) if STEP in request.form else self._once(action, asked)

    def _once(self, action: EntityAction, asked: Asked) -> Any:
        try:
            return redirect(once(self.session, key_of_request(), lambda: self._do(action, asked)))
        except Otherwise:
            self.session.rollback()
            return self._ask(action, asked, notice=OTHERWISE), STALE
        except RegelFout as refused:
            self.session.rollback()
            return self._ask(action, asked, refused.fouten), INVALID
        except IntegrityError as error:
            self.session.rollback()
            return self._ask(action, asked, (integrity.translate(error),)), INVALID
        except Locked as closed:
            # Closed while this was asked: say so here, with what was filled in.
            self.session.rollback()
            return self._ask(action, asked, (Fout(closed.reason),)), STALE

    def _do(self, action: EntityAction, asked: Asked) -> str:
        done = action.perform(self.session, asked)
        if done.preview is not None:
            print_ = done.preview.fingerprint
            if request.form.get(SEEN, "" if action.row_by_row else print_) != print_:
                raise Otherwise
        flash_done(done)
        return done.url or self.view.return_url()

    def _preview(self, action: EntityAction, asked: Asked) -> Preview | None:
        """What it makes, after which it was never made; None when it cannot be done.

        Who asked for it is told why not; on the first page that is for confirming to say.
        """
        try:
            return action.perform(self.session, asked).preview
        except RegelFout as refused:
            if STEP in request.form and asked.form is not None:
                editing_errors(asked.form, refused.fouten)
        except (Refused, IntegrityError):
            pass
        finally:
            self.session.rollback()
        return None

    def _as_seen(self, bewerking_id: int) -> None:
        """Raises Otherwise when a step that was seen row by row does something else now."""
        seen = request.form.get(SEEN)
        if seen is not None and run.fingerprint_of(changes_of(self.session, bewerking_id)) != seen:
            raise Otherwise

    def _try(self, rows: Sequence[Any], work: Callable[[], int]) -> Seen | None:
        """What this step does to these rows; None when it cannot be done as it is asked."""
        try:
            return tried(self.session, self.view.model, [row.id for row in rows], work)
        except (RegelFout, Refused, Locked, IntegrityError):
            return None  # Confirming says why.

    def _ask(
        self, action: EntityAction, asked: Asked, fouten: tuple[Fout, ...] = (), notice: str = ""
    ) -> str:
        refused = self._refused(action.handeling, asked.rows)
        if action.row_by_row and len(refused) < len(asked.rows):
            refused = []  # The preview tells of them.
        question = action.question(asked)
        possible = question.possible and not refused
        if asked.form is not None:
            editing_errors(asked.form, fouten)
        elif fouten:
            for fout in fouten:
                flash(fout.tekst, "error")
        header, ids = self._header(action.label, asked.rows), [row.id for row in asked.rows]
        told = [(str(row), verdict.reason) for row, verdict in refused]
        tried = action.previews and possible and not fouten and not _wrong(asked.form)
        preview = self._preview(action, asked) if tried else None
        html: str = self.view.render(
            "admin/model/action.html",
            header=header,
            notice=notice,
            previews=action.previews and possible,
            preview=preview,
            intro=question.intro,
            items=question.items,
            missing=question.missing,
            refused=told,
            form=asked.form if possible else None,
            action_url=url_for(f"{self.view.endpoint}.action_view"),
            cancel_url=self.view.return_url(),
            submit_label=action.submit_label if possible else "",
            look_first=action.row_by_row and preview is None,
            danger=action.danger,
            ids=ids,
            action_name=action.name,
            sleutel=new_key(),
            hidden=((CONFIRMED, "1"), ("url", self.view.return_url())),
        )
        return html

    def _refused(self, handeling: Handeling, rows: Sequence[Any]) -> list[tuple[Any, Verdict]]:
        """The rows that this person may not do it with, and why."""
        verdicts = [(row, may(actor(), handeling, row)) for row in rows]
        return [(row, verdict) for row, verdict in verdicts if not verdict]

    def _header(self, label: str, rows: Sequence[Any]) -> PageHeader:
        """The trail leads back to where this was asked from."""
        trail = self.view.trail(rows[0] if len(rows) == 1 else None)
        return PageHeader(label, crumbs=(*trail, Crumb(label)))

    # --- deleting -------------------------------------------------------------

    def delete(self, rows: list[Any]) -> Any:
        """GET asks, POST deletes."""
        if not rows:
            return redirect(self.view.base)
        if request.method == "GET" or given_back():
            return self.ask_delete(rows)
        for row in rows:
            self.view.require(Handeling.VERWIJDEREN, row)
        try:
            return redirect(once(self.session, key_of_request(), lambda: self._delete(rows)))
        except (RegelFout, IntegrityError) as error:
            self.session.rollback()
            fouten = error.fouten if isinstance(error, RegelFout) else (integrity.translate(error),)
            for fout in fouten:
                flash(fout.tekst, "error")
            return self.ask_delete(rows), INVALID
        except Otherwise:
            self.session.rollback()
            flash(OTHERWISE, "warning")
            return self.ask_delete(rows), STALE

    def _delete(self, rows: list[Any]) -> str:
        what = _what(self.view, rows)
        number = self._delete_all(rows)
        self._as_seen(number)
        stap = self.session.get_one(Bewerking, number)
        back = stap.id if may_undo(self.session, stap) else None
        done = "is verwijderd" if len(rows) == 1 else "zijn verwijderd"
        flash_done(Done(f"{what[0].upper()}{what[1:]} {done}.", bewerking_id=back))
        return self.view.return_url()

    def _delete_all(self, rows: list[Any]) -> int:
        """All rows in one batch, without commit; returns its number."""
        partijen = {contractpartij_van(row) for row in rows}
        partij = partijen.pop() if len(partijen) == 1 else None
        words = f"Verwijderd: {_what(self.view, rows)}"
        with bewerking(self.session, BewerkingSoort.VERWIJDEREN, words, partij) as stap:
            for row in rows:
                self.session.delete(row)
        return stap.id

    def ask_delete(self, rows: list[Any]) -> str:
        """The server-rendered question, with what hangs under the rows.

        Of several rows it says which cannot go; then none does, and the others can go on alone.
        """
        refused = self._refused(Handeling.VERWIJDEREN, rows)
        if len(refused) == len(rows):
            raise Refused(refused[0][1])
        ids = [row.id for row in rows]
        hanging = usage.hanging(self.view.model, ids)
        in_use = any(not under.goes_along for under in hanging)
        page = {
            "header": self._header("Verwijderen", rows),
            "what": _what(self.view, rows),
            "hangs": [
                (under.entity.woord.meervoud if under.count > 1 else under.entity.woord.enkelvoud,
                 under.count, list(under.examples))
                for under in hanging
                if under.goes_along or in_use
            ],
            "blocked": IN_USE if in_use else TOGETHER if refused else "",
            "action_url": url_for(f"{self.view.endpoint}.delete_view"),
            "cancel_url": self._came_from(),
            "ids": ids,
        }  # fmt: skip
        left, rest = self._left_out(ids) if page["blocked"] and len(rows) > 1 else ((), [])
        page["cannot"] = _cannot(self.view, rows, sum(group.count for group in left))
        effects, seen = self._means(rows) if not page["blocked"] else ((), None)
        hidden = [("sleutel", new_key()), ("url", self.view.return_url())]
        hidden += [(CAME_FROM, self._came_from())]
        hidden += [(SEEN, seen.fingerprint)] if seen and len(ids) > 1 else []
        html: str = self.view.render(
            "admin/model/delete.html", left=left, rest=rest, effects=effects,
            seen=seen if len(ids) > 1 else None, hidden=hidden, **page,
        )  # fmt: skip
        return html

    def _came_from(self) -> str:
        """Where "Annuleren" leads: the page with the button, also after a refusal."""
        carried = safe_target(request.form.get(CAME_FROM))
        if carried is not None or request.form.get("sleutel"):
            return carried or self.view.return_url()
        before = back_url()
        return self.view.return_url() if before == "/" else before

    def _left_out(self, ids: list[int]) -> tuple[tuple[LeftOut, ...], list[int]]:
        """Which of the rows cannot go and why, and those that can: each is tried by itself."""
        task = Deletion(self.view.model, tuple(ids))

        def look(outcome: run.Outcome) -> tuple[tuple[LeftOut, ...], list[int]]:
            stay = {one.row_id for one in outcome.skipped}
            return picture.left_out(outcome), [id_ for id_ in ids if id_ not in stay]

        return run.preview(self.session, task, look)

    def _means(self, rows: list[Any]) -> tuple[tuple[EffectLine, ...], Seen | None]:
        """What deleting does to lasten, schools and closing, and row by row: it is tried."""
        seen = self._try(rows, lambda: self._delete_all(rows))
        return (seen.effects if seen else ()), seen


def _wrong(form: Any) -> bool:
    """Whether something in the form has to be mended first."""
    return form is not None and bool(form.errors)


def _tick(form: EntityForm | None) -> None:
    """The field that a remark of the preview offered to tick."""
    wanted = form._fields.get(request.form.get(STEP, "")) if form is not None else None
    if isinstance(wanted, CheckField):
        wanted.data = True


def key_of_request() -> str:
    """The key of this sending; a made-up one is just another key of the same person."""
    key = request.form.get("sleutel", "")
    if not 16 <= len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise RegelFout("Dit formulier is niet compleet. Probeer het opnieuw.")
    return key


def sent_before() -> BaseResponse | None:
    """The same confirmation again: to where the first one led, also when its rows are gone."""
    key = request.form.get("sleutel", "")
    outcome = handled(database.session(), key) if key else None
    return None if outcome is None else redirect(outcome)


def editing_errors(form: Any, fouten: tuple[Fout, ...]) -> None:
    """Errors at their field; what has none stands as a message above."""
    for error in editing.put_errors(form, fouten):
        flash(error.message, "error")


def flash_done(done: Done) -> None:
    """Say what was done, with the way back where there is one."""
    if done.bewerking_id is None:
        flash(done.message, "success")
        return
    undo = _undo_url(done.bewerking_id)
    flash({"tekst": done.message, "actie": {"label": UNDO, "url": undo}}, "success")  # type: ignore[arg-type]


def undo_actions(stap: Bewerking) -> tuple[Action, ...]:
    """The way back from a step, for whoever may still take it."""
    if not may_undo(database.session(), stap):
        return ()
    label = "Opnieuw uitvoeren" if stap.soort is BewerkingSoort.ONGEDAAN else UNDO
    return (Action(label, _undo_url(stap.id), "undo", method="post"),)


def _undo_url(bewerking_id: int) -> str:
    return url_for("bewerkingen.ongedaan_maken", id=bewerking_id)


def _what(view: "EntityView", rows: list[Any]) -> str:
    word = view.model.woord
    if len(rows) == 1:
        return f"{word.lidwoord} {word.enkelvoud} “{rows[0]}”"
    return f"{len(rows)} {word.meervoud}"


def _cannot(view: "EntityView", rows: list[Any], left: int) -> tuple[str, str]:
    """What cannot go, and the verb with it. left: how many of several rows, each by itself."""
    if len(rows) == 1:
        what = _what(view, rows)
        return f"{what[:1].upper()}{what[1:]}", "kan"
    of_them = f"{formats.number(left)} van de " if 0 < left < len(rows) else ""
    number = f"{formats.number(len(rows))} {view.model.woord.meervoud}"
    return f"{of_them}{number}", "kan" if left == 1 else "kunnen"
