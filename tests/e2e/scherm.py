"""One kind of page: where it is, who looks, and what is done before it is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from models.contractpartij import Contractpartij
from models.kwaliteit import Controle, Kwaliteitsregel
from models.lijsten import Doel
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Momentopname, Verantwoording, Werkwijze
from tests.e2e.demo import ACHTERHOEK, PROJECT, Demo

MUZIEK = "Muziek in de klas"


@dataclass(frozen=True)
class Scherm:
    """A page: who looks, where it is, which template makes it, what is done to it first.

    status: of the answer that is left on screen.
    """

    naam: str
    rol: str
    adres: str
    template: str
    status: int = 200
    doe: Callable[[Page, Demo], None] | None = None

    def __str__(self) -> str:
        return self.naam.replace(" ", "_")

    def url(self, demo: Demo) -> str:
        return self.adres.format(**ids(demo)) if "{" in self.adres else self.adres


def ids(demo: Demo) -> dict[str, int]:
    return {
        "project": demo.id(Project, titel=PROJECT),
        "jaar": demo.verantwoording(),
        "per_school": demo.id(Verantwoording, werkwijze=Werkwijze.A, kalenderjaar=2026),
        "dicht": demo.verantwoording(jaar=2025),
        "act": demo.activiteit(MUZIEK),
        "act_dicht": demo.activiteit(MUZIEK, jaar=2025),
        "act_leeg": demo.activiteit("Monitoring en evaluatie"),
        "partner": demo.id(Samenwerkingspartner, naam="Dansstudio Beweeg"),
        "school": demo.id(School),
        "partij": demo.id(Contractpartij, naam=ACHTERHOEK),
        "doel": demo.id(Doel),
        "gelijk": regel(demo, Controle.PARTNER_GELIJK),
        "inactief": regel(demo, Controle.SCHOOL_INACTIEF),
        "hoog": regel(demo, Controle.LAST_HOOG),
        "dossier": demo.id(Momentopname, verantwoording_id=demo.verantwoording(jaar=2025)),
    }


def regel(demo: Demo, controle: Controle) -> int:
    return demo.id(Kwaliteitsregel, controle=controle)


def gekozen(page: Page, demo: Demo) -> None:
    page.get_by_role("checkbox", name="selecteren").nth(1).check()
