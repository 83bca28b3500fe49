"""The screens beside the generated ones: every visitor × every row, as the table says."""

from zlib import crc32

import pytest
from flask import url_for
from werkzeug.test import TestResponse

from cmk_admin.entity_forms import new_key
from tests.pages import Page
from tests.portal_forms import Body
from tests.rights_leaks import leaks, told
from tests.rights_routes import (
    NEW,
    ON_RECORD,
    PARTS,
    PUBLIC,
    UNDER_A_YEAR,
    Visit,
    known,
    visits,
)
from tests.rights_table import ANONIEM, BEZOEKERS
from tests.support.portal import Bezoeker, Portaal
from tests.support.strictness import FULL
from tests.test_rights_matrix import NAMES, REASON, said

GENERATED = frozenset(
    [
        "index_view",
        "create_view",
        "edit_view",
        "details_view",
        "delete_view",
        "action_view",
        "bulk_view",
        "export",
        "ajax_lookup",
        "ajax_update",
        "download",
        "picture",
    ]
)


def test_every_route_has_an_expectation(portaal: Portaal) -> None:
    """A new route: say in tests/rights_routes.py what the table says of it."""
    endpoints = {rule.endpoint for rule in portaal.app.url_map.iter_rules()}
    generated = {f"{name.lower()}.{view}" for name in NAMES for view in GENERATED}
    assert endpoints - generated - known() == set()
    assert (generated | known()) - endpoints == set()


def chosen(endpoint: str) -> list[Visit]:
    """All; in a quick run one per outcome for half of the visitors, in turn per page."""
    mine = [visit for visit in visits() if visit.endpoint == endpoint]
    if FULL:
        return mine
    kinds: dict[tuple[object, ...], list[Visit]] = {}
    for visit in mine:
        kinds.setdefault((visit.visitor, visit.method, visit.expected), []).append(visit)
    return [
        same[at // 2 % len(same)]
        for kind, same in kinds.items()
        if (at := crc32(f"{endpoint} {kind}".encode())) % 2
    ]


@pytest.mark.parametrize("endpoint", sorted(known() - PUBLIC))
def test_every_page_answers_as_the_table_says(portaal: Portaal, endpoint: str) -> None:
    visitors = {name: portaal.bezoeker(name) for name in (*BEZOEKERS, ANONIEM)}
    wrong = []
    for visit in chosen(endpoint):
        response = send(portaal, visitors[visit.visitor], visit)
        found = faults(portaal, visit, response)
        found += leaks(visit.visitor, visit.endpoint, response)
        found += told(visit.visitor, visitors[visit.visitor])
        wrong += [f"{visit.label}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def send(portaal: Portaal, visitor: Bezoeker, visit: Visit) -> TestResponse:
    values: dict[str, object] = {}
    if visit.key is not None:
        values[UNDER_A_YEAR.get(visit.endpoint, "id")] = portaal.wereld.rijen[visit.key]
    if visit.part:
        values["deel"] = visit.part
    if visit.endpoint == "rapportages.uitvoer":
        values["soort"] = "xlsx"
    with portaal.app.test_request_context():
        path = url_for(visit.endpoint, **values)  # type: ignore[arg-type]
    if visit.method == "GET":
        return visitor.get(path)
    return visitor.post(path, _filled(visitor, path, visit))


def _filled(visitor: Bezoeker, path: str, visit: Visit) -> Body:
    """The page's own form as it stands, where there is one to see."""
    body: Body = {"sleutel": new_key()}
    if (
        visit.expected != 302
        or visit.visitor == ANONIEM
        or "ongedaan" in path
        or "afronden" in path
        or "terugzetten" in path
    ):
        return body
    body |= Page(visitor.get(path).text).form()
    if visit.endpoint == NEW:
        doelgroep = Page(visitor.get(path).text).all("input")
        first = next(i.get("value") for i in doelgroep if i.get("name") == "doelgroepen")
        doel = Page(visitor.get(path).text).by_id("doel_id").all("option")[1].get("value")
        body |= {
            "naam": "Nieuw", "doel_id": doel, "duur": "1,5", "doelgroepen": first,
            "startdatum": "01-03-2026", "einddatum": "02-03-2026",
        }  # fmt: skip
    if visit.endpoint == "verantwoordingen.heropenen":
        body["reden"] = "Er ontbrak een factuur."
    return body


def faults(portaal: Portaal, visit: Visit, response: TestResponse) -> list[str]:
    found = []
    if response.status_code != visit.expected:
        found.append(f"gaf {response.status_code} {response.location} {said(response)}")
    to_log_in = (response.location or "").startswith("/inloggen")
    if (visit.visitor == ANONIEM) is not to_log_in:
        found.append(f"ging naar {response.location}")
    if response.status_code == 403 and not REASON.search(said(response)):
        found.append(f"zegt niet waarom: {said(response)}")
    changed = portaal.changed()
    portaal.restore()
    on_record = visit.endpoint in ON_RECORD and visit.expected == 200
    reads = visit.method == "GET" and not on_record
    if changed and (reads or visit.expected >= 400 or to_log_in):
        found.append("bewaarde iets")
    if on_record and not changed:
        found.append("hield niet bij wie keek")
    return found


def test_what_is_public_says_nothing_of_anyone(portaal: Portaal) -> None:
    nobody = portaal.bezoeker(ANONIEM)
    assert nobody.get("/inloggen").status_code == 200
    assert nobody.get("/inloggen/code").location == "/inloggen"
    assert nobody.get("/static/js/app.js").status_code == 200
    assert portaal.bezoeker(ANONIEM).post("/uitloggen").location == "/inloggen"


def test_the_parts_of_an_activity_are_known(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    id_ = portaal.wereld.id("Activiteit", "eigen")
    for part in PARTS:
        assert visitor.get(f"/activiteiten/{id_}/{part}/bewerken").status_code == 200
    assert visitor.get(f"/activiteiten/{id_}/onzin/bewerken").status_code == 404
