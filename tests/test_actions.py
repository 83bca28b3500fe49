"""Dupliceren, its undoing, and Verwijderen: asked first, then all or nothing, in one step."""

from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, ActiviteitPartner, Last
from models.base import Entiteit
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.portal_forms import edit_body, error_at
from tests.support.portal import Bezoeker, Portaal
from tests.test_rights_matrix import address_of

BASE = "/beheer/activiteiten/"


def ask(
    visitor: Bezoeker, portaal: Portaal, entity: type[Entiteit], name: str, ids: list[int]
) -> TestResponse:
    """Press the button of an action, in the list or on the row."""
    path = address_of(portaal.app, f"{entity.__name__.lower()}.action_view")
    return visitor.post(path, {"action": name, "rowid": [str(id_) for id_ in ids]})


def do(
    visitor: Bezoeker, portaal: Portaal, entity: type[Entiteit], name: str, ids: list[int],
    **changes: Any,
) -> TestResponse:  # fmt: skip
    """Press it, and confirm what is asked."""
    question = ask(visitor, portaal, entity, name, ids)
    assert question.status_code == 200, question.text
    path = address_of(portaal.app, f"{entity.__name__.lower()}.action_view")
    body = Page(question.text).form()
    if changes and "gezien" in body:
        # Something else is chosen than what was shown: see that first.
        seen = visitor.post(path, body | changes | {"stap": "voorbeeld"})
        if seen.status_code != 200:
            return seen
        body = Page(seen.text).form()
    return visitor.post(path, body | changes)


def own(portaal: Portaal, stand: str = "open") -> list[int]:
    """The two activities of "eigen" in that year."""
    with portaal.als() as session:
        jaar = portaal.wereld.id(Verantwoording, "eigen", stand)
        chosen = select(Activiteit.id).where(Activiteit.verantwoording_id == jaar)
        return list(session.scalars(chosen.order_by(Activiteit.id)))


def newest(session: GateSession, entity: type[Any], number: int = 1) -> list[Any]:
    return list(session.scalars(select(entity).order_by(entity.id.desc()).limit(number)))


def shape(activiteit: Activiteit) -> dict[str, Any]:
    """What a copy takes along."""
    return {
        "doel": activiteit.doel_id,
        "omschrijving": activiteit.omschrijving,
        "aantal": activiteit.aantal_activiteiten,
        "duur": (activiteit.duur, activiteit.duur_eenheid),
        "scholen": [(s.school_id, s.aantal_leerkrachten) for s in activiteit.scholen],
        "lasten": [
            (x.toelichting, x.bedrag, x.kostensoort_id, x.leverancier) for x in activiteit.lasten
        ],
        "doelgroepen": [k.doelgroep_id for k in activiteit.doelgroep_koppelingen],
        "partners": [k.samenwerkingspartner_id for k in activiteit.partner_koppelingen],
    }


# --- Dupliceren -----------------------------------------------------------------------


