"""The demo and the lists that the portal starts with."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask, current_app
from sqlalchemy import func, select

from cmk_admin.auth import passwords, totp
from cmk_admin.demo.accounts import COLLEGAS, DEMO_ACCOUNTS, DEMO_PASSWORD
from cmk_admin.demo.documenten import pdf
from cmk_admin.gate import GateSession, acting_as, system
from cmk_admin.settings import Settings
from models.activiteit import Activiteit, ActiviteitPartner, Last
from models.base import entiteiten
from models.compleet import stand_van
from models.contractpartij import Contractpartij
from models.dashboard import AgendaItem, AlgemeenDocument, Link, VeelgesteldeVraag
from models.gebruiker import Gebruiker, Rol
from models.historie import Wijziging
from models.lijsten import Documentsoort, Doel, Sector
from models.project import Baat, Begrotingspost, Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, Schoolbestuur
from models.verantwoording import Momentopname, Status, Verantwoording, Werkwijze
from tests.factories import maak_doel, maak_gebruiker
from tests.support.applications import closing_engines, make_settings

VANDAAG = "2026-11-21"


def typ(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=args)


def laad(app: Flask) -> None:
    result = typ(app, "demo", "--today", VANDAAG)
    assert (result.exit_code, result.output) == (0, "De demogegevens zijn geladen.\n")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, demo=True)


@pytest.fixture
def sessie(app: Flask) -> Iterator[GateSession]:
    """A database of this test alone."""
    with app.app_context(), acting_as(system("test")) as session:
        yield session


@pytest.fixture(scope="module")
def demo_app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo, loaded once for every test that only looks at it."""
    from app import create_app

    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "demo.db")
    settings = make_settings(f"sqlite:///{folder / 'demo.db'}", folder / "instance", demo=True)
    with closing_engines(create_app(settings)) as made:
        laad(made)
        yield made


@pytest.fixture
def demo(demo_app: Flask) -> Iterator[GateSession]:
    """To look at the demo with."""
    with demo_app.app_context(), acting_as(system("test")) as session:
        yield session


def aantallen(session: GateSession) -> dict[str, int]:
    session.rollback()
    return {
        entiteit.__name__: session.scalar(select(func.count(entiteit.id))) or 0
        for entiteit in entiteiten()
    }


@pytest.mark.beide
def test_the_demo_has_what_people_come_to_see(app: Flask, sessie: GateSession) -> None:
    laad(app)
    hoeveel = aantallen(sessie)
    assert hoeveel["Contractpartij"] == 4
    assert hoeveel["Project"] == 5
    assert 110 <= hoeveel["Activiteit"] <= 130
    assert 230 <= hoeveel["School"] <= 250
    assert hoeveel["Schoolbestuur"] == 15
    assert hoeveel["Gemeente"] == 51
    for entiteit in (
        *(Samenwerkingspartner, Baat, Begrotingspost, Document),
        *(AgendaItem, Link, VeelgesteldeVraag, AlgemeenDocument),
    ):
        assert hoeveel[entiteit.__name__] > 0
    sectoren = Counter(
        (project.contractpartij.naam, project.sector.naam)
        for project in sessie.scalars(select(Project))
    )
    assert sectoren["Cultuurpunt Achterhoek-Oost", "po/go"] == 1
    assert sectoren["Cultuurpunt Achterhoek-Oost", "vo"] == 1
    is_closed_and_open(sessie)


def is_closed_and_open(sessie: GateSession) -> None:
    """2025 was closed by the portal's own rules; 2026 can be worked in."""
    for verantwoording in sessie.scalars(select(Verantwoording)):
        if verantwoording.kalenderjaar == 2025:
            assert verantwoording.status is Status.GESLOTEN
            assert verantwoording.gesloten_door_id is not None
        else:
            assert (verantwoording.kalenderjaar, verantwoording.status) == (2026, Status.OPEN)
    opnamen = sessie.scalars(select(Momentopname)).all()
    assert len(opnamen) == 5
    for opname in opnamen:
        besteed, baten = (opname.inhoud["totalen"][soort] for soort in ("lasten", "baten"))
        assert 0.9 * baten < besteed <= baten


def open_jaren(sessie: GateSession) -> dict[str, Verantwoording]:
    jaren = sessie.scalars(select(Verantwoording).where(Verantwoording.kalenderjaar == 2026))
    return {jaar.project.titel: jaar for jaar in jaren}


