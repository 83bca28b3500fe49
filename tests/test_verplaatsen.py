"""Verplaatsen: activities to another open verantwoording, with all that is in them."""

import pytest
from sqlalchemy import select

from cmk_admin import database
from cmk_admin.gate import Locked, moving
from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.historie import BewerkingSoort, Wijziging
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.portal_forms import error_at
from tests.support.portal import Bezoeker, Portaal
from tests.test_actions import ask, do, own
from tests.test_bewerkingen import stored
from tests.test_bulk import lasten, newest, undo


@pytest.fixture
def visitor(portaal: Portaal) -> Bezoeker:
    return portaal.bezoeker("projectleider")


@pytest.fixture
def unpaid(portaal: Portaal) -> Portaal:
    """The lasten of this year are not paid yet: they may still fall in another."""
    with portaal.als() as session:
        for id_ in lasten(portaal, "eigen"):
            session.get_one(Last, id_).betaald_op = None
        session.commit()
    portaal.changed()
    return portaal


def year(portaal: Portaal, van: str = "eigen", stand: str = "leeg") -> int:
    return portaal.wereld.id(Verantwoording, van, stand)


@pytest.mark.beide
def test_everything_goes_along_and_comes_back(unpaid: Portaal, visitor: Bezoeker) -> None:
    before, ids = stored(unpaid), own(unpaid)
    question = ask(visitor, unpaid, Activiteit, "verplaatsen", ids)
    assert "met scholen, lasten, doelgroepen en samenwerkingspartners" in question.text
    assert not unpaid.changed()
    answer = do(
        visitor, unpaid, Activiteit, "verplaatsen", ids, verantwoording_id=str(year(unpaid))
    )
    assert answer.status_code == 302, answer.text
    after = stored(unpaid)
    with unpaid.als() as session:
        assert database.recount() == []
        assert {session.get_one(Activiteit, i).verantwoording_id for i in ids} == {year(unpaid)}
        step = newest(unpaid)
        assert step.soort is BewerkingSoort.VERPLAATSEN
        rows = session.scalars(select(Wijziging).where(Wijziging.bewerking_id == step.id)).all()
        assert [set(row.waarden) for row in rows] == [{"verantwoording_id"}] * len(ids)
    assert {name: rows for name, rows in after.items() if name != "Activiteit"} == {
        name: rows for name, rows in before.items() if name != "Activiteit"
    }
    assert undo(visitor, answer.location).status_code == 302
    assert stored(unpaid) == before
    with unpaid.als():
        assert database.recount() == []


def test_what_was_paid_in_a_year_stays_in_it(portaal: Portaal, visitor: Bezoeker) -> None:
    """Handleiding 3: only costs paid within the calendar year."""
    before = stored(portaal)
    answer = do(visitor, portaal, Activiteit, "verplaatsen", own(portaal),
                verantwoording_id=str(year(portaal)))  # fmt: skip
    assert answer.status_code == 422
    assert "Alleen kosten die in 2027 zijn uitbetaald" in error_at(
        Page(answer.text), "verantwoording_id"
    )
    assert stored(portaal) == before


@pytest.mark.parametrize(("van", "stand"), [("eigen", "gesloten"), ("vreemd", "open")])
def test_a_closed_or_foreign_year_is_no_choice(
    unpaid: Portaal, visitor: Bezoeker, van: str, stand: str
) -> None:
    target = str(year(unpaid, van, stand))
    question = Page(ask(visitor, unpaid, Activiteit, "verplaatsen", own(unpaid)).text)
    offered = {o.get("value") for o in question.by_id("verantwoording_id").all("option")}
    assert target not in offered
    answer = do(visitor, unpaid, Activiteit, "verplaatsen", own(unpaid), verantwoording_id=target)
    assert answer.status_code == 422
    assert not unpaid.changed()


def test_also_who_sees_both_moves_nothing_to_another_contractpartij(unpaid: Portaal) -> None:
    visitor = unpaid.bezoeker("datamanager")
    target = str(year(unpaid, "vreemd", "open"))
    answer = do(visitor, unpaid, Activiteit, "verplaatsen", own(unpaid), verantwoording_id=target)
    assert answer.status_code == 422
    assert not unpaid.changed()


def test_the_gate_looks_at_both_years(unpaid: Portaal) -> None:
    """Not out of a closed year, not into one, and never without this door."""
    own_id, target = own(unpaid)[0], year(unpaid)
    closed = unpaid.wereld.id(Activiteit, "eigen", "gesloten")
    with unpaid.als("projectleider") as session:
        session.get_one(Activiteit, own_id).verantwoording_id = target
        with pytest.raises(RegelFout, match="ligt vast"):
            session.flush()
    for activity, to in ((closed, target), (own_id, year(unpaid, stand="gesloten"))):
        with unpaid.als("beheerder") as session:
            session.get_one(Activiteit, activity).verantwoording_id = to
            with pytest.raises(Locked), moving(session):
                session.flush()
    assert not unpaid.changed()
