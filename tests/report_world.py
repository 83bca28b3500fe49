"""A random year for the tests of reports: several contractpartijen, schools they share, and
everything that a figure must not stumble over. And the figures again, in plain SQL."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import bindparam, text

from cmk_admin.gate import GateSession
from models.activiteit import DuurEenheid
from models.contractpartij import Contractpartij
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f


@dataclass
class Jaar:
    """What was made."""

    partijen: list[Contractpartij]
    verantwoordingen: list[Verantwoording]
    scholen: list[School]


def maak_jaar(session: GateSession, kans: Random) -> Jaar:
    """One to three contractpartijen with one or two projects, over the same schools."""
    sectoren = [f.maak_sector(session) for _ in range(2)]
    gemeenten = [f.maak_gemeente(session) for _ in range(3)]
    besturen = [f.maak_schoolbestuur(session) for _ in range(2)]
    scholen = [
        f.maak_school(
            session,
            kans.choice(gemeenten),
            kans.choice(besturen),
            sector=kans.choice([*sectoren, None]),
            actief=kans.random() < 0.8,
        )
        for _ in range(kans.randrange(1, 8))
    ]
    doelen = [f.maak_doel(session) for _ in range(3)]
    jaar = Jaar([], [], scholen)
    for _ in range(kans.randrange(1, 4)):
        partij = f.maak_contractpartij(session)
        jaar.partijen.append(partij)
        for gemeente in kans.sample(gemeenten, kans.randrange(3)):
            f.maak_werkgebied(session, partij, gemeente)
        for sector in kans.sample(sectoren, kans.randrange(1, 3)):
            project = f.maak_project(session, partij, sector)
            for _ in range(kans.randrange(3)):
                f.maak_baat(session, project, bedrag=kans.choice([0, 5_000, 100_000]))
            if kans.random() < 0.5:
                f.maak_begrotingspost(session, project, doel=kans.choice([*doelen, None]))
            verantwoording = f.maak_verantwoording(session, project)
            jaar.verantwoordingen.append(verantwoording)
            for _ in range(kans.randrange(4)):
                _maak_activiteit(session, kans, verantwoording, doelen, scholen)
    session.flush()
    session.expire_all()
    return jaar


def _maak_activiteit(
    session: GateSession,
    kans: Random,
    verantwoording: Verantwoording,
    doelen: list[Any],
    scholen: list[School],
) -> None:
    activiteit = f.maak_activiteit(
        session,
        verantwoording,
        kans.choice(doelen),
        aantal_activiteiten=kans.choice([None, 1, 7]),
        duur=Decimal(kans.choice(["0", "0.25", "1.5"])),
        duur_eenheid=kans.choice(list(DuurEenheid)),
    )
    for school in kans.sample(scholen, kans.randrange(len(scholen) + 1)):
        leerkrachten = kans.choice([None, 0, 4])
        f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=leerkrachten)
    for _ in range(kans.randrange(4)):
        betaald_op = kans.choice([None, date(f.JAAR, kans.randrange(1, 13), 1)])
        bedrag = kans.choice([None, 0, -2_500, 99_999])
        f.maak_last(session, activiteit, bedrag=bedrag, betaald_op=betaald_op)


#: Each figure as somebody would ask it of the database, without a thought for ours.
SQL = {
    "besteed": """SELECT coalesce(sum(l.bedrag), 0) FROM last l
        JOIN activiteit a ON a.id = l.activiteit_id WHERE a.verantwoording_id IN :ids""",
    "zonder_bedrag": """SELECT count(*) FROM last l JOIN activiteit a ON a.id = l.activiteit_id
        WHERE a.verantwoording_id IN :ids AND l.bedrag IS NULL""",
    "besteedbaar": """SELECT coalesce(sum(b.bedrag), 0) FROM baat b JOIN verantwoording v
        ON v.project_id = b.project_id AND v.kalenderjaar = b.kalenderjaar WHERE v.id IN :ids""",
    "regels": "SELECT count(*) FROM activiteit WHERE verantwoording_id IN :ids",
    "activiteiten": """SELECT coalesce(sum(coalesce(aantal_activiteiten, 1)), 0)
        FROM activiteit WHERE verantwoording_id IN :ids""",
    "uren": """SELECT coalesce(sum(CASE duur_eenheid WHEN 'totaal' THEN duur
        ELSE duur * coalesce(aantal_activiteiten, 1) END), 0) / 100.0
        FROM activiteit WHERE verantwoording_id IN :ids""",
    "deelnames": """SELECT coalesce(sum(s.aantal_leerkrachten), 0) FROM activiteit_school s
        JOIN activiteit a ON a.id = s.activiteit_id WHERE a.verantwoording_id IN :ids""",
    "bereikt": """SELECT count(*) FROM school WHERE id IN ({bereikt}) AND id IN ({regio})""",
    "regio": "SELECT count(*) FROM school WHERE id IN ({regio})",
    "buiten": "SELECT count(*) FROM school WHERE id IN ({bereikt}) AND id NOT IN ({regio})",
}
DELEN = {
    "bereikt": """SELECT s.school_id FROM activiteit_school s
        JOIN activiteit a ON a.id = s.activiteit_id WHERE a.verantwoording_id IN :ids""",
    "regio": """SELECT s.id FROM school s JOIN werkgebied w ON w.gemeente_id = s.gemeente_id
        JOIN project p ON p.contractpartij_id = w.contractpartij_id AND p.sector_id = s.sector_id
        JOIN verantwoording v ON v.project_id = p.id WHERE s.actief AND v.id IN :ids""",
}


def gevraagd(session: GateSession, naam: str, ids: list[int]) -> Decimal:
    """The figure `naam` of these verantwoordingen, by the database itself."""
    vraag = text(SQL[naam].format(**DELEN)).bindparams(bindparam("ids", expanding=True))
    return Decimal(str(session.execute(vraag, {"ids": ids}).scalar_one()))
