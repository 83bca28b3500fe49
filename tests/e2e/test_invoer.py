"""What people type: refused at the field in Dutch, never lost, and saved once."""

import re

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.samenwerkingspartner import Samenwerkingspartner
from tests.e2e.demo import As, Demo
from tests.e2e.hands import (
    arrow,
    button,
    choose_school,
    choose_several,
    field,
    link,
    says,
    tab,
)
from tests.e2e.scherm import MUZIEK
from tests.support.browser import Watch

PARTNER = "Dansstudio Beweeg"


def _nieuw(page: Page, demo: Demo) -> None:
    page.goto(f"/verantwoordingen/{demo.verantwoording()}/activiteiten/nieuw")


def _fout_bij(control: Locator) -> str:
    """What stands at this field, as a screen reader finds it."""
    ids = (control.get_attribute("aria-describedby") or "").split()
    return " ".join(control.page.locator(f"[id='{id_}']").inner_text() for id_ in ids)


def test_een_leeg_formulier(als: As, demo: Demo, watch: Watch) -> None:
    """A summary of everything, each line linking to its field."""
    page = als("projectleider")
    watch.allow("422")
    _nieuw(page, demo)
    button(page, "Bewaren").click()
    summary = page.get_by_role("alert").first
    expect(summary).to_be_focused()
    labels = ["Naam", "CMK-doel", "Duur activiteit (uren)", "Periode van", "Periode tot en met"]
    for label in [*labels, "Doelgroepen"]:
        expect(summary.get_by_role("listitem").filter(has_text=label)).to_contain_text("verplicht")
    for label in labels:
        link(summary, label).click()
        expect(field(page, label)).to_be_focused()
        assert "Dit veld is verplicht." in _fout_bij(field(page, label))
    link(summary, "Doelgroepen").click()
    expect(arrow(page, "Doelgroepen")).to_be_focused()
    assert demo.count(Activiteit, naam="") == 0


#: What cannot be read, and what breaks a rule.
FOUT = {
    "onleesbaar": [
        ("", "Naam", "x" * 201, "200 tekens"),
        ("", "Aantal activiteiten", "vier", "getal"),
        ("", "Duur activiteit (uren)", "anderhalf", "uren"),
        ("", "Periode van", "31-02-2026", "dd-mm-jjjj"),
        ("School 2", "Aantal leerkrachten", "veel", "getal"),
        ("Last 1", "Toelichting", "", "verplicht"),
        ("Last 2", "Bedrag", "duizend", "bedrag"),
    ],
    "tegen een regel": [
        ("", "Aantal activiteiten", "0", "1 of een hoger"),
        ("", "Periode tot en met", "01-01-2025", "vóór"),
        ("School 2", "Aantal leerkrachten", "-1", "0 of een hoger"),
        ("Last 2", "Betaald op", "15-01-2027", "in 2026 zijn uitbetaald"),
    ],
}


@pytest.mark.parametrize("soort", FOUT)
def test_elke_fout_staat_bij_haar_veld(als: As, demo: Demo, watch: Watch, soort: str) -> None:
    """The summary leads to each field, and nothing that was typed is gone, also in rows."""
    page = als("projectleider")
    watch.allow("422")
    before = demo.count(Activiteit)
    _nieuw(page, demo)
    _vul_in(page)
    # A counterparty that minds no maxlength.
    page.evaluate("document.querySelectorAll('[maxlength]').forEach(e => e.maxLength = 9999)")
    field(page.get_by_role("group", name="Last 1"), "Leverancier").fill("Busbedrijf")
    for row, label, typed, _ in FOUT[soort]:
        field(_plek(page, row), label).fill(typed)
    button(page, "Bewaren").click()
    summary = page.get_by_role("alert").first
    expect(summary.get_by_role("listitem")).to_have_count(len(FOUT[soort]))
    for row, label, typed, says_ in FOUT[soort]:
        name = f"{row}, {label.lower()}" if row else label
        line = summary.get_by_role("listitem").filter(has_text=name)
        expect(line).to_contain_text(says_)
        link(line, name).click()
        wrong = field(_plek(page, row), label)
        expect(wrong).to_be_focused()
        expect(wrong).to_have_value(typed)
        expect(wrong).to_have_attribute("aria-invalid", "true")
        assert says_ in _fout_bij(wrong)
    _staat_er_nog(page, {label for row, label, _, _ in FOUT[soort] if not row})
    assert demo.count(Activiteit) == before


