"""Answers kept for requests that may come twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class IdempotentRequest(Identified, Base):
    """The answer to the first request with an `Idempotency-Key`; the next ones get it again."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    #: As the client sent it, 1 to 200 characters.
    key: Mapped[str] = mapped_column(String(200))
    #: SHA-256 over method, address and body: the same key with another request is refused.
    digest: Mapped[str] = mapped_column(String(64))
    #: HTTP status; 0 only inside the transaction of the first request, which nobody else sees.
    status: Mapped[int] = mapped_column(default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
