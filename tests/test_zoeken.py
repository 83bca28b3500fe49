"""Searching and ordering text: the same on both databases, in step with every write, in scope."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, text

from cmk_admin import attributes, database, listing, paging, references
from cmk_admin.gate import GateSession
from cmk_admin.gate import search as finding
from cmk_admin.gate.doors import bewerking
from cmk_admin.gate.undo import undo
from models.base import Entiteit, entiteiten
from models.contractpartij import Contractpartij
from models.historie import BewerkingSoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.vouwen import tekens, vouw
from tests import factories as f
from tests.support.portal import Portaal

#: In the order of a Dutch list: capitals and accents do not count.
NAMEN = [
    "'s-Gravenhof", "10 jaar dans", "9 jaar dans", "Aap", "äap noot", "ÅAP Oost", "de Bongerd",
    "De Bongerd Oost", "École", "ecole d'art", "ECOLE nationale", "IJssel", "ĳsvogel", "Œuvre",
    "ößt", "Straße", "STRASSE 2", "Zonnewijzer", "Ѐлка",
]  # fmt: skip
ZOEKWOORDEN = [
    "bongerd", "ÉCOLE", "ecole", "cafe\u0301", "strasse", "STRASSE", "ij", "Œ", "oe", "елка", "Ѐ",
    "a", "ö", "'", "s-", "%", "_", "*", '"', '"a', "a*", "NEAR(", "AND", "OR a", "aap AND", "-a",
    "zoekt", "\U0001f3ad", "jaar dans", "dans jaar", "ap n", "zo er", "x", "qqqq",
]  # fmt: skip


def partner(session: GateSession, portaal: Portaal, naam: str, wie: str = "eigen") -> Any:
    partij = session.get_one(Contractpartij, portaal.wereld.id("Contractpartij", wie))
    return f.maak_samenwerkingspartner(session, partij, naam=naam, contactpersoon=None, plaats=None)


def raw(session: GateSession, sql: str, **values: Any) -> list[Any]:
    """What the database itself says, past the gate."""
    with session.passage():
        result = session.connection().execute(text(sql), values)
        return list(result) if result.returns_rows else []


def found(search: str) -> list[str]:
    query = listing.read_query(Samenwerkingspartner, {"search": search, "size": "100"})
    return [row.naam for row in listing.fetch(Samenwerkingspartner, query).rows]


def looked_up(portaal: Portaal, search: str) -> list[str]:
    """What a combobox offers somebody of "eigen"."""
    path = f"/stamdata/samenwerkingspartners/ajax/lookup/?{urlencode({'query': search})}"
    return [row[1] for row in portaal.bezoeker("projectleider").get(path).get_json()]


@pytest.mark.beide
def test_lists_are_ordered_as_people_read_them(portaal: Portaal) -> None:
    with portaal.als() as session:
        for naam in reversed(NAMEN):
            partner(session, portaal, naam)
        session.commit()
        assert [naam for naam in found("") if naam in NAMEN] == NAMEN
    names = ["École", "ecole d'art", "ECOLE nationale"]
    assert looked_up(portaal, "éCole") == names


@pytest.mark.beide
@pytest.mark.parametrize("few", [finding.FEW, 2])
def test_words_are_found_whatever_their_capitals_accents_and_length(
    portaal: Portaal, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As plain Python finds them, by number and by walking the list; nothing is an operator."""
    monkeypatch.setattr(finding, "FEW", few)
    with portaal.als() as session:
        for naam in [*NAMEN, "Café", "100%", "a_b", 'de "Zoekt"', "AND", "\U0001f3ad spel"]:
            partner(session, portaal, naam)
        session.commit()
        every = session.query(Samenwerkingspartner).all()
        for search in ZOEKWOORDEN:
            words = [vouw(word) or "" for word in references.words(search)]
            wanted = {row.naam for row in every if all(_stands_in(row, word) for word in words)}
            assert set(found(search)) == wanted, search
        assert found("cafe") == ["Café"]
        assert found("ELKA") == []