def _plek(page: Page, row: str) -> Page | Locator:
    return page.get_by_role("group", name=row) if row else page


TYPED = {
    "Naam": "Lessen met een tikfout",
    "Omschrijving": "Twee regels,\nmet “aanhalingstekens” & <haken>.",
    "Aantal activiteiten": "4",
    "Duur activiteit (uren)": "1,5",
    "Periode van": "02-03-2026",
    "Periode tot en met": "23-03-2026",
}


def _vul_in(page: Page) -> None:
    """A whole activity with two schools and two lasten, not yet sent."""
    for label, text in TYPED.items():
        field(page, label).fill(text)
    field(page, "CMK-doel").select_option("Overkoepelende activiteiten")
    choose_several(page, "Doelgroepen", ["leerkrachten", "schoolleiding"])
    choose_school(page, page.get_by_role("group", name="School 1"), "97BE00", "IKC de Grutterij")
    button(page, "School toevoegen").click()
    second = page.get_by_role("group", name="School 2")
    choose_school(page, second, "97BK00", "CBS de Wilde Marjolein")
    field(second, "Aantal leerkrachten").fill("6")
    field(page.get_by_role("group", name="Last 1"), "Toelichting").fill("Bus")
    button(page, "Last toevoegen").click()
    second = page.get_by_role("group", name="Last 2")
    field(second, "Toelichting").fill("Materiaal")
    field(second, "Bedrag").fill("1.234,56")


def _staat_er_nog(page: Page, but: set[str]) -> None:
    """What `_vul_in` typed and chose, but for these fields."""
    for label, text in TYPED.items():
        if label not in but:
            expect(field(page, label)).to_have_value(text)
    expect(field(page, "CMK-doel").locator("option:checked")).to_have_text(
        "Overkoepelende activiteiten"
    )
    expect(arrow(page, "Doelgroepen")).to_have_text("2 geselecteerd")
    for number, name in (("1", "IKC de Grutterij"), ("2", "CBS de Wilde Marjolein")):
        row = page.get_by_role("group", name=f"School {number}")
        expect(row.get_by_role("combobox")).to_have_value(re.compile(name))
    last = page.get_by_role("group", name="Last 2")
    expect(field(last, "Toelichting")).to_have_value("Materiaal")


def test_dezelfde_school_twee_keer(als: As, demo: Demo) -> None:
    """What another row has is shown, and not to be chosen; taken away there, it is again."""
    page = als("projectleider")
    _nieuw(page, demo)
    _vul_in(page)
    second = page.get_by_role("group", name="School 2")
    second.get_by_role("combobox").fill("97BE00")
    offered = page.get_by_role("option", name="IKC de Grutterij")
    expect(offered).to_contain_text("staat er al bij")
    expect(offered).to_be_disabled()
    second.get_by_role("combobox").press("Enter")
    second.get_by_role("combobox").press("Escape")
    expect(second.get_by_role("combobox")).not_to_have_value(re.compile("Grutterij"))
    page.get_by_role("group", name="School 1").get_by_role("button", name="School 1 verw").click()
    left = page.get_by_role("group", name="School 1")
    choose_school(page, left, "97BE00", "IKC de Grutterij")
    expect(left.get_by_role("combobox")).to_have_value("IKC de Grutterij · 97BE00 · Aalten")


