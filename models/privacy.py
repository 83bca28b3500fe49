"""What privacy asks of the portal itself (AVG): who saw personal data, and how long it stays."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Entiteit, Fout, Keuze, Moment, Woord, keuze_type, tabel, ui
from models.gebruiker import Gebruiker


class InzageSoort(Keuze):
    BEKEKEN = "bekeken", "Bekeken"
    GEDOWNLOAD = "gedownload", "Gedownload"


class Inzage(Entiteit):
    """Somebody looked at personal data, or took a list along; written before they get it."""

    __tablename__ = "inzage"
    woord = Woord("inzage", "inzages")
    volgorde = ("-id",)
    alleen_poort = vergankelijk = True

    op: Mapped[datetime] = mapped_column(Moment, index=True, info=ui("Wanneer", lijst=True))
    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), index=True, info=ui("Wie", lijst=True, filter=True)
    )
    soort: Mapped[InzageSoort] = mapped_column(
        keuze_type(InzageSoort), info=ui("Soort", lijst=True, filter=True)
    )
    wat: Mapped[str] = mapped_column(String(200), info=ui("Wat", lijst=True, zoek=True))
    over_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        index=True,
        info=ui("Over wie", lijst=True, filter=True, help="Leeg: een lijst over meer mensen."),
    )

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])
    over: Mapped[Gebruiker | None] = relationship(foreign_keys=[over_id])

    def __str__(self) -> str:
        return f"{self.wat} {self.soort.label.lower()}"


class Bewaarsoort(Keuze):
    """What does not stay for ever."""

    ACCOUNT = "account", "Accounts die niet meer actief zijn"
    UITNODIGING = "uitnodiging", "Uitnodigingen die nooit zijn gebruikt"
    MAIL = "mail", "Verzonden en mislukte mail"
    INZAGE = "inzage", "Wie persoonsgegevens bekeek of downloadde"
    FORMULIER = "formulier", "Kenmerken van verwerkte formulieren"
    TAAK = "taak", "Grote taken (Mijn downloads), met hun bestand"


KORTST, LANGST = 1, 120


class Bewaartermijn(Entiteit):
    """How many months something is kept, and when it was last cleaned up."""

    __tablename__ = "bewaartermijn"
    __table_args__ = tabel(
        UniqueConstraint("soort"),
        CheckConstraint(f"maanden BETWEEN {KORTST} AND {LANGST}", name="maanden"),
    )
    woord = Woord("bewaartermijn", "bewaartermijnen")

    soort: Mapped[Bewaarsoort] = mapped_column(
        keuze_type(Bewaarsoort), info=ui("Wat", lijst=True, vast=True)
    )
    maanden: Mapped[int] = mapped_column(
        Integer,
        info=ui(
            "Maanden",
            lijst=True,
            inline=True,
            hoogste=LANGST,
            help="Zo lang blijft het bewaard; daarna staat het klaar om op te ruimen.",
        ),
    )
    opgeruimd_op: Mapped[datetime | None] = mapped_column(
        Moment, info=ui("Laatst opgeruimd", lijst=True, formulier=False)
    )
    opgeruimd: Mapped[int | None] = mapped_column(
        Integer, info=ui("Toen weg", lijst=True, formulier=False)
    )

    def controleer(self) -> Iterator[Fout]:
        if not KORTST <= self.maanden <= LANGST:
            yield Fout(f"Kies {KORTST} tot en met {LANGST} maanden.", "maanden")

    def __str__(self) -> str:
        return self.soort.label
