"""A code typed lately before anybody gets an account, a role or a membership, by whatever road."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin.auth import clock
from cmk_admin.bulk import back
from cmk_admin.entity_forms import new_key
from cmk_admin.gate import CodeNeeded
from models.base import entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.historie import Bewerking, Wijziging
from models.school import Gemeente
from models.techniek import Taak, TaakStatus
from tests.factories import maak_taak
from tests.pages import Page
from tests.portal_forms import Body
from tests.support.portal import Bezoeker, Portaal

LIDMAATSCHAPPEN, GEBRUIKERS = "/beheer/lidmaatschappen/", "/beheer/gebruikers/"


@contextmanager
def quarter_of_an_hour_later(portaal: Portaal) -> Iterator[None]:
    """The code of who is logged in is too long ago; their session goes on."""
    before = portaal.app.extensions[clock.KEY]
    moment = before() + timedelta(minutes=16)
    clock.install(portaal.app, lambda: moment)
    try:
        yield
    finally:
        clock.install(portaal.app, before)


def roles(portaal: Portaal) -> list[tuple[object, ...]]:
    """Who there are, and what they may."""
    with portaal.als() as session:
        people = select(Gebruiker.id, Gebruiker.email, Gebruiker.cultuur_oost_rol, Gebruiker.actief)
        members = select(
            Lidmaatschap.gebruiker_id,
            Lidmaatschap.contractpartij_id,
            Lidmaatschap.rol,
            Lidmaatschap.actief,
        )
        found = [*session.execute(people), *session.execute(members)]
        return sorted((tuple(row) for row in found), key=repr)


def membership(portaal: Portaal) -> int:
    return portaal.wereld.id(Lidmaatschap, "eigen", "lid")


def cell(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    fields = {"list_form_pk": str(membership(portaal)), "rol": "routebegeleider"}
    return f"{LIDMAATSCHAPPEN}ajax/update/", fields


def edit(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    path = f"{LIDMAATSCHAPPEN}edit/?id={membership(portaal)}"
    return path, Page(boss.get(path).text).form() | {"rol": "routebegeleider"}


def new(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    path = f"{LIDMAATSCHAPPEN}new/"
    person, partij = portaal.wereld.mensen["adviseur"], portaal.wereld.id(Contractpartij, "eigen")
    fields = {"gebruiker_id": str(person), "contractpartij_id": str(partij), "rol": "projectleider"}
    return path, Page(boss.get(path).text).form() | fields


def bulk(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    path = f"{LIDMAATSCHAPPEN}bulk/"
    fields = {"rowid": str(membership(portaal)), "stap": "voorbeeld"}
    seen = boss.post(path, fields | {"hoe_rol": "zet", "rol": "routebegeleider"})
    return path, Page(seen.text).form() | {"stap": ["doen"]}


def invite(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    fields = {"mensen": "kaper@elders.example", "cultuur_oost_rol": "beheerder"}
    return "/beheer/mensen/uitnodigen", fields | {"sleutel": new_key()}


def hand_over(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    fields = {
        "action": "overdragen",
        "rowid": str(portaal.wereld.mensen["dubbel"]),
        "opvolger_id": str(portaal.wereld.mensen["routebegeleider"]),
    }
    return f"{GEBRUIKERS}action/", fields | {"bevestigd": "1", "sleutel": new_key()}


def undo(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    """A batch took a role away; taking it back gives it again."""
    path, fields = bulk(portaal, boss)
    assert boss.post(path, fields).status_code == 302
    return f"/bewerkingen/{newest(portaal)}/ongedaan-maken", {}


def undo_one_row(portaal: Portaal, boss: Bezoeker) -> tuple[str, Body]:
    path, fields = bulk(portaal, boss)
    assert boss.post(path, fields).status_code == 302
    number = newest(portaal)
    with portaal.als() as session:
        change = session.scalar(select(Wijziging.id).where(Wijziging.bewerking_id == number))
    return f"/bewerkingen/{number}/terugzetten", {"wijziging": str(change)}


def newest(portaal: Portaal) -> int:
    with portaal.als() as session:
        found = session.scalar(select(Bewerking.id).order_by(Bewerking.id.desc()).limit(1))
        assert found is not None
        return found


Road = Callable[[Portaal, Bezoeker], tuple[str, Body]]
ROADS: list[Road] = [
    cell, edit, new, bulk, invite, hand_over, undo, undo_one_row
]  # fmt: skip


def go(portaal: Portaal, road: Road, late: bool) -> tuple[TestResponse, bool]:
    """Send it; the answer, and whether anybody's account or role changed."""
    boss = portaal.bezoeker("beheerder")
    path, fields = road(portaal, boss)
    before = roles(portaal)
    if late:
        with quarter_of_an_hour_later(portaal):
            answer = boss.post(path, fields)
    else:
        answer = boss.post(path, fields)
    return answer, roles(portaal) != before


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
@pytest.mark.parametrize("late", [False, True], ids=["fresh", "late"])
def test_every_road_to_a_role_asks_for_a_fresh_code(
    portaal: Portaal, road: Road, late: bool
) -> None:
    answer, changed = go(portaal, road, late)
    if not late:
        # The same road with a fresh code leads somewhere: what is refused late is the real thing.
        assert changed, answer.text
        return
    assert answer.status_code == 303
    assert answer.location.startswith("/bevestigen?next=")
    assert not changed


