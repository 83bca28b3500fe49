"""The four cultuurpunten of the demo, with their projects, budgets and partners."""

from dataclasses import dataclass

from cmk_admin.demo.accounts import ACHTERHOEK, LIEMERS, RIVIERENLAND, VELUWE
from models.verantwoording import Werkwijze


@dataclass(frozen=True, slots=True)
class DemoProject:
    """sector: code in the list of sectoren. baten: euros per source per year.

    begroting: per line its name, the code of its doel and its share of the baten in percent.
    compleet: how many activities of the open year lack nothing; None = all of them.
    """

    titel: str
    sector: str
    baten: dict[str, int]
    begroting: tuple[tuple[str, str, int], ...]
    compleet: int | None


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """disciplines: what the partner does, as in `programma.py`."""

    naam: str
    disciplines: str
    contactpersoon: str
    plaats: str
    domein: str


@dataclass(frozen=True, slots=True)
class DemoCultuurpunt:
    """A contractpartij. besturen: of the schools in its gemeenten; "" has no known name."""

    naam: str
    plaats: str
    gemeenten: tuple[str, ...]
    besturen: tuple[str, ...]
    werkwijze: Werkwijze
    projecten: tuple[DemoProject, ...]
    partners: tuple[DemoPartner, ...]


BEGROTING_PO = (
    ("Visieontwikkeling en cultuurplannen", "visie", 12),
    ("Trainingen en teamscholing", "deskundigheid", 22),
    ("Netwerk en samenwerking", "samenwerking", 14),
    ("Programma in de klas", "programma", 38),
    ("Coördinatie, monitoring en accountant", "overkoepelend", 14),
)
BEGROTING_VO = (
    ("Cultuurplan en visie", "visie", 15),
    ("Scholing van vakdocenten", "deskundigheid", 25),
    ("Projecten met culturele partners", "programma", 45),
    ("Coördinatie en evaluatie", "overkoepelend", 15),
)