def test_every_werkwijze_is_used_and_every_stage_is_there(demo: GateSession) -> None:
    jaren = open_jaren(demo)
    assert {jaar.werkwijze for jaar in jaren.values()} == set(Werkwijze)
    compleet = {
        titel: (sum(stand.compleet for stand in standen), len(standen))
        for titel, jaar in jaren.items()
        for standen in [stand_van(demo, jaar.id)]
    }
    # One that lacks nothing, one that can't be closed yet, and three on their way.
    assert compleet == {
        "CMK Achterhoek-Oost po/go": (10, 15),
        "CMK Achterhoek-Oost vo": (7, 7),
        "CMK Veluwerand po/go": (12, 16),
        "CMK Tussen de Rivieren po/go": (9, 15),
        "CMK Liemers en IJssel po/go": (1, 5),
    }
    gemist = {
        wat
        for jaar in jaren.values()
        for stand in stand_van(demo, jaar.id)
        for wat in stand.ontbreekt
    }
    assert gemist == {"scholen", "leerkrachten", "lasten", "bedrag"}
    zonder_partner = select(func.count(Activiteit.id)).where(
        ~select(ActiviteitPartner.id)
        .where(ActiviteitPartner.activiteit_id == Activiteit.id)
        .exists()
    )
    assert (demo.scalar(zonder_partner) or 0) > 10


def test_what_is_not_paid_yet_has_no_date(demo: GateSession) -> None:
    betaald = [last.betaald_op for last in demo.scalars(select(Last))]
    data = [dag for dag in betaald if dag is not None]
    assert max(data) <= date.fromisoformat(VANDAAG)
    assert None in betaald
    agenda = {item.titel: item.datum for item in demo.scalars(select(AgendaItem))}
    assert agenda["Inloopspreekuur verantwoorden"] == date(2026, 11, 27)


def test_every_account_can_log_in_as_the_table_says(demo: GateSession) -> None:
    mensen = {mens.email: mens for mens in demo.scalars(select(Gebruiker))}
    assert {account.email.partition("@")[0] for account in DEMO_ACCOUNTS} == {
        *(rol.value for rol in Rol),
        "dubbel",
    }
    for account in DEMO_ACCOUNTS:
        mens = mensen[account.email]
        assert mens.demo
        assert passwords.verify(mens.wachtwoord_hash, DEMO_PASSWORD)
        assert mens.totp_geheim is not None
        assert totp.decrypt(mens.totp_geheim) == account.totp_secret
        rollen = {(lid.contractpartij.naam, lid.rol) for lid in mens.lidmaatschappen}
        assert rollen == set(account.lidmaatschappen)
    for collega in COLLEGAS:
        assert mensen[collega.email].demo
        assert mensen[collega.email].wachtwoord_hash is None
    dubbel = mensen["dubbel@demo.example"].lidmaatschappen
    assert len({lid.contractpartij_id for lid in dubbel}) == len({lid.rol for lid in dubbel}) == 2


def test_the_adviseur_and_werkgebied_are_known(demo: GateSession) -> None:
    for partij in demo.scalars(select(Contractpartij)):
        assert partij.adviseur is not None
        assert partij.adviseur.email == "adviseur@demo.example"
        assert len(partij.werkgebied) >= 4


def test_schools_of_an_activity_are_of_its_region_and_sector(demo: GateSession) -> None:
    for activiteit in demo.scalars(select(Activiteit)):
        project = activiteit.verantwoording.project
        regio = {gebied.gemeente_id for gebied in project.contractpartij.werkgebied}
        for rij in activiteit.scholen:
            assert rij.school.gemeente_id in regio
            assert rij.school.sector_id == project.sector_id
            assert rij.school.actief


def test_a_second_time_nothing_changes(app: Flask, sessie: GateSession) -> None:
    laad(app)
    eerst = aantallen(sessie)
    result = typ(app, "demo")
    assert (result.exit_code, result.output) == (0, "De demogegevens staan er al.\n")
    result = typ(app, "demo", "--if-empty")
    assert (result.exit_code, result.output) == (0, "")
    assert aantallen(sessie) == eerst


def test_the_demo_is_the_same_every_time(demo: GateSession) -> None:
    """These figures were read off once; a change of the demo changes them on purpose."""
    eerste = demo.scalars(select(Activiteit).order_by(Activiteit.id).limit(1)).one()
    assert eerste.naam == "Visietraject cultuurplan"
    assert demo.scalar(select(func.sum(Last.bedrag))) == 409_423_60


