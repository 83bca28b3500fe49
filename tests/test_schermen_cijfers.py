"""Every figure is counted in one place, and is the same wherever it stands."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from flask import Flask

from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.activiteit import DuurEenheid
from models.compleet import stand_van
from models.financieel import ZONDER_KOSTENSOORT, financieel, jaren_van
from models.project import Project
from models.rapportages import Cijfers, cijfers_van, procent
from models.verantwoording import Verantwoording
from tests.factories import (
    maak_activiteit,
    maak_activiteit_school,
    maak_baat,
    maak_begrotingspost,
    maak_complete_activiteit,
    maak_doel,
    maak_gemeente,
    maak_kostensoort,
    maak_last,
    maak_project,
    maak_school,
    maak_sector,
    maak_verantwoording,
    maak_werkgebied,
)


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def figures_of(session: GateSession, verantwoording: Verantwoording) -> Cijfers:
    return cijfers_van(session, [verantwoording])[verantwoording.id]


@pytest.mark.beide
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_the_rows(session: GateSession, seed: int) -> None:
    """Counted by the database, they are what one gets by adding up the rows one by one."""
    chance = Random(seed)
    verantwoording = maak_verantwoording(session)
    schools = [maak_school(session) for _ in range(4)]
    for _ in range(chance.randrange(1, 9)):
        activiteit = maak_activiteit(
            session,
            verantwoording,
            aantal_activiteiten=chance.choice([None, 1, 4]),
            duur=Decimal(chance.choice(["0", "0.25", "1.5"])),
            duur_eenheid=chance.choice(list(DuurEenheid)),
        )
        for school in chance.sample(schools, chance.randrange(4)):
            leerkrachten = chance.choice([None, 0, 3])
            maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=leerkrachten)
        for _ in range(chance.randrange(3)):
            maak_last(session, activiteit, bedrag=chance.choice([None, 0, -50, 12345]))
    session.commit()
    session.expire_all()

    found = figures_of(session, verantwoording)

    rows = verantwoording.activiteiten
    school_rows = [rij for activiteit in rows for rij in activiteit.scholen]
    lasten = [last for activiteit in rows for last in activiteit.lasten]
    assert found.regels == len(rows)
    assert found.activiteiten == sum(a.aantal_activiteiten or 1 for a in rows)
    assert found.uren == sum((a.totaal_uren for a in rows), Decimal(0))
    assert found.scholen == len({rij.school_id for rij in school_rows})
    assert found.deelnames == sum(rij.aantal_leerkrachten or 0 for rij in school_rows)
    assert found.besteed == sum(last.bedrag or 0 for last in lasten)
    assert found.zonder_bedrag == sum(last.bedrag is None for last in lasten)
    standen = stand_van(session, verantwoording.id)
    assert found.compleet == sum(stand.compleet for stand in standen)
    by_id = {stand.id: stand for stand in standen}
    for row in rows:
        stand, lasten_of = by_id[row.id], row.lasten
        filled = [rij.aantal_leerkrachten for rij in row.scholen]
        assert (stand.scholen, stand.lasten) == (len(filled), len(lasten_of))
        assert stand.leerkrachten == sum(number or 0 for number in filled)
        assert stand.bedrag == sum(last.bedrag or 0 for last in lasten_of)
        assert stand.nul_leerkrachten == filled.count(0)
        assert stand.nul_bedrag == sum(last.bedrag == 0 for last in lasten_of)
        assert stand.zonder_betaaldatum == sum(last.betaald_op is None for last in lasten_of)
        lacking = [rij.id for rij in row.scholen if rij.aantal_leerkrachten is None]
        assert stand.zonder_leerkrachten == len(lacking)
        assert stand.eerste_zonder_leerkrachten == min(lacking, default=None)
        assert stand.zonder_bedrag == sum(x.bedrag is None for x in lasten_of)
    money = financieel(session, verantwoording)
    assert money.besteed == found.besteed
    for parts in (money.per_activiteit, money.per_doel, money.per_kostensoort):
        assert sum(post.bedrag for post in parts) == found.besteed
        assert sum(post.zonder_bedrag for post in parts) == found.zonder_bedrag


def test_a_year_without_activities_counts_nothing(session: GateSession) -> None:
    assert figures_of(session, maak_verantwoording(session)) == Cijfers()


def test_schools_of_the_region_are_told_from_others(session: GateSession) -> None:
    """In the region: active, of the project's sector, in a gemeente of the werkgebied."""
    sector, gemeente = maak_sector(session), maak_gemeente(session)
    project = maak_project(session, sector=sector)
    maak_werkgebied(session, project.contractpartij, gemeente)
    verantwoording = maak_verantwoording(session, project)
    near = maak_school(session, gemeente, sector=sector)
    maak_school(session, gemeente, sector=sector)
    closed = maak_school(session, gemeente, sector=sector, actief=False)
    other_sector = maak_school(session, gemeente, sector=maak_sector(session))
    elsewhere = maak_school(session, sector=sector)
    for _ in range(2):
        activiteit = maak_activiteit(session, verantwoording)
        for school in (near, closed, other_sector, elsewhere):
            maak_activiteit_school(session, activiteit, school)

    found = figures_of(session, verantwoording)

    assert (found.scholen, found.in_regio, found.regio) == (4, 1, 2)


