"""No statement, however it is shaped, brings a row of another contractpartij.

Every text in the world of `gate_world` carries the name of its contractpartij. Each shape
of statement is run by each kind of actor, and whatever it answers is searched for the names
that this actor may not see.
"""

import gc
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import (
    Select,
    distinct,
    func,
    select,
)
from sqlalchemy.orm import (
    make_transient_to_detached,
)

from cmk_admin.gate import Actor, AroundTheGate, NoActor, Refused, acting_as, reads, system
from models.activiteit import Activiteit, Last
from models.base import VanContractpartij, entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker
from models.historie import Wijziging
from models.project import Project
from models.school import Schoolbestuur
from models.verantwoording import Verantwoording
from tests.gate_shapes import AROUND, SHAPES, A, parties_in
from tests.gate_world import ACTORS, MEMBERS, World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide

#: Which contractpartijen each actor sees: the spec's "own", by hand.
SEES = {
    "routebegeleider": {"noord"},
    "projectleider": {"noord"},
    "dubbel": {"noord", "zuid"},
    "zonder_lidmaatschap": set(),
    "adviseur": {"noord", "zuid", "west"},
    "datamanager": {"noord", "zuid", "west"},
    "beheerder": {"noord", "zuid", "west"},
}


@pytest.mark.parametrize("who", SEES)
def test_every_shape_of_read_stays_within_the_actors_rows(world: World, who: str) -> None:
    with world.acting(who) as session:
        leaks = {
            name: parties_in(answer) - SEES[who]
            for name, shape in SHAPES.items()
            if parties_in(answer := shape(session)) - SEES[who]
        }
    assert leaks == {}


@pytest.mark.parametrize("who", MEMBERS)
def test_a_member_does_see_their_own_rows_in_every_shape(world: World, who: str) -> None:
    """Else the test above would pass on a gate that shows nothing."""
    with world.acting(who) as session:
        empty = {name for name, shape in SHAPES.items() if not parties_in(shape(session))}
    # A routebegeleider sees no other people; who sees people sees the member named after Noord.
    assert empty <= {"people", "memberships"}
    assert (who == "projectleider") != ("people" in empty) or who == "dubbel"


@pytest.mark.parametrize("who", SEES)
def test_counts_are_of_the_actors_rows(world: World, who: str) -> None:
    each = 5  # activities per contractpartij
    with world.acting(who) as session:
        wanted = each * len(SEES[who])
        assert session.scalar(select(func.count(A.id))) == wanted
        assert session.scalar(select(func.count()).select_from(A)) == wanted
        assert session.scalar(select(func.count()).select_from(select(A).subquery())) == wanted
        assert session.scalar(select(func.count(distinct(A.naam)))) == 3 * len(SEES[who])
        assert session.query(A).count() == wanted


@pytest.mark.parametrize("who", [*SEES, "niemand"])
def test_ways_around_are_refused(world: World, who: str) -> None:
    with world.acting(who) as session:
        for name, way in AROUND.items():
            with pytest.raises((AroundTheGate, Refused)):
                pytest.fail(f"{name}: {way(session)}")


def test_the_system_reads_around_but_does_not_write_around(world: World) -> None:
    with world.acting(system("test")) as session:
        assert parties_in(AROUND["core"](session)) == {"noord", "zuid", "west"}
        assert parties_in(AROUND["driver sql"](session)) == {"noord", "zuid", "west"}
        for name in ("with … delete", "driver with … delete", "insert", "update"):
            with pytest.raises(AroundTheGate):
                AROUND[name](session)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM last",
        "  delete\nfrom last",
        "/* x */ DELETE FROM last",
        "SET lock_timeout = 0; DELETE FROM last",
        "SELECT 1; DELETE/**/FROM last",
        "SELECT 1; DELETE -- x\n FROM last",
        "WITH x AS (UPDATE activiteit AS a SET naam = 'x' RETURNING 1) SELECT * FROM x",
        "WITH x AS (UPDATE ONLY activiteit SET naam = 'x' RETURNING 1) SELECT * FROM x",
        "WITH x AS (INSERT  INTO doel (naam) VALUES ('x') RETURNING 1) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM last",
        "MERGE INTO last USING doel ON false WHEN MATCHED THEN DELETE",
        "TRUNCATE last",
        "DROP TABLE last",
        "CALL iets()",
    ],
)
def test_no_spelling_hides_a_write_from_the_fence(world: World, statement: str) -> None:
    """Asked of the fence itself: by the system, and by a connection without a session."""
    with world.acting(system("test")) as session, pytest.raises(AroundTheGate):
        session.connection().exec_driver_sql(statement)
    with world.app.app_context():
        engine = world.app.extensions["sqlalchemy"].engine
    with engine.connect() as connection, pytest.raises(AroundTheGate):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("who", MEMBERS)
