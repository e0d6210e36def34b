"""What metrics look like: of a scenario, of an account, and over time."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Amount, Usd
from webapp.domain.money import plain
from webapp.domain.scenarios import Status, TrafficSource
from webapp.services.account_metrics import AccountMetrics
from webapp.services.metric_series import Bucket, Series
from webapp.services.metrics import CatalogAge, CostShare, RecordingMetrics, ScenarioMetrics

#: Longer names are cut in a summary, which stays below 5 KB whatever people write.
_SHOWN_NAME = 80

Unpriced = Annotated[int, Field(description="Uses whose price nobody knows: outside every total.")]
Known = Annotated[Usd | None, Field(description="USD a month; null when nothing in it has a known price.")]
Measures = Annotated[
    dict[str, Amount],
    Field(description="By measure, over the billed month.", examples=[{"events": "1000000"}]),
]


class CostShareJson(TypedDict):
    """A part of the bill."""

    service: Annotated[str, Field(description="Code of the service.", examples=["sqs"])]
    name: Annotated[str, Field(description="What the service, or the resource, is called.")]
    cost_usd: Usd
    percent: Annotated[Amount, Field(description="Of the total, one decimal.", examples=["41.7"])]


class CatalogAgeJson(TypedDict):
    """Which prices, and how old."""

    name: str
    published: date
    age_days: int


class RecordingMetricsJson(TypedDict):
    """What was recorded."""

    started_at: datetime | None
    last_event_at: datetime | None
    measures: Annotated[dict[str, int], Field(description="Sums over everything recorded.")]
    events_per_minute: Annotated[Amount, Field(description="Pace of the last two minutes.")]
    bill_so_far_usd: Annotated[Usd | None, Field(description="What exactly the recorded events cost.")]
    projected_month_usd: Annotated[
        Usd | None, Field(description="That, scaled to the monthly volume; null until one is stated.")
    ]


class TrafficMetricsJson(TypedDict):
    """The month that is billed."""

    source: TrafficSource
    driver: Annotated[str, Field(description="The measure that bills follow.", examples=["events"])]
    measures: Measures


class ScenarioMetricsJson(TypedDict):
    """One scenario in figures."""

    scenario_id: UUID
    name: str
    status: Status
    region: str
    currency: str
    total_usd: Known
    low_usd: Annotated[Usd | None, Field(description="A quiet month; null without a range of volumes.")]
    high_usd: Annotated[Usd | None, Field(description="A busy month; null without a range of volumes.")]
    unpriced: Unpriced
    per_million_units_usd: Annotated[
        Usd | None, Field(description="Average cost of a million units of the driver.")
    ]
    per_event_usd: Annotated[Usd | None, Field(description="Average cost of one event.")]
    by_service: Annotated[list[CostShareJson], Field(description="The dearest first.")]
    resources: Annotated[int, Field(description="How many there are.")]
    top_resources: Annotated[list[CostShareJson], Field(description="The ten dearest.")]
    traffic: TrafficMetricsJson
    recording: Annotated[RecordingMetricsJson | None, Field(description="Null until something was recorded.")]
    catalog: CatalogAgeJson
    computed_at: Annotated[datetime, Field(description="`?refresh=true` computes anew.")]


class ScenarioSummaryJson(TypedDict):
    """The few numbers of a scenario: always below 5 KB."""

    scenario_id: UUID
    name: Annotated[str, Field(description="Its first 80 characters.")]
    status: Status
    region: str
    total_usd: Known
    low_usd: Usd | None
    high_usd: Usd | None
    unpriced: Unpriced
    per_million_units_usd: Usd | None
    driver: str
    resources: int
    top_services: Annotated[list[CostShareJson], Field(description="The three dearest.")]
    events_recorded: int
    bill_so_far_usd: Annotated[Usd | None, Field(description="Null until something was recorded.")]
    catalog: CatalogAgeJson
    computed_at: datetime


class ScenarioTotalJson(TypedDict):
    """One scenario of an account."""

    scenario_id: UUID
    name: Annotated[str, Field(description="Its first 80 characters.")]
    total_usd: Usd


class AccountSummaryJson(TypedDict):
    """All scenarios of an account in a few numbers: always below 5 KB."""

    scenarios: Annotated[dict[str, int], Field(description="How many, by status.")]
    currency: str
    total_usd: Annotated[Usd, Field(description="USD a month, of all that are not archived.")]
    unpriced: Unpriced
    biggest: Annotated[list[ScenarioTotalJson], Field(description="The five dearest.")]
    events_recorded: int
    computed_at: datetime


class PointJson(TypedDict):
    """One bucket."""

    at: Annotated[datetime, Field(description="The first moment of the bucket, UTC.")]
    value: Amount


class SeriesJson(TypedDict):
    """A measure of a recording over time, without gaps."""

    scenario_id: UUID
    metric: str
    unit: Annotated[str, Field(examples=["events", "USD"])]
    bucket: Bucket
    since: Annotated[datetime, Field(description="`from`, widened to a whole bucket.")]
    until: Annotated[datetime, Field(description="`to`, widened to a whole bucket; the first moment after.")]
    total: Annotated[Amount, Field(description="Sum over the points.")]
    points: list[PointJson]


def metrics_to_json(found: ScenarioMetrics) -> ScenarioMetricsJson:
    return {
        "scenario_id": found.scenario_id,
        "name": found.name,
        "status": found.status,
        "region": found.region,
        "currency": "USD",
        "total_usd": _usd(found.total),
        "low_usd": _usd(found.low),
        "high_usd": _usd(found.high),
        "unpriced": found.unpriced,
        "per_million_units_usd": _usd(found.per_million_units),
        # Of a bill of a few dollars a single event has its first digits where others end.
        "per_event_usd": None if found.per_event is None else plain(found.per_event, 18),
        "by_service": [_share(part) for part in found.by_service],
        "resources": found.resources,
        "top_resources": [_share(part) for part in found.top_resources],
        "traffic": {
            "source": found.traffic_source,
            "driver": found.driver,
            "measures": _amounts(found.measures),
        },
        "recording": None if found.recording is None else _recording(found.recording),
        "catalog": _catalog(found.catalog),
        "computed_at": found.computed_at,
    }


def summary_to_json(found: ScenarioMetrics) -> ScenarioSummaryJson:
    recording = found.recording
    return {
        "scenario_id": found.scenario_id,
        "name": found.name[:_SHOWN_NAME],
        "status": found.status,
        "region": found.region,
        "total_usd": _usd(found.total),
        "low_usd": _usd(found.low),
        "high_usd": _usd(found.high),
        "unpriced": found.unpriced,
        "per_million_units_usd": _usd(found.per_million_units),
        "driver": found.driver,
        "resources": found.resources,
        "top_services": [_share(part) for part in found.by_service[:3]],
        "events_recorded": 0 if recording is None else recording.measures["events"],
        "bill_so_far_usd": None if recording is None else _usd(recording.bill_so_far),
        "catalog": _catalog(found.catalog),
        "computed_at": found.computed_at,
    }


def account_to_json(found: AccountMetrics) -> AccountSummaryJson:
    return {
        "scenarios": {str(status): count for status, count in found.by_status.items()},
        "currency": "USD",
        "total_usd": plain(found.total),
        "unpriced": found.unpriced,
        "biggest": [
            {
                "scenario_id": one.scenario_id,
                "name": one.name[:_SHOWN_NAME],
                "total_usd": plain(one.total),
            }
            for one in found.biggest
        ],
        "events_recorded": found.events,
        "computed_at": found.computed_at,
    }


def series_to_json(scenario_id: UUID, found: Series) -> SeriesJson:
    return {
        "scenario_id": scenario_id,
        "metric": found.metric,
        "unit": found.unit,
        "bucket": found.bucket,
        "since": found.since,
        "until": found.until,
        "total": plain(found.total),
        "points": [{"at": point.at, "value": plain(point.value)} for point in found.points],
    }


def _usd(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _amounts(measures: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: plain(value) for name, value in measures.items()}


def _share(part: CostShare) -> CostShareJson:
    return {
        "service": part.code,
        "name": part.name,
        "cost_usd": plain(part.cost),
        "percent": plain(part.percent),
    }


def _catalog(catalog: CatalogAge) -> CatalogAgeJson:
    return {"name": catalog.name, "published": catalog.published, "age_days": catalog.age_days}


def _recording(found: RecordingMetrics) -> RecordingMetricsJson:
    return {
        "started_at": found.started_at,
        "last_event_at": found.last_event_at,
        "measures": dict(found.measures),
        "events_per_minute": plain(found.events_per_minute),
        "bill_so_far_usd": _usd(found.bill_so_far),
        "projected_month_usd": _usd(found.projected),
    }