def test_besteedbaar_is_of_this_project_and_year(session: GateSession) -> None:
    verantwoording = maak_verantwoording(session)
    maak_baat(session, verantwoording.project, bedrag=100_00)
    maak_baat(session, verantwoording.project, bedrag=20_00)
    maak_baat(session, verantwoording.project, bedrag=3_00, kalenderjaar=2025)
    maak_baat(session, bedrag=4_00)
    maak_last(session, maak_activiteit(session, verantwoording), bedrag=150_00)

    found = figures_of(session, verantwoording)

    assert (found.besteedbaar, found.besteed, found.over) == (120_00, 150_00, -30_00)


def closed_year(session: GateSession) -> Verantwoording:
    verantwoording = maak_verantwoording(session)
    maak_baat(session, verantwoording.project)
    for _ in range(3):
        maak_complete_activiteit(session, verantwoording, doel=maak_doel(session))
    maak_last(session, verantwoording.activiteiten[0], kostensoort=maak_kostensoort(session))
    session.commit()
    return verantwoording


@pytest.mark.beide
def test_closing_changes_no_figure(session: GateSession) -> None:
    verantwoording = closed_year(session)
    before, money = figures_of(session, verantwoording), financieel(session, verantwoording)
    verantwoording.sluit(None)
    session.commit()

    after = figures_of(session, verantwoording)

    told = (
        "regels",
        "activiteiten",
        "uren",
        "scholen",
        "deelnames",
        "besteed",
        "besteedbaar",
        "regio",
        "in_regio",
    )
    assert [getattr(after, name) for name in told] == [getattr(before, name) for name in told]
    assert financieel(session, verantwoording) == money


def test_a_merger_of_schools_afterwards_changes_no_closed_figure(session: GateSession) -> None:
    """A closed year is read from what closing stored (spec rule 4)."""
    verantwoording = closed_year(session)
    verantwoording.sluit(None)
    session.commit()
    before = figures_of(session, verantwoording)
    baat = maak_baat(session, verantwoording.project, bedrag=99_00)
    for rij in verantwoording.activiteiten[0].scholen:
        rij.school.naam = "Fusieschool"
    session.commit()

    assert figures_of(session, verantwoording) == before
    assert baat.bedrag not in {post.bedrag for post in financieel(session, verantwoording).baten}


def test_money_per_doel_stands_beside_its_begroting(session: GateSession) -> None:
    verantwoording = maak_verantwoording(session)
    spent, planned = maak_doel(session), maak_doel(session)
    activiteit = maak_activiteit(session, verantwoording, spent)
    maak_last(session, activiteit, bedrag=10_00, betaald_op=date(2026, 2, 1))
    project = verantwoording.project
    maak_begrotingspost(session, project, doel=spent, bedrag=7_00)
    maak_begrotingspost(session, project, doel=planned, bedrag=5_00)
    maak_begrotingspost(session, project, bedrag=1_00)

    money = financieel(session, verantwoording)

    per_doel = {post.naam: (post.bedrag, post.begroot) for post in money.per_doel}
    assert per_doel == {
        spent.naam: (10_00, 7_00),
        planned.naam: (0, 5_00),
        "Zonder CMK-doel": (0, 1_00),
    }
    assert [post.naam for post in money.per_kostensoort] == [ZONDER_KOSTENSOORT]
    assert (money.begroot, money.saldo) == (13_00, -10_00)


def test_the_years_of_a_project(session: GateSession) -> None:
    """Also a year that has only baten, as Cultuur Oost enters those beforehand."""
    verantwoording = maak_verantwoording(session)
    project = session.get_one(Project, verantwoording.project_id)
    maak_last(session, maak_activiteit(session, verantwoording), bedrag=8_00)
    maak_baat(session, project, bedrag=20_00)
    maak_baat(session, project, bedrag=30_00, kalenderjaar=2027)
    maak_begrotingspost(session, project, bedrag=9_00, kalenderjaar=2027)

    years = jaren_van(session, project, [verantwoording])

    told = [(y.kalenderjaar, y.besteedbaar, y.besteed, y.saldo, y.begroot) for y in years]
    assert told == [(2027, 30_00, 0, 30_00, 9_00), (2026, 20_00, 8_00, 12_00, 0)]
    assert years[0].verantwoording is None


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, 0), (5, 0, 0), (1, 3, 33), (3, 2, 150), (1, -5, 101)]
)
def test_percents(part: int, whole: int, percent: int) -> None:
    assert procent(part, whole) == percent
