"""Jobs that failed for good."""

from datetime import datetime

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class DeadLetter(Identified, Base):
    """One job that used up its retries, with what is needed to send it again."""

    __tablename__ = "dead_letters"

    #: Name of the job ("mails.deliver").
    job: Mapped[str] = mapped_column(String(60), index=True)
    arguments: Mapped[list[str]] = mapped_column(JSON)
    #: Kind and text of the last exception, at most 2,000 characters.
    reason: Mapped[str] = mapped_column(Text)
    #: How often it was tried.
    attempts: Mapped[int]
    correlation_id: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    #: When an administrator sent it again; None while it lies here.
    retried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
