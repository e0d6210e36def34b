"""Reports: asked for, followed, downloaded."""

from uuid import UUID

from flask import Response, send_file, url_for

from webapp.api.answers import answer
from webapp.api.reading import as_object, read_optional_json
from webapp.api.v2.blueprint import api
from webapp.api.v2.presenting import report_to_json, status_to_json
from webapp.domain.errors import InvalidInput
from webapp.edge.keys import calling_owner
from webapp.infra.db import unit_of_work
from webapp.infra.language import spoken_language
from webapp.pricing.reading import Reader, known_fields
from webapp.services.reports import ReportView, get_report, open_report, request_report, retry_report
from webapp.services.reports import list_reports as find_reports


@api.post("/scenarios/<uuid:scenario_id>/reports")
def ask_for_report(scenario_id: UUID) -> Response:
    owner_id = calling_owner("write")
    sent = _wishes()
    with unit_of_work():
        view = request_report(
            owner_id, scenario_id, sent.get("format"), sent.get("sections"), language=spoken_language()
        )
    return _accepted(view)


@api.get("/scenarios/<uuid:scenario_id>/reports")
def list_reports(scenario_id: UUID) -> Response:
    views = find_reports(calling_owner("read"), scenario_id)
    return answer({"items": [report_to_json(view) for view in views]})


@api.get("/reports/<uuid:report_id>")
def show_report(report_id: UUID) -> Response:
    return answer(report_to_json(get_report(calling_owner("read"), report_id)))


@api.get("/reports/<uuid:report_id>/status")
def show_report_status(report_id: UUID) -> Response:
    return answer(status_to_json(get_report(calling_owner("read"), report_id)))


@api.post("/reports/<uuid:report_id>/retry")
def ask_again(report_id: UUID) -> Response:
    owner_id = calling_owner("write")
    with unit_of_work():
        view = retry_report(owner_id, report_id)
    return _accepted(view)


@api.get("/reports/<uuid:report_id>/download")
def download_report(report_id: UUID) -> Response:
    path, name, media_type = open_report(calling_owner("read"), report_id)
    response = send_file(path, media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _wishes() -> dict[str, object]:
    sent = as_object(read_optional_json())
    reader = Reader()
    known_fields(reader, "", sent, ("format", "sections"))
    if reader.problems:
        raise InvalidInput(reader.problems)
    return sent


def _accepted(view: ReportView) -> Response:
    location = url_for("api_v2.show_report", report_id=view.id)
    return answer(report_to_json(view), 202, {"Location": location})