def _stands_in(row: Samenwerkingspartner, word: str) -> bool:
    texts = (row.naam, row.contactpersoon, row.email, row.plaats)
    return any(word in (vouw(text) or "") for text in texts)


@pytest.mark.parametrize("word", ["bongerd", "bo", "b"])
def test_a_few_rows_come_from_the_index(portaal: Portaal, word: str) -> None:
    """Not by looking along all rows, nor by asking the index about each of them."""
    with portaal.als("beheerder") as session:
        query = listing.read_query(Samenwerkingspartner, {"search": word})
        chosen = listing.select_rows(Samenwerkingspartner, query)
        statement = paging.order_of(Samenwerkingspartner, "").apply(chosen).limit(20)
        plans: list[str] = []

        def look(_: Any, cursor: Any, sql: str, given: Any, *rest: Any) -> None:
            asked = cursor.connection.execute(f"EXPLAIN QUERY PLAN {sql}", given)
            plans.extend(row[-1] for row in asked)

        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", look)
        session.execute(statement)
        event.remove(engine, "before_cursor_execute", look)
    assert "SEARCH samenwerkingspartner USING INTEGER PRIMARY KEY (rowid=?)" in plans
    assert sum("VIRTUAL TABLE" in step for step in plans) == 1


@pytest.mark.beide
def test_both_databases_fold_as_python_does(portaal: Portaal) -> None:
    characters = tekens()[0] + "æŒĲßẞþÞ’é e\u0301 ASCII ~ \U0001f3ad 日本 ﷺ"
    pieces = [characters[start : start + 100] for start in range(0, len(characters), 100)]
    with portaal.als() as session:
        for piece in pieces:
            partner(session, portaal, f"q{piece}q")
        session.commit()
        rows = raw(session, "SELECT naam, naam_vouw, vouw(naam) FROM samenwerkingspartner")
    assert len(rows) > len(pieces)
    for naam, kept, asked in rows:
        assert kept == asked == vouw(naam)
    assert vouw("ÉCOLE Ĳss Straße Ørsted’s ŁÓDŹ Ёлка Ελλάς") == (
        "ecole ijss strasse orsted's lodz елка ελλας"
    )


@pytest.mark.beide
def test_the_database_keeps_what_the_models_say(portaal: Portaal) -> None:
    """Every searched column of every row is in what it is found by, and in the index."""
    with portaal.als() as session:
        for entity in entiteiten():
            columns = [a.name for a in attributes.searchable(entity)]
            kept, indexes = columns_and_indexes(session, entity.__tablename__)
            assert ("zoektekst" in kept) is bool(columns), entity
            orders = [f"{name}_vouw" for *_, name in entity.tekstvolgordes]
            assert {name for name in kept if name.endswith("_vouw")} == set(orders), entity
            for names in entity.tekstvolgordes:
                assert f"ix_{entity.__tablename__}_{'_'.join(names)}_vouw_id" in indexes
            if columns:
                rows = raw(
                    session,
                    f"SELECT zoektekst, {', '.join(columns)} FROM {entity.__tablename__}",
                )
                for row in rows:
                    assert row[0] == "".join(f"{vouw(value or '')}\n\n" for value in row[1:])
                in_step(session, entity)


def columns_and_indexes(session: GateSession, table: str) -> tuple[set[str], set[str]]:
    if session.connection().dialect.name == "sqlite":
        columns = "SELECT name FROM pragma_table_info(:t)"
        indexes = "SELECT name FROM pragma_index_list(:t)"
    else:
        columns = "SELECT column_name FROM information_schema.columns WHERE table_name = :t"
        indexes = "SELECT indexname FROM pg_indexes WHERE tablename = :t"
    found = [{row[0] for row in raw(session, sql, t=table)} for sql in (columns, indexes)]
    return found[0], found[1]


