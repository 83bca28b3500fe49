"""The counts that the database keeps (`models/stand.py`), counted again from the rows themselves.

What `telling` reads must equal this at every moment; the tests and `flask stand` hold the one
against the other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    extract,
    func,
    insert,
    literal,
    or_,
    select,
)

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.compleet import uren_van_activiteit
from models.rapportages.telling import ZONDER_DATUM
from models.stand import Stand, Standsoort

GETELD = (Activiteit, Last, ActiviteitSchool)


class Sleutel(NamedTuple):
    """What is counted: of a verantwoording, by doel, quarter, school or activity."""

    verantwoording_id: int
    contractpartij_id: int
    soort: str
    sleutel: int


#: How many, and the sums, of each.
SOMMEN = ("aantal", "som", "som_2", "som_3", "som_4")
Tellingen = dict[Sleutel, tuple[int, ...]]


def nageteld(connection: Connection) -> Tellingen:
    """What the counts must be."""
    return {
        Sleutel(v, partij, soort, sleutel): tuple(map(int, sommen))
        for vraag in _vragen()
        for v, partij, soort, sleutel, *sommen in connection.execute(vraag)
    }


def bewaard(connection: Connection) -> Tellingen:
    """What the database says they are."""
    sleutel = (Stand.verantwoording_id, Stand.contractpartij_id, Stand.soort, Stand.sleutel)
    sommen = [func.sum(getattr(Stand, naam)) for naam in SOMMEN]
    rijen = connection.execute(select(*sleutel, *sommen).group_by(*sleutel))
    gevonden = {Sleutel(*rij[:4]): tuple(map(int, rij[4:])) for rij in rijen}
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
        {**s._asdict(), "vak": 0, **dict(zip(SOMMEN, telling, strict=True))}
        for s, telling in geteld.items()
    ]
    if rijen:
        connection.execute(insert(Stand), rijen)


def _vragen() -> Iterator[Select[Any]]:
    aantal = func.coalesce(Activiteit.aantal_activiteiten, 1)
    yield _per(Standsoort.DOEL, Activiteit.doel_id, Activiteit.id, aantal, uren_van_activiteit())
    yield from _lasten()
    yield from _scholen()


def _lasten() -> Iterator[Select[Any]]:
    maand = extract("month", Last.betaald_op)
    kwartaal = case(
        *(((maand <= 3 * nummer), nummer) for nummer in (1, 2, 3, 4)), else_=ZONDER_DATUM
    )
    bedrag, leeg = func.coalesce(Last.bedrag, 0), Last.bedrag.is_(None)
    niet_ingevuld = or_(leeg, func.trim(Last.toelichting) == "")
    for vraag in (
        _per(Standsoort.KWARTAAL, kwartaal, Last.id, bedrag, _een(leeg)),
        _per(
            Standsoort.LASTEN,
            Activiteit.id,
            Last.id,
            bedrag,
            _een(niet_ingevuld),
            _een(Last.bedrag == 0),
            _een(Last.betaald_op.is_(None)),
        ),
    ):
        yield vraag.join(Last, Last.activiteit_id == Activiteit.id)


def _scholen() -> Iterator[Select[Any]]:
    aantal, id_ = ActiviteitSchool.aantal_leerkrachten, ActiviteitSchool.id
    leerkrachten = func.coalesce(aantal, 0)
    for vraag in (
        _per(Standsoort.SCHOOL, ActiviteitSchool.school_id, id_, leerkrachten),
        _per(
            Standsoort.SCHOLEN,
            Activiteit.id,
            id_,
            leerkrachten,
            _een(aantal.is_(None)),
            _een(aantal == 0),
        ),
    ):
        yield vraag.join(ActiviteitSchool, ActiviteitSchool.activiteit_id == Activiteit.id)


def _een(voorwaarde: ColumnElement[bool]) -> ColumnElement[int]:
    return case((voorwaarde, 1), else_=0)


def _per(soort: Standsoort, sleutel: Any, id_: Any, *sommen: Any) -> Select[Any]:
    van = (Activiteit.verantwoording_id, Activiteit.contractpartij_id)
    gekozen = sleutel.label("nummer")
    niets = [literal(0)] * (len(SOMMEN) - 1 - len(sommen))
    return (
        select(
            *van,
            literal(soort.value),
            gekozen,
            func.count(id_),
            *(func.sum(som) for som in (*sommen, *niets)),
        )
        .select_from(Activiteit)
        .group_by(*van, gekozen)
    )
