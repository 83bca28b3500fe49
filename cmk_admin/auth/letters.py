"""What the portal writes to people about their account."""

from datetime import datetime

from cmk_admin import formats, mail
from cmk_admin.auth import links
from cmk_admin.gate import GateSession
from models.gebruiker import NIET_JIJ, Gebruiker
from models.toegang import LinkSoort, Toegangslink

AN_HOUR = "De link werkt één keer, een uur lang."


def invite(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """Handleiding 1.1: the mail with the link by which somebody activates their account."""
    link = links.make(session, LinkSoort.ACTIVATIE, person.id, moment)
    _post(
        session,
        person,
        "Activeer je account voor het CMK Portaal",
        "Je bent uitgenodigd voor het CMK Portaal, de online omgeving van Cultuur Oost waarin je"
        " CMK-activiteiten registreert, beheert en verantwoordt.",
        "Met deze link activeer je je account. Je kiest een wachtwoord en koppelt een"
        " authenticator-app; houd dus je telefoon bij de hand.",
        mail.LINK,
        f"De link werkt één keer, tot {formats.moment(link.verloopt_op)}. Daarna kan Cultuur Oost"
        " je een nieuwe sturen.",
        link=link,
    )


def forgotten(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """The mail with the link to choose a new password."""
    _post(
        session,
        person,
        "Een nieuw wachtwoord voor het CMK Portaal",
        "Er is om een nieuw wachtwoord gevraagd voor je account. Met deze link kies je er een.",
        mail.LINK,
        f"{AN_HOUR} Heb je hier niet om gevraagd? Dan hoef je niets te doen: je wachtwoord blijft"
        " zoals het is.",
        link=links.make(session, LinkSoort.WACHTWOORD, person.id, moment),
    )


def reset_factor(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """The second factor is gone: prove yourself again by this mail."""
    link = links.make(session, LinkSoort.ACTIVATIE, person.id, moment)
    _post(
        session,
        person,
        "Stel je tweestapsauthenticatie opnieuw in",
        "Je tweestapsauthenticatie voor het CMK Portaal is gereset. Met deze link kies je een"
        " wachtwoord en koppel je je authenticator-app opnieuw.",
        mail.LINK,
        f"De link werkt één keer, tot {formats.moment(link.verloopt_op)}. Tot die tijd kan niemand"
        " met je account inloggen.",
        NIET_JIJ,
        link=link,
    )


def changed(session: GateSession, person: Gebruiker, what: str) -> None:
    """Something about how this person logs in was changed; it may not have been them."""
    _post(
        session,
        person,
        f"{what} is gewijzigd",
        f"{what} voor het CMK Portaal is zojuist gewijzigd. Op alle andere apparaten ben je"
        " uitgelogd.",
        NIET_JIJ,
    )


def confirm_email(session: GateSession, person: Gebruiker, link: Toegangslink) -> None:
    """To the new address: only who reads mail there can confirm it."""
    _post(
        session,
        person,
        "Bevestig je nieuwe e-mailadres",
        "Je wilt dit e-mailadres gebruiken voor het CMK Portaal. Bevestig het met deze link.",
        mail.LINK,
        f"{AN_HOUR} Heb je hier niet om gevraagd? Dan hoef je niets te doen.",
        link=link,
        adres=link.nieuw_email,
    )


def new_codes(session: GateSession, person: Gebruiker) -> None:
    """Who has the codes can do without the app: its owner should know of new ones."""
    _post(
        session,
        person,
        "Je hebt nieuwe herstelcodes",
        "Er zijn nieuwe herstelcodes gemaakt voor je account. De oude werken niet meer.",
        NIET_JIJ,
    )


def recovery_used(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """It takes the place of the app: its owner should know, whoever it was."""
    _post(
        session,
        person,
        "Er is een herstelcode gebruikt",
        f"Op {formats.moment(moment)} is voor je account een herstelcode gebruikt, in plaats van"
        " de code uit je authenticator-app. Die herstelcode werkt niet meer.",
        "Heb je een nieuwe telefoon? Koppel die dan bij Mijn gegevens → Tweestapsauthenticatie"
        " (2FA).",
        NIET_JIJ,
    )


def _post(
    session: GateSession,
    person: Gebruiker,
    subject: str,
    *paragraphs: str,
    link: Toegangslink | None = None,
    adres: str | None = None,
) -> None:
    """As every letter begins and ends; the caller commits."""
    text = "\n\n".join(
        (f"Dag {person.naam},", *paragraphs, "Met vriendelijke groet,\nCultuur Oost")
    )
    mail.post(session, person.id, subject, text, link, adres)
