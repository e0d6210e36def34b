"""What a route of the API promises, said at the route: the OpenAPI documents are generated from it.

    @api.get("/scenarios/<uuid:scenario_id>")
    @operation("One scenario", tag="Scenarios", scope="read", answers={200: Answer(ScenarioJson)})
    def show_scenario(scenario_id: UUID) -> Response: ...

Shapes are TypedDicts: presenters return them, so mypy holds that what is sent is what is documented, and
pydantic turns them into JSON Schema. What every route may answer (401, 403, 404, 429, 503 ...) is added by
the generator from scope, path and body; a route names only what is its own. Version 2 holds requests to the
parameters said here (see `webapp/api/v2/queries.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, ParamSpec

from flask.typing import ResponseReturnValue

from webapp.services.identities import Scope

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

#: Routes that refuse parameters they do not name. Version 1 is as it was: it leaves some of them aside.
_STRICT = "webapp.api.v2."

#: A TypedDict or other type pydantic can describe, or a JSON Schema as it is.
Shape = Any
JsonSchema = dict[str, Any]
#: A key of ours for `component`; the generator writes "$ref" in its place.
COMPONENT = "x-component"


def component(name: str) -> JsonSchema:
    """The schema called `name` that code builds (see `webapp/api/v2/shapes/documents.py`).

    It is a shape of its own; in a TypedDict it stands as `Annotated[T, WithJsonSchema(component("..."))]`.
    """
    return {COMPONENT: name}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a route. Without a `shape` it has no body."""

    shape: Shape = None
    description: str = ""
    media_types: tuple[str, ...] = ("application/json",)
    #: Header name -> what it says.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The document itself, or a function that makes it; without one it is made from the shape.
    example: object = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of the query or a header. `shape` is a type or a JSON Schema."""

    name: str
    description: str
    shape: Shape = str
    place: Literal["query", "header"] = "query"
    required: bool = False
    example: object = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a route takes."""

    shape: Shape
    description: str = ""
    media_types: tuple[str, ...] = ("application/json",)
    required: bool = True
    example: object = None


@dataclass(frozen=True)
class Operation:
    """Everything said about one route. `scope` is None where nobody needs to be known."""

    summary: str
    tag: str
    scope: Scope | None
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    #: Refusals beyond those that follow from scope, path and body: status -> when.
    refusals: Mapping[int, str] = field(default_factory=dict)
    #: Takes `Idempotency-Key`.
    is_idempotent: bool = False

    @cached_property
    def query(self) -> tuple[Parameter, ...]:
        """The parameters of the query string."""
        return tuple(parameter for parameter in self.parameters if parameter.place == "query")


def operation(
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, Answer],
    scope: Scope | None = None,
    parameters: tuple[Parameter, ...] = (),
    body: Body | None = None,
    refusals: Mapping[int, str] | None = None,
    is_idempotent: bool = False,
) -> Callable[[View[P]], View[P]]:
    """Say what the route below does. Its docstring is the longer description."""

    def said(view: View[P]) -> View[P]:
        refused = dict(refusals or {})
        # Of the others the generator says that values may be wrong.
        if view.__module__.startswith(_STRICT) and not (parameters or body or is_idempotent):
            refused.setdefault(422, "A parameter was sent, and this takes none.")
        view.operation = Operation(  # type: ignore[attr-defined]  # functions carry attributes
            summary, tag, scope, answers, parameters, body, refused, is_idempotent
        )
        return view

    return said
