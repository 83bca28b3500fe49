"""Putting the successor in the place of a school that is no longer active, in open years only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select
from sqlalchemy.orm import Session, selectinload

from cmk_admin.bulk.run import MOST, Task
from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, ActiviteitSchool
from models.base import RegelFout
from models.historie import BewerkingSoort
from models.kwaliteit import Kwaliteitsregel
from models.kwaliteit.vinden import gevonden, opvolger_van


@dataclass(frozen=True)
class Vervanging(Task):
    """Activities, of which each school that is not active makes room for its successor.

    The school of a school row cannot be changed into another (spec, "Fine print"), so the
    row goes and another comes, with the same number of leerkrachten; both stand in the history.
    """

    soort: ClassVar[BewerkingSoort] = BewerkingSoort.WIJZIGEN

    @classmethod
    def van(cls, sessie: Session, regel: Kwaliteitsregel) -> "Vervanging":
        """Of all that the rule finds now, as far as one batch goes."""
        alle = gevonden(sessie, regel).with_only_columns(ActiviteitSchool.activiteit_id).distinct()
        ids = sessie.scalars(alle.order_by(ActiviteitSchool.activiteit_id).limit(MOST)).all()
        return cls(Activiteit, tuple(ids))

    @property
    def what(self) -> tuple[str, ...]:
        return ("niet-actieve scholen vervangen door hun opvolger",)

    def widened(self, statement: Select[Any]) -> Select[Any]:
        school = selectinload(Activiteit.scholen).joinedload(ActiviteitSchool.school)
        return statement.options(school)

    def do(self, session: GateSession, row: Activiteit) -> None:
        weg, erbij, redenen = _verdeeld(row.scholen)
        if redenen:
            raise RegelFout(*redenen)
        for rij in weg:
            session.delete(rij)
        session.add_all(erbij)


def _verdeeld(
    rijen: Sequence[ActiviteitSchool],
) -> tuple[list[ActiviteitSchool], list[ActiviteitSchool], list[str]]:
    """Rows that go, rows that come in their place, and why a school has to stay."""
    er_al = {rij.school_id for rij in rijen}
    weg, erbij, redenen = [], [], []
    for rij in rijen:
        if rij.school.actief:
            continue
        opvolger = opvolger_van(rij.school)
        if opvolger is None:
            redenen.append(f"{rij.school} heeft geen opvolger die actief is.")
        elif opvolger.id in er_al:
            redenen.append(f"{opvolger}, de opvolger van {rij.school}, staat hier al bij.")
        else:
            er_al.add(opvolger.id)
            weg.append(rij)
            erbij.append(
                ActiviteitSchool(
                    activiteit=rij.activiteit,
                    school=opvolger,
                    aantal_leerkrachten=rij.aantal_leerkrachten,
                )
            )
    return weg, erbij, redenen
