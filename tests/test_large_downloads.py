"""Files that are too large to wait for: made by a job, the same to the cell, for their maker."""

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cmk_admin import downloads, listing, tables
from cmk_admin.gate import system
from models.techniek import Taak, TaakStatus
from tests.support.portal import Bezoeker, Portaal

REPORTS = [
    f"/rapportages/download/{name}?jaar=2026"
    for name in ("totaaloverzicht", "financieel", "prestatie-en-bereik", "schoolbestuur")
]
ROWS = [
    "/rapportages/verklaar/besteed/xlsx?jaar=2026",
    "/rapportages/verklaar/besteed/csv?jaar=2026&kwartaal=1",
    "/rapportages/verklaar/bereikt/csv?jaar=2026&search=school",
    "/rapportages/verklaar/nog-te-besteden/xlsx?jaar=2025",
]
LISTS = [
    "/stamdata/samenwerkingspartners/export/xlsx/",
    "/stamdata/scholen/export/csv/?sort=-naam",
    "/beheer/activiteiten/export/csv/?search=a&sort=-startdatum",
    "/beheer/lasten/export/xlsx/",
]


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "AT_ONCE", -1)


def cells(name: str, body: bytes) -> Any:
    """All of it, without the moment at which it was made."""
    if name.endswith(".csv"):
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    book = load_workbook(io.BytesIO(body), data_only=True)
    return {
        sheet.title: [row for row in sheet.values if row[0] != "Gemaakt op"]
        for sheet in book.worksheets
    }


def made(visitor: Bezoeker, address: str) -> tuple[str, bytes]:
    """What the job made; its name and its content."""
    asked = visitor.post(address)
    assert asked.status_code == 302, asked.text
    assert re.fullmatch(r"/mijn-downloads/\d+", asked.location)
    response = visitor.get(f"{asked.location}/bestand")
    assert response.status_code == 200, visitor.get(asked.location).text
    return response.headers["Content-Disposition"].partition("filename=")[2].strip(
        '"'
    ), response.data


@pytest.mark.parametrize("visitor", ["projectleider", "datamanager"])
@pytest.mark.parametrize("address", [*REPORTS, *ROWS, *LISTS])
def test_a_job_makes_the_same_file(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch, visitor: str, address: str
) -> None:
    who = portaal.bezoeker(visitor)
    small = who.get(address)
    name = small.headers["Content-Disposition"].partition("filename=")[2].strip('"')
    monkeypatch.setattr(downloads, "AT_ONCE", -1)
    large_name, body = made(who, address)
    assert large_name == name
    assert cells(name, body) == cells(name, small.data)


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("address", [REPORTS[0], ROWS[0], LISTS[0]])
def test_a_large_file_is_asked_for_and_not_made_by_a_look(portaal: Portaal, address: str) -> None:
    """A GET changes nothing: a link, or a browser that looks ahead, starts no job."""
    who = portaal.bezoeker("datamanager")
    portaal.changed()
    page = who.get(address).text
    assert not portaal.changed()
    assert "Bestand maken" in page
    assert re.search(r"gaat het portaal \d+ regels langs", page)


@pytest.mark.usefixtures("everything_is_large")
def test_progress_counts_every_row(portaal: Portaal) -> None:
    """So that the bar ends where it is full: the header and the totals are no rows."""
    made(portaal.bezoeker("datamanager"), LISTS[0])
    with portaal.als(system("test")) as session:
        row = session.query(Taak).order_by(Taak.id.desc()).first()
        assert row is not None
        assert (row.status, row.gedaan) == (TaakStatus.KLAAR, row.totaal)
        assert row.gedaan > 3


def test_a_list_of_more_than_is_counted_is_large(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never cut: that many rows go to a job, which has no limit."""
    monkeypatch.setattr(listing, "COUNT_UP_TO", 1)
    page = portaal.bezoeker("datamanager").get(LISTS[0]).text
    assert "Dit zijn meer dan 10.000 regels." in page


# --- a page of rows that are not all in memory --------------------------------------------------


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=30),
    st.sampled_from(["", "getal", "-getal"]),
    st.integers(1, 12),
)
def test_a_page_is_that_of_the_whole_list(values: list[int | None], sort: str, page: int) -> None:
    """Against sorting all of it: equals keep their order, empty ones come last."""
    rows = list(enumerate(values))
    if sort:
        filled = [row for row in rows if row[1] is not None]
        filled.sort(key=lambda row: row[1] or 0, reverse=sort.startswith("-"))
        rows = filled + [row for row in rows if row[1] is None]
    last = max(1, -(-len(rows) // 4))
    number = min(page, last)
    heading: tables.Heading[tuple[int, int | None]] = tables.Heading(
        "getal", "Getal", lambda row: row[1]
    )
    address = tables.Address("/x", {"sort": sort, "page": str(page)})
    found = tables.table(iter(enumerate(values)), [heading], address, size=4)
    assert list(found.items) == rows[(number - 1) * 4 : number * 4]
    assert found.pager.total == len(values)
    assert (found.pager.previous_url is None) is (number == 1)
    assert (found.pager.next_url is None) is (number == last)
