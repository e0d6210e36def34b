"""Refusals on the API: RFC 9457 documents."""

import json
from collections.abc import Iterable, Mapping

from flask import Response, request
from flask_babel import gettext

from webapp.domain.errors import Problem
from webapp.domain.words import translated
from webapp.infra.logs import correlation_id

MEDIA_TYPE = "application/problem+json"

#: Kinds of problem by status; `type` is "urn:mockupaws:problem:<kind>". docs/api.md says what each means.
KINDS: Mapping[int, str] = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    410: "gone",
    412: "precondition-failed",
    413: "too-large",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    422: "invalid-input",
    429: "too-many-requests",
    500: "internal",
    503: "unavailable",
}

#: The kind of a 422 that is not about the content.
KEY_REUSED = "idempotency-key-reused"
#: The kind of a 401 that a code would turn into a sign-in.
SECOND_FACTOR = "second-factor-required"


def problem_response(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
    kind: str = "",
) -> Response:
    """An answer that holds nothing but a problem document."""
    document = problem_document(status, title, detail, errors, kind)
    # ASCII escapes: what was sent may be quoted in the answer and need not be encodable.
    return Response(json.dumps(document), status, dict(headers or {}), content_type=MEDIA_TYPE)


def problem_document(
    status: int, title: str, detail: str, errors: Iterable[Problem] = (), kind: str = ""
) -> dict[str, object]:
    """A problem as RFC 9457 has it. `title` is the same for every problem of a kind, `detail` is about this.

    Without a `kind` it is that of the status.
    """
    kind = kind or KINDS.get(status, "")
    document: dict[str, object] = {
        "type": f"urn:mockupaws:problem:{kind}" if kind else "about:blank",
        "title": gettext(title),
        "status": status,
        "detail": translated(detail, gettext),
        "instance": request.path,
        "correlation_id": correlation_id(),
    }
    named = [{"pointer": each.pointer, "detail": translated(each.message, gettext)} for each in errors]
    if named:
        document["errors"] = named
    return document