CULTUURPUNTEN: tuple[DemoCultuurpunt, ...] = (
    DemoCultuurpunt(
        ACHTERHOEK,
        "Winterswijk",
        ("Winterswijk", "Oost Gelre", "Berkelland", "Aalten"),
        (
            "Stichting Primair Onderwijs Grensland",
            "Stichting Scholengroep de Slinge",
            "Vereniging voor Christelijk Onderwijs Oost-Achterhoek",
        ),
        Werkwijze.B,
        (
            DemoProject(
                "CMK Achterhoek-Oost po/go",
                "po_go",
                {"fonds": 28_500, "provincie": 19_000, "gemeente": 14_000},
                BEGROTING_PO,
                compleet=10,
            ),
            DemoProject(
                "CMK Achterhoek-Oost vo",
                "vo",
                {"fonds": 9_000, "provincie": 6_000, "gemeente": 3_000},
                BEGROTING_VO,
                compleet=None,
            ),
        ),
        (
            DemoPartner(
                "Muziekschool de Grensklank", "muziek", "Henk Wiggers", "Winterswijk", "grensklank"
            ),
            DemoPartner(
                "Theaterwerkplaats Zuid-Oost", "theater", "Lotte Hesselink", "Aalten", "zuidoost"
            ),
            DemoPartner(
                "Steengroeve- en Streekmuseum",
                "erfgoed",
                "Gerda ter Maat",
                "Winterswijk",
                "streekmuseum",
            ),
            DemoPartner(
                "Bibliotheek Oost-Achterhoek", "taal", "Mirjam Kolkman", "Groenlo", "bibliooa"
            ),
            DemoPartner("Dansstudio Beweeg", "dans", "Chantal Roerdink", "Lichtenvoorde", "beweeg"),
            DemoPartner("Atelier Verf & Vuur", "beeldend", "Tim Obbink", "Eibergen", "verfenvuur"),
            DemoPartner(
                "Filmhuis de Grenspost", "media", "Anouk Bennink", "Winterswijk", "grenspost"
            ),
        ),
    ),
    DemoCultuurpunt(
        VELUWE,
        "Harderwijk",
        ("Harderwijk", "Ermelo", "Nunspeet", "Elburg", "Oldebroek"),
        (
            "Stichting Openbaar Onderwijs Randmeren",
            "Stichting Veluws Primair Onderwijs",
            "Vereniging tot Stichting en Instandhouding van Scholen met de Bijbel te Veldhoek",
        ),
        Werkwijze.A,
        (
            DemoProject(
                "CMK Veluwerand po/go",
                "po_go",
                {"fonds": 31_000, "provincie": 20_500, "gemeente": 16_500},
                BEGROTING_PO,
                compleet=12,
            ),
        ),
        (
            DemoPartner(
                "Stadsmuseum aan de Wal", "erfgoed", "Rianne Bosch", "Harderwijk", "museumaandewal"
            ),
            DemoPartner(
                "Kunstkring Randmeer", "beeldend", "Jaap van Olst", "Elburg", "kunstkringrandmeer"
            ),
            DemoPartner(
                "Popschool Noordwest", "muziek", "Ruben Schuurman", "Nunspeet", "popschoolnw"
            ),
            DemoPartner(
                "Verhalenhuis de Hunze", "taal theater", "Truus Dekker", "Ermelo", "verhalenhuis"
            ),
            DemoPartner("Dans in de Klas", "dans", "Priya Ramdin", "Harderwijk", "dansindeklas"),
        ),
    ),
    DemoCultuurpunt(
        RIVIERENLAND,
        "Tiel",
        ("Tiel", "Culemborg", "Buren", "Neder-Betuwe", "West Betuwe"),
        (
            "Stichting Rivierengroep Primair Onderwijs",
            "Stichting Basisonderwijs Linge en Waal",
            "Stichting Katholiek Onderwijs Maas en Linge",
        ),
        Werkwijze.C,
        (
            DemoProject(
                "CMK Tussen de Rivieren po/go",
                "po_go",
                {"fonds": 26_000, "provincie": 17_500, "gemeente": 12_000},
                BEGROTING_PO,
                compleet=9,
            ),
        ),
        (
            DemoPartner("Jam- en Fruitmuseum", "erfgoed", "Carla de Haas", "Tiel", "fruitmuseum"),
            DemoPartner(
                "Centrum voor Kunst de Plantage",
                "muziek dans beeldend",
                "Erik Vos",
                "Culemborg",
                "cvkplantage",
            ),
            DemoPartner(
                "Corsowagen Educatie", "beeldend", "Dennis van Ooijen", "Tiel", "corsowagen"
            ),
            DemoPartner(
                "Theater de Waterpoort", "theater taal", "Sofie Baars", "Buren", "waterpoort"
            ),
        ),
    ),
    DemoCultuurpunt(
        LIEMERS,
        "Zevenaar",
        ("Zevenaar", "Duiven", "Westervoort", "Montferland", "Doesburg"),
        ("Stichting Liemers Leren", "Stichting Onderwijsgroep Oude IJssel", ""),
        Werkwijze.D,
        (
            DemoProject(
                "CMK Liemers en IJssel po/go",
                "po_go",
                {"fonds": 22_000, "provincie": 15_000, "gemeente": 9_500},
                BEGROTING_PO,
                compleet=1,
            ),
        ),
        (
            DemoPartner(
                "Kunstwerk aan de IJssel",
                "beeldend dans",
                "Maaike Polman",
                "Doesburg",
                "kunstwerkijssel",
            ),
            DemoPartner(
                "Muzehuis Liemers", "muziek theater", "Bas Derksen", "Zevenaar", "muzehuisliemers"
            ),
            DemoPartner(
                "Kasteel Educatief",
                "erfgoed taal",
                "Ellen Raben",
                "'s-Heerenberg",
                "kasteeleducatief",
            ),
            DemoPartner(
                "Erfgoedkring de Schans", "erfgoed", "Theo Lukassen", "Westervoort", "deschans"
            ),
        ),
    ),
)
