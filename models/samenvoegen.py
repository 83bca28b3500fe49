"""Merging rows that turn out to be the same partner, board or school.

What points at the rows that go, points at the row that stays; but a closed year stays as it
was (spec rule 4), so a row that it uses is kept: not active, with its successor.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Session, joinedload

from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool
from models.base import Entiteit, Fout, RegelFout, tabel_van
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Status

#: What can be merged, and the rows of an activity that point at it.
KOPPELING: dict[type[Entiteit], type[Any] | None] = {
    Samenwerkingspartner: ActiviteitPartner,
    School: ActiviteitSchool,
    Schoolbestuur: None,
}
#: The column by which DUO's files know a row again: the next import goes by it.
DUO_NUMMER: dict[type[Entiteit], str] = {
    School: "vestigingscode",
    Schoolbestuur: "bevoegd_gezagnummer",
}
#: Rows that are merged in one go.
MEESTE = 10


@dataclass(frozen=True)
class Samenvoeging:
    """Which row stays, with which values, and which rows go.

    waarden: column → value. leerkrachten: id of an activity → number, where the school that
    stays was there already; what is not in it, stays as it is.
    """

    blijft: Any
    weg: Sequence[Any]
    waarden: Mapping[str, Any]
    leerkrachten: Mapping[int, int | None] = field(default_factory=dict)

    def controleer(self) -> None:
        """Raises RegelFout when these rows can't be one."""
        klasse = type(self.blijft)
        partijen = {getattr(rij, "contractpartij_id", None) for rij in self._alle()}
        if len(partijen) > 1:
            raise RegelFout(
                f"Deze {klasse.woord.meervoud} zijn van verschillende contractpartijen; elk"
                " cultuurpunt houdt zijn eigen."
            )
        naam = DUO_NUMMER.get(klasse)
        if naam is not None:
            self._blijft_te_vinden(naam)

    def _blijft_te_vinden(self, naam: str) -> None:
        """What the next import of DUO would take apart again, or make anew, is refused.

        A board without its number comes back with its schools; a school that gives its code up
        for another comes back as a new one. A school that goes is kept when DUO knows it.
        """
        eigen = getattr(self.blijft, naam)
        nummers = {getattr(rij, naam) for rij in self._alle()} - {None}
        if isinstance(self.blijft, Schoolbestuur):
            if len(nummers) > 1:
                raise RegelFout(
                    "Deze schoolbesturen hebben verschillende bevoegd-gezagnummers. DUO kent ze"
                    " als aparte besturen, dus de volgende import haalt ze weer uit elkaar."
                    " Klopt een van de nummers niet, verbeter het dan eerst."
                )
            eigen = next(iter(nummers), None)
        if eigen is not None and self.waarden.get(naam, eigen) != eigen:
            label = "het bevoegd-gezagnummer" if naam != "vestigingscode" else "de vestigingscode"
            raise RegelFout(
                Fout(
                    f"Houd {label} {eigen}: daaraan herkent DUO deze rij. Zonder maakt de volgende"
                    " import haar opnieuw aan.",
                    naam,
                )
            )

    def voer_uit(self, sessie: Session) -> None:
        """Move what points, let go what is no longer used, give the values; saves in between."""
        self.controleer()
        dicht = self._verhuis(sessie)
        for rij in self.weg:
            if rij.id in dicht or _kent_duo(rij, self.waarden):
                self._bezet(rij)
                rij.actief, rij.opvolger = False, self.blijft
            else:
                sessie.delete(rij)
        # What is unique has to be free before the row that stays can take it.
        sessie.flush()
        nummers = {rij.id for rij in self._alle()}
        for naam, gekozen in self.waarden.items():
            # No row follows itself up, nor what has gone into it.
            waarde = None if naam == "opvolger_id" and gekozen in nummers else gekozen
            if getattr(self.blijft, naam) != waarde:
                setattr(self.blijft, naam, waarde)
        sessie.flush()

    def _alle(self) -> tuple[Any, ...]:
        return (self.blijft, *self.weg)

    def _verhuis(self, sessie: Session) -> set[int]:
        """Move every reference; returns ids of rows that a closed year keeps."""
        nummers = [rij.id for rij in self.weg]
        if isinstance(self.blijft, Schoolbestuur):
            scholen = select(School).where(School.schoolbestuur_id.in_(nummers))
            for school in sessie.scalars(scholen).all():
                school.schoolbestuur = self.blijft
            return set()
        klasse = type(self.blijft)
        for rij in sessie.scalars(select(klasse).where(klasse.opvolger_id.in_(nummers))).all():
            rij.opvolger = None if rij is self.blijft else self.blijft
        return self._verhuis_koppelingen(sessie, nummers)

    def _verhuis_koppelingen(self, sessie: Session, nummers: list[int]) -> set[int]:
        er_al = {
            koppeling.activiteit_id: koppeling
            for koppeling in koppelingen(sessie, type(self.blijft), [self.blijft.id])
        }
        dicht = set()
        for koppeling in koppelingen(sessie, type(self.blijft), nummers):
            if koppeling.activiteit.verantwoording.status is not Status.OPEN:
                dicht.add(getattr(koppeling, _kolom(type(self.blijft))))
                continue
            if koppeling.activiteit_id not in er_al:
                er_al[koppeling.activiteit_id] = self._nieuw(sessie, koppeling)
            blijvend = er_al[koppeling.activiteit_id]
            if getattr(blijvend, "aantal_leerkrachten", 0) is None:
                blijvend.aantal_leerkrachten = koppeling.aantal_leerkrachten
            sessie.delete(koppeling)
        for activiteit_id, aantal in self.leerkrachten.items():
            if activiteit_id in er_al and er_al[activiteit_id].aantal_leerkrachten != aantal:
                er_al[activiteit_id].aantal_leerkrachten = aantal
        return dicht

    def _nieuw(self, sessie: Session, oud: Any) -> Any:
        """The row of an activity that takes the place of `oud`: its school or partner is fixed."""
        if isinstance(oud, ActiviteitSchool):
            nieuw: Any = ActiviteitSchool(
                activiteit=oud.activiteit,
                school=self.blijft,
                aantal_leerkrachten=oud.aantal_leerkrachten,
            )
        else:
            nieuw = ActiviteitPartner(activiteit=oud.activiteit, samenwerkingspartner=self.blijft)
        sessie.add(nieuw)
        return nieuw

    def _bezet(self, rij: Any) -> None:
        """A row that is kept holds on to what is unique of it; raises RegelFout."""
        for naam in _uniek(type(rij)):
            waarde = self.waarden.get(naam)
            eigen = getattr(rij, naam)
            if waarde is not None and waarde == eigen:
                if getattr(self.blijft, naam) == waarde:
                    continue
                raise RegelFout(
                    Fout(
                        f"“{waarde}” staat in een gesloten jaar en blijft daarom bij de rij die"
                        " weggaat. Kies een andere waarde, of laat die rij blijven.",
                        naam,
                    )
                )


