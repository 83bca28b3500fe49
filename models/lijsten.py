"""The lists that forms choose from: doelen, doelgroepen, kostensoorten and the like."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import VERBORGEN, Entiteit, Fout, Woord, tabel, ui, volgordes


class Lijst(Entiteit):
    """A named choice that can be withdrawn from a date on, but never deleted once used."""

    __abstract__ = True
    volgorde = ("rang", "naam")

    @classmethod
    def regels_tabel(cls) -> tuple[object, ...]:
        return tabel(
            UniqueConstraint("naam"),
            CheckConstraint("actief_tot IS NULL OR actief_tot >= actief_van", name="actief"),
            *volgordes(("rang",)),
        )

    naam: Mapped[str] = mapped_column(
        String(120), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    rang: Mapped[int] = mapped_column(
        Integer,
        default=100,
        info=ui("Volgorde", lijst=True, inline=True, help="Een lager getal staat hoger."),
    )
    actief_van: Mapped[date | None] = mapped_column(
        info=ui("Actief vanaf", lijst=True, help="Leeg: altijd al.")
    )
    actief_tot: Mapped[date | None] = mapped_column(
        info=ui(
            "Actief tot en met",
            lijst=True,
            inline=True,
            help="Leeg: nog steeds. Daarna kan niemand dit meer kiezen; wat er was blijft.",
        )
    )
    code: Mapped[str | None] = mapped_column(
        String(40), unique=True, info=ui("Vaste code", **VERBORGEN)
    )

    def is_actief(self, dag: date) -> bool:
        """Whether this choice can be made on `dag`."""
        na_begin = self.actief_van is None or self.actief_van <= dag
        return na_begin and (self.actief_tot is None or dag <= self.actief_tot)

    def controleer(self) -> Iterator[Fout]:
        if self.actief_van and self.actief_tot and self.actief_tot < self.actief_van:
            yield Fout("De laatste dag ligt vóór de eerste.", "actief_tot")

    def __str__(self) -> str:
        return self.naam


class Doel(Lijst):
    """CMK-doel (Handleiding 2.2): what an activity is for."""

    __tablename__ = "doel"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("CMK-doel", "CMK-doelen", "het")


class Doelgroep(Lijst):
    """For whom an activity is (Handleiding 2.2); an activity may have several."""

    __tablename__ = "doelgroep"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("doelgroep", "doelgroepen")


class Kostensoort(Lijst):
    """What kind of cost a last is; the 2025-2028 scheme counts some of them apart."""

    __tablename__ = "kostensoort"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("kostensoort", "kostensoorten")


class Sector(Lijst):
    """Education sector of a project: po/go, vo (Handleiding 2.1)."""

    __tablename__ = "sector"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("sector", "sectoren")


class Bron(Lijst):
    """Where a baat comes from: the Fonds, the province, a gemeente."""

    __tablename__ = "bron"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("bron", "bronnen")


class Documentsoort(Lijst):
    """Kind of project document (Handleiding 2.1); the row with code `overig` is the
    one whose documents a projectleider may manage."""

    __tablename__ = "documentsoort"
    __table_args__ = Lijst.regels_tabel()
    woord = Woord("documentsoort", "documentsoorten")

    OVERIG = "overig"
