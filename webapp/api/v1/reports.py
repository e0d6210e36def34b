"""Reports in the older shape."""

from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, operation
from webapp.api.downloads import send_report
from webapp.api.querying import QueryReader
from webapp.api.reading import as_object, read_optional_json
from webapp.api.v1.blueprint import api
from webapp.api.v1.scenarios import PAGES
from webapp.api.v1.shapes import (
    ReportPageV1,
    ReportStatusV1,
    ReportV1,
    page_to_json,
    report_to_json,
    status_to_json,
)
from webapp.domain.errors import InvalidInput
from webapp.domain.reports import FORMATS, MIMETYPES, SECTIONS
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.infra.language import spoken_language
from webapp.pricing.reading import Reader, known_fields
from webapp.services.report_lists import ReportQuery, find_reports
from webapp.services.reports import get_report, request_report

_FILE_TYPES = tuple(MIMETYPES.values())
_WISHES: dict[str, object] = {
    "type": "object",
    "properties": {
        "format": {"type": ["string", "null"], "enum": [*FORMATS, None], "default": "pdf"},
        "sections": {"type": ["array", "null"], "items": {"type": "string", "enum": list(SECTIONS)}},
    },
    "additionalProperties": False,
}


@api.get("/scenarios/<uuid:scenario_id>/reports")
@operation(
    "Reports of a scenario",
    tag="Reports",
    scope="read",
    parameters=PAGES,
    answers={200: Answer(ReportPageV1, "One page, the newest first; empty after the last.")},
)
def list_reports(scenario_id: UUID) -> Response:
    owner_id = calling_owner("read")
    sent = QueryReader("page", "page_size")
    query = ReportQuery(scenario_id=scenario_id, page=sent.page(), page_size=sent.page_size())
    sent.check()
    found = find_reports(owner_id, query)
    views = found.items if found.page == query.page else ()
    items = [report_to_json(view) for view in views]
    return answer(page_to_json(items, found.total, query.page, query.page_size))


@api.post("/scenarios/<uuid:scenario_id>/reports")
@operation(
    "Ask for a report",
    tag="Reports",
    scope="write",
    body=Body(_WISHES, required=False, example={"format": "csv"}),
    answers={202: Answer(ReportV1, "Queued.", headers={"Location": "The report."})},
)
def ask_for_report(scenario_id: UUID) -> Response:
    owner_id = calling_owner("write")
    sent = _wishes()
    with unit_of_work():
        view = request_report(
            owner_id, scenario_id, sent.get("format"), sent.get("sections"), language=spoken_language()
        )
    return answer(report_to_json(view), 202, {"Location": url_for("api_v1.show_report", report_id=view.id)})


@api.get("/reports/<uuid:report_id>")
@operation("One report", tag="Reports", scope="read", answers={200: Answer(ReportV1)})
def show_report(report_id: UUID) -> Response:
    return answer(report_to_json(get_report(calling_owner("read"), report_id)))


@api.get("/reports/<uuid:report_id>/status")
@operation("How far a report is", tag="Reports", scope="read", answers={200: Answer(ReportStatusV1)})
def show_report_status(report_id: UUID) -> Response:
    return answer(status_to_json(get_report(calling_owner("read"), report_id)))


@api.get("/reports/<uuid:report_id>/download")
@operation(
    "Download a report",
    tag="Reports",
    scope="read",
    answers={
        200: Answer({"type": "string", "format": "binary"}, "The file.", _FILE_TYPES),
        206: Answer({"type": "string", "format": "binary"}, "The part asked for.", _FILE_TYPES),
        304: Answer(description="The copy you have is still right."),
    },
    refusals={
        409: "It is not completed, or its file is gone.",
        412: "If-Match names another file than the one there is now.",
        416: "The file has no such range.",
    },
)
def download_report(report_id: UUID) -> Response:
    return send_report(calling_owner("read"), report_id)


def _wishes() -> dict[str, object]:
    sent = as_object(read_optional_json())
    reader = Reader()
    known_fields(reader, "", sent, ("format", "sections"))
    if reader.problems:
        raise InvalidInput(reader.problems)
    return sent
