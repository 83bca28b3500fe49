"""From lines to what they say: gemeenten, boards, schools and pupils, each by its code.

A line that cannot be right is refused with its place and the reason; it says nothing
about any other line.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cmk_admin.duo.files import Plek, Rij, Tabel
from cmk_admin.duo.kinds import (
    BESTUREN,
    GEMEENTEN,
    KINDS,
    LEERLINGEN_PER_VESTIGING,
    VESTIGINGEN,
    Kind,
    herken,
    kolom_van,
    leerlingenjaren,
)
from cmk_admin.duo.names import nette_naam
from models.base import Entiteit
from models.school import Gemeente, School, Schoolbestuur, SchoolSoort

#: DUO's words for a kind of school. A vestiging for both "so" and "vso" counts as so,
#: the part for children of primary school age.
SOORTEN = {soort.value: soort for soort in SchoolSoort} | {
    "so/vso": SchoolSoort.SO,
    "basisonderwijs": SchoolSoort.BO,
    "speciaal basisonderwijs": SchoolSoort.SBO,
    "speciaal onderwijs": SchoolSoort.SO,
    "voortgezet speciaal onderwijs": SchoolSoort.VSO,
}
#: What DUO writes instead of one to four pupils.
TE_WEINIG = "<5"


class BadLineError(Exception):
    """A line that cannot be right; the message is the Dutch reason."""


@dataclass(frozen=True, slots=True)
class Weigering:
    entiteit: type[Entiteit]
    plek: Plek
    reden: str


@dataclass(slots=True)
class Gegeven:
    """What the files say of one row: the columns they give, and where that was last."""

    plek: Plek
    velden: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leerlingen:
    """Pupils of a vestiging on 1 October of `jaar`.

    aantal: None where DUO writes "<5". It hides one to four pupils for their privacy; a
    number made up for them would be read as a counted one, so the school keeps none.
    """

    plek: Plek
    jaar: int
    aantal: int | None


@dataclass(slots=True)
class Invoer:
    """Everything the files say, by code; a later file adds to and overrules an earlier one.

    gemeentenamen: also of gemeenten that only a pupils file mentions.
    """

    gemeenten: dict[str, Gegeven] = field(default_factory=dict)
    gemeentenamen: dict[str, list[str]] = field(default_factory=dict)
    besturen: dict[str, Gegeven] = field(default_factory=dict)
    scholen: dict[str, Gegeven] = field(default_factory=dict)
    leerlingen: dict[str, Leerlingen] = field(default_factory=dict)
    soorten: dict[str, SchoolSoort] = field(default_factory=dict)
    geweigerd: list[Weigering] = field(default_factory=list)


def verzamel(tabellen: Iterable[Tabel]) -> Invoer:
    """What all files say together, whatever their order; raises WrongFileError."""
    invoer = Invoer()
    soorten = [(herken(tabel), tabel) for tabel in tabellen]
    for kind, tabel in sorted(soorten, key=lambda paar: KINDS.index(paar[0])):
        _Bestand(invoer, kind, tabel).neem()
    return invoer


class _Bestand:
    """Taking one file in."""

    def __init__(self, invoer: Invoer, kind: Kind, tabel: Tabel) -> None:
        self.invoer = invoer
        self.tabel = tabel
        self.kolom = {veld: kolom_van(tabel, namen) for veld, namen in kind.velden.items()}
        self.breedte = len(tabel.kolommen)
        self.jaar = max(leerlingenjaren(tabel), default=0)
        self.gezien: dict[str, tuple[Plek, dict[str, Any]]] = {}
        per_kind: dict[str, tuple[type[Entiteit], Callable[[Rij], None]]] = {
            LEERLINGEN_PER_VESTIGING.naam: (School, self._leerlingen),
            VESTIGINGEN.naam: (School, self._vestiging),
            BESTUREN.naam: (Schoolbestuur, self._bestuur),
            GEMEENTEN.naam: (Gemeente, self._gemeente),
        }
        self.entiteit, self.neem_rij = per_kind[kind.naam]

    def neem(self) -> None:
        for rij in self.tabel.rijen:
            try:
                self._controleer_breedte(rij)
                self.neem_rij(rij)
            except BadLineError as fout:
                self.invoer.geweigerd.append(Weigering(self.entiteit, rij.plek, str(fout)))

    def _controleer_breedte(self, rij: Rij) -> None:
        if rij.aantal != self.breedte:
            raise BadLineError(f"{rij.aantal} cellen, maar er zijn {self.breedte} kolommen")

    def _cel(self, rij: Rij, veld: str) -> str:
        kolom = self.kolom.get(veld)
        return rij.cellen.get(kolom, "") if kolom else ""

    def _gemeente(self, rij: Rij) -> None:
        code = gemeentecode(self._cel(rij, "gemeentecode"))
        self._noem_gemeente(rij, code)

    def _noem_gemeente(self, rij: Rij, code: str) -> None:
        naam = self._cel(rij, "gemeentenaam")
        velden = {"provincie": self._cel(rij, "provincie")}
        _controleer_lengte(Gemeente, velden | {"naam": nette_naam(naam)})
        self._onthoud_gemeentenaam(code, naam)
        _vul_aan(self.invoer.gemeenten, code, rij.plek, velden)

    def _onthoud_gemeentenaam(self, code: str, naam: str) -> None:
        namen = self.invoer.gemeentenamen.setdefault(code, [])
        if naam and naam not in namen[-1:]:
            namen.append(naam)

    def _bestuur(self, rij: Rij) -> None:
        nummer = bestuursnummer(self._cel(rij, "bestuursnummer"))
        naam = self._cel(rij, "bestuursnaam")
        # Lists of boards give former names as well; the first is the one of today.
        if naam and nummer not in self.gezien:
            self.gezien[nummer] = (rij.plek, {})
            self._noem_bestuur(rij, nummer, naam)

    def _noem_bestuur(self, rij: Rij, nummer: str, naam: str) -> None:
        _controleer_lengte(Schoolbestuur, {"naam": naam})
        _vul_aan(self.invoer.besturen, nummer, rij.plek, {"naam": naam})

    def _vestiging(self, rij: Rij) -> None:
        code = vestigingscode(self._cel(rij, "vestigingscode"), self._cel(rij, "brin"))
        nummer = self._cel(rij, "bestuursnummer")
        bestuur = bestuursnummer(nummer) if nummer else ""
        gemeente = gemeentecode(self._cel(rij, "gemeentecode"))
        velden = {
            "naam": self._cel(rij, "naam"),
            "brin_nummer": code[:4],
            "schoolbestuur": bestuur,
            "gemeente": gemeente,
            "adres": self._adres(rij),
            "plaats": self._cel(rij, "plaats"),
        }
        if not velden["naam"]:
            raise BadLineError(f"vestiging {code} heeft geen naam")
        _controleer_lengte(School, velden)
        self._is_nieuw(rij, code, velden)
        self._tel(rij, code)
        self._noem_gemeente(rij, gemeente)
        if bestuur:
            self._noem_bestuur(rij, bestuur, self._cel(rij, "bestuursnaam"))
        _vul_aan(self.invoer.scholen, code, rij.plek, velden)

    def _is_nieuw(self, rij: Rij, code: str, velden: dict[str, Any]) -> None:
        eerder = self.gezien.setdefault(code, (rij.plek, velden))
        if eerder[1] != velden:
            raise BadLineError(
                f"vestiging {code} staat met andere gegevens ook op regel {eerder[0].regel}"
            )

    def _adres(self, rij: Rij) -> str:
        straat = f"{self._cel(rij, 'straat')} {self._cel(rij, 'huisnummer')}".strip()
        return ", ".join(deel for deel in (straat, self._cel(rij, "postcode")) if deel)

    def _leerlingen(self, rij: Rij) -> None:
        code = vestigingscode(self._cel(rij, "vestigingscode"), "")
        self._tel(rij, code)
        if self._cel(rij, "gemeentecode"):
            gemeente = gemeentecode(self._cel(rij, "gemeentecode"))
            self._onthoud_gemeentenaam(gemeente, self._cel(rij, "gemeentenaam"))

    def _tel(self, rij: Rij, code: str) -> None:
        """Kind of school and pupils; the newest year wins, whichever file it is in."""
        soort = self._cel(rij, "soort").casefold()
        if soort:
            if soort not in SOORTEN:
                raise BadLineError(f"onbekende soort onderwijs “{soort}”")
            self.invoer.soorten[code] = SOORTEN[soort]
        cel = rij.cellen.get(f"leerlingen{self.jaar}", "") if self.jaar else ""
        eerder = self.invoer.leerlingen.get(code)
        if cel and (eerder is None or eerder.jaar <= self.jaar):
            self.invoer.leerlingen[code] = Leerlingen(rij.plek, self.jaar, leerlingental(cel))


def _vul_aan(waar: dict[str, Gegeven], code: str, plek: Plek, velden: dict[str, Any]) -> None:
    """Add what is filled; an empty cell says nothing."""
    gegeven = waar.setdefault(code, Gegeven(plek, {}))
    gegeven.plek = plek
    gegeven.velden.update({veld: waarde for veld, waarde in velden.items() if waarde})


def _controleer_lengte(entiteit: type[Entiteit], velden: dict[str, Any]) -> None:
    for veld, waarde in velden.items():
        ruimte = getattr(getattr(entiteit.__table__.c.get(veld), "type", None), "length", None)
        if ruimte is not None and len(waarde) > ruimte:
            raise BadLineError(f"{veld} is langer dan {ruimte} tekens")


def gemeentecode(tekst: str) -> str:
    """ "GM0285", "0285" and "285" are "0285"."""
    cijfers = tekst.upper().removeprefix("GM")
    if not re.fullmatch(r"[0-9]{1,4}", cijfers):
        raise BadLineError(f"“{tekst}” is geen gemeentecode van vier cijfers")
    return cijfers.zfill(4)


def bestuursnummer(tekst: str) -> str:
    """Five digits; a spreadsheet may have dropped the zeros in front."""
    if not re.fullmatch(r"[0-9]{1,5}", tekst):
        raise BadLineError(f"“{tekst}” is geen bevoegd-gezagnummer van vijf cijfers")
    return tekst.zfill(5)


def vestigingscode(tekst: str, brin: str) -> str:
    """BRIN and two digits, and of the given BRIN if there is one."""
    code = tekst.upper()
    if not re.fullmatch(r"[0-9]{2}[A-Z]{2}[0-9]{2}", code):
        raise BadLineError(f"“{tekst}” is geen vestigingscode zoals 99AB00")
    if brin and brin.upper() != code[:4]:
        raise BadLineError(f"vestigingscode {code} hoort niet bij BRIN-nummer {brin}")
    return code


def leerlingental(tekst: str) -> int | None:
    """A number of pupils, None for "<5"."""
    if tekst == TE_WEINIG:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", tekst):
        raise BadLineError(f"“{tekst}” is geen aantal leerlingen")
    return int(tekst)
