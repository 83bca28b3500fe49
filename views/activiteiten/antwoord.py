"""Sending a form: saved once, or shown again with what stood in the way and all that was typed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, redirect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from cmk_admin import database, editing, integrity
from cmk_admin.entity_forms import INVALID, STALE, StaleForm, new_key, read_key
from cmk_admin.gate import Gone, Locked, once
from cmk_admin.page import Conflict, FormError
from models.base import Fout, RegelFout
from views.activiteiten import concept
from views.activiteiten.bewaren import StaleRows
from views.activiteiten.formulier import ActivityForm

Page = str | Response | tuple[str, int]
AT_ONCE = "Iemand anders bewaarde op hetzelfde moment. Kijk na wat er nu staat en bewaar opnieuw."


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a form was not saved. stale: someone else saved first."""

    errors: tuple[FormError, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    by: str = ""
    stale: bool = False


def save(form: ActivityForm, work: Callable[[], str], again: Callable[[Failed], str]) -> Page:
    """Do `work` once per key; `again` makes the page for when it can't be done."""
    session = database.session()
    try:
        answer = redirect(once(session, read_key(form), work))
        _drop_draft()
    except Gone:
        raise
    except (RegelFout, IntegrityError) as error:
        session.rollback()
        fouten: tuple[Fout, ...] = (
            error.fouten if isinstance(error, RegelFout) else (integrity.translate(error),)
        )
        return again(Failed(form.summary(editing.put_errors(form, fouten)))), INVALID
    except Locked as closed:
        # Closed while the form was open: what was typed is not lost.
        session.rollback()
        reason = f"{closed.reason} {closed.help}".strip()
        return again(Failed((FormError("", "", reason),))), STALE
    except (StaleForm, StaleDataError) as error:
        session.rollback()
        form.sleutel.data = new_key()
        return again(_stale(error)), STALE
    return answer


def _drop_draft() -> None:
    """What was typed is saved by now: a draft that can't be dropped takes nothing of that back."""
    try:
        concept.saved()
    except DBAPIError:
        current_app.logger.exception("concept niet weggehaald na het bewaren")


def _stale(error: StaleForm | StaleDataError) -> Failed:
    if not isinstance(error, StaleForm):
        return Failed((FormError("", "", AT_ONCE),), stale=True)
    notes = error.notes if isinstance(error, StaleRows) else ()
    return Failed(notes, error.conflicts, error.by, stale=True)
