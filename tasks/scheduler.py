"""The scheduler: however many are started, the one that holds the lease runs the schedule."""

import logging
import os
import platform
import secrets
from datetime import timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from sqlalchemy.exc import SQLAlchemyError

from webapp.domain.jobs import EVERY_S, job_named
from webapp.infra.db import unit_of_work
from webapp.services.schedule import (
    expect_run,
    forget_runs,
    give_lease_back,
    hold_lease,
    list_next_runs,
    list_runs,
    note_run,
)

_log = logging.getLogger(__name__)
#: How often it looks, at least: well inside the lease.
LOOK_EVERY_S = 2.0


class LeasedScheduler(Scheduler):  # type: ignore[misc]  # Celery ships no types
    """Celery's scheduler, with its memory in the database. A standby waits for the lease to run out."""

    max_interval = LOOK_EVERY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._holder = f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"[:120]
        self._has_lease = False
        self._is_standby = False
        super().__init__(*args, **kwargs)
        self.max_interval = LOOK_EVERY_S

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due, when the lease is ours; seconds until the next look."""
        if not self._leads():
            return LOOK_EVERY_S
        return min(float(super().tick(*args, **kwargs)), LOOK_EVERY_S)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        """Send what is due, and note it. What could not be sent raises here, and was no run."""
        sent = super().apply_async(entry, *args, **kwargs)
        self._note(entry)
        return sent

    def _note(self, entry: ScheduleEntry) -> None:
        with self.app.web.app_context():
            try:
                with unit_of_work():
                    note_run(entry.task, EVERY_S[job_named(entry.task)])
            except SQLAlchemyError:
                _log.exception("The run of %s could not be noted", entry.task)

    def close(self) -> None:
        if self._has_lease:
            with self.app.web.app_context():
                try:
                    with unit_of_work():
                        give_lease_back(self._holder)
                except SQLAlchemyError:
                    _log.warning("The lease could not be given back; it runs out by itself.")
        super().close()

    def _leads(self) -> bool:
        had, is_there = self._has_lease, True
        with self.app.web.app_context():
            try:
                with unit_of_work():
                    self._has_lease = hold_lease(self._holder)
                    if self._has_lease and not had:
                        self._remember()
            except SQLAlchemyError as error:
                self._has_lease = is_there = False
                _log.warning("The schedule stands still: the database is away (%s).", type(error).__name__)
        if self._has_lease != had:
            _log.info("This scheduler %s the schedule.", "runs" if self._has_lease else "no longer runs")
        self._tell_of_standing_by(is_there)
        return self._has_lease

    def _tell_of_standing_by(self, is_there: bool) -> None:
        """Once each time it begins; while the database is away nobody knows who runs the schedule."""
        stands_by = is_there and not self._has_lease
        if stands_by and not self._is_standby:
            _log.info("This scheduler stands by: another one runs the schedule.")
        self._is_standby = stands_by

    def _remember(self) -> None:
        """Go on where the last scheduler ended."""
        forget_runs(tuple(self.schedule))
        for name in self.schedule:
            expect_run(name, EVERY_S[job_named(name)])
        runs = list_runs()
        for name, due_at in list_next_runs().items():
            # What never ran counts from the first start of all, not from this one.
            started_at = due_at - timedelta(seconds=EVERY_S[job_named(name)])
            self.schedule[name].last_run_at = runs[name].last_run_at if name in runs else started_at
        self._heap = None
