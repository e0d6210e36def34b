"""Files handed out: whole, in part, not again, or not at all, as RFC 9110 has it."""

import re
from pathlib import Path
from typing import Any

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import is_resource_modified

from webapp.domain.errors import PreconditionFailed
from webapp.domain.words import N_, phrase

_ONE_RANGE = re.compile(r"bytes=(?:[0-9]+-[0-9]*|-[0-9]+)", re.IGNORECASE)


def send_download(path: Path, media_type: str, name: str) -> Response:
    """The file as an attachment called `name`, in part by `Range` (206), not again while it is at hand (304).

    The ETag is strong: a file that is made again is another file. A range counts only where the conditions
    allow an answer with content (RFC 9110, 13.2.2). Raises PreconditionFailed for an `If-Match` that names
    another file, and RequestedRangeNotSatisfiable.
    """
    response = send_file(path, media_type, as_attachment=True, download_name=name, conditional=False)
    try:
        _refuse_another_file(response)
        # Werkzeug takes `If-Match: *` for no match, and looks at the range before any condition.
        asked = {key: value for key, value in request.environ.items() if key != "HTTP_IF_MATCH"}
        if not _is_one_range() or not _is_news(response, asked):
            asked.pop("HTTP_RANGE", None)
        response.make_conditional(asked, accept_ranges=True, complete_length=response.content_length)
    except (PreconditionFailed, RequestedRangeNotSatisfiable):
        response.close()
        raise
    return response


def _refuse_another_file(response: Response) -> None:
    expected, (etag, _) = request.if_match, response.get_etag()
    if expected and not expected.star_tag and not expected.is_strong(etag or ""):
        message = N_("If-Match names another file than the one there is now. Ask without it to get this one.")
        raise PreconditionFailed(phrase(message))


def _is_one_range() -> bool:
    """Whether `Range` counts. Other units, several ranges and what is no range may be ignored (14.2)."""
    return request.method == "GET" and bool(_ONE_RANGE.fullmatch(request.headers.get("Range", "")))


def _is_news(response: Response, asked: dict[str, Any]) -> bool:
    """Whether the client does not have this file already (`If-None-Match`, `If-Modified-Since`)."""
    headers = response.headers
    return is_resource_modified(asked, headers["ETag"], last_modified=headers["Last-Modified"])


def hands_out_content(response: Response) -> bool:
    """Whether `response` sends the file or a part of it: not "still good", and not its headers alone.

    A part counts as the whole does: all but the first byte is as good as the file.
    """
    return request.method == "GET" and response.status_code in (200, 206)
