"""What was recorded: measures per minute, and one receipt per ingest request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class RecordedMinute(Base):
    """Sums of every measure over the events that arrived in one minute. Names as in domain.measures."""

    __tablename__ = "recorded_minutes"

    scenario_id: Mapped[UUID] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True
    )
    #: The minute's first second, UTC, by the time of arrival.
    minute_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    events: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks_64kb: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks_512kb: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks_25kb: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks_1kb: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks_4kb: Mapped[int] = mapped_column(BigInteger, default=0)
    input_tokens: Mapped[int] = mapped_column(BigInteger, default=0)


class IngestRequest(Identified, Base):
    """One accepted ingest request and its receipt, kept so that a repeated one counts nothing twice."""

    __tablename__ = "ingest_requests"
    __table_args__ = (UniqueConstraint("scenario_id", "idempotency_key"),)

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), index=True)
    #: As the client sent it, at most 200 characters; NULL when it sent none.
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    #: SHA-256 of the body as sent: the same key with another one is refused. NULL without a key, and for
    #: requests counted before digests were kept, which are repeated whatever the body.
    digest: Mapped[str | None] = mapped_column(String(64))
    receipt: Mapped[dict[str, object]] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
