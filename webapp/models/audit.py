"""The audit: a chain of entries that is only ever added to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base, Identified, UtcDateTime


class AuditEntry(Base):
    """One thing that happened. `mac` covers every other column and `previous`, so that no row can change."""

    __tablename__ = "audit_entries"

    #: 1, 2, 3 ... without a gap.
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: Whole microseconds, UTC.
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: Class name in domain.activities.
    activity: Mapped[str] = mapped_column(String(60), index=True)
    #: infra.caller.Via.
    via: Mapped[str] = mapped_column(String(16))
    #: Account behind it. No foreign key: what somebody did outlives the account.
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    credential_id: Mapped[UUID | None]
    #: What it is about: the first id of the activity.
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(300))
    correlation_id: Mapped[str] = mapped_column(String(64))
    #: Canonical JSON of the activity's fields, as text: the MAC is about these bytes.
    details: Mapped[str] = mapped_column(Text)
    #: MAC of the entry before, 64 zeros for the first.
    previous: Mapped[str] = mapped_column(String(64))
    #: HMAC-SHA-256, hexadecimal, with a key outside the database.
    mac: Mapped[str] = mapped_column(String(64))
    #: Which key: the first 8 hexadecimal digits of its SHA-256.
    key_id: Mapped[str] = mapped_column(String(8))


class AuditHead(Base):
    """Where the chain ends: one row, whose lock puts writers in line."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[str] = mapped_column(String(64))


class AuditSegment(Identified, Base):
    """A verified run of entries that was written to an archive file; only such entries may be pruned."""

    __tablename__ = "audit_segments"

    first_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    #: `previous` of the first and `mac` of the last entry: what is left of the chain joins on here.
    first_previous: Mapped[str] = mapped_column(String(64))
    last_mac: Mapped[str] = mapped_column(String(64))
    archived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Name inside the audit folder of the state folder.
    file: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    #: HMAC over the columns above.
    mac: Mapped[str] = mapped_column(String(64))
