"""What Cultuur Oost puts on everybody's dashboard (Handleiding 1.3)."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Entiteit, Fout, MetBestand, Woord, tabel, ui


class AgendaItem(Entiteit):
    """An important date."""

    __tablename__ = "agenda_item"
    woord = Woord("agenda-item", "agenda-items", "het")
    volgorde = ("datum",)

    datum: Mapped[date] = mapped_column(info=ui("Datum", lijst=True, filter=True))
    titel: Mapped[str] = mapped_column(
        String(160), info=ui("Titel", lijst=True, zoek=True, inline=True)
    )
    toelichting: Mapped[str | None] = mapped_column(String(400), info=ui("Toelichting", lijst=True))

    def __str__(self) -> str:
        return self.titel


class Link(Entiteit):
    """A link to a page elsewhere."""

    __tablename__ = "link"
    woord = Woord("link", "links")
    volgorde = ("rang", "titel")

    titel: Mapped[str] = mapped_column(
        String(160), info=ui("Titel", lijst=True, zoek=True, inline=True)
    )
    adres: Mapped[str] = mapped_column(
        String(400), info=ui("Adres", lijst=True, soort="url", help="Begint met https://.")
    )
    rang: Mapped[int] = mapped_column(
        Integer, default=100, info=ui("Volgorde", lijst=True, inline=True)
    )

    @property
    def hostnaam(self) -> str:
        """The name of the site; empty when the address is none that a browser opens."""
        try:
            adres = urlsplit(self.adres or "")
        except ValueError:
            return ""
        return (adres.hostname or "") if adres.scheme in ("https", "http") else ""

    def controleer(self) -> Iterator[Fout]:
        if self.adres and not self.hostnaam:
            yield Fout("Vul een volledig adres in dat met https:// begint.", "adres")

    def __str__(self) -> str:
        return self.titel


class AlgemeenDocument(MetBestand, Entiteit):
    """A document for every cultuurpunt, such as the manual."""

    __tablename__ = "algemeen_document"
    __table_args__ = tabel(CheckConstraint("bestand_sleutel IS NOT NULL", name="bestand"))
    woord = Woord("algemeen document", "algemene documenten", "het")
    volgorde = ("titel",)

    titel: Mapped[str] = mapped_column(
        String(160), info=ui("Titel", lijst=True, zoek=True, inline=True)
    )

    def controleer(self) -> Iterator[Fout]:
        if not self.bestand_sleutel:
            yield Fout("Kies een bestand.", "bestand_naam")

    def __str__(self) -> str:
        return self.titel


class VeelgesteldeVraag(Entiteit):
    """A question that many ask, with its answer."""

    __tablename__ = "veelgestelde_vraag"
    woord = Woord("veelgestelde vraag", "veelgestelde vragen")
    volgorde = ("rang", "id")

    vraag: Mapped[str] = mapped_column(
        String(200), info=ui("Vraag", lijst=True, zoek=True, inline=True)
    )
    antwoord: Mapped[str] = mapped_column(Text, info=ui("Antwoord", zoek=True, soort="tekstvlak"))
    rang: Mapped[int] = mapped_column(
        Integer, default=100, info=ui("Volgorde", lijst=True, inline=True)
    )

    def __str__(self) -> str:
        return self.vraag
