"""The schedule's memory: one scheduler at a time holds the lease; every run is noted.

It lies in the database: a broker that lost its data must not take the schedule along. The lease is counted by
the database's own clock: two machines whose clocks differ would else both hold it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.schedule import ScheduledRun, SchedulerLease

#: A scheduler that was silent for so long has lost the lease.
LEASE = timedelta(seconds=10)
_NAME = "main"


@dataclass(frozen=True, slots=True)
class RunTimes:
    """When a job ran last, and when it is due."""

    last_run_at: datetime
    next_run_at: datetime


def hold_lease(holder: str) -> bool:
    """Take or renew the lease; whether `holder` has it now. One statement: two can never both succeed."""
    moment = _database_time()
    free = or_(SchedulerLease.holder == holder, SchedulerLease.held_until < moment)
    claim = (
        _insert(SchedulerLease)
        .values(name=_NAME, holder=holder, held_until=moment + LEASE)
        .on_conflict_do_update(
            index_elements=["name"], set_={"holder": holder, "held_until": moment + LEASE}, where=free
        )
        .returning(SchedulerLease.holder)
    )
    return db.session.scalar(claim) == holder


def give_lease_back(holder: str) -> None:
    """Let the next scheduler begin at once."""
    mine = SchedulerLease.holder == holder
    db.session.execute(update(SchedulerLease).where(mine).values(held_until=_database_time() - LEASE))


def _database_time() -> datetime:
    if _is_postgres():
        return cast(datetime, db.session.scalar(select(func.clock_timestamp())))
    told = db.session.scalar(select(func.strftime("%Y-%m-%d %H:%M:%f", "now")))
    return datetime.fromisoformat(str(told)).replace(tzinfo=UTC)


def expect_run(job: str, every_s: float) -> None:
    """`job` never ran: its first run is due an interval from now, also when the scheduler is started anew."""
    due_at = now() + timedelta(seconds=every_s)
    # A run that is due when it was made cannot be: this is how one that never happened looks.
    expected = _insert(ScheduledRun).values(job=job, last_run_at=due_at, next_run_at=due_at)
    db.session.execute(expected.on_conflict_do_nothing(index_elements=["job"]))


def note_run(job: str, every_s: float) -> None:
    """`job` was sent now."""
    moment = now()
    times = {"last_run_at": moment, "next_run_at": moment + timedelta(seconds=every_s)}
    noted = _insert(ScheduledRun).values(job=job, **times)
    db.session.execute(noted.on_conflict_do_update(index_elements=["job"], set_=times))


def list_runs() -> Mapping[str, RunTimes]:
    """Every job of the schedule that ever ran, by name."""
    ran = ScheduledRun.last_run_at < ScheduledRun.next_run_at
    rows = db.session.scalars(select(ScheduledRun).where(ran))
    return {row.job: RunTimes(row.last_run_at, row.next_run_at) for row in rows}


def list_next_runs() -> Mapping[str, datetime]:
    """When every job of the schedule is due, by name; also of those that never ran."""
    return {row.job: row.next_run_at for row in db.session.scalars(select(ScheduledRun))}


def forget_runs(known: tuple[str, ...]) -> int:
    """Remove what the schedule no longer has; how many."""
    gone = db.delete(ScheduledRun).where(ScheduledRun.job.not_in(known))
    return cast("CursorResult[object]", db.session.execute(gone)).rowcount


def _insert(table: type[SchedulerLease] | type[ScheduledRun]) -> "postgresql.Insert":
    return postgresql.insert(table) if _is_postgres() else cast(postgresql.Insert, sqlite.insert(table))


def _is_postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
