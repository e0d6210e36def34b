"""Amazon EventBridge: buses, archive and replay, schema discovery, pipes, API destinations, scheduler."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel, Usage

OFFER = "AWSEvents"
#: Every started 64 KB of an event is one event, 8 KB for schema discovery (AWS EventBridge pricing page).
CHUNK_KB = 64
DISCOVERY_CHUNK_KB = 8
#: Usage of events metered in 64 KB chunks, and its price. A replayed event is billed as a custom one.
_BY_EVENT = (
    ("custom_events", "eventbridge.custom"),
    ("replayed_events", "eventbridge.custom"),
    ("partner_events", "eventbridge.partner"),
    ("cross_region_events", "eventbridge.cross_region"),
    ("pipe_events", "eventbridge.pipes"),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    event_kb = inputs.number("event_kb")
    chunks = started_at_least_one(event_kb, CHUNK_KB)
    for usage, key in _BY_EVENT:
        yield _events(key, inputs[usage], chunks, CHUNK_KB)
    discovery_chunks = started_at_least_one(event_kb, DISCOVERY_CHUNK_KB)
    yield _events(
        "eventbridge.schema_discovery", inputs["discovered_events"], discovery_chunks, DISCOVERY_CHUNK_KB
    )
    yield from _the_rest(inputs)


def _events(key: str, events: Decimal, chunks: Decimal, chunk_kb: int) -> Quantity:
    how = wording(
        "%(n)s events × %(chunks)s started chunks of %(kb)s KB",
        n=events,
        chunks=chunks,
        kb=chunk_kb,
    )
    return Quantity(key, events * chunks, how)


def _the_rest(inputs: Inputs) -> Iterator[Quantity]:
    calls, archived, stored = inputs["api_destination_calls"], inputs["archived_gb"], inputs["archive_gb"]
    yield Quantity("eventbridge.api_destination", calls, wording("%(n)s calls", n=calls))
    yield Quantity("eventbridge.archive", archived, wording("%(n)s GB archived", n=archived))
    yield Quantity("eventbridge.archive_storage", stored, wording("%(n)s GB kept all month", n=stored))
    scheduled = inputs["scheduled_invocations"]
    yield Quantity("eventbridge.scheduler", scheduled, wording("%(n)s invocations", n=scheduled))


def _bus_usage(name: str, label: str, help: str) -> Usage:
    return monthly(name, label, "events", help, per="chunks_64kb")


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"eventbridge.{key}", label, unit, OFFER, selector)


SERVICE = ServiceModel(
    code="eventbridge",
    name="Amazon EventBridge",
    category=N_("Integration"),
    summary=N_("Events billed per 64 KB chunk; events of AWS services on the default bus are free."),
    settings=(
        decimal(
            "event_kb",
            N_("Size of one event"),
            "KB",
            1,
            (0, 1024),
            N_("Every started 64 KB is one event. Keep 1 KB when the usage already counts 64 KB chunks."),
        ),
    ),
    usage=(
        _bus_usage("custom_events", N_("Custom events"), N_("Events your own applications publish.")),
        _bus_usage("partner_events", N_("Partner events"), N_("Events of other companies' services.")),
        _bus_usage(
            "cross_region_events", N_("Cross-region events"), N_("Events sent on to a bus in another region.")
        ),
        _bus_usage("replayed_events", N_("Replayed events"), N_("From an archive; billed as custom events.")),
        _bus_usage("pipe_events", N_("Pipe events"), N_("Events that enter EventBridge Pipes.")),
        monthly(
            "discovered_events",
            N_("Events used for schema discovery"),
            "events",
            N_("Metered in started chunks of 8 KB."),
        ),
        monthly("api_destination_calls", N_("API destination calls"), "requests"),
        monthly("archived_gb", N_("Events archived"), "GB", N_("Each GB is processed once."), per=""),
        monthly("archive_gb", N_("Archive size"), "GB", N_("Kept on average through the month."), per=""),
        monthly("scheduled_invocations", N_("Scheduler invocations"), "invocations", per=""),
    ),
    prices=(
        _price(
            "custom",
            N_("Custom events"),
            "Event(64 KB)",
            usagetype="Event-64K-Chunks",
            eventType="Custom Event",
        ),
        _price(
            "partner",
            N_("Partner events"),
            "Event(64 KB)",
            usagetype="Event-64K-Chunks",
            eventType="Partner Event",
        ),
        _price("cross_region", N_("Cross-region events"), "Event(64 KB)"),
        _price("pipes", N_("Pipe events"), "Event(64 KB)"),
        _price(
            "schema_discovery",
            N_("Schema discovery"),
            "Event(8 KB)",
            usagetype="Event-8K-Chunks",
            eventType="Discovery Event",
        ),
        _price("api_destination", N_("API destination calls"), "Request"),
        _price("archive", N_("Events archived"), "GB", usagetype="ArchivedEvents-Bytes"),
        _price("archive_storage", N_("Archive storage"), "GB-Mo", usagetype="TimedStorage-ByteHrs"),
        _price("scheduler", N_("Scheduler invocations"), "Invocation"),
    ),
    allowances=(
        Allowance(
            "eventbridge_scheduler",
            N_("14 million scheduler invocations"),
            ("eventbridge.scheduler",),
            Decimal(14_000_000),
            "always",
            "AWS EventBridge pricing page",
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("Events that AWS services put on the default bus are free and not counted."),),
    pricing_page="https://aws.amazon.com/eventbridge/pricing/",
    keywords=("events", "bus", "scheduler", "pipes"),
)