def test_wat_getypt_maar_niet_gekozen_is_verdwijnt_niet(als: As, demo: Demo, watch: Watch) -> None:
    """A school that nobody chose from the list is told about, with what was typed."""
    page = als("projectleider")
    watch.allow("422")
    _nieuw(page, demo)
    _vul_in(page)
    second = page.get_by_role("group", name="School 2")
    second.get_by_role("combobox").fill("xyzzy")
    button(page, "Bewaren").click()
    expect(second).to_contain_text("Niets gevonden met “xyzzy”.")
    expect(second.get_by_role("combobox")).to_have_value("xyzzy")
    choose_school(page, second, "97BK00", "CBS de Wilde Marjolein")
    button(page, "Bewaren").click()
    says(page, "is toegevoegd")


def test_terug_laat_zien_wat_gekozen_is(als: As, demo: Demo) -> None:
    page = als("projectleider")
    _nieuw(page, demo)
    choose_several(page, "Doelgroepen", ["leerkrachten", "schoolleiding"])
    page.evaluate("window.onbeforeunload = null")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/projecten")
    page.once("dialog", lambda dialog: dialog.accept())
    page.go_back()
    chosen = page.locator("input[name=doelgroepen]:checked").count()
    expect(arrow(page, "Doelgroepen")).to_contain_text(
        f"{chosen} geselecteerd" if chosen else "Kies"
    )


def test_een_nieuwe_last_op_het_tabblad(als: As, demo: Demo) -> None:
    """Handleiding 3: "voeg nieuwe lasten toe onder het tabblad Financieel overzicht"."""
    page = als("routebegeleider")
    activiteit = demo.id(Activiteit, naam=MUZIEK, verantwoording_id=demo.verantwoording())
    page.goto(f"/activiteiten/{activiteit}/details")
    tab(page, "Financieel overzicht").click()
    link(page, "+Nieuwe last").click()
    new_row = page.get_by_role("group", name=re.compile("^Last ")).last
    expect(field(new_row, "Toelichting")).to_be_focused()
    page.keyboard.type("Huur zaal")
    button(page, "Bewaren").click()
    expect(page.get_by_role("cell", name="nog invullen")).to_be_visible()
    assert demo.count(Last, activiteit_id=activiteit, toelichting="Huur zaal") == 1


def test_een_partner_die_er_al_is(als: As, demo: Demo, watch: Watch) -> None:
    page = als("projectleider")
    watch.allow("422")
    page.goto("/stamdata/samenwerkingspartners/new/")
    field(page, "Naam").fill(PARTNER)
    field(page, "E-mailadres").fill("geen adres")
    field(page, "Plaats").fill("Borculo")
    button(page, "Bewaren").click()
    summary = page.get_by_role("alert").first
    expect(summary).to_contain_text("Vul een geldig e-mailadres in.")
    field(page, "E-mailadres").fill("wel@adres.example")
    button(page, "Bewaren").click()
    expect(summary).to_contain_text("Deze samenwerkingspartner staat er al.")
    assert "staat er al" in _fout_bij(field(page, "Naam"))
    expect(field(page, "Plaats")).to_have_value("Borculo")
    assert demo.count(Samenwerkingspartner, naam=PARTNER) == 1


def test_weggaan_met_getypte_tekst_vraagt_eerst(als: As, demo: Demo) -> None:
    """Another page asks; Annuleren means it and does not."""
    page = als("projectleider")
    _nieuw(page, demo)
    field(page, "Naam").fill("Bijna kwijt")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("navigation", name="Hoofdmenu").get_by_text("Dashboard").click()
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    expect(field(page, "Naam")).to_have_value("Bijna kwijt")
    link(page, "Annuleren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verantwoording 2026")


# --- twice, or two people ---------------------------------------------------------------


def test_twee_keer_klikken_bewaart_een_keer(als: As, demo: Demo) -> None:
    page = als("projectleider")
    page.goto("/stamdata/samenwerkingspartners/new/")
    field(page, "Naam").fill("Dubbel geklikt")
    button(page, "Bewaren").dblclick()
    says(page, "“Dubbel geklikt” is toegevoegd")
    assert demo.count(Samenwerkingspartner, naam="Dubbel geklikt") == 1


