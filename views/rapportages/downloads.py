"""The four workbooks of Handleiding 2.6, for the selection on screen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cmk_admin import formats
from cmk_admin.excel import Column, Formula, Sheet
from models.base import nu
from models.rapportages import regels
from models.rapportages.definities import DEFINITIES, GESLOTEN, WERKWIJZE
from models.rapportages.omvang import ALLES
from models.rapportages.prestatie import bestuurstanden, per_doel, per_doelgroep, schoolstanden
from models.rapportages.rapport import rapport
from models.rapportages.selectie import Selectie
from views.rapportages import beelden, kolommen
from views.rapportages.keuze import Keuze

ZONDER_DOEL = "Zonder CMK-doel"
ZONDER_SOORT = "Zonder kostensoort"


@dataclass(frozen=True, slots=True)
class Download:
    """A workbook: its address, its name, how its sheets are made, and from which rows.

    regel_voor_regel: whether each of those rows is written, so that it is known how far it is.
    """

    naam: str
    titel: str
    bladen: Callable[[Session, Selectie], Iterator[Sheet]]
    gelezen: tuple[str, ...]
    regel_voor_regel: bool = False

    def bestand(self, keuze: Keuze) -> str:
        return f"{self.naam}-{keuze.bestandsdeel}.xlsx"

    def maak(self, sessie: Session, selectie: Selectie, wie: str) -> Iterator[Sheet]:
        """Its sheets, each made when the one before it has been written."""
        yield from self.bladen(sessie, selectie)
        yield toelichting(self.titel, selectie, wie)


def _totaaloverzicht(sessie: Session, selectie: Selectie) -> Iterator[Sheet]:
    """ "Dit bestand toont alle data in één Excel-bestand"."""
    yield kolommen.ACTIVITEITEN.blad("Activiteiten", regels.activiteiten(sessie, selectie))
    yield kolommen.SCHOLEN.blad("Scholen", regels.scholen(sessie, selectie))
    yield kolommen.LASTEN.blad("Lasten", regels.lasten(sessie, selectie))
    yield kolommen.BATEN.blad("Baten", regels.baten(sessie, selectie))
    yield kolommen.PARTNERS.blad("Partners", regels.partners(sessie, selectie))


def _financieel(sessie: Session, selectie: Selectie) -> Iterator[Sheet]:
    """Every last; and what they come to per doel, beside the begroting, and per kostensoort."""
    doelen: dict[str, int] = {}
    soorten: dict[str, int] = {}

    def lasten() -> Iterator[regels.Lastregel]:
        for last in regels.lasten(sessie, selectie):
            soort = last.kostensoort or ZONDER_SOORT
            doelen[last.doel] = doelen.get(last.doel, 0) + (last.bedrag or 0)
            soorten[soort] = soorten.get(soort, 0) + (last.bedrag or 0)
            yield last

    blad = kolommen.LASTEN.blad("Lasten", lasten())
    yield blad
    yield kolommen.BATEN.blad("Baten", regels.baten(sessie, selectie))
    posten = list(regels.begroting(sessie, selectie))
    begroting = kolommen.BEGROTING.blad("Begroting", posten)
    yield begroting
    begroot: dict[str, int] = {}
    for post in posten:
        begroot[post.doel or ZONDER_DOEL] = begroot.get(post.doel or ZONDER_DOEL, 0) + post.bedrag
    yield _per_doel(blad, begroting, doelen, begroot)
    yield _per_kostensoort(blad, soorten)


def _som(blad: Sheet, soort: str, bedrag: str, cel: str, leeg: str) -> str:
    """The sum of a column where another one equals a cell; empty cells are those of `leeg`.

    SUMPRODUCT compares as it stands: a name with * or > in it is no pattern, as in SUMIF.
    """
    waar = f"{blad.title}!${soort}$2:${soort}${max(blad.last_row, 2)}"
    wat = f"{blad.title}!${bedrag}$2:${bedrag}${max(blad.last_row, 2)}"
    return f'=SUMPRODUCT((({waar}={cel})+({waar}="")*({cel}="{leeg}")>0)*{wat})'


def _per_doel(
    lasten: Sheet, begroting: Sheet, besteed: dict[str, int], begroot: dict[str, int]
) -> Sheet:
    """Begroting against realisatie."""
    kop = (
        Column("CMK-doel", width=60),
        Column("Begroot", "money", total=True),
        Column("Besteed", "money", total=True),
        Column("Verschil", "money", total=True),
    )
    last, post = kolommen.LASTEN, kolommen.BEGROTING

    def rijen() -> Iterator[Sequence[object]]:
        for rij, doel in enumerate(dict.fromkeys([*besteed, *begroot]), start=2):
            gepland, gedaan = begroot.get(doel, 0), besteed.get(doel, 0)
            formules = (
                _som(begroting, post.letter("CMK-doel"), post.letter("Begroot"), f"$A{rij}",
                     ZONDER_DOEL),
                _som(lasten, last.letter("CMK-doel"), last.letter("Bedrag"), f"$A{rij}",
                     ZONDER_DOEL),
                f"=B{rij}-C{rij}",
            )  # fmt: skip
            waarden = (gepland, gedaan, gepland - gedaan)
            yield (doel, *(Formula(f, w) for f, w in zip(formules, waarden, strict=True)))

    return Sheet("Per CMK-doel", kop, rijen())


def _per_kostensoort(lasten: Sheet, besteed: dict[str, int]) -> Sheet:
    kop = (Column("Kostensoort", width=40), Column("Besteed", "money", total=True))
    last = kolommen.LASTEN

    def rijen() -> Iterator[Sequence[object]]:
        for rij, (soort, bedrag) in enumerate(besteed.items(), start=2):
            formule = _som(
                lasten, last.letter("Kostensoort"), last.letter("Bedrag"), f"$A{rij}", ZONDER_SOORT
            )
            yield (soort, Formula(formule, bedrag))

    return Sheet("Per kostensoort", kop, rijen())


def _prestatie(sessie: Session, selectie: Selectie) -> Iterator[Sheet]:
    yield kolommen.prestaties("CMK-doel", True).blad("Per CMK-doel", per_doel(sessie, selectie))
    yield kolommen.prestaties("Doelgroep", False).blad(
        "Per doelgroep", per_doelgroep(sessie, selectie)
    )
    gemeenten = rapport(sessie, selectie, meeste=0).per_gemeente
    yield kolommen.GEMEENTEN.blad("Per gemeente", gemeenten)


def _schoolbestuur(sessie: Session, selectie: Selectie) -> Iterator[Sheet]:
    yield kolommen.BESTUREN.blad("Schoolbesturen", bestuurstanden(sessie, selectie))
    yield kolommen.SCHOOLSTANDEN.blad("Scholen", schoolstanden(sessie, selectie))


def toelichting(
    titel: str, selectie: Selectie, wie: str, verder: Iterable[tuple[str, str]] = ()
) -> Sheet:
    """What was chosen, when, and what the figures mean.

    verder: what else was chosen, as subject and words; gone through when the sheet is written.
    """
    return Sheet(
        "Toelichting",
        kolommen.TOELICHTING,
        _uitleg(titel, selectie, wie, verder),
        plain=True,
    )


def _uitleg(
    titel: str, selectie: Selectie, wie: str, verder: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    yield from (
        ("Rapportage", titel),
        ("Jaar", str(selectie.jaar)),
        ("Contractpartij", wie),
        *verder,
        ("Gemaakt op", formats.moment(nu())),
        ("Verantwoordingen", str(len(selectie.delen))),
        ("Werkwijze", "; ".join(beelden.werkwijzen_van(selectie)) or "nog niet gekozen"),
        ("Over de werkwijze", WERKWIJZE),
        ("Gesloten verantwoordingen", GESLOTEN),
        *DEFINITIES.items(),
    )


DOWNLOADS = {
    download.naam: download
    for download in (
        Download("totaaloverzicht", "Totaaloverzicht", _totaaloverzicht, ALLES, True),
        Download("financieel", "Financieel", _financieel, ("lasten",), True),
        Download(
            "prestatie-en-bereik", "Prestatie en bereik", _prestatie, ("activiteiten", "scholen")
        ),
        Download("schoolbestuur", "Schoolbestuur", _schoolbestuur, ("scholen",)),
    )
}
