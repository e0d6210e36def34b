"""Jobs about reports."""

from uuid import UUID

from celery import Task

from tasks.app import app
from tasks.turns import is_its_turn
from webapp.domain.jobs import RENDER_REPORT, RESEND_REPORTS, SWEEP_REPORTS
from webapp.domain.reports import STALE
from webapp.infra.db import unit_of_work
from webapp.services.report_making import render_report
from webapp.services.report_queue import resend_stuck_reports, take_report_turn
from webapp.services.report_sweeping import sweep_reports


@app.task(name=RENDER_REPORT.name, bind=True, max_retries=3)
def render(self: Task, report_id: str) -> None:
    """Make one report, when it is its turn.

    One that another worker holds is looked at again once that worker may be given up.
    """
    report = UUID(report_id)
    if is_its_turn(self, lambda: take_report_turn(report)) and render_report(report) == "busy":
        raise self.retry(countdown=STALE.total_seconds() + 1)


@app.task(name=RESEND_REPORTS.name)
def resend() -> None:
    """Send lost reports again."""
    with unit_of_work():
        resend_stuck_reports()


@app.task(name=SWEEP_REPORTS.name)
def sweep() -> None:
    """Remove old reports and files without one."""
    sweep_reports()
