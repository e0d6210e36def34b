"""Scenarios: create, change, duplicate, move between states, delete. Ownership is checked here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.scenarios import MOVES, STATUSES, Status, TrafficSource, check_editable, check_move
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.scenario import Scenario, ScenarioResource, ScenarioTag
from webapp.pricing.document import EstimateDocument, parse_document
from webapp.pricing.presenting import (
    commitment_to_json,
    document_to_json,
    prices_to_json,
    resource_to_json,
    traffic_to_json,
)


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


def find_scenario(owner_id: UUID, scenario_id: UUID, *, lock: bool = False) -> Scenario:
    """The owner's row, locked for a change when asked (PostgreSQL). Raises NotFound, for a stranger too."""
    query = select(Scenario).where(Scenario.id == scenario_id, Scenario.owner_id == owner_id)
    scenario = db.session.scalar(query.with_for_update() if lock else query)
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


def create_scenario(owner_id: UUID, document: EstimateDocument) -> ScenarioView:
    """A new draft holding `document`. Raises InvalidInput without a name."""
    scenario = Scenario(owner_id=owner_id, status="draft", traffic_source="declared", version=1)
    _fill(scenario, _named(document))
    _fill_resources(scenario, document)
    db.session.add(scenario)
    db.session.flush()
    return view_of(scenario)


def update_scenario(owner_id: UUID, scenario_id: UUID, document: EstimateDocument) -> ScenarioView:
    """Replace the description, traffic, free tier and prices; resources are changed in services.resources."""
    scenario = find_scenario(owner_id, scenario_id, lock=True)
    check_editable(_status(scenario))
    _fill(scenario, _named(document))
    touch(scenario)
    return view_of(scenario)


def patch_scenario(owner_id: UUID, scenario_id: UUID, changes: Mapping[str, object]) -> ScenarioView:
    """Change the named document fields, and `status` or `traffic_source`; what is not named stays.

    Raises InvalidInput for wrong fields and Conflict for a forbidden move; then nothing has changed.
    """
    scenario = find_scenario(owner_id, scenario_id, lock=True)
    rest = {name: value for name, value in changes.items() if name not in ("status", "traffic_source")}
    status = _stated(changes, "status", tuple(STATUSES)) or scenario.status
    source = _stated(changes, "traffic_source", ("declared", "recorded")) or scenario.traffic_source
    check_move(_status(scenario), cast(Status, status))
    if rest or source != scenario.traffic_source:
        check_editable(_status(scenario) if status == "archived" else cast(Status, status))
        document = parse_document(document_to_json(view_of(scenario).document) | rest)
        _fill(scenario, _named(document))
        if "resources" in rest:
            _fill_resources(scenario, document)
    scenario.status, scenario.traffic_source = status, source
    touch(scenario)
    return view_of(scenario)


def _stated(changes: Mapping[str, object], name: str, known: tuple[str, ...]) -> str | None:
    value = changes.get(name)
    if value is None:
        return None
    if value not in known:
        message = phrase(N_("Choose one of: %(choices)s."), choices=", ".join(known))
        raise InvalidInput([Problem(f"/{name}", message)])
    return str(value)


def set_status(owner_id: UUID, scenario_id: UUID, status: Status) -> ScenarioView:
    """Move to another state. Raises Conflict when the rules forbid it."""
    return patch_scenario(owner_id, scenario_id, {"status": status})


def set_traffic_source(owner_id: UUID, scenario_id: UUID, source: TrafficSource) -> ScenarioView:
    """Choose whether the bill follows the declared or the recorded traffic."""
    return patch_scenario(owner_id, scenario_id, {"traffic_source": source})


def duplicate_scenario(owner_id: UUID, scenario_id: UUID) -> ScenarioView:
    """A new draft with the same document; recorded traffic stays with the original."""
    document = get_scenario(owner_id, scenario_id).document
    name = phrase(N_("%(name)s (copy)"), name=document.name[:190])
    return create_scenario(owner_id, replace(document, name=str(name)))


def delete_scenario(owner_id: UUID, scenario_id: UUID) -> None:
    """Remove the scenario with its resources, recording and reports."""
    db.session.delete(find_scenario(owner_id, scenario_id, lock=True))
    db.session.flush()


def touch(scenario: Scenario) -> None:
    """Note a change."""
    scenario.version += 1
    scenario.updated_at = now()
    db.session.flush()


def view_of(scenario: Scenario) -> ScenarioView:
    """The row as a view; the stored document passes the same check as a sent one."""
    document = parse_document(
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


def _named(document: EstimateDocument) -> EstimateDocument:
    if not document.name:
        raise InvalidInput([Problem("/name", phrase(N_("A scenario needs a name.")))])
    return document


def _fill(scenario: Scenario, document: EstimateDocument) -> None:
    scenario.name, scenario.description = document.name, document.description
    scenario.region, scenario.free_tier = document.region, document.free_tier
    scenario.commitment = commitment_to_json(document.commitment)
    scenario.traffic, scenario.prices = traffic_to_json(document.traffic), prices_to_json(document.prices)
    kept = {tag.tag: tag for tag in scenario.tags}
    scenario.tags = [kept.get(tag) or ScenarioTag(tag=tag) for tag in document.tags]
    for position, row in enumerate(scenario.tags):
        row.position = position


def _fill_resources(scenario: Scenario, document: EstimateDocument) -> None:
    scenario.resources = [
        ScenarioResource(position=position, **resource_to_json(resource))
        for position, resource in enumerate(document.resources)
    ]
