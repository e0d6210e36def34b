"""Report files over HTTP: whole, or the part a broken download still misses."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, url_for

from webapp.domain.errors import Conflict
from webapp.domain.words import N_, phrase
from webapp.edge.downloads import hands_out_content, send_download
from webapp.infra.db import unit_of_work
from webapp.services.reports import get_report, note_download, open_report

#: Why a report that has ended has no file, and what to do about it.
_WITHOUT_FILE: Mapping[str, str] = {
    "cancelled": N_("This report was cancelled, so there is no file. POST %(retry)s asks for it again."),
    "failed": N_("This report could not be made: %(reason)s POST %(retry)s asks for it again."),
}


def send_report(owner_id: UUID, report_id: UUID) -> Response:
    """The file as `send_download` answers it, noted when anything of it is sent.

    Raises NotFound, Conflict while there is no file, PreconditionFailed and RequestedRangeNotSatisfiable.
    """
    try:
        path, filename, media_type = open_report(owner_id, report_id)
    except Conflict as refused:
        raise _explained(refused, owner_id, report_id) from refused
    response = send_download(path, media_type, filename)
    if hands_out_content(response):
        with unit_of_work():
            note_download(owner_id, report_id)
    return response


def _explained(refused: Conflict, owner_id: UUID, report_id: UUID) -> Conflict:
    """`refused`, in other words where waiting for the report is of no use."""
    report = get_report(owner_id, report_id)
    if report.status not in _WITHOUT_FILE:
        return refused
    retry = url_for("api_v2.ask_again", report_id=report_id)
    return Conflict(phrase(_WITHOUT_FILE[report.status], reason=report.reason, retry=retry))
