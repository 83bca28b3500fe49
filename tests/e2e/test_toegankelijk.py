"""Every kind of page: axe-core finds nothing, the browser complains of nothing, and it fits."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from models.activiteit import Activiteit
from models.samenwerkingspartner import Samenwerkingspartner
from tests.e2e.demo import ACCOUNTS, As, Demo, log_in
from tests.e2e.hands import button, field, link, row_of, says
from tests.e2e.scherm import Scherm
from tests.e2e.schermen import FAULT, SCHERMEN
from tests.support.browser import Watch
from tests.support.strictness import FULL

AXE = Axe()
#: WCAG 2.2 AA, and what axe-core knows to be good practice.
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
TEMPLATES = Path(__file__).parents[2] / "templates"

Opens = Callable[..., Page]


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing."""
    # Only what is wrong, in full: that is all that is told.
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    lines = [
        f"{v['id']}: {v['help']}\n"
        + "\n".join(f"    {n['html'][:160]}\n    {n['failureSummary'][:300]}" for n in v["nodes"])
        for v in found
    ]
    assert not found, "\n".join(lines)


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways at 320 pixels (WCAG 1.4.10)."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.wait_for_timeout(50)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(e =>
                 e.getBoundingClientRect().right > 321 && !e.closest('.table-region, [popover]'))
               .slice(0, 8).map(e => e.outerHTML.slice(0, 120))"""
        )
        raise AssertionError(f"{width} pixels breed:\n" + json.dumps(wide, indent=1))


def open_scherm(scherm: Scherm, als: As, open_page: Opens, demo: Demo, watch: Watch) -> Page:
    page = als(scherm.rol) if scherm.rol else open_page()
    if scherm.status >= 400:
        watch.allow(str(scherm.status))
    statuses: list[int] = []
    page.on(
        "response",
        lambda r: statuses.append(r.status) if r.request.is_navigation_request() else None,
    )
    page.goto(scherm.url(demo))
    if scherm.doe is not None:
        scherm.doe(page, demo)
    assert statuses[-1] == scherm.status
    return page


def one_of_each() -> list[Scherm]:
    """One screen per template, answer, and whether something is done on it first."""
    found: dict[tuple[str, int, bool], Scherm] = {}
    for scherm in SCHERMEN:
        found.setdefault((scherm.template, scherm.status, scherm.doe is None), scherm)
    return list(found.values())


@pytest.mark.parametrize("scherm", SCHERMEN if FULL else one_of_each(), ids=str)
def test_scherm(scherm: Scherm, als: As, open_page: Opens, demo: Demo, watch: Watch) -> None:
    page = open_scherm(scherm, als, open_page, demo, watch)
    assert scherm.template in demo.rendered
    assert_accessible(page)
    assert_fits(page)


def test_elk_sjabloon_wordt_bekeken() -> None:
    """A new template has a place in the list above."""
    parts = {
        "base.html",
        "auth/frame.html",
        "rapportages/keuze.html",
        "rapportages/tabellen.html",
        "verantwoordingen/geld.html",
    }
    pages = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if path.relative_to(TEMPLATES).parts[0] != "parts"
    }
    assert pages - parts == {scherm.template for scherm in SCHERMEN}


def one_per_template() -> list[Scherm]:
    """The first screen of each template that needs nothing but its address."""
    found: dict[str, Scherm] = {}
    for scherm in SCHERMEN:
        if scherm.rol and scherm.doe is None:
            found.setdefault(scherm.template, scherm)
    return list(found.values())


@pytest.mark.parametrize("rol", ACCOUNTS if FULL else ["datamanager"])
def test_elk_sjabloon_per_rol(rol: str, als: As, demo: Demo, watch: Watch) -> None:
    """Whatever a role gets to see at an address, also when that is a refusal."""
    watch.allow("403", "404", "409")
    page = als(rol)
    wrong = []
    for scherm in one_per_template()[:: 1 if FULL else 5]:
        demo.rendered.clear()
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = page.goto(scherm.url(demo))
        try:
            assert answer is not None
            assert answer.status in {200, 403, 404, 409}
            assert (answer.status == 200) == (FAULT not in demo.rendered)
            assert_accessible(page)
            assert_fits(page)
        except AssertionError as error:
            wrong.append(f"{scherm}: {error}")
    assert not wrong, "\n".join(wrong)


# --- by keyboard alone --------------------------------------------------------------


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS_NAME).startswith(name):
            return
    raise AssertionError(f"“{name}” is met Tab niet te bereiken")


FOCUS_NAME = """() => { const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || '')
    .trim() }"""
FOCUS_SEEN = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const shown = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
  return e !== document.body && (shown || s.boxShadow !== 'none') }"""


