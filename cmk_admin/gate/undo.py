"""Undoing a batch: copies go as a whole, a frame as far as it is unused, changes row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, inspect, or_, select

from cmk_admin import policy
from cmk_admin.gate.doors import bewerking, moving
from cmk_admin.gate.errors import Refused
from cmk_admin.gate.restore import TOUCHED, put_back
from cmk_admin.gate.session import GateSession
from cmk_admin.gate.together import Heard, Skipped, unheard
from cmk_admin.policy import Verdict
from cmk_admin.rights import Handeling
from models.activiteit import Activiteit
from models.base import Entiteit, RegelFout
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort

#: Entities of which an activity has parts.
PARTS = tuple(
    inspect(Activiteit).relationships[relatie].mapper.class_.__name__
    for relatie in Activiteit.delen
)
#: Batches that made activities: copies go all or none, of a frame whatever nobody went on with.
MADE = frozenset({BewerkingSoort.DUPLICEREN, BewerkingSoort.KLAARZETTEN})
#: Batches that are put back row by row.
ROW_BY_ROW = frozenset(
    {
        BewerkingSoort.WIJZIGEN,
        BewerkingSoort.VERPLAATSEN,
        BewerkingSoort.SAMENVOEGEN,
        BewerkingSoort.VERWIJDEREN,
        BewerkingSoort.ONGEDAAN,
        BewerkingSoort.OPNIEUW,
    }
)
#: Batches that take another one back.
BACK = (BewerkingSoort.ONGEDAAN, BewerkingSoort.OPNIEUW)
NOTHING, NOTHING_AGAIN = "Er is niets teruggezet.", "Er is niets opnieuw uitgevoerd."
ALREADY, ALREADY_AGAIN = "Alles stond al terug.", "Alles stond al zo."
UNDONE, AGAIN = "Ongedaan gemaakt: ", "Opnieuw uitgevoerd: "


@dataclass(frozen=True, slots=True)
class Undone:
    """rows: how many rows are as they were; kept: what stays as it is, and why.

    bewerking_id: of the batch that took it back. already: rows that were back before it.
    """

    rows: int
    bewerking_id: int
    kept: tuple[Skipped, ...] = ()
    already: int = 0


def may_undo(session: GateSession, stap: Bewerking) -> Verdict:
    """Own batch by whoever may duplicate or undo; any batch by a beheerder."""
    if stap.ongedaan_op is not None:
        return Verdict(False, done_before(stap))
    if stap.soort not in MADE and stap.soort not in ROW_BY_ROW:
        return Verdict(False, f"{stap.soort.label} kan niet in één keer ongedaan worden gemaakt.")
    return _whose(session, stap)


def done_before(stap: Bewerking) -> str:
    """That it was taken back, or done again when it took something back itself."""
    how = "opnieuw uitgevoerd" if stap.soort is BewerkingSoort.ONGEDAAN else "ongedaan gemaakt"
    return f"Deze bewerking is al {how}."


def _whose(session: GateSession, stap: Bewerking) -> Verdict:
    actor = session.actor
    if policy.may(actor, Handeling.ONGEDAAN_ALLE, stap):
        return policy.JA
    if stap.door_id != actor.gebruiker_id:
        return Verdict(
            False,
            "Deze bewerking is van iemand anders.",
            "Wie haar deed of een beheerder kan haar ongedaan maken.",
        )
    if stap.soort in MADE:
        return policy.bij_eigen_stap(actor, type(stap).__name__)
    return policy.may(actor, Handeling.ONGEDAAN, stap)


def undo(session: GateSession, stap: Bewerking, heard: Heard = unheard) -> Undone:
    """Take back what `stap` did; the caller commits. heard: told how many changes were begun.

    Copies go all or none: when one was changed since, RegelFout, and nothing happens. Else what
    was changed since, or may not be changed now, is kept and told. RegelFout when nothing can
    go back. Raises Refused, Locked.
    """
    verdict = may_undo(session, stap)
    if not verdict:
        raise Refused(verdict)
    by_row = stap.soort in ROW_BY_ROW
    undone = _rows(session, stap, (), heard) if by_row else _made(session, stap, heard)
    back = session.get_one(Bewerking, undone.bewerking_id)
    with session.own_work():
        stap.ongedaan_op, stap.ongedaan_door_id = back.op, back.door_id
        session.flush()
    return undone


def taken_back_by(session: GateSession, stap: Bewerking) -> Bewerking | None:
    """The batch that took this one back as a whole: theirs is the same moment."""
    if stap.ongedaan_op is None:
        return None
    return session.scalar(
        select(Bewerking)
        .where(
            Bewerking.id > stap.id,
            Bewerking.op == stap.ongedaan_op,
            Bewerking.door_id == stap.ongedaan_door_id,
            Bewerking.soort.in_(BACK),
        )
        .limit(1)
    )


def takes_back(session: GateSession, stap: Bewerking) -> Bewerking | None:
    """The batch that this one took back as a whole."""
    if stap.soort not in BACK:
        return None
    return session.scalar(
        select(Bewerking)
        .where(
            Bewerking.id < stap.id,
            Bewerking.ongedaan_op == stap.op,
            Bewerking.ongedaan_door_id == stap.door_id,
        )
        .limit(1)
    )


def undo_rows(session: GateSession, stap: Bewerking, ids: Sequence[int]) -> Undone:
    """Take back a few of the changes of a batch, by their ids; the caller commits.

    The batch itself is not undone by it. Raises as `undo` does.
    """
    verdict = may_undo_rows(session, stap)
    if not verdict:
        raise Refused(verdict)
    return _rows(session, stap, ids, unheard)


def may_undo_rows(session: GateSession, stap: Bewerking) -> Verdict:
    """As the whole batch; also what stayed behind when that was undone."""
    if stap.soort not in ROW_BY_ROW:
        return Verdict(False, f"{stap.soort.label} kan niet rij voor rij ongedaan worden gemaakt.")
    return _whose(session, stap)


def _rows(session: GateSession, stap: Bewerking, ids: Sequence[int], heard: Heard) -> Undone:
    mine = select(Wijziging).where(Wijziging.bewerking_id == stap.id)
    changes = session.scalars(mine.where(Wijziging.id.in_(ids)) if ids else mine).all()
    again = stap.soort is BewerkingSoort.ONGEDAAN
    soort = BewerkingSoort.OPNIEUW if again else BewerkingSoort.ONGEDAAN
    with (
        bewerking(session, soort, _name(stap, changes), stap.contractpartij_id) as back,
        moving(session),
    ):
        restored = put_back(session, changes, heard)
    if not restored.rows:
        reasons = list(dict.fromkeys(one.reason for one in restored.kept))
        if restored.already and not reasons:
            reasons = [ALREADY_AGAIN if again else ALREADY]
        raise RegelFout(" ".join((NOTHING_AGAIN if again else NOTHING, *reasons)))
    kept = tuple(restored.kept)
    return Undone(len(restored.rows), back.id, kept, len(restored.already))


def _name(stap: Bewerking, changes: Sequence[Wijziging] = ()) -> str:
    """The words of the batch that is undone, however often it was done and undone.

    changes: of a batch that is undone row by row; fewer than all of them are named apart.
    """
    what = stap.omschrijving.removeprefix(UNDONE).removeprefix(AGAIN)
    if 0 < len(changes) < stap.aantal:
        rows = f"“{changes[0].titel}”" if len(changes) == 1 else f"{len(changes)} rijen"
        what = f"{rows}, uit: {what}"
    return f"{AGAIN if stap.soort is BewerkingSoort.ONGEDAAN else UNDONE}{what}"


def _made(session: GateSession, stap: Bewerking, heard: Heard) -> Undone:
    made = {
        (rij.entiteit, rij.rij_id)
        for rij in session.scalars(
            select(Wijziging).where(
                Wijziging.bewerking_id == stap.id, Wijziging.soort == WijzigingSoort.AANGEMAAKT
            )
        )
    }
    mine = Activiteit.id.in_([id_ for naam, id_ in made if naam == "Activiteit"])
    rows = session.scalars(select(Activiteit).where(mine)).all()
    there = {row: {(type(one).__name__, one.id) for one in _whole(row)} for row in rows}
    used = []
    for number, row in enumerate(rows):
        heard(number)
        if not there[row] <= made or _used(session, stap, row):
            used.append(row)
    if stap.soort is BewerkingSoort.DUPLICEREN and (used or set().union(*there.values()) != made):
        raise _not_as_copied(used)
    unused = [row for row in rows if row not in used]
    if not unused:
        raise RegelFout(f"{NOTHING} {TOUCHED}")
    session.undoing = frozenset(made)
    try:
        with bewerking(
            session, BewerkingSoort.ONGEDAAN, _name(stap), stap.contractpartij_id
        ) as back:
            for row in unused:
                session.delete(row)
    finally:
        session.undoing = frozenset()
    kept = tuple(Skipped("Activiteit", row.id, row.naam, TOUCHED) for row in used)
    return Undone(len(unused), back.id, kept)


def _whole(row: Activiteit) -> list[Entiteit]:
    """An activity with its parts."""
    return [row, *(part for relation in row.delen for part in getattr(row, relation))]


def _used(session: GateSession, stap: Bewerking, row: Activiteit) -> bool:
    """Whether somebody went on with what this batch made: it was changed, got or lost parts."""
    later = session.scalar(
        select(func.count(Wijziging.id)).where(
            or_(
                and_(Wijziging.entiteit == "Activiteit", Wijziging.rij_id == row.id),
                and_(Wijziging.entiteit.in_(PARTS), Wijziging.ouder_id == row.id),
            ),
            Wijziging.bewerking_id.is_distinct_from(stap.id),
        )
    )
    return bool(later) or any(one.versie != 1 for one in _whole(row))


def _not_as_copied(changed: Sequence[Activiteit]) -> RegelFout:
    names = sorted({row.naam for row in changed})
    which = f"Gewijzigd: {', '.join(names)}." if names else ""
    return RegelFout(
        "Sinds het dupliceren zijn kopieën gewijzigd of verwijderd, dus er is niets teruggedraaid."
        f" {which}".rstrip()
    )
