"""A new entity in ten lines, and a new column, in a program of its own: no other test sees it.

`python -m tests.new_entity FOLDER DATABASE` defines it, makes its table and has its list,
form, rights and history tried over HTTP. Whatever is not as it should be ends it with an
AssertionError.
"""

import importlib
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import create_app
from cmk_admin import rights
from cmk_admin.actor import system
from cmk_admin.extensions import db
from cmk_admin.gate import acting_as
from cmk_admin.gate.fence import OUTSIDE
from cmk_admin.menu import Section
from models.activiteit import Activiteit, Last
from models.base import Entiteit, Woord, ui
from models.historie import Wijziging
from tests.pages import Page
from tests.portal_world import bouw
from tests.support.applications import closing_engines, make_settings
from tests.support.portal import Portaal, log_everybody_in
from views import generated


class Instrument(Entiteit):
    """Something to make music with: all that an entity has to say of itself."""

    __tablename__ = "instrument"
    woord = Woord("instrument", "instrumenten", "het")

    naam: Mapped[str] = mapped_column(
        String(40), info=ui("Naam", lijst=True, zoek=True, inline=True)
    )

    def __str__(self) -> str:
        return self.naam


rights.RIGHTS["Instrument"] = rights.RIGHTS["Link"]
rights.SCOPE["Instrument"] = rights.SCOPE["Link"]


def make(folder: Path, database: str) -> Portaal:
    """The portal with one entity more."""
    more = Section("Muziek", (Instrument,))
    searching = importlib.import_module("migrations.versions.0011_zoeken")
    # A column that an entity gets later.
    code = mapped_column(String(10), nullable=True, info=ui("Projectcode"))
    Last.projectcode = code
    generated.SECTIONS = (*generated.SECTIONS, more)  # type: ignore[assignment]
    app = create_app(make_settings(f"sqlite:///{database}", folder))
    with app.app_context():
        upgrade()
        with db.engine.execution_options(**{OUTSIDE: True}).begin() as connection:
            Instrument.metadata.tables["instrument"].create(connection)
            with Operations.context(MigrationContext.configure(connection)):
                searching.search_sqlite("instrument", ("naam",))
            connection.execute(text("ALTER TABLE last ADD COLUMN projectcode VARCHAR(10)"))
    with app.app_context(), acting_as(system("wereld")) as session:
        wereld = bouw(session)
    cookies = log_everybody_in(app, wereld)
    return Portaal(app, wereld, lambda: False, lambda: None, cookies)


def try_form(portaal: Portaal) -> int:
    """A beheerder adds one; what is wrong is said in Dutch at the field. Returns its id."""
    beheerder = portaal.bezoeker("beheerder")
    new = "/beheer/instrumenten/new/"
    fields = Page(beheerder.get(new).text).form()
    empty = beheerder.post(new, fields)
    assert empty.status_code == 422
    assert "Dit veld is verplicht." in empty.text
    added = beheerder.post(new, fields | {"naam": "Hobo"})
    assert added.status_code == 302, added.text
    id_ = int(added.location.rpartition("=")[2])
    edit = f"/beheer/instrumenten/edit/?id={id_}"
    fields = Page(beheerder.get(edit).text).form()
    assert fields["naam"] == ["Hobo"]
    assert beheerder.post(edit, fields | {"naam": "Althobo"}).status_code == 302
    cell = {"list_form_pk": str(id_), "naam": "Fagot"}
    answer = beheerder.post("/beheer/instrumenten/ajax/update/", cell)
    assert answer.json == {"naam": "Fagot", "tekst": "Fagot"}, answer.text
    return id_


def try_list(portaal: Portaal) -> None:
    adviseur = portaal.bezoeker("adviseur")
    assert "Fagot" in adviseur.get("/beheer/instrumenten/?search=fag&sort=-naam").text
    assert "Fagot" not in adviseur.get("/beheer/instrumenten/?search=hobo").text
    assert "Fagot" in adviseur.get("/beheer/instrumenten/export/csv/").text
    assert "Instrumenten" in adviseur.get("/beheer/").text


def try_rights(portaal: Portaal, id_: int) -> None:
    """As those of a link: all may see, a beheerder may change."""
    adviseur = portaal.bezoeker("adviseur")
    assert adviseur.get(f"/beheer/instrumenten/edit/?id={id_}").status_code == 403
    assert adviseur.post("/beheer/instrumenten/new/", {"naam": "Trom"}).status_code == 403
    nobody = portaal.bezoeker("zonder")
    assert nobody.get("/beheer/instrumenten/").status_code == 403


def try_history(portaal: Portaal, id_: int) -> None:
    """Who, when, what: on the page and in the table."""
    details = Page(
        portaal.bezoeker("beheerder").get(f"/beheer/instrumenten/details/?id={id_}").text
    )
    story = details.all("aside")[0].words
    assert "Mens beheerder" in story
    assert "Althobo" in story
    with portaal.als() as session:
        rows = session.query(Wijziging).filter_by(entiteit="Instrument", rij_id=id_)
        values = [row.waarden["naam"] for row in rows.order_by(Wijziging.id)]
    assert values == [[None, "Hobo"], ["Hobo", "Althobo"], ["Althobo", "Fagot"]], values


def try_delete(portaal: Portaal, id_: int) -> None:
    beheerder = portaal.bezoeker("beheerder")
    asked = beheerder.get(f"/beheer/instrumenten/delete/?id={id_}")
    fields = Page(asked.text).form()
    assert beheerder.post("/beheer/instrumenten/delete/", fields).status_code == 302
    assert beheerder.get(f"/beheer/instrumenten/details/?id={id_}").status_code == 404


def try_copy(portaal: Portaal) -> None:
    """The new column goes along with a copy, also per school and without amounts."""
    id_ = portaal.wereld.id(Activiteit, "eigen")
    with portaal.als() as session:
        activiteit = session.get_one(Activiteit, id_)
        school = activiteit.scholen[0].school_id
        activiteit.lasten[0].projectcode = "CMK-7"  # type: ignore[attr-defined]
        session.commit()
    visitor, path = portaal.bezoeker("projectleider"), "/beheer/activiteiten/action/"
    asked = visitor.post(path, {"action": "dupliceren", "rowid": str(id_)})
    choice = {"scholen": str(school), "zonder_bedragen": "1", "stap": "voorbeeld"}
    seen = Page(visitor.post(path, Page(asked.text).form() | choice).text).form()
    assert visitor.post(path, seen).status_code == 302
    with portaal.als() as session:
        newest = session.scalars(select(Last).order_by(Last.id.desc())).first()
        assert newest is not None
        assert newest.projectcode == "CMK-7"  # type: ignore[attr-defined]
        assert newest.bedrag is None


def main(app: Flask, portaal: Portaal) -> None:
    with closing_engines(app):
        id_ = try_form(portaal)
        try_list(portaal)
        try_rights(portaal, id_)
        try_history(portaal, id_)
        try_delete(portaal, id_)
        try_copy(portaal)


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), sys.argv[2])
    main(made.app, made)
