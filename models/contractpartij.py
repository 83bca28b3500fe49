"""The cultuurpunten that Cultuur Oost contracts, and the gemeenten they work in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Entiteit, Fout, Meervoud, Ui, VanContractpartij, Woord, tabel, ui

if TYPE_CHECKING:
    from models.gebruiker import Gebruiker, Lidmaatschap
    from models.school import Gemeente


class Contractpartij(Entiteit):
    """A cultuurpunt: the party that works with schools and accounts per calendar year."""

    __tablename__ = "contractpartij"
    __table_args__ = tabel(UniqueConstraint("naam"))
    woord = Woord("contractpartij", "contractpartijen")
    volgorde = ("naam",)
    delen = ("werkgebied",)
    meervouden = {
        "gemeenten": Meervoud(
            "werkgebied",
            "gemeente_id",
            Ui("Werkgebied", help="De gemeenten waarin het cultuurpunt werkt."),
        )
    }

    naam: Mapped[str] = mapped_column(String(120), info=ui("Naam", lijst=True, zoek=True))
    plaats: Mapped[str | None] = mapped_column(
        String(80), info=ui("Plaats", lijst=True, zoek=True, filter=True)
    )
    adviseur_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        info=ui("Adviseur", lijst=True, filter=True, help="Het aanspreekpunt bij Cultuur Oost."),
    )

    adviseur: Mapped["Gebruiker | None"] = relationship(foreign_keys=[adviseur_id])
    werkgebied: Mapped[list["Werkgebied"]] = relationship(
        back_populates="contractpartij",
        cascade="save-update, merge, delete",
        foreign_keys="Werkgebied.contractpartij_id",
    )
    lidmaatschappen: Mapped[list["Lidmaatschap"]] = relationship(
        back_populates="contractpartij", foreign_keys="Lidmaatschap.contractpartij_id"
    )

    def controleer(self) -> Iterator[Fout]:
        """The adviseur gets mail about the cultuurpunt, and is shown to it with phone."""
        adviseur = self.adviseur
        if adviseur is not None and (adviseur.cultuur_oost_rol is None or not adviseur.actief):
            yield Fout("Kies iemand van Cultuur Oost met een actief account.", "adviseur_id")

    def __str__(self) -> str:
        return self.naam


class Werkgebied(VanContractpartij, Entiteit):
    """One gemeente in the werkgebied of a contractpartij."""

    __tablename__ = "werkgebied"
    __table_args__ = tabel(UniqueConstraint("contractpartij_id", "gemeente_id"))
    woord = Woord("gemeente in het werkgebied", "gemeenten in het werkgebied")
    label_relaties = ("gemeente",)
    ouder = "contractpartij_id"

    contractpartij_id: Mapped[int] = mapped_column(
        ForeignKey("contractpartij.id"),
        index=True,
        info=ui("Contractpartij", lijst=True, filter=True, vast=True),
    )
    gemeente_id: Mapped[int] = mapped_column(
        ForeignKey("gemeente.id"), index=True, info=ui("Gemeente", lijst=True, filter=True)
    )

    contractpartij: Mapped[Contractpartij] = relationship(
        back_populates="werkgebied", foreign_keys="Werkgebied.contractpartij_id"
    )
    gemeente: Mapped["Gemeente"] = relationship()

    def __str__(self) -> str:
        return f"{self.gemeente}"
