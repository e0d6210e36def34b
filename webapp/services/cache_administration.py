"""What an administrator sees of the cache, and emptying it. Each act is recorded."""

from collections.abc import Mapping

from redis.exceptions import RedisError

from webapp.domain.activities import CacheEmptied
from webapp.domain.errors import NotFound, Unavailable
from webapp.domain.words import N_, phrase
from webapp.infra.cache import TIERS, TierName, remove_matching
from webapp.infra.cache_stats import TierStats, stats
from webapp.services.activities import record

__all__ = ["TIER_LABELS", "TierStats", "empty_tier", "list_tiers"]

#: What each tier keeps.
TIER_LABELS: Mapping[TierName, str] = {
    "L1": N_("Lists, metrics and searches"),
    "L2": N_("Estimates"),
    "L3": N_("Prices and the service catalogue"),
}


def list_tiers() -> tuple[TierStats, ...]:
    """Every tier. Raises Unavailable while Redis is away."""
    try:
        return stats()
    except RedisError as error:
        raise _away() from error


def empty_tier(name: str, pattern: str = "*") -> int:
    """Remove what a tier keeps under keys like `pattern` (Redis glob), for all processes; how many values.

    A key begins with the tags of its value: "owner:<account>+prices:...", "prices:...".

    Raises NotFound for a tier there is not, Unavailable while Redis is away.
    """
    tier = next((known for known in TIERS if known == name), None)
    if tier is None:
        raise NotFound(phrase(N_("There is no such cache tier.")))
    try:
        removed = remove_matching(tier, pattern)
    except RedisError as error:
        raise _away() from error
    record(CacheEmptied(tier, removed, pattern))
    return removed


def _away() -> Unavailable:
    return Unavailable(phrase(N_("The cache is away. Answers come from the source meanwhile; try again.")))
