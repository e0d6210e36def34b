"""Scenarios: create, change, duplicate, move between states, delete. Ownership is checked here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import cast
from uuid import UUID

from sqlalchemy import Select, select

from webapp.domain.activities import ScenarioCreated, ScenarioDeleted
from webapp.domain.errors import NotFound, PreconditionFailed
from webapp.domain.scenarios import MOVES, Status, TrafficSource, check_editable, check_move
from webapp.domain.words import N_, phrase
from webapp.infra.db import begin_writing, db
from webapp.models.scenario import Scenario, ScenarioResource, ScenarioTag
from webapp.pricing.document import FIELDS, EstimateDocument, read_kept_document
from webapp.pricing.presenting import (
    commitment_to_json,
    prices_to_json,
    resource_to_json,
    traffic_to_json,
)
from webapp.services.activities import record
from webapp.services.scenario_changes import changing
from webapp.services.scenario_reading import Content, named, read_changes

#: The versions a change was made for; None when whoever changes does not care.
Versions = Collection[int] | None


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario as its owner sees it. `resource_ids` runs parallel to `document.resources`."""

    id: UUID
    owner_id: UUID
    document: EstimateDocument
    status: Status
    traffic_source: TrafficSource
    resource_ids: tuple[UUID, ...]
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def moves(self) -> tuple[Status, ...]:
        """States this scenario may go to."""
        return MOVES[self.status]


def find_scenario(owner_id: UUID, scenario_id: UUID) -> Scenario:
    """The owner's row. Raises NotFound, for a stranger too."""
    return _found(db.session.scalar(_owned(owner_id, scenario_id)))


def lock_scenario(owner_id: UUID, scenario_id: UUID, expected: Versions = None) -> Scenario:
    """The owner's row as it is now, for a change: others wait until this one is committed.

    Raises NotFound, for a stranger too, and PreconditionFailed unless its version is one of `expected`.
    """
    begin_writing()
    as_it_is = _owned(owner_id, scenario_id).with_for_update().execution_options(populate_existing=True)
    scenario = _found(db.session.scalar(as_it_is))
    if expected is not None and scenario.version not in expected:
        message = N_(
            "Somebody changed this scenario meanwhile: its version is now %(n)s. "
            "Read it again and repeat the change on what it is now."
        )
        raise PreconditionFailed(phrase(message, n=scenario.version))
    return scenario


def _owned(owner_id: UUID, scenario_id: UUID) -> Select[tuple[Scenario]]:
    return select(Scenario).where(Scenario.id == scenario_id, Scenario.owner_id == owner_id)


def _found(scenario: Scenario | None) -> Scenario:
    if scenario is None:
        raise NotFound(phrase(N_("There is no such scenario.")))
    return scenario


def find_owner(scenario_id: UUID) -> UUID:
    """Whose scenario this is, for the administrator's command line. Raises NotFound."""
    owner_id = db.session.scalar(select(Scenario.owner_id).where(Scenario.id == scenario_id))
    if owner_id is None:
        raise NotFound(phrase(N_("There is no such scenario.")))
    return owner_id


def get_scenario(owner_id: UUID, scenario_id: UUID) -> ScenarioView:
    """The scenario with its whole document."""
    return view_of(find_scenario(owner_id, scenario_id))


def open_scenario(owner_id: UUID, scenario_id: UUID) -> ScenarioView:
    """As `get_scenario`, and nobody else changes it until this unit of work ends."""
    return view_of(lock_scenario(owner_id, scenario_id))


def create_scenario(owner_id: UUID, document: EstimateDocument) -> ScenarioView:
    """A new draft holding `document`. Raises InvalidInput without a name."""
    scenario = Scenario(owner_id=owner_id, status="draft", traffic_source="declared", version=1)
    _fill(scenario, named(document))
    _fill_resources(scenario, document)
    db.session.add(scenario)
    db.session.flush()
    record(ScenarioCreated(scenario.id, owner_id, scenario.name))
    return view_of(scenario)


def update_scenario(owner_id: UUID, scenario_id: UUID, document: EstimateDocument) -> ScenarioView:
    """Replace the description, traffic, free tier and prices; resources are changed in services.resources."""
    scenario = lock_scenario(owner_id, scenario_id)
    check_editable(_status(scenario))
    with changing(scenario):
        _fill(scenario, named(document))
    return view_of(scenario)


def patch_scenario(
    owner_id: UUID, scenario_id: UUID, changes: Mapping[str, object], expected: Versions = None
) -> ScenarioView:
    """Change the named document fields, and `status` or `traffic_source`; what is not named stays.

    What says nothing new makes no new version: who has read this one still has the present one.
    Raises InvalidInput for wrong fields, Conflict for a forbidden move and PreconditionFailed for another
    version than `expected`; then nothing has changed.
    """
    return _change(lock_scenario(owner_id, scenario_id, expected), changes, keeps_rest=True)


