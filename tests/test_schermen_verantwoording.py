"""A verantwoording: its list, its checklist, and closing it (Handleiding 2.2 to 2.4)."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.activiteit import Activiteit
from models.lijsten import Doel
from models.techniek import Mail
from models.verantwoording import Momentopname, Status, Verantwoording, Werkwijze
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal


def id_of(portaal: Portaal, stand: str = "open", van: str = "eigen") -> int:
    return portaal.wereld.id(Verantwoording, van, stand)


def path(portaal: Portaal, page: str = "activiteiten", stand: str = "open") -> str:
    return f"/verantwoordingen/{id_of(portaal, stand)}/{page}"


def page_of(visitor: Bezoeker, address: str) -> Page:
    response = visitor.get(address)
    assert response.status_code == 200
    return Page(response.text)


def names(page: Page) -> list[str]:
    """The activities in the list, in order."""
    return [row.all("th")[0].all("a")[0].words for row in page.all("tr")[1:]]


def facts(page: Page) -> dict[str, str]:
    """What stands beside each label."""
    return dict(zip(*([n.words for n in page.all(tag)] for tag in ("dt", "dd")), strict=True))


@pytest.fixture
def visitor(portaal: Portaal) -> Bezoeker:
    """The projectleider, with three more activities in the open year."""
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, id_of(portaal))
        goal = session.get_one(Doel, portaal.wereld.id(Doel))
        music = f.maak_complete_activiteit(session, verantwoording, naam="Muziek")
        f.maak_activiteit_partner(
            session,
            music,
            f.maak_samenwerkingspartner(
                session, verantwoording.project.contractpartij, naam="Kunstwerkplaats IJssel"
            ),
        )
        dance = f.maak_activiteit(session, verantwoording, goal, naam="Dans")
        f.maak_activiteit_school(session, dance, f.maak_school(session, naam="Koepelschool"))
        f.maak_last(session, dance, bedrag=None)
        f.maak_activiteit(session, verantwoording, naam="Zang", aantal_activiteiten=10)
        session.commit()
    return portaal.bezoeker("projectleider")


# --- the list -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("search=koepel", ["Dans"]),
        ("search=kunstwerkplaats+muz", ["Muziek"]),
        ("search=nietswatbestaat", []),
        ("stand=onvolledig", ["Dans", "Zang"]),
        ("melding=partner", ["Dans", "Zang"]),
        ("stand=onvolledig&sort=-naam", ["Zang", "Dans"]),
        ("stand=onvolledig&sort=uren", ["Dans", "Zang"]),
        ("melding=betaaldatum", ["Dans", "Muziek"]),
    ],
)
def test_the_list_finds_filters_and_sorts(
    portaal: Portaal, visitor: Bezoeker, asked: str, found: list[str]
) -> None:
    page = page_of(visitor, f"{path(portaal)}?{asked}")
    assert [name for name in names(page) if name in ("Muziek", "Dans", "Zang")] == found


def test_the_list_filters_by_goal(portaal: Portaal, visitor: Bezoeker) -> None:
    page = page_of(visitor, f"{path(portaal)}?doel={portaal.wereld.id(Doel)}")
    assert "Dans" in names(page)
    assert "Zang" not in names(page)
    chips = [chip.words for chip in page.with_class("filter-chip")]
    assert len(chips) == 1
    assert chips[0].startswith("Verwijder filter CMK-doel:")


@pytest.mark.parametrize(
    "absurd",
    [
        "page=999999999999",
        "page=-1",
        "sort=;drop",
        "doel=abc",
        "stand=x",
        "search=%00%F0",
        "melding=",
    ],
)
def test_an_absurd_address_is_still_the_list(
    portaal: Portaal, visitor: Bezoeker, absurd: str
) -> None:
    assert visitor.get(f"{path(portaal)}?{absurd}").status_code == 200


def test_the_total_is_that_of_every_other_page(portaal: Portaal, visitor: Bezoeker) -> None:
    total = page_of(visitor, path(portaal)).with_class("pager")[0].words
    assert total == "1–5 van 5 · totaal € 375,00 · 39,0 uur · 3 scholen"
    details = facts(page_of(visitor, path(portaal, "details")))
    money = page_of(visitor, path(portaal, "financieel-overzicht")).text
    assert (details["Lasten"], details["Totaal aantal uren"]) == ("€ 375,00", "39,0")
    assert "1 last zonder bedrag" in money
    narrowed = page_of(visitor, f"{path(portaal)}?search=muziek").with_class("pager")[0].words
    assert narrowed == "1–1 van 1 · totaal € 125,00 · 6,0 uur"


def test_what_one_may_do_with_the_rows(portaal: Portaal, visitor: Bezoeker) -> None:
    """Handleiding 1.5: a routebegeleider duplicates, but does not delete."""

    def bulk(page: Page) -> list[str]:
        bars = page.with_class("bulk-bar")
        return [button.words for button in bars[0].all("button") if button.words] if bars else []

    assert bulk(page_of(visitor, path(portaal))) == [
        "Dupliceren…",
        "Verplaatsen…",
        "Wijzigen in bulk…",
        "Verwijderen…",
    ]
    routes = portaal.bezoeker("routebegeleider")
    assert bulk(page_of(routes, path(portaal))) == [
        "Dupliceren…",
        "Verplaatsen…",
        "Wijzigen in bulk…",
    ]
    assert bulk(page_of(portaal.bezoeker("adviseur"), path(portaal))) == []
    assert bulk(page_of(visitor, path(portaal, stand="gesloten"))) == ["Dupliceren…"]


def test_the_chosen_rows_go_to_the_question_first(portaal: Portaal, visitor: Bezoeker) -> None:
    ids = [str(portaal.wereld.id(Activiteit, "eigen"))]
    for action in ("dupliceren", "verwijderen"):
        form = next(f for f in page_of(visitor, path(portaal)).all("form") if f.get("id") == "bulk")
        response = visitor.post(form.get("action"), {"rowid": ids, "action": action})
        assert response.status_code == 200
        assert Page(response.text).all("h1")[0].words in ("Dupliceren", "Verwijderen")


def test_an_empty_year_offers_the_first_step(portaal: Portaal, visitor: Bezoeker) -> None:
    page = page_of(visitor, path(portaal, stand="leeg"))
    assert "Nog geen activiteiten" in page.text
    new = [link.get("href") for link in page.all("a") if link.words == "+Nieuw"]
    assert new == [path(portaal, "activiteiten/nieuw", "leeg")] * 2


# --- the checklist --------------------------------------------------------------------


def test_the_checklist_tells_what_is_missing_and_where(portaal: Portaal, visitor: Bezoeker) -> None:
    page = page_of(visitor, path(portaal))
    lines = {line.words: line for line in page.with_class("checklist")[0].all("li")}
    *before, question = lines
    assert question.startswith("Melding: Open vraag van het cultuurpunt: ")
    assert before == [
        "In orde: Minimaal 2 activiteiten met scholen en lasten volledig ingevuld",
        "Ontbreekt: Dans, bij 1 last: vul het bedrag in",
        "Ontbreekt: Zang: koppel scholen",
        "Ontbreekt: Zang: voer lasten in",
        "Melding: 2 lasten zonder betaaldatum bekijk",
        "Melding: 2 activiteiten zonder samenwerkingspartner bekijk",
    ]
    for line in lines.values():
        for link in line.all("a"):
            address, _, field = link.get("href").partition("#")
            target = page_of(visitor, address)
            assert not field or target.by_id(field).get("name") == field


def test_notices_do_not_block(portaal: Portaal, visitor: Bezoeker) -> None:
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        activiteit.startdatum = activiteit.startdatum.replace(year=2025)
        activiteit.lasten[0].bedrag = 20_000_00
        activiteit.scholen[0].aantal_leerkrachten = 0
        session.commit()
    page = page_of(visitor, path(portaal))
    for words in (
        "1 activiteit met een periode buiten 2026",
        "1 activiteit met 0 leerkrachten of € 0",
        "€ 10.250,00 meer besteed dan beschikbaar",
    ):
        assert words in page.text
    assert "Verantwoording sluiten…" in page.text


def test_many_gaps_are_told_in_few_lines(portaal: Portaal, visitor: Bezoeker) -> None:
    with portaal.als() as session:
        verantwoording = session.get_one(Verantwoording, id_of(portaal, "leeg"))
        for _ in range(11):
            f.maak_activiteit(session, verantwoording)
        session.commit()
    page = page_of(visitor, path(portaal, stand="leeg"))
    assert "En nog 3 activiteiten: bekijk ze" in page.text


def test_who_may_not_close_is_told_who_does(portaal: Portaal) -> None:
    page = page_of(portaal.bezoeker("routebegeleider"), path(portaal))
    assert "De projectleider sluit de verantwoording." in page.text
    assert "Verantwoording sluiten…" not in page.text


# --- closing --------------------------------------------------------------------------


def send(visitor: Bezoeker, address: str, **typed: Any) -> TestResponse:
    """Open a form and send it, with these fields filled in otherwise."""
    return visitor.post(address, page_of(visitor, address).form() | typed)


def status_of(portaal: Portaal, stand: str = "open") -> Status:
    with portaal.als() as session:
        return session.get_one(Verantwoording, id_of(portaal, stand)).status


@pytest.mark.beide
def test_closing_by_the_words_of_the_manual(portaal: Portaal, visitor: Bezoeker) -> None:
    """Handleiding 2.4: Details → Wijzigen → status."""
    details = page_of(visitor, path(portaal, "details"))
    change = next(link.get("href") for link in details.all("a") if link.words == "Wijzigen")

    asked = send(visitor, change, status="gesloten")
    assert asked.location == path(portaal, "sluiten")
    question = page_of(visitor, asked.location)
    assert facts(question)["Lasten"] == "€ 375,00"
    assert status_of(portaal) is Status.OPEN

    body = question.form()
    assert visitor.post(asked.location, body).location == path(portaal, "details")
    assert status_of(portaal) is Status.GESLOTEN
    assert visitor.post(asked.location, body).location == path(portaal, "details")
    with portaal.als() as session:
        pictures = select(Momentopname).where(Momentopname.verantwoording_id == id_of(portaal))
        assert session.scalars(pictures).one().inhoud["totalen"]["lasten"] == 375_00
    after = page_of(visitor, path(portaal))
    assert "Verantwoording 2026 is gesloten op" in after.text
    assert "+Nieuw" not in [link.words for link in after.all("a")]


def test_too_little_is_told_instead_of_asked(portaal: Portaal, visitor: Bezoeker) -> None:
    address = path(portaal, "sluiten", "leeg")
    page = page_of(visitor, address)
    assert "nu zijn dat er 0" in page.text
    assert [b.words for b in page.all("button") if b.words == "Verantwoording sluiten"] == []
    response = visitor.post(address, page.form())
    assert response.status_code == 422
    assert "Er zijn minimaal 2 activiteiten nodig" in Page(response.text).text
    assert status_of(portaal, "leeg") is Status.OPEN


@pytest.mark.beide
def test_what_changed_after_the_question_is_shown_again(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    address = path(portaal, "sluiten")
    body = page_of(visitor, address).form()
    with portaal.als() as session:
        f.maak_last(session, session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen")))
        session.commit()

    response = visitor.post(address, body)

    assert response.status_code == 409
    page = Page(response.text)
    assert "Intussen is er iets gewijzigd." in page.text
    assert facts(page)["Lasten"] == "€ 500,00"
    assert visitor.post(address, page.form()).status_code == 302
    assert status_of(portaal) is Status.GESLOTEN


@pytest.mark.beide
def test_reopening_asks_why_and_tells_the_adviseur(portaal: Portaal, visitor: Bezoeker) -> None:
    change = path(portaal, "wijzigen", "gesloten")
    asked = send(visitor, change, status="open")
    address = path(portaal, "heropenen", "gesloten")
    assert asked.location == address

    refused = send(visitor, address, reden=" ")
    assert refused.status_code == 422
    assert status_of(portaal, "gesloten") is Status.GESLOTEN

    assert send(visitor, address, reden="Een factuur vergeten").status_code == 302
    assert status_of(portaal, "gesloten") is Status.OPEN
    with portaal.als() as session:
        mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert "Een factuur vergeten" in mail.tekst
    assert "Een factuur vergeten" in page_of(visitor, path(portaal, "details", "gesloten")).text


@pytest.mark.beide
def test_only_a_beheerder_settles_and_reopens_what_is_settled(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    assert visitor.get(path(portaal, "vaststellen", "gesloten")).status_code == 403
    assert visitor.get(path(portaal, "heropenen", "vastgesteld")).status_code == 403
    assert visitor.get(path(portaal, "wijzigen", "vastgesteld")).status_code == 403
    beheerder = portaal.bezoeker("beheerder")
    assert send(beheerder, path(portaal, "vaststellen", "gesloten")).status_code == 302
    assert status_of(portaal, "gesloten") is Status.VASTGESTELD
    asked = send(beheerder, path(portaal, "wijzigen", "gesloten"), status="open")
    assert send(beheerder, asked.location, reden="Bezwaar").status_code == 302
    assert status_of(portaal, "gesloten") is Status.OPEN


@pytest.mark.parametrize("page", ["wijzigen", "sluiten", "heropenen", "vaststellen"])
def test_a_routebegeleider_does_not_come_near_the_status(portaal: Portaal, page: str) -> None:
    response = portaal.bezoeker("routebegeleider").get(path(portaal, page))
    assert response.status_code == 403


# --- werkwijze and the last day -------------------------------------------------------


def test_the_werkwijze_is_chosen_before_the_first_activity(
    portaal: Portaal, visitor: Bezoeker
) -> None:
    address = path(portaal, "wijzigen", "leeg")
    assert send(visitor, address, werkwijze="C").location == path(portaal, "details", "leeg")
    with portaal.als() as session:
        stored = session.get_one(Verantwoording, id_of(portaal, "leeg"))
        assert stored.werkwijze is Werkwijze.C
    settled = page_of(visitor, path(portaal, "wijzigen"))
    assert "werkwijze" not in settled.form()
    assert "Ligt vast sinds de eerste activiteit" in settled.text
    send(visitor, path(portaal, "wijzigen"), werkwijze="D")
    with portaal.als() as session:
        assert session.get_one(Verantwoording, id_of(portaal)).werkwijze is Werkwijze.B


@pytest.mark.beide
def test_a_beheerder_changes_the_werkwijze_and_the_last_day(portaal: Portaal) -> None:
    beheerder = portaal.bezoeker("beheerder")
    address = path(portaal, "wijzigen")
    assert send(beheerder, address, werkwijze="D", uiterste_datum="31-1-2027").status_code == 302
    assert "31-01-2027" in page_of(beheerder, path(portaal, "details")).text
    wrong = send(beheerder, address, uiterste_datum="31-31-2027")
    assert wrong.status_code == 422
    assert "uiterste_datum" not in page_of(portaal.bezoeker("projectleider"), address).form()


@pytest.mark.parametrize("status", ["vastgesteld", "verzonnen", ""])
def test_a_status_that_is_no_choice_is_refused(
    portaal: Portaal, visitor: Bezoeker, status: str
) -> None:
    assert send(visitor, path(portaal, "wijzigen"), status=status).status_code == 422
    assert status_of(portaal) is Status.OPEN


def test_two_people_who_change_the_werkwijze_see_both(portaal: Portaal, visitor: Bezoeker) -> None:
    address = path(portaal, "wijzigen", "leeg")
    body = page_of(visitor, address).form()
    send(portaal.bezoeker("beheerder"), address, werkwijze="A")

    response = visitor.post(address, body | {"werkwijze": "D"})

    assert response.status_code == 409
    assert "Mens beheerder heeft dit intussen ook gewijzigd" in Page(response.text).text
    assert visitor.post(address, Page(response.text).form()).status_code == 302
    with portaal.als() as session:
        stored = session.get_one(Verantwoording, id_of(portaal, "leeg"))
        assert stored.werkwijze is Werkwijze.D


def test_a_made_up_version_is_refused(portaal: Portaal, visitor: Bezoeker) -> None:
    assert send(visitor, path(portaal, "wijzigen"), versie_token="x").status_code == 400


def test_the_history_tells_who_changed_what(portaal: Portaal, visitor: Bezoeker) -> None:
    send(visitor, path(portaal, "wijzigen", "leeg"), werkwijze="C")
    page = page_of(visitor, path(portaal, "geschiedenis", "leeg"))
    assert "Mens projectleider Verantwoording" in page.text
    assert "B – Overzicht per activiteit" in page.text


def test_the_werkwijze_is_asked_before_the_first_activity(portaal: Portaal) -> None:
    """Handleiding 3: it is chosen for the year; with the first activity it is settled."""
    visitor = portaal.bezoeker("projectleider")
    words = "Kies de werkwijze: dat kan tot de eerste activiteit."
    with portaal.als() as session:
        session.get_one(Verantwoording, id_of(portaal, "leeg")).werkwijze = None
        session.commit()
    assert words in page_of(visitor, path(portaal, stand="leeg")).text
    with portaal.als() as session:
        f.maak_activiteit(session, session.get_one(Verantwoording, id_of(portaal, "leeg")))
        session.commit()
    assert words not in page_of(visitor, path(portaal, stand="leeg")).text


def test_who_may_reopen_a_closed_year_finds_it_where_it_says_so(portaal: Portaal) -> None:
    year = portaal.wereld.id(Verantwoording, "eigen", "gesloten")
    shown = {
        who: f"/verantwoordingen/{year}/heropenen"
        in portaal.bezoeker(who).get(f"/verantwoordingen/{year}/details").text
        for who in ("routebegeleider", "projectleider", "adviseur", "beheerder")
    }
    assert shown == {
        "routebegeleider": False, "projectleider": True, "adviseur": False, "beheerder": True,
    }  # fmt: skip
