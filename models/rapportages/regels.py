"""The very rows behind the figures, one shape for open and closed years.

Streamed a verantwoording at a time, so that a report of any size takes the same memory.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Uren
from models.compleet import uren_van_activiteit
from models.lijsten import Bron, Doel, Doelgroep, Kostensoort
from models.project import Baat, Begrotingspost
from models.rapportages.cijfers import beelden, in_regio, zelfde_jaar
from models.rapportages.namen import SCHOOLVELDEN, Schoolnaam, Sleutel, naam_uit_beeld
from models.rapportages.selectie import Selectie
from models.rapportages.telling import doelsleutel
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Status, Verantwoording

#: Rows that are fetched from the database at once.
TEGELIJK = 1000


@dataclass(frozen=True, slots=True)
class Herkomst:
    """Of which verantwoording a row is; of a closed one by the names of then."""

    verantwoording_id: int
    contractpartij: str
    project: str
    jaar: int


@dataclass(frozen=True, slots=True)
class Activiteitregel:
    van: Herkomst
    id: int
    naam: str
    doel_id: Sleutel
    doel: str
    omschrijving: str | None
    aantal: int
    uren: Decimal
    begin: date
    eind: date
    doelgroepen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schoolregel:
    """A school at an activity. leerkrachten: None while not filled in."""

    van: Herkomst
    activiteit_id: int
    activiteit: str
    aantal: int
    doel_id: Sleutel
    doel: str
    school: Schoolnaam
    leerkrachten: int | None


@dataclass(frozen=True, slots=True)
class Lastregel:
    """A cost; bedrag in cents, None while not filled in."""

    van: Herkomst
    activiteit_id: int
    activiteit: str
    doel_id: Sleutel
    doel: str
    kostensoort: str | None
    toelichting: str
    leverancier: str | None
    boekstuknummer: str | None
    betaald_op: date | None
    bedrag: int | None


@dataclass(frozen=True, slots=True)
class Baatregel:
    van: Herkomst
    bron: str
    omschrijving: str | None
    bedrag: int


@dataclass(frozen=True, slots=True)
class Begrotingsregel:
    van: Herkomst
    naam: str
    doel: str | None
    bedrag: int


@dataclass(frozen=True, slots=True)
class Partnerregel:
    """A samenwerkingspartner at an activity."""

    van: Herkomst
    activiteit: str
    doel: str
    partner: str


class _Stroom:
    """Rows of the open verantwoordingen in their order, by one statement.

    vraag: has the verantwoording's id as its first column. Asked for in the same order, a
    verantwoording at a time, so that only a few rows are in memory.
    """

    def __init__(self, sessie: Session, selectie: Selectie, vraag: Any, *volgorde: Any) -> None:
        ids = selectie.open_ids
        self._groepen: Iterator[tuple[int, Iterator[Any]]] = iter(())
        if ids:
            id_ = vraag.selected_columns[0]
            plaats = case({nummer: n for n, nummer in enumerate(ids)}, value=id_)
            vraag = vraag.where(id_.in_(ids)).order_by(plaats, *volgorde)
            rijen = sessie.execute(vraag.execution_options(yield_per=TEGELIJK))
            self._groepen = groupby(rijen, key=itemgetter(0))
        self._volgende = next(self._groepen, None)

    def van(self, id_: int) -> Iterator[Any]:
        """The rows of this verantwoording, without its id."""
        if self._volgende is not None and self._volgende[0] == id_:
            for _, *rij in self._volgende[1]:
                yield rij
            self._volgende = next(self._groepen, None)


def _bronnen(
    sessie: Session, selectie: Selectie
) -> Iterator[tuple[Herkomst, dict[str, Any] | None]]:
    """Each verantwoording with where it comes from, and its picture when it is closed."""
    for deel in selectie.delen:
        if deel.status is Status.OPEN:
            project = deel.project
            partij = project.contractpartij.naam
            yield Herkomst(deel.id, partij, project.titel, selectie.jaar), None
        else:
            beeld = beelden(sessie, [deel.id])[deel.id]
            yield Herkomst(deel.id, beeld["contractpartij"], beeld["project"], selectie.jaar), beeld


def _op_naam(beeld: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(beeld["activiteiten"], key=lambda a: (a["naam"], a["id"]))


# --- activities -------------------------------------------------------------------


def activiteiten(sessie: Session, selectie: Selectie) -> Iterator[Activiteitregel]:
    """Every activity, by contractpartij, project and name."""
    vraag = select(
        Activiteit.verantwoording_id,
        Activiteit.id,
        Activiteit.naam,
        Activiteit.doel_id,
        Doel.naam,
        Activiteit.omschrijving,
        func.coalesce(Activiteit.aantal_activiteiten, 1),
        type_coerce(uren_van_activiteit(), Uren),
        Activiteit.startdatum,
        Activiteit.einddatum,
    ).join(Activiteit.doel)
    stroom = _Stroom(sessie, selectie, vraag, Activiteit.naam, Activiteit.id)
    groepstroom = _doelgroepen(sessie, selectie)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            groepen: dict[int, list[str]] = defaultdict(list)
            for activiteit, naam in groepstroom.van(van.verantwoording_id):
                groepen[activiteit].append(naam)
            for rij in stroom.van(van.verantwoording_id):
                delen = [*rij, tuple(groepen.get(rij[0], ()))]
                yield Activiteitregel(van, *delen)
        else:
            yield from (_activiteit_uit_beeld(van, a) for a in _op_naam(beeld))


def _doelgroepen(sessie: Session, selectie: Selectie) -> _Stroom:
    vraag = (
        select(Activiteit.verantwoording_id, ActiviteitDoelgroep.activiteit_id, Doelgroep.naam)
        .select_from(ActiviteitDoelgroep)
        .join(ActiviteitDoelgroep.activiteit)
        .join(ActiviteitDoelgroep.doelgroep)
    )
    return _Stroom(sessie, selectie, vraag, Doelgroep.rang, Doelgroep.naam)


def _activiteit_uit_beeld(van: Herkomst, activiteit: dict[str, Any]) -> Activiteitregel:
    return Activiteitregel(
        van,
        activiteit["id"],
        activiteit["naam"],
        doelsleutel(activiteit),
        activiteit["doel"],
        activiteit["omschrijving"],
        activiteit["aantal"],
        Decimal(activiteit["uren"]),
        date.fromisoformat(activiteit["van"]),
        date.fromisoformat(activiteit["tot"]),
        tuple(activiteit["doelgroepen"]),
    )


# --- schools ----------------------------------------------------------------------


def scholen(sessie: Session, selectie: Selectie) -> Iterator[Schoolregel]:
    """Every school at every activity."""
    vraag = (
        select(
            Activiteit.verantwoording_id,
            *SCHOOLVELDEN,
            Activiteit.id,
            Activiteit.naam,
            func.coalesce(Activiteit.aantal_activiteiten, 1),
            Activiteit.doel_id,
            Doel.naam,
            ActiviteitSchool.aantal_leerkrachten,
        )
        .select_from(ActiviteitSchool)
        .join(ActiviteitSchool.activiteit)
        .join(Activiteit.doel)
        .join(ActiviteitSchool.school)
        .join(School.gemeente)
        .outerjoin(School.schoolbestuur)
    )
    volgorde = (Activiteit.naam, Activiteit.id, ActiviteitSchool.id)
    stroom = _Stroom(sessie, selectie, vraag, *volgorde)
    velden = len(SCHOOLVELDEN)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            for rij in stroom.van(van.verantwoording_id):
                delen = [*rij[velden:-1], Schoolnaam(*rij[:velden]), rij[-1]]
                yield Schoolregel(van, *delen)
            continue
        for activiteit in _op_naam(beeld):
            for rij in activiteit["scholen"]:
                yield Schoolregel(
                    van,
                    activiteit["id"],
                    activiteit["naam"],
                    activiteit["aantal"],
                    doelsleutel(activiteit),
                    activiteit["doel"],
                    naam_uit_beeld(rij),
                    rij["leerkrachten"],
                )


def regio(sessie: Session, selectie: Selectie) -> Iterator[tuple[Herkomst, Schoolnaam]]:
    """The schools that each verantwoording could reach."""
    vraag = (
        in_regio(selectie.open_ids, Verantwoording.id, *SCHOOLVELDEN)
        .join(School.gemeente)
        .outerjoin(School.schoolbestuur)
    )
    stroom = _Stroom(sessie, selectie, vraag, School.naam, School.id)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from ((van, Schoolnaam(*rij)) for rij in stroom.van(van.verantwoording_id))
        else:
            yield from ((van, naam_uit_beeld(rij)) for rij in beeld.get("regio", ()))


# --- money ------------------------------------------------------------------------


def lasten(sessie: Session, selectie: Selectie) -> Iterator[Lastregel]:
    """Every cost, by contractpartij, project and activity."""
    vraag = (
        select(
            Activiteit.verantwoording_id,
            Activiteit.id,
            Activiteit.naam,
            Activiteit.doel_id,
            Doel.naam,
            Kostensoort.naam,
            Last.toelichting,
            Last.leverancier,
            Last.boekstuknummer,
            Last.betaald_op,
            Last.bedrag,
        )
        .select_from(Last)
        .join(Last.activiteit)
        .join(Activiteit.doel)
        .outerjoin(Last.kostensoort)
    )
    stroom = _Stroom(sessie, selectie, vraag, Activiteit.naam, Activiteit.id, Last.id)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from (Lastregel(van, *rij) for rij in stroom.van(van.verantwoording_id))
            continue
        for activiteit in _op_naam(beeld):
            yield from (_last_uit_beeld(van, activiteit, last) for last in activiteit["lasten"])


def _last_uit_beeld(van: Herkomst, activiteit: dict[str, Any], last: dict[str, Any]) -> Lastregel:
    betaald_op = last["betaald_op"]
    return Lastregel(
        van,
        activiteit["id"],
        activiteit["naam"],
        doelsleutel(activiteit),
        activiteit["doel"],
        last["kostensoort"],
        last["toelichting"],
        last["leverancier"],
        last["boekstuknummer"],
        date.fromisoformat(betaald_op) if betaald_op else None,
        last["bedrag"],
    )


def baten(sessie: Session, selectie: Selectie) -> Iterator[Baatregel]:
    """What each project may spend in the year."""
    vraag = (
        select(Verantwoording.id, Bron.naam, Baat.omschrijving, Baat.bedrag)
        .select_from(Baat)
        .join(Baat.bron)
        .join(Verantwoording, zelfde_jaar())
    )
    stroom = _Stroom(sessie, selectie, vraag, Bron.rang, Bron.naam, Baat.id)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from (Baatregel(van, *rij) for rij in stroom.van(van.verantwoording_id))
        else:
            for baat in beeld["baten"]:
                yield Baatregel(van, baat["bron"], baat["omschrijving"], baat["bedrag"])


def begroting(sessie: Session, selectie: Selectie) -> Iterator[Begrotingsregel]:
    """What was budgeted for each project in the year."""
    vraag = (
        select(Verantwoording.id, Begrotingspost.naam, Doel.naam, Begrotingspost.bedrag)
        .select_from(Begrotingspost)
        .outerjoin(Begrotingspost.doel)
        .join(
            Verantwoording,
            and_(
                Verantwoording.project_id == Begrotingspost.project_id,
                Verantwoording.kalenderjaar == Begrotingspost.kalenderjaar,
            ),
        )
    )
    stroom = _Stroom(sessie, selectie, vraag, Begrotingspost.naam, Begrotingspost.id)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from (Begrotingsregel(van, *rij) for rij in stroom.van(van.verantwoording_id))
        else:
            for post in beeld.get("begroting", ()):
                yield Begrotingsregel(van, post["naam"], post["doel"], post["bedrag"])


# --- partners ---------------------------------------------------------------------


def partners(sessie: Session, selectie: Selectie) -> Iterator[Partnerregel]:
    """Every samenwerkingspartner at every activity."""
    vraag = (
        select(Activiteit.verantwoording_id, Activiteit.naam, Doel.naam, Samenwerkingspartner.naam)
        .select_from(ActiviteitPartner)
        .join(ActiviteitPartner.activiteit)
        .join(Activiteit.doel)
        .join(ActiviteitPartner.samenwerkingspartner)
    )
    volgorde = (Activiteit.naam, Activiteit.id, Samenwerkingspartner.naam)
    stroom = _Stroom(sessie, selectie, vraag, *volgorde)
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from (Partnerregel(van, *rij) for rij in stroom.van(van.verantwoording_id))
            continue
        for activiteit in _op_naam(beeld):
            for naam in activiteit["partners"]:
                yield Partnerregel(van, activiteit["naam"], activiteit["doel"], naam)
