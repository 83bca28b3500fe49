"""What people do with a verantwoording, step by step: for the state machine of the gate.

A step knows its target by id, how it is done with a session, and who may do it by the spec's
table. The other ways of doing the same steps (a form, a cell of a list, an action, a command)
are in `gate_ways`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cmk_admin.gate import GateSession, bewerking, undo
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.historie import Bewerking, BewerkingSoort
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Status, Verantwoording, Werkwijze, open_jaar
from tests.gate_state import State
from tests.gate_world import World

RB, PL, ADV, DM, BEH = "routebegeleider", "projectleider", "adviseur", "datamanager", "beheerder"
#: Who has which role where; the system may do everything that the rules allow.
SEATS: dict[str, dict[str, set[str]]] = {
    RB: {"noord": {RB}, "zuid": set(), "west": set()},
    PL: {"noord": {PL}, "zuid": set(), "west": set()},
    "dubbel": {"noord": {RB}, "zuid": {PL}, "west": set()},
    "zonder_lidmaatschap": {"noord": set(), "zuid": set(), "west": set()},
    **{role: {"noord": {role}, "zuid": {role}, "west": {role}} for role in (ADV, DM, BEH)},
}
MAKE = {RB, PL, DM, BEH}
DELETE = {PL, DM, BEH}


class Unseen(Exception):
    """The target is not there for this actor."""


class TurnedAway(Exception):
    """A screen or an import did not do it, and said why."""


@dataclass
class Turn:
    """One try: who, at what, and what the rows were just before."""

    world: World
    who: str
    state: State
    pick: int
    steps: dict[int, "Made"] = field(default_factory=dict)

    def one_of(self, ids: Any) -> int | None:
        found = sorted(ids)
        return found[self.pick % len(found)] if found else None

    def may(self, party: str, roles: set[str]) -> bool:
        return self.who == "system" or bool(SEATS[self.who][party] & roles)


@dataclass(frozen=True)
class Made:
    """What a duplication made: by whom, which activities, and the rows as they then were."""

    by: str
    activities: tuple[int, ...]
    rows: str


@dataclass(frozen=True)
class Kind:
    """A kind of step. target: the id to aim at, None when there is none. allowed: the oracle.

    elsewhere: it touches no row of a verantwoording, whoever takes it.
    """

    name: str
    target: Callable[[Turn], int | None]
    allowed: Callable[[Turn, int], bool]
    do: Callable[[GateSession, Turn, int], object]
    always_refused: bool = False
    elsewhere: bool = False


def get(session: GateSession, entity: Any, number: int) -> Any:
    found = session.get(entity, number)
    if found is None:
        raise Unseen(f"{entity.__name__} {number}")
    return found


# --- the oracle's words ----------------------------------------------------------------


def in_open(roles: set[str], table: str) -> Callable[[Turn, int], bool]:
    """Rows of `table` may be written by these roles, while their year is open."""

    def allowed(turn: Turn, target: int) -> bool:
        v = turn.state.year_of(table, target)
        return turn.state.status[v] == "open" and turn.may(turn.state.party[v], roles)

    return allowed


def pick_from(table: str) -> Callable[[Turn], int | None]:
    return lambda turn: turn.one_of(turn.state.rows[table])


def in_year(roles: set[str], *statuses: str) -> Callable[[Turn, int], bool]:
    def allowed(turn: Turn, v: int) -> bool:
        return turn.state.status[v] in statuses and turn.may(turn.state.party[v], roles)

    return allowed


def years(turn: Turn) -> int | None:
    return turn.one_of(turn.state.status)


def nobody(turn: Turn, target: int) -> bool:
    return False


# --- the steps -------------------------------------------------------------------------


def change(entity: Any, **values: Any) -> Callable[[GateSession, Turn, int], None]:
    """Values may be made from the pick, so that they differ."""

    def do(session: GateSession, turn: Turn, target: int) -> None:
        row = get(session, entity, target)
        for name, value in values.items():
            setattr(row, name, value(turn) if callable(value) else value)

    return do


def delete(entity: Any) -> Callable[[GateSession, Turn, int], None]:
    return lambda session, turn, target: session.delete(get(session, entity, target))


def _make_activity(session: GateSession, turn: Turn, v: int) -> None:
    g = turn.world.ground
    session.add(
        Activiteit(verantwoording_id=v, naam=f"a{turn.pick}", doel_id=g.doel, duur=Decimal(1),
                   startdatum=date(2026, 1, 1), einddatum=date(2026, 1, 1),
                   lasten=[Last(toelichting="x", bedrag=turn.pick)],
                   scholen=[ActiviteitSchool(school_id=g.scholen[0], aantal_leerkrachten=0)])
    )  # fmt: skip


def _make_last(session: GateSession, turn: Turn, a: int) -> None:
    session.add(Last(activiteit_id=a, toelichting="x", bedrag=turn.pick % 5 or None))


def _make_school(session: GateSession, turn: Turn, a: int) -> None:
    session.add(ActiviteitSchool(activiteit_id=a, school_id=turn.world.ground.scholen[1]))


def _without(table: str, column: int, value: Callable[[Turn], int]) -> Any:
    """Activities that do not have this school or doelgroep yet."""

    def target(turn: Turn) -> int | None:
        taken = {row[0] for row in turn.state.rows[table].values() if row[column] == value(turn)}
        return turn.one_of(turn.state.rows["activiteit"].keys() - taken)

    return target


def _link_group(session: GateSession, turn: Turn, a: int) -> None:
    activity = get(session, Activiteit, a)
    activity.doelgroep_koppelingen.append(
        ActiviteitDoelgroep(doelgroep_id=turn.world.ground.doelgroepen[1])
    )


def _one_of_several_groups(turn: Turn) -> int | None:
    """A doelgroep that is not its activity's only one, where there is one: mostly there is not."""
    links = turn.state.rows["activiteit_doelgroep"]
    count = Counter(row[0] for row in links.values())
    several = [link for link, row in links.items() if count[row[0]] > 1]
    return turn.one_of(several if several and turn.pick % 3 else links)


