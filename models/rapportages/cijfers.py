"""The figures of one verantwoording, as dashboard and tabs show them.

Those of an open verantwoording are kept by the database beside its rows, those of a closed one
are read from the snapshot that closing stored. The number of queries does not depend on how many
are asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from models.base import Uren
from models.compleet import VERANTWOORDING, compleet, tellingen
from models.contractpartij import Werkgebied
from models.jaarstand import Jaar, Jaarstand, bereikt, geteld
from models.project import Baat, Project
from models.school import School
from models.stand import Stand, Standsoort
from models.verantwoording import MINIMAAL_COMPLEET, Momentopname, Status, Verantwoording

#: Tells one picture from every other: its row, and the fingerprint of what is in it.
Beeldnaam = tuple[int, str]
#: Verantwoordingen by id: given, or as a parameter of a statement that is made once.
Ids = Sequence[int] | BindParameter[Any]


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


def bij_de_lijst(sessie: Session, verantwoording: Verantwoording) -> tuple[Jaarstand, Cijfers]:
    """The activities of a year counted, and the figures that stand beside their list: what was
    spent and what there is, the hours, the schools. Of an open year both are one question, so
    that is all that is counted of it; a closed one has them in its picture."""
    jaar = Jaar(verantwoording.id, verantwoording.kalenderjaar)
    if verantwoording.status is not Status.OPEN:
        return jaar.geteld(sessie), cijfers_van(sessie, [verantwoording])[verantwoording.id]
    rij = sessie.execute(_bij_de_lijst(), jaar.waarden()).one()
    stand, (scholen, baten) = Jaarstand.uit(rij), rij[-2:]
    return stand, Cijfers(
        regels=stand.alle,
        compleet=stand.compleet,
        uren=stand.uren,
        scholen=scholen,
        besteed=stand.bedrag,
        besteedbaar=int(baten or 0),
    )


@cache
def _bij_de_lijst() -> Select[Any]:
    baten = (
        select(func.sum(Baat.bedrag))
        .join(Verantwoording, zelfde_jaar())
        .where(Verantwoording.id == VERANTWOORDING)
    )
    scholen = select(func.count()).select_from(bereikt().subquery())
    return geteld().add_columns(scholen.scalar_subquery(), baten.scalar_subquery())


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
    """Of open ones, by the counts that the database keeps of their rows: one query."""
    geteld = {id_: Cijfers() for id_ in ids}
    rijen = sessie.execute(_vraag(), {"ids": ids}).mappings() if ids else ()
    for rij in rijen:
        gevonden = {naam: waarde for naam, waarde in rij.items() if waarde is not None}
        id_ = gevonden.pop("id")
        waarden: dict[str, Any] = {
            naam: waarde if naam == "uren" else int(waarde) for naam, waarde in gevonden.items()
        }
        geteld[id_] = Cijfers(**waarden)
    return geteld


@cache
def _vraag() -> Select[Any]:
    """Asked by many pages, so made once."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    regio = in_regio(ids, Verantwoording.id, func.count(School.id).label("regio"))
    tellingen = [
        deel.subquery()
        for deel in (
            _standen(ids),
            _complete(ids),
            _bereikt(ids),
            besteedbaar(ids),
            regio.group_by(Verantwoording.id),
        )
    ]
    velden = [kolom for deel in tellingen for kolom in deel.c if kolom.name != "id"]
    vraag = select(Verantwoording.id, *velden).where(Verantwoording.id.in_(ids))
    for deel in tellingen:
        vraag = vraag.outerjoin(deel, deel.c.id == Verantwoording.id)
    return vraag


def _standen(ids: Ids) -> Any:
    """What is kept of activities, lasten and deelnames (`models/stand.py`)."""

    def som(soort: Standsoort, kolom: Any) -> ColumnElement[int]:
        return func.sum(case((Stand.soort == soort, kolom), else_=0))

    doel, kwartaal = Standsoort.DOEL, Standsoort.KWARTAAL
    return (
        select(
            Stand.verantwoording_id.label("id"),
            som(doel, Stand.aantal).label("regels"),
            som(doel, Stand.som).label("activiteiten"),
            type_coerce(som(doel, Stand.som_2), Uren).label("uren"),
            som(Standsoort.SCHOOL, Stand.som).label("deelnames"),
            som(kwartaal, Stand.som).label("besteed"),
            som(kwartaal, Stand.som_2).label("zonder_bedrag"),
        )
        .where(
            Stand.verantwoording_id.in_(ids),
            Stand.soort.in_([doel, kwartaal, Standsoort.SCHOOL]),
        )
        .group_by(Stand.verantwoording_id)
    )


def _complete(ids: Ids) -> Any:
    """How many activities are complete."""
    scholen, lasten, kolommen = tellingen(Stand.verantwoording_id.in_(ids))
    zelfde = and_(
        lasten.c.verantwoording_id == scholen.c.verantwoording_id,
        lasten.c.activiteit_id == scholen.c.activiteit_id,
    )
    return (
        select(scholen.c.verantwoording_id.label("id"), func.count().label("compleet"))
        .select_from(scholen)
        .join(lasten, zelfde)
        .where(compleet(kolommen))
        .group_by(scholen.c.verantwoording_id)
    )


def _bereikt(ids: Ids) -> Any:
    """Unique vestigingen per verantwoording, and those in the region of the project's sector."""
    scholen = (
        select(Stand.verantwoording_id, Stand.sleutel)
        .where(Stand.verantwoording_id.in_(ids), Stand.soort == Standsoort.SCHOOL)
        .group_by(Stand.verantwoording_id, Stand.sleutel)
        .having(func.sum(Stand.aantal) > 0)
        .subquery()
    )
    regio = in_regio(ids, Verantwoording.id, School.id.label("school_id")).subquery()
    van_de_regio = and_(
        regio.c.id == scholen.c.verantwoording_id, regio.c.school_id == scholen.c.sleutel
    )
    return (
        select(
            scholen.c.verantwoording_id.label("id"),
            func.count().label("scholen"),
            func.count(regio.c.school_id).label("in_regio"),
        )
        .select_from(scholen)
        .outerjoin(regio, van_de_regio)
        .group_by(scholen.c.verantwoording_id)
    )


def zelfde_jaar() -> ColumnElement[bool]:
    """Baten of the project and the year of a verantwoording."""
    return and_(
        Baat.project_id == Verantwoording.project_id,
        Baat.kalenderjaar == Verantwoording.kalenderjaar,
    )


def besteedbaar(ids: Ids) -> Any:
    """Σ baten of the project in the year, per verantwoording.

    ids: their numbers, or a bindparam to fill these in later.
    """
    return (
        select(Verantwoording.id, func.sum(Baat.bedrag).label("besteedbaar"))
        .join(Baat, zelfde_jaar())
        .where(Verantwoording.id.in_(ids))
        .group_by(Verantwoording.id)
    )


def in_regio(ids: Ids, *wat: Any) -> Any:
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
