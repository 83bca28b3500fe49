"""What holds for every entity, route, template and file, so that nobody has to remember it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from cmk_admin import attributes
from cmk_admin.entity_view import EntityView
from cmk_admin.menu import menu_of
from cmk_admin.rights import RIGHTS, SCOPE
from models.base import STEMPELS, Entiteit, Woord, entiteiten
from models.gebruiker import Rol
from tests.factories import fabriek
from tests.rights_table import ANONIEM
from tests.support.portal import Portaal
from views.generated import SECTIONS, STAMDATA, WITHOUT_SCREEN

ROOT = Path(__file__).parents[1]
ENTITIES = list(entiteiten())
NAMES = [entity.__name__ for entity in ENTITIES]
#: Route of an EntityView → its methods. Overriding a method without @expose loses its route.
ROUTES = {
    "action_view": {"POST"},
    "ajax_lookup": {"GET"},
    "ajax_update": {"POST"},
    "bulk_view": {"GET", "POST"},
    "create_view": {"GET", "POST"},
    "delete_view": {"GET", "POST"},
    "details_view": {"GET"},
    "download": {"GET"},
    "edit_view": {"GET", "POST"},
    "export": {"GET", "POST"},
    "index_view": {"GET"},
    "picture": {"GET"},
}
#: Where SQL around the entities may stand, and why.
RAW_SQL = {
    "cmk_admin/gate": "the gate itself",
    "cmk_admin/cli.py": "asks whether the database is there, before anybody acts",
    "cmk_admin/auth/demo_mode.py": "asks whether the database is migrated",
    "cmk_admin/database.py": "puts the fence on the engine",
    "migrations": "make the tables",
    "benchmarks": "fill and question a database of their own",
    "tests": "look at the database from outside",
}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
#: A file of tests is read a test at a time.
LONGEST_TESTS = 600
#: Files that are long because they are a list, not because they do much.
LONG_FILES = {
    "migrations/versions/0001_begin.py": "a table per statement, made by alembic",
}
LONG_FUNCTIONS = {
    "migrations/versions/0001_begin.py": "a table per statement, made by alembic",
    "tests/gate_world.py": "a world, row after row",
}
#: Scripts that make HTML, and of what.
MAKES_HTML = {"static/js/row-editor.js": "the server's own empty row, with its number filled in"}
MACHINE = re.compile(rb"(?<![\w.])/(work|root|home/\w+)/")


def source_files(*patterns: str) -> list[Path]:
    """Files of the project, without what was made by building or running."""
    away = {".venv", ".git", "build", "instance", "__pycache__", "node_modules", ".hypothesis"}
    found = (path for pattern in patterns for path in ROOT.rglob(pattern))
    return sorted(p for p in found if p.is_file() and not away & set(p.relative_to(ROOT).parts))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_promise_about_security_has_a_test_of_that_name() -> None:
    told = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/security.md").read_text()))
    tests = "\n".join(path.read_text() for path in source_files("test_*.py"))
    assert len(told) > 50
    assert told <= set(re.findall(r"def (test_\w+)\(", tests))


# --- entities -------------------------------------------------------------------


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_every_entity_is_complete(entity: type[Entiteit]) -> None:
    name = entity.__name__
    assert set(RIGHTS[name]) == set(SCOPE[name]) == set(Rol)
    assert isinstance(entity.woord, Woord)
    assert entity.__str__ is not Entiteit.__str__
    assert callable(fabriek(entity))
    labels = [attribute.label for attribute in attributes.attributes_of(entity)]
    assert all(label and label[0].isupper() for label in labels), labels


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_every_entity_has_a_place_in_beheer(entity: type[Entiteit]) -> None:
    """In one section of Beheer, once; what has no screen is named as such."""
    places = [section.title for section in SECTIONS if entity in section.entities]
    assert len(places) == (entity not in WITHOUT_SCREEN), places


def test_stamdata_stands_in_the_menu(portaal: Portaal) -> None:
    entries = {entry.endpoint for entry in menu_of(portaal.app).entries}
    assert {f"{entity.__name__.lower()}.index_view" for entity in STAMDATA} <= entries
    assert entries <= set(portaal.app.view_functions)


def test_beheer_links_every_screen(portaal: Portaal) -> None:
    page = portaal.bezoeker("beheerder").get("/beheer/").text
    for section in SECTIONS:
        for entity in section.entities:
            with portaal.app.test_request_context():
                assert f'href="{url_for(f"{entity.__name__.lower()}.index_view")}"' in page


def test_every_form_attribute_can_be_filled_in() -> None:
    """Who fills in a form is asked what it needs: no required column is left to chance."""
    for entity in ENTITIES:
        if entity.alleen_poort:
            continue
        asked = {attribute.name for attribute in attributes.in_form(entity)}
        for column in entity.__table__.columns:
            filled = column.nullable or column.default is not None or column.server_default
            derived = column.name == "contractpartij_id" and entity.ouder != column.name
            technical = column.name == "id" or column.name in STEMPELS
            assert filled or derived or technical or column.name in asked, f"{entity}.{column}"


# --- routes ---------------------------------------------------------------------


def test_every_generated_view_has_its_routes(portaal: Portaal) -> None:
    views = [v for v in portaal.app.extensions["admin"][0]._views if isinstance(v, EntityView)]
    assert {view.model for view in views} == set(ENTITIES) - WITHOUT_SCREEN
    for view in views:
        found: dict[str, set[str]] = {}
        for rule in portaal.app.url_map.iter_rules():
            owner, _, what = rule.endpoint.partition(".")
            if owner == view.endpoint:
                found.setdefault(what, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
        assert found == ROUTES, view.endpoint


def posts(portaal: Portaal) -> Iterator[tuple[str, str]]:
    """Endpoint and an address of every route that takes a POST."""
    for rule in portaal.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            with portaal.app.test_request_context():
                values: dict[str, Any] = dict.fromkeys(rule.arguments, "1")
                yield rule.endpoint, url_for(rule.endpoint, **values)


@pytest.mark.parametrize("visitor", ["beheerder", ANONIEM])
def test_every_post_needs_a_token(portaal: Portaal, visitor: str) -> None:
    client: FlaskClient = portaal.bezoeker(visitor).client
    tried = 0
    for endpoint, path in posts(portaal):
        for body in ({}, {"csrf_token": "verzonnen"}):
            response = client.post(path, data={**body, "rowid": "1", "sleutel": "x" * 24})
            assert response.status_code == 400, endpoint
            assert "formulier is verlopen" in response.text, endpoint
            tried += 1
    assert tried > 200
    assert not portaal.changed()


def test_a_token_is_of_one_session(portaal: Portaal) -> None:
    """The token of another visitor's session is none."""
    client = portaal.bezoeker("beheerder").client
    with client.session_transaction() as session:
        session["csrf_token"] = "van een andere zitting"
    token = portaal.bezoeker("projectleider").token
    assert client.post("/uitloggen", data={"csrf_token": token}).status_code == 400


