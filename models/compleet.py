"""When an activity is complete, and what it still lacks (spec rule 1, Handleiding 2.4).

The database counts with every row what decides it (`models/stand.py`). So a year is judged,
searched, sorted and cut where its rows are, and only the activities that are shown are read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from models.activiteit import (
    Activiteit,
    ActiviteitPartner,
    ActiviteitSchool,
    DuurEenheid,
    Last,
)
from models.base import Uren
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.stand import Stand as Geteld
from models.stand import Standsoort
from models.vouwen import volgens, vouw

#: Between names that the database gives as one text; no name has a new line.
TUSSEN = "\n"

#: What an activity can lack, in the words of the checklist → when it does. Asked of a Stand and
#: of columns in the database alike: zero counts as filled, and every row has to be.
ONTBREEKT: Mapping[str, Callable[[Any], Any]] = {
    "scholen": lambda stand: stand.scholen == 0,
    "leerkrachten": lambda stand: stand.zonder_leerkrachten > 0,
    "lasten": lambda stand: stand.lasten == 0,
    "bedrag": lambda stand: stand.zonder_bedrag > 0,
}


def compleet(kolommen: Any) -> ColumnElement[bool]:
    """At least one school and one last, every row filled."""
    return and_(*(not_(mist(kolommen)) for mist in ONTBREEKT.values()))


def compleet_nageteld(sessie: Session, verantwoording_id: int) -> int:
    """How many activities of a year are complete by their rows themselves.

    What closing goes by (Handleiding 2.4): a count that is kept, however well, is no proof.
    """
    leeg = ActiviteitSchool.aantal_leerkrachten.is_(None)
    scholen = _nageteld(ActiviteitSchool, scholen=func.count(), zonder_leerkrachten=_aantal(leeg))
    lasten = _nageteld(Last, lasten=func.count(), zonder_bedrag=_aantal(Last.bedrag.is_(None)))
    kolommen = SimpleNamespace(
        scholen=func.coalesce(scholen.c.scholen, 0),
        zonder_leerkrachten=func.coalesce(scholen.c.zonder_leerkrachten, 0),
        lasten=func.coalesce(lasten.c.lasten, 0),
        zonder_bedrag=func.coalesce(lasten.c.zonder_bedrag, 0),
    )
    vraag = (
        select(func.count(Activiteit.id))
        .outerjoin(scholen, scholen.c.activiteit_id == Activiteit.id)
        .outerjoin(lasten, lasten.c.activiteit_id == Activiteit.id)
        .where(Activiteit.verantwoording_id == VERANTWOORDING, compleet(kolommen))
    )
    return sessie.scalar(vraag, {"verantwoording": verantwoording_id}) or 0


def _nageteld(deel: type[ActiviteitSchool | Last], **sommen: ColumnElement[int]) -> Subquery:
    """Sums over the parts of each activity of a year."""
    return (
        select(deel.activiteit_id, *(som.label(naam) for naam, som in sommen.items()))
        .join(deel.activiteit)
        .where(Activiteit.verantwoording_id == VERANTWOORDING)
        .group_by(deel.activiteit_id)
        .subquery()
    )


def _aantal(voorwaarde: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((voorwaarde, 1), else_=0))


def volgorde_van_stand(kolommen: Any) -> tuple[ColumnElement[int], ...]:
    """To sort by: what is missing by its words, what is complete last."""

    def plaats(*woorden: str) -> ColumnElement[int]:
        gemist = enumerate(woorden, start=1)
        return case(*((ONTBREEKT[wat](kolommen), nummer) for nummer, wat in gemist), else_=0)

    return (
        case((compleet(kolommen), 1), else_=0),
        plaats("leerkrachten", "scholen"),
        plaats("bedrag", "lasten"),
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """One activity with the figures that decide whether it is complete.

    bedrag: cents, rows without bedrag count as 0. uren: total hours. zonder_…: how many school
    and cost rows lack it; eerste_…: the id of the first of them. andere_sector: schools of another
    sector than the project's. partners: names, in their order.
    """

    id: int
    naam: str
    doel_id: int
    startdatum: date
    einddatum: date
    uren: Decimal
    partners: tuple[str, ...]
    eerste_zonder_leerkrachten: int | None
    eerste_zonder_bedrag: int | None
    andere_sector: int
    scholen: int
    leerkrachten: int
    zonder_leerkrachten: int
    nul_leerkrachten: int
    lasten: int
    bedrag: int
    zonder_bedrag: int
    nul_bedrag: int
    zonder_betaaldatum: int

    @property
    def compleet(self) -> bool:
        return not self.ontbreekt

    @property
    def ontbreekt(self) -> tuple[str, ...]:
        """What is missing, in the words of the checklist."""
        return tuple(wat for wat, mist in ONTBREEKT.items() if mist(self))


#: What the database counts of an activity, in the order of Stand → where it keeps that.
GETELD = {
    "scholen": (Standsoort.SCHOLEN, Geteld.aantal),
    "leerkrachten": (Standsoort.SCHOLEN, Geteld.som),
    "zonder_leerkrachten": (Standsoort.SCHOLEN, Geteld.som_2),
    "nul_leerkrachten": (Standsoort.SCHOLEN, Geteld.som_3),
    "lasten": (Standsoort.LASTEN, Geteld.aantal),
    "bedrag": (Standsoort.LASTEN, Geteld.som),
    "zonder_bedrag": (Standsoort.LASTEN, Geteld.som_2),
    "nul_bedrag": (Standsoort.LASTEN, Geteld.som_3),
    "zonder_betaaldatum": (Standsoort.LASTEN, Geteld.som_4),
}


def telling(soort: Standsoort, binnen: ColumnElement[bool]) -> Subquery:
    """The counts of one kind, of each activity that has such a part."""
    sommen = (func.sum(kolom).label(naam) for naam, (van, kolom) in GETELD.items() if van == soort)
    return (
        select(Geteld.verantwoording_id, Geteld.sleutel.label("activiteit_id"), *sommen)
        .where(binnen, Geteld.soort == soort)
        .group_by(Geteld.verantwoording_id, Geteld.sleutel)
        .subquery()
    )


def tellingen(binnen: ColumnElement[bool]) -> tuple[Subquery, Subquery, Any]:
    """Those of both kinds; and all their columns, where a part that is not there counts as none."""
    delen = telling(Standsoort.SCHOLEN, binnen), telling(Standsoort.LASTEN, binnen)
    namen = {naam: deel.c[naam] for deel in delen for naam in GETELD if naam in deel.c}
    kolommen = {naam: func.coalesce(kolom, 0) for naam, kolom in namen.items()}
    return (*delen, SimpleNamespace(**kolommen))


# --- activities that are read -----------------------------------------------------

VERANTWOORDING: Any = bindparam("verantwoording")
VANAF, HOEVEEL = bindparam("vanaf", type_=Integer), bindparam("hoeveel", type_=Integer)
#: No year has so many activities.
ALLE = 1_000_000


@cache
def kolommen() -> Any:
    """What activities of a year are shown, chosen and sorted by, beside their own columns: each
    looked up for the activities that it is asked of, so that fifty of them stay fifty."""
    return SimpleNamespace(
        uren=uren_kolom(),
        partners=_van_activiteit(func.count(ActiviteitPartner.id), ActiviteitPartner),
        **{naam: _bewaard(*waar) for naam, waar in GETELD.items()},
    )


def uren_van_activiteit() -> Any:
    """`totaal_uren` in the database, in hundredths: more than an integer column holds."""
    duur = cast(type_coerce(Activiteit.duur, Uren().impl_instance), BigInteger)
    keer = duur * func.coalesce(Activiteit.aantal_activiteiten, 1)
    return case((Activiteit.duur_eenheid == DuurEenheid.TOTAAL, duur), else_=keer)


def uren_kolom() -> ColumnElement[Any]:
    """The same as hours."""
    return type_coerce(uren_van_activiteit(), Uren)


def _bewaard(soort: Standsoort, kolom: Any) -> Any:
    """One count of the activity that is read."""
    return func.coalesce(_bij_activiteit(soort, func.sum(kolom)), 0)


def _bij_activiteit(soort: Standsoort, wat: Any) -> Any:
    return (
        select(wat)
        .where(
            Geteld.verantwoording_id == Activiteit.verantwoording_id,
            Geteld.soort == soort,
            Geteld.sleutel == Activiteit.id,
        )
        .correlate(Activiteit)
        .scalar_subquery()
    )


def _van_activiteit(wat: Any, deel: Any, *waar: ColumnElement[bool]) -> Any:
    """Something of the parts of the activity that is read."""
    binnen = (deel.activiteit_id == Activiteit.id, *waar)
    return select(wat).where(*binnen).correlate(Activiteit).scalar_subquery()


def van_elders() -> Select[int]:
    """The schools of a verantwoording that are of another sector than its project."""
    from models.project import Project
    from models.verantwoording import Verantwoording

    return (
        select(Geteld.sleutel)
        .join(School, School.id == Geteld.sleutel)
        .join(Verantwoording, Verantwoording.id == Geteld.verantwoording_id)
        .join(Verantwoording.project)
        .where(
            Geteld.verantwoording_id == VERANTWOORDING,
            Geteld.soort == Standsoort.SCHOOL,
            School.sector_id != Project.sector_id,
        )
    )


@cache
def regels(met_eerste: bool = True, met_sector: bool = False) -> Select[Any]:
    """A row per activity, with what fills a Stand in its order.

    met_eerste: with the ids of the first rows that lack something. met_sector: with how many of
    its schools are of another sector.
    """
    namen = (
        select(func.aggregate_strings(Samenwerkingspartner.naam, TUSSEN))
        .join(ActiviteitPartner.samenwerkingspartner)
        .where(ActiviteitPartner.activiteit_id == Activiteit.id)
        .correlate(Activiteit)
        .scalar_subquery()
    )
    school, last = ActiviteitSchool, Last
    leeg = or_(last.bedrag.is_(None), func.trim(last.toelichting) == "")
    eerste = (
        _van_activiteit(func.min(school.id), school, school.aantal_leerkrachten.is_(None)),
        _van_activiteit(func.min(last.id), last, leeg),
    )
    elders = ActiviteitSchool.school_id.in_(van_elders())
    sector = _van_activiteit(func.count(school.id), school, elders)
    return select(
        Activiteit.id,
        Activiteit.naam,
        Activiteit.doel_id,
        Activiteit.startdatum,
        Activiteit.einddatum,
        kolommen().uren,
        namen,
        *(eerste if met_eerste else (null(), null())),
        sector if met_sector else literal(0),
        _getallen(Standsoort.SCHOLEN),
        _getallen(Standsoort.LASTEN),
    ).where(Activiteit.verantwoording_id == VERANTWOORDING)


def _getallen(soort: Standsoort) -> Any:
    """All counts of one kind as one text: a look-up for the activity that is read, not nine."""
    kolommen = [kolom for van, kolom in GETELD.values() if van == soort]
    tekst = reduce(lambda ene, ander: ene + " " + ander, map(_som_als_tekst, kolommen))
    return _bij_activiteit(soort, tekst)


def _som_als_tekst(kolom: Any) -> Any:
    return cast(func.sum(kolom), String)


def als_stand(rij: Sequence[Any]) -> Stand:
    """From a row of `regels`, whatever was asked beside it."""
    id_, naam, doel, van, tot, uren, namen, *eigen, scholen, lasten = rij[:12]
    partners = tuple(sorted(namen.split(TUSSEN), key=vouw)) if namen else ()
    getallen = f"{scholen or '0 0 0 0'} {lasten or '0 0 0 0 0'}".split()
    return Stand(id_, naam, doel, van, tot, uren, partners, *eigen, *map(int, getallen))


def gesorteerd(vraag: Select[Any], volgorde: Sequence[Any]) -> Select[Any]:
    """In this order and by name, as far as is asked."""
    vraag = vraag.order_by(*volgorde, volgens(Activiteit, "naam"), Activiteit.id)
    return vraag.limit(HOEVEEL).offset(VANAF)


def stand_van(
    sessie: Session, verantwoording_id: int, activiteit_id: int | None = None
) -> list[Stand]:
    """The stand of every activity of a verantwoording (or of one), by name."""
    waar = () if activiteit_id is None else (Activiteit.id == activiteit_id,)
    vraag = gesorteerd(regels(met_sector=True).where(*waar), ())
    deze = {"verantwoording": verantwoording_id, "vanaf": 0, "hoeveel": ALLE}
    return lees(sessie, vraag, deze)


def lees(sessie: Session, vraag: Select[Any], waarden: Mapping[str, Any]) -> list[Stand]:
    """The rows of such a statement."""
    return [als_stand(rij) for rij in sessie.execute(vraag, waarden)]


@cache
def onvolledig() -> ColumnElement[bool]:
    """Activities that lack something, of a year."""
    return not_(compleet(kolommen()))