def _may_unlink_group(turn: Turn, link: int) -> bool:
    """An activity keeps at least one doelgroep."""
    links = turn.state.rows["activiteit_doelgroep"]
    more = sum(row[0] == links[link][0] for row in links.values()) > 1
    return more and in_open(MAKE, "activiteit_doelgroep")(turn, link)


def _link_partner(session: GateSession, turn: Turn, a: int) -> None:
    """A partner of whoever: only one of the activity's own contractpartij can be linked."""
    partner = turn.one_of(turn.state.rows["samenwerkingspartner"]) or 0
    session.add(ActiviteitPartner(activiteit_id=a, samenwerkingspartner_id=partner))


def _not_linked(turn: Turn) -> int | None:
    """Activities that do not have the partner of this turn yet."""
    partner = turn.one_of(turn.state.rows["samenwerkingspartner"])
    taken = {row[0] for row in turn.state.rows["activiteit_partner"].values() if row[1] == partner}
    return turn.one_of(turn.state.rows["activiteit"].keys() - taken) if partner else None


def _may_link_partner(turn: Turn, a: int) -> bool:
    partner = turn.one_of(turn.state.rows["samenwerkingspartner"]) or 0
    own = turn.state.partner_party(partner) == turn.state.party[turn.state.year_of("activiteit", a)]
    return own and in_open(MAKE, "activiteit")(turn, a)


def _duplicate(session: GateSession, turn: Turn, a: int) -> None:
    source = get(session, Activiteit, a)
    with bewerking(session, BewerkingSoort.DUPLICEREN, "machine", source.contractpartij_id):
        session.add(source.dupliceer())


def _duplicate_into(session: GateSession, turn: Turn, a: int) -> None:
    """Into another year of the same project: a closed source, an open one to go to."""
    source = get(session, Activiteit, a)
    into = get(session, Verantwoording, other_year(turn, a) or 0)
    with bewerking(session, BewerkingSoort.DUPLICEREN, "machine", source.contractpartij_id):
        session.add(source.dupliceer(into))


def other_year(turn: Turn, a: int) -> int | None:
    v = turn.state.year_of("activiteit", a)
    same = {w for w, project in turn.state.project.items() if project == turn.state.project[v]}
    return turn.one_of(same - {v})


