"""Mail: a row in the same transaction, sent at least once to a real SMTP server."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select

from cmk_admin import mail
from cmk_admin.gate import acting_as
from cmk_admin.settings import Settings
from models.techniek import Mail, MailStatus
from tests.auth_support import TEST, Person, add_person
from tests.support.portal import Portaal

HOST = "127.0.0.1"


@dataclass
class Box:
    """An SMTP server that does what `mood` says, and keeps what it accepted."""

    mood: str = "good"
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.mood == "refuses":
            return "550 Nobody here"
        if self.mood == "full":
            return "452 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mood == "hangs":
            await asyncio.sleep(3)
        found = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        assert isinstance(found, EmailMessage)
        self.received.append(found)
        self.recipients.extend(envelope.rcpt_tos)
        if self.mood == "drops":
            # Accepted, and the line is cut before we hear so.
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def smtp(box: Box) -> Iterator[str]:
    controller = Controller(box, hostname=HOST, port=_free_port())
    controller.start()
    yield f"smtp://{HOST}:{controller.port}"
    controller.stop()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        number: int = listening.getsockname()[1]
        return number


@pytest.fixture
def settings(settings: Settings, smtp: str) -> Settings:
    return replace(settings, smtp_url=smtp)


@pytest.fixture
def person(app: Flask) -> Person:
    return add_person(app, wachtwoord_hash=None)


def post(app: Flask, person: Person, text: str = "Dag <b>Piet</b>,\n\nTot ziens.") -> int:
    with app.app_context(), acting_as(TEST) as session:
        mail.post(session, person.id, "Onderwerp é", text)
        session.commit()
        return session.scalars(select(Mail.id).order_by(Mail.id.desc())).first() or 0


def send(app: Flask) -> int:
    with app.app_context():
        return mail.send_waiting()


def row(app: Flask, number: int) -> Mail:
    with app.app_context(), acting_as(TEST) as session:
        found = session.get_one(Mail, number)
        session.expunge(found)
        return found


class Later:
    """The clock of the outbox, moved on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = datetime.now(UTC)
        monkeypatch.setattr(mail, "nu", lambda: self.moment)

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


# --- what is sent -----------------------------------------------------------------


@pytest.mark.beide
def test_mail_arrives_once_as_text_and_html_in_dutch(app: Flask, person: Person, box: Box) -> None:
    number = post(app, person)
    assert (send(app), send(app)) == (1, 0)
    [message] = box.received
    assert box.recipients == [person.email]
    assert message["From"] == "CMK Portaal <cmk@cultuuroost.nl>"
    assert (message["To"], message["Subject"]) == (person.email, "Onderwerp é")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert html
    assert plain.get_content().startswith("Dag <b>Piet</b>,")
    assert "<p>Dag &lt;b&gt;Piet&lt;/b&gt;,</p>" in html.get_content()
    assert 'lang="nl"' in html.get_content()
    stored = row(app, number)
    assert (stored.status, stored.pogingen, stored.fout) == (MailStatus.VERZONDEN, 1, None)


def test_it_goes_to_the_address_of_the_moment_of_sending(
    app: Flask, person: Person, box: Box
) -> None:
    from tests.auth_support import change_person

    post(app, person)
    change_person(app, person, email="verhuisd@voorbeeld.nl")
    send(app)
    # The second is the notice to the address that was left.
    assert box.recipients == ["verhuisd@voorbeeld.nl", person.email]


def test_a_mail_stands_or_falls_with_what_caused_it(app: Flask, person: Person, box: Box) -> None:
    with app.app_context(), acting_as(TEST) as session:
        mail.post(session, person.id, "Nooit", "verstuurd")
        session.rollback()
    assert send(app) == 0
    assert box.received == []


# --- servers that misbehave -------------------------------------------------------


@pytest.mark.parametrize("mood", ["refuses", "full", "hangs", "drops"])
def test_a_server_that_misbehaves_loses_nothing(
    app: Flask, person: Person, box: Box, mood: str, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.5)
    first, second = post(app, person), post(app, person)
    box.mood = mood
    assert send(app) == 0
    for number in (first, second):
        waiting = row(app, number)
        assert (waiting.status, waiting.pogingen) == (MailStatus.WACHT, 1)
        assert waiting.fout
        assert person.email not in waiting.fout

    box.mood = "good"
    assert send(app) == 0, "not before its time"
    later.forward(minutes=1)
    assert send(app) == 2
    # At least once: what was sent twice has the same id, so that a mailbox knows it again.
    assert {message["Message-ID"] for message in box.received} == {
        f"<mail-{number}@cultuuroost.nl>" for number in (first, second)
    }


