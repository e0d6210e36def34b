"""Small price lists for tests of the engine's rules: made-up figures that are easy to check by head."""

from datetime import date
from decimal import Decimal

from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate
from webapp.pricing.prices import CatalogRef, Price, PriceList, Tier

TODAY = date(2026, 11, 24)
REGION = "us-east-1"


def tiers(*rows: tuple[str, str | None, str]) -> tuple[Tier, ...]:
    """Tiers from (start, end, usd) texts."""
    return tuple(
        Tier(Decimal(start), None if end is None else Decimal(end), Decimal(usd)) for start, end, usd in rows
    )


def price_list(**prices: tuple[Tier, ...] | str) -> PriceList:
    """Prices by key, dots written as two underscores; a text is one tier."""
    made = {}
    for name, value in prices.items():
        key = name.replace("__", ".")
        steps = tiers(("0", None, value)) if isinstance(value, str) else value
        made[(REGION, key)] = Price(key, REGION, "unit", steps, "2026-10-08", "test paper")
    return PriceList(CatalogRef("paper", date(2026, 10, 8)), made)


def bill(document: dict[str, object], prices: PriceList) -> Estimate:
    """The estimate of a raw document."""
    return estimate(parse_document({"region": REGION} | document), prices, TODAY)


def function(requests: object, **settings: object) -> dict[str, object]:
    """A Lambda resource of 1 GB and 1 s, so that a request is a GB-second."""
    stated = {"memory_mb": 1024, "duration_ms": 1000} | settings
    return {"service": "lambda", "settings": stated, "usage": {"requests": requests}}
