"""Lists: searching, filtering, sorting and paging give what plain Python gives."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import select

from cmk_admin import attributes
from models.activiteit import Activiteit, Last
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.lijsten import Doel
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.rights_cases import ACTIONS, rows_of
from tests.rights_table import BEZOEKERS, ergens, mag, ziet
from tests.support.portal import Bezoeker, Portaal
from tests.test_rights_matrix import ENTITIES, NAMES, address_of

NAMEN = ("Theater", "theater De Boom", "Muziek", "100% dans", "A_B", "Ёлка", "zéro", "O'Neil \\ Co")
PLAATSEN = (None, "Arnhem", "Nijmegen", "'s-Heerenberg")
MEI = date(2026, 5, 31)
DAGEN = (None, date(2026, 1, 1), MEI, date(2026, 12, 31))


@pytest.fixture
def filled(portaal: Portaal) -> Portaal:
    """With more than a page of partners, activities and lasten at "eigen"."""
    with portaal.als() as session:
        partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
        jaar = session.get_one(Verantwoording, portaal.wereld.id("Verantwoording", "eigen"))
        doelen = [f.maak_doel(session, naam=naam) for naam in ("Zang", "Aanbod")]
        for n in range(26):
            f.maak_samenwerkingspartner(
                session,
                partij,
                naam=f"{NAMEN[n % len(NAMEN)]} {n % 7}-{n}",
                plaats=PLAATSEN[n % len(PLAATSEN)],
                contactpersoon=NAMEN[n % 3],
            )
            activiteit = f.maak_activiteit(
                session,
                jaar,
                doelen[n % 2],
                naam=f"{NAMEN[n % len(NAMEN)]} {n}",
                startdatum=date(2026, n % 12 + 1, 1),
                einddatum=date(2026, 12, 31),
                aantal_activiteiten=None if n % 5 == 0 else n,
            )
            f.maak_last(
                session, activiteit, bedrag=None if n % 4 == 0 else (n - 20) * 100,
                betaald_op=DAGEN[n % len(DAGEN)], toelichting=NAMEN[n % len(NAMEN)],
            )  # fmt: skip
        session.commit()
    return portaal


def ids_on(page: Page) -> list[int]:
    """The rows of a list, in order."""
    menus = [node.get("id") for node in page.with_class("popmenu")]
    return [int(id_.removeprefix("rij-")) for id_ in menus if id_.startswith("rij-")]


def all_pages(visitor: Bezoeker, base: str, pairs: list[tuple[str, str]]) -> Iterator[list[int]]:
    """Page after page, by the link that leads on."""
    path: str | None = f"{base}?{urlencode(pairs)}"
    while path:
        page = Page(visitor.get(path).text)
        yield ids_on(page)
        onward = [a for a in page.all("a") if a.get("rel") == "next" or "Volgende" in label(a)]
        path = onward[0].get("href") if onward else None


def label(node: Any) -> str:
    return f"{node.get('aria-label')} {node.words}"


def everything(portaal: Portaal, visitor: str, entity: type[Entiteit]) -> list[Any]:
    with portaal.als(visitor) as session:
        rows = list(session.scalars(select(entity).order_by(entity.id)))
        for row in rows:
            for attribute in attributes.listed(entity):
                if attribute.relation:
                    str(getattr(row, attribute.relation))
        session.expunge_all()
        return rows


Chooser = Callable[[Any], bool]
#: Entity, what is asked, and what that means in plain Python.
QUESTIONS: list[tuple[type[Entiteit], dict[str, str], Chooser]] = [
    (Samenwerkingspartner, {}, lambda r: True),
    (Samenwerkingspartner, {"search": "theater"}, lambda r: has(r, "theater")),
    (Samenwerkingspartner, {"search": "BOOM the"}, lambda r: has(r, "boom") and has(r, "the")),
    (Samenwerkingspartner, {"search": "100%"}, lambda r: has(r, "100%")),
    (Samenwerkingspartner, {"search": "a_b"}, lambda r: has(r, "a_b")),
    (Samenwerkingspartner, {"search": "\\"}, lambda r: has(r, "\\")),
    (Samenwerkingspartner, {"search": "' OR 1=1 --"}, lambda r: False),
    (Samenwerkingspartner, {"search": "Ёлка"}, lambda r: has(r, "елка")),
    (Samenwerkingspartner, {"search": "ZÉRO"}, lambda r: has(r, "zero")),
    (Samenwerkingspartner, {"plaats": "heeren"}, lambda r: "heeren" in (r.plaats or "").lower()),
    (
        Samenwerkingspartner,
        {"plaats": "arnhem", "search": "muziek"},
        lambda r: has(r, "muziek") and r.plaats == "Arnhem",
    ),
    (Activiteit, {"doel_id": "Zang"}, lambda r: str(r.doel) == "Zang"),
    (Activiteit, {"startdatum_van": "01-06-2026"}, lambda r: r.startdatum >= date(2026, 6, 1)),
    (
        Activiteit,
        {"startdatum_van": "1-6-2026", "startdatum_tot": "2026-08-01", "search": "a"},
        lambda r: date(2026, 6, 1) <= r.startdatum <= date(2026, 8, 1) and "a" in r.naam.lower(),
    ),
    (Last, {"betaald_op_tot": "31-05-2026"}, lambda r: bool(r.betaald_op) and r.betaald_op <= MEI),
    (Last, {"kostensoort_id": "leeg"}, lambda r: r.kostensoort_id is None),
]  # fmt: skip


def has(row: Samenwerkingspartner, word: str) -> bool:
    """Each word may stand in another of the columns that are searched."""
    columns = (row.naam, row.contactpersoon, row.email, row.plaats)
    return any(word in folded(value or "") for value in columns)


def folded(text: str) -> str:
    """As people look for it: no capitals, no accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def sorting(entity: type[Entiteit], sort: str) -> Callable[[Any], Any]:
    """The key of a row: empty last, then its value or the label behind it, then its id.

    Rows that point at the same one stand together.
    """
    name = sort.removeprefix("-")
    attribute = attributes.attribute(entity, name)

    def key(row: Any) -> Any:
        value = getattr(row, attribute.relation or name)
        together = value.id if attribute.target is not None and value is not None else 0
        if attribute.target is not None and value is not None:
            value = getattr(value, attribute.target.volgorde[0].removeprefix("-"))
        text = isinstance(value, str) and not isinstance(value, Enum)
        return (folded(value) if text else value, together, row.id)

    return key


