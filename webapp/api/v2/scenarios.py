"""Scenarios: the estimate document, kept."""

from uuid import UUID

from flask import Response, request, url_for

from webapp.api.answers import answer
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.presenting import comparison_to_json, page_to_json, scenario_to_json
from webapp.api.v2.queries import read_scenario_query
from webapp.edge.keys import calling_owner
from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_document
from webapp.pricing.presenting import estimate_to_json
from webapp.services.estimates import estimate_scenario
from webapp.services.regions import compare_regions
from webapp.services.scenario_lists import list_scenarios as find_scenarios
from webapp.services.scenarios import (
    ScenarioView,
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    get_scenario,
    patch_scenario,
)

#: What an answer holds and a change cannot set; sent back with an edited document, it is left aside.
_OURS = ("id", "version", "created_at", "updated_at")


@api.get("/scenarios")
def list_scenarios() -> Response:
    owner_id = calling_owner("read")
    query = read_scenario_query()
    return answer(page_to_json(find_scenarios(owner_id, query), query.page_size))


@api.post("/scenarios")
def create() -> Response:
    owner_id = calling_owner("write")
    document = parse_document(_without_ours(read_object()))
    with unit_of_work():
        view = create_scenario(owner_id, document)
    return _created(view)


@api.get("/scenarios/<uuid:scenario_id>")
def show_scenario(scenario_id: UUID) -> Response:
    return answer(scenario_to_json(get_scenario(calling_owner("read"), scenario_id)))


@api.patch("/scenarios/<uuid:scenario_id>")
def change(scenario_id: UUID) -> Response:
    """Changes the named fields; a list or object that is named replaces the whole one."""
    owner_id = calling_owner("write")
    changes = _without_ours(read_object())
    with unit_of_work():
        view = patch_scenario(owner_id, scenario_id, changes)
    return answer(scenario_to_json(view))


@api.delete("/scenarios/<uuid:scenario_id>")
def delete(scenario_id: UUID) -> Response:
    owner_id = calling_owner("write")
    with unit_of_work():
        delete_scenario(owner_id, scenario_id)
    return Response(status=204)


@api.post("/scenarios/<uuid:scenario_id>/duplicate")
def duplicate(scenario_id: UUID) -> Response:
    owner_id = calling_owner("write")
    with unit_of_work():
        view = duplicate_scenario(owner_id, scenario_id)
    return _created(view)


@api.get("/scenarios/<uuid:scenario_id>/estimate")
def show_estimate(scenario_id: UUID) -> Response:
    """With the prices in use, or with those of the `catalog` named in the query."""
    owner_id, catalog = calling_owner("read"), request.args.get("catalog", "")
    return answer(estimate_to_json(estimate_scenario(owner_id, scenario_id, catalog)))


@api.get("/scenarios/<uuid:scenario_id>/regions")
def list_region_bills(scenario_id: UUID) -> Response:
    return answer(comparison_to_json(compare_regions(calling_owner("read"), scenario_id)))


def _created(view: ScenarioView) -> Response:
    location = url_for("api_v2.show_scenario", scenario_id=view.id)
    return answer(scenario_to_json(view), 201, {"Location": location})


def _without_ours(sent: dict[str, object]) -> dict[str, object]:
    """`sent` without our own fields, so that an answer can be edited and sent back."""
    kept = {name: value for name, value in sent.items() if name not in _OURS}
    resources = kept.get("resources")
    if isinstance(resources, list):
        kept["resources"] = [_without_id(resource) for resource in resources]
    return kept


def _without_id(resource: object) -> object:
    if not isinstance(resource, dict):
        return resource
    return {name: value for name, value in resource.items() if name != "id"}
