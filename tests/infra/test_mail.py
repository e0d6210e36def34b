"""How a mail leaves: over a real mail server, with and without TLS, and as a file."""

import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.infra.mail_server import Mailbox, certificate, free_port, mail_server, only
from webapp.infra import mail
from webapp.infra.mail import (
    FolderTransport,
    Letter,
    MailDelayed,
    MailRefused,
    SmtpTransport,
    install_mail,
    message_of,
    transport_of,
)
from webapp.settings import Settings

_LETTER = Letter(
    id=UUID("11111111-2222-3333-4444-555555555555"),
    kind="confirm",
    recipient="ada@example.com",
    subject="Confirm your e-mail address – à bientôt",
    text="First line\n.a line that begins with a dot\n" + "long " * 400 + "\nhttps://example.com/c/abc\n",
    html="<!DOCTYPE html><html lang='en'><title>x</title><p>Hello</p></html>",
    written_at=datetime(2026, 3, 14, 9, 26, tzinfo=UTC),
)
_SENDER = "mockupAWS <costs@example.org>"


def _to(mailbox: Mailbox) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", mailbox.port, "", "", starttls=False, sender=_SENDER)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")  # the line ends of SMTP


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as mailbox:
        _to(mailbox).deliver(_LETTER)
    (arrived,) = mailbox.taken
    assert (arrived["From"], arrived["To"]) == (_SENDER, "ada@example.com")
    assert arrived["Subject"] == _LETTER.subject
    assert arrived["Message-ID"] == "<11111111-2222-3333-4444-555555555555@example.org>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Date"].datetime == _LETTER.written_at
    assert _body(arrived, "plain") == _LETTER.text
    assert _body(arrived, "html").strip() == _LETTER.html


def test_with_starttls_name_and_password_travel_in_private(tmp_path: Path) -> None:
    server, trust = certificate(tmp_path)
    inside: dict[str, Any] = {"tls_context": server, "require_starttls": True, "auth_required": True}
    with mail_server(authenticator=only("costs", "s3cret"), **inside) as mailbox:
        way = SmtpTransport("localhost", mailbox.port, "costs", "s3cret", True, _SENDER, trust)
        way.deliver(_LETTER)
        with pytest.raises(MailDelayed, match="refused the connection: 535"):
            replace(way, password="guessed").deliver(_LETTER)
        with pytest.raises(MailDelayed, match="certificate"):
            replace(way, trust=None).deliver(_LETTER)
    assert len(mailbox.taken) == 1


def test_with_starttls_nothing_is_said_to_a_server_without_it() -> None:
    with mail_server(authenticator=only("costs", "s3cret"), auth_require_tls=False) as mailbox:
        way = SmtpTransport("127.0.0.1", mailbox.port, "costs", "s3cret", True, _SENDER)
        with pytest.raises(MailDelayed, match="STARTTLS"):
            way.deliver(_LETTER)
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("answers", "refusal", "words"),
    [
        ({"to_recipient": "550 No such user"}, MailRefused, "refused the recipient: 550 No such user"),
        ({"to_recipient": "451 Greylisted"}, MailDelayed, "refused the recipient: 451 Greylisted"),
        ({"to_mail": "554 Spam"}, MailRefused, "refused the mail: 554 Spam"),
        ({"to_mail": "452 Disk full"}, MailDelayed, "refused the mail: 452 Disk full"),
        ({"to_sender": "550 Not from here"}, MailDelayed, "refused the sender: 550 Not from here"),
    ],
)
def test_what_the_server_answers_decides_whether_to_try_again(
    answers: dict[str, str], refusal: type[Exception], words: str
) -> None:
    with mail_server() as mailbox:
        for name, answer in answers.items():
            setattr(mailbox, name, answer)
        with pytest.raises(refusal, match=words):
            _to(mailbox).deliver(_LETTER)
    assert mailbox.taken == []


def test_a_server_that_is_away_or_silent_is_another_try_s_business(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MailDelayed, match="cannot be reached"):
        _to(Mailbox(free_port())).deliver(_LETTER)
    monkeypatch.setattr(mail, "_PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailDelayed, match="timed out"):
        _to(Mailbox(silent.getsockname()[1])).deliver(_LETTER)


@pytest.mark.parametrize("smtputf8", [True, False])
def test_an_address_beyond_ascii_needs_a_server_that_takes_it(smtputf8: bool) -> None:
    letter = replace(_LETTER, recipient="zoë@example.com")
    with mail_server(enable_SMTPUTF8=smtputf8) as mailbox:
        if smtputf8:
            _to(mailbox).deliver(letter)
            assert mailbox.taken[0]["To"] == "zoë@example.com"
        else:
            with pytest.raises(MailRefused, match="beyond ASCII"):
                _to(mailbox).deliver(letter)


@pytest.mark.parametrize("field", ["recipient", "subject"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_no_header_can_be_smuggled_in(field: str, ending: str) -> None:
    smuggled = f"ada@example.com{ending}Bcc: everybody@example.com"
    letter = (
        replace(_LETTER, subject=smuggled) if field == "subject" else replace(_LETTER, recipient=smuggled)
    )
    with pytest.raises(ValueError):
        message_of(letter, _SENDER)


def test_without_a_server_a_mail_is_a_file_that_mail_programs_open(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    way = FolderTransport(folder, _SENDER)
    link = "https://example.com/confirm?token=abc_" + "x" * 80
    letter = replace(_LETTER, text=f"{_LETTER.text}À bientôt:\n{link}\n")
    way.deliver(letter)
    way.deliver(letter)
    (file,) = folder.iterdir()
    assert file.name == "20260314T092600Z-confirm-11111111-2222-3333-4444-555555555555.eml"
    assert file.stat().st_mode & 0o077 == 0, "it holds a link that opens an account"
    read = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
    assert read["Subject"] == _LETTER.subject
    assert _body(read, "plain") == letter.text
    assert link in file.read_text(encoding="utf-8").splitlines(), "it can be copied as it stands"


def test_a_mail_folder_that_cannot_be_written_is_another_try_s_business(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands where the folder should")
    with pytest.raises(MailDelayed, match="mail folder cannot be written"):
        FolderTransport(tmp_path / "mail", _SENDER).deliver(_LETTER)


def test_the_settings_choose_the_way_out(settings: Settings) -> None:
    assert transport_of(settings) == FolderTransport(
        settings.state_dir / "mail", "mockupAWS <mockupaws@localhost>"
    )
    named = settings.model_copy(update={"smtp_host": "mail.example.com", "default_from_email": _SENDER})
    assert transport_of(named) == SmtpTransport("mail.example.com", 587, "", "", True, _SENDER)


@pytest.mark.parametrize("host", ["", "mail.example.com"])
def test_a_production_without_a_mail_server_says_so_once(
    settings: Settings, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    production = settings.model_copy(update={"environment": "production", "smtp_host": host})
    with caplog.at_level(logging.WARNING, logger="webapp.infra.mail"):
        install_mail(Flask("mail"), production)
    assert [record.getMessage() for record in caplog.records] == (
        [] if host else [f"SMTP_HOST is not set: mails are not sent but written to {settings.mail_dir}"]
    )
