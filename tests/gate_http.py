"""The steps of `gate_steps` over HTTP: the whole portal, and the forms that are sent to it.

The forms are sent as they could be: also by people who never get to see them, since a
button that is hidden protects nothing.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from werkzeug.test import TestResponse

from app import create_app
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Entiteit
from models.samenwerkingspartner import Samenwerkingspartner
from models.verantwoording import Verantwoording
from tests.gate_steps import Turn, TurnedAway, other_year
from tests.gate_world import Copier, World
from tests.pages import Page
from tests.portal_forms import Body, edit_body, sending
from tests.portal_world import Wereld
from tests.support.applications import closing_engines, make_settings
from tests.support.databases import Dialect
from tests.support.portal import Portaal, log_everybody_in

#: Takes a step over HTTP; raises TurnedAway when the answer says that it was not done.
Step = Callable[[Portaal, Turn, int], None]
Value = Callable[[Turn, int], Any]


# --- the portal around a world ------------------------------------------------------------


@dataclass(frozen=True)
class Served(World):
    """A world with the whole portal before it."""

    portaal: Portaal


class Portals:
    """The portal before one copy of the world after another, on each database.

    It is made once: its templates and statements take longer to compile than a sequence of
    steps does to play. A copy has the address of the one before it.
    """

    def __init__(self, worlds: Copier, folder: Callable[[str], Path]) -> None:
        self.worlds, self.folder = worlds, folder
        self.made: dict[Dialect, tuple[Path, Flask]] = {}

    @contextlib.contextmanager
    def copy(self, dialect: Dialect) -> Iterator[Served]:
        where = self.made[dialect][0] if dialect in self.made else self.folder(dialect)
        with self.worlds(dialect, where) as world:
            if dialect not in self.made:
                self.made[dialect] = where, create_app(make_settings(world.url, where))
            with closing_engines(self.made[dialect][1]) as app:
                people = {n: a.gebruiker_id for n, a in world.ground.actors.items()}
                known = {name: id_ for name, id_ in people.items() if id_ is not None}
                wereld = Wereld(mensen=known)
                cookies = log_everybody_in(app, wereld)
                portaal = Portaal(app, wereld, lambda: False, lambda: None, cookies)
                yield Served(app, world.url, world.ground, portaal)


def portal_of(turn: Turn) -> Portaal:
    assert isinstance(turn.world, Served)
    return turn.world.portaal


# --- sending ------------------------------------------------------------------------------


def post(portaal: Portaal, turn: Turn, body: Body, endpoint: str, **where: Any) -> None:
    """Send a form; raises TurnedAway when it was refused."""
    judge(portaal.bezoeker(turn.who).post(address(portaal, endpoint, **where), body))


def address(portaal: Portaal, endpoint: str, **where: Any) -> str:
    with portaal.app.test_request_context():
        return url_for(endpoint, **where)


def judge(response: TestResponse) -> None:
    assert response.status_code < 500, response.text
    assert not (response.location or "").startswith("/inloggen"), response.location
    if response.status_code >= 400:
        raise TurnedAway(f"{response.status_code} {response.text}")


def of(entity: type[Entiteit], view: str) -> str:
    return f"{entity.__name__.lower()}.{view}"


def typed(values: Mapping[str, Value | str], turn: Turn, target: int) -> Body:
    return {n: v if isinstance(v, str) else v(turn, target) for n, v in values.items()}


def new(entity: type[Entiteit], **values: Value | str) -> Step:
    """Send the form of a new row."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        post(portaal, turn, sending(typed(values, turn, target)), of(entity, "create_view"))

    return step


def edit(entity: type[Entiteit], **values: Value | str) -> Step:
    """Send the form of a row, as it stands but for these values."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        body = _as_it_stands(portaal, turn, entity, target) | typed(values, turn, target)
        post(portaal, turn, body, of(entity, "edit_view"), id=target)

    return step


def _as_it_stands(portaal: Portaal, turn: Turn, entity: type[Entiteit], target: int) -> Body:
    body = edit_body(portaal, entity, target)
    if entity is Activiteit and not body["doelgroepen"]:
        # A session may leave it without; the form asks for one.
        body["doelgroepen"] = [str(turn.world.ground.doelgroepen[0])]
    return body


def delete(entity: type[Entiteit]) -> Step:
    """Answer the question whether it may go."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        post(portaal, turn, sending({"rowid": str(target)}), of(entity, "delete_view"))

    return step


