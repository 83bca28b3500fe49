"""What the actions share: the open verantwoordingen to choose from, and counting in words."""

from collections.abc import Iterable

from sqlalchemy import select

from cmk_admin import database
from models.activiteit import Activiteit
from models.verantwoording import Status, Verantwoording

#: Rows that a question names.
SHOWN = 20


def open_verantwoordingen(partijen: Iterable[int]) -> list[tuple[int, str]]:
    rijen = database.session().scalars(
        select(Verantwoording)
        .where(
            Verantwoording.contractpartij_id.in_(sorted(partijen)),
            Verantwoording.status == Status.OPEN,
        )
        .order_by(Verantwoording.kalenderjaar.desc(), Verantwoording.id)
    )
    return [(rij.id, str(rij)) for rij in rijen]


def aantal_van(aantal: int, klasse: type[Activiteit] | type[Verantwoording]) -> str:
    return f"{aantal} {klasse.woord.enkelvoud if aantal == 1 else klasse.woord.meervoud}"
