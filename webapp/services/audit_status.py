"""How the audit stands, at a glance and without walking the chain."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.infra.config import current_settings
from webapp.infra.db import db
from webapp.models.audit import AuditEntry
from webapp.services.audit_archives import list_segments
from webapp.services.audit_chain import present_key
from webapp.services.audit_checkpoints import Checkpoint, last_checkpoint


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """`first_seq` to `last_seq` are in the database (0 for none); `archived` entries in `archives` files."""

    enabled: bool
    first_seq: int
    last_seq: int
    first_at: datetime | None
    last_at: datetime | None
    checkpoint: Checkpoint | None
    archives: int
    archived: int
    retention_days: int
    key_id: str

    @property
    def entries(self) -> int:
        return self.last_seq - self.first_seq + 1 if self.last_seq else 0


def audit_status() -> AuditStatus:
    """How the audit stands now."""
    first, last = db.session.execute(select(func.min(AuditEntry.seq), func.max(AuditEntry.seq))).one()
    segments, settings = list_segments(), current_settings()
    return AuditStatus(
        enabled=settings.audit_logging_enabled,
        first_seq=first or 0,
        last_seq=last or 0,
        first_at=_at(first),
        last_at=_at(last),
        checkpoint=last_checkpoint(),
        archives=len(segments),
        archived=segments[-1].last_seq if segments else 0,
        retention_days=settings.audit_retention_days,
        key_id=present_key()[0],
    )


def _at(seq: int | None) -> datetime | None:
    return db.session.scalar(select(AuditEntry.at).where(AuditEntry.seq == seq)) if seq else None
