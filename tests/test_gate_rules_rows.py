"""Rules over several rows, asked by the gate of every path."""

from datetime import date

import pytest

from models.activiteit import Activiteit, ActiviteitDoelgroep
from models.base import RegelFout
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.project import Project
from tests.gate_world import World
from tests.test_gate_rules import fouten

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide


def test_a_required_choice_keeps_one(fresh_world: World) -> None:
    """Handleiding 2.2: an activity has doelgroepen. The last goes only with its activity."""
    w, g = fresh_world, fresh_world.ground
    with w.acting("routebegeleider") as session:
        activiteit = session.get_one(Activiteit, g.noord.activiteit)
        [link] = activiteit.doelgroep_koppelingen
        session.delete(link)
        with pytest.raises(RegelFout, match="Doelgroepen: kies er minstens één"):
            session.flush()
    with w.acting("routebegeleider") as session:
        activiteit = session.get_one(Activiteit, g.noord.activiteit)
        [link] = activiteit.doelgroep_koppelingen
        activiteit.doelgroep_koppelingen.append(ActiviteitDoelgroep(doelgroep_id=g.doelgroepen[1]))
        session.delete(link)
        session.commit()
    with w.acting("projectleider") as session:
        session.delete(session.get_one(Activiteit, g.noord.activiteit))
        session.commit()


def test_a_project_keeps_the_years_that_have_rows(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    for column, day, year in (
        ("einddatum", date(2025, 12, 31), 2026),
        ("startdatum", date(2026, 1, 1), 2025),
    ):
        [fout] = fouten(w, Project, g.noord.project, **{column: day})
        assert (fout.veld, str(year) in fout.tekst) == (column, True)
    w.changes("beheerder", Project, g.noord.project, einddatum=date(2026, 12, 31))


def test_an_adviseur_is_somebody_of_cultuur_oost(fresh_world: World) -> None:
    w, g = fresh_world, fresh_world.ground
    partij, leider = g.noord.contractpartij, g.actors["projectleider"].gebruiker_id
    [fout] = fouten(w, Contractpartij, partij, adviseur_id=leider)
    assert (fout.veld, fout.tekst) == (
        "adviseur_id",
        "Kies iemand van Cultuur Oost met een actief account.",
    )
    adviseur = g.actors["adviseur"].gebruiker_id
    w.changes("beheerder", Contractpartij, partij, adviseur_id=adviseur)
    w.raw(f"UPDATE gebruiker SET actief = false WHERE id = {adviseur}")
    [fout] = fouten(w, Contractpartij, partij, plaats="Ede")
    assert fout.veld == "adviseur_id"


@pytest.mark.parametrize(
    "address",
    [
        "jan piet@x.nl",
        "jan",
        "jan@",
        "@x.nl",
        "jan@x",
        "a@b@c.nl",
        "jan@x.nl, b@x.nl",
        "x <a@b.nl>",
    ],
)
def test_mail_can_be_addressed_to_an_email_address(fresh_world: World, address: str) -> None:
    person = fresh_world.ground.actors["projectleider"].gebruiker_id or 0
    assert [f.veld for f in fouten(fresh_world, Gebruiker, person, email=address)] == ["email"]
    fresh_world.changes("beheerder", Gebruiker, person, email="j.o-neil+cmk@sub.cmk.example")
