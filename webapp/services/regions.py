"""One scenario priced in every region: where the same workload costs what."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, phrase
from webapp.pricing.estimate import Estimate, Unpriced
from webapp.services.estimates import effective_document, estimate_document
from webapp.services.scenarios import ScenarioView, create_scenario, get_scenario


@dataclass(frozen=True, slots=True)
class RegionBill:
    """What the scenario costs in one region, USD a month; `difference` is against its own region.

    `is_complete` is false where something the scenario uses has no known price: such a total says less, and
    `difference` is None unless the same uses have a price at home. `is_unknown`: nothing has a price here.
    `on_demand` names what a commitment covers elsewhere and no committed price is known for here.
    """

    region: str
    name: str
    total: Decimal
    difference: Decimal | None
    unpriced: tuple[Unpriced, ...]
    is_unknown: bool = False
    on_demand: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.unpriced

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the own region's bill; None where that is nothing or unknown."""
        if self.difference is None or self.total == self.difference:
            return None
        return self.difference * 100 / (self.total - self.difference)


@dataclass(frozen=True, slots=True)
class RegionComparison:
    """Every region, complete bills first, each group from the cheapest to the dearest."""

    scenario: ScenarioView
    home: RegionBill
    bills: tuple[RegionBill, ...]

    @property
    def cheapest(self) -> RegionBill | None:
        """The cheapest region with every price known; None when there is no such region."""
        return self.bills[0] if self.bills[0].is_complete else None


def compare_regions(owner_id: UUID, scenario_id: UUID) -> RegionComparison:
    """Price the scenario, recorded traffic included, in every region the product knows."""
    view = get_scenario(owner_id, scenario_id)
    document = effective_document(view)
    # Only the expected month is compared; the range would cost two more estimates a region.
    if document.traffic.volume is not None:
        month = replace(document.traffic.volume, low=None, high=None)
        document = replace(document, traffic=replace(document.traffic, volume=month))
    estimates = {region: estimate_document(replace(document, region=region)) for region in REGIONS}
    bills = [_bill(region, answer, estimates[document.region]) for region, answer in estimates.items()]
    ranked = sorted(bills, key=lambda bill: (len(bill.unpriced), bill.total, bill.region))
    home = next(bill for bill in bills if bill.region == document.region)
    return RegionComparison(view, home, tuple(ranked))


def _bill(region: str, there: Estimate, home: Estimate) -> RegionBill:
    is_like = _unpriced_uses(there) == _unpriced_uses(home)
    difference = there.total - home.total if is_like and not there.is_unknown else None
    on_demand = () if there.commitment is None else there.commitment.without_price
    return RegionBill(
        region, REGIONS[region], there.total, difference, there.unpriced, there.is_unknown, on_demand
    )


def _unpriced_uses(estimate: Estimate) -> Counter[tuple[int, str]]:
    return Counter((item.resource, item.key) for item in estimate.unpriced)


def create_in_region(owner_id: UUID, scenario_id: UUID, region: str) -> ScenarioView:
    """A new draft with the same document in another region. Raises InvalidInput for an unknown region."""
    view = get_scenario(owner_id, scenario_id)
    # The recording stays with the original; its measures come along as the variant's sample.
    document = replace(effective_document(view), region=region)
    name = phrase(N_("%(name)s in %(region)s"), name=view.document.name[:150], region=region)
    return create_scenario(owner_id, replace(document, name=str(name)))
