"""Three cache tiers over one Redis. With Redis away everything is a miss: nothing hangs, nothing fails."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import msgspec
import redis
from cachelib.serializers import BaseSerializer
from flask import Flask, current_app
from flask_caching import Cache
from redis.exceptions import RedisError

from webapp.infra import metrics
from webapp.infra.recent import Recent
from webapp.settings import Settings

TierName = Literal["L1", "L2", "L3"]
#: How long a value may be kept: lists, metrics and searches; estimates; prices and the service catalogue.
TIERS: Mapping[TierName, timedelta] = {
    "L1": timedelta(minutes=5),
    "L2": timedelta(hours=1),
    "L3": timedelta(hours=24),
}
#: What `read` returns for a key nobody has kept.
MISSING: Any = object()

PREFIX = "mockupaws"
#: Connections one process may hold.
_MAX_CONNECTIONS = 50
#: Seconds one answer of Redis may take: a frozen server must not hold a page.
_PATIENCE_S = 0.2
#: After a failure Redis is left alone this long, so that not every request pays for the same outage.
_PAUSE_S = 1.0
#: Failures this far apart are two outages, and are logged apart.
_SAME_OUTAGE_S = 10.0
#: What a process has just read it keeps for a moment: a key in demand is asked for again at once. A change
#: makes a new key (see services/caching.py): only what is emptied or renewed by hand is seen so much later.
_NEAR_S, _MOST_NEAR = 1.0, 200

_log = logging.getLogger(__name__)
#: "HIT" or "MISS" and the tier of what this request read last; empty when it asked no cache.
_outcome: ContextVar[str] = ContextVar("cache_outcome", default="")


class MsgpackSerializer(BaseSerializer):
    """Values as msgpack: a cache that somebody else can write to must not run code, as pickle would."""

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        return msgspec.msgpack.encode(value)

    def loads(self, bvalue: bytes | None) -> Any:
        return None if bvalue is None else msgspec.msgpack.decode(bvalue)


@dataclass(slots=True)
class CacheTiers:
    """The tiers of one application, the pool behind them, and what this process has seen of them."""

    client: Any  # redis.Redis; its methods are typed as both blocking and awaitable
    caches: Mapping[TierName, Cache]
    disabled: bool
    resting_until_s: float = 0.0
    failed_at_s: float = -_SAME_OUTAGE_S
    #: Not yet told to Redis: tier -> what -> how often.
    counts: dict[TierName, dict[str, int]] = field(default_factory=lambda: {tier: {} for tier in TIERS})
    lock: threading.Lock = field(default_factory=threading.Lock)
    near: Recent[Any] = field(default_factory=lambda: Recent(_NEAR_S, _MOST_NEAR))

    @property
    def is_resting(self) -> bool:
        """Whether Redis is left alone now, by setting or after a failure."""
        return self.disabled or time.monotonic() < self.resting_until_s

    def count(self, tier: TierName, what: str) -> None:
        _tell_prometheus(tier, what)
        with self.lock:
            self.counts[tier][what] = self.counts[tier].get(what, 0) + 1

    def note_failure(self, tier: TierName, error: Exception) -> None:
        """Leave Redis alone for a moment; the first failure of an outage is logged."""
        moment = time.monotonic()
        with self.lock:
            is_new = moment - self.failed_at_s > _SAME_OUTAGE_S
            self.failed_at_s, self.resting_until_s = moment, moment + _PAUSE_S
        self.count(tier, "errors")
        if is_new:
            _log.warning("The cache is away (%s); answers come from the source.", type(error).__name__)


def _tell_prometheus(tier: TierName, what: str) -> None:
    if what == "loads":
        metrics.cache_loads(tier=tier)
    elif what == "errors":
        metrics.cache_errors(tier=tier)
    else:
        metrics.cache_reads(tier=tier, outcome=what)


def install_cache(app: Flask, settings: Settings) -> None:
    """Give `app` its tiers: one Flask-Caching instance each, all on one bounded pool."""
    pool = redis.BlockingConnectionPool.from_url(
        settings.redis_url,
        max_connections=_MAX_CONNECTIONS,
        timeout=_PATIENCE_S,
        socket_timeout=_PATIENCE_S,
        socket_connect_timeout=_PATIENCE_S,
        health_check_interval=30,
    )
    client = redis.Redis(connection_pool=pool)
    caches = {tier: _tier(app, client, tier, keeps) for tier, keeps in TIERS.items()}
    app.extensions["cache_tiers"] = CacheTiers(client, caches, settings.cache_disabled)


def _tier(app: Flask, client: Any, tier: TierName, keeps: timedelta) -> Cache:
    cache = Cache()
    cache.init_app(
        app,
        {
            "CACHE_TYPE": "RedisCache",
            "CACHE_REDIS_HOST": client,
            "CACHE_KEY_PREFIX": f"{PREFIX}:{tier}:",
            "CACHE_DEFAULT_TIMEOUT": int(keeps.total_seconds()),
            "CACHE_SERIALIZER": MsgpackSerializer(),
        },
    )
    return cache


def tiers() -> CacheTiers:
    """The tiers of the running application."""
    found: CacheTiers = current_app.extensions["cache_tiers"]
    return found


def read(tier: TierName, key: str) -> Any:
    """What is kept under `key` as plain values, MISSING when there is nothing or Redis is away."""
    found = look(tier, key)
    tiers().count(tier, "misses" if found is MISSING else "hits")
    _outcome.set(f"{'MISS' if found is MISSING else 'HIT'}; tier={tier}")
    return found


def look(tier: TierName, key: str) -> Any:
    """As `read`, counted by nobody."""
    cache = tiers()
    if cache.is_resting:
        return MISSING
    # Wrapped in a list when written: None is a value too.
    name = f"{tier}:{key}"
    held, changes = cache.near.get(name), cache.near.changes
    if held is None:
        try:
            held = cache.caches[tier].get(key)
        except (RedisError, msgspec.DecodeError) as error:
            cache.note_failure(tier, error)
            return MISSING
        if held:
            cache.near.keep(name, held, changes)
    return held[0] if held else MISSING


def write(tier: TierName, key: str, value: object) -> None:
    """Keep `value` for the time of its tier. `value` is anything msgpack can write."""
    cache = tiers()
    cache.count(tier, "loads")
    if cache.is_resting:
        return
    try:
        cache.near.forget(f"{tier}:{key}")
        cache.caches[tier].set(key, [value])
    except RedisError as error:
        cache.note_failure(tier, error)


def remove_matching(tier: TierName, pattern: str = "*") -> int:
    """Remove what is kept under keys like `pattern` (Redis glob); how many. Never blocks the server."""
    cache, removed = tiers(), 0
    cache.near.forget_all()
    for keys in key_batches(cache, tier, pattern):
        removed += int(cache.client.unlink(*keys))
    return removed


def key_batches(cache: CacheTiers, tier: TierName, pattern: str) -> Iterator[list[bytes]]:
    """Full names of the keys like `pattern`, up to 500 at a time, without blocking the server."""
    batch: list[bytes] = []
    for key in cache.client.scan_iter(match=f"{PREFIX}:{tier}:{pattern}", count=500):
        batch.append(key)
        if len(batch) == 500:
            yield batch
            batch = []
    if batch:
        yield batch


def is_away() -> bool:
    """Whether Redis does not answer at this moment. A disabled cache is not missed."""
    cache = tiers()
    if cache.disabled:
        return False
    try:
        cache.client.ping()
    except RedisError:
        return True
    return False


def outcome() -> str:
    """What the last cached read of this request was: "HIT; tier=L1", empty when there was none."""
    return _outcome.get()


def forget_outcome() -> None:
    """Begin a request."""
    _outcome.set("")
