"""The figures of one verantwoording, as dashboard and tabs show them.

An open verantwoording is counted from its rows, a closed one is read from the snapshot
that closing stored. The number of queries does not depend on how many are asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitSchool, DuurEenheid, Last
from models.base import Uren
from models.contractpartij import Werkgebied
from models.project import Baat, Project
from models.school import School
from models.verantwoording import MINIMAAL_COMPLEET, Momentopname, Status, Verantwoording

#: Tells one picture from every other: its row, and the fingerprint of what is in it.
Beeldnaam = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Cijfers:
    """The figures of one verantwoording. Money in cents.

    regels: rows in the list; activiteiten: Σ aantal activiteiten, empty counts as one.
    compleet: complete rows. scholen: unique vestigingen; in_regio of regio of them lie in the
    werkgebied and sector of the project. deelnames: Σ leerkrachten over the school rows.
    besteed: Σ lasten; zonder_bedrag of those have no bedrag yet and count as nothing.
    For a closed year `compleet` is None: the snapshot has no need of it. So are `regio` and
    `in_regio` of a snapshot from before it held the region.
    """

    regels: int = 0
    activiteiten: int = 0
    compleet: int | None = 0
    uren: Decimal = Decimal(0)
    scholen: int = 0
    in_regio: int | None = 0
    regio: int | None = 0
    deelnames: int = 0
    besteed: int = 0
    zonder_bedrag: int = 0
    besteedbaar: int = 0

    @property
    def over(self) -> int:
        """What is left; negative when more was spent than there is."""
        return self.besteedbaar - self.besteed

    @property
    def nog_nodig(self) -> int:
        """How many complete activities still stand between now and closing (Handleiding 2.4)."""
        return max(0, MINIMAAL_COMPLEET - (self.compleet or 0))


def procent(deel: int, geheel: int) -> int:
    """A part as whole percents, over 100 when it is more than the whole; 0 of nothing."""
    if geheel <= 0:
        return 101 if deel > 0 and geheel < 0 else 0
    return deel * 100 // geheel


def cijfers_van(sessie: Session, verantwoordingen: Iterable[Verantwoording]) -> dict[int, Cijfers]:
    """The figures of these verantwoordingen, by id."""
    alle = list(verantwoordingen)
    open_ = [v.id for v in alle if v.status is Status.OPEN]
    dicht = [v.id for v in alle if v.status is not Status.OPEN]
    return _geteld(sessie, open_) | {
        id_: _uit_beeld(beeld) for id_, beeld in beelden(sessie, dicht).items()
    }


def beelden(sessie: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The latest stored picture of closed verantwoordingen, by their id."""
    if not ids:
        return {}
    rijen = sessie.execute(_laatste(ids, Momentopname.inhoud))
    return {rij.verantwoording_id: rij.inhoud for rij in rijen}


def beeldnamen(sessie: Session, ids: Sequence[int]) -> dict[int, Beeldnaam]:
    """Which picture is the latest of each, by their id: its row and what is in it."""
    if not ids:
        return {}
    rijen = sessie.execute(_laatste(ids, Momentopname.id, Momentopname.sha256))
    return {rij.verantwoording_id: (rij.id, rij.sha256) for rij in rijen}


def _laatste(ids: Sequence[int], *wat: Any) -> Any:
    laatste = (
        select(func.max(Momentopname.id))
        .where(Momentopname.verantwoording_id.in_(ids))
        .group_by(Momentopname.verantwoording_id)
    )
    return select(Momentopname.verantwoording_id, *wat).where(Momentopname.id.in_(laatste))


def _uit_beeld(beeld: dict[str, Any]) -> Cijfers:
    activiteiten, totalen = beeld["activiteiten"], beeld["totalen"]
    bereikt = {rij["school_id"] for a in activiteiten for rij in a["scholen"]}
    regio = {rij["school_id"] for rij in beeld["regio"]} if "regio" in beeld else None
    return Cijfers(
        regels=len(activiteiten),
        activiteiten=totalen["activiteiten"],
        compleet=None,
        uren=sum((Decimal(a["uren"]) for a in activiteiten), Decimal(0)),
        scholen=totalen["scholen"],
        in_regio=None if regio is None else len(bereikt & regio),
        regio=None if regio is None else len(regio),
        deelnames=totalen["deelnames"],
        besteed=totalen["lasten"],
        zonder_bedrag=sum(x["bedrag"] is None for a in activiteiten for x in a["lasten"]),
        besteedbaar=totalen["baten"],
    )


def _geteld(sessie: Session, ids: list[int]) -> dict[int, Cijfers]:
    """Counted from the rows: one query."""
    if not ids:
        return {}
    regio = in_regio(ids, Verantwoording.id, func.count(School.id).label("regio"))
    tellingen = [
        deel.subquery()
        for deel in (
            _per_verantwoording(ids),
            _bereikt(ids),
            besteedbaar(ids),
            regio.group_by(Verantwoording.id),
        )
    ]
    velden = [kolom for deel in tellingen for kolom in deel.c if kolom.name != "id"]
    vraag = select(Verantwoording.id, *velden).where(Verantwoording.id.in_(ids))
    for deel in tellingen:
        vraag = vraag.outerjoin(deel, deel.c.id == Verantwoording.id)
    geteld = {id_: Cijfers() for id_ in ids}
    for rij in sessie.execute(vraag).mappings():
        gevonden = {naam: waarde for naam, waarde in rij.items() if waarde is not None}
        id_ = gevonden.pop("id")
        waarden: dict[str, Any] = {
            naam: waarde if naam == "uren" else int(waarde) for naam, waarde in gevonden.items()
        }
        geteld[id_] = Cijfers(**waarden)
    return geteld


