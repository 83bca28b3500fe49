"""A saved view of a list: its filters, columns and order, private or shared."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Entiteit, Fout, Woord, keuze_type, tabel, ui
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Rol


class Weergave(Entiteit):
    """The address of a list under a name. Opening it is opening that address: the address stays
    the truth, and whoever opens it sees the rows that they may see themselves."""

    __tablename__ = "weergave"
    __table_args__ = tabel(
        CheckConstraint("voor_rol IS NULL OR voor_partij_id IS NULL", name="gedeeld"),
        Index("ix_weergave_lijst", "lijst", "naam", "id"),
    )
    woord = Woord("weergave", "weergaven")
    volgorde = ("naam",)

    naam: Mapped[str] = mapped_column(
        String(80), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    lijst: Mapped[str] = mapped_column(
        String(40), info=ui("Lijst", lijst=True, filter=True, vast=True)
    )
    adres: Mapped[str | None] = mapped_column(
        String(2000),
        info=ui("Adres", vast=True, help="Zoekopdracht, filters, kolommen en volgorde."),
    )
    gebruiker_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), index=True, info=ui("Van", lijst=True, formulier=False)
    )
    voor_rol: Mapped[Rol | None] = mapped_column(
        keuze_type(Rol), info=ui("Voor iedereen met de rol", lijst=True, filter=True)
    )
    voor_partij_id: Mapped[int | None] = mapped_column(
        ForeignKey("contractpartij.id"),
        info=ui("Voor iedereen van de contractpartij", lijst=True, filter=True),
    )

    gebruiker: Mapped[Gebruiker | None] = relationship(foreign_keys=[gebruiker_id])
    voor_partij: Mapped[Contractpartij | None] = relationship(foreign_keys=[voor_partij_id])

    def controleer(self) -> Iterator[Fout]:
        if self.voor_rol is not None and self.voor_partij_id is not None:
            yield Fout("Deel met een rol of met een contractpartij, niet met beide.", "voor_rol")

    def __str__(self) -> str:
        return self.naam
