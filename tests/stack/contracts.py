"""Every answer of the API that any test gets is compared with the OpenAPI document: drift fails its test.

Checked are the status, the media type, the headers a route promises, the body without a field too many, and
that what was sent and accepted is what the document allows.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.stack.pages import PageCheckingClient
from webapp.api.openapi import openapi_of
from webapp.api.openapi.answers import answer_of
from webapp.api.openapi.routes import path_of
from webapp.api.openapi.versions import VERSIONS

#: Where an answer is said to have these, it has them; others depend on what was asked.
_ALWAYS = {"Allow", "Content-Disposition", "ETag", "Location", "Retry-After", "WWW-Authenticate"}
_documents: dict[str, dict[str, Any]] = {}


class CheckingClient(PageCheckingClient):
    """A test client that hands over neither a broken page nor an answer the API does not document."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        asked = response.request
        if asked.path.startswith("/api/") and (
            problems := drift(self.application, response, kwargs.get("json"))
        ):
            where = f"{asked.method} {asked.path} ({response.status_code})"
            raise AssertionError(f"{where} is not what is documented:\n- " + "\n- ".join(problems))
        return response


def drift(app: Flask, response: TestResponse, sent: object = None) -> list[str]:
    """How `response` differs from what the document says of its route; empty is good."""
    found = _operation(app, response)
    if found is None:
        return []
    version, path, method = found
    operation = document(app, version)["paths"][path][method]
    said = answer_of(document(app, version), operation, str(response.status_code))
    if said is None:
        return ["the status is not documented"]
    missing = [name for name in _promised(said) if name not in response.headers]
    problems = [f"the header {name} is missing" for name in missing]
    if response.request.method == "HEAD":
        return problems
    if sent is not None and response.status_code < 300:
        problems += _body_drift(version, path, method, sent)
    return problems + _content_drift(version, path, method, response, said.get("content", {}))


def document(app: Flask, version: str) -> dict[str, Any]:
    """The document of "v1" or "v2", made once: every test's application has the same routes."""
    if version not in _documents:
        with app.app_context():
            _documents[version] = openapi_of(app, version).document
    return _documents[version]


def _operation(app: Flask, response: TestResponse) -> tuple[str, str, str] | None:
    """Version, path and method of the route that answered; None for an address nobody serves."""
    asked = response.request
    try:
        rule, _ = app.url_map.bind("").match(asked.path, method=asked.method, return_rule=True)
    except HTTPException:
        return None
    assert isinstance(rule, Rule)
    version = next(version.name for version in VERSIONS.values() if version.owns(rule.rule))
    path, method = path_of(rule), "get" if asked.method == "HEAD" else asked.method.lower()
    is_said = method in document(app, version)["paths"].get(path, {})
    return (version, path, method) if is_said else None


def _promised(said: Mapping[str, Any]) -> list[str]:
    """Headers the answer has whatever was asked."""
    return ["X-Correlation-ID", *(_ALWAYS & set(said.get("headers", {})))]


def _content_drift(
    version: str, path: str, method: str, response: TestResponse, content: Mapping[str, Any]
) -> list[str]:
    if not content:
        return ["there is a body"] if response.get_data() else []
    if response.headers.get("Preference-Applied") == "return=minimal" and not response.get_data():
        return []  # as asked, nothing of what there is to say
    media_type = response.mimetype or "nothing"
    if media_type not in content:
        return [f"the media type {media_type} is not documented"]
    if not media_type.endswith("json"):
        return []
    status = str(response.status_code)
    return _errors(_answer_validator(version, path, method, status, media_type), response.get_json())


def _body_drift(version: str, path: str, method: str, sent: object) -> list[str]:
    if "requestBody" not in _documents[version]["paths"][path][method]:
        return []
    return [f"it took a body: {error}" for error in _errors(_body_validator(version, path, method), sent)]


def _errors(validator: jsonschema_rs.Draft202012Validator, value: object) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path)) or 'the body'}: {error.message[:300]}"
        for error in validator.iter_errors(value)
    ]


@cache
def _answer_validator(
    version: str, path: str, method: str, status: str, media_type: str
) -> jsonschema_rs.Draft202012Validator:
    answer = answer_of(_documents[version], _documents[version]["paths"][path][method], status)
    assert answer is not None
    schema = _closed(answer["content"][media_type]["schema"])
    return _compiled(schema, _closed_components(version))


@cache
def _body_validator(version: str, path: str, method: str) -> jsonschema_rs.Draft202012Validator:
    body = _documents[version]["paths"][path][method]["requestBody"]
    return _compiled(body["content"]["application/json"]["schema"], _documents[version]["components"])


def _compiled(schema: dict[str, Any], components: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema | {"components": components}, validate_formats=True)


@cache
def _closed_components(version: str) -> dict[str, Any]:
    return {"schemas": _closed(_documents[version]["components"]["schemas"])}


def _closed(schema: Any) -> Any:
    """`schema` with no object taking a field it does not name. Clients read more openly; tests do not."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(item) for name, item in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
