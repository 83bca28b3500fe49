"""Paging by row: the pages together are the list, also while rows come and go, and nonsense
in an address is no error."""

import base64
import json
from datetime import date
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select

from cmk_admin import attributes, database, formats, listing, paging
from cmk_admin.gate import GateSession
from cmk_admin.listing import read_query
from models.activiteit import Activiteit, Last
from models.base import Entiteit
from models.samenwerkingspartner import Samenwerkingspartner
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal
from tests.support.strictness import FULL, SLOW
from tests.test_entity_list import ids_on

BASE = "/beheer/lasten/"
BEDRAGEN = st.one_of(st.none(), st.integers(-3, 3))
TEKSTEN = st.sampled_from(["a", "A", "aa", "é", "z", "Z z", "%"])
DAGEN = st.one_of(st.none(), st.sampled_from([date(2026, 1, 1), date(2026, 5, 31)]))
SORTS = ["", *(f"{s}{a.name}" for a in attributes.listed(Last) if a.ui.sorteer for s in ("", "-"))]


def steps(page: Page) -> dict[str, str]:
    """The links of the pager, by their words."""
    bars = page.with_class("pager")
    return {a.words: a.get("href") for a in bars[0].all("a")} if bars else {}


def walk(client: Any, path: str, word: str) -> list[list[int]]:
    """Page after page by this link, from here on."""
    pages = []
    while True:
        page = Page(client.get(path).text)
        pages.append(ids_on(page))
        following = steps(page).get(word)
        if following is None:
            return pages
        path = following


def fill(portaal: Portaal, rows: list[tuple[Any, ...]]) -> None:
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        for bedrag, toelichting, dag in rows:
            f.maak_last(session, activiteit, bedrag=bedrag, toelichting=toelichting, betaald_op=dag)
        session.commit()


@given(
    rows=st.lists(st.tuples(BEDRAGEN, TEKSTEN, DAGEN), min_size=38, max_size=70),
    sort=st.sampled_from(SORTS),
)
@SLOW
def test_forwards_and_backwards_are_the_same_list(
    portaal: Portaal, rows: list[tuple[Any, ...]], sort: str
) -> None:
    portaal.restore()
    fill(portaal, rows)
    both_ways(portaal, sort)


@pytest.mark.beide
def test_every_order_both_ways_on_both_databases(portaal: Portaal) -> None:
    days = (None, date(2026, 1, 1), date(2026, 5, 31))
    fill(portaal, [(n % 4 or None, "aAéz"[n % 4], days[n % 3]) for n in range(45)])
    for sort in SORTS if FULL else SORTS[::3]:
        both_ways(portaal, sort)


def both_ways(portaal: Portaal, sort: str) -> None:
    visitor = portaal.bezoeker("datamanager")
    onward = walk(visitor, f"{BASE}?{urlencode({'sort': sort})}", "Volgende")
    found = [id_ for page in onward for id_ in page]
    with portaal.als() as session:
        everything = set(session.scalars(select(Last.id)))
    assert len(found) == len(set(found))
    assert set(found) == everything
    last = f"{BASE}?{urlencode({'sort': sort, 'end': '1'})}"
    back = [id_ for page in walk(visitor, last, "Vorige")[::-1] for id_ in page]
    assert back == found
    assert ids_on(Page(visitor.get(last).text)) == onward[-1]


@pytest.mark.beide
def test_rows_that_come_and_go_move_nothing(portaal: Portaal) -> None:
    fill(portaal, [(1, f"qm{n:03}", None) for n in range(60)])
    visitor = portaal.bezoeker("datamanager")
    path = f"{BASE}?search=qm&sort=toelichting"
    first = Page(visitor.get(path).text)
    fill(portaal, [(1, "qm000 eerder", None)] * 25)
    with portaal.als() as session:
        # The very row that the next page starts after.
        session.delete(session.get_one(Last, ids_on(first)[-1]))
        session.commit()
    rest = walk(visitor, steps(first)["Volgende"], "Volgende")
    with portaal.als() as session:
        names = dict(session.execute(select(Last.id, Last.toelichting)).all())
    seen = [names[id_] for page in rest for id_ in page]
    assert seen == [f"qm{n:03}" for n in range(20, 60)]


def test_the_pager_says_where_one_is(portaal: Portaal) -> None:
    fill(portaal, [(1, f"qm{n:03}", None) for n in range(65)])
    visitor = portaal.bezoeker("datamanager")
    page = Page(visitor.get(f"{BASE}?search=qm0").text)
    said = []
    while True:
        said.append(page.with_class("pager")[0].words.split(" Per")[0])
        following = steps(page).get("Volgende")
        if following is None:
            break
        page = Page(visitor.get(following).text)
    assert said == ["1–20 van 65", "21–40 van 65", "41–60 van 65", "61–65 van 65"]
    end = Page(visitor.get(f"{BASE}?search=qm0&end=1").text)
    assert end.with_class("pager")[0].words.startswith("61–65 van 65")
    second = steps(page)["Vorige"]
    assert "before=" in second
    assert "search=qm0" in second


