"""History is the difference between what the database had and has, no more and no less."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cmk_admin.gate import system
from models.activiteit import Activiteit, ActiviteitDoelgroep, ActiviteitSchool, Last
from models.base import Entiteit, entiteiten, kolom_ui
from models.gebruiker import Gebruiker
from models.historie import Wijziging, WijzigingSoort
from models.project import Document
from models.verantwoording import Status, Verantwoording
from tests.gate_history import explained, stored
from tests.gate_world import World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


def latest(world: World) -> int:
    found: int = world.raw("SELECT max(id) FROM wijziging")[0][0]
    return found


def since(world: World, number: int) -> list[Wijziging]:
    """The history after `number`, in order."""
    with world.acting(system("test")) as session:
        rows = session.scalars(
            select(Wijziging).where(Wijziging.id > number).order_by(Wijziging.id)
        ).all()
        session.expunge_all()
        return list(rows)


def test_a_change_tells_old_and_new_who_when_and_where(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    before = latest(w)
    with w.acting("routebegeleider") as session:
        row = session.get_one(Last, g.noord.last)
        row.bedrag, row.betaald_op, row.leverancier = 100, date(2026, 2, 3), None
        session.commit()
    (told,) = since(w, before)
    assert told.waarden == {
        "bedrag": [12500, 100],
        "betaald_op": ["2026-05-01", "2026-02-03"],
        "leverancier": ["kanarie-noord", None],
    }
    assert (told.soort, told.entiteit, told.rij_id) == (
        WijzigingSoort.GEWIJZIGD,
        "Last",
        g.noord.last,
    )
    assert told.contractpartij_id == g.noord.contractpartij
    assert told.verantwoording_id == g.noord.open
    assert told.ouder_id == g.noord.activiteit
    assert (told.door_id, told.door_naam) == (g.actors["routebegeleider"].gebruiker_id, "")
    assert told.titel == g.noord.merk


def test_the_system_goes_by_name(fresh_world: World) -> None:
    before = latest(fresh_world)
    with fresh_world.acting(system("import-duo")) as session:
        session.get_one(Last, fresh_world.ground.noord.last).bedrag = 3
        session.commit()
    (told,) = since(fresh_world, before)
    assert (told.door_id, told.door_naam) == (None, "import-duo")


def test_nothing_changed_is_nothing_told(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    before, rows = latest(w), w.snapshot("last", "activiteit")
    with w.acting("projectleider") as session:
        last = session.get_one(Last, g.noord.last)
        last.bedrag = 1
        last.bedrag = 12500
        session.get_one(Activiteit, g.noord.activiteit).naam = f"{g.noord.merk} activiteit"
        session.commit()
        # Set without being read first: the ORM does not know that it is the same.
        session.expire(last)
        last.toelichting = g.noord.merk
        session.commit()
    assert since(w, before) == []
    assert w.snapshot("activiteit") == {"activiteit": rows["activiteit"]}


def test_a_change_and_back_in_two_flushes_is_told_twice(fresh_world: World) -> None:
    before = latest(fresh_world)
    with fresh_world.acting("projectleider") as session:
        last = session.get_one(Last, fresh_world.ground.noord.last)
        for amount in (1, 12500):
            last.bedrag = amount
            session.flush()
        session.commit()
    assert [t.waarden for t in since(fresh_world, before)] == [
        {"bedrag": [12500, 1]},
        {"bedrag": [1, 12500]},
    ]


def test_what_was_rolled_back_is_not_told(fresh_world: World) -> None:
    before = latest(fresh_world)
    with fresh_world.acting("projectleider") as session:
        last = session.get_one(Last, fresh_world.ground.noord.last)
        nested = session.begin_nested()
        last.bedrag = 1
        session.flush()
        nested.rollback()
        last.leverancier = "wel"
        session.commit()
    assert [t.waarden for t in since(fresh_world, before)] == [
        {"leverancier": ["kanarie-noord", "wel"]}
    ]


def test_an_activity_with_parts_is_told_row_by_row_and_so_is_its_end(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    before = latest(w)
    with w.acting("projectleider") as session:
        copy = session.get_one(Activiteit, g.noord.activiteit).dupliceer()
        session.add(copy)
        session.commit()
        number = copy.id
        made = since(w, before)
        middle = latest(w)
        session.delete(copy)
        session.commit()
    parts = ["Activiteit", "ActiviteitDoelgroep", "ActiviteitPartner", "ActiviteitSchool", "Last"]
    gone = since(w, middle)
    for told, soort in ((made, WijzigingSoort.AANGEMAAKT), (gone, WijzigingSoort.VERWIJDERD)):
        assert sorted(t.entiteit for t in told) == parts
        assert {t.soort for t in told} == {soort}
        assert {t.verantwoording_id for t in told} == {g.noord.open}
        assert {t.ouder_id for t in told if t.entiteit != "Activiteit"} == {number}
    turned = {t.entiteit: {k: v[::-1] for k, v in t.waarden.items()} for t in made}
    assert {t.entiteit: t.waarden for t in gone} == turned


def test_secrets_never_enter_the_history_and_their_change_does(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    before = latest(w)
    person = g.actors["routebegeleider"].gebruiker_id
    with w.acting("beheerder") as session:
        row = session.get_one(Gebruiker, person)
        row.wachtwoord_hash, row.totp_geheim, row.totp_stap = "hash-kanarie", b"totp-kanarie", 77777
        session.get_one(Document, g.noord.plan).bestand_sleutel = "sleutel-kanarie"
        session.commit()
    told = since(w, before)
    assert sorted((t.entiteit, str(t.waarden)) for t in told) == [
        ("Document", "{}"),
        ("Gebruiker", "{}"),
    ]
    everything = json.dumps(w.raw("SELECT * FROM wijziging"), default=str)
    assert "kanarie-noord" in everything
    for secret in ("hash-kanarie", "totp-kanarie", "77777", "sleutel-kanarie", "geheim-wachtwoord"):
        assert secret not in everything


def test_no_secret_column_has_a_name_in_the_history(world: World) -> None:
    secret = {
        column.name
        for entity in entiteiten()
        for column in entity.__table__.columns
        if (ui := kolom_ui(column)) and ui.geheim
    }
    assert {"wachtwoord_hash", "totp_geheim", "totp_stap", "bestand_sleutel"} <= secret
    with world.acting(system("test")) as session:
        for values in session.scalars(select(Wijziging.waarden)):
            assert not secret & values.keys()


def test_closing_and_reopening_are_told_and_mailed(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    before = latest(w)
    with w.acting("projectleider") as session:
        v = session.get_one(Verantwoording, g.noord.open)
        v.sluit(g.actors["projectleider"].gebruiker_id)
        session.commit()
        v.heropen("  een factuur vergeten ")
        session.commit()
        assert v.status is Status.OPEN
    snapshot, closed, reopened = since(w, before)
    assert closed.waarden["status"] == ["open", "gesloten"]
    assert (snapshot.entiteit, snapshot.soort) == ("Momentopname", WijzigingSoort.AANGEMAAKT)
    assert reopened.waarden["status"] == ["gesloten", "open"]
    assert reopened.waarden["reden_heropening"] == [None, "een factuur vergeten"]
    adviseur = g.actors["adviseur"].gebruiker_id
    mails = w.raw("SELECT ontvanger_id, tekst FROM mail")
    assert [mail[0] for mail in mails] == [adviseur]
    assert "een factuur vergeten" in mails[0][1]


def test_the_history_explains_every_row_there_is(fresh_world: World) -> None:
    """Replayed from the first change to the last it gives the rows as the database has them."""
    w, g = fresh_world, fresh_world.ground
    assert explained(w.url) == stored(w.url)
    with w.acting("projectleider") as session:
        a = session.get_one(Activiteit, g.noord.activiteit)
        session.add(a.dupliceer())
        session.flush()
        a.doelgroep_koppelingen.append(ActiviteitDoelgroep(doelgroep_id=g.doelgroepen[1]))
        session.delete(session.get_one(ActiviteitDoelgroep, g.noord.doelgroep_koppeling))
        session.add(ActiviteitSchool(activiteit_id=a.id, school_id=g.scholen[1]))
        a.naam = "na"
        session.commit()
        session.get_one(Verantwoording, g.noord.open).sluit(None)
        session.commit()
    assert explained(w.url) == stored(w.url)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE last SET bedrag = 666 WHERE id = {last}", "DELETE FROM werkgebied"],
)
def test_a_change_beside_the_gate_is_not_explained(fresh_world: World, statement: str) -> None:
    """Else the test above would prove nothing."""
    w = fresh_world
    w.raw(statement.format(last=w.ground.noord.last))
    assert explained(w.url) != stored(w.url)


def _every_entity() -> list[type[Entiteit]]:
    return [e for e in entiteiten() if not e.alleen_poort]


@pytest.mark.parametrize("entity", _every_entity(), ids=lambda e: e.__name__)
def test_every_entity_tells_of_its_making(world: World, entity: type[Any]) -> None:
    from tests.factories import fabriek, maak_activiteit_doelgroep

    with world.acting(system("test")) as session:
        row = fabriek(entity)(session)
        told = session.scalars(
            select(Wijziging).where(
                Wijziging.entiteit == entity.__name__, Wijziging.rij_id == row.id
            )
        ).all()
        assert [t.soort for t in told] == [WijzigingSoort.AANGEMAAKT]
        if entity is ActiviteitDoelgroep:
            maak_activiteit_doelgroep(session, row.activiteit)  # the last one stays
        session.delete(row)
        session.flush()
