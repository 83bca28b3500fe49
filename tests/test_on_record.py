"""Who looked at personal data, or took a list along, stands in a table for the beheerder."""

import pytest
from sqlalchemy import select

from cmk_admin import on_record
from models.privacy import Inzage, InzageSoort
from models.techniek import Mail
from models.verantwoording import Momentopname
from tests.support.portal import Portaal
from views.rapportages.downloads import DOWNLOADS

#: Address → what the table says of it; {x}: the number of somebody of another contractpartij.
PAGES = {
    "/beheer/mensen/": ("bekeken", "Mensen", False),
    "/beheer/gebruikers/": ("bekeken", "Gebruikers", False),
    "/beheer/gebruikers/details/?id={x}": ("bekeken", "{naam}", True),
    "/beheer/gebruikers/edit/?id={x}": ("bekeken", "{naam}", True),
    "/beheer/lidmaatschappen/": ("bekeken", "Lidmaatschappen", False),
    "/beheer/mails/details/?id={mail}": ("bekeken", "{onderwerp}", True),
    "/beheer/opruimen": ("bekeken", "Opruimen", False),
    "/beheer/mensen/{x}/wissen": ("bekeken", "{naam}", True),
    "/mijn-gegevens/persoonlijke-data": ("bekeken", "Persoonlijke data", None),
    "/mijn-gegevens/persoonlijke-data/download/json": (
        "gedownload",
        "Persoonlijke data (json)",
        None,
    ),
    "/beheer/gebruikers/export/csv/": ("gedownload", "Gebruikers (csv)", False),
    "/stamdata/scholen/export/xlsx/": ("gedownload", "Scholen (xlsx)", False),
}


@pytest.mark.parametrize("page", PAGES)
def test_privacy_views_of_exports_and_personal_data_pages_are_on_record(
    portaal: Portaal, page: str
) -> None:
    with portaal.als() as session:
        before = set(session.scalars(select(Inzage.id)))
        mail = session.scalars(select(Mail)).first()
        assert mail is not None
        naam, onderwerp, ander = mail.ontvanger.naam, mail.onderwerp, mail.ontvanger_id
        number = mail.id
    me = portaal.wereld.mensen["beheerder"]
    answer = portaal.bezoeker("beheerder").get(page.format(x=ander, mail=number))
    assert answer.status_code == 200

    soort, wat, about = PAGES[page]
    with portaal.als() as session:
        [row] = session.scalars(select(Inzage).where(Inzage.id.not_in(before)))
        assert (row.gebruiker_id, row.soort.value) == (me, soort)
        assert row.wat == wat.format(naam=naam, onderwerp=onderwerp)
        assert row.over_id == {None: me, True: ander, False: None}[about]


#: Download → how the table names it; {dossier}: the number of a closing.
REPORTS = {
    **{
        f"/rapportages/download/{naam}?jaar=2026": f"{download.titel} 2026 – "
        for naam, download in DOWNLOADS.items()
    },
    "/rapportages/verklaar/besteed/xlsx?jaar=2026": " 2026 – ",
    "/rapportages/verklaar/besteed/csv?jaar=2026": " 2026 – ",
    "/dossiers/{dossier}/excel": "Dossier 2025, versie 1, ",
    "/dossiers/{dossier}/json": "Dossier 2025, versie 1, ",
}


@pytest.mark.parametrize("page", REPORTS)
def test_downloads_of_reports_and_dossiers_are_on_record(portaal: Portaal, page: str) -> None:
    picture = portaal.wereld.id(Momentopname, "eigen", "gesloten")
    with portaal.als() as session:
        before = set(session.scalars(select(Inzage.id)))
    answer = portaal.bezoeker("projectleider").get(page.format(dossier=picture))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with portaal.als() as session:
        [row] = session.scalars(select(Inzage).where(Inzage.id.not_in(before)))
        assert row.gebruiker_id == portaal.wereld.mensen["projectleider"]
        assert row.soort is InzageSoort.GEDOWNLOAD
        assert REPORTS[page] in row.wat


def test_what_is_about_nobody_is_not_on_record(portaal: Portaal) -> None:
    browser = portaal.bezoeker("beheerder")
    portaal.changed()
    for path in ("/", "/stamdata/scholen/", "/projecten/", "/mijn-gegevens", "/beheer/mensen/99/x"):
        browser.get(path)
    assert not portaal.changed()


def test_who_is_refused_saw_nothing(portaal: Portaal) -> None:
    browser = portaal.bezoeker("adviseur")
    portaal.changed()
    assert browser.get("/beheer/mensen/").status_code == 403
    assert browser.get("/beheer/gebruikers/export/exe/").status_code == 404
    assert not portaal.changed()


def test_a_beheerder_sees_the_table_and_nobody_changes_it(portaal: Portaal) -> None:
    boss = portaal.bezoeker("beheerder")
    boss.get("/beheer/gebruikers/export/csv/")
    page = boss.get("/beheer/inzages/").text
    assert "Gebruikers (csv)" in page
    assert boss.get("/beheer/inzages/new/").status_code == 403
    assert portaal.bezoeker("datamanager").get("/beheer/inzages/").status_code == 403


def test_when_it_cannot_be_written_down_it_is_not_shown(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OSError("schijf vol")

    monkeypatch.setattr(on_record, "_write_down", away)
    monkeypatch.setitem(portaal.app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = portaal.bezoeker("beheerder").get("/beheer/gebruikers/export/csv/")
    assert answer.status_code == 500
    assert "@" not in answer.text
