"""Rapportages on screen (Handleiding 2.5): the choice, the donuts with their tables, the rest."""

import gzip
from decimal import Decimal
from typing import Any

import pytest

from cmk_admin import formats
from cmk_admin.page import Donut
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.project import Project
from models.rapportages.rapport import Rapport, Totalen, rapport
from models.rapportages.selectie import Selectie, kies
from models.rapportages.telling import Doelsom
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.rights_table import ROLLEN
from tests.support.portal import Portaal
from views.rapportages import beelden


def page_of(portaal: Portaal, visitor: str, question: str = "") -> Page:
    response = portaal.bezoeker(visitor).get(f"/rapportages{question}")
    assert response.status_code == 200
    return Page(response.text)


def table(page: Page, caption: str) -> list[list[str]]:
    """The words of every row of a table."""
    [found] = [t for t in page.all("table") if t.all("caption")[0].words.startswith(caption)]
    return [[cell.shown for cell in row.all("th", "td")] for row in found.all("tr")]


def in_view(portaal: Portaal, visitor: str, jaar: int = 2026) -> Rapport:
    with portaal.als(visitor) as session:
        return rapport(session, kies(session, jaar))


@pytest.mark.parametrize("visitor", ROLLEN)
def test_the_donuts_tell_the_figures_in_words(portaal: Portaal, visitor: str) -> None:
    """Every figure stands in a table of the server: drawing comes on top."""
    found = in_view(portaal, visitor).totalen
    page = page_of(portaal, visitor)
    assert table(page, "Budget") == [
        ["Besteed", formats.euro(found.besteed)],
        ["Nog te besteden", formats.euro(found.over)],
    ]
    assert table(page, "Bereikte scholen") == [
        ["Bereikt", formats.number(found.bereikt)],
        ["Nog niet bereikt", formats.number(found.niet_bereikt)],
    ]
    doelen = table(page, "CMK-doelen")
    assert sum(int(row[1]) for row in doelen if row[1] != "nog niet") == found.activiteiten
    assert sorted({row[1] for row in doelen})[1:] == ["nog niet"]


def test_a_cultuurpunt_sees_its_own(portaal: Portaal) -> None:
    """And has nothing to choose where there is one."""
    mine, all_ = in_view(portaal, "projectleider"), in_view(portaal, "beheerder")
    assert mine.totalen.besteed < all_.totalen.besteed
    assert not page_of(portaal, "projectleider").with_class("multi")
    assert page_of(portaal, "dubbel").with_class("multi")


def test_year_and_contractpartij_are_in_the_address(portaal: Portaal) -> None:
    """One, several, all; what is absurd or of others is left out."""
    ids = {van: portaal.wereld.id(Contractpartij, van) for van in ("eigen", "tweede", "vreemd")}
    one = in_view(portaal, "projectleider").totalen.besteed
    questions = {
        f"?jaar=2026&partij={ids['eigen']}": one,
        f"?jaar=2026&partij={ids['eigen']}&partij={ids['tweede']}": 2 * one,
        "?jaar=2026": 3 * one,
        "?jaar=2026&partij=999999&partij=x&partij=-1": 3 * one,
    }
    for question, besteed in questions.items():
        page = page_of(portaal, "adviseur", question)
        assert table(page, "Budget")[0] == ["Besteed", formats.euro(besteed)], question
    page = page_of(portaal, "projectleider", f"?partij={ids['vreemd']}&jaar=2026")
    assert table(page, "Budget")[0] == ["Besteed", formats.euro(one)]


def test_what_is_not_there_is_told_and_makes_no_file(portaal: Portaal) -> None:
    """A file of another year, or of somebody else than was asked, would prove the wrong thing."""
    vreemd = portaal.wereld.id(Contractpartij, "vreemd")
    sentences = {
        "?jaar=1900": "Van het gevraagde jaar is er geen verantwoording. Je ziet 2026,",
        "?jaar=abc": "Van het gevraagde jaar is er geen verantwoording. Je ziet 2026,",
        f"?jaar=2026&partij={vreemd}": "Een gevraagde contractpartij is er niet, of je kunt haar",
        "?partij=abc": "Een gevraagde contractpartij is er niet, of je kunt haar niet zien.",
    }
    person = portaal.bezoeker("projectleider")
    for question, sentence in sentences.items():
        for page in ("", "/verklaar/besteed"):
            shown = Page(person.get(f"/rapportages{page}{question}").text)
            assert sentence in shown.with_class("flash")[0].words, (page, question)
        for file in ("download/totaaloverzicht", "verklaar/besteed/xlsx", "verklaar/besteed/csv"):
            assert person.get(f"/rapportages/{file}{question}").status_code == 404, file
    for question in ("", "?jaar=", "?jaar=2026&partij="):
        assert not page_of(portaal, "projectleider", question).with_class("flash"), question


