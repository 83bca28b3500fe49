"""The frame of a year: the activities that its werkwijze begins with (Handleiding 3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitDoelgroep, ActiviteitSchool
from models.project import Begrotingspost
from models.school import School
from models.verantwoording import Verantwoording, Werkwijze
from models.vouwen import vouw

#: As long as the column of a name.
LENGTE = 200
#: What there is already: folded name → the schools of the activities of that name.
Bestaand = Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class Vak:
    """One activity of the frame. doel_id: None where the begroting names no CMK-doel."""

    naam: str
    doel_id: int | None
    begin: date
    eind: date
    school: School | None = None

    def is_er(self, bestaand: Bestaand) -> bool:
        """Whether an activity of this name is there; that of a school has it, or none yet."""
        if self.school is None:
            return vouw(self.naam) in bestaand
        bij = (bestaand.get(vouw(naam)) for naam in (self.naam, self.school.naam))
        return any(scholen is not None and (not scholen or self.school.id in scholen)
                   for scholen in bij)  # fmt: skip


def per_school(jaar: int, scholen: Sequence[School], namen: Mapping[int, str]) -> list[Vak]:
    """Werkwijze A: "Je maakt per school een activiteit aan." namen: as `schoolnamen` gives."""
    return [Vak(namen[school.id], None, *_jaar(jaar), school) for school in scholen]


def per_kwartaal(jaar: int, posten: Iterable[Begrotingspost]) -> list[Vak]:
    """Werkwijze C: named after the begroting, "per kwartaal"."""
    return [
        Vak(f"{post.naam}, kwartaal {kwartaal}", post.doel_id, *_kwartaal(jaar, kwartaal))
        for post in posten
        for kwartaal in range(1, 5)
    ]


def per_post(jaar: int, posten: Iterable[Begrotingspost]) -> list[Vak]:
    """Werkwijze D: the whole year, "gekoppeld aan de begroting"."""
    return [Vak(post.naam, post.doel_id, *_jaar(jaar)) for post in posten]


#: The werkwijzen that follow the begroting.
PER_POST = {Werkwijze.C: per_kwartaal, Werkwijze.D: per_post}
#: In werkwijze B an activity is added when it was carried out: there is nothing to begin with.
MET_KADER = frozenset({Werkwijze.A, *PER_POST})


def scholen_van(verantwoording: Verantwoording) -> Select[tuple[School]]:
    """Werkwijze A: the schools of the own werkgebied, of the sector of this project."""
    binnen = School.nabij([verantwoording.contractpartij_id])
    assert binnen is not None
    sector = verantwoording.project.sector_id
    van_sector = or_(School.sector_id.is_(None), School.sector_id == sector)
    return select(School).where(binnen, van_sector, School.actief)


def posten_van(verantwoording: Verantwoording) -> Select[tuple[Begrotingspost]]:
    """Werkwijze C and D: the begroting of the year."""
    return select(Begrotingspost).where(
        Begrotingspost.project_id == verantwoording.project_id,
        Begrotingspost.kalenderjaar == verantwoording.kalenderjaar,
    )


def kan(sessie: Session, verantwoording: Verantwoording) -> bool:
    """Whether there is anything to lay down in this year."""
    if verantwoording.werkwijze not in MET_KADER:
        return False
    per_post = verantwoording.werkwijze in PER_POST
    rijen = posten_van(verantwoording) if per_post else scholen_van(verantwoording)
    return sessie.scalar(select(rijen.exists())) is True


def _jaar(jaar: int) -> tuple[date, date]:
    return date(jaar, 1, 1), date(jaar, 12, 31)


def _kwartaal(jaar: int, kwartaal: int) -> tuple[date, date]:
    """Its first and last day."""
    daarna = date(jaar + 1, 1, 1) if kwartaal == 4 else date(jaar, 3 * kwartaal + 1, 1)
    return date(jaar, 3 * kwartaal - 2, 1), daarna - timedelta(1)


def schoolnamen(scholen: Sequence[School]) -> dict[int, str]:
    """Id → name of an activity of that school; where several are called alike, with code and
    place, so that none is taken for another."""
    gelijk: dict[str, int] = {}
    for school in scholen:
        gelijk[vouw(school.naam)] = gelijk.get(vouw(school.naam), 0) + 1
    return {
        school.id: school.naam
        if gelijk[vouw(school.naam)] == 1
        else f"{school.naam} ({school.bijschrift()})"[:LENGTE]
        for school in scholen
    }


def eigen_posten(posten: Iterable[Begrotingspost]) -> list[Begrotingspost]:
    """One of each name: what is spent belongs to a post by its name. One with a CMK-doel first."""
    gevonden: dict[str, Begrotingspost] = {}
    for post in posten:
        eerder = gevonden.get(vouw(post.naam))
        if eerder is None or (eerder.doel_id is None and post.doel_id is not None):
            gevonden[vouw(post.naam)] = post
    return list(gevonden.values())


def bestaand(rijen: Iterable[tuple[str, int | None]]) -> dict[str, set[int]]:
    """What there is, from pairs of the name of an activity and a school of it."""
    gevonden: dict[str, set[int]] = {}
    for naam, school in rijen:
        gevonden.setdefault(vouw(naam), set()).update(() if school is None else (school,))
    return gevonden


def activiteiten(
    verantwoording: Verantwoording,
    vakken: Iterable[Vak],
    doel_id: int | None,
    doelgroepen: Sequence[int],
) -> Iterator[Activiteit]:
    """The activities, unsaved. doel_id: of what the begroting names none for.

    Hours are not known beforehand: 0, which the checklist tells until it is filled in. They are
    counted as in an activity that somebody adds: per time it is held.
    """
    for vak in vakken:
        scholen = [ActiviteitSchool(school_id=vak.school.id)] if vak.school is not None else []
        yield Activiteit(
            verantwoording=verantwoording,
            naam=vak.naam,
            doel_id=vak.doel_id or doel_id,
            duur=Decimal(0),
            startdatum=vak.begin,
            einddatum=vak.eind,
            scholen=scholen,
            doelgroep_koppelingen=[ActiviteitDoelgroep(doelgroep_id=id_) for id_ in doelgroepen],
        )
