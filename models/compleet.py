"""When an activity is complete, and what it still lacks (spec rule 1, Handleiding 2.4)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session

from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool, DuurEenheid, Last
from models.samenwerkingspartner import Samenwerkingspartner
from models.vouwen import volgens, vouw

#: Between names that the database gives as one text; no name has a new line.
TUSSEN = "\n"


@dataclass(slots=True)
class Stand:
    """One activity with the figures that decide whether it is complete.

    bedrag: cents, rows without bedrag count as 0. uren: total hours.
    zonder_leerkrachten / zonder_bedrag: ids of the school and cost rows that lack it.
    partners: names, in their order. gevonden: whether it is what was searched for.
    """

    id: int
    naam: str
    doel_id: int
    startdatum: date
    einddatum: date
    aantal: int
    uren: Decimal
    scholen: int = 0
    leerkrachten: int = 0
    lasten: int = 0
    bedrag: int = 0
    partners: tuple[str, ...] = ()
    nul_leerkrachten: int = 0
    nul_bedrag: int = 0
    zonder_betaaldatum: int = 0
    zonder_leerkrachten: list[int] = field(default_factory=list)
    zonder_bedrag: list[int] = field(default_factory=list)
    gevonden: bool = True

    @property
    def compleet(self) -> bool:
        """At least one school and one last, every row filled. Zero counts as filled."""
        return not self.ontbreekt

    @property
    def ontbreekt(self) -> tuple[str, ...]:
        """What is missing, in the words of the checklist."""
        gemist = []
        if not self.scholen:
            gemist.append("scholen")
        if self.zonder_leerkrachten:
            gemist.append("leerkrachten")
        if not self.lasten:
            gemist.append("lasten")
        if self.zonder_bedrag:
            gemist.append("bedrag")
        return tuple(gemist)


def stand_van(
    sessie: Session,
    verantwoording_id: int,
    activiteit_id: int | None = None,
    gezocht: ColumnElement[bool] | None = None,
) -> list[Stand]:
    """The stand of every activity of a verantwoording (or of one), by name.

    gezocht: a condition of which each says whether it holds. Three queries, however many
    activities there are.
    """
    binnen: list[ColumnElement[bool]] = [Activiteit.verantwoording_id == verantwoording_id]
    if activiteit_id is not None:
        binnen.append(Activiteit.id == activiteit_id)
    standen = _activiteiten(sessie, binnen, true() if gezocht is None else gezocht)
    _scholen(sessie, binnen, standen)
    _lasten(sessie, binnen, standen)
    return list(standen.values())


def _activiteiten(
    sessie: Session, binnen: list[ColumnElement[bool]], gezocht: ColumnElement[bool]
) -> dict[int, Stand]:
    samen_met = (
        select(func.aggregate_strings(Samenwerkingspartner.naam, TUSSEN))
        .join(ActiviteitPartner.samenwerkingspartner)
        .where(ActiviteitPartner.activiteit_id == Activiteit.id)
        .correlate(Activiteit)
        .scalar_subquery()
    )
    rijen = sessie.execute(
        select(
            Activiteit.id,
            Activiteit.naam,
            Activiteit.doel_id,
            Activiteit.startdatum,
            Activiteit.einddatum,
            func.coalesce(Activiteit.aantal_activiteiten, 1),
            Activiteit.duur,
            Activiteit.duur_eenheid,
            samen_met,
            gezocht,
        )
        .where(*binnen)
        .order_by(volgens(Activiteit, "naam"), Activiteit.id)
    )
    standen = {}
    for id_, naam, doel, van, tot, aantal, duur, eenheid, met, gevonden in rijen:
        uren = duur if eenheid is DuurEenheid.TOTAAL else duur * aantal
        partners = tuple(sorted(met.split(TUSSEN), key=vouw)) if met else ()
        standen[id_] = Stand(
            id_, naam, doel, van, tot, aantal, uren, partners=partners, gevonden=bool(gevonden)
        )
    return standen


def _scholen(sessie: Session, binnen: list[ColumnElement[bool]], standen: dict[int, Stand]) -> None:
    rijen = sessie.execute(
        select(
            ActiviteitSchool.activiteit_id,
            ActiviteitSchool.id,
            ActiviteitSchool.aantal_leerkrachten,
        )
        .join(ActiviteitSchool.activiteit)
        .where(*binnen)
        .order_by(ActiviteitSchool.id)
    )
    for activiteit, rij, leerkrachten in rijen:
        stand = standen[activiteit]
        stand.scholen += 1
        stand.leerkrachten += leerkrachten or 0
        stand.nul_leerkrachten += leerkrachten == 0
        if leerkrachten is None:
            stand.zonder_leerkrachten.append(rij)


def _lasten(sessie: Session, binnen: list[ColumnElement[bool]], standen: dict[int, Stand]) -> None:
    zonder_tekst = case((func.trim(Last.toelichting) == "", 1), else_=0)
    rijen = sessie.execute(
        select(Last.activiteit_id, Last.id, Last.bedrag, Last.betaald_op, zonder_tekst)
        .join(Last.activiteit)
        .where(*binnen)
        .order_by(Last.id)
    )
    for activiteit, rij, bedrag, betaald_op, leeg in rijen:
        stand = standen[activiteit]
        stand.lasten += 1
        stand.bedrag += bedrag or 0
        stand.nul_bedrag += bedrag == 0
        stand.zonder_betaaldatum += betaald_op is None
        if bedrag is None or leeg:
            stand.zonder_bedrag.append(rij)
