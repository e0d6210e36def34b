"""The answers of a route: those it names itself, and those that follow from what it is."""

from collections.abc import Mapping
from typing import Any

from webapp.api.contract import Answer, JsonSchema, Operation
from webapp.api.openapi.routes import Route
from webapp.api.openapi.samples import sample_of
from webapp.api.openapi.schemas import Schemas
from webapp.api.openapi.versions import Version
from webapp.edge.problems import KINDS

#: Headers of every answer: name -> (what it says, schema).
HEADERS: Mapping[str, tuple[str, JsonSchema]] = {
    "X-Correlation-ID": (
        "Names this request in our logs; one you send comes back.",
        {"type": "string", "examples": ["9d1fd2b4c5a34dd8a8b1d2f3c4e5f607"]},
    ),
    "X-RateLimit-Limit": (
        "Requests your plan allows in a minute.",
        {"type": "integer", "examples": [100]},
    ),
    "X-RateLimit-Remaining": ("Requests left in this minute.", {"type": "integer", "examples": [99]}),
    "X-RateLimit-Reset": (
        "When the minute's count starts anew, in seconds since 1970.",
        {"type": "integer", "examples": [1795512600]},
    ),
}
RETRY_AFTER: JsonSchema = {
    "description": "Seconds to wait before trying again.",
    "schema": {"type": "integer", "minimum": 0},
}
_ALLOW: JsonSchema = {"description": "What this address does.", "schema": {"type": "string"}}
_AUTHENTICATE: JsonSchema = {"description": "How to say who you are.", "schema": {"type": "string"}}
_REFUSAL_HEADERS: Mapping[int, dict[str, JsonSchema]] = {
    401: {"WWW-Authenticate": _AUTHENTICATE},
    405: {"Allow": _ALLOW},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}
_WHEN: Mapping[int, str] = {
    400: "The body is not what its `Content-Type` says: broken JSON (with line and column), a cut upload.",
    401: "No key or token, or one that is wrong, expired or revoked.",
    403: "The key lacks the scope this needs.",
    404: "Nothing is there, or it is not yours.",
    405: "This address does not do that; `Allow` says what it does.",
    413: "The body is too large.",
    415: "The body has a `Content-Type` or `Content-Encoding` this does not take.",
    422: "Some values are not right; each is named by its pointer.",
    429: "Past the limit of the plan; `Retry-After` says when to try again.",
    500: "Our mistake. Tell us the correlation id.",
    503: "A part this needs is away for a moment. Nothing was lost.",
}
_SHARED = "#/components/responses/"
_ALWAYS = (405, 429, 500, 503)


def refusals_of(route: Route, version: Version) -> dict[int, str]:
    """Every status this route may refuse with, and when."""
    said, statuses = route.operation, set(_ALWAYS)
    if said.scope is not None:
        statuses |= {401, 403}
    if route.path_parameters:
        statuses.add(404)
    if said.body is not None:
        statuses |= {400, 413, 415, 422}
    if said.parameters or said.is_idempotent:
        statuses.add(422)
    when = {status: _WHEN[status] for status in statuses} | dict(version.refusals) | dict(said.refusals)
    return {status: when[status] for status in sorted(when) if status not in said.answers}


def responses_of(route: Route, version: Version, schemas: Schemas) -> dict[str, JsonSchema]:
    """The "responses" of a route, by status. A refusal nothing special is said of is a shared one."""
    said = route.operation
    own = {status: _answer(answer, said.summary, version, schemas) for status, answer in said.answers.items()}
    refused = {
        status: {"$ref": _SHARED + _name(status)}
        if when == shared_refusals(version).get(status)
        else _refusal(status, when, version, schemas)
        for status, when in refusals_of(route, version).items()
    }
    return {str(status): (own | refused)[status] for status in sorted(own | refused)}


def shared_refusals(version: Version) -> dict[int, str]:
    """What is said of a refusal wherever nothing else is."""
    return dict(_WHEN) | dict(version.refusals)


def shared_responses(version: Version, schemas: Schemas) -> dict[str, JsonSchema]:
    """The "responses" components: one for each shared refusal."""
    shared = shared_refusals(version)
    return {_name(status): _refusal(status, shared[status], version, schemas) for status in sorted(shared)}


def answer_of(document: Mapping[str, Any], operation: Mapping[str, Any], status: str) -> JsonSchema | None:
    """The answer an operation documents for `status`, in full; None for none."""
    said: JsonSchema | None = operation["responses"].get(status)
    if said is not None and "$ref" in said:
        shared: JsonSchema = document["components"]["responses"][said["$ref"].removeprefix(_SHARED)]
        return shared
    return said


def _name(status: int) -> str:
    """ "NotFound"."""
    return "".join(word.capitalize() for word in KINDS[status].split("-"))


def _answer(answer: Answer, summary: str, version: Version, schemas: Schemas) -> JsonSchema:
    headers = {name: _header(says) for name, says in answer.headers.items()}
    written: JsonSchema = {
        "description": answer.description or f"{summary}.",
        "headers": _shared_headers(version) | headers,
    }
    if answer.shape is not None:
        schema = schemas.of(answer.shape, "serialization")
        content = {"schema": schema, "example": example_of(answer.example, schema, schemas)}
        written["content"] = dict.fromkeys(answer.media_types, content)
        if not _is_json(answer.media_types):
            written["content"] = {kind: {"schema": schema} for kind in answer.media_types}
    return written


def _is_json(media_types: tuple[str, ...]) -> bool:
    return any(kind.endswith("json") for kind in media_types)


def example_of(stated: object, schema: JsonSchema, schemas: Schemas) -> object:
    """The stated example, made now if it is a function; else one the schema tells."""
    if callable(stated):
        return stated()
    return sample_of(schema, schemas) if stated is None else stated


def _refusal(status: int, when: str, version: Version, schemas: Schemas) -> JsonSchema:
    content = {
        "schema": schemas.of(version.problem, "serialization"),
        "example": version.refused(status, when),
    }
    return {
        "description": when,
        "headers": _shared_headers(version) | _REFUSAL_HEADERS.get(status, {}),
        "content": {version.problem_media_type: content},
    }


def _shared_headers(version: Version) -> dict[str, JsonSchema]:
    names = [*HEADERS, *version.headers]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def shared_headers(version: Version) -> dict[str, JsonSchema]:
    """The "headers" components: what every answer of `version` carries."""
    own = {name: {"description": says, "schema": schema} for name, (says, schema) in HEADERS.items()}
    return own | {name: _header(says) for name, says in version.headers.items()}


def _header(says: str) -> JsonSchema:
    return {"description": says, "schema": {"type": "string"}}


def names_of(operation: Operation) -> str:
    """The scope in words, for the description."""
    return "Public: needs no key." if operation.scope is None else f"Needs the scope `{operation.scope}`."
