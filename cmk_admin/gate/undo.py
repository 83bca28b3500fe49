"""Undoing a duplicate: the copies go, as long as nobody touched them."""

from sqlalchemy import and_, func, inspect, or_, select

from cmk_admin import policy
from cmk_admin.gate.doors import bewerking
from cmk_admin.gate.errors import Refused
from cmk_admin.gate.session import GateSession
from cmk_admin.policy import Handeling, Verdict
from models.activiteit import Activiteit
from models.base import RegelFout, nu
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort

#: Entities of which an activity has parts.
PARTS = tuple(
    inspect(Activiteit).relationships[relatie].mapper.class_.__name__
    for relatie in Activiteit.delen
)


def may_undo(session: GateSession, stap: Bewerking) -> Verdict:
    """Own batch by whoever may duplicate; any batch by a beheerder."""
    actor = session.actor
    if stap.ongedaan_op is not None:
        return Verdict(False, "Deze bewerking is al ongedaan gemaakt.")
    if stap.soort is not BewerkingSoort.DUPLICEREN:
        return Verdict(False, f"{stap.soort.label} kan niet in één keer ongedaan worden gemaakt.")
    if policy.may(actor, Handeling.ONGEDAAN_ALLE, stap):
        return policy.JA
    if stap.door_id != actor.gebruiker_id:
        return Verdict(
            False,
            "Deze bewerking is van iemand anders.",
            "Wie haar deed of een beheerder kan haar ongedaan maken.",
        )
    return policy.bij_eigen_stap(actor, type(stap).__name__)


def undo(session: GateSession, stap: Bewerking) -> int:
    """Delete the copies that `stap` made; the caller commits.

    Returns how many activities went. Raises Refused, Locked, or RegelFout when a copy
    was changed since: then nothing happens.
    """
    verdict = may_undo(session, stap)
    if not verdict:
        raise Refused(verdict)
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
            session,
            BewerkingSoort.ONGEDAAN,
            f"Ongedaan gemaakt: {stap.omschrijving}",
            stap.contractpartij_id,
        ):
            for kopie in kopieen:
                session.delete(kopie)
        with session.own_work():
            stap.ongedaan_op, stap.ongedaan_door_id = nu(), session.actor.gebruiker_id
            session.flush()
    finally:
        session.undoing = frozenset()
    return len(kopieen)


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
        wat = f"Gewijzigd: {', '.join(sorted(changed))}." if changed else ""
        raise RegelFout(
            "Sinds het dupliceren zijn kopieën gewijzigd of verwijderd, dus er is niets"
            f" teruggedraaid. {wat}".strip()
        )
