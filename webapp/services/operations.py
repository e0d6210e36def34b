"""What an operator wants to know of the whole installation at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from webapp import __version__
from webapp.domain.errors import Unavailable
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, roll_back
from webapp.infra.jobs import QueueState
from webapp.models.dead_letter import DeadLetter
from webapp.models.mail import Mail
from webapp.models.report import Report
from webapp.models.scenario import Scenario
from webapp.models.user import User
from webapp.services.prices import catalog_in_use
from webapp.services.schedule import list_runs


@dataclass(frozen=True, slots=True)
class Installation:
    """Counts by state. Empty where the database or the broker could not be asked."""

    users: Mapping[str, int]
    scenarios: Mapping[str, int]
    reports: Mapping[str, int]
    mails: Mapping[str, int]
    queues: Mapping[str, QueueState]
    #: Failed jobs that wait for a person, by job.
    dead_letters: Mapping[str, int]
    #: When each job of the schedule ran last, seconds since 1970.
    last_runs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Build:
    """Which program this is, and how old its prices are. `price_date` is None without a catalog."""

    version: str
    commit: str
    catalog: str
    price_date: date | None
    price_age_days: int | None


def look_at_installation() -> Installation:
    """Count everything now. Takes a few short queries, and at most a second for a queue that is away."""
    queues = jobs.queue_states()
    try:
        return Installation(
            users=_by(User.plan),
            scenarios=_by(Scenario.status),
            reports=_by(Report.status),
            mails=_by(Mail.status),
            queues=queues,
            dead_letters=_by(DeadLetter.job, DeadLetter.retried_at.is_(None)),
            last_runs={job: times.last_run_at.timestamp() for job, times in list_runs().items()},
        )
    except SQLAlchemyError:
        roll_back()
        return Installation({}, {}, {}, {}, queues, {}, {})


def _by(column: Any, *which: ColumnElement[bool]) -> dict[str, int]:
    counted = select(column, func.count()).where(*which).group_by(column)
    return dict(db.session.execute(counted).tuples().all())


def about_build() -> Build:
    """Version, commit and prices of the running program."""
    settings = current_settings()
    version, commit = settings.app_version or __version__, settings.app_commit or _checked_out()
    try:
        catalog = catalog_in_use()
    except (Unavailable, SQLAlchemyError):
        roll_back()
        return Build(version, commit, "", None, None)
    age_days = (now().date() - catalog.published_on).days
    return Build(version, commit, catalog.name, catalog.published_on, age_days)


def _checked_out() -> str:
    """The commit of a checkout, read from its files; empty for an installed program."""
    folder = Path(current_settings().project_dir) / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        return (folder / head.removeprefix("ref: ")).read_text(encoding="ascii").strip()
    except OSError:
        return ""