def test_every_owned_entity_shows_only_own_rows(world: World, who: str) -> None:
    g = world.ground
    ids = {getattr(g, name).contractpartij for name in SEES[who]}
    with world.acting(who) as session:
        for entity in entiteiten():
            if issubclass(entity, VanContractpartij) and entity.__name__ != "Lidmaatschap":
                found = set(session.scalars(select(entity.contractpartij_id)))
                assert found == ids, entity.__name__


def test_by_key_a_foreign_row_is_not_there(world: World) -> None:
    g = world.ground
    with world.acting("projectleider") as session:
        assert session.get(Activiteit, g.noord.activiteit) is not None
        assert session.get(Activiteit, g.zuid.activiteit) is None
        assert session.get(Activiteit, g.zuid.activiteit, populate_existing=True) is None
        assert session.get(Contractpartij, g.zuid.contractpartij) is None
        assert session.get(Project, g.west.project) is None
        assert session.get_one(Schoolbestuur, g.schoolbestuur).aantal_scholen == 3  # type: ignore[attr-defined]


def test_a_row_that_moved_out_of_sight_cannot_be_refreshed(fresh_world: World) -> None:
    """Refresh, expired and deferred attributes go past the loader criteria: tried apart."""
    w, g = fresh_world, fresh_world.ground
    partner = g.noord.ongebruikte_partner
    from models.samenwerkingspartner import Samenwerkingspartner

    with w.acting("projectleider") as session:
        rows = {
            "refresh": session.get_one(Samenwerkingspartner, partner),
        }
        session.rollback()  # expires everything, and lets PostgreSQL see what comes next
        w.raw(
            f"UPDATE samenwerkingspartner SET contractpartij_id = {g.zuid.contractpartij},"
            f" plaats = 'kanarie-zuid' WHERE id = {partner}"
        )
        row = rows["refresh"]
        with pytest.raises(Exception, match=r"deleted|refresh"):
            _ = row.plaats
        with pytest.raises(Exception, match=r"deleted|refresh|persistent"):
            session.refresh(row)
        with pytest.raises(Exception, match=r"deleted|refresh|persistent"):
            session.refresh(row, ["plaats"])


def test_a_made_up_row_brings_nothing_of_the_real_one(world: World) -> None:
    """An object with a foreign key value, merged or dressed up as loaded, stays empty."""
    zuid = world.ground.zuid
    with world.acting("projectleider") as session:
        fake = Last(id=zuid.last)
        make_transient_to_detached(fake)
        session.add(fake)
        with pytest.raises(Exception, match="deleted"):
            _ = fake.toelichting
        session.expunge_all()
        merged = session.merge(Activiteit(id=zuid.activiteit))
        assert merged.naam is None
        assert parties_in([x.toelichting for x in merged.lasten]) == set()


def test_rows_of_another_session_stay_of_their_own_actor(world: World) -> None:
    """A detached row can be carried over; what it loads then is of the session's actor."""
    zuid = world.ground.zuid
    with world.acting("beheerder") as other:
        row = other.get_one(Activiteit, zuid.activiteit)
        other.expunge(row)
    with world.acting("projectleider") as session:
        session.add(row)
        assert parties_in([x.toelichting for x in row.lasten]) == set()
        with pytest.raises(Exception, match=r"deleted|refresh|persistent"):
            session.refresh(row)


def test_without_an_actor_nothing_is_read(world: World) -> None:
    with world.app.app_context():
        session = world.app.extensions["sqlalchemy"].session()
        with pytest.raises(NoActor):
            session.scalars(select(A)).all()
        with pytest.raises(AroundTheGate):
            session.connection().execute(select(A.naam))
        with pytest.raises(NoActor):
            session.get(Activiteit, 1)


def test_a_session_never_changes_hands(world: World) -> None:
    g = world.ground
    with world.acting("projectleider") as session:
        with pytest.raises(NoActor):
            session.become(g.actors["beheerder"])
        session.become(g.actors["projectleider"])
        with acting_as(g.actors["adviseur"]) as inner:
            assert inner is not session
            assert inner.get(Activiteit, g.zuid.activiteit) is not None
        assert session.get(Activiteit, g.zuid.activiteit) is None


