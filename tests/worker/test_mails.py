"""Mails through a real worker and a real mail server, which refuses at first, or is away."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from tests.infra.mail_server import free_port, mail_server
from tests.worker.conftest import Worker, wait_until
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.models.mail import Mail
from webapp.services.mail_queue import resend_stuck_mails
from webapp.services.mails import MailView, list_mails, send_mail


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def _only() -> MailView:
    with unit_of_work():
        db.session.expire_all()
        (mail,) = list_mails()
        return mail


def _write() -> None:
    with unit_of_work():
        send_mail("welcome", "ada@example.com", None, link="http://localhost/")


def _wait_is_over() -> None:
    """The wait of half a minute is over, and the scheduler looks."""
    with unit_of_work():
        db.session.execute(update(Mail).values(due_at=now()))
    resend_stuck_mails()


def _to(worker: Worker, port: int) -> None:
    server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_STARTTLS": "false"}
    worker.environment |= server | {"DEFAULT_FROM_EMAIL": "mockupAWS <costs@example.com>"}


def test_a_mail_refused_at_first_arrives_once(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="mail.log")
    port = free_port()
    _to(worker, port)
    worker.start()
    _write()
    assert wait_until(lambda: "cannot be reached" in _only().reason, 20), worker.log
    with mail_server(port) as mailbox:
        mailbox.to_recipient = "451 Greylisted"
        _wait_is_over()
        assert wait_until(lambda: "451 Greylisted" in _only().reason, 20), worker.log
        mailbox.to_recipient = "250 OK"
        _wait_is_over()
        assert wait_until(lambda: _only().status == "sent", 20), worker.log
        assert resend_stuck_mails() == 0
        assert not wait_until(lambda: len(mailbox.taken) > 1, seconds=2)
    assert (len(mailbox.taken), _only().attempts) == (1, 3)
    assert "ada@example.com" not in worker.log
