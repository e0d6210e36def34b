"""What an administrator does with mails: find one, read it where no mail server takes it, send it again."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from webapp.domain.activities import MailRead, MailSentAgain
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db
from webapp.infra.mail_files import text_of_file
from webapp.models.mail import Mail
from webapp.services.activities import record
from webapp.services.mails import MailView, hand_over, view_of_mail

_UNSENT: Collection[str] = ("waiting", "failed")


@dataclass(frozen=True, slots=True)
class MailLetter:
    """A mail and what may be done with it. `text` is None where it cannot be read here, or not any more."""

    view: MailView
    text: str | None
    is_sendable: bool


def is_kept_here() -> bool:
    """Whether mails become files of this installation, because no mail server is set."""
    return not current_settings().smtp_host


def open_mail(mail_id: UUID) -> MailLetter:
    """One mail with its text, while mails are kept here. Who reads a text may use its links: it is recorded.

    With a mail server the text is for its recipient alone. Raises NotFound.
    """
    mail = _mail(mail_id)
    text = (mail.text or text_of_file(current_settings().mail_dir, mail.id)) if is_kept_here() else None
    if text is not None:
        record(MailRead(mail.id, mail.kind, mail.recipient))
    return MailLetter(view_of_mail(mail), text, _is_sendable(mail))


def send_mail_again(mail_id: UUID) -> MailView:
    """Try a mail that waits or was given up once more, now.

    Raises NotFound, Conflict for a mail on its way, sent, or without its text.
    """
    mail = db.session.scalar(select(Mail).where(Mail.id == mail_id).with_for_update())
    if mail is None:
        raise _no_such_mail()
    if mail.status in ("sending", "sent"):
        raise Conflict(phrase(N_("This mail is on its way or sent already.")))
    if not _is_sendable(mail):
        raise Conflict(
            phrase(
                N_("This mail held a link that opens something, so its text is gone. Ask for another one.")
            )
        )
    mail.status, mail.reason, mail.due_at, mail.queued_at = "waiting", "", now(), now()
    record(MailSentAgain(mail.id, mail.kind, mail.recipient))
    after_commit(lambda: hand_over(mail_id))
    return view_of_mail(mail)


def _is_sendable(mail: Mail) -> bool:
    return mail.status in _UNSENT and bool(mail.text)


def _mail(mail_id: UUID) -> Mail:
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        raise _no_such_mail()
    return mail


def _no_such_mail() -> NotFound:
    return NotFound(phrase(N_("There is no such mail.")))
