"""The partners a cultuurpunt works with (Handleiding 2.3, 2.7); each registers its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Entiteit, Fout, VanContractpartij, Woord, email_klopt, tabel, ui

if TYPE_CHECKING:
    from models.contractpartij import Contractpartij


class Samenwerkingspartner(VanContractpartij, Entiteit):
    """An organisation or person that a contractpartij works with."""

    __tablename__ = "samenwerkingspartner"
    __table_args__ = tabel(
        UniqueConstraint("id", "contractpartij_id"),
        UniqueConstraint(
            "contractpartij_id",
            "naam",
            info={"melding": "Deze samenwerkingspartner staat er al.", "veld": "naam"},
        ),
    )
    woord = Woord("samenwerkingspartner", "samenwerkingspartners")
    volgorde = ("naam",)
    tekstvolgordes = (("naam",), ("contractpartij_id", "naam"))
    ouder = "contractpartij_id"

    contractpartij_id: Mapped[int] = mapped_column(
        ForeignKey("contractpartij.id"),
        index=True,
        info=ui("Contractpartij", bij_meer=True, filter=True, vast=True),
    )
    naam: Mapped[str] = mapped_column(
        String(160), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    contactpersoon: Mapped[str | None] = mapped_column(
        String(120), info=ui("Contactpersoon", lijst=True, zoek=True, inline=True)
    )
    email: Mapped[str | None] = mapped_column(
        String(254), info=ui("E-mailadres", lijst=True, zoek=True, soort="email", inline=True)
    )
    plaats: Mapped[str | None] = mapped_column(
        String(80), info=ui("Plaats", lijst=True, zoek=True, filter=True, inline=True)
    )
    telefoon: Mapped[str | None] = mapped_column(String(30), info=ui("Telefoon", soort="telefoon"))
    website: Mapped[str | None] = mapped_column(String(200), info=ui("Website", soort="url"))

    actief: Mapped[bool] = mapped_column(
        default=True, info=ui("Actief", filter=True, formulier=False)
    )
    opvolger_id: Mapped[int | None] = mapped_column(
        ForeignKey("samenwerkingspartner.id"), info=ui("Opgegaan in", formulier=False, stil=True)
    )

    opvolger: Mapped["Samenwerkingspartner | None"] = relationship(
        remote_side="Samenwerkingspartner.id", foreign_keys=[opvolger_id]
    )
    contractpartij: Mapped["Contractpartij"] = relationship(
        foreign_keys="Samenwerkingspartner.contractpartij_id"
    )

    def controleer(self) -> Iterator[Fout]:
        if self.email and not email_klopt(self.email):
            yield Fout("Vul een geldig e-mailadres in.", "email")

    def __str__(self) -> str:
        return self.naam
