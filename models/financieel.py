"""The money of a verantwoording and of a project: "Financieel overzicht" (Handleiding 2.1, 2.4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, Last
from models.lijsten import Bron, Doel, Kostensoort
from models.project import Baat, Begrotingspost, Project
from models.rapportages import beelden, cijfers_van
from models.verantwoording import Status, Verantwoording


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


@dataclass(frozen=True, slots=True)
class Financieel:
    """Baten, lasten and begroting of one verantwoording, each added up the ways people ask."""

    baten: tuple[Post, ...]
    per_activiteit: tuple[Post, ...]
    per_doel: tuple[Post, ...]
    per_kostensoort: tuple[Post, ...]
    begroting: tuple[Post, ...]

    @property
    def besteedbaar(self) -> int:
        return sum(post.bedrag for post in self.baten)

    @property
    def besteed(self) -> int:
        return sum(post.bedrag for post in self.per_activiteit)

    @property
    def begroot(self) -> int:
        return sum(post.bedrag for post in self.begroting)

    @property
    def saldo(self) -> int:
        return self.besteedbaar - self.besteed

    @property
    def zonder_bedrag(self) -> int:
        return sum(post.zonder_bedrag for post in self.per_activiteit)


@dataclass(frozen=True, slots=True)
class Lastsom:
    """Lasten of one activity and one kostensoort, added up."""

    activiteit_id: int
    activiteit: str
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
        sommen, baten = _lastsommen(sessie, verantwoording.id), _baten(sessie, verantwoording)
        beeld = None
    else:
        beeld = beelden(sessie, [verantwoording.id])[verantwoording.id]
        sommen = [som for activiteit in beeld["activiteiten"] for som in _uit_rijen(activiteit)]
        plaats = {doel["naam"]: nummer for nummer, doel in enumerate(beeld.get("doelen", ()))}
        sommen.sort(key=lambda som: plaats.get(som.doel, len(plaats)))
        baten = [(b["bron"], b["omschrijving"], b["bedrag"]) for b in beeld["baten"]]
    begroting = _begroting(sessie, verantwoording, beeld)
    begroot = _per_doel(begroting)
    return Financieel(
        baten=tuple(Post(f"{bron} – {om}" if om else bron, bedrag) for bron, om, bedrag in baten),
        per_activiteit=_per_activiteit(sommen),
        per_doel=_opgeteld(((som.doel, som) for som in sommen), begroot),
        per_kostensoort=_per_kostensoort(sommen),
        begroting=tuple(Post(naam, bedrag) for naam, _doel, bedrag in begroting),
    )


def _lastsommen(sessie: Session, verantwoording_id: int) -> list[Lastsom]:
    rijen = sessie.execute(
        select(
            Activiteit.id,
            Activiteit.naam,
            Doel.naam,
            Kostensoort.naam,
            func.count(Last.id),
            func.coalesce(func.sum(Last.bedrag), 0),
            func.sum(case((and_(Last.id.is_not(None), Last.bedrag.is_(None)), 1), else_=0)),
        )
        .join(Activiteit.doel)
        .outerjoin(Activiteit.lasten)
        .outerjoin(Last.kostensoort)
        .where(Activiteit.verantwoording_id == verantwoording_id)
        .group_by(Activiteit.id, Activiteit.naam, Doel.naam, Doel.rang, Kostensoort.naam)
        .order_by(Doel.rang, Doel.naam, Activiteit.naam, Activiteit.id, Kostensoort.naam)
    )
    return [
        Lastsom(id_, naam, doel, soort, aantal, int(bedrag), int(zonder))
        for id_, naam, doel, soort, aantal, bedrag, zonder in rijen
    ]


def _uit_rijen(activiteit: dict[str, Any]) -> list[Lastsom]:
    """The lasten of one activity in a stored picture; one empty line when it has none."""
    vast = (activiteit["id"], activiteit["naam"], activiteit["doel"])
    return [
        Lastsom(*vast, last["kostensoort"], 1, last["bedrag"] or 0, int(last["bedrag"] is None))
        for last in activiteit["lasten"]
    ] or [Lastsom(*vast, None, 0, 0, 0)]


def _baten(sessie: Session, verantwoording: Verantwoording) -> list[tuple[str, str | None, int]]:
    rijen = sessie.execute(
        select(Bron.naam, Baat.omschrijving, Baat.bedrag)
        .join(Baat.bron)
        .where(
            Baat.project_id == verantwoording.project_id,
            Baat.kalenderjaar == verantwoording.kalenderjaar,
        )
        .order_by(Bron.rang, Bron.naam, Baat.id)
    )
    return [(bron, omschrijving, bedrag) for bron, omschrijving, bedrag in rijen]


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
    rijen = sessie.execute(
        select(Begrotingspost.naam, Doel.naam, Begrotingspost.bedrag)
        .outerjoin(Begrotingspost.doel)
        .where(
            Begrotingspost.project_id == verantwoording.project_id,
            Begrotingspost.kalenderjaar == verantwoording.kalenderjaar,
        )
        .order_by(Begrotingspost.naam, Begrotingspost.id)
    )
    return [(naam, doel, bedrag) for naam, doel, bedrag in rijen]


def _per_activiteit(sommen: Iterable[Lastsom]) -> tuple[Post, ...]:
    bij_id: dict[int, list[Lastsom]] = defaultdict(list)
    for som in sommen:
        bij_id[som.activiteit_id].append(som)
    posten = [_som(delen[0].activiteit, delen, id_=id_) for id_, delen in bij_id.items()]
    return tuple(sorted(posten, key=lambda post: (post.naam.casefold(), post.id or 0)))


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
