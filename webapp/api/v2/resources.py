"""The resources of a scenario, one by one. Answers carry the scenario's ETag: it counts these changes."""

from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.conditions import (
    CREATED,
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    LOST_UPDATE,
    MINIMALLY,
    PREFER,
    answer_change,
    etag_of,
    expected_versions,
    is_unchanged,
    not_modified,
)
from webapp.api.contract import Answer, Body, operation
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.resources import (
    EXAMPLE_RESOURCE,
    RESOURCE_BODY,
    RESOURCE_CHANGES,
    ResourcesJson,
    ScenarioResourceJson,
    resource_to_json,
    resources_to_json,
)
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_resource
from webapp.services.resources import (
    ResourceView,
    add_resource,
    patch_resource,
    remove_resource,
    update_resource,
    view_resource,
)
from webapp.services.scenarios import get_scenario

_ALL = "/scenarios/<uuid:scenario_id>/resources"
_ONE = f"{_ALL}/<uuid:resource_id>"
_CHANGED = {
    200: Answer(ScenarioResourceJson, "The resource as it is now.", headers=ETAG),
    204: Answer(None, "Done; `Prefer: return=minimal` asked for no more.", headers=MINIMALLY),
}
_UNCHANGED = Answer(None, "You have it already.", headers=ETAG)


@api.get(_ALL)
@operation(
    "The resources of a scenario",
    tag="Resources",
    scope="read",
    parameters=(IF_NONE_MATCH,),
    answers={200: Answer(ResourcesJson, "In their order.", headers=ETAG), 304: _UNCHANGED},
)
def list_resources(scenario_id: UUID) -> Response:
    view = get_scenario(calling_owner("read"), scenario_id)
    etag = etag_of(scenario_id, view.version)
    return (
        not_modified(etag)
        if is_unchanged(etag)
        else answer({"items": resources_to_json(view)}, 200, {"ETag": etag})
    )


@api.post(_ALL)
@operation(
    "Add a resource",
    tag="Resources",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(RESOURCE_BODY, "What is in use.", example=EXAMPLE_RESOURCE),
    answers={201: Answer(ScenarioResourceJson, "The resource, the last in the list.", headers=CREATED)},
    refusals=LOST_UPDATE,
    is_idempotent=True,
)
@idempotent()
def create_resource(scenario_id: UUID) -> Response:
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    resource = parse_resource(read_object())
    with unit_of_work():
        resource_id = add_resource(owner_id, scenario_id, resource, expected)
        view = view_resource(owner_id, scenario_id, resource_id)
    location = url_for("api_v2.show_resource", scenario_id=scenario_id, resource_id=resource_id)
    return _changed(view, location)


@api.get(_ONE)
@operation(
    "One resource",
    tag="Resources",
    scope="read",
    parameters=(IF_NONE_MATCH,),
    answers={200: Answer(ScenarioResourceJson, "What was stated of it.", headers=ETAG), 304: _UNCHANGED},
)
def show_resource(scenario_id: UUID, resource_id: UUID) -> Response:
    view = view_resource(calling_owner("read"), scenario_id, resource_id)
    etag = etag_of(scenario_id, view.version)
    if is_unchanged(etag):
        return not_modified(etag)
    return answer(resource_to_json(view.id, view.resource), 200, {"ETag": etag})


@api.put(_ONE)
@operation(
    "Replace a resource",
    tag="Resources",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(RESOURCE_BODY, "What is in use.", example=EXAMPLE_RESOURCE),
    answers=_CHANGED,
    refusals=LOST_UPDATE,
)
def replace_resource(scenario_id: UUID, resource_id: UUID) -> Response:
    """Its id and its place in the list stay."""
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    resource = parse_resource(read_object())
    with unit_of_work():
        update_resource(owner_id, scenario_id, resource_id, resource, expected)
        view = view_resource(owner_id, scenario_id, resource_id)
    return _changed(view)


@api.patch(_ONE)
@operation(
    "Change the named fields of a resource",
    tag="Resources",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(RESOURCE_CHANGES, "The fields to change.", example={"name": "order queue"}),
    answers=_CHANGED,
    refusals=LOST_UPDATE,
)
def change_resource(scenario_id: UUID, resource_id: UUID) -> Response:
    """What is not named stays; `settings` and `usage` are replaced as a whole."""
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    changes = read_object()
    with unit_of_work():
        patch_resource(owner_id, scenario_id, resource_id, changes, expected)
        view = view_resource(owner_id, scenario_id, resource_id)
    return _changed(view)


@api.delete(_ONE)
@operation(
    "Remove a resource",
    tag="Resources",
    scope="write",
    parameters=(IF_MATCH,),
    answers={204: Answer(None, "It is gone; the scenario's ETag follows.", headers=ETAG)},
    refusals=LOST_UPDATE,
)
def delete_resource(scenario_id: UUID, resource_id: UUID) -> Response:
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    with unit_of_work():
        version = remove_resource(owner_id, scenario_id, resource_id, expected)
    return Response(status=204, headers={"ETag": etag_of(scenario_id, version)})


def _changed(view: ResourceView, location: str = "") -> Response:
    etag = etag_of(view.scenario_id, view.version)
    return answer_change(resource_to_json(view.id, view.resource), etag, location)