def test_the_name_of_a_file_says_whose_it_is(portaal: Portaal) -> None:
    ids = [portaal.wereld.id(Contractpartij, van) for van in ("eigen", "tweede")]
    names = {
        "?jaar=2026": "filename=schoolbestuur-2026.xlsx",
        f"?jaar=2026&partij={ids[1]}": "filename=schoolbestuur-2026-tweespan",
        f"?jaar=2026&partij={ids[0]}&partij={ids[1]}": "-tweespan",
    }
    for question, name in names.items():
        answer = portaal.bezoeker("adviseur").get(f"/rapportages/download/schoolbestuur{question}")
        assert name in answer.headers["Content-Disposition"], question


def test_the_choice_stands_in_the_form(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Contractpartij, "tweede")
    page = page_of(portaal, "adviseur", f"?jaar=2025&partij={id_}")
    [form] = [form for form in page.all("form") if "report-choice" in form.get("class")]
    chosen = [o.get("value") for o in form.all("option") if "selected" in o.attributes]
    checked = [i.get("value") for i in form.all("input") if "checked" in i.attributes]
    assert (chosen, checked) == (["2025"], [str(id_)])
    assert "Gesloten" in page.text
    assert "2025 · Tweespan" in page.text


@pytest.mark.parametrize("jaar", ["1999", "x", "-1", "9" * 20, ""])
def test_an_absurd_year_is_the_usual_one(portaal: Portaal, jaar: str) -> None:
    assert "2026 ·" in page_of(portaal, "projectleider", f"?jaar={jaar}").text


def test_the_tables_under_the_donuts(portaal: Portaal) -> None:
    """Quarters, gemeenten, besturen and years add up to the same."""
    with portaal.als() as session:
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        gemeente = project.contractpartij.werkgebied[0].gemeente
        missed = f.maak_school(session, gemeente, sector=project.sector, naam="Gemiste School")
        session.commit()
        bestuur = str(missed.schoolbestuur)
        plaats = gemeente.naam
    found = in_view(portaal, "projectleider").totalen
    page = page_of(portaal, "projectleider")
    quarters = table(page, "Lasten per kwartaal")
    assert quarters[2] == ["Kwartaal 2", "", formats.euro(found.besteed)]
    assert quarters[-1] == ["Besteed", "", formats.euro(found.besteed)]
    assert ["Gemiste School", plaats, bestuur] in table(page, "Nog niet bereikte scholen")
    assert [plaats, "0 van 1", "", "1", "6"] in table(page, "Bereik per gemeente")
    assert [bestuur, "0 van 1", "", "–", "0"] in table(page, "Bereik per schoolbestuur")
    years = table(page, "Jaar op jaar")
    assert years[0] == ["Cijfer", "2027", "2026", "2025", "2024"]
    assert years[1][2].startswith(formats.euro(found.besteed))


