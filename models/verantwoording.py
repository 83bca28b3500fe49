"""The account of a project over a calendar year, and its closing (Handleiding 2.1, 2.4)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from models.activiteit import Activiteit
from models.base import (
    STEMPELS,
    VERBORGEN,
    Entiteit,
    Fout,
    Keuze,
    Moment,
    RegelFout,
    VanContractpartij,
    Woord,
    keuze_type,
    nu,
    tabel,
    ui,
)
from models.compleet import compleet_nageteld
from models.project import Project, jaar_klopt, van_project
from models.techniek import Mail

#: Handleiding 2.4: "er moeten minimaal 2 activiteiten met scholen en lasten volledig
#: zijn ingevuld" before the status can change.
MINIMAAL_COMPLEET = 2


class Werkwijze(Keuze):
    """How the portal is used during the year (Handleiding 3)."""

    A = "A", "A – Overzicht per school"
    B = "B", "B – Overzicht per activiteit"
    C = "C", "C – Periodiek overzicht"
    D = "D", "D – Verantwoording"


#: The view that a werkwijze begins with: its overview in Handleiding 3.
EERSTE_WEERGAVE = {
    Werkwijze.A: "per_school",
    Werkwijze.B: "activiteiten",
    Werkwijze.C: "per_kwartaal",
    Werkwijze.D: "per_begrotingspost",
}


class Status(Keuze):
    OPEN = "open", "Open"
    GESLOTEN = "gesloten", "Gesloten"
    VASTGESTELD = "vastgesteld", "Vastgesteld"


class Overgang(Keuze):
    """The steps between statuses; each is a right of its own."""

    SLUITEN = "sluiten", "Verantwoording sluiten"
    HEROPENEN = "heropenen", "Heropenen"
    VASTSTELLEN = "vaststellen", "Vaststellen"
    VASTGESTELD_HEROPENEN = "vastgesteld_heropenen", "Heropenen na vaststelling"


#: From status, to status → the step. What is not here cannot happen.
OVERGANGEN: dict[tuple[Status, Status], Overgang] = {
    (Status.OPEN, Status.GESLOTEN): Overgang.SLUITEN,
    (Status.GESLOTEN, Status.OPEN): Overgang.HEROPENEN,
    (Status.GESLOTEN, Status.VASTGESTELD): Overgang.VASTSTELLEN,
    (Status.VASTGESTELD, Status.OPEN): Overgang.VASTGESTELD_HEROPENEN,
}


class Verantwoording(VanContractpartij, Entiteit):
    """A project's account of one calendar year. Closed means: nothing under it changes."""

    __tablename__ = "verantwoording"
    __table_args__ = tabel(
        van_project(),
        UniqueConstraint("id", "contractpartij_id"),
        UniqueConstraint(
            "project_id",
            "kalenderjaar",
            info={
                "melding": "Dit project heeft al een verantwoording voor dat jaar.",
                "veld": "kalenderjaar",
            },
        ),
        CheckConstraint("(status = 'open') = (gesloten_op IS NULL)", name="gesloten"),
    )
    woord = Woord("verantwoording", "verantwoordingen")
    label_relaties = ("project",)
    volgorde = ("-kalenderjaar", "id")
    ouder = "project_id"

    #: What changes with the status; all else of a closed verantwoording is fixed.
    BIJ_STATUS: ClassVar[frozenset[str]] = frozenset(
        {"status", "gesloten_op", "gesloten_door_id", "reden_heropening"}
    )

    project_id: Mapped[int] = mapped_column(
        index=True, info=ui("Project", lijst=True, filter=True, vast=True)
    )
    kalenderjaar: Mapped[int] = mapped_column(
        Integer, info=ui("Kalenderjaar", lijst=True, filter=True, vast=True, soort="jaar")
    )
    status: Mapped[Status] = mapped_column(
        keuze_type(Status),
        default=Status.OPEN,
        # The step is judged from old to new: the old one must be known, also when expired.
        active_history=True,
        info=ui("Status", lijst=True, filter=True, formulier=False),
    )
    werkwijze: Mapped[Werkwijze | None] = mapped_column(
        keuze_type(Werkwijze),
        info=ui(
            "Werkwijze",
            lijst=True,
            filter=True,
            help="Geldt voor het hele jaar; stem de keuze af met je adviseur van Cultuur Oost.",
        ),
    )
    uiterste_datum: Mapped[date | None] = mapped_column(
        info=ui("Uiterste datum", lijst=True, help="Voor deze dag hoort de verantwoording dicht.")
    )
    gesloten_op: Mapped[datetime | None] = mapped_column(
        Moment, info=ui("Gesloten op", formulier=False)
    )
    gesloten_door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gesloten door", **VERBORGEN)
    )
    reden_heropening: Mapped[str | None] = mapped_column(
        Text, info=ui("Reden van heropening", formulier=False)
    )

    project: Mapped[Project] = relationship(
        primaryjoin="Project.id == foreign(Verantwoording.project_id)",
        back_populates="verantwoordingen",
    )
    activiteiten: Mapped[list[Activiteit]] = relationship(
        primaryjoin="Verantwoording.id == foreign(Activiteit.verantwoording_id)",
        back_populates="verantwoording",
        order_by="Activiteit.naam",
    )

    @property
    def eerste_weergave(self) -> str:
        """How this year is looked at first: by its werkwijze, else per activity."""
        return EERSTE_WEERGAVE[self.werkwijze] if self.werkwijze else "activiteiten"

    def sluit(self, door_id: int | None) -> None:
        """Close (Handleiding 2.4). Whether it may is decided under lock, when it is saved."""
        self._vereis(Status.OPEN)
        self.status = Status.GESLOTEN
        self.gesloten_op = nu()
        self.gesloten_door_id = door_id
        # The reason of an earlier reopening is in the history; the next asks for its own.
        self.reden_heropening = None

    def heropen(self, reden: str) -> None:
        """Open again, for a reason that is recorded and mailed to the adviseur."""
        self._vereis(Status.GESLOTEN, Status.VASTGESTELD)
        if not (reden or "").strip():
            raise RegelFout(Fout("Vul in waarom de verantwoording weer open moet.", "reden"))
        self.status = Status.OPEN
        self.gesloten_op = None
        self.gesloten_door_id = None
        self.reden_heropening = reden.strip()

    def stel_vast(self) -> None:
        """Cultuur Oost approves; from then on only a beheerder can reopen."""
        self._vereis(Status.GESLOTEN)
        self.status = Status.VASTGESTELD

    def _vereis(self, *standen: Status) -> None:
        if self.status not in standen:
            raise RegelFout(
                Fout(f"Deze verantwoording is al {self.status.label.lower()}.", "status")
            )

    def controleer(self) -> Iterator[Fout]:
        yield from jaar_klopt(self.kalenderjaar, self.project)

    def controleer_wijziging(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        stap = (Status(oud["status"]), self.status)
        if stap[0] is not stap[1] and stap not in OVERGANGEN:
            yield Fout(f"Van {stap[0].label} naar {stap[1].label} kan niet.", "status")
        if stap[0] is not Status.OPEN:
            yield from self._alleen_de_status(oud)
        if stap == (Status.OPEN, Status.GESLOTEN):
            yield from self._mag_dicht()
        if stap[1] is Status.OPEN and stap[0] is not Status.OPEN and not self.reden_heropening:
            yield Fout("Vul in waarom de verantwoording weer open moet.", "reden")

    def _alleen_de_status(self, oud: Mapping[str, Any]) -> Iterator[Fout]:
        """What is closed is opened first: nothing else goes along with a step."""
        for naam, waarde in oud.items():
            if naam not in self.BIJ_STATUS | STEMPELS and getattr(self, naam) != waarde:
                yield Fout("Dit kan pas wijzigen als de verantwoording weer open is.", naam)

    def _mag_dicht(self) -> Iterator[Fout]:
        sessie = object_session(self)
        assert sessie is not None
        compleet = compleet_nageteld(sessie, self.id)
        if compleet < MINIMAAL_COMPLEET:
            yield Fout(
                f"Er zijn minimaal {MINIMAAL_COMPLEET} activiteiten nodig waarvan scholen en"
                f" lasten volledig zijn ingevuld; nu {'is' if compleet == 1 else 'zijn'} dat"
                f" er {compleet}.",
                "status",
            )

    def gevolgen(self, oud: Mapping[str, Any]) -> Iterator[Entiteit]:
        was = Status(oud["status"])
        if was is Status.OPEN and self.status is Status.GESLOTEN:
            yield Momentopname.van(self)
        if was is not Status.OPEN and self.status is Status.OPEN:
            yield from self._bericht_heropening()

    def _bericht_heropening(self) -> Iterator[Entiteit]:
        adviseur_id = self.project.contractpartij.adviseur_id
        if adviseur_id is not None:
            yield Mail(
                ontvanger_id=adviseur_id,
                onderwerp=f"Verantwoording {self.kalenderjaar} van {self.project} is heropend",
                tekst=(
                    f"De verantwoording {self.kalenderjaar} van {self.project} staat weer open.\n\n"
                    f"Reden: {self.reden_heropening}\n"
                ),
            )

    def heeft_activiteiten(self) -> bool:
        """Whether the first activity is there: from then on the werkwijze is settled."""
        sessie = object_session(self)
        assert sessie is not None
        eerste = select(Activiteit.id).where(Activiteit.verantwoording_id == self.id).limit(1)
        return sessie.scalar(eerste) is not None

    def __str__(self) -> str:
        return f"{self.project} · {self.kalenderjaar}"


def open_jaar(sessie: Session, jaar: int) -> list[Verantwoording]:
    """A verantwoording for every project whose period covers `jaar` and has none yet.

    Cultuur Oost does this before the cultuurpunten need them. Returns the new ones, unsaved
    but added to `sessie`; raises RegelFout for a year that cannot be one.
    """
    if fouten := list(jaar_klopt(jaar)):
        raise RegelFout(*fouten)
    heeft_al = exists().where(
        Verantwoording.project_id == Project.id, Verantwoording.kalenderjaar == jaar
    )
    projecten = sessie.scalars(
        select(Project)
        .where(
            Project.startdatum <= date(jaar, 12, 31),
            Project.einddatum >= date(jaar, 1, 1),
            ~heeft_al,
        )
        .order_by(Project.titel)
    )
    nieuw = [Verantwoording(project=project, kalenderjaar=jaar) for project in projecten]
    sessie.add_all(nieuw)
    return nieuw


class Momentopname(VanContractpartij, Entiteit):
    """A closed verantwoording as it was: every row with the names of that moment.

    Reports and dossier of a closed year read this, so that a later merger of schools
    or an erasure changes nothing. People are in it by id only.
    """

    __tablename__ = "momentopname"
    __table_args__ = tabel(
        ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
        ),
        UniqueConstraint("verantwoording_id", "nummer"),
    )
    woord = Woord("momentopname", "momentopnamen")
    volgorde = ("-id",)
    ouder = "verantwoording_id"
    alleen_poort = True

    verantwoording_id: Mapped[int] = mapped_column(
        index=True, info=ui("Verantwoording", lijst=True, filter=True)
    )
    nummer: Mapped[int] = mapped_column(Integer, info=ui("Nummer", lijst=True))
    op: Mapped[datetime] = mapped_column(Moment, info=ui("Gesloten op", lijst=True))
    door_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gesloten door", **VERBORGEN)
    )
    inhoud: Mapped[dict[str, Any]] = mapped_column(
        JSON, info=ui("Inhoud", sorteer=False, details=False)
    )
    sha256: Mapped[str] = mapped_column(String(64), info=ui("SHA-256", lijst=True))

    verantwoording: Mapped[Verantwoording] = relationship(
        primaryjoin="Verantwoording.id == foreign(Momentopname.verantwoording_id)"
    )

    @classmethod
    def van(cls, verantwoording: Verantwoording) -> "Momentopname":
        """The snapshot of `verantwoording` as the database has it now."""
        from models.dossier import beeld, vingerafdruk

        sessie = object_session(verantwoording)
        assert sessie is not None
        laatste = sessie.scalar(
            select(func.max(cls.nummer)).where(cls.verantwoording_id == verantwoording.id)
        )
        inhoud = beeld(verantwoording)
        return cls(
            verantwoording_id=verantwoording.id,
            contractpartij_id=verantwoording.contractpartij_id,
            nummer=(laatste or 0) + 1,
            op=verantwoording.gesloten_op,
            door_id=verantwoording.gesloten_door_id,
            inhoud=inhoud,
            sha256=vingerafdruk(inhoud),
        )

    def __str__(self) -> str:
        return f"Momentopname {self.nummer}"
