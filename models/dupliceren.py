"""Copies of an activity as people ask for them: where, for which schools, how many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.activiteit import Activiteit, ActiviteitSchool
from models.school import School
from models.verantwoording import Verantwoording

#: As long as the column of a name.
LENGTE = 200


@dataclass(frozen=True, slots=True)
class Wens:
    """What is asked of the copies.

    naar: the open verantwoording they go to; None is beside the original. scholen: one copy for
    each of these, with that school alone (Handleiding 3, werkwijze A). aantal: so many of each.
    zonder_bedragen: the lasten come along without their amounts.
    """

    naar: Verantwoording | None = None
    scholen: Sequence[School] = ()
    aantal: int = 1
    zonder_bedragen: bool = False

    def totaal(self, bronnen: int) -> int:
        """How many copies this makes of so many activities."""
        return bronnen * max(1, len(self.scholen)) * self.aantal


def kopieen(bron: Activiteit, wens: Wens) -> Iterator[Activiteit]:
    """The copies of `bron`, unsaved: everything comes along but what `dupliceer` leaves out."""
    for school in wens.scholen or (None,):
        for nummer in range(1, wens.aantal + 1):
            kopie = bron.dupliceer(wens.naar)
            if school is not None:
                _voor_school(kopie, bron, school)
            if nummer > 1:
                _genummerd(kopie, nummer)
            if wens.zonder_bedragen:
                for last in kopie.lasten:
                    last.bedrag = None
            yield kopie


def _voor_school(kopie: Activiteit, bron: Activiteit, school: School) -> None:
    """This school alone, with its leerkrachten where the original has them; named after it."""
    eigen = [rij for rij in bron.scholen if rij.school_id == school.id]
    leerkrachten = eigen[0].aantal_leerkrachten if eigen else None
    kopie.scholen = [ActiviteitSchool(school=school, aantal_leerkrachten=leerkrachten)]
    achter = f" – {school.naam}"[: LENGTE - 20]
    kopie.naam = f"{bron.naam[: LENGTE - len(achter)]}{achter}"


def _genummerd(kopie: Activiteit, nummer: int) -> None:
    """ "(kopie)" becomes "(kopie 2)"; what has no such ending gets "(2)"."""
    basis = kopie.naam.removesuffix(")") if kopie.naam.endswith("(kopie)") else f"{kopie.naam} ("
    achter = f" {nummer})" if kopie.naam.endswith("(kopie)") else f"{nummer})"
    kopie.naam = f"{basis[: LENGTE - len(achter)]}{achter}"
