"""Retention: what is over its time is seen first, and goes in one step with history."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cmk_admin import retention
from cmk_admin.actor import system
from cmk_admin.auth import clock
from cmk_admin.basislijsten import TERMIJNEN
from cmk_admin.retention import months_before
from cmk_admin.tasks.store import folder as tasks_folder
from models.base import nu
from models.gebruiker import CultuurOostRol, Gebruiker
from models.historie import Wijziging
from models.privacy import Bewaarsoort, Bewaartermijn, Inzage
from models.techniek import Mail, MailStatus, Taak, Verzoek
from tests import factories as f
from tests.rights_table import ANONIEM, BEZOEKERS
from tests.support.portal import Portaal

PAGE = "/beheer/opruimen"


@pytest.mark.parametrize(
    ("moment", "months", "before"),
    [
        ("2026-11-22", 1, "2026-10-22"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2026-12-31", 24, "2024-12-31"),
    ],
)
def test_months_are_those_of_the_calendar(moment: str, months: int, before: str) -> None:
    def day(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert months_before(day(moment), months) == day(before)


@pytest.fixture
def rows(portaal: Portaal) -> None:
    """Something of every kind, and the periods that an installation starts with."""
    with portaal.als() as session:
        for soort, months in TERMIJNEN.items():
            f.maak_bewaartermijn(session, soort=soort, maanden=months)
        gone = f.maak_gebruiker(session, naam="Wil Weg", email="wil@voorbeeld.nl", actief=False)
        f.maak_gebruiker(session, naam="Nooit Geweest", email="nooit@voorbeeld.nl")
        f.maak_mail(session, gone, onderwerp="Verstuurd", status=MailStatus.VERZONDEN)
        f.maak_verzoek(session)
        f.maak_taak(session, gebruiker_id=gone.id, titel="Nooit klaar")
        session.commit()


@pytest.fixture
def later(portaal: Portaal, rows: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two years and more went by, and the beheerder is logged in."""
    before, moment = portaal.app.extensions[clock.KEY], at(25)
    clock.install(portaal.app, lambda: moment)
    monkeypatch.setitem(portaal.cookies, "beheerder", portaal.log_in("beheerder"))
    yield
    clock.install(portaal.app, before)


def everybody(portaal: Portaal) -> set[str]:
    with portaal.als() as session:
        return set(session.scalars(select(Gebruiker.naam)))


def at(months: int) -> datetime:
    """So many months and a day from now, give or take the days of a month."""
    return months_before(nu(), -months).replace(hour=23, minute=59) + timedelta(days=1)


def totals(due: list[retention.Due]) -> dict[Bewaarsoort, int]:
    return {each.soort: each.total for each in due}


@pytest.mark.parametrize(
    ("soort", "months"),
    [
        (Bewaarsoort.ACCOUNT, 24),
        (Bewaarsoort.UITNODIGING, 6),
        (Bewaarsoort.MAIL, 12),
        (Bewaarsoort.INZAGE, 24),
        (Bewaarsoort.FORMULIER, 3),
        (Bewaarsoort.TAAK, 1),
    ],
)
@pytest.mark.usefixtures("rows")
def test_each_kind_has_its_period(portaal: Portaal, soort: Bewaarsoort, months: int) -> None:
    with portaal.app.app_context():
        early = totals(retention.preview(at(months - 1)))[soort]
        late = totals(retention.preview(at(months)))[soort]
    assert (early, late > 0) == (0, True)


@pytest.mark.usefixtures("rows")
@pytest.mark.beide
def test_privacy_retention_does_exactly_what_its_preview_said(portaal: Portaal) -> None:
    with portaal.als() as session:
        waiting = f.maak_mail(session, onderwerp="Nog te doen").id
        active = session.scalar(
            select(Gebruiker.id).where(Gebruiker.totp_geheim.is_not(None)).limit(1)
        )
        session.commit()
    moment = at(24)
    with portaal.app.app_context():
        seen = retention.preview(moment)
        named = [what for each in seen for what, _since in each.rows]
        assert "Wil Weg (wil@voorbeeld.nl)" in named
        assert "Nooit Geweest (nooit@voorbeeld.nl)" in named
        gone = retention.clean_up(portaal.actor("beheerder"), moment, retention.fingerprint(seen))
        assert totals(gone) == totals(seen)
        assert set(totals(retention.preview(moment)).values()) == {0}

    with portaal.als() as session:
        names = set(session.scalars(select(Gebruiker.naam)))
        assert not {"Wil Weg", "Nooit Geweest"} & names
        assert active is None or session.get_one(Gebruiker, active).actief
        left = {row.id: row.status for row in session.scalars(select(Mail))}
        assert waiting in left
        assert set(left.values()) == {MailStatus.WACHT}
        assert session.scalars(select(Verzoek)).all() == []
        assert session.scalars(select(Inzage)).all() == []
        by = portaal.wereld.mensen["beheerder"]
        told = session.scalars(
            select(Wijziging).where(Wijziging.door_naam == f"bewaartermijnen, door gebruiker {by}")
        ).all()
        periods = {row.rij_id for row in told if row.entiteit == "Bewaartermijn"}
        assert len(periods) == sum(each.total > 0 for each in gone)
        assert "Gebruiker" in {row.entiteit for row in told}
        for row in session.scalars(select(Bewaartermijn)):
            assert row.opgeruimd == totals(gone)[row.soort]
            assert row.opgeruimd_op is not None


