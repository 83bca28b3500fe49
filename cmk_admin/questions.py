"""Questions between Cultuur Oost and a cultuurpunt: who is who, who gets mail, what is open."""

from collections.abc import Iterable, Sequence

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cmk_admin import history_view, mail
from cmk_admin.actor import Actor, system
from cmk_admin.advisers import HERE
from cmk_admin.gate import GateSession, acting_as
from cmk_admin.page_questions import OpenQuestion
from cmk_admin.policy import right_on
from cmk_admin.rights import Handeling
from cmk_admin.settings import Settings
from models.activiteit import Activiteit, Last
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.project import Project
from models.verantwoording import Verantwoording
from models.vraag import Kant, Reactie, Vraag, VraagStand

#: So many open questions stand on the dashboard; the rest is counted.
SHOWN = 6
ABOUT_ALL = "de hele verantwoording"
Recipient = tuple[int, str]


def side_of(actor: Actor) -> Kant:
    """For whom a person speaks."""
    return Kant.CULTUURPUNT if actor.cultuur_oost_rol is None else Kant.CULTUUR_OOST


def ours_to_answer(actor: Actor, vraag: Vraag) -> bool:
    """Whether a question waits for this person's side, and they may answer it."""
    reaction = Reactie(contractpartij_id=vraag.contractpartij_id)
    return (
        vraag.is_open
        and vraag.kant is not side_of(actor)
        and bool(right_on(actor, Handeling.MAKEN, reaction))
    )


def about(vraag: Vraag) -> str:
    """What a question is about, in the words of when it was asked."""
    return vraag.onderwerp or ABOUT_ALL


# --- mail -------------------------------------------------------------------------


def recipients(vraag: Vraag, writer: int | None, side: Kant) -> list[Recipient]:
    """Who gets mail of what `writer` writes on a question: people with an active account.

    Whoever asked hears the answer. A question goes to the other side: to the adviseur of the
    cultuurpunt, or to its projectleiders (without one: its routebegeleiders) and to the member
    who entered the activity or the last. When who asked is gone, the answer goes there too.

    Read by the portal itself: accounts of the other side are out of view.
    """
    partij = vraag.contractpartij_id or vraag.verantwoording.contractpartij_id
    with acting_as(system("vragen")) as session:
        found: list[Recipient] = []
        if side is not vraag.kant:
            found = _asker(session, vraag, partij)
        if not found:
            other = Kant.CULTUURPUNT if side is Kant.CULTUUR_OOST else Kant.CULTUUR_OOST
            found = _side(session, vraag, partij, other)
    return sorted({one for one in found if one[0] != writer})


def _asker(session: GateSession, vraag: Vraag, partij: int) -> list[Recipient]:
    if vraag.kant is Kant.CULTUURPUNT:
        return [one[:2] for one in _members(session, partij) if one[0] == vraag.van_id]
    found = session.execute(
        select(Gebruiker.id, Gebruiker.naam).where(Gebruiker.id == vraag.van_id, *HERE)
    )
    return [(id_, naam) for id_, naam in found]


def _side(session: GateSession, vraag: Vraag, partij: int, side: Kant) -> list[Recipient]:
    if side is Kant.CULTUUR_OOST:
        adviser = (
            select(Gebruiker.id, Gebruiker.naam)
            .join(Contractpartij, Contractpartij.adviseur_id == Gebruiker.id)
            .where(Contractpartij.id == partij, *HERE)
        )
        return [(id_, naam) for id_, naam in session.execute(adviser)]
    members = _members(session, partij)
    leaders = [one for one in members if one[2] is LidRol.PROJECTLEIDER]
    entered = _entered_by(session, vraag)
    return [one[:2] for one in members if one in (leaders or members) or one[0] == entered]


def _members(session: GateSession, partij: int) -> list[tuple[int, str, LidRol]]:
    found = session.execute(
        select(Gebruiker.id, Gebruiker.naam, Lidmaatschap.rol)
        .join(Lidmaatschap.gebruiker)
        .where(Lidmaatschap.contractpartij_id == partij, Lidmaatschap.actief, Gebruiker.actief)
    )
    return [(id_, naam, rol) for id_, naam, rol in found]


def _entered_by(session: GateSession, vraag: Vraag) -> int | None:
    """Who entered what the question is about, if it is still there."""
    row: Activiteit | Last | None = None
    if vraag.last_id is not None:
        row = session.get(Last, vraag.last_id)
    elif vraag.activiteit_id is not None:
        row = session.get(Activiteit, vraag.activiteit_id)
    return row.aangemaakt_door_id if row is not None else None


def post(
    session: GateSession, vraag: Vraag, said: Vraag | Reactie, to: Iterable[Recipient], who: str
) -> None:
    """Letters about what was just said, in the transaction of `session`.

    said: the question itself, or a reaction on it. who: the name of the writer.
    """
    year = vraag.verantwoording
    what = "Vraag" if said is vraag else "Reactie op een vraag"
    place = f"verantwoording {year.kalenderjaar} van {year.project}"
    what_about = f"{vraag.onderwerp}, in {place}" if vraag.onderwerp else place
    settings: Settings = current_app.extensions["cmk_settings"]
    address = settings.base_url + url_for("verantwoordingen.vraag", id=vraag.id)
    for person, name in to:
        mail.post(
            session,
            person,
            f"{what} over {place}"[:200],
            f"Dag {name},\n\n{who} schrijft over {what_about}:\n\n{said.tekst}\n\n"
            f"Antwoorden doe je in het CMK Portaal:\n{address}\n\n"
            "Met vriendelijke groet,\nCultuur Oost",
        )


# --- what waits -------------------------------------------------------------------


def waiting(session: GateSession, actor: Actor) -> tuple[OpenQuestion, ...]:
    """The open questions in view, for the dashboard: first those that this side has to answer."""
    side = side_of(actor)
    way_up = joinedload(Vraag.verantwoording).joinedload(Verantwoording.project)
    found = session.scalars(
        select(Vraag)
        .where(Vraag.stand == VraagStand.OPEN)
        .options(way_up.joinedload(Project.contractpartij))
        .order_by(Vraag.kant == side, Vraag.id)
        .limit(SHOWN)
    ).all()
    return pictures(found, actor)


def pictures(found: Sequence[Vraag], actor: Actor) -> tuple[OpenQuestion, ...]:
    """Questions as the dashboard shows them."""
    names = history_view.names_of(vraag.van_id for vraag in found)
    several = actor.cultuur_oost_rol is not None or len(actor.partijen()) > 1
    return tuple(
        OpenQuestion(
            str(vraag),
            url_for("verantwoordingen.vraag", id=vraag.id),
            names.get(vraag.van_id or 0, "") or vraag.kant.label,
            _where(vraag, several),
            ours_to_answer(actor, vraag),
        )
        for vraag in found
    )


def _where(vraag: Vraag, several: bool) -> str:
    year = vraag.verantwoording
    place = f"{year.project.contractpartij} · " if several else ""
    return f"{place}{year.project.titel} · {year.kalenderjaar} · over {about(vraag)}"
