"""The four workbooks of Rapportages (Handleiding 2.6): right to the cent, and alive."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from cmk_admin import excel
from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.activiteit import Activiteit, Last
from models.contractpartij import Contractpartij
from models.project import Project
from models.rapportages.rapport import Totalen, rapport
from models.rapportages.selectie import Selectie, kies
from tests import factories as f
from tests.report_world import gevraagd, maak_jaar
from tests.rights_table import ROLLEN
from tests.support.portal import Portaal
from tests.support.spreadsheet import changed, recalculated
from tests.support.strictness import SLOW
from tests.test_exports import FORMULAS, TEXTS
from views.rapportages.downloads import DOWNLOADS

SHEETS = {
    "totaaloverzicht": ["Activiteiten", "Scholen", "Lasten", "Baten", "Partners", "Toelichting"],
    "financieel": [
        "Lasten", "Baten", "Begroting", "Per CMK-doel", "Per kostensoort", "Toelichting",
    ],
    "prestatie-en-bereik": ["Per CMK-doel", "Per doelgroep", "Per gemeente", "Toelichting"],
    "schoolbestuur": ["Schoolbesturen", "Scholen", "Toelichting"],
}  # fmt: skip


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def book_of(session: GateSession, name: str, selectie: Selectie, values: bool = True) -> Workbook:
    file = io.BytesIO()
    excel.write(DOWNLOADS[name].maak(session, selectie, "Iedereen"), file)
    return load_workbook(file, data_only=values)


def rows_of(book: Workbook, sheet: str) -> list[list[Any]]:
    return [list(row) for row in book[sheet].values]


def column(book: Workbook, sheet: str, label: str) -> list[Any]:
    """What stands under a header, the total last."""
    [number] = [c.column for c in book[sheet][1] if c.value == label]
    return [book[sheet].cell(row, number).value for row in range(2, book[sheet].max_row + 1)]


# --- what is in them --------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("visitor", ROLLEN)
def test_every_role_downloads_what_it_sees(portaal: Portaal, visitor: str, name: str) -> None:
    response = portaal.bezoeker(visitor).get(f"/rapportages/download/{name}?jaar=2026")
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}-2026.xlsx"
    assert response.mimetype == excel.XLSX
    book = load_workbook(io.BytesIO(response.data), data_only=True)
    assert book.sheetnames == SHEETS[name]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(isinstance(cell.value, str) for cell in sheet[1])
        assert (sheet.auto_filter.ref is None) is (sheet.title == "Toelichting")
    parties = {"Eigenwijs"} if visitor in ROLLEN[:2] else {"Eigenwijs", "Tweespan", "kanariegeel"}
    texts = {str(cell) for sheet in book.worksheets for row in sheet.values for cell in row}
    seen = {mark for mark in ("Eigenwijs", "Tweespan", "kanariegeel") if mark in " ".join(texts)}
    if name in ("totaaloverzicht", "financieel"):
        assert seen == parties


def test_an_unknown_download_is_none(portaal: Portaal) -> None:
    assert portaal.bezoeker("beheerder").get("/rapportages/download/geheim").status_code == 404


def test_a_download_is_of_the_selection(portaal: Portaal) -> None:
    """And says what that was."""
    party = portaal.wereld.id(Contractpartij, "tweede")
    address = f"/rapportages/download/totaaloverzicht?jaar=2025&partij={party}"
    book = load_workbook(io.BytesIO(portaal.bezoeker("adviseur").get(address).data))
    told = {row[0].value: row[1].value for row in book["Toelichting"].iter_rows(min_row=2)}
    assert (told["Jaar"], told["Rapportage"]) == ("2025", "Totaaloverzicht")
    assert str(told["Contractpartij"]).startswith("Tweespan")
    assert "Bereikte scholen" in told
    names = set(column(book, "Lasten", "Contractpartij")) - {"Totaal"}
    assert names == {told["Contractpartij"]}


SUMS = (
    ("totaaloverzicht", "Activiteiten", "Aantal activiteiten", "activiteiten"),
    ("totaaloverzicht", "Activiteiten", "Uren", "uren"),
    ("totaaloverzicht", "Scholen", "Aantal leerkrachten", "deelnames"),
    ("totaaloverzicht", "Lasten", "Bedrag", "besteed"),
    ("totaaloverzicht", "Baten", "Bedrag", "besteedbaar"),
    ("financieel", "Lasten", "Bedrag", "besteed"),
    ("financieel", "Per CMK-doel", "Besteed", "besteed"),
    ("financieel", "Per kostensoort", "Besteed", "besteed"),
    ("prestatie-en-bereik", "Per CMK-doel", "Aantal activiteiten", "activiteiten"),
    ("prestatie-en-bereik", "Per CMK-doel", "Uren", "uren"),
    ("prestatie-en-bereik", "Per CMK-doel", "Deelnames", "deelnames"),
    ("prestatie-en-bereik", "Per gemeente", "Scholen bereikt", "bereikt"),
    ("prestatie-en-bereik", "Per gemeente", "Scholen in de regio", "regio"),
    ("prestatie-en-bereik", "Per gemeente", "Deelnames", "deelnames"),
    ("schoolbestuur", "Schoolbesturen", "Scholen bereikt", "bereikt"),
    ("schoolbestuur", "Schoolbesturen", "Scholen in de regio", "regio"),
    ("schoolbestuur", "Schoolbesturen", "Bereikt buiten de regio", "buiten"),
    ("schoolbestuur", "Schoolbesturen", "Deelnames", "deelnames"),
    ("schoolbestuur", "Scholen", "Deelnames", "deelnames"),
)
MONEY = frozenset({"besteed", "besteedbaar"})


@SLOW
@given(st.randoms(use_true_random=False), st.booleans())
def test_every_total_is_the_figure_on_screen(
    session: GateSession, kans: Random, closed: bool
) -> None:
    """Of all together, some of them closed; the rows add up to the total as well."""
    jaar = maak_jaar(session, kans)
    if closed:
        made = jaar.verantwoordingen[0]
        for _ in range(2):
            f.maak_complete_activiteit(session, made)
        made.sluit(None)
        session.flush()
    selectie = kies(session, f.JAAR, [partij.id for partij in jaar.partijen])
    told = rapport(session, selectie).totalen
    books = {name: book_of(session, name, selectie) for name in DOWNLOADS}
    for name, sheet, label, figure in SUMS:
        *rows, total = column(books[name], sheet, label)
        wanted = float(getattr(told, figure)) / (100 if figure in MONEY else 1)
        assert round(total, 2) == wanted, (sheet, label)
        assert round(sum(row or 0 for row in rows), 2) == wanted, (sheet, label)
    check_schools(books["schoolbestuur"], told)
    session.rollback()


def check_schools(book: Workbook, told: Totalen) -> None:
    """Each school once; those of the region, the reached, and the reached outside it."""
    codes = [code for code in column(book, "Scholen", "Vestigingscode") if code]
    assert len(codes) == len(set(codes)) == told.regio + told.buiten
    regio, bereikt = (column(book, "Scholen", label) for label in ("In de regio", "Bereikt"))
    assert regio.count("ja") == told.regio
    assert list(zip(regio, bereikt, strict=True)).count(("ja", "ja")) == told.bereikt
    assert list(zip(regio, bereikt, strict=True)).count(("nee", "ja")) == told.buiten


@SLOW
@given(st.randoms(use_true_random=False))
def test_the_sheets_are_what_plain_sql_finds(session: GateSession, kans: Random) -> None:
    jaar = maak_jaar(session, kans)
    ids = [v.id for v in jaar.verantwoordingen]
    selectie = kies(session, f.JAAR, [partij.id for partij in jaar.partijen])
    book = book_of(session, "totaaloverzicht", selectie)
    rows = {
        name: len(column(book, name, "Contractpartij")) for name in SHEETS["totaaloverzicht"][:3]
    }
    assert rows["Activiteiten"] - 1 == gevraagd(session, "regels", ids)
    missing = column(book, "Lasten", "Bedrag")[:-1].count(None)
    assert missing == gevraagd(session, "zonder_bedrag", ids)
    session.rollback()


@pytest.mark.beide
def test_the_columns_of_financieel(session: GateSession) -> None:
    """As the spec has them, typed, by hand."""
    project = f.maak_project(session, titel="Project A")
    verantwoording = f.maak_verantwoording(session, project)
    doel = f.maak_doel(session, naam="Visie")
    activiteit = f.maak_activiteit(session, verantwoording, doel, naam="Les")
    f.maak_last(
        session, activiteit, toelichting="Huur", leverancier="Zaal BV", boekstuknummer="0012",
        betaald_op=date(2026, 5, 1), bedrag=12_34,
        kostensoort=f.maak_kostensoort(session, naam="Materiaal"),
    )  # fmt: skip
    f.maak_last(session, activiteit, toelichting="Nog niet", bedrag=None)
    f.maak_begrotingspost(session, project, naam="Post", doel=doel, bedrag=50_00)
    f.maak_begrotingspost(session, project, naam="Los", bedrag=1_00)
    book = book_of(session, "financieel", kies(session, 2026))
    lasten = rows_of(book, "Lasten")
    assert lasten[0] == [
        "Contractpartij", "Project", "Jaar", "Activiteit", "CMK-doel", "Kostensoort",
        "Toelichting", "Leverancier", "Boekstuknummer", "Betaald op", "Bedrag",
    ]  # fmt: skip
    assert lasten[1][1:9] == [
        "Project A", 2026, "Les", "Visie", "Materiaal", "Huur", "Zaal BV", "0012",
    ]  # fmt: skip
    assert (lasten[1][9].date(), lasten[1][10]) == (date(2026, 5, 1), 12.34)
    assert (lasten[2][6], lasten[2][10]) == ("Nog niet", None)
    per_doel = rows_of(book, "Per CMK-doel")[1:]
    assert per_doel == [
        ["Visie", 50, 12.34, 37.66],
        ["Zonder CMK-doel", 1, 0, 1],
        ["Totaal", 51, 12.34, 38.66],
    ]
    per_soort = rows_of(book, "Per kostensoort")[1:]
    assert per_soort == [["Materiaal", 12.34], ["Zonder kostensoort", 0], ["Totaal", 12.34]]


def test_an_activity_for_several_counts_once_per_bestuur(session: GateSession) -> None:
    bestuur, gemeente = f.maak_schoolbestuur(session, naam="Samen"), f.maak_gemeente(session)
    activiteit = f.maak_activiteit(session, aantal_activiteiten=4)
    for _ in range(2):
        school = f.maak_school(session, gemeente, bestuur)
        f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=3)
    for naam in ("po groep 1-2", "po groep 3-4"):
        f.maak_activiteit_doelgroep(session, activiteit, f.maak_doelgroep(session, naam=naam))
    selectie = kies(session, 2026)
    besturen = [
        list(row) for row in book_of(session, "schoolbestuur", selectie)["Schoolbesturen"].values
    ]
    assert besturen[1] == ["Samen", 0, 0, 2, 4, 6]
    groepen = [
        list(r) for r in book_of(session, "prestatie-en-bereik", selectie)["Per doelgroep"].values
    ]
    assert groepen[1:] == [["po groep 1-2", 4, 6, 2, 6], ["po groep 3-4", 4, 6, 2, 6]]


# --- in a spreadsheet -------------------------------------------------------------------


def test_libreoffice_calculates_the_same_and_follows_a_change(
    session: GateSession, tmp_path: Path
) -> None:
    """Every total is a formula: another amount in one cell changes all that hang on it."""
    maak_jaar(session, Random(7))
    extra = f.maak_activiteit(session)
    f.maak_last(session, extra, bedrag=100_00, kostensoort=f.maak_kostensoort(session, naam="A>*"))
    selectie = kies(session, f.JAAR)
    path = tmp_path / "financieel.xlsx"
    with path.open("wb") as file:
        excel.write(DOWNLOADS["financieel"].maak(session, selectie, "Iedereen"), file)
    before = load_workbook(path, data_only=True)
    same = recalculated(path, tmp_path / "same")
    for sheet in before.sheetnames:
        rows = [[_rounded(c) for c in row] for row in rows_of(same, sheet)]
        wanted = [[_rounded(c) for c in row] for row in rows_of(before, sheet)]
        assert rows[: len(wanted)] == wanted, sheet

    row = column(before, "Lasten", "Kostensoort").index("A>*") + 2
    other = changed(path, "Lasten", f"K{row}", 350.5, tmp_path / "anders.xlsx")
    after = recalculated(other, tmp_path / "after")
    for sheet, label in (
        ("Lasten", "Bedrag"),
        ("Per CMK-doel", "Besteed"),
        ("Per kostensoort", "Besteed"),
    ):
        then, now = column(before, sheet, label)[-1], column(after, sheet, label)[-1]
        assert round(now - then, 2) == 250.5, (sheet, label)
    kinds = column(after, "Per kostensoort", "Kostensoort")
    assert column(after, "Per kostensoort", "Besteed")[kinds.index("A>*")] == 350.5


def _rounded(cell: Any) -> Any:
    return round(cell, 2) if isinstance(cell, float | int) else cell


def test_nothing_that_people_typed_is_run(portaal: Portaal) -> None:
    """In none of the workbooks, wherever the text stands."""
    with portaal.als() as session:
        party = session.get_one(Contractpartij, portaal.wereld.id(Contractpartij, "eigen"))
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        last = session.get_one(Last, portaal.wereld.id(Last, "eigen"))
        party.naam, project.titel, activiteit.naam = FORMULAS[:3]
        last.toelichting, last.leverancier, last.boekstuknummer = FORMULAS[3:]
        for text in TEXTS:
            f.maak_last(session, activiteit, toelichting=text)
            f.maak_activiteit_partner(
                session, activiteit, f.maak_samenwerkingspartner(session, party, naam=text)
            )
        session.commit()
    visitor = portaal.bezoeker("projectleider")
    for name in DOWNLOADS:
        response = visitor.get(f"/rapportages/download/{name}?jaar=2026")
        book = load_workbook(io.BytesIO(response.data))
        for sheet in book.worksheets:
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    ours = str(cell.value).startswith(("=SUBTOTAL(109,", "=SUMPRODUCT(", "=B"))
                    assert cell.data_type != "f" or ours, (sheet.title, cell.value)
                    assert cell.hyperlink is None


def test_hours_are_exact(session: GateSession) -> None:
    f.maak_activiteit(session, aantal_activiteiten=3, duur=Decimal("0.25"))
    book = book_of(session, "totaaloverzicht", kies(session, 2026))
    assert column(book, "Activiteiten", "Uren") == [0.75, 0.75]
