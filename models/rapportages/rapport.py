"""The figures of a report: a year of one, several or all contractpartijen (Handleiding 2.5).

Everything here is added up from `telling`. A school counts once, however many activities,
projects or contractpartijen reached it (spec rule 7).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from models.rapportages.namen import Indeling, Namen, Schoolnaam, Sleutel
from models.rapportages.selectie import Selectie, andere_jaren, doelen_van, doelnamen
from models.rapportages.telling import Doelsom, Lastsom, Telling, tellingen
from models.vouwen import vouw

ZONDER_BESTUUR = "Zonder schoolbestuur"


@dataclass(frozen=True, slots=True)
class Totalen:
    """The figures of a year. Money in cents.

    bereikt: unique vestigingen in the region; regio: how many those could be; buiten: reached
    ones outside it. regio_onbekend: years closed before the portal kept their region.
    """

    jaar: int
    besteed: int
    zonder_bedrag: int
    besteedbaar: int
    regels: int
    activiteiten: int
    uren: Decimal
    deelnames: int
    bereikt: int
    regio: int
    buiten: int
    regio_onbekend: int

    @property
    def over(self) -> int:
        """What is left; negative when more was spent than there is."""
        return self.besteedbaar - self.besteed

    @property
    def niet_bereikt(self) -> int:
        return self.regio - self.bereikt

    @property
    def scholen(self) -> int:
        """Every reached vestiging, in the region and outside it."""
        return self.bereikt + self.buiten


@dataclass(frozen=True, slots=True)
class Doelcijfers:
    """One CMK-doel; without activities it was not worked on (yet)."""

    id: Sleutel
    naam: str
    som: Doelsom


@dataclass(frozen=True, slots=True)
class Groepcijfers:
    """Reach in one gemeente or of one bestuur."""

    id: Sleutel
    naam: str
    bereikt: int
    regio: int
    buiten: int
    deelnames: int


@dataclass(frozen=True, slots=True)
class Rapport:
    """What the screen shows of a selection.

    kwartalen: 1 to 4, and ZONDER_DATUM where there are lasten without payment date.
    niet_bereikt: the schools of the region that were not reached, by gemeente and name.
    """

    totalen: Totalen
    doelen: tuple[Doelcijfers, ...]
    kwartalen: dict[int, Lastsom]
    niet_bereikt: tuple[Schoolnaam, ...]
    per_gemeente: tuple[Groepcijfers, ...]
    per_bestuur: tuple[Groepcijfers, ...]


@dataclass(frozen=True, slots=True)
class Bereik:
    """Vestigingen as sets of ids: reached in the region, in the region, reached outside it."""

    bereikt: frozenset[int]
    regio: frozenset[int]
    buiten: frozenset[int]

    @classmethod
    def van(cls, delen: Iterable[Telling]) -> "Bereik":
        delen = list(delen)
        scholen = frozenset[int]().union(*(deel.scholen for deel in delen))
        regio = frozenset[int]().union(*(deel.regio or () for deel in delen))
        return cls(scholen & regio, regio, scholen - regio)


def rapport(sessie: Session, selectie: Selectie, meeste: int | None = None) -> Rapport:
    """Every figure of the selection, and the names of at most so many schools not reached."""
    delen = tellingen(sessie, selectie.delen)
    bereik = Bereik.van(delen)
    namen = _namen(sessie, delen)
    gemeenten = namen.gemeenten()
    gemist = _eerste(bereik.regio - bereik.bereikt, gemeenten, meeste)
    return Rapport(
        totalen=_opgeteld(selectie.jaar, delen, bereik),
        doelen=_doelen(sessie, selectie.jaar, delen),
        kwartalen=_kwartalen(delen),
        niet_bereikt=tuple(sorted(namen.van(gemist), key=_volgorde))[:meeste],
        per_gemeente=_per_groep(bereik, delen, gemeenten),
        per_bestuur=_per_groep(bereik, delen, namen.besturen()),
    )


def jaar_op_jaar(sessie: Session, dit: Totalen, partijen: Collection[int] = ()) -> list[Totalen]:
    """This year between the other years of these contractpartijen (none: all), newest first."""
    andere = andere_jaren(sessie, dit.jaar, partijen)
    per_jaar: dict[int, list[Telling]] = defaultdict(list)
    for deel, telling in zip(andere, tellingen(sessie, andere), strict=True):
        per_jaar[deel.kalenderjaar].append(telling)
    gevonden = [dit, *(opgeteld(jaar, delen) for jaar, delen in per_jaar.items())]
    return sorted(gevonden, key=lambda totalen: totalen.jaar, reverse=True)


def opgeteld(jaar: int, delen: Sequence[Telling]) -> Totalen:
    """The counts of several verantwoordingen as those of one."""
    return _opgeteld(jaar, delen, Bereik.van(delen))


def _opgeteld(jaar: int, delen: Sequence[Telling], bereik: Bereik) -> Totalen:
    lasten = [som for deel in delen for som in deel.kwartalen.values()]
    doelen = [som for deel in delen for som in deel.doelen.values()]
    return Totalen(
        jaar=jaar,
        besteed=sum(som.bedrag for som in lasten),
        zonder_bedrag=sum(som.zonder_bedrag for som in lasten),
        besteedbaar=sum(deel.besteedbaar for deel in delen),
        regels=sum(som.regels for som in doelen),
        activiteiten=sum(som.activiteiten for som in doelen),
        uren=sum((som.uren for som in doelen), Decimal(0)),
        deelnames=sum(sum(deel.scholen.values()) for deel in delen),
        bereikt=len(bereik.bereikt),
        regio=len(bereik.regio),
        buiten=len(bereik.buiten),
        regio_onbekend=sum(deel.regio is None for deel in delen),
    )


def _namen(sessie: Session, delen: Iterable[Telling]) -> Namen:
    """What every school of the report is called: now, if an open year has it; else as then."""
    toen: dict[int, Schoolnaam] = {}
    for deel in delen:
        toen |= deel.namen
    open_ = [deel for deel in delen if deel.open]
    nu = set[int]().union(*(deel.scholen for deel in open_), *(deel.regio or () for deel in open_))
    return Namen(sessie, toen, nu, (vak for deel in open_ for vak in deel.vakken))


def _eerste(scholen: Collection[int], gemeenten: Indeling, meeste: int | None) -> Collection[int]:
    """These schools by gemeente, up to the gemeente where there are as many as are asked for."""
    if meeste is None:
        return scholen
    aantal = Counter(map(gemeenten.van.__getitem__, scholen))
    op_naam: dict[str, list[int]] = defaultdict(list)
    for (_, naam), nummer in gemeenten.groepen.items():
        op_naam[vouw(naam or "")].append(nummer)
    gekozen: set[int] = set()
    geteld = 0
    for naam in sorted(op_naam):
        if geteld >= meeste:
            break
        gekozen.update(op_naam[naam])
        geteld += sum(aantal[nummer] for nummer in op_naam[naam])
    return [id_ for id_ in scholen if gemeenten.van[id_] in gekozen]


def _doelen(sessie: Session, jaar: int, delen: Sequence[Telling]) -> tuple[Doelcijfers, ...]:
    """Every doel of the year in its order, also those without activities.

    Of closed years alone, the doelen are those of then, by their names of then.
    """
    sommen: dict[Sleutel, Doelsom] = {}
    namen: dict[Sleutel, str] = {}
    for deel in delen:
        namen = {**deel.doelnamen, **namen}
        for sleutel, som in deel.doelen.items():
            totaal = sommen.setdefault(sleutel, Doelsom())
            totaal.regels += som.regels
            totaal.activiteiten += som.activiteiten
            totaal.uren += som.uren
    if not delen or any(deel.open for deel in delen):
        nu = doelen_van(sessie, jaar)
        ingetrokken = [id_ for id_ in sommen if isinstance(id_, int) and id_ not in nu]
        namen = {
            **nu,
            **doelnamen(sessie, ingetrokken),
            **{k: v for k, v in namen.items() if k not in nu},
        }
    return tuple(
        Doelcijfers(sleutel, naam, sommen.get(sleutel, Doelsom()))
        for sleutel, naam in namen.items()
    )


def _kwartalen(delen: Iterable[Telling]) -> dict[int, Lastsom]:
    sommen = {kwartaal: Lastsom() for kwartaal in (1, 2, 3, 4)}
    for deel in delen:
        for kwartaal, som in deel.kwartalen.items():
            totaal = sommen.setdefault(kwartaal, Lastsom())
            totaal.aantal += som.aantal
            totaal.bedrag += som.bedrag
            totaal.zonder_bedrag += som.zonder_bedrag
    return sommen


def _per_groep(
    bereik: Bereik, delen: Iterable[Telling], indeling: Indeling
) -> tuple[Groepcijfers, ...]:
    """By name; what lies outside the region comes after it."""
    van = indeling.van
    bereikt, regio, buiten = (
        Counter(map(van.__getitem__, scholen))
        for scholen in (bereik.bereikt, bereik.regio, bereik.buiten)
    )
    meegedaan: Counter[int] = Counter()
    for deel in delen:
        for school, aantal in deel.scholen.items():
            meegedaan[van[school]] += aantal
    groepen = [
        Groepcijfers(
            id_,
            naam or ZONDER_BESTUUR,
            bereikt[nummer],
            regio[nummer],
            buiten[nummer],
            meegedaan[nummer],
        )
        for (id_, naam), nummer in indeling.groepen.items()
        if nummer in regio or nummer in buiten
    ]
    return tuple(sorted(groepen, key=lambda g: (g.regio == 0, vouw(g.naam), str(g.id))))


def _volgorde(school: Schoolnaam) -> tuple[str, str, int]:
    return (vouw(school.gemeente), vouw(school.naam), school.id)
