"""An activity with its schools, costs, doelgroepen and partners (Handleiding 2.2)."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import (
    Centen,
    Entiteit,
    Fout,
    Keuze,
    Meervoud,
    MetBestand,
    Ui,
    Uren,
    VanContractpartij,
    Woord,
    keuze_type,
    tabel,
    ui,
    volgordes,
)
from models.kopie import kopieer, verschuif_jaar
from models.lijsten import Doel, Doelgroep, Kostensoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School

if TYPE_CHECKING:
    from models.verantwoording import Verantwoording


class DuurEenheid(Keuze):
    """What the entered hours mean: Handleiding 2.2, "vier lessen van 1,5 uur" or the total."""

    PER_ACTIVITEIT = "per_activiteit", "uur per activiteit"
    TOTAAL = "totaal", "uur in totaal"


def totaal_uren(duur: Decimal, eenheid: DuurEenheid, aantal: int | None) -> Decimal:
    """Total hours: aantal × duur when the duration is per activity, else the duration."""
    return duur if eenheid is DuurEenheid.TOTAAL else duur * (aantal or 1)


class Activiteit(VanContractpartij, Entiteit):
    """What was done for a CMK-doel, with whom, and what it cost."""

    __tablename__ = "activiteit"
    __table_args__ = tabel(
        ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
        ),
        UniqueConstraint("id", "contractpartij_id"),
        CheckConstraint("einddatum >= startdatum", name="periode"),
        CheckConstraint("aantal_activiteiten >= 1", name="aantal"),
        CheckConstraint("duur >= 0", name="duur"),
        # All that a report adds up of an activity (models/rapportages/telling.py).
        Index(
            "ix_activiteit_rapport",
            "verantwoording_id",
            "doel_id",
            "aantal_activiteiten",
            "duur_eenheid",
            "duur",
        ),
        *volgordes(
            ("startdatum",),
            ("contractpartij_id", "startdatum"),
        ),
    )
    woord = Woord("activiteit", "activiteiten")
    volgorde = ("naam",)
    tekstvolgordes = (
        ("naam",),
        ("doel_id", "naam"),
        ("contractpartij_id", "naam"),
        ("contractpartij_id", "doel_id", "naam"),
    )
    ouder = "verantwoording_id"
    delen = ("scholen", "lasten", "doelgroep_koppelingen", "partner_koppelingen")
    meervouden = {
        "doelgroepen": Meervoud(
            "doelgroep_koppelingen", "doelgroep_id", Ui("Doelgroepen"), verplicht=True
        ),
        "samenwerkingspartners": Meervoud(
            "partner_koppelingen", "samenwerkingspartner_id", Ui("Samenwerkingspartners")
        ),
    }

    verantwoording_id: Mapped[int] = mapped_column(
        # What leaves a verantwoording is locked there too: the old one must be known.
        active_history=True,
        info=ui("Verantwoording", lijst=True, filter=True, vast=True),
    )
    naam: Mapped[str] = mapped_column(
        String(200), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    doel_id: Mapped[int] = mapped_column(
        ForeignKey("doel.id"), index=True, info=ui("CMK-doel", lijst=True, filter=True)
    )
    omschrijving: Mapped[str | None] = mapped_column(
        Text, info=ui("Omschrijving", soort="tekstvlak")
    )
    aantal_activiteiten: Mapped[int | None] = mapped_column(
        Integer,
        info=ui(
            "Aantal activiteiten",
            inline=True,
            lijst=True,
            hoogste=10_000,
            help="Leeg telt als één.",
        ),
    )
    duur: Mapped[Decimal] = mapped_column(
        Uren,
        info=ui(
            "Duur activiteit (uren)",
            lijst=True,
            hoogste=10_000,
            inline=True,
            help="Bijvoorbeeld 1,5. Of vul alleen het totaal aantal uren in.",
        ),
    )
    duur_eenheid: Mapped[DuurEenheid] = mapped_column(
        keuze_type(DuurEenheid),
        default=DuurEenheid.PER_ACTIVITEIT,
        info=ui("De duur is"),
    )
    startdatum: Mapped[date] = mapped_column(info=ui("Periode van", lijst=True, filter=True))
    einddatum: Mapped[date] = mapped_column(info=ui("Periode tot en met"))

    verantwoording: Mapped["Verantwoording"] = relationship(
        primaryjoin="Verantwoording.id == foreign(Activiteit.verantwoording_id)",
        back_populates="activiteiten",
    )
    doel: Mapped[Doel] = relationship()
    scholen: Mapped[list["ActiviteitSchool"]] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitSchool.activiteit_id)",
        back_populates="activiteit",
        cascade="save-update, merge, delete",
        order_by="ActiviteitSchool.id",
    )
    lasten: Mapped[list["Last"]] = relationship(
        primaryjoin="Activiteit.id == foreign(Last.activiteit_id)",
        back_populates="activiteit",
        cascade="save-update, merge, delete",
        order_by="Last.id",
    )
    doelgroep_koppelingen: Mapped[list["ActiviteitDoelgroep"]] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitDoelgroep.activiteit_id)",
        back_populates="activiteit",
        cascade="save-update, merge, delete",
        order_by="ActiviteitDoelgroep.id",
    )
    partner_koppelingen: Mapped[list["ActiviteitPartner"]] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitPartner.activiteit_id)",
        back_populates="activiteit",
        cascade="save-update, merge, delete",
        order_by="ActiviteitPartner.id",
    )

    @property
    def totaal_uren(self) -> Decimal:
        return totaal_uren(self.duur, self.duur_eenheid, self.aantal_activiteiten)

    def controleer(self) -> Iterator[Fout]:
        if self.startdatum and self.einddatum and self.einddatum < self.startdatum:
            yield Fout("De periode eindigt vóór zij begint.", "einddatum")
        if self.aantal_activiteiten is not None and self.aantal_activiteiten < 1:
            yield Fout("Vul 1 of een hoger aantal in, of laat het leeg.", "aantal_activiteiten")
        if self.duur is not None and self.duur < 0:
            yield Fout("Vul 0 of meer uren in.", "duur")

    def controleer_wijziging(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        """Moved to another year: what was paid must lie in that year (Handleiding 3)."""
        if oud["verantwoording_id"] != self.verantwoording_id:
            for last in self.lasten:
                for fout in last.controleer():
                    yield Fout(f"{self.naam}, {last}: {fout.tekst}", "verantwoording_id")

    def verplaats(self, naar: "Verantwoording") -> None:
        """To another open verantwoording of the same contractpartij, with all its parts."""
        self.verantwoording = naar

    def dupliceer(self, naar: "Verantwoording | None" = None) -> "Activiteit":
        """A copy with schools, costs, doelgroepen and partners, in `naar` or beside this one.

        Everything is copied by default, also columns added later. Left out is only what
        proves a payment: payment date, boekstuknummer and invoice belong to one payment.
        In another year the period moves along.
        """
        doel = naar if naar is not None else self.verantwoording
        kopie = kopieer(self)
        kopie.verantwoording = doel
        jaren = doel.kalenderjaar - self.verantwoording.kalenderjaar
        if jaren:
            kopie.startdatum = verschuif_jaar(self.startdatum, jaren)
            kopie.einddatum = verschuif_jaar(self.einddatum, jaren)
        else:
            kopie.naam = f"{self.naam[:191]} (kopie)"
        return kopie

    def __str__(self) -> str:
        return self.naam


def van_activiteit() -> ForeignKeyConstraint:
    """A part of an activity carries the activity's contractpartij: no other can be stored."""
    return ForeignKeyConstraint(
        ["activiteit_id", "contractpartij_id"], ["activiteit.id", "activiteit.contractpartij_id"]
    )


