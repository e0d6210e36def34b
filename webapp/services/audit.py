"""The audit: what happened, by whom, in a chain that shows every later change of it."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, update

from webapp.domain.activities import Activity, SignedIn
from webapp.infra.caller import Caller, current_caller
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import after_commit, before_commit, db
from webapp.infra.logs import correlation_id
from webapp.models.audit import AuditEntry, AuditHead
from webapp.services.audit_chain import CHAIN, canonical, present_key, sign
from webapp.services.audit_checkpoints import checkpoint_quietly

#: Entries after which a checkpoint is written at once, without waiting for the minute to end.
CHECKPOINT_EVERY = 1_000

_entries, _heads = cast(Table, AuditEntry.__table__), cast(Table, AuditHead.__table__)
_HEAD = update(_heads).where(_heads.c.chain == CHAIN)
_TAKE_PLACE = _HEAD.values(seq=_heads.c.seq + 1).returning(_heads.c.seq, _heads.c.mac)
_SET_HEAD = _HEAD.values(mac=bindparam("new_mac"))
_INSERT = insert(_entries)


def append(activity: Activity) -> None:
    """Add `activity` to the chain at the end of the surrounding unit of work.

    The row of the chain's head is locked from then to the commit, so entries stand in line.
    """
    if not current_settings().audit_logging_enabled:
        return
    said = _said_of(activity, current_caller())
    before_commit(lambda: _link(said))


def _link(said: Mapping[str, object]) -> None:
    db.session.flush()  # whatever rows the act itself locks, it locks before the head
    connection = db.session.connection()
    # One statement locks the head and reads it, on SQLite too.
    head = connection.execute(_TAKE_PLACE).first()
    if head is None:
        raise RuntimeError(
            "The head of the audit's chain is gone. See what happened with: flask audit verify"
        )
    key_id, key = present_key()
    whole = {**said, "seq": head.seq, "previous": head.mac, "key_id": key_id}
    mac = sign(whole, key)
    connection.execute(_INSERT, {**whole, "mac": mac})
    connection.execute(_SET_HEAD, {"new_mac": mac})
    if head.seq % CHECKPOINT_EVERY == 0:
        after_commit(checkpoint_quietly)


def _said_of(activity: Activity, caller: Caller) -> Mapping[str, object]:
    """Everything the entry says but its place in the chain."""
    named = {field.name: getattr(activity, field.name) for field in fields(activity)}
    return {
        "at": now().astimezone(UTC),
        "activity": type(activity).__name__,
        "via": caller.via,
        # Who signs in is still a visitor; the account just proven is the one that acts.
        "actor_id": activity.account_id if isinstance(activity, SignedIn) else caller.account_id,
        "credential_id": caller.credential_id,
        "subject_id": _subject(named),
        "address": _line(caller.address, 64),
        "agent": _line(caller.agent, 300),
        "correlation_id": _line(correlation_id(), 64),
        "details": canonical(named),
    }


def _subject(named: dict[str, object]) -> UUID | None:
    """What the activity is about: its `subject_id`, else the first of its ids."""
    stated = named.get("subject_id")
    ids = (value for value in (stated, *named.values()) if isinstance(value, UUID))
    return next(ids, None)


def _line(text: str, longest: int) -> str:
    """`text` as every database keeps it: printable, on one line, cut where the column ends."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:longest])