def in_step(session: GateSession, entity: type[Entiteit]) -> None:
    """The index holds exactly what the rows say; SQLite can be asked."""
    if session.connection().dialect.name == "sqlite":
        index = f"{entity.__tablename__}_zoek"
        raw(session, f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def test_search_follows_every_kind_of_write(portaal: Portaal) -> None:
    with portaal.als() as session:
        with bewerking(session, BewerkingSoort.WIJZIGEN, "Proef") as step:
            row = partner(session, portaal, "Zwaluwnest")
        session.commit()
        assert found("zwaluw") == ["Zwaluwnest"]
        row.contactpersoon = "Renée Zwart"
        session.commit()
        assert found("renee zwal") == ["Zwaluwnest"]
        row.naam = "Uilennest"
        session.flush()
        session.rollback()
        assert (found("uilen"), found("zwaluw")) == ([], ["Zwaluwnest"])
        row = session.get_one(Samenwerkingspartner, row.id)
        row.naam = "Uilennest"
        session.commit()
        assert (found("uilen"), found("zwaluw")) == (["Uilennest"], [])
        raw(session, "UPDATE samenwerkingspartner SET naam = 'Ooïevaar' WHERE id = :i", i=row.id)
        session.commit()
        session.expire_all()
        assert (found("ooievaar"), found("uilen")) == (["Ooïevaar"], [])
        raw(session, "DELETE FROM samenwerkingspartner WHERE id = :i", i=row.id)
        session.commit()
        assert found("ooievaar") == []
        in_step(session, Samenwerkingspartner)
        assert step is not None
    _undone(portaal)


def _undone(portaal: Portaal) -> None:
    with portaal.als() as session:
        with bewerking(session, BewerkingSoort.WIJZIGEN, "Proef") as step:
            partner(session, portaal, "Kievitsheem")
        session.commit()
        assert found("kievit") == ["Kievitsheem"]
        undo(session, step)
        session.commit()
        assert found("kievit") == []
        in_step(session, Samenwerkingspartner)


@pytest.fixture
def shell(portaal: Portaal) -> Iterator[sqlite3.Connection]:
    """The file in an SQLite that knows nothing of the portal."""
    with portaal.als() as session:
        file = session.connection().engine.url.database
    with closing(sqlite3.connect(str(file))) as connection:
        yield connection


def test_any_sqlite_shell_reads_checks_and_writes(
    portaal: Portaal, shell: sqlite3.Connection
) -> None:
    assert shell.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    columns = [row[1] for row in shell.execute("PRAGMA table_info(samenwerkingspartner)")]
    copied = ", ".join({"id": "NULL", "naam": "'Ñandú'"}.get(name, name) for name in columns)
    shell.execute(
        f"INSERT INTO samenwerkingspartner SELECT {copied} FROM samenwerkingspartner LIMIT 1"
    )
    shell.commit()
    ordered = "SELECT naam_vouw FROM samenwerkingspartner ORDER BY naam_vouw"
    assert ("nandu",) in shell.execute(ordered).fetchall()
    assert shell.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with portaal.als() as session:
        assert found("nandu") == ["Ñandú"]
        in_step(session, Samenwerkingspartner)


@pytest.mark.parametrize("few", [finding.FEW, 0])
def test_a_search_stays_in_scope(
    portaal: Portaal, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    with portaal.als() as session:
        partner(session, portaal, "Grutto eigen")
        partner(session, portaal, "Grutto vreemd", "vreemd")
        session.commit()
    with portaal.als("projectleider"):
        for search in ("grutto", "gr", "vreemd grutto"):
            assert "Grutto vreemd" not in found(search)
        assert found("grutto") == ["Grutto eigen"]
        assert found("vreemd grutto") == []
    assert looked_up(portaal, "grut") == ["Grutto eigen"]


def test_sqlite_is_told_what_is_in_its_tables(portaal: Portaal, shell: sqlite3.Connection) -> None:
    with portaal.app.app_context():
        database.look_at_tables()
    looked = {row[0] for row in shell.execute("SELECT DISTINCT tbl FROM sqlite_stat1")}
    assert {"activiteit", "samenwerkingspartner", "school"} <= looked
