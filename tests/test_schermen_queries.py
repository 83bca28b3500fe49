"""A page asks the database as often for twenty rows as for two."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event

from cmk_admin.extensions import db
from cmk_admin.gate import GateSession
from models.activiteit import Activiteit
from models.contractpartij import Contractpartij
from models.project import Project
from models.verantwoording import Verantwoording, Werkwijze
from tests import factories as f
from tests.support.portal import Portaal

PAGES = (
    "/",
    "/projecten",
    "/rapportages",
    "/rapportages?jaar=2026",
    "/rapportages/verklaar/besteed?jaar=2026",
    "/rapportages/verklaar/bereikt?jaar=2026",
    "/rapportages/verklaar/nog-te-besteden?jaar=2026",
    "/projecten/{project}/verantwoordingen",
    "/projecten/{project}/financieel-overzicht",
    "/projecten/{project}/documenten",
    "/projecten/{project}/details",
    "/verantwoordingen/{verantwoording}/activiteiten",
    "/verantwoordingen/{verantwoording}/activiteiten?search=a&stand=onvolledig&sort=-lasten",
    "/verantwoordingen/{verantwoording}/financieel-overzicht",
    "/verantwoordingen/{verantwoording}/per-school",
    "/verantwoordingen/{verantwoording}/per-kwartaal",
    "/verantwoordingen/{verantwoording}/details",
    "/verantwoordingen/{verantwoording}/geschiedenis",
    "/verantwoordingen/{verantwoording}/sluiten",
    "/verantwoordingen/{verantwoording}/activiteiten/nieuw",
    "/verantwoordingen/{begin}/kader",
    "/activiteiten/{activiteit}/details",
    "/activiteiten/{activiteit}/details/bewerken",
    "/activiteiten/{activiteit}/scholen",
    "/activiteiten/{activiteit}/scholen/bewerken",
    "/activiteiten/{activiteit}/financieel-overzicht",
    "/activiteiten/{activiteit}/financieel-overzicht/bewerken",
    "/activiteiten/{activiteit}/samenwerkingspartners",
    "/activiteiten/{activiteit}/samenwerkingspartners/bewerken",
    "/activiteiten/{activiteit}/geschiedenis",
)

#: The tabs of a project, a year and an activity, also searched, and the forms of new ones: at
#: most so many.
TABS = [
    page
    for page in PAGES
    if page.startswith(("/projecten/", "/verantwoordingen/", "/activiteiten/"))
    and not page.endswith(("/sluiten", "/geschiedenis"))
]
AT_MOST = 8


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _grow(portaal: Portaal, number: int) -> None:
    """So many more of everything that a page lists."""
    with portaal.als() as session:
        party = session.get_one(Contractpartij, portaal.wereld.id(Contractpartij, "eigen"))
        project = session.get_one(Project, portaal.wereld.id(Project, "eigen"))
        verantwoording = session.get_one(Verantwoording, portaal.wereld.id(Verantwoording, "eigen"))
        activiteit = session.get_one(Activiteit, portaal.wereld.id(Activiteit, "eigen"))
        for _ in range(number):
            another = f.maak_project(session, party)
            f.maak_verantwoording(session, another)
            f.maak_document(session, project)
            f.maak_baat(session, project)
            f.maak_begrotingspost(session, project, doel=f.maak_doel(session))
            _more_of(session, f.maak_activiteit(session, verantwoording))
            _more_of(session, activiteit)
            f.maak_agenda_item(session, datum=date(2099, 1, 1))
            f.maak_link(session)
            step = f.maak_bewerking(
                session,
                contractpartij_id=party.id,
                door_id=portaal.wereld.mensen["projectleider"],
            )
            f.maak_wijziging(
                session,
                contractpartij_id=party.id,
                verantwoording_id=verantwoording.id,
                bewerking_id=step.id,
            )
        session.commit()


def _more_of(session: GateSession, activiteit: Activiteit) -> None:
    f.maak_activiteit_school(session, activiteit)
    f.maak_last(session, activiteit, kostensoort=f.maak_kostensoort(session))
    f.maak_activiteit_doelgroep(session, activiteit)
    f.maak_activiteit_partner(session, activiteit)


@pytest.mark.parametrize("visitor", ["projectleider", "beheerder"])
def test_queries_do_not_grow_with_rows(portaal: Portaal, visitor: str) -> None:
    ids = {
        "project": portaal.wereld.id(Project, "eigen"),
        "verantwoording": portaal.wereld.id(Verantwoording, "eigen"),
        "activiteit": portaal.wereld.id(Activiteit, "eigen"),
        "begin": portaal.wereld.id(Verantwoording, "eigen", "leeg"),
    }
    with portaal.als() as session:
        session.get_one(Verantwoording, ids["begin"]).werkwijze = Werkwijze.A
        session.commit()
    person = portaal.bezoeker(visitor)

    def counts() -> dict[str, int]:
        found = {}
        for page in PAGES:
            with counted(portaal.app) as sent:
                assert person.get(page.format(**ids)).status_code == 200
            found[page] = len(sent)
        return found

    _grow(portaal, 2)
    few = counts()
    _grow(portaal, 18)
    # The history shows so many changes at most, so more rows may mean fewer kinds in it.
    many = counts()
    assert {page: number for page, number in many.items() if number > few[page]} == {}
    assert max(few.values()) <= 20, few
    assert {page: many[page] for page in TABS if many[page] > AT_MOST} == {}


def test_a_form_with_many_rows_is_saved_with_few_questions(portaal: Portaal) -> None:
    """Looking up what was typed is one question, however many rows there are."""
    with portaal.als() as session:
        schools = [f.maak_school(session).id for _ in range(20)]
        session.commit()
    person = portaal.bezoeker("projectleider")
    path = f"/verantwoordingen/{portaal.wereld.id(Verantwoording, 'eigen')}/activiteiten/nieuw"

    def asked(number: int) -> int:
        rows = {f"scholen-{n}-school_id": str(id_) for n, id_ in enumerate(schools[:number])}
        with counted(portaal.app) as sent:
            assert person.post(path, {"naam": "Nog niet af"} | rows).status_code == 422
        return len(sent)

    assert asked(20) == asked(2)