@pytest.mark.parametrize("entity", [Samenwerkingspartner, Activiteit, Last])
def test_a_list_is_what_plain_python_gives(filled: Portaal, entity: type[Entiteit]) -> None:
    visitor = filled.bezoeker("projectleider")
    base = address_of(filled.app, f"{entity.__name__.lower()}.index_view")
    rows = everything(filled, "projectleider", entity)
    assert len(rows) > 25
    sorts = [a.name for a in attributes.listed(entity) if a.ui.sorteer]
    for number, (_, asked, chosen) in enumerate(q for q in QUESTIONS if q[0] is entity):
        name = sorts[number % len(sorts)]
        for sort in (name, f"-{name}"):
            wanted = in_order(entity, [row for row in rows if chosen(row)], sort)
            pairs = [*with_ids(filled, asked).items(), ("sort", sort)]
            pages = list(all_pages(visitor, base, pairs))
            assert [id_ for page in pages for id_ in page] == wanted, pairs
            assert all(len(page) == 20 for page in pages[:-1])


def in_order(entity: type[Entiteit], rows: list[Any], sort: str) -> list[int]:
    """Empty ones at the end, whichever way; the id decides between equals."""
    name = sort.removeprefix("-")
    relation = attributes.attribute(entity, name).relation or name
    empty = [row for row in rows if getattr(row, relation) is None]
    full = [row for row in rows if getattr(row, relation) is not None]
    down = sort.startswith("-")
    full.sort(key=sorting(entity, sort), reverse=down)
    empty.sort(key=lambda row: row.id, reverse=down)
    return [row.id for row in (*full, *empty)]


def with_ids(portaal: Portaal, asked: dict[str, str]) -> dict[str, str]:
    """A filter on a reference is asked by id."""
    if asked.get("doel_id") != "Zang":
        return asked
    with portaal.als() as session:
        doel = session.scalars(select(Doel).where(Doel.naam == "Zang")).one()
        return asked | {"doel_id": str(doel.id)}


@pytest.mark.parametrize("size", [20, 50, 100])
def test_the_pages_together_are_the_selection(filled: Portaal, size: int) -> None:
    visitor = filled.bezoeker("beheerder")
    base = address_of(filled.app, "last.index_view")
    pages = list(all_pages(visitor, base, [("size", str(size)), ("sort", "toelichting")]))
    found = [id_ for page in pages for id_ in page]
    assert len(found) == len(set(found))
    assert sorted(found) == [row.id for row in everything(filled, "beheerder", Last)]
    assert all(len(page) == size for page in pages[:-1])


def test_a_page_says_where_it_stands(filled: Portaal) -> None:
    visitor = filled.bezoeker("projectleider")
    total = len(everything(filled, "projectleider", Samenwerkingspartner))
    asked = "/stamdata/samenwerkingspartners/?page="
    assert f"1–20 van {total}" in Page(visitor.get(f"{asked}1").text).text
    assert f"21–{total} van {total}" in Page(visitor.get(f"{asked}2").text).text
    beyond = Page(visitor.get(f"{asked}99").text)
    assert ids_on(beyond) == []
    assert "Geen samenwerkingspartners gevonden" in beyond.text


