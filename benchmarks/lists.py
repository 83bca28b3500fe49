"""A page of the list of activities: the portal beside plain SQL, Flask-Admin and Django's admin.

Each answers the whole request for the same twenty rows of the same people: rights, query,
template. They take turns, so that what else the machine does troubles all of them alike.
Plain SQL is the best we could write, on the portal's own tables, and makes no page.
"""

import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import flask_migrate
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from benchmarks import data, rivals
from cmk_admin.actor import Actor
from cmk_admin.auth import sessions
from cmk_admin.auth.account import load_account
from cmk_admin.gate import acting_as
from cmk_admin.listing import read_query
from cmk_admin.paging import order_of
from cmk_admin.settings import Settings
from models.activiteit import Activiteit
from models.base import nu
from models.gebruiker import CultuurOostRol, LidRol

PAGE = 20
PEOPLE = {"beheerder": 1, "projectleider": 2}
#: Whatever is slow is measured for so many seconds at the most, but three times.
SECONDS, LEAST = 6.0, 3
RESULTS = Path("build/bench.json")
SELECT = "SELECT a.* FROM activiteit a"
Ask = Callable[[], object]


@dataclass(frozen=True)
class Scenario:
    """ours: parameters of our address. sql: after SELECT; {mine} is the scope.

    rival: what it is called there (`benchmarks/rivals.py`).
    """

    name: str
    ours: Mapping[str, str]
    sql: str
    rival: rivals.Asked = field(default_factory=rivals.Asked)


def measure(folder: Path, rows: int, rounds: int) -> None:
    """Print a line per scenario and actor, and keep them in build/bench.json."""
    database = folder / "bench.db"
    app = create_app(Settings(folder, f"sqlite:///{database}", "x" * 32))
    with app.app_context():
        flask_migrate.upgrade()
    data.fill(database, rows)
    others = rivals.contestants(folder, database)
    print(f"{rows} activiteiten, bladzijde van {PAGE}, mediaan in ms")
    print(f"{'scenario':<20}{'wie':<15}", *(f"{name:>15}" for name in ("portaal", "sql", *others)))
    results: list[dict[str, object]] = []
    for who, person in PEOPLE.items():
        client = logged_in(app, person)
        mine = "a.contractpartij_id = 1" if who == "projectleider" else "1"
        for scenario in scenarios(app, who, rows):
            asks: dict[str, Ask] = {
                "ours": page_of(client, scenario),
                "sql": plain(database, f"{SELECT} {scenario.sql.format(mine=mine)}"),
            }
            asks |= {name: ask(who, scenario.rival) for name, ask in others.items()}
            spent = medians(rounds, asks)
            print(f"{scenario.name:<20}{who:<15}", *(f"{ms:>15.2f}" for ms in spent.values()))
            figures = {f"{name}_ms": round(ms, 3) for name, ms in spent.items()}
            told = {"group": "lists", "scenario": scenario.name, "actor": who}
            results.append({**told, **figures})
    keep("lists", results)


def keep(group: str, results: list[dict[str, object]]) -> None:
    """Put the results of a group in build/bench.json; those of other groups stay."""
    RESULTS.parent.mkdir(exist_ok=True)
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    kept = [result for result in before if result["group"] != group]
    RESULTS.write_text(json.dumps(kept + results, indent=1) + "\n", encoding="utf-8")


def actors() -> dict[str, Actor]:
    """Somebody who sees everything, and somebody who sees the rows of one contractpartij."""
    return {
        "beheerder": Actor.person(1, "bench", CultuurOostRol.BEHEERDER, []),
        "projectleider": Actor.person(2, "bench", None, [(1, LidRol.PROJECTLEIDER)]),
    }


