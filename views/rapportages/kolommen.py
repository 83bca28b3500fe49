"""The columns of each kind of row, for downloads and for "Verklaar dit getal" alike."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cmk_admin.excel import Column, Sheet
from models.rapportages.prestatie import Bestuurstand, Prestatie, Schoolstand
from models.rapportages.rapport import Groepcijfers
from models.rapportages.regels import (
    Activiteitregel,
    Baatregel,
    Begrotingsregel,
    Lastregel,
    Partnerregel,
    Schoolregel,
)

T = TypeVar("T")
Veld = tuple[Column, Callable[[T], Any]]


@dataclass(frozen=True, slots=True)
class Kolommen(Generic[T]):
    """Columns with, for each, what a row has in it.

    naam: the column that says what a row is about; on screen it leads.
    """

    velden: tuple[Veld[T], ...]
    naam: str

    @property
    def kop(self) -> list[Column]:
        return [kolom for kolom, _ in self.velden]

    def rij(self, regel: T) -> list[Any]:
        return [waarde(regel) for _, waarde in self.velden]

    def rijen(self, regels: Iterable[T]) -> Iterator[list[Any]]:
        return map(self.rij, regels)

    def letter(self, label: str) -> str:
        """Of the column with this header, in a formula."""
        return chr(ord("A") + [kolom.label for kolom in self.kop].index(label))

    def blad(self, titel: str, regels: Iterable[T]) -> Sheet:
        return Sheet(titel, self.kop, self.rijen(regels))


def herkomst() -> tuple[Veld[Any], ...]:
    """Of which verantwoording a row is."""
    return (
        (Column("Contractpartij"), lambda r: r.van.contractpartij),
        (Column("Project"), lambda r: r.van.project),
        (Column("Jaar", "year", width=8), lambda r: r.van.jaar),
    )


def ja_nee(waarde: bool) -> str:
    return "ja" if waarde else "nee"


ACTIVITEITEN: Kolommen[Activiteitregel] = Kolommen(
    (
        *herkomst(),
        (Column("Activiteit", width=40), lambda r: r.naam),
        (Column("CMK-doel"), lambda r: r.doel),
        (Column("Omschrijving"), lambda r: r.omschrijving),
        (Column("Doelgroepen"), lambda r: ", ".join(r.doelgroepen)),
        (Column("Periode van", "date"), lambda r: r.begin),
        (Column("Periode tot en met", "date"), lambda r: r.eind),
        (Column("Uren", "hours", total=True), lambda r: r.uren),
        (Column("Aantal activiteiten", "integer", total=True), lambda r: r.aantal),
    ),
    "Activiteit",
)
SCHOLEN: Kolommen[Schoolregel] = Kolommen(
    (
        *herkomst(),
        (Column("Activiteit", width=40), lambda r: r.activiteit),
        (Column("CMK-doel"), lambda r: r.doel),
        (Column("School"), lambda r: r.school.naam),
        (Column("Vestigingscode", width=14), lambda r: r.school.vestigingscode),
        (Column("Schoolbestuur"), lambda r: r.school.bestuur),
        (Column("Gemeente", width=20), lambda r: r.school.gemeente),
        (Column("Aantal leerkrachten", "integer", total=True), lambda r: r.leerkrachten),
    ),
    "School",
)
LASTEN: Kolommen[Lastregel] = Kolommen(
    (
        *herkomst(),
        (Column("Activiteit", width=40), lambda r: r.activiteit),
        (Column("CMK-doel"), lambda r: r.doel),
        (Column("Kostensoort", width=22), lambda r: r.kostensoort),
        (Column("Toelichting", width=40), lambda r: r.toelichting),
        (Column("Leverancier", width=22), lambda r: r.leverancier),
        (Column("Boekstuknummer", width=18), lambda r: r.boekstuknummer),
        (Column("Betaald op", "date"), lambda r: r.betaald_op),
        (Column("Bedrag", "money", total=True), lambda r: r.bedrag),
    ),
    "Activiteit",
)
BATEN: Kolommen[Baatregel] = Kolommen(
    (
        *herkomst(),
        (Column("Bron", width=22), lambda r: r.bron),
        (Column("Omschrijving", width=40), lambda r: r.omschrijving),
        (Column("Bedrag", "money", total=True), lambda r: r.bedrag),
    ),
    "Bron",
)
BEGROTING: Kolommen[Begrotingsregel] = Kolommen(
    (
        *herkomst(),
        (Column("Post", width=40), lambda r: r.naam),
        (Column("CMK-doel"), lambda r: r.doel),
        (Column("Begroot", "money", total=True), lambda r: r.bedrag),
    ),
    "Post",
)
PARTNERS: Kolommen[Partnerregel] = Kolommen(
    (
        *herkomst(),
        (Column("Activiteit", width=40), lambda r: r.activiteit),
        (Column("CMK-doel"), lambda r: r.doel),
        (Column("Samenwerkingspartner", width=40), lambda r: r.partner),
    ),
    "Samenwerkingspartner",
)
SCHOOLSTANDEN: Kolommen[Schoolstand] = Kolommen(
    (
        (Column("Schoolbestuur"), lambda s: s.school.bestuur),
        (Column("School", width=36), lambda s: s.school.naam),
        (Column("Vestigingscode", width=14), lambda s: s.school.vestigingscode),
        (Column("Gemeente", width=20), lambda s: s.school.gemeente),
        (Column("In de regio", width=12), lambda s: ja_nee(s.in_regio)),
        (Column("Bereikt", width=12), lambda s: ja_nee(s.bereikt)),
        (Column("Aantal activiteiten", "integer"), lambda s: s.activiteiten),
        (Column("Deelnames", "integer", total=True), lambda s: s.deelnames),
    ),
    "School",
)
BESTUREN: Kolommen[Bestuurstand] = Kolommen(
    (
        (Column("Schoolbestuur", width=40), lambda b: b.naam),
        (Column("Scholen bereikt", "integer", total=True), lambda b: b.bereikt),
        (Column("Scholen in de regio", "integer", total=True), lambda b: b.regio),
        (Column("Bereikt buiten de regio", "integer", total=True), lambda b: b.buiten),
        (Column("Aantal activiteiten", "integer"), lambda b: b.activiteiten),
        (Column("Deelnames", "integer", total=True), lambda b: b.deelnames),
    ),
    "Schoolbestuur",
)
GEMEENTEN: Kolommen[Groepcijfers] = Kolommen(
    (
        (Column("Gemeente", width=30), lambda g: g.naam),
        (Column("Scholen bereikt", "integer", total=True), lambda g: g.bereikt),
        (Column("Scholen in de regio", "integer", total=True), lambda g: g.regio),
        (Column("Bereikt buiten de regio", "integer", total=True), lambda g: g.buiten),
        (Column("Deelnames", "integer", total=True), lambda g: g.deelnames),
    ),
    "Gemeente",
)


def prestaties(label: str, opgeteld: bool) -> Kolommen[Prestatie]:
    """Under a doel an activity counts once; under a doelgroep it may count several times, so
    that those are not added up."""
    return Kolommen(
        (
            (Column(label, width=50), lambda p: p.naam),
            (Column("Aantal activiteiten", "integer", total=opgeteld), lambda p: p.activiteiten),
            (Column("Uren", "hours", total=opgeteld), lambda p: p.uren),
            (Column("Unieke scholen", "integer"), lambda p: len(p.scholen)),
            (Column("Deelnames", "integer", total=opgeteld), lambda p: p.deelnames),
        ),
        label,
    )


TOELICHTING: Sequence[Column] = (Column("Onderwerp", width=34), Column("Uitleg", width=110))
