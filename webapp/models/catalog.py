"""Versioned price catalogs. An estimate names its catalog, so it can be reproduced."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class Catalog(Identified, Base):
    """One set of prices. The catalog in use is the one accepted last."""

    __tablename__ = "catalogs"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    published_on: Mapped[date]
    #: SHA-256 of the loaded files: loading the same catalog again changes nothing.
    digest: Mapped[str] = mapped_column(String(64))
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
