"""The counts that the database keeps (`models/stand.py`), counted again from the rows themselves.

What `telling` reads must equal this at every moment; the tests and `flask stand` hold the one
against the other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    case,
    delete,
    extract,
    func,
    insert,
    literal,
    select,
)

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.rapportages.telling import ZONDER_DATUM, uren_van_activiteit
from models.stand import Stand, Standsoort

GETELD = (Activiteit, Last, ActiviteitSchool)


class Sleutel(NamedTuple):
    """What is counted: of a verantwoording, by doel, quarter or school."""

    verantwoording_id: int
    contractpartij_id: int
    soort: str
    sleutel: int


#: aantal, som and som_2 of each.
Tellingen = dict[Sleutel, tuple[int, int, int]]


def nageteld(connection: Connection) -> Tellingen:
    """What the counts must be."""
    return {
        Sleutel(v, partij, soort, sleutel): (int(aantal), int(som), int(som_2))
        for vraag in _vragen()
        for v, partij, soort, sleutel, aantal, som, som_2 in connection.execute(vraag)
    }


def bewaard(connection: Connection) -> Tellingen:
    """What the database says they are."""
    sleutel = (Stand.verantwoording_id, Stand.contractpartij_id, Stand.soort, Stand.sleutel)
    sommen = [func.sum(kolom) for kolom in (Stand.aantal, Stand.som, Stand.som_2)]
    rijen = connection.execute(select(*sleutel, *sommen).group_by(*sleutel))
    gevonden = {Sleutel(*rij[:4]): (int(rij[4]), int(rij[5]), int(rij[6])) for rij in rijen}
    return {sleutel: telling for sleutel, telling in gevonden.items() if any(telling)}


def verschillen(connection: Connection) -> list[Sleutel]:
    """What does not agree."""
    geteld, staat = nageteld(connection), bewaard(connection)
    return sorted(s for s in geteld.keys() | staat.keys() if geteld.get(s) != staat.get(s))


def herstel(connection: Connection) -> None:
    """Put down what was counted. Who calls has seen to it that nobody writes meanwhile."""
    geteld = nageteld(connection)
    connection.execute(delete(Stand))
    rijen = [
        {**s._asdict(), "vak": 0, "aantal": aantal, "som": som, "som_2": som_2}
        for s, (aantal, som, som_2) in geteld.items()
    ]
    if rijen:
        connection.execute(insert(Stand), rijen)


def _vragen() -> Iterator[Select[Any]]:
    aantal = func.coalesce(Activiteit.aantal_activiteiten, 1)
    yield _per(Standsoort.DOEL, Activiteit.doel_id, Activiteit.id, aantal, uren_van_activiteit())
    maand = extract("month", Last.betaald_op)
    kwartaal = case(
        *(((maand <= 3 * nummer), nummer) for nummer in (1, 2, 3, 4)), else_=ZONDER_DATUM
    )
    leeg = case((Last.bedrag.is_(None), 1), else_=0)
    lasten = _per(Standsoort.KWARTAAL, kwartaal, Last.id, func.coalesce(Last.bedrag, 0), leeg)
    yield lasten.join(Last, Last.activiteit_id == Activiteit.id)
    leerkrachten = func.coalesce(ActiviteitSchool.aantal_leerkrachten, 0)
    scholen = _per(
        Standsoort.SCHOOL,
        ActiviteitSchool.school_id,
        ActiviteitSchool.id,
        leerkrachten,
        literal(0),
    )
    yield scholen.join(ActiviteitSchool, ActiviteitSchool.activiteit_id == Activiteit.id)


def _per(soort: Standsoort, sleutel: Any, id_: Any, som: Any, som_2: Any) -> Select[Any]:
    van = (Activiteit.verantwoording_id, Activiteit.contractpartij_id)
    gekozen = sleutel.label("nummer")
    return (
        select(
            *van,
            literal(soort.value),
            gekozen,
            func.count(id_),
            func.sum(som),
            func.sum(som_2),
        )
        .select_from(Activiteit)
        .group_by(*van, gekozen)
    )
