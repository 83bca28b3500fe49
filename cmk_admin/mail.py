"""Outgoing mail: rows in the database, sent by the job worker, at least once."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from markupsafe import Markup, escape
from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin.actor import system
from cmk_admin.auth import clock, links
from cmk_admin.gate import GateSession, acting_as
from cmk_admin.settings import LOOPBACK, Settings
from models.base import nu
from models.techniek import Mail, MailStatus
from models.toegang import Toegangslink

BATCH = 50
#: After this many tries, three days later, a mail is given up; Beheer → Mail shows it.
MAX_ATTEMPTS = 20
LONGEST_WAIT = timedelta(hours=6)
TIMEOUT = 20
#: In the info of a session: mail whose file goes at its commit.
FILES = "mail_files"
#: Where the personal link comes; the text in the database has none.
LINK = "[persoonlijke link]"


class LinkGone(Exception):
    """The link that this mail would bring was withdrawn or used meanwhile."""


def post(
    session: GateSession,
    ontvanger_id: int,
    onderwerp: str,
    tekst: str,
    link: Toegangslink | None = None,
    adres: str | None = None,
) -> None:
    """Put a mail in the outbox, in the transaction of `session`; the caller commits.

    adres: when not the one that the person has at the moment of sending.
    """
    row = Mail(
        ontvanger_id=ontvanger_id,
        onderwerp=onderwerp,
        tekst=tekst,
        link_id=link.id if link else None,
        adres=adres,
    )
    with session.own_work():
        session.add(row)
        session.flush()


def send_soon() -> None:
    """Let the worker look now rather than within a minute; call it after the commit.

    When the queue is away nothing is lost, and what was asked is done: the mail waits its minute.
    """
    try:
        current_app.extensions["cmk_send_mail"]()
    except Exception:
        current_app.logger.exception("De taakverwerker is niet te bereiken; mail wacht een minuut")


def send_waiting() -> int:
    """Send what waits; each mail is committed by itself. Returns how many were sent."""
    due = or_(Mail.volgende_op.is_(None), Mail.volgende_op <= nu())
    waiting = select(Mail.id).where(Mail.status == MailStatus.WACHT, due).order_by(Mail.id)
    with acting_as(system("mail versturen")) as session, session.own_work():
        numbers = session.scalars(waiting.limit(BATCH)).all()
        return sum(_send_one(session, number) for number in numbers)


def _send_one(session: GateSession, number: int) -> bool:
    session.rollback()
    mail = session.get(Mail, number)
    if mail is None or mail.status is not MailStatus.WACHT:
        return False
    mail.pogingen += 1
    try:
        deliver(session, mail)
    except LinkGone:
        mail.status = MailStatus.MISLUKT
        mail.fout = "De link is ingetrokken, verlopen of al gebruikt."
    except DBAPIError:
        raise
    except Exception as error:
        if not isinstance(error, OSError | smtplib.SMTPException):
            current_app.logger.exception("mail %s is niet gemaakt of verstuurd", number)
        mail.fout = _reason(error)
        mail.volgende_op = nu() + min(LONGEST_WAIT, timedelta(minutes=2 ** (mail.pogingen - 1)))
        if mail.pogingen >= MAX_ATTEMPTS:
            mail.status, mail.volgende_op = MailStatus.MISLUKT, None
    else:
        mail.status, mail.verzonden_op = MailStatus.VERZONDEN, nu()
        mail.fout = mail.volgende_op = None
    try:
        session.commit()
    except StaleDataError:  # another worker was at it as well
        session.rollback()
        return False
    return mail.status is MailStatus.VERZONDEN


def _reason(error: Exception) -> str:
    """What went wrong, for a beheerder: the kind, and what the other side said, without names."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def deliver(session: GateSession, mail: Mail) -> None:
    """Hand one mail over: to the SMTP server, or as a file in the embedded default."""
    settings: Settings = current_app.extensions["cmk_settings"]
    message = compose(mail, _link_of(session, mail), settings.mail_from)
    if settings.smtp_url is None:
        folder = mail_folder(settings)
        folder.mkdir(parents=True, exist_ok=True)
        file_of(mail.id).write_bytes(message.as_bytes())
    else:
        _send(message, settings.smtp_url)


