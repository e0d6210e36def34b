"""Measures: named sums over traffic events, in the units AWS bills by.

Sums of `ceil` do not follow from totals, so each billable chunk size is a measure of its own.
One home for their names, sizes and meaning; metering fills them, pricing multiplies them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.words import N_

KIB = 1024


@dataclass(frozen=True, slots=True)
class Measure:
    """A named sum. `chunk_bytes` is the started chunk it counts, None where it counts something else."""

    name: str
    unit: str
    label: str
    chunk_bytes: int | None = None


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("events", "events", N_("Events")),
        Measure("bytes", "bytes", N_("Bytes as sent, line endings included")),
        Measure("chunks_64kb", "chunks", N_("64 KB chunks (SQS, SNS, EventBridge)"), 64 * KIB),
        Measure("chunks_512kb", "chunks", N_("512 KB chunks (HTTP API)"), 512 * KIB),
        Measure("chunks_25kb", "chunks", N_("25 KB payload units (Kinesis)"), 25 * KIB),
        Measure("chunks_1kb", "chunks", N_("1 KB units (DynamoDB write)"), KIB),
        Measure("chunks_4kb", "chunks", N_("4 KB units (DynamoDB read)"), 4 * KIB),
        Measure("input_tokens", "tokens", N_("Input tokens, estimated")),
    )
}

#: Mean UTF-8 bytes per model token of English text and logs. A documented estimate, not a tokenizer.
BYTES_PER_TOKEN = 4


def started_chunks(size: int, chunk_bytes: int) -> int:
    """Chunks billed for one event of `size` bytes: every started chunk counts, an empty event is one."""
    if size < 0:
        raise ValueError(f"An event cannot have {size} bytes.")
    return max(1, -(-size // chunk_bytes))


def estimated_tokens(size: int) -> int:
    """Model tokens in one text of `size` bytes, by the documented estimator ceil(bytes / 4)."""
    return -(-size // BYTES_PER_TOKEN)


def measures_of_payload(events: Decimal, average_bytes: int) -> dict[str, Decimal]:
    """Measures of `events` equal events of `average_bytes` bytes each, for traffic declared by hand."""
    sums = {
        "events": events,
        "bytes": events * average_bytes,
        "input_tokens": events * estimated_tokens(average_bytes),
    }
    for measure in MEASURES.values():
        if measure.chunk_bytes is not None:
            sums[measure.name] = events * started_chunks(average_bytes, measure.chunk_bytes)
    return sums