def test_een_activiteit_met_alleen_het_toetsenbord(als: As, demo: Demo) -> None:
    """All three parts, with combobox, multi-select, a row added with Enter, and saving."""
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
    press, typ = page.keyboard.press, page.keyboard.type
    tab_to(page, "+Nieuw")
    press("Enter")
    page.get_by_role("heading", name="Nieuwe activiteit").wait_for()
    tab_to(page, "Naam")
    typ("Met het toetsenbord")
    press("Tab")
    typ("Overkoepelende")  # as a select does: the choice that starts so
    press("Tab")
    typ("Omschrijving")
    for text in ("2", "1,5"):
        press("Tab")
        typ(text)
    press("Tab")
    tab_to(page, "Periode van")
    typ("1-3-26")
    tab_to(page, "Periode tot en met")
    typ("31-3-26")
    tab_to(page, "Doelgroepen")
    press("Enter")
    expect(page.get_by_label("Doelgroepen: zoeken")).to_be_focused()
    typ("schoolleiding")
    press("Enter")
    press("Escape")
    expect(page.locator("summary", has_text="1 geselecteerd")).to_be_focused()
    _scholen(page)
    _lasten(page)
    tab_to(page, "Bewaren")
    assert page.evaluate(FOCUS_SEEN)
    press("Enter")
    says(page, "“Met het toetsenbord” is toegevoegd")
    with demo.session() as session:
        made = session.query(Activiteit).filter_by(naam="Met het toetsenbord").one()
        assert (len(made.scholen), len(made.lasten)) == (2, 1)
        assert made.lasten[0].bedrag == 12_50
        assert [school.aantal_leerkrachten for school in made.scholen] == [4, 5]


def _scholen(page: Page) -> None:
    press, typ = page.keyboard.press, page.keyboard.type
    tab_to(page, "School *")
    for school, number, answer in (("grutterij aalten", "1", "4"), ("hooiberg", "2", "5")):
        typ(school)
        page.get_by_role("listbox").get_by_role("option").first.wait_for()
        press("ArrowDown")
        press("ArrowUp")
        press("Enter")
        expect(page.get_by_role("listbox")).to_be_hidden()
        tab_to(page, "Aantal leerkrachten")
        typ(answer)
        press("Enter")
        following = page.get_by_role("group", name=f"School {int(number) + 1}")
        expect(following.get_by_role("combobox")).to_be_focused()
    # One too many: the row that stays empty does not count.


def _lasten(page: Page) -> None:
    tab_to(page, "Toelichting")
    page.keyboard.type("Zaalhuur")
    page.keyboard.press("Tab")
    page.keyboard.type("12,50")


def test_escape_laat_de_keuze_zoals_ze_was(als: As, demo: Demo) -> None:
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")
    school = page.get_by_role("group", name="School 1").get_by_role("combobox")
    school.focus()
    page.keyboard.type("hooi")
    page.get_by_role("listbox").get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(school).to_have_value("")
    expect(school).to_be_focused()


