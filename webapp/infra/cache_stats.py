"""What the cache tiers have done, over all processes."""

from dataclasses import dataclass

import redis
from redis.exceptions import RedisError

from webapp.infra.cache import PREFIX, TIERS, TierName, key_batches, tiers

#: Values looked at to tell how large and how old a tier is.
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class TierStats:
    """A tier as all processes have seen it since the counts were last reset.

    `values` are kept now, `bytes` is what they take in Redis, `oldest_s` the age of the oldest looked at; all
    three are estimates from the first 200 values found.
    """

    tier: TierName
    keeps_s: int
    hits: int
    misses: int
    loads: int
    errors: int
    values: int
    bytes: int
    oldest_s: int

    @property
    def ratio(self) -> float:
        """Hits among all reads, 0 to 1; 0 without reads."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0


def tell_counts() -> None:
    """Add this process's counts to those of all processes. Kept for the next time when Redis is away."""
    cache = tiers()
    with cache.lock:
        told = {tier: dict(counts) for tier, counts in cache.counts.items() if counts}
        for counts in cache.counts.values():
            counts.clear()
    if not told:
        return
    try:
        if cache.is_resting:
            raise redis.ConnectionError("resting")
        with cache.client.pipeline(transaction=False) as pipeline:
            for tier, counts in told.items():
                for what, number in counts.items():
                    pipeline.hincrby(f"{PREFIX}:counts:{tier}", what, number)
            pipeline.execute()
    except RedisError:
        with cache.lock:
            for tier, counts in told.items():
                for what, number in counts.items():
                    cache.counts[tier][what] = cache.counts[tier].get(what, 0) + number


def stats() -> tuple[TierStats, ...]:
    """Every tier. Raises RedisError while Redis is away."""
    tell_counts()
    return tuple(_stats_of(tier) for tier in TIERS)


def _stats_of(tier: TierName) -> TierStats:
    client = tiers().client
    told = {what.decode(): int(number) for what, number in client.hgetall(f"{PREFIX}:counts:{tier}").items()}
    found = [key for keys in key_batches(tiers(), tier, "*") for key in keys]
    with client.pipeline(transaction=False) as pipeline:
        for key in found[:_SAMPLE]:
            pipeline.memory_usage(key)
            pipeline.ttl(key)
        answers = pipeline.execute()
    sizes, left = [size or 0 for size in answers[::2]], [max(seconds, 0) for seconds in answers[1::2]]
    keeps_s = int(TIERS[tier].total_seconds())
    return TierStats(
        tier=tier,
        keeps_s=keeps_s,
        hits=told.get("hits", 0),
        misses=told.get("misses", 0),
        loads=told.get("loads", 0),
        errors=told.get("errors", 0),
        values=len(found),
        bytes=sum(sizes) * len(found) // len(sizes) if sizes else 0,
        oldest_s=keeps_s - min(left, default=keeps_s),
    )
