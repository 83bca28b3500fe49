"""Beheer → Rechten says all that the policy holds: letters, rows and fine print."""

import pytest

from cmk_admin import policy, rights
from cmk_admin.policy import EIGEN_STAP, VOORWAARDEN
from cmk_admin.rights import RIGHTS, SCOPE, VELDEN, Handeling
from models.base import entiteiten, kolom_ui
from models.gebruiker import Rol
from tests.pages import Page
from tests.support.portal import Portaal

Cellen = dict[tuple[str, Rol], str]
TITELS = {entiteit.__name__: entiteit.woord.titel_meervoud for entiteit in entiteiten()}


def lees(portaal: Portaal) -> Cellen:
    """Entity and role → the words of their cell."""
    page = Page(portaal.bezoeker("adviseur").get("/beheer/rechten").text)
    namen = {TITELS.get(naam, naam): naam for naam in RIGHTS}
    cellen = {}
    for rij in page.all("tr")[1:]:
        naam = namen[rij.all("th")[0].words]
        for rol, cel in zip(Rol, rij.all("td"), strict=True):
            cellen[naam, rol] = cel.words
    return cellen


@pytest.fixture
def cellen(portaal: Portaal) -> Cellen:
    return lees(portaal)


def test_every_right_and_scope_stands_in_its_cell(cellen: Cellen) -> None:
    for naam, rechten in RIGHTS.items():
        for rol in Rol:
            cel, mag = cellen[naam, rol], rechten[rol]
            namen = ", ".join(h.label for h in Handeling if h in mag)
            bereik = SCOPE[naam][rol].label if naam in SCOPE and mag else ""
            assert cel.startswith(f"{namen} {bereik}".strip() or "–"), (naam, rol)


def test_every_limit_of_fields_stands_in_its_cell(cellen: Cellen) -> None:
    assert VELDEN
    klassen = {entiteit.__name__: entiteit for entiteit in entiteiten()}
    for (naam, rol), velden in VELDEN.items():
        assert "wijzigen: alleen" in cellen[naam, rol]
        for veld in velden:
            ui = kolom_ui(klassen[naam].__table__.columns[veld])
            assert ui is not None
            assert ui.label in cellen[naam, rol]


def test_every_condition_stands_in_its_cell(cellen: Cellen) -> None:
    assert VOORWAARDEN
    for (naam, rol), voorwaarde in VOORWAARDEN.items():
        assert voorwaarde.label
        assert voorwaarde.label in cellen[naam, rol]


def test_what_one_may_with_an_own_step_stands_with_who_may_take_it(cellen: Cellen) -> None:
    for naam, stap in EIGEN_STAP.items():
        for rol in Rol:
            neemt = stap.handeling in RIGHTS[stap.entiteit][rol]
            assert (stap.label in cellen[naam, rol]) is neemt


def test_there_is_no_fine_print_where_the_policy_has_none(cellen: Cellen) -> None:
    for (naam, rol), cel in cellen.items():
        if (naam, rol) not in VELDEN | VOORWAARDEN and naam not in EIGEN_STAP:
            namen = ", ".join(h.label for h in Handeling if h in RIGHTS[naam][rol])
            bereik = SCOPE[naam][rol].label if naam in SCOPE and namen else ""
            assert cel == (f"{namen} {bereik}".strip() or "–")


@pytest.mark.parametrize(
    ("naam", "rol", "zin"),
    [
        ("Verantwoording", Rol.PROJECTLEIDER, "wijzigen: alleen Status en Werkwijze"),
        (
            "Document",
            Rol.PROJECTLEIDER,
            "toevoegen, wijzigen en verwijderen: alleen van de soort Overig",
        ),
        ("Bewerking", Rol.ROUTEBEGELEIDER, "eigen duplicaat of kader ongedaan maken"),
    ],
)
def test_the_fine_print_of_the_spec(cellen: Cellen, naam: str, rol: Rol, zin: str) -> None:
    """Copied by hand from the spec's table."""
    assert zin in cellen[naam, rol]
    assert zin not in cellen[naam, Rol.ADVISEUR]


def test_what_is_added_to_the_policy_appears(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page reads the very tables: nothing of it is written down twice."""
    nieuw = policy.Voorwaarde("alleen op maandag", lambda wie, rij: policy.JA)
    monkeypatch.setitem(policy.VOORWAARDEN, ("Link", Rol.BEHEERDER), nieuw)
    monkeypatch.setitem(rights.VELDEN, ("Baat", Rol.BEHEERDER), frozenset({"bedrag"}))
    cellen = lees(portaal)
    assert "alleen op maandag" in cellen["Link", Rol.BEHEERDER]
    assert "wijzigen: alleen Bedrag" in cellen["Baat", Rol.BEHEERDER]
