"""The screens: which there are, and where they stand in the menu (Handleiding 1.4)."""

from flask import Flask

from cmk_admin.menu import menu_of
from models.activiteit import Activiteit
from models.gebruiker import Gebruiker
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Verantwoording
from views import (
    acties,
    activiteiten,
    beheer,
    bewerkingen,
    concepten,
    dashboard,
    datakwaliteit,
    generated,
    herinneren,
    mensen,
    mijn_gegevens,
    opruimen,
    projecten,
    rapportages,
    samenvoegen,
    taken,
    verantwoordingen,
    verwant,
    weergaven,
)
from views.verantwoordingen import controle


def register(app: Flask) -> None:
    """Register every screen and the menu, in order."""
    generated.register(
        app,
        {
            Activiteit: (acties.Dupliceren(), acties.Verplaatsen()),
            Verantwoording: (
                acties.Sluiten(controle.gaps),
                acties.Heropenen(),
                acties.Vaststellen(),
            ),
            Gebruiker: (
                mensen.Uitnodigen(),
                mensen.Intrekken(),
                mensen.TweedeStap(),
                mensen.Overdragen(),
            ),
        },
        {
            School: verwant.of_school,
            Samenwerkingspartner: verwant.of_partner,
            Schoolbestuur: verwant.of_bestuur,
        },
    )
    beheer.register(app, generated.SECTIONS)
    for screen in (
        dashboard, projecten, verantwoordingen, activiteiten, rapportages, mensen, mijn_gegevens,
        bewerkingen, concepten, datakwaliteit, herinneren, opruimen, samenvoegen, taken, weergaven,
    ):  # fmt: skip
        screen.register(app)
    menu = menu_of(app)
    menu.add("Dashboard", "dashboard.index", "home")
    menu.add(
        "Projecten",
        "projecten.index",
        "folder",
        also=("/verantwoordingen", "/activiteiten", "/vragen"),
    )
    menu.add("Rapportages", "rapportages.index", "chart")
    menu.group("Stamdata", "layers")
    for entity in generated.STAMDATA:
        endpoint = f"{entity.__name__.lower()}.index_view"
        menu.add(entity.woord.titel_meervoud, endpoint, group="Stamdata")
    menu.add("Mijn gegevens", "mijn_gegevens.index", "user")
    menu.add("Beheer", "beheer.index", "settings", also=("/bewerkingen",))
