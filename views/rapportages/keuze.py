"""What a report is about, as the address has it: `?jaar=2026&partij=3&partij=7` from the form,
`partij=3,7` in links; `verantwoording=12` is that one alone.

Whatever is absurd in it, or out of sight, is left out, and the page says so; a file of something
else than what was asked is not made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from cmk_admin.forms.fields import to_id
from models.base import nu
from models.contractpartij import Contractpartij
from models.rapportages.selectie import Selectie, jaren, kies, partijen_in_zicht
from models.vouwen import vouw


@dataclass(frozen=True, slots=True)
class Label:
    text: str


@dataclass(frozen=True, slots=True)
class Partijveld:
    """The multi-select of contractpartijen, as `parts/multi.html` wants a field."""

    opties: tuple[tuple[int, str, bool], ...]
    id: str = "partij"
    name: str = "partij"
    label: Label = Label("Contractpartij")
    none: str = "Alle contractpartijen"
    lookup_url: str = ""
    description: str = ""
    errors: tuple[str, ...] = ()

    def iter_choices(self) -> Iterator[tuple[int, str, bool]]:
        yield from self.opties


@dataclass(frozen=True, slots=True)
class Keuze:
    """The chosen year and contractpartijen; none chosen is all of them."""

    jaar: int
    jaren: tuple[int, ...]
    partijen: tuple[Contractpartij, ...]
    in_zicht: Sequence[Contractpartij]
    verantwoording_id: int | None = None
    anders: tuple[str, ...] = ()
    """What was asked and is not there, a sentence each."""

    @classmethod
    def uit_adres(cls, sessie: Session, gevraagd: MultiDict[str, str]) -> "Keuze":
        """The choice that the parameters of an address make."""
        in_zicht = partijen_in_zicht(sessie)
        partijen = set(_getallen(",".join(gevraagd.getlist("partij")).split(",")))
        gekozen = tuple(partij for partij in in_zicht if partij.id in partijen)
        beschikbaar = tuple(jaren(sessie))
        [jaar] = _getallen([gevraagd.get("jaar", "")]) or [0]
        anders = []
        if gevraagd.get("jaar") and jaar not in beschikbaar:
            anders.append("Van het gevraagde jaar is er geen verantwoording.")
        if any(gevraagd.getlist("partij")) and len(gekozen) < max(1, len(partijen)):
            anders.append("Een gevraagde contractpartij is er niet, of je kunt haar niet zien.")
        return cls(
            jaar if jaar in beschikbaar else _standaardjaar(beschikbaar),
            beschikbaar,
            () if len(gekozen) == len(in_zicht) else gekozen,
            in_zicht,
            next(iter(_getallen([gevraagd.get("verantwoording", "")])), None),
            tuple(anders),
        )

    @property
    def ids(self) -> list[int]:
        return [partij.id for partij in self.partijen]

    @property
    def wie(self) -> str:
        """Whose report this is, in words."""
        namen = [partij.naam for partij in self.partijen or self.in_zicht]
        if not self.partijen and len(namen) > 1:
            return "Alle contractpartijen"
        if len(namen) > 3:
            return f"{len(namen)} contractpartijen"
        return ", ".join(namen)

    @property
    def bestandsdeel(self) -> str:
        """Which year and whose, in the name of a file: `2026`, `2026-achterhoek`."""
        namen = [naam_in_bestand(partij.naam) for partij in self.partijen]
        if len(namen) > 3:
            namen = [f"{len(namen)} contractpartijen".replace(" ", "-")]
        return "-".join([str(self.jaar), *namen])

    def van(self, selectie: Selectie) -> str:
        """The same, of one verantwoording alone where the address names it."""
        if self.verantwoording_id is not None and selectie.delen:
            return selectie.delen[0].project.titel
        return self.wie

    @property
    def veld(self) -> Partijveld | None:
        """The choice of contractpartijen, for who has several."""
        if len(self.in_zicht) < 2:
            return None
        gekozen = set(self.ids)
        return Partijveld(tuple((p.id, p.naam, p.id in gekozen) for p in self.in_zicht))

    def selectie(self, sessie: Session) -> Selectie:
        return kies(sessie, self.jaar, self.ids, self.verantwoording_id)

    @property
    def gegeven(self) -> dict[str, str]:
        """This choice as parameters of an address."""
        delen = {
            "jaar": str(self.jaar),
            "partij": ",".join(map(str, self.ids)),
            "verantwoording": str(self.verantwoording_id or ""),
        }
        return {naam: waarde for naam, waarde in delen.items() if waarde}

    def adres(self, pad: str, **meer: str) -> str:
        """`pad` with this choice behind it, and what else is asked of it."""
        return f"{pad}?{urlencode(self.gegeven | meer, safe=',')}"

    def verklaar(self, figuur: str, **deel: str) -> str:
        """Where a figure of this choice is explained."""
        return self.adres(url_for("rapportages.verklaar", deel=figuur), **deel)


def naam_in_bestand(tekst: str) -> str:
    """A name as part of the name of a file: letters, digits and dashes, thirty at most."""
    return "-".join(re.findall(r"[a-z0-9]+", vouw(tekst)))[:30].strip("-")


def _standaardjaar(beschikbaar: Sequence[int]) -> int:
    """This year, else the last before it, else the first that there is."""
    dit_jaar = nu().year
    eerder = [jaar for jaar in beschikbaar if jaar <= dit_jaar]
    return max(eerder, default=min(beschikbaar, default=dit_jaar))


def _getallen(teksten: Sequence[str]) -> list[int]:
    gevonden = []
    for tekst in teksten:
        try:
            gevonden.append(to_id(tekst))
        except ValueError:
            continue
    return gevonden