def test_naar_de_inhoud(als: As) -> None:
    """The first Tab shows the skip link, and it skips."""
    page = als("projectleider")
    page.goto("/")
    page.keyboard.press("Tab")
    skip = link(page, "Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_streep_zoekt_en_escape_sluit(als: As) -> None:
    page = als("projectleider")
    page.goto("/stamdata/scholen/")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Zoek in scholen")
    expect(search).to_be_focused()
    page.keyboard.type("slinge")
    page.keyboard.press("Enter")
    expect(row_of(page, "College aan de Slinge")).to_be_visible()
    summary = page.locator("summary").filter(has_text="Filters")
    summary.focus()
    page.keyboard.press("Enter")
    expect(button(page, "Toepassen")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(button(page, "Toepassen")).to_be_hidden()
    expect(summary).to_be_focused()


def test_rijmenu_met_pijltjes_en_terug(als: As) -> None:
    """The menu of a row opens on its first line, and Esc gives the focus back."""
    page = als("projectleider")
    page.goto("/stamdata/samenwerkingspartners/")
    opener = button(page, "Acties voor Dansstudio Beweeg")
    opener.focus()
    page.keyboard.press("Enter")
    menu = page.locator(".popmenu:popover-open")
    expect(menu.get_by_text("Bekijken")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_text("Wijzigen")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(opener).to_be_focused()


def test_wat_de_focus_heeft_is_te_zien(als: As, demo: Demo) -> None:
    """Each stop on a busy page, seen and on screen."""
    page = als("projectleider")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten")
    for _ in range(30):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUS_NAME)
        inner = page.evaluate(
            "() => { const e = document.activeElement.closest('label') || document.activeElement;"
            " const b = e.getBoundingClientRect();"
            " return b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth }"
        )
        assert inner, f"“{name}” heeft de focus buiten beeld"
        assert page.evaluate(FOCUS_SEEN), f"“{name}” laat niet zien dat het de focus heeft"


def test_het_tabblad_waar_men_is_staat_in_beeld(als: As) -> None:
    page = als("projectleider", viewport=NARROW)
    page.goto("/mijn-gegevens/persoonlijke-data")
    tab = page.get_by_label("Onderdelen").get_by_role("link", name="Persoonlijke data")
    expect(tab).to_be_in_viewport(ratio=1)


def test_het_menu_op_een_telefoon(als: As) -> None:
    page = als("projectleider", viewport=NARROW)
    page.goto("/")
    column = page.get_by_role("navigation", name="Hoofdmenu")
    expect(column).to_be_hidden()
    button(page, "Menu").click()
    expect(column).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(column).to_be_hidden()
    expect(button(page, "Menu")).to_be_focused()
    button(page, "Menu").click()
    link(column, "Projecten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Projecten")


# --- without script -----------------------------------------------------------------


@pytest.fixture
def kaal(open_page: Opens, demo: Demo) -> Page:
    """A browser that runs no script, logged in by hand."""
    page = open_page(java_script_enabled=False)
    log_in(page, "projectleider", demo.code("projectleider"))
    return page


def test_zonder_script_een_partner_maken_zoeken_en_verwijderen(
    kaal: Page, demo: Demo, watch: Watch
) -> None:
    page = kaal
    watch.allow("422")
    page.goto("/stamdata/samenwerkingspartners/")
    link(page, "+Nieuwe samenwerkingspartner").click()
    button(page, "Bewaren").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit veld is verplicht")
    field(page, "Naam").fill("Poppentheater Zonder Script")
    field(page, "Plaats").fill("Borculo")
    button(page, "Bewaren").click()
    says(page, "is toegevoegd")
    page.goto("/stamdata/samenwerkingspartners/")
    page.get_by_role("searchbox").fill("poppentheater")
    button(page, "Zoek").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.locator("summary").filter(has_text="Filters").click()
    page.get_by_role("textbox", name="Plaats").fill("Winterswijk")
    button(page, "Toepassen").click()
    expect(page.get_by_role("heading", name="Geen samenwerkingspartners gevonden")).to_be_visible()
    page.get_by_role("link", name="Alles tonen").click()
    link(page, "Poppentheater Zonder Script").click()
    link(page, "Verwijderen…").click()
    button(page, "Verwijderen").click()
    says(page, "verwijderd")
    assert demo.count(Samenwerkingspartner, naam="Poppentheater Zonder Script") == 0


def test_zonder_script_een_activiteit_bewaren(kaal: Page, demo: Demo, watch: Watch) -> None:
    """The dropdown is a list of boxes; a school is typed, and chosen when there are more."""
    page = kaal
    watch.allow("422")
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")
    field(page, "Naam").fill("Zonder script")
    field(page, "CMK-doel").select_option("Overkoepelende activiteiten")
    field(page, "Duur activiteit (uren)").fill("2")
    field(page, "Periode van").fill("01-04-2026")
    field(page, "Periode tot en met").fill("30-04-2026")
    page.get_by_role("group", name="Doelgroepen").locator("summary").click()
    page.get_by_label("leerkrachten", exact=True).check()
    last = page.get_by_role("group", name="Last 1")
    field(last, "Toelichting").fill("Bus")
    field(last, "Bedrag").fill("99,95")
    school = page.get_by_role("group", name="School 1")
    field(school, "Aantal leerkrachten").fill("7")
    typed = school.get_by_label("School: zoek op naam of code")
    typed.fill("deze school bestaat niet")
    button(page, "Bewaren").last.click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Niets gevonden met “deze school bestaat niet”"
    )
    typed.fill("marjolein")
    button(page, "Bewaren").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Kies uit de lijst welke je bedoelt")
    expect(typed).to_have_value("marjolein")
    field(school, "School").select_option("CBS de Wilde Marjolein · 97BK00 · Aalten")
    button(page, "Bewaren").last.click()
    says(page, "“Zonder script” is toegevoegd")
    with demo.session() as session:
        made = session.query(Activiteit).filter_by(naam="Zonder script").one()
        assert [school.school.vestigingscode for school in made.scholen] == ["97BK00"]
        assert [last.bedrag for last in made.lasten] == [99_95]


def test_zonder_script_een_school_met_haar_code(kaal: Page, demo: Demo) -> None:
    page = kaal
    activiteit = demo.activiteit("Netwerkdag icc'ers najaar")
    page.goto(f"/activiteiten/{activiteit}/scholen/bewerken")
    school = page.get_by_role("group", name="School 1")
    school.get_by_label("School: zoek op naam of code").fill("97BE00")
    button(page, "Bewaren").last.click()
    says(page, "bewaard")
    expect(row_of(page, "97BE00")).to_be_visible()
