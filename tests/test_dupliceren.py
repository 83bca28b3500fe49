"""The dialog of Dupliceren: what it shows is what it makes, per school, with amounts or not."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cmk_admin.formats import euro
from models.activiteit import Activiteit
from models.historie import Bewerking
from models.school import School
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal

ACTION = "/beheer/activiteiten/action/"


def opened(
    portaal: Portaal, stand: str = "open", who: str = "projectleider"
) -> tuple[Bezoeker, Any]:
    """The dialog for the first activity of "eigen" in that year, as filled in."""
    visitor = portaal.bezoeker(who)
    answer = visitor.post(ACTION, {"action": "dupliceren", "rowid": [str(source(portaal, stand))]})
    assert answer.status_code == 200, answer.text
    return visitor, answer


def source(portaal: Portaal, stand: str = "open") -> int:
    return portaal.wereld.id(Activiteit, "eigen", stand)


def shown(answer: TestResponse) -> list[list[str]]:
    """The lines of the preview."""
    [table] = Page(answer.text).all("table")
    return [[c.words for c in row.all("th", "td")] for row in table.all("tr")][1:]


def count(portaal: Portaal) -> int:
    with portaal.als() as session:
        return session.scalar(select(func.count(Activiteit.id))) or 0


def made(portaal: Portaal, number: int) -> list[dict[str, Any]]:
    """The newest copies, oldest first."""
    with portaal.als() as session:
        rows = session.scalars(select(Activiteit).order_by(Activiteit.id.desc()).limit(number))
        return [
            {
                "naam": row.naam,
                "jaar": row.verantwoording.kalenderjaar,
                "van": row.startdatum,
                "scholen": [(s.school_id, s.aantal_leerkrachten) for s in row.scholen],
                "lasten": [(x.toelichting, x.bedrag, x.betaald_op) for x in row.lasten],
            }
            for row in reversed(list(rows))
        ]


def test_the_dialog_shows_what_it_makes_before_anything_is_made(portaal: Portaal) -> None:
    before = count(portaal)
    visitor, answer = opened(portaal)
    [line] = shown(answer)
    assert count(portaal) == before
    assert not portaal.changed()

    assert visitor.post(ACTION, Page(answer.text).form()).status_code == 302

    [copy] = made(portaal, 1)
    assert line[0] == copy["naam"]
    assert line[3] == str(len(copy["scholen"]))
    assert count(portaal) == before + 1


def test_what_was_not_seen_is_not_made(portaal: Portaal) -> None:
    """Another choice than what was shown is shown first, and so is another original."""
    visitor, answer = opened(portaal)
    body = Page(answer.text).form()
    again = visitor.post(ACTION, body | {"aantal": "3"})
    assert again.status_code == 409
    assert "Dit is wat er nu zou gebeuren" in again.text
    assert len(shown(again)) == 3
    assert not portaal.changed()

    with portaal.als() as session:
        session.get_one(Activiteit, source(portaal)).naam = "Intussen anders"
        session.commit()
    late = visitor.post(ACTION, body)
    assert late.status_code == 409
    assert shown(late)[0][0] == "Intussen anders (kopie)"


def test_one_copy_for_each_school_and_so_many_of_each(portaal: Portaal) -> None:
    visitor, answer = opened(portaal)
    with portaal.als() as session:
        eigen = session.get_one(Activiteit, source(portaal))
        [joined] = eigen.scholen
        naam, school_id, teachers = eigen.naam, joined.school_id, joined.aantal_leerkrachten
        school = session.get_one(School, school_id).naam
    body = Page(answer.text).form() | {"scholen": [str(school_id)], "aantal": "2"}
    seen = visitor.post(ACTION, body | {"stap": "voorbeeld"})
    names = [line[0] for line in shown(seen)]
    assert names == [f"{naam} – {school}", f"{naam} – {school} (2)"]

    assert visitor.post(ACTION, Page(seen.text).form()).status_code == 302

    copies = made(portaal, 2)
    assert [copy["naam"] for copy in copies] == names
    assert all(copy["scholen"] == [(school_id, teachers)] for copy in copies)
    with portaal.als() as session:
        stap = session.scalars(select(Bewerking).order_by(Bewerking.id.desc())).first()
        assert stap is not None
        number = stap.id
        assert stap.omschrijving == "1 activiteit gedupliceerd voor 1 school, 2 keer"
    before = count(portaal)
    assert visitor.post(f"/bewerkingen/{number}/ongedaan-maken").status_code == 302
    assert count(portaal) == before - 2


@pytest.mark.parametrize("emptied", [False, True])
def test_amounts_are_kept_or_emptied_as_ticked(portaal: Portaal, emptied: bool) -> None:
    """In another year the dates shift; payment dates never come along."""
    visitor, answer = opened(portaal)
    next_year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    body = Page(answer.text).form() | {"verantwoording_id": str(next_year)}
    if emptied:
        body |= {"zonder_bedragen": "1"}
    seen = visitor.post(ACTION, body | {"stap": "voorbeeld"})
    assert visitor.post(ACTION, Page(seen.text).form()).location == (
        f"/verantwoordingen/{next_year}/activiteiten"
    )
    [copy] = made(portaal, 1)
    with portaal.als() as session:
        old = session.get_one(Activiteit, source(portaal))
        amounts = [x.bedrag for x in old.lasten]
        van = old.startdatum
    assert any(amounts)
    assert [x[1] for x in copy["lasten"]] == ([None] * len(amounts) if emptied else amounts)
    assert all(x[2] is None for x in copy["lasten"])
    assert copy["van"] == date(2027, van.month, van.day)


def warnings(answer: TestResponse) -> list[str]:
    """What deserves a look, above the preview."""
    sections = Page(answer.text).all("section")
    return [section.words for section in sections if section.get("aria-label") == "Let op"]


def test_costs_that_multiply_are_told_with_both_sums(portaal: Portaal) -> None:
    """And emptied by the button that stands beside them."""
    visitor, answer = opened(portaal)
    assert warnings(answer) == [], "one copy beside the original is what was asked"
    with portaal.als() as session:
        old = session.get_one(Activiteit, source(portaal))
        amount = sum(last.bedrag or 0 for last in old.lasten)
        school = old.scholen[0].school_id
    body = Page(answer.text).form()
    emptied = answer
    for more, times in (({"scholen": [str(school)]}, 1), ({"aantal": "3"}, 3)):
        seen = visitor.post(ACTION, body | more | {"stap": "voorbeeld"})
        [warning] = warnings(seen)
        assert f"Het origineel: {euro(amount)}" in warning
        assert f"samen: {euro(amount * times)}" in warning or times == 1
        [empty] = [b for b in Page(seen.text).all("button") if b.words == "Bedragen leegmaken"]
        emptied = visitor.post(ACTION, Page(seen.text).form() | {"stap": empty.get("value")})
        assert warnings(emptied) == []
        assert {line[4] for line in shown(emptied)} == {"zonder bedrag"}
        assert not portaal.changed()
    assert visitor.post(ACTION, Page(emptied.text).form()).status_code == 302
    assert all(last[1] is None for copy in made(portaal, 3) for last in copy["lasten"])


def test_too_many_and_other_schools_are_refused(portaal: Portaal) -> None:
    visitor, answer = opened(portaal)
    body = Page(answer.text).form()
    assert visitor.post(ACTION, body | {"aantal": "51"}).status_code == 422
    assert visitor.post(ACTION, body | {"aantal": "0"}).status_code == 422
    wrong = visitor.post(ACTION, body | {"scholen": ["999999"]})
    assert wrong.status_code == 422
    assert not portaal.changed()
