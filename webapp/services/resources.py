"""The resources of a scenario: add, change, duplicate, remove."""

from dataclasses import replace
from typing import cast
from uuid import UUID

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.scenarios import Status, check_editable
from webapp.domain.words import N_, phrase
from webapp.models.scenario import Scenario, ScenarioResource
from webapp.pricing.document import MAX_RESOURCES, Resource, parse_resource
from webapp.pricing.presenting import resource_to_json
from webapp.services.scenarios import find_scenario, touch


def get_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> Resource:
    """One resource. Raises NotFound."""
    return _resource_of(_find(find_scenario(owner_id, scenario_id), resource_id))


def add_resource(owner_id: UUID, scenario_id: UUID, resource: Resource) -> UUID:
    """Append a resource; its id. Raises InvalidInput beyond the limit, Conflict when archived."""
    scenario = _editable(owner_id, scenario_id)
    return _append(scenario, resource)


def update_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID, resource: Resource) -> None:
    """Replace what a resource states."""
    scenario = _editable(owner_id, scenario_id)
    _state(_find(scenario, resource_id), resource)
    touch(scenario)


def duplicate_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> UUID:
    """Append a copy; its id."""
    scenario = _editable(owner_id, scenario_id)
    original = _resource_of(_find(scenario, resource_id))
    name = phrase(N_("%(name)s (copy)"), name=original.name[:90])
    return _append(scenario, replace(original, name=str(name)))


def remove_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> None:
    """Take a resource out of the scenario."""
    scenario = _editable(owner_id, scenario_id)
    scenario.resources.remove(_find(scenario, resource_id))
    for position, row in enumerate(scenario.resources):
        row.position = position
    touch(scenario)


def _editable(owner_id: UUID, scenario_id: UUID) -> Scenario:
    scenario = find_scenario(owner_id, scenario_id, lock=True)
    check_editable(cast(Status, scenario.status))
    return scenario


def _find(scenario: Scenario, resource_id: UUID) -> ScenarioResource:
    for row in scenario.resources:
        if row.id == resource_id:
            return row
    raise NotFound(phrase(N_("There is no such resource in this scenario.")))


def _append(scenario: Scenario, resource: Resource) -> UUID:
    if len(scenario.resources) >= MAX_RESOURCES:
        raise InvalidInput(
            [Problem("/resources", phrase(N_("At most %(n)s entries."), n=f"{MAX_RESOURCES:,}"))]
        )
    row = ScenarioResource(position=len(scenario.resources))
    _state(row, resource)
    scenario.resources.append(row)
    touch(scenario)
    return row.id


def _state(row: ScenarioResource, resource: Resource) -> None:
    for name, value in resource_to_json(resource).items():
        setattr(row, name, value)


def _resource_of(row: ScenarioResource) -> Resource:
    return parse_resource(
        {"service": row.service, "name": row.name, "settings": row.settings, "usage": row.usage}
    )
