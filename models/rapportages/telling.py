"""What is counted of one verantwoording: while it is open by the counts that the database keeps
of its rows (`models/stand.py`), else from the picture that closing stored (spec rule 4). Several
of these add up to a report."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from models.contractpartij import Werkgebied
from models.rapportages.cijfers import Beeldnaam, beelden, beeldnamen, besteedbaar
from models.rapportages.namen import (
    Schoolnaam,
    Sleutel,
    Vak,
    achter_elkaar,
    getallen_uit,
    naam_uit_beeld,
)
from models.school import Gemeente, School
from models.stand import Stand, Standsoort
from models.verantwoording import Status, Verantwoording

#: The quarter of lasten that have no payment date yet.
ZONDER_DATUM = 0


@dataclass(slots=True)
class Doelsom:
    """Rows, activities (Σ aantal, empty is one) and hours of one CMK-doel."""

    regels: int = 0
    activiteiten: int = 0
    uren: Decimal = Decimal(0)


@dataclass(slots=True)
class Lastsom:
    """Lasten added up: how many, their bedrag in cents, and how many have none yet."""

    aantal: int = 0
    bedrag: int = 0
    zonder_bedrag: int = 0


@dataclass(slots=True)
class Telling:
    """The counts of one verantwoording.

    scholen: reached vestiging → deelnames. regio: vestigingen in the werkgebied of the
    project's sector; None for a picture that does not know them. namen and doelnamen: what
    schools and doelen were called when it was closed; empty while it is open. vakken: where the
    schools of the region lie; of an open one alone.
    """

    doelen: dict[Sleutel, Doelsom] = field(default_factory=dict)
    kwartalen: dict[int, Lastsom] = field(default_factory=dict)
    scholen: dict[int, int] = field(default_factory=dict)
    regio: set[int] | None = field(default_factory=set)
    besteedbaar: int = 0
    namen: dict[int, Schoolnaam] = field(default_factory=dict)
    doelnamen: dict[Sleutel, str] = field(default_factory=dict)
    open: bool = True
    vakken: list[Vak] = field(default_factory=list, compare=False)


def tellingen(sessie: Session, delen: Sequence[Verantwoording]) -> list[Telling]:
    """The counts of each verantwoording: six queries, however many."""
    geteld = _geteld(sessie, [deel for deel in delen if deel.status is Status.OPEN])
    dicht = _gelezen(sessie, [deel.id for deel in delen if deel.id not in geteld])
    return [geteld[deel.id] if deel.id in geteld else dicht[deel.id] for deel in delen]


# --- from the counts that are kept of the rows ------------------------------------


def _geteld(sessie: Session, delen: Sequence[Verantwoording]) -> dict[int, Telling]:
    if not delen:
        return {}
    gevonden = {deel.id: Telling() for deel in delen}
    deze = {"ids": list(gevonden)}
    for id_, soort, sleutel, aantal, som, som_2 in sessie.execute(_standen(), deze):
        telling = gevonden[id_]
        if soort == Standsoort.DOEL:
            telling.doelen[sleutel] = Doelsom(int(aantal), int(som), Decimal(som_2) / 100)
        else:
            telling.kwartalen[sleutel] = Lastsom(int(aantal), int(som), int(som_2))
    for id_, paren in sessie.execute(_scholen(), deze):
        getallen = getallen_uit(paren)
        gevonden[id_].scholen = dict(zip(getallen[::2], getallen[1::2], strict=True))
    # Projects and years of one contractpartij and sector share their region.
    partijen = {"ids": sorted({deel.contractpartij_id for deel in delen})}
    vakken: dict[tuple[int, int], list[Vak]] = defaultdict(list)
    for partij, sector, id_, naam, scholen, besturen in sessie.execute(_regio(), partijen):
        vak = Vak((id_, naam), getallen_uit(scholen), getallen_uit(besturen))
        vakken[partij, sector].append(vak)
    regio = {
        wiens: {id_ for vak in eigen for id_ in vak.scholen} for wiens, eigen in vakken.items()
    }
    for deel in delen:
        wiens = (deel.contractpartij_id, deel.project.sector_id)
        if wiens in regio:
            gevonden[deel.id].regio, gevonden[deel.id].vakken = regio[wiens], vakken[wiens]
    for id_, bedrag in sessie.execute(_besteedbaar(), deze):
        gevonden[id_].besteedbaar = int(bedrag)
    return gevonden


#: Every report asks the same: the statements are made once, and these numbers filled in.
IDS: Any = bindparam("ids", expanding=True)


@cache
def _standen() -> Any:
    """By doel and by quarter."""
    return (
        select(
            Stand.verantwoording_id,
            Stand.soort,
            Stand.sleutel,
            func.sum(Stand.aantal),
            func.sum(Stand.som),
            func.sum(Stand.som_2),
        )
        .where(
            Stand.verantwoording_id.in_(IDS),
            Stand.soort.in_([Standsoort.DOEL, Standsoort.KWARTAAL]),
        )
        .group_by(Stand.verantwoording_id, Stand.soort, Stand.sleutel)
        .having(func.sum(Stand.aantal) > 0)
    )


@cache
def _scholen() -> Any:
    """Per verantwoording its schools and their deelnames, in turn."""
    per_school = (
        select(Stand.verantwoording_id, Stand.sleutel, func.sum(Stand.som).label("deelnames"))
        .where(Stand.verantwoording_id.in_(IDS), Stand.soort == Standsoort.SCHOOL)
        .group_by(Stand.verantwoording_id, Stand.sleutel)
        .having(func.sum(Stand.aantal) > 0)
        .subquery()
    )
    paar = cast(per_school.c.sleutel, String) + "," + cast(per_school.c.deelnames, String)
    return select(per_school.c.verantwoording_id, func.aggregate_strings(paar, ",")).group_by(
        per_school.c.verantwoording_id
    )


@cache
def _regio() -> Any:
    """Per contractpartij, sector and gemeente of its werkgebied: the active vestigingen and their
    besturen, in one order; `cijfers.in_regio` tells the same per verantwoording."""
    werkgebied = select(Werkgebied.gemeente_id).where(Werkgebied.contractpartij_id.in_(IDS))
    per_gemeente = (
        select(
            School.gemeente_id,
            School.sector_id,
            achter_elkaar(School.id).label("scholen"),
            achter_elkaar(func.coalesce(School.schoolbestuur_id, 0)).label("besturen"),
        )
        .where(School.actief, School.gemeente_id.in_(werkgebied), School.sector_id.is_not(None))
        .group_by(School.gemeente_id, School.sector_id)
        .subquery()
    )
    vak = per_gemeente.c
    return (
        select(
            Werkgebied.contractpartij_id,
            vak.sector_id,
            Gemeente.id,
            Gemeente.naam,
            vak.scholen,
            vak.besturen,
        )
        .join(per_gemeente, vak.gemeente_id == Werkgebied.gemeente_id)
        .join(Gemeente, Gemeente.id == Werkgebied.gemeente_id)
        .where(Werkgebied.contractpartij_id.in_(IDS))
    )


@cache
def _besteedbaar() -> Any:
    return besteedbaar(IDS)


# --- from the picture -------------------------------------------------------------

#: What was counted of pictures before, by which picture it was: that never changes.
_BEKEND: OrderedDict[Beeldnaam, Telling] = OrderedDict()
MEEST_BEKEND = 500


def _gelezen(sessie: Session, ids: Sequence[int]) -> dict[int, Telling]:
    """The counts of closed verantwoordingen. Which picture is theirs is asked each time; only
    one that was not seen before is read."""
    namen = beeldnamen(sessie, ids)
    gevonden = {id_: telling for id_, naam in namen.items() if (telling := _BEKEND.get(naam))}
    nieuw = beelden(sessie, [id_ for id_ in namen if id_ not in gevonden])
    for id_, beeld in nieuw.items():
        gevonden[id_] = _BEKEND[namen[id_]] = uit_beeld(beeld)
    while len(_BEKEND) > MEEST_BEKEND:
        _BEKEND.popitem(last=False)
    return gevonden


def uit_beeld(beeld: dict[str, Any]) -> Telling:
    """The same counts, of the year as it was closed."""
    telling = Telling(
        open=False,
        besteedbaar=beeld["totalen"]["baten"],
        regio=None,
        doelnamen={doel["id"]: doel["naam"] for doel in beeld.get("doelen", ())},
    )
    if "regio" in beeld:
        namen = [naam_uit_beeld(school) for school in beeld["regio"]]
        telling.regio = {school.id for school in namen}
        telling.namen |= {school.id: school for school in namen}
    for activiteit in beeld["activiteiten"]:
        _tel_activiteit(telling, activiteit)
        for last in activiteit["lasten"]:
            _tel_last(telling, last)
        for rij in activiteit["scholen"]:
            school = naam_uit_beeld(rij)
            telling.namen[school.id] = school
            deelnames = telling.scholen.get(school.id, 0) + (rij["leerkrachten"] or 0)
            telling.scholen[school.id] = deelnames
    return telling


def _tel_activiteit(telling: Telling, activiteit: dict[str, Any]) -> None:
    sleutel = doelsleutel(activiteit)
    som = telling.doelen.setdefault(sleutel, Doelsom())
    som.regels += 1
    som.activiteiten += activiteit["aantal"]
    som.uren += Decimal(activiteit["uren"])
    telling.doelnamen[sleutel] = activiteit["doel"]


def _tel_last(telling: Telling, last: dict[str, Any]) -> None:
    som = telling.kwartalen.setdefault(kwartaal_van(last["betaald_op"]), Lastsom())
    som.aantal += 1
    som.bedrag += last["bedrag"] or 0
    som.zonder_bedrag += last["bedrag"] is None


def kwartaal_van(betaald_op: str | date | None) -> int:
    """1 to 4, or ZONDER_DATUM."""
    if not betaald_op:
        return ZONDER_DATUM
    dag = date.fromisoformat(betaald_op) if isinstance(betaald_op, str) else betaald_op
    return (dag.month + 2) // 3


def doelsleutel(activiteit: dict[str, Any]) -> Sleutel:
    """The doel of an activity in a picture."""
    sleutel: Sleutel = activiteit.get("doel_id") or activiteit["doel"]
    return sleutel
