"""The audit's retention: old entries leave the database as whole, verified runs in archive files.

Each step may be cut off; the next run goes on where it stopped. The order is what keeps everything: the file
is on the disk and read back, then its segment is in the database, and only then are the entries deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from sqlalchemy import delete, exists, func, select

from webapp.domain.activities import AuditPruned
from webapp.domain.errors import Conflict
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import sync_folder, write_whole
from webapp.models.audit import AuditEntry, AuditSegment
from webapp.services.activities import record
from webapp.services.audit_archives import (
    archive_name,
    archive_path,
    digest_of,
    holding_still,
    list_segments,
    packed,
    sign_segment,
)
from webapp.services.audit_chain import START, Link, read_links
from webapp.services.audit_checkpoints import forget_checkpoints
from webapp.services.audit_findings import Finding
from webapp.services.audit_verify import archive_findings, walk_faults

#: The most entries one archive holds.
SEGMENT = 10_000


@dataclass(frozen=True, slots=True)
class Pruned:
    """Entries `first` to `last` have left the database for the archive `file`."""

    first: int
    last: int
    file: str


def prune_audit() -> list[Pruned]:
    """Archive and delete what is older than the retention, month by month; what was done.

    Entries stay until the whole month they belong to is old enough. Raises Conflict when something is broken
    (then nothing more is deleted) or somebody else is at it. Begins and ends units of work of its own.
    """
    done = []
    with holding_still(alone=True):
        while (segment := _unfinished()) or (segment := _archive_next()):
            done.append(_delete(segment))
        if done:
            forget_checkpoints(done[-1].last)
    return done


def _unfinished() -> AuditSegment | None:
    """An archived run whose entries are still here: an earlier prune was cut off."""
    here = exists().where(AuditEntry.seq.between(AuditSegment.first_seq, AuditSegment.last_seq))
    with unit_of_work():
        found = db.session.scalar(select(AuditSegment).where(here).order_by(AuditSegment.first_seq).limit(1))
        if found is not None:
            db.session.expunge(found)
    return found


def _archive_next() -> AuditSegment | None:
    """Write the next run that is old enough to a file and note it; None when none is."""
    with unit_of_work():
        segments = list_segments()
        first, previous = (segments[-1].last_seq + 1, segments[-1].last_mac) if segments else (1, START)
        links = _old_links(first)
    if not links:
        return None
    _refuse(walk_faults(links, first, previous))
    segment = _segment(links)
    write_whole(archive_path(segment.file), packed(links))
    segment.sha256 = digest_of(archive_path(segment.file))
    sign_segment(segment)
    sync_folder(archive_path(segment.file).parent)
    _refuse(archive_findings(segment))
    with unit_of_work():
        db.session.add(segment)
        db.session.flush()
        db.session.expunge(segment)
    return segment


def _old_links(first: int) -> list[Link]:
    """Entries from `first` on that are old enough, at most a segment of them."""
    limit, last = _old_until(), db.session.scalar(select(func.max(AuditEntry.seq))) or 0
    return list(islice(takewhile(lambda link: link.at < limit, read_links(first, last)), SEGMENT))


def _old_until() -> datetime:
    """The start of the month that holds the oldest day still to be kept."""
    oldest = now() - timedelta(days=current_settings().audit_retention_days)
    return oldest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _segment(links: list[Link]) -> AuditSegment:
    first, last = links[0], links[-1]
    return AuditSegment(
        first_seq=first.seq,
        last_seq=last.seq,
        first_previous=first.previous,
        last_mac=last.mac,
        archived_at=now(),
        file=archive_name(first.seq, last.seq),
    )


def _delete(segment: AuditSegment) -> Pruned:
    _refuse(archive_findings(segment))
    pruned = Pruned(segment.first_seq, segment.last_seq, segment.file)
    with unit_of_work():
        db.session.execute(delete(AuditEntry).where(AuditEntry.seq.between(pruned.first, pruned.last)))
        record(AuditPruned(pruned.first, pruned.last, pruned.file))
    return pruned


def _refuse(faults: Iterable[Finding]) -> None:
    for fault in faults:
        raise Conflict(
            phrase(
                N_(
                    "Entry %(seq)s of the audit %(fault)s Nothing is deleted. "
                    "See: flask audit verify --archives"
                ),
                seq=fault.seq,
                fault=fault.message,
            )
        )
