"""Asking and answering by the pages of a question, and what came of it."""

from typing import Any

from sqlalchemy import select

from cmk_admin.entity_forms import new_key
from models.gebruiker import Gebruiker
from models.techniek import Mail
from models.verantwoording import Verantwoording
from models.vraag import Vraag, VraagStand
from tests.support.portal import Portaal

TEXT = "Waarom staat deze factuur er twee keer in?"
#: Who may ask about a year of "eigen"; the others are refused, or do not see it.
ASKING = {
    "routebegeleider": 200,
    "projectleider": 200,
    "adviseur": 200,
    "datamanager": 403,
    "beheerder": 200,
    "dubbel": 200,
    "zonder": 403,
}


def ask_path(portaal: Portaal, stand: str = "open", van: str = "eigen", **about: int) -> str:
    query = "".join(f"?{name}={number}" for name, number in about.items())
    return f"/verantwoordingen/{portaal.wereld.id(Verantwoording, van, stand)}/vragen/nieuw{query}"


def ask(portaal: Portaal, who: str, path: str, text: str = TEXT, key: str = "") -> Any:
    return portaal.bezoeker(who).post(path, {"sleutel": key or new_key(), "tekst": text})


def asked(portaal: Portaal, who: str, path: str | None = None) -> int:
    """Ask; the number of the question."""
    answer = ask(portaal, who, path or ask_path(portaal))
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def react(portaal: Portaal, who: str, number: int, text: str = "Het zijn er twee.") -> Any:
    return portaal.bezoeker(who).post(
        f"/vragen/{number}/reageren", {"sleutel": new_key(), "tekst": text}
    )


def mails(portaal: Portaal) -> list[tuple[str, str]]:
    """Name of the receiver and subject, in the order of sending."""
    with portaal.als() as session:
        rows = select(Gebruiker.naam, Mail.onderwerp).join(Mail.ontvanger).order_by(Mail.id)
        return [(naam, subject) for naam, subject in session.execute(rows)][1:]


def receivers(portaal: Portaal) -> set[str]:
    return {naam for naam, _ in mails(portaal)}


def state(portaal: Portaal, number: int) -> VraagStand:
    with portaal.als() as session:
        return session.get_one(Vraag, number).stand


def lid(portaal: Portaal) -> str:
    """The third projectleider of "eigen"."""
    with portaal.als() as session:
        return session.get_one(Gebruiker, portaal.wereld.id(Gebruiker, "eigen", "lid")).naam
