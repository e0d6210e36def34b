"""Requests that may come twice and act once: the first answer is kept, in the transaction of the act itself.

The row is written before the act and committed with it. Two requests with one key therefore stand in line at
that row: when the first commits, the second finds its answer; when it fails or dies, nothing is left of it
and the second acts. No half-done claim can outlive its transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, CursorResult, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from webapp.domain.errors import InvalidInput, KeyReused, Problem, Unavailable
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import begin_writing, db
from webapp.models.idempotency import IdempotentRequest

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 200
#: How long a request waits for another one with its key.
_PATIENCE_S = 10
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What the first request was answered."""

    status: int
    headers: Mapping[str, str]
    body: str


def check_key(key: str) -> None:
    """Raise InvalidInput unless `key` has 1 to 200 visible ASCII characters."""
    if not 0 < len(key) <= MAX_KEY or not all("!" <= character <= "~" for character in key):
        message = N_("Use 1 to %(n)s visible ASCII characters, like a UUID made for this one request.")
        raise InvalidInput([Problem("/Idempotency-Key", phrase(message, n=MAX_KEY))])


def begin_request(account_id: UUID, key: str, digest: str) -> KeptAnswer | None:
    """The answer kept for `key`, or None: then act, and call `keep_answer` in the same unit of work.

    Waits while another request with this key is at work. Raises InvalidInput for a bad key, KeyReused when
    the key came with another request (`digest`), and Unavailable when the other one takes too long.
    """
    check_key(key)
    begin_writing()
    mine = (IdempotentRequest.account_id == account_id, IdempotentRequest.key == key)
    _forget_old(*mine)
    if _is_first(account_id, key, digest):
        return None
    first = db.session.scalars(select(IdempotentRequest).where(*mine)).one()
    if first.digest != digest:
        raise KeyReused(
            [],
            phrase(
                N_("This Idempotency-Key was used for another request. Take a new key for every request.")
            ),
        )
    return KeptAnswer(first.status, first.headers, first.body)


def keep_answer(account_id: UUID, key: str, answer: KeptAnswer) -> None:
    """Keep what the request that began with `key` is answered."""
    kept = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    mine = (IdempotentRequest.account_id == account_id, IdempotentRequest.key == key)
    db.session.execute(update(IdempotentRequest).where(*mine).values(**kept))


def forget_old_requests() -> int:
    """Remove what has been kept long enough; how many."""
    return _forget_old()


def _forget_old(*which: ColumnElement[bool]) -> int:
    old = delete(IdempotentRequest).where(IdempotentRequest.created_at < now() - KEPT_FOR, *which)
    return cast("CursorResult[object]", db.session.execute(old)).rowcount


def _is_first(account_id: UUID, key: str, digest: str) -> bool:
    is_postgres = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(IdempotentRequest) if is_postgres else sqlite.insert(IdempotentRequest)
    claim = insert.values(id=uuid4(), account_id=account_id, key=key, digest=digest, created_at=now())
    if is_postgres:
        db.session.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'"))
    try:
        begun = claim.on_conflict_do_nothing(index_elements=["account_id", "key"])
        return db.session.scalar(begun.returning(IdempotentRequest.id)) is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        message = N_(
            "The first request with this Idempotency-Key is still at work. Send it again in a moment."
        )
        raise Unavailable(phrase(message)) from error
