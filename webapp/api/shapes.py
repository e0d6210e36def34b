"""What both versions send when they refuse."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict


class FieldProblemJson(TypedDict):
    """One thing wrong with what was sent."""

    pointer: Annotated[
        str,
        Field(
            description="JSON pointer (RFC 6901) into the document, empty for all of it; "
            'of a query or header, its name ("/page_size").',
            examples=["/resources/0/usage/requests"],
        ),
    ]
    detail: Annotated[str, Field(description="What is wrong and what to do.")]


class ProblemJson(TypedDict):
    """A refusal (RFC 9457). `type` and `status` are stable, the sentences are for people."""

    type: Annotated[
        str,
        Field(
            description="Which kind of problem; decide by this.",
            pattern="^(urn:mockupaws:problem:[a-z-]+|about:blank)$",
            examples=["urn:mockupaws:problem:invalid-input"],
        ),
    ]
    title: Annotated[str, Field(description="The same for every problem of a kind.")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="This one problem, in a sentence.")]
    instance: Annotated[str, Field(description="The path that was asked.")]
    correlation_id: Annotated[str, Field(description="Names the request in our logs and in yours.")]
    errors: NotRequired[
        Annotated[list[FieldProblemJson], Field(description="Every wrong field at once; only for fields.")]
    ]


class FieldDetailJson(TypedDict):
    """One wrong field, as version 1 names it."""

    loc: Annotated[
        list[str | int],
        Field(
            description='"body", "query" or "header", then the way to the field.',
            examples=[["body", "resources", 0, "usage", "requests"]],
        ),
    ]
    msg: Annotated[str, Field(description="What is wrong and what to do.")]
    type: Annotated[str, Field(examples=["value_error"])]


class DetailJson(TypedDict):
    """A refusal of version 1: one sentence, or a list of the fields that are wrong (422)."""

    detail: str | list[FieldDetailJson]
