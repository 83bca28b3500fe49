"""Batches: what they changed, and taking that back, as a whole, row by row, and again."""

from typing import Any

import pytest
from sqlalchemy import select

from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import STEMPELS
from models.contractpartij import Contractpartij
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.samenwerkingspartner import Samenwerkingspartner
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal
from tests.test_actions import own
from tests.test_bulk import do, lasten, newest, see, undo, values

PARTS = (Activiteit, ActiviteitSchool, Last, ActiviteitDoelgroep, ActiviteitPartner)


def stored(portaal: Portaal) -> dict[str, dict[int, list[Any]]]:
    """Activities and their parts, by id; without stamps, and without files, that stay lost."""
    found = {}
    with portaal.als() as session:
        for entity in PARTS:
            names = [
                column.name
                for column in entity.__table__.columns
                if column.name not in STEMPELS and not column.name.startswith("bestand_")
            ]
            found[entity.__name__] = {
                row.id: [getattr(row, name) for name in names]
                for row in session.scalars(select(entity))
            }
    return found


@pytest.fixture
def visitor(portaal: Portaal) -> Bezoeker:
    return portaal.bezoeker("projectleider")


@pytest.fixture
def changed(portaal: Portaal, visitor: Bezoeker) -> int:
    """A batch of two lasten with another leverancier and half their bedrag."""
    asked = {"hoe_leverancier": "zet", "leverancier": "Drukkerij",
             "hoe_bedrag": "procent", "procent_bedrag": "-50"}  # fmt: skip
    seen = see(visitor, portaal, Last, lasten(portaal, "eigen"), **asked)
    done = do(visitor, portaal, Last, seen)
    visitor.get(done.location)  # reads what is said of it, with a button of its own
    return newest(portaal).id


def buttons(page: Page, word: str) -> list[Any]:
    return [button for button in page.all("button") if button.words == word]


def change_of(portaal: Portaal, step: int, last: int) -> int:
    """The change that a batch made to this last."""
    with portaal.als() as session:
        mine = Wijziging.bewerking_id == step, Wijziging.rij_id == last
        return session.scalars(select(Wijziging.id).where(*mine)).one()


def test_a_batch_shows_who_when_how_many_and_each_cell(
    portaal: Portaal, visitor: Bezoeker, changed: int
) -> None:
    page = Page(visitor.get(f"/bewerkingen/{changed}").text)
    assert page.heading.startswith("2 lasten gewijzigd: ")
    assert "Mens projectleider" in page.text
    rows = [row.words for row in page.all("tr")[1:]]
    assert len(rows) == 2
    assert all("Leverancier:" in row and "Drukkerij" in row and "Bedrag:" in row for row in rows)
    assert len(buttons(page, "Terugzetten")) == 2
    assert len(buttons(page, "Ongedaan maken")) == 1
    listed = Page(visitor.get("/beheer/bewerkingen/").text)
    assert f"/bewerkingen/{changed}" in {a.get("href") for a in listed.all("a")}
    with portaal.als() as session:
        assert session.get_one(Bewerking, changed).aantal == 2


def test_who_may_not_undo_has_no_button(portaal: Portaal, changed: int) -> None:
    for who in ("routebegeleider", "adviseur", "datamanager"):
        page = Page(portaal.bezoeker(who).get(f"/bewerkingen/{changed}").text)
        assert not buttons(page, "Terugzetten"), who
        assert not buttons(page, "Ongedaan maken"), who
    beheerder = Page(portaal.bezoeker("beheerder").get(f"/bewerkingen/{changed}").text)
    assert len(buttons(beheerder, "Terugzetten")) == 2


def test_one_row_goes_back_alone(portaal: Portaal, visitor: Bezoeker, changed: int) -> None:
    [one, two] = lasten(portaal, "eigen")
    first = change_of(portaal, changed, one)
    path = f"/bewerkingen/{changed}/terugzetten"
    assert visitor.post(path, {"wijziging": [str(first)]}).status_code == 302
    names = values(portaal, Last, "leverancier")
    assert names[one] != "Drukkerij"
    assert names[two] == "Drukkerij"
    page = Page(visitor.get(f"/bewerkingen/{changed}").text)
    assert [chip.words for chip in page.with_class("chip-goed")] == ["Teruggezet"]
    assert len(buttons(page, "Terugzetten")) == 1
    # The rest can still go back as a whole; what went back already stays as it is.
    assert visitor.post(f"/bewerkingen/{changed}/ongedaan-maken").status_code == 302
    assert values(portaal, Last, "leverancier")[two] != "Drukkerij"


