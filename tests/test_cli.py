"""What a command says when the database refuses: a sentence, and nothing has changed."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from cmk_admin.duo.plan import maak_plan
from cmk_admin.gate import acting_as, system
from models.historie import Bewerking
from tests.support.applications import closing_engines, make_settings

DUO = str(Path(__file__).parent / "data" / "duo_vestigingen.csv")
PLAN = "cmk_admin.duo.importer.maak_plan"
REFUSED = "Er is niets veranderd."


def import_duo(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["import-duo", DUO])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


@pytest.mark.beide
def test_two_imports_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second began before the first was done, and finds everything there at its end."""

    def before_somebody_else(*read: Any) -> Any:
        monkeypatch.setattr(PLAN, maak_plan)
        planned = maak_plan(*read)
        assert import_duo(app)[0] == 0
        return planned

    monkeypatch.setattr(PLAN, before_somebody_else)
    code, said = import_duo(app)
    assert code == 1
    assert said.endswith(f"nog eens.\n{REFUSED}\n")
    with app.app_context(), acting_as(system("test")) as session:
        # What the first one did is there, once.
        assert session.scalar(select(func.count()).select_from(Bewerking)) == 1


def test_a_database_without_tables(empty_database_url: str, tmp_path: Path) -> None:
    with closing_engines(create_app(make_settings(empty_database_url, tmp_path))) as app:
        code, said = import_duo(app)
    assert (code, REFUSED in said) == (1, True)
    assert "flask --app app db upgrade" in said
