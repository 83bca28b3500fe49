""" "Verklaar dit getal": every figure opens exactly the rows that make it, for every role."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cmk_admin.actor import system
from cmk_admin.gate import GateSession, acting_as
from models.financieel import financieel
from models.project import Project
from models.rapportages.definities import DEFINITIES
from models.rapportages.rapport import Rapport, rapport
from models.rapportages.selectie import Selectie, kies
from models.rapportages.verklaring import DELEN, FIGUREN
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.report_world import maak_jaar
from tests.rights_table import ROLLEN
from tests.support.portal import Portaal
from tests.support.strictness import SLOW
from views.rapportages.verklaren import KOLOMMEN, LABELS, OPGETELD

#: Where a figure stands in `Totalen`; the others are tested by their own name below.
TOTALEN = {
    "besteed": "besteed",
    "besteedbaar": "besteedbaar",
    "nog-te-besteden": "over",
    "zonder-bedrag": "zonder_bedrag",
    "activiteiten": "activiteiten",
    "uren": "uren",
    "deelnames": "deelnames",
    "bereikt": "bereikt",
    "regio": "regio",
    "niet-bereikt": "niet_bereikt",
    "buiten": "buiten",
}


@pytest.fixture
def session(app: Flask) -> Iterator[GateSession]:
    with app.app_context(), acting_as(system("test")) as found:
        yield found


def explained(session: GateSession, selectie: Selectie, name: str, **part: object) -> Any:
    figure = FIGUREN[name]
    asked = {key: str(value) for key, value in part.items()}
    return figure.waarde(figure.regels(session, selectie, asked))


# --- rows against figures ---------------------------------------------------------------


@pytest.mark.beide
@SLOW
@given(st.randoms(use_true_random=False), st.booleans())
def test_the_rows_add_up_to_every_figure(session: GateSession, kans: Random, closed: bool) -> None:
    """Of the whole and of each part that the report shows; also where a year is closed."""
    jaar = maak_jaar(session, kans)
    if closed:
        made = kans.choice(jaar.verantwoordingen)
        for _ in range(2):
            f.maak_complete_activiteit(session, made)
        made.sluit(None)
        session.flush()
    selectie = kies(session, f.JAAR, [partij.id for partij in jaar.partijen])
    told = rapport(session, selectie)
    for name, figure in TOTALEN.items():
        assert explained(session, selectie, name) == getattr(told.totalen, figure), name
    check_parts(session, selectie, told)
    for verantwoording in jaar.verantwoordingen:
        check_money(session, verantwoording)
    session.rollback()


def check_parts(session: GateSession, selectie: Selectie, told: Rapport) -> None:
    for doel in told.doelen:
        count = explained(session, selectie, "activiteiten", doel=doel.id)
        assert count == doel.som.activiteiten
    for kwartaal, som in told.kwartalen.items():
        assert explained(session, selectie, "besteed", kwartaal=kwartaal) == som.bedrag
        missing = explained(session, selectie, "zonder-bedrag", kwartaal=kwartaal)
        assert missing == som.zonder_bedrag
    for part, groups in (("gemeente", told.per_gemeente), ("bestuur", told.per_bestuur)):
        for group in groups:
            for name in ("bereikt", "regio", "buiten", "deelnames"):
                found = explained(session, selectie, name, **{part: group.id or group.naam})
                assert found == getattr(group, name), (part, name)


def check_money(session: GateSession, verantwoording: Verantwoording) -> None:
    """The financial overview of one year, line by line."""
    money = financieel(session, verantwoording)
    selectie = kies(session, f.JAAR, verantwoording_id=verantwoording.id)
    assert explained(session, selectie, "begroot") == money.begroot
    assert explained(session, selectie, "nog-te-besteden") == money.saldo
    for post in money.per_activiteit:
        assert explained(session, selectie, "besteed", activiteit=post.id) == post.bedrag
    for post in money.per_doel:
        assert explained(session, selectie, "besteed", doel=post.naam) == post.bedrag
        assert explained(session, selectie, "begroot", doel=post.naam) == post.begroot
    for post in money.per_kostensoort:
        assert explained(session, selectie, "besteed", kostensoort=post.naam) == post.bedrag


def test_every_figure_has_a_definition_columns_and_parts() -> None:
    assert {figure.definitie for figure in FIGUREN.values()} <= DEFINITIES.keys()
    for figure in FIGUREN.values():
        assert KOLOMMEN[figure.soort].kop
        assert DELEN[figure.soort].keys() <= LABELS.keys()
    assert set(FIGUREN) == {*TOTALEN, "begroot"}


@SLOW
@given(st.randoms(use_true_random=False))
def test_the_column_beside_the_name_is_what_adds_up(session: GateSession, kans: Random) -> None:
    selectie = kies(session, f.JAAR, [partij.id for partij in maak_jaar(session, kans).partijen])
    for name, figure in FIGUREN.items():
        rows = list(figure.regels(session, selectie, {}))
        columns = KOLOMMEN[figure.soort]
        value = {column.label: of for column, of in columns.velden}.get(OPGETELD.get(name, ""))
        added = [1 if value is None else value(row) or 0 for row in rows]
        assert sum(added) == figure.waarde(rows), name
    session.rollback()


# --- on screen --------------------------------------------------------------------------


def figure_links(page: Page) -> list[tuple[str, str]]:
    """Every figure that can be opened: what it says, and where."""
    return [(link.shown, link.get("href")) for link in page.with_class("figure-link")]


def address_pages(portaal: Portaal) -> list[str]:
    world = portaal.wereld
    return [
        "/rapportages?jaar=2026",
        "/rapportages?jaar=2025",
        f"/verantwoordingen/{world.id(Verantwoording, 'eigen')}/financieel-overzicht",
        f"/verantwoordingen/{world.id(Verantwoording, 'eigen', 'gesloten')}/financieel-overzicht",
        f"/projecten/{world.id(Project, 'eigen')}/financieel-overzicht",
    ]


@pytest.mark.parametrize("visitor", ROLLEN)
def test_every_figure_on_screen_opens_what_it_is(portaal: Portaal, visitor: str) -> None:
    """What it says is what its page says, and what the rows of its download come to."""
    _something_of_everything(portaal)
    person = portaal.bezoeker(visitor)
    opened: dict[str, str] = {}
    for path in address_pages(portaal):
        links = figure_links(Page(person.get(path).text))
        assert len(links) > 8, path
        for text, url in links:
            assert opened.setdefault(url, text) in (text, text.removeprefix("€ -"))
    for url, text in opened.items():
        page = Page(person.get(url).text)
        shown = page.with_class("explained-figure")[0].words
        wanted = {"nog niet": "0"}.get(text, text)
        assert shown in (wanted, wanted.replace("€ ", "€ -")), url
    assert {urlsplit(url).path.rsplit("/", 1)[1] for url in opened} > set(TOTALEN) - {
        "zonder-bedrag"
    }


def _something_of_everything(portaal: Portaal) -> None:
    """A school in the region that was reached, one that was not, a last without bedrag."""
    with portaal.als() as session:
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        gemeente = project.contractpartij.werkgebied[0].gemeente
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        reached, _ = (f.maak_school(session, gemeente, sector=project.sector) for _ in range(2))
        activiteit = f.maak_activiteit(session, year)
        f.maak_activiteit_school(session, activiteit, reached)
        f.maak_last(session, activiteit, bedrag=None)
        f.maak_last(session, activiteit, bedrag=-33_00)
        session.commit()


#: Columns that say the same of every row of one project.
SAME = frozenset({"Contractpartij", "Project", "Jaar"})


def besteed(question: str = "") -> str:
    return f"/rapportages/verklaar/besteed?jaar=2026{question}"


def test_the_page_says_what_the_figure_means(portaal: Portaal) -> None:
    page = Page(portaal.bezoeker("projectleider").get(besteed()).text)
    assert page.heading == "Besteed"
    assert DEFINITIES["Besteed"] in page.text
    assert "2 regels zijn samen precies dit getal" in page.text
    heads = [head.words for head in page.all("th") if head.get("scope") == "col"]
    # The amount beside the activity, where it is in sight; further as in the download.
    assert heads[:3] == ["Activiteit", "Bedrag", "CMK-doel"]
    labels = {column.label for column in KOLOMMEN["lasten"].kop}
    assert set(heads) == labels - set(SAME)
    all_ = Page(portaal.bezoeker("beheerder").get(besteed()).text)
    heads = [head.words for head in all_.all("th") if head.get("scope") == "col"]
    assert heads[:4] == ["Contractpartij", "Project", "Activiteit", "Bedrag"]
    assert set(heads) == labels - {"Jaar"}


@pytest.mark.parametrize(
    ("figure", "begin"),
    [
        ("besteed", ["Activiteit", "Bedrag", "CMK-doel", "Kostensoort"]),
        ("besteedbaar", ["Bron", "Bedrag", "Omschrijving"]),
        ("nog-te-besteden", ["Omschrijving", "Bedrag", "Soort"]),
        ("begroot", ["Post", "Begroot", "CMK-doel"]),
        ("activiteiten", ["Activiteit", "Aantal activiteiten", "CMK-doel"]),
        ("uren", ["Activiteit", "Uren", "CMK-doel"]),
        ("deelnames", ["School", "Aantal leerkrachten", "Activiteit"]),
        ("bereikt", ["School", "Schoolbestuur", "Vestigingscode"]),
    ],
)
def test_the_name_and_what_adds_up_come_first(
    portaal: Portaal, figure: str, begin: list[str]
) -> None:
    """On screen; a download has the order of the spec."""
    _something_of_everything(portaal)
    address = f"/rapportages/verklaar/{figure}"
    person = portaal.bezoeker("beheerder")
    page = Page(person.get(f"{address}?jaar=2026").text)
    heads = [head.words for head in page.all("th") if head.get("scope") == "col"]
    own = [head for head in heads if head not in SAME]
    assert own[: len(begin)] == begin
    assert heads[-len(own) :] == own
    text = person.get(f"{address}/csv?jaar=2026").data.decode().removeprefix("\ufeff")
    assert text.splitlines()[0].split(";") == [c.label for c in KOLOMMEN[FIGUREN[figure].soort].kop]


def test_rows_can_be_searched_sorted_and_taken_along(portaal: Portaal) -> None:
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = year.activiteiten[0]
        for bedrag in (7_00, 9_00):
            f.maak_last(session, activiteit, toelichting="Zeldzaam =1+1", bedrag=bedrag)
        session.commit()
    person = portaal.bezoeker("projectleider")
    page = Page(person.get(besteed("&search=zeldzaam&sort=-bedrag")).text)
    assert page.with_class("explained-figure")[0].words == "€ 16,00"
    lines = [[cell.words for cell in row.all("td", "th")[:2]] for row in page.all("tr")[1:]]
    assert [line[1] for line in lines] == ["€ 9,00", "€ 7,00", "€ 16,00"]
    assert lines[-1][0] == "Totaal"
    links = {a.words: a.get("href") for a in page.all("a") if "/verklaar/besteed/" in a.get("href")}
    book = load_workbook(io.BytesIO(person.get(links["Excel (xlsx)"]).data), data_only=True)
    assert [cell.value for cell in book["Regels"]["K"]][1:] == [7, 9, 16]
    told = {row[0].value: row[1].value for row in book["Toelichting"].iter_rows()}
    assert (told["Het getal"], told["Gezocht op"]) == ("€ 16,00", "zeldzaam")
    assert told.keys() > {"Besteed"}
    text = person.get(links["CSV"]).data.decode().removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row[-1] for row in rows] == ["Bedrag", "7,00", "9,00"]
    nothing = Page(person.get(besteed("&search=bestaatniet")).text)
    assert "Geen regel van dit getal" in nothing.text


def test_a_file_says_which_part_of_the_figure_it_holds(portaal: Portaal) -> None:
    """On its last sheet and in its name: two parts of one figure are two files."""
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = year.activiteiten[0]
        f.maak_last(session, activiteit, bedrag=5_00, betaald_op=date(2026, 5, 1))
        session.commit()
    person = portaal.bezoeker("projectleider")
    answer = person.get("/rapportages/verklaar/besteed/xlsx?jaar=2026&kwartaal=2&search=a")
    name = answer.headers["Content-Disposition"]
    assert "filename=besteed-2026-kwartaal-2-gezocht.xlsx" in name
    book = load_workbook(io.BytesIO(answer.data), data_only=True)
    told = {row[0].value: row[1].value for row in book["Toelichting"].iter_rows()}
    assert told["Alleen Betaald in"] == "kwartaal 2"
    page = Page(person.get(besteed("&kwartaal=2")).text)
    assert "Hier alleen: Betaald in kwartaal 2." in page.with_class("explained")[0].words


def test_paper_says_that_it_holds_a_part_and_all_can_be_shown(portaal: Portaal) -> None:
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        for _ in range(60):
            f.maak_last(session, year.activiteiten[0], toelichting="Stapel", bedrag=1)
        session.commit()
    person = portaal.bezoeker("projectleider")
    page = Page(person.get(besteed("&search=stapel&sort=bedrag")).text)
    assert "hier staan regels 1–50 van 60" in page.with_class("in-part")[0].words
    [more] = [a for a in page.all("a") if a.words == "1.000"]
    page = Page(person.get(more.get("href")).text)
    assert not page.with_class("in-part")
    assert [body.words.count("Stapel") for body in page.all("tbody")] == [60]
    assert page.with_class("explained-figure")[0].words == "€ 0,60"
    assert "1–60 van 60" in page.text


def test_a_row_opens_what_it_is_about(portaal: Portaal) -> None:
    """Each figure's rows, also those of years that were closed."""
    _something_of_everything(portaal)
    person = portaal.bezoeker("beheerder")
    places = {
        "besteed": {"financieel-overzicht"},
        "uren": {"details"},
        "deelnames": {"scholen"},
        "bereikt": {"scholen"},
        "besteedbaar": set(),
    }
    for figure, parts in places.items():
        for year in (2025, 2026):
            page = Page(person.get(f"/rapportages/verklaar/{figure}?jaar={year}").text)
            cells = [c for body in page.all("tbody") for c in body.all("a")]
            found = {a.get("href") for a in cells}
            steps = {step for a in found for step in urlsplit(a).path.split("/")}
            # Of the closed year nobody kept the region: nothing was reached in it.
            if (figure, year) != ("bereikt", 2025):
                assert parts <= steps, (figure, year, found)
                assert bool(found) is bool(parts)
            for address in found:
                assert person.get(address).status_code == 200, address


