"""People, their roles and their membership of contractpartijen (Handleiding 1.5)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from models.base import (
    VERBORGEN,
    Entiteit,
    Fout,
    Keuze,
    Moment,
    Woord,
    email_klopt,
    keuze_type,
    tabel,
    ui,
)

if TYPE_CHECKING:
    from models.contractpartij import Contractpartij


class Rol(Keuze):
    """Every role of the portal; the first two are held per contractpartij."""

    ROUTEBEGELEIDER = "routebegeleider", "Routebegeleider"
    PROJECTLEIDER = "projectleider", "Projectleider"
    ADVISEUR = "adviseur", "Adviseur"
    DATAMANAGER = "datamanager", "Datamanager"
    BEHEERDER = "beheerder", "Beheerder"


#: Under every mail about a change of how somebody logs in.
NIET_JIJ = (
    "Was jij dit niet? Neem dan meteen contact op met je adviseur bij Cultuur Oost, of antwoord op"
    " deze mail."
)


class CultuurOostRol(Keuze):
    """A role at Cultuur Oost; it holds everywhere."""

    ADVISEUR = "adviseur", "Adviseur"
    DATAMANAGER = "datamanager", "Datamanager"
    BEHEERDER = "beheerder", "Beheerder"


class LidRol(Keuze):
    """A role at one cultuurpunt (Handleiding 1.5)."""

    ROUTEBEGELEIDER = "routebegeleider", "Routebegeleider"
    PROJECTLEIDER = "projectleider", "Projectleider"


class Gebruiker(Entiteit):
    """A person with an account."""

    __tablename__ = "gebruiker"
    __table_args__ = tabel(
        UniqueConstraint(
            "email", info={"melding": "Er is al een account met dit e-mailadres.", "veld": "email"}
        ),
        CheckConstraint("email = lower(email)", name="email"),
    )
    woord = Woord("gebruiker", "gebruikers")
    volgorde = ("naam",)
    persoonlijk = verse_code = True

    naam: Mapped[str] = mapped_column(String(120), info=ui("Naam", lijst=True, zoek=True))
    email: Mapped[str] = mapped_column(
        String(254), info=ui("E-mailadres", lijst=True, zoek=True, soort="email")
    )
    telefoon: Mapped[str | None] = mapped_column(String(30), info=ui("Telefoon", soort="telefoon"))
    cultuur_oost_rol: Mapped[CultuurOostRol | None] = mapped_column(
        keuze_type(CultuurOostRol),
        info=ui(
            "Rol bij Cultuur Oost",
            lijst=True,
            filter=True,
            help="Leeg voor mensen van een cultuurpunt: zij krijgen hun rol per contractpartij.",
        ),
    )
    actief: Mapped[bool] = mapped_column(default=True, info=ui("Actief", lijst=True, filter=True))
    demo: Mapped[bool] = mapped_column(default=False, info=ui("Demo-account", **VERBORGEN))
    wachtwoord_hash: Mapped[str | None] = mapped_column(
        String(200), info=ui("Wachtwoord", geheim=True, **VERBORGEN)
    )
    totp_geheim: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui("Sleutel van de authenticator-app", geheim=True, **VERBORGEN)
    )
    totp_stap: Mapped[int | None] = mapped_column(
        Integer, info=ui("Wanneer de laatste code is gebruikt", geheim=True, **VERBORGEN)
    )
    totp_nieuw: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=ui("Sleutel van een app die nog bevestigd moet worden", geheim=True, **VERBORGEN),
    )
    herstelcodes: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=ui("Herstelcodes, tot ze bewaard zijn", geheim=True, **VERBORGEN)
    )
    laatst_ingelogd_op: Mapped[datetime | None] = mapped_column(
        Moment, info=ui("Laatst ingelogd", lijst=True, formulier=False)
    )

    lidmaatschappen: Mapped[list["Lidmaatschap"]] = relationship(
        back_populates="gebruiker", foreign_keys="Lidmaatschap.gebruiker_id"
    )

    @validates("email")
    def _kleine_letters(self, sleutel: str, waarde: str | None) -> str | None:
        """One address whatever its capitals: people do not know how they once typed it."""
        return waarde.strip().lower() if waarde else waarde

    def controleer(self) -> Iterator[Fout]:
        if not email_klopt(self.email):
            yield Fout("Vul een geldig e-mailadres in.", "email")

    def controleer_wijziging(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        was_beheerder = oud["actief"] and oud["cultuur_oost_rol"] == CultuurOostRol.BEHEERDER
        is_beheerder = self.actief and self.cultuur_oost_rol is CultuurOostRol.BEHEERDER
        if was_beheerder and not is_beheerder and not self._andere_beheerder():
            yield Fout(
                "Dit is de laatste beheerder. Maak eerst iemand anders beheerder.",
                "actief" if not self.actief else "cultuur_oost_rol",
            )

    def gevolgen(self, oud: Mapping[str, Any]) -> Iterator[Entiteit]:
        """Whoever changes the address: the old one is told, it may not have been its owner."""
        from models.techniek import Mail

        theirs = self.totp_geheim is not None or self.laatst_ingelogd_op is not None
        if self.email != oud["email"] and self.actief and theirs:
            yield Mail(
                ontvanger_id=self.id,
                adres=oud["email"],
                onderwerp="Je e-mailadres is gewijzigd",
                tekst=(
                    f"Dag {self.naam},\n\nHet e-mailadres van je account voor het CMK Portaal is"
                    " gewijzigd. Vanaf nu krijg je op dit adres geen mail meer en log je in met het"
                    f" nieuwe adres.\n\n{NIET_JIJ}\n\nMet vriendelijke groet,\nCultuur Oost"
                ),
            )

    def _andere_beheerder(self) -> bool:
        """Locks every beheerder who can log in, in id order: of two who go at the same time one
        must stay, and who was invited and never came keeps no door open.

        Who goes in this very flush does not count as another.
        """
        sessie = object_session(self)
        assert sessie is not None
        beheerders = (
            select(Gebruiker.id)
            .where(
                Gebruiker.cultuur_oost_rol == CultuurOostRol.BEHEERDER,
                Gebruiker.actief,
                Gebruiker.totp_geheim.is_not(None),
            )
            .order_by(Gebruiker.id)
            .with_for_update()
        )
        gaan = {
            rij.id
            for rij in sessie.dirty
            if isinstance(rij, Gebruiker)
            and not (rij.actief and rij.cultuur_oost_rol is CultuurOostRol.BEHEERDER)
        }
        return any(nummer not in gaan for nummer in sessie.scalars(beheerders) if nummer != self.id)

    def __str__(self) -> str:
        return self.naam


class Lidmaatschap(Entiteit):
    """A person's role at one contractpartij; several rows give several roles."""

    __tablename__ = "lidmaatschap"
    __table_args__ = tabel(UniqueConstraint("gebruiker_id", "contractpartij_id"))
    woord = Woord("lidmaatschap", "lidmaatschappen", "het")
    persoonlijk = verse_code = True
    label_relaties = ("gebruiker", "contractpartij")
    ouder = "contractpartij_id"

    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"),
        index=True,
        info=ui("Gebruiker", lijst=True, filter=True, vast=True),
    )
    contractpartij_id: Mapped[int] = mapped_column(
        ForeignKey("contractpartij.id"),
        index=True,
        info=ui("Contractpartij", lijst=True, filter=True, vast=True),
    )
    rol: Mapped[LidRol] = mapped_column(
        keuze_type(LidRol), info=ui("Rol", lijst=True, filter=True, inline=True)
    )
    actief: Mapped[bool] = mapped_column(
        default=True,
        server_default=true(),
        info=ui(
            "Actief",
            lijst=True,
            filter=True,
            help="Uit: deze persoon kan bij deze contractpartij niets meer zien of doen.",
        ),
    )

    gebruiker: Mapped[Gebruiker] = relationship(
        back_populates="lidmaatschappen", foreign_keys=[gebruiker_id]
    )
    contractpartij: Mapped["Contractpartij"] = relationship(
        foreign_keys=[contractpartij_id], back_populates="lidmaatschappen"
    )

    def __str__(self) -> str:
        return f"{self.gebruiker} · {self.rol.label} bij {self.contractpartij}"
