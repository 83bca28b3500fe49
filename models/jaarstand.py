"""The activities of a year: counted, and those that are asked for, as the database has them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitSchool
from models.base import Uren
from models.compleet import (
    ALLE,
    VERANTWOORDING,
    Stand,
    als_stand,
    compleet,
    gesorteerd,
    kolommen,
    lees,
    onvolledig,
    regels,
    tellingen,
    uren_kolom,
    van_elders,
)
from models.stand import Stand as Geteld
from models.stand import Standsoort

BEGIN, EIND = bindparam("begin", type_=Date), bindparam("eind", type_=Date)

#: What deserves a look at an activity, by name; `kolommen` are those of `compleet.kolommen`. No
#: period ends before it begins, so one that is not within the year has an end outside it.
LET_OP: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "betaaldatum": lambda kolommen: kolommen.zonder_betaaldatum > 0,
    "periode": lambda kolommen: or_(Activiteit.startdatum < BEGIN, Activiteit.einddatum > EIND),
    "partner": lambda kolommen: ~Activiteit.partner_koppelingen.any(),
    "sector": lambda kolommen: Activiteit.id.in_(
        select(ActiviteitSchool.activiteit_id).where(ActiviteitSchool.school_id.in_(van_elders()))
    ),
    "uren": lambda kolommen: uren_kolom() == 0,
    "nul": lambda kolommen: kolommen.nul_leerkrachten + kolommen.nul_bedrag > 0,
}


@dataclass(frozen=True, slots=True)
class Jaarstand:
    """The activities of a year, counted. compleet: how many are; bedrag: cents; uren: in all.

    zonder_betaaldatum: lasten. let_op: how many activities deserve that look.
    """

    alle: int
    compleet: int
    bedrag: int
    uren: Decimal
    zonder_betaaldatum: int
    let_op: Mapping[str, int]

    @classmethod
    def uit(cls, rij: Sequence[Any]) -> "Jaarstand":
        """From a row of `geteld`, whatever was asked beside it."""
        alle, complete, bedrag, uren, zonder, *let_op = rij[: 5 + len(LET_OP)]
        aantallen = {naam: int(hoeveel or 0) for naam, hoeveel in zip(LET_OP, let_op, strict=True)}
        uren = uren or Decimal(0)
        return cls(alle, int(complete or 0), int(bedrag or 0), uren, int(zonder or 0), aantallen)


@dataclass(frozen=True, slots=True)
class Som:
    """Chosen activities: how many, what they cost in cents, and their hours."""

    aantal: int = 0
    bedrag: int = 0
    uren: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Jaar:
    """A verantwoording and its calendar year, to ask about its activities."""

    verantwoording_id: int
    kalenderjaar: int

    def waarden(self, vanaf: int = 0, hoeveel: int = ALLE) -> dict[str, Any]:
        """What fills in the statements below."""
        jaar = self.kalenderjaar
        return {
            "verantwoording": self.verantwoording_id,
            "begin": date(jaar, 1, 1),
            "eind": date(jaar, 12, 31),
            "vanaf": vanaf,
            "hoeveel": hoeveel,
        }

    def geteld(self, sessie: Session) -> Jaarstand:
        """All of them, counted."""
        return Jaarstand.uit(sessie.execute(geteld(), self.waarden()).one())

    def standen(
        self, sessie: Session, volgorde: Sequence[Any] = (), vanaf: int = 0, hoeveel: int = ALLE
    ) -> list[Stand]:
        """All in this order and by name; from one on, so many. Their `eerste_…` is not asked."""
        vraag = gesorteerd(regels(met_eerste=False), volgorde) if volgorde else _alle()
        return lees(sessie, vraag, self.waarden(vanaf, hoeveel))

    def onvolledig(self, sessie: Session, hoeveel: int) -> list[Stand]:
        """The first that lack something, by name."""
        return lees(sessie, _onvolledige(), self.waarden(0, hoeveel))

    def gekozen(
        self,
        sessie: Session,
        *waar: ColumnElement[bool],
        volgorde: Sequence[Any] = (),
        vanaf: int = 0,
        hoeveel: int = ALLE,
    ) -> tuple[list[Stand], Som]:
        """The same of those of which this holds, with what they all come to; beyond the last of
        them that is not told."""
        k = kolommen()
        sommen = (func.count().over(), func.sum(k.bedrag).over(), _over(k.uren))
        vraag = gesorteerd(regels(met_eerste=False).add_columns(*sommen).where(*waar), volgorde)
        rijen = sessie.execute(vraag, self.waarden(vanaf, hoeveel)).all()
        if not rijen:
            return [], Som()
        aantal, bedrag, uren = rijen[0][-3:]
        return [als_stand(rij) for rij in rijen], Som(aantal, int(bedrag), uren)


def _over(uren: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(func.sum(uren).over(), Uren)


@cache
def _alle() -> Select[Any]:
    return gesorteerd(regels(met_eerste=False), ())


@cache
def _onvolledige() -> Select[Any]:
    return gesorteerd(regels().where(onvolledig()), ())


@cache
def geteld() -> Select[Any]:
    """What fills a Jaarstand. The counts of all activities are read in one go: that is cheaper
    than looking each up."""
    scholen, lasten, k = tellingen(Geteld.verantwoording_id == VERANTWOORDING)
    return (
        select(
            func.count(Activiteit.id),
            _hoeveel(compleet(k)),
            func.sum(k.bedrag),
            type_coerce(func.sum(uren_kolom()), Uren),
            func.sum(k.zonder_betaaldatum),
            *(_hoeveel(geldt(k)) for geldt in LET_OP.values()),
        )
        .outerjoin(scholen, scholen.c.activiteit_id == Activiteit.id)
        .outerjoin(lasten, lasten.c.activiteit_id == Activiteit.id)
        .where(Activiteit.verantwoording_id == VERANTWOORDING)
    )


def bereikt() -> Select[int]:
    """The schools that took part in a year."""
    return (
        select(Geteld.sleutel)
        .where(Geteld.verantwoording_id == VERANTWOORDING, Geteld.soort == Standsoort.SCHOOL)
        .group_by(Geteld.sleutel)
        .having(func.sum(Geteld.aantal) > 0)
    )


def _hoeveel(voorwaarde: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((voorwaarde, 1), else_=0))
