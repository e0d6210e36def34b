"""Which offers and price keys a refresh is about."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from webapp.pricing.declaration import PriceKey
from webapp.pricing.services import all_allowances, all_services

#: Offers so large that their CSV is worth asking for instead of the JSON.
LARGE_OFFERS = frozenset({"AmazonEC2", "AmazonRDS", "AmazonElastiCache"})


@cache
def service_of_keys() -> Mapping[str, str]:
    """Code of the service that declares each price key."""
    return {
        price.key: service.code
        for service in all_services().values()
        for family in service.prices
        for price in family.concrete()
    }


@cache
def keys_by_offer() -> Mapping[str, tuple[PriceKey, ...]]:
    """Price keys that can be found in the price list, by the offer they are in."""
    found: dict[str, list[PriceKey]] = {}
    for service in all_services().values():
        for family in service.prices:
            if family.offer and family.selector:
                found.setdefault(family.offer, []).extend(family.concrete())
    return {offer: tuple(keys) for offer, keys in sorted(found.items())}


@cache
def offers_of_service(code: str) -> tuple[str, ...]:
    """Offers that hold prices of the service `code`."""
    families = all_services()[code].prices
    return tuple(sorted({family.offer for family in families if family.offer and family.selector}))


@cache
def free_quantities() -> Mapping[str, frozenset[Decimal]]:
    """What free allowances may take off each price key."""
    found: dict[str, set[Decimal]] = {}
    for allowance in all_allowances():
        for key in allowance.keys:
            found.setdefault(key, set()).add(allowance.quantity)
    return {key: frozenset(quantities) for key, quantities in found.items()}
