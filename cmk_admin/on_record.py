"""Who looked at personal data, or took a list along: written down before they get it."""

from collections.abc import Sequence

from cmk_admin.actor import system
from cmk_admin.auth import clock
from cmk_admin.gate import acting_as
from cmk_admin.routes import actor
from models.base import Entiteit
from models.gebruiker import Gebruiker
from models.privacy import Inzage, InzageSoort

KEEPING = system("inzage")
LONGEST = 200


def saw(wat: str, over_id: int | None = None) -> None:
    """The person of this request looks at it. over_id: about whom, when it is one person."""
    _write_down(InzageSoort.BEKEKEN, wat, over_id)


def saw_list(entity: type[Entiteit]) -> None:
    """A list of this entity, when it is about people."""
    if entity.persoonlijk:
        saw(entity.woord.titel_meervoud)


def saw_row(row: Entiteit) -> None:
    """The page of this row, when it is about somebody."""
    if isinstance(row, Gebruiker):
        saw(str(row), row.id)
    elif row.persoonlijk:
        saw(str(row), getattr(row, "gebruiker_id", getattr(row, "ontvanger_id", None)))


def saw_rows(rows: Sequence[Entiteit]) -> None:
    """A page that names these rows of one entity."""
    if len(rows) == 1:
        saw_row(rows[0])
    elif rows:
        saw_list(type(rows[0]))


def took(wat: str, over_id: int | None = None) -> None:
    """The person of this request takes it along as a file."""
    _write_down(InzageSoort.GEDOWNLOAD, wat, over_id)


def _write_down(soort: InzageSoort, wat: str, over_id: int | None) -> None:
    row = Inzage(
        op=clock.now(),
        gebruiker_id=actor().gebruiker_id,
        soort=soort,
        wat=wat[:LONGEST],
        over_id=over_id,
    )
    with acting_as(KEEPING) as session, session.own_work():
        session.add(row)
        session.commit()
