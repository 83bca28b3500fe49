"""Which verantwoordingen a report is about: a year, and whose (Handleiding 2.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Date, Select, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from models.contractpartij import Contractpartij
from models.lijsten import Doel
from models.project import Project
from models.verantwoording import Status, Verantwoording
from models.vouwen import volgens


@dataclass(frozen=True, slots=True)
class Selectie:
    """The verantwoordingen of one year that were chosen and that the reader has in view."""

    jaar: int
    delen: tuple[Verantwoording, ...]

    @property
    def open_ids(self) -> list[int]:
        """Those that are counted from their rows."""
        return [deel.id for deel in self.delen if deel.status is Status.OPEN]


def kies(
    sessie: Session,
    jaar: int,
    partijen: Collection[int] = (),
    verantwoording_id: int | None = None,
) -> Selectie:
    """The verantwoordingen of `jaar`: of these contractpartijen (none: all), or this one alone.

    Ordered by the names of contractpartij and project.
    """
    vraag = _van(partijen, _van_jaar())
    if verantwoording_id is not None:
        vraag = vraag.where(Verantwoording.id == verantwoording_id)
    return Selectie(jaar, tuple(sessie.scalars(vraag, {"jaar": jaar})))


def andere_jaren(
    sessie: Session, jaar: int, partijen: Collection[int] = ()
) -> Sequence[Verantwoording]:
    """The verantwoordingen of these contractpartijen (none: all) in every other year."""
    return sessie.scalars(_van(partijen, _andere_jaren()), {"jaar": jaar}).all()


def _van(partijen: Collection[int], vraag: Select[Verantwoording]) -> Select[Verantwoording]:
    """Of these contractpartijen; none is all."""
    if not partijen:
        return vraag
    return vraag.where(Verantwoording.contractpartij_id.in_(sorted(partijen)))


@cache
def _van_jaar() -> Select[Verantwoording]:
    """Asked of every report, so made once."""
    return _alle().where(Verantwoording.kalenderjaar == bindparam("jaar"))


@cache
def _andere_jaren() -> Select[Verantwoording]:
    return _alle().where(Verantwoording.kalenderjaar != bindparam("jaar"))


def _alle() -> Select[Verantwoording]:
    return (
        select(Verantwoording)
        .join(Verantwoording.project)
        .join(Project.contractpartij)
        .options(
            joinedload(Verantwoording.project).options(
                joinedload(Project.contractpartij), joinedload(Project.sector)
            )
        )
        .order_by(volgens(Contractpartij, "naam"), volgens(Project, "titel"), Verantwoording.id)
    )


def jaren(sessie: Session) -> Sequence[int]:
    """The years that have a verantwoording in view, newest first."""
    return sorted(sessie.scalars(select(Verantwoording.kalenderjaar).distinct()), reverse=True)


def doelen_van(sessie: Session, jaar: int) -> dict[int | str | None, str]:
    """The doelen that could be chosen in that year, by name, in their order."""
    jaargrenzen = {"begin": date(jaar, 1, 1), "eind": date(jaar, 12, 31)}
    return {rij.id: rij.naam for rij in sessie.execute(_doelen(), jaargrenzen)}


@cache
def _doelen() -> Select[int, str]:
    begin, eind = bindparam("begin", type_=Date), bindparam("eind", type_=Date)
    return (
        select(Doel.id, Doel.naam)
        .where(
            or_(Doel.actief_van.is_(None), Doel.actief_van <= eind),
            or_(Doel.actief_tot.is_(None), Doel.actief_tot >= begin),
        )
        .order_by(Doel.rang, Doel.naam)
    )


def doelnamen(sessie: Session, ids: Collection[int]) -> dict[int | str | None, str]:
    """What these doelen are called, in their order; also those that were withdrawn."""
    if not ids:
        return {}
    vraag = select(Doel.id, Doel.naam).where(Doel.id.in_(sorted(ids)))
    rijen = sessie.execute(vraag.order_by(Doel.rang, Doel.naam))
    return {rij.id: rij.naam for rij in rijen}


def partijen_in_zicht(sessie: Session) -> Sequence[Contractpartij]:
    """The contractpartijen that have a project, by name: one can choose among these."""
    heeft_project = select(Project.id).where(Project.contractpartij_id == Contractpartij.id)
    vraag = select(Contractpartij).where(heeft_project.exists())
    return sessie.scalars(vraag.order_by(volgens(Contractpartij, "naam"))).all()