class ActiviteitSchool(VanContractpartij, Entiteit):
    """A school that took part in an activity (Handleiding 2.2, onderdeel 2)."""

    __tablename__ = "activiteit_school"
    __table_args__ = tabel(
        van_activiteit(),
        UniqueConstraint(
            "activiteit_id",
            "school_id",
            info={"melding": "Deze school is al aan de activiteit gekoppeld.", "veld": "school_id"},
        ),
        CheckConstraint("aantal_leerkrachten >= 0", name="leerkrachten"),
        Index("ix_activiteit_school_rapport", "activiteit_id", "school_id", "aantal_leerkrachten"),
        *volgordes(("contractpartij_id",)),
    )
    woord = Woord("school bij een activiteit", "scholen bij activiteiten")
    label_relaties = ("school",)
    ouder = "activiteit_id"

    activiteit_id: Mapped[int] = mapped_column(
        info=ui("Activiteit", lijst=True, filter=True, vast=True)
    )
    school_id: Mapped[int] = mapped_column(
        ForeignKey("school.id"), index=True, info=ui("School", lijst=True, filter=True, vast=True)
    )
    aantal_leerkrachten: Mapped[int | None] = mapped_column(
        Integer,
        info=ui(
            "Aantal leerkrachten",
            lijst=True,
            hoogste=10_000,
            inline=True,
            help="Nodig om de activiteit compleet te maken.",
        ),
    )

    activiteit: Mapped[Activiteit] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitSchool.activiteit_id)",
        back_populates="scholen",
    )
    school: Mapped[School] = relationship()

    def controleer(self) -> Iterator[Fout]:
        if self.aantal_leerkrachten is not None and self.aantal_leerkrachten < 0:
            yield Fout("Vul 0 of een hoger aantal in.", "aantal_leerkrachten")

    def __str__(self) -> str:
        return f"{self.school}"


