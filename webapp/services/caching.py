"""Read models kept for a while: `remember` what was loaded, `forget` what has changed.

A key holds the revisions of its tags, and a revision rises in the transaction that changes something. So an
edit is seen by the next read, always, and a slow reader keeps its old value where nobody looks any more.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from hashlib import sha256
from inspect import signature
from itertools import islice
from typing import Any, ParamSpec, TypeVar, get_type_hints
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import WARM_CACHE
from webapp.infra import cache, jobs
from webapp.infra.cache import MISSING, TIERS, TierName
from webapp.infra.cache_locks import loading
from webapp.infra.clock import now
from webapp.infra.db import before_commit, db, is_unit_of_work_open
from webapp.infra.language import spoken_language
from webapp.infra.quick_reads import read_quickly
from webapp.models.cache_tag import CacheTag
from webapp.models.scenario import Scenario
from webapp.models.user import User

_log = logging.getLogger(__name__)
T = TypeVar("T")
P = ParamSpec("P")

#: Everything priced depends on this tag.
PRICES = "prices"


#: Revisions count seconds from here.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 500


def owner_tag(owner_id: UUID) -> str:
    """The tag of what shows an account as a whole: its lists and sums."""
    return f"owner:{owner_id}"


def scenario_tag(owner_id: UUID, scenario_id: UUID) -> str:
    """The tag of what shows one scenario and nothing else of its account.

    Begins as its owner's does: what an account keeps is found, and emptied, by one pattern.
    """
    return f"{owner_tag(owner_id)}:{scenario_id}"


def remember(tier: TierName, tags: tuple[str, ...], key: object, load: Callable[[], T], kind: type[T]) -> T:
    """What `load` returns, kept for the time of `tier` until one of `tags` is forgotten.

    `key` is anything JSON can write (dataclasses, UUIDs, moments too) and tells this value from others with
    the same tags. `kind` is the type of the value: a frozen dataclass or plain values.

    A unit of work that has changed something already loads for itself, and keeps nothing: what it sees is not
    committed, and its revisions have not risen yet.
    """
    if _is_changing():
        return load()
    name = _name(tags, key)
    kept: T = _as(kind, cache.read(tier, name))
    if kept is not MISSING:
        return kept
    with loading(tier, name) as loaded:
        kept = _as(kind, loaded)
        if kept is not MISSING:
            return kept
        value = load()
        cache.write(tier, name, value)
        return value


def renew(tier: TierName, tags: tuple[str, ...], key: object, load: Callable[[], T]) -> T:
    """As `remember`, but loaded now whatever is kept."""
    if _is_changing():
        return load()
    # Before the load: a change made meanwhile must not find it under the new revision.
    name = _name(tags, key)
    value = load()
    cache.write(tier, name, value)
    return value


def forget(tag: str) -> None:
    """What depends on `tag` has changed: inside the unit of work that changes it."""
    before_commit(lambda: _raise_revision(tag))


def ask_for_warming() -> None:
    """Have a worker fill the cache. While the queue is away nobody does: readers fill it then."""
    try:
        jobs.send(WARM_CACHE)
    except Unavailable:
        _log.info("The job queue is away: the cache is not warmed.")


def cached(tier: TierName, *tags: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function returns, by its arguments in any order, their owner and the reader's language.

    The function must return what `remember` can keep; its first `owner_id` argument adds the owner's tag.
    """

    def keeping(load: Callable[P, T]) -> Callable[P, T]:
        parameters, kind = signature(load), get_type_hints(load)["return"]

        @wraps(load)
        def kept(*args: P.args, **kwargs: P.kwargs) -> T:
            bound = parameters.bind(*args, **kwargs)
            bound.apply_defaults()
            owner = bound.arguments.get("owner_id")
            own = (*tags, owner_tag(owner)) if isinstance(owner, UUID) else tags
            key = [load.__module__, load.__qualname__, dict(bound.arguments)]
            value: T = remember(tier, own, key, lambda: load(*args, **kwargs), kind)
            return value

        return kept

    return keeping


def _as(kind: type[T], found: Any) -> Any:
    """`found` as a `kind`; MISSING when it is missing, or was kept by another version of the program."""
    if found is MISSING:
        return MISSING
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError:
        return MISSING


def _name(tags: tuple[str, ...], key: object) -> str:
    revisions = _revisions(tags)
    parts = [[tag, revisions.get(tag, 0)] for tag in sorted(tags)]
    plain = msgspec.json.encode([parts, spoken_language(), key], order="deterministic")
    # The tags stand in front for operators, who find by them what to empty: "owner:<id>*".
    return f"{'+'.join(sorted(tags))}:{sha256(plain).hexdigest()}"


def _revisions(tags: tuple[str, ...]) -> dict[str, int]:
    """Asked on every cached read.

    Within a transaction it is that one's view: what is loaded then must not be kept as newer than it is.
    """
    if db.session.registry.has() and db.session().in_transaction():
        wanted = select(CacheTag.tag, CacheTag.revision).where(CacheTag.tag.in_(tags))
        return {row.tag: row.revision for row in db.session.execute(wanted)}
    return dict(read_quickly(_asking_revisions(len(tags)), tags))


@lru_cache
def _asking_revisions(count: int) -> str:
    """The SELECT that `read_quickly` sends for the revisions of `count` tags, a `?` for each."""
    tags: list[BindParameter[str]] = [bindparam(f"tag_{place}") for place in range(count)]
    wanted = select(CacheTag.tag, CacheTag.revision).where(CacheTag.tag.in_(tags))
    return str(wanted.compile(dialect=sqlite.dialect()))


def _is_changing() -> bool:
    """Whether this unit of work has said that something has changed."""
    if not db.session.registry.has():
        return False
    return is_unit_of_work_open() and bool(db.session.info.get("before_commit"))


def _raise_revision(tag: str) -> None:
    """A revision is the second of its last change, or one more than the last when that is later.

    It never comes again: not after its row was swept away, and not in a database restored from a backup.
    """
    postgres = db.session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if postgres else sqlite.insert)(CacheTag).values(tag=tag, revision=_second())
    later = func.greatest if postgres else func.max
    raised = {"revision": later(CacheTag.revision + 1, insert.excluded.revision)}
    db.session.execute(insert.on_conflict_do_update(index_elements=["tag"], set_=raised))


def _second() -> int:
    return (now() - _BEGINNING) // timedelta(seconds=1)


def sweep_tags() -> int:
    """Remove the tags of accounts and scenarios that are gone; how many.

    Only those whose last change lies so far back that nothing kept before it is left: without its row a tag
    has the revision it began with.
    """
    longest = max(TIERS.values()) // timedelta(seconds=1)
    old = CacheTag.tag.startswith("owner:") & (CacheTag.revision < _second() - longest)
    known, swept = iter(db.session.scalars(select(CacheTag.tag).where(old)).all()), 0
    while batch := list(islice(known, _BATCH)):
        gone = list(_gone(batch))
        db.session.execute(delete(CacheTag).where(CacheTag.tag.in_(gone)))
        swept += len(gone)
    return swept


def _gone(tags: list[str]) -> Iterator[str]:
    """Those whose scenario, or account when they name none, is not there any more."""
    named = {tag: UUID(tag.rpartition(":")[2]) for tag in tags}
    ids = tuple(named.values())
    present = {*db.session.scalars(select(User.id).where(User.id.in_(ids)))}
    present |= {*db.session.scalars(select(Scenario.id).where(Scenario.id.in_(ids)))}
    return (tag for tag, id_ in named.items() if id_ not in present)
