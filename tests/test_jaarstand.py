"""A year that the database judges, chooses, sorts and cuts is that of its rows, read one by one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, not_

from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.activiteit import Activiteit, DuurEenheid
from models.compleet import kolommen, onvolledig, stand_van, volgorde_van_stand
from models.jaarstand import LET_OP, Jaar, Som
from models.rapportages import cijfers_van
from models.rapportages.cijfers import bij_de_lijst
from models.verantwoording import Verantwoording
from models.vouwen import vouw
from tests import factories as f
from tests.support.databases import Dialect
from tests.support.strictness import SLOW

NAMES = ("Écho", "echo", "Zang", "zang (kopie)", "Dans", "dans", "Øre")
DAYS = (date(f.JAAR, 1, 1), date(f.JAAR, 12, 31), date(f.JAAR - 1, 12, 31), date(f.JAAR + 1, 1, 1))


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def make_year(session: GateSession, chance: Random) -> Verantwoording:
    verantwoording = f.maak_verantwoording(session)
    sectors = (verantwoording.project.sector, f.maak_sector(session), None)
    schools = [f.maak_school(session, sector=sector) for sector in sectors]
    for _ in range(chance.randrange(9)):
        start, end = sorted(chance.choices(DAYS, k=2))
        activiteit = f.maak_activiteit(
            session,
            verantwoording,
            naam=chance.choice(NAMES),
            startdatum=start,
            einddatum=end,
            aantal_activiteiten=chance.choice([None, 3]),
            duur=Decimal(chance.choice(["0", "1.5"])),
            duur_eenheid=chance.choice(list(DuurEenheid)),
        )
        for school in chance.sample(schools, chance.randrange(4)):
            number = chance.choice([None, 0, 3, 3])
            f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=number)
        for _ in range(chance.randrange(3)):
            day = chance.choice([None, date(f.JAAR, 5, 1)])
            amount = chance.choice([None, 0, -50, 12345])
            f.maak_last(session, activiteit, bedrag=amount, betaald_op=day)
        for _ in range(chance.randrange(3)):
            f.maak_activiteit_partner(session, activiteit)
    session.flush()
    session.expire_all()
    return verantwoording


def missing(row: Activiteit) -> tuple[str, ...]:
    """The rule in plain Python (spec rule 1)."""
    found = []
    if not row.scholen:
        found.append("scholen")
    elif any(school.aantal_leerkrachten is None for school in row.scholen):
        found.append("leerkrachten")
    if not row.lasten:
        found.append("lasten")
    elif any(last.bedrag is None for last in row.lasten):
        found.append("bedrag")
    return tuple(found)


def spent(row: Activiteit) -> int:
    return sum(last.bedrag or 0 for last in row.lasten)


NOTICED: dict[str, Callable[[Activiteit], bool]] = {
    "betaaldatum": lambda row: any(last.betaald_op is None for last in row.lasten),
    "periode": lambda row: {row.startdatum.year, row.einddatum.year} != {f.JAAR},
    "partner": lambda row: not row.partner_koppelingen,
    "sector": lambda row: any(
        school.school.buiten_sector(row.verantwoording.project.sector) for school in row.scholen
    ),
    "uren": lambda row: row.totaal_uren == 0,
    "nul": lambda row: (
        any(school.aantal_leerkrachten == 0 for school in row.scholen)
        or any(last.bedrag == 0 for last in row.lasten)
    ),
}


def orders() -> dict[str, tuple[Sequence[Any], Callable[[Activiteit], Any]]]:
    """What a list sorts by: in the database, and of a row."""
    k = kolommen()
    return {
        "scholen": ([k.scholen], lambda row: len(row.scholen)),
        "leerkrachten": (
            [k.leerkrachten],
            lambda row: sum(school.aantal_leerkrachten or 0 for school in row.scholen),
        ),
        "uren": ([k.uren], lambda row: row.totaal_uren),
        "lasten": ([k.bedrag], spent),
        "compleet": (volgorde_van_stand(k), lambda row: (not missing(row), missing(row))),
        "partners": ([k.partners], lambda row: len(row.partner_koppelingen)),
    }


@pytest.mark.beide
@SLOW
@given(st.integers(0, 2**32))
def test_a_year_is_that_of_its_rows(dialect: Dialect, session: GateSession, seed: int) -> None:
    verantwoording = make_year(session, Random(seed))
    year = Jaar(verantwoording.id, verantwoording.kalenderjaar)
    rows = sorted(verantwoording.activiteiten, key=lambda row: (vouw(row.naam), row.id))
    told, figures = bij_de_lijst(session, verantwoording)

    assert [stand.ontbreekt for stand in stand_van(session, verantwoording.id)] == [
        missing(row) for row in rows
    ]
    assert (told.alle, told.compleet) == (len(rows), sum(not missing(row) for row in rows))
    assert told.let_op == {name: sum(map(holds, rows)) for name, holds in NOTICED.items()}
    assert told == year.geteld(session)
    same = ("regels", "compleet", "uren", "scholen", "besteed", "besteedbaar")
    elsewhere = cijfers_van(session, [verantwoording])[verantwoording.id]
    for name in same:
        assert getattr(figures, name) == getattr(elsewhere, name), name

    conditions: dict[str, tuple[ColumnElement[bool], Callable[[Activiteit], bool]]] = {
        "onvolledig": (onvolledig(), lambda row: bool(missing(row))),
        "compleet": (not_(onvolledig()), lambda row: not missing(row)),
        **{name: (LET_OP[name](kolommen()), holds) for name, holds in NOTICED.items()},
    }
    for name, (condition, holds) in conditions.items():
        chosen = [row for row in rows if holds(row)]
        found, total = year.gekozen(session, condition)
        assert [stand.id for stand in found] == [row.id for row in chosen], name
        hours = sum((row.totaal_uren for row in chosen), Decimal(0))
        assert total == Som(len(chosen), sum(map(spent, chosen)), hours), name
    for name, (columns, key) in orders().items():
        for backwards in (False, True):
            wanted = sorted(rows, key=key, reverse=backwards)
            order = [column.desc() if backwards else column for column in columns]
            ids = [stand.id for stand in year.standen(session, order)]
            assert ids == [row.id for row in wanted], name
            cut = [stand.id for stand in year.standen(session, order, 2, 3)]
            assert cut == ids[2:5], name
    lacking = [row.id for row in rows if missing(row)]
    assert [stand.id for stand in year.onvolledig(session, 2)] == lacking[:2]
    session.rollback()
