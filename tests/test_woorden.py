"""One word for one thing: what a list has are activities, the sum of their field is its label."""

import pytest

from cmk_admin import attributes
from models.activiteit import Activiteit
from models.rapportages.definities import DEFINITIES
from models.rapportages.verklaring import FIGUREN
from models.verantwoording import Verantwoording
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
