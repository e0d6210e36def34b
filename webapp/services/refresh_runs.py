"""Price refreshes as rows: one at a time, and what each came to."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.domain.activities import PriceRefreshRequested
from webapp.domain.errors import Conflict, DomainError
from webapp.domain.jobs import REFRESH_PRICES
from webapp.domain.words import N_, phrase
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import OutOfTime
from webapp.models.catalog import PriceRefresh
from webapp.services.activities import record

_SLOT = "refresh"
#: A run silent for longer is given up. It says something every few seconds.
_SILENCE = timedelta(minutes=5)
_BEAT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class RefreshProblem:
    """Something a refresh could not use. `key` is empty when it is about a whole file or offer.

    `kind`: "feed" (could not be fetched), "file" (could not be read), "older", "unlisted", "none" (no product
    answers to the selector), "several", "price" (one does, but its rates cannot be used).
    """

    kind: str
    offer: str
    regions: tuple[str, ...]
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did. `added`, `changed`, `removed` count prices against the catalog it started from."""

    service: str = ""
    region: str = ""
    base: str = ""
    files_read: int = 0
    files_unchanged: int = 0
    prices_read: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    requests: int = 0
    fetched_bytes: int = 0
    reasons: tuple[str, ...] = ()
    problems: tuple[RefreshProblem, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class RefreshView:
    """One refresh. `outcome` is that of models.catalog.PriceRefresh; `catalog` the one it made, if any."""

    id: UUID
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    catalog: str
    report: RefreshReport


@dataclass(slots=True)
class Run:
    """The refresh at work. `finish` says what it came to; a run that ends without has failed."""

    id: UUID
    outcome: str = "running"
    catalog: str = ""
    report: RefreshReport = field(default_factory=RefreshReport)
    _beaten_at: datetime = field(default_factory=now)

    def beat(self) -> None:
        """A sign of life, written now and then. Raises Conflict when another run has taken over."""
        if now() - self._beaten_at < _BEAT:
            return
        self._beaten_at = now()
        with unit_of_work():
            self._keep(beat_at=now())

    def finish(self, outcome: str, catalog: str, report: RefreshReport) -> None:
        """Write the outcome; call it in the unit of work that makes the outcome true."""
        self.outcome, self.catalog, self.report = outcome, catalog, report
        self._keep(
            slot=None, finished_at=now(), outcome=outcome, catalog=catalog, report=msgspec.to_builtins(report)
        )

    def _keep(self, **values: object) -> None:
        mine = update(PriceRefresh).where(PriceRefresh.id == self.id, PriceRefresh.slot == _SLOT)
        if db.session.execute(mine.values(**values).returning(PriceRefresh.id)).one_or_none() is None:
            raise Conflict(phrase(N_("Another price refresh has taken over from this one.")))


@contextmanager
def only_run() -> Iterator[Run]:
    """The one price refresh at work. Raises Conflict while there is another.

    However the block ends, the next run may begin; one whose process was killed is found out by the next.
    """
    run = Run(_begin())
    try:
        yield run
    except BaseException as error:
        with unit_of_work():
            _give_up(run, error)
        raise
    if run.outcome == "running":
        with unit_of_work():
            _give_up(run, RuntimeError("it ended without an outcome"))


def _begin() -> UUID:
    try:
        with unit_of_work():
            _bury_the_dead()
            row = PriceRefresh(slot=_SLOT, holder=_holder(os.getpid()))
            db.session.add(row)
            db.session.flush()
            return row.id
    except IntegrityError:
        raise Conflict(phrase(N_("A price refresh is already running."))) from None


def _bury_the_dead() -> None:
    """A run that was killed would keep the slot for ever."""
    row = db.session.scalar(select(PriceRefresh).where(PriceRefresh.slot == _SLOT))
    if row is None:
        return
    if now() - row.beat_at < _SILENCE and not _is_gone(row.holder):
        raise Conflict(
            phrase(
                N_("A price refresh is already running, since %(time)s."),
                time=row.started_at.strftime("%Y-%m-%d %H:%M UTC"),
            )
        )
    row.slot, row.outcome, row.finished_at = None, "abandoned", now()
    db.session.flush()


def _holder(process: int) -> str:
    return f"{socket.gethostname()[:80]}:{process}:{_born(process)}"


def _is_gone(holder: str) -> bool:
    """Whether the process behind `holder` is known to have ended; one on another machine is not."""
    host, process, _ = holder.rsplit(":", 2)
    if host != socket.gethostname()[:80]:
        return False
    return _holder(int(process)) != holder


def _born(process: int) -> str:
    """When a process started, in the kernel's ticks: its number alone may be given to another one."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return "gone"


def _give_up(run: Run, error: BaseException) -> None:
    out_of_time = isinstance(error, OutOfTime) or not isinstance(error, Exception)
    outcome = "unfinished" if out_of_time else "failed"
    failure = error.message if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
    report = RefreshReport(failure=failure[:500])
    db.session.execute(
        update(PriceRefresh)
        .where(PriceRefresh.id == run.id, PriceRefresh.slot == _SLOT)
        .values(slot=None, finished_at=now(), outcome=outcome, report=msgspec.to_builtins(report))
    )


def request_refresh() -> None:
    """Ask the workers for a refresh now.

    Raises Conflict while one is at work, Unavailable while the queue is away.
    """
    _bury_the_dead()
    record(PriceRefreshRequested())
    jobs.send(REFRESH_PRICES)


def list_refreshes(limit: int = 10) -> tuple[RefreshView, ...]:
    """The latest refreshes, the newest first."""
    rows = db.session.scalars(select(PriceRefresh).order_by(PriceRefresh.started_at.desc()).limit(limit))
    return tuple(view_of(row) for row in rows)


def get_refresh(refresh_id: UUID) -> RefreshView:
    """One refresh as it is stored now."""
    return view_of(db.session.get_one(PriceRefresh, refresh_id))


def view_of(row: PriceRefresh) -> RefreshView:
    report = msgspec.convert(row.report or {}, RefreshReport)
    return RefreshView(row.id, row.started_at, row.finished_at, row.outcome, row.catalog, report)


def unfinished_in_a_row() -> int:
    """How many of the latest refreshes ran out of time one after the other."""
    outcomes = db.session.scalars(
        select(PriceRefresh.outcome).order_by(PriceRefresh.started_at.desc()).limit(100)
    ).all()
    return next((count for count, outcome in enumerate(outcomes) if outcome != "unfinished"), len(outcomes))
