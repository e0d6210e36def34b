"""What a request with many operations takes and is answered."""

from typing import Annotated, Literal, NotRequired, cast
from uuid import UUID

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from webapp.api.conditions import etag_of
from webapp.api.contract import JsonSchema
from webapp.api.shapes import ProblemJson
from webapp.api.v2.shapes.estimates import EXAMPLE_DOCUMENT
from webapp.edge.errors import problem_of, refusal_of
from webapp.services.scenario_bulk import MAX_OPERATIONS, Outcome, Verb

_IF_MATCH: JsonSchema = {
    "type": ["string", "null"],
    "description": "The `etag` the act was meant for; null or absent for any.",
    "examples": ['"0b6f3c1e8d5a4f0e9a512f6f0c6d7e10-7"'],
}
_DOCUMENT: JsonSchema = {
    "type": "object",
    "description": "As `POST /scenarios` takes it. What is wrong in it refuses this operation alone.",
    "examples": [dict(EXAMPLE_DOCUMENT)],
}
_CHANGES: JsonSchema = {
    "type": "object",
    "description": "As `PATCH /scenarios/{id}` takes them.",
    "examples": [{"tags": ["shop", "2027"]}],
}


class CreateJson(TypedDict):
    """Keep a document as a scenario."""

    op: Literal["create"]
    document: Annotated[dict[str, object], WithJsonSchema(_DOCUMENT)]


class UpdateJson(TypedDict):
    """Change the named fields of a scenario."""

    op: Literal["update"]
    id: UUID
    changes: Annotated[dict[str, object], WithJsonSchema(_CHANGES)]
    if_match: NotRequired[Annotated[str | None, WithJsonSchema(_IF_MATCH)]]


class DeleteJson(TypedDict):
    """Delete a scenario."""

    op: Literal["delete"]
    id: UUID
    if_match: NotRequired[Annotated[str | None, WithJsonSchema(_IF_MATCH)]]


class BulkBody(TypedDict):
    """Acts in their order."""

    operations: Annotated[
        list[Annotated[CreateJson | UpdateJson | DeleteJson, Field(discriminator="op")]],
        Field(min_length=1, max_length=MAX_OPERATIONS),
    ]
    atomic: NotRequired[Annotated[bool, Field(description="All or none; false without it.")]]


class OutcomeJson(TypedDict):
    """What became of one operation."""

    op: Verb
    status: Annotated[
        int, Field(description="As the single route answers: 201, 200, 204, or of the problem.")
    ]
    id: Annotated[UUID | None, Field(description="Of the scenario; null where none was made.")]
    etag: Annotated[str | None, Field(description="For `If-Match`; null where nothing is left to change.")]
    problem: Annotated[ProblemJson | None, Field(description="Why not; null where it was done.")]


class BulkJson(TypedDict):
    """What became of each, in the order they were sent."""

    atomic: bool
    succeeded: int
    failed: int
    results: list[OutcomeJson]


_DONE = {"create": 201, "update": 200, "delete": 204}


def bulk_to_json(outcomes: tuple[Outcome, ...], *, is_atomic: bool) -> BulkJson:
    failed = sum(outcome.error is not None for outcome in outcomes)
    return {
        "atomic": is_atomic,
        "succeeded": len(outcomes) - failed,
        "failed": failed,
        "results": [_outcome(outcome) for outcome in outcomes],
    }


def _outcome(outcome: Outcome) -> OutcomeJson:
    view, error, operation = outcome.view, outcome.error, outcome.operation
    return {
        "op": operation.verb,
        "status": _DONE[operation.verb] if error is None else refusal_of(error).status,
        "id": operation.scenario_id if view is None else view.id,
        "etag": None if view is None else etag_of(view.id, view.version),
        "problem": None if error is None else cast(ProblemJson, problem_of(error)),
    }
