"""Saved views: kept from a list, opened by their address, private or shared."""

from typing import Any

import pytest
from sqlalchemy import select

from models.contractpartij import Contractpartij
from models.gebruiker import Rol
from models.weergave import Weergave
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal

LIJST = "/stamdata/samenwerkingspartners/"
BEWAREN = "/weergaven/bewaren?lijst=Samenwerkingspartner&adres="
ADRES = "sort=-naam&columns=naam&columns=plaats"


def bewaar(visitor: Bezoeker, adres: str = ADRES, **velden: Any) -> Any:
    """Fill in the page and send it."""
    path = BEWAREN + adres.replace("&", "%26").replace("=", "%3D")
    form = Page(visitor.get(path).text).form()
    return visitor.post(path, form | {"naam": "Achteraan", "delen": "niet"} | velden)


def menu(visitor: Bezoeker, path: str = LIJST) -> dict[str, str]:
    """The menu of views of the list: words → address."""
    page = Page(visitor.get(path).text)
    return {a.words: a.get("href") for a in page.by_id("weergaven").all("a")}


def gedeeld(portaal: Portaal, **velden: Any) -> None:
    with portaal.als() as session:
        f.maak_weergave(session, naam="Gedeeld", lijst="Samenwerkingspartner", **velden)
        session.commit()


def test_a_view_is_kept_and_opened(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    keep = menu(visitor, f"{LIJST}?{ADRES}&page=2&after=x")["Deze weergave bewaren…"]
    assert "after" not in keep
    answer = bewaar(visitor)
    assert answer.location == f"{LIJST}?{ADRES}"
    assert menu(visitor)["Achteraan"] == f"{LIJST}?{ADRES}"
    opened = Page(visitor.get(f"{LIJST}?columns=plaats&columns=naam&sort=-naam").text)
    assert "Achteraan" in [chip.words for chip in opened.with_class("chip-info")]
    assert "Achteraan" not in menu(portaal.bezoeker("routebegeleider"))
    assert "Achteraan" not in menu(visitor, "/stamdata/scholen/")
    with portaal.als() as session:
        kept = session.scalars(select(Weergave).where(Weergave.naam == "Achteraan")).one()
        assert kept.gebruiker_id == portaal.wereld.mensen["projectleider"]
    # The same name again is that view anew.
    assert bewaar(visitor, "sort=plaats").status_code == 302
    assert menu(visitor)["Achteraan"] == f"{LIJST}?sort=plaats"


@pytest.mark.parametrize(("met", "wie"), [
    ("projectleider", {"projectleider", "dubbel"}),
    ("partij", {"routebegeleider", "projectleider", "dubbel"}),
])  # fmt: skip
def test_who_sees_what_is_shared(portaal: Portaal, met: str, wie: set[str]) -> None:
    """With a role, or with a contractpartij; a beheerder sees all that there is."""
    if met == "partij":
        gedeeld(portaal, voor_partij_id=portaal.wereld.id(Contractpartij, "eigen"))
    else:
        gedeeld(portaal, voor_rol=Rol.PROJECTLEIDER)
    for naam in ("routebegeleider", "projectleider", "dubbel", "adviseur", "datamanager"):
        assert ("Gedeeld" in menu(portaal.bezoeker(naam))) is (naam in wie), naam
    assert "Gedeeld" in menu(portaal.bezoeker("beheerder"))


def test_sharing_is_by_who_may(portaal: Portaal) -> None:
    """A projectleider with the own contractpartij; with a role only Cultuur Oost."""
    visitor = portaal.bezoeker("projectleider")
    portaal.changed()
    vreemd, eigen = (str(portaal.wereld.id(Contractpartij, van)) for van in ("vreemd", "eigen"))
    assert bewaar(visitor, delen="rol", voor_rol="beheerder").status_code == 422
    assert bewaar(visitor, delen="partij", voor_partij_id=vreemd).status_code == 422
    assert bewaar(visitor, delen="partij").status_code == 422
    assert not portaal.changed()
    assert bewaar(visitor, delen="partij", voor_partij_id=eigen).status_code == 302
    assert "Achteraan" in menu(portaal.bezoeker("routebegeleider"))
    adviseur = portaal.bezoeker("adviseur")
    assert bewaar(adviseur, naam="Voor jullie", delen="rol", voor_rol="projectleider").location
    assert "Voor jullie" in menu(visitor)


def test_a_shared_view_is_changed_by_whose_it_is(portaal: Portaal) -> None:
    """Also past the form: neither taken over, nor given to a role by who may not."""
    gedeeld(portaal, voor_partij_id=portaal.wereld.id(Contractpartij, "eigen"),
            gebruiker_id=portaal.wereld.mensen["routebegeleider"])  # fmt: skip
    with portaal.als() as session:
        number = session.scalars(select(Weergave.id).where(Weergave.naam == "Gedeeld")).one()
    visitor = portaal.bezoeker("projectleider")
    for path in (f"/beheer/weergaven/edit/?id={number}", f"/beheer/weergaven/delete/?id={number}"):
        answer = visitor.get(path)
        assert answer.status_code == 403
        assert "Deze weergave is van iemand anders." in answer.text
    owner = portaal.bezoeker("routebegeleider")
    path = f"/beheer/weergaven/edit/?id={number}"
    form = Page(owner.get(path).text).form()
    portaal.changed()
    refused = owner.post(path, form | {"voor_rol": "beheerder", "voor_partij_id": ""})
    assert refused.status_code in (403, 422)
    assert not portaal.changed(), "bewaarde iets"
    assert owner.post(path, form | {"naam": "Anders"}).status_code == 302
    assert "Anders" in menu(visitor)


@pytest.mark.parametrize("adres", ["", "javascript:alert(1)", "url=//kwaad.example", "x" * 1990])
def test_an_absurd_address_stays_within_its_list(portaal: Portaal, adres: str) -> None:
    visitor = portaal.bezoeker("datamanager")
    answer = bewaar(visitor, adres)
    assert answer.status_code == 302
    assert answer.location.startswith(LIJST)
    assert visitor.get(answer.location).status_code == 200
    # An entity that has no list of its own, and one that is none.
    for geen_lijst in ("Onzin", "Zitting", ""):
        assert visitor.get(f"/weergaven/bewaren?lijst={geen_lijst}").status_code == 404
    assert visitor.get(BEWAREN + "sort%3D" + "x" * 2500).status_code == 413