# --- templates and static files ---------------------------------------------------

NAMED = re.compile(
    r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']"""
    r"""|["']([\w/-]+\.html)["']"""
)


def test_every_template_is_used() -> None:
    templates = {name_of(path).removeprefix("templates/") for path in source_files("*.html")}
    used = {
        found[1] or found[2]
        for path in [*source_files("*.html"), *source_files("*.py")]
        if not name_of(path).startswith("tests/")
        for found in NAMED.finditer(path.read_text())
    }
    assert templates - used == set()
    assert {name for name in used if name.count("/") and name.endswith(".html")} <= templates


def test_every_static_file_is_used() -> None:
    files = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    text = "\n".join(p.read_text() for p in [*source_files("*.html", "*.js", "*.css")])
    sheets = re.findall(r"for sheet in \(([^)]*)\)", text)
    text += "\n".join(f"{name}.css" for group in sheets for name in re.findall(r'"(\w+)"', group))
    unused = [name_of(path) for path in files if path.name not in text]
    assert unused == []


INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE
)


@pytest.mark.parametrize("path", source_files("*.html"), ids=name_of)
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_no_script_writes_html() -> None:
    """Text that becomes HTML in the browser is a way in that no template escapes."""
    made = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")
    found = {name_of(path) for path in source_files("*.js") if made.search(path.read_text())}
    assert found == set(MAKES_HTML)


# --- the source itself --------------------------------------------------------------

AROUND = re.compile(
    r"(?<![\w.])(?<!def )text\(|\.connection\(\)|\bengines?\b\.|\bexec_driver_sql\b"
    r"|\bliteral_column\b|\bTextClause\b|\b__table__\.(insert|update|delete|select)\b"
)


def test_sql_stands_only_where_it_may() -> None:
    wrong = []
    for path in source_files("*.py"):
        if not name_of(path).startswith(tuple(RAW_SQL)):
            lines = path.read_text().splitlines()
            wrong += [f"{name_of(path)}: {line}" for line in lines if AROUND.search(line)]
    assert wrong == []


def test_every_exception_is_still_needed() -> None:
    for path in (*RAW_SQL, *LONG_FILES, *LONG_FUNCTIONS):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("path", source_files("*.py", "*.js", "*.css", "*.html"), ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    name, text = name_of(path), path.read_text()
    if name not in LONG_FILES:
        limit = LONGEST_TESTS if name.startswith("tests/") else LONGEST_FILE
        assert text.count("\n") <= limit
    if path.suffix != ".py" or name in LONG_FUNCTIONS:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} regels"


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    wrong = [
        name_of(path)
        for path in source_files("*.py", "*.html", "*.js", "*.css", "*.md", "*.toml", "Makefile")
        if path != Path(__file__) and MACHINE.search(path.read_bytes())
    ]
    assert wrong == []
