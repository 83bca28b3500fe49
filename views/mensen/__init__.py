"""Beheer → Mensen: who may come in, inviting them, and handing over what a leaver had."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from sqlalchemy import func, select

from cmk_admin import database, formats, on_record, tables
from cmk_admin.actions import EntityAction
from cmk_admin.auth import clock
from cmk_admin.gate import GateSession
from cmk_admin.page import Action, Cell, Crumb, Empty, ListPage, PageHeader, Row, Tab, Tone
from cmk_admin.rights import Handeling
from cmk_admin.routes import requires
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap
from models.toegang import LinkSoort, Toegangslink
from models.vouwen import volgens
from views.mensen import uitnodigen, wissen
from views.mensen.acties import Intrekken, Overdragen, TweedeStap, Uitnodigen

__all__ = ["Intrekken", "Overdragen", "TweedeStap", "Uitnodigen", "register"]

blueprint = Blueprint("mensen", __name__, url_prefix="/beheer/mensen")

ACTIVE, INVITED, EXPIRED, NOT_YET, LEFT = (
    "Actief",
    "Uitgenodigd",
    "Verlopen",
    "Niet uitgenodigd",
    "Niet actief",
)
TONES: dict[str, Tone] = {ACTIVE: "goed", INVITED: "info", EXPIRED: "let_op", LEFT: "neutraal"}


def register(app: Flask) -> None:
    """Add the pages of Mensen to `app`."""
    for each in (blueprint, uitnodigen.blueprint, wissen.blueprint):
        app.register_blueprint(each)


# --- who there are ----------------------------------------------------------------


class Person:
    """Somebody with how far they are on their way in."""

    def __init__(self, row: Any, roles: str, until: datetime | None, moment: datetime) -> None:
        self.id, self.naam, self.email = row.id, row.naam, row.email
        self.last = row.laatst_ingelogd_op
        self.roles = roles
        self.until = until
        if not row.actief:
            self.state = LEFT
        elif row.complete:
            self.state = ACTIVE
        elif until is None:
            self.state = NOT_YET
        else:
            self.state = INVITED if until > moment else EXPIRED


def _people(session: GateSession, moment: datetime) -> list[Person]:
    """Everybody, in three questions however many there are."""
    wanted = select(
        Gebruiker.id,
        Gebruiker.naam,
        Gebruiker.email,
        Gebruiker.actief,
        Gebruiker.cultuur_oost_rol,
        Gebruiker.laatst_ingelogd_op,
        Gebruiker.totp_geheim.is_not(None).label("complete"),
    ).order_by(volgens(Gebruiker, "naam"), Gebruiker.id)
    members = (
        select(Lidmaatschap.gebruiker_id, Lidmaatschap.rol, Contractpartij.naam)
        .join(Lidmaatschap.contractpartij)
        .where(Lidmaatschap.actief)
        .order_by(volgens(Contractpartij, "naam"))
    )
    roles: dict[int, list[str]] = {}
    for gebruiker_id, rol, naam in session.execute(members):
        roles.setdefault(gebruiker_id, []).append(f"{rol.label}, {naam}")
    links = (
        select(Toegangslink.gebruiker_id, func.max(Toegangslink.verloopt_op))
        .where(Toegangslink.soort == LinkSoort.ACTIVATIE)
        .group_by(Toegangslink.gebruiker_id)
    )
    until = dict(session.execute(links).all())
    return [
        Person(row, "; ".join(_roles(row, roles)), until.get(row.id), moment)
        for row in session.execute(wanted)
    ]


def _roles(row: Any, memberships: dict[int, list[str]]) -> list[str]:
    own = [f"{row.cultuur_oost_rol.label} van Cultuur Oost"] if row.cultuur_oost_rol else []
    return own + memberships.get(row.id, [])


HEADINGS: tuple[tables.Heading[Person], ...] = (
    tables.Heading("naam", "Naam", lambda person: person.naam),
    tables.Heading("email", "E-mailadres", lambda person: person.email, optional=True),
    tables.Heading("rol", "Rol", lambda person: person.roles),
    tables.Heading("stand", "Stand", lambda person: person.state),
    tables.Heading("geldig", "Geldig tot", lambda person: person.until, optional=True),
    tables.Heading("ingelogd", "Laatst ingelogd", lambda person: person.last),
)


@blueprint.get("/")
@requires(Handeling.MAKEN, Gebruiker)
def index() -> str:
    """Everybody with their state: invited, active, expired."""
    on_record.saw("Mensen")
    people = _people(database.session(), clock.now())
    chosen = request.args.get("stand", "")
    address = tables.Address.of(request.path, request.args, ("sort", "page", "stand"))
    shown = [person for person in people if chosen in ("", person.state)]
    table = tables.table(shown, HEADINGS, address)
    tabs = [Tab("Iedereen", url_for("mensen.index"), active=not chosen, count=len(people))]
    tabs += [
        Tab(state, url_for("mensen.index", stand=state), chosen == state, _count(people, state))
        for state in (ACTIVE, INVITED, EXPIRED, NOT_YET, LEFT)
    ]
    return render_template(
        "beheer/mensen.html",
        header=PageHeader(
            "Mensen",
            crumbs=(Crumb("Beheer", url_for("beheer.index")), Crumb("Mensen")),
            actions=(
                Action("Mensen uitnodigen…", url_for("uitnodigen.invite"), "mail", primary=True),
            ),
            tabs=tuple(tabs),
        ),
        page=ListPage(
            columns=table.columns,
            rows=tuple(map(_row, table.items)),
            pager=table.pager,
            empty=Empty("Niemand", "Er is niemand met deze stand."),
        ),
        bulk_url=url_for("gebruiker.action_view"),
    )


def _count(people: Iterable[Person], state: str) -> int:
    return sum(person.state == state for person in people)


def _row(person: Person) -> Row:
    url = url_for("gebruiker.details_view", id=person.id)
    ends = person.until if person.state in (INVITED, EXPIRED) else None
    until = formats.day(formats.day_of(ends)) if ends else ""
    cells = (
        Cell(person.naam, url=url, note=person.email),
        Cell(person.email),
        Cell(person.roles),
        Cell(
            person.state,
            "chip",
            tone=TONES.get(person.state, "neutraal"),
            note=f"tot {until}" if until else "",
        ),
        Cell(until, "datum"),
        # The day: what it takes to see it on a narrow screen. The hour is on their own page.
        Cell(formats.day(formats.day_of(person.last)) if person.last else "", "datum"),
    )
    return Row(person.id, person.naam, cells, tuple(_buttons(person)))


def _buttons(person: Person) -> Iterable[Action]:
    """What is next for somebody; the rest stands at their own page."""
    yield Action("Bekijken", url_for("gebruiker.details_view", id=person.id), "search")
    yield Action("Wijzigen", url_for("gebruiker.edit_view", id=person.id), "edit")
    if person.state in (NOT_YET, INVITED, EXPIRED):
        yield _button(Uitnodigen, person)
    if person.state == INVITED:
        yield _button(Intrekken, person)
    if person.state == ACTIVE:
        yield _button(TweedeStap, person)
    if person.state != LEFT:
        yield _button(Overdragen, person)
    yield Action("Gegevens wissen…", url_for("wissen.wissen", id=person.id), "trash", danger=True)


def _button(action: type[EntityAction], person: Person) -> Action:
    url = url_for(
        "gebruiker.action_view", rowid=person.id, action=action.name, url=url_for("mensen.index")
    )
    return Action(
        f"{action.label}…", url, action.icon, "post", danger=action.danger, name=action.name
    )