def _schoolrijen(ids: Sequence[int]) -> Subquery:
    """Per activity its school rows, and how many of those have no leerkrachten yet."""
    return (
        select(
            ActiviteitSchool.activiteit_id,
            func.count(ActiviteitSchool.id).label("aantal"),
            func.count(ActiviteitSchool.aantal_leerkrachten).label("ingevuld"),
            func.coalesce(func.sum(ActiviteitSchool.aantal_leerkrachten), 0).label("deelnames"),
        )
        .join(ActiviteitSchool.activiteit)
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(ActiviteitSchool.activiteit_id)
        .subquery()
    )


def _lastrijen(ids: Sequence[int]) -> Subquery:
    """Per activity its lasten, and how many of those are not filled."""
    leeg = or_(Last.bedrag.is_(None), func.trim(Last.toelichting) == "")
    return (
        select(
            Last.activiteit_id,
            func.count(Last.id).label("aantal"),
            func.coalesce(func.sum(Last.bedrag), 0).label("bedrag"),
            func.sum(case((leeg, 1), else_=0)).label("leeg"),
            func.sum(case((Last.bedrag.is_(None), 1), else_=0)).label("zonder_bedrag"),
        )
        .join(Last.activiteit)
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Last.activiteit_id)
        .subquery()
    )


def _per_verantwoording(ids: Sequence[int]) -> Any:
    """What is counted per activity, added up. A complete activity is that of `compleet.Stand`."""
    scholen, lasten = _schoolrijen(ids), _lastrijen(ids)
    aantal = func.coalesce(Activiteit.aantal_activiteiten, 1)
    # Hundredths of an hour times a number: more than an integer column holds.
    duur = cast(type_coerce(Activiteit.duur, Uren().impl_instance), BigInteger)
    uren = case((Activiteit.duur_eenheid == DuurEenheid.TOTAAL, duur), else_=duur * aantal)
    compleet = and_(
        scholen.c.aantal > 0,
        scholen.c.aantal == scholen.c.ingevuld,
        lasten.c.aantal > 0,
        lasten.c.leeg == 0,
    )
    return (
        select(
            Activiteit.verantwoording_id.label("id"),
            func.count(Activiteit.id).label("regels"),
            func.sum(aantal).label("activiteiten"),
            type_coerce(func.sum(uren), Uren).label("uren"),
            func.sum(case((compleet, 1), else_=0)).label("compleet"),
            func.coalesce(func.sum(scholen.c.deelnames), 0).label("deelnames"),
            func.coalesce(func.sum(lasten.c.bedrag), 0).label("besteed"),
            func.coalesce(func.sum(lasten.c.zonder_bedrag), 0).label("zonder_bedrag"),
        )
        .outerjoin(scholen, scholen.c.activiteit_id == Activiteit.id)
        .outerjoin(lasten, lasten.c.activiteit_id == Activiteit.id)
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Activiteit.verantwoording_id)
    )


def _bereikt(ids: Sequence[int]) -> Any:
    """Unique vestigingen per verantwoording, and those in the region of the project's sector."""
    van_de_regio = and_(
        Werkgebied.id.is_not(None), School.actief, School.sector_id == Project.sector_id
    )
    return (
        select(
            Activiteit.verantwoording_id.label("id"),
            func.count(distinct(ActiviteitSchool.school_id)).label("scholen"),
            func.count(distinct(case((van_de_regio, ActiviteitSchool.school_id)))).label(
                "in_regio"
            ),
        )
        .join(ActiviteitSchool.activiteit)
        .join(ActiviteitSchool.school)
        .join(Activiteit.verantwoording)
        .join(Verantwoording.project)
        .outerjoin(
            Werkgebied,
            and_(
                Werkgebied.contractpartij_id == Activiteit.contractpartij_id,
                Werkgebied.gemeente_id == School.gemeente_id,
            ),
        )
        .where(Activiteit.verantwoording_id.in_(ids))
        .group_by(Activiteit.verantwoording_id)
    )


def zelfde_jaar() -> ColumnElement[bool]:
    """Baten of the project and the year of a verantwoording."""
    return and_(
        Baat.project_id == Verantwoording.project_id,
        Baat.kalenderjaar == Verantwoording.kalenderjaar,
    )


def besteedbaar(ids: Any) -> Any:
    """Σ baten of the project in the year, per verantwoording.

    ids: their numbers, or a bindparam to fill these in later.
    """
    return (
        select(Verantwoording.id, func.sum(Baat.bedrag).label("besteedbaar"))
        .join(Baat, zelfde_jaar())
        .where(Verantwoording.id.in_(ids))
        .group_by(Verantwoording.id)
    )


def in_regio(ids: Any, *wat: Any) -> Any:
    """`wat` of verantwoording and school, for the active vestigingen of the project's sector
    in the werkgebied. ids: as of `besteedbaar`."""
    return (
        select(*wat)
        .select_from(Verantwoording)
        .join(Verantwoording.project)
        .join(Werkgebied, Werkgebied.contractpartij_id == Verantwoording.contractpartij_id)
        .join(
            School,
            and_(
                School.gemeente_id == Werkgebied.gemeente_id,
                School.actief,
                School.sector_id == Project.sector_id,
            ),
        )
        .where(Verantwoording.id.in_(ids))
    )
