""" "Verklaar dit getal": the definition of a figure and the rows that make it, on a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import compress
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from cmk_admin import formats, references, tables
from cmk_admin.excel import Column
from cmk_admin.page import (
    Action,
    ActiveFilter,
    Cell,
    CellKind,
    Empty,
    ListPage,
    Option,
    Row,
)
from cmk_admin.routes import row_address
from models.rapportages.definities import DEFINITIES
from models.rapportages.omvang import omvang
from models.rapportages.selectie import Selectie
from models.rapportages.verklaring import DELEN, FIGUREN, Figuur, Saldoregel, Soort
from models.vouwen import vouw
from views.rapportages import kolommen
from views.rapportages.keuze import Keuze, naam_in_bestand
from views.rapportages.kolommen import Kolommen, Veld

SALDO: Kolommen[Saldoregel] = Kolommen(
    (
        *kolommen.herkomst(),
        (Column("Soort", width=10), lambda r: r.wat),
        (Column("Omschrijving", width=50), lambda r: r.omschrijving),
        (Column("Bedrag", "money", total=True), lambda r: r.bedrag),
    ),
    "Omschrijving",
)
KOLOMMEN: dict[Soort, Kolommen[Any]] = {
    "lasten": kolommen.LASTEN,
    "baten": kolommen.BATEN,
    "begroting": kolommen.BEGROTING,
    "saldo": SALDO,
    "activiteiten": kolommen.ACTIVITEITEN,
    "scholen": kolommen.SCHOLEN,
    "standen": kolommen.SCHOOLSTANDEN,
}
#: Figure → the column that it adds up; of the others every row counts for one.
OPGETELD = {
    "besteed": "Bedrag",
    "besteedbaar": "Bedrag",
    "nog-te-besteden": "Bedrag",
    "begroot": "Begroot",
    "activiteiten": "Aantal activiteiten",
    "uren": "Uren",
    "deelnames": "Aantal leerkrachten",
}
#: What is gone through for the rows of a kind; of what is missing here there is little.
GELEZEN: dict[Soort, tuple[str, ...]] = {
    "lasten": ("lasten",),
    "baten": (),
    "begroting": (),
    "saldo": ("lasten",),
    "activiteiten": ("activiteiten",),
    "scholen": ("scholen",),
    "standen": ("scholen",),
}
#: Rows on a page for who wants to print or search them: more belong in a file.
VEEL = 1000
LABELS = {
    "doel": "CMK-doel",
    "kwartaal": "Betaald in",
    "kostensoort": "Kostensoort",
    "activiteit": "Activiteit",
    "gemeente": "Gemeente",
    "bestuur": "Schoolbestuur",
}
#: Kind of row → column → where what it names has a page of its own.
WAAR: dict[Soort, dict[str, Callable[[Any], str | None]]] = {
    "lasten": {"Activiteit": lambda r: row_address("activiteiten.financieel", r.activiteit_id)},
    "activiteiten": {"Activiteit": lambda r: row_address("activiteiten.details", r.id)},
    "scholen": {
        "Activiteit": lambda r: row_address("activiteiten.scholen", r.activiteit_id),
        "School": lambda r: row_address("school.details_view", r.school.id),
    },
    # One that was never reached may have gone since its year was closed.
    "standen": {
        "School": lambda r: row_address("school.details_view", r.school.id) if r.bereikt else None,
    },
}
CELLS: dict[str, CellKind] = {
    "money": "geld", "hours": "getal", "integer": "getal", "date": "datum", "moment": "datum",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verklaring:
    """A figure as the address asks for it, with its rows."""

    figuur: Figuur
    keuze: Keuze
    deel: Mapping[str, str]
    zoek: str
    sessie: Session
    selectie: Selectie

    @classmethod
    def uit_adres(
        cls,
        naam: str,
        sessie: Session,
        keuze: Keuze,
        selectie: Selectie,
        gevraagd: Mapping[str, str],
    ) -> "Verklaring | None":
        """None for a figure that does not exist."""
        figuur = FIGUREN.get(naam)
        if figuur is None:
            return None
        delen = {deel: gevraagd.get(deel, "") for deel in DELEN[figuur.soort]}
        deel = {naam: waarde for naam, waarde in delen.items() if waarde}
        zoek = " ".join(references.words(gevraagd.get("search", "")))
        return cls(figuur, keuze, deel, zoek, sessie, selectie)

    def regels(self) -> Iterator[Any]:
        """The rows, one by one: they are never all in memory."""
        gevonden = self.figuur.regels(self.sessie, self.selectie, self.deel)
        return _gezocht(self.figuur, gevonden, self.zoek)

    def bestand(self, soort: str) -> str:
        """Its name says which part of the figure it holds, and that it was searched."""
        delen = [naam_in_bestand(f"{naam} {waarde}") for naam, waarde in self.deel.items()]
        gezocht = ["gezocht"] if self.zoek else []
        naam = "-".join([self.figuur.naam, self.keuze.bestandsdeel, *delen, *gezocht])
        return f"{naam}.{soort}"

    def omvang(self) -> int:
        """How many rows are gone through to find them."""
        return omvang(self.sessie, self.selectie, GELEZEN[self.figuur.soort])

    @property
    def titel(self) -> str:
        return self.figuur.definitie

    @property
    def definitie(self) -> str:
        return DEFINITIES[self.figuur.definitie]

    @property
    def kolommen(self) -> Kolommen[Any]:
        return KOLOMMEN[self.figuur.soort]


@dataclass(slots=True)
class Doorloop:
    """What is told of the rows while they go by.

    onderdelen: which part of the figure this is: its name, how people read it, as in the address.
    """

    verklaring: Verklaring
    som: Any = Decimal(0)
    projecten: set[str] = field(default_factory=set)
    partijen: set[str] = field(default_factory=set)
    onderdelen: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Any]:
        figuur = self.verklaring.figuur
        for regel in self.verklaring.regels():
            self.som += figuur.telt(regel)
            if hasattr(regel, "van"):
                self.projecten.add(regel.van.project)
                self.partijen.add(regel.van.contractpartij)
            if not self.onderdelen:
                kenmerken = DELEN[figuur.soort]
                self.onderdelen = {naam: kenmerken[naam](regel)[1] for naam in self.verklaring.deel}
            yield regel

    def gekozen(self) -> Iterator[tuple[str, str]]:
        """What was chosen besides year and contractpartij, and what it comes to; afterwards."""
        yield "Het getal", self.getal
        for naam, waarde in self.verklaring.deel.items():
            yield f"Alleen {LABELS[naam]}", self.onderdelen.get(naam, waarde)
        if self.verklaring.zoek:
            yield "Gezocht op", self.verklaring.zoek

    @property
    def getal(self) -> str:
        """What the rows come to, as it stands on the report."""
        eenheid = self.verklaring.figuur.eenheid
        return formats.show(eenheid, self.som if eenheid == "hours" else int(self.som))

    @property
    def overbodig(self) -> set[str]:
        """Columns that say of every row the same year, project or contractpartij."""
        weg = {"Jaar"}
        if len(self.projecten) == 1:
            weg.add("Project")
        if len(self.partijen) == 1:
            weg.add("Contractpartij")
        return weg


def _gezocht(figuur: Figuur, regels: Iterator[Any], zoek: str) -> Iterator[Any]:
    """The rows that have every word somewhere."""
    woorden = vouw(zoek).split()
    velden = KOLOMMEN[figuur.soort]
    for regel in regels:
        if woorden:
            tekst = vouw(" ".join(str(cel) for cel in velden.rij(regel) if cel is not None))
            if not all(woord in tekst for woord in woorden):
                continue
        yield regel


def lijst(verklaring: Verklaring, pad: str) -> tuple[str, ListPage]:
    """The figure, and its rows as a list: searched, sorted and paged by the address."""
    gegeven = verklaring.keuze.gegeven | dict(verklaring.deel)
    if verklaring.zoek:
        gegeven["search"] = verklaring.zoek
    for naam in ("sort", "page", "regels"):
        if request.args.get(naam):
            gegeven[naam] = request.args[naam]
    adres = tables.Address(pad, gegeven)
    veel = adres.get("regels") == str(VEEL)
    loop = Doorloop(verklaring)
    alle = _op_scherm(verklaring)
    tabel = tables.table(loop, list(_koppen(alle)), adres, VEEL if veel else tables.SIZE)
    op_scherm = [kolom.label not in loop.overbodig for kolom in alle.kop]
    velden: Kolommen[Any] = Kolommen(tuple(compress(alle.velden, op_scherm)), alle.naam)
    kop = velden.kop
    return loop.getal, ListPage(
        columns=tuple(compress(tabel.columns, op_scherm)),
        rows=tuple(
            _rij(nummer, velden, WAAR.get(verklaring.figuur.soort, {}), regel)
            for nummer, regel in enumerate(tabel.items, start=tabel.pager.first)
        ),
        pager=replace(tabel.pager, page_sizes=_per_pagina(adres, tabel.pager.total or 0, veel)),
        empty=_niets(verklaring, adres),
        search=verklaring.zoek,
        search_label="Zoek in deze regels",
        searchable=True,
        active_filters=tuple(
            ActiveFilter(
                LABELS[naam],
                loop.onderdelen.get(naam, waarde),
                adres.url(**{naam: "", "page": ""}),
            )
            for naam, waarde in verklaring.deel.items()
        ),
        exports=_uitvoer(verklaring, gegeven),
        hidden=tuple((n, w) for n, w in gegeven.items() if n not in ("search", "page")),
        totals=_totaal(verklaring, kop, loop),
    )


def _op_scherm(verklaring: Verklaring) -> Kolommen[Any]:
    """What adds up to the figure stands beside the name of the row: in sight."""
    alle = verklaring.kolommen
    voorop = [kolom.label for kolom, _ in kolommen.herkomst()]
    voorop += [alle.naam, OPGETELD.get(verklaring.figuur.naam, "")]

    def plaats(veld: Veld[Any]) -> int:
        label = veld[0].label
        return voorop.index(label) if label in voorop else len(voorop)

    return replace(alle, velden=tuple(sorted(alle.velden, key=plaats)))


def _koppen(velden: Kolommen[Any]) -> Iterator[tables.Heading[Any]]:
    for kolom, waarde in velden.velden:
        numeric = kolom.kind in ("money", "hours", "integer")
        naam = kolom.label.lower().replace(" ", "-")
        yield tables.Heading(naam, kolom.label, _sleutel(waarde), numeric)


def _sleutel(waarde: Any) -> Any:
    def sleutel(regel: Any) -> Any:
        gevonden = waarde(regel)
        return vouw(gevonden) if isinstance(gevonden, str) else gevonden

    return sleutel


def _rij(
    nummer: int, velden: Kolommen[Any], waar: Mapping[str, Callable[[Any], str | None]], regel: Any
) -> Row:
    getoond = tuple(
        Cell(
            formats.show(kolom.kind, waarde(regel)),
            CELLS.get(kolom.kind, "tekst"),
            waar[kolom.label](regel) if kolom.label in waar else None,
        )
        for kolom, waarde in velden.velden
    )
    return Row(nummer, getoond[0].text, getoond)


def _totaal(verklaring: Verklaring, kop: Sequence[Column], loop: Doorloop) -> tuple[str, ...]:
    """Under the column that is added up, the figure itself."""
    opgeteld = OPGETELD.get(verklaring.figuur.naam)
    if opgeteld is None:
        return ()
    cellen = [loop.getal if kolom.label == opgeteld else "" for kolom in kop]
    return (cellen[0] or "Totaal", *cellen[1:])


def _per_pagina(adres: tables.Address, totaal: int, veel: bool) -> tuple[Option, ...]:
    """To print or search them together; of nothing where all stand on one page."""
    if totaal <= tables.SIZE:
        return ()
    return (
        Option(adres.url(regels="", page=""), str(tables.SIZE), not veel),
        Option(adres.url(regels=str(VEEL), page=""), formats.number(VEEL), veel),
    )


def _niets(verklaring: Verklaring, adres: tables.Address) -> Empty:
    if verklaring.zoek:
        every = Action("Alles tonen", adres.url(search="", page=""))
        return Empty("Niets gevonden", "Geen regel van dit getal heeft al deze woorden.", every)
    return Empty("Geen regels", "Dit getal is nul: er is niets dat meetelt.")


def _uitvoer(verklaring: Verklaring, gegeven: Mapping[str, str]) -> tuple[Action, ...]:
    alles = {naam: waarde for naam, waarde in gegeven.items() if naam not in ("page", "regels")}
    naam = verklaring.figuur.naam
    return tuple(
        Action(
            label,
            tables.Address(url_for("rapportages.uitvoer", deel=naam, soort=soort), alles).url(),
            "download",
        )
        for soort, label in (("xlsx", "Excel (xlsx)"), ("csv", "CSV"))
    )
