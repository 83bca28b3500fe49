"""Every form of every entity with bad input: a Dutch error at the field, nothing stored,
and what was typed still there."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String, Text, select
from werkzeug.test import TestResponse

from cmk_admin import attributes
from cmk_admin.attributes import Attribute
from models.activiteit import Activiteit
from models.base import Entiteit
from models.lijsten import Documentsoort, Lijst
from models.project import Baat, Begrotingspost, Document, Project
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.portal_forms import Body, error_at, lost, new_values, sending, summary
from tests.rights_table import ONDER_SLOT, TABEL, ergens
from tests.support.portal import Portaal
from tests.test_rights_matrix import ENTITIES, address_of

EDITABLE = [entity for entity in ENTITIES if not entity.alleen_poort]
NAMES = [entity.__name__ for entity in EDITABLE]
MAKEABLE = [entity for entity in EDITABLE if "M" in TABEL[entity.__name__]["beheerder"]]
MADE = [entity.__name__ for entity in MAKEABLE]
LONGEST_TEXT = 10_000
BELL = "a\x07"
TYPED = ("integer", "year", "money", "hours", "date")
DUTCH = re.compile(
    r"^(Vul|Kies|Dit|Deze|Hier|De|Een|Alleen|Er is al) |hoogstens|bestaat niet|beide|eindigt"
)


def asked(entity: type[Entiteit]) -> list[Attribute]:
    return [a for a in attributes.in_form(entity) if a.kind != "file"]


def send(portaal: Portaal, entity: type[Entiteit], values: Body) -> tuple[TestResponse, Body]:
    path = address_of(portaal.app, f"{entity.__name__.lower()}.create_view")
    body = sending(values)
    return portaal.bezoeker("beheerder").post(path, body), body


def refused(
    portaal: Portaal, entity: type[Entiteit], wrong: Body, code: int = 422
) -> tuple[Page, Body]:
    """Send a good form with these values in it; it has to come back, with nothing stored."""
    values = new_values(portaal, entity, "eigen", "open") | wrong
    response, body = send(portaal, entity, values)
    assert response.status_code == code, response.text
    assert not portaal.changed()
    page = Page(response.text)
    assert "SQL" not in page.text
    return page, body


def check_errors(page: Page, body: Body, names: list[str]) -> None:
    """Each of these fields has a Dutch error, named above and linked; the rest was kept."""
    above = summary(page)
    for name in names:
        message = error_at(page, name)
        assert DUTCH.search(message), (name, message)
        assert name in above, (name, above)
    assert set(above) <= set(names), above
    assert lost(page, body) == {}


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_what_is_missing_is_asked_at_the_field(portaal: Portaal, entity: type[Entiteit]) -> None:
    columns = entity.__table__.columns
    needed = [
        a.name
        for a in asked(entity)
        if (a.plural and a.plural.verplicht)
        or (a.name in columns and not columns[a.name].nullable and a.kind != "check")
    ]
    assert needed
    page, body = refused(portaal, entity, dict.fromkeys(needed, ""))
    check_errors(page, body, needed)
    for name in needed:
        assert error_at(page, name) == "Dit veld is verplicht."


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_what_is_too_long_is_refused(portaal: Portaal, entity: type[Entiteit]) -> None:
    texts = {a.name: a for a in asked(entity) if a.kind in ("text", "textarea", "email")}
    if not texts:
        return
    limits = {name: a.max_length or LONGEST_TEXT for name, a in texts.items()}
    page, body = refused(portaal, entity, {n: "x" * (limit + 1) for n, limit in limits.items()})
    check_errors(page, body, list(texts))
    for name in texts:
        assert f"hoogstens {limits[name]} tekens" in error_at(page, name)
        column = entity.__table__.columns[name].type
        assert isinstance(column, Text | String)


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_what_is_no_number_date_or_choice_is_refused(
    portaal: Portaal, entity: type[Entiteit]
) -> None:
    wrong: Body = {a.name: "morgen" for a in asked(entity) if a.kind in TYPED}
    page, body = Page("<p>"), wrong
    if wrong:
        page, body = refused(portaal, entity, wrong)
        check_errors(page, body, list(wrong))
    choices = {a.name: "onzin" for a in asked(entity) if a.kind in ("choice", "reference", "multi")}
    if choices:
        page, _ = refused(portaal, entity, choices)
        assert {name: error_at(page, name) for name in choices if not error_at(page, name)} == {}
    absent = {a.name: "999999999" for a in asked(entity) if a.kind in ("reference", "multi")}
    if absent:
        page, _ = refused(portaal, entity, absent)
        assert all(error_at(page, name).startswith("Deze keuze bestaat niet") for name in absent)


NUMBERS = {
    "integer": ("1,5", "1e3", "9" * 12, "\u0661", "--1", "1 2 x"),
    "year": ("26", "0", "12345", "-2026"),
    "money": ("1,234", "12,3,4", "9" * 20, "€", "1.2.3", "10000000000000"),
    "hours": ("1,234", "anderhalf", "99999999999", "NaN", "Infinity"),
    "date": ("31-02-2026", "2026", "01-13-2026", "32-01-2026", "00-00-0000", "1-1-26", "1-1-2026x"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_that_can_not_be_read_is_kept_as_typed(portaal: Portaal, kind: str) -> None:
    entity, attribute = next(
        (entity, a) for entity in EDITABLE for a in asked(entity) if a.kind == kind
    )
    for value in NUMBERS[kind]:
        page, body = refused(portaal, entity, {attribute.name: value})
        check_errors(page, body, [attribute.name])


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_invisible_characters_are_refused(portaal: Portaal, entity: type[Entiteit]) -> None:
    texts = dict.fromkeys((a.name for a in asked(entity) if a.kind in ("text", "textarea")), BELL)
    if texts:
        page, _ = refused(portaal, entity, texts)
        assert all("onzichtbare tekens" in error_at(page, name) for name in texts)


@pytest.mark.beide
def test_no_byte_breaks_a_database(portaal: Portaal) -> None:
    """Zero bytes, half letters, line breaks in one line: refused in Dutch on both."""
    entity = next(e for e in EDITABLE if e.__name__ == "Samenwerkingspartner")
    for text in ("a\x00b", "a\x0bb", "regel\nregel", "tab\tin", "\x7f", "rood\x1b[31m"):
        page, body = refused(portaal, entity, {"naam": text})
        assert "onzichtbare tekens" in error_at(page, "naam"), repr(text)
    values = new_values(portaal, entity, "eigen", "open") | {"naam": "Ёлка 🎻 \u200d é ﷽ שלום"}
    response, body = send(portaal, entity, values)
    assert response.status_code == 302, body
    raw = b"naam=%ED%A0%80&plaats=%C3"
    broken = portaal.bezoeker("beheerder")
    answer = broken.client.post(
        "/stamdata/samenwerkingspartners/new/",
        data=raw + f"&csrf_token={broken.token}&sleutel={'s' * 24}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


ENDS = [
    (entity, start, end)
    for entity in EDITABLE
    for start, end in (("startdatum", "einddatum"), ("actief_van", "actief_tot"))
    if start in entity.__table__.columns
]


@pytest.mark.parametrize(("entity", "start", "end"), ENDS, ids=lambda e: getattr(e, "__name__", ""))
def test_an_end_before_its_start_is_refused(
    portaal: Portaal, entity: type[Entiteit], start: str, end: str
) -> None:
    days = {start: "02-03-2026", end: "01-03-2026"}
    page, body = refused(portaal, entity, days)
    check_errors(page, body, [end])
    values = new_values(portaal, entity, "eigen", "open")
    same, _ = send(portaal, entity, values | {start: "02-03-2026", end: "02-03-2026"})
    assert same.status_code == 302, same.text
    assert len(ENDS) == 2 + len(Lijst.__subclasses__())
    assert {Activiteit, Project} <= {found for found, _, _ in ENDS}


UNDER = [e for e in EDITABLE if e.__name__ in ONDER_SLOT and e.__name__ != "Verantwoording"]


@pytest.mark.parametrize("stand", ["gesloten", "vastgesteld"])
@pytest.mark.parametrize("entity", UNDER, ids=lambda e: str(e.__name__))
def test_under_a_closed_parent_nothing_is_added_nor_lost(
    portaal: Portaal, entity: type[Entiteit], stand: str
) -> None:
    values = new_values(portaal, entity, "eigen", stand)
    response, body = send(portaal, entity, values)
    assert response.status_code == 409
    assert not portaal.changed()
    page = Page(response.text)
    assert f"is {stand}: er kan niets meer in" in page.text
    assert lost(page, body) == {}


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_a_strangers_number_does_not_exist(portaal: Portaal, entity: type[Entiteit]) -> None:
    name = entity.__name__
    strange: dict[str, Any] = {}
    for attribute in asked(entity):
        target = attribute.target.__name__ if attribute.target else ""
        if (target, "vreemd", "open") in portaal.wereld.rijen:
            strange[attribute.name] = str(portaal.wereld.id(target, "vreemd"))
    for visitor in ("routebegeleider", "projectleider"):
        if not strange or not ergens(visitor, name, "M"):
            continue
        for field, number in strange.items():
            values = new_values(portaal, entity, "eigen", "open") | {field: number}
            path = address_of(portaal.app, f"{name.lower()}.create_view")
            response = portaal.bezoeker(visitor).post(path, sending(values))
            assert response.status_code == 422, (visitor, field)
            expected = "Deze keuze bestaat niet (meer), of is niet van jullie."
            assert error_at(Page(response.text), field) == expected
            assert not portaal.changed()


@pytest.mark.parametrize("entity", MAKEABLE, ids=MADE)
def test_a_good_form_is_stored_as_typed(portaal: Portaal, entity: type[Entiteit]) -> None:
    """The forms above could have been stored: what is typed is what the row says."""
    values = new_values(portaal, entity, "eigen", "open")
    response, _ = send(portaal, entity, values)
    assert response.status_code == 302, response.text
    assert portaal.changed()
    with portaal.als() as session:
        row = session.query(entity).order_by(entity.id.desc()).first()
        assert row is not None
        for attribute in asked(entity):
            if attribute.kind in ("text", "textarea"):
                assert (getattr(row, attribute.name) or "") == values[attribute.name]
            if attribute.kind == "date" and values[attribute.name]:
                stored: date = getattr(row, attribute.name)
                assert f"{stored:%d-%m-%Y}" == values[attribute.name]
            if attribute.kind == "reference":
                assert str(getattr(row, attribute.name) or "") == values[attribute.name]


@pytest.mark.parametrize("entity", [Baat, Begrotingspost, Verantwoording], ids=lambda e: e.__name__)
def test_a_year_outside_the_project_is_refused(portaal: Portaal, entity: type[Entiteit]) -> None:
    with portaal.als() as session:
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        first, last = project.startdatum.year, project.einddatum.year
    here = {"project_id": str(portaal.wereld.id(Project, "eigen"))}
    for year in (first - 1, last + 1):
        page, _ = refused(portaal, entity, here | {"kalenderjaar": str(year)})
        message = error_at(page, "kalenderjaar")
        assert message == f"Dit project loopt van {first} tot en met {last}."


def test_rules_are_told_along_with_what_is_missing(portaal: Portaal) -> None:
    turned = {"titel": "", "startdatum": "01-02-2026", "einddatum": "01-01-2026"}
    page, _ = refused(portaal, Project, turned)
    assert error_at(page, "titel") == "Dit veld is verplicht."
    assert error_at(page, "einddatum") == "De einddatum ligt vóór de startdatum."


def kinds(page: Page) -> dict[str, bool]:
    """The kinds of a document that the form offers, and whether each is chosen."""
    options = page.by_id("soort_id").all("option")
    return {o.words: "selected" in o.attributes for o in options if o.get("value")}


@pytest.mark.parametrize("visitor", ["projectleider", "beheerder"])
def test_a_form_offers_no_kind_that_would_be_refused(portaal: Portaal, visitor: str) -> None:
    """A projectleider adds documents of the kind Overig; another is told at its field, not 403."""
    person = portaal.bezoeker(visitor)
    may_all = visitor == "beheerder"
    new = Page(person.get("/beheer/documenten/new/").text)
    number = portaal.wereld.id(Document, "eigen")
    edit = Page(person.get(f"/beheer/documenten/edit/?id={number}").text)
    assert ("Projectplan" in kinds(new), "Projectplan" in kinds(edit)) == (may_all, may_all)
    assert may_all or kinds(new) == kinds(edit) == {"Overig": True}
    if may_all:
        return
    with portaal.als() as session:
        plan = session.scalar(select(Documentsoort.id).where(Documentsoort.naam == "Projectplan"))
    values = new_values(portaal, Document, "eigen", "open") | {"soort_id": str(plan)}
    response = person.post("/beheer/documenten/new/", sending(values))
    assert response.status_code == 422
    assert "niet meer te maken" in error_at(Page(response.text), "soort_id")
