"""Reports as people ask for them: request, follow, cancel, retry, download, delete.

How one gets to a worker is in `services.report_queue`, the worker's side in `services.report_making`.
Texts (`reason`, `notice`) are English msgids; faces translate.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, and_, select, update

from webapp.domain.activities import ReportCancelled, ReportDeleted, ReportDownloaded, ReportRequested
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem
from webapp.domain.reports import (
    MIMETYPES,
    ReportFormat,
    ReportStatus,
    Section,
    file_name,
    read_format,
    read_mail_wish,
    read_sections,
)
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db
from webapp.infra.files import remove_quietly
from webapp.models.report import Report
from webapp.models.scenario import Scenario
from webapp.services.accounts import get_user
from webapp.services.activities import record
from webapp.services.report_queue import queue_report
from webapp.services.scenarios import find_scenario

#: How many reports of a scenario a list shows, newest first.
LISTED = 50


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as its owner sees it. `progress`: percent; `reason`: why it failed; `notice`: why it waits."""

    id: UUID
    scenario_id: UUID
    format: ReportFormat
    sections: tuple[Section, ...]
    status: ReportStatus
    progress: int
    reason: str
    notice: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    size_bytes: int | None
    filename: str
    mail_when_ready: bool

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself: a page may stop asking."""
        return self.status in ("completed", "failed", "cancelled")


def request_report(
    owner_id: UUID,
    scenario_id: UUID,
    format: object = "pdf",
    sections: object = None,
    language: str = "en",
    mail_when_ready: object = False,
) -> ReportView:
    """Ask for a report of the scenario as it is when the worker makes it; None as `sections` means all.

    The request is kept whatever happens to the queue: while the broker is away the report stays queued with
    a `notice`, and is sent when the broker is back. Raises NotFound, and InvalidInput (/format, /sections/n,
    /mail_when_ready).
    """
    chosen, wanted = read_format(format), read_sections(sections)
    mailed = _accept_mail_wish(owner_id, mail_when_ready)
    scenario = find_scenario(owner_id, scenario_id)
    moment = now()
    report = Report(
        owner_id=owner_id,
        scenario_id=scenario.id,
        format=chosen,
        sections=list(wanted),
        language=language,
        mail_when_ready=mailed,
        requested_at=moment,
        filename=file_name(scenario.name, chosen, moment.date()),
    )
    db.session.add(report)
    queue_report(report)
    record(ReportRequested(report.id, report.scenario_id, owner_id, chosen))
    return view_of_report(report)


def _accept_mail_wish(owner_id: UUID, wish: object) -> bool:
    """Mails go to proven addresses only: anybody may sign up with somebody else's."""
    if not read_mail_wish(wish):
        return False
    if get_user(owner_id).confirmed_at is None:
        message = phrase(N_("Confirm your e-mail address first: mails are sent to confirmed addresses only."))
        raise InvalidInput([Problem("/mail_when_ready", message)])
    return True


def retry_report(owner_id: UUID, report_id: UUID) -> ReportView:
    """Ask again for a failed or cancelled report; a waiting one stays as it is.

    Raises NotFound, and Conflict for any other.
    """
    report = _find(owner_id, report_id)
    if report.status == "queued":
        return view_of_report(report)
    if report.status not in ("failed", "cancelled"):
        message = N_("Only a failed or cancelled report can be asked for again. Ask for a new one instead.")
        raise Conflict(phrase(message))
    report.status, report.progress, report.reason, report.attempts = "queued", 0, "", 0
    report.claim = report.started_at = report.heartbeat_at = report.finished_at = None
    queue_report(report)
    record(ReportRequested(report.id, report.scenario_id, owner_id, report.format))
    return view_of_report(report)


def cancel_report(owner_id: UUID, report_id: UUID) -> ReportView:
    """Stop a waiting report at once, and one being made at its worker's next step; once more does nothing.

    Raises NotFound, and Conflict for a report that has ended.
    """
    report = _find(owner_id, report_id)
    if report.status != "cancelled":
        _cancel(report)
        record(ReportCancelled(report.id, report.scenario_id, owner_id))
    return view_of_report(report)


def _cancel(report: Report) -> None:
    """In one statement: a worker that finishes at this moment either wins or finds its claim gone."""
    going_on = and_(Report.id == report.id, Report.status.in_(("queued", "running")))
    values = {"status": "cancelled", "claim": None, "notice": "", "finished_at": now()}
    result = cast("CursorResult[object]", db.session.execute(update(Report).where(going_on).values(**values)))
    if result.rowcount != 1:
        raise Conflict(phrase(N_("This report has ended already: there is nothing left to cancel.")))
    db.session.refresh(report)


def delete_report(owner_id: UUID, report_id: UUID) -> None:
    """Remove a report and its file; one being made is stopped. Raises NotFound."""
    report = _find(owner_id, report_id)
    path = report_path(report)
    record(ReportDeleted(report.id, report.scenario_id, owner_id))
    db.session.delete(report)
    db.session.flush()
    # The row goes first: a file left over is found by the sweep, a row without its file is not.
    after_commit(lambda: remove_quietly(path))


def list_reports(owner_id: UUID, scenario_id: UUID) -> tuple[ReportView, ...]:
    """The newest LISTED reports of a scenario, newest first. Raises NotFound for a stranger's scenario."""
    find_scenario(owner_id, scenario_id)
    query = select(Report).where(Report.scenario_id == scenario_id)
    rows = db.session.scalars(query.order_by(Report.requested_at.desc(), Report.id).limit(LISTED))
    return tuple(view_of_report(row) for row in rows)


def get_report(owner_id: UUID, report_id: UUID) -> ReportView:
    """The report as it stands now. Raises NotFound, for a stranger too."""
    return view_of_report(_find(owner_id, report_id))


def open_report(owner_id: UUID, report_id: UUID) -> tuple[Path, str, str]:
    """Where the finished file is, the name to save it as, and its media type.

    Raises NotFound, and Conflict while there is no file to hand out.
    """
    report = _find(owner_id, report_id)
    if report.status != "completed":
        raise Conflict(phrase(N_("This report is not ready yet.")))
    path = report_path(report)
    if not path.is_file():
        raise Conflict(phrase(N_("The file of this report is gone. Ask for a new report.")))
    return path, report.filename, MIMETYPES[cast(ReportFormat, report.format)]


def note_download(owner_id: UUID, report_id: UUID) -> None:
    """Record that the file was handed out. Raises NotFound."""
    report = _find(owner_id, report_id)
    record(ReportDownloaded(report.id, report.scenario_id, owner_id))


def report_path(report: Report) -> Path:
    """The one place a report's file may be."""
    return current_settings().reports_dir / f"{report.id}.{report.format}"


def _find(owner_id: UUID, report_id: UUID) -> Report:
    query = select(Report).join(Scenario, Scenario.id == Report.scenario_id)
    report = db.session.scalar(query.where(Report.id == report_id, Scenario.owner_id == owner_id))
    if report is None:
        raise NotFound(phrase(N_("There is no such report.")))
    return report


def view_of_report(report: Report) -> ReportView:
    """The row as a view."""
    return ReportView(
        id=report.id,
        scenario_id=report.scenario_id,
        format=cast(ReportFormat, report.format),
        sections=cast(tuple[Section, ...], tuple(report.sections)),
        status=cast(ReportStatus, report.status),
        progress=report.progress,
        reason=report.reason,
        notice=report.notice,
        requested_at=report.requested_at,
        started_at=report.started_at,
        finished_at=report.finished_at,
        size_bytes=report.size_bytes,
        filename=report.filename,
        mail_when_ready=report.mail_when_ready,
    )