def koppelingen(sessie: Session, klasse: type[Any], nummers: Iterable[int]) -> Sequence[Any]:
    """The rows of activities that point at these, with the year above each."""
    koppeling = KOPPELING[klasse]
    if koppeling is None:
        return ()
    boven = joinedload(koppeling.activiteit).joinedload(Activiteit.verantwoording)
    wijst = getattr(koppeling, _kolom(klasse)).in_(list(nummers))
    return sessie.scalars(
        select(koppeling).where(wijst).options(boven).order_by(koppeling.id)
    ).all()


def dubbel(sessie: Session, nummers: Sequence[int]) -> dict[int, list[ActiviteitSchool]]:
    """Open activities where more than one of these schools takes part, with their rows."""
    per_activiteit: dict[int, list[ActiviteitSchool]] = {}
    for rij in koppelingen(sessie, School, nummers):
        if rij.activiteit.verantwoording.status is Status.OPEN:
            per_activiteit.setdefault(rij.activiteit_id, []).append(rij)
    return {id_: rijen for id_, rijen in per_activiteit.items() if len(rijen) > 1}


def _kolom(klasse: type[Any]) -> str:
    return "school_id" if klasse is School else "samenwerkingspartner_id"


def _kent_duo(rij: Any, waarden: Mapping[str, Any]) -> bool:
    """A vestiging that DUO lists would come back as a new school with the next import."""
    code = getattr(rij, "vestigingscode", None)
    return code is not None and waarden.get("vestigingscode") != code


def _uniek(klasse: type[Entiteit]) -> Iterator[str]:
    """Columns that no two rows may share."""
    for regel in tabel_van(klasse).constraints:
        if isinstance(regel, UniqueConstraint):
            namen = [kolom.name for kolom in regel.columns]
            yield from (naam for naam in namen if naam not in ("id", "contractpartij_id"))
