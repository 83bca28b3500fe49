"""One cell of a list: the same rules as the form, answered to the script in Dutch."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin import attributes
from models.activiteit import Last
from models.base import Entiteit
from models.historie import Wijziging
from models.samenwerkingspartner import Samenwerkingspartner
from tests.portal_forms import edit_body
from tests.support.portal import Portaal
from tests.test_entity_saving import id_of, path_of
from tests.test_rights_matrix import ENTITIES

INLINE = [e for e in ENTITIES if any(a.ui.inline for a in attributes.listed(e))]
NAMES = [entity.__name__ for entity in INLINE]
WRONG = {
    "text": "x" * 301,
    "email": "x" * 255,
    "integer": "veel",
    "money": "duur",
    "hours": "lang",
    "date": "31-02-2026",
    "choice": "onzin",
}


def update(
    portaal: Portaal, entity: type[Entiteit], id_: int, who: str = "beheerder", **cell: Any
) -> TestResponse:
    path = path_of(portaal, entity, "ajax_update")
    return portaal.bezoeker(who).post(path, {"list_form_pk": str(id_), **cell})


def row(portaal: Portaal, entity: type[Entiteit], id_: int) -> dict[str, Any]:
    with portaal.als() as session:
        found = session.get_one(entity, id_)
        return {c.name: getattr(found, c.name) for c in entity.__table__.columns}


@pytest.mark.parametrize("entity", INLINE, ids=NAMES)
def test_a_cell_that_is_wrong_says_so(portaal: Portaal, entity: type[Entiteit]) -> None:
    id_ = id_of(portaal, entity)
    for attribute in attributes.listed(entity):
        if attribute.ui.inline:
            answer = update(portaal, entity, id_, **{attribute.name: WRONG[attribute.kind]})
            assert answer.status_code == 422, attribute.name
            assert set(answer.get_json()) == {"fout"}
            assert answer.get_json()["fout"]
            if attribute.required and attribute.kind != "choice":
                empty = update(portaal, entity, id_, **{attribute.name: "  "})
                assert empty.get_json() == {"fout": "Dit veld is verplicht."}
    assert not portaal.changed()


@pytest.mark.parametrize("entity", INLINE, ids=NAMES)
def test_a_good_cell_is_stored_and_recorded(portaal: Portaal, entity: type[Entiteit]) -> None:
    id_ = id_of(portaal, entity)
    attribute = next(a for a in attributes.listed(entity) if a.ui.inline)
    new = {"text": "Anders", "integer": "17", "choice": ""}.get(attribute.kind, "")
    if attribute.choices:
        now = row(portaal, entity, id_)[attribute.name]
        new = next(lid.value for lid in attribute.choices if lid != now)
    before = row(portaal, entity, id_)
    answer = update(portaal, entity, id_, **{attribute.name: new})
    assert answer.status_code == 200, answer.text
    after = row(portaal, entity, id_)
    assert {name for name in after if after[name] != before[name]} == {
        attribute.name, "versie", "gewijzigd_op", "gewijzigd_door_id",
    }  # fmt: skip
    with portaal.als() as session:
        last = session.scalars(select(Wijziging).order_by(Wijziging.id.desc()).limit(1)).one()
        assert (last.entiteit, last.rij_id) == (entity.__name__, id_)
        assert list(last.waarden) == [attribute.name]
        assert last.door_id == portaal.wereld.mensen["beheerder"]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: str(entity.__name__))
def test_only_a_cell_that_the_list_offers_can_be_set(
    portaal: Portaal, entity: type[Entiteit]
) -> None:
    if entity.alleen_poort:
        return
    id_ = id_of(portaal, entity)
    offered = {a.name for a in attributes.listed(entity) if a.ui.inline}
    values = edit_body(portaal, entity, id_)
    for column in entity.__table__.columns:
        if column.name not in offered:
            cell = {column.name: values.get(column.name) or "1"}
            code = update(portaal, entity, id_, **cell).status_code
            assert code in (400, 403), column.name
    if len(offered) > 1:
        both = {name: values[name] for name in offered}
        assert update(portaal, entity, id_, **both).status_code == 400
    assert update(portaal, entity, id_).status_code in (400, 403)
    assert not portaal.changed()


@pytest.mark.parametrize("pk", ["", "0", "-1", "abc", "1e9", "99999999999999999999", "\u0661"])
def test_a_row_that_is_none_is_not_found(portaal: Portaal, pk: str) -> None:
    answer = portaal.bezoeker("beheerder").post(
        path_of(portaal, Last, "ajax_update"), {"list_form_pk": pk, "bedrag": "1"}
    )
    assert answer.status_code == 404


def test_a_rule_of_the_row_is_said_at_the_cell(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Last, "eigen")
    answer = update(portaal, Last, id_, betaald_op="01-05-2025", who="projectleider")
    assert answer.status_code == 422
    assert answer.get_json()["fout"].startswith("Alleen kosten die in 2026 zijn uitbetaald")
    id_ = portaal.wereld.id(Samenwerkingspartner, "eigen")
    with portaal.als() as session:
        partner = session.get_one(
            Samenwerkingspartner, portaal.wereld.id(Samenwerkingspartner, "eigen", "vrij")
        )
        naam = partner.naam
    answer = update(portaal, Samenwerkingspartner, id_, naam=naam)
    assert answer.get_json() == {"fout": "Deze samenwerkingspartner staat er al."}
    assert not portaal.changed()


def test_a_closed_year_can_not_be_changed_in_a_list(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Last, "eigen", "gesloten")
    path = path_of(portaal, Last, "ajax_update")
    answer = portaal.bezoeker("projectleider").post(
        path, {"list_form_pk": str(id_), "bedrag": "1"},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )  # fmt: skip
    assert answer.status_code == 403
    assert "is gesloten" in answer.get_json()["fout"]
    assert not portaal.changed()


def test_what_was_typed_is_shown_as_everywhere(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Last, "eigen")
    shown = {"bedrag": ("1234.5", "€ 1.234,50"), "betaald_op": ("2026-3-1", None),
             "toelichting": ("<b>&amp;", "<b>&amp;")}  # fmt: skip
    for name, (typed, text) in shown.items():
        answer = update(portaal, Last, id_, **{name: typed})
        if text is None:
            assert answer.status_code == 422, name
        else:
            assert answer.get_json()["tekst"] == text
            assert answer.get_json()["naam"] == row(portaal, Last, id_)["toelichting"]
