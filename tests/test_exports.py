"""Downloads: typed cells, the selection on screen, and no text that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Response
from openpyxl import load_workbook

from cmk_admin import attributes, exports, formats
from cmk_admin.excel import harmless
from models.activiteit import Activiteit, Last
from models.base import Entiteit, nu
from models.contractpartij import Contractpartij
from models.historie import Wijziging, WijzigingSoort
from models.privacy import Inzage
from models.samenwerkingspartner import Samenwerkingspartner
from tests import factories as f
from tests.support.portal import Portaal
from tests.test_entity_list import folded
from tests.test_rights_matrix import ENTITIES, address_of

FORMULAS = (
    "=1+1",
    "+31 26 123",
    "-2+3",
    "@SUM(A1:A9)",
    '=HYPERLINK("http://x";"klik")',
    "=cmd|' /C calc'!A0",
)
TEXTS = (
    *FORMULAS,
    "een;twee",
    'aan"haling',
    "🎻 viool",
    "<b>&amp;",
    "'al een apostrof",
    "1.234,56",
    "0301",
)
PARTNERS = "/stamdata/samenwerkingspartners/export"


@pytest.fixture
def dangerous(portaal: Portaal) -> Portaal:
    """Partners whose every text is one of the texts."""
    with portaal.als() as session:
        partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", "eigen"))
        for text in TEXTS:
            f.maak_samenwerkingspartner(
                session, partij, naam=text, contactpersoon=text, plaats=text, email="x@test.example"
            )
        session.commit()
    return portaal


def csv_rows(response: Any) -> list[list[str]]:
    text = response.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def sheet_of(response: Any) -> Any:
    return load_workbook(io.BytesIO(response.data)).worksheets[0]


def sheet_xml(response: Any) -> str:
    with zipfile.ZipFile(io.BytesIO(response.data)) as book:
        [name] = [n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
        return book.read(name).decode()


# --- CSV ------------------------------------------------------------------------------


def test_csv_opens_in_a_dutch_excel_and_runs_nothing(dangerous: Portaal) -> None:
    response = dangerous.bezoeker("projectleider").get(f"{PARTNERS}/csv/")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="samenwerkingspartners.csv"'
    )
    assert b"\r\n" in response.data
    header, *rows = csv_rows(response)
    assert header == ["Naam", "Contactpersoon", "E-mailadres", "Plaats"]
    cells = {cell for row in rows for cell in row}
    for text in TEXTS:
        assert (f"'{text}" if text in FORMULAS else text) in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(len(row) == len(header) for row in rows)


def test_a_label_of_another_row_runs_nothing_either(portaal: Portaal) -> None:
    """A cell that shows a reference holds somebody's text as well."""
    with portaal.als() as session:
        row = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        row.naam = "=2+2"
        session.commit()
    visitor = portaal.bezoeker("routebegeleider")
    _, *rows = csv_rows(visitor.get("/beheer/lasten/export/csv/"))
    assert "'=2+2" in {cell for row in rows for cell in row}
    sheet = sheet_of(visitor.get("/beheer/lasten/export/xlsx/"))
    cells = {(cell.value, cell.data_type) for row in sheet.iter_rows() for cell in row}
    assert ("=2+2", "s") in cells


# --- workbooks ------------------------------------------------------------------------


def test_user_text_in_a_workbook_is_text(dangerous: Portaal) -> None:
    response = dangerous.bezoeker("projectleider").get(f"{PARTNERS}/xlsx/")
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    assert "<f>" not in sheet_xml(response)
    sheet = sheet_of(response)
    cells = {(cell.value, cell.data_type) for row in sheet.iter_rows(min_row=2) for cell in row}
    assert {(text, "s") for text in TEXTS} <= cells
    quoted = {c.value for row in sheet.iter_rows(min_row=2) for c in row if c.quotePrefix}
    assert quoted == set(FORMULAS)


def test_cells_have_their_types(portaal: Portaal) -> None:
    last = portaal.wereld.id(Last, "eigen")
    with portaal.als() as session:
        row = session.get_one(Last, last)
        row.bedrag = -123456
        session.commit()
    sheet = sheet_of(portaal.bezoeker("projectleider").get("/beheer/lasten/export/xlsx/"))
    assert sheet.freeze_panes == "A2"
    assert (
        sheet.auto_filter.ref
        == f"A1:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}"
    )
    heads = [cell.value for cell in sheet[1]]
    labels = [a.label for a in attributes.listed(Last)]
    assert heads == labels
    rows = sheet.iter_rows(min_row=2)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    [mine] = [row for row in found if row["Bedrag"].value == -1234.56]
    assert mine["Bedrag"].data_type == "n"
    assert "€" in mine["Bedrag"].number_format
    assert mine["Betaald op"].value == datetime(2026, 5, 1)  # noqa: DTZ001 - as Excel has it
    assert mine["Betaald op"].number_format == "dd-mm-yyyy"
    assert isinstance(mine["Toelichting"].value, str)


