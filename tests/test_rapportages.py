"""The figures of a report: by hand in small cases, and against plain SQL on random years."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from unittest.mock import patch

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.contractpartij import Contractpartij
from models.dossier import beeld
from models.rapportages import namen
from models.rapportages.rapport import Rapport, Totalen, jaar_op_jaar, rapport
from models.rapportages.selectie import Selectie, jaren, kies, partijen_in_zicht
from models.rapportages.telling import ZONDER_DATUM, tellingen, uit_beeld
from models.school import School
from models.verantwoording import Momentopname, Verantwoording
from tests import factories as f
from tests.report_world import SQL, gevraagd, maak_jaar
from tests.support.databases import Dialect
from tests.support.strictness import SLOW


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def of(session: GateSession, *partijen: Contractpartij, jaar: int = f.JAAR) -> Rapport:
    return rapport(session, kies(session, jaar, [partij.id for partij in partijen]))


# --- against plain SQL ----------------------------------------------------------------


@pytest.mark.beide
@SLOW
@given(st.randoms(use_true_random=False))
def test_every_figure_is_that_of_plain_sql(
    dialect: Dialect, session: GateSession, kans: Random
) -> None:
    """Of each contractpartij, of some, and of all together."""
    jaar = maak_jaar(session, kans)
    keuzes = [[partij] for partij in jaar.partijen]
    keuzes += [jaar.partijen[1:] or jaar.partijen, jaar.partijen]
    for partijen in keuzes:
        ids = [p.id for p in partijen]
        selectie = kies(session, f.JAAR, ids)
        chosen = [v.id for v in jaar.verantwoordingen if v.contractpartij_id in ids]
        assert sorted(selectie.open_ids) == sorted(chosen)
        found = rapport(session, selectie)
        for name in SQL:
            assert getattr(found.totalen, name) == gevraagd(session, name, chosen), name
        check_parts(found)
        check_ways(session, selectie, found)
    session.rollback()


def check_ways(session: GateSession, selectie: Selectie, found: Rapport) -> None:
    """Of many schools not each is looked up; of many that were not reached the first are named."""
    with patch.object(namen, "TEGELIJK", 0):
        assert rapport(session, selectie) == found
        for meeste in (0, 2):
            first = replace(found, niet_bereikt=found.niet_bereikt[:meeste])
            assert rapport(session, selectie, meeste) == first


def check_parts(found: Rapport) -> None:
    """What is shown in parts adds up to the whole."""
    totalen = found.totalen
    assert sum(som.bedrag for som in found.kwartalen.values()) == totalen.besteed
    assert sum(doel.som.activiteiten for doel in found.doelen) == totalen.activiteiten
    assert len(found.niet_bereikt) == totalen.niet_bereikt
    assert len({school.id for school in found.niet_bereikt}) == totalen.niet_bereikt
    for groepen in (found.per_gemeente, found.per_bestuur):
        for name in ("bereikt", "regio", "buiten", "deelnames"):
            assert sum(getattr(groep, name) for groep in groepen) == getattr(totalen, name)


@pytest.mark.beide
@SLOW
@given(st.randoms(use_true_random=False))
def test_a_picture_tells_the_same_as_the_rows(
    dialect: Dialect, session: GateSession, kans: Random
) -> None:
    """Closing changes no figure: what it stores is counted to the same."""
    jaar = maak_jaar(session, kans)
    for verantwoording in jaar.verantwoordingen:
        [geteld] = tellingen(session, [verantwoording])
        gelezen = uit_beeld(beeld(verantwoording))
        assert replace(gelezen, namen={}, doelnamen={}, open=True) == geteld
        assert gelezen.scholen.keys() | (gelezen.regio or set()) <= gelezen.namen.keys()
    session.rollback()


# --- by hand ----------------------------------------------------------------------------


def test_a_school_counts_once(session: GateSession) -> None:
    """Reached by two activities, two projects and two contractpartijen: one school."""
    sector, gemeente = f.maak_sector(session), f.maak_gemeente(session)
    school = f.maak_school(session, gemeente, sector=sector)
    partijen = [f.maak_contractpartij(session) for _ in range(2)]
    for partij in partijen:
        f.maak_werkgebied(session, partij, gemeente)
        for _ in range(2):
            project = f.maak_project(session, partij, sector)
            activiteit = f.maak_activiteit(session, f.maak_verantwoording(session, project))
            f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=5)

    for choice in ([partijen[0]], partijen, []):
        found = of(session, *choice)
        assert (found.totalen.bereikt, found.totalen.regio, found.totalen.buiten) == (1, 1, 0)
        assert found.niet_bereikt == ()
        assert found.totalen.deelnames == 10 * (len(choice) or 2)


def test_a_school_of_the_other_ones_region(session: GateSession) -> None:
    """Outside for who reached it, inside for both of them together."""
    sector, gemeente = f.maak_sector(session), f.maak_gemeente(session)
    school = f.maak_school(session, gemeente, sector=sector)
    reached, region = f.maak_contractpartij(session), f.maak_contractpartij(session)
    f.maak_werkgebied(session, region, gemeente)
    first = f.maak_verantwoording(session, f.maak_project(session, reached, sector))
    f.maak_verantwoording(session, f.maak_project(session, region, sector))
    f.maak_activiteit_school(session, f.maak_activiteit(session, first), school)

    def seen(found: Rapport) -> tuple[int, int, int]:
        return found.totalen.bereikt, found.totalen.niet_bereikt, found.totalen.buiten

    assert seen(of(session, reached)) == (0, 0, 1)
    assert seen(of(session, region)) == (0, 1, 0)
    assert seen(of(session, reached, region)) == (1, 0, 0)


@pytest.mark.beide
def test_each_school_of_a_gemeente_counts_with_its_own_bestuur(session: GateSession) -> None:
    """Also when there are so many that they are read a gemeente at a time."""
    sector, gemeente = f.maak_sector(session), f.maak_gemeente(session)
    partij = f.maak_contractpartij(session)
    f.maak_werkgebied(session, partij, gemeente)
    activiteit = f.maak_activiteit(
        session, f.maak_verantwoording(session, f.maak_project(session, partij, sector))
    )
    first, second = (f.maak_schoolbestuur(session, naam=naam) for naam in ("Een", "Twee"))
    for bestuur, deelnames in ((first, 1), (None, 2), (second, 4), (first, 0), (None, 0)):
        school = f.maak_school(session, gemeente, sector=sector)
        school.schoolbestuur_id = bestuur.id if bestuur else None
        session.flush()
        if deelnames:
            f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=deelnames)

    found = of(session, partij)

    told = [(g.naam, g.bereikt, g.regio, g.deelnames) for g in found.per_bestuur]
    assert told == [("Een", 1, 2, 1), ("Twee", 1, 1, 4), ("Zonder schoolbestuur", 1, 2, 2)]
    assert [(g.bereikt, g.regio, g.deelnames) for g in found.per_gemeente] == [(3, 5, 7)]
    check_ways(session, kies(session, f.JAAR), found)


def test_missing_amounts_and_overspending(session: GateSession) -> None:
    project = f.maak_project(session)
    f.maak_baat(session, project, bedrag=100_00)
    activiteit = f.maak_activiteit(session, f.maak_verantwoording(session, project))
    for bedrag, dag in ((150_00, date(2026, 3, 31)), (None, date(2026, 4, 1)), (-20_00, None)):
        f.maak_last(session, activiteit, bedrag=bedrag, betaald_op=dag)

    found = of(session)

    told = found.totalen
    assert (told.besteed, told.besteedbaar, told.over) == (130_00, 100_00, -30_00)
    assert told.zonder_bedrag == 1
    sums = {kwartaal: som.bedrag for kwartaal, som in found.kwartalen.items()}
    assert sums == {1: 150_00, 2: 0, 3: 0, 4: 0, ZONDER_DATUM: -20_00}


def test_doelen_that_were_not_worked_on_are_listed(session: GateSession) -> None:
    """In their order; a withdrawn one only where there is something of it."""
    doelen = [f.maak_doel(session, rang=rang) for rang in (3, 1, 2)]
    gone = [f.maak_doel(session, rang=9, actief_tot=date(2020, 1, 1)) for _ in range(2)]
    verantwoording = f.maak_verantwoording(session)
    for doel in (doelen[0], gone[0]):
        f.maak_activiteit(session, verantwoording, doel, aantal_activiteiten=None)

    found = of(session)

    listed = [(doel.id, doel.som.activiteiten) for doel in found.doelen]
    assert listed == [(doelen[1].id, 0), (doelen[2].id, 0), (doelen[0].id, 1), (gone[0].id, 1)]


def test_hours_and_activities_of_a_doel(session: GateSession) -> None:
    """Handleiding 2.2: "vier lessen van 1,5 uur" is four activities and six hours."""
    f.maak_activiteit(session, aantal_activiteiten=4, duur=Decimal("1.5"))
    [doel] = of(session).doelen
    assert (doel.som.regels, doel.som.activiteiten, doel.som.uren) == (1, 4, Decimal(6))


def closed_year(session: GateSession) -> tuple[Verantwoording, School, School]:
    """With one of two schools of the region reached, closed."""
    sector, gemeente = f.maak_sector(session), f.maak_gemeente(session)
    partij = f.maak_contractpartij(session)
    f.maak_werkgebied(session, partij, gemeente)
    verantwoording = f.maak_verantwoording(session, f.maak_project(session, partij, sector))
    f.maak_baat(session, verantwoording.project)
    reached, missed = (f.maak_school(session, gemeente, sector=sector) for _ in range(2))
    for _ in range(2):
        f.maak_activiteit_school(
            session, f.maak_complete_activiteit(session, verantwoording), reached
        )
    session.commit()
    return verantwoording, reached, missed


def test_a_merger_after_closing_changes_nothing(session: GateSession) -> None:
    """Spec rule 4: names, boards, doelen and region of a closed year are those of then."""
    verantwoording, reached, missed = closed_year(session)
    before = of(session)
    verantwoording.sluit(None)
    session.commit()
    closed = of(session)
    assert closed == before

    reached.naam, reached.actief, reached.opvolger = "Opgeheven", False, missed
    missed.naam, missed.schoolbestuur = "Fusieschool", f.maak_schoolbestuur(session)
    f.maak_school(session, reached.gemeente, sector=reached.sector)
    verantwoording.activiteiten[0].doel.naam = "Anders genoemd"
    f.maak_doel(session)
    f.maak_baat(session, verantwoording.project)
    session.commit()
    session.expire_all()

    assert of(session) == closed


def test_a_year_that_is_closed_again_is_read_anew(session: GateSession) -> None:
    """What was counted of its first picture is of no use any more."""
    verantwoording, *_ = closed_year(session)
    verantwoording.sluit(None)
    session.commit()
    first = of(session).totalen
    assert of(session).totalen == first
    verantwoording.heropen("nog een last")
    session.commit()
    f.maak_last(session, verantwoording.activiteiten[0], bedrag=77_00)
    session.commit()
    verantwoording.sluit(None)
    session.commit()
    assert of(session).totalen.besteed == first.besteed + 77_00


def test_an_open_year_does_follow_a_merger(session: GateSession) -> None:
    _, reached, missed = closed_year(session)
    reached.actief, reached.opvolger = False, missed
    session.commit()
    told = of(session).totalen
    # Both activities have a school from elsewhere as well.
    assert (told.bereikt, told.regio, told.buiten) == (0, 1, 3)


def test_a_picture_from_before_the_region_was_kept(session: GateSession) -> None:
    """Says that it does not know, and tells all the rest."""
    verantwoording, *_ = closed_year(session)
    inhoud = beeld(verantwoording)
    for name in ("regio", "doelen", "begroting"):
        del inhoud[name]
    for activiteit in inhoud["activiteiten"]:
        del activiteit["doel_id"]
        for rij in activiteit["scholen"]:
            del rij["bestuur_id"], rij["gemeente_id"]
    verantwoording.sluit(None)
    session.commit()
    with session.own_work():
        old = Momentopname(
            verantwoording_id=verantwoording.id,
            contractpartij_id=verantwoording.contractpartij_id,
            nummer=2,
            op=verantwoording.gesloten_op,
            inhoud=inhoud,
            sha256="0" * 64,
        )
        session.add(old)
        session.flush()

    found = of(session)

    assert (found.totalen.regio_onbekend, found.totalen.regio, found.totalen.buiten) == (1, 0, 3)
    assert found.totalen.besteed == 250_00
    assert {doel.naam for doel in found.doelen} == {a["doel"] for a in inhoud["activiteiten"]}


@pytest.mark.beide
def test_open_and_closed_add_up(session: GateSession) -> None:
    """The school that both reached counts once, by its name of today."""
    verantwoording, reached, _ = closed_year(session)
    verantwoording.sluit(None)
    session.commit()
    before = of(session).totalen
    other = f.maak_verantwoording(session)
    activiteit = f.maak_activiteit(session, other)
    f.maak_activiteit_school(session, activiteit, reached, aantal_leerkrachten=2)

    check_ways(session, kies(session, f.JAAR), of(session))
    found = of(session).totalen

    assert (found.bereikt, found.scholen) == (before.bereikt, before.scholen)
    assert found.deelnames == before.deelnames + 2


# --- years ------------------------------------------------------------------------------


@pytest.mark.beide
def test_year_on_year(session: GateSession) -> None:
    project = f.maak_project(session)
    for jaar, bedrag in ((2025, 10_00), (2026, 30_00)):
        verantwoording = f.maak_verantwoording(session, project, kalenderjaar=jaar)
        f.maak_last(session, f.maak_activiteit(session, verantwoording), bedrag=bedrag)
    f.maak_verantwoording(session, kalenderjaar=2027)

    this = of(session, project.contractpartij).totalen
    found = jaar_op_jaar(session, this, [project.contractpartij_id])

    assert [(totalen.jaar, totalen.besteed) for totalen in found] == [(2026, 30_00), (2025, 10_00)]
    all_ = jaar_op_jaar(session, of(session, jaar=2025).totalen)
    assert [(t.jaar, t.besteed) for t in all_] == [(2027, 0), (2026, 30_00), (2025, 10_00)]
    assert jaren(session) == [2027, 2026, 2025]
    assert project.contractpartij in partijen_in_zicht(session)


def test_nothing_chosen_counts_nothing(session: GateSession) -> None:
    found = rapport(session, Selectie(2031, ()))
    assert found.totalen == Totalen(2031, 0, 0, 0, 0, 0, Decimal(0), 0, 0, 0, 0, 0)
