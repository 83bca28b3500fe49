"""Who may write which row, by whichever way it is written: the gate against the spec's table.

A seat is a person at a contractpartij. Each way of making, changing, deleting, linking,
unlinking and moving is tried from each seat in an open year, a closed year, and at somebody
else's; what must happen stands in SEATS, by hand.
"""

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy.orm import make_transient_to_detached

from cmk_admin.gate import AroundTheGate, GateSession, Locked, Refused
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Entiteit, RegelFout
from models.project import Document
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests.gate_world import Party, World

pytest_plugins = ["tests.gate_fixtures"]
pytestmark = pytest.mark.beide

E = TypeVar("E", bound=Entiteit)
REFUSED = (Refused, RegelFout, AroundTheGate)
#: Who, at which contractpartij → what the spec lets them do with the rows of an open year.
SEATS = [
    ("routebegeleider", "noord", {"make", "change", "link"}),
    ("projectleider", "noord", {"make", "change", "link", "delete"}),
    ("dubbel", "noord", {"make", "change", "link"}),
    ("dubbel", "zuid", {"make", "change", "link", "delete"}),
    ("datamanager", "west", {"make", "change", "link", "delete"}),
    ("beheerder", "west", {"make", "change", "link", "delete"}),
    ("adviseur", "noord", set()),
    ("routebegeleider", "zuid", set()),
    ("projectleider", "zuid", set()),
    ("projectleider", "west", set()),
    ("dubbel", "west", set()),
    ("zonder_lidmaatschap", "noord", set()),
    ("niemand", "noord", set()),
]


class Place:
    """The rows of one year of a contractpartij, as whoever carries them in from elsewhere."""

    def __init__(self, world: World, session: GateSession, party: Party, closed: bool) -> None:
        self.world, self.party = world, party
        self.session: Any = session
        self.prefix = "dichte_" if closed else ""
        self.kept: list[Any] = []  # a session only holds on to what changed

    def id(self, name: str) -> int:
        number: int = getattr(self.party, self.prefix + name)
        return number

    def row(self, entity: type[E], name: str) -> E:
        return self.fetch(entity, self.id(name))

    def fetch(self, entity: type[E], number: int) -> E:
        """The row as this actor has it; a foreign one is smuggled in from another session."""
        found: E | None = None
        with contextlib.suppress(Refused):
            found = self.session.get(entity, number)
        if found is None:
            with self.world.acting("beheerder") as other:
                found = other.get_one(entity, number)
                other.expunge(found)
            self.session.add(found)
        self.kept.append(found)
        return found

    @property
    def activiteit(self) -> Activiteit:
        return self.row(Activiteit, "activiteit")

    @property
    def last(self) -> Last:
        return self.row(Last, "last")


Way = Callable[[Place], Any]


def _new_school(place: Place, **where: Any) -> ActiviteitSchool:
    return ActiviteitSchool(school_id=place.world.ground.scholen[2], aantal_leerkrachten=1, **where)


def _new_activity(place: Place, **where: Any) -> Activiteit:
    from datetime import date
    from decimal import Decimal

    return Activiteit(
        naam="nieuw",
        doel_id=place.world.ground.doel,
        duur=Decimal(1),
        startdatum=date(2026, 1, 1),
        einddatum=date(2026, 1, 2),
        **where,
    )


def _verantwoording(place: Place) -> int:
    return place.party.dicht if place.prefix else place.party.open


def _year_row(place: Place) -> Verantwoording:
    return place.fetch(Verantwoording, _verantwoording(place))


def _take(rows: list[Any], row: Any) -> Any:
    """Out of the list, if it is in: the parts of a smuggled row stay out of sight."""
    if row in rows:
        rows.remove(row)


def _nested(place: Place, work: Callable[[], Any]) -> None:
    with place.session.begin_nested():
        work()


def _set(row: Entiteit, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)


def _set_expired(place: Place, row: Entiteit, **values: Any) -> None:
    place.session.expire(row)
    _set(row, **values)


