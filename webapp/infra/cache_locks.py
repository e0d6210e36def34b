"""One at a time among all processes: the loader of a cached value, and work that is done once for everybody.

Locks with a token over the Redis of the cache. With it away everybody loads for themselves.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.exceptions import LockError, RedisError

from webapp.infra.cache import MISSING, PREFIX, CacheTiers, TierName, look, tiers
from webapp.infra.pulse import pulse

#: A loader shows this often that it lives; one that died with its process gives its key free after 6 s.
_ALIVE_EVERY_S, _LOADING_S = 2.0, 6.0
#: How long others wait for a loader that lives before they load for themselves. They look often at first, and
#: seldom when it takes its time: a hundred of them must not keep Redis busy.
_WAIT_S, _LOOK_EVERY_S, _LOOK_SELDOM_S = 30.0, 0.02, 0.25
#: A wish nobody took up is forgotten after this.
_WISHED_S = 600


@contextmanager
def loading(tier: TierName, key: str) -> Iterator[Any]:
    """Be the one loader of `key` among all processes.

    Gives MISSING to the one who has to load; to everybody else, after a wait, what that one has kept.
    Whoever loads is waited for as long as it lives, at most 30 s. When it failed or died, the next one loads.
    """
    cache = tiers()
    lock = cache.client.lock(f"{PREFIX}:loading:{tier}:{key}", timeout=_LOADING_S, thread_local=False)
    until = time.monotonic() + _WAIT_S
    while True:
        is_mine = _acquire(cache, tier, lock)
        found = look(tier, key) if is_mine else _await(tier, key, lock, until)
        if is_mine or found is not MISSING or cache.is_resting or time.monotonic() >= until:
            break
    if not is_mine:
        yield found
        return
    try:
        with pulse(_ALIVE_EVERY_S, lambda: _renew(cache, tier, lock)):
            yield found
    finally:
        _release(cache, tier, lock)


def _acquire(cache: CacheTiers, tier: TierName, lock: Any) -> bool:
    """Whether `lock` is ours now; never while Redis is away."""
    if cache.is_resting:
        return False
    try:
        return bool(lock.acquire(blocking=False))
    except RedisError as error:
        cache.note_failure(tier, error)
        return False


def _renew(cache: CacheTiers, tier: TierName, lock: Any) -> None:
    """Hold `lock` for its whole time again."""
    if cache.is_resting:
        return
    try:
        lock.reacquire()
    except LockError:
        pass  # Redis was away for longer than the lock lasts: somebody else may load now
    except RedisError as error:
        cache.note_failure(tier, error)


@contextmanager
def alone(what: str, at_most_s: float) -> Iterator[bool]:
    """Whether this is the one process at `what`; False for any other, and while Redis is away.

    A process that died with the right to it frees it after `at_most_s`.
    """
    cache = tiers()
    lock = cache.client.lock(f"{PREFIX}:alone:{what}", timeout=at_most_s, thread_local=False)
    is_mine = _acquire(cache, "L3", lock)
    try:
        yield is_mine
    finally:
        if is_mine:
            _release(cache, "L3", lock)


def wish(what: str) -> None:
    """Note for all processes that `what` shall be done, for whoever is at it now too."""
    cache = tiers()
    if cache.is_resting:
        return
    try:
        cache.client.set(_wish(what), 1, ex=_WISHED_S)
    except RedisError as error:
        cache.note_failure("L3", error)


def is_wished(what: str, *, take: bool = False) -> bool:
    """Whether somebody has wished for `what`; `take` it on, and it is wished no more."""
    cache = tiers()
    if cache.is_resting:
        return False
    try:
        return bool((cache.client.delete if take else cache.client.exists)(_wish(what)))
    except RedisError as error:
        cache.note_failure("L3", error)
        return False


def _wish(what: str) -> str:
    return f"{PREFIX}:wished:{what}"


def _await(tier: TierName, key: str, lock: Any, until: float) -> Any:
    """What the loader keeps; MISSING when it failed or died, and at the moment `until`."""
    pause = _LOOK_EVERY_S
    while time.monotonic() < until and not tiers().is_resting:
        time.sleep(pause)
        pause = min(pause * 1.2, _LOOK_SELDOM_S)
        try:
            is_over = not lock.locked()
        except RedisError as error:
            tiers().note_failure(tier, error)
            return MISSING
        if (found := look(tier, key)) is not MISSING or is_over:
            return found
    return MISSING


def _release(cache: CacheTiers, tier: TierName, lock: Any) -> None:
    try:
        lock.release()
    except LockError:
        pass  # it took longer than the lock lasts; somebody else may hold it now
    except RedisError as error:
        cache.note_failure(tier, error)
