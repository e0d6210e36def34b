"""Archive files of the audit: whole runs of entries that have left the database, a segment for each."""

import fcntl
import gzip
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from zlib import error as BrokenCompression  # noqa: N812 - what it is called where it is raised

from sqlalchemy import select

from webapp.domain.errors import Conflict
from webapp.domain.words import N_, phrase
from webapp.infra.config import current_settings
from webapp.infra.db import db
from webapp.models.audit import AuditSegment
from webapp.services.audit_chain import Link, canonical, known_keys, present_key, sign

#: Columns a segment's MAC covers.
_SEGMENT = ("first_seq", "last_seq", "first_previous", "last_mac", "archived_at", "file", "sha256")


def archive_path(name: str) -> Path:
    """Where the archive `name` is; a name with a folder in it stays inside ours all the same."""
    return current_settings().audit_dir / "archive" / Path(name).name


def archive_name(first: int, last: int) -> str:
    """The file of the entries `first` to `last`."""
    return f"{first:012}-{last:012}.jsonl.gz"


def packed(links: Iterable[Link]) -> bytes:
    """The links as an archive: a line each, compressed; the same links make the same bytes."""
    lines = (canonical({**link.said, "mac": link.mac}) + "\n" for link in links)
    return gzip.compress("".join(lines).encode(), mtime=0)


def unpacked(path: Path) -> Iterator[Link]:
    """The links of an archive. Raises one of UNREADABLE where it cannot be read."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if not isinstance(said, dict) or "mac" not in said:
                raise ValueError("This line is not an entry.")
            mac = said.pop("mac")
            yield Link(said, str(mac))


#: What `unpacked` raises for a file that is gone, cut or changed.
UNREADABLE = (OSError, EOFError, BrokenCompression, ValueError)


def digest_of(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def list_segments() -> list[AuditSegment]:
    """Every archived run, the oldest first."""
    return list(db.session.scalars(select(AuditSegment).order_by(AuditSegment.first_seq)))


def sign_segment(segment: AuditSegment) -> None:
    """Put the MAC on a new segment."""
    segment.mac = sign(_said(segment), present_key()[1])


def is_genuine(segment: AuditSegment) -> bool:
    """Whether the segment is one we wrote, unchanged."""
    said = _said(segment)
    return any(sign(said, key) == segment.mac for key in known_keys().values())


def _said(segment: AuditSegment) -> dict[str, object]:
    said = {name: getattr(segment, name) for name in _SEGMENT}
    said["archived_at"] = segment.archived_at.astimezone(UTC)
    return {"kind": "segment", **said}


@contextmanager
def holding_still(*, alone: bool) -> Iterator[None]:
    """No entry is pruned inside; `alone` is for the one who prunes. Writers of entries are not held up.

    Raises Conflict when somebody else on this machine verifies (`alone`) or prunes.
    """
    folder = current_settings().audit_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, kind: int) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(
            phrase(N_("The audit is being verified or pruned at this moment. Try again in a minute."))
        ) from None
