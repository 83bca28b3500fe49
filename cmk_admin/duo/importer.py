"""Taking DUO's files into the portal, in one transaction, as often as one likes.

DUO wins: a name or place that a person corrected is put back when DUO says otherwise,
since a correction belongs at DUO. With three exceptions, where DUO's file knows less
than the portal does: a known board name never becomes "Bevoegd gezag 20091", a place
name in capitals never undoes a better spelling, and an empty cell says nothing.

Nothing is deleted, and nothing is opened again: a school that a newer file leaves out
is reported, a school whose pupils became 0 is made inactive. DUO's file of primary
schools does not say what kind each is; that comes from its file of pupils, and stays
"onbekend" until then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmk_admin.basislijsten import sector_po_go
from cmk_admin.duo.files import lees
from cmk_admin.duo.plan import Plan, Portaal, Stap, maak_plan
from cmk_admin.duo.records import Weigering, verzamel
from cmk_admin.gate import GateSession, bewerking
from models.base import Entiteit
from models.historie import BewerkingSoort
from models.school import Gemeente, School, Schoolbestuur


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """What an import did. bewaard: whether it is in the database, rather than refused."""

    plan: Plan
    bewaard: bool

    @property
    def geweigerd(self) -> list[Weigering]:
        return self.plan.geweigerd


def importeer(session: GateSession, paden: Iterable[Path], *, sla_over: bool = False) -> Uitkomst:
    """Bring the schools, boards and gemeenten of the portal to what the files say.

    All or nothing: with a refused line nothing changes, unless `sla_over` leaves such
    lines out. Raises WrongFileError for a file that is not DUO's, RegelFout when a rule
    of the portal refuses; then nothing has changed either.
    """
    paden = list(paden)
    invoer = verzamel([lees(pad) for pad in paden])
    plan = maak_plan(invoer, Portaal.lees(session, sector_po_go(session)))
    if plan.geweigerd and not sla_over:
        session.rollback()
        return Uitkomst(plan, bewaard=False)
    if plan.verandert:
        namen = ", ".join(pad.name for pad in paden)
        with bewerking(session, BewerkingSoort.IMPORTEREN, f"DUO: {namen}"):
            _voer_uit(session, plan)
        session.commit()
    return Uitkomst(plan, bewaard=True)


def _voer_uit(session: GateSession, plan: Plan) -> None:
    gemeenten = _zet(Gemeente, plan.gemeenten, {})
    besturen = _zet(Schoolbestuur, plan.besturen, {})
    session.add_all([*gemeenten.values(), *besturen.values()])
    session.flush()
    scholen = _zet(School, plan.scholen, {"gemeente": gemeenten, "schoolbestuur": besturen})
    session.add_all(scholen.values())
    session.flush()


def _zet(
    entiteit: type[Entiteit], stappen: Iterable[Stap[Any]], verwijst: dict[str, dict[str, Entiteit]]
) -> dict[str, Entiteit]:
    """Every row by code, with its columns set; what points at another row gets its id."""
    rijen: dict[str, Entiteit] = {}
    for stap in stappen:
        rij = stap.rij or entiteit()
        for veld, waarde in stap.velden.items():
            if veld in verwijst:
                setattr(rij, f"{veld}_id", verwijst[veld][waarde].id)
            else:
                setattr(rij, veld, waarde)
        rijen[stap.sleutel] = rij
    return rijen
