"""What somebody is typing and has not saved yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import VERBORGEN, Entiteit, Moment, Woord, tabel, ui
from models.gebruiker import Gebruiker


class Concept(Entiteit):
    """The draft of one form of one person; it goes when the form is saved.

    formulier: the address of the form. inhoud: pairs of field and value as typed. stand: names
    this version, so that an older window does not write over it.
    """

    __tablename__ = "concept"
    __table_args__ = tabel(UniqueConstraint("gebruiker_id", "formulier"))
    woord = Woord("concept", "concepten", "het")
    volgorde = ("-op",)
    alleen_poort = vergankelijk = True

    gebruiker_id: Mapped[int] = mapped_column(
        ForeignKey("gebruiker.id"), info=ui("Gebruiker", **VERBORGEN)
    )
    formulier: Mapped[str] = mapped_column(String(200), info=ui("Formulier"))
    inhoud: Mapped[list[Any]] = mapped_column(JSON, info=ui("Inhoud", sorteer=False))
    stand: Mapped[str] = mapped_column(String(32), info=ui("Stand", **VERBORGEN))
    op: Mapped[datetime] = mapped_column(Moment, index=True, info=ui("Bewaard op"))

    gebruiker: Mapped[Gebruiker] = relationship(foreign_keys=[gebruiker_id])

    def __str__(self) -> str:
        return self.formulier
