"""What scenarios take and look like."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from webapp.api.conditions import etag_of
from webapp.api.contract import JsonSchema, component
from webapp.api.v2.shapes.amounts import Usd
from webapp.api.v2.shapes.documents import TRAFFIC, document_properties
from webapp.api.v2.shapes.resources import ScenarioResourceJson, resources_to_json
from webapp.domain.money import plain
from webapp.domain.scenarios import STATUSES, Status, TrafficSource
from webapp.pricing.declaration import FreeTierPolicy
from webapp.pricing.presenting import document_to_json
from webapp.services.scenario_slices import RowBill, ScenarioRow
from webapp.services.scenarios import ScenarioView

_Name = Annotated[str, Field(examples=["Orders"])]
_Tags = Annotated[list[str], Field(examples=[["shop", "eu"]])]
_Region = Annotated[str, Field(examples=["eu-west-1"])]
_Commitment = Annotated[dict[str, str], WithJsonSchema(component("Commitment"))]
_Traffic = Annotated[dict[str, object], WithJsonSchema(TRAFFIC)]
_Prices = Annotated[dict[str, object], WithJsonSchema(component("StatedPrices"))]
_Total = Annotated[
    Usd | None,
    Field(
        description="The expected month in USD, without unpriced uses; null when nothing has a known price."
    ),
]
_Unpriced = Annotated[int, Field(description="Uses whose price nobody knows: outside the total.")]
_Version = Annotated[int, Field(description="Counts changes, also those of resources and state.")]
_Source = Annotated[
    TrafficSource, Field(description="Whether the bill follows the stated or the recorded traffic.")
]


class ScenarioJson(TypedDict):
    """A scenario: its own fields around the document it was made from."""

    id: UUID
    status: Status
    traffic_source: _Source
    version: _Version
    created_at: datetime
    updated_at: datetime
    name: _Name
    description: str
    tags: _Tags
    region: _Region
    free_tier: FreeTierPolicy
    commitment: _Commitment
    traffic: _Traffic
    resources: list[ScenarioResourceJson]
    prices: _Prices


class PickedScenarioJson(TypedDict, total=False):
    """A scenario, or those parts of it that `fields` names; the bill is there only when it is named."""

    id: UUID
    status: Status
    traffic_source: _Source
    version: _Version
    created_at: datetime
    updated_at: datetime
    name: _Name
    description: str
    tags: _Tags
    region: _Region
    free_tier: FreeTierPolicy
    commitment: _Commitment
    traffic: _Traffic
    resources: list[ScenarioResourceJson]
    prices: _Prices
    total_usd: _Total
    unpriced: _Unpriced


class ScenarioRowJson(TypedDict, total=False):
    """A scenario in a list; `fields` may leave fields out."""

    id: UUID
    name: _Name
    description: str
    region: _Region
    status: Status
    traffic_source: _Source
    tags: _Tags
    resources: Annotated[int, Field(description="How many.")]
    version: _Version
    etag: Annotated[
        str, Field(description="For `If-Match`.", examples=['"0b6f3c1e8d5a4f0e9a512f6f0c6d7e10-7"'])
    ]
    total_usd: _Total
    unpriced: _Unpriced
    created_at: datetime
    updated_at: datetime


class ScenariosJson(TypedDict):
    """A piece of a list."""

    items: list[ScenarioRowJson]
    total: Annotated[int, Field(description="Scenarios that pass the filters, on all pieces together.")]
    limit: int
    next_cursor: Annotated[str | None, Field(description="`cursor` of the next piece; null on the last.")]
    prev_cursor: Annotated[str | None, Field(description="`cursor` of the piece before; null on the first.")]


class StatusBody(TypedDict):
    """The state to move to."""

    status: Annotated[Status, Field(description="From draft: running, completed, archived. See docs/api.md.")]


_OURS = ("id", "version", "created_at", "updated_at")
_STATE: Mapping[str, JsonSchema] = {
    "status": {"type": ["string", "null"], "enum": [*STATUSES, None]},
    "traffic_source": {"type": ["string", "null"], "enum": ["declared", "recorded", None]},
}


def _body(*, has_state: bool, required: tuple[str, ...]) -> JsonSchema:
    own: dict[str, JsonSchema] = {
        name: {"description": "Ours: left aside when it is sent back."} for name in _OURS
    }
    properties = own | document_properties() | (dict(_STATE) if has_state else {})
    schema: JsonSchema = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | {"required": list(required)} if required else schema


#: Bodies of POST, PUT and PATCH.
NEW_SCENARIO = _body(has_state=False, required=("name", "region"))
WHOLE_SCENARIO = _body(has_state=True, required=("name", "region"))
SCENARIO_CHANGES = _body(has_state=True, required=())

ROW_FIELDS = tuple(ScenarioRowJson.__annotations__)
SCENARIO_FIELDS = tuple(PickedScenarioJson.__annotations__)
BILL_FIELDS = ("total_usd", "unpriced")


def without_ours(sent: Mapping[str, object]) -> dict[str, object]:
    """`sent` without our own fields, so that an answer can be edited and sent back."""
    return {name: value for name, value in sent.items() if name not in _OURS}


def has_bill(fields: tuple[str, ...]) -> bool:
    """Whether `fields` names a part of the bill."""
    return any(name in fields for name in BILL_FIELDS)


def scenario_to_json(view: ScenarioView) -> ScenarioJson:
    """The scenario's own fields around the document it was made from; each resource with its id."""
    document = cast(ScenarioJson, document_to_json(view.document))
    return {
        "id": view.id,
        "status": view.status,
        "traffic_source": view.traffic_source,
        "version": view.version,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        "name": document["name"],
        "description": document["description"],
        "tags": document["tags"],
        "region": document["region"],
        "free_tier": document["free_tier"],
        "commitment": document["commitment"],
        "traffic": document["traffic"],
        "resources": resources_to_json(view),
        "prices": document["prices"],
    }


def row_to_json(row: ScenarioRow) -> ScenarioRowJson:
    shown: ScenarioRowJson = {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "region": row.region,
        "status": row.status,
        "traffic_source": row.traffic_source,
        "tags": list(row.tags),
        "resources": row.resources,
        "version": row.version,
        "etag": etag_of(row.id, row.version),
    }
    if row.bill is not None:
        shown |= bill_to_json(row.bill)
    return shown | {"created_at": row.created_at, "updated_at": row.updated_at}


def bill_to_json(bill: RowBill) -> ScenarioRowJson:
    return {"total_usd": None if bill.total is None else plain(bill.total), "unpriced": bill.unpriced}


def picked(document: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    """Only the named fields of `document`, in its own order; all of them when none is named."""
    wanted = frozenset(fields)
    return {name: value for name, value in document.items() if not wanted or name in wanted}
