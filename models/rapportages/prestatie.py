"""Reach and performance per CMK-doel, doelgroep, bestuur and school (Handleiding 2.6)."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from models.rapportages import regels
from models.rapportages.namen import Schoolnaam, Sleutel
from models.rapportages.rapport import ZONDER_BESTUUR
from models.rapportages.regels import Activiteitregel, Schoolregel
from models.rapportages.selectie import Selectie
from models.vouwen import vouw


@dataclass(slots=True)
class Prestatie:
    """What was done under one heading: a doel or a doelgroep."""

    naam: str
    activiteiten: int = 0
    uren: Decimal = Decimal(0)
    scholen: set[int] = field(default_factory=set)
    deelnames: int = 0


@dataclass(slots=True)
class Schoolstand:
    """One school in a report: whether it could be and was reached, and by how much."""

    school: Schoolnaam
    in_regio: bool = False
    bereikt: bool = False
    activiteiten: int = 0
    deelnames: int = 0


@dataclass(slots=True)
class Bestuurstand:
    """One schoolbestuur: an activity for several of its schools counts once."""

    id: Sleutel
    naam: str
    bereikt: int = 0
    regio: int = 0
    buiten: int = 0
    activiteiten: int = 0
    deelnames: int = 0


def per_doel(sessie: Session, selectie: Selectie) -> list[Prestatie]:
    """By CMK-doel, in order of appearance; each activity has exactly one."""
    return _per(
        regels.activiteiten(sessie, selectie),
        regels.scholen(sessie, selectie),
        lambda activiteit: [(activiteit.doel_id, activiteit.doel)],
    )


def per_doelgroep(sessie: Session, selectie: Selectie) -> list[Prestatie]:
    """By doelgroep; an activity for several counts with each of them."""
    return _per(
        regels.activiteiten(sessie, selectie),
        regels.scholen(sessie, selectie),
        lambda activiteit: [(groep, groep) for groep in activiteit.doelgroepen],
    )


def _per(
    activiteiten: Iterable[Activiteitregel],
    scholen: Iterable[Schoolregel],
    vakken: Callable[[Activiteitregel], list[tuple[Hashable, str]]],
) -> list[Prestatie]:
    gevonden: dict[Hashable, Prestatie] = {}
    van_activiteit: dict[int, list[Prestatie]] = {}
    for activiteit in activiteiten:
        eigen = [gevonden.setdefault(id_, Prestatie(naam)) for id_, naam in vakken(activiteit)]
        van_activiteit[activiteit.id] = eigen
        for prestatie in eigen:
            prestatie.activiteiten += activiteit.aantal
            prestatie.uren += activiteit.uren
    for rij in scholen:
        for prestatie in van_activiteit[rij.activiteit_id]:
            prestatie.scholen.add(rij.school.id)
            prestatie.deelnames += rij.leerkrachten or 0
    return list(gevonden.values())


def schoolstanden(sessie: Session, selectie: Selectie) -> list[Schoolstand]:
    """Every school that was or could be reached, once, by bestuur and name."""
    standen: dict[int, Schoolstand] = {}
    for _, school in regels.regio(sessie, selectie):
        standen.setdefault(school.id, Schoolstand(school)).in_regio = True
    for rij in regels.scholen(sessie, selectie):
        stand = standen.setdefault(rij.school.id, Schoolstand(rij.school))
        stand.bereikt = True
        stand.activiteiten += rij.aantal
        stand.deelnames += rij.leerkrachten or 0
    return sorted(standen.values(), key=_volgorde)


def bestuurstanden(sessie: Session, selectie: Selectie) -> list[Bestuurstand]:
    """Every schoolbestuur with a school that was or could be reached."""
    besturen: dict[Sleutel, Bestuurstand] = {}
    for stand in schoolstanden(sessie, selectie):
        school = stand.school
        bestuur = besturen.setdefault(
            school.bestuur_id, Bestuurstand(school.bestuur_id, school.bestuur or ZONDER_BESTUUR)
        )
        bestuur.bereikt += stand.in_regio and stand.bereikt
        bestuur.regio += stand.in_regio
        bestuur.buiten += not stand.in_regio
        bestuur.deelnames += stand.deelnames
    activiteiten: dict[Sleutel, dict[int, int]] = defaultdict(dict)
    for rij in regels.scholen(sessie, selectie):
        activiteiten[rij.school.bestuur_id][rij.activiteit_id] = rij.aantal
    for id_, aantallen in activiteiten.items():
        besturen[id_].activiteiten = sum(aantallen.values())
    return list(besturen.values())


def _volgorde(stand: Schoolstand) -> tuple[bool, str, str, str, int]:
    school = stand.school
    bestuur = school.bestuur or ""
    return (
        not bestuur,
        vouw(bestuur),
        str(school.bestuur_id),
        vouw(school.naam),
        school.id,
    )