def test_hours_and_moments_are_numbers_and_times_on_the_dutch_clock(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    sheet = sheet_of(visitor.get("/beheer/activiteiten/export/xlsx/"))
    heads = [cell.value for cell in sheet[1]]
    hours = sheet.cell(2, heads.index("Duur activiteit (uren)") + 1)
    assert (hours.value, hours.data_type) == (1.5, "n")
    history = sheet_of(visitor.get("/beheer/wijzigingen/export/xlsx/"))
    moment = history.cell(2, [cell.value for cell in history[1]].index("Wanneer") + 1)
    assert moment.number_format == "dd-mm-yyyy hh:mm"
    now = nu().astimezone(formats.AMSTERDAM).replace(tzinfo=None)
    assert abs((moment.value - now).total_seconds()) < 1800


# Of inzages every download makes another: tests/test_on_record.py counts those.
@pytest.mark.parametrize("entity", [e for e in ENTITIES if e is not Inzage], ids=str)
def test_every_list_downloads_both_ways_with_the_same_rows(
    portaal: Portaal, entity: type[Entiteit]
) -> None:
    visitor = portaal.bezoeker("beheerder")
    name = entity.__name__.lower()
    texts = csv_rows(visitor.get(address_of(portaal.app, f"{name}.export", export_type="csv")))
    sheet = sheet_of(visitor.get(address_of(portaal.app, f"{name}.export", export_type="xlsx")))
    with portaal.als() as session:
        total = session.query(entity).count()
    assert len(texts) == sheet.max_row == total + 1
    assert texts[0] == [cell.value for cell in sheet[1]]
    wrong = address_of(portaal.app, f"{name}.export", export_type="pdf")
    assert visitor.get(wrong).status_code == 404


def searched(partner: Samenwerkingspartner) -> str:
    texts = (partner.naam, partner.contactpersoon, partner.email, partner.plaats)
    return " ".join(text or "" for text in texts).lower()


def test_a_download_is_the_selection_in_its_order(dangerous: Portaal) -> None:
    visitor = dangerous.bezoeker("projectleider")
    question = "?search=i&sort=-naam&page=3&size=20"
    _, *rows = csv_rows(visitor.get(f"{PARTNERS}/csv/{question}"))
    with dangerous.als("projectleider") as session:
        partners = session.query(Samenwerkingspartner).all()
        chosen = [partner for partner in partners if "i" in searched(partner)]
        chosen.sort(key=lambda p: (folded(p.naam), p.id), reverse=True)
        names = [harmless(p.naam) for p in chosen]
    assert [row[0] for row in rows] == names
    assert len(names) > 3


# --- what the gate never lets in, should it be there all the same -----------------------


def direct(portaal: Portaal, row: Entiteit, how: Any) -> Response:
    with portaal.app.test_request_context():
        made: Response = how(attributes.listed(type(row)), [row], "proef")
        return made


@pytest.mark.parametrize(
    "text", ["bel\x07", "\tmet tab", "\r=1+1", "nul\x00", "x" * 40_000, "\ud800"]
)
def test_no_text_breaks_a_download(portaal: Portaal, text: str) -> None:
    row = Samenwerkingspartner(naam=text, plaats=text)
    sheet = sheet_of(direct(portaal, row, exports.as_xlsx)) if "\ud800" not in text else None
    if sheet is not None:
        value = sheet.cell(2, 1).value
        assert sheet.cell(2, 1).data_type == "s"
        assert len(value) <= 32_767
        assert "\x07" not in value
    _, [naam, *_] = csv_rows(direct(portaal, row, exports.as_csv))
    assert not naam.startswith(("\t", "\r", "="))


def test_odd_values_have_a_place(portaal: Portaal) -> None:
    """Empty, zero, a year far away: a cell, not a fault."""
    rows = [
        Last(toelichting="", bedrag=0, betaald_op=date(1900, 1, 1)),
        Activiteit(naam="x", duur=Decimal("0.25"), startdatum=date(9999, 12, 31)),
        Wijziging(op=nu(), soort=WijzigingSoort.GEWIJZIGD, entiteit="Last", rij_id=1, titel="=x"),
    ]
    for row in rows:
        assert sheet_of(direct(portaal, row, exports.as_xlsx)).max_row == 2
        assert len(csv_rows(direct(portaal, row, exports.as_csv))) == 2