def test_a_large_undo_asks_it_before_the_worker_does_it(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = portaal.bezoeker("beheerder")
    path, fields = undo(portaal, boss)
    monkeypatch.setattr(back, "MOST", 0)
    with quarter_of_an_hour_later(portaal):
        answer = boss.post(path, fields)
    assert answer.location.startswith("/bevestigen?next=")
    with portaal.als() as session:
        assert session.scalar(select(Taak.id).where(Taak.soort == back.KIND)) is None


@pytest.mark.parametrize(("kind", "asks"), [(back.KIND, True), ("uitvoer", False)])
def test_a_job_that_changes_rows_is_tried_again_with_a_code(
    portaal: Portaal, kind: str, asks: bool
) -> None:
    with portaal.als() as session, session.own_work():
        me = portaal.wereld.mensen["beheerder"]
        number = maak_taak(session, soort=kind, gebruiker_id=me, status=TaakStatus.MISLUKT).id
        session.commit()
    with quarter_of_an_hour_later(portaal):
        answer = portaal.bezoeker("beheerder").post(f"/mijn-downloads/{number}/opnieuw", {})
    assert answer.location.startswith("/bevestigen?next=") is asks


@pytest.mark.parametrize("page", ["new/", "edit/?id={id}", "bulk/"])
def test_it_is_asked_before_something_is_filled_in(portaal: Portaal, page: str) -> None:
    path = LIDMAATSCHAPPEN + page.format(id=membership(portaal))
    with quarter_of_an_hour_later(portaal):
        answer = portaal.bezoeker("beheerder").get(path)
    assert answer.location.startswith("/bevestigen?next=/beheer/lidmaatschappen/")


def test_a_script_hears_why(portaal: Portaal) -> None:
    boss = portaal.bezoeker("beheerder")
    path, fields = cell(portaal, boss)
    with quarter_of_an_hour_later(portaal):
        answer = boss.post(path, fields, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "verse code nodig" in answer.text


def test_who_may_not_is_refused_and_not_asked_for_a_code(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    with quarter_of_an_hour_later(portaal):
        answers = (visitor.post(*cell(portaal, visitor)), visitor.get(f"{LIDMAATSCHAPPEN}new/"))
    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.beide
def test_the_gate_asks_it_and_only_of_accounts(portaal: Portaal) -> None:
    with portaal.als("beheerder") as session:
        session.needs_code = True
        session.get_one(Gemeente, portaal.wereld.id(Gemeente)).naam = "Anders"
        session.flush()
        row = session.get_one(Lidmaatschap, membership(portaal))
        row.rol = LidRol.ROUTEBEGELEIDER
        with pytest.raises(CodeNeeded):
            session.flush()


def test_accounts_and_memberships_are_what_needs_a_code() -> None:
    assert {e.__name__ for e in entiteiten() if e.verse_code} == {"Gebruiker", "Lidmaatschap"}


@pytest.mark.parametrize("path", ["/bevestigen", "/bevestigen/herstelcode"])
def test_a_page_without_a_menu_leaves_no_room_for_one(portaal: Portaal, path: str) -> None:
    """Its card stood in the column of the menu, as one is inside."""
    client = portaal.bezoeker("beheerder")
    page = Page(client.get(path).text)
    assert page.with_class("menu") == []
    [frame] = page.with_class("app")
    assert "app-bare" in frame.get("class").split()
    [inside] = Page(client.get("/").text).with_class("app")
    assert "app-bare" not in inside.get("class").split()
