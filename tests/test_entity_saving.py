"""Saving: nobody's change is lost, a doubled press counts once, and only what is asked is set."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from cmk_admin import attributes, editing
from cmk_admin.attributes import Attribute
from cmk_admin.entity_forms import new_key
from models.base import STEMPELS, Entiteit
from models.gebruiker import Lidmaatschap
from models.samenwerkingspartner import Samenwerkingspartner
from models.techniek import Verzoek
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.portal_forms import Body, edit_body, lost, new_values, sending
from tests.rights_table import TABEL
from tests.support.portal import Portaal
from tests.test_entity_forms import EDITABLE, MADE, MAKEABLE
from tests.test_rights_matrix import address_of

CHANGEABLE = [e for e in EDITABLE if "W" in TABEL[e.__name__]["beheerder"]]
CHANGEABLE_NAMES = [entity.__name__ for entity in CHANGEABLE]
VALUES = {
    "text": ("Van mij", "Van jou"),
    "textarea": ("Van mij", "Van jou"),
    "email": ("mij@test.example", "jou@test.example"),
    "integer": ("11", "12"),
    "money": ("11,00", "12,00"),
    "year": ("2027", "2028"),
}
#: A text with a shape of its own: what people may type there.
SHAPED = {
    ("Gemeente", "code"): ("9911", "9912"),
    ("School", "brin_nummer"): ("99ZA", "99ZB"),
    ("Link", "adres"): ("https://mij.example/", "https://jou.example/"),
}


def id_of(portaal: Portaal, entity: type[Entiteit]) -> int:
    """A row that may be changed."""
    for place in (("eigen", "open"), ("", "open"), ("eigen", "lid"), ("", "datamanager")):
        if (entity.__name__, *place) in portaal.wereld.rijen:
            return portaal.wereld.rijen[(entity.__name__, *place)]
    raise LookupError(entity.__name__)


def two_values(portaal: Portaal, entity: type[Entiteit]) -> tuple[Attribute, str, str]:
    """A field of the edit form, and two things to fill in there."""
    for a in attributes.in_form(entity):
        if a.ui.vast or a.kind == "file":
            continue
        if (entity.__name__, a.name) in SHAPED:
            return (a, *SHAPED[entity.__name__, a.name])
        if a.kind in VALUES:
            return (a, *VALUES[a.kind])
        if a.kind == "choice" and a.name != "status" and a.choices and len(a.choices) > 2:
            mine, theirs = list(a.choices)[-2:]
            return a, mine.value, theirs.value
        if a.kind == "reference" and a.target:
            last = select(a.target.id).order_by(a.target.id.desc()).limit(2)
            with portaal.als() as session:
                one, two = session.scalars(last)
            return a, str(one), str(two)
    raise LookupError(entity.__name__)


def path_of(portaal: Portaal, entity: type[Entiteit], view: str, **values: Any) -> str:
    return address_of(portaal.app, f"{entity.__name__.lower()}.{view}", **values)


def stored(portaal: Portaal, entity: type[Entiteit], id_: int, name: str) -> str:
    with portaal.als() as session:
        row = session.get_one(entity, id_)
        value = editing.current_value(row, name)
        return str(getattr(value, "value", value))


#: Two editors need a value of their own each, beside the one that was there.
CONTESTED = [entity for entity in CHANGEABLE if entity is not Lidmaatschap]


@pytest.mark.parametrize("choice", ["mijn", "hun"])
@pytest.mark.parametrize("entity", CONTESTED, ids=lambda entity: str(entity.__name__))
def test_two_editors_see_both_values(portaal: Portaal, entity: type[Entiteit], choice: str) -> None:
    id_ = id_of(portaal, entity)
    attribute, mine, theirs = two_values(portaal, entity)
    visitor = portaal.bezoeker("beheerder")
    path = path_of(portaal, entity, "edit_view", id=id_)
    form = Page(visitor.get(path).text).form()
    with portaal.als("beheerder") as session:
        row = session.get_one(entity, id_)
        before = str(getattr(row, attribute.name))
    first = visitor.post(path, form | {"sleutel": new_key(), attribute.name: theirs})
    assert first.status_code == 302, first.text

    typed = form | {attribute.name: mine}
    answer = visitor.post(path, typed)

    assert answer.status_code == 409
    page = Page(answer.text)
    assert lost(page, typed) == {}
    [question] = page.with_class("conflict-field")
    assert question.all("legend")[0].words.startswith(attribute.label)
    assert "Mens beheerder" in page.text
    shown = [option.words for option in question.all("label")]
    assert len(shown) == 2
    assert shown[0] != shown[1]
    again = visitor.post(path, page.form() | {f"conflict-{attribute.name}": choice})
    assert again.status_code == 302, again.text
    kept = stored(portaal, entity, id_, attribute.name)
    assert kept == stored_as(portaal, attribute, mine if choice == "mijn" else theirs)
    assert kept != before


def stored_as(portaal: Portaal, attribute: Attribute, typed: str) -> str:
    if attribute.kind == "money":
        return typed.replace(",", "")
    return typed


@pytest.mark.parametrize("entity", CHANGEABLE, ids=CHANGEABLE_NAMES)
def test_a_form_without_its_tokens_is_no_form(portaal: Portaal, entity: type[Entiteit]) -> None:
    id_ = id_of(portaal, entity)
    visitor = portaal.bezoeker("beheerder")
    path = path_of(portaal, entity, "edit_view", id=id_)
    good = edit_body(portaal, entity, id_)
    with portaal.als() as session:
        elsewhere = session.scalars(select(entity).where(entity.id != id_).limit(1)).first()
        others = editing.version_token(elsewhere) if elsewhere is not None else ""
    token = good["versie_token"]
    turned = "X" if token[0] != "X" else "Y"
    for versie in ("", "onzin", token[:-1], turned + token[1:], others):
        assert visitor.post(path, good | {"versie_token": versie}).status_code == 400, versie
    for sleutel in ("", "kort", "x" * 65, "é" * 30, "\x00" * 30):
        answer = visitor.post(path, good | {"sleutel": sleutel, "versie_token": token})
        assert answer.status_code == 400, sleutel
    assert not portaal.changed()


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_pressing_twice_makes_one_row(portaal: Portaal, entity: type[Entiteit]) -> None:
    visitor = portaal.bezoeker("beheerder")
    path = path_of(portaal, entity, "create_view")
    values = new_values(portaal, entity, "eigen", "open")
    body = sending(values)
    with portaal.als() as session:
        before = session.scalar(select(func.count(entity.id)))
    places = []
    for _ in range(3):
        again = dict(body)
        if "bestand_naam" in again:
            again["bestand_naam"] = new_values(portaal, entity, "eigen", "open")["bestand_naam"]
        places.append(visitor.post(path, again).location)
    with portaal.als() as session:
        assert session.scalar(select(func.count(entity.id))) == (before or 0) + 1
    assert places[0]
    assert set(places) == {places[0]}


@pytest.mark.beide
def test_twenty_at_once_make_one_row(portaal: Portaal) -> None:
    """All are sent to the one row that the first made."""
    path = "/stamdata/samenwerkingspartners/new/"
    body = sending({"naam": "Tegelijk", "contractpartij_id": partij(portaal)})
    places: list[str | None] = []
    ready = threading.Barrier(20)

    def press() -> None:
        visitor = portaal.bezoeker("projectleider")
        ready.wait()
        answer = visitor.post(path, body)
        places.append(answer.location or answer.text[:200])

    presses = [threading.Thread(target=press) for _ in range(20)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    with portaal.als() as session:
        named = Samenwerkingspartner.naam == "Tegelijk"
        rows = list(session.scalars(select(Samenwerkingspartner).where(named)))
        keys = session.scalar(select(func.count(Verzoek.id)))
    assert len(rows) == 1
    assert keys == 1
    assert places == [f"/stamdata/samenwerkingspartners/details/?id={rows[0].id}"] * 20


def partij(portaal: Portaal) -> str:
    return str(portaal.wereld.id("Contractpartij", "eigen"))


def test_the_key_of_one_person_is_not_that_of_another(portaal: Portaal) -> None:
    path = "/stamdata/samenwerkingspartners/new/"
    body = sending({"naam": "Van mij", "contractpartij_id": partij(portaal)})
    first = portaal.bezoeker("projectleider").post(path, body)
    second = portaal.bezoeker("routebegeleider").post(path, body | {"naam": "Van een ander"})
    assert first.location != second.location


# --- mass assignment ------------------------------------------------------------------


def smuggled(portaal: Portaal, entity: type[Entiteit]) -> Body:
    """Every column that is not in the form, with a value that would do harm."""
    asked = {attribute.name for attribute in attributes.in_form(entity)}
    harm: Body = {
        "contractpartij_id": portaal.wereld.id("Contractpartij", "vreemd"),
        "id": 99999, "versie": 99, "status": "vastgesteld", "gesloten_op": "01-01-2026 00:00",
        "code": "overig", "demo": "1", "nummer": 7,
    }  # fmt: skip
    rest = {column.name: "4242" for column in entity.__table__.columns if column.name not in harm}
    return {name: str(value) for name, value in (rest | harm).items() if name not in asked}


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_what_the_form_does_not_ask_is_not_set(portaal: Portaal, entity: type[Entiteit]) -> None:
    """A new row is the same row, whatever else was sent along."""
    visitor = portaal.bezoeker("beheerder")
    path = path_of(portaal, entity, "create_view")
    extra = smuggled(portaal, entity)
    assert {"id", "versie"} <= set(extra)
    values = new_values(portaal, entity, "eigen", "open")
    rows = []
    for more in ({}, extra):
        if "bestand_naam" in values:
            values["bestand_naam"] = new_values(portaal, entity, "eigen", "open")["bestand_naam"]
        assert visitor.post(path, sending(values | more)).status_code == 302
        rows.append(newest(portaal, entity))
        portaal.restore()
    assert rows[0] == rows[1]


def newest(portaal: Portaal, entity: type[Entiteit]) -> dict[str, Any]:
    """The last row, without its moments and the random name of its file."""
    with portaal.als() as session:
        row = session.scalars(select(entity).order_by(entity.id.desc()).limit(1)).one()
        skip = (STEMPELS - {"versie", "aangemaakt_door_id"}) | {"bestand_sleutel"}
        names = [column.name for column in entity.__table__.columns]
        return {name: getattr(row, name) for name in names if name not in skip}


@pytest.mark.parametrize("entity", CHANGEABLE, ids=CHANGEABLE_NAMES)
def test_an_edit_changes_only_what_the_form_asks(portaal: Portaal, entity: type[Entiteit]) -> None:
    """Also fixed columns, that the form shows and does not ask, stay as they are."""
    id_ = id_of(portaal, entity)
    visitor = portaal.bezoeker("beheerder")
    with portaal.als() as session:
        row = session.get_one(entity, id_)
        before = {c.name: getattr(row, c.name) for c in entity.__table__.columns}
    fixed: Body = {}
    for attribute in attributes.in_form(entity):
        if attribute.ui.vast:
            fixed[attribute.name] = "2028"
            if attribute.target:
                last = select(func.max(attribute.target.id))
                with portaal.als() as session:
                    fixed[attribute.name] = str(session.scalar(last))
    body = edit_body(portaal, entity, id_) | smuggled(portaal, entity) | fixed
    path = path_of(portaal, entity, "edit_view", id=id_)
    assert visitor.post(path, body).status_code == 302
    with portaal.als() as session:
        row = session.get_one(entity, id_)
        after = {c.name: getattr(row, c.name) for c in entity.__table__.columns}
    assert after == before


def test_what_only_the_other_changed_is_taken_over(portaal: Portaal) -> None:
    """What I did not touch shows their value, and stays so when I save again."""
    id_ = portaal.wereld.id(Lidmaatschap, "eigen", "lid")
    visitor = portaal.bezoeker("beheerder")
    path = path_of(portaal, Lidmaatschap, "edit_view", id=id_)
    form = Page(visitor.get(path).text).form()
    changed = form | {"sleutel": new_key(), "rol": "routebegeleider"}
    assert visitor.post(path, changed).status_code == 302
    answer = visitor.post(path, form)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert page.form()["rol"] == ["routebegeleider"]
    [taken] = page.with_class("conflict-taken")
    assert taken.words.startswith("Rol was: Projectleider Routebegeleider overgenomen van ")
    assert not page.with_class("conflict-field")


def test_a_projectleider_changes_only_the_werkwijze_of_a_verantwoording(portaal: Portaal) -> None:
    """In a year without activities; status goes by its own step."""
    id_ = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    body = edit_body(portaal, Verantwoording, id_, werkwijze="D", uiterste_datum="01-01-2027")
    path = path_of(portaal, Verantwoording, "edit_view", id=id_)
    answer = portaal.bezoeker("projectleider").post(path, body)
    assert answer.status_code == 302
    assert stored(portaal, Verantwoording, id_, "werkwijze") == "D"
    assert stored(portaal, Verantwoording, id_, "uiterste_datum") == "None"