class Last(MetBestand, VanContractpartij, Entiteit):
    """One cost of an activity: "Financiële gegevens – lasten" (Handleiding 2.2, onderdeel 3)."""

    __tablename__ = "last"
    __table_args__ = tabel(
        van_activiteit(),
        Index("ix_last_rapport", "activiteit_id", "betaald_op", "bedrag"),
        *volgordes(("contractpartij_id",)),
    )
    woord = Woord("last", "lasten")
    tekstvolgordes = (("toelichting",), ("contractpartij_id", "toelichting"))
    ouder = "activiteit_id"
    niet_kopieren = frozenset(
        {
            "betaald_op",
            "boekstuknummer",
            "bestand_naam",
            "bestand_sleutel",
            "bestand_type",
            "bestand_grootte",
            "bestand_sha256",
        }
    )

    activiteit_id: Mapped[int] = mapped_column(
        info=ui("Activiteit", lijst=True, filter=True, vast=True)
    )
    toelichting: Mapped[str] = mapped_column(
        String(300), info=ui("Toelichting", lijst=True, zoek=True, inline=True)
    )
    bedrag: Mapped[int | None] = mapped_column(
        Centen,
        info=ui("Bedrag", lijst=True, inline=True, help="Mag later. Negatief is een correctie."),
    )
    betaald_op: Mapped[date | None] = mapped_column(
        info=ui("Betaald op", lijst=True, filter=True, inline=True)
    )
    kostensoort_id: Mapped[int | None] = mapped_column(
        ForeignKey("kostensoort.id"), index=True, info=ui("Kostensoort", lijst=True, filter=True)
    )
    boekstuknummer: Mapped[str | None] = mapped_column(
        String(60), info=ui("Boekstuknummer", zoek=True, inline=True)
    )
    leverancier: Mapped[str | None] = mapped_column(
        String(160), info=ui("Leverancier", lijst=True, zoek=True, inline=True)
    )

    activiteit: Mapped[Activiteit] = relationship(
        primaryjoin="Activiteit.id == foreign(Last.activiteit_id)", back_populates="lasten"
    )
    kostensoort: Mapped[Kostensoort | None] = relationship()

    def controleer(self) -> Iterator[Fout]:
        """Handleiding 3: only costs "die binnen het betreffende kalenderjaar zijn uitbetaald"."""
        if self.betaald_op is not None and self.activiteit is not None:
            jaar = self.activiteit.verantwoording.kalenderjaar
            if self.betaald_op.year != jaar:
                yield Fout(
                    f"Alleen kosten die in {jaar} zijn uitbetaald, horen in deze verantwoording.",
                    "betaald_op",
                )

    def bijschrift(self) -> str:
        return str(self.activiteit)

    def __str__(self) -> str:
        return self.toelichting


class ActiviteitDoelgroep(VanContractpartij, Entiteit):
    """A doelgroep of an activity; choosing and unchoosing is editing the activity."""

    __tablename__ = "activiteit_doelgroep"
    __table_args__ = tabel(van_activiteit(), UniqueConstraint("activiteit_id", "doelgroep_id"))
    woord = Woord("doelgroep bij een activiteit", "doelgroepen bij activiteiten")
    label_relaties = ("doelgroep",)
    ouder = "activiteit_id"

    activiteit_id: Mapped[int] = mapped_column(index=True, info=ui("Activiteit", lijst=True))
    doelgroep_id: Mapped[int] = mapped_column(
        ForeignKey("doelgroep.id"), index=True, info=ui("Doelgroep", lijst=True, filter=True)
    )

    activiteit: Mapped[Activiteit] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitDoelgroep.activiteit_id)",
        back_populates="doelgroep_koppelingen",
    )
    doelgroep: Mapped[Doelgroep] = relationship()

    def __str__(self) -> str:
        return f"{self.doelgroep}"


class ActiviteitPartner(VanContractpartij, Entiteit):
    """A samenwerkingspartner of an activity, always of the same contractpartij."""

    __tablename__ = "activiteit_partner"
    __table_args__ = tabel(
        van_activiteit(),
        ForeignKeyConstraint(
            ["samenwerkingspartner_id", "contractpartij_id"],
            ["samenwerkingspartner.id", "samenwerkingspartner.contractpartij_id"],
        ),
        UniqueConstraint("activiteit_id", "samenwerkingspartner_id"),
    )
    woord = Woord("partner bij een activiteit", "partners bij activiteiten")
    label_relaties = ("samenwerkingspartner",)
    ouder = "activiteit_id"

    activiteit_id: Mapped[int] = mapped_column(index=True, info=ui("Activiteit", lijst=True))
    samenwerkingspartner_id: Mapped[int] = mapped_column(
        index=True, info=ui("Samenwerkingspartner", lijst=True, filter=True)
    )

    activiteit: Mapped[Activiteit] = relationship(
        primaryjoin="Activiteit.id == foreign(ActiviteitPartner.activiteit_id)",
        back_populates="partner_koppelingen",
    )
    samenwerkingspartner: Mapped[Samenwerkingspartner] = relationship(
        primaryjoin="Samenwerkingspartner.id == foreign(ActiviteitPartner.samenwerkingspartner_id)"
    )

    def __str__(self) -> str:
        return f"{self.samenwerkingspartner}"
