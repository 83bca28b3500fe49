"""A filter that cannot be read is told, and nothing is found as long as it is there."""

from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from models.activiteit import Activiteit
from models.contractpartij import Contractpartij
from models.samenwerkingspartner import Samenwerkingspartner
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal
from tests.test_entity_list import ids_on
from tests.test_rights_matrix import address_of

#: Entity, what is asked, which of it is not understood and what is said of it.
UNREADABLE = [
    ("activiteit", {"startdatum_van": "31-11-2026", "startdatum_tot": "31-12-2026"},
     "startdatum_van", "“31-11-2026” is geen datum"),
    ("activiteit", {"startdatum_tot": "1-1-0001"},
     "startdatum_tot", "“1-1-0001” ligt niet tussen 1990 en 2100"),
    ("activiteit", {"doel_id": "alles"}, "doel_id", "“alles” is geen keuze"),
    ("verantwoording", {"status": "half"}, "status", "“half” is geen keuze"),
    ("verantwoording", {"kalenderjaar": "tweeduizend"},
     "kalenderjaar", "“tweeduizend” is geen jaar"),
    ("school", {"actief": "misschien"}, "actief", "“misschien” is geen ja of nee"),
    ("samenwerkingspartner", {"plaats": "a b c d e f g h i"},
     "plaats", "“a b c d e f g h i” is te lang om op te zoeken"),
    ("wijziging", {"op_van": "gisteren"}, "op_van", "“gisteren” is geen datum"),
]  # fmt: skip


@pytest.fixture
def visitor(portaal: Portaal) -> Bezoeker:
    return portaal.bezoeker("beheerder")


def address(portaal: Portaal, name: str, view: str = "index_view", **asked: Any) -> str:
    return address_of(portaal.app, f"{name}.{view}", **asked)


@pytest.mark.parametrize(("name", "asked", "wrong", "said"), UNREADABLE)
def test_what_is_not_understood_is_told_where_it_was_asked(
    portaal: Portaal, visitor: Bezoeker, name: str, asked: dict[str, str], wrong: str, said: str
) -> None:
    """What was typed stays, the rest of the filters too; and there is nothing to act upon."""
    page = Page(visitor.get(address(portaal, name, **asked)).text)
    assert not ids_on(page)
    assert not [form for form in page.all("form") if form.get("id") == "bulk"]
    assert said in page.by_id(f"f-{wrong}-fout").words
    shown = [c for c in page.all("input", "select") if c.get("type") != "hidden"]
    controls = {c.get("name"): c for c in shown if c.get("name") in asked}
    assert controls[wrong].get("aria-invalid") == "true"
    for field, typed in asked.items():
        control = controls[field]
        chosen = [o.get("value") for o in control.all("option") if "selected" in o.attributes]
        assert [typed] == (chosen or [control.get("value")])
    empty = page.with_class("empty")[0]
    assert said in empty.words
    clear = next(a for a in empty.all("a") if a.words == "Filters wissen")
    assert ids_on(Page(visitor.get(clear.get("href")).text))
    chips = [a for a in page.with_class("filter-chip") if said in a.words]
    assert wrong not in chips[0].get("href")


def test_the_part_that_is_understood_holds(portaal: Portaal, visitor: Bezoeker) -> None:
    """Without the wrong end, the other end of a period is still asked."""
    path = address(portaal, "activiteit", startdatum_van="31-11-2026", startdatum_tot="31-12-1999")
    page = Page(visitor.get(path).text)
    assert len(page.with_class("filter-chip")) == 2
    (wrong,) = page.with_class("filter-chip-wrong")
    later = Page(visitor.get(wrong.get("href")).text)
    assert "tot en met 31-12-1999" in later.with_class("filter-chip")[0].words
    assert not ids_on(later)


