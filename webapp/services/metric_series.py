"""A measure of a recording over time, or its cost, in buckets without gaps; summed in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, cast, extract, func, select

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.measures import MEASURES
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.recording import RecordedMinute
from webapp.services.caching import PRICES, remember, scenario_tag
from webapp.services.metric_costs import CostShares, cost_shares
from webapp.services.scenarios import find_scenario, view_of

Bucket = Literal["1m", "5m", "15m", "1h", "1d"]
#: Seconds of each bucket, the smallest first.
BUCKETS: Mapping[Bucket, int] = {"1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "1d": 86_400}
#: What a bill is called among the measures.
COST = "cost"
METRICS: tuple[str, ...] = (*MEASURES, COST)
#: Points of one answer, and how many there are when nobody says since when.
MAX_POINTS, DEFAULT_POINTS = 1_500, 60

_Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which series. Without `until` up to now, without `since` DEFAULT_POINTS buckets; both are aware."""

    metric: str = "events"
    bucket: Bucket = "1h"
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """The sum over one bucket that begins at `at`: whole units of the measure, or USD."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Series:
    """Points from `since` up to `until`, one per bucket; `unit` is the measure's, or "USD".

    `total` is their sum. A bucket nothing was recorded in is zero.
    """

    metric: str
    unit: str
    bucket: Bucket
    since: datetime
    until: datetime
    points: tuple[Point, ...]
    total: Decimal


def series_of(owner_id: UUID, scenario_id: UUID, query: SeriesQuery) -> Series:
    """The series of a scenario's recording, its span widened to whole buckets of UTC and ending with today's.

    It is kept for minutes, or until something is recorded or changed. Raises NotFound, and InvalidInput
    (/from, /bucket) for a span that is empty or has too many buckets.
    """
    first, end = _span(query, BUCKETS[query.bucket])
    tags = (scenario_tag(owner_id, scenario_id), PRICES)
    # The span itself: "up to now" is another one when a new bucket begins.
    key = ["series", query.metric, query.bucket, first, end]
    return remember("L1", tags, key, lambda: _load(owner_id, scenario_id, query, first, end), Series)


def _load(owner_id: UUID, scenario_id: UUID, query: SeriesQuery, first: int, end: int) -> Series:
    view = view_of(find_scenario(owner_id, scenario_id))
    seconds = BUCKETS[query.bucket]
    if query.metric == COST:
        values = _costs(cost_shares(view), scenario_id, first, end, seconds)
        unit = "USD"
    else:
        sums = _sums(scenario_id, (query.metric,), first, end, seconds)
        values = {at: Decimal(found[query.metric]) for at, found in sums.items()}
        unit = MEASURES[query.metric].unit
    points = tuple(Point(_moment(at), values.get(at, Decimal(0))) for at in range(first, end, seconds))
    total = sum((point.value for point in points), Decimal(0))
    return Series(query.metric, unit, query.bucket, _moment(first), _moment(end), points, total)


def _span(query: SeriesQuery, seconds: int) -> tuple[int, int]:
    """First second of the first bucket and of the one after the last, as UNIX times."""
    latest = -(-(_second(now()) + 1) // seconds) * seconds
    end = latest if query.until is None else min(-(-_second(query.until) // seconds) * seconds, latest)
    first = (
        end - DEFAULT_POINTS * seconds if query.since is None else _second(query.since) // seconds * seconds
    )
    if first >= end:
        message = N_("This must be before “to”, and not after the present moment.")
        raise InvalidInput([Problem("/from", phrase(message))])
    if (end - first) // seconds > MAX_POINTS:
        raise InvalidInput([_too_many(first, end, seconds)])
    return first, end


def _too_many(first: int, end: int, seconds: int) -> Problem:
    points, most = (end - first) // seconds, f"{MAX_POINTS:,}"
    fitting = [name for name, size in BUCKETS.items() if -(-(end - first) // size) < MAX_POINTS]
    if not fitting:
        message = N_("At most %(most)s points; this span has %(points)s. Choose a shorter one.")
        return Problem("/from", phrase(message, most=most, points=f"{points:,}"))
    message = N_(
        "At most %(most)s points; this span has %(points)s. Choose bucket=%(bucket)s, or a shorter span."
    )
    return Problem("/bucket", phrase(message, most=most, points=f"{points:,}", bucket=fitting[0]))


def _costs(shares: CostShares, scenario_id: UUID, first: int, end: int, seconds: int) -> dict[int, Decimal]:
    """Cost by bucket: what the bill grew by, so that neighbouring spans add up as buckets do."""
    reached = dict(_before(scenario_id, first))
    costs, billed = {}, shares.cost_of(reached)
    for at, found in _sums(scenario_id, tuple(MEASURES), first, end, seconds).items():
        reached = {name: reached[name] + value for name, value in found.items()}
        now_billed = shares.cost_of(reached)
        costs[at], billed = now_billed - billed, now_billed
    return costs


def _sums(scenario_id: UUID, names: tuple[str, ...], first: int, end: int, seconds: int) -> dict[int, _Sums]:
    """Sums by the UNIX time their bucket begins at, in order; empty buckets are absent."""
    epoch = cast(extract("epoch", RecordedMinute.minute_at), BigInteger)
    start = (epoch - epoch % seconds).label("start")
    summed = (func.sum(getattr(RecordedMinute, name)) for name in names)
    rows = db.session.execute(
        select(start, *summed)
        .where(
            RecordedMinute.scenario_id == scenario_id,
            RecordedMinute.minute_at >= _moment(first),
            RecordedMinute.minute_at < _moment(end),
        )
        .group_by("start")
        .order_by("start")
    )
    return {int(row[0]): _named(names, row[1:]) for row in rows}


def _before(scenario_id: UUID, first: int) -> _Sums:
    """Sums of every measure over what was recorded before `first`."""
    summed = (func.sum(getattr(RecordedMinute, name)) for name in MEASURES)
    earlier = (RecordedMinute.scenario_id == scenario_id, RecordedMinute.minute_at < _moment(first))
    return _named(tuple(MEASURES), db.session.execute(select(*summed).where(*earlier)).one())


def _named(names: tuple[str, ...], sums: object) -> _Sums:
    return {name: int(value or 0) for name, value in zip(names, sums, strict=True)}  # type: ignore[call-overload]


def _second(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
