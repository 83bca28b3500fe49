"""The generated screens: a line per entity, with its address and what it has beside the usual."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, current_app, redirect, url_for
from flask_admin.base import Admin, AdminIndexView, expose
from flask_admin.theme import Theme
from werkzeug.wrappers import Response

from cmk_admin import exports, tasks
from cmk_admin.actions import EntityAction
from cmk_admin.beside import Beside
from cmk_admin.bulk import back, large
from cmk_admin.entity_actions import undo_actions
from cmk_admin.entity_view import EntityView
from cmk_admin.mail import mail_folder
from cmk_admin.menu import Section
from cmk_admin.page import Action, PageHeader, Related
from cmk_admin.routes import actor, row_address, signed_in
from cmk_admin.settings import Settings
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Entiteit
from models.concept import Concept
from models.contractpartij import Contractpartij, Werkgebied
from models.dashboard import AgendaItem, AlgemeenDocument, Link, VeelgesteldeVraag
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Bewerking, Wijziging
from models.kwaliteit import Kwaliteitsregel
from models.lijsten import Bron, Documentsoort, Doel, Doelgroep, Kostensoort, Sector
from models.privacy import Bewaartermijn, Inzage
from models.project import Baat, Begrotingspost, Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, School, Schoolbestuur
from models.techniek import Mail, Taak, Verzoek
from models.toegang import Herstelcode, Onderbreking, Poging, Toegangslink, Zitting
from models.verantwoording import Momentopname, Verantwoording
from models.vraag import Reactie, Vraag
from models.weergave import Weergave

SECTIONS = (
    Section("Cultuurpunten en mensen", (Contractpartij, Werkgebied, Gebruiker, Lidmaatschap)),
    Section("Projecten en geld", (Project, Verantwoording, Baat, Begrotingspost, Document)),
    Section(
        "Activiteiten",
        (Activiteit, ActiviteitSchool, Last, ActiviteitDoelgroep, ActiviteitPartner),
    ),
    Section("Stamdata", (Samenwerkingspartner, Schoolbestuur, School, Gemeente)),
    Section("Keuzelijsten", (Doel, Doelgroep, Kostensoort, Sector, Bron, Documentsoort)),
    Section(
        "Dashboard en weergaven", (AgendaItem, Link, AlgemeenDocument, VeelgesteldeVraag, Weergave)
    ),
    Section(
        "Toezicht",
        (
            Wijziging,
            Bewerking,
            Kwaliteitsregel,
            Momentopname,
            Mail,
            Taak,
            Inzage,
            Bewaartermijn,
        ),
    ),
)
#: No screen: what the portal keeps only for its own working, and what has pages of its own.
WITHOUT_SCREEN = frozenset(
    {
        Verzoek,
        Zitting,
        Poging,
        Toegangslink,
        Herstelcode,
        Onderbreking,
        Concept,
        Vraag,
        Reactie,
    }
)
STAMDATA = (Samenwerkingspartner, Schoolbestuur, School)


class Start(AdminIndexView):
    """Flask-Admin wants a first page; ours is the dashboard. Serves none of its old assets."""

    @expose("/")
    @signed_in
    def index(self) -> Response:
        return redirect(url_for("dashboard.index"))


Actions = Mapping[type[Entiteit], Sequence[EntityAction]]


#: What the details of a row tell of rows elsewhere, per entity.
Telling = Mapping[type[Entiteit], Callable[[Any], Sequence[Related]]]


def register(app: Flask, actions: Actions, related: Telling) -> None:
    """Make the screens of every entity. actions, related: what some have beside the usual."""
    start = Start(url="/beheer/start")
    start.static_folder = None
    templates = Path(app.root_path) / "templates"
    theme = Theme(folder=str(templates), base_template="base.html")
    admin = Admin(app, name="CMK Portaal", index_view=start, theme=theme)
    for section in SECTIONS:
        for entity in section.entities:
            if entity not in SPECIAL and entity not in related:
                admin.add_view(EntityView(entity, address(entity)))
    for entity, tell in related.items():
        admin.add_view(EntityView(entity, address(entity), beside=Beside(related=tell)))
    for view in special_views(actions):
        admin.add_view(view)
    tasks.register(app, exports.KIND, exports.make)
    tasks.register(app, large.KIND, large.work)
    tasks.register(app, back.KIND, back.work)


def address(entity: type) -> str:
    """`/stamdata/scholen`, `/beheer/cmk-doelen`."""
    folder = "stamdata" if entity in STAMDATA else "beheer"
    return f"/{folder}/{entity.woord.meervoud.lower().replace(' ', '-')}"  # type: ignore[attr-defined]


SPECIAL = (
    Activiteit,
    Verantwoording,
    Project,
    Gebruiker,
    Bewerking,
    Mail,
    Bewaartermijn,
    Weergave,
)


def special_views(actions: Actions) -> tuple[EntityView, ...]:
    """Entities that have pages of their own and actions beside the usual."""
    return (
        EntityView(
            Activiteit,
            address(Activiteit),
            actions=actions[Activiteit],
            beside=Beside(row_url=lambda row: row_address("activiteiten.details", row.id)),
        ),
        EntityView(
            Verantwoording,
            address(Verantwoording),
            actions=actions[Verantwoording],
            beside=Beside(row_url=lambda row: row_address("verantwoordingen.activiteiten", row.id)),
        ),
        EntityView(
            Project,
            address(Project),
            beside=Beside(row_url=lambda row: row_address("projecten.verantwoordingen", row.id)),
        ),
        EntityView(
            Gebruiker,
            address(Gebruiker),
            actions=actions[Gebruiker],
            beside=Beside(prepare=_mark_demo),
        ),
        EntityView(
            Bewerking,
            address(Bewerking),
            beside=Beside(
                row_url=lambda row: row_address("bewerkingen.details", row.id),
                row_extra=undo_actions,
            ),
        ),
        EntityView(Mail, address(Mail), beside=Beside(header=_where_mail_goes)),
        EntityView(Bewaartermijn, address(Bewaartermijn), beside=Beside(header=_clean_up)),
        EntityView(Weergave, address(Weergave), beside=Beside(prepare=_of_who_makes_it)),
    )


def _where_mail_goes(header: PageHeader) -> PageHeader:
    """Who looks after the portal should know whether mail leaves it."""
    settings: Settings = current_app.extensions["cmk_settings"]
    if settings.smtp_url is not None:
        return replace(header, subtitle="Mail gaat naar de mailserver van deze omgeving.")
    where = mail_folder(settings)
    return replace(
        header,
        subtitle="Er is geen mailserver ingesteld (SMTP_URL): elke mail komt als .eml-bestand in"
        f" de map {where}.",
    )


def _clean_up(header: PageHeader) -> PageHeader:
    return replace(
        header,
        subtitle="Zo lang blijft iets bewaard. Wat over de termijn heen is, gaat niet vanzelf weg:"
        " onder Opruimen… zie je het eerst.",
        actions=(Action("Opruimen…", url_for("opruimen.opruimen"), "trash"),),
    )


def _of_who_makes_it(weergave: Weergave) -> None:
    weergave.gebruiker_id = actor().gebruiker_id


def _mark_demo(gebruiker: Gebruiker) -> None:
    """Who is added in a demo belongs to the demo: beside a real account it does not serve."""
    settings: Settings = current_app.extensions["cmk_settings"]
    gebruiker.demo = settings.demo
