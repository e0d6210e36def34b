"""The bars of "cost by service": lengths and places, so that the template only draws."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.money import show_usd
from webapp.domain.words import N_
from webapp.infra.language import say
from webapp.pricing.estimate import ServiceCost

#: Points of the longest bar, and from one bar to the next.
LONGEST_PT, STEP_PT = 260, 17
#: More bars than these are one "others".
_MOST = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One service: its name, monthly cost, share of the total, and its bar in points."""

    name: str
    cost: str
    share: str
    top_pt: int
    length_pt: str


def bars_of(costs: tuple[ServiceCost, ...], total: Decimal) -> tuple[Bar, ...]:
    """A bar per service, the dearest first and longest."""
    rows = list(_grouped(costs))
    largest = max((cost for _, cost in rows), default=Decimal(0))
    return tuple(
        Bar(
            name=name,
            cost=show_usd(cost),
            share=_share(cost, total),
            top_pt=place * STEP_PT,
            length_pt=f"{max(cost / largest * LONGEST_PT, Decimal('0.5')) if cost > 0 else Decimal(0):.1f}",
        )
        for place, (name, cost) in enumerate(rows)
    )


def _grouped(costs: tuple[ServiceCost, ...]) -> Iterator[tuple[str, Decimal]]:
    many = len(costs) > _MOST
    for row in costs[: _MOST - 1] if many else costs:
        yield say(row.name), row.cost
    if many:
        yield say(N_("All others")), sum((row.cost for row in costs[_MOST - 1 :]), Decimal(0))


def _share(cost: Decimal, total: Decimal) -> str:
    if total <= 0:
        return "–"
    share = cost / total * 100
    return "< 0.1 %" if 0 < share < Decimal("0.1") else f"{share:.1f} %"
