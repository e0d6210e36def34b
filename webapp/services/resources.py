"""The resources of a scenario: add, change, duplicate, remove."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.scenarios import Status, check_editable
from webapp.domain.words import N_, phrase
from webapp.models.scenario import Scenario, ScenarioResource
from webapp.pricing.document import MAX_RESOURCES, Resource, parse_resource, read_kept_resource
from webapp.pricing.presenting import resource_to_json
from webapp.services.scenario_changes import changing
from webapp.services.scenarios import Versions, find_scenario, lock_scenario


@dataclass(frozen=True, slots=True)
class ResourceView:
    """A resource of a scenario. `version` is the scenario's: it counts the changes of its resources too."""

    id: UUID
    scenario_id: UUID
    resource: Resource
    version: int


def view_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> ResourceView:
    """One resource with its scenario's version. Raises NotFound."""
    scenario = find_scenario(owner_id, scenario_id)
    row = _find(scenario, resource_id)
    return ResourceView(row.id, scenario.id, _resource_of(row), scenario.version)


def get_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> Resource:
    """One resource. Raises NotFound."""
    return _resource_of(_find(find_scenario(owner_id, scenario_id), resource_id))


def add_resource(owner_id: UUID, scenario_id: UUID, resource: Resource, expected: Versions = None) -> UUID:
    """Append a resource; its id. Raises InvalidInput beyond the limit, Conflict when archived.

    As every change here, PreconditionFailed when the scenario's version is not one of `expected`.
    """
    scenario = _editable(owner_id, scenario_id, expected)
    return _append(scenario, resource)


def update_resource(
    owner_id: UUID, scenario_id: UUID, resource_id: UUID, resource: Resource, expected: Versions = None
) -> None:
    """Replace what a resource states."""
    scenario = _editable(owner_id, scenario_id, expected)
    row = _find(scenario, resource_id)
    with changing(scenario):
        _state(row, resource)


def patch_resource(
    owner_id: UUID,
    scenario_id: UUID,
    resource_id: UUID,
    changes: Mapping[str, object],
    expected: Versions = None,
) -> None:
    """Change the named fields of a resource; a named object is replaced as a whole. Raises InvalidInput."""
    scenario = _editable(owner_id, scenario_id, expected)
    row = _find(scenario, resource_id)
    with changing(scenario):
        _state(row, parse_resource(resource_to_json(_resource_of(row)) | dict(changes)))


def duplicate_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID) -> UUID:
    """Append a copy; its id."""
    scenario = _editable(owner_id, scenario_id)
    original = _resource_of(_find(scenario, resource_id))
    name = phrase(N_("%(name)s (copy)"), name=original.name[:90])
    return _append(scenario, replace(original, name=str(name)))


def remove_resource(owner_id: UUID, scenario_id: UUID, resource_id: UUID, expected: Versions = None) -> int:
    """Take a resource out of the scenario; the scenario's version afterwards."""
    scenario = _editable(owner_id, scenario_id, expected)
    removed = _find(scenario, resource_id)
    with changing(scenario):
        scenario.resources.remove(removed)
        for position, row in enumerate(scenario.resources):
            row.position = position
    return scenario.version


def _editable(owner_id: UUID, scenario_id: UUID, expected: Versions = None) -> Scenario:
    scenario = lock_scenario(owner_id, scenario_id, expected)
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
    with changing(scenario):
        scenario.resources.append(row)
    return row.id


def _state(row: ScenarioResource, resource: Resource) -> None:
    for name, value in resource_to_json(resource).items():
        setattr(row, name, value)


def _resource_of(row: ScenarioResource) -> Resource:
    return read_kept_resource(
        {"service": row.service, "name": row.name, "settings": row.settings, "usage": row.usage}
    )