def test_every_document_can_be_downloaded(demo: GateSession) -> None:
    rijen: list[Any] = [
        *demo.scalars(select(Document)),
        *demo.scalars(select(AlgemeenDocument)),
    ]
    for rij in rijen:
        inhoud = (Path(current_app.instance_path) / "files" / rij.bestand_sleutel).read_bytes()
        assert inhoud.startswith(b"%PDF-1.4")
        assert len(inhoud) == rij.bestand_grootte
    assert {document.soort.code for document in demo.scalars(select(Document))} >= {
        "projectplan",
        "begroting",
    }


def test_a_page_tells_where_its_parts_begin(tmp_path: Path) -> None:
    inhoud = pdf("Titel (1)", ["Coördinatie"])
    assert rb"Titel \(1\)" in inhoud
    tabel = inhoud.index(b"xref\n")
    assert inhoud.endswith(b"startxref\n%d\n%%%%EOF\n" % tabel)
    plekken = [int(regel[:10]) for regel in inhoud[tabel:].splitlines() if regel.endswith(b" n ")]
    for nummer, plek in enumerate(plekken, start=1):
        assert inhoud[plek:].startswith(b"%d 0 obj" % nummer)


def test_no_demo_beside_a_real_account(app: Flask, sessie: GateSession) -> None:
    maak_gebruiker(sessie)
    sessie.commit()
    result = typ(app, "demo")
    assert result.exit_code == 1
    assert "echte accounts" in result.output
    assert typ(app, "demo", "--if-empty").exit_code == 0
    assert aantallen(sessie)["Gebruiker"] == 1
    assert aantallen(sessie)["School"] == 0


def test_no_demo_where_the_portal_is_for_real(settings: Settings) -> None:
    from app import create_app

    with closing_engines(create_app(replace(settings, demo=False))) as echt:
        result = typ(echt, "demo")
        assert result.exit_code == 1
        assert "Zet CMK_DEMO=1" in result.output
        with echt.app_context(), acting_as(system("test")) as session:
            assert aantallen(session)["Gebruiker"] == 0


def test_gemeenten_that_duo_brought_are_used(app: Flask, sessie: GateSession) -> None:
    data = Path(__file__).parent / "data"
    assert typ(app, "import-duo", str(data / "duo_gemeenten.csv")).exit_code == 0
    laad(app)
    assert sessie.scalar(select(func.count()).where(Gemeente.code == "0285")) == 1


# --- lists -----------------------------------------------------------------------


def test_the_lists_are_there_once(app: Flask, sessie: GateSession) -> None:
    assert typ(app, "basislijsten").output == "50 keuzes toegevoegd.\n"
    sporen = aantallen(sessie)[Wijziging.__name__]
    assert typ(app, "basislijsten").output == "Alle keuzes staan er al.\n"
    assert aantallen(sessie)[Wijziging.__name__] == sporen
    doelen = [doel.naam for doel in sessie.scalars(select(Doel).order_by(Doel.rang))]
    # Handleiding 2.2, to the letter.
    assert doelen == [
        "Het ontwikkelen van een visie op cultuureducatie",
        "Deskundigheidsbevordering van leerkrachten en culturele partners",
        "Samenwerking tussen het onderwijs en de culturele omgeving",
        "Het ontwikkelen van een programma op cultuureducatie",
        "Overkoepelende activiteiten",
    ]
    assert [s.naam for s in sessie.scalars(select(Sector).order_by(Sector.rang))] == ["po/go", "vo"]
    overig = select(Documentsoort).where(Documentsoort.code == Documentsoort.OVERIG)
    assert sessie.scalars(overig).one().naam == "Overig"


def test_a_choice_that_people_changed_is_left_alone(app: Flask, sessie: GateSession) -> None:
    maak_doel(sessie, naam="Overkoepelende activiteiten")
    maak_doel(sessie, naam="Visie", code="visie")
    sessie.commit()
    assert typ(app, "basislijsten").output == "48 keuzes toegevoegd.\n"
    sessie.rollback()
    assert {"Visie", "Overkoepelende activiteiten"} <= {
        d.naam for d in sessie.scalars(select(Doel))
    }
    assert aantallen(sessie)["Doel"] == 5


def test_the_demo_names_one_board_without_a_name(demo: GateSession) -> None:
    naamloos = select(Schoolbestuur).where(Schoolbestuur.naam.startswith(Schoolbestuur.NAAMLOOS))
    assert len(demo.scalars(naamloos).all()) == 1