def test_a_server_that_is_away_is_tried_less_and_less_often(
    app: Flask, person: Person, later: Later, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = post(app, person)
    box.mood = "refuses"
    waits = []
    for _ in range(mail.MAX_ATTEMPTS - 1):
        send(app)
        planned = row(app, number).volgende_op
        assert planned
        waits.append(planned - later.moment)
        later.moment = planned
    assert [wait.total_seconds() / 60 for wait in waits[:5]] == [1, 2, 4, 8, 16]
    assert waits[-1] == timedelta(hours=6)
    assert sum(waits, timedelta()) > timedelta(days=2)
    send(app)
    given_up = row(app, number)
    assert (given_up.status, given_up.volgende_op) == (MailStatus.MISLUKT, None)
    later.forward(days=1)
    box.mood = "good"
    assert send(app) == 0


@pytest.mark.parametrize("fault", [ConnectionRefusedError, ValueError, UnicodeError])
def test_one_address_that_is_refused_does_not_stop_the_others(
    app: Flask,
    person: Person,
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[Exception],
) -> None:
    real = mail.deliver

    def deliver(session: Any, row: Mail) -> None:
        if row.id == 1:
            raise fault
        real(session, row)

    monkeypatch.setattr(mail, "deliver", deliver)
    first, other = post(app, person), post(app, person)
    assert send(app) == 1
    assert row(app, other).status is MailStatus.VERZONDEN
    assert row(app, first).fout == fault.__name__


@pytest.mark.beide
def test_two_workers_at_once_break_nothing(
    app: Flask, person: Person, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = post(app, person)
    real = mail.deliver
    inner: list[int] = []

    def deliver(session: Any, row: Mail) -> None:
        if not inner:
            inner.append(0)
            inner[0] = send(app)
        real(session, row)

    monkeypatch.setattr(mail, "deliver", deliver)
    assert send(app) == 0
    assert inner == [1]
    assert row(app, number).status is MailStatus.VERZONDEN


# --- TLS --------------------------------------------------------------------------


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody signed but itself, for "localhost"."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


class TestOverTls:
    """`smtps://`, with a name and a password."""

    @pytest.fixture
    def smtp(self, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        cert_file, key_file = certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert_file, key_file)
        controller = Controller(
            box,
            hostname="localhost",
            port=_free_port(),
            ssl_context=context,
            authenticator=self.authenticate,
            auth_require_tls=False,
        )
        # aiosmtpd looks whether it came up, as a client with the certificate of a server.
        monkeypatch.setattr(controller, "_trigger_server", lambda: self.knock(controller.port))
        controller.start()
        self.cert_file = cert_file
        yield f"smtps://cmk:p%40ss@localhost:{controller.port}"
        controller.stop()

    @staticmethod
    def knock(port: int) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("localhost", port), 1) as raw,
            context.wrap_socket(raw) as line,
        ):
            line.recv(1024)

    @staticmethod
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(b"cmk", b"p@ss")
        return AuthResult(success=right)

    def test_a_certificate_that_nobody_knows_gets_no_mail(
        self, app: Flask, person: Person, box: Box
    ) -> None:
        number = post(app, person)
        assert send(app) == 0
        assert row(app, number).fout == "SSLCertVerificationError"
        assert box.received == []

    def test_a_known_server_gets_the_password_and_the_mail(
        self, app: Flask, person: Person, box: Box, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trusting = ssl.create_default_context(cafile=str(self.cert_file))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        post(app, person)
        assert send(app) == 1
        assert len(box.received) == 1


# --- without a server -------------------------------------------------------------


def test_the_mail_screen_says_where_the_files_are_to_a_beheerder_alone(portaal: Portaal) -> None:
    folder = str(mail.mail_folder(portaal.app.extensions["cmk_settings"]))
    page = portaal.bezoeker("beheerder").get("/beheer/mails/").text
    assert f"elke mail komt als .eml-bestand in de map {folder}." in page
    for visitor in ("adviseur", "datamanager", "projectleider"):
        refused = portaal.bezoeker(visitor).get("/beheer/mails/")
        assert (refused.status_code, folder in refused.text) == (403, False)


class TestAsFiles:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, smtp_url=None)

    def test_the_embedded_default_writes_a_file_and_says_where(
        self, app: Flask, person: Person, settings: Settings
    ) -> None:
        number = post(app, person)
        assert send(app) == 1
        file = settings.instance / "mail" / f"{number:06d}.eml"
        assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == person.email

    def test_a_queue_that_is_away_does_not_undo_what_was_asked(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away() -> None:
            raise OSError("weg")

        monkeypatch.setitem(app.extensions, "cmk_send_mail", away)
        with app.app_context():
            mail.send_soon()