@pytest.mark.usefixtures("rows")
def test_a_large_job_goes_with_its_file(portaal: Portaal) -> None:
    with portaal.als() as session:
        number = f.maak_taak(session, bestand="lijst.csv", bestand_sleutel="0-lijst").id
        session.get_one(Taak, number).bestand_sleutel = key = f"{number}-lijst"
        with session.own_work():
            session.commit()
    with portaal.app.app_context():
        file = tasks_folder() / key
        file.write_text("namen")
        retention.clean_up(system("test"), at(0))
        assert file.exists(), "it is not over time yet"
        retention.clean_up(system("test"), at(1))
        assert not file.exists()
    with portaal.als() as session:
        assert session.get(Taak, number) is None


@pytest.mark.usefixtures("rows")
def test_when_something_changed_since_nothing_goes(portaal: Portaal) -> None:
    moment = at(24)
    with portaal.app.app_context():
        seen = retention.fingerprint(retention.preview(moment))
        with portaal.als() as session:
            f.maak_gebruiker(session, naam="Later Weg", email="later@voorbeeld.nl", actief=False)
            session.commit()
        with pytest.raises(retention.ChangedSinceError):
            retention.clean_up(portaal.actor("beheerder"), moment, seen)
    assert "Wil Weg" in everybody(portaal)


def test_who_is_still_wanted_stays(portaal: Portaal) -> None:
    """A beheerder, an open invitation, and who was inside once and lost a phone."""
    with portaal.als() as session:
        boss = f.maak_gebruiker(session, cultuur_oost_rol=CultuurOostRol.BEHEERDER)
        asked = f.maak_gebruiker(session)
        f.maak_toegangslink(session, asked, verloopt_op=at(20))
        lost = f.maak_gebruiker(session, laatst_ingelogd_op=nu())
        wanted = {boss.id, asked.id, lost.id}
        session.commit()
    with portaal.app.app_context():
        retention.clean_up(system("test"), at(24))
    with portaal.als() as session:
        rows = session.scalars(select(Gebruiker).where(Gebruiker.id.in_(wanted)))
        assert {row.id for row in rows if row.actief} == wanted


@pytest.mark.usefixtures("rows")
def test_a_shorter_period_is_a_setting_of_the_beheerder(portaal: Portaal) -> None:
    with portaal.als() as session:
        row = session.scalars(
            select(Bewaartermijn).where(Bewaartermijn.soort == Bewaarsoort.ACCOUNT)
        ).one()
    boss = portaal.bezoeker("beheerder")
    pk = {"list_form_pk": str(row.id), "versie": str(row.versie)}
    page = boss.get("/beheer/bewaartermijnen/").text
    assert "Opruimen…" in page
    for wrong in ("0", "121", "veel"):
        refused = boss.post("/beheer/bewaartermijnen/ajax/update/", pk | {"maanden": wrong})
        assert refused.status_code == 422, wrong
    done = boss.post("/beheer/bewaartermijnen/ajax/update/", pk | {"maanden": "1"})
    assert done.status_code == 200, done.text
    with portaal.app.app_context():
        assert totals(retention.preview(at(2)))[Bewaarsoort.ACCOUNT] == 1


@pytest.mark.usefixtures("later")
def test_the_page_asks_with_counts_and_rows_and_then_does_it(portaal: Portaal) -> None:
    boss = portaal.bezoeker("beheerder")
    page = boss.get(PAGE).text
    assert "Wil Weg (wil@voorbeeld.nl)" in page
    assert "kan niet ongedaan worden gemaakt" in page

    stale = boss.post(PAGE, {"gezien": "iets anders"})
    assert stale.status_code == 409
    assert "er is niets opgeruimd" in stale.text
    assert "Wil Weg" in everybody(portaal)

    seen = re.search(r'name="gezien" value="(\w+)"', boss.get(PAGE).text)
    assert seen
    done = boss.post(PAGE, {"gezien": seen[1]}, follow_redirects=True)
    told = r"Opgeruimd: 1 × accounts die niet meer actief zijn; \d+ × uitnodigingen"
    assert re.search(told, done.text)
    assert "Wil Weg" not in everybody(portaal)


def test_a_page_with_nothing_on_it_has_no_button(portaal: Portaal) -> None:
    page = portaal.bezoeker("beheerder").get(PAGE).text
    assert "Er is niets om op te ruimen" in page
    assert "button-danger" not in page


@pytest.mark.parametrize("visitor", sorted({*BEZOEKERS, ANONIEM} - {"beheerder"}))
def test_nobody_but_a_beheerder_cleans_up(portaal: Portaal, visitor: str) -> None:
    expected = 302 if visitor == ANONIEM else 403
    browser = portaal.bezoeker(visitor)
    assert [browser.get(PAGE).status_code, browser.post(PAGE).status_code] == [expected] * 2
    assert not portaal.changed()


@pytest.mark.usefixtures("later")
def test_as_command_it_shows_first_and_does_when_told(portaal: Portaal) -> None:
    run = portaal.app.test_cli_runner().invoke
    portaal.changed()
    shown = run(args=["opruimen"])
    assert shown.exit_code == 0, shown.output
    assert "Wil Weg (wil@voorbeeld.nl)" in shown.output
    assert "Met --doen wordt dit opgeruimd." in shown.output
    assert not portaal.changed()
    done = run(args=["opruimen", "--doen"])
    assert "Dit is opgeruimd." in done.output
    assert "Wil Weg" not in everybody(portaal)
