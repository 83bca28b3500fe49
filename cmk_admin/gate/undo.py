"""Undoing a batch: what it made goes as a whole, what was changed goes back row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, inspect, or_, select

from cmk_admin import policy
from cmk_admin.gate.doors import bewerking, moving
from cmk_admin.gate.errors import Refused
from cmk_admin.gate.restore import put_back
from cmk_admin.gate.session import GateSession
from cmk_admin.gate.together import Heard, Skipped, unheard
from cmk_admin.policy import Verdict
from cmk_admin.rights import Handeling
from models.activiteit import Activiteit
from models.base import RegelFout, nu
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort

#: Entities of which an activity has parts.
PARTS = tuple(
    inspect(Activiteit).relationships[relatie].mapper.class_.__name__
    for relatie in Activiteit.delen
)
#: Batches that made activities, which go all or none: after what, and what was made.
MADE = {
    BewerkingSoort.DUPLICEREN: ("het dupliceren", "kopieën"),
    BewerkingSoort.KLAARZETTEN: ("het klaarzetten", "activiteiten"),
}
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
NOTHING = "Er is niets teruggezet."
UNDONE, AGAIN = "Ongedaan gemaakt: ", "Opnieuw uitgevoerd: "


@dataclass(frozen=True, slots=True)
class Undone:
    """rows: how many rows are as they were; kept: what stays as it is, and why.

    bewerking_id: of the batch that took it back.
    """

    rows: int
    bewerking_id: int
    kept: tuple[Skipped, ...] = ()


def may_undo(session: GateSession, stap: Bewerking) -> Verdict:
    """Own batch by whoever may duplicate or undo; any batch by a beheerder."""
    if stap.ongedaan_op is not None:
        return Verdict(False, "Deze bewerking is al ongedaan gemaakt.")
    if stap.soort not in MADE and stap.soort not in ROW_BY_ROW:
        return Verdict(False, f"{stap.soort.label} kan niet in één keer ongedaan worden gemaakt.")
    return _whose(session, stap)


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

    What was made goes all or none: when one was changed since, RegelFout, and nothing happens.
    Changed rows go back one by one; what was changed since, or may not be changed now, is
    kept and told. RegelFout when nothing can go back. Raises Refused, Locked.
    """
    verdict = may_undo(session, stap)
    if not verdict:
        raise Refused(verdict)
    by_row = stap.soort in ROW_BY_ROW
    undone = _rows(session, stap, (), heard) if by_row else _copies(session, stap)
    with session.own_work():
        stap.ongedaan_op, stap.ongedaan_door_id = nu(), session.actor.gebruiker_id
        session.flush()
    return undone


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
        bewerking(session, soort, _name(stap), stap.contractpartij_id) as back,
        moving(session),
    ):
        restored = put_back(session, changes, heard)
    if not restored.rows:
        reasons = dict.fromkeys(one.reason for one in restored.kept)
        raise RegelFout(" ".join((NOTHING, *reasons)))
    return Undone(len(restored.rows), back.id, tuple(restored.kept))


def _name(stap: Bewerking) -> str:
    """The words of the batch that is undone, however often it was done and undone."""
    what = stap.omschrijving.removeprefix(UNDONE).removeprefix(AGAIN)
    return f"{AGAIN if stap.soort is BewerkingSoort.ONGEDAAN else UNDONE}{what}"


def _copies(session: GateSession, stap: Bewerking) -> Undone:
    made = {
        (rij.entiteit, rij.rij_id)
        for rij in session.scalars(
            select(Wijziging).where(
                Wijziging.bewerking_id == stap.id, Wijziging.soort == WijzigingSoort.AANGEMAAKT
            )
        )
    }
    kopieen = list(
        session.scalars(
            select(Activiteit).where(
                Activiteit.id.in_([id_ for naam, id_ in made if naam == "Activiteit"])
            )
        )
    )
    _untouched(session, stap, made, kopieen)
    session.undoing = frozenset(made)
    try:
        with bewerking(
            session, BewerkingSoort.ONGEDAAN, _name(stap), stap.contractpartij_id
        ) as back:
            for kopie in kopieen:
                session.delete(kopie)
    finally:
        session.undoing = frozenset()
    return Undone(len(kopieen), back.id)


def _untouched(
    session: GateSession, stap: Bewerking, made: set[tuple[str, int]], kopieen: list[Activiteit]
) -> None:
    """Refuse when a copy was changed, got or lost parts, or is gone."""
    there: set[tuple[str, int]] = set()
    changed = set()
    for kopie in kopieen:
        parts = [deel for relatie in kopie.delen for deel in getattr(kopie, relatie)]
        rows = {(type(rij).__name__, rij.id) for rij in (kopie, *parts)}
        there |= rows
        later = session.scalar(
            select(func.count(Wijziging.id)).where(
                or_(
                    and_(Wijziging.entiteit == "Activiteit", Wijziging.rij_id == kopie.id),
                    and_(Wijziging.entiteit.in_(PARTS), Wijziging.ouder_id == kopie.id),
                ),
                Wijziging.bewerking_id.is_distinct_from(stap.id),
            )
        )
        if later or not rows <= made or any(rij.versie != 1 for rij in (kopie, *parts)):
            changed.add(kopie.naam)
    if changed or there != made:
        sinds, gemaakt = MADE[stap.soort]
        wat = f"Gewijzigd: {', '.join(sorted(changed))}." if changed else ""
        raise RegelFout(
            f"Sinds {sinds} zijn {gemaakt} gewijzigd of verwijderd, dus er is niets"
            f" teruggedraaid. {wat}".strip()
        )
