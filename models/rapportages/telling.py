"""What is counted of one verantwoording: from its rows while it is open, else from the
picture that closing stored (spec rule 4). Several of these add up to a report."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last
from models.base import Uren
from models.rapportages.cijfers import Beeldnaam, beelden, beeldnamen, besteedbaar, in_regio
from models.school import Gemeente, School, Schoolbestuur
from models.verantwoording import Status, Verantwoording

#: A doel, bestuur or gemeente: by id; a picture of before the ids has only the name.
Sleutel = int | str | None
#: The quarter of lasten that have no payment date yet.
ZONDER_DATUM = 0
#: Schools that are looked up by their number; a statement takes only so many parameters.
TEGELIJK = 1000


class Schoolnaam(NamedTuple):
    """A vestiging as it is called in a report; of a closed year as it was then."""

    id: int
    naam: str
    vestigingscode: str | None
    gemeente_id: Sleutel
    gemeente: str
    bestuur_id: Sleutel
    bestuur: str | None


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
    schools and doelen were called when it was closed; empty while it is open.
    """

    doelen: dict[Sleutel, Doelsom] = field(default_factory=dict)
    kwartalen: dict[int, Lastsom] = field(default_factory=dict)
    scholen: dict[int, int] = field(default_factory=dict)
    regio: set[int] | None = field(default_factory=set)
    besteedbaar: int = 0
    namen: dict[int, Schoolnaam] = field(default_factory=dict)
    doelnamen: dict[Sleutel, str] = field(default_factory=dict)
    open: bool = True


def tellingen(sessie: Session, delen: Sequence[Verantwoording], jaar: int | None) -> list[Telling]:
    """The counts of each verantwoording: six queries, however many.

    jaar: theirs; None where they are of several, whose lasten are not told by quarter then.
    """
    geteld = _geteld(sessie, [d.id for d in delen if d.status is Status.OPEN], jaar)
    dicht = _gelezen(sessie, [deel.id for deel in delen if deel.id not in geteld])
    return [geteld[deel.id] if deel.id in geteld else dicht[deel.id] for deel in delen]


# --- from the rows ----------------------------------------------------------------


def _geteld(sessie: Session, ids: Sequence[int], jaar: int | None) -> dict[int, Telling]:
    if not ids:
        return {}
    gevonden = {id_: Telling() for id_ in ids}
    for id_, doel, regels, aantal, uren in sessie.execute(_activiteiten(ids)):
        gevonden[id_].doelen[doel] = Doelsom(regels, int(aantal), uren)
    for id_, kwartaal, aantal, bedrag, zonder in sessie.execute(_lasten(ids, jaar)):
        gevonden[id_].kwartalen[kwartaal] = Lastsom(aantal, int(bedrag), int(zonder))
    for id_, school, deelnames in sessie.execute(_scholen(ids)):
        gevonden[id_].scholen[school] = int(deelnames)
    for id_, school in sessie.execute(in_regio(ids, Verantwoording.id, School.id)):
        regio = gevonden[id_].regio
        assert regio is not None
        regio.add(school)
    for id_, bedrag in sessie.execute(besteedbaar(ids)):
        gevonden[id_].besteedbaar = int(bedrag)
    return gevonden


def _activiteiten(ids: Sequence[int]) -> Any:
    aantal = func.coalesce(Activiteit.aantal_activiteiten, 1)
    return (
        select(
            Activiteit.verantwoording_id,
            Activiteit.doel_id,
            func.count(Activiteit.id),
            func.sum(aantal),
            type_coerce(func.sum(uren_van_activiteit()), Uren),
        )
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Activiteit.verantwoording_id, Activiteit.doel_id)
    )


def uren_van_activiteit() -> Any:
    """Total hours of an activity in hundredths: more than an integer column holds."""
    duur = cast(type_coerce(Activiteit.duur, Uren().impl_instance), BigInteger)
    keer = duur * func.coalesce(Activiteit.aantal_activiteiten, 1)
    return case((Activiteit.duur_eenheid == DuurEenheid.TOTAAL, duur), else_=keer)


def _lasten(ids: Sequence[int], jaar: int | None) -> Any:
    """By the quarter in which they were paid; a payment always lies in the year itself."""
    kwartaal: Any = literal(ZONDER_DATUM)
    if jaar is not None:
        kwartaal = case(
            (Last.betaald_op.is_(None), ZONDER_DATUM),
            (Last.betaald_op < date(jaar, 4, 1), 1),
            (Last.betaald_op < date(jaar, 7, 1), 2),
            (Last.betaald_op < date(jaar, 10, 1), 3),
            else_=4,
        )
    return (
        select(
            Activiteit.verantwoording_id,
            kwartaal.label("kwartaal"),
            func.count(Last.id),
            func.coalesce(func.sum(Last.bedrag), 0),
            func.sum(case((Last.bedrag.is_(None), 1), else_=0)),
        )
        .join(Last.activiteit)
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Activiteit.verantwoording_id, "kwartaal")
    )


def _scholen(ids: Sequence[int]) -> Any:
    return (
        select(
            Activiteit.verantwoording_id,
            ActiviteitSchool.school_id,
            func.coalesce(func.sum(ActiviteitSchool.aantal_leerkrachten), 0),
        )
        .join(ActiviteitSchool.activiteit)
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Activiteit.verantwoording_id, ActiviteitSchool.school_id)
    )


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


def naam_uit_beeld(rij: dict[str, Any]) -> Schoolnaam:
    """A school of a picture: of its region, or at an activity."""
    return Schoolnaam(
        rij["school_id"],
        rij["naam"],
        rij["vestigingscode"],
        rij.get("gemeente_id") or rij["gemeente"],
        rij["gemeente"],
        rij.get("bestuur_id") or rij["bestuur"],
        rij["bestuur"],
    )


# --- schools by name --------------------------------------------------------------


#: What fills a Schoolnaam, in its order.
SCHOOLVELDEN = (
    School.id,
    School.naam,
    School.vestigingscode,
    School.gemeente_id,
    Gemeente.naam,
    School.schoolbestuur_id,
    Schoolbestuur.naam,
)


def schoolnamen(sessie: Session, ids: Collection[int]) -> Iterator[Schoolnaam]:
    """What these schools are called now."""
    vraag = (
        select(*SCHOOLVELDEN)
        .select_from(School)
        .join(School.gemeente)
        .outerjoin(School.schoolbestuur)
    )
    if len(ids) > TEGELIJK:
        # Of so many it is cheaper to read them all than to look each of them up.
        gezocht = set(ids)
        yield from (Schoolnaam._make(r) for r in sessie.execute(vraag) if r[0] in gezocht)
    elif ids:
        gekozen = vraag.where(School.id.in_(sorted(ids)))
        yield from map(Schoolnaam._make, sessie.execute(gekozen))