def _may_duplicate_into(turn: Turn, a: int) -> bool:
    into = other_year(turn, a)
    return into is not None and in_year(MAKE, "open")(turn, into)


def _undo(session: GateSession, turn: Turn, number: int) -> None:
    undo(session, get(session, Bewerking, number))


def _may_undo(turn: Turn, number: int) -> bool:
    """One's own, or a beheerder any; untouched since, and the year still open."""
    made = turn.steps[number]
    if (
        turn.state.undone[number]
        or not set(made.activities) <= turn.state.rows["activiteit"].keys()
    ):
        return False
    if turn.state.under(made.activities) != made.rows:
        return False
    v = turn.state.year_of("activiteit", made.activities[0])
    mine = made.by == turn.who and turn.may(turn.state.party[v], MAKE)
    return turn.state.status[v] == "open" and (mine or turn.who in (BEH, "system"))


def _may_close(turn: Turn, v: int) -> bool:
    return turn.state.complete(v) >= 2 and in_year({PL, BEH}, "open")(turn, v)


def _close(session: GateSession, turn: Turn, v: int) -> None:
    get(session, Verantwoording, v).sluit(None)


def _reopen(session: GateSession, turn: Turn, v: int) -> None:
    get(session, Verantwoording, v).heropen("machine")


def _may_reopen(turn: Turn, v: int) -> bool:
    return in_year({PL, BEH}, "gesloten")(turn, v) or in_year({BEH}, "vastgesteld")(turn, v)


def _may_set_werkwijze(turn: Turn, v: int) -> bool:
    free = not turn.state.activities(v)
    return in_year({BEH, PL} if free else {BEH}, "open")(turn, v)


def _open_year(session: GateSession, turn: Turn, year: int) -> None:
    open_jaar(session, year)


def _may_open_year(turn: Turn, year: int) -> bool:
    new = {p for p in turn.state.project.values() if (p, year) not in turn.state.years}
    # Without a project to open nothing happens, whoever asks; who sees none opens none.
    seen = {p for p in new if turn.who == "system" or SEATS[turn.who][turn.state.of_project[p]]}
    return not seen or turn.who in (BEH, "system")


def _often_empty(turn: Turn) -> int | None:
    """A year without activities where there is one: else deleting would hardly ever happen."""
    empty = [v for v in turn.state.status if not turn.state.activities(v)]
    return turn.one_of(empty if empty and turn.pick % 3 else turn.state.status)


def _may_delete_year(turn: Turn, v: int) -> bool:
    empty = not turn.state.activities(v) and v not in turn.state.pictured
    return empty and in_year({BEH}, "open")(turn, v)


def _raw(statement: str) -> Callable[[GateSession, Turn, int], None]:
    def do(session: GateSession, turn: Turn, target: int) -> None:
        session.connection().exec_driver_sql(statement.format(id=target))

    return do


def _change_year(session: GateSession, turn: Turn, v: int) -> None:
    """Several rows of a year at once."""
    year = get(session, Verantwoording, v)
    for a in session.scalars(select(Activiteit).where(Activiteit.verantwoording_id == year.id)):
        a.omschrijving = f"alles {turn.pick}"
        session.add(Last(activiteit_id=a.id, toelichting="erbij", bedrag=1))


def _may_change_year(turn: Turn, v: int) -> bool:
    seen = turn.who == "system" or bool(SEATS[turn.who][turn.state.party[v]])
    return seen and (not turn.state.activities(v) or in_year(MAKE, "open")(turn, v))


def _amount(turn: Turn) -> int | None:
    return turn.pick % 7 or None


def _name(turn: Turn) -> str:
    return f"naam {turn.pick}"


def _partner_used(turn: Turn, partner: int) -> bool:
    return any(row[1] == partner for row in turn.state.rows["activiteit_partner"].values())


def _may_partner(roles: set[str]) -> Callable[[Turn, int], bool]:
    return lambda turn, partner: turn.may(turn.state.partner_party(partner), roles)


