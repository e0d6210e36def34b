"""Versioned price catalogs, and the refreshes that make them. An estimate names its catalog."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Catalog(Identified, Base):
    """One set of prices. The catalog in use is the accepted one with the latest `accepted_at`.

    Its prices never change; a refresh that learns something makes another one.
    """

    __tablename__ = "catalogs"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    published_on: Mapped[date]
    #: SHA-256 of the loaded files, or of the prices: loading the same catalog again changes nothing.
    digest: Mapped[str] = mapped_column(String(64))
    #: "accepted", "held" (waits for a person) or "refused". Set by services.catalog_changes.
    status: Mapped[str] = mapped_column(String(16), default="accepted", server_default="accepted")
    #: Why it was held back, a sentence each.
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    #: Name of the catalog a refresh started from; empty for a loaded one.
    base: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: None for catalogs loaded before this was kept.
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
    #: When it was put in use last. Means nothing unless accepted.
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class CatalogPrice(Base):
    """The price of one key in one region of a catalog."""

    __tablename__ = "catalog_prices"

    catalog_id: Mapped[UUID] = mapped_column(ForeignKey("catalogs.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    #: Billing unit, in AWS's words.
    unit: Mapped[str] = mapped_column(String(60))
    #: [[from, to or null, USD], ...], decimal strings.
    tiers: Mapped[list[list[str | None]]] = mapped_column(JSON)
    #: Date the price was published or fetched, as precise as its source gives it.
    as_of: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(Text)


class CatalogOffer(Base):
    """Which version of an AWS offer file the prices of a catalog were read from, by region."""

    __tablename__ = "catalog_offers"

    catalog_id: Mapped[UUID] = mapped_column(ForeignKey("catalogs.id", ondelete="CASCADE"), primary_key=True)
    #: Offer code of the price list ("AmazonS3").
    offer: Mapped[str] = mapped_column(String(80), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(60))
    #: Digest of the selectors it was read with: other declarations read it again.
    selectors: Mapped[str] = mapped_column(String(16))
    #: Price keys found in it.
    keys: Mapped[list[str]] = mapped_column(JSON)


class PriceRefresh(Identified, Base):
    """One run of the price refresh. The row with a `slot` is the one at work; there is never a second."""

    __tablename__ = "price_refreshes"

    #: "refresh" while it runs, NULL afterwards; unique, so two cannot run at once.
    slot: Mapped[str | None] = mapped_column(String(16), unique=True)
    #: "host:process" at work, to notice one that was killed.
    holder: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    #: Last sign of life.
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: "running", "accepted", "held", "unchanged", "unfinished", "failed" or "abandoned".
    outcome: Mapped[str] = mapped_column(String(16), default="running")
    #: Name of the catalog it made, if any.
    catalog: Mapped[str] = mapped_column(String(80), default="")
    #: Counts and problems, as services.price_refresh writes them.
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
