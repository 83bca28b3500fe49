"""How much a page asks of the database, and what it does with an address that makes no sense."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import event

from cmk_admin import attributes
from cmk_admin.extensions import db
from cmk_admin.gate import GateSession
from models.activiteit import Activiteit
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.factories import fabriek
from tests.rights_routes import PAGES, ROWS, page_values
from tests.support.portal import Bezoeker, Portaal
from tests.support.strictness import FULL
from tests.test_rights_matrix import ENTITIES, NAMES, address_of


@contextmanager
def counted(portaal: Portaal) -> Iterator[list[str]]:
    """The statements that reach the database."""
    found: list[str] = []

    def note(*arguments: Any) -> None:
        # Numbers to look up are one question, however many there are.
        found.append(re.sub(r"\?(, \?)+", "?", arguments[2]))

    with portaal.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def queries(portaal: Portaal, visitor: Bezoeker, path: str) -> list[str]:
    visitor.get(path)
    with counted(portaal) as found:
        response = visitor.get(path)
    assert response.status_code == 200, path
    return found


def compare(few: dict[str, list[str]], many: dict[str, list[str]]) -> None:
    """Twenty rows ask what two rows ask; a history also of fewer kinds of rows."""
    for path, statements in many.items():
        more = Counter(statements) - Counter(few[path])
        assert not more, f"{path}: {more.most_common(1)}"
        if not path.endswith("geschiedenis"):
            assert len(statements) == len(few[path]), path


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_a_list_asks_as_much_for_2_rows_as_for_20(portaal: Portaal, entity: type[Entiteit]) -> None:
    name = entity.__name__.lower()
    visitor = portaal.bezoeker("beheerder")
    paths = [address_of(portaal.app, f"{name}.{view}") for view in ("index_view", "ajax_lookup")]
    paths.append(address_of(portaal.app, f"{name}.export", export_type="csv"))

    def asked(rows: int) -> dict[str, list[str]]:
        with portaal.als() as session:
            for _ in range(rows):
                fabriek(entity)(session)
            session.commit()
        return {path: queries(portaal, visitor, path) for path in paths}

    few, many = asked(2), asked(18)
    compare(few, many)
    assert len(many[paths[0]]) <= 12, "\n".join(many[paths[0]])


# --- the screens beside them ------------------------------------------------------


def more_activities(session: GateSession, portaal: Portaal, number: int) -> None:
    jaar = session.get_one(Verantwoording, portaal.wereld.id("Verantwoording", "eigen"))
    for _ in range(number):
        f.maak_activiteit_partner(session, f.maak_complete_activiteit(session, jaar))


def more_parts(session: GateSession, portaal: Portaal, number: int) -> None:
    activiteit = session.get_one(Activiteit, portaal.wereld.id("Activiteit", "eigen"))
    partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
    for _ in range(number):
        f.maak_activiteit_school(session, activiteit)
        f.maak_last(session, activiteit)
        f.maak_activiteit_doelgroep(session, activiteit)
        partner = f.maak_samenwerkingspartner(session, partij)
        f.maak_activiteit_partner(session, activiteit, partner)


def more_projects(session: GateSession, portaal: Portaal, number: int) -> None:
    partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
    project = session.get_one(Project, portaal.wereld.id("Project", "eigen"))
    project.einddatum = date(2100, 12, 31)
    for n in range(number):
        f.maak_verantwoording(session, f.maak_project(session, partij))
        f.maak_document(session, project)
        f.maak_agenda_item(session)
        f.maak_link(session)
        f.maak_veelgestelde_vraag(session)
        f.maak_algemeen_document(session)
        jaar = 2030 + n + 10 * (number > 5)
        f.maak_verantwoording(session, project, kalenderjaar=jaar)


SCREENS = {
    "Verantwoording": (more_activities, [page for page in ROWS if page.startswith("verantw")]),
    "Activiteit": (more_parts, [page for page in ROWS if page.startswith("activiteiten.")]),
    "Project": (more_projects, [page for page in ROWS if page.startswith("projecten.")]),
}
NOT_LISTS = ("afronden", "wijzigen", "heropenen", "vaststellen", "bewerken", "verwijderen")


@pytest.mark.parametrize("entity", SCREENS)
def test_a_screen_asks_as_much_for_2_rows_as_for_20(portaal: Portaal, entity: str) -> None:
    more, endpoints = SCREENS[entity]
    visitor = portaal.bezoeker("projectleider")
    id_ = portaal.wereld.id(entity, "eigen")
    paths = [
        address_of(portaal.app, page, id=id_) for page in endpoints if not page.endswith(NOT_LISTS)
    ]
    if entity == "Project":
        paths += ["/", address_of(portaal.app, "projecten.index")]

    def asked(number: int) -> dict[str, list[str]]:
        with portaal.als() as session:
            more(session, portaal, number)
            session.commit()
        return {path: queries(portaal, visitor, path) for path in paths}

    compare(asked(2), asked(18))


# --- absurd addresses ---------------------------------------------------------------

ABSURD = (
    "1" + "0" * 20, "-1", "0", "abc", "10e30", "9" * 31, "31-02-2026", "99-99-9999", "%", "_",
    "'", '"', "\\", "\x00", "a\x00b", "<script>", "²", "\u0661", "🎭" * 50, "\u202e", "x" * 10_000,
    "None", "[]", "{}", "../..", "leeg", "2147483648", "9223372036854775808", "-9" * 20,
)  # fmt: skip
#: Bytes that are no UTF-8: a lone surrogate, a half letter.
RAW = ("%ED%A0%80", "%C3", "%00", "%FF%FE", "%ud800", "%")


def questions(entity: type[Entiteit]) -> Iterator[str]:
    """Every parameter that a list reads, with every absurd value; each is read on its own."""
    names = ["search", "sort", "page", "size", "query", "contractpartij_id", "id", "rowid", "url"]
    for attribute in attributes.attributes_of(entity):
        names += [attribute.name, f"{attribute.name}_van", f"{attribute.name}_tot"]
    for value in ABSURD:
        yield urlencode([(name, value) for name in names])
    for value in RAW:
        yield "&".join(f"{quote(name)}={value}" for name in names)
    yield "search[]=a&search=b&search=c&sort[x]=1&page=1&page=2&=&&&"
    yield "&".join(f"q{n}=1" for n in range(500))


@pytest.mark.beide
def test_no_address_gives_a_500(portaal: Portaal) -> None:
    """A list that leaves out what it can't read, or a plain page; never a fault."""
    visitor = portaal.bezoeker("beheerder")
    portaal.app.config["PROPAGATE_EXCEPTIONS"] = False
    wrong = []
    for number, entity in enumerate(ENTITIES):
        name = entity.__name__.lower()
        for at, question in enumerate(questions(entity)):
            for which, view in enumerate(VIEWS):
                if (at + 5 * which + 3 * number) % (3 if FULL else 47):
                    continue
                path = f"{address_of(portaal.app, f'{name}.{view}', **VIEWS[view])}?{question}"
                code = visitor.get(path).status_code
                if code not in (200, 302, 400, 403, 404, 414):
                    wrong.append(f"{code} {path[:200]}")
    portaal.app.config["PROPAGATE_EXCEPTIONS"] = None
    assert not wrong, "\n".join(wrong[:50])


