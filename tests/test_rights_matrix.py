"""Every visitor × every route × every kind of row: the answer is that of the spec's table.

Rows are of one's own contractpartij, of another, and of an open, closed and determined
year. What is refused has a page with a Dutch reason, and stores nothing.
"""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest
from flask import Flask, url_for
from werkzeug.test import TestResponse

from cmk_admin.policy import may
from cmk_admin.rights import LETTERS, Handeling
from models.base import Entiteit
from tests import rights_table as tabel
from tests.pages import Page
from tests.rights_cases import Case, cases, request_of, rows_of
from tests.rights_leaks import leaks, told
from tests.rights_table import ANONIEM, BEZOEKERS
from tests.support.portal import Bezoeker, Portaal
from tests.support.strictness import FULL
from views.generated import SECTIONS, WITHOUT_SCREEN

ENTITIES = [entity for section in SECTIONS for entity in section.entities]
NAMES = [entity.__name__ for entity in ENTITIES]
REASON = re.compile(
    r"Als .+ kun je .+ niet .+\."
    r"|is (gesloten|vastgesteld): er kan niets meer in"
    r"|Deze verantwoording is (al )?(open|gesloten|vastgesteld)"
    r"|Een projectleider beheert alleen documenten van de soort Overig"
    r"|Deze (bewerking|vraag) is van iemand anders"
    r"|Log in om .+"
)


def chosen(entity: type[Entiteit], portaal: Portaal) -> Iterator[Case]:
    """All cases; in a quick run a third of what each visitor can ask, with one of its rows."""
    seen: dict[tuple[object, ...], list[Case]] = {}
    for case in cases(entity, portaal):
        if FULL:
            yield case
            continue
        kind: tuple[object, ...] = (
            case.visitor,
            case.route,
            case.method,
            case.action,
            case.confirmed,
            case.expected,
        )
        seen.setdefault(kind, []).append(case)
    for kind, same in seen.items():
        at = crc32(repr(kind).encode())
        if at % 3 == 0:
            yield same[at // 3 % len(same)]


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_every_route_answers_as_the_table_says(portaal: Portaal, entity: type[Entiteit]) -> None:
    visitors = {name: portaal.bezoeker(name) for name in (*BEZOEKERS, ANONIEM)}
    wrong: list[str] = []
    for case in chosen(entity, portaal):
        response = send(portaal, visitors[case.visitor], case)
        found = [*faults(portaal, case, response), *shown(visitors[case.visitor], case, response)]
        wrong += [f"{case.label}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def send(portaal: Portaal, visitor: Bezoeker, case: Case) -> TestResponse:
    def address(route: str, **values: str) -> str:
        return address_of(portaal.app, f"{case.entity.__name__.lower()}.{route}", **values)

    path, body = request_of(portaal, case, address)
    return visitor.get(path) if body is None else visitor.post(path, body)


def address_of(app: Flask, endpoint: str, **values: object) -> str:
    with app.test_request_context():
        return url_for(endpoint, **values)  # type: ignore[arg-type]


def faults(portaal: Portaal, case: Case, response: TestResponse) -> Iterator[str]:
    """What is wrong with this answer; afterwards the world is as it was."""
    if response.status_code != case.expected:
        yield f"gaf {response.status_code} {response.location or ''} {said(response)}"
    to_log_in = (response.location or "").startswith("/inloggen")
    if (case.visitor == ANONIEM) is not to_log_in:
        yield f"ging naar {response.location}"
    if response.status_code == 403 and not REASON.search(said(response)):
        yield f"zegt niet waarom: {said(response)}"
    if portaal.changed():
        portaal.restore()
        reads = case.method == "GET" and not on_record(case)
        if reads or response.status_code >= 400 or to_log_in:
            yield "bewaarde iets"
    elif stores(case) or on_record(case):
        yield "bewaarde niets"


def shown(browser: Bezoeker, case: Case, response: TestResponse) -> Iterator[str]:
    """What of another is in the answer, or in the message that goes with it."""
    yield from leaks(case.visitor, case.route, response)
    yield from told(case.visitor, browser)


def stores(case: Case) -> bool:
    """Whether this request should leave something behind."""
    if case.method == "GET" or case.visitor == ANONIEM or case.expected >= 400:
        return False
    return case.route in ("create_view", "delete_view", "edit_view") or case.confirmed


def on_record(case: Case) -> bool:
    """Whether it is written down that this person got this: every list as a file, and each
    page with personal data."""
    if case.method != "GET" or case.expected != 200:
        return False
    personal = case.entity.__name__ in ("Gebruiker", "Lidmaatschap", "Mail")
    pages = ("index_view", "details_view", "edit_view") if personal else ()
    return case.route == "export" or case.route in pages


def said(response: TestResponse) -> str:
    if response.mimetype != "text/html":
        return response.text[:200]
    mains = Page(response.text).all("main")
    return mains[0].words[:300] if mains else ""


@pytest.mark.parametrize("entity", ENTITIES, ids=NAMES)
def test_may_says_what_the_table_says(portaal: Portaal, entity: type[Entiteit]) -> None:
    actions = {**LETTERS, **{h.value: h for h in Handeling if h not in LETTERS.values()}}
    name = entity.__name__
    wrong = []
    for visitor in BEZOEKERS:
        actor = portaal.actor(visitor)
        with portaal.als() as session:
            for word, handeling in actions.items():
                if may(actor, handeling, entity).ok is not tabel.ergens(visitor, name, word):
                    wrong.append(f"{visitor} {word} {name}")
                for row in rows_of(entity, visitor, portaal):
                    rij = session.get_one(entity, portaal.wereld.rijen[row.key])
                    verdict = may(actor, handeling, rij)
                    if _in_sight(name, row.rij) and verdict.ok is not tabel.mag(
                        visitor, name, word, row.rij
                    ):
                        wrong.append(f"{visitor} {word} {row.key}: {verdict}")
                    if not verdict.ok and not verdict.reason:
                        wrong.append(f"{visitor} {word} {row.key}: zonder reden")
    assert not wrong, "\n".join(wrong)


def _in_sight(name: str, rij: tabel.Rij) -> bool:
    """Whose account or task it is, the session judges: `may()` is asked of what it found."""
    return name not in ("Gebruiker", "Lidmaatschap", "Taak", "Weergave") or rij.wie == "zelf"


def test_every_entity_of_the_table_is_tried() -> None:
    untried = {"Rechten"} | {entity.__name__ for entity in WITHOUT_SCREEN}
    assert set(NAMES) | untried == set(tabel.TABEL)
