"""An account in figures: how many scenarios in which state, what they cost together, which cost most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from heapq import nlargest
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from webapp.domain.scenarios import STATUSES, Status
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.recording import RecordedMinute
from webapp.models.scenario import Scenario
from webapp.pricing.estimate import Estimate
from webapp.services.caching import PRICES, owner_tag, remember, renew
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.scenarios import ScenarioView, view_of

#: Scenarios named one by one.
BIGGEST = 5
_BATCH = 200


@dataclass(frozen=True, slots=True)
class ScenarioTotal:
    """What one scenario costs a month, USD, without its unpriced uses."""

    scenario_id: UUID
    name: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class AccountMetrics:
    """All of an account's scenarios together.

    `total` is USD a month over every scenario that is not archived, without the uses that have no price:
    `unpriced` counts those. `events` counts every event ever recorded, archived scenarios included.
    """

    by_status: Mapping[Status, int]
    total: Decimal
    unpriced: int
    biggest: tuple[ScenarioTotal, ...]
    events: int
    computed_at: datetime


def account_metrics_of(owner_id: UUID, *, refresh: bool = False) -> AccountMetrics:
    """The figures of an account, as computed within the last minutes or, with `refresh`, now."""
    tags, key = (owner_tag(owner_id), PRICES), ["account metrics"]
    if refresh:
        return renew("L1", tags, key, lambda: _compute(owner_id))
    return remember("L1", tags, key, lambda: _compute(owner_id), AccountMetrics)


def _compute(owner_id: UUID) -> AccountMetrics:
    total, unpriced, biggest = Decimal(0), 0, list[ScenarioTotal]()
    for view, bill in _bills(owner_id):
        total, unpriced = total + bill.total, unpriced + len(bill.unpriced)
        if not bill.is_unknown:
            one = ScenarioTotal(view.id, view.document.name, bill.total)
            biggest = nlargest(BIGGEST, [*biggest, one], key=lambda each: each.total)
    return AccountMetrics(_by_status(owner_id), total, unpriced, tuple(biggest), _events(owner_id), now())


def _bills(owner_id: UUID) -> Iterator[tuple[ScenarioView, Estimate]]:
    """Every scenario that is not archived with its expected bill; a few at a time are held in memory."""
    chosen = select(Scenario).where(Scenario.owner_id == owner_id, Scenario.status != "archived")
    chosen = chosen.options(selectinload(Scenario.resources), selectinload(Scenario.tags))
    last: UUID | None = None
    while True:
        after = chosen if last is None else chosen.where(Scenario.id > last)
        views = [view_of(row) for row in db.session.scalars(after.order_by(Scenario.id).limit(_BATCH))]
        recorded = recorded_measures(tuple(view.id for view in views if view.traffic_source == "recorded"))
        for view in views:
            yield view, _expected_bill(view, recorded.get(view.id, {}))
        if len(views) < _BATCH:
            return
        last = views[-1].id


def _expected_bill(view: ScenarioView, recorded: dict[str, Decimal]) -> Estimate:
    """The bill of the expected month; its range would cost two more estimates."""
    traffic = view.document.traffic
    if view.traffic_source == "recorded":
        traffic = recorded_traffic(traffic, recorded)
    if traffic.volume is not None:
        traffic = replace(traffic, volume=replace(traffic.volume, low=None, high=None))
    return estimate_document(replace(view.document, traffic=traffic))


def _by_status(owner_id: UUID) -> dict[Status, int]:
    counted = select(Scenario.status, func.count()).where(Scenario.owner_id == owner_id)
    found = dict(db.session.execute(counted.group_by(Scenario.status)).tuples().all())
    return {status: found.get(status, 0) for status in STATUSES}


def _events(owner_id: UUID) -> int:
    summed = select(func.sum(RecordedMinute.events)).join(Scenario, Scenario.id == RecordedMinute.scenario_id)
    return int(db.session.scalar(summed.where(Scenario.owner_id == owner_id)) or 0)
