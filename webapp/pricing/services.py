"""All declared services: one module in `webapp/pricing/aws` is one, and adding a file adds one."""

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
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
    return _PriceKeys(price for service in all_services().values() for price in service.prices)


class _PriceKeys(Mapping[str, PriceKey]):
    """Prices per instance type are twelve thousand; each is made when somebody asks for it."""

    def __init__(self, declared: Iterable[PriceKey]) -> None:
        self._made: dict[str, PriceKey] = {}
        self._families: list[tuple[str, str, frozenset[str], PriceKey]] = []
        for price in declared:
            if price.each:
                start, _, end = price.key.partition("*")
                self._families.append((start, end, frozenset(price.each), price))
            else:
                self._made[price.key] = price

    def __getitem__(self, key: str) -> PriceKey:
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._of_family(key)
        return found

    def _of_family(self, key: str) -> PriceKey:
        for start, end, names, family in self._families:
            name = key.removeprefix(start).removesuffix(end)
            if name in names and key == f"{start}{name}{end}":
                return family.of(name)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        per_name = {f"{start}{name}{end}" for start, end, names, _ in self._families for name in names}
        return iter(sorted(self._made.keys() | per_name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def all_allowances() -> tuple[Allowance, ...]:
    """Every free allowance of every service."""
    return tuple(allowance for service in all_services().values() for allowance in service.allowances)
