"""The engine: a checked document and a price list in, an estimate out.

Quantities are added up per price key over all resources first, because tiers and free allowances are
shared across an account; then priced; then shared back in proportion.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext

from webapp.domain.traffic import VolumeName
from webapp.domain.words import N_, Phrase, phrase
from webapp.pricing.assumptions import assumptions_of, commitment_assumptions
from webapp.pricing.commitments import (
    CommitmentBill,
    Cover,
    LineCommitment,
    bill_of,
    cover,
    find_price_key,
    plans,
)
from webapp.pricing.declaration import Quantity
from webapp.pricing.document import EstimateDocument, PerMeasure, Resource
from webapp.pricing.estimate import Estimate, Line, Range, ServiceCost, Unpriced
from webapp.pricing.prices import Price, PriceList, TierUse, use_tiers
from webapp.pricing.services import all_allowances, all_price_keys, all_services

#: Enough digits that adding 5,000 shares of 10^17 units at 10^-12 USD loses nothing that is ever shown.
_ARITHMETIC = Context(prec=50)
#: A third of a charge never ends in decimals; shares stop here, a millionth of the smallest figure shown.
_SHARE_QUANTUM = Decimal("1E-18")
#: Units and USD a month of one price. What a document may state multiplies to far more (usage x factor x
#: price); such a use is unpriced and says so. Below this, sums over an account, its years and percentages
#: stay within the 28 digits presentation computes with.
MAX_UNITS, MAX_USD = Decimal(10) ** 24, Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class _Use:
    resource: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class _Charge:
    """What the whole account pays for one key: all units, those given free, the tiers of the rest.

    `cover` is there when a commitment covers it; price and tiers are then the committed ones.
    """

    price: Price
    total: Decimal
    free: Decimal
    tiers: tuple[TierUse, ...]
    cover: Cover | None = None

    @property
    def cost(self) -> Decimal:
        return sum((use.cost for use in self.tiers), Decimal(0))

    @property
    def is_billable(self) -> bool:
        """Whether the amounts, those it is compared with too, are still amounts of money."""
        instead = () if self.cover is None else self.cover.instead
        compared = sum((use.cost for use in instead), Decimal(0))
        return self.total <= MAX_UNITS and max(self.cost, compared) <= MAX_USD


def estimate(document: EstimateDocument, prices: PriceList, today: date) -> Estimate:
    """Price `document` with `prices`; `today` only dates the catalog. Never raises for a missing price."""
    with localcontext(_ARITHMETIC):
        return _estimate(document, prices, today)


def _estimate(document: EstimateDocument, prices: PriceList, today: date) -> Estimate:
    uses, unknown = _uses(document, document.traffic.month("expected"))
    charges, beyond = _charges(document, prices, uses)
    lines = tuple(_lines(document, uses, charges))
    unpriced = (*unknown, *_without_price(document, prices, uses, charges, beyond))
    total = sum((charge.cost for charge in charges.values()), Decimal(0))
    committed = _commitment(document, charges, total)
    return Estimate(
        name=document.name,
        region=document.region,
        free_tier=document.free_tier,
        total=total,
        range=None if beyond else _range(document, prices, total),
        by_service=_by_service(lines),
        by_resource=_by_resource(len(document.resources), lines),
        lines=lines,
        unpriced=unpriced,
        assumptions=assumptions_of(document)
        + (() if committed is None else commitment_assumptions(committed)),
        catalog=prices.catalog,
        catalog_age_days=prices.catalog.age_days(today),
        commitment=committed,
    )


def _commitment(
    document: EstimateDocument, charges: Mapping[str, _Charge], total: Decimal
) -> CommitmentBill | None:
    if document.commitment.term == "none":
        return None
    covers = {key: charge.cover for key, charge in charges.items() if charge.cover is not None}
    on_demand = [key for key, charge in charges.items() if charge.tiers and charge.cover is None]
    return bill_of(document.commitment, total, covers, tuple(key for key in on_demand if key in plans()))


def _range(document: EstimateDocument, prices: PriceList, expected: Decimal) -> Range | None:
    volume = document.traffic.volume
    if volume is None or not volume.is_range:
        return None
    low = expected if volume.low is None else _total(document, prices, "low")
    high = expected if volume.high is None else _total(document, prices, "high")
    return None if low is None or high is None else Range(low, expected, high)


def _total(document: EstimateDocument, prices: PriceList, name: VolumeName) -> Decimal | None:
    """USD of that month; None when a use is beyond pricing: left out, it would make a high month cheap."""
    uses, _ = _uses(document, document.traffic.month(name))
    charges, beyond = _charges(document, prices, uses)
    return None if beyond else sum((charge.cost for charge in charges.values()), Decimal(0))


def _uses(
    document: EstimateDocument, month: Mapping[str, Decimal]
) -> tuple[list[_Use], tuple[Unpriced, ...]]:
    """Every non-zero quantity of every resource, and the usage whose measure nobody knows."""
    uses: list[_Use] = []
    unknown: list[Unpriced] = []
    for index, resource in enumerate(document.resources):
        service = all_services()[resource.service]
        usage: dict[str, Decimal] = {}
        for name, value in resource.usage.items():
            if not isinstance(value, PerMeasure):
                usage[name] = value
            elif value.per in month:
                usage[name] = month[value.per] * value.factor
            elif value.factor:
                unknown.append(_unknown_measure(index, resource, name, value))
        inputs = service.inputs(resource.settings, usage)
        uses += [_Use(index, found) for found in service.quantities(inputs) if found.amount]
    return uses, tuple(unknown)


def _unknown_measure(index: int, resource: Resource, name: str, value: PerMeasure) -> Unpriced:
    field = all_services()[resource.service].usage_field(name)
    assert field is not None
    reason = phrase(
        N_("The traffic does not say how many %(measure)s a month brings. Record traffic, or state it."),
        measure=value.per,
    )
    return Unpriced(index, resource.name, resource.service, "", field.label, None, field.unit, reason)


def _charges(
    document: EstimateDocument, prices: PriceList, uses: Iterable[_Use]
) -> tuple[dict[str, _Charge], frozenset[str]]:
    """What is paid by key, and the keys of which so much is used that no amount can be named."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for use in uses:
        totals[use.quantity.key] += use.quantity.amount
    free = _free(document, totals)
    charges = {}
    for key, total in totals.items():
        price = _price(document, prices, key)
        if price is not None:
            charges[key] = _charge(document, prices, price, total, free.get(key, Decimal(0)))
    beyond = frozenset(key for key, charge in charges.items() if not charge.is_billable)
    return {key: charge for key, charge in charges.items() if key not in beyond}, beyond