VIEWS: dict[str, dict[str, Any]] = {
    "index_view": {},
    "export": {"export_type": "csv"},
    "ajax_lookup": {},
    "details_view": {},
    "edit_view": {},
    "delete_view": {},
    "create_view": {},
    "download": {},
}


@pytest.mark.beide
def test_no_address_of_another_screen_gives_a_500(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    portaal.app.config["PROPAGATE_EXCEPTIONS"] = False
    paths = [
        address_of(portaal.app, page, **values)
        for page in (*PAGES, "dashboard.index", "auth.login")
        for values in page_values(page)
    ]
    id_ = portaal.wereld.id("Verantwoording", "eigen")
    paths.append(address_of(portaal.app, "verantwoordingen.activiteiten", id=id_))
    names = ("search", "sort", "page", "size", "next", "url", "jaar", "doel_id", "filter", "zonder")
    wrong = []
    for at, path in enumerate(paths):
        for value in ABSURD if FULL else ABSURD[at % 8 :: 8]:
            question = f"{path}?{urlencode([(name, value) for name in names])}"
            if visitor.get(question).status_code >= 500:
                wrong.append(question[:200])
    for number in ("0", "99999999999999999999", "2147483648", "9223372036854775808"):
        for page in NUMBERED:
            found = visitor.get(page.format(number)).status_code
            wrong += [f"{found} {page} {number}"] if found != 404 else []
    portaal.app.config["PROPAGATE_EXCEPTIONS"] = None
    assert not wrong, "\n".join(wrong[:50])


NUMBERED = (
    "/projecten/{}/details",
    "/activiteiten/{}/details",
    "/activiteiten/{}/scholen/bewerken",
    "/verantwoordingen/{}/details",
    "/verantwoordingen/{}/activiteiten/nieuw",
)


def test_a_lookup_gives_at_most_20_and_the_best_first(portaal: Portaal) -> None:
    with portaal.als() as session:
        partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
        for n in range(30):
            f.maak_samenwerkingspartner(session, partij, naam=f"Aan de Zang {n}")
        f.maak_samenwerkingspartner(session, partij, naam="zang en dans", plaats="Ede")
        session.commit()
    visitor = portaal.bezoeker("routebegeleider")
    path = "/stamdata/samenwerkingspartners/ajax/lookup/"
    for limit in ("", "&limit=-1", "&limit=9999", "&offset=-1"):
        found: list[list[Any]] = visitor.get(f"{path}?query=zang{limit}").get_json()
        assert len(found) == 20
        assert found[0][1] == "zang en dans"
    [one] = visitor.get(f"{path}?query=zang+ede").get_json()
    assert one[1] == "zang en dans"
    nothing = visitor.get(f"{path}?query={quote('kanariegeel naam')}").get_json()
    assert nothing == []
    mine = {row[0] for row in visitor.get(path).get_json()}
    with portaal.als("routebegeleider") as session:
        assert mine <= {row.id for row in session.query(Samenwerkingspartner)}


def test_schools_of_the_own_werkgebied_come_first(portaal: Portaal) -> None:
    """Where a school is chosen; for Cultuur Oost, who has no werkgebied, all are alike."""
    with portaal.als() as session:
        partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
        near = f.maak_werkgebied(session, partij).gemeente
        far = f.maak_gemeente(session)
        for n in range(3):
            f.maak_school(session, far, naam=f"De Regenboog {n}")
        f.maak_school(session, near, naam="Op de Regenboog")
        session.commit()
    path = "/stamdata/scholen/ajax/lookup/?query=regenboog"
    own, all_ = (
        [row[1] for row in portaal.bezoeker(who).get(path).get_json()]
        for who in ("projectleider", "datamanager")
    )
    assert own == ["Op de Regenboog", *(f"De Regenboog {n}" for n in range(3))]
    assert all_ == [*(f"De Regenboog {n}" for n in range(3)), "Op de Regenboog"]
