"""Drafts: kept while typing, offered back, never over something newer, gone once saved."""

import json
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cmk_admin import drafts, erasure
from cmk_admin.actor import system
from cmk_admin.entity_forms import new_key
from models.activiteit import Activiteit, ActiviteitSchool
from models.concept import Concept
from models.school import School
from models.verantwoording import Verantwoording
from tests.pages import Page
from tests.support.portal import Bezoeker, Portaal
from views.activiteiten import herkennen


def form_of(portaal: Portaal) -> str:
    year = portaal.wereld.id(Verantwoording, "eigen")
    return f"/verantwoordingen/{year}/activiteiten/nieuw"


def keep(visitor: Bezoeker, form: str, stand: str = "", **fields: str) -> Any:
    """As the browser sends it: the key of the form goes along, not in the draft itself."""
    content = json.dumps([[name, value] for name, value in fields.items()])
    body = {"formulier": form, "stand": stand, "inhoud": content}
    return visitor.post("/concepten", body | {"sleutel": fields.get("sleutel", new_key())})


@pytest.mark.beide
def test_what_was_typed_is_offered_back_with_its_time(portaal: Portaal) -> None:
    form, typed = form_of(portaal), {"naam": "Dans", "lasten-0-toelichting": "Zaal", "duur": "x"}
    kept = keep(portaal.bezoeker("routebegeleider"), form, **typed).json
    assert len(kept["tijd"]) == len("14:03")

    # The tab is gone and the session has ended: somebody logs in anew.
    visitor = portaal.bezoeker("routebegeleider")
    page = Page(visitor.get(form).text)
    assert "Er staat nog een concept" in page.text
    assert kept["tijd"] in page.text
    again = Page(visitor.get(f"{form}?concept=1").text)
    assert "Er staat nog een concept" not in again.text
    values = again.form()
    assert {name: values[name] for name in typed} == {n: [v] for n, v in typed.items()}
    [shown] = [f for f in again.all("form") if f.get("data-draft-form") == form]
    assert shown.get("data-draft-stand") == kept["stand"]


def test_a_draft_is_of_one_person(portaal: Portaal) -> None:
    form = form_of(portaal)
    keep(portaal.bezoeker("routebegeleider"), form, naam="Van mij")
    other = portaal.bezoeker("projectleider")
    assert "concept" not in Page(other.get(form).text).text
    assert "Van mij" not in other.get(f"{form}?concept=1").text


def test_an_older_window_does_not_write_over_a_newer_draft(portaal: Portaal) -> None:
    visitor, form = portaal.bezoeker("projectleider"), form_of(portaal)
    first = keep(visitor, form, naam="Eerste").json["stand"]
    second = keep(visitor, form, first, naam="Tweede").json["stand"]
    for old in ("", first, "verzonnen"):
        assert keep(visitor, form, old, naam="Oud venster").status_code == 409
    assert keep(visitor, form, second, naam="Derde").status_code == 200
    assert Page(visitor.get(f"{form}?concept=1").text).form()["naam"] == ["Derde"]