KINDS = [
    Kind("maak_activiteit", years, in_year(MAKE, "open"), _make_activity),
    Kind("wijzig_activiteit", pick_from("activiteit"), in_open(MAKE, "activiteit"),
         change(Activiteit, naam=_name)),
    Kind("verwijder_activiteit", pick_from("activiteit"), in_open(DELETE, "activiteit"),
         delete(Activiteit)),
    Kind("maak_last", pick_from("activiteit"), in_open(MAKE, "activiteit"), _make_last),
    Kind("wijzig_last", pick_from("last"), in_open(MAKE, "last"), change(Last, bedrag=_amount)),
    Kind("verwijder_last", pick_from("last"), in_open(DELETE, "last"), delete(Last)),
    Kind("maak_school", _without("activiteit_school", 2, lambda t: t.world.ground.scholen[1]),
         in_open(MAKE, "activiteit"), _make_school),
    Kind("wijzig_school", pick_from("activiteit_school"), in_open(MAKE, "activiteit_school"),
         change(ActiviteitSchool, aantal_leerkrachten=_amount)),
    Kind("verwijder_school", pick_from("activiteit_school"), in_open(DELETE, "activiteit_school"),
         delete(ActiviteitSchool)),
    Kind("koppel_doelgroep",
         _without("activiteit_doelgroep", 1, lambda t: t.world.ground.doelgroepen[1]),
         in_open(MAKE, "activiteit"), _link_group),
    Kind("ontkoppel_doelgroep", _one_of_several_groups, _may_unlink_group,
         delete(ActiviteitDoelgroep)),
    Kind("koppel_partner", _not_linked, _may_link_partner, _link_partner),
    Kind("ontkoppel_partner", pick_from("activiteit_partner"),
         in_open(MAKE, "activiteit_partner"), delete(ActiviteitPartner)),
    Kind("wijzig_partner", pick_from("samenwerkingspartner"), _may_partner(MAKE),
         change(Samenwerkingspartner, plaats=_name)),
    Kind("verwijder_partner",
         lambda t: t.one_of(p for p in t.state.rows["samenwerkingspartner"]
                            if not _partner_used(t, p)),
         _may_partner(DELETE), delete(Samenwerkingspartner)),
    Kind("dupliceer", pick_from("activiteit"), in_open(MAKE, "activiteit"), _duplicate),
    Kind("dupliceer_naar_jaar", lambda t: t.one_of(
        a for a in t.state.rows["activiteit"] if other_year(t, a)),
        _may_duplicate_into, _duplicate_into),
    Kind("maak_ongedaan", lambda t: t.one_of(t.steps), _may_undo, _undo),
    Kind("sluit", years, _may_close, _close),
    Kind("heropen", years, _may_reopen, _reopen),
    Kind("stel_vast", years, in_year({BEH}, "gesloten"),
         lambda s, t, v: get(s, Verantwoording, v).stel_vast()),
    Kind("kies_werkwijze", years, _may_set_werkwijze,
         change(Verantwoording, werkwijze=lambda t: list(Werkwijze)[t.pick % 2 + 2])),
    Kind("verwijder_jaar", _often_empty, _may_delete_year, delete(Verantwoording)),
    Kind("open_jaar", lambda t: 2027 + t.pick % 2, _may_open_year, _open_year),
    Kind("wijzig_heel_jaar", years, _may_change_year, _change_year),
    Kind("verplaats_last", pick_from("last"), nobody, lambda s, t, n: setattr(
        get(s, Last, n), "activiteit_id",
        t.one_of(t.state.rows["activiteit"].keys() - {t.state.rows["last"][n][0]})),
        always_refused=True),
    Kind("zet_status_met_de_hand", years, nobody, change(
        Verantwoording, status=Status.VASTGESTELD, uiterste_datum=date(2030, 1, 1)),
        always_refused=True),
    Kind("buitenom_wijzigen", pick_from("last"), nobody,
         _raw("UPDATE last SET bedrag = 1 WHERE id = {id}"), always_refused=True),
    Kind("buitenom_verwijderen", pick_from("last"), nobody,
         _raw("WITH x AS (SELECT 1) DELETE FROM last WHERE id = {id}"), always_refused=True),
]  # fmt: skip
