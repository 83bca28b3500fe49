"""One way to write workbooks: typed, quick, and nothing in it that a spreadsheet would run."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from cmk_admin import excel
from cmk_admin.excel import Column, Formula, Sheet, workbook
from tests.support.spreadsheet import recalculated

KINDS = (
    Column("Tekst"),
    Column("Bedrag", "money", total=True),
    Column("Uren", "hours", total=True),
    Column("Aantal", "integer", total=True),
    Column("Dag", "date"),
    Column("Moment", "moment"),
)
ROWS: list[list[Any]] = [
    ["viool", 123456, Decimal("1.50"), 3, date(2026, 5, 1), datetime(2026, 7, 1, 12, tzinfo=UTC)],
    ["", None, None, None, None, None],
    ["=1+1", -50, Decimal("0.25"), 0, date(2025, 12, 31), datetime(2026, 1, 1, 12, tzinfo=UTC)],
]
NASTY = (
    "=1+1", "+31 26", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")', "{=1+1}", "http://voorbeeld.nl", "mailto:a@b.nl", "file:///etc",
    "bel\x07", "nul\x00", "\ud800", "🎻 viool", "<b>&amp;", "0301", "1.234,56", "'=x",
    " =1", "x" * 40_000,
)  # fmt: skip


def written(*sheets: Sheet) -> bytes:
    file = io.BytesIO()
    excel.write(sheets, file)
    return file.getvalue()


def formulas(book: bytes) -> list[str]:
    """Every formula, whoever meant it."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        pages = [parts.read(n).decode() for n in parts.namelist() if "worksheets/" in n]
    return [found for page in pages for found in re.findall(r"<f>([^<]*)</f>", page)]


def test_cells_have_their_types() -> None:
    sheet = load_workbook(io.BytesIO(written(Sheet("Blad", KINDS, ROWS)))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == [column.label for column in KINDS]
    assert [cell.value for cell in sheet[2]] == [
        "viool", 1234.56, 1.5, 3, datetime(2026, 5, 1), datetime(2026, 7, 1, 14),  # noqa: DTZ001
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[2]][1:] == [
        *(workbook.NUMBER_FORMATS[column.kind] for column in KINDS[1:])
    ]
    assert [cell.value for cell in sheet[3]] == [None] * 6
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F4")
    assert [cell.value for cell in sheet[5]][:4] == [
        "Totaal", "=SUBTOTAL(109,B2:B4)", "=SUBTOTAL(109,C2:C4)", "=SUBTOTAL(109,D2:D4)",
    ]  # fmt: skip


def test_two_other_readers_see_the_same() -> None:
    """python-calamine reads the stored value of a formula: the total is there uncalculated."""
    book = written(Sheet("Blad", KINDS, ROWS))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Blad").to_python()
    assert rows[1][:5] == ["viool", 1234.56, 1.5, 3.0, date(2026, 5, 1)]
    assert rows[3][0] == "=1+1"
    assert rows[4][:4] == ["Totaal", 1234.06, 1.75, 3.0]
    values = load_workbook(io.BytesIO(book), data_only=True).active
    assert values is not None
    assert [cell.value for cell in values[5]][:4] == ["Totaal", 1234.06, 1.75, 3]


def test_a_spreadsheet_calculates_the_same(tmp_path: Path) -> None:
    """And a formula of one sheet over the rows of another."""
    data = Sheet("Lasten", KINDS, ROWS)

    def later() -> Iterator[list[Any]]:
        yield ["dubbel", Formula(f"=2*SUM(Lasten!B2:B{data.last_row})", 2 * 123406)]

    path = tmp_path / "boek.xlsx"
    path.write_bytes(written(data, Sheet("Som", KINDS[:2], later())))
    book = recalculated(path, tmp_path / "office")
    assert [cell.value for cell in book["Lasten"][5]][:4] == ["Totaal", 1234.06, 1.75, 3]
    assert [cell.value for cell in book["Som"][2]] == ["dubbel", 2468.12]
    assert book["Som"]["B3"].value == 2468.12


def test_no_text_is_run(tmp_path: Path) -> None:
    """Nor made into a link; opened in a spreadsheet every text is what was typed."""
    book = written(Sheet("=1+1"[1:], [Column(text[:200]) for text in NASTY], [NASTY]))
    assert formulas(book) == []
    path = tmp_path / "boek.xlsx"
    path.write_bytes(book)
    for sheet in (load_workbook(path).active, recalculated(path, tmp_path / "office").active):
        assert sheet is not None
        for text, cell in zip(NASTY, sheet[2], strict=True):
            kept = text.replace("\x07", "").replace("\x00", "").replace("\ud800", "?")
            assert cell.value == kept[:32_767].replace("\r", "\n")
            assert cell.data_type == "s"
            assert cell.hyperlink is None


@given(st.lists(st.text(st.characters(codec=None), max_size=30), min_size=1, max_size=8))
def test_any_text_at_all_is_text(texts: list[str]) -> None:
    book = written(Sheet("Blad", [Column("Kop")] * len(texts), [texts]))
    assert formulas(book) == []
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert all(cell.data_type == "s" or cell.value is None for cell in sheet[2])


def test_an_empty_sheet_has_its_header_and_a_total_of_nothing() -> None:
    sheet = load_workbook(io.BytesIO(written(Sheet("Blad", KINDS, [])))).active
    assert sheet is not None
    assert sheet.max_row == 2
    assert [cell.value for cell in sheet[2]][:2] == ["Totaal", "=0"]


def test_a_plain_sheet_has_no_filter() -> None:
    sheet = load_workbook(
        io.BytesIO(written(Sheet("Uitleg", KINDS[:1], [["a"]], plain=True)))
    ).active
    assert sheet is not None
    assert sheet.auto_filter.ref is None


def test_a_day_before_there_were_days_is_text() -> None:
    sheet = load_workbook(io.BytesIO(written(Sheet("B", KINDS[4:5], [[date(1850, 1, 2)]])))).active
    assert sheet is not None
    assert sheet["A2"].value == "02-01-1850"


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1900, 1, 1), 1),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (date(2026, 5, 1), 46143),
    ],
)
def test_a_day_is_the_number_that_a_spreadsheet_gives_it(day: date, number: int) -> None:
    """Excel counts a 29 February 1900 that never was."""
    with zipfile.ZipFile(io.BytesIO(written(Sheet("B", KINDS[4:5], [[day]])))) as parts:
        assert f"<v>{number}</v>" in parts.read("xl/worksheets/sheet1.xml").decode()


