"""Links that show one scenario to whoever holds them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base, Identified, UtcDateTime


class ShareLink(Identified, Base):
    """One read-only link. Its token is shown once; only a hash is kept."""

    __tablename__ = "share_links"

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), index=True)
    #: What the owner calls it ("for the board").
    name: Mapped[str] = mapped_column(String(80), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: How the token begins, to tell links apart.
    prefix: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    #: None: until revoked.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Exact to a minute.
    last_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
