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
from models.techniek import Mail
from models.verantwoording import Momentopname, Verantwoording
from models.vraag import Vraag, VraagStand
from tests.pages import Page
from tests.rights_table import BEZOEKERS
from tests.support.portal import Portaal
from tests.vragen import ASKING, TEXT, ask, ask_path, asked, lid, mails, react, receivers, state
from views.verantwoordingen import gesprek

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
