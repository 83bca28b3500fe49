"""What lets people in, and keeps others out: sessions, links, recovery codes and attempts."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import VERBORGEN, Entiteit, Keuze, Moment, Woord, keuze_type, tabel, ui
from models.gebruiker import Gebruiker


class Zitting(Entiteit):
    """A browser in which somebody is logged in; the row goes when the session ends.

    Triggers of migration 0004 remove the rows of a person whose password, second factor, role
    or membership changes, or who is deactivated, whoever makes that change.
    """

    __tablename__ = "zitting"
    __table_args__ = tabel(UniqueConstraint("sleutel_hash"))
    woord = Woord("zitting", "zittingen")
    volgorde = ("-gezien_op",)
    alleen_poort = vergankelijk = True

    sleutel_hash: Mapped[str] = mapped_column(
        String(64), info=ui("Sleutel", geheim=True, **VERBORGEN)
    )
    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), index=True, info=ui("Gebruiker")
    )
    begonnen_op: Mapped[datetime] = mapped_column(Moment, info=ui("Ingelogd op"))
    gezien_op: Mapped[datetime] = mapped_column(Moment, info=ui("Laatst actief"))
    bevestigd_op: Mapped[datetime] = mapped_column(Moment, info=ui("Laatst bevestigd met een code"))
    browser: Mapped[str] = mapped_column(String(80), info=ui("Browser"))

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])

    def __str__(self) -> str:
        return self.browser


class Poging(Entiteit):
    """An attempt to log in that failed, or is under way. It names nobody: `sleutel` is sealed."""

    __tablename__ = "poging"
    woord = Woord("poging", "pogingen")
    alleen_poort = vergankelijk = True

    sleutel: Mapped[str] = mapped_column(String(64), index=True, info=ui("Sleutel", **VERBORGEN))
    op: Mapped[datetime] = mapped_column(Moment, index=True, info=ui("Wanneer", **VERBORGEN))

    def __str__(self) -> str:
        return f"Poging {self.id}"


class LinkSoort(Keuze):
    """What a link in a mail lets its reader do."""

    ACTIVATIE = "activatie", "Account activeren"
    WACHTWOORD = "wachtwoord", "Nieuw wachtwoord kiezen"
    EMAIL = "email", "E-mailadres bevestigen"


class Toegangslink(Entiteit):
    """A link that was mailed to somebody; the row goes when it is used, so it works once.

    The link itself is nowhere in the database: it is made from `zaad` with the key of the portal
    when the mail is sent, and known again by its hash.
    """

    __tablename__ = "toegangslink"
    __table_args__ = tabel(UniqueConstraint("sleutel_hash"))
    woord = Woord("toegangslink", "toegangslinks")
    alleen_poort = vergankelijk = True

    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), index=True, info=ui("Gebruiker", **VERBORGEN)
    )
    soort: Mapped[LinkSoort] = mapped_column(keuze_type(LinkSoort), info=ui("Soort", **VERBORGEN))
    sleutel_hash: Mapped[str] = mapped_column(
        String(64), info=ui("Sleutel", geheim=True, **VERBORGEN)
    )
    zaad: Mapped[str] = mapped_column(String(64), info=ui("Zaad", geheim=True, **VERBORGEN))
    verloopt_op: Mapped[datetime] = mapped_column(Moment, info=ui("Verloopt op", **VERBORGEN))
    adres: Mapped[str | None] = mapped_column(
        String(254),
        info=ui(
            "Gestuurd naar", help="Wie intussen een ander adres heeft, opent ze niet.", **VERBORGEN
        ),
    )
    nieuw_email: Mapped[str | None] = mapped_column(
        String(254), info=ui("Nieuw e-mailadres", **VERBORGEN)
    )

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])

    def __str__(self) -> str:
        return self.soort.label


class Herstelcode(Entiteit):
    """A code that replaces the authenticator app once; the row goes when it is used."""

    __tablename__ = "herstelcode"
    __table_args__ = tabel(UniqueConstraint("gebruiker_id", "code_hash"))
    woord = Woord("herstelcode", "herstelcodes")
    alleen_poort = vergankelijk = True

    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gebruiker", **VERBORGEN)
    )
    code_hash: Mapped[str] = mapped_column(String(64), info=ui("Code", geheim=True, **VERBORGEN))

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])

    def __str__(self) -> str:
        return f"Herstelcode {self.id}"


class Onderbreking(Entiteit):
    """A form that was sent after its session had ended: kept until its owner is back.

    Nothing of it is readable in the database, and it goes after half a day.
    """

    __tablename__ = "onderbreking"
    __table_args__ = tabel(UniqueConstraint("sleutel_hash"))
    woord = Woord("bewaard formulier", "bewaarde formulieren", "het")
    alleen_poort = vergankelijk = True

    sleutel_hash: Mapped[str] = mapped_column(
        String(64), info=ui("Sleutel", geheim=True, **VERBORGEN)
    )
    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gebruiker", **VERBORGEN)
    )
    op: Mapped[datetime] = mapped_column(Moment, index=True, info=ui("Wanneer"))
    verzegeld: Mapped[bytes] = mapped_column(
        LargeBinary, info=ui("Wat er getypt was", geheim=True, **VERBORGEN)
    )

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])

    def __str__(self) -> str:
        return f"Formulier {self.id}"
