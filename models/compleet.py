"""When an activity is complete, and what it still lacks (spec rule 1, Handleiding 2.4)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select, true
from sqlalchemy.orm import Session

from models.activiteit import (
    Activiteit,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
    totaal_uren,
)
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.stand import Stand as Geteld
from models.stand import Standsoort
from models.vouwen import volgens, vouw

#: Between names that the database gives as one text; no name has a new line.
TUSSEN = "\n"


@dataclass(slots=True)
class Stand:
    """One activity with the figures that decide whether it is complete.

    bedrag: cents, rows without bedrag count as 0. uren: total hours.
    zonder_leerkrachten / zonder_bedrag: ids of the school and cost rows that lack it.
    andere_sector: schools of another sector than the project's.
    partners: names, in their order. gevonden: whether it is what was searched for.
    """

    id: int
    naam: str
    doel_id: int
    startdatum: date
    einddatum: date
    aantal: int
    uren: Decimal
    scholen: int = 0
    leerkrachten: int = 0
    lasten: int = 0
    bedrag: int = 0
    partners: tuple[str, ...] = ()
    nul_leerkrachten: int = 0
    andere_sector: int = 0
    nul_bedrag: int = 0
    zonder_betaaldatum: int = 0
    zonder_leerkrachten: list[int] = field(default_factory=list)
    zonder_bedrag: list[int] = field(default_factory=list)
    gevonden: bool = True

    @property
    def compleet(self) -> bool:
        """At least one school and one last, every row filled. Zero counts as filled."""
        return not self.ontbreekt

    @property
    def ontbreekt(self) -> tuple[str, ...]:
        """What is missing, in the words of the checklist."""
        gemist = []
        if not self.scholen:
            gemist.append("scholen")
        if self.zonder_leerkrachten:
            gemist.append("leerkrachten")
        if not self.lasten:
            gemist.append("lasten")
        if self.zonder_bedrag:
            gemist.append("bedrag")
        return tuple(gemist)


def stand_van(
    sessie: Session,
    verantwoording_id: int,
    activiteit_id: int | None = None,
    gezocht: ColumnElement[bool] | None = None,
) -> list[Stand]:
    """The stand of every activity of a verantwoording (or of one), by name.

    gezocht: a condition of which each says whether it holds. Three queries that give a row for
    each activity, however much hangs under it.
    """
    binnen: list[ColumnElement[bool]] = [Activiteit.verantwoording_id == verantwoording_id]
    if activiteit_id is not None:
        binnen.append(Activiteit.id == activiteit_id)
    standen = _activiteiten(sessie, binnen, true() if gezocht is None else gezocht)
    _scholen(sessie, binnen, standen, _van_elders(verantwoording_id))
    _lasten(sessie, binnen, standen)
    return list(standen.values())


def _activiteiten(
    sessie: Session, binnen: list[ColumnElement[bool]], gezocht: ColumnElement[bool]
) -> dict[int, Stand]:
    samen_met = (
        select(func.aggregate_strings(Samenwerkingspartner.naam, TUSSEN))
        .join(ActiviteitPartner.samenwerkingspartner)
        .where(ActiviteitPartner.activiteit_id == Activiteit.id)
        .correlate(Activiteit)
        .scalar_subquery()
    )
    rijen = sessie.execute(
        select(
            Activiteit.id,
            Activiteit.naam,
            Activiteit.doel_id,
            Activiteit.startdatum,
            Activiteit.einddatum,
            func.coalesce(Activiteit.aantal_activiteiten, 1),
            Activiteit.duur,
            Activiteit.duur_eenheid,
            samen_met,
            gezocht,
        )
        .where(*binnen)
        .order_by(volgens(Activiteit, "naam"), Activiteit.id)
    )
    standen = {}
    for id_, naam, doel, van, tot, aantal, duur, eenheid, met, gevonden in rijen:
        uren = totaal_uren(duur, eenheid, aantal)
        partners = tuple(sorted(met.split(TUSSEN), key=vouw)) if met else ()
        standen[id_] = Stand(
            id_, naam, doel, van, tot, aantal, uren, partners=partners, gevonden=bool(gevonden)
        )
    return standen


def _van_elders(verantwoording_id: int) -> Select[int]:
    """The schools of a verantwoording that are of another sector than its project."""
    from models.project import Project
    from models.verantwoording import Verantwoording

    return (
        select(Geteld.sleutel)
        .join(School, School.id == Geteld.sleutel)
        .join(Verantwoording, Verantwoording.id == Geteld.verantwoording_id)
        .join(Verantwoording.project)
        .where(
            Geteld.verantwoording_id == verantwoording_id,
            Geteld.soort == Standsoort.SCHOOL,
            School.sector_id != Project.sector_id,
        )
    )


def _scholen(
    sessie: Session,
    binnen: list[ColumnElement[bool]],
    standen: dict[int, Stand],
    van_elders: Select[int],
) -> None:
    leeg = ActiviteitSchool.aantal_leerkrachten.is_(None)
    rijen = sessie.execute(
        select(
            Activiteit.id,
            func.count(ActiviteitSchool.id),
            func.sum(ActiviteitSchool.aantal_leerkrachten),
            _hoeveel(ActiviteitSchool.aantal_leerkrachten == 0),
            _hoeveel(ActiviteitSchool.school_id.in_(van_elders)),
            _welke(ActiviteitSchool.id, leeg),
        )
        .join(Activiteit.scholen)
        .where(*binnen)
        .group_by(Activiteit.id)
    )
    for activiteit, aantal, leerkrachten, nul, elders, zonder in rijen:
        stand = standen[activiteit]
        stand.scholen, stand.nul_leerkrachten, stand.andere_sector = aantal, nul, elders
        stand.leerkrachten = int(leerkrachten or 0)
        stand.zonder_leerkrachten = _nummers(zonder)


def _lasten(sessie: Session, binnen: list[ColumnElement[bool]], standen: dict[int, Stand]) -> None:
    leeg = or_(Last.bedrag.is_(None), func.trim(Last.toelichting) == "")
    rijen = sessie.execute(
        select(
            Activiteit.id,
            func.count(Last.id),
            func.sum(Last.bedrag),
            _hoeveel(Last.bedrag == 0),
            _hoeveel(Last.betaald_op.is_(None)),
            _welke(Last.id, leeg),
        )
        .join(Activiteit.lasten)
        .where(*binnen)
        .group_by(Activiteit.id)
    )
    for activiteit, aantal, bedrag, nul, zonder_datum, zonder_bedrag in rijen:
        stand = standen[activiteit]
        stand.lasten, stand.bedrag, stand.nul_bedrag = aantal, int(bedrag or 0), nul
        stand.zonder_betaaldatum, stand.zonder_bedrag = zonder_datum, _nummers(zonder_bedrag)


def _hoeveel(voorwaarde: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((voorwaarde, 1), else_=0))


def _welke(id_: Any, voorwaarde: ColumnElement[bool]) -> ColumnElement[str]:
    """The ids of rows that meet a condition, as one text; None when there are none."""
    return func.aggregate_strings(case((voorwaarde, cast(id_, String))), ",")


def _nummers(tekst: str | None) -> list[int]:
    return sorted(map(int, tekst.split(","))) if tekst else []
