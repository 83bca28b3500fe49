"""What is not yours is on no page: a canary in every text of another contractpartij.

Lists, searches, filters, sorting, look-ups, downloads, forms, details with their history,
refusals, and the screens beside them.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode
from zlib import crc32

import pytest

from cmk_admin import attributes
from models.base import Entiteit
from tests import rights_routes
from tests.portal_forms import new_values, sending
from tests.portal_world import KANARIE
from tests.rights_cases import rows_of
from tests.rights_leaks import CULTUURPUNTEN, FORBIDDEN, leaks
from tests.rights_table import BEZOEKERS, ziet
from tests.support.portal import Bezoeker, Portaal
from tests.support.strictness import FULL
from tests.test_rights_matrix import ENTITIES, NAMES, address_of

QUICK = ("routebegeleider", "datamanager")


def addresses(portaal: Portaal, entity: type[Entiteit], visitor: str) -> Iterator[str]:
    """Every way to ask for rows of an entity that an address has."""
    name = entity.__name__.lower()

    def to(view: str, *pairs: tuple[str, object], **values: str) -> str:
        query = urlencode(pairs)
        path = address_of(portaal.app, f"{name}.{view}", **values)
        return f"{path}?{query}" if query else path

    questions: list[tuple[tuple[str, object], ...]] = [(), (("search", KANARIE),)]
    questions += [(("sort", sort),) for sort in _sorts(entity)]
    questions += [(pair,) for pair in _filters(portaal, entity)]
    for question in questions:
        yield to("index_view", *question)
    for kind in ("csv", "xlsx"):
        yield to("export", export_type=kind)
        yield to("export", ("search", KANARIE), export_type=kind)
    yield to("ajax_lookup")
    yield to("ajax_lookup", ("query", KANARIE))
    yield to("ajax_lookup", ("contractpartij_id", portaal.wereld.id("Contractpartij", "vreemd")))
    yield to("create_view")
    if entity.ouder is not None:
        for key, id_ in portaal.wereld.rijen.items():
            if key[1] == "vreemd":
                yield to("create_view", (entity.ouder, id_))
    for row in rows_of(entity, visitor, portaal):
        id_ = portaal.wereld.rijen[row.key]
        foreign = not ziet(visitor, entity.__name__, row.rij)
        if row.key[1] == "eigen" or not row.key[1] or foreign:
            for view in ("details_view", "edit_view", "delete_view"):
                yield to(view, ("id", id_))


def _sorts(entity: type[Entiteit]) -> list[str]:
    names = [a.name for a in attributes.listed(entity) if a.ui.sorteer]
    return [f"{sign}{name}" for name in names for sign in ("", "-")]


def _filters(portaal: Portaal, entity: type[Entiteit]) -> Iterator[tuple[str, object]]:
    for attribute in attributes.filterable(entity):
        yield attribute.name, KANARIE
        target = attribute.target.__name__ if attribute.target else ""
        for key, id_ in portaal.wereld.rijen.items():
            if key[0] == target and key[1] in ("vreemd", ""):
                yield attribute.name, id_


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_no_address_shows_what_is_anothers(portaal: Portaal, entity: type[Entiteit]) -> None:
    wrong: list[str] = []
    for visitor in BEZOEKERS if FULL else QUICK:
        browser = portaal.bezoeker(visitor)
        paths = dict.fromkeys(addresses(portaal, entity, visitor))
        for path in paths if FULL else few(paths, visitor):
            wrong += leaks(visitor, path, browser.get(path))
    assert not wrong, "\n".join(wrong)


def few(paths: dict[str, None], visitor: str) -> Iterator[str]:
    """Of half of the pages and parameters the last, which is a stranger's."""
    kinds = {}
    for path in paths:
        kinds[re.sub(r"=.*", "", path), KANARIE in path] = path
    yield from (path for kind, path in kinds.items() if crc32(f"{visitor} {kind}".encode()) % 2)


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_no_form_that_came_back_shows_it(portaal: Portaal, entity: type[Entiteit]) -> None:
    """A stranger's numbers, filled in: refused, and not named."""
    if entity.alleen_poort:
        return
    wrong: list[str] = []
    values = new_values(portaal, entity, "vreemd", "open")
    strange = {
        a.name: str(portaal.wereld.id(a.target, "vreemd"))
        for a in attributes.in_form(entity)
        if a.target and (a.target.__name__, "vreemd", "open") in portaal.wereld.rijen
    }
    # What a person types comes back; here nothing typed may hold the mark.
    plain = {name: "x" if "[a-z]" in str(v) else v for name, v in values.items()}
    path = address_of(portaal.app, f"{entity.__name__.lower()}.create_view")
    for visitor in ("routebegeleider", "projectleider"):
        browser = portaal.bezoeker(visitor)
        response = browser.post(path, sending(plain | strange | {"bestand_naam": ""}))
        assert not portaal.changed(), path
        wrong += leaks(visitor, path, response)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("visitor", FORBIDDEN if FULL else QUICK)
def test_no_other_screen_shows_it(portaal: Portaal, visitor: str) -> None:
    browser = portaal.bezoeker(visitor)
    wrong: list[str] = []
    paths = dict.fromkeys(_screens(portaal))
    for path in paths if FULL else few_screens(paths):
        wrong += leaks(visitor, path, browser.get(path))
    assert not wrong, "\n".join(wrong)


def few_screens(paths: dict[str, None]) -> Iterator[str]:
    """Of each page the first row, one's own, and the last, a stranger's."""
    for pick in (list(paths), list(reversed(paths))):
        yield from {re.sub(r"\d+", "", path): path for path in pick}.values()


def _screens(portaal: Portaal) -> Iterator[str]:
    for endpoint in (*rights_routes.SIGNED_IN, *rights_routes.PAGES):
        for values in rights_routes.page_values(endpoint):
            yield address_of(portaal.app, endpoint, **values)
    for endpoint, (name, _) in rights_routes.ROWS.items():
        if endpoint in rights_routes.ONLY_POSTS:
            continue
        for key, id_ in portaal.wereld.rijen.items():
            if key[0] == name:
                parts = rights_routes.PARTS if endpoint.endswith("bewerken") else ("",)
                for part in parts:
                    more = {"deel": part} if part else {}
                    yield address_of(portaal.app, endpoint, id=id_, **more)
    for key, id_ in portaal.wereld.rijen.items():
        if key[0] == "Verantwoording":
            yield address_of(portaal.app, rights_routes.NEW, verantwoording_id=id_)
    yield f"/projecten?search={KANARIE}"
    yield "/dit-is-er-niet"


@pytest.mark.parametrize("visitor", CULTUURPUNTEN)
def test_the_canary_sings(portaal: Portaal, visitor: str) -> None:
    """The tests above can fail: whoever may see it does, in list, workbook and history."""
    browser = portaal.bezoeker("beheerder")
    id_ = portaal.wereld.id("Activiteit", "vreemd")
    for page in ("", "export/xlsx/", f"details/?id={id_}"):
        path = f"/beheer/activiteiten/{page}"
        assert list(leaks(visitor, path, browser.get(path))), path


def _own(browser: Bezoeker, path: str) -> str:
    return browser.get(path).text


def test_own_rows_do_show(portaal: Portaal) -> None:
    browser = portaal.bezoeker("routebegeleider")
    assert "Eigenwijs naam" in _own(browser, "/beheer/activiteiten/")
    assert "Tweespan" not in _own(browser, "/beheer/activiteiten/")
    assert "Tweespan naam" in _own(portaal.bezoeker("dubbel"), "/beheer/activiteiten/")