def _charge(
    document: EstimateDocument, prices: PriceList, price: Price, total: Decimal, free: Decimal
) -> _Charge:
    found = _cover(document, prices, price, total - free)
    if found is None:
        return _Charge(price, total, free, use_tiers(price.tiers, total - free))
    return _Charge(found.price, total, free, found.tiers + found.rest, found)


def _cover(
    document: EstimateDocument, prices: PriceList, on_demand: Price, billable: Decimal
) -> Cover | None:
    """The commitment's part in a charge; the free tier has taken its units before."""
    if document.commitment.term == "none" or not billable or on_demand.key not in plans():
        return None
    committed = _price(document, prices, document.commitment.key_of(on_demand.key))
    return None if committed is None else cover(plans()[on_demand.key], on_demand, committed, billable)


def _price(document: EstimateDocument, prices: PriceList, key: str) -> Price | None:
    if key in document.prices:
        declared = find_price_key(key)
        unit = declared.unit if declared else ""
        return Price(key, document.region, unit, document.prices[key], "", N_("stated in the document"))
    return prices.find(document.region, key)


def _free(document: EstimateDocument, totals: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Units given free per key: each allowance once, taken by its keys in their order, never twice a unit."""
    given: defaultdict[str, Decimal] = defaultdict(Decimal)
    for allowance in all_allowances():
        if not allowance.granted_by(document.free_tier):
            continue
        left = allowance.quantity
        for key in allowance.keys:
            taken = min(left, totals.get(key, Decimal(0)) - given[key])
            given[key] += taken
            left -= taken
    return given


def _lines(document: EstimateDocument, uses: list[_Use], charges: Mapping[str, _Charge]) -> Iterable[Line]:
    left = {key: charge.cost for key, charge in charges.items()}
    last = {use.quantity.key: position for position, use in enumerate(uses)}
    for position, use in enumerate(uses):
        key = use.quantity.key
        if key not in charges:
            continue
        charge = charges[key]
        # The last share takes what is left, so that the shares add up to the charge exactly.
        part = (charge.cost * use.quantity.amount / charge.total).quantize(_SHARE_QUANTUM)
        cost = left[key] if last[key] == position else part
        left[key] -= cost
        yield _line(document, use, charge, cost)


def _line(document: EstimateDocument, use: _Use, charge: _Charge, cost: Decimal) -> Line:
    resource, quantity = document.resources[use.resource], use.quantity.amount
    share = quantity / charge.total
    declared = all_price_keys()[use.quantity.key]
    return Line(
        resource=use.resource,
        resource_name=resource.name,
        service=resource.service,
        key=use.quantity.key,
        dimension=declared.label,
        quantity=quantity,
        unit=charge.price.unit,
        free_quantity=charge.free * share,
        tiers=charge.tiers,
        share=share,
        cost=cost,
        wording=use.quantity.how,
        price_source=charge.price.source,
        price_as_of=charge.price.as_of,
        commitment=_line_commitment(document, charge.cover, share),
    )


def _line_commitment(
    document: EstimateDocument, found: Cover | None, share: Decimal
) -> LineCommitment | None:
    if found is None:
        return None
    unit_prices = tuple(use.tier.usd for use in found.instead)
    return LineCommitment(found.plan, unit_prices, found.payoff(document.commitment, share))


def _without_price(
    document: EstimateDocument,
    prices: PriceList,
    uses: Iterable[_Use],
    charges: Mapping[str, _Charge],
    beyond: Collection[str],
) -> Iterable[Unpriced]:
    for use in uses:
        key = use.quantity.key
        if key in charges:
            continue
        resource, declared = document.resources[use.resource], all_price_keys()[key]
        amount = use.quantity.amount
        yield Unpriced(
            use.resource,
            resource.name,
            resource.service,
            key,
            declared.label,
            amount if amount <= MAX_UNITS else None,
            declared.unit,
            _beyond_pricing() if key in beyond else _no_price(document, prices),
        )


def _beyond_pricing() -> Phrase:
    return phrase(
        N_("This comes to more than anybody is billed a month. Check the usage, the traffic and the price.")
    )


def _no_price(document: EstimateDocument, prices: PriceList) -> Phrase:
    return phrase(
        N_(
            "No price for this in %(region)s in catalog %(catalog)s. "
            "An administrator can look for one: flask prices refresh"
        ),
        region=document.region,
        catalog=prices.catalog.name,
    )


def _by_service(lines: Iterable[Line]) -> tuple[ServiceCost, ...]:
    costs: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        costs[line.service] += line.cost
    rows = [ServiceCost(code, all_services()[code].name, cost) for code, cost in costs.items()]
    return tuple(sorted(rows, key=lambda row: (-row.cost, row.name)))


def _by_resource(count: int, lines: Iterable[Line]) -> tuple[Decimal, ...]:
    costs = [Decimal(0)] * count
    for line in lines:
        costs[line.resource] += line.cost
    return tuple(costs)