def test_what_was_put_back_before_counts_as_back(
    portaal: Portaal, visitor: Bezoeker, changed: int
) -> None:
    """By its own button or by hand: a row that is as it was, is no row that stayed behind."""
    before = values(portaal, Last, "leverancier")
    [one, two] = lasten(portaal, "eigen")
    first = {"wijziging": [str(change_of(portaal, changed, one))]}
    path = f"/bewerkingen/{changed}/terugzetten"
    visitor.post(path, first)
    title = newest(portaal).omschrijving
    assert title.startswith("Ongedaan gemaakt: “")
    assert "”, uit: 2 lasten gewijzigd: " in title
    visitor.get("/")
    visitor.post(path, first)
    assert "Er is niets teruggezet. Alles stond al terug." in visitor.get("/").text
    visitor.post(f"/bewerkingen/{changed}/ongedaan-maken")
    told = visitor.get("/").text
    assert "Ongedaan gemaakt: 1 rij staat weer zoals eerst. 1 stond al terug." in told
    assert "Niet alles ging terug" not in told
    assert values(portaal, Last, "leverancier") != before
    assert values(portaal, Last, "leverancier")[two] != "Drukkerij"


@pytest.mark.parametrize("went_on", [False, True])
def test_a_deleted_row_that_is_back_counts_as_back(
    portaal: Portaal, visitor: Bezoeker, went_on: bool
) -> None:
    before = stored(portaal)
    ids = own(portaal)
    question = Page(visitor.get(f"/beheer/activiteiten/delete/?id={ids[0]}&id={ids[1]}").text)
    visitor.post("/beheer/activiteiten/delete/", question.form())
    step = newest(portaal).id
    with portaal.als() as session:
        mine = Wijziging.bewerking_id == step, Wijziging.rij_id == ids[0]
        activity = Wijziging.entiteit == "Activiteit"
        change = session.scalars(select(Wijziging.id).where(*mine, activity)).one()
    visitor.post(f"/bewerkingen/{step}/terugzetten", {"wijziging": [str(change)]})
    if went_on:
        with portaal.als() as session:
            session.get_one(Activiteit, ids[0]).naam = "Intussen anders"
            session.commit()
    visitor.get("/")
    visitor.post(f"/bewerkingen/{step}/ongedaan-maken")
    told = visitor.get("/").text
    assert ("Dit staat er al weer." in told) == went_on
    assert (stored(portaal) == before) != went_on


def test_done_again_says_so(portaal: Portaal, visitor: Bezoeker, changed: int) -> None:
    visitor.post(f"/bewerkingen/{changed}/ongedaan-maken")
    undone = newest(portaal).id
    visitor.get("/")
    visitor.post(f"/bewerkingen/{undone}/ongedaan-maken")
    told = visitor.get("/").text
    assert "Opnieuw uitgevoerd bij 2 rijen." in told
    assert "weer zoals eerst" not in told
    visitor.post(f"/bewerkingen/{undone}/ongedaan-maken")
    assert "Deze bewerking is al opnieuw uitgevoerd." in visitor.get("/").text
    page = Page(visitor.get(f"/bewerkingen/{undone}").text)
    assert "Opnieuw uitgevoerd door" in page.text
    assert "Ongedaan gemaakt door" not in page.text


def test_the_row_of_another_batch_is_not_taken_along(
    portaal: Portaal, visitor: Bezoeker, changed: int
) -> None:
    portaal.changed()
    for wrong in ("1", "999999"):
        visitor.post(f"/bewerkingen/{changed}/terugzetten", {"wijziging": [wrong]})
        assert not portaal.changed()
    for absurd in ("abc", "-1", "9" * 30):
        answer = visitor.post(f"/bewerkingen/{changed}/terugzetten", {"wijziging": [absurd]})
        assert answer.status_code == 404


def test_done_undone_and_done_again(portaal: Portaal, visitor: Bezoeker, changed: int) -> None:
    """Each step is a batch of its own, and the last one is the one to take back."""
    after = stored(portaal)
    assert visitor.post(f"/bewerkingen/{changed}/ongedaan-maken").status_code == 302
    before = stored(portaal)
    undone = newest(portaal)
    assert undone.soort is BewerkingSoort.ONGEDAAN
    page = Page(visitor.get(f"/bewerkingen/{undone.id}").text)
    assert len(buttons(page, "Opnieuw uitvoeren")) == 1
    for wanted, soort, said in (
        (after, BewerkingSoort.OPNIEUW, "Opnieuw uitgevoerd: 2 lasten"),
        (before, BewerkingSoort.ONGEDAAN, "Ongedaan gemaakt: 2 lasten"),
        (after, BewerkingSoort.OPNIEUW, "Opnieuw uitgevoerd: 2 lasten"),
    ):
        last = newest(portaal).id
        assert visitor.post(f"/bewerkingen/{last}/ongedaan-maken").status_code == 302
        assert stored(portaal) == wanted
        assert newest(portaal).soort is soort
        assert newest(portaal).omschrijving.startswith(said)
        # A second press finds it done, and does nothing.
        assert visitor.post(f"/bewerkingen/{last}/ongedaan-maken").status_code == 302
        assert stored(portaal) == wanted