def test_a_list_too_long_to_count_has_an_end(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody counts up to it, and from there one goes back row by row."""
    monkeypatch.setattr(listing, "COUNT_UP_TO", 30)
    fill(portaal, [(1, f"qm{n:03}", None) for n in range(70)])
    visitor = portaal.bezoeker("datamanager")
    path = f"{BASE}?search=qm0"
    first = Page(visitor.get(path).text)
    assert "1–20 van meer dan 10.000" in first.text
    end = Page(visitor.get(steps(first)["Laatste"]).text)
    assert "van meer dan" not in end.text
    assert "Volgende" not in steps(end)
    back = [id_ for page in walk(visitor, steps(first)["Laatste"], "Vorige")[::-1] for id_ in page]
    onward = [id_ for page in walk(visitor, path, "Volgende") for id_ in page]
    assert back == onward
    assert ids_on(Page(visitor.get(f"{path}&page=4").text)) == []


def token(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NONSENSE = [
    "", "x", "%00", "=", "é", "a" * 5000, token(), token(1), token(1, 2, 3), token(None, None),
    token("a", None), token([], {}), token("x", 2**70), token("\x00", 1), token(True, "1"),
    base64.urlsafe_b64encode(b"[" * 1480).decode(),
    token(1.5, 1), token("NaN", 1), token("1e999999", 1), token("2026-99-99", 1),
]  # fmt: skip


ORDERS = ["", "bedrag", "-betaald_op", "toelichting", "kostensoort_id"]
EVERYWHERE = [(sort, cursor) for cursor in NONSENSE for sort in ORDERS]
IN_ONE_ORDER = list(zip(cycle(ORDERS), NONSENSE, strict=False))


@pytest.mark.parametrize(("sort", "cursor"), EVERYWHERE if FULL else IN_ONE_ORDER)
def test_a_made_up_cursor_is_no_error(portaal: Portaal, cursor: str, sort: str) -> None:
    visitor = portaal.bezoeker("datamanager")
    for way in ("after", "before"):
        for page in ("", "0", "3"):
            asked = urlencode({"sort": sort, way: cursor, "page": page})
            assert visitor.get(f"{BASE}?{asked}").status_code == 200


@given(cursor=st.text(max_size=60), sort=st.sampled_from(SORTS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_cursor_or_none(portaal: Portaal, cursor: str, sort: str) -> None:
    with portaal.als() as session:
        assert session is database.session()
        query = read_query(Last, {"after": cursor, "sort": sort})
        assert isinstance(listing.fetch(Last, query).rows, list)


def plan_of(session: GateSession, statement: Select[Any]) -> str:
    """How SQLite says that it will answer."""
    bound = statement.compile(session.connection(), compile_kwargs={"literal_binds": True})
    with session.passage():
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {bound}").fetchall()
    return " ".join(str(step[-1]) for step in plan)


@pytest.mark.parametrize(
    ("entity", "sort", "index"),
    [
        (Activiteit, "naam", "ix_activiteit_naam_vouw_id"),
        (Activiteit, "-startdatum", "ix_activiteit_startdatum_id"),
        (Samenwerkingspartner, "", "ix_samenwerkingspartner_naam_vouw_id"),
        (Last, "toelichting", "ix_last_toelichting_vouw_id"),
    ],
)
def test_going_on_enters_the_index(
    portaal: Portaal, entity: type[Entiteit], sort: str, index: str
) -> None:
    """A page far into the list costs what the first one costs: no sorting, no counting up."""
    with portaal.als() as session:
        order = paging.order_of(entity, sort)
        row = session.execute(
            order.apply(select(*(key.column for key in order.keys))).limit(1)
        ).one()
        statement = order.apply(select(entity.id).where(order.beyond(row))).limit(20)
        told = plan_of(session, statement)
    assert index in told, told
    assert "TEMP B-TREE" not in told, told
    assert "SEARCH" in told, told


def test_one_doel_of_one_contractpartij_enters_its_index(portaal: Portaal) -> None:
    """Neither a page nor its count goes along what has another doel, or is another's."""
    with portaal.als() as session:
        mine = select(Activiteit.id).where(
            Activiteit.contractpartij_id.in_([1]), Activiteit.doel_id == 2
        )
        page = paging.order_of(Activiteit, "naam").apply(mine).limit(20)
        for statement in (page, select(func.count()).select_from(mine.subquery())):
            told = plan_of(session, statement)
            assert "ix_activiteit_contractpartij_id_doel_id_naam_vouw_id" in told, told
            assert "(contractpartij_id=? AND doel_id=?)" in told, told
            assert "TEMP B-TREE" not in told, told


def test_the_total_is_of_all_that_was_found(portaal: Portaal) -> None:
    """Not of the page, and only of what this person sees."""
    fill(portaal, [(n * 100, f"qm{n:03}", None) for n in range(45)])
    for who in ("datamanager", "projectleider"):
        visitor = portaal.bezoeker(who)
        page = Page(visitor.get(f"{BASE}?search=qm0").text)
        [row] = [row for foot in page.all("tfoot") for row in foot.all("tr")]
        assert "Totaal van 45 lasten" in row.words
        assert "€ 990,00" in row.words
    with portaal.als("projectleider") as session:
        mine = sum(bedrag or 0 for bedrag in session.scalars(select(Last.bedrag)))
    whole = Page(portaal.bezoeker("projectleider").get(BASE).text)
    [foot] = whole.all("tfoot")
    assert formats.euro(mine) in foot.words
    empty = Page(portaal.bezoeker("projectleider").get(f"{BASE}?search=bestaatniet").text)
    assert not empty.all("tfoot")
