"""What ingesting and recordings look like."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Amount, Usd
from webapp.domain.money import plain
from webapp.metering.stream import Receipt
from webapp.pricing.estimate import Estimate
from webapp.services.recordings import IngestReceipt, RecordingView

Outcome = Literal["accepted", "partly_accepted", "rejected"]
Measures = Annotated[
    dict[str, int],
    Field(description="Sums by measure.", examples=[{"events": 2, "bytes": 1800, "chunks_64kb": 2}]),
]


class RejectionJson(TypedDict):
    """One event that was not metered."""

    line: Annotated[int, Field(description="Counts lines, array elements or values from 1; 0 for none.")]
    reason: str


class ReceiptJson(TypedDict):
    """What one request was counted as."""

    id: UUID
    scenario_id: UUID
    status: Outcome
    accepted: Annotated[int, Field(description="Events that were metered.")]
    rejected: Annotated[int, Field(description="Events that were not.")]
    rejections: Annotated[list[RejectionJson], Field(description="The first 20 of those, with reasons.")]
    bytes: Annotated[int, Field(description="Decompressed size of the whole body.")]
    measures: Measures
    replayed: Annotated[
        bool, Field(description="This body was counted before under this Idempotency-Key, and not again.")
    ]


class MinuteJson(TypedDict):
    """Sums over the events that arrived in one minute."""

    minute_at: datetime
    events: int
    bytes: int


class BillJson(TypedDict):
    """A month's total, and how many uses have no known price."""

    total_usd: Usd
    unpriced: int


class RecordingJson(TypedDict):
    """A recording as it stands."""

    started_at: datetime | None
    last_event_at: datetime | None
    events: int
    bytes: int
    measures: Measures
    events_per_minute: Annotated[Amount, Field(description="Pace of the last two minutes.")]
    minutes: Annotated[list[MinuteJson], Field(description="The last 30 minutes that had events.")]
    bill_so_far: Annotated[BillJson, Field(description="What exactly the recorded events cost.")]
    projected_month: Annotated[
        BillJson | None,
        Field(description="That, scaled to the monthly volume; null until a volume is stated."),
    ]
    driver: Annotated[str, Field(description="The measure the volume counts.", examples=["events"])]


def receipt_to_json(done: IngestReceipt) -> ReceiptJson:
    return {
        "id": done.id,
        "scenario_id": done.scenario_id,
        "status": _outcome(done.receipt),
        "accepted": done.receipt.accepted,
        "rejected": done.receipt.rejected,
        "rejections": [{"line": item.line, "reason": str(item.reason)} for item in done.receipt.rejections],
        "bytes": done.receipt.bytes,
        "measures": dict(done.receipt.measures),
        "replayed": done.replayed,
    }


def _outcome(receipt: Receipt) -> Outcome:
    if not receipt.rejected:
        return "accepted"
    return "partly_accepted" if receipt.accepted else "rejected"


def recording_to_json(view: RecordingView) -> RecordingJson:
    return {
        "started_at": view.started_at,
        "last_event_at": view.last_event_at,
        "events": view.events,
        "bytes": view.bytes,
        "measures": dict(view.measures),
        "events_per_minute": plain(view.events_per_minute),
        "minutes": [
            {"minute_at": point.minute_at, "events": point.events, "bytes": point.bytes}
            for point in view.minutes
        ],
        "bill_so_far": _bill(view.bill_so_far),
        "projected_month": None if view.projected is None else _bill(view.projected),
        "driver": view.driver,
    }


def _bill(estimate: Estimate) -> BillJson:
    return {"total_usd": plain(estimate.total), "unpriced": len(estimate.unpriced)}
