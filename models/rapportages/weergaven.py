"""One year per quarter and per begrotingspost: the first views of the werkwijzen; that per school
is in `per_school.py`.

Handleiding 3: A keeps an overview per school, B per activity, C per period and D against the
begroting. Whatever the werkwijze, the same facts give the same totals.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, Last
from models.lijsten import Doel
from models.rapportages.cijfers import beelden
from models.verantwoording import Status, Verantwoording
from models.vouwen import vouw

#: The quarter of lasten that have no payment date yet.
ZONDER_DATUM = 0


@dataclass(slots=True)
class Regel:
    """One activity. scholen: id → name and leerkrachten. lasten: cents per quarter.

    aantal: as it counts, empty is one.
    """

    id: int
    naam: str
    doel: str
    aantal: int
    uren: Decimal
    scholen: dict[int, tuple[str, int]] = field(default_factory=dict)
    lasten: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def bedrag(self) -> int:
        return sum(self.lasten.values())


def regels_uit(beeld: dict[str, Any]) -> list[Regel]:
    """Every activity of a year as closing stored it, by name."""
    regels = [_uit_beeld(activiteit) for activiteit in beeld["activiteiten"]]
    return sorted(regels, key=lambda regel: (vouw(regel.naam), regel.id))


def gesloten(sessie: Session, verantwoording: Verantwoording) -> list[Regel]:
    """Those of a closed year."""
    return regels_uit(beelden(sessie, [verantwoording.id])[verantwoording.id])


class MetLasten(Protocol):
    """What has lasten, in cents per quarter."""

    naam: str
    doel: str
    lasten: dict[int, int]


@dataclass(slots=True)
class Lastsom:
    """Lasten of the activities of one CMK-doel, or of those with one name."""

    naam: str
    doel: str
    lasten: dict[int, int]


@dataclass(frozen=True, slots=True)
class Lastenbeeld:
    """The lasten of a year per quarter. activiteiten: how many there are."""

    activiteiten: int
    sommen: Sequence[MetLasten]


def lasten_van(
    sessie: Session, verantwoording: Verantwoording, per_naam: bool = False
) -> Lastenbeeld:
    """Added up per CMK-doel and quarter, or per name as well; of a closed year as stored."""
    if verantwoording.status is not Status.OPEN:
        regels = gesloten(sessie, verantwoording)
        return Lastenbeeld(len(regels), regels)
    binnen = Activiteit.verantwoording_id == verantwoording.id
    aantal = sessie.scalar(select(func.count(Activiteit.id)).where(binnen)) or 0
    namen = [Doel.naam, *([Activiteit.naam] if per_naam else [])]
    maand = extract("month", Last.betaald_op)
    rijen = sessie.execute(
        select(maand, func.sum(Last.bedrag), *namen)
        .join(Last.activiteit)
        .join(Activiteit.doel)
        .where(binnen)
        .group_by(maand, *namen)
    )
    sommen = [
        Lastsom(naam[0] if naam else "", doel, {_kwartaal(maand): int(bedrag or 0)})
        for maand, bedrag, doel, *naam in rijen
    ]
    return Lastenbeeld(aantal, sommen)


def _uit_beeld(a: dict[str, Any]) -> Regel:
    regel = Regel(a["id"], a["naam"], a["doel"], a["aantal"], Decimal(a["uren"]))
    for school in a["scholen"]:
        regel.scholen[school["school_id"]] = (school["naam"], school["leerkrachten"] or 0)
    for last in a["lasten"]:
        maand = date.fromisoformat(last["betaald_op"]).month if last["betaald_op"] else None
        regel.lasten[_kwartaal(maand)] += last["bedrag"] or 0
    return regel


def _kwartaal(maand: int | None) -> int:
    return ZONDER_DATUM if maand is None else (int(maand) + 2) // 3


@dataclass(frozen=True, slots=True)
class PerKwartaal:
    """One CMK-doel or begrotingspost against the begroting.

    lasten: of the four quarters, then without a date.
    """

    naam: str
    begroot: int
    lasten: tuple[int, ...]

    @property
    def totaal(self) -> int:
        return sum(self.lasten)

    @property
    def over(self) -> int:
        return self.begroot - self.totaal


KWARTALEN = (1, 2, 3, 4, ZONDER_DATUM)


def per_kwartaal(
    regels: Sequence[MetLasten], begroot: Iterable[tuple[str, int]]
) -> tuple[PerKwartaal, ...]:
    """Lasten per CMK-doel and quarter, against what was budgeted for it (name and cents)."""
    plan = dict(begroot)
    lasten = _per_naam(((regel.doel, regel) for regel in regels), plan)
    return tuple(rij for rij in (_rij(naam, plan, lasten) for naam in sorted(lasten)) if rij)


ZONDER_POST = "Zonder begrotingspost"


def per_post(
    regels: Sequence[MetLasten], begroot: Iterable[tuple[str, int]]
) -> tuple[PerKwartaal, ...]:
    """Lasten per begrotingspost (name and cents), in the order of the begroting.

    Handleiding 3, werkwijze C and D: the name of an activity follows the begroting. An activity
    belongs to the post that its name is, or begins with: "Muziek, kwartaal 1" is of "Muziek".
    """
    plan: dict[str, int] = defaultdict(int)
    for naam, bedrag in begroot:
        plan[naam] += bedrag
    lasten = _per_naam(((post_van(regel.naam, plan), regel) for regel in regels), plan)
    volgorde = [*plan, *([ZONDER_POST] if ZONDER_POST in lasten else [])]
    return tuple(rij for rij in (_rij(naam, plan, lasten) for naam in volgorde) if rij)


def post_van(naam: str, posten: Iterable[str]) -> str:
    """The post that an activity of this name belongs to: of several the one that says most."""
    gevouwen = vouw(naam)
    for post in sorted(posten, key=len, reverse=True):
        begin, rest = vouw(post), gevouwen[len(vouw(post)) :]
        if gevouwen.startswith(begin) and not rest[:1].isalnum():
            return post
    return ZONDER_POST


Sommen = dict[str, dict[int, int]]


def _per_naam(regels: Iterable[tuple[str, MetLasten]], plan: Iterable[str]) -> Sommen:
    """Cents per name and quarter, also of what is only planned."""
    sommen: Sommen = {naam: defaultdict(int) for naam in plan}
    for naam, regel in regels:
        som = sommen.setdefault(naam, defaultdict(int))
        for kwartaal, bedrag in regel.lasten.items():
            som[kwartaal] += bedrag
    return sommen


def _rij(naam: str, plan: Mapping[str, int], lasten: Sommen) -> PerKwartaal | None:
    """One line; None where nothing was planned and nothing spent."""
    som, begroot = lasten[naam], plan.get(naam, 0)
    if not begroot and not any(som.values()):
        return None
    return PerKwartaal(naam, begroot, tuple(som[kwartaal] for kwartaal in KWARTALEN))
