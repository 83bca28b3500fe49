"""The steps in the history of a verantwoording, and the way back from one's own."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from models.historie import Bewerking
from models.verantwoording import Verantwoording
from tests.support.portal import Portaal
from tests.test_actions import copied, counts
from tests.test_schermen_rijen import menus, page_of


def history_path(portaal: Portaal, van: str = "eigen", stand: str = "open") -> str:
    return f"/verantwoordingen/{portaal.wereld.id(Verantwoording, van, stand)}/geschiedenis"


def newest_step(portaal: Portaal) -> int:
    with portaal.als() as session:
        return session.scalars(select(Bewerking.id).order_by(Bewerking.id.desc())).first() or 0


STEPS = "bewerkingen-kop"


@pytest.mark.parametrize("who", ["routebegeleider", "projectleider", "datamanager"])
def test_a_duplicate_is_taken_back_from_the_history(portaal: Portaal, who: str) -> None:
    before = counts(portaal)
    visitor, undo = copied(portaal, who)
    step = newest_step(portaal)
    page = page_of(visitor, history_path(portaal))
    button = menus(page)[step]["Ongedaan maken"]
    assert button.get("formaction") == undo

    [link] = [a for a in page.all("a") if a.words == "2 activiteiten gedupliceerd"]
    details = page_of(visitor, link.get("href"))
    forms = [b.above("form") for b in details.all("button") if b.words == "Ongedaan maken"]
    assert [form.get("action") for form in forms if form] == [undo]
    assert parse_qs(urlsplit(link.get("href")).query)["url"] == [history_path(portaal)]
    trail = next(nav for nav in details.all("nav") if nav.get("aria-label") == "Kruimelpad")
    assert [a.get("href") for a in trail.all("a")] == [history_path(portaal)]

    back = {"Referer": f"http://localhost{history_path(portaal)}"}
    assert visitor.post(undo, headers=back).location == history_path(portaal)
    assert counts(portaal) == before
    page = page_of(visitor, history_path(portaal))
    assert step not in menus(page)
    row = next(tr for tr in page.all("tr") if tr.words.startswith("2 activiteiten gedupliceerd"))
    assert row.words.endswith("ongedaan gemaakt")


def test_a_step_is_shown_to_who_sees_it_and_undone_by_who_may(portaal: Portaal) -> None:
    copied(portaal, "projectleider")
    step = newest_step(portaal)
    shown = {}
    for who in ("projectleider", "routebegeleider", "adviseur", "datamanager", "beheerder"):
        page = page_of(portaal.bezoeker(who), history_path(portaal))
        assert "2 activiteiten gedupliceerd" in page.text, who
        assert "Mens projectleider" in page.text
        shown[who] = "Ongedaan maken" in menus(page).get(step, {})
    assert {who for who, button in shown.items() if button} == {"projectleider", "beheerder"}


def test_without_a_step_in_view_there_is_no_list_of_them(portaal: Portaal) -> None:
    for who in ("projectleider", "beheerder"):
        page = page_of(portaal.bezoeker(who), history_path(portaal))
        assert STEPS not in page.ids
    copied(portaal, "beheerder")
    assert STEPS in page_of(portaal.bezoeker("projectleider"), history_path(portaal)).ids
    elsewhere = page_of(portaal.bezoeker("beheerder"), history_path(portaal, stand="gesloten"))
    assert "gedupliceerd" not in elsewhere.text


def test_a_step_in_a_year_that_closed_has_no_button(portaal: Portaal) -> None:
    visitor, _ = copied(portaal, "projectleider")
    with portaal.als() as session:
        session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen")).sluit(None)
        session.commit()
    page = page_of(visitor, history_path(portaal))
    assert "2 activiteiten gedupliceerd" in page.text
    assert menus(page) == {}
