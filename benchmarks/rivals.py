"""The list of activities in default Flask-Admin and in Django's admin, on a copy of the data.

The copy has what each makes of its models: a key, and an index on every foreign key. "Django
with index" has a further one on each column that is sorted, filtered or searched.
"""

import sqlite3
from collections.abc import Callable, Sequence
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
    from benchmarks.flask_admin_app import PEOPLE, portal

    app = portal(database, SHOWN, MINE)
    views = {who: app.extensions["admin"][0]._views[place] for place, who in PEOPLE}
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
    django_settings({"default": bare, "indexed": indexed})
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


def django_saves(folder: Path, database: Path) -> Callable[[Sequence[int], int], None]:
    """Django's admin changing a column of rows, each saved and logged as its change list does."""
    target = folder / "django.db"
    copy(database, target, ("naam", "startdatum", "aantal_activiteiten", "duur"))
    django_settings({"default": target})
    from benchmarks.django_urls import saves

    return saves()


def django_settings(files: dict[str, Path]) -> None:
    """Once per process: Django keeps them."""
    import django
    from django.conf import settings

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
