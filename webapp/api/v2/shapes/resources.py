"""What the resources of a scenario take and look like."""

from collections.abc import Mapping
from typing import Annotated, cast
from uuid import UUID

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from webapp.api.contract import JsonSchema, component
from webapp.api.v2.shapes.amounts import Number
from webapp.pricing.document import Resource
from webapp.pricing.presenting import resource_to_json as document_resource_to_json
from webapp.services.scenarios import ScenarioView

_PerMeasure = Annotated[dict[str, Number], WithJsonSchema(component("PerMeasure"))]


class ScenarioResourceJson(TypedDict):
    """One AWS service in use by a scenario, with what was stated of it; defaults fill in the rest."""

    id: UUID
    service: Annotated[str, Field(description="Its code in GET /services.", examples=["sqs"])]
    name: Annotated[str, Field(examples=["order queue"])]
    settings: dict[str, int | float | str | bool]
    usage: Annotated[
        dict[str, Number | _PerMeasure],
        Field(examples=[{"requests": {"per": "events", "factor": 3}}]),
    ]


class ResourcesJson(TypedDict):
    """The resources of a scenario in their order."""

    items: list[ScenarioResourceJson]


#: Bodies of PATCH: any of the fields; which settings and usages there are, the service says.
RESOURCE_CHANGES: JsonSchema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"description": "Ours: left aside when it is sent back."},
        "service": {"type": "string"},
        "name": {"type": ["string", "null"], "maxLength": 100},
        "settings": {"type": ["object", "null"]},
        "usage": {"type": ["object", "null"]},
    },
    "examples": [{"name": "order queue", "usage": {"requests": {"per": "events", "factor": 3}}}],
}
RESOURCE_BODY = component("Resource")
EXAMPLE_RESOURCE: Mapping[str, object] = {
    "service": "sqs",
    "name": "order queue",
    "usage": {"requests": {"per": "events", "factor": 3}},
}


def resource_to_json(resource_id: UUID, resource: Resource) -> ScenarioResourceJson:
    stated = cast(ScenarioResourceJson, document_resource_to_json(resource))
    return {
        "id": resource_id,
        "service": stated["service"],
        "name": stated["name"],
        "settings": stated["settings"],
        "usage": stated["usage"],
    }


def resources_to_json(view: ScenarioView) -> list[ScenarioResourceJson]:
    """Every resource of a scenario with its id."""
    pairs = zip(view.resource_ids, view.document.resources, strict=True)
    return [resource_to_json(own, resource) for own, resource in pairs]
