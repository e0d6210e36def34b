"""Signed checkpoints of the audit, in a file outside the database: a chain that was cut off is seen by them.

`<state>/audit/checkpoints.jsonl` has a line per checkpoint: how far the chain had come, and the signature of
the checkpoint before it. How many there are stands in the database, so that neither can be put back to an
earlier state alone. The same line goes to the security log; kept on another machine it outlives both.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Self

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import sync_folder, write_whole
from webapp.models.audit import AuditHead
from webapp.services.audit_chain import (
    CHAIN,
    CHECKPOINTS,
    canonical,
    known_keys,
    present_key,
    read_head,
    sign,
)

_security = logging.getLogger("webapp.security")
#: More than any line has: the end of the file is read back this far.
_LONGEST_LINE = 4_096


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Entry `seq` had the MAC `mac` at `at`.

    `number` counts checkpoints; `after` is the `seq` of the one before (0 for the first, None when that one
    was not there any more) and `previous` its signature.
    """

    number: int
    seq: int
    mac: str
    at: str
    after: int | None
    previous: str
    key_id: str
    signature: str

    @property
    def line(self) -> str:
        """How the file holds it, without the line break."""
        return canonical(asdict(self))

    @classmethod
    def read(cls, line: bytes) -> Self | None:
        """The checkpoint of a line, None when the line is none or its signature is not ours."""
        try:
            made = cls(**json.loads(line))
            return made if made.is_genuine() else None
        except (ValueError, TypeError):
            return None

    def is_genuine(self) -> bool:
        """Whether its signature was made with a key we know."""
        key = known_keys().get(self.key_id)
        return key is not None and _signature(self, key) == self.signature


def _signature(checkpoint: Checkpoint, key: bytes) -> str:
    said = asdict(checkpoint)
    del said["signature"]
    return sign({"kind": "checkpoint", **said}, key)


def checkpoints_file() -> Path:
    """Where the checkpoints are."""
    return current_settings().audit_dir / "checkpoints.jsonl"


def write_checkpoint() -> Checkpoint | None:
    """Sign how far the chain has come; None when nothing happened since the last checkpoint.

    Raises OSError when the file cannot be written. Begins and ends a unit of work of its own.
    """
    if not _has_news():
        return None
    with unit_of_work(), _locked() as (number, signature):
        last = last_checkpoint()
        follows = _follows(last, number, signature)
        seq, mac = read_head(CHAIN) or (0, "")
        if last is not None and last.seq >= seq:
            _complain_of_a_shorter_chain(last, seq)
            return None
        made = _made(last if follows else None, number, signature, seq, mac)
        _append(made.line)
        _set_recorded(made)
    _security.info("Audit checkpoint %s", made.line)
    return made


def checkpoint_quietly() -> None:
    """Write a checkpoint after an act that is already kept: trouble is logged and undoes nothing."""
    try:
        write_checkpoint()
    except (OSError, SQLAlchemyError):
        _security.exception("The audit's checkpoint could not be written; flask audit checkpoint tries again")


def last_checkpoint() -> Checkpoint | None:
    """The newest one in the file; None without a file or when its last whole line is none of ours."""
    try:
        with checkpoints_file().open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST_LINE))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    # What stands after the last line break was cut off while it was written; nobody was told of it.
    return Checkpoint.read(lines[-2]) if len(lines) > 1 else None


def read_checkpoints(path: Path, size: int) -> Iterator[tuple[int, Checkpoint | None]]:
    """(line number, checkpoint or None when the line is none of ours) of the first `size` bytes."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            size -= len(line)
            if size < 0 or not line.endswith(b"\n"):
                return
            yield number, Checkpoint.read(line)


def forget_checkpoints(last_seq: int) -> None:
    """Take out checkpoints of entries up to `last_seq`, which are archived; the newest stays."""
    with unit_of_work(), _locked():
        path = checkpoints_file()
        lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
        kept = [line for line in lines[:-1] if (made := Checkpoint.read(line)) is None or made.seq > last_seq]
        if len(kept) + 1 < len(lines):
            write_whole(path, b"".join([*kept, lines[-1]]))


def _has_news() -> bool:
    if not current_settings().audit_logging_enabled:
        return False
    with unit_of_work():
        head, last = read_head(CHAIN), last_checkpoint()
    return head is not None and head[0] > 0 and (last is None or last.seq != head[0])


@contextmanager
def _locked() -> Iterator[tuple[int, str]]:
    """(number, signature) of the newest checkpoint by the database, whose row stays locked for the block."""
    row = update(AuditHead).where(AuditHead.chain == CHECKPOINTS).values(seq=AuditHead.seq)
    locked = db.session.execute(row.returning(AuditHead.seq, AuditHead.mac)).first()
    if locked is None:
        raise RuntimeError(
            "The audit's row of checkpoints is gone. See what happened with: flask audit verify"
        )
    yield locked.seq, locked.mac


def _follows(last: Checkpoint | None, number: int, signature: str) -> bool:
    """Whether the file ends where the database says, or one further: then the commit was cut off."""
    if last is None and number == 0:
        return True
    if last is not None and (last.number > number or (last.number, last.signature) == (number, signature)):
        return True
    ends_at = "nothing" if last is None else f"number {last.number}"
    _security.error(
        "The audit's checkpoint file ends at %s, but %s were written: see flask audit verify", ends_at, number
    )
    return False


def _made(last: Checkpoint | None, number: int, signature: str, seq: int, mac: str) -> Checkpoint:
    key_id, key = present_key()
    after = 0 if number == 0 else None
    if last is not None:
        number, signature, after = last.number, last.signature, last.seq
    at = now().astimezone(UTC).isoformat(timespec="microseconds")
    unsigned = Checkpoint(number + 1, seq, mac, at, after, signature, key_id, signature="")
    return Checkpoint(**asdict(unsigned) | {"signature": _signature(unsigned, key)})


def _complain_of_a_shorter_chain(last: Checkpoint, seq: int) -> None:
    if last.seq > seq:
        _security.error(
            "The audit ends at entry %s, but checkpoint %s saw entry %s: see flask audit verify",
            seq,
            last.number,
            last.seq,
        )


def _append(line: str) -> None:
    path = checkpoints_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _drop_half_a_line(descriptor)
        os.write(descriptor, line.encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def _drop_half_a_line(descriptor: int) -> None:
    """A line without its end was cut off by a crash before anybody was told of it."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _LONGEST_LINE, max(0, size - _LONGEST_LINE))
    half = len(tail) - (tail.rfind(b"\n") + 1)
    if half:
        os.ftruncate(descriptor, size - half)


def _set_recorded(made: Checkpoint) -> None:
    row = update(AuditHead).where(AuditHead.chain == CHECKPOINTS)
    db.session.execute(row.values(seq=made.number, mac=made.signature))
