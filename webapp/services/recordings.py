"""Recording real traffic: events in, measures per minute out; no row is kept per event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import BinaryIO, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from webapp.domain.activities import EventsIngested
from webapp.domain.errors import KeyReused
from webapp.domain.measures import MEASURES
from webapp.domain.scenarios import Status, check_recordable
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import attempt, db, roll_back
from webapp.metering.stream import Receipt, Rejection, meter
from webapp.metering.wire import Hashed, digest_of
from webapp.models.recording import IngestRequest, RecordedMinute
from webapp.models.scenario import Scenario
from webapp.pricing.estimate import Estimate
from webapp.services.activities import record
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.idempotency import check_key
from webapp.services.scenario_changes import changes_between, note_changes, touch
from webapp.services.scenarios import ScenarioView, find_scenario, get_scenario, lock_scenario

#: Minutes of history a live view shows.
SHOWN_MINUTES = 30


@dataclass(frozen=True, slots=True)
class IngestReceipt:
    """What one ingest request was counted as. `replayed`: an earlier one with this key already counted."""

    id: UUID
    scenario_id: UUID
    receipt: Receipt
    replayed: bool


@dataclass(frozen=True, slots=True)
class _First:
    """The request that was counted under a key. `digest`: of its body, None when that was not kept."""

    receipt: IngestReceipt
    digest: str | None

    def repeated_with(self, digest: str | None) -> IngestReceipt:
        """Its receipt, for a request with the body of `digest`. Raises KeyReused for another body."""
        if self.digest is not None and digest != self.digest:
            message = N_(
                "This Idempotency-Key came with another body before: nothing of this one was counted. "
                "Send it under a new key."
            )
            raise KeyReused([], phrase(message))
        return self.receipt


@dataclass(frozen=True, slots=True)
class RecordedPoint:
    """Sums over the events that arrived in one minute."""

    minute_at: datetime
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RecordingView:
    """A recording as it stands.

    `events_per_minute` is the pace of the last two minutes. `bill_so_far` prices exactly what was recorded;
    `projected` scales it to the monthly volume of `driver`, and is None until a volume is stated.
    """

    started_at: datetime | None
    last_event_at: datetime | None
    measures: Mapping[str, int]
    minutes: tuple[RecordedPoint, ...]
    events_per_minute: Decimal
    bill_so_far: Estimate
    projected: Estimate | None
    driver: str

    @property
    def events(self) -> int:
        return self.measures["events"]

    @property
    def bytes(self) -> int:
        return self.measures["bytes"]


def ingest(
    owner_id: UUID,
    scenario_id: UUID,
    body: BinaryIO,
    *,
    content_type: str = "",
    content_encoding: str = "",
    idempotency_key: str | None = None,
) -> IngestReceipt:
    """Meter `body` and add it to the scenario's recording; a draft starts recording and is billed by it.

    Call it first in its unit of work: the connection is given back while the body trickles in.

    A repeated key with the same body, byte by byte as sent, counts nothing and returns the first receipt.

    Raises NotFound, Conflict (not recording), InvalidInput (bad key), KeyReused (its body was another one)
    and what `meter` raises; then nothing counts.
    """
    if idempotency_key is not None:
        check_key(idempotency_key)
    scenario = find_scenario(owner_id, scenario_id)
    first = _first(scenario_id, idempotency_key)
    if first is None:
        check_recordable(cast(Status, scenario.status))
    # A slow upload must not hold a connection while it trickles in.
    roll_back()
    if first is not None:
        return first.repeated_with(None if first.digest is None else digest_of(body))
    hashed = None if idempotency_key is None else Hashed(body)
    receipt = meter(
        body if hashed is None else cast(BinaryIO, hashed),
        content_type=content_type,
        content_encoding=content_encoding,
    )
    digest = None if hashed is None else hashed.digest()
    return keep_receipt(owner_id, scenario_id, receipt, idempotency_key, now(), digest)


def keep_receipt(
    owner_id: UUID,
    scenario_id: UUID,
    receipt: Receipt,
    key: str | None,
    arrived_at: datetime,
    digest: str | None = None,
) -> IngestReceipt:
    """Add what was metered to the minute of `arrived_at`, once per `key`. Raises as `ingest` does.

    `digest` is that of the body as sent; without one the key is repeated whatever the body.
    """
    scenario = lock_scenario(owner_id, scenario_id)
    check_recordable(cast(Status, scenario.status))
    request = IngestRequest(
        scenario_id=scenario_id,
        idempotency_key=key,
        digest=digest,
        receipt=_to_json(receipt),
        received_at=arrived_at,
    )
    try:
        with attempt():
            db.session.add(request)
    except IntegrityError:
        # The same key arrived twice at once and the other request was first.
        first = _first(scenario_id, key)
        if first is None:
            raise
        return first.repeated_with(digest)
    if receipt.accepted:
        _add_minute(scenario_id, receipt, arrived_at)
        _start(scenario)
    record(EventsIngested(scenario_id, owner_id, receipt.accepted, receipt.rejected, receipt.bytes))
    return IngestReceipt(request.id, scenario_id, receipt, replayed=False)


def _start(scenario: Scenario) -> None:
    if scenario.status != "running" or scenario.traffic_source != "recorded":
        before = {"status": scenario.status, "traffic_source": scenario.traffic_source}
        scenario.status, scenario.traffic_source = "running", "recorded"
        touch(scenario)
        after = {"status": "running", "traffic_source": "recorded"}
        note_changes(scenario, changes_between(before, after))


def _add_minute(scenario_id: UUID, receipt: Receipt, arrived_at: datetime) -> None:
    """Add the receipt's sums to its minute, in one statement that two writers cannot interleave."""
    minute = arrived_at.replace(second=0, microsecond=0)
    postgres = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(RecordedMinute) if postgres else sqlite.insert(RecordedMinute)
    sums = {name: receipt.measures[name] for name in MEASURES}
    statement = insert.values(scenario_id=scenario_id, minute_at=minute, **sums)
    added = {name: getattr(RecordedMinute, name) + statement.excluded[name] for name in MEASURES}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["scenario_id", "minute_at"], set_=added)
    )


