"""The list of a person's scenarios read piece by piece: each goes on where the last one ended.

Unlike pages by number, nothing is left out or shown twice when scenarios come or go while somebody reads.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import load_only, selectinload

from webapp.domain.scenarios import Status, TrafficSource
from webapp.infra.db import db
from webapp.models.scenario import Scenario, ScenarioResource
from webapp.pricing.estimate import Estimate
from webapp.services.scenario_lists import WHOLE, ScenarioQuery, count_of, filtered, priced, sort_column

_MOMENTS = ("updated", "created")
#: Without a bill the traffic and the prices stay unread.
_LIGHT = (
    load_only(
        Scenario.owner_id,
        Scenario.name,
        Scenario.description,
        Scenario.region,
        Scenario.status,
        Scenario.traffic_source,
        Scenario.version,
        Scenario.created_at,
        Scenario.updated_at,
    ),
    selectinload(Scenario.tags),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows of a sorted list: behind the row with this sort value and id, or before it."""

    value: str
    id: UUID
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class RowBill:
    """The expected month in USD, without its `unpriced` uses; None when nothing in it has a known price."""

    total: Decimal | None
    unpriced: int


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario in a list; `bill` is None unless it was asked for."""

    id: UUID
    name: str
    description: str
    region: str
    status: Status
    traffic_source: TrafficSource
    tags: tuple[str, ...]
    resources: int
    version: int
    created_at: datetime
    updated_at: datetime
    bill: RowBill | None


@dataclass(frozen=True, slots=True)
class ScenarioSlice:
    """Rows in their order; `total` counts all that pass the filters. A neighbour that is None has no rows."""

    rows: tuple[ScenarioRow, ...]
    total: int
    previous: Place | None
    next: Place | None


def slice_scenarios(
    owner_id: UUID, query: ScenarioQuery, place: Place | None, limit: int, *, has_bills: bool = True
) -> ScenarioSlice:
    """At most `limit` rows from `place` on, or the first ones; pages of `query` are not read.

    Bills cost most of the time: without `has_bills` none is made.
    """
    chosen, column = filtered(owner_id, query), sort_column(query)
    is_before = place is not None and place.is_before
    is_falling = query.is_descending != is_before
    order = (
        column.desc() if is_falling else column.asc(),
        Scenario.id.desc() if is_before else Scenario.id.asc(),
    )
    wanted = chosen.add_columns(column, _resource_count()).order_by(*order).limit(limit + 1)
    if place is not None:
        wanted = wanted.where(_beyond(column, _value_of(place, query), place, is_falling=is_falling))
    found: list[Any] = list(db.session.execute(wanted.options(*(WHOLE if has_bills else _LIGHT))).all())
    has_more, found = len(found) > limit, found[:limit]
    if is_before:
        found.reverse()
    return ScenarioSlice(
        rows=_rows(found, has_bills=has_bills),
        total=count_of(chosen),
        previous=_place(found[0], is_before=True) if found and (has_more if is_before else place) else None,
        next=_place(found[-1], is_before=False) if found and (is_before or has_more) else None,
    )


def _beyond(column: ColumnElement[Any], value: object, place: Place, *, is_falling: bool) -> Any:
    further = column < value if is_falling else column > value
    later = Scenario.id < place.id if place.is_before else Scenario.id > place.id
    return or_(further, and_(column == value, later))


def _value_of(place: Place, query: ScenarioQuery) -> object:
    is_moment = query.sort.removeprefix("-") in _MOMENTS
    return datetime.fromisoformat(place.value) if is_moment else place.value


def _place(row: Any, *, is_before: bool) -> Place:
    scenario, value, _ = row
    return Place(value.isoformat() if isinstance(value, datetime) else value, scenario.id, is_before)


def _resource_count() -> ColumnElement[int]:
    mine = ScenarioResource.scenario_id == Scenario.id
    return select(func.count()).select_from(ScenarioResource).where(mine).scalar_subquery()


def _rows(found: list[Any], *, has_bills: bool) -> tuple[ScenarioRow, ...]:
    bills: dict[UUID, RowBill] = {}
    if has_bills:
        for view, bill in priced([scenario for scenario, _, _ in found]):
            bills[view.id] = bill_of(bill)
    return tuple(_row(scenario, resources, bills.get(scenario.id)) for scenario, _, resources in found)


def bill_of(estimate: Estimate) -> RowBill:
    """What a list shows of an estimate."""
    return RowBill(None if estimate.is_unknown else estimate.total, len(estimate.unpriced))


def _row(scenario: Scenario, resources: int, bill: RowBill | None) -> ScenarioRow:
    return ScenarioRow(
        id=scenario.id,
        name=scenario.name,
        description=scenario.description,
        region=scenario.region,
        status=cast(Status, scenario.status),
        traffic_source=cast(TrafficSource, scenario.traffic_source),
        tags=tuple(tag.tag for tag in scenario.tags),
        resources=resources,
        version=scenario.version,
        created_at=scenario.created_at,
        updated_at=scenario.updated_at,
        bill=bill,
    )
