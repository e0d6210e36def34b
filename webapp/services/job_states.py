"""What the workers have before them, what they do by themselves, and what became of the latest reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.jobs import EVERY_S
from webapp.domain.reports import STATUSES, ReportStatus
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.jobs import QueueState
from webapp.models.report import Report
from webapp.models.user import User
from webapp.services.schedule import RunTimes, list_next_runs, list_runs

#: Reports of the list, newest first.
LISTED = 30
_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that comes by itself every `every_s` seconds; `last_run_at` is None before its first run.

    `next_run_at` is None before the first scheduler was started.

    One that `is_late` was due a minute ago: most likely no scheduler runs.
    """

    job: str
    every_s: float
    last_run_at: datetime | None
    next_run_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as an operator sees it. `reason` is why it failed, a msgid."""

    id: UUID
    owner: str
    format: str
    status: ReportStatus
    attempts: int
    reason: str
    requested_at: datetime
    finished_at: datetime | None


def list_queues() -> Mapping[str, QueueState]:
    """How much waits in each queue; empty while the broker is away. Takes at most a second."""
    return jobs.queue_states()


def list_schedule() -> tuple[ScheduledJob, ...]:
    """Every job of the schedule, the most frequent first."""
    runs, due = list_runs(), list_next_runs()
    found = [
        _scheduled(job.name, every_s, runs.get(job.name), due.get(job.name))
        for job, every_s in EVERY_S.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.every_s, each.job)))


def _scheduled(job: str, every_s: float, times: RunTimes | None, due_at: datetime | None) -> ScheduledJob:
    is_late = due_at is not None and due_at < now() - _LATE
    return ScheduledJob(job, every_s, None if times is None else times.last_run_at, due_at, is_late)


def count_reports() -> Mapping[ReportStatus, int]:
    """How many reports are in each state, of all accounts."""
    counted = dict(
        db.session.execute(select(Report.status, func.count()).group_by(Report.status)).tuples().all()
    )
    return {status: counted.get(status, 0) for status in STATUSES}


def list_latest_reports(status: str = "") -> tuple[ReportRow, ...]:
    """The LISTED latest reports of all accounts, newest first; of one state when asked."""
    query = select(Report, User.email).join(User, User.id == Report.owner_id)
    if status:
        query = query.where(Report.status == status)
    rows = db.session.execute(query.order_by(Report.requested_at.desc(), Report.id).limit(LISTED))
    return tuple(_row(report, email) for report, email in rows.tuples())


def _row(report: Report, owner: str) -> ReportRow:
    return ReportRow(
        id=report.id,
        owner=owner,
        format=report.format,
        status=cast(ReportStatus, report.status),
        attempts=report.attempts,
        reason=report.reason,
        requested_at=report.requested_at,
        finished_at=report.finished_at,
    )
