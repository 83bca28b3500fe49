""" "Verklaar dit getal": the definition of a figure and the rows that make it, on a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    Row,
)
from models.rapportages.definities import DEFINITIES
from models.rapportages.selectie import Selectie
from models.rapportages.verklaring import DELEN, FIGUREN, Figuur, Saldoregel, Soort
from models.vouwen import vouw
from views.rapportages import kolommen
from views.rapportages.keuze import Keuze
from views.rapportages.kolommen import Kolommen

SALDO: Kolommen[Saldoregel] = Kolommen(
    (
        *kolommen.herkomst(),
        (Column("Soort", width=10), lambda r: r.wat),
        (Column("Omschrijving", width=50), lambda r: r.omschrijving),
        (Column("Bedrag", "money", total=True), lambda r: r.bedrag),
    )
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
LABELS = {
    "doel": "CMK-doel",
    "kwartaal": "Betaald in",
    "kostensoort": "Kostensoort",
    "activiteit": "Activiteit",
    "gemeente": "Gemeente",
    "bestuur": "Schoolbestuur",
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
    regels: Sequence[Any]

    @classmethod
    def uit_adres(
        cls, naam: str, sessie: Session, keuze: Keuze, selectie: Selectie
    ) -> "Verklaring | None":
        """None for a figure that does not exist."""
        figuur = FIGUREN.get(naam)
        if figuur is None:
            return None
        gevraagd = {deel: request.args.get(deel, "") for deel in DELEN[figuur.soort]}
        deel = {naam: waarde for naam, waarde in gevraagd.items() if waarde}
        zoek = " ".join(references.words(request.args.get("search", "")))
        gevonden = figuur.regels(sessie, selectie, deel)
        return cls(figuur, keuze, deel, zoek, list(_gezocht(figuur, gevonden, zoek)))

    @property
    def titel(self) -> str:
        return self.figuur.definitie

    @property
    def definitie(self) -> str:
        return DEFINITIES[self.figuur.definitie]

    @property
    def kolommen(self) -> Kolommen[Any]:
        return KOLOMMEN[self.figuur.soort]

    @property
    def getal(self) -> str:
        """What the rows come to, as it stands on the report."""
        return formats.show(self.figuur.eenheid, _heel(self.figuur, self.regels))

    @property
    def onderdelen(self) -> list[tuple[str, str, str]]:
        """Which part of the figure this is: its name, how people read it, as in the address."""
        gevonden = []
        for naam, waarde in self.deel.items():
            kenmerk = DELEN[self.figuur.soort][naam]
            woorden = next((kenmerk(regel)[1] for regel in self.regels), waarde)
            gevonden.append((LABELS[naam], woorden, naam))
        return gevonden


def _heel(figuur: Figuur, regels: Sequence[Any]) -> Any:
    waarde = figuur.waarde(regels)
    return waarde if figuur.eenheid == "hours" else int(waarde)


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


def lijst(verklaring: Verklaring, pad: str) -> ListPage:
    """The rows as a list: searched, sorted and paged by the address."""
    gegeven = verklaring.keuze.gegeven | dict(verklaring.deel)
    if verklaring.zoek:
        gegeven["search"] = verklaring.zoek
    for naam in ("sort", "page"):
        if request.args.get(naam):
            gegeven[naam] = request.args[naam]
    adres = tables.Address(pad, gegeven)
    velden = _op_scherm(verklaring)
    tabel = tables.table(verklaring.regels, list(_koppen(velden)), adres)
    kop = velden.kop
    vorige = tabel.pager.first
    return ListPage(
        columns=tabel.columns,
        rows=tuple(
            _rij(nummer, kop, velden.rij(regel))
            for nummer, regel in enumerate(tabel.items, start=vorige)
        ),
        pager=tabel.pager,
        empty=_niets(verklaring, adres),
        search=verklaring.zoek,
        search_label="Zoek in deze regels",
        searchable=True,
        active_filters=tuple(
            ActiveFilter(label, woorden, adres.url(**{naam: "", "page": ""}))
            for label, woorden, naam in verklaring.onderdelen
        ),
        exports=_uitvoer(verklaring, gegeven),
        hidden=tuple((n, w) for n, w in gegeven.items() if n not in ("search", "page")),
    )


def _op_scherm(verklaring: Verklaring) -> Kolommen[Any]:
    """Without the columns that say of every row the same year, project or contractpartij."""
    eerste = {regel.van for regel in verklaring.regels if hasattr(regel, "van")}
    weg = {"Jaar"}
    if len({van.project for van in eerste}) == 1:
        weg.add("Project")
    if len({van.contractpartij for van in eerste}) == 1:
        weg.add("Contractpartij")
    velden = verklaring.kolommen.velden
    return Kolommen(tuple(veld for veld in velden if veld[0].label not in weg))


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


def _rij(nummer: int, kop: Sequence[Column], cellen: Sequence[Any]) -> Row:
    getoond = tuple(
        Cell(formats.show(kolom.kind, cel), CELLS.get(kolom.kind, "tekst"))
        for kolom, cel in zip(kop, cellen, strict=True)
    )
    return Row(nummer, getoond[0].text, getoond)


def _niets(verklaring: Verklaring, adres: tables.Address) -> Empty:
    if verklaring.zoek:
        every = Action("Alles tonen", adres.url(search="", page=""))
        return Empty("Niets gevonden", "Geen regel van dit getal heeft al deze woorden.", every)
    return Empty("Geen regels", "Dit getal is nul: er is niets dat meetelt.")


def _uitvoer(verklaring: Verklaring, gegeven: Mapping[str, str]) -> tuple[Action, ...]:
    alles = {naam: waarde for naam, waarde in gegeven.items() if naam != "page"}
    naam = verklaring.figuur.naam
    return tuple(
        Action(
            label,
            tables.Address(url_for("rapportages.uitvoer", deel=naam, soort=soort), alles).url(),
            "download",
        )
        for soort, label in (("xlsx", "Excel (xlsx)"), ("csv", "CSV"))
    )
