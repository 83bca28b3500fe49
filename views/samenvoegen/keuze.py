"""What is asked before rows are merged: which stays, and per field the value of which row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from cmk_admin import attributes, history_view
from cmk_admin.attributes import Attribute
from models.activiteit import ActiviteitSchool
from models.base import Entiteit
from models.samenvoegen import dubbel, koppelingen
from models.school import School, Schoolbestuur
from models.verantwoording import Status

#: The row that the choices on the page go by, beside what was chosen; the fields (by name, with
#: commas) that somebody chose by hand.
VOORSTEL, BLIJFT, VELD, AANTAL, ZELF = "voorstel", "blijft", "veld_", "aantal_", "zelf"


@dataclass(frozen=True, slots=True)
class Kolom:
    """One of the rows, side by side with the others. gebruik: where it is used."""

    id: int
    naam: str
    gebruik: str


@dataclass(frozen=True, slots=True)
class Optie:
    waarde: str
    label: str
    gekozen: bool


@dataclass(frozen=True, slots=True)
class Veld:
    """One field: the value of each row, and whose is chosen. anders: they are not all the same.

    volgt: per row, if that one stays, the row whose value is taken unless one is chosen by hand.
    """

    naam: str
    label: str
    opties: tuple[Optie, ...]
    anders: bool
    volgt: dict[str, str]


@dataclass(frozen=True, slots=True)
class Dubbel:
    """An activity where several of these schools take part, with the numbers to choose from."""

    naam: str
    activiteit: str
    opties: tuple[Optie, ...]


class Keuze:
    """The choice as the request has it; what is absurd in it is the proposal.

    Fields that nobody chose by hand follow the row that stays. A page with script shows that at
    once. One without cannot: what it showed as chosen went by another row (`verlegd`), so it is
    asked again, with the fields as they follow.
    """

    def __init__(self, sessie: Session, rijen: Sequence[Any], gegeven: Mapping[str, str]) -> None:
        self.sessie = sessie
        self.rijen = rijen
        self.entiteit: type[Entiteit] = type(rijen[0])
        self.gegeven = gegeven
        self.tellingen = self._tellingen()
        self.per_id = {rij.id: rij for rij in rijen}
        self.blijft = self._gekozen(BLIJFT) or max(
            rijen, key=lambda rij: (sum(self.tellingen[rij.id]), -rij.id)
        )
        #: Whose values were shown as chosen, where that is another row than now stays.
        self.vorige = self._vorige()
        self.zelf = frozenset(self._zelf())
        self.dubbel = dubbel(sessie, list(self.per_id)) if self.entiteit is School else {}

    def _gekozen(self, naam: str) -> Any:
        waarde = self.gegeven.get(naam, "")
        return next((rij for id_, rij in self.per_id.items() if str(id_) == waarde), None)

    def _tellingen(self) -> dict[int, tuple[int, int]]:
        """How often each row is used in open years, and in closed ones (boards: schools)."""
        if self.entiteit is Schoolbestuur:
            return {rij.id: (rij.aantal_scholen, 0) for rij in self.rijen}
        telling = {rij.id: [0, 0] for rij in self.rijen}
        kolom = "school_id" if self.entiteit is School else "samenwerkingspartner_id"
        for koppeling in koppelingen(self.sessie, self.entiteit, list(telling)):
            is_open = koppeling.activiteit.verantwoording.status is Status.OPEN
            telling[getattr(koppeling, kolom)][0 if is_open else 1] += 1
        return {id_: (aantal[0], aantal[1]) for id_, aantal in telling.items()}

    def _velden(self) -> Iterator[Attribute]:
        for attribuut in attributes.in_form(self.entiteit):
            if attribuut.plural is None and not attribuut.ui.vast:
                yield attribuut

    def _vorige(self) -> Any:
        voorstel = self._gekozen(VOORSTEL)
        return None if voorstel is self.blijft else voorstel

    def _zelf(self) -> Iterator[str]:
        """Fields that were chosen by hand: as the page says, or because another was proposed."""
        genoemd = self.gegeven.get(ZELF, "").split(",")
        for attribuut in self._velden():
            naam = attribuut.name
            gekozen = self._gekozen(f"{VELD}{naam}")
            voorgesteld = self._voorstel(self.vorige or self.blijft, naam)
            if gekozen is not None and (naam in genoemd or gekozen is not voorgesteld):
                yield naam

    @property
    def verlegd(self) -> bool:
        """Whether the fields were shown as they go by a row that no longer stays."""
        return self.vorige is not None

    def _bron(self, naam: str) -> Any:
        """Whose value is taken: as chosen by hand, else as it follows the row that stays."""
        if naam in self.zelf:
            return self._gekozen(f"{VELD}{naam}")
        return self._voorstel(self.blijft, naam)

    def _voorstel(self, blijft: Any, naam: str) -> Any:
        """The row that stays when it has a value; else the first that has one."""
        if getattr(blijft, naam) is not None:
            return blijft
        return next((rij for rij in self.rijen if getattr(rij, naam) is not None), blijft)

    @property
    def ids(self) -> tuple[int, ...]:
        """All rows, the one that stays first."""
        return (self.blijft.id, *(id_ for id_ in self.per_id if id_ != self.blijft.id))

    @property
    def waarden(self) -> dict[str, Any]:
        return {a.name: getattr(self._bron(a.name), a.name) for a in self._velden()}

    @property
    def van_anderen(self) -> tuple[str, ...]:
        """In words, per row that goes, the fields that the row that stays gets of it."""
        per_rij: dict[int, list[str]] = {}
        for attribuut in self._velden():
            bron = self._bron(attribuut.name)
            if getattr(bron, attribuut.name) != getattr(self.blijft, attribuut.name):
                per_rij.setdefault(bron.id, []).append(attribuut.label)
        return tuple(
            f"Van “{self.per_id[id_]}”: {', '.join(labels)}" for id_, labels in per_rij.items()
        )

    @property
    def leerkrachten(self) -> dict[int, int | None]:
        """Numbers that were chosen for activities where several of the schools take part."""
        gekozen: dict[int, int | None] = {}
        for id_, rijen in self.dubbel.items():
            waarde = self.gegeven.get(f"{AANTAL}{id_}", "")
            if waarde in dict(_aantallen(rijen)):
                gekozen[id_] = int(waarde)
        return gekozen

    @property
    def kolommen(self) -> tuple[Kolom, ...]:
        return tuple(
            Kolom(rij.id, str(rij), self._gebruik(*self.tellingen[rij.id])) for rij in self.rijen
        )

    def _gebruik(self, nu: int, dicht: int) -> str:
        wat = "school" if self.entiteit is Schoolbestuur else "activiteit"
        woord = wat if nu == 1 else {"school": "scholen"}.get(wat, "activiteiten")
        return f"{nu} {woord}" + (f", en {dicht} in gesloten jaren" if dicht else "")

    @property
    def velden(self) -> tuple[Veld, ...]:
        gevonden = []
        for attribuut in self._velden():
            bron = self._bron(attribuut.name)
            waarden = [getattr(rij, attribuut.name) for rij in self.rijen]
            opties = tuple(
                Optie(
                    str(rij.id), history_view.show_value(attribuut, waarde) or "leeg", rij is bron
                )
                for rij, waarde in zip(self.rijen, waarden, strict=True)
            )
            anders = any(waarde != waarden[0] for waarde in waarden)
            volgt = {str(rij.id): str(self._voorstel(rij, attribuut.name).id) for rij in self.rijen}
            gevonden.append(Veld(attribuut.name, attribuut.label, opties, anders, volgt))
        return tuple(gevonden)

    @property
    def dubbele(self) -> tuple[Dubbel, ...]:
        gekozen = self.leerkrachten
        return tuple(
            Dubbel(
                f"{AANTAL}{id_}",
                f"{rijen[0].activiteit.naam} ({rijen[0].activiteit.verantwoording.kalenderjaar})",
                (
                    Optie(
                        "",
                        "zoals bij de school die blijft, of anders de eerste",
                        id_ not in gekozen,
                    ),
                    *(
                        Optie(waarde, label, str(gekozen.get(id_)) == waarde)
                        for waarde, label in _aantallen(rijen)
                    ),
                ),
            )
            for id_, rijen in self.dubbel.items()
        )


def _aantallen(rijen: Sequence[ActiviteitSchool]) -> Iterator[tuple[str, str]]:
    """The numbers of leerkrachten to choose from: of each school, and together."""
    bekend = [(rij.aantal_leerkrachten, str(rij.school)) for rij in rijen]
    gehad = set()
    for aantal, school in bekend:
        if aantal is not None and aantal not in gehad:
            gehad.add(aantal)
            yield str(aantal), f"{aantal} ({school})"
    samen = sum(aantal or 0 for aantal, _ in bekend)
    if samen not in gehad:
        yield str(samen), f"{samen} (samen)"
