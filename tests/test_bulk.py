"""Wijzigen in bulk over HTTP: chosen, seen, done, undone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.activiteit import Activiteit, ActiviteitDoelgroep, Last
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal
from tests.test_rights_matrix import address_of

WEEK = timedelta(days=7)
PARTNERS = "/stamdata/samenwerkingspartners/"


def path_of(portaal: Portaal, entity: type[Entiteit]) -> str:
    return address_of(portaal.app, f"{entity.__name__.lower()}.bulk_view")


def see(
    visitor: Bezoeker, portaal: Portaal, entity: type[Entiteit], ids: list[int], **asked: Any
) -> TestResponse:
    """The preview of a bulk edit."""
    rows = {"rowid": [str(id_) for id_ in ids], "stap": "voorbeeld"}
    return visitor.post(path_of(portaal, entity), rows | asked)


def do(
    visitor: Bezoeker, portaal: Portaal, entity: type[Entiteit], seen: TestResponse
) -> TestResponse:
    """Confirm what was seen."""
    return visitor.post(path_of(portaal, entity), Page(seen.text).form() | {"stap": ["doen"]})


def undo(visitor: Bezoeker, page: str) -> TestResponse:
    """Press Ongedaan maken on the page where one landed."""
    [button] = [
        b for b in Page(visitor.get(page).text).all("button") if b.words == "Ongedaan maken"
    ]
    form = button.above("form")
    assert form is not None
    return visitor.post(form.get("action"), headers={"Referer": f"http://localhost{page}"})


def values(portaal: Portaal, entity: type[Any], name: str) -> dict[int, Any]:
    with portaal.als() as session:
        return {row.id: getattr(row, name) for row in session.scalars(select(entity))}


def lasten(portaal: Portaal, van: str, stand: str = "open") -> list[int]:
    with portaal.als() as session:
        year = portaal.wereld.id(Verantwoording, van, stand)
        rows = select(Last.id).join(Last.activiteit).where(Activiteit.verantwoording_id == year)
        return list(session.scalars(rows.order_by(Last.id)))


def newest(portaal: Portaal) -> Bewerking:
    with portaal.als() as session:
        found = session.scalars(select(Bewerking).order_by(Bewerking.id.desc()).limit(1)).one()
        session.expunge(found)
        return found


def everything(portaal: Portaal) -> dict[str, Any]:
    """All that a bulk edit could touch, but stamps and history."""
    with portaal.als() as session:
        found: dict[str, Any] = {}
        for entity in (Activiteit, Last, ActiviteitDoelgroep, Samenwerkingspartner, School):
            names = [c.name for c in entity.__table__.columns if c.name not in
                     ("versie", "gewijzigd_op", "gewijzigd_door_id", "aangemaakt_op",
                      "aangemaakt_door_id")]  # fmt: skip
            found[entity.__name__] = {
                row.id: [getattr(row, name) for name in names]
                for row in session.scalars(select(entity))
            }
        return found


@pytest.fixture
def datamanager(portaal: Portaal) -> Bezoeker:
    return portaal.bezoeker("datamanager")


def test_one_is_asked_what_changes_first(portaal: Portaal, datamanager: Bezoeker) -> None:
    ids = [str(portaal.wereld.id(Activiteit, "eigen"))]
    answer = datamanager.post(path_of(portaal, Activiteit), {"rowid": ids})
    page = Page(answer.text)
    assert page.heading == "Wijzigen in bulk"
    names = {node.get("name") for node in page.all("select")}
    assert {"hoe_naam", "hoe_doel_id", "hoe_startdatum", "hoe_doelgroepen"} <= names
    # What is settled when the row is made cannot be changed, so it is not asked.
    assert "hoe_verantwoording_id" not in names
    assert {o.get("value") for o in page.by_id("hoe_naam").all("option")} == {"", "zet", "vervang"}
    assert not portaal.changed()


def test_nothing_filled_in_says_so(portaal: Portaal, datamanager: Bezoeker) -> None:
    ids = [portaal.wereld.id(Activiteit, "eigen")]
    answer = see(datamanager, portaal, Activiteit, ids)
    assert answer.status_code == 422
    assert "Kies bij minstens één veld" in answer.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"hoe_naam": "zet"}, "Vul in waarop"),
        ({"hoe_naam": "vervang", "door_naam": "x"}, "welke tekst"),
        ({"hoe_naam": "leeg"}, "Kies een van de mogelijkheden"),
        ({"hoe_duur": "procent", "procent_duur": "veel"}, "Vul een percentage in"),
        ({"hoe_duur": "procent", "procent_duur": "0"}, "Vul een percentage in"),
        ({"hoe_duur": "procent", "procent_duur": "99999"}, "Vul een percentage in"),
        ({"hoe_duur": "procent", "procent_duur": "-150"}, "Verlagen kan met hoogstens 100"),
        ({"hoe_startdatum": "schuif", "dagen_startdatum": "999999"}, "aantal dagen"),
        ({"hoe_startdatum": "zet", "startdatum": "31-02-2026"}, "bestaat niet"),
        ({"hoe_doel_id": "zet", "doel_id": "999999"}, "bestaat niet"),
        ({"hoe_doelgroepen": "erbij"}, "Kies er minstens een"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_stands_at_its_field(
    portaal: Portaal, datamanager: Bezoeker, asked: dict[str, str], said: str
) -> None:
    ids = [portaal.wereld.id(Activiteit, "eigen")]
    answer = see(datamanager, portaal, Activiteit, ids, **asked)
    assert answer.status_code == 422
    assert said in answer.text
    assert not portaal.changed()


def test_the_preview_stores_nothing_and_is_what_happens(
    portaal: Portaal, datamanager: Bezoeker
) -> None:
    """A quarter's activities a week later: own words, effects, one batch, one undo."""
    before = everything(portaal)
    ids = list(before["Activiteit"])
    asked = {"hoe_startdatum": "schuif", "dagen_startdatum": "7",
             "hoe_einddatum": "schuif", "dagen_einddatum": "7"}  # fmt: skip
    start, end = (values(portaal, Activiteit, name) for name in ("startdatum", "einddatum"))
    seen = see(datamanager, portaal, Activiteit, ids, **asked)
    page = Page(seen.text)
    assert not portaal.changed()
    with portaal.als() as session:
        rows = select(Activiteit.id).join(Activiteit.verantwoording)
        opened = set(session.scalars(rows.where(Verantwoording.status == "open")))
    assert f"{len(opened)} van de {len(ids)} gekozen activiteiten worden gewijzigd." in page.text
    assert "er kan niets meer in gewijzigd worden" in page.text
    assert "blijven gelijk" in page.text

    done = do(datamanager, portaal, Activiteit, seen)

    assert done.status_code == 302, done.text
    moved = values(portaal, Activiteit, "startdatum")
    assert moved == {i: d + WEEK if i in opened else d for i, d in start.items()}
    late = values(portaal, Activiteit, "einddatum")
    assert late == {i: d + WEEK if i in opened else d for i, d in end.items()}
    step = newest(portaal)
    assert step.soort is BewerkingSoort.WIJZIGEN
    assert "Periode van +7 dagen" in step.omschrijving
    with portaal.als() as session:
        mine = select(Wijziging).where(Wijziging.bewerking_id == step.id)
        changes = session.scalars(mine).all()
        assert {row.rij_id for row in changes} == opened
        assert all(set(row.waarden) == {"startdatum", "einddatum"} for row in changes)
    assert undo(datamanager, done.location).status_code == 302
    assert everything(portaal) == before


