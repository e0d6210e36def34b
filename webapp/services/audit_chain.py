"""The audit's chain: how an entry is written as text, what signs it, and which keys there are."""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select

from webapp.infra.config import current_settings
from webapp.infra.db import db
from webapp.models.audit import AuditEntry, AuditHead

#: Rows of audit_heads: where the entries end, and where the checkpoints do.
CHAIN, CHECKPOINTS = "main", "checkpoints"
#: `previous` of the first entry and of the first checkpoint.
START = "0" * 64
#: Columns the MAC covers: all but itself.
SAID = tuple(column.key for column in AuditEntry.__table__.columns if column.key != "mac")
_COLUMNS = tuple(AuditEntry.__table__.columns[name] for name in (*SAID, "mac"))
#: Entries read at once: what a walk along the chain holds in memory.
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the chain as it was read, from the database or an archive. `said` maps SAID to values."""

    said: Mapping[str, object]
    mac: str

    @property
    def seq(self) -> int:
        return int(str(self.said["seq"]))

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        at = self.said["at"]
        return at if isinstance(at, datetime) else datetime.fromisoformat(str(at))

    @property
    def previous(self) -> str:
        return str(self.said["previous"])

    @property
    def key_id(self) -> str:
        return str(self.said["key_id"])


def read_links(first: int, last: int) -> Iterator[Link]:
    """Entries `first` to `last` that are there, in order; a page at a time, for flat memory."""
    while first <= last:
        page = select(*_COLUMNS).where(AuditEntry.seq.between(first, last)).order_by(AuditEntry.seq)
        rows = db.session.execute(page.limit(_AT_ONCE)).all()
        for row in rows:
            yield Link(dict(zip(SAID, row, strict=False)), row[-1])
        if len(rows) < _AT_ONCE:
            return
        first = rows[-1][0] + 1


def read_head(chain: str) -> tuple[int, str] | None:
    """(number, MAC) of where `chain` ends; None when its row is gone."""
    row = db.session.execute(select(AuditHead.seq, AuditHead.mac).where(AuditHead.chain == chain)).first()
    return None if row is None else (row.seq, row.mac)


def sign(said: Mapping[str, object], key: bytes) -> str:
    """HMAC-SHA-256 over `said` in its one written form, in hexadecimal."""
    return hmac.digest(key, canonical(said).encode(), "sha256").hex()


def is_signed(said: Mapping[str, object], signature: str, key: bytes) -> bool:
    """Whether `signature` was made over `said` with `key`."""
    return hmac.compare_digest(sign(said, key), signature)


def present_key() -> tuple[str, bytes]:
    """(id, key) new entries are signed with."""
    key = current_settings().audit_key
    return key_id_of(key), key


def known_keys() -> dict[str, bytes]:
    """Every key that may have signed an entry, by the id entries name it with."""
    settings = current_settings()
    return {key_id_of(key): key for key in (*settings.former_audit_keys, settings.audit_key)}


@lru_cache(maxsize=16)
def key_id_of(key: bytes) -> str:
    """How entries name the key they were made with."""
    return sha256(key).hexdigest()[:8]


def canonical(values: Mapping[str, object]) -> str:
    """The one way these values are written as JSON: sorted, without blanks, UTC to the microsecond.

    It reads the same before an entry is stored, after any database gave it back, and from an archive. Half a
    surrogate pair, which no database takes, becomes a question mark.
    """
    text = _ENCODER.encode(values)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, bytes) else str(value)


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
