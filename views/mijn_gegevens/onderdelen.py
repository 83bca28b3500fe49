"""What the five parts of Mijn gegevens share: the header with its tabs, and who one is."""

from flask import url_for

from cmk_admin.auth import activation
from cmk_admin.page import Action, PageHeader, Tab
from cmk_admin.routes import actor
from models.gebruiker import Gebruiker

#: Exactly as Handleiding 2.8 names them.
PARTS = {
    "mijn_gegevens.index": "Mijn gegevens",
    "toegang.email": "E-mailadres",
    "toegang.wachtwoord": "Wachtwoord",
    "toegang.tweestaps": "Tweestapsauthenticatie (2FA)",
    "persoonlijke_data.index": "Persoonlijke data",
}


def header(active: str, *actions: Action) -> PageHeader:
    tabs = tuple(Tab(label, url_for(page), page == active) for page, label in PARTS.items())
    return PageHeader("Mijn gegevens", tabs=tabs, actions=actions)


def me() -> Gebruiker:
    """Read under the portal's name: without any role it shows nobody, not even oneself."""
    return activation.person_of(own_id())


def own_id() -> int:
    number = actor().gebruiker_id
    assert number is not None
    return number
