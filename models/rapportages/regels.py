"""The very rows behind the figures, one shape for open and closed years.

Streamed a verantwoording at a time, so that a report of any size takes the same memory.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session

from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Uren
from models.lijsten import Bron, Doel, Doelgroep, Kostensoort
from models.project import Baat, Begrotingspost
from models.rapportages.cijfers import beelden, in_regio, zelfde_jaar
from models.rapportages.selectie import Selectie
from models.rapportages.telling import (
    Schoolnaam,
    Sleutel,
    doelsleutel,
    naam_uit_beeld,
    schoolkolommen,
    uren_van_activiteit,
)
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


def _bronnen(
    sessie: Session, selectie: Selectie
) -> Iterator[tuple[Herkomst, dict[str, Any] | None]]:
    """Each verantwoording with where it comes from, and its picture when it is closed."""
    for deel in selectie.delen:
        if deel.status is Status.OPEN:
            project = deel.project
            yield (
                Herkomst(deel.id, project.contractpartij.naam, project.titel, selectie.jaar),
                None,
            )
        else:
            beeld = beelden(sessie, [deel.id])[deel.id]
            yield Herkomst(deel.id, beeld["contractpartij"], beeld["project"], selectie.jaar), beeld


def _op_naam(beeld: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(beeld["activiteiten"], key=lambda a: (a["naam"], a["id"]))


def _stroom(sessie: Session, vraag: Any) -> Iterator[Any]:
    yield from sessie.execute(vraag.execution_options(yield_per=TEGELIJK))


# --- activities -------------------------------------------------------------------


def activiteiten(sessie: Session, selectie: Selectie) -> Iterator[Activiteitregel]:
    """Every activity, by contractpartij, project and name."""
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            yield from _open_activiteiten(sessie, van)
        else:
            yield from (_activiteit_uit_beeld(van, a) for a in _op_naam(beeld))


def _open_activiteiten(sessie: Session, van: Herkomst) -> Iterator[Activiteitregel]:
    groepen = _doelgroepen(sessie, van.verantwoording_id)
    vraag = (
        select(
            Activiteit.id,
            Activiteit.naam,
            Activiteit.doel_id,
            Doel.naam,
            Activiteit.omschrijving,
            Activiteit.aantal_activiteiten,
            type_coerce(uren_van_activiteit(), Uren),
            Activiteit.startdatum,
            Activiteit.einddatum,
        )
        .join(Activiteit.doel)
        .where(Activiteit.verantwoording_id == van.verantwoording_id)
        .order_by(Activiteit.naam, Activiteit.id)
    )
    for id_, naam, doel_id, doel, tekst, aantal, uren, begin, eind in _stroom(sessie, vraag):
        yield Activiteitregel(
            van,
            id_,
            naam,
            doel_id,
            doel,
            tekst,
            aantal or 1,
            uren,
            begin,
            eind,
            tuple(groepen.get(id_, ())),
        )


def _doelgroepen(sessie: Session, verantwoording_id: int) -> dict[int, list[str]]:
    gevonden: dict[int, list[str]] = defaultdict(list)
    rijen = sessie.execute(
        select(ActiviteitDoelgroep.activiteit_id, Doelgroep.naam)
        .join(ActiviteitDoelgroep.activiteit)
        .join(ActiviteitDoelgroep.doelgroep)
        .where(Activiteit.verantwoording_id == verantwoording_id)
        .order_by(Doelgroep.rang, Doelgroep.naam)
    )
    for activiteit, naam in rijen:
        gevonden[activiteit].append(naam)
    return gevonden


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
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            vraag = (
                schoolkolommen(
                    Activiteit.id,
                    Activiteit.naam,
                    func.coalesce(Activiteit.aantal_activiteiten, 1),
                    Activiteit.doel_id,
                    Doel.naam,
                    ActiviteitSchool.aantal_leerkrachten,
                )
                .join(ActiviteitSchool, ActiviteitSchool.school_id == School.id)
                .join(ActiviteitSchool.activiteit)
                .join(Activiteit.doel)
                .where(Activiteit.verantwoording_id == van.verantwoording_id)
                .order_by(Activiteit.naam, Activiteit.id, ActiviteitSchool.id)
            )
            for *school, id_, naam, aantal, doel_id, doel, mensen in _stroom(sessie, vraag):
                yield Schoolregel(
                    van, id_, naam, aantal, doel_id, doel, Schoolnaam(*school), mensen
                )
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
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            binnen = in_regio([van.verantwoording_id], School.id)
            vraag = schoolkolommen().where(School.id.in_(binnen)).order_by(School.naam, School.id)
            yield from ((van, Schoolnaam(*rij)) for rij in _stroom(sessie, vraag))
        else:
            yield from ((van, naam_uit_beeld(rij)) for rij in beeld.get("regio", ()))


# --- money ------------------------------------------------------------------------


def lasten(sessie: Session, selectie: Selectie) -> Iterator[Lastregel]:
    """Every cost, by contractpartij, project and activity."""
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            vraag = (
                select(
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
                .where(Activiteit.verantwoording_id == van.verantwoording_id)
                .order_by(Activiteit.naam, Activiteit.id, Last.id)
            )
            yield from (Lastregel(van, *rij) for rij in _stroom(sessie, vraag))
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
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            vraag = (
                select(Bron.naam, Baat.omschrijving, Baat.bedrag)
                .select_from(Baat)
                .join(Baat.bron)
                .join(Verantwoording, zelfde_jaar())
                .where(Verantwoording.id == van.verantwoording_id)
                .order_by(Bron.rang, Bron.naam, Baat.id)
            )
            yield from (Baatregel(van, *rij) for rij in sessie.execute(vraag))
        else:
            for baat in beeld["baten"]:
                yield Baatregel(van, baat["bron"], baat["omschrijving"], baat["bedrag"])


def begroting(sessie: Session, selectie: Selectie) -> Iterator[Begrotingsregel]:
    """What was budgeted for each project in the year."""
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            vraag = (
                select(Begrotingspost.naam, Doel.naam, Begrotingspost.bedrag)
                .select_from(Begrotingspost)
                .outerjoin(Begrotingspost.doel)
                .join(Verantwoording, Verantwoording.project_id == Begrotingspost.project_id)
                .where(
                    Verantwoording.id == van.verantwoording_id,
                    Begrotingspost.kalenderjaar == Verantwoording.kalenderjaar,
                )
                .order_by(Begrotingspost.naam, Begrotingspost.id)
            )
            yield from (Begrotingsregel(van, *rij) for rij in sessie.execute(vraag))
        else:
            for post in beeld.get("begroting", ()):
                yield Begrotingsregel(van, post["naam"], post["doel"], post["bedrag"])


# --- partners ---------------------------------------------------------------------


def partners(sessie: Session, selectie: Selectie) -> Iterator[Partnerregel]:
    """Every samenwerkingspartner at every activity."""
    for van, beeld in _bronnen(sessie, selectie):
        if beeld is None:
            vraag = (
                select(Activiteit.naam, Doel.naam, Samenwerkingspartner.naam)
                .select_from(ActiviteitPartner)
                .join(ActiviteitPartner.activiteit)
                .join(Activiteit.doel)
                .join(ActiviteitPartner.samenwerkingspartner)
                .where(Activiteit.verantwoording_id == van.verantwoording_id)
                .order_by(Activiteit.naam, Activiteit.id, Samenwerkingspartner.naam)
            )
            yield from (Partnerregel(van, *rij) for rij in _stroom(sessie, vraag))
            continue
        for activiteit in _op_naam(beeld):
            for naam in activiteit["partners"]:
                yield Partnerregel(van, activiteit["naam"], activiteit["doel"], naam)
