"""What the scheduler remembers: which one of them runs, and when each entry ran."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base, UtcDateTime


class SchedulerLease(Base):
    """The right to run the schedule: one row, held until `held_until` and renewed before."""

    __tablename__ = "scheduler_leases"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: "host:process:random" of the scheduler that holds it.
    holder: Mapped[str] = mapped_column(String(120))
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduledRun(Base):
    """The last run of one entry of the schedule, and the next one due."""

    __tablename__ = "scheduled_runs"

    #: Name of the job.
    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: The same moment as `next_run_at` for what never ran.
    last_run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_run_at: Mapped[datetime] = mapped_column(UtcDateTime)
