"""About 240 invented schools in the real gemeenten of Gelderland, with their boards."""

from collections.abc import Iterator
from random import Random

from sqlalchemy import select

from cmk_admin.demo import gelderland
from cmk_admin.demo.cultuurpunten import CULTUURPUNTEN
from cmk_admin.gate import GateSession
from models.lijsten import Sector
from models.school import Gemeente, School, Schoolbestuur, SchoolSoort

PER_GEMEENTE = 10
#: BRIN-nummers of the demo start with 97: DUO has not come that far.
BRIN = "97{}{}"


def gemeenten(session: GateSession) -> dict[str, Gemeente]:
    """The gemeenten of Gelderland by name; those that DUO's files brought stay as they are."""
    bekend = {rij.code: rij for rij in session.scalars(select(Gemeente))}
    for code, naam, _ in gelderland.GEMEENTEN:
        if code not in bekend:
            bekend[code] = Gemeente(code=code, naam=naam, provincie="Gelderland")
            session.add(bekend[code])
    return {naam: bekend[code] for code, naam, _ in gelderland.GEMEENTEN}


class Scholenmaker:
    """Makes the schools, each with the next BRIN-nummer."""

    def __init__(
        self, random: Random, gemeenten: dict[str, Gemeente], sectoren: dict[str, Sector]
    ) -> None:
        self.random = random
        self.gemeenten = gemeenten
        self.sectoren = sectoren
        self.besturen: dict[str, Schoolbestuur] = {}
        self.scholen: list[School] = []

    def maak(self) -> list[School]:
        for punt in CULTUURPUNTEN:
            namen = self._namen()
            for gemeente in punt.gemeenten:
                for plaats in self._plaatsen(gemeente):
                    bestuur = self._bestuur(self.random.choice(punt.besturen))
                    self._school(SchoolSoort.BO, next(namen), gemeente, plaats, bestuur)
        elders = self._bestuur(gelderland.BESTUUR_ELDERS)
        namen = self._namen()
        for _, gemeente, plaats in gelderland.GEMEENTEN:
            if gemeente not in gelderland.PLAATSEN:
                self._school(SchoolSoort.BO, next(namen), gemeente, plaats or gemeente, elders)
        self._van_lijst(gelderland.SPECIALE_SCHOLEN, gelderland.BESTUUR_SPECIAAL)
        self._van_lijst(gelderland.VO_SCHOLEN, gelderland.BESTUUR_VO)
        self._fusie()
        return self.scholen

    def _namen(self) -> Iterator[str]:
        """Names of which no two in a region sound alike."""
        for naam in self.random.sample(gelderland.SCHOOLNAMEN, len(gelderland.SCHOOLNAMEN)):
            yield f"{self.random.choice(gelderland.SOORTNAMEN)} {naam}"

    def _plaatsen(self, gemeente: str) -> list[str]:
        """Every place at least once."""
        plaatsen = gelderland.PLAATSEN[gemeente]
        return [plaatsen[nummer % len(plaatsen)] for nummer in range(PER_GEMEENTE)]

    def _van_lijst(self, lijst: tuple[tuple[str, str, str], ...], bestuur: str) -> None:
        for soort, naam, gemeente in lijst:
            plaats = gelderland.PLAATSEN[gemeente][0]
            self._school(SchoolSoort(soort), naam, gemeente, plaats, self._bestuur(bestuur))

    def _bestuur(self, naam: str) -> Schoolbestuur:
        if naam not in self.besturen:
            nummer = f"{901 + len(self.besturen):05}"
            self.besturen[naam] = Schoolbestuur(
                naam=naam or f"{Schoolbestuur.NAAMLOOS}{nummer}", bevoegd_gezagnummer=nummer
            )
        return self.besturen[naam]

    def _school(
        self, soort: SchoolSoort, naam: str, gemeente: str, plaats: str, bestuur: Schoolbestuur
    ) -> None:
        nummer = len(self.scholen)
        brin = BRIN.format(chr(ord("A") + nummer // 26), chr(ord("A") + nummer % 26))
        straat = self.random.choice(gelderland.STRATEN)
        voortgezet = soort in {SchoolSoort.VO, SchoolSoort.PRO}
        self.scholen.append(
            School(
                naam=naam,
                brin_nummer=brin,
                vestigingscode=f"{brin}00",
                schoolbestuur=bestuur,
                gemeente=self.gemeenten[gemeente],
                soort=soort,
                sector=self.sectoren["vo" if voortgezet else "po_go"],
                adres=f"{straat} {self.random.randint(1, 120)}",
                plaats=plaats,
                aantal_leerlingen=self.random.randint(*((380, 1450) if voortgezet else (48, 420))),
            )
        )

    def _fusie(self) -> None:
        """One school closed and went up in its neighbour."""
        gesloten, opvolger = self.scholen[2], self.scholen[0]
        gesloten.actief = False
        gesloten.opvolger = opvolger
        gesloten.aantal_leerlingen = 0
