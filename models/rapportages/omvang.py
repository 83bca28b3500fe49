"""How many rows lie behind a report: what decides whether it is made at once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool, Last
from models.rapportages.cijfers import beelden
from models.rapportages.selectie import Selectie

#: What is counted → the rows of an open year, and where a picture has them.
_RIJEN: dict[str, tuple[Any, str]] = {
    "scholen": (ActiviteitSchool, "scholen"),
    "lasten": (Last, "lasten"),
    "partners": (ActiviteitPartner, "partners"),
}
ALLES = ("activiteiten", *_RIJEN)


def omvang(sessie: Session, selectie: Selectie, wat: Collection[str] = ALLES) -> int:
    """Rows of these kinds in the selection: `activiteiten`, `scholen`, `lasten`, `partners`."""
    return sum(_open(sessie, selectie.open_ids, soort) for soort in wat) + _dicht(
        sessie, selectie, wat
    )


def _open(sessie: Session, ids: Collection[int], soort: str) -> int:
    if not ids:
        return 0
    vraag = select(func.count(Activiteit.id))
    if soort in _RIJEN:
        rij = _RIJEN[soort][0]
        vraag = select(func.count(rij.id)).join(rij.activiteit)
    return sessie.scalar(vraag.where(Activiteit.verantwoording_id.in_(ids))) or 0


def _dicht(sessie: Session, selectie: Selectie, wat: Collection[str]) -> int:
    open_ = set(selectie.open_ids)
    dicht = [deel.id for deel in selectie.delen if deel.id not in open_]
    return sum(
        len(activiteit[_RIJEN[soort][1]]) if soort in _RIJEN else 1
        for beeld in beelden(sessie, dicht).values()
        for activiteit in beeld["activiteiten"]
        for soort in wat
    )
