"""All declared services: one module in `webapp/pricing/aws` is one, and adding a file adds one."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from webapp.pricing import aws
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel


@cache
def all_services() -> Mapping[str, ServiceModel]:
    """Every service by code, in alphabetical order of its name.

    Each module of `webapp.pricing.aws` without a leading underscore holds its `SERVICE`.
    """
    modules = (
        module.name for module in pkgutil.iter_modules(aws.__path__) if not module.name.startswith("_")
    )
    found = [import_module(f"{aws.__name__}.{name}").SERVICE for name in modules]
    return {service.code: service for service in sorted(found, key=_spoken_name)}


def _spoken_name(service: ServiceModel) -> str:
    """How people look a service up: "Lambda", not "AWS Lambda"."""
    return service.name.removeprefix("AWS ").removeprefix("Amazon ").lower()


@cache
def all_price_keys() -> Mapping[str, PriceKey]:
    """Every declared price key, one for each instance type where a price is per type."""
    declared = (price for service in all_services().values() for price in service.prices)
    return {price.key: price for family in declared for price in family.concrete()}


@cache
def all_allowances() -> tuple[Allowance, ...]:
    """Every free allowance of every service."""
    return tuple(allowance for service in all_services().values() for allowance in service.allowances)
