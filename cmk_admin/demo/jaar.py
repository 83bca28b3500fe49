"""The activities of one project in one year, in the way of its werkwijze (Handleiding 3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from cmk_admin.demo.cultuurpunten import DemoPartner, DemoProject
from cmk_admin.demo.programma import Kosten, Programma
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    DuurEenheid,
    Last,
)
from models.lijsten import Lijst
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, SchoolSoort
from models.verantwoording import Verantwoording, Werkwijze

#: How much of the baten is spent in a year that is closed, and in one that still runs.
BESTEED_DICHT, BESTEED_OPEN = 0.96, 0.78
SCHOLEN_BIJ_A = 14
#: What an unfinished activity lacks, in turn.
GEBREKEN = ("bedrag", "leerkrachten", "scholen", "lasten", "bedrag")


@dataclass(frozen=True, slots=True)
class Opzet:
    """An activity before it has amounts: what, when, and with which schools."""

    naam: str
    programma: Programma
    kosten: tuple[Kosten, ...]
    start: date
    eind: date
    scholen: Sequence[School]
    totaal: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Omgeving:
    """What the activities of a project draw from. lijsten: every choice by (class name, code)."""

    project: DemoProject
    programma: tuple[Programma, ...]
    scholen: Sequence[School]
    partners: Sequence[tuple[DemoPartner, Samenwerkingspartner]]
    lijsten: Mapping[tuple[str, str], Lijst]
    vandaag: date


class Jaarvuller:
    """Fills one verantwoording. dicht: it will be closed, so nothing is missing in it."""

    def __init__(
        self,
        random: Random,
        omgeving: Omgeving,
        verantwoording: Verantwoording,
        *,
        dicht: bool,
    ) -> None:
        self.random = random
        self.omgeving = omgeving
        self.verantwoording = verantwoording
        self.jaar = verantwoording.kalenderjaar
        self.dicht = dicht
        self.compleet = None if dicht else omgeving.project.compleet
        self.boekstuk = 0

    def activiteiten(self) -> Iterator[Activiteit]:
        """New activities with all their rows, earliest first."""
        opzetten = sorted(self._opzetten(), key=lambda opzet: opzet.start)
        bedragen = [[self.random.randint(k.van, k.tot) for k in o.kosten] for o in opzetten]
        baten = sum(self.omgeving.project.baten.values())
        deel = BESTEED_DICHT if self.dicht else BESTEED_OPEN
        schaal = deel * baten / sum(map(sum, bedragen))
        for nummer, (opzet, euros) in enumerate(zip(opzetten, bedragen, strict=True)):
            gebrek = ""
            if self.compleet is not None and nummer >= self.compleet:
                gebrek = GEBREKEN[(nummer - self.compleet) % len(GEBREKEN)]
            centen = [self._centen(euro * schaal) for euro in euros]
            yield self._activiteit(opzet, centen, gebrek, zonder_partner=nummer % 6 == 4)

    def _centen(self, euro: float) -> int:
        return round(euro) * 100 + self.random.choice((0, 0, 0, 0, 50, 95))

    # --- which activities there are ------------------------------------------------

    def _opzetten(self) -> Iterator[Opzet]:
        werkwijze = self.verantwoording.werkwijze
        if werkwijze is Werkwijze.A:
            return self._per_school()
        if werkwijze is Werkwijze.B:
            return self._per_activiteit()
        if werkwijze is Werkwijze.C:
            return self._per_kwartaal()
        return self._per_begrotingspost()

    def _per_school(self) -> Iterator[Opzet]:
        """A: an activity per school for the whole year, and what all schools share."""
        in_de_klas = [p for p in self.omgeving.programma if p.doel in {"programma", "visie"}]
        for school in self.random.sample(list(self.omgeving.scholen), SCHOLEN_BIJ_A):
            programma = self.random.choice(in_de_klas)
            start = date(self.jaar, self.random.randint(1, 5), self.random.randint(5, 25))
            eind = date(self.jaar, self.random.randint(9, 12), 15)
            naam = f"Cultuureducatie {school.naam}"
            yield Opzet(naam, programma, programma.kosten, start, eind, [school])
        for programma in self.omgeving.programma:
            if programma.doel == "overkoepelend":
                yield self._opzet(programma, programma.naam)

    def _per_activiteit(self) -> Iterator[Opzet]:
        """B: an activity per event."""
        for programma in self.omgeving.programma:
            yield self._opzet(programma, programma.naam)

    def _per_kwartaal(self) -> Iterator[Opzet]:
        """C: an activity per line of the budget and quarter; this year's last has not begun."""
        for kwartaal in range(1, 5 if self.dicht else 4):
            start = date(self.jaar, 3 * kwartaal - 2, 1)
            eind = date(self.jaar + kwartaal // 4, (3 * kwartaal) % 12 + 1, 1) - timedelta(1)
            for post, doel, _ in self.omgeving.project.begroting:
                programma = self.random.choice(self._bij_doel(doel))
                yield Opzet(
                    f"{post}, kwartaal {kwartaal}",
                    programma,
                    programma.kosten,
                    start,
                    eind,
                    self._scholen(programma),
                )

    def _per_begrotingspost(self) -> Iterator[Opzet]:
        """D: an activity per line of the budget, with the costs of the whole year."""
        for post, doel, _ in self.omgeving.project.begroting:
            bij_doel = self._bij_doel(doel)
            yield Opzet(
                post,
                bij_doel[0],
                tuple(kosten for programma in bij_doel for kosten in programma.kosten),
                date(self.jaar, 1, 1),
                date(self.jaar, 12, 31),
                self._scholen(bij_doel[0]),
                sum((p.aantal * p.duur for p in bij_doel), Decimal(0)),
            )

    def _opzet(self, programma: Programma, naam: str) -> Opzet:
        start = date(self.jaar, programma.maand, self.random.randint(3, 20))
        eind = min(start + timedelta(days=7 * programma.aantal), date(self.jaar, 12, 31))
        return Opzet(naam, programma, programma.kosten, start, eind, self._scholen(programma))

    def _bij_doel(self, doel: str) -> list[Programma]:
        return [programma for programma in self.omgeving.programma if programma.doel == doel]

    def _scholen(self, programma: Programma) -> list[School]:
        """Special schools for what is made for them, any for the rest."""
        keuze = list(self.omgeving.scholen)
        if "sbo" in programma.doelgroepen:
            keuze = [school for school in keuze if school.soort is not SchoolSoort.BO]
        aantal = self.random.randint(*programma.scholen)
        return self.random.sample(keuze, min(aantal, len(keuze)))

    # --- one activity with all its rows ----------------------------------------------

    def _activiteit(
        self, opzet: Opzet, centen: list[int], gebrek: str, *, zonder_partner: bool
    ) -> Activiteit:
        programma = opzet.programma
        activiteit = Activiteit(
            verantwoording=self.verantwoording,
            naam=opzet.naam,
            doel=self._keuze("Doel", programma.doel),
            omschrijving=programma.omschrijving,
            aantal_activiteiten=None if opzet.totaal else programma.aantal,
            duur=opzet.totaal or programma.duur,
            duur_eenheid=DuurEenheid.TOTAAL if opzet.totaal else DuurEenheid.PER_ACTIVITEIT,
            startdatum=opzet.start,
            einddatum=opzet.eind,
            doelgroep_koppelingen=[
                ActiviteitDoelgroep(doelgroep=self._keuze("Doelgroep", code))
                for code in programma.doelgroepen
            ],
        )
        partner = None if zonder_partner else self._partner(programma.discipline)
        if partner:
            activiteit.partner_koppelingen = [ActiviteitPartner(samenwerkingspartner=partner)]
        if gebrek != "scholen":
            activiteit.scholen = [self._school(school) for school in opzet.scholen]
        if gebrek == "leerkrachten":
            activiteit.scholen[-1].aantal_leerkrachten = None
        if gebrek != "lasten":
            paren = zip(opzet.kosten, centen, strict=True)
            activiteit.lasten = [self._last(k, c, opzet.eind, partner) for k, c in paren]
        if gebrek == "bedrag":
            activiteit.lasten[-1].bedrag = None
            activiteit.lasten[-1].betaald_op = None
        return activiteit

    def _partner(self, discipline: str) -> Samenwerkingspartner | None:
        passend = [
            partner
            for demo, partner in self.omgeving.partners
            if discipline == "alle" or discipline in demo.disciplines.split()
        ]
        return self.random.choice(passend) if passend else None

    def _school(self, school: School) -> ActiviteitSchool:
        return ActiviteitSchool(school=school, aantal_leerkrachten=self.random.randint(1, 14))

    def _last(
        self, kosten: Kosten, centen: int, eind: date, partner: Samenwerkingspartner | None
    ) -> Last:
        """Paid some weeks later, but in the year itself: else it would not count in it."""
        betaald = min(eind + timedelta(days=self.random.randint(6, 35)), date(self.jaar, 12, 29))
        is_betaald = self.dicht or betaald <= self.omgeving.vandaag
        self.boekstuk += 1
        return Last(
            toelichting=kosten.toelichting,
            bedrag=centen,
            kostensoort=self._keuze("Kostensoort", kosten.soort),
            leverancier=partner.naam if partner and kosten.soort == "uitvoering" else None,
            betaald_op=betaald if is_betaald else None,
            boekstuknummer=f"{self.jaar}-{self.boekstuk:04}" if is_betaald else None,
        )

    def _keuze(self, lijst: str, code: str) -> Lijst:
        return self.omgeving.lijsten[lijst, code]
