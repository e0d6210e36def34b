"""What a dashboard needs of one scenario: its bill in a few shapes, its traffic, and how both came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from webapp.domain.scenarios import Status, TrafficSource
from webapp.infra.clock import now
from webapp.pricing.estimate import Estimate
from webapp.services.caching import PRICES, remember, renew, scenario_tag
from webapp.services.estimates import effective_document, estimate_document
from webapp.services.recordings import RecordingView, get_recording
from webapp.services.scenarios import ScenarioView, get_scenario

#: Resources named one by one, the dearest first; `ScenarioMetrics.resources` counts all.
TOP_RESOURCES = 10
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class CostShare:
    """What a part of the bill costs a month, USD; `percent` of the total, one decimal, 0 of nothing."""

    code: str
    name: str
    cost: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class CatalogAge:
    """Which prices: the catalog, when it was published, and how many whole days ago."""

    name: str
    published: date
    age_days: int


@dataclass(frozen=True, slots=True)
class RecordingMetrics:
    """What was recorded. `events_per_minute`: pace of the last two minutes.

    `bill_so_far` prices exactly what was recorded, USD, None when nothing has a price; `projected` is the
    month it scales to, None also until a monthly volume is stated.
    """

    started_at: datetime | None
    last_event_at: datetime | None
    measures: Mapping[str, int]
    events_per_minute: Decimal
    bill_so_far: Decimal | None
    projected: Decimal | None


@dataclass(frozen=True, slots=True)
class ScenarioMetrics:
    """One scenario in figures; money is USD a month, unrounded.

    `total` is the expected bill without its `unpriced` uses, None when nothing in it has a price; `low` and
    `high` are there when a range of volumes was given. `per_million_units` is the cost of a million units of
    `driver`, `per_event` that of one event; None when the traffic does not say how many there are.
    `measures` are those of the month that is billed; `recording` is None until something was recorded.
    """

    scenario_id: UUID
    name: str
    status: Status
    region: str
    total: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unpriced: int
    by_service: tuple[CostShare, ...]
    resources: int
    top_resources: tuple[CostShare, ...]
    traffic_source: TrafficSource
    driver: str
    measures: Mapping[str, Decimal]
    per_million_units: Decimal | None
    per_event: Decimal | None
    recording: RecordingMetrics | None
    catalog: CatalogAge
    computed_at: datetime


def metrics_of(owner_id: UUID, scenario_id: UUID, *, refresh: bool = False) -> ScenarioMetrics:
    """The metrics of a scenario, as computed within the last minutes or, with `refresh`, now.

    A change of the account's own is seen at once. Raises NotFound, for a stranger too.
    """
    tags = (scenario_tag(owner_id, scenario_id), PRICES)
    # The figures say how old their prices are today.
    key = ["scenario metrics", now().date()]
    if refresh:
        return renew("L1", tags, key, lambda: _compute(owner_id, scenario_id))
    return remember("L1", tags, key, lambda: _compute(owner_id, scenario_id), ScenarioMetrics)


def _compute(owner_id: UUID, scenario_id: UUID) -> ScenarioMetrics:
    view = get_scenario(owner_id, scenario_id)
    document = effective_document(view)
    bill = estimate_document(document)
    month = document.traffic.month("expected")
    return ScenarioMetrics(
        scenario_id=view.id,
        name=document.name,
        status=view.status,
        region=document.region,
        total=_known(bill),
        low=None if bill.range is None else bill.range.low,
        high=None if bill.range is None else bill.range.high,
        unpriced=len(bill.unpriced),
        by_service=tuple(_share(bill, row.service, row.name, row.cost) for row in bill.by_service),
        resources=len(document.resources),
        top_resources=_top_resources(view, bill),
        traffic_source=view.traffic_source,
        driver=document.traffic.unit,
        measures=month,
        per_million_units=_each(bill, month.get(document.traffic.unit), _MILLION),
        per_event=_each(bill, month.get("events"), 1),
        recording=_recording(get_recording(owner_id, scenario_id)),
        catalog=CatalogAge(bill.catalog.name, bill.catalog.published, bill.catalog_age_days),
        computed_at=now(),
    )


def _known(bill: Estimate) -> Decimal | None:
    """The total, unless it is no amount at all."""
    return None if bill.is_unknown else bill.total


def _top_resources(view: ScenarioView, bill: Estimate) -> tuple[CostShare, ...]:
    resources = view.document.resources
    dearest = sorted(range(len(resources)), key=lambda index: (-bill.by_resource[index], index))
    return tuple(
        _share(bill, resources[index].service, resources[index].name, bill.by_resource[index])
        for index in dearest[:TOP_RESOURCES]
    )


def _share(bill: Estimate, code: str, name: str, cost: Decimal) -> CostShare:
    percent = (cost * 100 / bill.total).quantize(Decimal("0.1")) if bill.total else Decimal(0)
    return CostShare(code, name, cost, percent)


def _each(bill: Estimate, units: Decimal | None, count: int) -> Decimal | None:
    """What `count` of `units` cost on average."""
    return None if bill.is_unknown or not units else bill.total * count / units


def _recording(view: RecordingView) -> RecordingMetrics | None:
    if view.started_at is None:
        return None
    return RecordingMetrics(
        started_at=view.started_at,
        last_event_at=view.last_event_at,
        measures=view.measures,
        events_per_minute=view.events_per_minute,
        bill_so_far=_known(view.bill_so_far),
        projected=None if view.projected is None else _known(view.projected),
    )
