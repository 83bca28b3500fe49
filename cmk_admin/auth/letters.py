"""What the portal writes to people about their account."""

from datetime import datetime

from cmk_admin import formats, mail
from cmk_admin.auth import links
from cmk_admin.gate import GateSession
from models.gebruiker import Gebruiker
from models.toegang import LinkSoort, Toegangslink

NOT_YOU = (
    "Was jij dit niet? Neem dan meteen contact op met je adviseur bij Cultuur Oost, of antwoord op"
    " deze mail."
)


def invite(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """Handleiding 1.1: the mail with the link by which somebody activates their account."""
    link = links.make(session, LinkSoort.ACTIVATIE, person.id, moment)
    mail.post(
        session,
        person.id,
        "Activeer je account voor het CMK Portaal",
        _letter(
            person.naam,
            "Je bent uitgenodigd voor het CMK Portaal, de online omgeving van Cultuur Oost waarin"
            " je CMK-activiteiten registreert, beheert en verantwoordt.",
            "Met deze link activeer je je account. Je kiest een wachtwoord en koppelt een"
            " authenticator-app; houd dus je telefoon bij de hand.",
            mail.LINK,
            f"De link werkt één keer, tot {formats.moment(link.verloopt_op)}. Daarna kan Cultuur"
            " Oost je een nieuwe sturen.",
        ),
        link,
    )


def forgotten(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """The mail with the link to choose a new password."""
    link = links.make(session, LinkSoort.WACHTWOORD, person.id, moment)
    mail.post(
        session,
        person.id,
        "Een nieuw wachtwoord voor het CMK Portaal",
        _letter(
            person.naam,
            "Er is om een nieuw wachtwoord gevraagd voor je account. Met deze link kies je er een.",
            mail.LINK,
            "De link werkt één keer, een uur lang. Heb je hier niet om gevraagd? Dan hoef je niets"
            " te doen: je wachtwoord blijft zoals het is.",
        ),
        link,
    )


def reset_factor(session: GateSession, person: Gebruiker, moment: datetime) -> None:
    """The second factor is gone: prove yourself again by this mail."""
    link = links.make(session, LinkSoort.ACTIVATIE, person.id, moment)
    mail.post(
        session,
        person.id,
        "Stel je tweestapsauthenticatie opnieuw in",
        _letter(
            person.naam,
            "Je tweestapsauthenticatie voor het CMK Portaal is gereset. Met deze link kies je een"
            " wachtwoord en koppel je je authenticator-app opnieuw.",
            mail.LINK,
            f"De link werkt één keer, tot {formats.moment(link.verloopt_op)}. Tot die tijd kan"
            " niemand met je account inloggen.",
            NOT_YOU,
        ),
        link,
    )


def changed(session: GateSession, person: Gebruiker, what: str) -> None:
    """Something about how this person logs in was changed; it may not have been them."""
    mail.post(
        session,
        person.id,
        f"{what} is gewijzigd",
        _letter(
            person.naam,
            f"{what} voor het CMK Portaal is zojuist gewijzigd. Op alle andere apparaten ben je"
            " uitgelogd.",
            NOT_YOU,
        ),
    )


def confirm_email(session: GateSession, person: Gebruiker, link: Toegangslink) -> None:
    """To the new address: only who reads mail there can confirm it."""
    mail.post(
        session,
        person.id,
        "Bevestig je nieuwe e-mailadres",
        _letter(
            person.naam,
            "Je wilt dit e-mailadres gebruiken voor het CMK Portaal. Bevestig het met deze link.",
            mail.LINK,
            "De link werkt één keer, een uur lang. Heb je hier niet om gevraagd? Dan hoef je niets"
            " te doen.",
        ),
        link,
        adres=link.nieuw_email,
    )


def email_changed(session: GateSession, person: Gebruiker, old: str) -> None:
    """To the old address: when it was not them, this is the last mail that they get."""
    mail.post(
        session,
        person.id,
        "Je e-mailadres is gewijzigd",
        _letter(
            person.naam,
            "Het e-mailadres van je account voor het CMK Portaal is gewijzigd. Vanaf nu krijg je op"
            " dit adres geen mail meer en log je in met het nieuwe adres.",
            NOT_YOU,
        ),
        adres=old,
    )


def new_codes(session: GateSession, person: Gebruiker) -> None:
    """Who has the codes can do without the app: its owner should know of new ones."""
    mail.post(
        session,
        person.id,
        "Je hebt nieuwe herstelcodes",
        _letter(
            person.naam,
            "Er zijn nieuwe herstelcodes gemaakt voor je account. De oude werken niet meer.",
            NOT_YOU,
        ),
    )


def _letter(naam: str, *paragraphs: str) -> str:
    return "\n\n".join((f"Dag {naam},", *paragraphs, "Met vriendelijke groet,\nCultuur Oost"))
