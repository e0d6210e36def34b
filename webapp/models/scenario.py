"""Scenarios and their resources."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Scenario(Identified, Base):
    """One described workload. JSON columns hold the parts of the estimate document as it is sent."""

    __tablename__ = "scenarios"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: At most 200 characters. Checked by parse_document, like every column below that a document fills.
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    region: Mapped[str] = mapped_column(String(32))
    #: One of domain.scenarios.STATUSES; moves are checked by check_move.
    status: Mapped[str] = mapped_column(String(16), default="draft")
    free_tier: Mapped[str] = mapped_column(String(16), default="none")
    #: {"term", "payment"}; empty is none, for scenarios older than commitments.
    commitment: Mapped[dict[str, object]] = mapped_column(JSON, default=dict, server_default="{}")
    #: "declared" or "recorded": whether the bill uses the typed traffic or what was recorded.
    traffic_source: Mapped[str] = mapped_column(String(16), default="declared")
    traffic: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: Prices the document states itself, by price key.
    prices: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    #: Counts changes; a lost update is seen by it.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    resources: Mapped[list["ScenarioResource"]] = relationship(
        order_by="ScenarioResource.position", cascade="all, delete-orphan", passive_deletes=True
    )
    tags: Mapped[list["ScenarioTag"]] = relationship(
        order_by="ScenarioTag.position", cascade="all, delete-orphan", passive_deletes=True
    )


class ScenarioResource(Identified, Base):
    """One AWS service in use by a scenario."""

    __tablename__ = "scenario_resources"

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    #: Code of a declared service.
    service: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    settings: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    usage: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


class ScenarioTag(Base):
    """A tag of a scenario, lower case, at most 40 characters."""

    __tablename__ = "scenario_tags"

    scenario_id: Mapped[UUID] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    position: Mapped[int]
