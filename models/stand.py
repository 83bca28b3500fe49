"""The counts behind every report and list, kept by the database beside the rows they count.

Triggers of migrations 0013 and 0017 add to them and take off again with each row that is stored,
changed or removed, in the same transaction and whoever does it. Nobody else writes here; what
these counts must be at any moment is counted from the rows by `models/rapportages/nageteld.py`.
"""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Afgeleid, Keuze, VanContractpartij


class Standsoort(Keuze):
    """What is counted of a verantwoording, and by what."""

    DOEL = "doel"
    KWARTAAL = "kwartaal"
    SCHOOL = "school"
    SCHOLEN = "scholen"
    LASTEN = "lasten"


class Stand(VanContractpartij, Afgeleid):
    """Rows of one verantwoording under one key, added up.

    doel: activities of a CMK-doel; som: Σ aantal activiteiten, som_2: hundredths of hours.
    kwartaal: lasten paid in it, 0 without a date; som: cents, som_2: how many have no bedrag.
    school: its rows at activities; som: deelnames.
    scholen: school rows of an activity; som: leerkrachten, som_2: rows without, som_3: with 0.
    lasten: those of an activity; som: cents, som_2: how many are not filled in (no bedrag, or no
    words), som_3: of € 0, som_4: without a payment date.

    vak: on PostgreSQL, transactions that are under way together each count in a row of their
    own, so that none waits for another. The count is the sum over them; one alone may be
    negative.
    """

    __tablename__ = "stand"
    __table_args__ = (
        ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        {"sqlite_with_rowid": False},
    )

    verantwoording_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    soort: Mapped[str] = mapped_column(String(8), primary_key=True)
    sleutel: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    vak: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    contractpartij_id: Mapped[int] = mapped_column(Integer)
    aantal: Mapped[int] = mapped_column(BigInteger)
    som: Mapped[int] = mapped_column(BigInteger)
    som_2: Mapped[int] = mapped_column(BigInteger)
    som_3: Mapped[int] = mapped_column(BigInteger, server_default="0")
    som_4: Mapped[int] = mapped_column(BigInteger, server_default="0")
