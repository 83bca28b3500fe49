"""The dossier of a closing: to the cent what was there, and for ever the same bytes."""

import hashlib
import io
import json
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from cmk_admin import erasure
from cmk_admin.actor import system
from cmk_admin.extensions import db
from cmk_admin.gate.fence import OUTSIDE
from models.activiteit import Activiteit
from models.gebruiker import Gebruiker
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.techniek import Mail
from models.verantwoording import Momentopname, Verantwoording
from tests import factories as f
from tests.merging import SCHOOL, merge
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal


def picture(portaal: Portaal, stand: str = "gesloten") -> int:
    return portaal.wereld.id(Momentopname, "eigen", stand)


def files(visitor: Bezoeker, id_: int) -> tuple[bytes, bytes]:
    """The workbook and the JSON, as somebody gets them."""
    answers = [visitor.get(f"/dossiers/{id_}/{kind}") for kind in ("excel", "json")]
    assert [answer.status_code for answer in answers] == [200, 200]
    return answers[0].data, answers[1].data


def year(portaal: Portaal, stand: str = "gesloten") -> int:
    return portaal.wereld.id(Verantwoording, "eigen", stand)


def test_the_same_bytes_after_a_merger_and_an_erasure(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = portaal.bezoeker("projectleider")
    before = files(visitor, picture(portaal))
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen", "gesloten"))
        school = activiteit.scholen[0].school_id
        stays = f.maak_school(session, naam="Samengevoegde school").id
        partner = session.get_one(
            Samenwerkingspartner, portaal.wereld.id(Samenwerkingspartner, "eigen")
        )
        partner.naam = "Anders genoemd"
        session.get_one(Gebruiker, portaal.wereld.mensen["beheerder"]).naam = "Anders"
        session.commit()
    merged = merge(portaal.bezoeker("datamanager"), SCHOOL, [school, stays], blijft=str(stays))
    assert merged.status_code == 302
    with portaal.als() as session:
        assert session.get_one(School, school).opvolger_id == stays
    with portaal.app.app_context():
        erasure.erase(portaal.wereld.mensen["routebegeleider"], system("test"))
    # Made on another day, and by another person.
    monkeypatch.setattr("xlsxwriter.core.datetime", Later)
    assert files(visitor, picture(portaal)) == before
    assert files(portaal.bezoeker("adviseur"), picture(portaal)) == before


class _AnyMoment(type):
    """Every moment is one, also of before the clock was put forward."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, datetime)


class Later(datetime, metaclass=_AnyMoment):
    """A clock that runs years ahead."""

    @classmethod
    def now(cls, tz: Any = None) -> "Later":
        return cls(2031, 1, 1, tzinfo=tz)


def test_the_json_has_the_hash_that_closing_stored(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    book, plain = files(visitor, picture(portaal))
    with portaal.als() as session:
        stored = session.get_one(Momentopname, picture(portaal)).sha256
    assert hashlib.sha256(plain).hexdigest() == stored
    page = visitor.get(f"/dossiers/{picture(portaal)}").text
    assert stored in page
    assert hashlib.sha256(book).hexdigest() in page
    assert stored in visitor.get(f"/verantwoordingen/{year(portaal)}/details").text


def test_screen_dossier_and_database_agree_to_the_cent(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    book, plain = files(visitor, picture(portaal))
    sql = text(
        "SELECT sum(last.bedrag) FROM last JOIN activiteit ON activiteit.id = last.activiteit_id"
        " WHERE activiteit.verantwoording_id = :jaar"
    )
    with (
        portaal.app.app_context(),
        db.engine.execution_options(**{OUTSIDE: True}).connect() as raw,
    ):
        cents = raw.execute(sql, {"jaar": year(portaal)}).scalar()
    assert cents
    assert json.loads(plain)["totalen"]["lasten"] == cents
    sheet = load_workbook(io.BytesIO(book), data_only=True)["Lasten"]
    amounts: list[Any] = [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert round(amounts[-1] * 100) == cents
    assert round(sum(amounts[:-1]) * 100) == cents
    euro = f"€ {cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"
    shown = Page(visitor.get(f"/dossiers/{picture(portaal)}").text).text.replace("\xa0", " ")
    assert euro in shown


def test_reopened_and_closed_again_there_are_two(portaal: Portaal) -> None:
    """The reason goes to the adviseur in the same transaction; both dossiers stay."""
    visitor = portaal.bezoeker("projectleider")
    first = files(visitor, picture(portaal))
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year(portaal))
        row.heropen("Een factuur ontbrak.")
        session.commit()
        adviseur = row.project.contractpartij.adviseur_id
        mail = session.query(Mail).order_by(Mail.id.desc()).first()
        assert mail is not None
        assert (mail.ontvanger_id, "Een factuur ontbrak." in mail.tekst) == (adviseur, True)
        last = row.activiteiten[0].lasten[0]
        last.bedrag = (last.bedrag or 0) + 1
        session.commit()
        row.sluit(None)
        session.commit()
        numbers = {
            m.nummer: m.id for m in session.query(Momentopname).filter_by(verantwoording_id=row.id)
        }
    assert sorted(numbers) == [1, 2]
    assert files(visitor, numbers[1]) == first
    assert files(visitor, numbers[2])[1] != first[1]
    page = Page(visitor.get(f"/verantwoordingen/{year(portaal)}/details").text)
    assert [a.words for a in page.all("a") if a.words in ("Versie 1", "Versie 2")] == [
        "Versie 2",
        "Versie 1",
    ]


def test_it_is_to_be_signed_by_both(portaal: Portaal) -> None:
    page = Page(portaal.bezoeker("adviseur").get(f"/dossiers/{picture(portaal)}").text)
    assert page.text.count("Handtekening") == 2
    theirs = portaal.wereld.id(Momentopname, "vreemd", "gesloten")
    assert portaal.bezoeker("projectleider").get(f"/dossiers/{theirs}").status_code == 404
