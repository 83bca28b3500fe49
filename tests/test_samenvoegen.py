"""Merging partners, boards and schools: what moves, what a closed year keeps, and undoing it."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cmk_admin import database
from cmk_admin.gate import GateSession
from models.activiteit import ActiviteitPartner, ActiviteitSchool
from models.contractpartij import Contractpartij
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Momentopname, Verantwoording
from tests import factories as f
from tests.merging import BESTUUR, PARTNER, SCHOOL, ask, look, merge
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal


def undo(visitor: Bezoeker, portaal: Portaal) -> TestResponse:
    with portaal.als() as session:
        stap = session.scalars(select(Bewerking).order_by(Bewerking.id.desc()).limit(1)).one()
        assert stap.soort is BewerkingSoort.SAMENVOEGEN
        number = stap.id
    return visitor.post(f"/bewerkingen/{number}/ongedaan-maken")


def columns(session: GateSession, entity: type[Any]) -> dict[int, dict[str, Any]]:
    """Every row without stamps."""
    names = [c.name for c in entity.__table__.columns if not c.name.startswith(("gewij", "aangem"))]
    names.remove("versie")
    rows = session.scalars(select(entity).execution_options(populate_existing=True))
    return {row.id: {name: getattr(row, name) for name in names} for row in rows}


def world(portaal: Portaal) -> dict[str, Any]:
    """All that merging may touch."""
    entities = (Samenwerkingspartner, School, Schoolbestuur, ActiviteitPartner, ActiviteitSchool,
                Momentopname)  # fmt: skip
    with portaal.als() as session:
        return {entity.__name__: columns(session, entity) for entity in entities}


def links(portaal: Portaal, entity: type[Any]) -> set[tuple[int, str, int]]:
    """(activity, status of its year, what it points at)"""
    column = "school_id" if entity is ActiviteitSchool else "samenwerkingspartner_id"
    with portaal.als() as session:
        return {
            (r.activiteit_id, r.activiteit.verantwoording.status.value, getattr(r, column))
            for r in session.scalars(select(entity))
        }


def twins(portaal: Portaal) -> tuple[int, int, int]:
    """The partner of the world (open, closed and determined years) and two like it: one used in
    the same open activity and in another, one never used."""
    with portaal.als() as session:
        eigen = session.get_one(
            Samenwerkingspartner, portaal.wereld.id(Samenwerkingspartner, "eigen")
        )
        eigen.telefoon = None
        partij = eigen.contractpartij
        tweede, derde = (
            f.maak_samenwerkingspartner(session, partij, naam=naam, telefoon="026 123 45 67")
            for naam in ("De Plaats", "De plaats.")
        )
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        for activiteit in jaar.activiteiten:
            f.maak_activiteit_partner(session, activiteit, tweede)
        f.maak_activiteit_partner(session, f.maak_activiteit(session, jaar), tweede)
        session.commit()
        return eigen.id, tweede.id, derde.id


def test_partners_become_one(portaal: Portaal) -> None:
    eigen, tweede, derde = twins(portaal)
    visitor = portaal.bezoeker("datamanager")
    before, old = world(portaal), links(portaal, ActiviteitPartner)
    page = Page(ask(visitor, PARTNER, [eigen, tweede, derde]).text)
    assert page.heading == "Samenvoegen"
    assert world(portaal) == before

    done = merge(visitor, PARTNER, [eigen, tweede, derde], blijft=str(tweede))

    assert done.status_code == 302, Page(done.text).all("main")[0].words
    after = world(portaal)["Samenwerkingspartner"]
    # The closed years keep the partner of the world; the other was never used.
    assert derde not in after
    assert (after[eigen]["actief"], after[eigen]["opvolger_id"]) == (False, tweede)
    assert after[eigen]["naam"] == before["Samenwerkingspartner"][eigen]["naam"]
    assert after[tweede] == before["Samenwerkingspartner"][tweede] | {
        # What the row that stays did not have, comes from a row that goes.
        name: after[tweede][name]
        for name in ("contactpersoon", "email", "plaats", "website")
    }
    wanted = {(a, s, tweede if s == "open" and p == eigen else p) for a, s, p in old}
    assert links(portaal, ActiviteitPartner) == wanted
    with portaal.als() as session:
        stap = session.scalars(select(Bewerking).order_by(Bewerking.id.desc()).limit(1)).one()
        own = session.scalars(select(Wijziging.entiteit).where(Wijziging.bewerking_id == stap.id))
        assert set(own) == {"ActiviteitPartner", "Samenwerkingspartner"}
        assert stap.omschrijving.startswith("3 samenwerkingspartners samengevoegd")
    found = visitor.get("/stamdata/samenwerkingspartners/ajax/lookup/?query=").json
    assert eigen not in {row[0] for row in found or ()}

    assert undo(visitor, portaal).status_code == 302
    assert world(portaal) == before


def test_a_school_keeps_its_row_and_the_number_is_chosen(portaal: Portaal) -> None:
    school = portaal.wereld.id(School)
    with portaal.als() as session:
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        ander = f.maak_school(session, naam="Dubbel", vestigingscode=None)
        samen, alleen = jaar.activiteiten[0], f.maak_activiteit(session, jaar)
        for activiteit in (samen, alleen):
            f.maak_activiteit_school(session, activiteit, ander, aantal_leerkrachten=5)
        volger = f.maak_school(session, naam="Volger", actief=False, opvolger=ander)
        session.commit()
        dubbel, los, ander_id, volger_id = samen.id, alleen.id, ander.id, volger.id
    visitor = portaal.bezoeker("beheerder")
    before = world(portaal)
    page = Page(ask(visitor, SCHOOL, [school, ander_id]).text)
    options = {o.get("value"): o.words for o in page.by_id(f"aantal_{dubbel}").all("option")}
    assert set(options) == {"", "3", "5", "8"}
    assert options["8"] == "8 (samen)"

    done = merge(visitor, SCHOOL, [school, ander_id], **{f"aantal_{dubbel}": "8"})

    assert done.status_code == 302, Page(done.text).all("main")[0].words
    after = world(portaal)
    rows = {(r["activiteit_id"], r["school_id"]): r["aantal_leerkrachten"]
            for r in after["ActiviteitSchool"].values()}  # fmt: skip
    assert rows[dubbel, school] == 8
    assert rows[los, school] == 5
    assert not any(school_id == ander_id for _, school_id in rows)
    assert ander_id not in after["School"]
    assert after["School"][volger_id]["opvolger_id"] == school
    assert after["Momentopname"] == before["Momentopname"]
    with portaal.als():
        assert database.recount() == []
    assert undo(visitor, portaal).status_code == 302
    assert world(portaal) == before
    with portaal.als():
        assert database.recount() == []


def test_a_closed_year_keeps_the_school_that_goes(portaal: Portaal) -> None:
    """Its rows point where they did, its picture is the same, and the name is not given away."""
    school = portaal.wereld.id(School)
    with portaal.als() as session:
        ander = f.maak_school(session, naam="Blijver").id
        leeg = f.maak_school(session, naam="Zonder", vestigingscode=None).id
        session.commit()
    visitor = portaal.bezoeker("datamanager")
    before = world(portaal)
    closed = {link for link in links(portaal, ActiviteitSchool) if link[1] != "open"}
    code = {
        # After "Aanpassen": the page has now proposed the row that was chosen to stay.
        "voorstel": str(leeg),
        "blijft": str(leeg),
        "veld_vestigingscode": str(school),
        "veld_brin_nummer": str(school),
    }
    refused = merge(visitor, SCHOOL, [school, leeg], **code)
    assert "staat in een gesloten jaar en blijft daarom bij de rij die weggaat" in refused.text
    assert world(portaal) == before
    assert merge(visitor, SCHOOL, [school, ander], blijft=str(ander)).status_code == 302
    after = world(portaal)
    assert {link for link in links(portaal, ActiviteitSchool) if link[1] != "open"} == closed
    assert {s for _, stand, s in links(portaal, ActiviteitSchool) if stand == "open"} == {ander}
    assert (after["School"][school]["actief"], after["School"][school]["opvolger_id"]) == (
        False,
        ander,
    )
    assert after["Momentopname"] == before["Momentopname"]


def test_boards_become_one_and_come_apart(portaal: Portaal) -> None:
    bestuur = portaal.wereld.id(Schoolbestuur)
    with portaal.als() as session:
        session.get_one(Schoolbestuur, bestuur).bevoegd_gezagnummer = None
        naamloos = f.maak_schoolbestuur(
            session, naam="Bevoegd gezag 20091", bevoegd_gezagnummer="20091"
        )
        scholen = {f.maak_school(session, schoolbestuur=naamloos).id for _ in range(2)}
        session.commit()
        weg = naamloos.id
    visitor = portaal.bezoeker("datamanager")
    before = world(portaal)
    done = merge(visitor, BESTUUR, [bestuur, weg], blijft=str(bestuur),
                 voorstel=str(bestuur), veld_bevoegd_gezagnummer=str(weg),
                 veld_naam=str(bestuur))  # fmt: skip
    assert done.status_code == 302, Page(done.text).all("main")[0].words
    after = world(portaal)
    assert {after["School"][id_]["schoolbestuur_id"] for id_ in scholen} == {bestuur}
    assert weg not in after["Schoolbestuur"]
    assert after["Schoolbestuur"][bestuur]["bevoegd_gezagnummer"] == "20091"
    assert undo(visitor, portaal).status_code == 302
    assert world(portaal) == before


def test_what_duo_would_take_apart_again_is_refused(portaal: Portaal) -> None:
    """The next import of DUO goes by its own numbers: they stay with one row each."""
    with portaal.als() as session:
        besturen = [
            f.maak_schoolbestuur(session, bevoegd_gezagnummer=nummer).id
            for nummer in ("20091", "20092", None)
        ]
        scholen = [
            f.maak_school(session, brin_nummer="07KX", vestigingscode=code).id
            for code in ("07KX00", "07KX01", None)
        ]
        session.commit()
    visitor = portaal.bezoeker("datamanager")
    before = world(portaal)
    een, twee, zonder = besturen
    assert ask(visitor, BESTUUR, [een, twee]).status_code == 302
    lijst = visitor.get("/stamdata/schoolbesturen/").text
    assert "verschillende bevoegd-gezagnummers" in lijst
    refused = merge(
        visitor, BESTUUR, [een, zonder], blijft=str(zonder), voorstel=str(zonder),
        veld_bevoegd_gezagnummer=str(zonder),
    )  # fmt: skip
    assert "Houd het bevoegd-gezagnummer 20091" in refused.text
    een, twee, zonder = scholen
    for anders in (twee, zonder):
        refused = merge(
            visitor, SCHOOL, [een, anders], blijft=str(een), voorstel=str(een),
            veld_vestigingscode=str(anders),
        )  # fmt: skip
        assert "Houd de vestigingscode 07KX00" in refused.text
    assert world(portaal) == before
    # A row that has no number of its own takes the one that there is.
    assert merge(visitor, BESTUUR, [besturen[0], besturen[2]]).status_code == 302
    assert merge(visitor, SCHOOL, [een, zonder]).status_code == 302


def pair(portaal: Portaal, path: str) -> tuple[int, int]:
    """Two rows that differ in more fields; the first is proposed to stay."""
    with portaal.als() as session:
        one: Any
        two: Any
        if path == PARTNER:
            partij = session.get_one(Contractpartij, portaal.wereld.id(Contractpartij, "eigen"))
            one, two = (
                f.maak_samenwerkingspartner(session, partij, naam=naam, plaats=plaats,
                                            contactpersoon=naam[:3])
                for naam, plaats in (("Atelier", "Ede"), ("Dansstudio", "Epe"))
            )  # fmt: skip
        elif path == SCHOOL:
            one, two = (
                f.maak_school(session, naam=naam, plaats=plaats, brin_nummer=brin,
                              vestigingscode=None)
                for naam, plaats, brin in (("Es", "Ede", "01AA"), ("Linde", "Epe", "02BB"))
            )  # fmt: skip
        else:
            one = f.maak_schoolbestuur(session, naam="Noord", bevoegd_gezagnummer=None)
            two = f.maak_schoolbestuur(session, naam="Zuid", bevoegd_gezagnummer=None)
        session.commit()
        return one.id, two.id


def checked(page: Page) -> dict[str, str]:
    """What the screen shows as chosen."""
    radios = [node for node in page.all("input") if node.get("type") == "radio"]
    return {r.get("name"): r.get("value") for r in radios if "checked" in r.attributes}


@pytest.mark.parametrize(
    ("path", "entity", "own"),
    [
        (PARTNER, Samenwerkingspartner, "plaats"),
        (SCHOOL, School, "plaats"),
        (BESTUUR, Schoolbestuur, None),
    ],
)
def test_what_is_on_screen_as_chosen_is_what_happens(
    portaal: Portaal, path: str, entity: type[Any], own: str | None
) -> None:
    """Another row stays: fields that nobody chose follow it where one sees that, and what was
    chosen stays, also when it was chosen before the other row was."""
    one, two = pair(portaal, path)
    before = world(portaal)[entity.__name__]
    visitor = portaal.bezoeker("datamanager")
    asked = Page(ask(visitor, path, [one, two]).text)
    assert checked(asked)["blijft"] == checked(asked)["veld_naam"] == str(one)
    hand = {f"veld_{own}": str(two)} if own else {}
    answer = visitor.post(path, asked.form() | hand | {"blijft": str(two), "stap": "voorbeeld"})
    page = Page(answer.text)
    assert "blijft nu over, in plaats van" in page.text
    assert set(checked(page).values()) == {str(two)}

    # Now each is chosen again, one field by hand: that is not the choice of the row that goes.
    back = checked(page) | {"veld_naam": str(one)}
    seen = Page(visitor.post(path, page.form() | back | {"stap": "voorbeeld"}).text)
    assert f"Van “{before[one]['naam']}”:" in seen.text
    adjusted = Page(visitor.post(path, seen.form() | {"stap": ["terug"]}).text)
    assert checked(adjusted) == back
    assert visitor.post(path, seen.form() | {"stap": ["doen"]}).status_code == 302
    after = world(portaal)[entity.__name__]
    assert after[two]["naam"] == before[one]["naam"]
    if own:
        assert after[two][own] == before[two][own]
    assert one not in after


def test_a_field_chosen_by_hand_outlives_a_switch(portaal: Portaal) -> None:
    """As with script, that says which fields were chosen; and back again."""
    one, two = pair(portaal, PARTNER)
    visitor = portaal.bezoeker("datamanager")
    form = Page(ask(visitor, PARTNER, [one, two]).text).form()
    press = {"stap": "voorbeeld"}
    by_hand = form | {"zelf": "plaats", "blijft": str(two)}
    page = Page(visitor.post(PARTNER, by_hand | press).text)
    assert checked(page)["veld_plaats"] == str(one)
    assert checked(page)["veld_naam"] == str(two)
    page = Page(visitor.post(PARTNER, page.form() | {"blijft": str(one)} | press).text)
    assert set(checked(page).values()) == {str(one)}
    page = Page(visitor.post(PARTNER, page.form() | {"blijft": str(two)} | press).text)
    assert checked(page)["veld_plaats"] == str(one)
    assert checked(page)["veld_contactpersoon"] == str(two)


def test_what_cannot_be_one_says_why(portaal: Portaal) -> None:
    eigen = portaal.wereld.id(Samenwerkingspartner, "eigen")
    vreemd = portaal.wereld.id(Samenwerkingspartner, "vreemd")
    visitor = portaal.bezoeker("datamanager")
    for ids, why in (
        ([eigen, vreemd], "van verschillende contractpartijen"),
        ([eigen], "Kies twee of meer rijen"),
        ([], "Kies twee of meer rijen"),
    ):
        assert ask(visitor, PARTNER, ids).status_code == 302
        assert why in visitor.get("/stamdata/samenwerkingspartners/").text
    assert ask(visitor, PARTNER, [eigen, 999_999]).status_code == 404
    assert ask(visitor, "/samenvoegen/gebruiker/", [1, 2]).status_code == 404
    assert not portaal.changed()


@pytest.mark.parametrize("wie", ["routebegeleider", "projectleider", "adviseur"])
def test_who_may_not_merge(portaal: Portaal, wie: str) -> None:
    ids = [portaal.wereld.id(Samenwerkingspartner, "eigen", stand) for stand in ("open", "vrij")]
    visitor = portaal.bezoeker(wie)
    assert ask(visitor, PARTNER, ids).status_code == 403
    assert "Samenvoegen…" not in visitor.get("/stamdata/samenwerkingspartners/").text
    assert "Samenvoegen…" in portaal.bezoeker("datamanager").get("/stamdata/scholen/").text


def test_another_who_changes_a_row_first_is_seen(portaal: Portaal) -> None:
    """What was seen is not what would happen: nothing is stored, the new preview is shown."""
    eigen, tweede, _ = twins(portaal)
    visitor = portaal.bezoeker("datamanager")
    seen = Page(look(visitor, PARTNER, [eigen, tweede], blijft=str(tweede)).text)
    with portaal.als() as session:
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = f.maak_activiteit(session, jaar)
        f.maak_activiteit_partner(session, activiteit, session.get_one(Samenwerkingspartner, eigen))
        session.commit()
    before = world(portaal)
    answer = visitor.post(PARTNER, seen.form() | {"stap": ["doen"]})
    assert answer.status_code == 409
    assert "Intussen is er iets gewijzigd" in answer.text
    assert world(portaal) == before
