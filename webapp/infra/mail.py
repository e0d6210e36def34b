"""How a mail leaves the house: through a mail server, or as a file where there is none.

Nothing here waits longer than a job may: 10 s for each answer of the server, a minute for the last one.
"""

import logging
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app

from webapp.domain.errors import Unavailable
from webapp.infra.files import write_whole
from webapp.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds one answer of the server may take.
_PATIENCE_S = 10.0
#: Seconds for the answer to the whole mail. Giving up early here is how a mail is sent twice: the server may
#: have taken it and be slow to say so.
_LAST_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent. Every copy carries `id` in its Message-ID, so that a second one is recognised."""

    id: UUID
    kind: str
    recipient: str
    subject: str
    text: str
    html: str
    written_at: datetime


class MailRefused(Exception):
    """The server will never take this mail for this recipient."""


class MailDelayed(Exception):
    """Not now: the server is away, busy, or not set up right. Another try may succeed."""


class Transport(Protocol):
    """A way out of the house."""

    def deliver(self, letter: Letter) -> None:
        """Hand `letter` over; on return somebody else answers for it. Raises MailRefused and MailDelayed."""


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Mails as .eml files that any mail program opens; a second copy replaces the first."""

    folder: Path
    sender: str

    def deliver(self, letter: Letter) -> None:
        name = f"{letter.written_at:%Y%m%dT%H%M%SZ}-{letter.kind}-{letter.id}.eml"
        # Not encoded for a journey: people copy links out of it in a terminal.
        message = message_of(letter, self.sender, encoding="8bit")
        try:
            write_whole(self.folder / name, message.as_bytes(policy=SMTPUTF8))
        except Unavailable as error:
            raise MailDelayed(f"The mail folder cannot be written: {error.__cause__}") from error


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """A mail server spoken to by SMTP. With `starttls` nothing is said before the connection is private."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    sender: str
    #: What the server's certificate is checked against; None: the authorities of this machine.
    trust: ssl.SSLContext | None = None

    def deliver(self, letter: Letter) -> None:
        message = message_of(letter, self.sender)
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE_S)
        except (OSError, smtplib.SMTPException) as error:
            raise MailDelayed(f"The mail server cannot be reached: {_words(error)}") from error
        try:
            self._introduce(server)
            self._send(server, message, letter.recipient)
        finally:
            _leave(server)

    def _introduce(self, server: smtplib.SMTP) -> None:
        try:
            if self.starttls:
                server.starttls(context=self.trust or ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException) as error:
            raise MailDelayed(f"The mail server refused the connection: {_words(error)}") from error

    def _send(self, server: smtplib.SMTP, message: EmailMessage, recipient: str) -> None:
        """The transaction itself. What concerns the recipient or the mail is final when the server says 5xx;
        a refused sender is a setting, and may be put right while the mail waits."""
        try:
            server.ehlo_or_helo_if_needed()
            options = _options(server, recipient)
            _expect(server.mail(parseaddr(self.sender)[1], options), "sender", final=False)
            _expect(server.rcpt(recipient), "recipient", final=True)
            assert server.sock is not None
            server.sock.settimeout(_LAST_PATIENCE_S)
            policy = SMTPUTF8 if "SMTPUTF8" in options else SMTP
            _expect(server.data(message.as_bytes(policy=policy)), "mail", final=True)
        except smtplib.SMTPDataError as error:
            _expect((error.smtp_code, error.smtp_error), "mail", final=True)
        except (OSError, smtplib.SMTPException) as error:
            raise MailDelayed(f"The mail server broke off: {_words(error)}") from error


def _options(server: smtplib.SMTP, recipient: str) -> list[str]:
    if recipient.isascii():
        return []
    if not server.has_extn("smtputf8"):
        raise MailRefused("The mail server takes no addresses with letters beyond ASCII.")
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(answer: tuple[int, bytes | str], what: str, final: bool) -> None:
    """Go on after a yes (2xx). Raises MailRefused for a final no, MailDelayed for any other."""
    code, said = answer
    if 200 <= code < 300:
        return
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    sentence = f"The mail server refused the {what}: {code} {' '.join(words.split())}"
    raise MailRefused(sentence) if final and 500 <= code < 600 else MailDelayed(sentence)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. Whatever is answered, the mail has its fate already."""
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(1)
        server.quit()
    server.close()


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def message_of(letter: Letter, sender: str, encoding: str | None = None) -> EmailMessage:
    """The letter with its headers, text first and HTML as the richer choice.

    `encoding` is the Content-Transfer-Encoding of the bodies; without one it is what suits them.
    Raises ValueError when a header would not be one line.
    """
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = _address(address, name)
    message["To"] = _address(letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{address.rpartition('@')[2]}>"
    # Out-of-office programs leave such mails unanswered (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte=encoding)
    message.add_alternative(letter.html, subtype="html", cte=encoding)
    return message


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def transport_of(settings: Settings) -> Transport:
    """The way out that `settings` describe."""
    sender = settings.default_from_email
    if not settings.smtp_host:
        return FolderTransport(settings.mail_dir, sender)
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_starttls,
        sender,
    )


def install_mail(app: Flask, settings: Settings) -> None:
    """Give `app` its way out for mails; say so once when a production has none."""
    app.extensions["mail"] = transport_of(settings)
    if settings.environment == "production" and not settings.smtp_host:
        _log.warning("SMTP_HOST is not set: mails are not sent but written to %s", settings.mail_dir)


def deliver(letter: Letter) -> None:
    """Hand `letter` over to the way out. Raises MailRefused and MailDelayed."""
    transport: Transport = current_app.extensions["mail"]
    transport.deliver(letter)