def test_a_moment_is_the_clock_of_the_netherlands() -> None:
    """Also in the hour that comes twice, and in the year in which Excel counts wrong."""
    moments = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]
    early = datetime(1900, 1, 15, 11, 40, 28, tzinfo=UTC)
    sheet = load_workbook(
        io.BytesIO(written(Sheet("B", KINDS[5:], [[m] for m in [*moments, early]])))
    ).active
    assert sheet is not None
    found = [cell.value.strftime("%d-%m-%Y %H:%M") for cell in sheet["A"][1:4]]
    assert found == ["25-10-2026 02:30", "25-10-2026 02:30", "25-10-2026 03:30"]
    assert sheet["A5"].value.strftime("%d-%m-%Y %H:%M") == "15-01-1900 12:00"


def test_what_is_said_twice_is_written_as_it_was() -> None:
    """The same text in a column of text and of numbers; the same number as cents and as hours."""
    columns = [Column("a"), Column("b", "money"), Column("c", "hours"), Column("d", "integer")]
    rows = [["1", 1, Decimal(1), 1], [" 1", "1", Decimal("1.00"), 1], ["1", 1, 1, 1]]
    sheet = load_workbook(io.BytesIO(written(Sheet("Blad", columns, rows)))).active
    assert sheet is not None
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert found == [["1", 0.01, 1, 1], [" 1", "1", 1, 1], ["1", 0.01, 1, 1]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("🎻" * 20_000, "🎻" * 16_383),
        ("_x0041_ en _x000D_", "_x0041_ en _x000D_"),
        ("a\uffff\ufffe", "a"),
        ("regel\r\ntwee", "regel\ntwee"),
        ("\n", "\n"),
    ],
)
def test_text_at_the_edge_of_what_a_cell_holds(text: str, kept: str) -> None:
    book = written(Sheet("Blad", KINDS[:1], [[text]]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[1] == [kept]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(excel.TooLarge, match="meer dan 3"):
        written(Sheet("Blad", KINDS[:1], [["a"]] * 4))
    assert written(Sheet("Blad", KINDS[:1], [["a"]] * 3))


def test_every_row_is_told() -> None:
    told: list[int] = []
    excel.write([Sheet("Blad", KINDS, ROWS)], io.BytesIO(), lambda: told.append(1))
    assert len(told) == len(ROWS)
