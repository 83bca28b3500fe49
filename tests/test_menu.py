"""The left menu: what one's roles may open, whoever asked for it before."""

import pytest

from cmk_admin import menu
from cmk_admin.actor import Actor
from cmk_admin.menu import menu_for
from cmk_admin.page import MenuItem
from models.gebruiker import CultuurOostRol, LidRol
from tests.support.portal import Portaal

EVERYBODY = ["Dashboard", "Projecten", "Rapportages", "Stamdata", "Mijn gegevens"]
BEHEERDER = Actor.person(1, "Bea", CultuurOostRol.BEHEERDER, [])
PROJECTLEIDER = Actor.person(2, "Piet", None, [(1, LidRol.PROJECTLEIDER)])


def lines(portaal: Portaal, actor: Actor, path: str = "/", prefix: str = "") -> list[MenuItem]:
    base = f"http://localhost{prefix}"
    with portaal.app.test_request_context(path, base_url=base):
        return list(menu_for(actor, f"{prefix}{path}"))


def labels(portaal: Portaal, actor: Actor) -> list[str]:
    return [line.label for line in lines(portaal, actor)]


def test_people_in_turn_each_see_their_own(portaal: Portaal) -> None:
    """What is kept for one is never shown to who may see less."""
    for _ in range(2):
        assert labels(portaal, BEHEERDER) == [*EVERYBODY, "Beheer"]
        assert labels(portaal, PROJECTLEIDER) == EVERYBODY


def test_who_gets_another_role_gets_another_menu_at_once(portaal: Portaal) -> None:
    """The same person, by all that they were and are; also without any role left."""
    for rol, more in (
        (CultuurOostRol.BEHEERDER, ["Beheer"]),
        (None, []),
        (CultuurOostRol.ADVISEUR, ["Beheer"]),
    ):
        now = Actor.person(2, "Piet", rol, [(1, LidRol.PROJECTLEIDER)])
        assert labels(portaal, now) == [*EVERYBODY, *more]
    assert "Projecten" not in labels(portaal, Actor.person(2, "Piet", None, []))


def test_the_line_of_this_page_is_marked(portaal: Portaal) -> None:
    for path, label in (
        ("/projecten", "Projecten"),
        ("/vragen/3", "Projecten"),
        ("/", "Dashboard"),
    ):
        assert [line.label for line in lines(portaal, BEHEERDER, path) if line.active] == [label]


def test_addresses_are_those_of_where_the_portal_stands(portaal: Portaal) -> None:
    for prefix in ("", "/portaal", ""):
        urls = {line.label: line.url for line in lines(portaal, BEHEERDER, prefix=prefix)}
        assert urls["Projecten"] == f"{prefix}/projecten"


def test_no_more_than_some_menus_are_kept(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menu, "MOST_SETS", 2)
    for prefix in ("/a", "/b", "/c", "/d"):
        lines(portaal, BEHEERDER, prefix=prefix)
    assert len(menu.menu_of(portaal.app).shown) <= 2
