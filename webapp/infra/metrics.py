"""What the product counts and times, as named functions with units; Prometheus reads them.

    events_ingested = counter("ingested", "events", "Log events taken into recordings.")
    events_ingested(2_000)

    with query_time.measured(): ...

Labels are few and closed: a label that holds an id or a person's words would make a series for each. None is
called `job` or `instance`: Prometheus writes where it read a number over these.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from prometheus_client import Counter, Gauge, Histogram, Summary, disable_created_metrics

PREFIX = "mockupaws"
# A second series for every sum, telling when it began, would double what Prometheus keeps.
disable_created_metrics()  # type: ignore[no-untyped-call]


M = TypeVar("M", Counter, Gauge, Histogram, Summary)


@dataclass(frozen=True, slots=True)
class _Metric(Generic[M]):
    metric: M
    #: What there is for each set of labels: looking it up here takes a fifth of asking the library again.
    _series: dict[tuple[tuple[str, str], ...], M] = field(default_factory=dict, repr=False)

    def series(self, labels: dict[str, str]) -> M:
        key = tuple(labels.items())
        found = self._series.get(key)
        if found is None:
            found = self._series[key] = self.metric.labels(**labels) if labels else self.metric
        return found


class CountingMetric(_Metric[Counter]):
    """A sum that only grows. Call it with how much, and with a value for every label."""

    def __call__(self, amount: float = 1, **labels: str) -> None:
        self.series(labels).inc(amount)


class TimingMetric(_Metric[Histogram]):
    """How long something took, in seconds, in buckets."""

    def __call__(self, seconds: float, **labels: str) -> None:
        self.series(labels).observe(seconds)

    @contextmanager
    def measured(self, **labels: str) -> Iterator[None]:
        """Time the block, also one that fails."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self(time.perf_counter() - begun, **labels)


class SizeMetric(_Metric[Summary]):
    """How many there were, and how large together."""

    def __call__(self, size: float, **labels: str) -> None:
        self.series(labels).observe(size)


class LevelMetric(_Metric[Gauge]):
    """How many there are now, summed over living processes, or in the one that has most."""

    def __call__(self, change: float, **labels: str) -> None:
        self.series(labels).inc(change)

    def is_now(self, number: float, **labels: str) -> None:
        """Replace what this process has said before."""
        self.series(labels).set(number)


def counter(what: str, unit: str, says: str, *labels: str) -> CountingMetric:
    """`mockupaws_<what>_<unit>_total` ("ingested", "events"); `says` is a sentence for operators."""
    return CountingMetric(Counter(f"{PREFIX}_{what}_{unit}", says, labels))


def timer(what: str, says: str, *labels: str, buckets: tuple[float, ...]) -> TimingMetric:
    """`mockupaws_<what>_seconds` with upper bounds in seconds."""
    return TimingMetric(Histogram(f"{PREFIX}_{what}_seconds", says, labels, buckets=buckets))


def size(what: str, unit: str, says: str, *labels: str) -> SizeMetric:
    """`mockupaws_<what>_<unit>_count` and `_sum`."""
    return SizeMetric(Summary(f"{PREFIX}_{what}_{unit}", says, labels))


def level(what: str, unit: str, says: str, *labels: str) -> LevelMetric:
    """`mockupaws_<what>_<unit>`, a number that rises and falls, summed over processes."""
    return LevelMetric(Gauge(f"{PREFIX}_{what}_{unit}", says, labels, multiprocess_mode="livesum"))


def peak(what: str, unit: str, says: str, *labels: str) -> LevelMetric:
    """`mockupaws_<what>_<unit>`, a number that rises and falls, of the process where it is highest."""
    return LevelMetric(Gauge(f"{PREFIX}_{what}_{unit}", says, labels, multiprocess_mode="livemax"))


_QUICK = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
_SLOW = (0.1, 0.5, 1, 2.5, 5, 15, 60, 300)

http_time = timer(
    "http_request_duration_face", "How long answers took, by face (api, page, static).", "face",
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
http_bytes = size("http_response_size", "bytes", "Bodies of answers of known length, by route.", "url_rule")

query_time = timer("db_query", "How long statements of the database took.", "operation", buckets=_QUICK)
pool_connections = level("db_pool", "connections", "Database connections, in use or open at all.", "state")
# Each process has a pool of its own: one may be exhausted while another has plenty.
pool_busiest = peak(
    "db_pool_busiest", "connections", "Database connections in use by the process that uses most."
)
pool_limit = peak("db_pool_limit", "connections", "Database connections a process may open.")

cache_reads = counter("cache", "reads", "Reads of the cache, by tier and outcome.", "tier", "outcome")
cache_loads = counter("cache", "loads", "Values loaded from the source, by tier.", "tier")
cache_errors = counter("cache", "errors", "Times the cache was away, by tier.", "tier")

jobs_started = counter("started", "jobs", "Jobs a worker took up, by name.", "task")
jobs_completed = counter("completed", "jobs", "Jobs that ended well, by name.", "task")
jobs_failed = counter("failed", "jobs", "Jobs that ended badly, retries included, by name.", "task")
job_time = timer("job_duration", "How long jobs took, by name.", "task", buckets=_SLOW)

estimate_time = timer("estimate", "How long computing a bill took.", buckets=_QUICK)
events_ingested = counter("ingested", "events", "Log events taken into recordings.")
bytes_ingested = counter("ingested", "bytes", "Bytes of the events taken into recordings.")
reports_finished = counter("finished", "reports", "Reports, by how they ended.", "status")
requests_refused = counter("refused", "requests", "Requests past a limit, by which one.", "limit")
sign_ins = counter("sign_in", "attempts", "Sign-ins, by how they ended.", "outcome")
