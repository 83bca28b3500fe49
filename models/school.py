"""Schools, their boards and gemeenten (Handleiding 2.7): entered by Cultuur Oost,
fixed for the whole CMK period."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Entiteit, Fout, Keuze, Woord, keuze_type, tabel, ui
from models.lijsten import Sector


class SchoolSoort(Keuze):
    """Kind of education, as DUO names it."""

    BO = "bo", "Basisonderwijs"
    SBO = "sbo", "Speciaal basisonderwijs"
    SO = "so", "Speciaal onderwijs"
    VSO = "vso", "Voortgezet speciaal onderwijs"
    VO = "vo", "Voortgezet onderwijs"
    PRO = "pro", "Praktijkonderwijs"
    MBO = "mbo", "Middelbaar beroepsonderwijs"
    ONBEKEND = "onbekend", "Onbekend"


class Gemeente(Entiteit):
    """A gemeente, by its four-digit code of Statistics Netherlands (leading zeros kept)."""

    __tablename__ = "gemeente"
    __table_args__ = tabel(UniqueConstraint("code"))
    woord = Woord("gemeente", "gemeenten")
    volgorde = ("naam",)

    code: Mapped[str] = mapped_column(
        String(4), info=ui("Code", lijst=True, zoek=True, help="Vier cijfers, bijvoorbeeld 0301.")
    )
    naam: Mapped[str] = mapped_column(String(80), info=ui("Naam", lijst=True, zoek=True))
    provincie: Mapped[str | None] = mapped_column(
        String(40), info=ui("Provincie", lijst=True, filter=True)
    )

    def controleer(self) -> Iterator[Fout]:
        if not re.fullmatch(r"\d{4}", self.code or ""):
            yield Fout("Een gemeentecode bestaat uit vier cijfers.", "code")

    def __str__(self) -> str:
        return self.naam


class Schoolbestuur(Entiteit):
    """A school board. Without a known name it reads "Bevoegd gezag 20091": incomplete."""

    __tablename__ = "schoolbestuur"
    __table_args__ = tabel(UniqueConstraint("bevoegd_gezagnummer"))
    woord = Woord("schoolbestuur", "schoolbesturen", "het")
    volgorde = ("naam",)
    tekstvolgordes = (("naam",),)

    NAAMLOOS: ClassVar[str] = "Bevoegd gezag "

    naam: Mapped[str] = mapped_column(String(160), info=ui("Naam", lijst=True, zoek=True))
    bevoegd_gezagnummer: Mapped[str | None] = mapped_column(
        String(5),
        info=ui(
            "Bevoegd-gezagnummer", lijst=True, zoek=True, help="Vijf cijfers, met voorloopnullen."
        ),
    )

    scholen: Mapped[list["School"]] = relationship(back_populates="schoolbestuur")

    def controleer(self) -> Iterator[Fout]:
        nummer = self.bevoegd_gezagnummer
        if nummer is not None and not re.fullmatch(r"\d{5}", nummer):
            yield Fout("Een bevoegd-gezagnummer bestaat uit vijf cijfers.", "bevoegd_gezagnummer")

    def bijschrift(self) -> str:
        return self.bevoegd_gezagnummer or ""

    def __str__(self) -> str:
        return self.naam


class School(Entiteit):
    """A vestiging of a school; the vestigingscode (BRIN + two digits) is its identity."""

    __tablename__ = "school"
    __table_args__ = tabel(
        UniqueConstraint("vestigingscode"),
        # All that a report asks of a region (models/rapportages/telling.py).
        Index("ix_school_rapport", "gemeente_id", "sector_id", "actief", "schoolbestuur_id"),
    )
    woord = Woord("school", "scholen")
    volgorde = ("naam",)
    tekstvolgordes = (("naam",),)

    naam: Mapped[str] = mapped_column(String(160), info=ui("Schoolnaam", lijst=True, zoek=True))
    brin_nummer: Mapped[str] = mapped_column(
        String(4),
        index=True,
        info=ui(
            "BRIN-nummer",
            lijst=True,
            zoek=True,
            help="Twee cijfers en twee letters, bijvoorbeeld 07KX.",
        ),
    )
    vestigingscode: Mapped[str | None] = mapped_column(
        String(6), info=ui("Vestigingscode", zoek=True, help="Het BRIN-nummer met twee cijfers.")
    )
    schoolbestuur_id: Mapped[int | None] = mapped_column(
        ForeignKey("schoolbestuur.id"),
        index=True,
        info=ui("Schoolbestuur", lijst=True, filter=True),
    )
    gemeente_id: Mapped[int] = mapped_column(
        ForeignKey("gemeente.id"), info=ui("Gemeente", lijst=True, filter=True)
    )
    soort: Mapped[SchoolSoort] = mapped_column(
        keuze_type(SchoolSoort),
        default=SchoolSoort.ONBEKEND,
        info=ui("Soort onderwijs", filter=True),
    )
    sector_id: Mapped[int | None] = mapped_column(
        ForeignKey("sector.id"), index=True, info=ui("Sector", filter=True)
    )
    adres: Mapped[str | None] = mapped_column(String(120), info=ui("Adres"))
    plaats: Mapped[str | None] = mapped_column(
        String(80), info=ui("Plaats", lijst=True, zoek=True, filter=True)
    )
    aantal_leerlingen: Mapped[int | None] = mapped_column(
        Integer, info=ui("Aantal leerlingen", hoogste=100_000)
    )
    actief: Mapped[bool] = mapped_column(default=True, info=ui("Actief", filter=True))
    opvolger_id: Mapped[int | None] = mapped_column(
        ForeignKey("school.id"),
        info=ui(
            "Opvolger", help="De school die deze na een fusie of nieuw BRIN opvolgt.", stil=True
        ),
    )

    schoolbestuur: Mapped[Schoolbestuur | None] = relationship(back_populates="scholen")
    gemeente: Mapped[Gemeente] = relationship()
    sector: Mapped[Sector | None] = relationship()
    opvolger: Mapped["School | None"] = relationship(remote_side="School.id")

    def controleer(self) -> Iterator[Fout]:
        brin = self.brin_nummer or ""
        if not re.fullmatch(r"\d{2}[A-Z]{2}", brin):
            yield Fout(
                "Een BRIN-nummer bestaat uit twee cijfers en twee hoofdletters.", "brin_nummer"
            )
        elif self.vestigingscode and not re.fullmatch(rf"{brin}\d{{2}}", self.vestigingscode):
            yield Fout(
                f"De vestigingscode is het BRIN-nummer met twee cijfers, bijvoorbeeld {brin}00.",
                "vestigingscode",
            )
        if self.aantal_leerlingen is not None and self.aantal_leerlingen < 0:
            yield Fout("Vul 0 of een hoger aantal in.", "aantal_leerlingen")
        if self.opvolger_id is not None and self.opvolger_id == self.id:
            yield Fout("Een school kan zichzelf niet opvolgen.", "opvolger_id")

    @classmethod
    def nabij(cls, partijen: Sequence[int]) -> ColumnElement[bool] | None:
        """Schools in the own werkgebied, of a sector with a project, come first when choosing."""
        from models.contractpartij import Werkgebied
        from models.project import Project

        if not partijen:
            return None
        eigen = select(Werkgebied.gemeente_id).where(Werkgebied.contractpartij_id.in_(partijen))
        sectoren = select(Project.sector_id).where(Project.contractpartij_id.in_(partijen))
        van_ons = or_(cls.sector_id.is_(None), cls.sector_id.in_(sectoren))
        return and_(cls.gemeente_id.in_(eigen), van_ons)

    def buiten_sector(self, sector: Sector) -> str:
        """What is worth knowing of this school in a project for `sector` (Handleiding 2.1).

        Empty where it is of that sector, or of none that is known. Of another it may take part;
        reports name it apart (spec rule 7).
        """
        if self.sector is None or self.sector_id == sector.id:
            return ""
        return f"Hoort bij {self.sector}; dit project is voor {sector}."

    def bijschrift(self) -> str:
        return " · ".join(filter(None, (self.vestigingscode or self.brin_nummer, self.plaats)))

    def __str__(self) -> str:
        return self.naam


Schoolbestuur.aantal_scholen = column_property(
    select(func.count(School.id))
    .where(School.schoolbestuur_id == Schoolbestuur.id)
    .correlate_except(School)
    .scalar_subquery(),
    info=ui("Aantal aangesloten scholen", lijst=True, formulier=False),
)
