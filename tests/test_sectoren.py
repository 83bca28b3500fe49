"""A school of another sector than the project may take part, and nobody overlooks it (2.1)."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.activiteit import Activiteit, ActiviteitSchool
from models.compleet import stand_van
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.activiteit_formulier import Formulier, complete, new_path
from tests.pages import Page
from tests.support.portal import Portaal

SENTENCE = "Hoort bij vo van elders; dit project is voor po van hier."


@dataclass(frozen=True)
class Scholen:
    """By the sector that each is of; none is of no sector that is known."""

    own: int
    other: int
    none: int
    activiteit: int


@pytest.fixture
def scholen(portaal: Portaal) -> Scholen:
    """The project of "eigen" is for one sector; an activity of it has schools of three kinds."""
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        sector = verantwoording.project.sector
        sector.naam = "po van hier"
        elsewhere = f.maak_sector(session, naam="vo van elders")
        own, other, none = (
            f.maak_school(session, naam=name, sector=of)
            for name, of in (("Onze", sector), ("Andere", elsewhere), ("Geen", None))
        )
        activiteit = f.maak_activiteit(session, verantwoording, naam="Gemengd")
        for school in (own, other, none):
            f.maak_activiteit_school(session, activiteit, school, aantal_leerkrachten=1)
        f.maak_activiteit_school(
            session, f.maak_activiteit(session, verantwoording, naam="Zuiver"), own
        )
        session.commit()
        return Scholen(own.id, other.id, none.id, activiteit.id)


def notices(page: Page) -> list[str]:
    """What stands under a chosen school."""
    return [p.words for p in page.all("p") if "field-notice" in p.get("class").split()]


def test_the_form_says_it_at_the_school_that_is_chosen(portaal: Portaal, scholen: Scholen) -> None:
    """Without script when the form comes back; with it the look-up and a paste bring it along."""
    form = Formulier(portaal, "projectleider", new_path(portaal))
    chosen = {f"scholen__{n}__school_id": str(id_)
              for n, id_ in enumerate((scholen.own, scholen.other, scholen.none))}  # fmt: skip
    response = form.send(**complete(portaal, naam="") | chosen)
    page = Page(response.text)
    assert notices(page) == [SENTENCE]
    described = page.by_id("scholen-1-school_id").get("aria-describedby")
    assert "scholen-1-school_id-let-op" in described.split()
    form.again(response)
    assert form.send(naam="Toch samen").status_code == 302, "it stands in nobody's way"


def test_the_stored_row_of_the_form_says_it(portaal: Portaal, scholen: Scholen) -> None:
    visitor = portaal.bezoeker("projectleider")
    form = visitor.get(f"/activiteiten/{scholen.activiteit}/scholen/bewerken")
    assert notices(Page(form.text)) == [SENTENCE]
    tab = visitor.get(f"/activiteiten/{scholen.activiteit}/scholen")
    assert "Andere (vo van elders)" in Page(tab.text).text


def test_what_is_looked_up_and_pasted_brings_it_along(portaal: Portaal, scholen: Scholen) -> None:
    visitor = portaal.bezoeker("projectleider")
    under = f"/verantwoordingen/{portaal.wereld.id(Verantwoording, 'eigen')}"
    told: dict[str, list[Any]] = {}
    for name in ("Onze", "Andere", "Geen"):
        answer = visitor.get(f"{under}/scholen-zoeken?query={name}")
        told[name] = [row[3] for row in answer.json or []]
    assert told == {"Onze": [""], "Andere": [SENTENCE], "Geen": [""]}
    pasted = visitor.post(f"{under}/scholen-herkennen", {"regel": ["Onze", "Andere", "Nergens"]})
    assert [hit and hit[2] for hit in pasted.json or []] == ["", SENTENCE, None]


def test_it_is_a_notice_of_the_checklist_and_blocks_nothing(
    portaal: Portaal, scholen: Scholen
) -> None:
    visitor = portaal.bezoeker("projectleider")
    year = f"/verantwoordingen/{portaal.wereld.id(Verantwoording, 'eigen')}/activiteiten"
    [notice] = [
        line for line in Page(visitor.get(year).text).all("li") if "andere sector" in line.words
    ]
    assert "check-melding" in notice.get("class")
    assert "1 activiteit met een school van een andere sector" in notice.words
    [link] = notice.all("a")
    listed = Page(visitor.get(link.get("href")).text)
    assert [row.all("th")[0].all("a")[0].words for row in listed.all("tr")[1:]] == ["Gemengd"]

    of_one = Page(visitor.get(f"/activiteiten/{scholen.activiteit}/details").text)
    [notice] = [line for line in of_one.all("li") if "andere sector" in line.words]
    assert "1 school van een andere sector dan po van hier" in notice.words


@pytest.mark.beide
def test_each_activity_counts_its_own(portaal: Portaal, scholen: Scholen) -> None:
    with portaal.als() as session:
        standen = stand_van(session, portaal.wereld.id(Verantwoording, "eigen"))
        counted = {stand.id: stand.andere_sector for stand in standen if stand.andere_sector}
        assert counted == {scholen.activiteit: 1}
        rows = session.scalars(
            select(ActiviteitSchool).where(ActiviteitSchool.activiteit_id == scholen.activiteit)
        )
        sector = session.get_one(Activiteit, scholen.activiteit).verantwoording.project.sector
        assert sum(bool(row.school.buiten_sector(sector)) for row in rows) == 1


def preview(portaal: Portaal, scholen: Scholen, *chosen: int) -> TestResponse:
    body = {
        "action": "dupliceren",
        "rowid": [str(scholen.activiteit)],
        "bevestigd": "1",
        "stap": "voorbeeld",
        "scholen": [str(id_) for id_ in chosen],
        "aantal": "1",
    }
    return portaal.bezoeker("projectleider").post("/beheer/activiteiten/action/", body)


def test_duplicating_says_it_before_anything_is_made(portaal: Portaal, scholen: Scholen) -> None:
    def told(*chosen: int) -> str:
        page = Page(preview(portaal, scholen, *chosen).text)
        return " ".join(s.words for s in page.all("section") if "Let op" in s.get("aria-label"))

    assert "Andere hoort bij vo van elders; het project is voor po van hier." in told()
    assert "Andere hoort bij vo" in told(scholen.own, scholen.other)
    assert "sector" not in told(scholen.own, scholen.none)


def test_the_choice_of_schools_names_the_other_sector(portaal: Portaal, scholen: Scholen) -> None:
    page = Page(preview(portaal, scholen).text)
    labels = [label.words for label in page.all("label") if "option" in label.get("class")]
    with portaal.als() as session:
        code = session.get_one(School, scholen.other).vestigingscode
    assert f"Andere · {code} · andere sector: vo van elders" in labels
    assert not any(label.endswith("po van hier") for label in labels)
