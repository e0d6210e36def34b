"""What the cache looks like to an administrator."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from webapp.infra.cache import TierName
from webapp.infra.cache_stats import TierStats


class CacheTierJson(TypedDict):
    """One tier as all processes have seen it."""

    tier: TierName
    keeps_s: Annotated[int, Field(description="Seconds a value is kept at most.")]
    hits: int
    misses: int
    ratio: Annotated[float, Field(description="Hits among all reads; 0 without reads.", ge=0, le=1)]
    loads: Annotated[int, Field(description="Values worked out and kept.")]
    errors: Annotated[int, Field(description="Reads and writes Redis did not answer.")]
    values: Annotated[int, Field(description="Values kept now.")]
    bytes: Annotated[int, Field(description="Estimated from the first 200 values found.")]
    oldest_s: Annotated[int, Field(description="Age of the oldest of these, in seconds.")]


class CacheStatsJson(TypedDict):
    """Every tier, the shortest-lived first."""

    tiers: list[CacheTierJson]


def cache_stats_to_json(tiers: tuple[TierStats, ...]) -> CacheStatsJson:
    return {"tiers": [_tier(tier) for tier in tiers]}


def _tier(tier: TierStats) -> CacheTierJson:
    return {
        "tier": tier.tier,
        "keeps_s": tier.keeps_s,
        "hits": tier.hits,
        "misses": tier.misses,
        "ratio": round(tier.ratio, 4),
        "loads": tier.loads,
        "errors": tier.errors,
        "values": tier.values,
        "bytes": tier.bytes,
        "oldest_s": tier.oldest_s,
    }