def replace_scenario(
    owner_id: UUID, scenario_id: UUID, document: Mapping[str, object], expected: Versions = None
) -> ScenarioView:
    """As `patch_scenario`, but document fields that are not named get their default."""
    return _change(lock_scenario(owner_id, scenario_id, expected), document, keeps_rest=False)


def _change(scenario: Scenario, changes: Mapping[str, object], *, keeps_rest: bool) -> ScenarioView:
    view = view_of(scenario)
    present = Content(view.document, view.status, view.traffic_source, tuple(map(str, view.resource_ids)))
    wanted = read_changes(present, changes, keeps_rest=keeps_rest)
    check_move(present.status, wanted.status)
    if set(changes) & set(FIELDS) or wanted.source != present.source or not keeps_rest:
        check_editable(present.status if wanted.status == "archived" else wanted.status)
    if wanted == present:
        return view
    with changing(scenario):
        if wanted.document != present.document:
            _fill(scenario, wanted.document)
        if (wanted.document.resources, wanted.ids) != (present.document.resources, present.ids):
            _fill_resources(scenario, wanted.document, wanted.ids)
        scenario.status, scenario.traffic_source = wanted.status, wanted.source
    return view_of(scenario)


def set_status(owner_id: UUID, scenario_id: UUID, status: Status, expected: Versions = None) -> ScenarioView:
    """Move to another state. Raises Conflict when the rules forbid it."""
    return patch_scenario(owner_id, scenario_id, {"status": status}, expected)


def set_traffic_source(owner_id: UUID, scenario_id: UUID, source: TrafficSource) -> ScenarioView:
    """Choose whether the bill follows the declared or the recorded traffic."""
    return patch_scenario(owner_id, scenario_id, {"traffic_source": source})


def duplicate_scenario(owner_id: UUID, scenario_id: UUID) -> ScenarioView:
    """A new draft with the same document; recorded traffic stays with the original."""
    document = get_scenario(owner_id, scenario_id).document
    name = phrase(N_("%(name)s (copy)"), name=document.name[:190])
    return create_scenario(owner_id, replace(document, name=str(name)))


def delete_scenario(owner_id: UUID, scenario_id: UUID, expected: Versions = None) -> None:
    """Remove the scenario with its resources, recording and reports."""
    scenario = lock_scenario(owner_id, scenario_id, expected)
    record(ScenarioDeleted(scenario.id, owner_id, scenario.name))
    db.session.delete(scenario)
    db.session.flush()


def view_of(scenario: Scenario) -> ScenarioView:
    """The row as a view; its document is checked like a sent one, but for limits that came later."""
    document = read_kept_document(
        {
            "name": scenario.name,
            "description": scenario.description,
            "tags": [tag.tag for tag in scenario.tags],
            "region": scenario.region,
            "free_tier": scenario.free_tier,
            "commitment": scenario.commitment,
            "traffic": scenario.traffic,
            "resources": [
                {"service": row.service, "name": row.name, "settings": row.settings, "usage": row.usage}
                for row in scenario.resources
            ],
            "prices": scenario.prices,
        }
    )
    return ScenarioView(
        id=scenario.id,
        owner_id=scenario.owner_id,
        document=document,
        status=_status(scenario),
        traffic_source=cast(TrafficSource, scenario.traffic_source),
        resource_ids=tuple(row.id for row in scenario.resources),
        version=scenario.version,
        created_at=scenario.created_at,
        updated_at=scenario.updated_at,
    )


def _status(scenario: Scenario) -> Status:
    return cast(Status, scenario.status)


def _fill(scenario: Scenario, document: EstimateDocument) -> None:
    scenario.name, scenario.description = document.name, document.description
    scenario.region, scenario.free_tier = document.region, document.free_tier
    scenario.commitment = commitment_to_json(document.commitment)
    scenario.traffic, scenario.prices = traffic_to_json(document.traffic), prices_to_json(document.prices)
    kept = {tag.tag: tag for tag in scenario.tags}
    scenario.tags = [kept.get(tag) or ScenarioTag(tag=tag) for tag in document.tags]
    for position, row in enumerate(scenario.tags):
        row.position = position


def _fill_resources(scenario: Scenario, document: EstimateDocument, ids: Sequence[str] = ()) -> None:
    """State the resources of `document`; one that comes with the id of a row stays that row."""
    kept = {str(row.id): row for row in scenario.resources}
    pairs = zip_longest(document.resources, ids[: len(document.resources)])
    scenario.resources = [kept.pop(own or "", ScenarioResource()) for _, own in pairs]
    for position, (row, resource) in enumerate(zip(scenario.resources, document.resources, strict=True)):
        row.position = position
        for name, value in resource_to_json(resource).items():
            setattr(row, name, value)