def mail_folder(settings: Settings) -> Path:
    """Where mail goes as files when there is no SMTP server."""
    return settings.instance / "mail"


def file_of(number: int) -> Path:
    """Where this mail stands, where mail goes as files: with an address and a link in it."""
    settings: Settings = current_app.extensions["cmk_settings"]
    return mail_folder(settings) / f"{number:06d}.eml"


def forget_file_of(session: GateSession, mail: Mail) -> None:
    """Its file goes as well, by `forget_files`, once that is certain."""
    session.info.setdefault(FILES, set()).add(mail.id)


def forget_files(session: GateSession) -> None:
    """After the commit; what was rolled back was never asked."""
    for number in session.info.pop(FILES, ()):
        file_of(number).unlink(missing_ok=True)


def sweep_files() -> None:
    """Files of mail that is no more; what is not named as a mail is not ours."""
    settings: Settings = current_app.extensions["cmk_settings"]
    # The files first: one that is written meanwhile has its row by then.
    paths = [path for path in mail_folder(settings).glob("*.eml") if path.stem.isdecimal()]
    with acting_as(system("mail opruimen")) as session:
        known = set(session.scalars(select(Mail.id)))
    for path in paths:
        if int(path.stem) not in known:
            path.unlink(missing_ok=True)


def _link_of(session: GateSession, mail: Mail) -> str:
    if mail.link_id is None:
        return ""
    link = session.get(Toegangslink, mail.link_id)
    if link is None or link.verloopt_op <= clock.now() or not links.still_theirs(link):
        raise LinkGone
    return links.address(link)


def compose(mail: Mail, link: str, sender: str) -> EmailMessage:
    """The message, as text and as HTML; its id follows from the row, so that a second sending
    is recognised."""
    message = EmailMessage()
    message["From"] = f"CMK Portaal <{sender}>"
    message["To"] = mail.adres or mail.ontvanger.email
    message["Subject"] = mail.onderwerp
    message["Date"] = formatdate(mail.aangemaakt_op.timestamp(), localtime=False)
    message["Message-ID"] = f"<mail-{mail.id}@{sender.rpartition('@')[2]}>"
    message.set_content(mail.tekst.replace(LINK, link))
    message.add_alternative(_as_html(mail.onderwerp, mail.tekst, link), subtype="html")
    return message


PAGE = Markup(
    '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="margin:0;padding:24px;background:#f6f3f7">'
    '<div style="max-width:34em;margin:auto;padding:24px;background:#fff;color:#211a2b;'
    'border-radius:12px;font:16px/1.5 system-ui,sans-serif">{body}</div></body></html>'
)
BUTTON = Markup(
    '<p><a href="{link}" style="display:inline-block;padding:10px 18px;border-radius:8px;'
    'background:#c2185b;color:#fff;font-weight:600;text-decoration:none">Openen</a></p>'
    '<p style="font-size:13px;color:#5d5468">Werkt de knop niet? Kopieer dan dit adres:<br>'
    '<span style="word-break:break-all">{link}</span></p>'
)


def _as_html(title: str, text: str, link: str) -> str:
    """The paragraphs of the text; the one that is the link becomes a button."""
    parts = [
        BUTTON.format(link=link)
        if part.strip() == LINK
        else Markup("<p>{}</p>").format(Markup("<br>").join(map(escape, part.splitlines())))
        for part in text.replace("\r\n", "\n").split("\n\n")
    ]
    return str(PAGE.format(title=title, body=Markup().join(parts)))


def _send(message: EmailMessage, url: str) -> None:
    """`smtp://user:password@host:587` with STARTTLS, `smtps://…:465`, or plain on loopback."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    with server:
        if parts.scheme != "smtps" and host not in LOOPBACK:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
