"""The pages of an activity: its header with tabs, and what each tab shows (Handleiding 3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import abort, url_for
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from cmk_admin import database, formats, history_view
from cmk_admin.page import (
    Action,
    Cell,
    CheckItem,
    Chip,
    Crumb,
    Detail,
    PageHeader,
    Tab,
)
from cmk_admin.policy import may, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    Last,
)
from models.compleet import Stand, stand_van
from models.project import Project
from models.verantwoording import Status, Verantwoording
from models.vouwen import vouw
from models.vraag import Vraag

TABS = {
    "details": "Details",
    "scholen": "Scholen",
    "financieel": "Financieel overzicht",
    "partners": "Samenwerkingspartners",
    "geschiedenis": "Geschiedenis",
}
HISTORY = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """An activity with its stand, as every tab needs them."""

    activiteit: Activiteit
    stand: Stand

    @property
    def verantwoording(self) -> Verantwoording:
        return self.activiteit.verantwoording

    @property
    def outside_year(self) -> bool:
        """Worth a look, no more: the bookkeeping leads, not the execution."""
        days = (self.activiteit.startdatum, self.activiteit.einddatum)
        return any(day.year != self.verantwoording.kalenderjaar for day in days)


def find_verantwoording(id_: int) -> Verantwoording:
    """The verantwoording with its project, or a 404 page."""
    project = joinedload(Verantwoording.project)
    way_up = project.options(joinedload(Project.contractpartij), joinedload(Project.sector))
    found = database.session().scalar(
        select(Verantwoording).where(Verantwoording.id == id_).options(way_up)
    )
    return found or abort(404)


def find(id_: int) -> Activiteit:
    """The activity with the way up to its contractpartij, or a 404 page."""
    return database.session().scalar(_found(), {"id": id_}) or abort(404)


@cache
def _found() -> Select[Activiteit]:
    """Every tab and form of it begins so: made once."""
    way_up = joinedload(Activiteit.verantwoording).joinedload(Verantwoording.project)
    return (
        select(Activiteit)
        .where(Activiteit.id == bindparam("id"))
        .options(
            joinedload(Activiteit.doel),
            way_up.options(joinedload(Project.contractpartij), joinedload(Project.sector)),
        )
    )


def show(id_: int) -> Shown:
    activiteit = find(id_)
    standen = stand_van(database.session(), activiteit.verantwoording_id, activiteit.id)
    return Shown(activiteit, standen[0])


def crumbs(verantwoording: Verantwoording, *last: str) -> tuple[Crumb, ...]:
    """The way from the projects to a page under a verantwoording."""
    project = verantwoording.project
    return (
        Crumb("Projecten", url_for("projecten.index")),
        Crumb(project.titel, url_for("projecten.verantwoordingen", id=project.id)),
        Crumb(
            f"Verantwoording {verantwoording.kalenderjaar}",
            url_for("verantwoordingen.activiteiten", id=verantwoording.id),
        ),
        *(Crumb(label) for label in last),
    )


def header(shown: Shown, tab: str) -> PageHeader:
    activiteit, stand = shown.activiteit, shown.stand
    counts = {"scholen": stand.scholen, "financieel": stand.lasten, "partners": len(stand.partners)}
    period = f"{formats.day(activiteit.startdatum)} t/m {formats.day(activiteit.einddatum)}"
    chips = [_stand_chip(stand)]
    if stand.scholen > 1:
        chips.append(Chip("voor meerdere scholen"))
    if shown.verantwoording.status is not Status.OPEN:
        chips.append(Chip(shown.verantwoording.status.label.lower(), "info"))
    return PageHeader(
        activiteit.naam,
        crumbs(shown.verantwoording, activiteit.naam),
        f"{activiteit.doel} · {period}",
        tuple(chips),
        _actions(activiteit, tab),
        tuple(
            Tab(
                label,
                url_for(f"activiteiten.{name}", id=activiteit.id),
                name == tab,
                counts.get(name),
            )
            for name, label in TABS.items()
        ),
    )


def _stand_chip(stand: Stand) -> Chip:
    if stand.compleet:
        return Chip("compleet", "goed")
    return Chip(f"nog invullen: {', '.join(stand.ontbreekt)}", "let_op")


def _actions(activiteit: Activiteit, tab: str) -> tuple[Action, ...]:
    """Each button is exactly a `may()`; deleting leads back to the list it was in."""
    found = list(ask_actions(activiteit))
    back = url_for("verantwoordingen.activiteiten", id=activiteit.verantwoording_id)
    if may(actor(), Handeling.DUPLICEREN, activiteit):
        url = url_for("activiteit.action_view", rowid=activiteit.id, action="dupliceren")
        found.append(Action("Dupliceren…", url, "copy", "post", name="dupliceren"))
    if may(actor(), Handeling.VERWIJDEREN, activiteit):
        url = url_for("activiteit.delete_view", id=activiteit.id, url=back)
        found.append(Action("Verwijderen…", url, "trash", danger=True))
    edit = edit_url(activiteit, tab)
    if edit and may(actor(), Handeling.WIJZIGEN, activiteit):
        more = ADDABLE.get(tab)
        found.append(Action("Wijzigen", edit, "edit", primary=more is None))
        if more is not None:
            found.append(Action(more.label, f"{edit}#{more.anchor}", primary=True))
    return tuple(found)


def ask_actions(activiteit: Activiteit, last: Last | None = None) -> tuple[Action, ...]:
    """ "Stel een vraag", with the activity or one of its lasten chosen already."""
    if not right_on(
        actor(), Handeling.MAKEN, Vraag(contractpartij_id=activiteit.contractpartij_id)
    ):
        return ()
    what: dict[str, Any] = {"last": last.id} if last is not None else {"activiteit": activiteit.id}
    number = activiteit.verantwoording_id
    url = url_for("verantwoordingen.vraag_stellen", id=number, **what)
    return (Action("Stel een vraag", url, "question"),)


@dataclass(frozen=True, slots=True)
class Adding:
    """Handleiding 3: "Voeg nieuwe lasten toe onder het tabblad Financieel overzicht"."""

    label: str
    anchor: str


#: Tab → its button that opens the rows at a new one.
ADDABLE = {
    "scholen": Adding("+School koppelen", "scholen-nieuw"),
    "financieel": Adding("+Nieuwe last", "lasten-nieuw"),
}


#: Tab → the part that its button "Wijzigen" opens.
EDITABLE = {
    "details": "details",
    "scholen": "scholen",
    "financieel": "financieel-overzicht",
    "partners": "samenwerkingspartners",
}


def edit_url(activiteit: Activiteit, tab: str) -> str:
    part = EDITABLE.get(tab)
    return url_for("activiteiten.bewerken", id=activiteit.id, deel=part) if part else ""


def checks(shown: Shown) -> tuple[CheckItem, ...]:
    """What the activity still lacks, each with a link to the very field (Handleiding 2.4)."""
    id_, stand = shown.activiteit.id, shown.stand
    may_mend = bool(may(actor(), Handeling.WIJZIGEN, shown.activiteit))

    def item(done: bool, text: str, missing: str, mend: str, part: str, field: str) -> CheckItem:
        if done:
            return CheckItem("goed", text)
        url = url_for("activiteiten.bewerken", id=id_, deel=part, _anchor=field)
        return CheckItem("ontbreekt", missing, mend, url if may_mend else None)

    teachers, amounts = stand.zonder_leerkrachten, stand.zonder_bedrag
    found = [
        item(stand.scholen > 0, "Scholen gekoppeld", "Nog geen school:", "koppel scholen",
             "scholen", "scholen-0-school_id"),
    ]  # fmt: skip
    if stand.scholen:
        found.append(
            item(not teachers, "Leerkrachten ingevuld", f"Bij {schools_counted(teachers)}:",
                 "vul leerkrachten in", "scholen",
                 f"scholen-{stand.eerste_zonder_leerkrachten}-aantal_leerkrachten"),
        )  # fmt: skip
    found.append(
        item(stand.lasten > 0, "Lasten ingevoerd", "Nog geen lasten:", "voer lasten in",
             "financieel-overzicht", "lasten-0-toelichting"),
    )  # fmt: skip
    if stand.lasten:
        found.append(
            item(not amounts, "Bedragen ingevuld", f"Bij {costs_counted(amounts)}:",
                 "vul het bedrag in", "financieel-overzicht",
                 f"lasten-{stand.eerste_zonder_bedrag}-bedrag"),
        )  # fmt: skip
    if shown.verantwoording.status is Status.OPEN:
        found.extend(_notices(shown, may_mend))
    return tuple(found)


def _notices(shown: Shown, may_mend: bool) -> Iterator[CheckItem]:
    """What is worth a look, and stands in the way of nothing."""

    def notice(text: str, mend: str, part: str, field: str | None = None) -> CheckItem:
        id_ = shown.activiteit.id
        url = url_for("activiteiten.bewerken", id=id_, deel=part, _anchor=field)
        return CheckItem("melding", text, mend, url if may_mend else None)

    if shown.outside_year:
        text = f"De periode ligt buiten {shown.verantwoording.kalenderjaar}."
        yield notice(text, "wijzig", "details", "startdatum")
    if elsewhere := shown.stand.andere_sector:
        words = f"{schools_counted(elsewhere)} van een andere sector dan"
        text = f"{words} {shown.verantwoording.project.sector}:"
        yield notice(text, "bekijk", "scholen")
    if not shown.stand.uren:
        yield notice("Nog zonder uren.", "vul de duur in", "details", "duur")
    if not shown.stand.partners:
        yield notice("Nog zonder samenwerkingspartner.", "voeg toe", "samenwerkingspartners")


def schools_counted(number: int) -> str:
    """So many schools, in words."""
    return "1 school" if number == 1 else f"{number} scholen"


def costs_counted(number: int) -> str:
    """So many lasten, in words."""
    return "1 last" if number == 1 else f"{number} lasten"


# --- what a tab shows -------------------------------------------------------------


def details(activiteit: Activiteit) -> list[Detail]:
    """Every field of Handleiding 2.2, onderdeel 1."""
    session = database.session()
    groups = session.scalars(
        select(ActiviteitDoelgroep)
        .where(ActiviteitDoelgroep.activiteit_id == activiteit.id)
        .options(joinedload(ActiviteitDoelgroep.doelgroep))
    )
    names = sorted((g.doelgroep.rang, g.doelgroep.naam) for g in groups)
    duration = f"{formats.hours(activiteit.duur)} {activiteit.duur_eenheid.label}"
    period = " t/m ".join(map(formats.long_day, (activiteit.startdatum, activiteit.einddatum)))
    pairs = {
        "Naam": activiteit.naam,
        "CMK-doel": str(activiteit.doel),
        "Omschrijving": activiteit.omschrijving or "",
        "Aantal activiteiten": formats.number(activiteit.aantal_activiteiten),
        "Duur activiteit (uren)": duration,
        "Totaal aantal uren": formats.hours(activiteit.totaal_uren),
        "Periode": period,
        "Doelgroepen": ", ".join(name for _, name in names),
        "Samenwerkingspartners": ", ".join(p.naam for p in partners_of(activiteit)),
        "Laatst gewijzigd": formats.moment(activiteit.gewijzigd_op),
    }
    return [Detail(label, Cell(text)) for label, text in pairs.items()]


def partners_of(activiteit: Activiteit) -> list[Any]:
    """The partners of an activity, by name."""
    links = database.session().scalars(
        select(ActiviteitPartner)
        .where(ActiviteitPartner.activiteit_id == activiteit.id)
        .options(joinedload(ActiviteitPartner.samenwerkingspartner))
    )
    found = [link.samenwerkingspartner for link in links]
    return sorted(found, key=lambda partner: vouw(partner.naam))


def history(activiteit: Activiteit) -> list[Any]:
    return history_view.history_of(activiteit, HISTORY)