def test_twee_keer_verstuurd_zonder_script(als: As, demo: Demo) -> None:
    """The same form twice: all but the first are led to the one row."""
    page = als("projectleider")
    _nieuw(page, demo)
    _vul_in(page)
    sent = page.evaluate(
        """async () => {
          const form = document.querySelector('form[data-once]');
          const send = () => fetch(form.action, {method: 'POST', body: new FormData(form)});
          const answers = await Promise.all([send(), send(), send()]);
          return answers.map(a => [a.status, new URL(a.url).pathname]);
        }"""
    )
    assert {status for status, _ in sent} == {200}
    assert len({path for _, path in sent}) == 1
    assert demo.count(Activiteit, naam="Lessen met een tikfout") == 1


def test_twee_mensen_en_een_partner(als: As, demo: Demo, watch: Watch) -> None:
    """Both values on a page; what is kept is chosen per field."""
    id_ = demo.id(Samenwerkingspartner, naam=PARTNER)
    address = f"/stamdata/samenwerkingspartners/edit/?id={id_}"
    mine, theirs = als("projectleider"), als("routebegeleider")
    for page in (mine, theirs):
        page.goto(address)
    field(theirs, "Plaats").fill("Lichtenvoorde-Zuid")
    field(theirs, "Contactpersoon").fill("Chantal van hen")
    button(theirs, "Bewaren").click()
    says(theirs, "is bewaard")
    field(mine, "Plaats").fill("Groenlo")
    field(mine, "Contactpersoon").fill("Chantal van mij")
    watch.allow("409")
    button(mine, "Bewaren").click()
    heading = mine.get_by_role("heading", name="Sanne Wolterink heeft dit intussen ook gewijzigd")
    expect(heading).to_be_visible()
    _kies(mine, "Plaats", "Van jou", "Groenlo")
    _kies(mine, "Contactpersoon", "Van Sanne Wolterink", "Chantal van hen")
    button(mine, "Bewaren").click()
    says(mine, "is bewaard")
    with demo.session() as session:
        row = session.get_one(Samenwerkingspartner, id_)
        assert (row.plaats, row.contactpersoon) == ("Groenlo", "Chantal van hen")


def _kies(page: Page, veld: str, van: str, waarde: str) -> None:
    choice = page.get_by_role("group", name=re.compile(rf"^{veld} was")).locator("label")
    choice = choice.filter(has_text=van)
    expect(choice).to_contain_text(waarde)
    choice.get_by_role("radio").check()


def test_twee_mensen_en_de_scholen_van_een_activiteit(als: As, demo: Demo, watch: Watch) -> None:
    """Rows too: the same cell asks, another cell just goes along."""
    activiteit = demo.activiteit(MUZIEK)
    address = f"/activiteiten/{activiteit}/scholen/bewerken"
    mine, theirs = als("projectleider"), als("routebegeleider")
    for page in (mine, theirs):
        page.goto(address)
    cells = {
        page: [
            field(page.get_by_role("group", name=f"School {n}"), "Aantal leerkrachten")
            for n in (1, 2)
        ]
        for page in (mine, theirs)
    }
    cells[theirs][0].fill("21")
    cells[theirs][1].fill("22")
    button(theirs, "Bewaren").click()
    says(theirs, "bewaard")
    cells[mine][0].fill("31")
    watch.allow("409")
    button(mine, "Bewaren").click()
    expect(mine.get_by_role("radio")).to_have_count(2)
    expect(cells[mine][1]).to_have_value("22")
    mine.locator("label").filter(has_text="Van Sanne Wolterink").get_by_role("radio").check()
    button(mine, "Bewaren").click()
    says(mine, "bewaard")
    with demo.session() as session:
        rows = session.query(ActiviteitSchool).filter_by(activiteit_id=activiteit)
        found = [row.aantal_leerkrachten for row in rows.order_by(ActiviteitSchool.id)]
    assert found[:2] == [21, 22]
