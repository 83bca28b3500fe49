"""Activiteiten klaarzetten: what is shown is what is made, once, by who may (Handleiding 3)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.activiteit import Activiteit
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.lijsten import Doel, Doelgroep
from models.project import Begrotingspost
from models.school import School
from models.verantwoording import Status, Verantwoording, Werkwijze
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal

REQUIRED = "Dit veld is verplicht."


def year(portaal: Portaal, stand: str = "leeg", van: str = "eigen") -> int:
    return portaal.wereld.id(Verantwoording, van, stand)


def path(portaal: Portaal, stand: str = "leeg", van: str = "eigen") -> str:
    return f"/verantwoordingen/{year(portaal, stand, van)}/kader"


def in_way(portaal: Portaal, way: Werkwijze | None) -> None:
    """The empty year of "eigen" in this werkwijze, with two posts: one with a CMK-doel."""
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year(portaal))
        row.werkwijze = way
        goal = session.get_one(Doel, portaal.wereld.id(Doel))
        of_year: dict[str, Any] = {"project": row.project, "kalenderjaar": row.kalenderjaar}
        f.maak_begrotingspost(session, **of_year, naam="Muziek", doel=goal)
        f.maak_begrotingspost(session, **of_year, naam="Beheer", doel=None)
        session.commit()
    portaal.changed()


def schools(portaal: Portaal, *names: str) -> dict[str, int]:
    """More schools in the werkgebied of "eigen"; name → id."""
    with portaal.als() as session:
        near = session.get_one(School, portaal.wereld.id(School))
        made = [f.maak_school(session, near.gemeente, naam=name) for name in names]
        for school in made:
            school.sector_id = None
        session.commit()
        return {school.naam: school.id for school in made}


def filled(portaal: Portaal, answer: TestResponse, **more: Any) -> dict[str, Any]:
    """The form of the page with a doelgroep, and a CMK-doel where that is asked."""
    body: dict[str, Any] = Page(answer.text).form()
    body |= {"doelgroepen": [str(portaal.wereld.id(Doelgroep))]}
    if "doel_id" in body:
        body |= {"doel_id": str(portaal.wereld.id(Doel))}
    return body | more


def shown(answer: TestResponse) -> list[list[str]]:
    """The lines of the preview."""
    tables = Page(answer.text).all("table")
    return [[c.words for c in row.all("th", "td")] for table in tables for row in table.all("tr")][
        1:
    ]


def seen(visitor: Bezoeker, where: str, body: dict[str, Any]) -> TestResponse:
    return visitor.post(where, body | {"stap": "voorbeeld"})


def stored(portaal: Portaal) -> list[tuple[str, date, date, list[str]]]:
    """The activities of the year, in order of making: name, period, schools."""
    with portaal.als() as session:
        mine = select(Activiteit).where(Activiteit.verantwoording_id == year(portaal))
        return [
            (row.naam, row.startdatum, row.einddatum, [s.school.naam for s in row.scholen])
            for row in session.scalars(mine.order_by(Activiteit.id))
        ]


def errors(answer: TestResponse) -> list[str]:
    return [line.words for box in Page(answer.text).with_class("form-errors")
            for line in box.all("li")]  # fmt: skip


# --- what it makes ----------------------------------------------------------------


@pytest.mark.beide
def test_a_per_school_shown_first_made_in_one_step_and_taken_back(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.A)
    ids = schools(portaal, "De Linde", "De Beuk", "Niet gekozen")
    visitor, where = portaal.bezoeker("routebegeleider"), path(portaal)
    portaal.changed()
    body = filled(portaal, visitor.get(where), scholen=[str(ids["De Linde"]), str(ids["De Beuk"])])
    preview = seen(visitor, where, body)
    assert preview.status_code == 200
    assert [(line[0], line[2]) for line in shown(preview)] == [
        ("De Beuk", "01-01 t/m 31-12"),
        ("De Linde", "01-01 t/m 31-12"),
    ]
    assert not portaal.changed()

    done = visitor.post(where, Page(preview.text).form())

    assert done.location == f"/verantwoordingen/{year(portaal)}/activiteiten"
    whole = (date(2027, 1, 1), date(2027, 12, 31))
    assert sorted(stored(portaal)) == [
        ("De Beuk", *whole, ["De Beuk"]),
        ("De Linde", *whole, ["De Linde"]),
    ]
    page = visitor.get(done.location)
    assert "2 activiteiten klaargezet." in page.text
    assert "2 activiteiten zonder uren" in page.text
    with portaal.als() as session:
        [stap] = session.scalars(
            select(Bewerking).where(Bewerking.soort == BewerkingSoort.KLAARZETTEN)
        )
        number, told = stap.id, stap.omschrijving
        kinds = session.scalars(
            select(Wijziging.entiteit).where(Wijziging.bewerking_id == number)
        ).all()
    assert told == "2 activiteiten klaargezet"
    assert sorted(set(kinds)) == ["Activiteit", "ActiviteitDoelgroep", "ActiviteitSchool"]
    undone = visitor.post(f"/bewerkingen/{number}/ongedaan-maken", follow_redirects=True)
    assert "Ongedaan gemaakt: 2 activiteiten zijn weer weg." in undone.text
    assert stored(portaal) == []


def picks(answer: TestResponse) -> dict[str, str]:
    """The buttons that choose several at once: what they say → their value."""
    buttons = Page(answer.text).all("button")
    return {b.words: b.get("value") for b in buttons if b.get("name") == "kiezen"}


def test_a_many_schools_are_chosen_at_once_and_the_rest_of_the_form_stays(
    portaal: Portaal,
) -> None:
    """Without script: a button that comes back with them chosen, and judges nothing yet."""
    in_way(portaal, Werkwijze.A)
    schools(portaal, "De Linde", "De Beuk")
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    offered = [o.get("value") for o in Page(first.text).all("input") if o.get("name") == "scholen"]
    before = {"Die van 2026 kiezen (1)": "vorig"}
    assert picks(first) == {f"Alle {len(offered)} kiezen": "alle"} | before
    portaal.changed()

    everything = visitor.post(where, filled(portaal, first) | {"kiezen": "alle"})

    assert everything.status_code == 200
    assert errors(everything) == []
    body = Page(everything.text).form()
    assert body["scholen"] == offered
    assert body["doelgroepen"] == [str(portaal.wereld.id(Doelgroep))]
    assert picks(everything) == before | {"Niets kiezen": "geen"}
    assert "scholen" not in Page(visitor.post(where, body | {"kiezen": "geen"}).text).form()
    assert [line[0] for line in shown(seen(visitor, where, body))].count("De Linde") == 1
    assert not portaal.changed()


def test_a_the_schools_of_the_year_before_are_chosen_at_once(portaal: Portaal) -> None:
    """Those that are still offered; of this contractpartij, the year before, and no other."""
    in_way(portaal, Werkwijze.A)
    ids = schools(portaal, "Vorig jaar", "Gestopt", "Nieuw", "Eerder")
    with portaal.als() as session:
        now = session.get_one(Verantwoording, year(portaal))
        for back, names in ((1, ("Vorig jaar", "Gestopt")), (2, ("Eerder",))):
            project = f.maak_project(session, now.project.contractpartij, sector=now.project.sector)
            earlier = f.maak_verantwoording(session, project, kalenderjaar=now.kalenderjaar - back)
            row = f.maak_activiteit(session, earlier)
            for name in names:
                f.maak_activiteit_school(session, row, session.get_one(School, ids[name]))
        session.get_one(School, ids["Gestopt"]).actief = False
        session.commit()
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    assert picks(first)["Die van 2026 kiezen (2)"] == "vorig"
    again = visitor.post(where, filled(portaal, first) | {"kiezen": "vorig"})
    both = {str(ids["Vorig jaar"]), str(portaal.wereld.id(School))}
    assert set(Page(again.text).form()["scholen"]) == both


def test_c_per_post_and_quarter_with_the_goal_of_the_post(portaal: Portaal) -> None:
    """Every post is chosen to begin with; the CMK-doel is asked of the one without."""
    in_way(portaal, Werkwijze.C)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    assert "Van Beheer: in de begroting staat daar geen CMK-doel bij." in first.text
    preview = seen(visitor, where, filled(portaal, first))
    assert [line[0] for line in shown(preview)] == [
        *(f"Beheer, kwartaal {number}" for number in range(1, 5)),
        *(f"Muziek, kwartaal {number}" for number in range(1, 5)),
    ]
    assert shown(preview)[0][2] == "01-01 t/m 31-03"
    assert visitor.post(where, Page(preview.text).form()).status_code == 302
    assert [row[0] for row in stored(portaal)] == [line[0] for line in shown(preview)]


def test_d_a_frame_can_be_completed(portaal: Portaal) -> None:
    """What is there by name stays as it is, and is told."""
    in_way(portaal, Werkwijze.D)
    with portaal.als() as session:
        f.maak_activiteit(session, session.get_one(Verantwoording, year(portaal)), naam="MUZIEK")
        session.commit()
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    preview = seen(visitor, where, filled(portaal, visitor.get(where)))
    assert [line[0] for line in shown(preview)] == ["Beheer"]
    assert "Is er al, en blijft zoals het is" in preview.text
    assert visitor.post(where, Page(preview.text).form()).status_code == 302
    assert [row[0] for row in stored(portaal)] == ["MUZIEK", "Beheer"]

    again = seen(visitor, where, filled(portaal, visitor.get(where)))
    assert again.status_code == 422
    assert errors(again) == ["Begrotingsposten: Van alles wat je koos is er al een activiteit."]


def test_posts_of_one_name_for_several_goals_are_offered_and_made_apart(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.D)
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year(portaal))
        goal = f.maak_doel(session, naam="Scholing")
        f.maak_begrotingspost(
            session, project=row.project, kalenderjaar=row.kalenderjaar, naam="Muziek", doel=goal
        )
        session.commit()
        one = session.get_one(Doel, portaal.wereld.id(Doel)).naam
    apart = [f"Muziek – {one}", "Muziek – Scholing"]
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    offered = [o.words for o in Page(first.text).with_class("option")]
    assert set(apart) <= set(offered)
    preview = seen(visitor, where, filled(portaal, first))
    assert [line[:2] for line in shown(preview)[1:]] == [[apart[0], one], [apart[1], "Scholing"]]
    assert visitor.post(where, Page(preview.text).form()).status_code == 302
    assert [row[0] for row in stored(portaal)] == ["Beheer", *apart]


def test_hours_typed_later_count_as_in_an_activity_that_was_added(portaal: Portaal) -> None:
    """Handleiding 2.2: "4 activiteiten" of 1,5 hours are 6 hours, whoever made the activity."""
    in_way(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    preview = seen(visitor, where, filled(portaal, visitor.get(where)))
    assert visitor.post(where, Page(preview.text).form()).status_code == 302
    with portaal.als() as session:
        mine = select(Activiteit).where(Activiteit.verantwoording_id == year(portaal))
        row = session.scalars(mine.limit(1)).one()
        assert row.duur == row.totaal_uren == 0
        row.aantal_activiteiten, row.duur = 4, Decimal("1.5")
        session.commit()
        assert row.totaal_uren == 6


def test_the_goal_is_not_asked_when_only_posts_with_one_are_chosen(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.D)
    with portaal.als() as session:
        music = session.scalars(select(Begrotingspost.id).filter_by(naam="Muziek")).one()
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    body = filled(portaal, visitor.get(where), doel_id="")
    assert errors(seen(visitor, where, body)) == [f"CMK-doel: {REQUIRED}"]
    fine = seen(visitor, where, body | {"posten": [str(music)]})
    assert [line[0] for line in shown(fine)] == ["Muziek"]


@pytest.mark.parametrize(
    ("way", "schools_too"), [(Werkwijze.A, True), (Werkwijze.C, False), (Werkwijze.D, False)]
)
def test_the_preview_says_what_it_leads_to(
    portaal: Portaal, way: Werkwijze, schools_too: bool
) -> None:
    in_way(portaal, way)
    near = [str(id_) for id_ in schools(portaal, "De Linde").values()]
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    first = visitor.get(where)
    more = {"scholen": near} if schools_too else {}
    told = Page(seen(visitor, where, filled(portaal, first, **more)).text)
    heading = told.by_id("gevolgen-kop")
    assert heading.words == "Wat het klaarzetten betekent"
    for words in (
        "tellen vanaf dan mee in Rapportages, ook met 0 uur",
        f"ligt de werkwijze van dit jaar vast: {way.label}.",
        "Verwijder wat je niet gebruikt vóórdat de verantwoording sluit",
        "Met Ongedaan maken haal je weg waaraan nog niemand heeft gewerkt",
    ):
        assert words in told.text
        assert words not in first.text
    assert ("hun scholen tellen als bereikt" in told.text) is schools_too


def laid_down(portaal: Portaal, visitor: Bezoeker) -> str:
    """The frame of werkwijze D (Beheer, Muziek); the address that takes it back."""
    in_way(portaal, Werkwijze.D)
    where = path(portaal)
    preview = seen(visitor, where, filled(portaal, visitor.get(where)))
    assert visitor.post(where, Page(preview.text).form()).status_code == 302
    with portaal.als() as session:
        step = select(Bewerking.id).where(Bewerking.soort == BewerkingSoort.KLAARZETTEN)
        return f"/bewerkingen/{session.scalars(step).one()}/ongedaan-maken"


def work_on(portaal: Portaal, *names: str) -> None:
    with portaal.als() as session:
        mine = select(Activiteit).where(Activiteit.verantwoording_id == year(portaal))
        for row in session.scalars(mine.where(Activiteit.naam.in_(names))):
            row.aantal_activiteiten = 3
        session.commit()


@pytest.mark.beide
def test_undoing_takes_what_nobody_worked_on_and_leaves_the_rest(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    back = laid_down(portaal, visitor)
    work_on(portaal, "Muziek")
    answer = visitor.post(back, follow_redirects=True)
    assert "Ongedaan gemaakt: 1 activiteit is weer weg." in answer.text
    kept = "Muziek: Dit is later nog gewijzigd en blijft daarom staan."
    assert f"Niet alles ging terug. {kept}" in answer.text
    assert [row[0] for row in stored(portaal)] == ["Muziek"]


def test_an_activity_that_somebody_gave_a_part_to_stays(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    back = laid_down(portaal, visitor)
    with portaal.als() as session:
        mine = select(Activiteit).where(Activiteit.verantwoording_id == year(portaal))
        f.maak_last(session, session.scalars(mine.filter_by(naam="Beheer")).one())
        session.commit()
    visitor.post(back)
    assert [row[0] for row in stored(portaal)] == ["Beheer"]


def test_undoing_after_one_was_deleted_takes_the_others(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    back = laid_down(portaal, visitor)
    with portaal.als() as session:
        mine = select(Activiteit).where(Activiteit.verantwoording_id == year(portaal))
        session.delete(session.scalars(mine.filter_by(naam="Beheer")).one())
        session.commit()
    visitor.post(back)
    assert stored(portaal) == []


def test_what_was_all_worked_on_is_not_taken_back(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("routebegeleider")
    back = laid_down(portaal, visitor)
    work_on(portaal, "Muziek", "Beheer")
    answer = visitor.post(back, follow_redirects=True)
    assert "Er is niets teruggezet. Dit is later nog gewijzigd" in answer.text
    assert len(stored(portaal)) == 2


# --- what it refuses ---------------------------------------------------------------


def test_nothing_chosen_is_told_at_the_field(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.A)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    body = Page(visitor.get(where).text).form()
    for sending in (body, body | {"stap": ["voorbeeld"]}):
        answer = visitor.post(where, sending)
        assert answer.status_code == 422
        told = [f"{label}: {REQUIRED}" for label in ("Scholen", "Doelgroepen", "CMK-doel")]
        assert sorted(errors(answer)) == sorted(told)
    assert not portaal.changed()


def test_only_what_is_offered_can_be_chosen(portaal: Portaal) -> None:
    """Not a school elsewhere, not an inactive one, not a post of another year or party."""
    in_way(portaal, Werkwijze.A)
    near = schools(portaal, "Weg")
    with portaal.als() as session:
        elsewhere = f.maak_school(session, naam="Verweg").id
        session.get_one(School, near["Weg"]).actief = False
        session.commit()
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    portaal.changed()
    body = filled(portaal, visitor.get(where))
    for school in (elsewhere, near["Weg"], 999_999):
        answer = seen(visitor, where, body | {"scholen": [str(school)]})
        assert answer.status_code == 422
        assert "Scholen: Deze keuze bestaat niet (meer)" in errors(answer)[0]
    in_way(portaal, Werkwijze.D)
    body = filled(portaal, visitor.get(where))
    foreign = portaal.wereld.id(Begrotingspost, "vreemd")
    own_of_2026 = portaal.wereld.id(Begrotingspost, "eigen")
    for post in (foreign, own_of_2026):
        assert seen(visitor, where, body | {"posten": [str(post)]}).status_code == 422
    assert not portaal.changed()


def test_what_was_not_seen_is_not_made(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    body = filled(portaal, visitor.get(where))
    blind = visitor.post(where, body)
    assert blind.status_code == 409
    assert "Dit is wat er nu zou gebeuren" in blind.text
    assert [line[0] for line in shown(blind)] == ["Beheer", "Muziek"]
    assert not portaal.changed()

    agreed = Page(blind.text).form()
    with portaal.als() as session:
        f.maak_activiteit(session, session.get_one(Verantwoording, year(portaal)), naam="Muziek")
        session.commit()
    late = visitor.post(where, agreed)
    assert late.status_code == 409
    assert [line[0] for line in shown(late)] == ["Beheer"]
    assert visitor.post(where, Page(late.text).form()).status_code == 302
    assert [row[0] for row in stored(portaal)] == ["Muziek", "Beheer"]


def test_when_all_of_it_came_meanwhile_it_is_told(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    agreed = Page(seen(visitor, where, filled(portaal, visitor.get(where))).text).form()
    other = portaal.bezoeker("routebegeleider")
    theirs = Page(seen(other, where, filled(portaal, other.get(where))).text).form()
    assert other.post(where, theirs).status_code == 302
    late = visitor.post(where, agreed)
    assert late.status_code == 422
    assert "Van alles wat je koos is er al een activiteit." in late.text
    assert len(stored(portaal)) == 2


@pytest.mark.beide
def test_a_doubled_submit_is_one(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    body = Page(seen(visitor, where, filled(portaal, visitor.get(where))).text).form()
    first, second = visitor.post(where, body), visitor.post(where, body)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert len(stored(portaal)) == 2
    with portaal.als() as session:
        steps = select(func.count(Bewerking.id)).where(
            Bewerking.soort == BewerkingSoort.KLAARZETTEN
        )
        assert session.scalar(steps) == 1


def test_the_year_closes_while_it_is_asked(portaal: Portaal) -> None:
    """What was chosen is still there, and nothing is stored."""
    in_way(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    body = Page(seen(visitor, where, filled(portaal, visitor.get(where))).text).form()
    with portaal.als() as session:
        row = session.get_one(Verantwoording, year(portaal))
        for _ in range(2):
            f.maak_complete_activiteit(session, row)
        row.sluit(None)
        session.commit()
        assert row.status is Status.GESLOTEN
    portaal.changed()
    late = visitor.post(where, body)
    assert late.status_code == 409
    assert "gesloten" in errors(late)[0]
    assert Page(late.text).form()["doelgroepen"] == body["doelgroepen"]
    assert not portaal.changed()
    assert visitor.get(where).status_code == 409


# --- who, and where it stands --------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "van", "code"),
    [
        ("routebegeleider", "eigen", 200),
        ("projectleider", "eigen", 200),
        ("datamanager", "eigen", 200),
        ("beheerder", "vreemd", 200),
        ("adviseur", "eigen", 403),
        ("projectleider", "vreemd", 404),
    ],
)
def test_who_may_add_activities_may_lay_them_down(
    portaal: Portaal, who: str, van: str, code: int
) -> None:
    in_way(portaal, Werkwijze.D)
    assert portaal.bezoeker(who).get(path(portaal, van=van)).status_code == code


def test_the_button_stands_where_there_is_something_to_lay_down(portaal: Portaal) -> None:
    def buttons(who: str = "projectleider", stand: str = "leeg") -> list[str]:
        where = f"/verantwoordingen/{year(portaal, stand)}/activiteiten"
        links = Page(portaal.bezoeker(who).get(where).text).all("a")
        return [a.get("class") for a in links if a.words == "Activiteiten klaarzetten…"]

    assert buttons() == []
    in_way(portaal, Werkwijze.A)
    # In the header, and most prominent where there is nothing yet.
    assert buttons() == ["button", "button button-primary"]
    assert buttons("adviseur") == []
    assert buttons(stand="gesloten") == []
    with portaal.als() as session:
        f.maak_activiteit(session, session.get_one(Verantwoording, year(portaal)))
        session.commit()
    assert buttons() == ["button"]


@pytest.mark.parametrize("view", ["per-school", "per-kwartaal", "per-begrotingspost"])
def test_each_first_view_of_an_empty_year_offers_it(portaal: Portaal, view: str) -> None:
    """Werkwijze A, C and D open with a view of their own."""
    in_way(portaal, Werkwijze.C)
    page = portaal.bezoeker("projectleider").get(f"/verantwoordingen/{year(portaal)}/{view}")
    links = Page(page.text).all("a")
    looks = [a.get("class") for a in links if a.words == "Activiteiten klaarzetten…"]
    assert looks == ["button", "button button-primary"]


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (None, "Kies eerst de werkwijze"),
        (Werkwijze.B, "Hier valt vooraf niets klaar te zetten"),
    ],
)
def test_without_a_frame_the_page_says_why(
    portaal: Portaal, way: Werkwijze | None, told: str
) -> None:
    in_way(portaal, way)
    visitor, where = portaal.bezoeker("projectleider"), path(portaal)
    assert told in visitor.get(where).text
    assert visitor.post(where).status_code == 422
    assert not portaal.changed()


def bare(portaal: Portaal, way: Werkwijze) -> None:
    """The empty year in this werkwijze, without a begroting and without schools."""
    with portaal.als() as session:
        session.get_one(Verantwoording, year(portaal)).werkwijze = way
        for school in session.scalars(select(School)):
            school.actief = False
        session.commit()


def card(portaal: Portaal, who: str, where: str) -> list[tuple[str, bool]]:
    """The steps that are offered where nothing is yet; whether they are the first (pink) one."""
    [box] = Page(portaal.bezoeker(who).get(where).text).with_class("empty")
    return [(a.words, "button-primary" in a.get("class")) for a in box.all("a")]


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (Werkwijze.A, "In jullie werkgebied staan nog geen scholen."),
        (Werkwijze.C, "Er staan nog geen begrotingsposten voor 2027."),
        (Werkwijze.D, "Er staan nog geen begrotingsposten voor 2027."),
    ],
)
def test_without_a_begroting_or_schools_one_can_go_on(
    portaal: Portaal, way: Werkwijze, told: str
) -> None:
    """The first step is not a page where there is nothing to choose."""
    bare(portaal, way)
    new = ("+Nieuw", True)
    theirs = [("Financieel overzicht", False)] if way is not Werkwijze.A else []
    enter = [("+Nieuwe begrotingspost", False)] if way is not Werkwijze.A else []
    first = f"/verantwoordingen/{year(portaal)}/activiteiten"
    for where in (path(portaal), first):
        assert told in portaal.bezoeker("projectleider").get(where).text
        assert card(portaal, "projectleider", where) == [new, *theirs]
        assert card(portaal, "beheerder", where) == [new, *enter]


def test_who_enters_a_begrotingspost_there_comes_back(portaal: Portaal) -> None:
    bare(portaal, Werkwijze.D)
    visitor, where = portaal.bezoeker("beheerder"), path(portaal)
    [enter] = [a for a in Page(visitor.get(where).text).all("a") if "begrotingspost" in a.words]
    form = Page(visitor.get(enter.get("href")).text).form()
    done = visitor.post(enter.get("href"), form | {"naam": "Muziek", "bedrag": "100"})
    assert done.location == where
    assert Page(visitor.get(where).text).form()["posten"]


def test_one_by_one_stands_beside_the_frame(portaal: Portaal) -> None:
    in_way(portaal, Werkwijze.C)
    for view in ("activiteiten", "per-kwartaal"):
        where = f"/verantwoordingen/{year(portaal)}/{view}"
        assert card(portaal, "projectleider", where) == [
            ("Activiteiten klaarzetten…", True),
            ("+Nieuw", False),
        ]
        assert card(portaal, "adviseur", where) == []
