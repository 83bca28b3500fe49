"""Entering an activity with its schools and lasten (Handleiding 2.2)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from models.activiteit import Activiteit
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School
from models.verantwoording import Verantwoording
from tests.activiteit_formulier import Body, Formulier, complete, count, errors, new_path
from tests.pages import Page
from tests.portal_world import KANARIE
from tests.support.portal import Portaal


@pytest.mark.beide
def test_the_three_parts_are_saved_together(portaal: Portaal) -> None:
    form = Formulier(portaal, "routebegeleider", new_path(portaal))

    response = form.send(**complete(portaal))

    assert response.status_code == 302
    with portaal.als() as session:
        found = session.scalars(select(Activiteit).order_by(Activiteit.id.desc()).limit(1)).one()
        assert response.location == f"/activiteiten/{found.id}/details"
        assert (found.naam, found.totaal_uren) == ("Muziek in de klas", Decimal(6))
        assert [rij.aantal_leerkrachten for rij in found.scholen] == [6]
        assert [(x.toelichting, x.bedrag, x.leverancier) for x in found.lasten] == [
            ("Vakdocent", 123456, "Muziekschool")
        ]
        assert len(found.doelgroep_koppelingen) == len(found.partner_koppelingen) == 1
        assert found.contractpartij_id == portaal.wereld.id("Contractpartij", "eigen")


def test_sending_twice_makes_one_activity(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    before = count(portaal)
    first, second = form.send(**complete(portaal)), form.send(**complete(portaal))
    assert count(portaal) == before + 1
    assert first.location == second.location


def test_bewaren_en_nog_een_opens_an_empty_form(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    response = form.send(**complete(portaal, _nog_een="1"))
    assert response.location == new_path(portaal)
    page = form.bezoeker.get(response.location)
    assert "Activiteit “Muziek in de klas” is toegevoegd." in Page(page.text).text
    assert Page(page.text).form()["naam"] == [""]


def test_only_what_the_manual_calls_needed_is_needed(portaal: Portaal) -> None:
    """Schools and costs may follow; "het bedrag … kan ook op een later moment"."""
    body = {n: v for n, v in complete(portaal).items() if not n.startswith(("scholen", "lasten"))}
    form = Formulier(portaal, "projectleider", new_path(portaal))
    assert form.send(**body | {"lasten__0__toelichting": "Nog te betalen"}).status_code == 302


def test_what_is_missing_is_told_at_the_field(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    response = form.send()
    assert response.status_code == 422
    named = [line.split(":")[0] for line in errors(response)]
    assert named == [
        "Naam",
        "CMK-doel",
        "Duur activiteit (uren)",
        "Periode van",
        "Periode tot en met",
        "Doelgroepen",
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"einddatum": "01-02-2027"}, "Periode tot en met: De periode eindigt vóór zij begint."),
        ({"startdatum": "31-02-2027"}, "Periode van: 31-02-2027 bestaat niet."),
        ({"aantal_activiteiten": "0"}, "Aantal activiteiten: Vul 1 of een hoger aantal in"),
        ({"aantal_activiteiten": "2²"}, "Aantal activiteiten: Vul een heel getal in."),
        ({"duur": "-1"}, "Duur activiteit (uren): Vul 0 of meer uren in."),
        ({"duur": "99999999999"}, "Duur activiteit (uren): Dit getal is te groot."),
        ({"naam": "x" * 201}, "Naam: Gebruik hoogstens 200 tekens"),
        ({"naam": "een\x07bel"}, "Naam: Hier staan onzichtbare tekens"),
        ({"doel_id": "999999"}, "CMK-doel: Deze keuze bestaat niet (meer)"),
        ({"doel_id": "abc"}, "CMK-doel: Deze keuze bestaat niet (meer)"),
        ({"duur_eenheid": "eeuwen"}, "De duur is: Kies een van de mogelijkheden."),
        ({"doelgroepen": ["999999"]}, "Doelgroepen: Deze keuze bestaat niet (meer)"),
        ({"scholen__0__school_id": ""}, "School 1, school: Dit veld is verplicht."),
        ({"scholen__0__school_id": "99999"}, "School 1, school: Deze keuze bestaat niet (meer)"),
        ({"scholen__0__aantal_leerkrachten": "-1"}, "School 1, aantal leerkrachten: Vul 0 of"),
        ({"scholen__0__aantal_leerkrachten": "zes"}, "School 1, aantal leerkrachten: Vul een heel"),
        ({"lasten__0__toelichting": ""}, "Last 1, toelichting: Dit veld is verplicht."),
        ({"lasten__0__bedrag": "veel"}, "Last 1, bedrag: Vul een bedrag in"),
        ({"lasten__0__betaald_op": "01-01-2026"}, "Last 1, betaald op: Alleen kosten die in 2027"),
        ({"lasten__0__kostensoort_id": "77777"}, "Last 1, kostensoort: Deze keuze bestaat niet"),
    ],
)
def test_wrong_input_is_told_and_nothing_typed_is_lost(
    portaal: Portaal, typed: Body, sentence: str
) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    before = count(portaal)

    response = form.send(**complete(portaal, **typed))

    assert response.status_code == 422
    found = errors(response)
    assert len(found) == 1
    assert found[0].startswith(sentence)
    assert count(portaal) == before
    back = form.again(response).values
    wanted = {n.replace("__", "-"): v for n, v in complete(portaal, **typed).items()}
    unseen = {"doel_id", "doelgroepen", "duur_eenheid"} | {n for n in wanted if n.endswith("_id")}
    for name in wanted.keys() - (unseen & {n.replace("__", "-") for n in typed}):
        value = wanted[name] if isinstance(wanted[name], list) else [wanted[name]]
        assert back[name] == value, name


def test_rows_keep_their_places_and_blank_ones_do_not_count(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    blank = {"scholen__4__id": "", "scholen__4__school_id": "", "lasten__2__toelichting": "  "}
    twice = {"scholen__7__school_id": str(portaal.wereld.id(School))}
    response = form.send(**complete(portaal, **blank, **twice))
    assert errors(response) == ["School 3, school: Deze school staat er al bij."]
    back = form.again(response).values
    assert back["scholen-7-school_id"] == [str(portaal.wereld.id(School))]
    assert form.send(scholen__7__school_id="").status_code == 302


def test_every_row_with_an_error_is_named(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    late = {"lasten__5__toelichting": "Bus", "lasten__5__betaald_op": "31-12-2026"}
    response = form.send(**complete(portaal, einddatum="1-1-2027", **late))
    assert [line.split(":")[0] for line in errors(response)] == [
        "Periode tot en met",
        "Last 2, betaald op",
    ]
    target = Page(response.text).by_id("fouten").all("a")[1].get("href")
    assert target == "#lasten-5-betaald_op"


def test_everything_that_is_wrong_is_told_in_one_go(portaal: Portaal) -> None:
    """What a field itself asks and what rules ask of it, over all three parts."""
    count_before = count(portaal)
    form = Formulier(portaal, "projectleider", new_path(portaal))
    response = form.send(
        **complete(
            portaal,
            naam="",
            aantal_activiteiten="0",
            einddatum="1-1-2027",
            scholen__0__aantal_leerkrachten="-1",
            lasten__0__toelichting="",
            lasten__0__betaald_op="31-12-2026",
        )
    )
    assert [line.split(":")[0] for line in errors(response)] == [
        "Naam",
        "Aantal activiteiten",
        "Periode tot en met",
        "School 1, aantal leerkrachten",
        "Last 1, toelichting",
        "Last 1, betaald op",
    ]
    assert count(portaal) == count_before


@pytest.mark.parametrize(
    "absurd",
    ["scholen-²-school_id", "scholen--1-school_id", "scholen-99999999999-school_id", "lasten-"],
)
def test_absurd_rows_are_left_out(portaal: Portaal, absurd: str) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    assert form.send(**complete(portaal), **{absurd: "1"}).status_code == 302


def test_a_partner_of_another_cultuurpunt_is_no_choice(portaal: Portaal) -> None:
    foreign = portaal.wereld.id(Samenwerkingspartner, "vreemd")
    form = Formulier(portaal, "beheerder", new_path(portaal))
    response = form.send(**complete(portaal, samenwerkingspartners=[str(foreign)]))
    assert errors(response)[0].startswith("Samenwerkingspartners: Deze keuze bestaat niet")
    assert KANARIE not in response.text


def test_in_a_closed_year_nothing_is_added(portaal: Portaal) -> None:
    response = portaal.bezoeker("projectleider").get(new_path(portaal, "gesloten"))
    assert response.status_code == 409
    assert (
        "Een projectleider of beheerder kan de verantwoording heropenen."
        in Page(response.text).text
    )


@pytest.mark.beide
def test_a_year_that_closes_under_the_form_keeps_what_was_typed(portaal: Portaal) -> None:
    form = Formulier(portaal, "routebegeleider", new_path(portaal, "open"))
    with portaal.als() as session:
        id_ = portaal.wereld.id(Verantwoording, "eigen")
        session.get_one(Verantwoording, id_).sluit(None)
        session.commit()
    before = count(portaal)

    response = form.send(**complete(portaal))

    assert response.status_code == 409
    assert count(portaal) == before
    assert form.again(response).values["lasten-0-toelichting"] == ["Vakdocent"]
    assert errors(response)[0].startswith("De verantwoording 2026 is gesloten")


def test_without_a_key_nothing_is_saved(portaal: Portaal) -> None:
    form = Formulier(portaal, "projectleider", new_path(portaal))
    assert form.send(**complete(portaal, sleutel="kort")).status_code == 400


def test_what_cannot_be_read_comes_back_with_one_euro_sign(portaal: Portaal) -> None:
    """The form has one before the field already; and hours below nothing are no total."""
    form = Formulier(portaal, "projectleider", new_path(portaal))
    response = form.send(
        **complete(portaal, duur="-3", lasten__0__bedrag="€ 1.250,00", lasten__0__betaald_op="ooit")
    )
    page = Page(response.text)
    assert page.form()["lasten-0-bedrag"] == ["1.250,00"]
    [total] = [p.words for p in page.all("p", "div") if "totals" in p.get("class").split()]
    assert "0,0 uur" in total
    assert "-" not in total
    assert form.again(response).send(lasten__0__bedrag="€ veel").status_code == 422