@pytest.mark.parametrize("who", ["beheerder", "projectleider"])
def test_what_is_not_there_or_out_of_sight_finds_nothing(portaal: Portaal, who: str) -> None:
    visitor = portaal.bezoeker(who)
    partij = portaal.wereld.id(Contractpartij, "vreemd" if who == "projectleider" else "eigen")
    number = str(partij) if who == "projectleider" else "99999"
    plain = visitor.get(address(portaal, "activiteit")).text
    assert ids_on(Page(plain))
    page = Page(visitor.get(address(portaal, "activiteit", doel_id="99999")).text)
    assert not ids_on(page)
    (chip,) = page.with_class("filter-chip")
    assert "99999 bestaat niet (meer)" in chip.words
    assert ids_on(Page(visitor.get(chip.get("href")).text)) == ids_on(Page(plain))
    partners = address(portaal, "project", contractpartij_id=number)
    assert not ids_on(Page(visitor.get(partners).text))


@pytest.mark.parametrize("chosen", [
    {"startdatum_van": "31-11-2026"}, {"doel_id": "99999"}, {"doel_id": "abc"},
])  # fmt: skip
def test_everything_found_is_nothing(
    portaal: Portaal, visitor: Bezoeker, chosen: dict[str, str]
) -> None:
    """Also when the form is sent by hand: no row is taken that was not asked for."""
    form = {"alles": "1", "zoekopdracht": urlencode(chosen)}
    for path in (address(portaal, "activiteit", "bulk_view"),
                 address(portaal, "activiteit", "action_view")):  # fmt: skip
        answer = visitor.post(path, form | {"action": "verwijderen"})
        assert answer.status_code == 302
    with portaal.als() as session:
        assert session.scalars(select(Activiteit.id)).all()


def test_a_file_is_not_made_of_what_is_not_understood(portaal: Portaal, visitor: Bezoeker) -> None:
    for kind in ("csv", "xlsx"):
        asked = {"export_type": kind, "startdatum_van": "31-11-2026", "search": "a"}
        answer = visitor.get(address(portaal, "activiteit", "export", **asked))
        assert answer.status_code == 302
        assert "“31-11-2026” is geen datum" in visitor.get(answer.location).text
    gone = visitor.get(address(portaal, "activiteit", "export", export_type="csv", doel_id="99999"))
    assert len(gone.text.splitlines()) == 1


def test_a_saved_view_that_is_no_longer_understood_says_so(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    path = address(portaal, "samenwerkingspartner", contractpartij_id="weg")
    page = Page(visitor.get(path).text)
    keep = next(a for a in page.by_id("weergaven").all("a") if "bewaren" in a.words)
    form = Page(visitor.get(keep.get("href")).text).form()
    answer = visitor.post(keep.get("href"), form | {"naam": "Oud", "delen": "niet"})
    opened = Page(visitor.get(answer.location).text)
    assert "“weg” is geen keuze" in opened.with_class("empty")[0].words
    with portaal.als() as session:
        assert session.scalars(select(Samenwerkingspartner.id)).all()


def test_a_filter_that_is_no_choice_any_more_stays_when_asked_again(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    """What stands in the bar is sent again: what has no option would be left out silently."""
    for value in ("leeg", "99999"):
        page = Page(visitor.get(address(portaal, "activiteit", doel_id=value)).text)
        options = page.by_id("f-doel_id").all("option")
        assert [o.get("value") for o in options if "selected" in o.attributes] == [value]


def test_what_is_not_found_says_where_was_looked(portaal: Portaal, visitor: Bezoeker) -> None:
    """The name of a board is no text of the school: that takes a filter."""
    page = Page(visitor.get(address(portaal, "school", search="bestaat-nergens")).text)
    words = page.with_class("empty")[0].words
    assert "Gezocht is in Schoolnaam, BRIN-nummer, Vestigingscode en Plaats" in words
    assert "filter" in words


@pytest.mark.parametrize(
    ("who", "several"), [("datamanager", True), ("dubbel", True), ("projectleider", False)]
)
def test_whose_a_partner_is_stands_there_for_who_sees_several(
    portaal: Portaal, who: str, several: bool
) -> None:
    path = address(portaal, "samenwerkingspartner")
    page = Page(portaal.bezoeker(who).get(path).text)
    heads = {head.get("data-column") for head in page.all("th")}
    assert ("contractpartij_id" in heads) is several
    file = address(portaal, "samenwerkingspartner", "export", export_type="csv")
    first = portaal.bezoeker(who).get(file).text.splitlines()[0]
    assert ("Contractpartij" in first) is several
