"""Metrics: a scenario or an account in figures, and how what was recorded moved."""

from typing import cast
from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Parameter, operation
from webapp.api.querying import QueryReader
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.metrics import (
    AccountSummaryJson,
    ScenarioMetricsJson,
    ScenarioSummaryJson,
    SeriesJson,
    account_to_json,
    metrics_to_json,
    series_to_json,
    summary_to_json,
)
from webapp.edge.callers import calling_owner
from webapp.services.account_metrics import account_metrics_of
from webapp.services.metric_series import (
    BUCKETS,
    DEFAULT_POINTS,
    METRICS,
    Bucket,
    SeriesQuery,
    series_of,
)
from webapp.services.metrics import metrics_of

_REFRESH = Parameter(
    "refresh", "Compute anew instead of answering what was computed a moment ago.", bool, example=True
)
_SERIES = (
    Parameter(
        "metric",
        "A measure, or `cost`.",
        {"type": "string", "enum": list(METRICS), "default": "events"},
        example="events",
    ),
    Parameter(
        "bucket",
        "How long each point is.",
        {"type": "string", "enum": list(BUCKETS), "default": "1h"},
        example="1h",
    ),
    Parameter(
        "from",
        f"A moment (RFC 3339) or a date; without one, {DEFAULT_POINTS} points back.",
        {"type": "string"},
        example="2026-11-24",
    ),
    Parameter("to", "The same; without one, the present moment.", {"type": "string"}),
)


@api.get("/metrics/summary")
@operation(
    "Your account in figures",
    tag="Metrics",
    scope="read",
    parameters=(_REFRESH,),
    answers={200: Answer(AccountSummaryJson, "A few numbers, below 5 KB.")},
)
def show_account_summary() -> Response:
    """How many scenarios are in which state, what they cost together, which cost most, what was recorded."""
    owner_id, refresh = calling_owner("read"), _read_refresh()
    return answer(account_to_json(account_metrics_of(owner_id, refresh=refresh)))


@api.get("/scenarios/<uuid:scenario_id>/metrics")
@operation(
    "A scenario in figures",
    tag="Metrics",
    scope="read",
    parameters=(_REFRESH,),
    answers={200: Answer(ScenarioMetricsJson, "What a dashboard shows.")},
)
def show_metrics(scenario_id: UUID) -> Response:
    """The monthly bill with its range, by service and resource, per unit; its traffic and recording."""
    owner_id, refresh = calling_owner("read"), _read_refresh()
    return answer(metrics_to_json(metrics_of(owner_id, scenario_id, refresh=refresh)))


@api.get("/scenarios/<uuid:scenario_id>/metrics/summary")
@operation(
    "A scenario in a few numbers",
    tag="Metrics",
    scope="read",
    parameters=(_REFRESH,),
    answers={200: Answer(ScenarioSummaryJson, "Below 5 KB, whatever the scenario holds.")},
)
def show_metrics_summary(scenario_id: UUID) -> Response:
    owner_id, refresh = calling_owner("read"), _read_refresh()
    return answer(summary_to_json(metrics_of(owner_id, scenario_id, refresh=refresh)))


@api.get("/scenarios/<uuid:scenario_id>/metrics/timeseries")
@operation(
    "What was recorded, over time",
    tag="Metrics",
    scope="read",
    parameters=_SERIES,
    answers={200: Answer(SeriesJson, "Points without gaps; a bucket without events is 0.")},
)
def show_timeseries(scenario_id: UUID) -> Response:
    """Buckets are aligned to UTC: an hour begins at its full hour, a day at midnight.

    `from` and `to` are widened to whole buckets; nothing after the present one is shown. There are at most
    1,500 points: a span with more is refused, and the refusal names the bucket that fits.

    `cost` shares the bill of everything recorded (`bill_so_far` of the recording) over the events that made
    it. Tiers and free units are used up once for all of them, so no event has a price of its own: the part of
    the bill that follows a measure is borne by each of its units alike, and what follows none (a month of an
    instance) by the events. The points of the whole recording add up to that bill exactly.
    """
    owner_id = calling_owner("read")
    return answer(series_to_json(scenario_id, series_of(owner_id, scenario_id, _read_series())))


def _read_refresh() -> bool:
    sent = QueryReader("refresh")
    refresh = sent.flag("refresh")
    sent.check()
    return refresh


def _read_series() -> SeriesQuery:
    sent = QueryReader("metric", "bucket", "from", "to")
    query = SeriesQuery(
        metric=sent.choice("metric", METRICS, "events"),
        bucket=cast(Bucket, sent.choice("bucket", BUCKETS, "1h")),
        since=sent.moment("from"),
        until=sent.moment("to"),
    )
    sent.check()
    return query
