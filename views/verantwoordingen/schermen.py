"""What the pages of a verantwoording share: finding it, its header and tabs (Handleiding 2.1)."""

from dataclasses import replace
from functools import cache
from typing import Any

from flask import abort, request, url_for
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from cmk_admin import database
from cmk_admin.page import Action, Chip, Crumb, Empty, PageHeader, Tab, Tone
from cmk_admin.policy import may, right_on, stap_handeling
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models import kader
from models.activiteit import Activiteit
from models.project import Baat, Begrotingspost, Project
from models.verantwoording import OVERGANGEN, Overgang, Status, Verantwoording
from models.vraag import Vraag
from views.verantwoordingen import werkwijzen

TABS = {
    "activiteiten": "Activiteiten",
    "financieel": "Financieel overzicht",
    "details": "Details",
    "vragen": "Vragen",
    "geschiedenis": "Geschiedenis",
}
#: What Cultuur Oost enters of the money of a year.
MONEY: dict[str, type[Baat | Begrotingspost]] = {"baat": Baat, "begrotingspost": Begrotingspost}
TONES: dict[Status, Tone] = {
    Status.OPEN: "info",
    Status.GESLOTEN: "neutraal",
    Status.VASTGESTELD: "goed",
}


def find(id_: int) -> Verantwoording:
    """The verantwoording with its project, or a 404 page."""
    return database.session().scalar(_found(), {"id": id_}) or abort(404)


@cache
def _found() -> Select[Verantwoording]:
    """Every tab begins with it, so it is made once."""
    way_up = joinedload(Verantwoording.project).joinedload(Project.contractpartij)
    return select(Verantwoording).where(Verantwoording.id == bindparam("id")).options(way_up)


def mag(handeling: Handeling, verantwoording: Verantwoording) -> bool:
    """Whether this person may do this with the activities of a verantwoording."""
    row = Activiteit(contractpartij_id=verantwoording.contractpartij_id)
    is_open = verantwoording.status is Status.OPEN or handeling is Handeling.DUPLICEREN
    return is_open and bool(may(actor(), handeling, row))


def steps(verantwoording: Verantwoording) -> dict[Status, Overgang]:
    """The statuses that this person may give it now, and the step that leads there."""
    return {
        to: step
        for (status, to), step in OVERGANGEN.items()
        if status is verantwoording.status and may(actor(), stap_handeling(step), verantwoording)
    }


def may_change(verantwoording: Verantwoording) -> bool:
    """Whether "Wijzigen" has anything to offer: a field or a status."""
    return bool(steps(verantwoording)) or bool(may(actor(), Handeling.WIJZIGEN, verantwoording))


def crumbs(verantwoording: Verantwoording, *last: Crumb) -> tuple[Crumb, ...]:
    project = verantwoording.project
    here = f"Verantwoording {verantwoording.kalenderjaar}"
    url = url_for("verantwoordingen.activiteiten", id=verantwoording.id)
    return (
        Crumb("Projecten", url_for("projecten.index")),
        Crumb(project.titel, url_for("projecten.verantwoordingen", id=project.id)),
        Crumb(here, url if last else None),
        *last,
    )


def header(verantwoording: Verantwoording, tab: str, count: int | None = None) -> PageHeader:
    """count: number of activities, where it is known."""
    project, method = verantwoording.project, verantwoording.werkwijze
    chips = [Chip(verantwoording.status.label.lower(), TONES[verantwoording.status])]
    if method is not None:
        chips.append(Chip(f"werkwijze {method.label}"))
    counts = {"activiteiten": count}
    return PageHeader(
        f"Verantwoording {verantwoording.kalenderjaar}",
        crumbs(verantwoording),
        f"{project.titel} · {project.contractpartij}",
        tuple(chips),
        _actions(verantwoording, tab),
        tuple(
            Tab(
                label,
                url_for(f"verantwoordingen.{name}", id=verantwoording.id),
                name == tab,
                counts.get(name),
            )
            for name, label in TABS.items()
        ),
    )


