"""The audit as text for a terminal."""

from collections.abc import Iterable
from datetime import datetime

from webapp.cli.text import table
from webapp.domain.activity_words import activity_words
from webapp.services.audit_search import AuditCard
from webapp.services.audit_status import AuditStatus
from webapp.services.audit_verify import Verification


def verification_text(found: Verification, seconds: float) -> str:
    """What a verification found, the first broken entry first."""
    rate = found.entries / max(seconds, 0.001)
    pace = f"{found.entries:,} entries checked in {seconds:.1f} s ({rate:,.0f} a second)"
    lines = []
    for finding in found.findings:
        lines.append(finding.message if finding.seq is None else f"Entry {finding.seq} {finding.message}")
    if lines:
        lines[0] = f"BROKEN. {lines[0]}"
        if found.entries:
            lines.append(f"Whole up to entry {found.last_seq}.")
    else:
        lines.append(f"OK. {_span(found)}")
        lines.append(_checkpoints(found))
    if found.archives:
        lines.append(f"{found.archived:,} entries in {found.archives:,} archives.")
    return "\n".join([*lines, pace])


def _span(found: Verification) -> str:
    if not found.entries:
        return "There is no entry."
    return (
        f"Entries {found.first_seq:,} to {found.last_seq:,}, {_moment(found.first_at)} "
        f"to {_moment(found.last_at)}."
    )


def _checkpoints(found: Verification) -> str:
    last = found.last_checkpoint
    if last is None:
        return "No checkpoint yet: flask audit checkpoint writes one."
    return f"{found.checkpoints:,} checkpoints, the last of {last.at[:19]} UTC at entry {last.seq:,}."


def status_text(status: AuditStatus) -> str:
    """The audit at a glance."""
    last = status.checkpoint
    rows = [
        ("Written", "yes" if status.enabled else "no: AUDIT_LOGGING_ENABLED is off"),
        ("Entries", f"{status.entries:,} ({status.first_seq:,} to {status.last_seq:,})"),
        ("Since", _moment(status.first_at)),
        ("Latest", _moment(status.last_at)),
        (
            "Checkpoint",
            "none" if last is None else f"{last.number:,} at entry {last.seq:,}, {last.at[:19]} UTC",
        ),
        ("Archived", f"{status.archived:,} entries in {status.archives:,} files"),
        ("Kept", f"{status.retention_days:,} days"),
        ("Key", status.key_id),
    ]
    return table(rows)


def entries_text(entries: Iterable[AuditCard]) -> str:
    """A row an entry."""
    rows = [("Entry", "When (UTC)", "What", "Who", "Address", "Request")]
    rows += [
        (
            str(entry.seq),
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            activity_words(entry.activity),
            entry.actor or str(entry.actor_id or entry.via),
            entry.address,
            entry.correlation_id,
        )
        for entry in entries
    ]
    return table(rows, right=(0,))


def _moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
