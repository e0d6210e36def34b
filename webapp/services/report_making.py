"""Reports as the worker makes them: claim, read, render, write, finish.

The one service that commits by itself: progress has to be seen while the work goes on, and no transaction
may stay open while a page is drawn. Any step may be cut off by a kill; the next run starts over, and the file
is put in place whole, under one name, so that doing it twice leaves one file.
"""

import errno
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, and_, or_, select, update

from webapp.domain.activities import ReportCompleted, ReportFailed
from webapp.domain.errors import Conflict, DomainError
from webapp.domain.reports import (
    BROKE,
    HEARTBEAT_S,
    INTERRUPTED,
    MAX_ATTEMPTS,
    STALE,
    TOOK_TOO_LONG,
    Section,
)
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import remove_quietly, write_whole
from webapp.infra.jobs import OutOfTime
from webapp.infra.language import speaking
from webapp.infra.pulse import pulse
from webapp.models.report import Report
from webapp.models.scenario import Scenario
from webapp.services.accounts import get_user
from webapp.services.activities import record
from webapp.services.mailed_links import address_of
from webapp.services.mails import send_mail
from webapp.services.report_contents import ReportContents, gather_contents
from webapp.services.report_csv import csv_report
from webapp.services.report_pdf import pdf_report
from webapp.services.reports import report_path

Outcome = Literal["completed", "failed", "busy", "nothing"]
_log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """The report was cancelled, deleted or taken over by another worker: this one has to leave it alone."""


class InterruptedTooOften(Conflict):
    """Every worker that took the report up has died over it."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to make one report, until nothing was heard from its holder for STALE."""

    report_id: UUID
    token: UUID

    def update(self, **values: object) -> None:
        """Write to the report if the claim still holds. Raises ClaimLost."""
        held = and_(Report.id == self.report_id, Report.claim == self.token, Report.status == "running")
        with unit_of_work():
            if _changed(update(Report).where(held).values(heartbeat_at=now(), **values)) != 1:
                raise ClaimLost
            self._record(values)

    def _record(self, values: Mapping[str, object]) -> None:
        """Say that the report ended, when these values end it."""
        if values.get("status") not in ("completed", "failed"):
            return
        report = db.session.get_one(Report, self.report_id)
        scenario_id, owner_id = report.scenario_id, report.owner_id
        if values["status"] == "completed":
            record(ReportCompleted(self.report_id, scenario_id, owner_id))
            _mail(report)
        else:
            record(ReportFailed(self.report_id, scenario_id, owner_id, str(values["reason"])))

    def say_alive(self) -> None:
        """Keep the claim; a lost one is noticed by the work itself."""
        with suppress(ClaimLost):
            self.update()

    def fail(self, reason: str) -> Outcome:
        """End the report with a reason its owner can act on."""
        self.update(status="failed", reason=str(reason), finished_at=now())
        return "failed"


def _mail(report: Report) -> None:
    """Tell its owner, who asked for that: in the transaction that completes it, so once."""
    if not report.mail_when_ready:
        return
    user = get_user(report.owner_id)
    scenario = db.session.get_one(Scenario, report.scenario_id)
    with speaking(report.language):
        send_mail(
            "report-ready",
            user.email,
            user.id,
            link=address_of(f"/scenarios/{scenario.id}/reports"),
            scenario=scenario.name,
            format=report.format.upper(),
        )


def render_report(report_id: UUID) -> Outcome:
    """Make the file of one report, unless it is made or another worker is at it ("busy")."""
    claim = _claim(report_id)
    if claim is None:
        return "busy" if _is_running(report_id) else "nothing"
    try:
        with pulse(HEARTBEAT_S, claim.say_alive):
            return _make(claim)
    except ClaimLost:
        return "nothing"


def _claim(report_id: UUID) -> _Claim | None:
    """Take the report if it waits, or if the worker that had it has gone silent. One statement decides."""
    moment, token = now(), uuid4()
    silent = and_(Report.status == "running", Report.heartbeat_at < moment - STALE)
    free = and_(Report.id == report_id, or_(Report.status == "queued", silent))
    taken = {"status": "running", "progress": 10, "claim": token, "attempts": Report.attempts + 1}
    times = {"started_at": moment, "heartbeat_at": moment, "finished_at": None}
    with unit_of_work():
        count = _changed(update(Report).where(free).values(reason="", notice="", **taken, **times))
    return _Claim(report_id, token) if count == 1 else None


def _make(claim: _Claim) -> Outcome:
    try:
        return _render_and_store(claim)
    except ClaimLost:
        raise
    except OutOfTime as end:
        return _fail(claim, TOOK_TOO_LONG, end)
    except DomainError as refusal:
        return _fail(claim, refusal.message, refusal)
    except Exception:
        _log.exception("Report %s could not be made", claim.report_id)
        return claim.fail(BROKE)


def _fail(claim: _Claim, reason: str, error: Exception) -> Outcome:
    """Fail, with a line for the operator; by the error's name, for its words may be the owner's."""
    outcome, cause = claim.fail(reason), error.__cause__
    code = errno.errorcode.get(cause.errno or 0) if isinstance(cause, OSError) else None
    _log.warning("Report %s has failed: %s", claim.report_id, code or type(error).__name__)
    return outcome


def _render_and_store(claim: _Claim) -> Outcome:
    path, kind, language, contents = _read(claim)
    claim.update(progress=40)
    content = _file(contents, kind, language)
    claim.update(progress=80)
    write_whole(path, content)
    try:
        claim.update(status="completed", progress=100, finished_at=now(), size_bytes=len(content))
    except ClaimLost:
        _discard(claim.report_id, path)
        raise
    return "completed"


def _discard(report_id: UUID, path: Path) -> None:
    """Remove a file nobody wants any more: its report was cancelled or deleted while it was written.

    The row stays locked meanwhile, so that a retry cannot have its new file removed. A report that another
    worker took over keeps the file: that worker puts its own in its place.
    """
    with unit_of_work():
        cancelled = and_(Report.id == report_id, Report.status == "cancelled")
        if _changed(update(Report).where(cancelled).values(size_bytes=None)) or not _exists(report_id):
            remove_quietly(path)


def _read(claim: _Claim) -> tuple[Path, str, str, ReportContents]:
    """Where the file goes, its format and language, and what it says. The transaction ends here."""
    with unit_of_work():
        report = db.session.get(Report, claim.report_id)
        if report is None:
            raise ClaimLost
        if report.attempts > MAX_ATTEMPTS:
            raise InterruptedTooOften(INTERRUPTED)
        sections = cast(tuple[Section, ...], tuple(report.sections))
        contents = gather_contents(report.owner_id, report.scenario_id, sections)
        return report_path(report), report.format, report.language, contents


def _file(contents: ReportContents, kind: str, language: str) -> bytes:
    with speaking(language):
        return pdf_report(contents) if kind == "pdf" else csv_report(contents)


def _exists(report_id: UUID) -> bool:
    return db.session.scalar(select(Report.id).where(Report.id == report_id)) is not None


def _is_running(report_id: UUID) -> bool:
    with unit_of_work():
        return db.session.scalar(select(Report.status).where(Report.id == report_id)) == "running"


def _changed(statement: object) -> int:
    result = cast("CursorResult[object]", db.session.execute(statement))  # type: ignore[call-overload]
    return result.rowcount