def cell(entity: type[Entiteit], name: str, value: Value | str) -> Step:
    """Change one cell of a list."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        body = {"list_form_pk": str(target), **typed({name: value}, turn, target)}
        post(portaal, turn, body, of(entity, "ajax_update"))

    return step


def action(entity: type[Entiteit], name: str, **values: Value | str) -> Step:
    """Confirm an action on a row of a list."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        body = sending({"action": name, "rowid": str(target), "bevestigd": "1"})
        post(portaal, turn, body | typed(values, turn, target), of(entity, "action_view"))

    return step


def visible(step: Step, query: str) -> Step:
    """For what a screen passes over in silence: it was done when the database shows it."""

    def watched(portaal: Portaal, turn: Turn, target: int) -> None:
        before = turn.world.raw(query.format(id=target))
        step(portaal, turn, target)
        if turn.world.raw(query.format(id=target)) == before:
            raise TurnedAway("niets veranderd")

    return watched


def ask(page: str, **values: str) -> Step:
    """A step of a verantwoording on its own page: the form is read, if it is there to see."""

    def step(portaal: Portaal, turn: Turn, target: int) -> None:
        path = address(portaal, f"verantwoordingen.{page}", id=target)
        visitor = portaal.bezoeker(turn.who)
        question = visitor.get(path)
        form = Page(question.text).form() if question.status_code == 200 else {}
        judge(visitor.post(path, sending(form | values)))

    return step


# --- what is typed ------------------------------------------------------------------------


def target_id(turn: Turn, target: int) -> str:
    return str(target)


def name(turn: Turn, target: int) -> str:
    return f"naam {turn.pick}"


def amount(turn: Turn, target: int) -> str:
    return str(turn.pick % 7 or "")


def school(turn: Turn, target: int) -> str:
    return str(turn.world.ground.scholen[1])


def group(turn: Turn, target: int) -> str:
    return str(turn.world.ground.doelgroepen[1])


def partner(turn: Turn, target: int) -> str:
    return str(turn.one_of(turn.state.rows["samenwerkingspartner"]))


def own_year(turn: Turn, target: int) -> str:
    return str(turn.state.year_of("activiteit", target))


def year_to_copy_to(turn: Turn, target: int) -> str:
    return str(other_year(turn, target))


def other_activity(turn: Turn, target: int) -> str:
    own = turn.state.rows["last"][target][0]
    return str(turn.one_of(turn.state.rows["activiteit"].keys() - {own}))


def another_method(turn: Turn, target: int) -> str:
    """One that it does not have, so that it can be seen whether it was taken over."""
    (now,) = turn.world.raw(f"SELECT werkwijze FROM verantwoording WHERE id = {target}")
    return "D" if now == ("C",) else "C"


def goal(turn: Turn, target: int) -> str:
    return str(turn.world.ground.doel)


ACTIVITY: dict[str, Value | str] = {
    "naam": name, "doel_id": goal, "duur": "1", "duur_eenheid": "per_activiteit",
    "startdatum": "01-01-2026", "einddatum": "01-01-2026", "doelgroepen": group,
}  # fmt: skip


def _new_on_its_page(portaal: Portaal, turn: Turn, v: int) -> None:
    """The page with all parts of a new activity: one school and one last."""
    body = sending(typed(ACTIVITY, turn, v)) | {
        "scholen-0-school_id": school(turn, v), "scholen-0-aantal_leerkrachten": "3",
        "lasten-0-toelichting": "x", "lasten-0-bedrag": "4",
    }  # fmt: skip
    post(portaal, turn, body, "activiteiten.nieuw", verantwoording_id=v)


def _edit_on_its_page(portaal: Portaal, turn: Turn, a: int) -> None:
    body = _as_it_stands(portaal, turn, Activiteit, a) | {"naam": name(turn, a)}
    post(portaal, turn, body, "activiteiten.bewerken", id=a, deel="details")


