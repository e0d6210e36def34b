"""Shares a bill over the events that made it.

The bill of a recording is one amount: tiers and free units are used up once for all of it, so no event has
a price of its own. It is shared in proportion instead. What falls away from the bill without the uses that
follow a measure is that measure's part, and each unit of the measure bears the same; what no measure moves (a
month of an instance) is borne by the events alike. Parts that overlap are scaled, so that all of them are the
bill.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from webapp.domain.measures import MEASURES
from webapp.pricing.document import EstimateDocument, PerMeasure, Resource
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.scenarios import ScenarioView

#: As exact as the API writes money; every part is rounded here, so that their sums need no rounding.
_QUANTUM = Decimal("1E-12")
_ARITHMETIC = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class CostShares:
    """`parts` of the bill in USD by the measure that bears them; `sums` is how much of each was recorded."""

    parts: Mapping[str, Decimal]
    sums: Mapping[str, int]

    def cost_of(self, reached: Mapping[str, int]) -> Decimal:
        """USD borne by the first `reached` units of each measure; all of them bear the bill."""
        with localcontext(_ARITHMETIC):
            borne = (
                part * reached[name] / self.sums[name] for name, part in self.parts.items() if self.sums[name]
            )
            return sum(borne, Decimal(0)).quantize(_QUANTUM)


def cost_shares(view: ScenarioView) -> CostShares:
    """The bill of all that was recorded, shared over its measures."""
    recorded = recorded_measures((view.id,)).get(view.id)
    if recorded is None:
        return CostShares({}, {})
    # Without a volume nothing is scaled: the bill of what was recorded, and of no more.
    traffic = replace(recorded_traffic(view.document.traffic, recorded), volume=None)
    document = replace(view.document, traffic=traffic)
    with localcontext(_ARITHMETIC):
        return CostShares(_parts(document), {name: int(value) for name, value in recorded.items()})


def _parts(document: EstimateDocument) -> dict[str, Decimal]:
    total = estimate_document(document).total.quantize(_QUANTUM)
    followed = _followed(document)
    fixed = min(_total_without(document, followed), total)
    alone = {name: max(total - _total_without(document, {name}), Decimal(0)) for name in followed}
    weight, moved = sum(alone.values(), Decimal(0)), total - fixed
    parts = {name: (moved * own / weight).quantize(_QUANTUM) for name, own in alone.items() if weight}
    # The events bear what no measure does, and what rounding leaves.
    rest = total - sum(parts.values(), Decimal(0))
    return parts | {"events": parts.get("events", Decimal(0)) + rest}


def _followed(document: EstimateDocument) -> set[str]:
    """Recorded measures that any use follows."""
    return {
        value.per
        for resource in document.resources
        for value in resource.usage.values()
        if isinstance(value, PerMeasure) and value.per in MEASURES
    }


def _total_without(document: EstimateDocument, measures: set[str]) -> Decimal:
    resources = tuple(_without(resource, measures) for resource in document.resources)
    return estimate_document(replace(document, resources=resources)).total


def _without(resource: Resource, measures: set[str]) -> Resource:
    usage = {
        name: Decimal(0) if isinstance(value, PerMeasure) and value.per in measures else value
        for name, value in resource.usage.items()
    }
    return replace(resource, usage=usage)
