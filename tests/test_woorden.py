"""One word for one thing: what a list has are activities, the sum of their field is its label."""

import pytest

from cmk_admin import attributes
from models.activiteit import Activiteit
from models.rapportages.definities import DEFINITIES
from models.rapportages.verklaring import FIGUREN
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal
from views.rapportages import kolommen

SUM = attributes.attribute(Activiteit, "aantal_activiteiten").label


def test_a_report_names_the_sum_after_its_field() -> None:
    assert FIGUREN["activiteiten"].definitie == SUM
    assert "Activiteiten" not in DEFINITIES
    sheets = (
        kolommen.ACTIVITEITEN,
        kolommen.SCHOOLSTANDEN,
        kolommen.BESTUREN,
        kolommen.prestaties("CMK-doel", True),
    )
    for sheet in sheets:
        names = [column.label for column, _ in sheet.velden]
        assert SUM in names
        assert "Activiteiten" not in names


@pytest.mark.parametrize("path", ["/rapportages?jaar=2026", "/verantwoordingen/{}/per-school"])
def test_a_page_names_the_sum_after_its_field(portaal: Portaal, path: str) -> None:
    address = path.format(portaal.wereld.id(Verantwoording, "eigen"))
    page = Page(portaal.bezoeker("projectleider").get(address).text)
    heads = [head.words for head in page.all("th")]
    assert SUM in heads
    assert "Activiteiten" not in heads


def test_details_are_silent_about_what_is_not_there(portaal: Portaal) -> None:
    """Into whom a partner went, and what follows a school, are told where they did."""
    person = portaal.bezoeker("projectleider")

    def labels() -> set[str]:
        found = set()
        for entity, path in (
            (Samenwerkingspartner, "/stamdata/samenwerkingspartners/details/?id={}"),
            (School, "/stamdata/scholen/details/?id={}"),
        ):
            van = "eigen" if entity is Samenwerkingspartner else ""
            page = Page(person.get(path.format(portaal.wereld.id(entity, van))).text)
            found |= {label.words for label in page.all("dt")}
        return found

    def successors(there: bool) -> None:
        with portaal.als() as session:
            partner = session.get_one(
                Samenwerkingspartner, portaal.wereld.id(Samenwerkingspartner, "eigen")
            )
            school = session.get_one(School, portaal.wereld.id(School))
            partner.opvolger = school.opvolger = None
            if there:
                partner.opvolger = f.maak_samenwerkingspartner(session, partner.contractpartij)
                school.opvolger = f.maak_school(session)
            session.commit()

    successors(there=False)
    assert not {"Opgegaan in", "Opvolger"} & labels()
    successors(there=True)
    assert {"Opgegaan in", "Opvolger"} <= labels()


def test_an_activity_for_several_schools_is_not_called_after_a_goal(portaal: Portaal) -> None:
    """ "Overkoepelende activiteiten" is one of the CMK-doelen (Handleiding 2.2)."""
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        for _ in range(2):
            f.maak_activiteit_school(session, activiteit)
        session.commit()
        number = activiteit.id
    page = Page(portaal.bezoeker("projectleider").get(f"/activiteiten/{number}/details").text)
    chips = [chip.words for chip in page.with_class("chip")]
    assert "voor meerdere scholen" in chips
    assert not any("overkoepelend" in chip for chip in chips)


def test_what_is_kept_of_a_person_is_said_in_their_words(portaal: Portaal) -> None:
    told = portaal.bezoeker("projectleider").get("/mijn-gegevens/persoonlijke-data").text
    assert "Wanneer de laatste code is gebruikt" in told
    assert "tijdstap" not in told.lower()
