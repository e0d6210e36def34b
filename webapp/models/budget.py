"""Budgets of scenarios, the thresholds they have passed, and the webhooks that tell of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Budget(Base):
    """What one scenario may cost a month. Whoever changes it has locked the scenario."""

    __tablename__ = "budgets"

    scenario_id: Mapped[UUID] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True
    )
    #: USD a month as decimal text, so that no digit is lost. Checked by services.budgets.parse_budget.
    amount_usd: Mapped[str] = mapped_column(String(40))
    #: One of domain.budgets.FIGURES.
    figure: Mapped[str] = mapped_column(String(16))
    #: Where crossings are posted to; empty is nowhere.
    webhook_url: Mapped[str] = mapped_column(String(2000), default="")
    #: What posts are signed with, encrypted with a key outside the database; None without an address.
    webhook_secret: Mapped[str | None] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: Since when a check is wanted; None while the last one saw everything.
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    #: When the last check looked at the bill.
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BudgetCrossing(Base):
    """A threshold the bill has passed. While the row is there, passing it again is no news."""

    __tablename__ = "budget_crossings"

    scenario_id: Mapped[UUID] = mapped_column(
        ForeignKey("budgets.scenario_id", ondelete="CASCADE"), primary_key=True
    )
    #: Percent, one of domain.budgets.THRESHOLDS.
    threshold: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: What the bill was then, USD a month as decimal text.
    total_usd: Mapped[str] = mapped_column(String(80))
    passed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class WebhookDelivery(Identified, Base):
    """One post to a webhook: written with what it tells of, sent after the commit, kept as a log."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_status_due_at", "status", "due_at"),)

    scenario_id: Mapped[UUID] = mapped_column(
        ForeignKey("budgets.scenario_id", ondelete="CASCADE"), index=True
    )
    #: One of domain.budgets.TRIES.
    event: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(2000))
    #: The JSON that is signed and sent, letter by letter.
    body: Mapped[str] = mapped_column(Text)
    #: One of domain.budgets.DELIVERY_STATUSES.
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    #: HTTP status of the last answer; None when there was none.
    answer: Mapped[int | None]
    #: Milliseconds the last try took.
    duration_ms: Mapped[int | None]
    #: Why the last try failed; empty otherwise.
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: When the next try may be made.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: When its job was last handed to the queue; None while the queue has not taken it.
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Which run of a worker is sending it, and since when.
    claim: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
