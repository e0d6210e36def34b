"""Mails on their way: claim, hand over, note what became of it.

Commits by itself, because no transaction may stay open while a mail server is spoken to. One worker at a time
holds a mail. Once the server has taken it, "sent" is committed at once. Only a crash between the two lets a
second copy out, after STALE: it has the same Message-ID, by which mail programs and operators recognise it.
The other order would lose mails instead.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, CursorResult, and_, or_, update
from sqlalchemy.exc import OperationalError

from webapp.domain.mails import KINDS, STALE, wait_s
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.mail import Letter, MailDelayed, MailRefused, deliver
from webapp.models.mail import Mail

Outcome = Literal["sent", "delayed", "failed", "nothing"]
_LONGEST_REASON = 500
#: Seconds between the tries to note that a mail is gone, while the database restarts.
_NOTING_PAUSES_S = (0.5, 2.0, 5.0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to send one mail."""

    mail_id: UUID
    token: UUID

    def release(self, **values: object) -> None:
        """Note what became of the mail, unless another worker has taken it over meanwhile."""
        held = and_(Mail.id == self.mail_id, Mail.claim == self.token, Mail.status == "sending")
        with unit_of_work():
            _changed(update(Mail).where(held).values(claim=None, claimed_at=None, **values))


def deliver_mail(mail_id: UUID) -> Outcome:
    """Send one mail if it waits and is due. "nothing": it is over, not due, or another worker has it."""
    claim = _claim(mail_id)
    if claim is None:
        return "nothing"
    with unit_of_work():
        mail = db.session.get_one(Mail, mail_id)
        letter, attempts = _letter(mail), mail.attempts
    try:
        deliver(letter)
    except MailRefused as refusal:
        return _fail(claim, letter, str(refusal))
    except MailDelayed as delay:
        return _delay(claim, letter, attempts, str(delay))
    except Exception as error:  # also when the job runs out of time
        _log.exception("Mail %s (%s) could not be handed over", letter.id, letter.kind)
        return _delay(claim, letter, attempts, f"Something went wrong here: {type(error).__name__}")
    return _note_sent(claim, letter)


def is_abandoned() -> ColumnElement[bool]:
    """Being sent by a worker that is gone."""
    return and_(Mail.status == "sending", Mail.claimed_at < now() - STALE)


def _claim(mail_id: UUID) -> _Claim | None:
    """Take the mail if it is due, or if the worker that had it is gone. One statement decides."""
    token, moment = uuid4(), now()
    is_due = and_(Mail.status == "waiting", Mail.due_at <= moment)
    free = and_(Mail.id == mail_id, or_(is_due, is_abandoned()))
    taken = {"status": "sending", "claim": token, "claimed_at": moment, "attempts": Mail.attempts + 1}
    with unit_of_work():
        count = _changed(update(Mail).where(free).values(reason="", **taken))
    return _Claim(mail_id, token) if count == 1 else None


def _letter(mail: Mail) -> Letter:
    return Letter(mail.id, mail.kind, mail.recipient, mail.subject, mail.text, mail.html, mail.created_at)


def _note_sent(claim: _Claim, letter: Letter) -> Outcome:
    """The mail is gone: this has to be known, also across a restart of the database."""
    noted = {"status": "sent", "sent_at": now(), "reason": "", **_emptied(letter)}
    for pause_s in _NOTING_PAUSES_S:
        try:
            claim.release(**noted)
            return "sent"
        except OperationalError:
            time.sleep(pause_s)
    claim.release(**noted)
    return "sent"


def _delay(claim: _Claim, letter: Letter, attempts: int, reason: str) -> Outcome:
    due_at = now() + timedelta(seconds=wait_s(attempts))
    if due_at > letter.written_at + KINDS[letter.kind].useful_for:
        return _fail(claim, letter, f"Given up after {attempts} tries. {reason}")
    _log.info("Mail %s (%s) waits after try %s", letter.id, letter.kind, attempts)
    claim.release(status="waiting", due_at=due_at, reason=reason[:_LONGEST_REASON])
    return "delayed"


def _fail(claim: _Claim, letter: Letter, reason: str) -> Outcome:
    _log.warning("Mail %s (%s) cannot be sent", letter.id, letter.kind)
    claim.release(status="failed", reason=reason[:_LONGEST_REASON], **_emptied(letter))
    return "failed"


def _emptied(letter: Letter) -> dict[str, str]:
    """A body whose link opens something is a key, and is kept no longer than it is needed."""
    return {"text": "", "html": ""} if KINDS[letter.kind].opens else {}


def _changed(statement: object) -> int:
    result = cast("CursorResult[object]", db.session.execute(statement))  # type: ignore[call-overload]
    return result.rowcount
