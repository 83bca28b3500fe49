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
    assert "met scholen, lasten, doelgroepen en samenwerkingspartners" in Page(
        question.text
    ).text.replace("\n", " ")
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


def of(portaal: Portaal, van: str, stand: str = "open") -> list[int]:
    jaar = portaal.wereld.id(Verantwoording, van, stand)
    with portaal.als() as session:
        found = session.scalars(
            select(Activiteit.id).where(Activiteit.verantwoording_id == jaar)
        ).all()
    assert found
    return list(found)


@pytest.mark.beide
def test_what_does_not_fit_stays_and_is_told(unpaid: Portaal) -> None:
    """Of another contractpartij, in a closed year, or there already: the others go."""
    visitor = unpaid.bezoeker("datamanager")
    mine, theirs, closed = own(unpaid), of(unpaid, "vreemd"), of(unpaid, "eigen", "gesloten")
    target = year(unpaid)
    question = Page(ask(visitor, unpaid, Activiteit, "verplaatsen", [*mine, *theirs, *closed]).text)
    offered = {o.get("value") for o in question.by_id("verantwoording_id").all("option")}
    assert str(target) in offered
    path = "/beheer/activiteiten/action/"
    asked = question.form() | {"verantwoording_id": str(target)}
    seen = Page(visitor.post(path, asked | {"stap": "voorbeeld"}).text)
    assert not unpaid.changed()
    assert "ligt niet in 2027 en schuift niet mee" in seen.text
    told = next(c for c in seen.with_class("card") if "Dit blijft zoals het is" in c.words)
    assert "van een andere contractpartij" in told.words
    assert "gesloten" in told.words
    rows = seen.by_id("voorbeeld-kop").above("section")
    assert rows is not None
    assert len(rows.all("tbody")[0].all("tr")) == len(mine)
    effects = seen.by_id("gevolgen-kop").above("section")
    assert effects is not None
    assert len(effects.all("a")) == 2, "the year that they leave, and the one they come to"
    assert visitor.post(path, seen.form()).status_code == 302
    with unpaid.als() as session:
        where = {i: session.get_one(Activiteit, i).verantwoording_id
                 for i in (*mine, *theirs, *closed)}  # fmt: skip
    assert {where[i] for i in mine} == {target}
    assert target not in {where[i] for i in (*theirs, *closed)}


def test_it_is_never_done_unseen(unpaid: Portaal, visitor: Bezoeker) -> None:
    """Also when the form is sent at once: first comes what it would do."""
    path = "/beheer/activiteiten/action/"
    question = Page(ask(visitor, unpaid, Activiteit, "verplaatsen", own(unpaid)).text)
    body = {k: v for k, v in question.form().items() if k != "gezien"}
    answer = visitor.post(path, body | {"verantwoording_id": str(year(unpaid))})
    assert answer.status_code == 409
    assert not unpaid.changed()
    assert visitor.post(path, Page(answer.text).form()).status_code == 302


def test_the_year_where_all_are_is_no_choice(unpaid: Portaal, visitor: Bezoeker) -> None:
    here = str(year(unpaid, stand="open"))
    question = Page(ask(visitor, unpaid, Activiteit, "verplaatsen", own(unpaid)).text)
    offered = {o.get("value") for o in question.by_id("verantwoording_id").all("option")}
    assert offered
    assert here not in offered
    # Neither when the others that were chosen are in a closed year, and stay.
    ids = [*own(unpaid), *of(unpaid, "eigen", "gesloten")]
    question = Page(ask(visitor, unpaid, Activiteit, "verplaatsen", ids).text)
    assert here not in {o.get("value") for o in question.by_id("verantwoording_id").all("option")}


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
