"""Whether the audit is what was written: walks the chain and names the first entry that is not.

Writers go on meanwhile: where the chain and its checkpoints end is read first, then everything before that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.domain.words import N_, phrase
from webapp.infra.db import db, roll_back
from webapp.models.audit import AuditEntry, AuditSegment
from webapp.services.audit_archives import (
    UNREADABLE,
    archive_path,
    digest_of,
    holding_still,
    is_genuine,
    list_segments,
    unpacked,
)
from webapp.services.audit_chain import (
    CHAIN,
    CHECKPOINTS,
    START,
    Link,
    is_signed,
    known_keys,
    read_head,
    read_links,
)
from webapp.services.audit_checkpoints import Checkpoint, checkpoints_file, read_checkpoints
from webapp.services.audit_findings import (
    CheckpointFile,
    Finding,
    cut_off,
    missing,
    never_signed,
    other_than_seen,
    replaced_key,
    unknown_key,
    why_unsigned,
)
from webapp.services.audit_keys import KeyOrder

#: Entries of a longer time than this have a checkpoint among them, while a worker runs.
_UNSIGNED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found. `entries` were checked, of `first_at` to `last_at`.

    `archived` entries are in `archives` files; `findings` begins with the first broken entry and is empty for
    a whole chain.
    """

    entries: int = 0
    first_seq: int = 0
    last_seq: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    checkpoints: int = 0
    last_checkpoint: Checkpoint | None = None
    archives: int = 0
    archived: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Walk:
    """The place reached so far: `expected` comes next and joins on `previous`."""

    expected: int
    previous: str
    entries: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    keys: Mapping[str, bytes] = field(default_factory=known_keys)
    order: KeyOrder = field(default_factory=KeyOrder)

    def step(self, link: Link, head: int) -> Finding | None:
        """Go on to `link`, or say why it cannot come next."""
        found = self._fault(link, head)
        if found is None:
            self.first_at, self.last_at = self.first_at or link.at, link.at
            self.entries, self.expected, self.previous = self.entries + 1, link.seq + 1, link.mac
        return found

    def _fault(self, link: Link, head: int) -> Finding | None:
        if link.seq != self.expected:
            return Finding(self.expected, missing(self.expected, link.seq - 1))
        key = self.keys.get(link.key_id)
        if key is None:
            return Finding(link.seq, unknown_key(link))
        if not is_signed(link.said, link.mac, key):
            return Finding(link.seq, why_unsigned(link, key, head))
        if link.previous != self.previous:
            return Finding(
                link.seq,
                phrase(N_("does not join on the entry before it: that one was put in place of another.")),
            )
        if not self.order.is_in_turn(link.key_id, link.at):
            return Finding(link.seq, replaced_key(link))
        return None


def verify_audit(from_seq: int = 1, *, archives: bool = False) -> Verification:
    """Check the chain from entry `from_seq`, its head, its checkpoints, and the archives when asked.

    Raises Conflict while the audit is being pruned. Run it outside of a unit of work.
    """
    with holding_still(alone=False):
        return _verify(max(1, from_seq), archives)


def _verify(from_seq: int, archives: bool) -> Verification:
    recorded, path = read_head(CHECKPOINTS), checkpoints_file()
    size = path.stat().st_size if path.is_file() else 0
    roll_back()  # the next statement sees the database later than the file
    head = read_head(CHAIN)
    segments = list_segments()
    findings = list(_segment_findings(segments, archives))
    archived = segments[-1].last_seq if segments else 0
    walk = _begin(from_seq, segments)
    noted = CheckpointFile(read_checkpoints(path, size), recorded, archived)
    checkpoints = iter(noted)
    broken = _walk(walk, head[0] if head else _last_seq(), checkpoints) or _head_fault(walk, head)
    for _rest in checkpoints:
        pass  # what is wrong with the file itself is told in any case
    findings += noted.at_the_end()
    if noted.count == 0 and not findings and _should_be_signed(walk):
        findings.append(Finding(None, never_signed()))
    first_seq = walk.expected - walk.entries
    return Verification(
        entries=walk.entries,
        first_seq=first_seq,
        last_seq=walk.expected - 1,
        first_at=walk.first_at,
        last_at=walk.last_at,
        checkpoints=noted.count,
        last_checkpoint=noted.last,
        archives=len(segments),
        archived=archived,
        findings=tuple(sorted([broken, *findings] if broken else findings, key=_place)),
    )


def _should_be_signed(walk: _Walk) -> bool:
    """Whether these entries were written over so long a time that a checkpoint was made meanwhile."""
    first, last = walk.first_at, walk.last_at
    return first is not None and last is not None and last - first > _UNSIGNED