def test_a_part_can_be_taken_off_again(portaal: Portaal) -> None:
    page = Page(portaal.bezoeker("projectleider").get(besteed("&kwartaal=2")).text)
    [chip] = page.with_class("filter-chip")
    assert "Betaald in: kwartaal 2" in chip.words
    assert parse_qs(urlsplit(chip.get("href")).query) == {"jaar": ["2026"]}


def test_one_verantwoording_leads_back_to_it(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Verantwoording, "eigen")
    page = Page(portaal.bezoeker("projectleider").get(besteed(f"&verantwoording={id_}")).text)
    addresses = {link.get("href") for link in page.all("a")}
    assert f"/verantwoordingen/{id_}/financieel-overzicht" in addresses


def test_what_is_out_of_sight_explains_nothing(portaal: Portaal) -> None:
    """Of another party's year not a row, not a name."""
    id_ = portaal.wereld.id(Verantwoording, "vreemd")
    page = portaal.bezoeker("projectleider").get(besteed(f"&verantwoording={id_}")).text
    assert "kanariegeel" not in page
    assert Page(page).with_class("explained-figure")[0].words == "€ 0,00"


@pytest.mark.parametrize("path", ["verklaar/geheim", "verklaar/geheim/csv", "verklaar/besteed/pdf"])
def test_what_does_not_exist(portaal: Portaal, path: str) -> None:
    assert portaal.bezoeker("beheerder").get(f"/rapportages/{path}").status_code == 404


def test_absurd_parts_are_empty_not_wrong(portaal: Portaal) -> None:
    person = portaal.bezoeker("beheerder")
    for question in (
        "&doel=x",
        "&kwartaal=99",
        "&bestuur=%00",
        "&page=999999999",
        "&sort=k99",
        "&gemeente=1",
    ):
        assert person.get(besteed(question)).status_code == 200, question
