"""Every request of the rights matrix, with the answer that the literal table gives it.

One `Case` is one visitor's request for one route and, where the route is about a row, one
row. The expected status comes from `tests/rights_table.py` alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cmk_admin import attributes
from models.base import Entiteit, MetBestand
from tests import rights_table as tabel
from tests.portal_forms import Body, edit_body, inline_body, new_values, sending
from tests.portal_world import MERKEN
from tests.rights_table import ANONIEM, BEZOEKERS, Rij
from tests.support.portal import Portaal

LETTERS = {
    "details_view": "Z",
    "download": "Z",
    "picture": "Z",
    "edit_view": "W",
    "ajax_update": "W",
    "delete_view": "V",
}
WITHOUT_ROW = {"index_view": "Z", "export": "Z", "ajax_lookup": "Z", "create_view": "M"}
#: Named actions of an entity: action → what the table calls it.
ACTIONS = {
    "Activiteit": {"dupliceren": "dupliceren", "verplaatsen": "W"},
    "Verantwoording": {
        "sluiten": "sluiten",
        "heropenen": "heropenen",
        "vaststellen": "vaststellen",
    },
}
OK, SENT_ON, WRONG, REFUSED, HIDDEN, UNFIT = 200, 302, 422, 403, 404, 400
#: Rows that nothing hangs under, so that who may delete can.
FREE = frozenset({"vrij", "leeg"})
STANDEN = {"open": "open", "gesloten": "gesloten", "vastgesteld": "vastgesteld", "leeg": "open"}
IN_USE = frozenset(
    [
        "Contractpartij",
        "Project",
        "Samenwerkingspartner",
        "Verantwoording",
        "Schoolbestuur",
        "School",
        "Gemeente",
    ]
)


@dataclass(frozen=True)
class Row:
    """A row of the world: where its id stands, and what the table should know of it."""

    key: tuple[str, str, str]
    rij: Rij

    @property
    def free(self) -> bool:
        return self.key[0] not in IN_USE or self.key[2] in FREE


@dataclass(frozen=True)
class Case:
    visitor: str
    entity: type[Entiteit]
    route: str
    method: str
    expected: int
    row: Row | None = None
    action: str = ""
    confirmed: bool = False
    #: For a new row: whose and in which state it would be.
    place: tuple[str, str] = ("", "")

    @property
    def label(self) -> str:
        where = self.row.key[1:] if self.row else self.place
        what = f"{self.action}{' bevestigd' if self.confirmed else ''}"
        return f"{self.visitor}: {self.method} {self.route} {what} {where} → {self.expected}"


def rows_of(entity: type[Entiteit], visitor: str, portaal: Portaal) -> list[Row]:
    """Every row of the world, as the table sees it for this visitor."""
    name = entity.__name__
    keys = [key for key in portaal.wereld.rijen if key[0] == name]
    return [Row(key, _seen(key, visitor)) for key in keys if not _of_another(key, visitor)]


def _of_another(key: tuple[str, str, str], visitor: str) -> bool:
    """Accounts of the other visitors are beside the point: "lid" and "ander" stand for them."""
    return key[0] in ("Gebruiker", "Lidmaatschap") and key[2] not in ("lid", visitor)


def _seen(key: tuple[str, str, str], visitor: str) -> Rij:
    name, van, stand = key
    if name in ("Gebruiker", "Lidmaatschap"):
        wie = "zelf" if stand == visitor else ("lid" if van == "eigen" else "ander")
        return Rij(van if name == "Lidmaatschap" else "", wie=wie)
    if name in ("Taak", "Weergave"):
        return Rij(wie="zelf" if stand == visitor else "ander")
    if name == "Contractpartij" and not van:
        return Rij("niemand")
    return Rij(van, STANDEN.get(stand, "open"), overig=stand != "plan")


def cases(entity: type[Entiteit], portaal: Portaal) -> Iterator[Case]:
    """All of an entity, for every visitor."""
    for visitor in (*BEZOEKERS, ANONIEM):
        yield from _without_row(entity, visitor)
        yield from _new(entity, visitor)
        for row in rows_of(entity, visitor, portaal):
            yield from _with_row(entity, visitor, row)


def _judged(visitor: str, name: str, letter: str, row: Row | None, allowed: int) -> int:
    if visitor == ANONIEM:
        return SENT_ON
    if not tabel.ergens(visitor, name, letter):
        return REFUSED
    if row is None:
        return allowed
    if not tabel.ziet(visitor, name, row.rij):
        return HIDDEN
    return allowed if tabel.mag(visitor, name, letter, row.rij) else REFUSED


def _without_row(entity: type[Entiteit], visitor: str) -> Iterator[Case]:
    for route, letter in WITHOUT_ROW.items():
        expected = _judged(visitor, entity.__name__, letter, None, OK)
        yield Case(visitor, entity, route, "GET", expected)


def _new(entity: type[Entiteit], visitor: str) -> Iterator[Case]:
    """A new row: own, of the other party, of a stranger, and in a closed year."""
    name = entity.__name__
    owned = name in tabel.EIGEN and name != "Contractpartij"
    places = [(van, "open") for van in MERKEN] if owned else [("", "open")]
    if name in tabel.ONDER_SLOT and name != "Verantwoording":
        places += [("eigen", "gesloten"), ("eigen", "vastgesteld")]
    for van, stand in places:
        expected = _judged(visitor, name, "M", None, SENT_ON)
        if visitor != ANONIEM and expected == SENT_ON and owned:
            expected = _new_owned(visitor, name, Rij(van, stand))
        yield Case(visitor, entity, "create_view", "POST", expected, place=(van, stand))


def _new_owned(visitor: str, name: str, rij: Rij) -> int:
    """What is out of sight is no choice in the form; what is closed is locked (409)."""
    if not tabel.rollen_bij(visitor, rij.van):
        return WRONG
    if rij.stand != "open":
        return 409
    return SENT_ON if tabel.mag(visitor, name, "M", rij) else REFUSED


def _with_row(entity: type[Entiteit], visitor: str, row: Row) -> Iterator[Case]:
    name = entity.__name__

    def case(route: str, method: str, letter: str, allowed: int, **more: object) -> Case:
        expected = _judged(visitor, name, letter, row, allowed)
        return Case(visitor, entity, route, method, expected, row, **more)  # type: ignore[arg-type]

    yield case("details_view", "GET", "Z", OK)
    yield case("download", "GET", "Z", OK if issubclass(entity, MetBestand) else HIDDEN)
    # None of the world's files is a picture: tests/test_files.py looks at those that are.
    yield case("picture", "GET", "Z", HIDDEN)
    yield case("edit_view", "GET", "W", OK)
    yield case("edit_view", "POST", "W", SENT_ON)
    inline = any(a.ui.inline for a in attributes.listed(entity))
    yield case("ajax_update", "POST", "W", OK if inline else UNFIT)
    yield case("delete_view", "GET", "V", OK)
    yield case("delete_view", "POST", "V", SENT_ON if row.free else WRONG)
    yield case("bulk_view", "POST", "W", OK)
    yield case("action_view", "POST", "V", OK, action="verwijderen")
    for action, right in ACTIONS.get(name, {}).items():
        yield _asked(case("action_view", "POST", right, OK, action=action))
        done = case("action_view", "POST", right, SENT_ON, action=action, confirmed=True)
        yield done if not _incomplete(done) else _with(done, WRONG)


def _incomplete(case: Case) -> bool:
    """An empty year can't be closed, and nothing moves to where it is, whoever asks."""
    assert case.row is not None
    empty = case.row.key[2] == "leeg" and case.action == "sluiten"
    empty = empty or case.action == "verplaatsen"
    return empty and case.expected == SENT_ON and case.visitor != ANONIEM


