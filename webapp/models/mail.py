"""The outbox: every mail that is to leave the house."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Mail(Identified, Base):
    """One mail, written in the transaction that wants it, sent after the commit, kept until it is gone."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_status_due_at", "status", "due_at"),)

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    #: What it is about: "welcome", "confirm", "reset", "report-ready", "budget-passed" ...
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    #: Emptied once sent when it holds a link that opens something.
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    #: "waiting", "sending", "sent" or "failed".
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    #: Why the last attempt failed; empty otherwise.
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: When the next attempt may be made.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: When its job was last handed to the queue; NULL while the queue has not taken it,
    #: and while it stands in line for its turn of the minute.
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Which run of a worker is sending it, and since when.
    claim: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
