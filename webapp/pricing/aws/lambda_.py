"""AWS Lambda: requests, GB-seconds, ephemeral storage, provisioned concurrency, streaming, SnapStart."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, figure, phrase
from webapp.pricing.declaration import (
    Allowance,
    Choice,
    Inputs,
    PriceKey,
    Quantity,
    ServiceModel,
    Setting,
    Usage,
)

#: Lambda bills memory in GB of 1,024 MB (AWS Lambda pricing page, worked examples: "1536 MB / 1024 MB").
MB_PER_GB = Decimal(1024)
#: Ephemeral storage included with every function (AWS Lambda pricing page).
FREE_EPHEMERAL_MB = Decimal(512)
OFFER = "AWSLambda"


def _suffix(inputs: Inputs) -> str:
    return "arm" if inputs.choice("architecture") == "arm64" else "x86"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    cpu, gb = _suffix(inputs), inputs.number("memory_mb") / MB_PER_GB
    yield from _invocations(inputs, cpu, gb)
    yield from _provisioned(inputs, cpu, gb)
    yield from _extras(inputs, cpu, gb)


def _invocations(inputs: Inputs, cpu: str, gb: Decimal) -> Iterator[Quantity]:
    requests, provisioned = inputs["requests"], inputs["provisioned_requests"]
    all_requests = requests + provisioned
    key = "lambda.requests.arm" if cpu == "arm" else "lambda.requests"
    yield Quantity(key, all_requests, phrase(N_("%(n)s requests"), n=figure(all_requests)))
    # The average is of durations AWS already rounded up to 1 ms each, so it is not rounded again.
    seconds = inputs.number("duration_ms") / 1000
    measured = inputs["gb_seconds"]
    amount = requests * seconds * gb + measured
    how = phrase(
        N_("%(n)s requests × %(seconds)s s × %(gb)s GB"),
        n=figure(requests),
        seconds=figure(seconds),
        gb=figure(gb),
    )
    if measured:
        how = phrase(N_("%(how)s + %(measured)s GB-seconds stated"), how=how, measured=figure(measured))
    yield Quantity(f"lambda.duration.{cpu}", amount, how)
    extra_gb = max(Decimal(0), inputs.number("ephemeral_storage_mb") - FREE_EPHEMERAL_MB) / MB_PER_GB
    busy_seconds = requests * seconds + provisioned * inputs.number("provisioned_duration_ms") / 1000
    yield Quantity(
        f"lambda.ephemeral_storage.{cpu}",
        busy_seconds * extra_gb,
        phrase(
            N_("%(seconds)s s running × %(gb)s GB beyond 512 MB"),
            seconds=figure(busy_seconds),
            gb=figure(extra_gb),
        ),
    )


def _provisioned(inputs: Inputs, cpu: str, gb: Decimal) -> Iterator[Quantity]:
    concurrency, hours = inputs.number("provisioned_concurrency"), inputs.number("provisioned_hours")
    # Time enabled is billed in whole 5-minute steps (AWS Lambda pricing page).
    steps = -(-hours * 60 // 5)
    enabled_seconds = steps * 300
    yield Quantity(
        f"lambda.provisioned_concurrency.{cpu}",
        concurrency * enabled_seconds * gb,
        phrase(
            N_("%(n)s concurrent × %(seconds)s s enabled × %(gb)s GB"),
            n=figure(concurrency),
            seconds=figure(enabled_seconds),
            gb=figure(gb),
        ),
    )
    requests, seconds = inputs["provisioned_requests"], inputs.number("provisioned_duration_ms") / 1000
    yield Quantity(
        f"lambda.duration.provisioned.{cpu}",
        requests * seconds * gb,
        phrase(
            N_("%(n)s requests × %(seconds)s s × %(gb)s GB"),
            n=figure(requests),
            seconds=figure(seconds),
            gb=figure(gb),
        ),
    )


def _extras(inputs: Inputs, cpu: str, gb: Decimal) -> Iterator[Quantity]:
    streamed = inputs["streamed_gb"]
    yield Quantity(
        "lambda.response_streaming",
        streamed,
        phrase(N_("%(n)s GB beyond 6 MB per request"), n=figure(streamed)),
    )


def _usage(name: str, label: str, unit: str, help: str) -> Usage:
    return Usage(name=name, label=label, unit=unit, help=help)


def _price(key: str, label: str, unit: str, group: str) -> PriceKey:
    return PriceKey(key, label, unit, OFFER, {"group": group})


SERVICE = ServiceModel(
    code="lambda",
    name="AWS Lambda",
    category=N_("Compute"),
    summary=N_("Functions billed per request and per GB-second."),
    pricing_page="https://aws.amazon.com/lambda/pricing/",
    keywords=("function", "serverless", "faas"),
    settings=(
        Setting(
            "architecture",
            N_("Architecture"),
            "choice",
            "x86_64",
            choices=(Choice("x86_64", N_("x86")), Choice("arm64", N_("Arm (Graviton)"))),
            help=N_("Arm costs about a fifth less per GB-second."),
        ),
        Setting(
            "memory_mb",
            N_("Memory"),
            "integer",
            Decimal(128),
            unit="MB",
            minimum=Decimal(128),
            maximum=Decimal(10240),
            help=N_("128 to 10,240 MB. Billed for the whole duration, used or not."),
        ),
        Setting(
            "ephemeral_storage_mb",
            N_("Ephemeral storage (/tmp)"),
            "integer",
            FREE_EPHEMERAL_MB,
            unit="MB",
            minimum=FREE_EPHEMERAL_MB,
            maximum=Decimal(10240),
            help=N_("512 MB are included; what lies above is billed per GB-second."),
        ),
        Setting(
            "duration_ms",
            N_("Average duration"),
            "number",
            Decimal(100),
            unit="ms",
            minimum=Decimal(0),
            maximum=Decimal(900_000),
            help=N_(
                "Mean billed milliseconds of one request. AWS rounds each up to 1 ms; initialisation counts."
            ),
        ),
        Setting(
            "provisioned_concurrency",
            N_("Provisioned concurrency"),
            "integer",
            Decimal(0),
            unit="environments",
            minimum=Decimal(0),
            maximum=Decimal(1_000_000),
            help=N_("Environments kept ready."),
        ),
        Setting(
            "provisioned_hours",
            N_("Hours provisioned concurrency is on"),
            "number",
            Decimal(730),
            unit="hours",
            minimum=Decimal(0),
            maximum=Decimal(744),
            help=N_("A month has 730. Billed in whole 5-minute steps."),
        ),
        Setting(
            "provisioned_duration_ms",
            N_("Average duration under provisioned concurrency"),
            "number",
            Decimal(100),
            unit="ms",
            minimum=Decimal(0),
            maximum=Decimal(900_000),
        ),
    ),
    usage=(
        _usage("requests", N_("Requests"), "requests", N_("Invocations outside provisioned concurrency.")),
        _usage(
            "gb_seconds",
            N_("Further GB-seconds"),
            "GB-seconds",
            N_("From a bill or a report, added as they are."),
        ),
        _usage("provisioned_requests", N_("Requests under provisioned concurrency"), "requests", ""),
        _usage("streamed_gb", N_("Streamed response data"), "GB", N_("Only what passes 6 MB in a request.")),
    ),
    prices=(
        _price("lambda.requests", N_("Requests (x86)"), "Request", "AWS-Lambda-Requests"),
        _price("lambda.requests.arm", N_("Requests (Arm)"), "Request", "AWS-Lambda-Requests-ARM"),
        _price("lambda.duration.x86", N_("Duration (x86)"), "GB-Second", "AWS-Lambda-Duration"),
        _price("lambda.duration.arm", N_("Duration (Arm)"), "GB-Second", "AWS-Lambda-Duration-ARM"),
        _price(
            "lambda.ephemeral_storage.x86",
            N_("Ephemeral storage (x86)"),
            "GB-Second",
            "AWS-Lambda-Storage-Duration",
        ),
        _price(
            "lambda.ephemeral_storage.arm",
            N_("Ephemeral storage (Arm)"),
            "GB-Second",
            "AWS-Lambda-Storage-Duration-ARM",
        ),
        _price(
            "lambda.provisioned_concurrency.x86",
            N_("Provisioned concurrency (x86)"),
            "GB-Second",
            "AWS-Lambda-Provisioned-Concurrency",
        ),
        _price(
            "lambda.provisioned_concurrency.arm",
            N_("Provisioned concurrency (Arm)"),
            "GB-Second",
            "AWS-Lambda-Provisioned-Concurrency-ARM",
        ),
        _price(
            "lambda.duration.provisioned.x86",
            N_("Duration under provisioned concurrency (x86)"),
            "GB-Second",
            "AWS-Lambda-Duration-Provisioned",
        ),
        _price(
            "lambda.duration.provisioned.arm",
            N_("Duration under provisioned concurrency (Arm)"),
            "GB-Second",
            "AWS-Lambda-Duration-Provisioned-ARM",
        ),
        _price("lambda.response_streaming", N_("Response streaming"), "GB", "AWS-Lambda-Streaming"),
    ),
    allowances=(
        Allowance(
            "lambda_requests",
            N_("1 million requests, x86 and Arm together"),
            ("lambda.requests", "lambda.requests.arm"),
            Decimal(1_000_000),
            "always",
            "AWS Lambda pricing page",
        ),
        Allowance(
            "lambda_compute",
            N_("400,000 GB-seconds, x86 and Arm together, not for provisioned concurrency"),
            ("lambda.duration.x86", "lambda.duration.arm"),
            Decimal(400_000),
            "always",
            "AWS Lambda pricing page; a real 2026 bill shows x86 taking it first",
        ),
        Allowance(
            "lambda_streaming",
            N_("100 GB streamed beyond 6 MB per request"),
            ("lambda.response_streaming",),
            Decimal(100),
            "always",
            "AWS Lambda pricing page",
        ),
    ),
    quantities=_quantities,
)