def _first(scenario_id: UUID, key: str | None) -> _First | None:
    if key is None:
        return None
    row = db.session.scalar(
        select(IngestRequest).where(
            IngestRequest.scenario_id == scenario_id, IngestRequest.idempotency_key == key
        )
    )
    if row is None:
        return None
    return _First(IngestReceipt(row.id, scenario_id, _from_json(row.receipt), replayed=True), row.digest)


def _to_json(receipt: Receipt) -> dict[str, object]:
    return {
        "accepted": receipt.accepted,
        "rejected": receipt.rejected,
        "rejections": [[item.line, str(item.reason)] for item in receipt.rejections],
        "bytes": receipt.bytes,
        "measures": dict(receipt.measures),
    }


def _from_json(kept: dict[str, object]) -> Receipt:
    return Receipt(
        accepted=cast(int, kept["accepted"]),
        rejected=cast(int, kept["rejected"]),
        rejections=tuple(
            Rejection(line, reason) for line, reason in cast(list[tuple[int, str]], kept["rejections"])
        ),
        bytes=cast(int, kept["bytes"]),
        measures=cast(dict[str, int], kept["measures"]),
    )


def get_recording(owner_id: UUID, scenario_id: UUID) -> RecordingView:
    """The recording of a scenario, with its bill so far and the month it projects to."""
    view = get_scenario(owner_id, scenario_id)
    sums = recorded_measures((scenario_id,)).get(scenario_id, dict.fromkeys(MEASURES, Decimal(0)))
    minutes = _minutes(scenario_id)
    first, last = db.session.execute(
        select(func.min(IngestRequest.received_at), func.max(IngestRequest.received_at)).where(
            IngestRequest.scenario_id == scenario_id
        )
    ).one()
    return RecordingView(
        started_at=first,
        last_event_at=last,
        measures={name: int(value) for name, value in sums.items()},
        minutes=minutes,
        events_per_minute=_pace(minutes),
        bill_so_far=_priced(view, sums, volume=False),
        projected=_priced(view, sums, volume=True)
        if view.document.traffic.volume and sums["events"]
        else None,
        driver=view.document.traffic.unit,
    )


def _priced(view: ScenarioView, sums: dict[str, Decimal], *, volume: bool) -> Estimate:
    traffic = recorded_traffic(view.document.traffic, sums)
    return estimate_document(
        replace(view.document, traffic=traffic if volume else replace(traffic, volume=None))
    )


def _minutes(scenario_id: UUID) -> tuple[RecordedPoint, ...]:
    rows = db.session.execute(
        select(RecordedMinute.minute_at, RecordedMinute.events, RecordedMinute.bytes)
        .where(RecordedMinute.scenario_id == scenario_id)
        .order_by(RecordedMinute.minute_at.desc())
        .limit(SHOWN_MINUTES)
    ).all()
    return tuple(RecordedPoint(*row) for row in reversed(rows))


def _pace(minutes: tuple[RecordedPoint, ...]) -> Decimal:
    """Events a minute over the running minute and the one before it."""
    moment = now()
    since = moment.replace(second=0, microsecond=0) - timedelta(minutes=1)
    events = sum(point.events for point in minutes if point.minute_at >= since)
    seconds = Decimal(str((moment - since).total_seconds()))
    return (Decimal(events) * 60 / seconds).quantize(Decimal("0.1"))
