"""Flask-Admin over the copied tables, as it comes."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_admin.base import Admin
from flask_admin.contrib.sqla.view import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, Date, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base: Any = declarative_base()
#: Place of a view among those of the admin, behind its start page, and whose it is.
PEOPLE = ((1, "beheerder"), (2, "projectleider"))


class Doel(Base):
    __tablename__ = "doel"
    id = Column(Integer, primary_key=True)
    naam, rang = Column(String), Column(Integer)

    def __str__(self) -> str:
        return str(self.naam)


class Verantwoording(Base):
    __tablename__ = "verantwoording"
    id = Column(Integer, primary_key=True)
    kalenderjaar = Column(Integer)

    def __str__(self) -> str:
        return str(self.kalenderjaar)


class Activiteit(Base):
    __tablename__ = "activiteit"
    id, contractpartij_id = Column(Integer, primary_key=True), Column(Integer)
    naam, startdatum, einddatum = Column(String), Column(Date), Column(Date)
    verantwoording_id: Any = Column(ForeignKey("verantwoording.id"))
    doel_id: Any = Column(ForeignKey("doel.id"))
    aantal_activiteiten, duur = Column(Integer), Column(Integer)
    verantwoording, doel = relationship(Verantwoording), relationship(Doel)


class View(ModelView):
    """The list; mine: the contractpartij whose rows are shown, or None for all."""

    column_searchable_list = ("naam",)
    column_filters = ("doel.id", "startdatum")
    column_sortable_list = ("naam", "startdatum", ("doel", "doel.rang"))
    column_default_sort = "naam"

    def __init__(self, db: SQLAlchemy, who: str, shown: tuple[str, ...], mine: int | None) -> None:
        self.column_list, self.mine = shown, mine
        super().__init__(Activiteit, db, endpoint=who, url=f"/{who}")

    def get_query(self) -> Any:
        return self.limited(super().get_query())

    def get_count_query(self) -> Any:
        return self.limited(super().get_count_query())

    def limited(self, found: Any) -> Any:
        return (
            found if self.mine is None else found.where(Activiteit.contractpartij_id == self.mine)
        )


def portal(database: Path, shown: tuple[str, ...], mine: int) -> Flask:
    """An app with a list of everything, and one of the rows of one contractpartij."""
    app = Flask("rivaal", template_folder=None)
    app.config |= {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}", "SECRET_KEY": "x" * 32}
    Babel(app)
    db = SQLAlchemy(app, metadata=Base.metadata)
    admin = Admin(app)
    with app.app_context():
        for _, who in PEOPLE:
            admin.add_view(View(db, who, shown, mine if who == "projectleider" else None))
    return app
