"""The frame of a year: the activities that its werkwijze begins with (Handleiding 3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitDoelgroep, ActiviteitSchool
from models.project import Begrotingspost, Project
from models.school import School
from models.verantwoording import Verantwoording, Werkwijze
from models.vouwen import vouw

#: As long as the column of a name; what follows the name of a post in werkwijze C.
LENGTE, KWARTAAL = 200, ", kwartaal {}"


@dataclass(slots=True)
class Naamgenoten:
    """The activities of one name: the CMK-doelen that they are for, the schools they have."""

    doelen: set[int] = field(default_factory=set)
    scholen: set[int] = field(default_factory=set)


#: What there is already, by folded name.
Bestaand = Mapping[str, Naamgenoten]


@dataclass(frozen=True, slots=True)
class Vak:
    """One activity of the frame. doel_id: None where the begroting names no CMK-doel.

    ook: the name that it has when more, or fewer, posts of one name are in the begroting.
    """

    naam: str
    doel_id: int | None
    begin: date
    eind: date
    school: School | None = None
    ook: str = ""

    def is_er(self, bestaand: Bestaand) -> bool:
        """Whether an activity of this name is there; that of a school has it, or none yet."""
        if self.school is None:
            anders = bestaand.get(vouw(self.ook))
            return vouw(self.naam) in bestaand or (
                anders is not None and self.doel_id in anders.doelen
            )
        bij = (bestaand.get(vouw(naam)) for naam in (self.naam, self.school.naam))
        return any(zelfde is not None and (not zelfde.scholen or self.school.id in zelfde.scholen)
                   for zelfde in bij)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Onderdeel:
    """The posts of the begroting that become one activity (or four): one name, one CMK-doel.

    id: of the first of them. ook: as in `Vak`.
    """

    id: int
    naam: str
    doel_id: int | None
    ook: str = ""


def per_school(jaar: int, scholen: Sequence[School], namen: Mapping[int, str]) -> list[Vak]:
    """Werkwijze A: "Je maakt per school een activiteit aan." namen: as `schoolnamen` gives."""
    return [Vak(namen[school.id], None, *_jaar(jaar), school) for school in scholen]


def per_kwartaal(jaar: int, onderdelen: Iterable[Onderdeel]) -> list[Vak]:
    """Werkwijze C: named after the begroting, "per kwartaal"."""
    return [
        Vak(
            deel.naam + KWARTAAL.format(nummer),
            deel.doel_id,
            *_kwartaal(jaar, nummer),
            ook=deel.ook and deel.ook + KWARTAAL.format(nummer),
        )
        for deel in onderdelen
        for nummer in range(1, 5)
    ]


def per_post(jaar: int, onderdelen: Iterable[Onderdeel]) -> list[Vak]:
    """Werkwijze D: the whole year, "gekoppeld aan de begroting"."""
    return [Vak(deel.naam, deel.doel_id, *_jaar(jaar), ook=deel.ook) for deel in onderdelen]


#: The werkwijzen that follow the begroting.
PER_POST = {Werkwijze.C: per_kwartaal, Werkwijze.D: per_post}
#: In werkwijze B an activity is added when it was carried out: there is nothing to begin with.
MET_KADER = frozenset({Werkwijze.A, *PER_POST})


def scholen_van(verantwoording: Verantwoording) -> Select[School]:
    """Werkwijze A: the schools of the own werkgebied, of the sector of this project."""
    binnen = School.nabij([verantwoording.contractpartij_id])
    assert binnen is not None
    sector = verantwoording.project.sector_id
    van_sector = or_(School.sector_id.is_(None), School.sector_id == sector)
    return select(School).where(binnen, van_sector, School.actief)


def scholen_vorig_jaar(verantwoording: Verantwoording) -> Select[int]:
    """Their ids: of the activities of this contractpartij for this sector, the year before."""
    return (
        select(ActiviteitSchool.school_id)
        .join(ActiviteitSchool.activiteit)
        .join(Activiteit.verantwoording)
        .join(Verantwoording.project)
        .where(
            Verantwoording.contractpartij_id == verantwoording.contractpartij_id,
            Verantwoording.kalenderjaar == verantwoording.kalenderjaar - 1,
            Project.sector_id == verantwoording.project.sector_id,
        )
        .distinct()
    )


def eigen_activiteiten(verantwoording: Verantwoording) -> Select[int, int, str]:
    """Werkwijze A: per school the activity that is its own, whatever it is called: its only one.

    School, activity and name; the first made where a school has several.
    """
    enige = func.min(ActiviteitSchool.school_id)
    return (
        select(enige, Activiteit.id, Activiteit.naam)
        .join(Activiteit.scholen)
        .where(Activiteit.verantwoording_id == verantwoording.id)
        .group_by(Activiteit.id, Activiteit.naam)
        .having(func.count(ActiviteitSchool.id) == 1)
        .order_by(Activiteit.id.desc())
    )


def posten_van(verantwoording: Verantwoording) -> Select[Begrotingspost]:
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


def onderdelen(posten: Iterable[Begrotingspost]) -> list[Onderdeel]:
    """What is laid down of a begroting: one of each name and CMK-doel.

    Posts of one name for several CMK-doelen have the doel behind it: what is spent belongs to a
    post by the beginning of a name. One without a doel goes along with the only doel there is.
    """
    gelijk: dict[str, dict[int | None, Begrotingspost]] = {}
    for post in posten:
        gelijk.setdefault(vouw(post.naam), {}).setdefault(post.doel_id, post)
    gevonden = []
    for per_doel in gelijk.values():
        if len(per_doel) == 2:
            per_doel.pop(None, None)
        gevonden += [_onderdeel(post, len(per_doel) > 1) for post in per_doel.values()]
    return gevonden


def _onderdeel(post: Begrotingspost, een_van_meer: bool) -> Onderdeel:
    if post.doel is None:
        return Onderdeel(post.id, post.naam, None)
    voluit = f"{post.naam} – {post.doel.naam}"[: LENGTE - len(KWARTAAL.format(1))]
    namen = (voluit, post.naam) if een_van_meer else (post.naam, voluit)
    return Onderdeel(post.id, namen[0], post.doel_id, namen[1])


def bestaand(rijen: Iterable[tuple[str, int, int | None]]) -> dict[str, Naamgenoten]:
    """What there is, from the name of an activity, its CMK-doel and a school of it."""
    gevonden: dict[str, Naamgenoten] = {}
    for naam, doel, school in rijen:
        zelfde = gevonden.setdefault(vouw(naam), Naamgenoten())
        zelfde.doelen.add(doel)
        zelfde.scholen.update(() if school is None else (school,))
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
