"""The bill as a page shows it: shares by service, lines under the resource they belong to."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from webapp.pricing.estimate import Estimate, Line
from webapp.pricing.freshness import warnings_of
from webapp.web.fields import Complaint


@dataclass(frozen=True, slots=True)
class ServiceShare:
    """One service's part of the total; `percent` is 0 to 100, one decimal."""

    name: str
    cost: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line and an id that stays the same while amounts change, so that an opened formula stays open."""

    id: str
    line: Line


@dataclass(frozen=True, slots=True)
class LineGroup:
    """The lines of one resource."""

    name: str
    service: str
    cost: Decimal
    lines: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True)
class ResourceCost:
    """What one resource costs: USD a month beside its `unpriced` uses; `is_unknown` when it has no others.

    `is_unused`: nothing it bills by is stated, which is no cost but no finished description either.
    """

    cost: Decimal
    unpriced: int
    is_unknown: bool
    is_unused: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """An estimate ready to be shown.

    `resources` runs parallel to the document's. `is_preview`: the values typed, not yet saved. `complaints`
    say why what was typed could not be priced; the estimate is then the saved one. `expected_at` is where
    expected lies between low and high, percent. `warnings` speak of the age of the prices.
    """

    estimate: Estimate
    shares: tuple[ServiceShare, ...]
    groups: tuple[LineGroup, ...]
    resources: tuple[ResourceCost, ...]
    expected_at: Decimal
    warnings: tuple[str, ...] = ()
    is_preview: bool = False
    complaints: tuple[Complaint, ...] = ()


def bill_of(estimate: Estimate, *, is_preview: bool = False, complaints: tuple[Complaint, ...] = ()) -> Bill:
    """Arrange `estimate` for the page."""
    return Bill(
        estimate=estimate,
        shares=tuple(
            ServiceShare(row.name, row.cost, percent_of(row.cost, estimate.total))
            for row in estimate.by_service
        ),
        groups=_groups(estimate),
        resources=_resources(estimate),
        expected_at=_expected_at(estimate),
        warnings=warnings_of(estimate),
        is_preview=is_preview,
        complaints=complaints,
    )


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """`part` of `whole` in percent, one decimal; 0 of nothing."""
    return (part * 100 / whole).quantize(Decimal("0.1")) if whole else Decimal(0)


def _groups(estimate: Estimate) -> tuple[LineGroup, ...]:
    grouped: dict[int, list[BillLine]] = {}
    seen: Counter[tuple[int, str]] = Counter()
    for line in estimate.lines:
        use = (line.resource, line.key)
        seen[use] += 1
        name = f"line-{line.resource}-{line.key.replace('.', '-')}-{seen[use]}"
        grouped.setdefault(line.resource, []).append(BillLine(name, line))
    return tuple(
        LineGroup(
            lines[0].line.resource_name, lines[0].line.service, estimate.by_resource[index], tuple(lines)
        )
        for index, lines in grouped.items()
    )


def _resources(estimate: Estimate) -> tuple[ResourceCost, ...]:
    unpriced = Counter(item.resource for item in estimate.unpriced)
    priced = {line.resource for line in estimate.lines}
    return tuple(
        ResourceCost(
            cost,
            unpriced[index],
            is_unknown=unpriced[index] > 0 and index not in priced,
            is_unused=unpriced[index] == 0 and index not in priced,
        )
        for index, cost in enumerate(estimate.by_resource)
    )


def _expected_at(estimate: Estimate) -> Decimal:
    found = estimate.range
    if found is None or found.high == found.low:
        return Decimal(50)
    return percent_of(found.expected - found.low, found.high - found.low)
