"""Reports: ask for one, watch it being made, cancel it, download it, ask again when it failed."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.errors import Conflict, InvalidInput
from webapp.domain.reports import SECTIONS
from webapp.edge import htmx
from webapp.edge.downloads import hands_out_content, send_download
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.infra.language import spoken_language
from webapp.services.reports import (
    ReportView,
    cancel_report,
    get_report,
    list_reports,
    note_download,
    open_report,
    request_report,
    retry_report,
)
from webapp.web.presentation import tr
from webapp.web.workbench import open_workbench

bp = Blueprint("reports", __name__)


@bp.get("/scenarios/<uuid:scenario_id>/reports")
@login_required
def index(scenario_id: UUID) -> ResponseReturnValue:
    return _show(scenario_id)


@bp.post("/scenarios/<uuid:scenario_id>/reports")
@login_required
def create(scenario_id: UUID) -> ResponseReturnValue:
    sections = request.form.getlist("sections")
    try:
        with unit_of_work():
            request_report(
                current_owner_id(),
                scenario_id,
                request.form.get("format"),
                sections or None,
                language=spoken_language(),
                mail_when_ready="mail_when_ready" in request.form,
            )
    except InvalidInput as error:
        return _show(scenario_id, status=422, errors=[tr(problem.message) for problem in error.problems])
    if htmx.wants_fragment():
        return _show(scenario_id)
    return htmx.go(url_for(".index", scenario_id=scenario_id))


@bp.get("/reports/<uuid:report_id>")
@login_required
def show(report_id: UUID) -> ResponseReturnValue:
    """How one report is getting on; asked again and again by htmx until it is finished."""
    report = get_report(current_owner_id(), report_id)
    return _answer(report)


@bp.post("/reports/<uuid:report_id>/retry")
@login_required
def retry(report_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        report = retry_report(current_owner_id(), report_id)
    return _answer(report)


@bp.post("/reports/<uuid:report_id>/cancel")
@login_required
def cancel(report_id: UUID) -> ResponseReturnValue:
    try:
        with unit_of_work():
            report = cancel_report(current_owner_id(), report_id)
    except Conflict:
        # It ended between the page and the click; how it ended is what the person wants to see.
        report = get_report(current_owner_id(), report_id)
    return _answer(report)


@bp.get("/reports/<uuid:report_id>/download")
@login_required
def download(report_id: UUID) -> ResponseReturnValue:
    path, filename, mimetype = open_report(current_owner_id(), report_id)
    response = send_download(path, mimetype, filename)
    if hands_out_content(response):
        with unit_of_work():
            note_download(current_owner_id(), report_id)
    return response


def _answer(report: ReportView) -> Response:
    if htmx.wants_fragment():
        return htmx.show("scenarios/_report.html", "scenarios/_report.html", report=report)
    return htmx.go(url_for(".index", scenario_id=report.scenario_id))


def _show(scenario_id: UUID, status: int = 200, errors: Sequence[str] = ()) -> Response:
    return htmx.show(
        "scenarios/reports.html",
        "scenarios/_reports.html",
        status=status,
        bench=open_workbench(scenario_id),
        reports=list_reports(current_owner_id(), scenario_id),
        format=request.form.get("format", "pdf"),
        chosen=request.form.getlist("sections") or tuple(SECTIONS),
        mail_when_ready="mail_when_ready" in request.form,
        errors=errors,
    )
