"""Rows the portal keeps for its own working: retries, outgoing mail, background tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import VERBORGEN, Entiteit, Keuze, Moment, Woord, keuze_type, tabel, ui
from models.gebruiker import Gebruiker


class Verzoek(Entiteit):
    """A form that was handled: the same key again is sent to the same place, never done twice."""

    __tablename__ = "verzoek"
    __table_args__ = tabel(UniqueConstraint("gebruiker_id", "sleutel"))
    woord = Woord("verzoek", "verzoeken", "het")
    alleen_poort = vergankelijk = True

    sleutel: Mapped[str] = mapped_column(String(64), info=ui("Sleutel", **VERBORGEN))
    gebruiker_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gebruiker", **VERBORGEN)
    )
    uitkomst: Mapped[str] = mapped_column(String(2000), info=ui("Uitkomst", **VERBORGEN))

    def __str__(self) -> str:
        return self.sleutel


class MailStatus(Keuze):
    WACHT = "wacht", "Wacht op verzending"
    VERZONDEN = "verzonden", "Verzonden"
    MISLUKT = "mislukt", "Mislukt"


class Mail(Entiteit):
    """An outgoing mail: the row is stored with the change that caused it, the worker sends it.

    It names the person, not the address: the address is looked up when it is sent.
    """

    __tablename__ = "mail"
    woord = Woord("mail", "mails")
    volgorde = ("-id",)
    alleen_poort = vergankelijk = persoonlijk = True

    ontvanger_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Aan", lijst=True, filter=True)
    )
    onderwerp: Mapped[str] = mapped_column(String(200), info=ui("Onderwerp", lijst=True, zoek=True))
    tekst: Mapped[str] = mapped_column(Text, info=ui("Tekst"))
    status: Mapped[MailStatus] = mapped_column(
        keuze_type(MailStatus),
        default=MailStatus.WACHT,
        info=ui("Stand", lijst=True, filter=True),
    )
    pogingen: Mapped[int] = mapped_column(Integer, default=0, info=ui("Pogingen", lijst=True))
    verzonden_op: Mapped[datetime | None] = mapped_column(
        Moment, info=ui("Verzonden op", lijst=True)
    )
    volgende_op: Mapped[datetime | None] = mapped_column(Moment, info=ui("Volgende poging"))
    fout: Mapped[str | None] = mapped_column(String(300), info=ui("Laatste fout"))
    adres: Mapped[str | None] = mapped_column(
        String(254),
        info=ui("Ander adres", help="Leeg: naar het adres dat de ontvanger bij verzending heeft."),
    )
    link_id: Mapped[int | None] = mapped_column(Integer, info=ui("Link", **VERBORGEN))

    ontvanger: Mapped[Gebruiker] = relationship(foreign_keys=[ontvanger_id])

    def __str__(self) -> str:
        return self.onderwerp


class TaakStatus(Keuze):
    WACHT = "wacht", "Wacht"
    BEZIG = "bezig", "Bezig"
    KLAAR = "klaar", "Klaar"
    MISLUKT = "mislukt", "Mislukt"


#: What came of a job that its maker stopped.
GESTOPT = "Je hebt dit gestopt."


class Taak(Entiteit):
    """A large job as its maker sees it: state, progress and outcome.

    `soort` says which function does it with `opdracht`; `gedaan` and `totaal` are those of the
    end, while it runs the queue knows them. The file of a result goes when `verloopt_op` has come.
    """

    __tablename__ = "taak"
    woord = Woord("taak", "taken")
    volgorde = ("-id",)
    alleen_poort = vergankelijk = True

    titel: Mapped[str] = mapped_column(String(200), info=ui("Taak", lijst=True, zoek=True))
    gebruiker_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), index=True, info=ui("Van", lijst=True, filter=True)
    )
    status: Mapped[TaakStatus] = mapped_column(
        keuze_type(TaakStatus),
        default=TaakStatus.WACHT,
        index=True,
        info=ui("Stand", lijst=True, filter=True),
    )
    gedaan: Mapped[int] = mapped_column(Integer, default=0, info=ui("Gedaan", lijst=True))
    totaal: Mapped[int | None] = mapped_column(Integer, info=ui("Totaal", lijst=True))
    uitkomst: Mapped[str | None] = mapped_column(Text, info=ui("Uitkomst"))
    soort: Mapped[str] = mapped_column(String(40), info=ui("Soort", **VERBORGEN))
    opdracht: Mapped[dict[str, Any]] = mapped_column(JSON, info=ui("Opdracht", **VERBORGEN))
    pogingen: Mapped[int] = mapped_column(Integer, default=0, info=ui("Pogingen"))
    adres: Mapped[str | None] = mapped_column(String(2000), info=ui("Adres", **VERBORGEN))
    bestand: Mapped[str | None] = mapped_column(String(200), info=ui("Bestand"))
    bestand_sleutel: Mapped[str | None] = mapped_column(
        String(80), info=ui("Sleutel", geheim=True, **VERBORGEN)
    )
    bestand_grootte: Mapped[int | None] = mapped_column(
        BigInteger, info=ui("Grootte (bytes)", **VERBORGEN)
    )
    verloopt_op: Mapped[datetime | None] = mapped_column(Moment, info=ui("Bewaard tot"))

    gebruiker: Mapped[Gebruiker | None] = relationship(foreign_keys=[gebruiker_id])

    @property
    def loopt(self) -> bool:
        """Whether it waits or is being done."""
        return self.status in (TaakStatus.WACHT, TaakStatus.BEZIG)

    @property
    def gestopt(self) -> bool:
        """Whether its maker stopped it; it counts as not done."""
        return self.status is TaakStatus.MISLUKT and self.uitkomst == GESTOPT

    def __str__(self) -> str:
        return self.titel
