"""Persoonlijke data (Handleiding 2.8): everything that is held, to see and to take along."""

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from cmk_admin import privacy
from cmk_admin.auth.account import load_account
from cmk_admin.gate import acting_as
from cmk_admin.web import logs
from models.base import entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker
from models.historie import WijzigingSoort
from models.techniek import Mail
from models.verantwoording import Verantwoording
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
                if name == "Momentopname":
                    # Made by closing, with who closed.
                    continue
                if name == "Verantwoording":
                    factories.maak_gesloten_verantwoording(session, door_id=insider.id)
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
    named = {(row[0], row[2]) for row in parts[privacy.NAMED].rows}
    assert named == {
        ("Contractpartij", "Adviseur"),
        ("Momentopname", "Gesloten door"),
        ("Verantwoording", "Gesloten door"),
    }
    own = dict(zip(parts["Gebruiker"].columns, parts["Gebruiker"].rows[0], strict=True))
    assert (own["Naam"], own["E-mailadres"]) == ("Piet Pietersen", insider.email)
    assert own["Wachtwoord"] == own["Sleutel van de authenticator-app"] == "Bewaard, versleuteld"


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


def acts(app: Flask, person: Person) -> None:
    """What this person once did to rows of others, and what others did to theirs."""
    with app.app_context(), acting_as(TEST) as session:
        own = {"door_id": person.id, "soort": WijzigingSoort.GEWIJZIGD, "titel": "Kanarie Geel"}
        for moment in ("2026-05-04T10:00", "2026-05-04T11:00", "2026-05-05T10:00"):
            factories.maak_wijziging(
                session,
                entiteit="Project",
                rij_id=7,
                waarden={"naam": ["Kanarie Geel", "Kanarie Groen"]},
                op=datetime.fromisoformat(f"{moment}+00:00"),
                **own,
            )
        factories.maak_wijziging(
            session,
            entiteit="Gebruiker",
            rij_id=person.id,
            titel="Piet Pietersen",
            waarden={"telefoon": ["026-1", "026-2"]},
        )
        other = factories.maak_gebruiker(session, naam="Kanarie Geel")
        factories.maak_bewerking(session, door_id=person.id, omschrijving="Kanarie weg")
        factories.maak_inzage(session, gebruiker_id=person.id, wat="Kanarie", over_id=other.id)
        factories.maak_inzage(session, gebruiker_id=other.id, wat="Piet", over_id=person.id)
        session.commit()


@pytest.mark.beide
def test_what_a_person_did_to_rows_of_others_is_counted_and_not_told(
    app: Flask, insider: Person
) -> None:
    acts(app, insider)
    with app.app_context():
        parts = {part.title: part for part in privacy.held_about(insider.id)}
    assert parts[privacy.DONE].rows[:2] == (
        ("05-05-2026", "Project", "Gewijzigd", "1"),
        ("04-05-2026", "Project", "Gewijzigd", "2"),
    )
    about = [row for row in parts["Wijzigingen"].rows if "Piet Pietersen" in row]
    assert any("Telefoon: 026-1 → 026-2" in row for row in about), "about themselves it stays whole"
    assert not any("Project" in row for row in parts["Wijzigingen"].rows)
    looks = [row for row in parts["Inzages"].rows if "Piet" in row]
    assert len(looks) == 1


@pytest.mark.parametrize("path", ["", "/download/json", "/download/xlsx"])
def test_nothing_of_others_is_shown_or_taken_along(
    app: Flask, client: FlaskClient, insider: Person, path: str
) -> None:
    acts(app, insider)
    answer = client.get(f"{BASE}/persoonlijke-data{path}")
    assert answer.status_code == 200
    told = answer.data
    if path.endswith("xlsx"):
        book = load_workbook(BytesIO(told))
        cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        told = str(cells).encode()
    # Who looked at them is told; whom they looked at is not.
    assert told.count(b"Kanarie") == told.count(b"Kanarie Geel") <= 1
    assert b"Kanarie Groen" not in told
    assert privacy.DONE.encode() in told or path.endswith("xlsx")


def test_a_download_reads_some_rows_at_a_time(
    app: Flask, insider: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "TOGETHER", 5)
    with app.app_context(), acting_as(TEST) as session:
        person = session.get_one(Gebruiker, insider.id)
        for _ in range(40):
            factories.maak_mail(session, person)
        session.commit()
    with app.app_context(), acting_as(privacy.LOOKING_UP) as session:
        [mails] = [s for s in privacy._sources(session, insider.id) if s.title == "Mails"]
        read, most = 0, 0
        for _ in mails.rows:
            read += 1
            most = max(most, sum(isinstance(row, Mail) for row in session.identity_map.values()))
    assert read == mails.total >= 40
    assert most <= 10


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


@pytest.mark.beide
def test_the_years_that_somebody_closed_reopened_or_approved_are_told(
    app: Flask, insider: Person
) -> None:
    with app.app_context():
        with acting_as(TEST) as session:
            year = factories.maak_verantwoording(session)
            for _ in range(2):
                factories.maak_complete_activiteit(session, year)
            session.get_one(Gebruiker, insider.id).cultuur_oost_rol = CultuurOostRol.BEHEERDER
            session.commit()
            number, title = year.id, str(year)
        account = load_account(insider.id)
        assert account is not None
        for step in ("sluit", "stel_vast", "heropen", "sluit"):
            with acting_as(account.actor) as session:
                row = session.get_one(Verantwoording, number)
                given = {"sluit": (insider.id,), "heropen": ("Er miste iets.",)}
                getattr(row, step)(*given.get(step, ()))
                session.commit()
        parts = {part.title: part for part in privacy.held_about(insider.id)}
    assert [row[1:] for row in parts[privacy.STEPS].rows] == [
        (title, "Verantwoording sluiten"),
        (title, "Heropenen na vaststelling"),
        (title, "Vaststellen"),
        (title, "Verantwoording sluiten"),
    ]
    assert [row for row in parts[privacy.NAMED].rows if row[0] == "Momentopname"] == [
        ("Momentopname", f"{title} → Momentopname {number}", "Gesloten door") for number in (2, 1)
    ]


@pytest.mark.beide
def test_what_was_done_just_after_midnight_counts_for_that_dutch_day(
    app: Flask, insider: Person
) -> None:
    """An hour after UTC in winter, two in summer."""
    with app.app_context(), acting_as(TEST) as session:
        for moment in (
            "2026-01-31T22:59:59", "2026-01-31T23:00:00", "2026-02-01T10:00:00",
            "2026-06-30T21:59:59", "2026-06-30T22:00:00",
        ):  # fmt: skip
            factories.maak_wijziging(
                session,
                entiteit="Project",
                soort=WijzigingSoort.GEWIJZIGD,
                door_id=insider.id,
                op=datetime.fromisoformat(f"{moment}+00:00"),
            )
        session.commit()
    with app.app_context():
        parts = {part.title: part for part in privacy.held_about(insider.id)}
    assert parts[privacy.DONE].rows == (
        ("01-07-2026", "Project", "Gewijzigd", "1"),
        ("30-06-2026", "Project", "Gewijzigd", "1"),
        ("01-02-2026", "Project", "Gewijzigd", "2"),
        ("31-01-2026", "Project", "Gewijzigd", "1"),
    )


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
