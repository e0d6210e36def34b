"""Answers of the JSON face."""

from collections.abc import Mapping

import orjson
from flask import Response

#: Anything orjson writes: presenters build these, nothing else does.
Json = Mapping[str, object]


def answer(document: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`document` as JSON. UUIDs and aware moments inside it are written as text (RFC 3339, UTC as Z)."""
    body = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return Response(body, status, dict(headers or {}), content_type="application/json")