def test_foreign_closed_and_own_rows_together(portaal: Portaal) -> None:
    """Only the own rows of the open year change; the others say why they do not."""
    visitor = portaal.bezoeker("projectleider")
    own, closed = lasten(portaal, "eigen"), lasten(portaal, "eigen", "gesloten")
    foreign = lasten(portaal, "vreemd")
    before = values(portaal, Last, "bedrag")
    asked = {"hoe_bedrag": "procent", "procent_bedrag": "10"}
    seen = see(visitor, portaal, Last, [*own, *closed, *foreign, 999_999], **asked)
    page = Page(seen.text)
    assert "2 van de 7 gekozen lasten worden gewijzigd." in page.text
    groups = {node.words for node in page.with_class("hangs-count")}
    assert groups == {"2", "3"}
    assert "Dit is er niet (meer), of is niet van jullie." in page.text
    assert "De verantwoording 2025 is gesloten" in page.text
    assert "Lasten:" in page.with_class("hangs")[0].words

    assert do(visitor, portaal, Last, seen).status_code == 302
    after = values(portaal, Last, "bedrag")
    for id_, amount in before.items():
        wanted = round(amount * 1.1) if id_ in own and amount else amount
        assert after[id_] == wanted, id_


def test_who_may_change_none_of_them_is_told(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    path = path_of(portaal, Last)
    closed = {"rowid": [str(id_) for id_ in lasten(portaal, "eigen", "gesloten")]}
    answer = visitor.post(path, closed)
    assert answer.status_code == 403
    assert "is gesloten" in answer.text
    foreign = {"rowid": [str(id_) for id_ in lasten(portaal, "vreemd")]}
    assert visitor.post(path, foreign).status_code == 404
    assert visitor.post(path, {}).status_code == 302
    assert portaal.bezoeker("adviseur").post(path, closed).status_code == 403


def test_a_row_that_breaks_a_rule_stays_and_the_others_go(
    portaal: Portaal, datamanager: Bezoeker
) -> None:
    """One name for two partners of one contractpartij: the second keeps its own."""
    partij = portaal.wereld.id(Contractpartij, "eigen")
    with portaal.als() as session:
        party = session.get_one(Contractpartij, partij)
        names = ("Theather A", "Theater A", "Theather B")
        ids = [f.maak_samenwerkingspartner(session, party, naam=naam).id for naam in names]
        session.commit()
    asked = {"hoe_naam": "vervang", "vind_naam": "Theather", "door_naam": "Theater"}
    seen = see(datamanager, portaal, Samenwerkingspartner, ids, **asked)
    assert "Deze samenwerkingspartner staat er al." in seen.text
    assert "“Theather” komt er niet in voor." in seen.text
    assert do(datamanager, portaal, Samenwerkingspartner, seen).status_code == 302
    after = values(portaal, Samenwerkingspartner, "naam")
    assert [after[id_] for id_ in ids] == ["Theather A", "Theater A", "Theater B"]


def test_what_stays_as_it_is_says_why(portaal: Portaal, datamanager: Bezoeker) -> None:
    """What is searched for is not in it, also when it is with other capitals; or has no value."""
    with portaal.als() as session:
        party = session.get_one(Contractpartij, portaal.wereld.id(Contractpartij, "eigen"))
        ids = [
            f.maak_samenwerkingspartner(session, party, naam=naam, plaats=plaats).id
            for naam, plaats in (("Kunstkring", None), ("Toneel", "Ede"), ("De kunst", "Epe"))
        ]
        session.commit()
    path = path_of(portaal, Samenwerkingspartner)
    form = datamanager.post(path, {"rowid": [str(id_) for id_ in ids]}).text
    assert "Let op hoofdletters: die tellen mee." in form
    asked = {"hoe_naam": "vervang", "vind_naam": "kunst", "door_naam": "dans"}
    text = Page(see(datamanager, portaal, Samenwerkingspartner, ids, **asked).text).text
    assert "“kunst” komt er niet in voor.Toneel" in text
    assert "“kunst” komt er niet in voor, wel met andere hoofdletters." in text
    assert "Staat er al zo." not in text
    # Two fields: a row goes along when one of them can be done to it.
    both = {"hoe_plaats": "vervang", "vind_plaats": "Ede", "door_plaats": "Lunteren"}
    text = Page(see(datamanager, portaal, Samenwerkingspartner, ids, **asked, **both).text).text
    assert "2 van de 3 gekozen samenwerkingspartners worden gewijzigd." in text
    assert "wel met andere hoofdletters. Heeft geen plaats." in text
    assert "Kunstkring" in text


def test_lasten_without_amount_are_not_raised(portaal: Portaal, datamanager: Bezoeker) -> None:
    one, two = lasten(portaal, "eigen")
    with portaal.als() as session:
        session.get_one(Last, one).bedrag = None
        session.commit()
    raised = {"hoe_bedrag": "procent", "procent_bedrag": "-100"}
    seen = see(datamanager, portaal, Last, [one, two], **raised)
    assert "Heeft geen bedrag." in seen.text
    assert do(datamanager, portaal, Last, seen).status_code == 302
    after = values(portaal, Last, "bedrag")
    assert (after[one], after[two]) == (None, 0)


def test_rows_stand_in_the_order_of_their_list_under_their_old_names(
    portaal: Portaal, datamanager: Bezoeker
) -> None:
    """Namesakes are told apart."""
    with portaal.als() as session:
        ids = [
            f.maak_school(session, naam=naam, brin_nummer="07KX", vestigingscode=code,
                          plaats=plaats).id
            for naam, code, plaats in (("Wilg", "07KX02", "Ede"), ("Es", "07KX00", "Epe"),
                                       ("Wilg", "07KX01", "Epe"))
        ]  # fmt: skip
        session.commit()
        lasten_van = session.scalars(select(Last).where(Last.id.in_(lasten(portaal, "eigen"))))
        wanted = {f"{last.toelichting} · {last.activiteit.naam}" for last in lasten_van}
    asked = {"hoe_naam": "vervang", "vind_naam": "W", "door_naam": "Aw",
             "hoe_plaats": "zet", "plaats": "Elst"}  # fmt: skip
    page = Page(see(datamanager, portaal, School, ids, **asked).text)
    rows = [row.all("th")[0].words for row in page.all("tr")[1:]]
    assert rows == ["Es · 07KX00 · Epe", "Wilg · 07KX02 · Ede", "Wilg · 07KX01 · Epe"]
    seen = see(datamanager, portaal, Last, lasten(portaal, "eigen"), hoe_bedrag="leeg")
    assert {row.all("th")[0].words for row in Page(seen.text).all("tr")[1:]} == wanted


def test_a_required_choice_never_ends_up_empty(portaal: Portaal, datamanager: Bezoeker) -> None:
    activiteit = portaal.wereld.id(Activiteit, "eigen")
    with portaal.als() as session:
        links = session.get_one(Activiteit, activiteit).doelgroep_koppelingen
        groups = [str(link.doelgroep_id) for link in links]
    asked = {"hoe_doelgroepen": "eraf", "doelgroepen": groups}
    seen = see(datamanager, portaal, Activiteit, [activiteit], **asked)
    assert "er blijft niets over, en dit is verplicht" in seen.text
    assert "Doorvoeren" not in seen.text


def test_choices_of_several_come_and_go(portaal: Portaal, datamanager: Bezoeker) -> None:
    with portaal.als() as session:
        new = f.maak_doelgroep(session).id
        session.commit()
    links = (
        select(ActiviteitDoelgroep.doelgroep_id)
        .join(ActiviteitDoelgroep.activiteit)
        .join(Activiteit.verantwoording)
    )
    closed = links.where(Verantwoording.status != "open")
    with portaal.als() as session:
        old = set(session.scalars(closed))
    ids = list(values(portaal, Activiteit, "id"))
    before = everything(portaal)
    asked = {"hoe_doelgroepen": "zet", "doelgroepen": [str(new)]}
    seen = see(datamanager, portaal, Activiteit, ids, **asked)
    done = do(datamanager, portaal, Activiteit, seen)
    assert done.status_code == 302
    with portaal.als() as session:
        assert set(session.scalars(links.where(Verantwoording.status == "open"))) == {new}
        assert set(session.scalars(closed)) == old
    undo(datamanager, done.location)
    assert everything(portaal) == before


def test_all_that_is_found_is_what_the_list_found(portaal: Portaal, datamanager: Bezoeker) -> None:
    partij = portaal.wereld.id(Contractpartij, "eigen")
    with portaal.als() as session:
        party = session.get_one(Contractpartij, partij)
        for n in range(25):
            f.maak_samenwerkingspartner(session, party, naam=f"Zangclub {n}", plaats="Arhnem")
        session.commit()
    page = Page(datamanager.get(f"{PARTNERS}?search=zangclub").text)
    assert "Alle 25 gevonden samenwerkingspartners" in page.text
    form = next(form for form in page.all("form") if form.get("id") == "bulk")
    query = next(i.get("value") for i in form.all("input") if i.get("name") == "zoekopdracht")
    chosen = {"alles": "1", "zoekopdracht": query, "rowid": []}
    asked = {"hoe_plaats": "zet", "plaats": "Arnhem", "stap": "voorbeeld"}
    seen = datamanager.post(path_of(portaal, Samenwerkingspartner), chosen | asked)
    assert "25 van de 25 gekozen samenwerkingspartners" in seen.text
    assert do(datamanager, portaal, Samenwerkingspartner, seen).status_code == 302
    with portaal.als() as session:
        clubs = Samenwerkingspartner.naam.startswith("Zangclub")
        places = select(Samenwerkingspartner.plaats).where(clubs)
        assert list(session.scalars(places)) == ["Arnhem"] * 25


def test_what_changed_meanwhile_is_seen_again(portaal: Portaal, datamanager: Bezoeker) -> None:
    """What is done is what was seen, or nothing."""
    [one, two] = lasten(portaal, "eigen")
    asked = {"hoe_leverancier": "zet", "leverancier": "Drukkerij"}
    seen = see(datamanager, portaal, Last, [one, two], **asked)
    cell = {"list_form_pk": str(one), "leverancier": "Drukkerij"}
    assert (
        portaal.bezoeker("beheerder").post("/beheer/lasten/ajax/update/", cell).status_code == 200
    )
    portaal.changed()
    again = do(datamanager, portaal, Last, seen)
    assert again.status_code == 409
    assert "Intussen is er iets gewijzigd" in again.text
    assert "1 van de 2 gekozen lasten wordt gewijzigd." in again.text
    assert not portaal.changed()
    assert do(datamanager, portaal, Last, again).status_code == 302
    assert {values(portaal, Last, "leverancier")[id_] for id_ in (one, two)} == {"Drukkerij"}


def test_pressing_twice_is_one_batch(portaal: Portaal, datamanager: Bezoeker) -> None:
    ids = lasten(portaal, "eigen")
    seen = see(datamanager, portaal, Last, ids, hoe_bedrag="procent", procent_bedrag="-50")
    before = values(portaal, Last, "bedrag")
    for _ in range(2):
        assert do(datamanager, portaal, Last, seen).status_code == 302
    after = values(portaal, Last, "bedrag")
    assert all(after[id_] == round(before[id_] / 2) for id_ in ids)


def test_what_was_filled_in_stays_when_one_steps_back(
    portaal: Portaal, datamanager: Bezoeker
) -> None:
    ids = lasten(portaal, "eigen")
    seen = see(datamanager, portaal, Last, ids, hoe_leverancier="zet", leverancier="Drukkerij")
    body = Page(seen.text).form() | {"stap": ["terug"]}
    back = Page(datamanager.post(path_of(portaal, Last), body).text)
    form = back.form()
    assert form["hoe_leverancier"] == ["zet"]
    assert form["leverancier"] == ["Drukkerij"]
    assert form["rijen"] == [
        ",".join(map(str, ids)) if ids[1] - ids[0] > 1 else f"{ids[0]}-{ids[1]}"
    ]


def test_a_later_edit_stays_and_is_told(portaal: Portaal, datamanager: Bezoeker) -> None:
    [one, two] = lasten(portaal, "eigen")
    asked = {"hoe_leverancier": "zet", "leverancier": "Drukkerij", "hoe_bedrag": "leeg"}
    before = {name: values(portaal, Last, name) for name in ("leverancier", "bedrag")}
    done = do(datamanager, portaal, Last, see(datamanager, portaal, Last, [one, two], **asked))
    assert done.status_code == 302
    cell = {"list_form_pk": str(one), "bedrag": "1,00"}
    portaal.bezoeker("projectleider").post("/beheer/lasten/ajax/update/", cell)
    undo(datamanager, done.location)
    assert values(portaal, Last, "bedrag") == before["bedrag"] | {one: 100}
    assert values(portaal, Last, "leverancier") == before["leverancier"]
    page = datamanager.get("/beheer/lasten/").text
    assert "Niet alles ging terug" in page
    assert "Later nog gewijzigd, en dat blijft staan: Bedrag." in page


def test_a_year_that_closed_since_stays_closed(portaal: Portaal, datamanager: Bezoeker) -> None:
    ids = lasten(portaal, "eigen")
    seen = see(datamanager, portaal, Last, ids, hoe_leverancier="zet", leverancier="Drukkerij")
    done = do(datamanager, portaal, Last, seen)
    with portaal.als() as session:
        session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen")).sluit(None)
        session.commit()
    undo(datamanager, done.location)
    assert {values(portaal, Last, "leverancier")[id_] for id_ in ids} == {"Drukkerij"}
    assert "Er is niets teruggezet." in datamanager.get("/beheer/lasten/").text


def test_a_routebegeleider_changes_but_the_table_gives_no_undo(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    ids = lasten(portaal, "eigen")
    seen = see(visitor, portaal, Last, ids, hoe_leverancier="zet", leverancier="Drukkerij")
    done = do(visitor, portaal, Last, seen)
    assert done.status_code == 302
    number = newest(portaal).id
    for who, code in (("routebegeleider", 403), ("datamanager", 403), ("beheerder", 302)):
        answer = portaal.bezoeker(who).post(f"/bewerkingen/{number}/ongedaan-maken")
        assert answer.status_code == code, who


def test_of_all_beheerders_at_once_one_stays(portaal: Portaal) -> None:
    """Each has others beside them, until one looks at what goes together."""
    with portaal.als() as session:
        for _ in range(3):
            f.maak_gebruiker(session, cultuur_oost_rol=CultuurOostRol.BEHEERDER)
        session.commit()
        chosen = Gebruiker.cultuur_oost_rol == CultuurOostRol.BEHEERDER, Gebruiker.actief
        ids = list(session.scalars(select(Gebruiker.id).where(*chosen)))
    visitor = portaal.bezoeker("beheerder")
    seen = see(visitor, portaal, Gebruiker, ids, hoe_actief="zet", actief="nee")
    assert "Dit is de laatste beheerder." in seen.text
    assert do(visitor, portaal, Gebruiker, seen).status_code == 302
    with portaal.als() as session:
        assert len(session.scalars(select(Gebruiker.id).where(*chosen)).all()) == 1


@pytest.mark.parametrize("rows", ["abc", "-1", "1-", "5-2-9", "9" * 20, "1;2"])
def test_absurd_rows_are_no_page(portaal: Portaal, datamanager: Bezoeker, rows: str) -> None:
    assert datamanager.post(path_of(portaal, Last), {"rijen": rows}).status_code == 404


def test_too_many_rows_say_so(portaal: Portaal, datamanager: Bezoeker) -> None:
    answer = datamanager.post(path_of(portaal, Last), {"rijen": "1-2000000000"})
    assert answer.status_code == 302
    assert "Kies hoogstens 50.000 rijen" in datamanager.get("/beheer/lasten/").text


def test_schools_move_to_another_board(portaal: Portaal, datamanager: Bezoeker) -> None:
    with portaal.als() as session:
        old, new = f.maak_schoolbestuur(session), f.maak_schoolbestuur(session)
        gemeente = f.maak_gemeente(session)
        ids = [f.maak_school(session, gemeente, old).id for _ in range(60)]
        session.commit()
        new_id = new.id
    before = everything(portaal)
    asked = {"hoe_schoolbestuur_id": "zet", "schoolbestuur_id": str(new_id)}
    done = do(datamanager, portaal, School, see(datamanager, portaal, School, ids, **asked))
    assert done.status_code == 302
    with portaal.als() as session:
        moved = select(func.count(School.id)).where(School.schoolbestuur_id == new_id)
        assert session.scalar(moved) == 60
    undo(datamanager, done.location)
    assert everything(portaal) == before
