"""What an import will change: the files laid beside the rows that are there.

Nothing is written here. A step names the row (or None for a new one) and only the
columns that get another value; a row without such columns is unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from cmk_admin.duo.files import Plek
from cmk_admin.duo.names import kies
from cmk_admin.duo.records import Gegeven, Invoer, Weigering
from models.base import Entiteit
from models.lijsten import Sector
from models.school import Gemeente, School, Schoolbestuur, SchoolSoort

E = TypeVar("E", bound=Entiteit)


@dataclass(frozen=True, slots=True)
class Stap(Generic[E]):
    """One row of an entity: `velden` are the columns to set, by column or relation name.

    In a step of a school `gemeente` and `schoolbestuur` are codes.
    """

    sleutel: str
    rij: E | None
    velden: dict[str, Any]
    plek: Plek


@dataclass(frozen=True, slots=True)
class Portaal:
    """The rows that are there, by code. po_go: the sector of every school in DUO's files."""

    gemeenten: Mapping[str, Gemeente]
    besturen: Mapping[str, Schoolbestuur]
    scholen: Mapping[str, School]
    po_go: Sector

    @classmethod
    def lees(cls, session: Session, po_go: Sector) -> "Portaal":
        """Everything at once: a query per school would take minutes."""
        besturen = session.scalars(select(Schoolbestuur))
        scholen = session.scalars(select(School))
        return cls(
            {rij.code: rij for rij in session.scalars(select(Gemeente))},
            {rij.bevoegd_gezagnummer: rij for rij in besturen if rij.bevoegd_gezagnummer},
            {rij.vestigingscode: rij for rij in scholen if rij.vestigingscode},
            po_go,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, and what nobody has to do but people want to know.

    afwezig: schools that DUO no longer lists in a gemeente of which it lists others.
    onbekend: how many vestigingen with pupils are no school of the portal.
    zonder_aantal: how many schools have "<5" pupils, and so no number.
    """

    gemeenten: list[Stap[Gemeente]]
    besturen: list[Stap[Schoolbestuur]]
    scholen: list[Stap[School]]
    geweigerd: list[Weigering]
    afwezig: list[School]
    onbekend: int
    zonder_aantal: int

    @property
    def verandert(self) -> bool:
        """Whether there is anything to write."""
        stappen: list[Stap[Any]] = [*self.gemeenten, *self.besturen, *self.scholen]
        return any(stap.rij is None or stap.velden for stap in stappen)


def maak_plan(invoer: Invoer, portaal: Portaal) -> Plan:
    """The steps that bring the portal to what the files say."""
    namen = {code: _gemeentenaam(invoer, code, portaal) for code in invoer.gemeenten}
    gemeenten = [
        _gemeente(code, naam, invoer.gemeenten[code], portaal.gemeenten.get(code))
        for code, naam in namen.items()
        if naam
    ]
    in_portaal = [c for c in invoer.leerlingen if c in portaal.scholen and c not in invoer.scholen]
    scholen = [_school(code, invoer, portaal) for code in [*invoer.scholen, *in_portaal]]
    naamloos = {code for code, naam in namen.items() if not naam}
    return Plan(
        gemeenten=gemeenten,
        besturen=[_bestuur(nummer, invoer, portaal) for nummer in invoer.besturen],
        scholen=[stap for stap in scholen if stap.velden.get("gemeente") not in naamloos],
        geweigerd=[
            *invoer.geweigerd,
            *(_zonder_naam(Gemeente, code, invoer.gemeenten[code].plek) for code in naamloos),
            *(
                _zonder_naam(School, stap.velden["gemeente"], stap.plek)
                for stap in scholen
                if stap.velden.get("gemeente") in naamloos
            ),
        ],
        afwezig=_afwezig(invoer, portaal),
        onbekend=len(invoer.leerlingen.keys() - invoer.scholen.keys() - portaal.scholen.keys()),
        zonder_aantal=sum(
            invoer.leerlingen[stap.sleutel].aantal is None
            for stap in scholen
            if stap.sleutel in invoer.leerlingen
        ),
    )


def _zonder_naam(entiteit: type[Entiteit], code: str, plek: Plek) -> Weigering:
    return Weigering(entiteit, plek, f"gemeente {code} heeft in geen van de bestanden een naam")


def _gemeentenaam(invoer: Invoer, code: str, portaal: Portaal) -> str | None:
    """The name of a gemeente out of what it is called now and the spellings in the files."""
    rij = portaal.gemeenten.get(code)
    gekozen = rij.naam if rij else None
    for naam in invoer.gemeentenamen.get(code, []):
        gekozen = kies(gekozen, naam)
    return gekozen


def _gemeente(code: str, naam: str, gegeven: Gegeven, rij: Gemeente | None) -> Stap[Gemeente]:
    return Stap(
        code, rij, _anders(rij, {"code": code, "naam": naam} | gegeven.velden), gegeven.plek
    )


def _bestuur(nummer: str, invoer: Invoer, portaal: Portaal) -> Stap[Schoolbestuur]:
    gegeven = invoer.besturen[nummer]
    rij = portaal.besturen.get(nummer)
    velden = {"bevoegd_gezagnummer": nummer} | gegeven.velden
    if rij is None:
        # Only without a name: a known name is never overwritten by a number.
        velden.setdefault("naam", f"{Schoolbestuur.NAAMLOOS}{nummer}")
    return Stap(nummer, rij, _anders(rij, velden), gegeven.plek)


def _school(code: str, invoer: Invoer, portaal: Portaal) -> Stap[School]:
    rij = portaal.scholen.get(code)
    telling = invoer.leerlingen.get(code)
    velden = _leerlingen(telling.aantal, rij) if telling else {}
    if code in invoer.soorten:
        velden["soort"] = invoer.soorten[code]
    gegeven = invoer.scholen.get(code)
    if gegeven:
        velden |= {"vestigingscode": code} | gegeven.velden
        if rij is None or rij.sector_id is None:
            velden["sector"] = portaal.po_go
        if "plaats" in velden:
            velden["plaats"] = kies(rij.plaats if rij else None, velden["plaats"])
    bron = gegeven or invoer.leerlingen[code]
    return Stap(code, rij, _anders(rij, velden), bron.plek)


def _leerlingen(aantal: int | None, rij: School | None) -> dict[str, Any]:
    """No pupils any more: closed. Only at that moment, so that a person who opens the
    school again is not overruled by the same file next month."""
    sluit = aantal == 0 and (rij is None or rij.aantal_leerlingen != 0)
    return {"aantal_leerlingen": aantal} | ({"actief": False} if sluit else {})


def _anders(rij: Entiteit | None, velden: dict[str, Any]) -> dict[str, Any]:
    """The columns that get another value; all of them for a new row."""
    if rij is None:
        return velden
    return {veld: waarde for veld, waarde in velden.items() if _nu(rij, veld) != waarde}


def _nu(rij: Entiteit, veld: str) -> Any:
    """What a row has now: a code where it points at a gemeente or board."""
    waarde = getattr(rij, veld)
    if isinstance(waarde, Gemeente):
        return waarde.code
    if isinstance(waarde, Schoolbestuur):
        return waarde.bevoegd_gezagnummer
    return waarde


def _afwezig(invoer: Invoer, portaal: Portaal) -> list[School]:
    """Active schools of a kind and a gemeente that the files do list, but without them."""
    gemeenten = {gegeven.velden["gemeente"] for gegeven in invoer.scholen.values()}
    soorten = {_soort(code, invoer, portaal) for code in invoer.scholen}
    return [
        school
        for code, school in portaal.scholen.items()
        if code not in invoer.scholen
        and school.actief
        and school.soort in soorten
        and school.gemeente.code in gemeenten
    ]


def _soort(code: str, invoer: Invoer, portaal: Portaal) -> SchoolSoort:
    if code in invoer.soorten:
        return invoer.soorten[code]
    return portaal.scholen[code].soort if code in portaal.scholen else SchoolSoort.ONBEKEND
