"""One id per request, taken from the caller when it is harmless, in every log line and in the answer."""

import logging
import re
import time
from secrets import token_hex
from urllib.parse import quote

from flask import Flask, Response, g

from webapp.edge.current_request import current_request
from webapp.edge.secret_addresses import shown_path
from webapp.infra.caller import NOBODY as NO_CALLER
from webapp.infra.caller import Caller, current_caller, set_caller
from webapp.infra.logs import NOBODY, correlation_id, set_correlation_id

HEADER = "X-Correlation-ID"
_HEADER_SENT = "HTTP_X_CORRELATION_ID"
_HARMLESS = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_log = logging.getLogger("webapp.request")


def init_correlation(app: Flask) -> None:
    """Name every request and log one line about it."""
    app.before_request(_begin)
    app.after_request(_end)
    # A thread serves many requests; what it says between them belongs to none.
    app.teardown_request(lambda error: _forget())


def _begin() -> None:
    request = current_request()
    g.started_s = time.perf_counter()
    sent = request.environ.get(_HEADER_SENT, "")
    set_correlation_id(sent if _HARMLESS.fullmatch(sent) else token_hex(16))
    set_caller(Caller(address=request.remote_addr or "", agent=request.environ.get("HTTP_USER_AGENT", "")))


def _forget() -> None:
    set_correlation_id(NOBODY)
    set_caller(NO_CALLER)


def _end(response: Response) -> Response:
    request = current_request()
    response.headers[HEADER] = correlation_id()
    duration_ms = round((time.perf_counter() - g.started_s) * 1000, 1)
    # The path without its query: searches are people's own words. Quoted: it may hold line breaks.
    path = quote(shown_path())
    _log.info(
        "%s %s %s",
        request.method,
        path,
        response.status_code,
        extra={
            "method": request.method,
            "path": path,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "duration_ms": duration_ms,
            "caller": str(current_caller()),
        },
    )
    return response
