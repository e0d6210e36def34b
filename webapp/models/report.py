"""Reports that were asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Report(Identified, Base):
    """One report of one scenario. Its file is `<reports_dir>/<id>.<format>`, there exactly when completed."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_status_requested_at", "status", "requested_at"),)

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), index=True)
    #: "pdf" or "csv". Checked by domain.reports.read_format.
    format: Mapped[str] = mapped_column(String(8))
    #: Names of domain.reports.SECTIONS, in their order. Checked by domain.reports.read_sections.
    sections: Mapped[list[str]] = mapped_column(JSON)
    #: Language the report is written in ("en").
    language: Mapped[str] = mapped_column(String(16), default="en")
    #: Whether its owner gets a mail when it is completed.
    mail_when_ready: Mapped[bool] = mapped_column(default=False)
    #: One of domain.reports.STATUSES; only services.reports changes it.
    status: Mapped[str] = mapped_column(String(16), default="queued")
    #: Percent of the work done, 0 to 100.
    progress: Mapped[int] = mapped_column(default=0)
    #: Why it failed, as a msgid; empty otherwise.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What holds a queued report up, as a msgid; empty otherwise.
    notice: Mapped[str] = mapped_column(Text, default="")
    #: How often a worker took it up since it was asked for, or asked for again.
    attempts: Mapped[int] = mapped_column(default=0)
    #: Which run of a worker owns it while it is running; every later write names it.
    claim: Mapped[UUID | None]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: When its job was last handed to the queue; NULL while the queue has not taken it,
    #: and while it stands in line for its turn of the minute.
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Last sign of life of the worker that makes it.
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size_bytes: Mapped[int | None]
    #: What a browser saves it as.
    filename: Mapped[str] = mapped_column(String(100), default="")
