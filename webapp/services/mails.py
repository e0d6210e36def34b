"""The outbox. A mail is a row of the transaction that wants it; `services.mail_delivery` sends it afterwards.

So an act that fails writes to nobody, and an act that succeeds has its mail whatever happens to the queue.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import select, update

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import DELIVER_MAIL
from webapp.domain.mails import KINDS, SECOND_FACTOR_CHANGES, MailStatus
from webapp.domain.words import phrase
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.db import after_commit, db, unit_of_work
from webapp.infra.language import say, spoken_language
from webapp.infra.printing import print_page
from webapp.models.mail import Mail

#: How many mails a list shows, newest first.
LISTED = 100
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail as an operator sees it: what became of it, never what it says."""

    id: UUID
    account_id: UUID | None
    kind: str
    recipient: str
    subject: str
    status: MailStatus
    attempts: int
    reason: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


def send_mail(kind: str, recipient: str, account_id: UUID | None, **values: str) -> None:
    """Write to `recipient` in the language being spoken; it leaves once the surrounding unit of work commits.

    `kind` and `values` are those of domain.mails.KINDS; `link` is a whole address. Raises ValueError for a
    kind or values there are not, and for a recipient that is not one line.
    """
    _check(kind, recipient, values)
    page = values | {"language": spoken_language()}
    mail = Mail(
        id=uuid4(),
        account_id=account_id,
        kind=kind,
        recipient=recipient,
        subject=_subject(kind, values),
        text=print_page(f"mail/{kind}.txt", **page),
        html=print_page(f"mail/{kind}.html", **page),
        queued_at=now(),
    )
    db.session.add(mail)
    db.session.flush()
    mail_id = mail.id
    after_commit(lambda: hand_over(mail_id))


def list_mails(
    status: MailStatus | None = None, account_id: UUID | None = None, limit: int = LISTED
) -> tuple[MailView, ...]:
    """The newest `limit` mails, newest first; of one `status` or account when asked. For administrators."""
    query = select(Mail).order_by(Mail.created_at.desc(), Mail.id).limit(limit)
    if status is not None:
        query = query.where(Mail.status == status)
    if account_id is not None:
        query = query.where(Mail.account_id == account_id)
    return tuple(view_of_mail(mail) for mail in db.session.scalars(query))


def _check(kind: str, recipient: str, values: dict[str, str]) -> None:
    if kind not in KINDS:
        raise ValueError(f"There is no mail of the kind {kind!r}.")
    if set(values) != set(KINDS[kind].values):
        raise ValueError(f"A mail of the kind {kind!r} needs exactly {', '.join(KINDS[kind].values)}.")
    if "change" in values and values["change"] not in SECOND_FACTOR_CHANGES:
        raise ValueError(f"A second factor is changed in one of {', '.join(SECOND_FACTOR_CHANGES)}.")
    if not recipient.isprintable() or "@" not in recipient:
        raise ValueError("A recipient is one address on one line.")


def _subject(kind: str, values: dict[str, str]) -> str:
    """One line of printable characters, whatever the name of a scenario holds."""
    words = say(phrase(KINDS[kind].subject, **values))
    line = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(line.split())[:_LONGEST_SUBJECT]


def hand_over(mail_id: UUID) -> None:
    """Give the job of a mail to the queue; while that is away, the next look at the outbox does it."""
    try:
        jobs.send(DELIVER_MAIL, str(mail_id))
    except Unavailable:
        with unit_of_work():
            db.session.execute(update(Mail).where(Mail.id == mail_id).values(queued_at=None))


def view_of_mail(mail: Mail) -> MailView:
    """A row as an operator sees it."""
    return MailView(
        id=mail.id,
        account_id=mail.account_id,
        kind=mail.kind,
        recipient=mail.recipient,
        subject=mail.subject,
        status=cast(MailStatus, mail.status),
        attempts=mail.attempts,
        reason=mail.reason,
        created_at=mail.created_at,
        due_at=mail.due_at,
        sent_at=mail.sent_at,
    )
