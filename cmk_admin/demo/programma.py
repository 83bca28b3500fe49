"""What cultuurpunten do in a year: the activities that the demo is filled with."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Kosten:
    """One cost: what for, the code of its kostensoort, and from how much to how much in euros."""

    toelichting: str
    soort: str
    van: int
    tot: int


@dataclass(frozen=True, slots=True)
class Programma:
    """One activity. doel, doelgroepen: codes. scholen: how many take part, from and to.

    discipline: which partners do it: those of this one, "alle", or none ("").
    maand: when it is, of the year. aantal, duur: how often, and how many hours each.
    """

    naam: str
    discipline: str
    doel: str
    omschrijving: str
    maand: int
    aantal: int
    duur: Decimal
    doelgroepen: tuple[str, ...]
    scholen: tuple[int, int]
    kosten: tuple[Kosten, ...]


def _p(  # noqa: PLR0913, PLR0917 - a row of a table
    naam: str,
    discipline: str,
    doel: str,
    maand: int,
    aantal: int,
    duur: str,
    doelgroepen: str,
    scholen: tuple[int, int],
    omschrijving: str,
    *kosten: Kosten,
) -> Programma:
    groepen = tuple(doelgroepen.split())
    return Programma(
        naam, discipline, doel, omschrijving, maand, aantal, Decimal(duur), groepen, scholen, kosten
    )


MATERIAAL = Kosten("Materiaal", "materiaal", 80, 640)

PO: tuple[Programma, ...] = (
    _p(
        "Visietraject cultuurplan",
        "alle",
        "visie",
        1,
        3,
        "2.5",
        "schoolleiding leerkrachten",
        (3, 5),
        "Drie bijeenkomsten waarin teams hun visie op cultuureducatie opschrijven.",
        Kosten("Begeleiding visietraject", "uitvoering", 1400, 2600),
    ),
    _p(
        "Teamtraining beeldend",
        "beeldend",
        "deskundigheid",
        2,
        3,
        "3",
        "leerkrachten",
        (2, 4),
        "Procesgericht werken met klei, textiel en verf, door een beeldend kunstenaar.",
        Kosten("Trainer beeldend, drie dagdelen", "uitvoering", 1500, 2300),
        MATERIAAL,
    ),
    _p(
        "Voorbeeldlessen dans",
        "dans",
        "programma",
        2,
        8,
        "0.75",
        "po_3_4 po_5_6",
        (2, 5),
        "Lessen dans in de klas; de leerkracht kijkt mee en neemt de laatste les over.",
        Kosten("Dansdocent, acht lessen", "uitvoering", 900, 1600),
    ),
    _p(
        "Muziek in de klas",
        "muziek",
        "programma",
        3,
        10,
        "1",
        "po_1_2 po_3_4",
        (3, 6),
        "Samen zingen en spelen, met een leerlijn die de school zelf voortzet.",
        Kosten("Vakdocent muziek", "uitvoering", 1800, 3400),
        Kosten("Huur instrumenten", "huur", 150, 520),
    ),
    _p(
        "Netwerkdag icc'ers voorjaar",
        "alle",
        "samenwerking",
        3,
        1,
        "4",
        "leerkrachten partners",
        (9, 14),
        "Interne cultuurcoördinatoren en culturele partners delen wat werkt.",
        Kosten("Zaalhuur en lunch", "kennisdeling", 480, 900),
        Kosten("Spreker", "kennisdeling", 350, 750),
    ),
    _p(
        "Erfgoedroute langs de boerderijen",
        "erfgoed",
        "programma",
        4,
        6,
        "2.5",
        "po_5_6",
        (3, 6),
        "Leerlingen lopen een route langs streekerfgoed en maken er een verhaal bij.",
        Kosten("Gidsen en lesmateriaal", "uitvoering", 600, 1250),
        Kosten("Busvervoer", "vervoer", 380, 980),
    ),
    _p(
        "Theater maken met groep 7-8",
        "theater",
        "programma",
        5,
        6,
        "1.5",
        "po_7_8",
        (2, 4),
        "Van improvisatie naar een korte voorstelling voor ouders.",
        Kosten("Theaterdocent", "uitvoering", 1100, 2100),
        Kosten("Licht en geluid", "huur", 120, 400),
    ),
    _p(
        "Cursus cultuurcoördinator",
        "alle",
        "deskundigheid",
        9,
        8,
        "3",
        "leerkrachten",
        (5, 9),
        "Opleiding tot interne cultuurcoördinator, acht bijeenkomsten.",
        Kosten("Docent en certificaten", "uitvoering", 2400, 3900),
    ),
    _p(
        "Poëzie en muurgedichten",
        "taal",
        "programma",
        9,
        4,
        "1.5",
        "po_5_6 po_7_8",
        (2, 5),
        "Een dichter werkt met de klas aan een gedicht voor een muur in het dorp.",
        Kosten("Schrijver in de klas", "uitvoering", 640, 1300),
        Kosten("Belettering", "materiaal", 220, 610),
    ),
    _p(
        "Netwerkdag icc'ers najaar",
        "alle",
        "samenwerking",
        10,
        1,
        "4",
        "leerkrachten partners schoolleiding",
        (10, 15),
        "Terugblik op het jaar en afspraken voor het volgende.",
        Kosten("Zaalhuur en catering", "kennisdeling", 520, 940),
    ),
    _p(
        "Mediawijs met animatie",
        "beeldend",
        "programma",
        10,
        5,
        "1.5",
        "po_7_8",
        (2, 4),
        "Stopmotion maken over een gebeurtenis uit de eigen plaats.",
        Kosten("Mediacoach", "uitvoering", 780, 1500),
        Kosten("Huur tablets", "huur", 180, 420),
    ),
    _p(
        "Beeldcoaching in de klas",
        "beeldend",
        "deskundigheid",
        11,
        6,
        "1",
        "leerkrachten",
        (2, 4),
        "Leerkrachten bekijken hun eigen cultuurles terug met een coach.",
        Kosten("Beeldcoach", "uitvoering", 950, 1700),
    ),
    _p(
        "Gelijke kansen: cultuur in sbo en so",
        "muziek",
        "programma",
        5,
        6,
        "1",
        "sbo so",
        (2, 4),
        "Muziek en beweging voor leerlingen die meer tijd en rust nodig hebben.",
        Kosten("Muziektherapeut", "uitvoering", 880, 1750),
    ),
    _p(
        "Monitoring en evaluatie",
        "",
        "overkoepelend",
        11,
        1,
        "12",
        "schoolleiding partners",
        (6, 9),
        "Gesprekken met scholen en een vragenlijst onder leerkrachten.",
        Kosten("Evaluatieonderzoek", "monitoring", 900, 1900),
    ),
    _p(
        "Coördinatie en afstemming",
        "",
        "overkoepelend",
        6,
        1,
        "40",
        "schoolleiding leerkrachten",
        (8, 12),
        "Planning, contact met scholen en verslaglegging.",
        Kosten("Uren projectcoördinatie", "coordinatie", 2200, 4100),
        Kosten("Accountantsverklaring", "accountant", 650, 950),
    ),
)

VO: tuple[Programma, ...] = (
    _p(
        "Cultuurplan voor de onderbouw",
        "alle",
        "visie",
        2,
        4,
        "2",
        "schoolleiding leerkrachten",
        (2, 4),
        "Secties kunst, Nederlands en geschiedenis maken samen een doorlopende leerlijn.",
        Kosten("Begeleiding secties", "uitvoering", 900, 1700),
    ),
    _p(
        "Podcast over de grensstreek",
        "media",
        "programma",
        3,
        6,
        "1.5",
        "havo_vwo",
        (2, 3),
        "Leerlingen interviewen streekgenoten en maken een podcast.",
        Kosten("Podcastmaker", "uitvoering", 800, 1500),
        Kosten("Huur opnameset", "huur", 140, 320),
    ),
    _p(
        "Decor en techniek",
        "theater",
        "programma",
        4,
        8,
        "2",
        "vmbo pro",
        (2, 4),
        "Decorbouw voor de schoolmusical met vakmensen uit het theater.",
        Kosten("Decorbouwer", "uitvoering", 950, 1900),
        MATERIAAL,
    ),
    _p(
        "Docentendag kunstvakken",
        "beeldend",
        "deskundigheid",
        5,
        1,
        "6",
        "leerkrachten",
        (4, 6),
        "Studiedag over beoordelen van creatieve processen.",
        Kosten("Trainers en locatie", "kennisdeling", 700, 1300),
    ),
    _p(
        "Spoken word",
        "taal",
        "programma",
        9,
        5,
        "1",
        "vmbo havo_vwo",
        (2, 4),
        "Een spokenwordartiest werkt met de mentorklas aan een eigen tekst.",
        Kosten("Artiest in de klas", "uitvoering", 650, 1200),
    ),
    _p(
        "Talentenpodium op school",
        "media",
        "samenwerking",
        10,
        2,
        "3",
        "vmbo havo_vwo pro",
        (3, 6),
        "Voorronde op school, samen met filmhuis en poppodium.",
        Kosten("Organisatie en techniek", "uitvoering", 600, 1400),
    ),
    _p(
        "Coördinatie en evaluatie vo",
        "",
        "overkoepelend",
        11,
        1,
        "16",
        "schoolleiding",
        (3, 5),
        "Afstemming met scholen en eindevaluatie.",
        Kosten("Uren coördinatie", "coordinatie", 700, 1300),
    ),
)
