"""Scenarios in the older shape."""

from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, Parameter, operation
from webapp.api.querying import MAX_PAGE_SIZE, QueryReader
from webapp.api.reading import read_object
from webapp.api.v1.blueprint import api
from webapp.api.v1.shapes import (
    MetricsV1,
    ScenarioPageV1,
    ScenarioV1,
    card_to_json,
    metrics_to_json,
    page_to_json,
    scenario_to_json,
)
from webapp.api.v2.shapes.documents import document_properties
from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.regions import REGIONS
from webapp.domain.scenarios import STATUSES
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.estimates import estimate_view, recorded_measures
from webapp.services.metrics import metrics_of
from webapp.services.scenario_lists import ScenarioQuery
from webapp.services.scenario_lists import list_scenarios as find_scenarios
from webapp.services.scenarios import (
    ScenarioView,
    create_scenario,
    delete_scenario,
    get_scenario,
    patch_scenario,
)

#: What a new scenario may state; a change may state `status` too.
_FIELDS = ("name", "description", "tags", "region", "free_tier", "traffic", "resources")
#: Where version 1 puts a scenario that names no region.
_REGION = "us-east-1"

PAGES = (
    Parameter("page", "Counts from 1.", {"type": "integer", "minimum": 1, "default": 1}),
    Parameter(
        "page_size",
        "Items on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": 20},
    ),
)
_FILTERS = (
    Parameter("status", "Scenarios in one state.", {"type": "string", "enum": list(STATUSES)}),
    Parameter("region", "Scenarios of one region.", {"type": "string", "enum": list(REGIONS)}),
)


def _schema(*more: str) -> dict[str, object]:
    properties: dict[str, object] = {
        name: shape for name, shape in document_properties().items() if name in _FIELDS
    }
    stated = {"type": "string", "enum": list(STATUSES), "description": "Where it goes."}
    properties |= dict.fromkeys(more, stated)
    return {"type": "object", "properties": properties, "additionalProperties": False}


_EXAMPLE = {"name": "Orders", "description": "What the shop sends.", "tags": ["shop"], "region": "eu-west-1"}


@api.get("/scenarios")
@operation(
    "Your scenarios",
    tag="Scenarios",
    scope="read",
    parameters=(*PAGES, *_FILTERS),
    answers={200: Answer(ScenarioPageV1, "One page, the last changed first; empty after the last.")},
)
def list_scenarios() -> Response:
    """Archived scenarios appear only when asked for by `status`."""
    owner_id = calling_owner("read")
    sent = QueryReader("page", "page_size", "status", "region")
    query = ScenarioQuery(
        status=sent.choice("status", STATUSES),
        region=sent.choice("region", REGIONS),
        page=sent.page(),
        page_size=sent.page_size(),
    )
    sent.check()
    found = find_scenarios(owner_id, query)
    # A client that reads until a page is empty must come to an end.
    cards = found.items if found.page == query.page else ()
    recorded = recorded_measures(tuple(card.id for card in cards))
    items = [card_to_json(card, int(recorded.get(card.id, {}).get("events", 0))) for card in cards]
    return answer(page_to_json(items, found.total, query.page, query.page_size))


@api.post("/scenarios")
@operation(
    "Keep a scenario",
    tag="Scenarios",
    scope="write",
    body=Body(_schema() | {"required": ["name"]}, example=_EXAMPLE),
    answers={201: Answer(ScenarioV1, "Kept.", headers={"Location": "The scenario."})},
)
def create() -> Response:
    """Without a region it is in us-east-1."""
    owner_id = calling_owner("write")
    document = parse_document({"region": _REGION} | _stated(_FIELDS))
    with unit_of_work():
        view = create_scenario(owner_id, document)
    return answer(_shown(view), 201, {"Location": url_for("api_v1.show_scenario", scenario_id=view.id)})


@api.get("/scenarios/<uuid:scenario_id>")
@operation("One scenario", tag="Scenarios", scope="read", answers={200: Answer(ScenarioV1)})
def show_scenario(scenario_id: UUID) -> Response:
    return answer(_shown(get_scenario(calling_owner("read"), scenario_id)))


@api.put("/scenarios/<uuid:scenario_id>")
@operation(
    "Change a scenario",
    tag="Scenarios",
    scope="write",
    body=Body(_schema("status"), example={"name": "Orders and returns"}),
    answers={200: Answer(ScenarioV1, "Changed.")},
    refusals={409: "Its state forbids the change: it is archived, or cannot go there."},
)
def change(scenario_id: UUID) -> Response:
    """Fields that are not sent stay as they are; a list or object that is sent replaces the whole one."""
    owner_id = calling_owner("write")
    changes = _stated((*_FIELDS, "status"))
    with unit_of_work():
        view = patch_scenario(owner_id, scenario_id, changes)
    return answer(_shown(view))


@api.delete("/scenarios/<uuid:scenario_id>")
@operation("Delete a scenario", tag="Scenarios", scope="write", answers={204: Answer(description="Gone.")})
def delete(scenario_id: UUID) -> Response:
    """Its recording and reports go too."""
    owner_id = calling_owner("write")
    with unit_of_work():
        delete_scenario(owner_id, scenario_id)
    return Response(status=204)


@api.get("/scenarios/<uuid:scenario_id>/metrics")
@operation("A scenario in figures", tag="Scenarios", scope="read", answers={200: Answer(MetricsV1)})
def show_metrics(scenario_id: UUID) -> Response:
    return answer(metrics_to_json(metrics_of(calling_owner("read"), scenario_id)))


def _shown(view: ScenarioView) -> ScenarioV1:
    recorded = recorded_measures((view.id,)).get(view.id, {})
    return scenario_to_json(view, estimate_view(view), int(recorded.get("events", 0)))


def _stated(known: tuple[str, ...]) -> dict[str, object]:
    """The body's fields, each of them known here. Raises InvalidInput."""
    sent = read_object()
    message = phrase(N_("This field is not known here. Known fields: %(names)s."), names=", ".join(known))
    problems = [Problem(f"/{name}", message) for name in sent if name not in known]
    if problems:
        raise InvalidInput(problems)
    return sent
