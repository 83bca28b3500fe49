"""Sluiten, heropenen, vaststellen and opening a year (Handleiding 2.4; spec rules 1 to 5)."""

import pytest
from sqlalchemy import func, select

from models.activiteit import Last
from models.base import nu
from models.dossier import vingerafdruk
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.project import Project
from models.techniek import Mail
from models.verantwoording import Momentopname, Status, Verantwoording
from tests import factories as f
from tests.pages import Page
from tests.portal_forms import edit_body, error_at
from tests.support.portal import Portaal
from tests.test_actions import ask, do, newest

REASON = "Er ontbrak een factuur van € 125."
YEAR = "/beheer/jaar-openen"


def jaar(portaal: Portaal, stand: str, van: str = "eigen") -> int:
    return portaal.wereld.id(Verantwoording, van, stand)


def status(portaal: Portaal, id_: int) -> Status:
    with portaal.als() as session:
        return session.get_one(Verantwoording, id_).status


# --- Sluiten --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["projectleider", "dubbel", "beheerder"])
def test_closing_stores_the_year_as_it_is(portaal: Portaal, who: str) -> None:
    id_ = jaar(portaal, "open")
    answer = do(portaal.bezoeker(who), portaal, Verantwoording, "sluiten", [id_])
    assert answer.status_code == 302, answer.text
    with portaal.als() as session:
        row = session.get_one(Verantwoording, id_)
        assert row.status is Status.GESLOTEN
        assert row.gesloten_door_id == portaal.wereld.mensen[who]
        assert row.gesloten_op is not None
        assert abs((nu() - row.gesloten_op).total_seconds()) < 600
        [picture] = newest(session, Momentopname)
        assert picture.verantwoording_id == id_
        assert picture.sha256 == vingerafdruk(picture.inhoud)
        assert len(picture.inhoud["activiteiten"]) == 2
        assert picture.inhoud["totalen"]["lasten"] == 2 * 12500
        [stap] = newest(session, Bewerking)
        assert stap.soort is BewerkingSoort.SLUITEN
        change = session.scalars(
            select(Wijziging).where(Wijziging.bewerking_id == stap.id, Wijziging.rij_id == id_)
        ).first()
        assert change is not None
        assert change.waarden["status"] == ["open", "gesloten"]


def incomplete(portaal: Portaal) -> int:
    """A year with one complete activity, and three that lack something each."""
    id_ = jaar(portaal, "leeg")
    with portaal.als() as session:
        row = session.get_one(Verantwoording, id_)
        f.maak_complete_activiteit(session, row, naam="Compleet")
        f.maak_activiteit(session, row, naam="Kaal")
        zonder = f.maak_activiteit(session, row, naam="Zonder aantal")
        f.maak_activiteit_school(session, zonder, aantal_leerkrachten=None)
        f.maak_last(session, zonder, bedrag=None)
        session.commit()
    portaal.changed()
    return id_


def test_what_is_missing_is_said_with_a_link_to_mend_it(portaal: Portaal) -> None:
    id_ = incomplete(portaal)
    visitor = portaal.bezoeker("projectleider")
    page = Page(ask(visitor, portaal, Verantwoording, "sluiten", [id_]).text)
    assert "minimaal 2 activiteiten" in page.text
    assert "Sluiten" not in {button.words for button in page.all("button")}
    main = page.all("main")[0]
    links = {link.words: link.get("href") for link in main.all("a")}
    wanted = {
        "koppel scholen", "voer lasten in", "vul leerkrachten in", "vul het bedrag in",
    }  # fmt: skip
    assert wanted <= {words.lower() for words in links}, links
    for words, path in links.items():
        if words.lower() in wanted:
            address, _, field = str(path).partition("#")
            assert Page(visitor.get(address).text).by_id(field), path
    assert "Compleet" not in [item.words for item in main.all("li")]
    forced = page.form() | {"bevestigd": "1"}
    answer = visitor.post("/beheer/verantwoordingen/action/", forced)
    assert answer.status_code == 422
    assert status(portaal, id_) is Status.OPEN
    assert not portaal.changed()


def test_one_that_can_not_close_stops_them_all(portaal: Portaal) -> None:
    ids = [jaar(portaal, "open"), incomplete(portaal)]
    visitor = portaal.bezoeker("projectleider")
    body = Page(ask(visitor, portaal, Verantwoording, "sluiten", [ids[0]]).text).form()
    both = body | {"rowid": [str(id_) for id_ in ids]}
    answer = visitor.post("/beheer/verantwoordingen/action/", both)
    assert answer.status_code == 422
    assert [status(portaal, id_) for id_ in ids] == [Status.OPEN, Status.OPEN]
    assert not portaal.changed()


def test_several_years_close_at_once(portaal: Portaal) -> None:
    ids = [jaar(portaal, "open"), jaar(portaal, "open", "tweede")]
    answer = do(portaal.bezoeker("beheerder"), portaal, Verantwoording, "sluiten", ids)
    assert answer.status_code == 302
    assert [status(portaal, id_) for id_ in ids] == [Status.GESLOTEN] * 2


def test_a_status_can_not_be_typed_into_the_form(portaal: Portaal) -> None:
    """The generated form of a verantwoording can't go where a step has to go."""
    id_ = jaar(portaal, "open")
    body = edit_body(portaal, Verantwoording, id_, status="vastgesteld")
    answer = portaal.bezoeker("beheerder").post(f"/beheer/verantwoordingen/edit/?id={id_}", body)
    assert status(portaal, id_) is Status.OPEN
    assert answer.status_code in (302, 422)


# --- Heropenen and vaststellen ------------------------------------------------------


def test_reopening_asks_why_and_tells_the_adviseur(portaal: Portaal) -> None:
    id_ = jaar(portaal, "gesloten")
    visitor = portaal.bezoeker("projectleider")
    for empty in ("", "   ", "x" * 401):
        answer = do(visitor, portaal, Verantwoording, "heropenen", [id_], reden=empty)
        assert answer.status_code == 422
        assert error_at(Page(answer.text), "reden")
    assert not portaal.changed()
    assert do(visitor, portaal, Verantwoording, "heropenen", [id_], reden=REASON).status_code == 302
    with portaal.als() as session:
        row = session.get_one(Verantwoording, id_)
        assert (row.status, row.gesloten_op, row.gesloten_door_id) == (Status.OPEN, None, None)
        assert row.reden_heropening == REASON
        [mail] = newest(session, Mail)
        assert mail.ontvanger_id == portaal.wereld.mensen["adviseur"]
        assert REASON in mail.tekst
        kept = select(func.count(Momentopname.id)).where(Momentopname.verantwoording_id == id_)
        assert session.scalar(kept) == 1


def test_what_was_determined_only_a_beheerder_reopens(portaal: Portaal) -> None:
    id_ = jaar(portaal, "vastgesteld")
    question = ask(portaal.bezoeker("projectleider"), portaal, Verantwoording, "heropenen", [id_])
    page = Page(question.text)
    assert "Dit kan niet mee" in page.text
    assert "Heropenen" not in {button.words for button in page.all("main")[0].all("button")}
    forced = page.form() | {"bevestigd": "1", "reden": REASON}
    path = "/beheer/verantwoordingen/action/"
    assert portaal.bezoeker("projectleider").post(path, forced).status_code == 403
    assert not portaal.changed()
    visitor = portaal.bezoeker("beheerder")
    assert do(visitor, portaal, Verantwoording, "heropenen", [id_], reden=REASON).status_code == 302
    assert status(portaal, id_) is Status.OPEN


def test_determining_follows_closing(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    id_ = jaar(portaal, "gesloten")
    assert do(visitor, portaal, Verantwoording, "vaststellen", [id_]).status_code == 302
    assert status(portaal, id_) is Status.VASTGESTELD
    open_ = jaar(portaal, "open")
    page = Page(ask(visitor, portaal, Verantwoording, "vaststellen", [open_]).text)
    assert "Dit kan niet mee" in page.text
    forced = page.form() | {"bevestigd": "1"}
    assert visitor.post("/beheer/verantwoordingen/action/", forced).status_code == 403
    assert status(portaal, open_) is Status.OPEN


def test_after_closing_nothing_moves_until_it_is_open_again(portaal: Portaal) -> None:
    """A projectleider closes, can't change a last, reopens, and can."""
    visitor, id_ = portaal.bezoeker("projectleider"), jaar(portaal, "open")
    cell = {"list_form_pk": str(portaal.wereld.id(Last, "eigen")), "bedrag": "99,00"}

    def change() -> int:
        return visitor.post("/beheer/lasten/ajax/update/", cell).status_code

    do(visitor, portaal, Verantwoording, "sluiten", [id_])
    assert change() == 403
    do(visitor, portaal, Verantwoording, "heropenen", [id_], reden=REASON)
    assert change() == 200
    do(visitor, portaal, Verantwoording, "sluiten", [id_])
    with portaal.als() as session:
        two = select(Momentopname).where(Momentopname.verantwoording_id == id_)
        pictures = list(session.scalars(two.order_by(Momentopname.nummer)))
    assert [picture.nummer for picture in pictures] == [1, 2]
    assert [p.inhoud["totalen"]["lasten"] for p in pictures] == [25000, 12500 + 9900]


# --- Jaar openen ----------------------------------------------------------------------


def test_a_year_opens_for_every_project_once(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("beheerder")
    with portaal.als() as session:
        late = f.maak_project(session, einddatum=nu().date().replace(year=2027))
        session.commit()
        projects = session.scalar(select(func.count(Project.id))) or 0
        late_id = late.id
    for expected in (projects - 1, 0):
        form = Page(visitor.get(YEAR).text).form()
        portaal.changed()
        answer = visitor.post(YEAR, form | {"jaar": "2028"})
        assert answer.status_code == 302
        with portaal.als() as session:
            [stap] = newest(session, Bewerking)
            assert stap.soort is BewerkingSoort.JAAR_OPENEN
            made = select(func.count(Wijziging.id)).where(Wijziging.bewerking_id == stap.id)
            assert session.scalar(made) == expected
            rows = list(session.scalars(select(Verantwoording).filter_by(kalenderjaar=2028)))
            assert len(rows) == projects - 1
            assert late_id not in {row.project_id for row in rows}
            assert {row.status for row in rows} == {Status.OPEN}
    assert "geen lopend project dat nog een verantwoording" in visitor.get("/beheer/").text


@pytest.mark.parametrize("typed", ["", "morgen", "26", "1899", "9999", "10" * 10, "2026,5"])
def test_a_year_that_is_none_is_refused(portaal: Portaal, typed: str) -> None:
    visitor = portaal.bezoeker("beheerder")
    form = Page(visitor.get(YEAR).text).form()
    answer = visitor.post(YEAR, form | {"jaar": typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert error_at(page, "jaar")
    assert page.form()["jaar"] == [typed]
    assert not portaal.changed()