def _actions(verantwoording: Verantwoording, tab: str) -> tuple[Action, ...]:
    if tab == "activiteiten" and mag(Handeling.MAKEN, verantwoording):
        frame = frame_action(verantwoording)
        return (*((frame,) if frame else ()), new_action(verantwoording))
    if tab == "financieel":
        return _money_actions(verantwoording)
    if tab == "vragen" and may_ask(verantwoording):
        return (Action("Stel een vraag", ask_url(verantwoording), primary=True),)
    if tab == "details" and may_change(verantwoording):
        url = url_for("verantwoordingen.wijzigen", id=verantwoording.id)
        return (Action("Wijzigen", url, "edit", primary=True),)
    return ()


def may_ask(verantwoording: Verantwoording) -> bool:
    """Also about a year that is closed."""
    row = Vraag(contractpartij_id=verantwoording.contractpartij_id)
    return bool(right_on(actor(), Handeling.MAKEN, row))


def ask_url(verantwoording: Verantwoording) -> str:
    return url_for("verantwoordingen.vraag_stellen", id=verantwoording.id)


def _money_actions(verantwoording: Verantwoording) -> tuple[Action, ...]:
    back = url_for("verantwoordingen.financieel", id=verantwoording.id)
    return _enter("baat", verantwoording, back) + _enter("begrotingspost", verantwoording, back)


def _enter(name: str, verantwoording: Verantwoording, back: str) -> tuple[Action, ...]:
    """Baten and begroting are added by Cultuur Oost, to the project and for this year."""
    entity = MONEY[name]
    row = entity(contractpartij_id=verantwoording.contractpartij_id)
    if not right_on(actor(), Handeling.MAKEN, row):
        return ()
    where: dict[str, Any] = {
        "project_id": verantwoording.project_id,
        "kalenderjaar": verantwoording.kalenderjaar,
    }
    url = url_for(f"{name}.create_view", url=back, **where)
    return (Action(f"+{entity.woord.nieuw}", url),)


def frame_action(verantwoording: Verantwoording, primary: bool = False) -> Action | None:
    """To what the werkwijze begins with (Handleiding 3); in werkwijze B that is nothing."""
    if verantwoording.werkwijze not in kader.MET_KADER:
        return None
    url = url_for("verantwoordingen.kader", id=verantwoording.id)
    return Action("Activiteiten klaarzetten…", url, primary=primary)


def first_step(verantwoording: Verantwoording) -> Empty:
    """What to do where there is no activity yet: as the werkwijze begins, or with one."""
    title, may_add = "Nog geen activiteiten", mag(Handeling.MAKEN, verantwoording)
    frame = frame_action(verantwoording, primary=True) if may_add else None
    if frame is not None and verantwoording.werkwijze is not None:
        if not kader.kan(database.session(), verantwoording):
            return replace(nothing_yet(verantwoording), title=title)
        text = werkwijzen.UITLEG[verantwoording.werkwijze].kader
        return Empty(title, text, frame, (new_action(verantwoording, primary=False),))
    return Empty(
        title,
        "Vul hier in welke activiteiten je hebt georganiseerd om je CMK-doelen te bereiken."
        " Dat kan het hele jaar door.",
        new_action(verantwoording) if may_add else None,
    )


def nothing_yet(verantwoording: Verantwoording) -> Empty:
    """What the activities would be made of is not there yet; adding one by one goes already."""
    new = new_action(verantwoording)
    if verantwoording.werkwijze not in kader.PER_POST:
        return Empty(
            "Nog geen scholen om uit te kiezen",
            "In jullie werkgebied staan nog geen scholen. Neem contact op met je adviseur; een"
            " activiteit toevoegen kan wel al.",
            new,
        )
    money = Action(TABS["financieel"], url_for("verantwoordingen.financieel", id=verantwoording.id))
    return Empty(
        "Nog geen begroting",
        f"Er staan nog geen begrotingsposten voor {verantwoording.kalenderjaar}. Cultuur Oost voert"
        " de begroting van het projectplan op; daarna kun je de activiteiten in één keer"
        " klaarzetten. Een activiteit toevoegen kan wel al.",
        new,
        _enter("begrotingspost", verantwoording, request.path) or (money,),
    )


def new_action(verantwoording: Verantwoording, primary: bool = True) -> Action:
    """Handleiding 2.2: "de roze button +Nieuw"."""
    url = url_for("activiteiten.nieuw", verantwoording_id=verantwoording.id)
    return Action("+Nieuw", url, primary=primary)
