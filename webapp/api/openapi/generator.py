"""Puts a document together, once per process and version."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

import orjson
from flask import Flask

from webapp import __version__
from webapp.api.contract import JsonSchema, Parameter, Shape
from webapp.api.openapi.answers import example_of, names_of, responses_of, shared_headers, shared_responses
from webapp.api.openapi.routes import Route, routes_of
from webapp.api.openapi.schemas import Mode, Schemas
from webapp.api.openapi.versions import VERSIONS, Version
from webapp.api.v2.shapes.documents import document_components
from webapp.settings import Settings

_KEPT = "openapi"
_SECURITY_SCHEMES: JsonSchema = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key (`mk_...`), made in the browser, by `flask keys create` or by the API.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "`Authorization: Bearer ...` with an API key, or with the access token of a sign-in.",
    },
}
#: Operations for somebody who signed in: an API key is refused whatever its scopes (`calling_session`).
_FOR_SESSIONS = frozenset({"logout", "change_password"})
#: Operations open to everybody that still refuse a key or token which is not in force.
_OPEN_YET_CHECKED = frozenset({"create_estimate"})
_IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "Names this act, so that sending it again does it once: the first answer comes back, with "
    "`Idempotent-Replayed`. The same key with another body is refused (422).",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    place="header",
    example="order-import-2026-11-24",
)
_REPLAYED: JsonSchema = {
    "description": "Sent when a repeated `Idempotency-Key` did nothing: this is the first answer again.",
    "schema": {"type": "string", "const": "true"},
}


@dataclass(frozen=True, slots=True)
class OpenApi:
    """A document, as it is and as it is sent."""

    document: dict[str, Any]
    body: bytes
    etag: str


def openapi_of(app: Flask, version: str) -> OpenApi:
    """The document of "v1" or "v2"; made the first time it is asked for."""
    kept = cast(dict[str, OpenApi], app.extensions.setdefault(_KEPT, {}))
    if version not in kept:
        document = _document(app, VERSIONS[version])
        body = orjson.dumps(document, option=orjson.OPT_UTC_Z)
        kept[version] = OpenApi(orjson.loads(body), body, sha256(body).hexdigest()[:32])
    return kept[version]


def _document(app: Flask, version: Version) -> dict[str, Any]:
    settings: Settings = app.extensions["settings"]
    routes = routes_of(app, version)
    shapes: list[tuple[Shape, Mode]] = [(version.problem, "serialization")]
    shapes += [pair for route in routes for pair in _shapes(route)]
    schemas = Schemas(shapes, document_components())
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = _operation(route, version, schemas)
    used = {route.operation.tag for route in routes}
    named = [*(tag for tag in version.tags if tag in used), *sorted(used - set(version.tags))]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": version.title,
            "version": f"{version.name.removeprefix('v')}.0 ({__version__})",
            "summary": "What a workload will cost on AWS, before it is deployed.",
            "description": version.text(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": settings.public_url, "description": "This installation"}],
        "tags": [{"name": tag, "description": version.tags.get(tag, "")} for tag in named],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY_SCHEMES,
            "headers": shared_headers(version),
            "responses": shared_responses(version, schemas),
            "schemas": schemas.components,
        },
    }


def _shapes(route: Route) -> Iterator[tuple[Shape, Mode]]:
    said = route.operation
    for answer in said.answers.values():
        if answer.shape is not None:
            yield answer.shape, "serialization"
    for parameter in said.parameters:
        yield parameter.shape, "validation"
    if said.body is not None:
        yield said.body.shape, "validation"


def _operation(route: Route, version: Version, schemas: Schemas) -> JsonSchema:
    said = route.operation
    written: JsonSchema = {
        "operationId": route.name,
        "summary": said.summary,
        "description": f"{route.description}\n\n{names_of(said)}".strip(),
        "tags": [said.tag],
        "security": _security(route, version),
        "parameters": list(_parameters(route, schemas)),
        "responses": _responses(route, version, schemas),
    }
    if said.body is not None:
        written["requestBody"] = _body(route, schemas)
    return written


def _responses(route: Route, version: Version, schemas: Schemas) -> dict[str, JsonSchema]:
    said, responses = route.operation, responses_of(route, version, schemas)
    if said.is_idempotent:
        # Only successes are kept, so nothing else is ever sent again.
        for status in said.answers:
            if status < 400:
                responses[str(status)]["headers"]["Idempotent-Replayed"] = _REPLAYED
    return responses


def _security(route: Route, version: Version) -> list[JsonSchema]:
    """The ways to come in; an empty object is the way without any."""
    scope, name = route.operation.scope, route.name if version.name == "v2" else ""
    if name in _OPEN_YET_CHECKED:
        return [{}, {"apiKey": []}, {"bearer": []}]
    if scope is None:
        return []
    return [{way: [scope]} for way in _SECURITY_SCHEMES if way == "bearer" or name not in _FOR_SESSIONS]


def _parameters(route: Route, schemas: Schemas) -> Iterator[JsonSchema]:
    for name, schema in route.path_parameters.items():
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for parameter in route.operation.parameters:
        yield _parameter(parameter, schemas)
    if route.operation.is_idempotent:
        yield _parameter(_IDEMPOTENCY_KEY, schemas)


def _parameter(parameter: Parameter, schemas: Schemas) -> JsonSchema:
    is_known = isinstance(parameter.shape, dict)
    written: JsonSchema = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.shape if is_known else schemas.of(parameter.shape, "validation"),
    }
    if parameter.example is not None:
        written["example"] = parameter.example
    return written


def _body(route: Route, schemas: Schemas) -> JsonSchema:
    body = route.operation.body
    assert body is not None
    schema = schemas.of(body.shape, "validation")
    content: JsonSchema = {"schema": schema}
    if body.example is not None or all(kind.endswith("json") for kind in body.media_types):
        content["example"] = example_of(body.example, schema, schemas)
    return {
        "description": body.description,
        "required": body.required,
        "content": dict.fromkeys(body.media_types, content),
    }
