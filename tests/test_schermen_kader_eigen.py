"""Activiteiten klaarzetten leaves alone what a school has of its own (Handleiding 3, A)."""

import pytest

from models.school import School
from models.verantwoording import Verantwoording, Werkwijze
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal
from tests.test_schermen_kader import filled, in_way, path, picks, schools, seen, shown, year


@pytest.mark.beide
def test_a_school_that_has_its_own_under_another_name_is_left_out(portaal: Portaal) -> None:
    """Its only school makes it the school's own: told with a link, and not chosen along."""
    in_way(portaal, Werkwijze.A)
    ids = schools(portaal, "De Linde", "De Beuk", "De Es")
    with portaal.als() as session:
        here = session.get_one(Verantwoording, year(portaal))
        own = f.maak_activiteit(session, here, naam="Muziekjaar")
        f.maak_activiteit_school(session, own, session.get_one(School, ids["De Linde"]))
        shared = f.maak_activiteit(session, here, naam="Netwerkdag")
        for name in ("De Beuk", "De Es"):
            f.maak_activiteit_school(session, shared, session.get_one(School, ids[name]))
        session.commit()
        number = own.id
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    offered = [label.words for label in Page(first.text).all("label")]
    assert [label for label in offered if "heeft al" in label] == [
        label for label in offered if label.startswith("De Linde")
    ]
    [link] = [a for a in Page(first.text).all("a") if a.words == "Muziekjaar"]
    assert link.get("href") == f"/activiteiten/{number}/details"
    [label] = [label for label in picks(first) if label.endswith("zonder eigen activiteit kiezen")]

    every = visitor.post(where, filled(portaal, first) | {"kiezen": picks(first)[label]})
    chosen = Page(every.text).form()["scholen"]
    assert str(ids["De Linde"]) not in chosen
    assert {str(ids["De Beuk"]), str(ids["De Es"])} <= set(chosen)
    assert "De Linde" not in [line[0] for line in shown(seen(visitor, where, filled(
        portaal, every)))]  # fmt: skip

    # Who chooses it all the same is told before it is made.
    alone = filled(portaal, first, scholen=[str(ids["De Linde"])])
    told = seen(visitor, where, alone)
    assert "Een school heeft al een eigen activiteit, en krijgt er een bij." in told.text
