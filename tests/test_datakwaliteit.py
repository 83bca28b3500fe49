"""Datakwaliteit: what each rule finds, for whom, and mending it in bulk."""

from typing import Any

import pytest
from sqlalchemy import select

from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.historie import Bewerking, Wijziging
from models.kwaliteit import Controle, Kwaliteitsregel
from models.kwaliteit.gelijkenis import groepen, kern
from models.kwaliteit.vinden import gelijke_partners, gevonden, mediaan
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal

BASE = "/beheer/datakwaliteit/"


def regel(portaal: Portaal, controle: Controle, **velden: Any) -> int:
    with portaal.als() as session:
        rij = f.maak_kwaliteitsregel(session, controle=controle, naam=controle.label, **velden)
        session.commit()
        return rij.id


def found(session: GateSession, controle: Controle, **velden: Any) -> set[int]:
    rule = Kwaliteitsregel(controle=controle, **velden)
    return {row.id for row in session.scalars(gevonden(session, rule)).unique()}


def open_activiteit(portaal: Portaal, session: GateSession, van: str = "eigen") -> Activiteit:
    return session.get_one(Activiteit, portaal.wereld.id(Activiteit, van))


def test_names_that_are_alike() -> None:
    """A slip of the pen, another legal form, another accent; not another place or number."""
    namen = [
        (1, "Stichting De Plaats"),
        (2, "de plaats"),
        (3, "Muziekschool Overbetuwe"),
        (4, "Muziekschol Overbetuwe"),
        (5, "Muziekschool Nijmegen"),
        (6, "Théâtre Zout"),
        (7, "Theatre Zout B.V."),
        (8, "ROC 12"),
        (9, "ROC 13"),
        (10, "Uziekschool Overbetuwe"),
    ]
    assert groepen(namen) == [[1, 2], [3, 4, 10], [6, 7]]
    assert kern("De Stichting") == "destichting"


def test_partners_are_alike_within_one_contractpartij(portaal: Portaal) -> None:
    with portaal.als() as session:
        eigen = open_activiteit(portaal, session).verantwoording.project.contractpartij
        ander = open_activiteit(portaal, session, "vreemd").verantwoording.project.contractpartij
        een, twee, elders = (
            f.maak_samenwerkingspartner(session, partij, naam=naam)
            for partij, naam in (
                (eigen, "Dansatelier Veluwe"),
                (eigen, "Dansatelier Veluwe."),
                (ander, "Dansatelier Veluwe"),
            )
        )
        assert [een.id, twee.id] in gelijke_partners(session)
        assert elders.id not in found(session, Controle.PARTNER_GELIJK)
        assert {een.id, twee.id} <= found(session, Controle.PARTNER_GELIJK)


def test_each_rule_finds_what_it_says_and_no_more(portaal: Portaal) -> None:
    with portaal.als() as session:
        activiteit = open_activiteit(portaal, session)
        zonder = f.maak_last(session, activiteit, bedrag=None)
        correctie = f.maak_last(session, activiteit, bedrag=-99_000_00)
        naamloos = f.maak_schoolbestuur(session, naam="Bevoegd gezag 20091")
        los = f.maak_school(session)
        los.schoolbestuur_id = None
        weg = f.maak_school(session, actief=False)
        weg.schoolbestuur_id = None
        rij = f.maak_activiteit_school(session, activiteit, weg)
        session.flush()
        assert found(session, Controle.LAST_BEDRAG) == {zonder.id}
        assert found(session, Controle.BESTUUR_NAAM) == {naamloos.id}
        assert found(session, Controle.SCHOOL_INACTIEF) == {rij.id}
        scholen = found(session, Controle.SCHOOL_INDELING)
        assert los.id in scholen
        assert weg.id not in scholen
        # The lasten of the world and of the factory are € 125,00: that is the median.
        assert mediaan(session) == 125_00
        net, boven = (
            f.maak_last(session, activiteit, bedrag=bedrag) for bedrag in (1_250_00, 1_250_01)
        )
        assert mediaan(session) == 125_00
        assert found(session, Controle.LAST_HOOG) == {boven.id}
        assert found(session, Controle.LAST_HOOG, keer_mediaan=9) == {net.id, boven.id}
        assert correctie.id not in found(session, Controle.LAST_HOOG)


def test_a_closed_year_is_left_alone(portaal: Portaal) -> None:
    """Its rows cannot be mended, so they are not named."""
    with portaal.als() as session:
        dicht = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen", "gesloten"))
        school = dicht.scholen[0].school
        school.actief = False
        session.flush()
        rijen = found(session, Controle.SCHOOL_INACTIEF)
        assert rijen
        standen = select(Verantwoording.status).join(Activiteit).join(ActiviteitSchool)
        assert set(session.scalars(standen.where(ActiviteitSchool.id.in_(rijen)))) == {"open"}


