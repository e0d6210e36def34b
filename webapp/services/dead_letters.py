"""Jobs that failed for good: kept with their reason, sent again when somebody says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select

from webapp.domain.activities import FailedJobForgotten, JobSentAgain
from webapp.domain.errors import NotFound
from webapp.domain.jobs import JOBS
from webapp.domain.words import N_, phrase
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.logs import correlation_id
from webapp.models.dead_letter import DeadLetter
from webapp.services.activities import record

#: Letters of a list, newest first.
LISTED = 200
_MOST_REASON_CHARS = 2_000
#: Letters that were sent again, or that nobody asked for, are forgotten after this.
_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class DeadLetterCard:
    """A failed job as an operator sees it; `retried_at` is None while it lies there."""

    id: UUID
    job: str
    arguments: tuple[str, ...]
    reason: str
    attempts: int
    correlation_id: str
    failed_at: datetime
    retried_at: datetime | None


def keep_dead_letter(job: str, arguments: Sequence[object], reason: str, attempts: int) -> None:
    """Keep a job that failed for good."""
    letter = DeadLetter(
        job=job[:60],
        arguments=[str(argument) for argument in arguments],
        reason=reason[:_MOST_REASON_CHARS],
        attempts=attempts,
        correlation_id=correlation_id()[:64],
        failed_at=now(),
    )
    db.session.add(letter)


def list_dead_letters(
    job: str = "", *, waiting: bool = True, most: int = LISTED
) -> tuple[DeadLetterCard, ...]:
    """The newest `most` letters, those sent again left out unless `waiting` is false."""
    query = select(DeadLetter).where(*_which(job, waiting))
    newest = query.order_by(DeadLetter.failed_at.desc(), DeadLetter.id).limit(most)
    return tuple(_card(letter) for letter in db.session.scalars(newest))


def count_dead_letters(job: str = "", *, waiting: bool = True) -> int:
    """How many letters there are, those sent again left out unless `waiting` is false."""
    return db.session.scalar(select(func.count(DeadLetter.id)).where(*_which(job, waiting))) or 0


def waiting_letter_ids(job: str = "") -> tuple[UUID, ...]:
    """Every letter that was not sent again, in the order in which they failed."""
    query = select(DeadLetter.id).where(*_which(job, waiting=True))
    return tuple(db.session.scalars(query.order_by(DeadLetter.failed_at, DeadLetter.id)))


def _which(job: str, waiting: bool) -> list[ColumnElement[bool]]:
    named = [DeadLetter.job == job] if job else []
    return [*named, DeadLetter.retried_at.is_(None)] if waiting else named


def retry_dead_letter(letter_id: UUID) -> DeadLetterCard:
    """Send the job again; once more sends it once more.

    Raises NotFound, for a job of old times too, and Unavailable while the queue is away: the letter stays.
    """
    letter = db.session.get(DeadLetter, letter_id, with_for_update=True)
    job = None if letter is None else {job.name: job for job in JOBS}.get(letter.job)
    if letter is None or job is None:
        raise NotFound(phrase(N_("There is no such failed job.")))
    letter.retried_at = now()
    record(JobSentAgain(letter.id, letter.job))
    # Not after the commit: a letter whose job the queue would not take must not be put aside as sent.
    jobs.send(job, *letter.arguments)
    return _card(letter)


def get_dead_letter(letter_id: UUID) -> DeadLetterCard:
    """One letter. Raises NotFound."""
    return _card(_letter(letter_id))


def forget_dead_letter(letter_id: UUID) -> DeadLetterCard:
    """Remove one letter for good. Raises NotFound."""
    letter = _letter(letter_id)
    card = _card(letter)
    record(FailedJobForgotten(letter.id, letter.job))
    db.session.delete(letter)
    return card


def purge_dead_letters(job: str = "") -> int:
    """Remove all letters, or those of `job`, each with its entry in the audit; how many."""
    statement = delete(DeadLetter).where(*_which(job, waiting=False))
    gone = db.session.execute(statement.returning(DeadLetter.id, DeadLetter.job)).tuples().all()
    for letter_id, name in gone:
        record(FailedJobForgotten(letter_id, name))
    return len(gone)


def forget_old_letters() -> int:
    """Remove letters nobody needs any more; how many."""
    old = or_(DeadLetter.retried_at < now() - _KEPT, DeadLetter.failed_at < now() - _KEPT)
    return cast("CursorResult[object]", db.session.execute(delete(DeadLetter).where(old))).rowcount


def _letter(letter_id: UUID) -> DeadLetter:
    letter = db.session.get(DeadLetter, letter_id)
    if letter is None:
        raise NotFound(phrase(N_("There is no such failed job.")))
    return letter


def _card(letter: DeadLetter) -> DeadLetterCard:
    return DeadLetterCard(
        id=letter.id,
        job=letter.job,
        arguments=tuple(letter.arguments),
        reason=letter.reason,
        attempts=letter.attempts,
        correlation_id=letter.correlation_id,
        failed_at=letter.failed_at,
        retried_at=letter.retried_at,
    )
