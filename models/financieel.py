"""The money of a verantwoording and of a project: "Financieel overzicht" (Handleiding 2.1, 2.4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, Last
from models.compleet import HOEVEEL, VANAF, VERANTWOORDING, kolommen
from models.lijsten import Bron, Doel, Kostensoort
from models.project import Baat, Begrotingspost, Project
from models.rapportages import beelden, cijfers_van
from models.verantwoording import Status, Verantwoording
from models.vouwen import volgens, vouw


@dataclass(frozen=True, slots=True)
class Post:
    """One line of a financial overview. Money in cents.

    id: of the activity, where the line is one. aantal: number of lasten, zonder_bedrag of
    those without bedrag. begroot: what the begroting has for it, where that is known.
    """

    naam: str
    bedrag: int
    id: int | None = None
    aantal: int = 0
    zonder_bedrag: int = 0
    begroot: int = 0


#: From which activity on and how many → their lines, by name.
Regels = Callable[[int, int], Sequence[Post]]


@dataclass(frozen=True, slots=True)
class Financieel:
    """Baten, lasten and begroting of one verantwoording, each added up the ways people ask.

    activiteiten: how many there are; regels: some of them, so that only those are read.
    """

    baten: tuple[Post, ...]
    activiteiten: int
    regels: Regels = field(compare=False)
    per_doel: tuple[Post, ...]
    per_kostensoort: tuple[Post, ...]
    begroting: tuple[Post, ...]

    @property
    def per_activiteit(self) -> Sequence[Post]:
        """All of them."""
        return self.regels(0, self.activiteiten)

    @property
    def besteedbaar(self) -> int:
        return sum(post.bedrag for post in self.baten)

    @property
    def besteed(self) -> int:
        return sum(post.bedrag for post in self.per_doel)

    @property
    def begroot(self) -> int:
        return sum(post.bedrag for post in self.begroting)

    @property
    def saldo(self) -> int:
        return self.besteedbaar - self.besteed

    @property
    def zonder_bedrag(self) -> int:
        return sum(post.zonder_bedrag for post in self.per_doel)


@dataclass(frozen=True, slots=True)
class Lastsom:
    """Lasten of one CMK-doel and one kostensoort, added up; none where activities have none."""

    doel: str
    kostensoort: str | None
    aantal: int
    bedrag: int
    zonder_bedrag: int


#: A post of the begroting: its name, the CMK-doel it is for, and cents.
Begroot = tuple[str, str | None, int]
ZONDER_KOSTENSOORT = "Zonder kostensoort"
ZONDER_DOEL = "Zonder CMK-doel"


def financieel(sessie: Session, verantwoording: Verantwoording) -> Financieel:
    """The money of a verantwoording; of a closed one as closing stored it."""
    if verantwoording.status is Status.OPEN:
        beeld, baten = None, _baten(sessie, verantwoording)
        sommen, activiteiten = _lastsommen(sessie, verantwoording.id)
        regels = _regels_van(sessie, verantwoording.id)
    else:
        beeld = beelden(sessie, [verantwoording.id])[verantwoording.id]
        sommen, activiteiten = _sommen_uit(beeld), len(beeld["activiteiten"])
        regels = _regels_uit(beeld)
        baten = [(b["bron"], b["omschrijving"], b["bedrag"]) for b in beeld["baten"]]
    begroting = _begroting(sessie, verantwoording, beeld)
    begroot = _per_doel(begroting)
    return Financieel(
        baten=tuple(Post(f"{bron} – {om}" if om else bron, bedrag) for bron, om, bedrag in baten),
        activiteiten=activiteiten,
        regels=regels,
        per_doel=_opgeteld(((som.doel, som) for som in sommen), begroot),
        per_kostensoort=_per_kostensoort(sommen),
        begroting=tuple(Post(naam, bedrag) for naam, _doel, bedrag in begroting),
    )


def _lastsommen(sessie: Session, verantwoording_id: int) -> tuple[list[Lastsom], int]:
    """Added up by the database, and how many activities there are."""
    rijen = sessie.execute(_sommen(), {"verantwoording": verantwoording_id}).all()
    sommen = [
        Lastsom(doel, soort, lasten, int(bedrag), int(zonder))
        for doel, soort, lasten, bedrag, zonder, _ in rijen
    ]
    return sommen, rijen[0][-1] if rijen else 0


@cache
def _sommen() -> Select[Any]:
    activiteiten = select(func.count(Activiteit.id)).where(
        Activiteit.verantwoording_id == VERANTWOORDING
    )
    return (
        select(
            Doel.naam,
            Kostensoort.naam,
            func.count(Last.id),
            func.coalesce(func.sum(Last.bedrag), 0),
            func.count(Last.id) - func.count(Last.bedrag),
            activiteiten.correlate(None).scalar_subquery(),
        )
        .select_from(Activiteit)
        .join(Activiteit.doel)
        .outerjoin(Activiteit.lasten)
        .outerjoin(Last.kostensoort)
        .where(Activiteit.verantwoording_id == VERANTWOORDING)
        .group_by(Doel.naam, Doel.rang, Kostensoort.naam)
        .order_by(Doel.rang, Doel.naam, Kostensoort.naam)
    )


def _regels_van(sessie: Session, verantwoording_id: int) -> Regels:
    def regels(vanaf: int, hoeveel: int) -> Sequence[Post]:
        deze = {"verantwoording": verantwoording_id, "vanaf": vanaf, "hoeveel": hoeveel}
        return [
            Post(naam, int(bedrag), id_, int(lasten), zonder)
            for naam, bedrag, id_, lasten, zonder in sessie.execute(_posten(), deze)
        ]

    return regels


@cache
def _posten() -> Select[Any]:
    zonder = select(func.count(Last.id)).where(
        Last.activiteit_id == Activiteit.id, Last.bedrag.is_(None)
    )
    return (
        select(
            Activiteit.naam,
            kolommen().bedrag,
            Activiteit.id,
            kolommen().lasten,
            zonder.correlate(Activiteit).scalar_subquery(),
        )
        .where(Activiteit.verantwoording_id == VERANTWOORDING)
        .order_by(volgens(Activiteit, "naam"), Activiteit.id)
        .limit(HOEVEEL)
        .offset(VANAF)
    )


def _regels_uit(beeld: dict[str, Any]) -> Regels:
    """The activities of a stored picture."""
    posten = [
        _som(activiteit["naam"], _uit_rijen(activiteit), activiteit["id"])
        for activiteit in beeld["activiteiten"]
    ]
    posten.sort(key=lambda post: (vouw(post.naam), post.id))
    return lambda vanaf, hoeveel: posten[vanaf : vanaf + hoeveel]


def _sommen_uit(beeld: dict[str, Any]) -> list[Lastsom]:
    sommen = [som for activiteit in beeld["activiteiten"] for som in _uit_rijen(activiteit)]
    plaats = {doel["naam"]: nummer for nummer, doel in enumerate(beeld.get("doelen", ()))}
    return sorted(sommen, key=lambda som: plaats.get(som.doel, len(plaats)))


def _uit_rijen(activiteit: dict[str, Any]) -> list[Lastsom]:
    """The lasten of one activity in a stored picture; one empty line when it has none."""
    doel = activiteit["doel"]
    return [
        Lastsom(doel, last["kostensoort"], 1, last["bedrag"] or 0, int(last["bedrag"] is None))
        for last in activiteit["lasten"]
    ] or [Lastsom(doel, None, 0, 0, 0)]


def _baten(sessie: Session, verantwoording: Verantwoording) -> list[tuple[str, str | None, int]]:
    rijen = sessie.execute(_baten_van(), _jaar_van(verantwoording))
    return [(bron, omschrijving, bedrag) for bron, omschrijving, bedrag in rijen]


@cache
def _baten_van() -> Select[str, str | None, int]:
    return (
        select(Bron.naam, Baat.omschrijving, Baat.bedrag)
        .join(Baat.bron)
        .where(*_zelfde_jaar(Baat))
        .order_by(Bron.rang, Bron.naam, Baat.id)
    )


def _zelfde_jaar(soort: type[Baat | Begrotingspost]) -> tuple[ColumnElement[bool], ...]:
    """Of the project and the year of a verantwoording, to be filled in by the next."""
    return soort.project_id == bindparam("project"), soort.kalenderjaar == bindparam("jaar")


def _jaar_van(verantwoording: Verantwoording) -> dict[str, int]:
    return {"project": verantwoording.project_id, "jaar": verantwoording.kalenderjaar}


def begroting_van(sessie: Session, verantwoording: Verantwoording) -> list[Begroot]:
    """The posts of the begroting of a year; of a closed one as closing stored them."""
    beeld = None
    if verantwoording.status is not Status.OPEN:
        beeld = beelden(sessie, [verantwoording.id])[verantwoording.id]
    return _begroting(sessie, verantwoording, beeld)


def begroot_per_doel(sessie: Session, verantwoording: Verantwoording) -> dict[str, int]:
    """The same, added up per CMK-doel."""
    return _per_doel(begroting_van(sessie, verantwoording))


def _per_doel(begroting: Iterable[Begroot]) -> dict[str, int]:
    begroot: dict[str, int] = defaultdict(int)
    for _naam, doel, bedrag in begroting:
        begroot[doel or ZONDER_DOEL] += bedrag
    return begroot


def _begroting(
    sessie: Session, verantwoording: Verantwoording, beeld: dict[str, Any] | None
) -> list[Begroot]:
    if beeld is not None and "begroting" in beeld:  # older pictures did not hold them
        return [(post["naam"], post["doel"], post["bedrag"]) for post in beeld["begroting"]]
    rijen = sessie.execute(_posten_van(), _jaar_van(verantwoording))
    return [(naam, doel, bedrag) for naam, doel, bedrag in rijen]


@cache
def _posten_van() -> Select[str, str, int]:
    return (
        select(Begrotingspost.naam, Doel.naam, Begrotingspost.bedrag)
        .outerjoin(Begrotingspost.doel)
        .where(*_zelfde_jaar(Begrotingspost))
        .order_by(Begrotingspost.naam, Begrotingspost.id)
    )


def _per_kostensoort(sommen: Iterable[Lastsom]) -> tuple[Post, ...]:
    """By name, what has none last: rows and pictures come in orders of their own."""
    namen = ((som.kostensoort or ZONDER_KOSTENSOORT, som) for som in sommen if som.aantal)
    posten = _opgeteld(namen, {})
    return tuple(sorted(posten, key=lambda p: (p.naam == ZONDER_KOSTENSOORT, p.naam.casefold())))


def _opgeteld(sommen: Iterable[tuple[str, Lastsom]], begroot: dict[str, int]) -> tuple[Post, ...]:
    """One line per name, in order of appearance; what was only budgeted comes last."""
    bij_naam: dict[str, list[Lastsom]] = defaultdict(list)
    for naam, som in sommen:
        bij_naam[naam].append(som)
    for naam in begroot:
        bij_naam.setdefault(naam, [])
    return tuple(
        _som(naam, delen, begroot=begroot.get(naam, 0)) for naam, delen in bij_naam.items()
    )


def _som(naam: str, delen: Sequence[Lastsom], id_: int | None = None, begroot: int = 0) -> Post:
    return Post(
        naam,
        sum(deel.bedrag for deel in delen),
        id_,
        sum(deel.aantal for deel in delen),
        sum(deel.zonder_bedrag for deel in delen),
        begroot,
    )


@dataclass(frozen=True, slots=True)
class Jaar:
    """One year of a project: what came in, what was spent, what was budgeted."""

    kalenderjaar: int
    verantwoording: Verantwoording | None
    besteedbaar: int
    besteed: int
    begroot: int

    @property
    def saldo(self) -> int:
        return self.besteedbaar - self.besteed


def jaren_van(
    sessie: Session, project: Project, verantwoordingen: Sequence[Verantwoording]
) -> tuple[Jaar, ...]:
    """The years of a project, newest first; years with only baten or begroting as well."""
    cijfers = cijfers_van(sessie, verantwoordingen)
    per_jaar = {v.kalenderjaar: v for v in verantwoordingen}
    baten, begroot = (
        {jaar: int(bedrag) for jaar, bedrag in sessie.execute(_som_per_jaar(soort, project))}
        for soort in (Baat, Begrotingspost)
    )
    jaren = []
    for jaar in sorted(per_jaar.keys() | baten.keys() | begroot.keys(), reverse=True):
        verantwoording = per_jaar.get(jaar)
        geteld = cijfers[verantwoording.id] if verantwoording is not None else None
        jaren.append(
            Jaar(
                jaar,
                verantwoording,
                geteld.besteedbaar if geteld else baten.get(jaar, 0),
                geteld.besteed if geteld else 0,
                begroot.get(jaar, 0),
            )
        )
    return tuple(jaren)


def _som_per_jaar(soort: type[Baat] | type[Begrotingspost], project: Project) -> Any:
    return (
        select(soort.kalenderjaar, func.sum(soort.bedrag))
        .where(soort.project_id == project.id)
        .group_by(soort.kalenderjaar)
    )
