"""Projects of a contractpartij, with their income, budget and documents (Handleiding 2.1)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from models.base import Centen, Entiteit, Fout, MetBestand, VanContractpartij, Woord, tabel, ui
from models.lijsten import Bron, Documentsoort, Doel, Sector

if TYPE_CHECKING:
    from models.contractpartij import Contractpartij
    from models.verantwoording import Verantwoording

EERSTE_JAAR, LAATSTE_JAAR = 2013, 2100


class Project(VanContractpartij, Entiteit):
    """A CMK project; a contractpartij with po/go and vo has two (Handleiding 2.1)."""

    __tablename__ = "project"
    __table_args__ = tabel(
        UniqueConstraint("id", "contractpartij_id"),
        CheckConstraint("einddatum >= startdatum", name="periode"),
    )
    woord = Woord("project", "projecten", "het")
    volgorde = ("titel",)
    ouder = "contractpartij_id"

    titel: Mapped[str] = mapped_column(String(160), info=ui("Titel", lijst=True, zoek=True))
    contractpartij_id: Mapped[int] = mapped_column(
        ForeignKey("contractpartij.id"),
        index=True,
        info=ui("Contractpartij", lijst=True, filter=True, vast=True),
    )
    sector_id: Mapped[int] = mapped_column(
        ForeignKey("sector.id"), info=ui("Sector", lijst=True, filter=True)
    )
    startdatum: Mapped[date] = mapped_column(info=ui("Startdatum", lijst=True))
    einddatum: Mapped[date] = mapped_column(info=ui("Einddatum", lijst=True))
    omschrijving: Mapped[str | None] = mapped_column(
        Text, info=ui("Omschrijving", soort="tekstvlak")
    )

    contractpartij: Mapped["Contractpartij"] = relationship(
        foreign_keys="Project.contractpartij_id"
    )
    sector: Mapped[Sector] = relationship()
    verantwoordingen: Mapped[list["Verantwoording"]] = relationship(
        back_populates="project",
        primaryjoin="Project.id == foreign(Verantwoording.project_id)",
        order_by="Verantwoording.kalenderjaar.desc()",
    )

    def controleer(self) -> Iterator[Fout]:
        if self.startdatum and self.einddatum and self.einddatum < self.startdatum:
            yield Fout("De einddatum ligt vóór de startdatum.", "einddatum")

    def controleer_wijziging(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        """A year that has rows stays within the period: else nothing in it can change."""
        sessie = object_session(self)
        assert sessie is not None
        jaren = {
            jaar
            for soort in _met_een_jaar()
            for jaar in sessie.scalars(
                select(soort.kalenderjaar).where(soort.project_id == self.id).distinct()
            )
        }
        for jaar in sorted(jaren):
            if not self.startdatum.year <= jaar <= self.einddatum.year:
                veld = "startdatum" if jaar < self.startdatum.year else "einddatum"
                yield Fout(f"Er zijn al gegevens over {jaar}: dat jaar hoort erbij.", veld)
                return

    def __str__(self) -> str:
        return self.titel


def _met_een_jaar() -> tuple[type[Any], ...]:
    from models.verantwoording import Verantwoording

    return Verantwoording, Baat, Begrotingspost


def van_project() -> ForeignKeyConstraint:
    """A row of a project carries the project's contractpartij: no other can be stored."""
    return ForeignKeyConstraint(
        ["project_id", "contractpartij_id"], ["project.id", "project.contractpartij_id"]
    )


def jaar_klopt(jaar: int | None, project: Project | None = None) -> Iterator[Fout]:
    """A calendar year that can be one, and that the period of `project` touches."""
    if jaar is None:
        return
    if not EERSTE_JAAR <= jaar <= LAATSTE_JAAR:
        yield Fout(f"Vul een jaar in tussen {EERSTE_JAAR} en {LAATSTE_JAAR}.", "kalenderjaar")
    elif project is not None and not project.startdatum.year <= jaar <= project.einddatum.year:
        periode = f"{project.startdatum.year} tot en met {project.einddatum.year}"
        yield Fout(f"Dit project loopt van {periode}.", "kalenderjaar")


