"""Questions between Cultuur Oost and a cultuurpunt about a year, and what is said on them."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.activiteit import Activiteit, Last
from models.base import (
    VERBORGEN,
    Entiteit,
    Keuze,
    VanContractpartij,
    Woord,
    keuze_type,
    tabel,
    ui,
)
from models.verantwoording import Verantwoording

#: So much of a text is its name in lists and in the history.
TITEL = 80


class VraagStand(Keuze):
    """Whether somebody waits for an answer."""

    OPEN = "open", "Open"
    BEANTWOORD = "beantwoord", "Beantwoord"


class Kant(Keuze):
    """Who is talking: the question of the one is for the other."""

    CULTUUR_OOST = "cultuur_oost", "Cultuur Oost"
    CULTUURPUNT = "cultuurpunt", "Cultuurpunt"

    @property
    def van(self) -> str:
        """After "van": whose question."""
        return "Cultuur Oost" if self is Kant.CULTUUR_OOST else "het cultuurpunt"


class Vraag(VanContractpartij, Entiteit):
    """A question about a verantwoording, or about an activity or a last of it.

    What it is about is kept in words as well, without a foreign key: the question stays with the
    verantwoording when the activity or the last goes, and still says what it was about. It is no
    part of the account itself, so it can be asked and answered while the year is closed: a
    question is how a reopening begins.
    """

    __tablename__ = "vraag"
    __table_args__ = tabel(
        ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
        ),
        UniqueConstraint("id", "contractpartij_id"),
        Index("ix_vraag_stand", "stand", "verantwoording_id"),
    )
    woord = Woord("vraag", "vragen")
    volgorde = ("-id",)
    ouder = "verantwoording_id"
    buiten_slot = True

    verantwoording_id: Mapped[int] = mapped_column(
        index=True, info=ui("Verantwoording", lijst=True, filter=True, vast=True)
    )
    activiteit_id: Mapped[int | None] = mapped_column(
        Integer, info=ui("Nummer van de activiteit", vast=True, **VERBORGEN)
    )
    last_id: Mapped[int | None] = mapped_column(
        Integer, info=ui("Nummer van de last", vast=True, **VERBORGEN)
    )
    onderwerp: Mapped[str | None] = mapped_column(
        String(300), info=ui("Gaat over", lijst=True, vast=True)
    )
    tekst: Mapped[str] = mapped_column(Text, info=ui("Vraag", lijst=True, vast=True))
    kant: Mapped[Kant] = mapped_column(
        keuze_type(Kant),
        default=Kant.CULTUURPUNT,
        info=ui("Vraag van", lijst=True, vast=True, formulier=False),
    )
    van_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        index=True,
        info=ui("Gesteld door", vast=True, **VERBORGEN),
    )
    stand: Mapped[VraagStand] = mapped_column(
        keuze_type(VraagStand),
        default=VraagStand.OPEN,
        info=ui("Stand", lijst=True, filter=True, formulier=False),
    )

    verantwoording: Mapped[Verantwoording] = relationship(
        primaryjoin="Verantwoording.id == foreign(Vraag.verantwoording_id)"
    )
    reacties: Mapped[list["Reactie"]] = relationship(
        primaryjoin="Vraag.id == foreign(Reactie.vraag_id)",
        back_populates="vraag",
        order_by="Reactie.id",
        cascade="save-update, merge, delete",
    )

    @classmethod
    def over(cls, verantwoording: Verantwoording, wat: Activiteit | Last | None) -> "Vraag":
        """A question that is still without words: about the year, or about a row of it."""
        activiteit = wat.activiteit if isinstance(wat, Last) else wat
        last = wat if isinstance(wat, Last) else None
        namen = [rij for rij in (activiteit, last) if rij is not None]
        return cls(
            verantwoording_id=verantwoording.id,
            activiteit_id=activiteit.id if activiteit else None,
            last_id=last.id if last else None,
            onderwerp=" · ".join(map(str, namen))[:300] or None,
        )

    def reageer(self, tekst: str, van_id: int | None, kant: Kant) -> "Reactie":
        """The other side answers; whoever asked and writes again, waits again."""
        self.stand = VraagStand.OPEN if kant is self.kant else VraagStand.BEANTWOORD
        return Reactie(vraag_id=self.id, tekst=tekst, van_id=van_id, kant=kant)

    def rond_af(self) -> None:
        """No answer is needed any more."""
        self.stand = VraagStand.BEANTWOORD

    @property
    def is_open(self) -> bool:
        return self.stand is VraagStand.OPEN

    def __str__(self) -> str:
        return _titel(self.tekst)


class Reactie(VanContractpartij, Entiteit):
    """One thing that was said on a question, by either side."""

    __tablename__ = "reactie"
    __table_args__ = tabel(
        ForeignKeyConstraint(
            ["vraag_id", "contractpartij_id"], ["vraag.id", "vraag.contractpartij_id"]
        ),
    )
    woord = Woord("reactie", "reacties")
    ouder = "vraag_id"
    buiten_slot = True

    vraag_id: Mapped[int] = mapped_column(index=True, info=ui("Vraag", vast=True))
    tekst: Mapped[str] = mapped_column(Text, info=ui("Reactie", lijst=True, vast=True))
    kant: Mapped[Kant] = mapped_column(
        keuze_type(Kant),
        default=Kant.CULTUURPUNT,
        info=ui("Reactie van", lijst=True, vast=True, formulier=False),
    )
    van_id: Mapped[int | None] = mapped_column(
        ForeignKey("gebruiker.id"),
        index=True,
        info=ui("Geschreven door", vast=True, **VERBORGEN),
    )

    vraag: Mapped[Vraag] = relationship(
        primaryjoin="Vraag.id == foreign(Reactie.vraag_id)", back_populates="reacties"
    )

    def __str__(self) -> str:
        return _titel(self.tekst)


def _titel(tekst: str | None) -> str:
    """The first words on one line."""
    woorden = " ".join((tekst or "").split())
    return woorden if len(woorden) <= TITEL else f"{woorden[: TITEL - 1].rstrip()}…"


def open_vragen(sessie: Session, verantwoording_id: int) -> Sequence[Vraag]:
    """The questions about a year that wait for an answer, the oldest first."""
    return sessie.scalars(_open_vragen(), {"verantwoording": verantwoording_id}).all()


@cache
def _open_vragen() -> Select[Vraag]:
    """Asked with every look at a year, so made once."""
    van = Vraag.verantwoording_id == bindparam("verantwoording")
    return select(Vraag).where(van, Vraag.stand == VraagStand.OPEN).order_by(Vraag.id)


def aantal_open(sessie: Session) -> dict[int, int]:
    """Per verantwoording in view how many questions wait for an answer; without any, absent."""
    telling = (
        select(Vraag.verantwoording_id, func.count(Vraag.id).label("aantal"))
        .where(Vraag.stand == VraagStand.OPEN)
        .group_by(Vraag.verantwoording_id)
    )
    return {rij.verantwoording_id: rij.aantal for rij in sessie.execute(telling)}