def test_a_copy_has_everything_but_the_proof_of_payment(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    id_ = own(portaal)[1]
    question = Page(ask(visitor, portaal, Activiteit, "dupliceren", [id_]).text)
    assert question.heading == "Dupliceren"
    assert "Betaaldatum, boekstuknummer en bijlage gaan niet mee" in question.text
    assert not portaal.changed()

    answer = do(visitor, portaal, Activiteit, "dupliceren", [id_])

    assert answer.status_code == 302, answer.text
    with portaal.als() as session:
        source, [copy] = session.get_one(Activiteit, id_), newest(session, Activiteit)
        assert copy.id != id_
        assert copy.naam == f"{source.naam} (kopie)"
        assert copy.verantwoording_id == source.verantwoording_id
        assert shape(copy) == shape(source)
        assert shape(copy)["partners"]
        [last] = copy.lasten
        assert (last.betaald_op, last.boekstuknummer, last.bestand_sleutel) == (None, None, None)
        assert source.lasten[0].betaald_op
        assert copy.versie == 1
        assert copy.aangemaakt_door_id == portaal.wereld.mensen["routebegeleider"]


def test_many_copies_are_one_step(portaal: Portaal) -> None:
    ids = own(portaal)
    answer = do(portaal.bezoeker("projectleider"), portaal, Activiteit, "dupliceren", ids)
    assert answer.status_code == 302
    with portaal.als() as session:
        copies = newest(session, Activiteit, 2)
        [stap] = newest(session, Bewerking)
        assert stap.soort is BewerkingSoort.DUPLICEREN
        assert stap.omschrijving == "2 activiteiten gedupliceerd"
        assert stap.door_id == portaal.wereld.mensen["projectleider"]
        assert stap.contractpartij_id == portaal.wereld.id("Contractpartij", "eigen")
        made = session.scalars(select(Wijziging).where(Wijziging.bewerking_id == stap.id))
        found = [(row.entiteit, row.rij_id) for row in made]
        parts = [part for c in copies for name in c.delen for part in getattr(c, name)]
        assert sorted(found) == sorted((type(r).__name__, r.id) for r in (*copies, *parts))


def test_a_copy_in_another_year_moves_along(portaal: Portaal) -> None:
    next_year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    visitor = portaal.bezoeker("projectleider")
    answer = do(visitor, portaal, Activiteit, "dupliceren", own(portaal)[:1],
                verantwoording_id=str(next_year))  # fmt: skip
    assert answer.location == f"/verantwoordingen/{next_year}/activiteiten"
    with portaal.als() as session:
        [copy], source = newest(session, Activiteit), session.get_one(Activiteit, own(portaal)[0])
        assert copy.verantwoording_id == next_year
        assert copy.naam == source.naam
        assert (copy.startdatum, copy.einddatum) == (
            source.startdatum.replace(year=2027),
            source.einddatum.replace(year=2027),
        )


@pytest.mark.parametrize("stand", ["gesloten", "vastgesteld"])
def test_a_closed_year_can_be_copied_from_not_to(portaal: Portaal, stand: str) -> None:
    visitor = portaal.bezoeker("projectleider")
    source = own(portaal, stand)[:1]
    for closed in ("gesloten", "vastgesteld"):
        number = str(portaal.wereld.id(Verantwoording, "eigen", closed))
        answer = do(visitor, portaal, Activiteit, "dupliceren", source, verantwoording_id=number)
        assert answer.status_code == 422
        message = error_at(Page(answer.text), "verantwoording_id")
        assert message.startswith("Deze keuze bestaat niet")
    assert not portaal.changed()
    do(visitor, portaal, Activiteit, "dupliceren", source, verantwoording_id="")
    with portaal.als() as session:
        # Beside the original is closed: the latest year that is open.
        latest = portaal.wereld.id(Verantwoording, "eigen", "leeg")
        assert newest(session, Activiteit)[0].verantwoording_id == latest
    open_ = portaal.wereld.id(Verantwoording, "eigen")
    answer = do(visitor, portaal, Activiteit, "dupliceren", source, verantwoording_id=str(open_))
    assert answer.status_code == 302
    with portaal.als() as session:
        assert newest(session, Activiteit)[0].verantwoording_id == open_


def test_a_copy_goes_to_nobody_else(portaal: Portaal) -> None:
    """Not to a stranger's year, and "dubbel" not from one contractpartij into the other."""
    for who, van in (("projectleider", "vreemd"), ("dubbel", "tweede"), ("beheerder", "vreemd")):
        number = str(portaal.wereld.id(Verantwoording, van))
        answer = do(portaal.bezoeker(who), portaal, Activiteit, "dupliceren", own(portaal)[:1],
                    verantwoording_id=number)  # fmt: skip
        assert answer.status_code == 422, who
        assert not portaal.changed()


@pytest.mark.parametrize("name", ["dupliceren", "verwijderen"])
def test_a_strangers_number_among_ones_own_changes_nothing(portaal: Portaal, name: str) -> None:
    visitor = portaal.bezoeker("projectleider")
    ids = [*own(portaal), portaal.wereld.id(Activiteit, "vreemd")]
    assert ask(visitor, portaal, Activiteit, name, ids).status_code == 404
    body = Page(ask(visitor, portaal, Activiteit, name, own(portaal)).text).form()
    path = f"{BASE}delete/" if name == "verwijderen" else f"{BASE}action/"
    for wrong in (str(ids[-1]), "999999", "abc", "-1", "9" * 20):
        mixed = body | {"rowid": [str(ids[0]), wrong]}
        assert visitor.post(path, mixed).status_code == 404, wrong
    assert not portaal.changed()


def test_nothing_chosen_says_so(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    answer = ask(visitor, portaal, Activiteit, "dupliceren", [])
    assert answer.location == BASE
    assert "Kies eerst een of meer rijen." in visitor.get(BASE).text
    assert ask(visitor, portaal, Activiteit, "onzin", own(portaal)).status_code == 404


def test_pressing_twice_copies_once(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    body = Page(ask(visitor, portaal, Activiteit, "dupliceren", own(portaal)).text).form()
    answers = [visitor.post(f"{BASE}action/", body) for _ in range(2)]
    assert answers[0].location == answers[1].location
    with portaal.als() as session:
        copies = Activiteit.naam.endswith("(kopie)")
        assert session.scalar(select(func.count(Activiteit.id)).where(copies)) == 2


# --- undoing --------------------------------------------------------------------------


def copied(portaal: Portaal, who: str) -> tuple[Bezoeker, str]:
    """Two copies by this visitor, and where the button on the next page leads."""
    visitor = portaal.bezoeker(who)
    answer = do(visitor, portaal, Activiteit, "dupliceren", own(portaal))
    page = Page(visitor.get(answer.location).text)
    [button] = [b for b in page.all("button") if b.words == "Ongedaan maken"]
    form = button.above("form")
    assert form is not None
    return visitor, form.get("action")


def counts(portaal: Portaal) -> dict[str, int]:
    """How many there are of an activity and its parts."""
    names = ("Activiteit", "ActiviteitSchool", "Last", "ActiviteitDoelgroep", "ActiviteitPartner")
    with portaal.als() as session:
        entities = [e for e in Entiteit.__subclasses__() if e.__name__ in names]
        return {e.__name__: session.scalar(select(func.count(e.id))) or 0 for e in entities}


@pytest.mark.beide
@pytest.mark.parametrize("who", ["routebegeleider", "projectleider", "datamanager", "beheerder"])
def test_the_button_takes_the_copies_back(portaal: Portaal, who: str) -> None:
    """Also for a routebegeleider, who may not delete."""
    before = counts(portaal)
    visitor, undo = copied(portaal, who)
    assert counts(portaal) != before
    assert visitor.post(undo).status_code == 302
    assert counts(portaal) == before
    with portaal.als() as session:
        [stap] = session.scalars(select(Bewerking).where(Bewerking.ongedaan_op.is_not(None)))
        assert stap.ongedaan_door_id == portaal.wereld.mensen[who]
        [back] = newest(session, Bewerking)
        assert back.soort is BewerkingSoort.ONGEDAAN
        gone = select(Wijziging).where(Wijziging.bewerking_id == back.id)
        rows = list(session.scalars(gone))
        assert {row.soort for row in rows} == {WijzigingSoort.VERWIJDERD}
        assert len(rows) == 12
    assert visitor.post(undo).status_code == 302
    assert "Deze bewerking is al ongedaan gemaakt." in visitor.get("/").text
    assert counts(portaal) == before


def test_a_copy_that_was_changed_stays(portaal: Portaal) -> None:
    visitor, undo = copied(portaal, "projectleider")
    with portaal.als() as session:
        last = newest(session, Last)[0].id
    cell = {"list_form_pk": str(last), "bedrag": "1,00"}
    assert visitor.post("/beheer/lasten/ajax/update/", cell).status_code == 200
    before = counts(portaal)
    assert visitor.post(undo).status_code == 302
    assert counts(portaal) == before
    assert "er is niets teruggedraaid" in visitor.get(BASE).text


def test_a_copy_with_a_part_more_stays(portaal: Portaal) -> None:
    visitor, undo = copied(portaal, "projectleider")
    with portaal.als() as session:
        f.maak_last(session, newest(session, Activiteit)[0])
        session.commit()
    before = counts(portaal)
    visitor.post(undo)
    assert counts(portaal) == before


def test_another_persons_copies_are_theirs(portaal: Portaal) -> None:
    _, undo = copied(portaal, "projectleider")
    before = counts(portaal)
    for who, code in (("routebegeleider", 403), ("datamanager", 403), ("adviseur", 403)):
        assert portaal.bezoeker(who).post(undo).status_code == code, who
    assert counts(portaal) == before
    assert portaal.bezoeker("beheerder").post(undo).status_code == 302
    assert counts(portaal) != before


def test_a_closed_year_keeps_its_copies(portaal: Portaal) -> None:
    visitor, undo = copied(portaal, "projectleider")
    with portaal.als() as session:
        jaar = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        jaar.sluit(None)
        session.commit()
    before = counts(portaal)
    assert visitor.post(undo).status_code in (403, 409)
    assert counts(portaal) == before


# --- Verwijderen ----------------------------------------------------------------------


@pytest.mark.parametrize("way", ["rij", "lijst"])
def test_deleting_says_what_goes_along(portaal: Portaal, way: str) -> None:
    visitor, ids = portaal.bezoeker("projectleider"), own(portaal)
    if way == "rij":
        question = visitor.get(f"{BASE}delete/?id={ids[0]}&id={ids[1]}")
    else:
        question = ask(visitor, portaal, Activiteit, "verwijderen", ids)
    page = Page(question.text)
    assert not portaal.changed()
    assert "2 activiteiten" in page.text
    hanging = {item.words for item in page.with_class("hangs")[0].all("li")}
    assert any("2" in words and "lasten" in words for words in hanging), hanging
    [effects] = [item for item in page.with_class("hangs")[1].all("li") if item.all("a")]
    assert "Complete activiteiten: was 2" in effects.words
    assert "0 (nog 2 nodig om te sluiten)" in effects.words
    before = counts(portaal)
    assert visitor.post(f"{BASE}delete/", page.form()).status_code == 302
    after = counts(portaal)
    each = {name: 2 if name == "ActiviteitDoelgroep" else 1 for name in before}
    assert all(after[name] == before[name] - 2 * each[name] for name in before)
    with portaal.als() as session:
        [stap] = newest(session, Bewerking)
        assert stap.soort is BewerkingSoort.VERWIJDEREN
        gone = select(func.count(Wijziging.id)).where(Wijziging.bewerking_id == stap.id)
        assert session.scalar(gone) == 12


def test_what_is_in_use_stays(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    used = portaal.wereld.id(Samenwerkingspartner, "eigen")
    free = portaal.wereld.id(Samenwerkingspartner, "eigen", "vrij")
    base = "/stamdata/samenwerkingspartners/"
    page = Page(visitor.get(f"{base}delete/?id={used}").text)
    assert "kan niet worden verwijderd" in page.text
    assert "partners bij activiteiten" in page.text
    with portaal.als() as session:
        uses = select(ActiviteitPartner).where(ActiviteitPartner.samenwerkingspartner_id == used)
        names = [link.activiteit.naam for link in session.scalars(uses)]
    assert names
    assert any(name in page.with_class("hangs")[0].words for name in names)
    assert "Verwijderen" not in {button.words for button in page.all("button")}
    for ids in ([used], [free, used]):
        body = page.form() | {"rowid": [str(id_) for id_ in ids]}
        answer = visitor.post(f"{base}delete/", body)
        assert answer.status_code == 422
        assert "wordt nog ergens gebruikt" in answer.text
    assert not portaal.changed()


def test_what_can_not_go_is_named_and_then_nothing_goes(portaal: Portaal) -> None:
    """One of the chosen rows is of a closed year."""
    visitor = portaal.bezoeker("projectleider")
    closed = portaal.wereld.id(Activiteit, "eigen", "gesloten")
    ids = [own(portaal)[0], closed]
    question = ask(visitor, portaal, Activiteit, "verwijderen", ids)
    page = Page(question.text)
    assert question.status_code == 200
    assert "Dit kan niet mee" in page.text
    assert "1 van de 2 activiteiten kan niet worden verwijderd." in page.text
    assert "is gesloten" in page.with_class("hangs")[-1].words
    assert "Verwijderen" not in {button.words for button in page.all("button")}
    forced = page.form() | {"rowid": [str(id_) for id_ in ids]}
    assert visitor.post(f"{BASE}delete/", forced).status_code in (403, 409)
    ids.append(portaal.wereld.id(Activiteit, "eigen", "vastgesteld"))
    page = Page(ask(visitor, portaal, Activiteit, "verwijderen", ids).text)
    assert "2 van de 3 activiteiten kunnen niet worden verwijderd." in page.text
    assert not portaal.changed()


def test_who_may_not_delete_is_not_asked(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    assert ask(visitor, portaal, Activiteit, "verwijderen", own(portaal)).status_code == 403
    assert "Als routebegeleider kun je activiteiten niet verwijderen." in visitor.get(
        f"{BASE}delete/?id={own(portaal)[0]}"
    ).text  # fmt: skip


def test_a_row_that_is_gone_is_not_deleted_again(portaal: Portaal) -> None:
    visitor, id_ = portaal.bezoeker("projectleider"), own(portaal)[0]
    page = Page(visitor.get(f"{BASE}delete/?id={id_}").text).form()
    other = portaal.bezoeker("beheerder")
    body = Page(other.get(f"{BASE}delete/?id={id_}").text).form()
    assert other.post(f"{BASE}delete/", body).status_code == 302
    assert visitor.post(f"{BASE}delete/", page).status_code == 404
    changes = edit_body(portaal, Activiteit, own(portaal)[0])
    assert visitor.post(f"{BASE}edit/?id={id_}", changes).status_code == 404