class Baat(VanContractpartij, Entiteit):
    """Income of a project in a year, entered by Cultuur Oost (Handleiding 2.1)."""

    __tablename__ = "baat"
    __table_args__ = tabel(van_project())
    woord = Woord("baat", "baten")
    label_relaties = ("bron",)
    volgorde = ("-kalenderjaar", "id")
    ouder = "project_id"

    project_id: Mapped[int] = mapped_column(
        index=True, info=ui("Project", lijst=True, filter=True, vast=True)
    )
    kalenderjaar: Mapped[int] = mapped_column(
        Integer, info=ui("Kalenderjaar", lijst=True, filter=True, soort="jaar")
    )
    bron_id: Mapped[int] = mapped_column(
        ForeignKey("bron.id"), info=ui("Bron", lijst=True, filter=True)
    )
    bedrag: Mapped[int] = mapped_column(Centen, info=ui("Bedrag", lijst=True))
    omschrijving: Mapped[str | None] = mapped_column(
        String(200), info=ui("Omschrijving", lijst=True, zoek=True, inline=True)
    )

    project: Mapped[Project] = relationship(primaryjoin="Project.id == foreign(Baat.project_id)")
    bron: Mapped[Bron] = relationship()

    def controleer(self) -> Iterator[Fout]:
        yield from jaar_klopt(self.kalenderjaar, self.project)

    def __str__(self) -> str:
        return f"Baat {self.kalenderjaar} van {self.bron}"


class Begrotingspost(VanContractpartij, Entiteit):
    """A line of the budget that came with the project plan (Handleiding 3, werkwijze C and D)."""

    __tablename__ = "begrotingspost"
    __table_args__ = tabel(van_project())
    woord = Woord("begrotingspost", "begrotingsposten")
    volgorde = ("-kalenderjaar", "naam")
    ouder = "project_id"

    project_id: Mapped[int] = mapped_column(
        index=True, info=ui("Project", lijst=True, filter=True, vast=True)
    )
    kalenderjaar: Mapped[int] = mapped_column(
        Integer, info=ui("Kalenderjaar", lijst=True, filter=True, soort="jaar")
    )
    naam: Mapped[str] = mapped_column(
        String(160), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )
    doel_id: Mapped[int | None] = mapped_column(
        ForeignKey("doel.id"), info=ui("CMK-doel", lijst=True, filter=True)
    )
    bedrag: Mapped[int] = mapped_column(Centen, info=ui("Bedrag", lijst=True))

    project: Mapped[Project] = relationship(
        primaryjoin="Project.id == foreign(Begrotingspost.project_id)"
    )
    doel: Mapped[Doel | None] = relationship()

    def controleer(self) -> Iterator[Fout]:
        yield from jaar_klopt(self.kalenderjaar, self.project)

    def __str__(self) -> str:
        return self.naam


class Document(MetBestand, VanContractpartij, Entiteit):
    """A document of a project: plan, budget, agreement or other (Handleiding 2.1)."""

    __tablename__ = "document"
    __table_args__ = tabel(
        van_project(), CheckConstraint("bestand_sleutel IS NOT NULL", name="bestand")
    )
    woord = Woord("document", "documenten", "het")
    volgorde = ("titel",)
    ouder = "project_id"

    project_id: Mapped[int] = mapped_column(
        index=True, info=ui("Project", lijst=True, filter=True, vast=True)
    )
    titel: Mapped[str] = mapped_column(
        String(160), info=ui("Titel", lijst=True, zoek=True, inline=True)
    )
    soort_id: Mapped[int] = mapped_column(
        ForeignKey("documentsoort.id"), info=ui("Soort", lijst=True, filter=True)
    )

    project: Mapped[Project] = relationship(
        primaryjoin="Project.id == foreign(Document.project_id)"
    )
    soort: Mapped[Documentsoort] = relationship()

    def controleer(self) -> Iterator[Fout]:
        if not self.bestand_sleutel:
            yield Fout("Kies een bestand.", "bestand_naam")

    def __str__(self) -> str:
        return self.titel