@pytest.mark.parametrize(("wie", "code"), [
    ("projectleider", 403), ("adviseur", 200), ("datamanager", 200), ("beheerder", 200),
])  # fmt: skip
def test_who_sees_it(portaal: Portaal, wie: str, code: int) -> None:
    nummer = regel(portaal, Controle.LAST_BEDRAG)
    visitor = portaal.bezoeker(wie)
    assert visitor.get(BASE).status_code == code
    answer = visitor.get(f"{BASE}{nummer}")
    assert answer.status_code == code
    assert ("wijzigen in bulk" in answer.text) is False


def test_what_is_found_goes_to_the_bulk_edit(portaal: Portaal) -> None:
    """Two lasten without an amount are emptied of their kostensoort, and nothing else is."""
    with portaal.als() as session:
        activiteit = open_activiteit(portaal, session)
        ids = {f.maak_last(session, activiteit, bedrag=None).id for _ in range(2)}
        session.commit()
    nummer = regel(portaal, Controle.LAST_BEDRAG)
    visitor = portaal.bezoeker("datamanager")
    overview = Page(visitor.get(BASE).text)
    assert "2 lasten" in overview.text
    page = Page(visitor.get(f"{BASE}{nummer}").text)
    [button] = [b for b in page.all("button") if "Alle gevonden" in b.words]
    form = button.above("form")
    assert form is not None
    body = {node.get("name"): node.get("value") for node in form.all("input")}
    chosen = visitor.post(form.get("action"), body)
    assert "2 lasten" in chosen.text
    asked = {"stap": "voorbeeld", "hoe_bedrag": "zet", "bedrag": "50"}
    seen = visitor.post(form.get("action"), Page(chosen.text).form() | asked)
    done = visitor.post(form.get("action"), Page(seen.text).form() | {"stap": ["doen"]})
    assert done.location == f"{BASE}{nummer}"
    with portaal.als() as session:
        assert {session.get_one(Last, id_).bedrag for id_ in ids} == {50_00}
    assert "Niets gevonden" in visitor.get(done.location).text


def test_a_rule_that_is_off_says_nothing(portaal: Portaal) -> None:
    with portaal.als() as session:
        f.maak_last(session, open_activiteit(portaal, session), bedrag=None)
        session.commit()
    nummer = regel(portaal, Controle.LAST_BEDRAG, actief=False)
    visitor = portaal.bezoeker("datamanager")
    assert "Staan uit" in visitor.get(BASE).text
    page = visitor.get(f"{BASE}{nummer}").text
    assert "Deze regel staat uit" in page
    assert "Alle gevonden" not in page
    assert visitor.get(f"{BASE}999999").status_code == 404
    assert visitor.get(f"{BASE}{nummer}?pagina=9999999999999").status_code == 200


def verval(portaal: Portaal) -> dict[str, int]:
    """A school that closed, in an open and a closed year; its successor closed as well."""
    with portaal.als() as session:
        laatste = f.maak_school(session, naam="De Regenboog")
        tussen = f.maak_school(session, naam="Tussen", actief=False, opvolger=laatste)
        oud = session.get_one(School, portaal.wereld.id(School))
        oud.actief, oud.opvolger = False, tussen
        session.commit()
        return {"oud": oud.id, "tussen": tussen.id, "laatste": laatste.id}


def scholen(portaal: Portaal) -> dict[int, tuple[str, int, int | None]]:
    """Row of a school → status of its year, school, leerkrachten."""
    with portaal.als() as session:
        return {
            rij.id: (
                rij.activiteit.verantwoording.status.value,
                rij.school_id,
                rij.aantal_leerkrachten,
            )
            for rij in session.scalars(select(ActiviteitSchool))
        }


