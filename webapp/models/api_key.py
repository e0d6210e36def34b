"""The key a program calls with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base, Identified, UtcDateTime


class ApiKey(Identified, Base):
    """One API key. Its secret is shown once and never kept."""

    __tablename__ = "api_keys"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: What its owner calls it. Checked by services.keys.
    name: Mapped[str] = mapped_column(String(80))
    #: How the secret begins, so that a person can tell keys apart.
    prefix: Mapped[str] = mapped_column(String(16))
    #: SHA-256 of the secret, hexadecimal. A key has 190 random bits, so a slow hash would add nothing.
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Some of "read", "write", "ingest", "admin". Checked by services.keys.
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: After this moment the key is refused; None: never.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Exact to a minute: written at most once a minute, so that a busy key does not write on every call.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Set once; a revoked key stays listed and never works again.
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
