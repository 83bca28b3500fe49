"""The rows that a rule finds, among those that whoever asks may see."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import Entiteit
from models.kwaliteit.gelijkenis import groepen
from models.kwaliteit.regel import KEER_MEDIAAN, Controle, Kwaliteitsregel
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Status, Verantwoording

#: Of which entity a rule finds rows.
ENTITEIT: dict[Controle, type[Entiteit]] = {
    Controle.BESTUUR_NAAM: Schoolbestuur,
    Controle.SCHOOL_INDELING: School,
    Controle.SCHOOL_INACTIEF: ActiviteitSchool,
    Controle.PARTNER_GELIJK: Samenwerkingspartner,
    Controle.LAST_BEDRAG: Last,
    Controle.LAST_HOOG: Last,
}


def gevonden(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    """All rows that the rule finds, without order; of closed years none, nobody can mend those."""
    return _ZOEKERS[regel.controle](sessie, regel)


def gelijke_partners(sessie: Session) -> list[list[int]]:
    """Ids of partners of one contractpartij whose names are alike, per group."""
    namen: dict[int, list[tuple[int, str]]] = defaultdict(list)
    partner = Samenwerkingspartner
    kolommen = select(partner.id, partner.contractpartij_id, partner.naam)
    for id_, partij, naam in sessie.execute(kolommen.where(partner.actief).order_by(partner.id)):
        namen[partij].append((id_, naam))
    return sorted(groep for van_partij in namen.values() for groep in groepen(van_partij))


def opvolger_van(school: School) -> School | None:
    """The active school at the end of the line of successors; None when there is none."""
    gezien = {school.id}
    volgende = school.opvolger
    while volgende is not None and volgende.id not in gezien:
        if volgende.actief:
            return volgende
        gezien.add(volgende.id)
        volgende = volgende.opvolger
    return None


def _open(entiteit: Any) -> Select[Any]:
    """Rows under an activity of an open year."""
    boven = select(entiteit).join(entiteit.activiteit).join(Activiteit.verantwoording)
    return boven.where(Verantwoording.status == Status.OPEN)


def _bestuur_naam(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    naamloos = Schoolbestuur.naam.startswith(Schoolbestuur.NAAMLOOS, autoescape=True)
    return select(Schoolbestuur).where(naamloos)


def _school_indeling(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    """A school without a board, and one whose gemeente has no real code."""
    mist = or_(School.schoolbestuur_id.is_(None), School.gemeente.has(code="0000"))
    return select(School).where(School.actief, mist)


def _school_inactief(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    return _open(ActiviteitSchool).join(ActiviteitSchool.school).where(School.actief.is_(False))


def _partner_gelijk(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    ids = [id_ for groep in gelijke_partners(sessie) for id_ in groep]
    return select(Samenwerkingspartner).where(Samenwerkingspartner.id.in_(ids))


def _last_bedrag(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    return _open(Last).where(Last.bedrag.is_(None))


def _last_hoog(sessie: Session, regel: Kwaliteitsregel) -> Select[Any]:
    midden = mediaan(sessie)
    if midden is None:
        return _open(Last).where(Last.id.is_(None))
    return _open(Last).where(Last.bedrag > (regel.keer_mediaan or KEER_MEDIAAN) * midden)


def mediaan(sessie: Session) -> float | None:
    """The middle amount of the lasten of open years, in cents; corrections do not count."""
    bedragen = _open(Last).where(Last.bedrag > 0)
    aantal = sessie.scalar(bedragen.with_only_columns(func.count(Last.id))) or 0
    if not aantal:
        return None
    in_het_midden = bedragen.with_only_columns(Last.bedrag).order_by(Last.bedrag)
    midden = sessie.scalars(in_het_midden.offset((aantal - 1) // 2).limit(2 - aantal % 2)).all()
    return sum(bedrag or 0 for bedrag in midden) / len(midden)


Zoeker = Callable[[Session, Kwaliteitsregel], Select[Any]]
_ZOEKERS: dict[Controle, Zoeker] = {
    Controle.BESTUUR_NAAM: _bestuur_naam,
    Controle.SCHOOL_INDELING: _school_indeling,
    Controle.SCHOOL_INACTIEF: _school_inactief,
    Controle.PARTNER_GELIJK: _partner_gelijk,
    Controle.LAST_BEDRAG: _last_bedrag,
    Controle.LAST_HOOG: _last_hoog,
}
