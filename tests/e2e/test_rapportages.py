"""Rapportages in a real browser: with and without script, in colour, on paper."""

import io
import re
from itertools import combinations

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.demo import As, Demo
from tests.e2e.hands import button

#: A4 on its side without its margins of 1.2 cm, in pixels of the web: 96 an inch.
A4_LYING = {"width": 1031, "height": 703}
#: What somebody with this kind of colour-blindness sees (Machado et al., 2009, severity 1).
BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
Colour = tuple[float, ...]


def drawn(page: Page) -> Page:
    page.goto("/rapportages")
    page.locator("[data-drawn]").wait_for(state="attached")
    return page


def test_plotly_draws_what_the_tables_say(als: As) -> None:
    """Over each donut, with the same figures; the browser complains of nothing (see `watch`)."""
    page = drawn(als("projectleider"))
    cards = page.locator(".donut-card")
    assert cards.count() == 3
    for number in range(3):
        card = cards.nth(number)
        rows = card.locator("tr[data-value]")
        values = [float(v) for v in rows.evaluate_all("rows => rows.map(r => r.dataset.value)")]
        expect(card.locator(".donut-drawing .slice")).to_have_count(sum(v > 0 for v in values))
    assert page.locator("style").count() == 0


def test_hovering_a_slice_says_what_it_is(als: As) -> None:
    page = drawn(als("projectleider"))
    card = page.locator(".donut-card").first
    slice_ = card.locator(".donut-drawing .slice path").first
    box = slice_.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 6, box["y"] + box["height"] / 2)
    expect(card.locator(".hoverlayer")).to_contain_text("Besteed")


def test_without_script_everything_is_there(als: As) -> None:
    """The rings, the figures, and choosing another year."""
    page = als("adviseur", java_script_enabled=False)
    page.goto("/rapportages")
    assert page.locator(".donut-card svg.donut [class^=slice]").count() >= 4
    page.get_by_label("Jaar", exact=True).select_option("2025")
    page.locator("summary").filter(has_text="Alle contractpartijen").click()
    page.get_by_role("checkbox").nth(1).check()
    button(page, "Tonen").click()
    assert re.search(r"\?jaar=2025&partij=\d+$", page.url)
    expect(page.locator(".page-subtitle")).to_contain_text("2025")


def test_choosing_a_contractpartij(als: As) -> None:
    """Closed, the choice says how many; none is all of them."""
    page = drawn(als("adviseur"))
    summary = page.locator("details.multi > summary")
    expect(summary).to_contain_text("Alle contractpartijen")
    summary.click()
    page.get_by_role("checkbox").first.check()
    expect(summary).to_contain_text("1 geselecteerd")
    button(page, "Tonen").click()
    page.wait_for_url(re.compile(r"partij=\d+"))
    expect(page.locator("details.multi > summary")).to_contain_text("1 geselecteerd")


def test_a_download_is_of_what_is_chosen_also_when_it_is_not_shown_yet(als: As) -> None:
    page = als("adviseur")
    page.goto("/rapportages")
    page.get_by_role("group", name="Contractpartij").locator("summary").click()
    page.get_by_role("checkbox", name="Cultuurpunt Veluwerand").check()
    page.keyboard.press("Escape")
    button(page, "Downloaden").click()
    with page.expect_download() as waiting:
        button(page, "Totaaloverzicht").click()
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    whose = {row[0] for row in book["Lasten"].iter_rows(min_row=2, values_only=True)}
    assert whose == {"Cultuurpunt Veluwerand", "Totaal"}
    assert waiting.value.suggested_filename == "totaaloverzicht-2026-cultuurpunt-veluwerand.xlsx"


def test_a_figure_opens_its_rows(als: As) -> None:
    """From the donut to the rows and on to a part of them, and back."""
    page = drawn(als("adviseur"))
    link = page.locator(".donut-card").first.locator(".figure-link").first
    shown = link.evaluate("link => link.lastChild.textContent")
    page.locator(".donut-card").first.get_by_role("link", name="Verklaar dit getal").click()
    expect(page.locator(".explained-figure")).to_have_text(shown)
    page.get_by_label("Zoek in deze regels").fill("bus")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("search=bus"))
    expect(page.get_by_text("Dit is het getal van de regels met")).to_be_visible()
    page.get_by_role("link", name="Rapportages").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rapportages")


def test_on_paper(als: As) -> None:
    """The rings of the server, three beside each other; nothing to press; all rows."""
    page = drawn(als("projectleider"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    expect(page.locator(".report-choice")).to_be_hidden()
    expect(page.locator(".donut-drawing").first).to_be_hidden()
    expect(page.locator(".donut .slice-1").first).to_be_visible()
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator(".printed")).to_contain_text("afgedrukt op")
    expect(page.locator(".printed")).to_contain_text("/rapportages")
    tops = {round(box["y"]) for box in map(_box, page.locator(".donut-card").all())}
    assert len(tops) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 718


def test_the_rows_of_a_figure_on_paper(als: As) -> None:
    """Nothing to press, nothing beside the page."""
    page = drawn(als("projectleider"))
    page.goto(page.url.split("?")[0] + "/verklaar/besteed")
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    page.set_viewport_size(A4_LYING)  # type: ignore[arg-type]
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator(".printed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_LYING["width"]


def _box(card: object) -> dict[str, float]:
    return card.bounding_box()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_differ_for_the_colour_blind(als: As, demo: Demo, kind: str) -> None:
    """No two slices of the doelen look the same; each also stands in the table by name."""
    page = drawn(als("projectleider"))
    fills = page.evaluate(
        """() => [1, 2, 3, 4, 5, 6, "rest"].map((n) => {
             const style = getComputedStyle(document.documentElement);
             return style.getPropertyValue(`--chart-${n}`).trim();
           })"""
    )
    seen = [_seen(fill, BLINDNESS[kind]) for fill in fills]
    close = [
        (fills[a], fills[b])
        for a, b in combinations(range(len(seen)), 2)
        if _distance(seen[a], seen[b]) < 12
    ]
    assert not close


def _seen(fill: str, matrix: tuple[Colour, ...]) -> Colour:
    """A hexadecimal colour in CIELAB, as seen through `matrix`."""
    parts = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    r, g, b = (min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0), 1)
               for row in matrix)  # fmt: skip
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _distance(one: Colour, other: Colour) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)
