"""Reports as people ask for them: request, follow, retry, download, and send again what got lost.

The worker's side is `services.report_making`. Texts (`reason`, `notice`) are English msgids; faces translate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from webapp.domain.errors import Conflict, NotFound, Unavailable
from webapp.domain.jobs import RENDER_REPORT
from webapp.domain.reports import (
    MIMETYPES,
    QUEUE_IS_AWAY,
    QUEUED_TOO_LONG,
    STALE,
    ReportFormat,
    ReportStatus,
    Section,
    file_name,
    read_format,
    read_sections,
)
from webapp.domain.words import N_, phrase
from webapp.infra import jobs
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, db, unit_of_work
from webapp.models.report import Report
from webapp.models.scenario import Scenario
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

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself: a page may stop asking."""
        return self.status in ("completed", "failed")


def request_report(
    owner_id: UUID,
    scenario_id: UUID,
    format: object = "pdf",
    sections: object = None,
    language: str = "en",
) -> ReportView:
    """Ask for a report of the scenario as it is when the worker makes it; None as `sections` means all.

    The request is kept whatever happens to the queue: while the broker is away the report stays queued with
    a `notice`, and is sent when the broker is back. Raises NotFound, and InvalidInput (/format, /sections/n).
    """
    chosen, wanted = read_format(format), read_sections(sections)
    scenario = find_scenario(owner_id, scenario_id)
    moment = now()
    report = Report(
        owner_id=owner_id,
        scenario_id=scenario.id,
        format=chosen,
        sections=list(wanted),
        language=language,
        requested_at=moment,
        filename=file_name(scenario.name, chosen, moment.date()),
    )
    db.session.add(report)
    _queue(report)
    return view_of_report(report)


def retry_report(owner_id: UUID, report_id: UUID) -> ReportView:
    """Ask again for a failed report; a waiting one stays as it is. Raises NotFound, and Conflict else."""
    report = _find(owner_id, report_id)
    if report.status == "queued":
        return view_of_report(report)
    if report.status != "failed":
        raise Conflict(phrase(N_("Only a failed report can be asked for again. Ask for a new one instead.")))
    report.status, report.progress, report.reason, report.attempts = "queued", 0, "", 0
    report.claim = report.started_at = report.heartbeat_at = report.finished_at = None
    _queue(report)
    return view_of_report(report)


def _queue(report: Report) -> None:
    """Have the job sent after the commit, or note on the report that the queue is away."""
    if jobs.is_away():
        report.sent_at, report.notice = None, QUEUE_IS_AWAY
        db.session.flush()
        return
    report.sent_at, report.notice = now(), ""
    db.session.flush()
    report_id = report.id
    after_commit(lambda: _send(report_id))


def _send(report_id: UUID) -> None:
    try:
        jobs.send(RENDER_REPORT, str(report_id))
    except Unavailable:
        with unit_of_work():
            _note_queue_away([report_id])


def _note_queue_away(report_ids: Sequence[UUID]) -> None:
    waiting = and_(Report.id.in_(report_ids), Report.status == "queued")
    db.session.execute(update(Report).where(waiting).values(sent_at=None, notice=QUEUE_IS_AWAY))


def resend_stuck_reports() -> int:
    """Send the job again of every report the queue never took, lost, or whose worker died; how many.

    Sending one too many is harmless: a worker that cannot claim a report leaves it alone.
    """
    moment = now()
    lost = or_(Report.sent_at.is_(None), Report.sent_at < moment - QUEUED_TOO_LONG)
    abandoned = and_(Report.status == "running", Report.heartbeat_at < moment - STALE)
    stuck = select(Report.id).where(or_(and_(Report.status == "queued", lost), abandoned))
    found = db.session.scalars(stuck.order_by(Report.requested_at)).all()
    sent = []
    try:
        for report_id in found:
            jobs.send(RENDER_REPORT, str(report_id))
            sent.append(report_id)
    except Unavailable:
        _note_queue_away(found[len(sent) :])
    db.session.execute(update(Report).where(Report.id.in_(sent)).values(sent_at=moment, notice=""))
    return len(sent)


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
    )