def scenarios(app: Flask, who: str, rows: int) -> list[Scenario]:
    """What people do in a list; search words stand in `benchmarks/data.py`."""
    asked, of = rivals.Asked, "WHERE {mine}"
    by_name = "ORDER BY a.naam_vouw, a.id"
    middle = cursor_at(app, who, rows // (2 if who == "beheerder" else 2 * data.PARTIES))
    second = cursor_at(app, who, PAGE - 1)
    seen = rows if who == "beheerder" else rows // data.PARTIES
    last, half = (seen - 1) // PAGE, seen // PAGE // 2
    relation = "JOIN doel d ON d.id = a.doel_id"
    return [
        Scenario("first", {}, f"{of} {by_name} LIMIT 20"),
        Scenario(
            "last", {"end": "1"}, f"{of} ORDER BY a.naam_vouw DESC, a.id DESC LIMIT 20",
            asked(page=last),
        ),
        Scenario(
            "middle page", {"page": "0", "after": middle[0]}, beyond(middle), asked(page=half)
        ),
        Scenario(
            "next by keyset", {"page": "2", "after": second[0]}, beyond(second), asked(page=1)
        ),
        *(
            Scenario(
                f"search {name}", {"search": word}, sought(name, word, by_name), asked(search=word)
            )
            for name, word in data.WORDS.items()
        ),
        Scenario(
            "filter", {"startdatum_van": "01-06-2026", "startdatum_tot": "30-06-2026"},
            f"{of} AND +a.startdatum BETWEEN '2026-06-01' AND '2026-06-30' {by_name} LIMIT 20",
            asked(period=("2026-06-01", "2026-06-30")),
        ),
        Scenario(
            "filter on relation", {"doel_id": "2"}, f"{of} AND a.doel_id = 2 {by_name} LIMIT 20",
            asked(doel=2),
        ),
        Scenario(
            "sort by date", {"sort": "-startdatum"},
            f"{of} ORDER BY a.startdatum DESC, a.id DESC LIMIT 20", asked(sort="-startdatum"),
        ),
        Scenario(
            "sort by relation", {"sort": "doel_id"},
            f"{relation} {of} ORDER BY d.rang, d.id, a.id LIMIT 20", asked(sort="doel"),
        ),
    ]  # fmt: skip


def sought(name: str, word: str, order: str) -> str:
    """Many are met soon enough in the order of the list; few come from the index."""
    if name == "common":
        return f"WHERE {{mine}} AND instr(a.naam_vouw, '{word}') {order} LIMIT 20"
    index = f"SELECT rowid FROM activiteit_zoek WHERE activiteit_zoek MATCH '\"{word}\"'"
    return f"WHERE {{mine}} AND a.id IN ({index}) {order} LIMIT 20"


def beyond(cursor: tuple[str, list[object]]) -> str:
    naam, number = cursor[1]
    return (
        f"WHERE {{mine}} AND (a.naam_vouw, a.id) > ('{naam}', {number})"
        " ORDER BY a.naam_vouw, a.id LIMIT 20"
    )


def cursor_at(app: Flask, who: str, place: int) -> tuple[str, list[object]]:
    """The cursor of the row at this place in the list, and what is in it."""
    with app.app_context(), acting_as(actors()[who]) as session:
        order = order_of(Activiteit, read_query(Activiteit, {}).sort)
        columns = (key.column for key in order.keys)
        keys = order.apply(select(*columns)).offset(place).limit(1)
        row = session.execute(keys).one()
        return order.cursor(row), list(row)


def logged_in(app: Flask, person: int) -> FlaskClient:
    """A browser in which this person is logged in."""
    client = app.test_client()
    with app.test_request_context():
        account = load_account(person)
        if account is None:
            raise SystemExit("De meting heeft geen account.")
        sessions.begin(account, nu())
        kept = dict(session)
    with client.session_transaction() as cookie:
        cookie.update(kept)
    return client


def page_of(client: FlaskClient, scenario: Scenario) -> Ask:
    address = f"/beheer/activiteiten/?{urlencode(scenario.ours)}"

    def ask() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status}")

    return ask


def plain(database: Path, statement: str) -> Ask:
    connection = sqlite3.connect(database)
    return lambda: connection.execute(statement).fetchall()


def medians(rounds: int, asks: Mapping[str, Ask]) -> dict[str, float]:
    """Milliseconds of each, taking turns; the first time prepares, and is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in asks}
    for ask in asks.values():
        ask()
    begun = time.perf_counter()
    for turn in range(rounds):
        if turn >= LEAST and time.perf_counter() - begun > SECONDS:
            break
        for name, ask in asks.items():
            start = time.perf_counter()
            ask()
            spent[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) * 1000 for name, times in spent.items()}
