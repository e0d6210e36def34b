"""Reports: asked for, followed, cancelled, downloaded, deleted."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, Parameter, operation
from webapp.api.downloads import send_report
from webapp.api.idempotency import idempotent
from webapp.api.querying import MAX_PAGE_SIZE, QueryReader
from webapp.api.reading import as_object, read_optional_json
from webapp.api.v2.blueprint import api
from webapp.api.v2.queries import LINK, page_links
from webapp.api.v2.shapes.reports import (
    ReportJson,
    ReportListJson,
    ReportPageJson,
    ReportStatusJson,
    ReportWishes,
    report_page_to_json,
    report_to_json,
    status_to_json,
)
from webapp.domain.errors import InvalidInput
from webapp.domain.reports import (
    FORMATS,
    MIMETYPES,
    STATUSES,
    read_format,
    read_mail_wish,
    read_sections,
)
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.infra.language import spoken_language
from webapp.pricing.reading import Reader, known_fields
from webapp.services.report_lists import ReportQuery, find_reports
from webapp.services.reports import (
    ReportView,
    cancel_report,
    delete_report,
    get_report,
    request_report,
    retry_report,
)
from webapp.services.reports import list_reports as reports_of

_ACCEPTED = {202: Answer(ReportJson, "Queued.", headers={"Location": "The report."})}
_FILTERS = (
    Parameter(
        "scenario_id",
        "Reports of one scenario; of all when it is empty.",
        {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 0}]},
    ),
    Parameter("status", "Reports in one state.", {"type": "string", "enum": list(STATUSES)}),
    Parameter("format", "Reports of one format.", {"type": "string", "enum": list(FORMATS)}),
    Parameter("page", "Counts from 1; a page after the last is empty.", {"type": "integer", "minimum": 1}),
    Parameter(
        "page_size",
        "Reports on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": 20},
    ),
)
_RANGE = (
    Parameter("Range", "One range of bytes.", place="header", example="bytes=65536-"),
    Parameter(
        "If-Range",
        "ETag or date of the part at hand: another file is sent whole.",
        place="header",
        example='"1764000000.0-83112-2871"',
    ),
)
_FILE_HEADERS = {
    "ETag": "Strong; for `If-Range` and `If-None-Match`.",
    "Last-Modified": "When the file was made.",
    "Accept-Ranges": "`bytes`.",
    "Content-Disposition": "The name to save it as.",
}
#: What may be asked for, and who knows whether it is right.
_READ: Mapping[str, Callable[[object], object]] = {
    "format": read_format,
    "sections": read_sections,
    "mail_when_ready": read_mail_wish,
}
_FILE: dict[str, object] = {"type": "string", "format": "binary"}
_FILE_TYPES = tuple(MIMETYPES.values())


@api.post("/scenarios/<uuid:scenario_id>/reports")
@operation(
    "Ask for a report",
    tag="Reports",
    scope="write",
    body=Body(ReportWishes, required=False, example={"format": "pdf", "sections": ["summary", "costs"]}),
    answers=_ACCEPTED,
    is_idempotent=True,
)
@idempotent()
def ask_for_report(scenario_id: UUID) -> Response:
    """The report shows the scenario as it is when it is made. Follow it by its status."""
    owner_id = calling_owner("write")
    sent = _wishes()
    with unit_of_work():
        view = request_report(
            owner_id,
            scenario_id,
            sent.get("format"),
            sent.get("sections"),
            language=spoken_language(),
            mail_when_ready=sent.get("mail_when_ready"),
        )
    return _accepted(view)


@api.get("/scenarios/<uuid:scenario_id>/reports")
@operation(
    "Reports of a scenario",
    tag="Reports",
    scope="read",
    answers={200: Answer(ReportListJson, "The newest 50, newest first.")},
)
def list_scenario_reports(scenario_id: UUID) -> Response:
    views = reports_of(calling_owner("read"), scenario_id)
    return answer({"items": [report_to_json(view) for view in views]})


@api.get("/reports")
@operation(
    "Your reports",
    tag="Reports",
    scope="read",
    parameters=_FILTERS,
    answers={200: Answer(ReportPageJson, "One page, the newest first.", headers=LINK)},
    refusals={404: "The scenario of the filter is not there, or not yours."},
)
def list_reports() -> Response:
    owner_id = calling_owner("read")
    sent = QueryReader("scenario_id", "status", "format", "page", "page_size")
    query = ReportQuery(
        scenario_id=sent.id("scenario_id"),
        status=sent.choice("status", STATUSES),
        format=sent.choice("format", FORMATS),
        page=sent.page(),
        page_size=sent.page_size(),
    )
    sent.check()
    found = find_reports(owner_id, query).at(query.page)
    document = report_page_to_json(found, query.page_size)
    return answer(document, 200, page_links(".list_reports", query.page, found.pages))


@api.get("/reports/<uuid:report_id>")
@operation("One report", tag="Reports", scope="read", answers={200: Answer(ReportJson)})
def show_report(report_id: UUID) -> Response:
    return answer(report_to_json(get_report(calling_owner("read"), report_id)))


@api.delete("/reports/<uuid:report_id>")
@operation("Delete a report", tag="Reports", scope="write", answers={204: Answer(description="Gone.")})
def remove_report(report_id: UUID) -> Response:
    """Its file goes too. One that is being made is stopped."""
    owner_id = calling_owner("write")
    with unit_of_work():
        delete_report(owner_id, report_id)
    return Response(status=204)


@api.get("/reports/<uuid:report_id>/status")
@operation(
    "How far a report is", tag="Reports", scope="read", answers={200: Answer(ReportStatusJson, "Small.")}
)
def show_report_status(report_id: UUID) -> Response:
    """Ask every second or so, until `status` is completed, failed or cancelled."""
    return answer(status_to_json(get_report(calling_owner("read"), report_id)))


@api.post("/reports/<uuid:report_id>/cancel")
@operation(
    "Cancel a report",
    tag="Reports",
    scope="write",
    answers={200: Answer(ReportJson, "Cancelled.")},
    refusals={409: "It is completed or has failed: there is nothing left to cancel."},
)
def cancel(report_id: UUID) -> Response:
    """A queued report is not made any more; one being made stops at its next step, and leaves no file.

    Once more does nothing. A cancelled report can be asked for again with retry.
    """
    owner_id = calling_owner("write")
    with unit_of_work():
        view = cancel_report(owner_id, report_id)
    return answer(report_to_json(view))


@api.post("/reports/<uuid:report_id>/retry")
@operation(
    "Ask again",
    tag="Reports",
    scope="write",
    answers=_ACCEPTED,
    refusals={409: "Only a failed or cancelled report can be asked for again."},
)
def ask_again(report_id: UUID) -> Response:
    """For a report that failed or was cancelled; one that still waits stays as it is."""
    owner_id = calling_owner("write")
    with unit_of_work():
        view = retry_report(owner_id, report_id)
    return _accepted(view)


@api.get("/reports/<uuid:report_id>/download")
@operation(
    "Download a report",
    tag="Reports",
    scope="read",
    parameters=_RANGE,
    answers={
        200: Answer(_FILE, "The whole file.", _FILE_TYPES, _FILE_HEADERS),
        206: Answer(
            _FILE, "The part asked for.", _FILE_TYPES, _FILE_HEADERS | {"Content-Range": "Which part."}
        ),
        304: Answer(description="The copy you have is still right."),
    },
    refusals={
        409: "It is not completed, or its file is gone.",
        412: "`If-Match` names another file than the one there is now.",
        416: "The file has no such range; `Content-Range` says how long it is.",
    },
)
def download_report(report_id: UUID) -> Response:
    """A download that broke off goes on with `Range: bytes=<what is there>-` and `If-Range: <ETag>`."""
    return send_report(calling_owner("read"), report_id)


def _wishes() -> dict[str, object]:
    """What was asked for, read here once to name all that is wrong: the service stops at the first."""
    sent = as_object(read_optional_json())
    reader = Reader()
    known_fields(reader, "", sent, tuple(_READ))
    for name, read in _READ.items():
        try:
            read(sent.get(name))
        except InvalidInput as error:
            reader.problems += error.problems
    if reader.problems:
        raise InvalidInput(reader.problems)
    return sent


def _accepted(view: ReportView) -> Response:
    location = url_for("api_v2.show_report", report_id=view.id)
    return answer(report_to_json(view), 202, {"Location": location})