def test_who_has_nothing_is_told_what_comes_here(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with portaal.als() as session:
        person = session.get_one(Gebruiker, portaal.wereld.mensen["zonder"])
        f.maak_lidmaatschap(session, person)
        session.commit()
    # A new membership ends the session.
    monkeypatch.setitem(portaal.cookies, "zonder", portaal.log_in("zonder"))
    page = page_of(portaal, "zonder")
    assert "Nog geen verantwoording om over te rapporteren" in page.text


def test_a_cultuurpunt_without_its_own_region(portaal: Portaal) -> None:
    with portaal.als() as session:
        for rij in session.get_one(
            Contractpartij, portaal.wereld.id(Contractpartij, "eigen")
        ).werkgebied:
            session.delete(rij)
        session.commit()
    assert "geen werkgebied met scholen bekend" in page_of(portaal, "projectleider").text


# --- pictures -----------------------------------------------------------------------------

ZERO = Totalen(2026, 0, 0, 0, 0, 0, Decimal(0), 0, 0, 0, 0, 0)


def link(name: str, **part: str) -> str:
    return f"/{name}"


def drawn(**figures: Any) -> dict[str, Any]:
    from dataclasses import replace

    made = Rapport(replace(ZERO, **figures), (), {}, (), (), ())
    return {donut.title: donut for donut in beelden.donuts(made, link)}


def test_overspending_is_no_negative_slice() -> None:
    budget = drawn(besteed=150_00, besteedbaar=100_00)["Budget"]
    assert (budget.centre, [s.value for s in budget.slices]) == ("150%", [150_00, 0])
    assert budget.slices[1].label == "Meer besteed dan beschikbaar"
    assert budget.slices[1].text == "€ 50,00"


def test_nothing_yet_draws_nothing() -> None:
    for donut in drawn().values():
        assert all(slice_.value == 0 for slice_ in donut.slices)
    assert drawn()["Budget"].centre_label == "geen baten"


def test_notes_say_what_a_figure_leaves_out() -> None:
    made = drawn(zonder_bedrag=2, buiten=1, regio=4, regio_onbekend=1, besteedbaar=100_00)
    assert said(made["Budget"]) == [
        ("Besteedbaar: € 100,00.", "€ 100,00", "/besteedbaar"),
        ("2 lasten hebben nog geen bedrag en tellen als € 0,00.", "2", "/zonder-bedrag"),
    ]
    assert said(made["Bereikte scholen"]) == [
        ("1 bereikte school ligt buiten de regio.", "1", "/buiten"),
        ("Van een eerder gesloten verantwoording is de regio niet bewaard.", "", ""),
    ]
    assert said(drawn(zonder_bedrag=1)["Budget"])[1][0].startswith("1 last heeft nog geen bedrag")


def said(donut: Donut) -> list[tuple[str, str, str]]:
    """Each note as people read it, the figure in it, and where that is explained."""
    return [(f"{n.lead}{n.figure}{n.text}", n.figure, n.url) for n in donut.notes]


def test_the_figure_in_a_ring_opens_what_makes_it(portaal: Portaal) -> None:
    centres = page_of(portaal, "projectleider").with_class("donut-centre")
    opened = [link.get("href").partition("?")[0].rpartition("/")[2] for link in centres]
    assert opened == ["besteed", "bereikt", "activiteiten"]
    assert all(link.get("aria-label").startswith("Verklaar ") for link in centres)


def test_years_beside_each_other() -> None:
    from dataclasses import replace

    years = [replace(ZERO, besteed=bedrag) for bedrag in (90_00, 100_00, 100_00, 0)]
    lines = dict(beelden.jaartabel(years, link))
    assert [cell.verschil for cell in lines["Besteed"]] == ["\N{MINUS SIGN}10%", "", "", ""]
    unknown = dict(beelden.jaartabel([replace(ZERO, regio_onbekend=1)], link))
    assert unknown["Scholen in de regio"][0].tekst == "–"


def test_doelsommen_start_at_nothing() -> None:
    assert Doelsom() == Doelsom(0, 0, Decimal(0))
    assert beelden.status_van(Selectie(2026, ())) == ()


def test_the_state_of_a_selection(portaal: Portaal) -> None:
    with portaal.als("beheerder") as session:
        years = {year: kies(session, year) for year in (2024, 2025, 2026)}
        labels = {year: beelden.status_van(s)[0].label for year, s in years.items()}
        assert labels == {
            2024: "3 van 3 gesloten",
            2025: "3 van 3 gesloten",
            2026: "0 van 3 gesloten",
        }
        one = kies(session, 2026, verantwoording_id=portaal.wereld.id(Verantwoording, "eigen"))
        assert [chip.label for chip in beelden.status_van(one)] == ["Open"]


# --- plotly -------------------------------------------------------------------------------


def test_plotly_comes_from_its_package(portaal: Portaal) -> None:
    """For everybody, kept by the browser, small where it can be; by no other address."""
    page = page_of(portaal, "projectleider")
    [place] = [node for node in page.nodes if "data-plotly" in node.attributes]
    address = place.get("data-plotly")
    assert address.startswith("/static/plotly/plotly-")
    client = portaal.app.test_client()
    plain = client.get(address)
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert plain.mimetype == small.mimetype == "text/javascript"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < 1_600_000
    for response in (plain, small):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert "immutable" in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers
