"""Questions between Cultuur Oost and a cultuurpunt: who asks whom, who is mailed, what waits."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from cmk_admin.entity_forms import new_key
from cmk_admin.gate import Locked, Refused, once
from models.activiteit import Activiteit, Last
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.historie import Wijziging
from models.techniek import Mail
from models.verantwoording import Momentopname, Verantwoording
from models.vraag import Kant, Reactie, Vraag, VraagStand
from tests import factories as f
from tests.pages import Page
from tests.portal_world import KANARIE
from tests.rights_table import BEZOEKERS
from tests.support.portal import Portaal
from tests.test_schermen_queries import counted
from views.verantwoordingen import gesprek

TEXT = "Waarom staat deze factuur er twee keer in?"
#: Who may ask about a year of "eigen"; the others are refused, or do not see it.
ASKING = {
    "routebegeleider": 200,
    "projectleider": 200,
    "adviseur": 200,
    "datamanager": 403,
    "beheerder": 200,
    "dubbel": 200,
    "zonder": 403,
}


def ask_path(portaal: Portaal, stand: str = "open", van: str = "eigen", **about: int) -> str:
    query = "".join(f"?{name}={number}" for name, number in about.items())
    return f"/verantwoordingen/{portaal.wereld.id(Verantwoording, van, stand)}/vragen/nieuw{query}"


def ask(portaal: Portaal, who: str, path: str, text: str = TEXT, key: str = "") -> Any:
    return portaal.bezoeker(who).post(path, {"sleutel": key or new_key(), "tekst": text})


def asked(portaal: Portaal, who: str, path: str | None = None) -> int:
    """Ask; the number of the question."""
    answer = ask(portaal, who, path or ask_path(portaal))
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def react(portaal: Portaal, who: str, number: int, text: str = "Het zijn er twee.") -> Any:
    return portaal.bezoeker(who).post(
        f"/vragen/{number}/reageren", {"sleutel": new_key(), "tekst": text}
    )


def mails(portaal: Portaal) -> list[tuple[str, str]]:
    """Name of the receiver and subject, in the order of sending."""
    with portaal.als() as session:
        rows = select(Gebruiker.naam, Mail.onderwerp).join(Mail.ontvanger).order_by(Mail.id)
        return [(naam, subject) for naam, subject in session.execute(rows)][1:]


def receivers(portaal: Portaal) -> set[str]:
    return {naam for naam, _ in mails(portaal)}


def state(portaal: Portaal, number: int) -> VraagStand:
    with portaal.als() as session:
        return session.get_one(Vraag, number).stand


def lid(portaal: Portaal) -> str:
    """The third projectleider of "eigen"."""
    with portaal.als() as session:
        return session.get_one(Gebruiker, portaal.wereld.id(Gebruiker, "eigen", "lid")).naam


# --- who may ----------------------------------------------------------------------


@pytest.mark.parametrize("stand", ["open", "gesloten", "vastgesteld"])
@pytest.mark.parametrize("who", BEZOEKERS)
def test_who_may_see_a_year_may_ask_also_when_it_is_closed(
    portaal: Portaal, who: str, stand: str
) -> None:
    path = ask_path(portaal, stand)
    assert portaal.bezoeker(who).get(path).status_code == ASKING[who]
    sent = ask(portaal, who, path)
    assert sent.status_code == (302 if ASKING[who] == 200 else ASKING[who])


@pytest.mark.parametrize("who", ["routebegeleider", "projectleider", "dubbel"])
def test_a_year_of_another_is_not_there(portaal: Portaal, who: str) -> None:
    path = ask_path(portaal, van="vreemd")
    assert portaal.bezoeker(who).get(path).status_code == 404
    assert ask(portaal, who, path).status_code == 404


def test_an_activity_of_another_is_no_subject(portaal: Portaal) -> None:
    theirs = portaal.wereld.id(Activiteit, "vreemd")
    elsewhere = portaal.wereld.id(Last, "eigen", "gesloten")
    person = portaal.bezoeker("adviseur")
    subjects: list[dict[str, Any]] = [
        {"activiteit": theirs},
        {"last": elsewhere},
        {"last": 10**9},
    ]
    for about in subjects:
        assert person.get(ask_path(portaal, **about)).status_code == 404


def test_a_question_changes_nothing_of_a_closed_year(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    with portaal.als() as session:
        before = session.get_one(Verantwoording, year).versie
        pictures = session.scalars(select(Momentopname.sha256).order_by(Momentopname.id)).all()
    number = asked(portaal, "adviseur", ask_path(portaal, "gesloten"))
    assert react(portaal, "projectleider", number).status_code == 302
    with portaal.als() as session:
        assert session.get_one(Verantwoording, year).versie == before
        assert session.scalars(select(Momentopname.sha256).order_by(Momentopname.id)).all() == (
            pictures
        )
    assert state(portaal, number) is VraagStand.BEANTWOORD


@pytest.mark.beide
def test_what_hangs_under_a_closed_year_stays_locked_beside_a_question(portaal: Portaal) -> None:
    """In one transaction with a question nothing else slips through."""
    with portaal.als() as session:
        closed = session.get_one(
            Verantwoording, portaal.wereld.id(Verantwoording, "eigen", "gesloten")
        )
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen", "gesloten"))
        session.add(Vraag(verantwoording=closed, tekst=TEXT))
        activiteit.naam = "Anders"
        with pytest.raises(Locked):
            session.commit()


def test_what_was_asked_stays_as_it_was(portaal: Portaal) -> None:
    number = asked(portaal, "projectleider")
    with portaal.als("projectleider") as session:
        session.get_one(Vraag, number).tekst = "Iets anders"
        with pytest.raises(Exception, match="ligt vast"):
            session.commit()
    with portaal.als("projectleider") as session:
        session.delete(session.get_one(Vraag, number))
        with pytest.raises(Refused):
            session.commit()


# --- who is mailed, by hand -------------------------------------------------------


def test_a_question_of_cultuur_oost_goes_to_the_projectleiders(portaal: Portaal) -> None:
    asked(portaal, "adviseur")
    assert receivers(portaal) == {"Mens projectleider", "Mens dubbel", lid(portaal)}
    with portaal.als() as session:
        text = session.scalars(select(Mail.tekst).order_by(Mail.id.desc())).first() or ""
    assert TEXT in text
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        place = f"verantwoording {year.kalenderjaar} van {year.project}"
    assert f"Mens adviseur schrijft over {place}:" in text
    assert "http://127.0.0.1:8000/vragen/" in text or "/vragen/" in text


def test_a_question_of_a_cultuurpunt_goes_to_its_adviseur(portaal: Portaal) -> None:
    asked(portaal, "routebegeleider")
    assert [naam for naam, _ in mails(portaal)] == ["Mens adviseur"]


def test_an_answer_goes_to_who_asked_and_to_nobody_else(portaal: Portaal) -> None:
    number = asked(portaal, "routebegeleider")
    before = len(mails(portaal))
    react(portaal, "adviseur", number)
    assert [naam for naam, _ in mails(portaal)[before:]] == ["Mens routebegeleider"]
    react(portaal, "routebegeleider", number, "En de andere?")
    assert [naam for naam, _ in mails(portaal)[before + 1 :]] == ["Mens adviseur"]


def test_who_entered_the_last_hears_of_a_question_about_it(portaal: Portaal) -> None:
    with portaal.als("routebegeleider") as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        last = Last(activiteit=activiteit, toelichting="Bus", bedrag=100)
        session.add(last)
        session.commit()
        number = last.id
    asked(portaal, "adviseur", ask_path(portaal, last=number))
    assert receivers(portaal) == {
        "Mens projectleider", "Mens dubbel", "Mens routebegeleider", lid(portaal)
    }  # fmt: skip


@pytest.mark.parametrize("gone", ["account", "membership"])
def test_without_an_active_account_nobody_is_mailed(portaal: Portaal, gone: str) -> None:
    with portaal.als() as session:
        row: Any = (
            session.get_one(Gebruiker, portaal.wereld.mensen["projectleider"])
            if gone == "account"
            else session.get_one(
                Lidmaatschap, portaal.wereld.id(Lidmaatschap, "eigen", "projectleider")
            )
        )
        row.actief = False
        session.commit()
    asked(portaal, "adviseur")
    assert receivers(portaal) == {"Mens dubbel", lid(portaal)}


def test_an_adviseur_who_left_is_not_mailed_and_the_page_says_so(portaal: Portaal) -> None:
    with portaal.als() as session:
        partij = session.get_one(Contractpartij, portaal.wereld.id(Contractpartij, "eigen"))
        partij.adviseur_id = None
        session.commit()
    page = portaal.bezoeker("projectleider").get(ask_path(portaal)).text
    assert "Niemand krijgt mail" in page
    asked(portaal, "projectleider")
    assert mails(portaal) == []


def test_an_adviseur_without_a_role_any_more_is_neither_mailed_nor_shown(portaal: Portaal) -> None:
    """Who now works for another cultuurpunt does not hear what this one asks."""
    with portaal.als() as session:
        adviseur = session.get_one(Gebruiker, portaal.wereld.mensen["adviseur"])
        adviseur.cultuur_oost_rol = None
        partij = portaal.wereld.id(Contractpartij, "vreemd")
        session.add(
            Lidmaatschap(gebruiker=adviseur, contractpartij_id=partij, rol=LidRol.PROJECTLEIDER)
        )
        session.commit()
    assert "adviseur@test.example" not in portaal.bezoeker("projectleider").get("/").text
    asked(portaal, "projectleider")
    assert "Mens adviseur" not in receivers(portaal)


def test_without_a_projectleider_the_routebegeleiders_are_asked(portaal: Portaal) -> None:
    with portaal.als() as session:
        for who in ("projectleider", "dubbel", "lid"):
            session.get_one(
                Lidmaatschap, portaal.wereld.id(Lidmaatschap, "eigen", who)
            ).actief = False
        session.commit()
    asked(portaal, "beheerder")
    assert receivers(portaal) == {"Mens routebegeleider"}


# --- open and answered ------------------------------------------------------------


def test_the_other_side_answers_and_writing_again_reopens(portaal: Portaal) -> None:
    number = asked(portaal, "projectleider")
    assert state(portaal, number) is VraagStand.OPEN
    react(portaal, "routebegeleider", number, "Dat vraag ik me ook af.")
    assert state(portaal, number) is VraagStand.OPEN
    react(portaal, "adviseur", number)
    assert state(portaal, number) is VraagStand.BEANTWOORD
    react(portaal, "adviseur", number, "Nog iets erbij.")
    assert state(portaal, number) is VraagStand.BEANTWOORD
    react(portaal, "projectleider", number, "Nog niet duidelijk.")
    assert state(portaal, number) is VraagStand.OPEN


@pytest.mark.beide
def test_writing_again_reopens_what_is_answered_meanwhile(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question was read as open; the answer came before it could be written."""
    number = asked(portaal, "projectleider")

    def after_the_answer(*args: Any) -> str:
        monkeypatch.setattr(gesprek, "once", once)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(react, portaal, "adviseur", number).result().status_code == 302
        return once(*args)

    monkeypatch.setattr(gesprek, "once", after_the_answer)
    assert react(portaal, "projectleider", number, "En de andere?").status_code == 302
    assert state(portaal, number) is VraagStand.OPEN


@pytest.mark.parametrize(
    ("asker", "who", "may"),
    [
        ("projectleider", "projectleider", True),
        ("projectleider", "routebegeleider", False),
        ("projectleider", "adviseur", True),
        ("projectleider", "datamanager", False),
        ("adviseur", "projectleider", False),
        ("adviseur", "beheerder", True),
    ],
)
def test_who_asked_or_cultuur_oost_says_that_it_is_done(
    portaal: Portaal, asker: str, who: str, may: bool
) -> None:
    number = asked(portaal, asker)
    page = portaal.bezoeker(who).get(f"/vragen/{number}").text
    assert (f"/vragen/{number}/afronden" in page) is may
    answer = portaal.bezoeker(who).post(f"/vragen/{number}/afronden")
    assert answer.status_code == (302 if may else 403)
    assert state(portaal, number) is (VraagStand.BEANTWOORD if may else VraagStand.OPEN)


def test_the_same_form_twice_is_one_question_and_one_mail(portaal: Portaal) -> None:
    key, path = new_key(), ask_path(portaal)
    first = ask(portaal, "routebegeleider", path, key=key)
    second = ask(portaal, "routebegeleider", path, key=key)
    assert first.location == second.location
    with portaal.als() as session:
        assert len(session.scalars(select(Vraag).where(Vraag.tekst == TEXT)).all()) == 1
    assert len(mails(portaal)) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_what_was_typed_stays_with_the_error_at_its_field(portaal: Portaal, text: str) -> None:
    number = portaal.wereld.id(Vraag, "eigen")
    for answer in (
        ask(portaal, "projectleider", ask_path(portaal), text),
        react(portaal, "projectleider", number, text),
    ):
        assert answer.status_code == 422
        field = Page(answer.text).by_id("tekst")
        assert field.get("aria-invalid") == "true"
        assert field.words.strip() == text.strip()
    assert mails(portaal) == []


# --- where it shows ---------------------------------------------------------------


def test_a_question_says_what_it_was_about_when_that_has_gone(portaal: Portaal) -> None:
    with portaal.als() as session:
        year = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = f.maak_activiteit(session, year, naam="Dansdag")
        last = f.maak_last(session, activiteit, toelichting="Zaalhuur")
        session.commit()
        about, money = activiteit.id, last.id
    number = asked(portaal, "adviseur", ask_path(portaal, last=money))
    person = portaal.bezoeker("projectleider")
    assert (
        f'href="/activiteiten/{about}/financieel-overzicht"' in person.get(f"/vragen/{number}").text
    )
    body = Page(person.get(f"/beheer/activiteiten/delete/?id={about}").text).form()
    deleted = person.post("/beheer/activiteiten/delete/", body)
    assert deleted.status_code == 302, deleted.text
    page = person.get(f"/vragen/{number}").text
    assert "Dansdag · Zaalhuur (verwijderd)" in page
    assert f"/activiteiten/{about}/" not in page


def test_activity_and_last_offer_to_ask_about_them(portaal: Portaal) -> None:
    activiteit, last = (portaal.wereld.id(e, "eigen", "gesloten") for e in (Activiteit, Last))
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    page = portaal.bezoeker("adviseur").get(f"/activiteiten/{activiteit}/financieel-overzicht").text
    for what in (f"activiteit={activiteit}", f"last={last}"):
        assert f'href="/verantwoordingen/{year}/vragen/nieuw?{what}"' in page
    page = portaal.bezoeker("datamanager").get(f"/activiteiten/{activiteit}/details").text
    assert "vragen/nieuw" not in page


def test_both_dashboards_show_what_waits_and_whose_turn_it_is(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    ours = Page(portaal.bezoeker("projectleider").get("/").text).by_id("open-vragen-kop")
    assert ours.words == "Open vragen"
    for who, turn in (("projectleider", "jullie antwoord"), ("adviseur", "wacht")):
        page = Page(portaal.bezoeker(who).get("/").text)
        line = next(li for li in page.all("li") if any(
            a.get("href") == f"/vragen/{number}" for a in li.all("a")
        ))  # fmt: skip
        assert line.words.startswith(turn)
        assert TEXT in line.words
    react(portaal, "projectleider", number)
    for who in ("projectleider", "adviseur"):
        assert f'href="/vragen/{number}"' not in portaal.bezoeker(who).get("/").text


@pytest.mark.parametrize(("who", "ours"), [("adviseur", True), ("datamanager", False)])
def test_only_who_may_answer_reads_that_an_answer_is_theirs(
    portaal: Portaal, who: str, ours: bool
) -> None:
    number = asked(portaal, "projectleider")
    year, person = portaal.wereld.id(Verantwoording, "eigen"), portaal.bezoeker(who)
    for path in (f"/vragen/{number}", f"/verantwoordingen/{year}/vragen", "/"):
        assert ("jullie antwoord" in person.get(path).text) is ours


def test_the_overview_of_cultuur_oost_counts_per_cultuurpunt(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen")
    for _ in range(2):
        asked(portaal, "projectleider")
    page = Page(portaal.bezoeker("adviseur").get("/").text)
    links = [a.words for a in page.all("a") if a.get("href") == f"/verantwoordingen/{year}/vragen"]
    assert links == ["3 open vragen"]  # the world has one
    # Of those that can close it comes first; the others have one each.
    ready = [row.words for row in page.all("tr") if "kan sluiten" in row.words]
    assert ["3 open vragen" in row for row in ready] == [True, False, False]


def test_an_open_question_is_a_notice_and_blocks_no_closing(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    year = portaal.wereld.id(Verantwoording, "eigen")
    person = portaal.bezoeker("projectleider")
    for path in (f"/verantwoordingen/{year}/activiteiten", f"/verantwoordingen/{year}/sluiten"):
        page = Page(person.get(path).text)
        item = next(li for li in page.with_class("check-melding") if TEXT in li.words)
        assert "Open vraag van Cultuur Oost" in item.words
        assert item.all("a")[0].get("href") == f"/vragen/{number}"
    body = Page(person.get(f"/verantwoordingen/{year}/sluiten").text).form()
    assert person.post(f"/verantwoordingen/{year}/sluiten", body).status_code == 302
    with portaal.als() as session:
        assert session.get_one(Verantwoording, year).gesloten_op is not None


def test_another_cultuurpunt_hears_nothing_of_it(portaal: Portaal) -> None:
    theirs = portaal.wereld.id(Vraag, "vreemd")
    for who in ("routebegeleider", "projectleider", "dubbel"):
        person = portaal.bezoeker(who)
        assert person.get(f"/vragen/{theirs}").status_code == 404
        assert react(portaal, who, theirs).status_code == 404
        assert KANARIE not in person.get("/").text.lower()


def test_questions_stand_in_the_history_of_their_year(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur", ask_path(portaal, "gesloten"))
    react(portaal, "projectleider", number, "Dat klopt.")
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    page = portaal.bezoeker("projectleider").get(f"/verantwoordingen/{year}/geschiedenis").text
    assert f"Vraag {TEXT} aangemaakt" in page
    assert "Reactie Dat klopt. aangemaakt" in page
    with portaal.als() as session:
        rows = select(Wijziging.entiteit).where(Wijziging.verantwoording_id == year)
        kinds = list(session.scalars(rows.order_by(Wijziging.id)))[-3:]
    assert sorted(kinds) == ["Reactie", "Vraag", "Vraag"]


def test_an_empty_year_with_a_question_cannot_be_deleted(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    asked(portaal, "adviseur", ask_path(portaal, "leeg"))
    person = portaal.bezoeker("beheerder")
    answer = person.post(
        "/beheer/verantwoordingen/delete/", {"id": year, "rowid": year, "sleutel": new_key()}
    )
    assert answer.status_code == 422
    assert "vraag" in answer.text.lower()


def test_an_answer_that_came_meanwhile_is_seen_before_it_goes(portaal: Portaal) -> None:
    number = asked(portaal, "adviseur")
    person, page = portaal.bezoeker("beheerder"), f"/vragen/{number}/verwijderen"
    assert "Er is niet op gereageerd." in person.get(page).text
    react(portaal, "projectleider", number)
    answer = person.post(page, {"sleutel": new_key(), "gezien": "0"})
    assert answer.status_code == 409
    assert "De reactie erop verdwijnt ook." in answer.text
    assert person.post(page, {"gezien": "1"}).status_code == 422
    with portaal.als() as session:
        assert session.get_one(Vraag, number).reacties
    assert person.post(page, {"sleutel": new_key(), "gezien": "1"}).status_code == 302
    assert react(portaal, "projectleider", number).status_code == 404


def test_a_beheerder_removes_a_question_with_what_was_said_on_it(portaal: Portaal) -> None:
    """And then its year, that was opened by mistake, can go as well."""
    year = portaal.wereld.id(Verantwoording, "eigen", "leeg")
    number = asked(portaal, "adviseur", ask_path(portaal, "leeg"))
    react(portaal, "projectleider", number, "Dat weet ik niet.")
    page = f"/vragen/{number}/verwijderen"
    for who in ("projectleider", "adviseur"):
        assert page not in portaal.bezoeker(who).get(f"/vragen/{number}").text
        assert portaal.bezoeker(who).get(page).status_code == 403
        assert portaal.bezoeker(who).post(page).status_code == 403
    person = portaal.bezoeker("beheerder")
    assert page in person.get(f"/vragen/{number}").text
    assert "De reactie erop verdwijnt ook." in person.get(page).text
    form = {"sleutel": new_key(), "gezien": "1"}
    for _ in range(2):
        answer = person.post(page, form)
        assert answer.location == f"/verantwoordingen/{year}/vragen"
    with portaal.als() as session:
        assert session.get(Vraag, number) is None
        assert session.scalars(select(Reactie).where(Reactie.vraag_id == number)).all() == []
        kept = session.scalars(select(Wijziging).where(Wijziging.entiteit == "Reactie")).all()
        assert any("Dat weet ik niet." in row.waarden.get("tekst", ()) for row in kept)
    gone = {"id": year, "rowid": year, "sleutel": new_key()}
    assert person.post("/beheer/verantwoordingen/delete/", gone).status_code == 302
    with portaal.als() as session:
        assert session.get(Verantwoording, year) is None


@pytest.mark.parametrize("who", ["projectleider", "adviseur"])
def test_pages_ask_the_database_as_often_for_many_questions(portaal: Portaal, who: str) -> None:
    year, number = portaal.wereld.id(Verantwoording, "eigen"), portaal.wereld.id(Vraag, "eigen")
    pages = ("/", f"/verantwoordingen/{year}/vragen", f"/vragen/{number}")
    person = portaal.bezoeker(who)

    def counts() -> list[int]:
        found = []
        for page in pages:
            with counted(portaal.app) as sent:
                assert person.get(page).status_code == 200
            found.append(len(sent))
        return found

    before = counts()
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year)
        for _ in range(5):
            again = f.maak_vraag(session, row, van_id=portaal.wereld.mensen["projectleider"])
            f.maak_reactie(session, again)
            f.maak_reactie(session, session.get_one(Vraag, number), kant=Kant.CULTUUR_OOST)
        session.commit()
    assert counts() == before
    assert max(before[1:]) <= 8


def test_what_somebody_asked_is_in_their_personal_data(portaal: Portaal) -> None:
    asked(portaal, "projectleider")
    page = portaal.bezoeker("projectleider").get("/mijn-gegevens/persoonlijke-data").text
    assert TEXT in page


def test_a_reaction_belongs_to_the_contractpartij_of_its_question(portaal: Portaal) -> None:
    with portaal.als() as session:
        reactie = session.get_one(Reactie, portaal.wereld.id(Reactie, "tweede"))
        assert reactie.contractpartij_id == portaal.wereld.id(Contractpartij, "tweede")
