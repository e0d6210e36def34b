"""Prices and price lists: what one unit costs, where, since when, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: AWS's own month for monthly estimates (AWS Pricing Calculator, "730 hours in a month").
HOURS_PER_MONTH = Decimal(730)
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600


@dataclass(frozen=True, slots=True)
class Tier:
    """`usd` per unit for the monthly quantity from `start` up to `end` (None: without end)."""

    start: Decimal
    end: Decimal | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """The price of `key` in `region`, USD per `unit`, in cumulative monthly tiers without gaps.

    `as_of` is the date the price was published or fetched, as precise as the source gives it
    ("2026-06" or "2026-10-03"); `source` names where it was read.
    """

    key: str
    region: str
    unit: str
    tiers: tuple[Tier, ...]
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class CatalogRef:
    """Which catalog priced an estimate, so that the estimate can be reproduced."""

    name: str
    published: date

    def age_days(self, today: date) -> int:
        """Whole days from publication to `today`."""
        return (today - self.published).days


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of one catalog, by (region, key). A missing entry means unknown, never zero."""

    catalog: CatalogRef
    prices: Mapping[tuple[str, str], Price]

    def find(self, region: str, key: str) -> Price | None:
        """The price of `key` in `region`, or None when this catalog does not know it."""
        return self.prices.get((region, key))


@dataclass(frozen=True, slots=True)
class TierUse:
    """`quantity` units that fell into one tier, at `usd` each."""

    tier: Tier
    quantity: Decimal

    @property
    def cost(self) -> Decimal:
        return self.quantity * self.tier.usd


def use_tiers(tiers: tuple[Tier, ...], quantity: Decimal) -> tuple[TierUse, ...]:
    """Split a monthly `quantity` over cumulative `tiers`; empty for a quantity of zero."""
    uses = []
    for tier in tiers:
        reached = quantity if tier.end is None else min(quantity, tier.end)
        if reached > tier.start:
            uses.append(TierUse(tier, reached - tier.start))
    return tuple(uses)
