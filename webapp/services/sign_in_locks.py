"""Tries to sign in, counted for each address whether or not anybody has it.

A try is counted, and committed, before its password is looked at: of many at once none slips past. After
the fifth failure the address waits 2 s, then 4, 8 ... up to 15 minutes; a try while it waits is refused
unseen and does not count, so that impatience costs nothing. Success forgets the failures, and so does a day
without one.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, case, delete, literal, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.errors import TooMany
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import UtcDateTime, db
from webapp.models.session import SignInLock

#: The last of these tries is the first that makes the next one wait.
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
FADE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try; `number` is how many failures there would be with this one."""

    email_hash: str
    number: int


def count_try(address: str) -> Try:
    """Count a try for `address` as a failure, before anything is known of it.

    Commit it, then look at the password; `give_back` or `forget_failures` once it was right. Raises TooMany,
    counting nothing, while the address waits.
    """
    email_hash = hash_of(address)
    number = db.session.scalar(_counting(email_hash, now()))
    if number is None:
        raise _locked(email_hash)
    return Try(email_hash, number)


def give_back(tried: Try) -> None:
    """Take the try back: what it tried was right, though it did not lead in. Earlier failures stay."""
    mine = update(SignInLock).where(SignInLock.email_hash == tried.email_hash, SignInLock.failures > 0)
    waits = case((SignInLock.failures == tried.number, null()), else_=SignInLock.locked_until)
    db.session.execute(mine.values(failures=SignInLock.failures - 1, locked_until=waits))


def forget_failures(email_hash: str) -> None:
    """Somebody has proven that the address is theirs."""
    db.session.execute(delete(SignInLock).where(SignInLock.email_hash == email_hash))


def sweep_locks() -> int:
    """Remove counters that have faded; how many."""
    faded = delete(SignInLock).where(SignInLock.last_failed_at <= now() - FADE_AFTER)
    return len(db.session.scalars(faded.returning(SignInLock.email_hash)).all())


def hash_of(address: str) -> str:
    """How logs and tables name an address that may be nobody's."""
    key = current_settings().derived_key("sign-in")
    return hmac.digest(key, address.encode("utf-8", "surrogatepass"), "sha256").hex()


def wait_after(failures: int) -> timedelta:
    """How long the next try has to wait: nothing, then 2 s, doubled with each failure."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 20)), LONGEST_WAIT)


def _counting(email_hash: str, moment: datetime) -> postgresql.Insert | sqlite.Insert:
    """One statement that two writers cannot interleave; it returns no row while the address waits."""
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    faded = SignInLock.last_failed_at <= moment - FADE_AFTER
    first = insert(SignInLock).values(email_hash=email_hash, failures=1, last_failed_at=moment)
    return first.on_conflict_do_update(
        index_elements=[SignInLock.email_hash],
        set_={
            "failures": case((faded, 1), else_=SignInLock.failures + 1),
            "last_failed_at": moment,
            "locked_until": case((faded, null()), else_=_waits_until(moment)),
        },
        where=or_(SignInLock.locked_until.is_(None), SignInLock.locked_until <= moment),
    ).returning(SignInLock.failures)  # type: ignore[return-value]


def _waits_until(moment: datetime) -> ColumnElement[datetime | None]:
    """When the next try may come, by how many failures there were before this one."""
    growing = [failures for failures in range(FREE_TRIES, 64) if wait_after(failures) < LONGEST_WAIT]
    steps = [
        (SignInLock.failures + 1 == failures, literal(moment + wait_after(failures), UtcDateTime))
        for failures in growing
    ]
    longest = literal(moment + LONGEST_WAIT, UtcDateTime)
    return case((SignInLock.failures + 1 < FREE_TRIES, null()), *steps, else_=longest)


def _locked(email_hash: str) -> TooMany:
    until = db.session.scalar(select(SignInLock.locked_until).where(SignInLock.email_hash == email_hash))
    seconds = max(1, ceil((until - now()).total_seconds())) if until is not None else 1
    return TooMany(
        phrase(N_("Too many tries for this address. Wait %(n)s s, then try again."), n=seconds), seconds
    )
