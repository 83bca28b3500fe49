"""Typing is not lost with the tab, and a column of schools goes in with one paste."""

from playwright.sync_api import Page, expect

from tests.e2e.demo import As, Demo
from tests.e2e.hands import button, field, link, says
from tests.support.browser import Watch

PASTE = """(element, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const how = { clipboardData: data, bubbles: true, cancelable: true };
  element.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def nieuw(page: Page, demo: Demo) -> str:
    address = f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw"
    page.goto(address)
    return address


def test_een_gesloten_tabblad_verliest_niets(als: As, demo: Demo) -> None:
    """The tab goes right after typing; elsewhere the draft is offered with its time."""
    page = als("routebegeleider")
    address = nieuw(page, demo)
    page.get_by_label("Naam", exact=False).first.fill("Half ingevuld")
    expect(page.get_by_text("Concept bewaard om")).to_be_visible()
    page.close()

    later = als("routebegeleider")
    later.goto(address)
    expect(later.get_by_role("heading", name="Er staat nog een concept")).to_be_visible()
    link(later, "Verdergaan met het concept").click()
    expect(later.get_by_label("Naam", exact=False).first).to_have_value("Half ingevuld")
    later.goto(address)
    button(later, "Weggooien").click()
    expect(later.get_by_role("heading", name="Er staat nog een concept")).to_have_count(0)


def test_een_concept_dat_niet_bewaard_wordt_zegt_dat(als: As, demo: Demo, watch: Watch) -> None:
    """And a form that was sent in vain, and is there again, is kept as before."""
    watch.allow("500")
    page = als("routebegeleider")
    nieuw(page, demo)
    name, status = field(page, "Naam"), page.locator("[data-draft-status]")
    name.fill("Dans")
    expect(status).to_contain_text("Concept bewaard om")
    page.route("**/concepten", lambda route: route.fulfill(status=500))
    name.fill("Dansen")
    expect(status).to_have_text("Het concept is nu niet bewaard.")
    page.unroute("**/concepten")
    form = page.locator("form[data-draft]")
    form.evaluate("form => form.dispatchEvent(new Event('submit'))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    name.fill("Dansles")
    expect(status).to_contain_text("Concept bewaard om")


def test_een_kolom_scholen_plakken(als: As, demo: Demo) -> None:
    """Name, code and something unknown, with the leerkrachten beside them."""
    page = als("projectleider")
    nieuw(page, demo)
    schools = page.get_by_role("group", name="Scholen").get_by_role("combobox")
    schools.first.evaluate(PASTE, "Basisschool de Zandhaas\t3\n97JA00\t4\nZomaar een school\t5")
    expect(schools).to_have_count(3)
    expect(schools.nth(1)).to_have_value("Berkelstroom College · 97JA00 · Borculo")
    expect(schools.nth(0)).to_have_value("Basisschool de Zandhaas · 97AW00 · Neede")
    expect(schools.nth(2)).to_have_value("Zomaar een school")
    expect(schools.nth(2)).to_have_attribute("aria-invalid", "true")
    teachers = page.get_by_role("group", name="Scholen").get_by_label("Aantal leerkrachten")
    assert [field.input_value() for field in teachers.all()] == ["3", "4", "5"]
    expect(page.get_by_text("3 geplakt, 1 niet herkend").first).to_be_visible()


def test_een_concept_onderweg_overleeft_het_bewaren_niet(als: As, demo: Demo) -> None:
    """What the browser sent of the form arrives only after the form itself was saved."""
    page = als("routebegeleider")
    page.goto(f"/activiteiten/{demo.activiteit('Muziek in de klas')}/details/bewerken")
    address = page.url
    with page.expect_request("**/concepten") as sent:
        page.route("**/concepten", lambda route: route.abort())
        field(page, "Naam").fill("Muziek in elke klas")
    page.unroute("**/concepten")
    under_way = sent.value
    button(page, "Bewaren").click()
    says(page, "Details van “Muziek in elke klas” bewaard")
    keys = ("content-type", "x-csrftoken")
    headers = {name: value for name, value in under_way.headers.items() if name in keys}
    late = page.context.request.post(
        under_way.url, data=under_way.post_data or "", headers=headers | {"Referer": address}
    )
    assert late.status == 409
    page.goto(address)
    expect(page.get_by_role("heading", name="Er staat nog een concept")).to_have_count(0)
