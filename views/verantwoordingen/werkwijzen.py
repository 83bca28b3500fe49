"""The four werkwijzen in the words of Handleiding 3, and the ways to look at a year."""

from dataclasses import dataclass

from flask import url_for

from cmk_admin.page import Tab
from models.verantwoording import Verantwoording, Werkwijze


@dataclass(frozen=True, slots=True)
class Uitleg:
    """What the manual says of a werkwijze: when to choose it, and how it goes.

    kader: what can be laid down to begin with; empty where that is nothing.
    """

    werkwijze: Werkwijze
    focus: str
    hoe: str
    stappen: tuple[str, ...]
    kader: str = ""

    @property
    def naam(self) -> str:
        return self.werkwijze.label


UITLEG = {
    uitleg.werkwijze: uitleg
    for uitleg in (
        Uitleg(
            Werkwijze.A,
            "Je wilt de focus leggen op scholen.",
            "Je maakt per school een activiteit aan, en werkt die in de loop van het jaar bij.",
            (
                "Voeg nieuwe lasten toe onder Financieel overzicht, met een goede toelichting.",
                "Voeg nieuwe samenwerkingspartners toe onder het tabblad Samenwerkingspartners.",
                "Werk het aantal leerkrachten waar nodig bij.",
                "Pas duur en aantal aan onder Details, passend bij de inzet van de school.",
                "Overkoepelende activiteiten (voor meerdere scholen) maak je apart aan.",
            ),
            "Je maakt per school een activiteit aan: elke school die je kiest krijgt er een, met"
            " haar naam, over het hele jaar.",
        ),
        Uitleg(
            Werkwijze.B,
            "Je wilt de focus leggen op activiteiten.",
            "Je maakt per uitgevoerde activiteit een activiteit aan en koppelt de scholen eraan.",
            (
                "Per school zijn dat er dus meer, en een per overkoepelende activiteit.",
                "Het overzicht per school en de rapportages houden het geheel bij.",
            ),
        ),
        Uitleg(
            Werkwijze.C,
            "Je wilt de focus leggen op financiën.",
            "Je stemt bijvoorbeeld per kwartaal de kosten af met je financiële administratie.",
            (
                "Laat de naam van een activiteit aansluiten bij de begroting van het projectplan.",
                "Vul bij elke last in wanneer zij is betaald: dan valt zij in het goede kwartaal.",
            ),
            "De naam sluit aan bij de begroting van het projectplan: elke begrotingspost krijgt een"
            " activiteit per kwartaal.",
        ),
        Uitleg(
            Werkwijze.D,
            "Je gebruikt het portaal alleen voor de jaarlijkse verantwoording.",
            "Na afloop van het kalenderjaar vul je de financiële gegevens van het hele jaar in,"
            " gekoppeld aan de begroting van het projectplan.",
            (
                "Houd het hele jaar wel de bereikcijfers bij: hoeveel activiteiten, en hun duur.",
                "Voeg per onderdeel alle samenwerkingspartners toe.",
                "Voeg alle betrokken scholen toe, met het betrokken aantal leerkrachten.",
            ),
            "De verantwoording volgt de begroting van het projectplan: elke begrotingspost krijgt"
            " een activiteit, over het hele jaar.",
        ),
    )
}
ALTIJD = (
    "De boekhouding van de contractpartij is leidend: voer alleen activiteiten en kosten in die in"
    " het kalenderjaar zijn uitbetaald."
)
VIEWS = {
    "activiteiten": "Per activiteit",
    "per_school": "Per school",
    "per_kwartaal": "Per kwartaal",
    "per_begrotingspost": "Per begrotingspost",
}


def views(verantwoording: Verantwoording, now: str) -> tuple[Tab, ...]:
    """The ways to look at a year: each within reach, whatever the werkwijze."""
    return tuple(
        Tab(label, url_for(f"verantwoordingen.{name}", id=verantwoording.id), name == now)
        for name, label in VIEWS.items()
    )
