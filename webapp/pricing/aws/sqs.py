"""Amazon SQS: requests of standard, fair and FIFO queues."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Every started 64 KB of one action is one request (AWS SQS pricing page).
CHUNK_KB = 64


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    requests, queue = inputs["requests"], inputs.choice("queue_type")
    chunks = started_at_least_one(inputs.number("message_kb"), CHUNK_KB)
    how = wording("%(n)s requests × %(chunks)s started chunks of 64 KB", n=requests, chunks=chunks)
    yield Quantity("sqs.fifo" if queue == "fifo" else "sqs.standard", requests * chunks, how)
    if queue == "fair":
        yield Quantity("sqs.fair", requests * chunks, how)


def _price(key: str, label: str, queue_type: str, unit: str = "Request(64 KB)") -> PriceKey:
    # The usage type differs between us-east-1 and the other regions, the queue type does not.
    selector = {"group": "SQS-APIRequest-Tier1", "queueType": queue_type}
    return PriceKey(key, label, unit, "AWSQueueService", selector)


SERVICE = ServiceModel(
    code="sqs",
    name="Amazon SQS",
    category=N_("Integration"),
    summary=N_("Queues billed per request; every action on a message is one."),
    settings=(
        choice(
            "queue_type",
            N_("Queue type"),
            (
                ("standard", N_("Standard")),
                ("fair", N_("Standard with fair queues")),
                ("fifo", N_("FIFO")),
            ),
            N_("Fair queues cost a surcharge on top of the standard price."),
        ),
        decimal(
            "message_kb",
            N_("Size of one request"),
            "KB",
            1,
            (0, 1024),
            N_("Every started 64 KB is one request. Keep 1 KB when the usage already counts 64 KB chunks."),
        ),
    ),
    usage=(
        monthly(
            "requests",
            N_("Requests"),
            "requests",
            N_(
                "Sending, receiving and deleting a message are three; empty receives count; a batch of ten "
                "up to 64 KB is one."
            ),
            per="chunks_64kb",
        ),
    ),
    prices=(
        _price("sqs.standard", N_("Standard requests"), "Standard"),
        _price("sqs.fifo", N_("FIFO requests"), "FIFO (first-in, first-out)"),
        _price("sqs.fair", N_("Fair queue surcharge"), "Fair", unit="Request"),
    ),
    allowances=(
        Allowance(
            "sqs_requests",
            N_("1 million requests, standard and FIFO together"),
            ("sqs.standard", "sqs.fifo"),
            Decimal(1_000_000),
            "always",
            "AWS SQS pricing page",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/sqs/pricing/",
    keywords=("queue", "messages"),
)
