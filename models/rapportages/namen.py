"""Schools by name in a report: as they are called now, or as they were when a year was closed."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from models.school import Gemeente, School, Schoolbestuur

#: A doel, bestuur or gemeente: by id; a picture of before the ids has only the name.
Sleutel = int | str | None
#: A gemeente or a bestuur: its key and its name, of which a school may have none.
Groep = tuple[Sleutel, str | None]
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
    if len(ids) > TEGELIJK:
        # Of so many it is cheaper to read them all than to look each of them up.
        gezocht = set(ids)
        yield from (Schoolnaam._make(r) for r in sessie.execute(_alle()) if r[0] in gezocht)
    elif ids:
        yield from map(Schoolnaam._make, sessie.execute(_gekozen(), {"ids": sorted(ids)}))


@cache
def _alle() -> Any:
    return (
        select(*SCHOOLVELDEN)
        .select_from(School)
        .join(School.gemeente)
        .outerjoin(School.schoolbestuur)
    )


@cache
def _gekozen() -> Any:
    return _alle().where(School.id.in_(bindparam("ids", expanding=True)))


class Vak(NamedTuple):
    """The active vestigingen of one gemeente and sector. besturen: of each, in their order; 0 is
    none."""

    gemeente: Groep
    scholen: list[int]
    besturen: list[int]


@dataclass(slots=True)
class Indeling:
    """Schools by gemeente or by bestuur. groepen: group → its number; van: school → that number."""

    groepen: dict[Groep, int] = field(default_factory=dict)
    van: dict[int, int] = field(default_factory=dict)

    def nummer(self, groep: Groep) -> int:
        """The number of this group, a new one when it had none."""
        return self.groepen.setdefault(groep, len(self.groepen))


class Namen:
    """Of the schools of one report: what they are called, their gemeente and their bestuur.

    toen: those of closed years, by their names of then. nu: those that an open year has as well.
    vakken: where those of a region lie, by which many need not be looked up one by one.
    """

    def __init__(
        self, sessie: Session, toen: dict[int, Schoolnaam], nu: set[int], vakken: Iterable[Vak]
    ) -> None:
        self._sessie = sessie
        self._vakken = list(vakken) if len(nu) > TEGELIJK else []
        self._ingedeeld = set[int]().union(*(vak.scholen for vak in self._vakken))
        opgezocht = schoolnamen(sessie, nu - self._ingedeeld)
        self._bekend = toen | {school.id: school for school in opgezocht}

    def gemeenten(self) -> Indeling:
        """Where each of them lies."""
        indeling = Indeling()
        for school in self._bekend.values():
            indeling.van[school.id] = indeling.nummer((school.gemeente_id, school.gemeente))
        for vak in self._vakken:
            indeling.van.update(dict.fromkeys(vak.scholen, indeling.nummer(vak.gemeente)))
        return indeling

    def besturen(self) -> Indeling:
        """Whose each of them is."""
        indeling = Indeling()
        for school in self._bekend.values():
            indeling.van[school.id] = indeling.nummer((school.bestuur_id, school.bestuur))
        if self._vakken:
            namen = self._sessie.execute(_bestuursnamen())
            nummers = {id_: indeling.nummer((id_, naam)) for id_, naam in namen}
            nummers[0] = indeling.nummer((None, None))
            for vak in self._vakken:
                indeling.van.update(
                    zip(vak.scholen, map(nummers.__getitem__, vak.besturen), strict=True)
                )
        return indeling

    def van(self, ids: Collection[int]) -> list[Schoolnaam]:
        """What these are called."""
        opgezocht = schoolnamen(self._sessie, self._ingedeeld.intersection(ids))
        namen = {school.id: school for school in opgezocht}
        return [namen.get(id_) or self._bekend[id_] for id_ in ids]


@cache
def _bestuursnamen() -> Any:
    return select(Schoolbestuur.id, Schoolbestuur.naam)


def achter_elkaar(getal: Any) -> Any:
    """Numbers of many rows in one: a row of the database costs ten times as much as a number."""
    return func.aggregate_strings(cast(getal, String), ",")


def getallen_uit(tekst: str) -> list[int]:
    getallen: list[int] = json.loads(f"[{tekst}]")
    return getallen