def _place(finding: Finding) -> tuple[bool, int]:
    """The first broken entry comes first, what is about no single one last."""
    return (finding.seq is None, finding.seq or 0)


def _begin(from_seq: int, segments: list[AuditSegment]) -> _Walk:
    """Where to start: behind what is archived, or at `from_seq`, trusting the entry before it."""
    start, previous = (segments[-1].last_seq + 1, segments[-1].last_mac) if segments else (1, START)
    if from_seq <= start:
        return _Walk(start, previous)
    before = db.session.scalar(select(AuditEntry.mac).where(AuditEntry.seq == from_seq - 1))
    return _Walk(start, previous) if before is None else _Walk(from_seq, before)


def _walk(walk: _Walk, until: int, checkpoints: Iterator[Checkpoint]) -> Finding | None:
    """The first thing that is broken between where `walk` stands and entry `until`; None when nothing is."""
    checkpoint = next(checkpoints, None)
    for link in read_links(walk.expected, until):
        if found := walk.step(link, until):
            return found
        while checkpoint is not None and checkpoint.seq <= link.seq:
            if checkpoint.seq == link.seq and checkpoint.mac != link.mac:
                return Finding(link.seq, other_than_seen(checkpoint))
            checkpoint = next(checkpoints, None)
    last = walk.expected - 1
    while checkpoint is not None and checkpoint.seq <= last:
        checkpoint = next(checkpoints, None)
    return Finding(walk.expected, cut_off(checkpoint, last)) if checkpoint else None


def _head_fault(walk: _Walk, head: tuple[int, str] | None) -> Finding | None:
    """What is wrong with the head, when nothing else is."""
    if head is None:
        return Finding(None, phrase(N_("The head of the chain is gone from the database.")))
    last = walk.expected - 1
    if head[0] > last:
        return Finding(
            walk.expected,
            phrase(
                N_("is missing, and everything up to %(head)s: the end of the chain was cut off."),
                head=head[0],
            ),
        )
    if head[0] == last and last and head[1] != walk.previous:
        return Finding(last, phrase(N_("is not the entry the head of the chain names: the head disagrees.")))
    return _beyond()


def _beyond() -> Finding | None:
    """Entries past the head, which no writer leaves behind: both come with one commit."""
    last = _last_seq()
    roll_back()
    head = read_head(CHAIN)
    if head is None or last <= head[0]:
        return None
    return Finding(
        last, phrase(N_("lies beyond the head of the chain (%(head)s): the head was put back."), head=head[0])
    )


def _last_seq() -> int:
    return db.session.scalar(select(func.max(AuditEntry.seq))) or 0


def _segment_findings(segments: list[AuditSegment], archives: bool) -> Iterator[Finding]:
    """What is wrong with the list of archived runs and, when asked, with their files."""
    walk = _Walk(1, START)
    for segment in segments:
        if not is_genuine(segment):
            yield Finding(
                segment.first_seq,
                phrase(
                    N_("begins an archived run whose row in the database was changed or is none of ours.")
                ),
            )
        elif (segment.first_seq, segment.first_previous) != (walk.expected, walk.previous):
            yield Finding(
                walk.expected, phrase(N_("is missing: the archived runs do not join on each other."))
            )
        elif archives:
            yield from archive_findings(segment)
        walk = replace(walk, expected=segment.last_seq + 1, previous=segment.last_mac)


def walk_faults(links: Iterable[Link], first: int, previous: str) -> Iterator[Finding]:
    """The first of `links` that does not follow on `previous` from entry `first` on; none when all do."""
    walk = _Walk(first, previous)
    for link in links:
        if found := walk.step(link, link.seq):
            yield found
            return


def archive_findings(segment: AuditSegment) -> Iterator[Finding]:
    """What is wrong with the archive of `segment`; nothing when it holds exactly its entries."""
    path = archive_path(segment.file)
    name = str(path.name)
    try:
        if digest_of(path) != segment.sha256:
            yield Finding(segment.first_seq, phrase(N_("Its archive %(name)s was changed."), name=name))
            return
        walk = _Walk(segment.first_seq, segment.first_previous)
        for link in unpacked(path):
            if found := walk.step(link, segment.last_seq):
                yield found
                return
    except FileNotFoundError:
        yield Finding(segment.first_seq, phrase(N_("Its archive %(name)s is missing."), name=name))
        return
    except UNREADABLE:
        yield Finding(segment.first_seq, phrase(N_("Its archive %(name)s cannot be read."), name=name))
        return
    if (walk.expected, walk.previous) != (segment.last_seq + 1, segment.last_mac):
        yield Finding(walk.expected, phrase(N_("is missing from the archive %(name)s."), name=name))