def test_a_batch_and_what_took_it_back_lead_to_each_other(
    portaal: Portaal, visitor: Bezoeker, changed: int
) -> None:
    steps = [changed]
    for _ in range(2):
        visitor.post(f"/bewerkingen/{steps[-1]}/ongedaan-maken")
        steps.append(newest(portaal).id)
    linked = []
    for step in steps:
        page = Page(visitor.get(f"/bewerkingen/{step}").text)
        hrefs = {link.get("href") for link in page.all("main")[0].all("a")}
        linked.append({one for one in steps if f"/bewerkingen/{one}" in hrefs})
    first, undone, again = steps
    assert linked == [{undone}, {first, again}, {undone}]
    # What was done again is not shown as put back.
    page = Page(visitor.get(f"/bewerkingen/{first}").text)
    assert {chip.words for chip in page.with_class("chip-goed")} == {"Opnieuw uitgevoerd"}
    # A batch that was undone says where it is done again.
    visitor.post(f"/bewerkingen/{again}/ongedaan-maken")
    page = Page(visitor.get(f"/bewerkingen/{again}").text)
    assert "Daar staat Opnieuw uitvoeren." in page.all("main")[0].words


def test_deleted_rows_come_back_under_their_own_numbers(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    before = stored(portaal)
    ids = own(portaal)
    question = Page(visitor.get(f"/beheer/activiteiten/delete/?id={ids[0]}&id={ids[1]}").text)
    done = visitor.post("/beheer/activiteiten/delete/", question.form())
    assert done.status_code == 302
    gone = stored(portaal)
    assert not set(ids) & set(gone["Activiteit"])
    assert undo(visitor, done.location).status_code == 302
    assert stored(portaal) == before
    assert "Teruggezet zonder de bijlage" in visitor.get("/beheer/activiteiten/").text
    redo = newest(portaal).id
    assert visitor.post(f"/bewerkingen/{redo}/ongedaan-maken").status_code == 302
    assert stored(portaal) == gone


def test_what_was_added_under_it_since_is_never_taken_along(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    """Deleted, brought back, and then somebody adds a last: redoing the deletion keeps it."""
    ids = own(portaal)[:1]
    question = Page(visitor.get(f"/beheer/activiteiten/delete/?id={ids[0]}").text)
    done = visitor.post("/beheer/activiteiten/delete/", question.form())
    undo(visitor, done.location)
    with portaal.als() as session:
        added = f.maak_last(session, session.get_one(Activiteit, ids[0]), toelichting="later").id
        session.commit()
    redo = newest(portaal).id
    visitor.post(f"/bewerkingen/{redo}/ongedaan-maken")
    with portaal.als() as session:
        assert session.get(Last, added) is not None
        assert session.get(Activiteit, ids[0]) is not None


def test_a_name_that_was_taken_since_stays_away(portaal: Portaal, visitor: Bezoeker) -> None:
    free = portaal.wereld.id(Samenwerkingspartner, "eigen", "vrij")
    base = "/stamdata/samenwerkingspartners/"
    with portaal.als() as session:
        row = session.get_one(Samenwerkingspartner, free)
        naam, partij = row.naam, row.contractpartij
    done = visitor.post(f"{base}delete/", Page(visitor.get(f"{base}delete/?id={free}").text).form())
    with portaal.als() as session:
        party = session.get_one(type(partij), partij.id)
        f.maak_samenwerkingspartner(session, party, naam=naam)
        session.commit()
    undo(visitor, done.location)
    assert "Er is niets teruggezet." in visitor.get(base).text
    with portaal.als() as session:
        assert session.get(Samenwerkingspartner, free) is None


def test_what_took_the_place_stays_when_the_old_cannot_come_back(portaal: Portaal) -> None:
    """Another partner was set, and the first was deleted: undone, none would be left."""
    manager = portaal.bezoeker("datamanager")
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        partij = session.get_one(Contractpartij, activiteit.contractpartij_id)
        oud, nieuw = (
            f.maak_samenwerkingspartner(session, partij, naam=naam) for naam in ("Oud", "Nieuw")
        )
        for koppeling in list(activiteit.partner_koppelingen):
            session.delete(koppeling)
        session.flush()
        f.maak_activiteit_partner(session, activiteit, oud)
        session.commit()
        number, was, now = activiteit.id, oud.id, nieuw.id
    asked = {"hoe_samenwerkingspartners": "zet", "samenwerkingspartners": [str(now)]}
    done = do(manager, portaal, Activiteit, see(manager, portaal, Activiteit, [number], **asked))
    assert done.status_code == 302
    with portaal.als() as session:
        session.delete(session.get_one(Samenwerkingspartner, was))
        session.commit()
    undo(manager, done.location)
    with portaal.als() as session:
        links = session.get_one(Activiteit, number).partner_koppelingen
        assert [link.samenwerkingspartner_id for link in links] == [now]


def test_absurd_addresses_of_a_batch(portaal: Portaal, visitor: Bezoeker, changed: int) -> None:
    assert visitor.get("/bewerkingen/99999999999999999999").status_code == 404
    assert visitor.get("/bewerkingen/999999").status_code == 404
    for page in ("abc", "-1", "9" * 30, "%00"):
        assert visitor.get(f"/bewerkingen/{changed}?vanaf={page}").status_code == 200
