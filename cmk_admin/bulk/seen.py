"""Row by row what a step of many rows does, before it is done: it is tried, and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from cmk_admin.bulk import effects, picture, run
from cmk_admin.gate import GateSession
from cmk_admin.page_batch import EffectLine, Touched
from models.base import Entiteit
from models.historie import Wijziging

#: Does the step, without commit; returns the number of its batch.
Work = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What happens to the first rows, of `total`; the fingerprint is of all of them."""

    rows: tuple[Touched, ...]
    total: int
    effects: tuple[EffectLine, ...]
    fingerprint: str


def tried(session: GateSession, entity: type[Entiteit], ids: Sequence[int], work: Work) -> Seen:
    """What `work` does, after which it never happened; raises what `work` raises."""
    try:
        watched = effects.Watched(session, entity, ids)
        rows = changes_of(session, work())
        shown, total = picture.first_rows(entity, rows)
        return Seen(shown, total, effects.lines(watched.effects()), run.fingerprint_of(rows))
    finally:
        session.rollback()


def changes_of(session: GateSession, bewerking_id: int) -> Sequence[Wijziging]:
    """The history of one batch, in order."""
    mine = select(Wijziging).where(Wijziging.bewerking_id == bewerking_id)
    return session.scalars(mine.order_by(Wijziging.id)).all()
