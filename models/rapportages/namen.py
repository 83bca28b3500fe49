"""Schools by name in a report: as they are called now, or as they were when a year was closed."""

from collections.abc import Callable, Collection, Iterator
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


class Namen:
    """Of the schools of one report: what they are called, their gemeente and their bestuur.

    toen: those of closed years, by their names of then. nu: those that an open year has as well;
    of many of these only that is read what is asked for.
    """

    def __init__(self, sessie: Session, toen: dict[int, Schoolnaam], nu: set[int]) -> None:
        self._sessie, self._bekend, self._nu = sessie, toen, nu
        if len(nu) <= TEGELIJK:
            self._bekend = toen | {school.id: school for school in schoolnamen(sessie, nu)}
            self._nu = set()

    def gemeenten(self) -> dict[int, Groep]:
        """Where each of them lies."""
        return self._groepen(
            lambda school: (school.gemeente_id, school.gemeente),
            lambda: self._gelezen(School.gemeente_id, Gemeente),
        )

    def besturen(self) -> dict[int, Groep]:
        """Whose each of them is."""
        return self._groepen(
            lambda school: (school.bestuur_id, school.bestuur),
            lambda: self._gelezen(School.schoolbestuur_id, Schoolbestuur),
        )

    def van(self, ids: Collection[int]) -> list[Schoolnaam]:
        """What these are called."""
        nu = self._nu & set(ids)
        namen = {school.id: school for school in schoolnamen(self._sessie, nu)}
        return [namen.get(id_) or self._bekend[id_] for id_ in ids]

    def _groepen(
        self, groep: Callable[[Schoolnaam], Groep], gelezen: Callable[[], dict[int, Groep]]
    ) -> dict[int, Groep]:
        """Of every school of the report; of so many as are read at once of others too."""
        nu = gelezen() if self._nu else {}
        toen = self._bekend.items()
        return nu | {id_: groep(school) for id_, school in toen if id_ not in self._nu}

    def _gelezen(self, kolom: Any, soort: type[Gemeente] | type[Schoolbestuur]) -> dict[int, Groep]:
        """Of all schools at once, a row for each group."""
        scholen = select(kolom, achter_elkaar(School.id)).group_by(kolom)
        namen = self._sessie.execute(select(soort.id, soort.naam))
        groep: dict[int | None, Groep] = {id_: (id_, naam) for id_, naam in namen}
        groep[None] = (None, None)
        return {
            school: groep[id_]
            for id_, binnen in self._sessie.execute(scholen)
            for school in getallen_uit(binnen)
        }


def achter_elkaar(getal: Any) -> Any:
    """Numbers of many rows in one: a row of the database costs ten times as much as a number."""
    return func.aggregate_strings(cast(getal, String), ",")


def getallen_uit(tekst: str) -> list[int]:
    return list(map(int, tekst.split(",")))
