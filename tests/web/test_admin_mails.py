"""The outbox on the administration's pages."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from tests.services.people import link_in, mails, record_of, with_settings
from tests.web.conftest import PASSWORD, Person
from webapp.domain.jobs import DELIVER_MAIL
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.mail import Mail
from webapp.services.accounts import find_account
from webapp.services.mail_delivery import deliver_mail


@pytest.fixture
def confirmation(app: Flask, visitor: Person, queue: RecordingDispatcher) -> Mail:
    """The mail that came of a registration; its job waits."""
    visitor.post("/sign-up", {"email": "new@example.com", "password": PASSWORD})
    with app.app_context():
        (mail,) = mails("confirm")
        db.session.expunge(mail)
    return mail


def change(app: Flask, mail: Mail, **values: object) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(Mail).where(Mail.id == mail.id).values(**values))


def deliver(app: Flask, mail_id: UUID) -> str:
    with app.app_context():
        return deliver_mail(mail_id)


def test_an_empty_outbox_is_said_in_words(admin: Person) -> None:
    page = admin.text("/admin/mails")
    assert "Nobody was written to yet." in page and "No mail server is set" in page


def test_mails_are_listed_with_their_fate_and_by_state(app: Flask, admin: Person, confirmation: Mail) -> None:
    change(app, confirmation, attempts=3, reason="The mail server broke off: <oh>")
    page = admin.text("/admin/mails?status=waiting")
    for words in ("new@example.com", "Confirm your e-mail address", "Waiting", "&lt;oh&gt;"):
        assert words in page
    assert "None is in this state." in admin.text("/admin/mails?status=failed")
    assert "new@example.com" in admin.text("/admin/mails?status=nonsense")


def test_the_link_of_a_mail_kept_here_is_opened_from_the_page(
    app: Flask, admin: Person, visitor: Person, confirmation: Mail
) -> None:
    """The text left the database with the delivery; the file has it."""
    address, token = link_in(confirmation)
    assert deliver(app, confirmation.id) == "sent"
    page = admin.text(f"/admin/mails/{confirmation.id}")
    link = f"{address}?token={token}"
    assert f'href="{link}"' in page and "Kept here" in page
    path = address.partition("://")[2].partition("/")[2]
    assert visitor.post(f"/{path}", {"token": token}).status_code in (200, 303)
    with app.app_context():
        account = find_account("new@example.com")
        assert account is not None and account.is_confirmed


def test_reading_a_mail_is_on_record(app: Flask, admin: Person, confirmation: Mail) -> None:
    admin.text(f"/admin/mails/{confirmation.id}")
    with app.app_context():
        (entry,) = record_of("MailRead")
    assert entry["recipient"] == "new@example.com" and entry["kind"] == "confirm"


def test_with_a_mail_server_nobody_reads_the_mails_of_others(
    app: Flask, admin: Person, confirmation: Mail
) -> None:
    deliver(app, confirmation.id)
    with_settings(app, smtp_host="mail.example.com")
    page = admin.text(f"/admin/mails/{confirmation.id}")
    assert "token=" not in page and "for their recipients alone" in page
    assert "No mail server is set" not in admin.text("/admin/mails")
    with app.app_context():
        assert record_of("MailRead") == []


def test_a_mail_whose_file_is_gone_says_so(app: Flask, admin: Person, confirmation: Mail) -> None:
    deliver(app, confirmation.id)
    for file in app.extensions["settings"].mail_dir.glob("*.eml"):
        file.unlink()
    assert "It is not kept any more" in admin.text(f"/admin/mails/{confirmation.id}")


def test_a_mail_that_was_given_up_is_tried_again(
    app: Flask, admin: Person, queue: RecordingDispatcher, confirmation: Mail
) -> None:
    change(app, confirmation, status="failed", reason="refused")
    queue.sent.clear()
    assert "Try again now" in admin.text(f"/admin/mails/{confirmation.id}")
    assert admin.post(f"/admin/mails/{confirmation.id}/send").status_code == 303
    assert queue.sent == [(DELIVER_MAIL, (str(confirmation.id),))]
    assert deliver(app, confirmation.id) == "sent"
    with app.app_context():
        assert len(record_of("MailSentAgain")) == 1


def test_a_mail_is_kept_when_the_queue_is_away(
    app: Flask, admin: Person, queue: RecordingDispatcher, confirmation: Mail
) -> None:
    queue.away = True
    admin.post(f"/admin/mails/{confirmation.id}/send")
    with app.app_context():
        (mail,) = mails("confirm")
        assert (mail.status, mail.queued_at) == ("waiting", None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "sent"}, "on its way or sent already"),
        ({"status": "sending"}, "on its way or sent already"),
        ({"status": "failed", "text": "", "html": ""}, "its text is gone. Ask for another one."),
    ],
)
def test_a_mail_that_cannot_be_sent_again_says_why(
    app: Flask, admin: Person, queue: RecordingDispatcher, confirmation: Mail,
    values: dict[str, object], words: str,
) -> None:  # fmt: skip
    change(app, confirmation, **values)
    queue.sent.clear()
    assert "Try again now" not in admin.text(f"/admin/mails/{confirmation.id}")
    admin.post(f"/admin/mails/{confirmation.id}/send")
    assert words in admin.text(f"/admin/mails/{confirmation.id}")
    assert queue.sent == []


def test_a_user_reads_and_sends_nothing(app: Flask, ada: Person, confirmation: Mail) -> None:
    assert ada.get(f"/admin/mails/{confirmation.id}").status_code == 404
    assert ada.post(f"/admin/mails/{confirmation.id}/send").status_code == 404
    with app.app_context():
        assert record_of("MailRead") == record_of("MailSentAgain") == []


def test_a_mail_there_is_not_is_not_found(admin: Person) -> None:
    assert admin.get(f"/admin/mails/{uuid4()}").status_code == 404
    assert admin.post(f"/admin/mails/{uuid4()}/send").status_code == 404
