"""Where a figure comes from: its definition and exactly the rows that make it.

The figures themselves are counted by `rapport`; these are found the other way round, row by
row, and the tests hold the one against the other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from models.financieel import ZONDER_DOEL, ZONDER_KOSTENSOORT
from models.rapportages import prestatie, regels
from models.rapportages.namen import Schoolnaam
from models.rapportages.rapport import ZONDER_BESTUUR
from models.rapportages.regels import Herkomst
from models.rapportages.selectie import Selectie
from models.rapportages.telling import kwartaal_van

Soort = Literal["lasten", "baten", "begroting", "saldo", "activiteiten", "scholen", "standen"]
Eenheid = Literal["money", "hours", "integer"]


@dataclass(frozen=True, slots=True)
class Saldoregel:
    """A baat or a last in one list: what came in is positive, what went out is negative."""

    van: Herkomst
    wat: str
    omschrijving: str
    bedrag: int


@dataclass(frozen=True, slots=True)
class Figuur:
    """A figure that can be explained.

    definitie: its key in DEFINITIES. soort: which rows make it. telt: what a row adds.
    hoort: whether a row is one of those rows at all.
    """

    naam: str
    definitie: str
    soort: Soort
    eenheid: Eenheid
    telt: Callable[[Any], int | Decimal]
    hoort: Callable[[Any], bool] = lambda regel: True

    def regels(self, sessie: Session, selectie: Selectie, deel: Mapping[str, str]) -> Iterator[Any]:
        """The rows of the selection, and of that part of it that `deel` names."""
        for regel in BRONNEN[self.soort](sessie, selectie):
            if self.hoort(regel) and past(self.soort, regel, deel):
                yield regel

    def waarde(self, gevonden: Iterable[Any]) -> int | Decimal:
        """What these rows come to."""
        return sum((self.telt(regel) for regel in gevonden), Decimal(0))


def _saldo(sessie: Session, selectie: Selectie) -> Iterator[Saldoregel]:
    for baat in regels.baten(sessie, selectie):
        wat = f"{baat.bron} – {baat.omschrijving}" if baat.omschrijving else baat.bron
        yield Saldoregel(baat.van, "baat", wat, baat.bedrag)
    for last in regels.lasten(sessie, selectie):
        yield Saldoregel(
            last.van, "last", f"{last.activiteit} – {last.toelichting}", -(last.bedrag or 0)
        )


BRONNEN: dict[Soort, Callable[[Session, Selectie], Iterable[Any]]] = {
    "lasten": regels.lasten,
    "baten": regels.baten,
    "begroting": regels.begroting,
    "saldo": _saldo,
    "activiteiten": regels.activiteiten,
    "scholen": regels.scholen,
    "standen": prestatie.schoolstanden,
}


def _een(regel: object) -> int:
    return 1


FIGUREN = {
    figuur.naam: figuur
    for figuur in (
        Figuur("besteed", "Besteed", "lasten", "money", lambda r: r.bedrag or 0),
        Figuur("besteedbaar", "Besteedbaar", "baten", "money", lambda r: r.bedrag),
        Figuur("nog-te-besteden", "Nog te besteden", "saldo", "money", lambda r: r.bedrag),
        Figuur(
            "zonder-bedrag",
            "Lasten zonder bedrag",
            "lasten",
            "integer",
            _een,
            lambda r: r.bedrag is None,
        ),
        Figuur("begroot", "Begroot", "begroting", "money", lambda r: r.bedrag),
        Figuur(
            "activiteiten",
            "Aantal activiteiten",
            "activiteiten",
            "integer",
            lambda r: r.aantal,
        ),
        Figuur("uren", "Uren", "activiteiten", "hours", lambda r: r.uren),
        Figuur("deelnames", "Deelnames", "scholen", "integer", lambda r: r.leerkrachten or 0),
        Figuur(
            "bereikt",
            "Bereikte scholen",
            "standen",
            "integer",
            _een,
            lambda s: s.in_regio and s.bereikt,
        ),
        Figuur(
            "regio", "Scholen in de regio", "standen", "integer", _een, lambda s: bool(s.in_regio)
        ),
        Figuur(
            "niet-bereikt",
            "Nog niet bereikte scholen",
            "standen",
            "integer",
            _een,
            lambda s: s.in_regio and not s.bereikt,
        ),
        Figuur(
            "buiten",
            "Bereikte scholen buiten de regio",
            "standen",
            "integer",
            _een,
            lambda s: not s.in_regio,
        ),
    )
}

#: A part of a figure → what a row has there: as an id and as people read it.
Kenmerk = Callable[[Any], tuple[object, str]]


def _school(regel: Any) -> Schoolnaam:
    school: Schoolnaam = regel.school
    return school


def _gemeente(regel: Any) -> tuple[object, str]:
    return _school(regel).gemeente_id, _school(regel).gemeente


def _bestuur(regel: Any) -> tuple[object, str]:
    return _school(regel).bestuur_id or ZONDER_BESTUUR, _school(regel).bestuur or ZONDER_BESTUUR


def _doel(regel: Any) -> tuple[object, str]:
    return regel.doel_id, regel.doel


def _kwartaal(regel: Any) -> tuple[object, str]:
    kwartaal = kwartaal_van(regel.betaald_op)
    return kwartaal, f"kwartaal {kwartaal}" if kwartaal else "zonder betaaldatum"


def _op_naam(naam: str | None, leeg: str) -> tuple[object, str]:
    return naam or leeg, naam or leeg


DELEN: dict[str, dict[str, Kenmerk]] = {
    "lasten": {
        "doel": _doel,
        "kwartaal": _kwartaal,
        "kostensoort": lambda r: _op_naam(r.kostensoort, ZONDER_KOSTENSOORT),
        "activiteit": lambda r: (r.activiteit_id, r.activiteit),
    },
    "begroting": {"doel": lambda r: _op_naam(r.doel, ZONDER_DOEL)},
    "activiteiten": {"doel": _doel},
    "scholen": {"doel": _doel, "gemeente": _gemeente, "bestuur": _bestuur},
    "standen": {"gemeente": _gemeente, "bestuur": _bestuur},
    "baten": {},
    "saldo": {},
}


def past(soort: Soort, regel: Any, deel: Mapping[str, str]) -> bool:
    """Whether a row is in that part, which is named by id or by name."""
    kenmerken = DELEN[soort]
    for naam, waarde in deel.items():
        id_, label = kenmerken[naam](regel)
        if waarde not in (str(id_), label):
            return False
    return True