def _asked(case: Case) -> Case:
    """The question itself is a page for whoever sees the row, saying what stands in the way."""
    assert case.row is not None
    name = case.entity.__name__
    if case.expected == REFUSED and tabel.ergens(case.visitor, name, _right(case)):
        return _with(case, OK)
    return case


def _right(case: Case) -> str:
    return ACTIONS[case.entity.__name__][case.action]


def _with(case: Case, expected: int) -> Case:
    return Case(
        case.visitor, case.entity, case.route, case.method, expected, case.row, case.action,
        case.confirmed,
    )  # fmt: skip


# --- sending it -----------------------------------------------------------------

Sent = tuple[str, Body | None]


def request_of(portaal: Portaal, case: Case, address: Callable[..., str]) -> Sent:
    """The address and, for a POST, the body of a case."""
    id_ = portaal.wereld.rijen[case.row.key] if case.row else None
    values = {"export_type": "csv"} if case.route == "export" else {}
    if id_ is not None and case.route in ("details_view", "download", "picture", "edit_view"):
        values["id"] = str(id_)
    if id_ is not None and (case.route, case.method) == ("delete_view", "GET"):
        values["id"] = str(id_)
    return address(case.route, **values), _body(portaal, case, id_)


def _body(portaal: Portaal, case: Case, id_: int | None) -> Body | None:
    if case.method == "GET":
        return None
    if case.route == "create_view":
        if case.expected in (REFUSED, SENT_ON) and not _may_make(case):
            return sending({})
        return sending(new_values(portaal, case.entity, *case.place))
    assert id_ is not None
    if case.route == "edit_view":
        return edit_body(portaal, case.entity, id_)
    if case.route == "ajax_update":
        return inline_body(case.entity, edit_body(portaal, case.entity, id_), id_)
    body = sending({"rowid": str(id_)})
    if case.route == "action_view":
        body |= {"action": case.action}
        if case.confirmed:
            body |= {"bevestigd": "1", "reden": "Er ontbrak een factuur."}
        if case.action in ("dupliceren", "verplaatsen") and case.row is not None:
            # Beside the original is no place when that is closed.
            naar = portaal.wereld.id("Verantwoording", case.row.rij.van)
            body |= {"verantwoording_id": str(naar)}
    return body


def _may_make(case: Case) -> bool:
    """Only a complete form shows what the gate says; elsewhere the door is closed before it."""
    return case.visitor != ANONIEM and tabel.ergens(case.visitor, case.entity.__name__, "M")
