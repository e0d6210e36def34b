"""How AWS meters SNS topics: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from webapp.domain.words import wording
from webapp.pricing.aws._rounding import KB_PER_GB, started_at_least_one
from webapp.pricing.declaration import Inputs, Quantity
from webapp.pricing.prices import HOURS_PER_MONTH

#: Every started 64 KB of a published message is one request (AWS SNS pricing page).
CHUNK_KB = 64
#: FIFO payload is metered with at least this per message (AWS SNS pricing page).
FIFO_MINIMUM_KB = Decimal(1)
#: Usage of a standard topic's deliveries, and its price.
DELIVERIES: Mapping[str, str] = {
    "http_deliveries": "sns.http",
    "email_deliveries": "sns.email",
    "sqs_deliveries": "sns.sqs",
    "lambda_deliveries": "sns.lambda",
    "firehose_deliveries": "sns.firehose",
    "sms_deliveries": "sns.sms",
}


def sns_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one topic is billed for in a month. GB are of 1,048,576 KB."""
    yield from _fifo(inputs) if inputs.choice("topic_type") == "fifo" else _standard(inputs)
    for usage, key in (
        ("scanned_gb", "sns.data_protection.scan"),
        ("audited_gb", "sns.data_protection.audit"),
        ("filtered_gb", "sns.payload_filter_scan"),
    ):
        yield Quantity(key, inputs[usage], wording("%(n)s GB scanned", n=inputs[usage]))


def _standard(inputs: Inputs) -> Iterator[Quantity]:
    requests = inputs["requests"]
    chunks = started_at_least_one(inputs.number("message_kb"), CHUNK_KB)
    yield Quantity(
        "sns.requests",
        requests * chunks,
        wording("%(n)s messages × %(chunks)s started chunks of 64 KB", n=requests, chunks=chunks),
    )
    push_key = f"sns.push.{inputs.choice('push_platform')}"
    for usage, key in (*DELIVERIES.items(), ("push_deliveries", push_key)):
        yield Quantity(key, inputs[usage], wording("%(n)s deliveries", n=inputs[usage]))


def _fifo(inputs: Inputs) -> Iterator[Quantity]:
    messages, subscriptions = inputs["requests"], inputs.number("subscriptions")
    kb = max(FIFO_MINIMUM_KB, inputs.number("message_kb"))
    gb = messages * kb / KB_PER_GB
    words = {"n": messages, "kb": kb, "subscriptions": subscriptions}
    yield Quantity("sns.fifo.requests", messages, wording("%(n)s messages", n=messages))
    yield Quantity("sns.fifo.publish_payload", gb, wording("%(n)s messages × %(kb)s KB / 1,048,576", **words))
    yield Quantity(
        "sns.fifo.sub_messages",
        messages * subscriptions,
        wording("%(n)s messages × %(subscriptions)s subscriptions", **words),
    )
    yield Quantity(
        "sns.fifo.sub_payload",
        gb * subscriptions,
        wording("%(n)s messages × %(kb)s KB / 1,048,576 × %(subscriptions)s subscriptions", **words),
    )
    yield from _archive(gb, inputs.number("archive_days"))


def _archive(gb: Decimal, days: Decimal) -> Iterator[Quantity]:
    if not days:
        return
    yield Quantity("sns.fifo.archive", gb, wording("%(gb)s GB archived", gb=gb))
    yield Quantity(
        "sns.fifo.archive_storage",
        gb * days * 24 / HOURS_PER_MONTH,
        wording("%(gb)s GB a month × %(days)s days × 24 h / 730 h", gb=gb, days=days),
    )
