"""A rule of Datakwaliteit: what it looks for, why, and whether it is on."""

from collections.abc import Iterator

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Entiteit, Fout, Keuze, Woord, keuze_type, ui

#: How many times the median an amount is before it stands out, unless the rule says otherwise.
KEER_MEDIAAN = 10


class Controle(Keuze):
    """What a rule looks for."""

    BESTUUR_NAAM = "bestuur_naam", "Schoolbestuur zonder naam"
    SCHOOL_INDELING = "school_indeling", "School zonder gemeente of schoolbestuur"
    SCHOOL_INACTIEF = "school_inactief", "Niet-actieve school in een open jaar"
    PARTNER_GELIJK = "partner_gelijk", "Samenwerkingspartners die op elkaar lijken"
    LAST_BEDRAG = "last_bedrag", "Last zonder bedrag"
    LAST_HOOG = "last_hoog", "Last met een opvallend hoog bedrag"


class Kwaliteitsregel(Entiteit):
    """One rule; off, it looks for nothing and says nothing."""

    __tablename__ = "kwaliteitsregel"
    woord = Woord("kwaliteitsregel", "kwaliteitsregels")

    naam: Mapped[str] = mapped_column(
        String(120), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    controle: Mapped[Controle] = mapped_column(
        keuze_type(Controle), info=ui("Controle", lijst=True, filter=True, vast=True)
    )
    uitleg: Mapped[str] = mapped_column(
        Text, info=ui("Uitleg", soort="tekstvlak", help="Waarom dit telt, en hoe je het herstelt.")
    )
    keer_mediaan: Mapped[int | None] = mapped_column(
        Integer,
        info=ui(
            "Keer de mediaan",
            hoogste=1000,
            help=f"Alleen bij een hoog bedrag; leeg is {KEER_MEDIAAN}.",
        ),
    )
    actief: Mapped[bool] = mapped_column(
        default=True, info=ui("Actief", lijst=True, filter=True, help="Uit: er wordt niet gezocht.")
    )

    def controleer(self) -> Iterator[Fout]:
        if self.keer_mediaan is not None and self.keer_mediaan < 2:
            yield Fout("Vul 2 of een hoger aantal in.", "keer_mediaan")

    def __str__(self) -> str:
        return self.naam
