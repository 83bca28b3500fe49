"""What happened: every change with old and new values, and the batches they belong to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import VERBORGEN, Entiteit, Keuze, Moment, Woord, keuze_type, tabel, ui
from models.gebruiker import Gebruiker


class WijzigingSoort(Keuze):
    AANGEMAAKT = "aangemaakt", "Aangemaakt"
    GEWIJZIGD = "gewijzigd", "Gewijzigd"
    VERWIJDERD = "verwijderd", "Verwijderd"


class BewerkingSoort(Keuze):
    """The steps that are one batch: made together, and some undone together."""

    DUPLICEREN = "dupliceren", "Dupliceren"
    KLAARZETTEN = "klaarzetten", "Activiteiten klaarzetten"
    WIJZIGEN = "wijzigen", "Wijzigen in bulk"
    VERPLAATSEN = "verplaatsen", "Verplaatsen"
    SAMENVOEGEN = "samenvoegen", "Samenvoegen"
    SLUITEN = "sluiten", "Verantwoording sluiten"
    HEROPENEN = "heropenen", "Heropenen"
    VASTSTELLEN = "vaststellen", "Vaststellen"
    JAAR_OPENEN = "jaar_openen", "Jaar openen"
    VERWIJDEREN = "verwijderen", "Verwijderen"
    IMPORTEREN = "importeren", "Importeren"
    ONGEDAAN = "ongedaan", "Ongedaan maken"
    OPNIEUW = "opnieuw", "Opnieuw uitvoeren"


class Bewerking(Entiteit):
    """One step that changed several rows: who, when, what, and whether it was undone."""

    __tablename__ = "bewerking"
    woord = Woord("bewerking", "bewerkingen")
    volgorde = ("-id",)
    alleen_poort = True

    op: Mapped[datetime] = mapped_column(Moment, info=ui("Wanneer", lijst=True))
    soort: Mapped[BewerkingSoort] = mapped_column(
        keuze_type(BewerkingSoort), info=ui("Soort", lijst=True, filter=True)
    )
    omschrijving: Mapped[str] = mapped_column(
        String(300), info=ui("Omschrijving", lijst=True, zoek=True)
    )
    door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Door", lijst=True, filter=True)
    )
    contractpartij_id: Mapped[int | None] = mapped_column(
        Integer, index=True, info=ui("Contractpartij", **VERBORGEN)
    )
    aantal: Mapped[int] = mapped_column(
        Integer, default=0, info=ui("Wijzigingen", lijst=True, formulier=False)
    )
    ongedaan_op: Mapped[datetime | None] = mapped_column(
        Moment, info=ui("Ongedaan gemaakt op", lijst=True)
    )
    ongedaan_door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Ongedaan gemaakt door")
    )

    door: Mapped[Gebruiker | None] = relationship(foreign_keys=[door_id])
    ongedaan_door: Mapped[Gebruiker | None] = relationship(foreign_keys=[ongedaan_door_id])

    def __str__(self) -> str:
        return self.omschrijving


class Wijziging(Entiteit):
    """One changed row. No foreign keys on purpose: history outlives what it tells about.

    `waarden` maps a column name to `[old, new]` as stored in the database.
    """

    __tablename__ = "wijziging"
    __table_args__ = tabel(
        Index("ix_wijziging_rij", "entiteit", "rij_id", "id"),
        Index("ix_wijziging_verantwoording", "verantwoording_id", "id"),
        Index("ix_wijziging_contractpartij", "contractpartij_id", "id"),
    )
    woord = Woord("wijziging", "wijzigingen")
    volgorde = ("-id",)
    alleen_poort = True

    op: Mapped[datetime] = mapped_column(Moment, info=ui("Wanneer", lijst=True, filter=True))
    door_id: Mapped[int | None] = mapped_column(
        Integer, index=True, info=ui("Door (nummer)", details=False)
    )
    door_naam: Mapped[str] = mapped_column(
        String(120), info=ui("Via", help="Leeg voor een gebruiker; anders de taak of opdracht.")
    )
    soort: Mapped[WijzigingSoort] = mapped_column(
        keuze_type(WijzigingSoort), info=ui("Soort", lijst=True, filter=True)
    )
    entiteit: Mapped[str] = mapped_column(String(40), info=ui("Onderdeel", lijst=True, filter=True))
    rij_id: Mapped[int] = mapped_column(Integer, info=ui("Nummer", lijst=True))
    titel: Mapped[str] = mapped_column(String(200), info=ui("Wat", lijst=True, zoek=True))
    contractpartij_id: Mapped[int | None] = mapped_column(
        Integer, info=ui("Contractpartij", **VERBORGEN)
    )
    verantwoording_id: Mapped[int | None] = mapped_column(
        Integer, info=ui("Verantwoording", **VERBORGEN)
    )
    ouder_id: Mapped[int | None] = mapped_column(Integer, info=ui("Hoort bij", **VERBORGEN))
    bewerking_id: Mapped[int | None] = mapped_column(
        ForeignKey("bewerking.id"), index=True, info=ui("Bewerking", filter=True)
    )
    waarden: Mapped[dict[str, Any]] = mapped_column(
        JSON, info=ui("Waarden", sorteer=False, details=False)
    )

    bewerking: Mapped[Bewerking | None] = relationship()

    def __str__(self) -> str:
        return f"{self.titel} {self.soort.label.lower()}"
