"""Capacity units of load balancers: the largest of several dimensions of traffic.

AWS takes the largest dimension hour by hour. Traffic is stated per month, so the units are those of an
even load; and as units a second times hours, they do not depend on how many hours that is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import whole
from webapp.pricing.aws._hours import SECONDS_PER_HOUR, counted_hours
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, Setting


@dataclass(frozen=True, slots=True)
class Load:
    """Unit-hours a month in one dimension, and the arithmetic in words."""

    unit_hours: Decimal
    how: Wording


@dataclass(frozen=True, slots=True)
class Unit:
    """What one unit carries: new connections a second, connections open at a time, GB an hour."""

    new: int
    active: int
    gb: Decimal = Decimal(1)


def connection_loads(unit: Unit, connections: Decimal, seconds: Decimal) -> Iterator[Load]:
    """Of `connections` a month that each stay open for `seconds`."""
    new = connections / (unit.new * SECONDS_PER_HOUR)
    yield Load(new, wording("%(n)s connections / (%(per)s × 3,600)", n=connections, per=Decimal(unit.new)))
    open_at_once = connections * seconds / (unit.active * SECONDS_PER_HOUR)
    how = wording(
        "%(n)s connections × %(seconds)s s / (%(per)s × 3,600)",
        n=connections,
        seconds=seconds,
        per=Decimal(unit.active),
    )
    yield Load(open_at_once, how)


def volume_load(unit: Unit, gb: Decimal) -> Load:
    if unit.gb == 1:
        return Load(gb, wording("%(gb)s GB", gb=gb))
    return Load(gb / unit.gb, wording("%(gb)s GB / %(per)s", gb=gb, per=unit.gb))


def largest(loads: Iterable[Load]) -> Load:
    """The dimension that is billed; the first of equal ones."""
    return max(loads, key=lambda load: load.unit_hours)


def unit_hours(key: str, loads: Iterable[Load], counted_elsewhere: Decimal) -> Iterator[Quantity]:
    """All `loads` together, and the unit-hours a bill shows."""
    billed = tuple(loads)
    total = sum((load.unit_hours for load in billed), counted_elsewhere)
    if total:
        terms = (
            *((load.unit_hours, load.how) for load in billed),
            (counted_elsewhere, _plain(counted_elsewhere)),
        )
        yield Quantity(key, total, added(*terms))


def _plain(hours: Decimal) -> Wording:
    return wording("%(n)s unit-hours", n=hours)


def balancers_setting(label: str = N_("Load balancers"), help: str = "") -> Setting:
    return whole("balancers", label, "balancers", 1, (0, 100_000), help)


def balancer_hours(inputs: Inputs, key: str) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "balancers", "balancer_hours")
    if hours:
        yield Quantity(key, hours, how)


def elb_price(key: str, label: str, unit: str, usagetype: str, operation: str) -> PriceKey:
    # Without the operation the kinds of balancer match each other's usage types.
    selector = {"usagetype": usagetype, "operation": f"LoadBalancing{operation}"}
    return PriceKey(key, label, unit, "AWSELB", selector)
