"""Refusals in the words of version 1: `{"detail": ...}`."""

import json

from flask import Response, request
from flask_babel import gettext

from webapp.api.shapes import FieldDetailJson
from webapp.domain.errors import Problem
from webapp.domain.words import translated
from webapp.edge.errors import Refusal

#: What comes in headers is named by the header.
_HEADERS = ("Idempotency-Key", "X-Scenario-ID")


def write_detail(refusal: Refusal) -> Response:
    """`refusal` with one sentence, or with a list of the fields that are wrong."""
    detail: object = [_field(problem) for problem in refusal.problems]
    if not refusal.problems:
        detail = translated(refusal.detail, gettext)
    # ASCII escapes: what was sent may be quoted in the answer and need not be encodable.
    body = json.dumps({"detail": detail})
    return Response(body, refusal.status, dict(refusal.headers), content_type="application/json")


def _field(problem: Problem) -> FieldDetailJson:
    names = problem.pointer.split("/")[1:]
    place = "header" if names and names[0] in _HEADERS else "query" if request.method == "GET" else "body"
    return {
        "loc": [place, *(int(name) if name.isdigit() else name for name in names)],
        "msg": translated(problem.message, gettext),
        "type": "value_error",
    }