WAYS: dict[str, dict[str, Way]] = {
    "make": {
        "last by key": lambda p: p.session.add(
            Last(activiteit_id=p.id("activiteit"), toelichting="x")),
        "last by object": lambda p: p.session.add(Last(activiteit=p.activiteit, toelichting="x")),
        "last by list": lambda p: p.activiteit.lasten.append(Last(toelichting="x")),
        "last in a savepoint": lambda p: _nested(p, lambda: p.session.add(
            Last(activiteit_id=p.id("activiteit"), toelichting="x"))),
        "school by key": lambda p: p.session.add(_new_school(p, activiteit_id=p.id("activiteit"))),
        "school by list": lambda p: p.activiteit.scholen.append(_new_school(p)),
        "activity by key": lambda p: p.session.add(
            _new_activity(p, verantwoording_id=_verantwoording(p))),
        "activity with the owner given": lambda p: p.session.add(_new_activity(
            p, verantwoording_id=_verantwoording(p), contractpartij_id=p.party.contractpartij)),
        "activity with parts": lambda p: p.session.add(_new_activity(
            p, verantwoording_id=_verantwoording(p), lasten=[Last(toelichting="x")],
            scholen=[_new_school(p)])),
        "a copy": lambda p: p.session.add(p.activiteit.dupliceer(_year_row(p))),
    },
    "change": {
        "last": lambda p: _set(p.last, bedrag=1),
        "last, expired": lambda p: _set_expired(p, p.last, toelichting="anders"),
        "last in a savepoint": lambda p: _nested(p, lambda: _set(p.last, bedrag=2)),
        "last, second flush": lambda p: (_set(p.last, bedrag=3), p.session.flush(),
                                         _set(p.last, bedrag=4)),
        "school": lambda p: _set(p.row(ActiviteitSchool, "school_rij"), aantal_leerkrachten=9),
        "activity": lambda p: _set(p.activiteit, naam="anders"),
        "activity, expired": lambda p: _set_expired(p, p.activiteit, naam="anders"),
        "activity and last together": lambda p: (_set(p.activiteit, naam="q"),
                                                 _set(p.last, bedrag=5)),
    },
    "delete": {
        "last": lambda p: p.session.delete(p.last),
        "last in a savepoint": lambda p: _nested(p, lambda: p.session.delete(p.last)),
        "last, taken from the list": lambda p: (
            _take(p.activiteit.lasten, p.last), p.session.delete(p.last)),
        "last, changed just before": lambda p: (_set(p.last, bedrag=7), p.session.delete(p.last)),
        "school": lambda p: p.session.delete(p.row(ActiviteitSchool, "school_rij")),
        "activity with all its parts": lambda p: p.session.delete(p.activiteit),
    },
    "link": {
        "doelgroep by key": lambda p: p.session.add(ActiviteitDoelgroep(
            activiteit_id=p.id("activiteit"), doelgroep_id=p.world.ground.doelgroepen[1])),
        "doelgroep by list": lambda p: p.activiteit.doelgroep_koppelingen.append(
            ActiviteitDoelgroep(doelgroep_id=p.world.ground.doelgroepen[1])),
        "partner by key": lambda p: p.session.add(ActiviteitPartner(
            activiteit_id=p.id("activiteit"),
            samenwerkingspartner_id=p.party.ongebruikte_partner)),
        "another doelgroep": lambda p: (
            p.session.add(ActiviteitDoelgroep(
                activiteit=p.activiteit, doelgroep_id=p.world.ground.doelgroepen[1])),
            p.session.delete(p.row(ActiviteitDoelgroep, "doelgroep_koppeling"))),
        "unlink partner": lambda p: p.session.delete(
            p.row(ActiviteitPartner, "partner_koppeling")),
        "unlink from the list": lambda p: (
            _take(p.activiteit.partner_koppelingen, p.row(ActiviteitPartner, "partner_koppeling")),
            p.session.delete(p.row(ActiviteitPartner, "partner_koppeling"))),
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize(("who", "where", "may"), SEATS, ids=[f"{s[0]} bij {s[1]}" for s in SEATS])
def test_every_way_of_writing(world: World, who: str, where: str, may: set[str], kind: str) -> None:
    before = world.snapshot()
    party: Party = getattr(world.ground, where)
    for name, way in WAYS[kind].items():
        for closed in (False, True):
            with world.acting(who) as session:
                place = Place(world, session, party, closed)
                allowed = kind in may and not closed
                if allowed:
                    way(place)
                    session.flush()
                else:
                    with pytest.raises(Exception) as caught:  # noqa: PT011, PT012
                        way(place)
                        session.flush()
                    assert_refused(caught.value, name)
    assert world.snapshot() == before


def assert_refused(error: BaseException, name: str) -> None:
    """By the gate, not by luck: the database's own refusal is only the backstop."""
    unseen = "deleted, or its row is otherwise not present" in str(error)
    assert isinstance(error, REFUSED) or unseen, f"{name}: {error!r}"


MOVES: dict[str, Way] = {
    "last by key": lambda p: _set(p.last, activiteit_id=p.party.kaal),
    "last by object": lambda p: _set(p.last, activiteit=_bare(p)),
    "last by list": lambda p: _bare(p).lasten.append(p.last),
    "last by key, expired": lambda p: _set_expired(p, p.last, activiteit_id=p.party.kaal),
    "last orphaned": lambda p: p.activiteit.lasten.remove(p.last),
    "lasten orphaned": lambda p: _set(p.activiteit, lasten=[]),
    "school by key": lambda p: _set(
        p.row(ActiviteitSchool, "school_rij"), activiteit_id=p.party.kaal),
    "school into another school": lambda p: _set(
        p.row(ActiviteitSchool, "school_rij"), school_id=p.world.ground.scholen[1]),
    "link by key": lambda p: _set(
        p.row(ActiviteitDoelgroep, "doelgroep_koppeling"), activiteit_id=p.party.kaal),
    "link by list": lambda p: _bare(p).partner_koppelingen.append(
        p.row(ActiviteitPartner, "partner_koppeling")),
    "activity to the other year": lambda p: _set(
        p.activiteit, verantwoording_id=p.party.open if p.prefix else p.party.dicht),
    "activity to another party": lambda p: _set(
        p.activiteit, contractpartij_id=p.world.ground.zuid.contractpartij),
    "last to another party": lambda p: _set(
        p.last, contractpartij_id=p.world.ground.zuid.contractpartij),
    "partner to another party": lambda p: _set(
        p.session.get_one(Samenwerkingspartner, p.party.ongebruikte_partner),
        contractpartij_id=p.world.ground.zuid.contractpartij),
}  # fmt: skip


def _bare(place: Place) -> Activiteit:
    found: Activiteit = place.session.get_one(Activiteit, place.party.kaal)
    place.kept.append(found)
    return found


@pytest.mark.parametrize(
    "who", ["routebegeleider", "projectleider", "dubbel", "beheerder", "system"]
)
@pytest.mark.parametrize("closed", [False, True])
def test_no_row_ever_moves(world: World, who: str, closed: bool) -> None:
    """Not even by the system: whatever a row hangs under, was locked and judged."""
    before = world.snapshot()
    for name, move in MOVES.items():
        with world.acting(who) as session:
            with pytest.raises(Exception) as caught:  # noqa: PT011, PT012
                move(Place(world, session, world.ground.noord, closed))
                session.flush()
            assert_refused(caught.value, name)
    assert world.snapshot() == before


DISGUISES: dict[str, Callable[[GateSession, World], Any]] = {
    "as the party where they are projectleider": lambda s, w: _dressed(
        s.get_one(Last, w.ground.noord.last), contractpartij_id=w.ground.zuid.contractpartij),
    "as part of an activity there": lambda s, w: _dressed(
        s.get_one(Last, w.ground.noord.last), activiteit_id=w.ground.zuid.activiteit),
    "made up": lambda s, w: _made_up(s, w.ground.noord.last, w.ground.zuid),
    "made up, of nobody else": lambda s, w: _made_up(s, w.ground.west.last, w.ground.zuid),
    "closed, as part of an open activity": lambda s, w: _dressed(
        s.get_one(Last, w.ground.zuid.dichte_last), activiteit_id=w.ground.zuid.kaal),
    "closed, with an open activity": lambda s, w: _dressed(
        s.get_one(Last, w.ground.zuid.dichte_last),
        activiteit=s.get_one(Activiteit, w.ground.zuid.kaal)),
    "closed, of no activity": lambda s, w: _dressed(
        s.get_one(Last, w.ground.zuid.dichte_last), activiteit=None),
}  # fmt: skip


def _dressed(row: Entiteit, **values: Any) -> Entiteit:
    _set(row, **values)
    return row


def _made_up(session: GateSession, number: int, party: Party) -> Last:
    fake = Last(
        id=number,
        versie=1,
        toelichting="x",
        activiteit_id=party.activiteit,
        contractpartij_id=party.contractpartij,
    )
    make_transient_to_detached(fake)
    session.add(fake)
    return fake


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_just_before_deleting_does_not_help(world: World, name: str) -> None:
    """Dubbel may delete at Zuid, not at Noord; a delete is judged by the row as it is stored."""
    with world.acting("dubbel") as session:
        row = DISGUISES[name](session, world)
        session.delete(row)
        with pytest.raises(REFUSED):
            session.flush()


REFERENCES: dict[str, tuple[str, Callable[[World], Entiteit]]] = {
    "partner of another": ("samenwerkingspartner_id", lambda w: ActiviteitPartner(
        activiteit_id=w.ground.noord.activiteit, samenwerkingspartner_id=w.ground.zuid.partner)),
    "activity of another": ("activiteit_id", lambda w: Last(
        activiteit_id=w.ground.west.activiteit, toelichting="x")),
    "school row under another's activity": ("activiteit_id", lambda w: ActiviteitSchool(
        activiteit_id=w.ground.west.activiteit, school_id=w.ground.scholen[2])),
    "document of another's project": ("project_id", lambda w: Document(
        project_id=w.ground.west.project, titel="x", soort_id=w.ground.soort_overig,
        bestand_naam="x", bestand_sleutel="x")),
    "partner for another": ("contractpartij_id", lambda w: Samenwerkingspartner(
        contractpartij_id=w.ground.west.contractpartij, naam="x")),
    "a school that is not there": ("school_id", lambda w: ActiviteitSchool(
        activiteit_id=w.ground.noord.activiteit, school_id=999_999)),
    "a kostensoort beyond every integer": ("kostensoort_id", lambda w: Last(
        activiteit_id=w.ground.noord.activiteit, toelichting="x", kostensoort_id=10**30)),
    "a kostensoort that is text": ("kostensoort_id", lambda w: Last(
        activiteit_id=w.ground.noord.activiteit, toelichting="x",
        kostensoort_id="1 OR 1=1")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_to_what_one_cannot_see_is_refused_at_its_field(
    world: World, name: str
) -> None:
    field, make = REFERENCES[name]
    with world.acting("projectleider") as session:
        session.add(make(world))
        with pytest.raises(RegelFout, match="bestaat niet") as caught:
            session.flush()
        assert [fout.veld for fout in caught.value.fouten] == [field]


@pytest.mark.parametrize("who", ["dubbel", "beheerder", "system"])
def test_who_sees_two_parties_cannot_tie_them_together(world: World, who: str) -> None:
    g = world.ground
    rows: list[Entiteit] = [
        ActiviteitPartner(activiteit_id=g.noord.activiteit, samenwerkingspartner_id=g.zuid.partner),
        Last(
            activiteit_id=g.noord.activiteit,
            toelichting="x",
            contractpartij_id=g.zuid.contractpartij,
        ),
    ]
    for row in rows:
        with world.acting(who) as session:
            session.add(row)
            with pytest.raises(RegelFout, match="bestaat niet"):
                session.flush()


def test_locked_says_which_year_and_who_can_help(world: World) -> None:
    noord = world.ground.noord
    with world.acting("projectleider") as session:
        session.get_one(Last, noord.dichte_last).bedrag = 1
        with pytest.raises(Locked) as caught:
            session.flush()
    assert caught.value.verantwoording_id == noord.dicht
    assert "De verantwoording 2025 is gesloten" in caught.value.reason
    assert "projectleider of beheerder" in caught.value.help