def test_saving_takes_the_draft_away_and_so_does_throwing_it_away(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    activiteit = portaal.wereld.id(Activiteit, "eigen")
    form = f"/activiteiten/{activiteit}/details/bewerken"
    fields = {n: v[0] for n, v in Page(visitor.get(form).text).form().items() if v}
    keep(visitor, form, **fields | {"naam": "Uit het concept"})
    taken = Page(visitor.get(f"{form}?concept=1").text).form()
    assert taken["naam"] == ["Uit het concept"]
    assert visitor.post(form, taken).status_code == 302
    with portaal.als() as session:
        assert session.get_one(Activiteit, activiteit).naam == "Uit het concept"
        assert session.scalars(select(Concept)).all() == []

    keep(visitor, form, naam="Weg ermee")
    assert visitor.post("/concepten/weg", {"formulier": form}).location == form
    assert "Weg ermee" not in visitor.get(f"{form}?concept=1").text


def drafts_left(portaal: Portaal) -> int:
    with portaal.als() as session:
        return len(session.scalars(select(Concept)).all())


@pytest.mark.beide
@pytest.mark.parametrize("late", [True, False])
def test_a_draft_that_was_on_its_way_does_not_outlive_the_saved_form(
    portaal: Portaal, late: bool
) -> None:
    """Whichever of the two comes first, the saved form is all there is."""
    visitor = portaal.bezoeker("projectleider")
    form = f"/activiteiten/{portaal.wereld.id(Activiteit, 'eigen')}/details/bewerken"
    fields = {n: v[0] for n, v in Page(visitor.get(form).text).form().items() if v}
    typed = fields | {"naam": "Dans"}

    def autosave() -> int:
        return int(keep(visitor, form, **typed).status_code)

    if not late:
        assert autosave() == 200
    assert visitor.post(form, typed).status_code == 302
    assert drafts_left(portaal) == 0
    if late:
        answer = keep(visitor, form, **typed)
        assert (answer.status_code, "al bewaard" in answer.json["fout"]) == (409, True)
    assert drafts_left(portaal) == 0
    # The next form at this address has a key of its own, and somebody else has other keys.
    assert keep(visitor, form, naam="Daarna").status_code == 200
    assert keep(portaal.bezoeker("routebegeleider"), form, **typed).status_code == 200


@pytest.mark.beide
def test_dropping_waits_for_a_draft_that_is_being_kept(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is saved after the look for its key and before the draft is stored."""
    person, form = portaal.wereld.mensen["projectleider"], form_of(portaal)
    looked, going_on = threading.Event(), threading.Event()

    def slowly(_number: int) -> str:
        looked.set()
        assert going_on.wait(10)
        return "x" * 32

    def keeping() -> None:
        with portaal.app.app_context():
            drafts.keep(person, form, "", "[]", new_key())

    def dropping() -> None:
        with portaal.app.app_context():
            drafts.drop(person, form)

    monkeypatch.setattr(secrets, "token_hex", slowly)
    with ThreadPoolExecutor(2) as pool:
        kept = pool.submit(keeping)
        assert looked.wait(10)
        dropped = pool.submit(dropping)
        threading.Timer(0.3, going_on.set).start()
        kept.result(20)
        dropped.result(20)
    assert drafts_left(portaal) == 0


def test_a_draft_that_cannot_be_dropped_does_not_undo_the_saved_form(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form is saved, and that is what its maker reads."""

    def locked(_person: int, _form: str) -> None:
        raise OperationalError("DELETE", {}, Exception("database is locked"))

    visitor = portaal.bezoeker("projectleider")
    activiteit = portaal.wereld.id(Activiteit, "eigen")
    form = f"/activiteiten/{activiteit}/details/bewerken"
    fields = {n: v[0] for n, v in Page(visitor.get(form).text).form().items() if v}
    monkeypatch.setattr(drafts, "drop", locked)
    assert visitor.post(form, fields | {"naam": "Dans"}).status_code == 302
    with portaal.als() as session:
        assert session.get_one(Activiteit, activiteit).naam == "Dans"


def test_a_taken_draft_of_before_anothers_change_gives_both_values(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    activiteit = portaal.wereld.id(Activiteit, "eigen")
    form = f"/activiteiten/{activiteit}/details/bewerken"
    fields = {n: v[0] for n, v in Page(visitor.get(form).text).form().items() if v}
    keep(visitor, form, **fields | {"naam": "Mijn naam"})
    with portaal.als() as session:
        session.get_one(Activiteit, activiteit).naam = "Andermans naam"
        session.commit()
    taken = Page(visitor.get(f"{form}?concept=1").text).form()
    answer = visitor.post(form, taken)
    assert answer.status_code == 409
    assert "Andermans naam" in answer.text
    assert "Mijn naam" in answer.text


def test_only_forms_have_drafts_and_only_of_pairs(portaal: Portaal) -> None:
    visitor, form = portaal.bezoeker("projectleider"), form_of(portaal)
    for wrong in ("/", "//kwaad.nl", "https://kwaad.nl/", f"{form}/../..", form + "?x=1"):
        assert keep(visitor, wrong, naam="x").status_code == 400, wrong
        assert visitor.post("/concepten/weg", {"formulier": wrong}).status_code == 400
    for content in ("", "{}", "[1]", '[["naam"]]', '[["naam", 1]]', "[" * 100_000):
        body = {"formulier": form, "stand": "", "inhoud": content}
        assert visitor.post("/concepten", body).status_code == 400, content[:20]


def test_erasing_a_person_takes_their_drafts(portaal: Portaal) -> None:
    keep(portaal.bezoeker("routebegeleider"), form_of(portaal), naam="Jansen")
    with portaal.app.app_context():
        erasure.erase(portaal.wereld.mensen["routebegeleider"], system("test"))
    with portaal.als() as session:
        assert session.scalars(select(Concept)).all() == []


# --- a pasted column of schools -------------------------------------------------------


def recognise_path(portaal: Portaal) -> str:
    return f"/verantwoordingen/{portaal.wereld.id(Verantwoording, 'eigen')}/scholen-herkennen"


def test_a_pasted_column_is_recognised_line_by_line(portaal: Portaal) -> None:
    with portaal.als() as session:
        joined = select(ActiviteitSchool.school_id).limit(1)
        school = session.get_one(School, session.scalar(joined))
        school.naam, school.brin_nummer = "De Brúg", "07KX"
        school.vestigingscode, school.plaats = "07KX00", "Neede"
        session.flush()
        twin = School(naam="Tweeling", brin_nummer="08AB", vestigingscode="08AB00",
                      gemeente_id=school.gemeente_id)  # fmt: skip
        other = School(naam="Tweeling", brin_nummer="08AB", vestigingscode="08AB01",
                       gemeente_id=school.gemeente_id)  # fmt: skip
        session.add_all([twin, other])
        session.commit()
        brug, tweede = school.id, other.id
    lines = {
        "De Brúg": brug,
        " de  brúg ": brug,
        "07kx": brug,
        "07KX00": brug,
        "De Brúg · 07KX00 · Neede": brug,
        "De Brúg, Neede": brug,
        "08AB": None,
        "Tweeling": None,
        "Tweeling 08AB01": tweede,
        "Onbekende school": None,
        "": None,
    }
    answer = portaal.bezoeker("routebegeleider").post(
        recognise_path(portaal), {"regel": list(lines)}
    )
    hits: list[list[Any] | None] = answer.json or []
    found = [hit and hit[0] for hit in hits]
    assert dict(zip(lines, found, strict=True)) == lines


def test_a_paste_beyond_all_measure_is_refused(portaal: Portaal) -> None:
    """By lines and by their length; what is taken stays within one statement of the database."""
    visitor, path = portaal.bezoeker("routebegeleider"), recognise_path(portaal)
    assert visitor.post(path, {"regel": ["x" * (herkennen.LONGEST + 1)]}).status_code == 413
    assert visitor.post(path, {"regel": ["x"] * (herkennen.MOST + 1)}).status_code == 413
    lines = [
        " ".join(f"{n % 100:02}{chr(65 + n // 100)}{chr(65 + m % 26)}{m:02}" for m in range(42))
        for n in range(herkennen.MOST)
    ]
    assert all(len(herkennen._codes(line)) == herkennen.CODES for line in lines)
    assert visitor.post(path, {"regel": lines}).status_code == 200