def _open_year(portaal: Portaal, turn: Turn, year: int) -> None:
    post(portaal, turn, sending({"jaar": str(year)}), "beheer.jaar_openen")


def _undo(portaal: Portaal, turn: Turn, number: int) -> None:
    post(portaal, turn, {}, "bewerkingen.ongedaan_maken", id=number)


# --- the steps ----------------------------------------------------------------------------

#: The generated forms: new, edit, delete; and values that no form asks for.
FORMS: dict[str, Step] = {
    "maak_activiteit": new(Activiteit, verantwoording_id=target_id, **ACTIVITY),
    "wijzig_activiteit": edit(Activiteit, naam=name),
    "verwijder_activiteit": delete(Activiteit),
    "maak_last": new(Last, activiteit_id=target_id, toelichting="x", bedrag=amount),
    "wijzig_last": edit(Last, bedrag=amount),
    "verwijder_last": delete(Last),
    "maak_school": new(ActiviteitSchool, activiteit_id=target_id, school_id=school),
    "wijzig_school": edit(ActiviteitSchool, aantal_leerkrachten=amount),
    "verwijder_school": delete(ActiviteitSchool),
    "koppel_doelgroep": new(ActiviteitDoelgroep, activiteit_id=target_id, doelgroep_id=group),
    "ontkoppel_doelgroep": delete(ActiviteitDoelgroep),
    "koppel_partner": new(
        ActiviteitPartner, activiteit_id=target_id, samenwerkingspartner_id=partner
    ),
    "ontkoppel_partner": delete(ActiviteitPartner),
    "wijzig_partner": edit(Samenwerkingspartner, plaats=name),
    "verwijder_partner": delete(Samenwerkingspartner),
    "kies_werkwijze": visible(
        edit(Verantwoording, werkwijze=another_method),
        "SELECT werkwijze FROM verantwoording WHERE id = {id}",
    ),
    "verwijder_jaar": delete(Verantwoording),
    "open_jaar": _open_year,
    "verplaats_last": visible(
        edit(Last, activiteit_id=other_activity),
        "SELECT activiteit_id FROM last WHERE id = {id}",
    ),
    "zet_status_met_de_hand": visible(
        edit(Verantwoording, status="vastgesteld", gesloten_op="2026-01-01"),
        "SELECT status, gesloten_op FROM verantwoording WHERE id = {id}",
    ),
}

#: One cell of a list.
CELLS: dict[str, Step] = {
    "wijzig_activiteit": cell(Activiteit, "naam", name),
    "wijzig_last": cell(Last, "bedrag", amount),
    "wijzig_school": cell(ActiviteitSchool, "aantal_leerkrachten", amount),
    "wijzig_partner": cell(Samenwerkingspartner, "plaats", name),
    "verplaats_last": cell(Last, "activiteit_id", other_activity),
    "zet_status_met_de_hand": cell(Verantwoording, "status", "vastgesteld"),
}

#: The actions of a list, and taking one back.
ACTIONS: dict[str, Step] = {
    # Left empty, a copy out of a closed year goes to the latest open one.
    "dupliceer": action(Activiteit, "dupliceren", verantwoording_id=own_year),
    "dupliceer_naar_jaar": action(Activiteit, "dupliceren", verantwoording_id=year_to_copy_to),
    "maak_ongedaan": visible(_undo, "SELECT ongedaan_op FROM bewerking WHERE id = {id}"),
    "sluit": action(Verantwoording, "sluiten"),
    "heropen": action(Verantwoording, "heropenen", reden="machine"),
    "stel_vast": action(Verantwoording, "vaststellen"),
}

#: The pages beside the generated ones (Handleiding 2.2, 2.4).
PAGES: dict[str, Step] = {
    "maak_activiteit": _new_on_its_page,
    "wijzig_activiteit": _edit_on_its_page,
    "sluit": ask("sluiten"),
    "heropen": ask("heropenen", reden="machine"),
    "stel_vast": ask("vaststellen"),
}
