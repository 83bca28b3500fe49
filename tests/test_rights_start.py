"""The portal does not start when an entity or a route lacks something, and says what to write."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, Table, UniqueConstraint, inspect
from sqlalchemy.orm.util import CascadeOptions

from cmk_admin import checks, rights
from cmk_admin.auth import public
from cmk_admin.rights import Handeling
from cmk_admin.routes import requires, signed_in
from models.activiteit import Activiteit
from models.base import Basis, Entiteit
from models.lijsten import Doel
from models.school import School
from tests.support.portal import Portaal

SCHOOL = Basis.metadata.tables["school"]


def page() -> str:
    return "nooit gevraagd"


@pytest.fixture
def other(portaal: Portaal) -> Flask:
    """An app of its own with a few routes, to add one to."""
    return Flask("los", root_path=portaal.app.root_path)


def test_the_portal_as_it_is_starts(portaal: Portaal) -> None:
    checks.verify(portaal.app)


def test_a_route_without_a_policy_stops_the_start(other: Flask) -> None:
    other.add_url_rule("/vergeten", "vergeten", page)
    with pytest.raises(checks.Misconfigured, match=r"vergeten: schrijf @signed_in of @requires"):
        checks.verify(other)


def test_a_right_without_a_subject_is_no_policy(other: Flask) -> None:
    other.add_url_rule("/half", "half", requires(Handeling.ZIEN)(lambda: "half"))
    with pytest.raises(checks.Misconfigured, match="half: schrijf"):
        checks.verify(other)


@pytest.mark.parametrize("mark", [public, signed_in, requires(Handeling.ZIEN, Doel)])
def test_a_route_that_says_who_may_starts(other: Flask, mark: Callable[..., object]) -> None:
    other.add_url_rule("/goed", "goed", mark(lambda: "goed"))  # type: ignore[arg-type]
    checks.verify(other)


def missing(app: Flask) -> str:
    with pytest.raises(checks.Misconfigured) as refused:
        checks.verify(app)
    return str(refused.value)


@pytest.mark.parametrize("table", ["RIGHTS", "SCOPE"])
def test_an_entity_without_rights_or_scope_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.delitem(getattr(rights, table), "Doel")
    assert missing(portaal.app) == (
        f"Doel: schrijf een rij in {table} (cmk_admin/rights.py), voor elke rol."
    )


def test_a_role_that_is_forgotten_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dict(rights.RIGHTS["Doel"])
    row.popitem()
    monkeypatch.setitem(rights.RIGHTS, "Doel", row)
    assert "Doel: schrijf een rij in RIGHTS" in missing(portaal.app)


def test_an_entity_without_words_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Doel, "woord", None)
    assert "Doel: schrijf woord = Woord(" in missing(portaal.app)


def test_an_entity_without_a_name_for_its_rows_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(School, "__str__", Entiteit.__str__)
    assert missing(portaal.app).startswith("School: schrijf __str__")


def test_a_column_without_a_label_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(School.__table__.c.adres.info, "ui")
    assert missing(portaal.app).startswith("School.adres: schrijf info=ui(")


def test_an_entity_whose_numbers_come_back_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = SCHOOL.dialect_options["sqlite"]
    before = options["autoincrement"]
    try:
        options["autoincrement"] = False
        assert "School: schrijf __table_args__ = tabel(" in missing(portaal.app)
    finally:
        options["autoincrement"] = before
    monkeypatch.setattr(inspect(School), "version_id_col", None)
    assert missing(portaal.app) == "School: heeft geen versie."


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("secondary", Doel.__table__, "geen secondary"),
        ("passive_deletes", True, "geen passive_deletes"),
        ("_cascade", CascadeOptions("all, delete-orphan"), "geen delete-orphan"),
    ],
)
def test_a_relation_that_goes_around_the_gate_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, name: str, value: object, words: str
) -> None:
    monkeypatch.setattr(inspect(Activiteit).relationships["lasten"], name, value)
    assert missing(portaal.app).startswith(f"Activiteit.lasten: {words}")


def test_a_table_without_an_entity_stops_the_start(portaal: Portaal) -> None:
    loose = Table("los", Basis.metadata, Column("id", Integer, primary_key=True))
    try:
        assert missing(portaal.app) == "los: een tabel zonder entiteit gaat om de poort heen."
    finally:
        Basis.metadata.remove(loose)


def test_a_nameless_constraint_stops_the_start(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    constraint = next(c for c in SCHOOL.constraints if isinstance(c, UniqueConstraint))
    monkeypatch.setattr(constraint, "name", None)
    assert missing(portaal.app) == "school: geef elke constraint een naam."