def test_the_successor_takes_the_place_in_open_years_only(portaal: Portaal) -> None:
    """Seen first; one batch; undone in one click."""
    school = verval(portaal)
    nummer = regel(portaal, Controle.SCHOOL_INACTIEF)
    visitor = portaal.bezoeker("datamanager")
    before = scholen(portaal)
    assert "De Regenboog" in visitor.get(f"{BASE}{nummer}").text
    seen = visitor.post(f"{BASE}{nummer}/opvolgers")
    page = Page(seen.text)
    assert seen.status_code == 200, seen.text
    assert "De Regenboog" in page.with_class("bulk-cells")[0].words
    assert all(node.words for node in page.all("th") if node.get("scope") == "row")
    assert scholen(portaal) == before

    body = page.form() | {"stap": ["doen"]}
    assert visitor.post(f"{BASE}{nummer}/opvolgers", body).status_code == 302

    def shape(rows: dict[int, tuple[str, int, int | None]], old: int, new: int) -> list[Any]:
        return sorted(
            (status, new if status == "open" and id_ == old else id_, number)
            for status, id_, number in rows.values()
        )

    after = scholen(portaal)
    assert shape(after, 0, 0) == shape(before, school["oud"], school["laatste"])
    assert {row for row in after.items() if row[1][0] != "open"} == {
        row for row in before.items() if row[1][0] != "open"
    }
    with portaal.als() as session:
        stap = session.scalars(select(Bewerking).order_by(Bewerking.id.desc()).limit(1)).one()
        changes = session.scalars(select(Wijziging).where(Wijziging.bewerking_id == stap.id))
        assert {change.entiteit for change in changes} == {"ActiviteitSchool"}
    undo = visitor.post(f"/bewerkingen/{stap.id}/ongedaan-maken")
    assert undo.status_code == 302
    assert scholen(portaal) == before


def test_a_successor_that_somebody_went_on_with_stays(portaal: Portaal) -> None:
    """Undone, the old school would stand beside it, and both would count."""
    verval(portaal)
    nummer = regel(portaal, Controle.SCHOOL_INACTIEF)
    visitor = portaal.bezoeker("datamanager")
    page = Page(visitor.post(f"{BASE}{nummer}/opvolgers").text)
    before = scholen(portaal)
    visitor.post(f"{BASE}{nummer}/opvolgers", page.form() | {"stap": ["doen"]})
    with portaal.als() as session:
        stap = session.scalars(select(Bewerking.id).order_by(Bewerking.id.desc()).limit(1)).one()
        nieuw = next(
            session.get_one(ActiviteitSchool, id_) for id_ in scholen(portaal) if id_ not in before
        )
        nieuw.aantal_leerkrachten = 77
        session.commit()
    after = scholen(portaal)
    visitor.post(f"/bewerkingen/{stap}/ongedaan-maken")
    left = scholen(portaal)
    assert {id_ for id_, rij in left.items() if rij[2] == 77} == {
        id_ for id_, rij in after.items() if rij[2] == 77
    }
    for rij in left.values():
        assert rij in before.values() or rij in after.values()
    assert len(left) == len(before)


def test_who_may_not_change_schools_replaces_none(portaal: Portaal) -> None:
    verval(portaal)
    nummer = regel(portaal, Controle.SCHOOL_INACTIEF)
    before = scholen(portaal)
    adviseur = portaal.bezoeker("adviseur")
    assert adviseur.get(f"{BASE}{nummer}").status_code == 200
    for body in ({}, {"stap": "doen"}):
        assert adviseur.post(f"{BASE}{nummer}/opvolgers", body).status_code == 403
    assert adviseur.get(f"{BASE}{nummer}/opvolgers").status_code == 403
    assert scholen(portaal) == before


def test_what_has_no_successor_stays_and_says_why(portaal: Portaal) -> None:
    """Without a successor, in a circle of successors, and where the successor is already."""
    with portaal.als() as session:
        activiteit = open_activiteit(portaal, session)
        actief = activiteit.scholen[0].school
        dubbel = f.maak_school(session, naam="Dubbel", actief=False, opvolger=actief)
        f.maak_activiteit_school(session, activiteit, dubbel)
        ander = open_activiteit(portaal, session, "vreemd")
        een = f.maak_school(session, naam="Rondje een", actief=False)
        twee = f.maak_school(session, naam="Rondje twee", actief=False, opvolger=een)
        een.opvolger = twee
        f.maak_activiteit_school(session, ander, een)
        session.commit()
    nummer = regel(portaal, Controle.SCHOOL_INACTIEF)
    visitor: Bezoeker = portaal.bezoeker("beheerder")
    before = scholen(portaal)
    seen = visitor.post(f"{BASE}{nummer}/opvolgers")
    page = Page(seen.text)
    assert "de opvolger van Dubbel, staat hier al bij." in page.text
    assert "Rondje een heeft geen opvolger die actief is." in page.text
    assert "Doorvoeren" not in {button.words for button in page.all("button")}
    visitor.post(f"{BASE}{nummer}/opvolgers", page.form() | {"stap": ["doen"]})
    assert scholen(portaal) == before
