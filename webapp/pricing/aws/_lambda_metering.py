"""How AWS meters Lambda functions: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import Wording, wording
from webapp.pricing.aws._rounding import MB_PER_GB, started
from webapp.pricing.declaration import Inputs, Quantity

#: Ephemeral storage included with every function (AWS Lambda pricing page).
FREE_EPHEMERAL_MB = Decimal(512)
#: Provisioned concurrency is billed in started steps of five minutes (AWS Lambda pricing page).
PROVISIONED_STEP_MINUTES = 5
#: An asynchronous event is one request up to the first size and one more per started step beyond
#: (AWS Lambda pricing page, 2026).
ASYNC_INCLUDED_KB, ASYNC_STEP_KB = Decimal(256), 64
#: A cached SnapStart snapshot is billed for at least three hours (AWS Lambda pricing page).
SNAPSTART_MINIMUM_HOURS = Decimal(3)


def lambda_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one function is billed for in a month. GB are of 1,024 MB, as on AWS's pricing page."""
    cpu = "arm" if inputs.choice("architecture") == "arm64" else "x86"
    gb = inputs.number("memory_mb") / MB_PER_GB
    yield from _invocations(inputs, cpu, gb)
    yield from _ephemeral_storage(inputs, cpu)
    yield from _provisioned(inputs, cpu, gb)
    yield from _snapstart(inputs, gb)
    yield from _added_as_they_are(inputs)


def _invocations(inputs: Inputs, cpu: str, gb: Decimal) -> Iterator[Quantity]:
    yield _requests(inputs, "lambda.requests.arm" if cpu == "arm" else "lambda.requests")
    # The mean is of durations AWS already rounded up to 1 ms each, so it is not rounded again.
    seconds = inputs.number("duration_ms") / 1000
    yield _gb_seconds(f"lambda.duration.{cpu}", inputs["requests"], seconds, gb, inputs["gb_seconds"])


def _requests(inputs: Inputs, key: str) -> Quantity:
    requests = inputs["requests"] + inputs["provisioned_requests"]
    beyond = max(Decimal(0), inputs.number("async_event_kb") - ASYNC_INCLUDED_KB)
    each = 1 + started(beyond, ASYNC_STEP_KB)
    if each == 1:
        return Quantity(key, requests, wording("%(n)s requests", n=requests))
    how = wording(
        "%(n)s events × %(each)s requests (one, and one per started 64 KB beyond 256 KB)",
        n=requests,
        each=each,
    )
    return Quantity(key, requests * each, how)


def _ephemeral_storage(inputs: Inputs, cpu: str) -> Iterator[Quantity]:
    extra_gb = max(Decimal(0), inputs.number("ephemeral_storage_mb") - FREE_EPHEMERAL_MB) / MB_PER_GB
    busy = inputs["requests"] * inputs.number("duration_ms") / 1000
    busy += inputs["provisioned_requests"] * inputs.number("provisioned_duration_ms") / 1000
    how = wording("%(seconds)s s running × %(gb)s GB beyond 512 MB", seconds=busy, gb=extra_gb)
    stated = inputs["ephemeral_gb_seconds"]
    yield Quantity(f"lambda.ephemeral_storage.{cpu}", busy * extra_gb + stated, _with_stated(how, stated))


def _provisioned(inputs: Inputs, cpu: str, gb: Decimal) -> Iterator[Quantity]:
    concurrency = inputs.number("provisioned_concurrency")
    steps = started(inputs.number("provisioned_hours") * 60, PROVISIONED_STEP_MINUTES)
    seconds, stated = steps * PROVISIONED_STEP_MINUTES * 60, inputs["provisioned_concurrency_gb_seconds"]
    how = wording(
        "%(n)s concurrent × %(seconds)s s enabled × %(gb)s GB",
        n=concurrency,
        seconds=seconds,
        gb=gb,
    )
    amount = concurrency * seconds * gb + stated
    yield Quantity(f"lambda.provisioned_concurrency.{cpu}", amount, _with_stated(how, stated))
    yield _gb_seconds(
        f"lambda.duration.provisioned.{cpu}",
        inputs["provisioned_requests"],
        inputs.number("provisioned_duration_ms") / 1000,
        gb,
        inputs["provisioned_gb_seconds"],
    )


def _snapstart(inputs: Inputs, gb: Decimal) -> Iterator[Quantity]:
    versions = inputs.number("snapstart_versions")
    hours = max(SNAPSTART_MINIMUM_HOURS, inputs.number("snapstart_hours"))
    yield Quantity(
        "lambda.snapstart.cache",
        versions * hours * 3600 * gb,
        wording(
            "%(n)s cached versions × %(hours)s h × 3,600 s × %(gb)s GB",
            n=versions,
            hours=hours,
            gb=gb,
        ),
    )
    restores = inputs["snapstart_restores"]
    yield Quantity(
        "lambda.snapstart.restore",
        restores * gb,
        wording("%(n)s restores × %(gb)s GB", n=restores, gb=gb),
    )


def _added_as_they_are(inputs: Inputs) -> Iterator[Quantity]:
    streamed = inputs["streamed_gb"]
    yield Quantity(
        "lambda.response_streaming",
        streamed,
        wording("%(n)s GB beyond 6 MB per request", n=streamed),
    )
    for source in ("sqs", "kafka"):
        hours = inputs[f"{source}_poller_hours"]
        yield Quantity(
            f"lambda.event_poller.{source}", hours, wording("%(n)s event poller unit hours", n=hours)
        )


def _gb_seconds(key: str, requests: Decimal, seconds: Decimal, gb: Decimal, stated: Decimal) -> Quantity:
    how = wording(
        "%(n)s requests × %(seconds)s s × %(gb)s GB",
        n=requests,
        seconds=seconds,
        gb=gb,
    )
    return Quantity(key, requests * seconds * gb + stated, _with_stated(how, stated))


def _with_stated(how: Wording, stated: Decimal) -> Wording:
    """`how`, and the GB-seconds a person read off a bill and added as they are."""
    if not stated:
        return how
    return wording("%(how)s + %(stated)s GB-seconds stated", how=how, stated=stated)
