"""Persoonlijke data (Handleiding 2.8): everything that is held, to see and to take along."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from cmk_admin import privacy
from cmk_admin.gate import acting_as
from cmk_admin.web import logs
from models.base import entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker
from models.techniek import Mail
from tests import factories
from tests.auth_support import (
    TEST,
    Person,
    add_person,
    stored,
    token,
)

BASE = "/mijn-gegevens"
pytest_plugins = ["tests.auth_fixtures"]

#: Every column in which a insider can stand. A new one: see that the export has it, then add it.
KNOWN = {
    "Bewerking": {"door_id", "ongedaan_door_id"},
    "Onderbreking": {"gebruiker_id"},
    "Concept": {"gebruiker_id"},
    "Contractpartij": {"adviseur_id"},
    "Herstelcode": {"gebruiker_id"},
    "Inzage": {"gebruiker_id", "over_id"},
    "Lidmaatschap": {"gebruiker_id"},
    "Mail": {"ontvanger_id"},
    "Momentopname": {"door_id"},
    "Taak": {"gebruiker_id"},
    "Toegangslink": {"gebruiker_id"},
    "Verantwoording": {"gesloten_door_id"},
    "Reactie": {"van_id"},
    "Verzoek": {"gebruiker_id"},
    "Vraag": {"van_id"},
    "Weergave": {"gebruiker_id"},
    "Zitting": {"gebruiker_id"},
}


def test_no_column_about_people_is_unmapped() -> None:
    found = {entity.__name__: set(privacy.points_at_people(entity)) for entity in entiteiten()}
    assert {name: columns for name, columns in found.items() if columns} == KNOWN


def test_export_covers_every_column_about_a_person(app: Flask, insider: Person) -> None:
    makers: dict[str, Callable[..., object]] = {
        name: getattr(factories, f"maak_{entity.__tablename__}")
        for entity in entiteiten()
        if (name := entity.__name__) in KNOWN
    }
    with app.app_context(), acting_as(TEST) as session:
        for name, columns in KNOWN.items():
            for column in columns:
                if name == "Contractpartij":
                    session.get_one(
                        Gebruiker, insider.id
                    ).cultuur_oost_rol = CultuurOostRol.ADVISEUR
                if name in ("Momentopname", "Verantwoording"):
                    continue
                _make(session, makers[name], column, insider.id)
        session.commit()
    with app.app_context():
        parts = {part.title: part for part in privacy.held_about(insider.id)}

    for name in KNOWN.keys() - {"Momentopname", "Verantwoording", "Contractpartij"}:
        entity = next(entity for entity in entiteiten() if entity.__name__ == name)
        title = entity.woord.titel_meervoud
        # One row per column in which the insider stands.
        assert len(parts[title].rows) >= len(KNOWN[name]), name
        assert len(parts[title].columns) == len(set(parts[title].columns))
    assert any(row[0] == "Contractpartij" for row in parts[privacy.NAMED].rows)
    own = dict(zip(parts["Gebruiker"].columns, parts["Gebruiker"].rows[0], strict=True))
    assert (own["Naam"], own["E-mailadres"]) == ("Piet Pietersen", insider.email)
    assert own["Wachtwoord"] == own["Geheim van de tweede factor"] == "Bewaard, versleuteld"


def _make(session: object, maker: Callable[..., object], column: str, number: int) -> None:
    if (
        maker.__name__
        in (
            "maak_lidmaatschap",
            "maak_zitting",
            "maak_toegangslink",
            "maak_herstelcode",
            "maak_onderbreking",
        )
        or maker.__name__ == "maak_mail"
    ):
        maker(session, session.get_one(Gebruiker, number))  # type: ignore[attr-defined]
    else:
        maker(session, **{column: number})


def test_everything_is_shown_and_can_be_taken_along(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    page = client.get(f"{BASE}/persoonlijke-data").text
    assert insider.email in page
    as_json = client.get(f"{BASE}/persoonlijke-data/download/json")
    held = json.loads(as_json.data)
    assert held["Gebruiker"][0]["E-mailadres"] == insider.email
    assert len(held["Zittingen"]) == 1

    as_xlsx = client.get(f"{BASE}/persoonlijke-data/download/xlsx")
    book = load_workbook(BytesIO(as_xlsx.data))
    assert set(book.sheetnames) == {title[:31] for title in held}
    cells = [cell.value for row in book["Gebruiker"].iter_rows() for cell in row]
    assert insider.email in cells
    for answer in (as_json, as_xlsx):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
        row = stored(app, insider)
        assert row.wachtwoord_hash
        assert row.wachtwoord_hash.encode() not in answer.data
    assert client.get(f"{BASE}/persoonlijke-data/download/exe").status_code == 404


def test_nobody_elses_data_is_in_it(app: Flask, client: FlaskClient, insider: Person) -> None:
    add_person(app, "kanarie@voorbeeld.nl", naam="Kanarie Geel")
    assert "anarie" not in client.get(f"{BASE}/persoonlijke-data/download/json").text


def test_asking_for_erasure_mails_every_beheerder_once_a_day(
    app: Flask, client: FlaskClient, insider: Person
) -> None:
    boss = add_person(app, "bea@voorbeeld.nl", cultuur_oost_rol=CultuurOostRol.BEHEERDER)
    for _ in range(2):
        sent = token(client, f"{BASE}/persoonlijke-data")
        client.post(f"{BASE}/persoonlijke-data/wissen", data={"csrf_token": sent})
    with app.app_context(), acting_as(TEST) as session:
        rows = session.scalars(select(Mail)).all()
        assert [(row.ontvanger_id, insider.email in row.tekst) for row in rows] == [(boss.id, True)]


def test_a_contractpartij_names_its_adviser(app: Flask, insider: Person) -> None:
    with app.app_context(), acting_as(TEST) as session:
        session.get_one(Gebruiker, insider.id).cultuur_oost_rol = CultuurOostRol.ADVISEUR
        session.flush()
        session.add(Contractpartij(naam="Cultuurpunt Ede", adviseur_id=insider.id))
        session.commit()
    with app.app_context():
        parts = {part.title: part for part in privacy.held_about(insider.id)}
    assert ("Contractpartij", "Cultuurpunt Ede", "Adviseur") in parts[privacy.NAMED].rows


def test_views_of_personal_data_are_on_record_in_the_log(
    app: Flask, client: FlaskClient, insider: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.use_json(app)
    try:
        client.get(f"{BASE}/persoonlijke-data")
        client.get(f"{BASE}/persoonlijke-data/download/json")
    finally:
        app.logger.handlers.clear()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["tekst"], line["gebruiker"]) for line in lines] == [
        (f"GET persoonlijke_data.{page} 200", str(insider.id)) for page in ("index", "download")
    ]
