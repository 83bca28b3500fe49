"""One year per school: the first view of werkwijze A (Handleiding 3)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select, type_coerce
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitSchool
from models.base import Uren
from models.compleet import HOEVEEL, VANAF, VERANTWOORDING, kolommen, tellingen, uren_kolom
from models.jaarstand import bereikt
from models.rapportages.weergaven import Regel, gesloten
from models.school import School
from models.stand import Stand
from models.verantwoording import Status, Verantwoording
from models.vouwen import volgens, vouw


@dataclass(frozen=True, slots=True)
class Deelname:
    """An activity as a school took part in it. scholen: of how many; bedrag: all it cost."""

    id: int
    naam: str
    aantal: int
    uren: Decimal
    leerkrachten: int
    scholen: int
    bedrag: int


@dataclass(frozen=True, slots=True)
class PerSchool:
    """What one school took part in.

    activiteiten and uren count all of it. eigen: lasten of activities of this school alone,
    in cents; what several schools shared is told once, beside the schools.
    """

    id: int
    naam: str
    deelnames: tuple[Deelname, ...]

    @property
    def activiteiten(self) -> int:
        return sum(deelname.aantal for deelname in self.deelnames)

    @property
    def leerkrachten(self) -> int:
        return sum(deelname.leerkrachten for deelname in self.deelnames)

    @property
    def uren(self) -> Decimal:
        return sum((deelname.uren for deelname in self.deelnames), Decimal(0))

    @property
    def eigen(self) -> int:
        return sum(deelname.bedrag for deelname in self.deelnames if deelname.scholen == 1)


#: From which school on and how many → these.
Bladzijde = Callable[[int, int], Sequence[PerSchool]]


@dataclass(frozen=True, slots=True)
class Scholenbeeld:
    """A year per school. gedeeld, zonder_school: lasten of what has several schools, or none.

    activiteiten, scholen: how many there are. lasten: all of the year, each counted once.
    bladzijde: some of the schools, by name.
    """

    activiteiten: int
    scholen: int
    gedeeld: int
    zonder_school: int
    uren: Decimal
    lasten: int
    bladzijde: Bladzijde = field(compare=False)


def per_school(sessie: Session, verantwoording: Verantwoording) -> Scholenbeeld:
    """Every school that took part, with what it took part in; of a closed year as stored."""
    if verantwoording.status is not Status.OPEN:
        return scholen_uit(gesloten(sessie, verantwoording))
    deze = {"verantwoording": verantwoording.id}
    aantal, *bedragen, uren, scholen = sessie.execute(_schooltotalen(), deze).one()
    gedeeld, zonder, lasten = (int(bedrag or 0) for bedrag in bedragen)
    return Scholenbeeld(
        aantal,
        scholen,
        gedeeld,
        zonder,
        uren or Decimal(0),
        lasten,
        partial(_scholen, sessie, verantwoording.id),
    )


def scholen_uit(regels: Sequence[Regel]) -> Scholenbeeld:
    """The same of activities that were read."""
    bij: dict[int, list[Regel]] = defaultdict(list)
    for regel in regels:
        for school in regel.scholen:
            bij[school].append(regel)
    scholen = [
        PerSchool(
            school,
            eigen[0].scholen[school][0],
            tuple(_deelname(regel, school) for regel in eigen),
        )
        for school, eigen in bij.items()
    ]
    scholen.sort(key=lambda school: (vouw(school.naam), school.id))
    return Scholenbeeld(
        len(regels),
        len(scholen),
        sum(regel.bedrag for regel in regels if len(regel.scholen) > 1),
        sum(regel.bedrag for regel in regels if not regel.scholen),
        sum((regel.uren for regel in regels), Decimal(0)),
        sum(regel.bedrag for regel in regels),
        lambda vanaf, hoeveel: scholen[vanaf : vanaf + hoeveel],
    )


def _deelname(regel: Regel, school: int) -> Deelname:
    _naam, leerkrachten = regel.scholen[school]
    aantal, uren = regel.aantal, regel.uren
    return Deelname(
        regel.id, regel.naam, aantal, uren, leerkrachten, len(regel.scholen), regel.bedrag
    )


@cache
def _schooltotalen() -> Select[Any]:
    """Of all activities of a year: how many, their lasten by whose they are, and their hours; and
    how many schools there are."""
    scholen, lasten, k = tellingen(Stand.verantwoording_id == VERANTWOORDING)
    return (
        select(
            func.count(Activiteit.id),
            func.sum(case((k.scholen > 1, k.bedrag), else_=0)),
            func.sum(case((k.scholen == 0, k.bedrag), else_=0)),
            func.sum(k.bedrag),
            type_coerce(func.sum(uren_kolom()), Uren),
            select(func.count()).select_from(bereikt().subquery()).scalar_subquery(),
        )
        .outerjoin(scholen, scholen.c.activiteit_id == Activiteit.id)
        .outerjoin(lasten, lasten.c.activiteit_id == Activiteit.id)
        .where(Activiteit.verantwoording_id == VERANTWOORDING)
    )


def _scholen(
    sessie: Session, verantwoording_id: int, vanaf: int, hoeveel: int
) -> Sequence[PerSchool]:
    deze = {"verantwoording": verantwoording_id, "vanaf": vanaf, "hoeveel": hoeveel}
    namen = dict(sessie.execute(_schoolnamen(), deze).all())
    if not namen:
        return ()
    gezocht = {"verantwoording": verantwoording_id, "scholen": list(namen)}
    bij: dict[int, list[tuple[str, Deelname]]] = {id_: [] for id_ in namen}
    for rij in sessie.execute(_deelnames(), gezocht):
        school, gevouwen, id_, naam, aantal, uren, leerkrachten, scholen, bedrag = rij
        deelname = Deelname(id_, naam, aantal, uren, leerkrachten, int(scholen), int(bedrag))
        bij[school].append((gevouwen, deelname))
    return [
        PerSchool(
            id_,
            naam,
            tuple(deelname for _, deelname in sorted(bij[id_], key=lambda d: (d[0], d[1].id))),
        )
        for id_, naam in namen.items()
    ]


@cache
def _schoolnamen() -> Select[int, str]:
    """Some of the schools that took part in a year, by name."""
    return (
        select(School.id, School.naam)
        .where(School.id.in_(bereikt()))
        .order_by(volgens(School, "naam"), School.id)
        .limit(HOEVEEL)
        .offset(VANAF)
    )


@cache
def _deelnames() -> Select[Any]:
    """What these schools took part in. With an index of activity and school SQLite would look for
    each of the schools at every activity of the year: `+ 0` keeps that from it."""
    return (
        select(
            ActiviteitSchool.school_id,
            volgens(Activiteit, "naam"),
            Activiteit.id,
            Activiteit.naam,
            func.coalesce(Activiteit.aantal_activiteiten, 1),
            kolommen().uren,
            func.coalesce(ActiviteitSchool.aantal_leerkrachten, 0),
            kolommen().scholen,
            kolommen().bedrag,
        )
        .join(ActiviteitSchool.activiteit)
        .where(
            Activiteit.verantwoording_id == VERANTWOORDING,
            (ActiviteitSchool.school_id + 0).in_(bindparam("scholen", expanding=True)),
        )
    )
