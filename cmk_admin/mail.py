"""Outgoing mail: rows in the database, sent by the job worker, at least once."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.base import nu
from models.gebruiker import Gebruiker
from models.techniek import Mail, MailStatus

BATCH = 50
#: After this many tries a mail is given up; Beheer → Mail shows it.
MAX_ATTEMPTS = 20
TIMEOUT = 20


def send_waiting() -> int:
    """Send what waits; each mail is committed by itself. Returns how many were sent."""
    sent = 0
    with acting_as(system("mail versturen")) as session, session.own_work():
        waiting = session.execute(
            select(Mail, Gebruiker.email)
            .join(Mail.ontvanger)
            .where(Mail.status == MailStatus.WACHT)
            .order_by(Mail.id)
            .limit(BATCH)
        ).all()
        for mail, address in waiting:
            mail.pogingen += 1
            try:
                deliver(mail, address)
            except (OSError, smtplib.SMTPException) as error:
                mail.fout = type(error).__name__
                if mail.pogingen >= MAX_ATTEMPTS:
                    mail.status = MailStatus.MISLUKT
            else:
                mail.status, mail.verzonden_op, mail.fout = MailStatus.VERZONDEN, nu(), None
                sent += 1
            session.commit()
    return sent


def deliver(mail: Mail, address: str) -> None:
    """Hand one mail over: to the SMTP server, or as a file in the embedded default."""
    settings: Settings = current_app.extensions["cmk_settings"]
    message = compose(mail, address, settings.mail_from)
    if settings.smtp_url is None:
        folder = Path(current_app.instance_path) / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{mail.id:06d}.eml").write_bytes(message.as_bytes())
    else:
        _send(message, settings.smtp_url)


def compose(mail: Mail, address: str, sender: str) -> EmailMessage:
    """The message; its id follows from the row, so that a second sending is recognised."""
    message = EmailMessage()
    message["From"] = f"CMK Portaal <{sender}>"
    message["To"] = address
    message["Subject"] = mail.onderwerp
    message["Date"] = formatdate(mail.aangemaakt_op.timestamp(), localtime=False)
    message["Message-ID"] = f"<mail-{mail.id}@{sender.rpartition('@')[2]}>"
    message.set_content(mail.tekst)
    return message


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
        if parts.scheme != "smtps" and host not in ("127.0.0.1", "localhost", "::1"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
