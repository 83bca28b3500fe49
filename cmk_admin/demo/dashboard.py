"""What Cultuur Oost puts on the dashboard of the demo (Handleiding 1.3)."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.base import Entiteit
from models.dashboard import AgendaItem, Link, VeelgesteldeVraag

VRAGEN: tuple[tuple[str, str], ...] = (
    (
        "Welke kosten mag ik opvoeren?",
        (
            "Alleen kosten die binnen het kalenderjaar zijn uitbetaald. De boekhouding van je"
            " organisatie is leidend, niet de dag waarop de activiteit was."
        ),
    ),
    (
        "Wanneer is een activiteit compleet?",
        (
            "Als er minstens één school aan gekoppeld is, bij elke school het aantal leerkrachten"
            " is ingevuld, er minstens één last is, en elke last een toelichting en een"
            " bedrag heeft."
        ),
    ),
    (
        "Een school staat niet in de lijst. Wat nu?",
        (
            "Scholen en schoolbesturen worden door Cultuur Oost ingevoerd. Geef het BRIN-nummer en"
            " de naam door aan je adviseur."
        ),
    ),
    (
        "Kan ik van werkwijze wisselen?",
        (
            "De werkwijze geldt voor het hele verantwoordingsjaar. In het volgende jaar kun je, in"
            " overleg met je adviseur, een andere kiezen."
        ),
    ),
    (
        "Ik heb een verantwoording gesloten en zie toch nog een fout.",
        (
            "Een projectleider of Cultuur Oost kan de verantwoording heropenen. Geef daarbij de"
            " reden op; je adviseur krijgt daar bericht van."
        ),
    ),
    (
        "Moet ik het bedrag van een last meteen invullen?",
        "Nee, dat kan ook later. De toelichting is wel verplicht.",
    ),
)
LINKS: tuple[tuple[str, str], ...] = (
    ("Cultuur Oost", "https://www.cultuuroost.nl/"),
    (
        "Fonds voor Cultuurparticipatie: Cultuureducatie met Kwaliteit",
        "https://cultuurparticipatie.nl/",
    ),
    ("Provincie Gelderland: cultuur en erfgoed", "https://www.gelderland.nl/"),
    ("Open onderwijsdata van DUO", "https://duo.nl/open_onderwijsdata/"),
)


def dashboard(vandaag: date) -> Iterator[Entiteit]:
    """Agenda items from `vandaag` on and around the end of 2026, links and questions."""
    yield from _agenda(vandaag)
    for nummer, (titel, adres) in enumerate(LINKS, start=1):
        yield Link(titel=titel, adres=adres, rang=10 * nummer)
    for nummer, (vraag, antwoord) in enumerate(VRAGEN, start=1):
        yield VeelgesteldeVraag(vraag=vraag, antwoord=antwoord, rang=10 * nummer)


def _agenda(vandaag: date) -> Iterator[AgendaItem]:
    spreekuur = vandaag + timedelta(days=6)
    dag = vandaag + timedelta(days=19)
    yield AgendaItem(
        datum=spreekuur,
        titel="Inloopspreekuur verantwoorden",
        toelichting="Online, 15.30 tot 16.30 uur. De link staat in de nieuwsbrief.",
    )
    yield AgendaItem(
        datum=dag,
        titel="Netwerkdag cultuurpunten Gelderland",
        toelichting="Arnhem, 9.30 tot 16.00 uur. Met werkwijzen uit de praktijk.",
    )
    yield AgendaItem(
        datum=date(2026, 12, 18),
        titel="Laatste betalingen 2026",
        toelichting="Alleen wat dit jaar is uitbetaald, telt mee in de verantwoording 2026.",
    )
    yield AgendaItem(
        datum=date(2027, 1, 31),
        titel="Verantwoording 2026 sluiten",
        toelichting="Uiterste dag voor alle cultuurpunten.",
    )