def test_the_address_holds_all_that_was_asked(filled: Portaal) -> None:
    """Sorting and paging keep search and filters; searching again begins at page one."""
    visitor = filled.bezoeker("projectleider")
    path = "/stamdata/samenwerkingspartners/"
    asked = {"search": "e", "plaats": "n", "size": "50", "sort": "-naam"}
    for link in heads(Page(visitor.get(f"{path}?{urlencode(asked)}").text)):
        kept = dict(parse_qsl(urlsplit(link).query))
        assert (kept["search"], kept["plaats"], kept["size"]) == ("e", "n", "50"), link
    second = Page(visitor.get(f"{path}?{urlencode({'sort': '-naam', 'page': '2'})}").text)
    assert all("page=" not in link for link in heads(second))
    assert f"{path}?sort=-naam" in [a.get("href") for a in second.all("a")]
    search = next(form for form in second.all("form") if form.get("role") == "search")
    names = {node.get("name") for node in search.all("input", "select")}
    assert {"search", "plaats", "sort"} <= names
    assert "page" not in names


def heads(page: Page) -> list[str]:
    """The links that sort."""
    found = [a.get("href") for head in page.all("thead") for a in head.all("a")]
    assert found
    return found


def test_a_secret_column_can_not_be_sorted_searched_or_filtered(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    plain = ids_on(Page(visitor.get("/beheer/gebruikers/").text))
    for question in ("sort=wachtwoord_hash", "sort=-totp_geheim", "wachtwoord_hash=geheim",
                     "flt0_0=geheim", "wachtwoord_hash_van=01-01-2026"):  # fmt: skip
        assert ids_on(Page(visitor.get(f"/beheer/gebruikers/?{question}").text)) == plain, question
    assert ids_on(Page(visitor.get("/beheer/gebruikers/?search=geheimzinnig").text)) == []


#: Actions on people, by screen in tests/test_mensen.py: action → right.
OF_PEOPLE = {
    "Gebruiker": {"uitnodigen": "W", "intrekken": "W", "tweede_stap": "W", "overdragen": "W"}
}
#: Not on several rows at once.
OF_ONE = {"heropenen", "tweede_stap", "overdragen"}


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_each_button_is_a_right(portaal: Portaal, entity: type[Entiteit]) -> None:
    """What stands in a row's menu is exactly what the table gives on that row."""
    name = entity.__name__
    wrong = []
    for visitor in BEZOEKERS:
        if not ergens(visitor, name, "Z"):
            continue
        path = address_of(portaal.app, f"{name.lower()}.index_view", size=100)
        page = Page(portaal.bezoeker(visitor).get(path).text)
        shown = ids_on(page)
        wanted = {"W": "Wijzigen", "V": "Verwijderen…"}
        for row in rows_of(entity, visitor, portaal):
            id_ = portaal.wereld.rijen[row.key]
            if not ziet(visitor, name, row.rij):
                wrong += [f"{visitor} ziet {row.key}"] if id_ in shown else []
                continue
            if id_ not in shown and len(shown) == 100:
                continue  # further on
            menu = page.by_id(f"rij-{id_}")
            words = {node.words for node in menu.all("a", "button")}
            for letter, word in wanted.items():
                if (word in words) is not mag(visitor, name, letter, row.rij):
                    wrong.append(f"{visitor} {word} {row.key}: {words}")
            actions = {node.get("value") for node in menu.all("button")} - {""}
            given = (ACTIONS | OF_PEOPLE).get(name, {}).items()
            expected = {a for a, right in given if mag(visitor, name, right, row.rij)}
            if actions != expected and name != "Bewerking":
                wrong.append(f"{visitor} {row.key}: {actions} in plaats van {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("visitor", BEZOEKERS)
def test_the_pink_button_and_the_bulk_bar_are_rights(portaal: Portaal, visitor: str) -> None:
    wrong = []
    for entity in ENTITIES:
        name = entity.__name__
        if not ergens(visitor, name, "Z"):
            continue
        path = address_of(portaal.app, f"{name.lower()}.index_view")
        page = Page(portaal.bezoeker(visitor).get(path).text)
        new = any(a.words.startswith("+Nieuw") for a in page.all("a"))
        if new is not ergens(visitor, name, "M"):
            wrong.append(f"{name}: +Nieuw {new}")
        bars = [form for form in page.all("form") if form.get("id") == "bulk"]
        bulk = {node.get("value") for form in bars for node in form.all("button")} - {""}
        rights = {"verwijderen": "V", "bulk": "W", "samenvoegen": "samenvoegen"}
        rights |= (ACTIONS | OF_PEOPLE).get(name, {})
        expected = {action for action, right in rights.items() if ergens(visitor, name, right)}
        if ids_on(page) and bulk | OF_ONE != expected | OF_ONE:
            wrong.append(f"{name}: {bulk} in plaats van {expected}")
    assert not wrong, "\n".join(wrong)