def test_actors_do_not_share_a_cached_statement(world: World) -> None:
    """The same statement object by one, two, no and again one contractpartij."""
    statement = select(A.naam).order_by(A.naam)
    for who in ("projectleider", "dubbel", "zonder_lidmaatschap", "beheerder", "routebegeleider"):
        with world.acting(who) as session:
            assert parties_in(session.scalars(statement).all()) == SEES[who]


def test_a_statement_that_is_made_once_follows_the_memberships(world: World) -> None:
    """The same person with the same statement object, before and after a membership ends."""
    g = world.ground
    me = g.actors["dubbel"]
    left = replace(me, lidmaatschappen=me.lidmaatschappen[:1])
    statement = select(A.naam).order_by(A.naam)
    for who, sees in ((me, {"noord", "zuid"}), (left, {"noord"}), (me, {"noord", "zuid"})):
        with world.acting(who) as session:
            assert parties_in(session.scalars(statement).all()) == sees


def test_what_is_kept_has_a_key_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when another thread noted that of the whole statement while it was copied."""
    statement = select(A.naam)
    whole = statement._generate_cache_key()
    options = Select.options

    def late(self: Select[str], *given: Any) -> Select[str]:
        found = options(self, *given)
        found.__dict__["_generate_cache_key"] = lambda: whole
        return found

    monkeypatch.setattr(Select, "options", late)
    kept = reads._with_criteria(statement, world.ground.actors["projectleider"])
    assert kept._generate_cache_key() != whole


def test_what_is_kept_of_a_statement_goes_with_it(world: World) -> None:
    """And of one that stays, no more than some actors are kept."""
    me = world.ground.actors["projectleider"]
    before = len(reads._scoped)
    with world.acting(me) as session, patch.object(reads, "MOST_ACTORS", 2):
        statement = select(A.naam)
        for name in "abcde":
            reads._with_criteria(statement, replace(me, naam=name))
        assert len(reads._scoped[statement]) <= 2
        assert session.scalars(statement).all()
        del statement
        gc.collect()
    assert len(reads._scoped) <= before


def test_a_membership_of_many_counts_them_all(world: World) -> None:
    g = world.ground
    from models.gebruiker import LidRol

    parties = [(p.contractpartij, LidRol.ROUTEBEGELEIDER) for p in (g.noord, g.zuid, g.west)]
    everywhere = Actor.person(g.actors["routebegeleider"].gebruiker_id or 0, "x", None, parties)
    with world.acting(everywhere) as session:
        assert session.scalar(select(func.count(A.id))) == 15


def test_only_who_sees_memberships_sees_their_history(world: World) -> None:
    statement = select(Wijziging.titel).where(Wijziging.entiteit == "Lidmaatschap")
    with world.acting("routebegeleider") as session:
        assert session.scalars(statement).all() == []
    with world.acting("projectleider") as session:
        assert parties_in(session.scalars(statement).all()) == {"noord"}
    for who in ("adviseur", "datamanager"):
        with world.acting(who) as session:
            assert session.scalars(statement).all() == []
    with world.acting("beheerder") as session:
        assert parties_in(session.scalars(statement).all()) == {"noord", "zuid", "west"}


def test_people_see_themselves_and_a_projectleider_the_members(world: World) -> None:
    names = select(Gebruiker.naam).order_by(Gebruiker.naam)
    seen = {
        "routebegeleider": ["routebegeleider"],
        # Without any role nothing is listed, so nothing is allowed.
        "zonder_lidmaatschap": [],
        "adviseur": ["adviseur"],
        "datamanager": ["datamanager"],
        "projectleider": ["dubbel", "kanarie-noord", "projectleider", "routebegeleider"],
        # Routebegeleider at Noord, so of Noord only themselves.
        "dubbel": ["dubbel", "kanarie-zuid"],
    }
    for who, wanted in seen.items():
        with world.acting(who) as session:
            assert session.scalars(names).all() == wanted, who
    with world.acting("beheerder") as session:
        assert len(session.scalars(names).all()) == len(ACTORS) - 1 + 3


@pytest.mark.parametrize("entity", [Verantwoording, Contractpartij, Activiteit, Gebruiker])
def test_nobody_reads_nothing(world: World, entity: Any) -> None:
    with world.acting("niemand") as session, pytest.raises(Refused, match="Log in"):
        session.scalars(select(entity)).all()
