"""The first beheerder of a new installation, made by a command."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cmk_admin.gate import acting_as
from models.gebruiker import CultuurOostRol, Gebruiker
from tests.auth_support import (
    EMAIL,
    TEST,
    Clock,
    activate,
    link_in,
)

pytest_plugins = ["tests.auth_fixtures"]
pytestmark = pytest.mark.usefixtures("_quick", "_who", "clock")


def test_a_command_makes_the_first_beheerder(app: Flask, client: FlaskClient, clock: Clock) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["eerste-beheerder", "Bea Beheer", EMAIL])
    assert first.exit_code == 0, first.output
    assert app.extensions["cmk_settings"].base_url + link_in(app) in first.output

    again = run(args=["eerste-beheerder", "Bea Beheer", EMAIL])
    assert again.exit_code == 0, "the first mail may have gone astray"
    activate(client, link_in(app), clock)
    with app.app_context(), acting_as(TEST) as session:
        person = session.scalars(select(Gebruiker)).one()
        assert person.cultuur_oost_rol is CultuurOostRol.BEHEERDER

    late = run(args=["eerste-beheerder", "Ander", "ander@voorbeeld.nl"])
    assert late.exit_code == 1
    assert "Er is al een beheerder" in late.stderr
