"""The list of activities in default Flask-Admin and in Django's admin, on a copy of the data.

The copy has what each makes of its models: a key, and an index on every foreign key. "Django
with index" has a further one on each column that is sorted, filtered or searched.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

COLUMNS = (
    "id", "naam", "verantwoording_id", "contractpartij_id", "doel_id", "aantal_activiteiten",
    "duur", "startdatum", "einddatum",
)  # fmt: skip
SHOWN = ("naam", "verantwoording", "doel", "aantal_activiteiten", "duur", "startdatum")
#: Only the projectleider's own.
MINE = 1
Visit = Callable[[], object]


@dataclass(frozen=True)
class Asked:
    """What is asked of a list, in words that both admins are told in their own way."""

    page: int = 0
    search: str = ""
    doel: int = 0
    sort: str = ""
    period: tuple[str, str] | None = None


def contestants(folder: Path, database: Path) -> dict[str, Callable[[str, Asked], Visit]]:
    """Name → what makes a request of somebody's."""
    bare, indexed = folder / "kaal.db", folder / "index.db"
    copy(database, bare, ())
    copy(database, indexed, ("naam", "startdatum", "aantal_activiteiten", "duur"))
    flask, django = flask_admin(bare), django_admin(bare, indexed)
    return {
        "flask_admin": flask,
        "django": lambda who, asked: django(who, asked, "default"),
        "django_index": lambda who, asked: django(who, asked, "indexed"),
    }


def copy(database: Path, target: Path, indexed: tuple[str, ...]) -> None:
    with sqlite3.connect(target) as connection:
        connection.execute("ATTACH ? AS portaal", (str(database),))
        for table, columns in (
            ("doel", ("id", "naam", "rang")),
            ("verantwoording", ("id", "kalenderjaar")),
            ("activiteit", COLUMNS),
        ):
            names = ", ".join(f"{name} INTEGER PRIMARY KEY" if name == "id" else name
                              for name in columns)  # fmt: skip
            connection.execute(f"CREATE TABLE {table} ({names})")
            connection.execute(
                f"INSERT INTO {table} SELECT {', '.join(columns)} FROM portaal.{table}"
            )
        for name in ("verantwoording_id", "contractpartij_id", "doel_id", *indexed):
            connection.execute(f"CREATE INDEX ix_{name} ON activiteit ({name})")
        connection.execute("ANALYZE main")


def flask_admin(database: Path) -> Callable[[str, Asked], Visit]:
    """Flask-Admin as it comes, with the columns and filters of our list."""
    from flask import Flask
    from flask_admin import Admin
    from flask_admin.contrib.sqla import ModelView
    from flask_babel import Babel
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import Column, Date, ForeignKey, Integer, String
    from sqlalchemy.orm import declarative_base, relationship

    app = Flask("rivaal", template_folder=None)
    app.config |= {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}", "SECRET_KEY": "x" * 32}
    Babel(app)
    base: Any = declarative_base()

    class Doel(base):
        __tablename__ = "doel"
        id = Column(Integer, primary_key=True)
        naam, rang = Column(String), Column(Integer)

        def __str__(self) -> str:
            return str(self.naam)

    class Verantwoording(base):
        __tablename__ = "verantwoording"
        id = Column(Integer, primary_key=True)
        kalenderjaar = Column(Integer)

        def __str__(self) -> str:
            return str(self.kalenderjaar)

    class Activiteit(base):
        __tablename__ = "activiteit"
        id, contractpartij_id = Column(Integer, primary_key=True), Column(Integer)
        naam, startdatum, einddatum = Column(String), Column(Date), Column(Date)
        verantwoording_id = Column(ForeignKey("verantwoording.id"))
        doel_id = Column(ForeignKey("doel.id"))
        aantal_activiteiten, duur = Column(Integer), Column(Integer)
        verantwoording, doel = relationship(Verantwoording), relationship(Doel)

    class View(ModelView):
        column_list = SHOWN
        column_searchable_list = ("naam",)
        column_filters = ("doel.id", "startdatum")
        column_sortable_list = ("naam", "startdatum", ("doel", "doel.rang"))
        column_default_sort = "naam"
        mine = False

        def get_query(self) -> Any:
            found = super().get_query()
            return found.where(Activiteit.contractpartij_id == MINE) if self.mine else found

        def get_count_query(self) -> Any:
            found = super().get_count_query()
            return found.where(Activiteit.contractpartij_id == MINE) if self.mine else found

    db = SQLAlchemy(app, metadata=base.metadata)
    admin = Admin(app)
    views = {}
    with app.app_context():
        for who in ("beheerder", "projectleider"):
            view = View(Activiteit, db, endpoint=who, url=f"/{who}")
            view.mine = who == "projectleider"
            admin.add_view(view)
            views[who] = view
    client = app.test_client()

    def visit(who: str, asked: Asked) -> Visit:
        given: dict[str, Any] = {"page": asked.page} if asked.page else {}
        given |= {"search": asked.search} if asked.search else {}
        if asked.sort:
            names = [name for name, _ in views[who]._list_columns]
            given["sort"] = names.index(asked.sort.removeprefix("-"))
            given |= {"desc": 1} if asked.sort.startswith("-") else {}
        if asked.doel:
            given[_filter(views[who], "id", "equals")] = asked.doel
        if asked.period:
            given[_filter(views[who], "startdatum", "between")] = " to ".join(asked.period)
        return answered(client, f"/{who}/?{urlencode(given)}")

    return visit


def _filter(view: Any, column: str, operation: str) -> str:
    for number, found in enumerate(view._filters):
        if found.column.key == column and str(found.operation()) == operation:
            return f"flt0_{number}"
    raise LookupError(column)


def answered(client: Any, address: str) -> Visit:
    def ask() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status_code}")

    return ask


def django_admin(bare: Path, indexed: Path) -> Callable[[str, Asked, str], Visit]:
    """Django's admin, with the columns and filters of our list, on either copy."""
    import django
    from django.conf import settings

    files = {"default": bare, "indexed": indexed}
    settings.configure(
        DATABASES={n: {"ENGINE": "django.db.backends.sqlite3", "NAME": str(f)}
                   for n, f in files.items()},
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.messages",
                        "django.contrib.contenttypes", "django.contrib.sessions"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                    "OPTIONS": {"context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages"]}}],
        ROOT_URLCONF="benchmarks.django_urls", STATIC_URL="/static/", USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()
    from benchmarks.django_urls import page

    def visit(who: str, asked: Asked, using: str) -> Visit:
        given: dict[str, Any] = {"p": asked.page + 1} if asked.page else {}
        given |= {"q": asked.search} if asked.search else {}
        if asked.sort:
            place = SHOWN.index(asked.sort.removeprefix("-")) + 1
            given["o"] = f"-{place}" if asked.sort.startswith("-") else place
        given |= {"doel__id__exact": asked.doel} if asked.doel else {}
        if asked.period:
            given |= {"startdatum__gte": asked.period[0], "startdatum__lte": asked.period[1]}
        return page(using, MINE if who == "projectleider" else None, given)

    return visit
