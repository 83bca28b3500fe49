"""Dupliceren and Verwijderen of several rows: seen row by row, and done only as it was seen."""

from sqlalchemy import select

from models.activiteit import Activiteit
from models.samenwerkingspartner import Samenwerkingspartner
from tests import factories as f
from tests.pages import Page
from tests.support.portal import Portaal
from tests.test_actions import BASE, ask, counts, own

PARTNERS = "/stamdata/samenwerkingspartners/"


def rows_of(page: Page) -> dict[str, str]:
    """The preview: name of each row → what happens to it."""
    found = {}
    for cell in page.with_class("bulk-cells"):
        line = cell.above("tr")
        assert line is not None
        found[line.all("th")[0].words] = cell.words
    return found


def test_deleting_shows_every_row_first(portaal: Portaal) -> None:
    visitor, ids = portaal.bezoeker("projectleider"), own(portaal)
    with portaal.als() as session:
        names = {session.get_one(Activiteit, id_).naam for id_ in ids}
        school = str(session.get_one(Activiteit, ids[0]).scholen[0])
    page = Page(ask(visitor, portaal, Activiteit, "verwijderen", ids).text)
    seen = rows_of(page)
    assert set(seen) == names
    assert all(f"Scholen: eraf: {school}" in words for words in seen.values()), seen
    assert not portaal.changed()


def test_what_changed_meanwhile_is_seen_before_it_is_deleted(portaal: Portaal) -> None:
    visitor, ids = portaal.bezoeker("projectleider"), own(portaal)
    form = Page(ask(visitor, portaal, Activiteit, "verwijderen", ids).text).form()
    with portaal.als() as session:
        f.maak_last(session, session.get_one(Activiteit, ids[0]), toelichting="Later erbij")
        session.commit()
    before = counts(portaal)
    answer = visitor.post(f"{BASE}delete/", form)
    assert answer.status_code == 409
    assert "er is nog niets bewaard" in answer.text
    assert "Later erbij" in answer.text
    assert counts(portaal) == before
    assert visitor.post(f"{BASE}delete/", Page(answer.text).form()).status_code == 302
    assert counts(portaal)["Activiteit"] == before["Activiteit"] - 2


def test_what_cannot_go_is_named_and_the_others_go_on(portaal: Portaal) -> None:
    """A partner in use among two that are not: it says which, and leaves it out in one click."""
    visitor = portaal.bezoeker("datamanager")
    used = portaal.wereld.id(Samenwerkingspartner, "eigen")
    with portaal.als() as session:
        row = session.get_one(Samenwerkingspartner, used)
        name, partij = row.naam, row.contractpartij
        free = [f.maak_samenwerkingspartner(session, partij).id for _ in range(2)]
        session.commit()
    answer = ask(visitor, portaal, Samenwerkingspartner, "verwijderen", [used, *free])
    page = Page(answer.text)
    assert name in page.with_class("hangs")[-1].words
    [go_on] = [b for b in page.all("button") if b.words == "Ga verder met de andere 2"]
    form = go_on.above("form")
    assert form is not None
    body = {"action": "verwijderen", "rowid": [str(id_) for id_ in free]}
    assert [n.get("value") for n in form.all("input") if n.get("name") == "rowid"] == body["rowid"]
    question = Page(visitor.post(form.get("action"), body).text)
    assert visitor.post(f"{PARTNERS}delete/", question.form()).status_code == 302
    with portaal.als() as session:
        left = set(session.scalars(select(Samenwerkingspartner.id)))
    assert used in left
    assert not left & set(free)
