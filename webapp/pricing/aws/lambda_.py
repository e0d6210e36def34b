"""AWS Lambda functions: requests, duration, storage, provisioned concurrency, SnapStart, event pollers."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.aws._lambda_metering import FREE_EPHEMERAL_MB, lambda_quantities
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel

PAGE = "AWS Lambda pricing page"
_LONGEST_MS = 900_000
_MONTH_HOURS = (0, 744)


def _price(key: str, label: str, unit: str, group: str = "") -> PriceKey:
    """`group` as the AWS Price List names it after "AWS-Lambda-"; without one no import finds the price."""
    selector = {"group": f"AWS-Lambda-{group}"} if group else {}
    return PriceKey(f"lambda.{key}", label, unit, "AWSLambda", selector)


SETTINGS = (
    choice(
        "architecture",
        N_("Architecture"),
        (("x86_64", N_("x86")), ("arm64", N_("Arm (Graviton)"))),
        N_("Arm costs about a fifth less per GB-second."),
    ),
    whole(
        "memory_mb",
        N_("Memory"),
        "MB",
        128,
        (128, 10240),
        N_("128 to 10,240 MB. Billed for the whole duration, used or not."),
    ),
    decimal(
        "duration_ms",
        N_("Average duration"),
        "ms",
        100,
        (0, _LONGEST_MS),
        N_("Mean billed milliseconds of one request. AWS rounds each up to 1 ms; initialisation counts."),
    ),
    decimal(
        "async_event_kb",
        N_("Size of an asynchronous event"),
        "KB",
        0,
        (0, 1024),
        N_("Beyond 256 KB each started 64 KB is one more request. Keep 0 for synchronous calls."),
    ),
    whole(
        "ephemeral_storage_mb",
        N_("Ephemeral storage (/tmp)"),
        "MB",
        int(FREE_EPHEMERAL_MB),
        (int(FREE_EPHEMERAL_MB), 10240),
        N_("512 MB are included; what lies above is billed per GB-second."),
    ),
    whole(
        "provisioned_concurrency",
        N_("Provisioned concurrency"),
        "environments",
        0,
        (0, 1_000_000),
        N_("Environments kept ready."),
    ),
    decimal(
        "provisioned_hours",
        N_("Hours provisioned concurrency is on"),
        "hours",
        730,
        _MONTH_HOURS,
        N_("A month has 730. Billed in started steps of 5 minutes."),
    ),
    decimal(
        "provisioned_duration_ms",
        N_("Average duration under provisioned concurrency"),
        "ms",
        100,
        (0, _LONGEST_MS),
    ),
    whole(
        "snapstart_versions",
        N_("SnapStart versions cached"),
        "versions",
        0,
        (0, 10_000),
        N_("Published versions with SnapStart for Python and .NET; for Java it is free, leave 0."),
    ),
    decimal(
        "snapstart_hours",
        N_("Hours each SnapStart version is cached"),
        "hours",
        730,
        _MONTH_HOURS,
        N_("Billed for at least 3 hours."),
    ),
)

USAGE = (
    monthly("requests", N_("Requests"), "requests", N_("Invocations outside provisioned concurrency.")),
    monthly(
        "provisioned_requests",
        N_("Requests under provisioned concurrency"),
        "requests",
        N_("Billed like any request; their duration has a lower price."),
    ),
    monthly("snapstart_restores", N_("SnapStart restores"), "restores", N_("Cold starts from a snapshot.")),
    monthly(
        "streamed_gb", N_("Streamed response data"), "GB", N_("Only what passes 6 MB in a request."), per=""
    ),
    monthly(
        "sqs_poller_hours",
        N_("SQS event poller hours"),
        "EPU-hours",
        N_("Event poller units of SQS event source mappings in provisioned mode."),
        per="",
    ),
    monthly(
        "kafka_poller_hours",
        N_("Kafka event poller hours"),
        "EPU-hours",
        N_("Event poller units of Kafka event source mappings in provisioned mode."),
        per="",
    ),
    monthly(
        "gb_seconds",
        N_("Further GB-seconds"),
        "GB-seconds",
        N_("Duration from a bill, added as it is; set the average duration to 0 if it covers all requests."),
        per="",
    ),
    monthly(
        "ephemeral_gb_seconds",
        N_("Further ephemeral storage"),
        "GB-seconds",
        N_("Beyond 512 MB, from a bill or a report, added as it is."),
        per="",
    ),
    monthly(
        "provisioned_concurrency_gb_seconds",
        N_("Further provisioned concurrency"),
        "GB-seconds",
        N_("Time enabled, from a bill or a report, added as it is."),
        per="",
    ),
    monthly(
        "provisioned_gb_seconds",
        N_("Further GB-seconds under provisioned concurrency"),
        "GB-seconds",
        N_("Duration from a bill or a report, added as it is."),
        per="",
    ),
)

PRICES = (
    _price("requests", N_("Requests (x86)"), "Request", "Requests"),
    _price("requests.arm", N_("Requests (Arm)"), "Request", "Requests-ARM"),
    _price("duration.x86", N_("Duration (x86)"), "GB-Second", "Duration"),
    _price("duration.arm", N_("Duration (Arm)"), "GB-Second", "Duration-ARM"),
    _price("ephemeral_storage.x86", N_("Ephemeral storage (x86)"), "GB-Second", "Storage-Duration"),
    _price("ephemeral_storage.arm", N_("Ephemeral storage (Arm)"), "GB-Second", "Storage-Duration-ARM"),
    _price(
        "provisioned_concurrency.x86",
        N_("Provisioned concurrency (x86)"),
        "GB-Second",
        "Provisioned-Concurrency",
    ),
    _price(
        "provisioned_concurrency.arm",
        N_("Provisioned concurrency (Arm)"),
        "GB-Second",
        "Provisioned-Concurrency-ARM",
    ),
    _price(
        "duration.provisioned.x86",
        N_("Duration under provisioned concurrency (x86)"),
        "GB-Second",
        "Duration-Provisioned",
    ),
    _price(
        "duration.provisioned.arm",
        N_("Duration under provisioned concurrency (Arm)"),
        "GB-Second",
        "Duration-Provisioned-ARM",
    ),
    _price("response_streaming", N_("Response streaming"), "GB", "Processed-Bytes"),
    _price("snapstart.cache", N_("SnapStart cache"), "GB-Second"),
    _price("snapstart.restore", N_("SnapStart restores"), "GB"),
    _price("event_poller.sqs", N_("SQS event pollers"), "EPU-Hour"),
    _price("event_poller.kafka", N_("Kafka event pollers"), "EPU-Hour"),
)

ALLOWANCES = (
    Allowance(
        "lambda_requests",
        N_("1 million requests, x86 and Arm together"),
        ("lambda.requests", "lambda.requests.arm"),
        Decimal(1_000_000),
        "always",
        PAGE,
    ),
    Allowance(
        "lambda_compute",
        N_("400,000 GB-seconds, x86 and Arm together, not for provisioned concurrency"),
        ("lambda.duration.x86", "lambda.duration.arm"),
        Decimal(400_000),
        "always",
        "AWS Lambda pricing page; a bill of August 2026 shows x86 taking it first",
    ),
    Allowance(
        "lambda_streaming",
        N_("100 GB streamed beyond 6 MB per request"),
        ("lambda.response_streaming",),
        Decimal(100),
        "always",
        PAGE,
    ),
)

SERVICE = ServiceModel(
    code="lambda",
    name="AWS Lambda",
    category=N_("Compute"),
    summary=N_("Functions billed per request and per GB-second."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=ALLOWANCES,
    quantities=lambda_quantities,
    assumptions=(N_("Lambda durations are the mean of billed durations, initialisation included."),),
    pricing_page="https://aws.amazon.com/lambda/pricing/",
    keywords=("function", "serverless", "faas"),
)
