"""Documents and estimates as JSON: money and exact quantities are strings, inputs come back as sent."""

from collections.abc import Mapping
from decimal import Decimal

from webapp.domain.money import exact, plain
from webapp.domain.traffic import Traffic, Volume
from webapp.pricing.answers import (
    CommitmentBillJson,
    EstimateJson,
    LineCommitmentJson,
    LineJson,
    PayoffJson,
    TierUseJson,
    UnpricedJson,
)
from webapp.pricing.commitments import Commitment, CommitmentBill, LineCommitment, Payoff
from webapp.pricing.declaration import SettingValue
from webapp.pricing.document import EstimateDocument, PerMeasure, Resource, UsageValue
from webapp.pricing.estimate import Estimate, Line, Unpriced
from webapp.pricing.prices import Tier, TierUse

JsonObject = dict[str, object]


def number_to_json(number: Decimal) -> int | float | str:
    """`number` as a JSON number where a double holds it exactly as written, else as a string."""
    if number == number.to_integral_value():
        return int(number) if abs(number) < 2**53 else exact(number)
    double = float(number)
    return double if Decimal(repr(double)) == number else exact(number)


def document_to_json(document: EstimateDocument) -> JsonObject:
    """The document as `parse_document` reads it."""
    return {
        "name": document.name,
        "description": document.description,
        "tags": list(document.tags),
        "region": document.region,
        "free_tier": document.free_tier,
        "commitment": commitment_to_json(document.commitment),
        "traffic": traffic_to_json(document.traffic),
        "resources": [resource_to_json(resource) for resource in document.resources],
        "prices": prices_to_json(document.prices),
    }


def commitment_to_json(terms: Commitment) -> JsonObject:
    return {"term": terms.term, "payment": terms.payment}


def traffic_to_json(traffic: Traffic) -> JsonObject:
    """The traffic part; a volume without bounds is one number."""
    return {
        "volume": None if traffic.volume is None else _volume(traffic.volume),
        "unit": traffic.unit,
        "average_payload_bytes": traffic.average_payload_bytes,
        "measures": {name: number_to_json(value) for name, value in traffic.measures.items()},
    }


def _volume(volume: Volume) -> int | float | str | JsonObject:
    if not volume.is_range:
        return number_to_json(volume.expected)
    named = {"low": volume.low, "expected": volume.expected, "high": volume.high}
    return {name: None if value is None else number_to_json(value) for name, value in named.items()}


def resource_to_json(resource: Resource) -> JsonObject:
    """One resource with what was stated of it."""
    return {
        "service": resource.service,
        "name": resource.name,
        "settings": {name: setting_to_json(value) for name, value in resource.settings.items()},
        "usage": {name: usage_to_json(value) for name, value in resource.usage.items()},
    }


def setting_to_json(value: SettingValue) -> int | float | str | bool:
    return number_to_json(value) if isinstance(value, Decimal) else value


def usage_to_json(value: UsageValue) -> int | float | str | JsonObject:
    if isinstance(value, PerMeasure):
        return {"per": value.per, "factor": number_to_json(value.factor)}
    return number_to_json(value)


def prices_to_json(prices: Mapping[str, tuple[Tier, ...]]) -> JsonObject:
    """Stated prices: one USD string, or [from, to or null, USD] rows."""
    return {
        key: exact(tiers[0].usd) if len(tiers) == 1 else [_tier_row(tier) for tier in tiers]
        for key, tiers in prices.items()
    }


def _tier_row(tier: Tier) -> list[str | None]:
    return [exact(tier.start), None if tier.end is None else exact(tier.end), exact(tier.usd)]


def estimate_to_json(estimate: Estimate) -> EstimateJson:
    """The answer document. USD a month to 12 decimals, unit prices with all of theirs, as strings."""
    answer: EstimateJson = {
        "name": estimate.name,
        "region": estimate.region,
        "free_tier": estimate.free_tier,
        "currency": "USD",
        "total_usd": plain(estimate.total),
        "commitment": None if estimate.commitment is None else _commitment_bill(estimate.commitment),
        "by_service": [
            {"service": row.service, "name": row.name, "cost_usd": plain(row.cost)}
            for row in estimate.by_service
        ],
        "lines": [line_to_json(line) for line in estimate.lines],
        "unpriced": [unpriced_to_json(item) for item in estimate.unpriced],
        "assumptions": [str(text) for text in estimate.assumptions],
        "catalog": {
            "name": estimate.catalog.name,
            "published": estimate.catalog.published.isoformat(),
            "age_days": estimate.catalog_age_days,
        },
    }
    if estimate.range is not None:
        answer["low"] = plain(estimate.range.low)
        answer["expected"] = plain(estimate.range.expected)
        answer["high"] = plain(estimate.range.high)
    return answer


def line_to_json(line: Line) -> LineJson:
    return {
        "resource": line.resource_name,
        "resource_index": line.resource,
        "service": line.service,
        "price_key": line.key,
        "dimension": line.dimension,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "free_quantity": plain(line.free_quantity),
        "account_share": plain(line.share),
        "tiers": [_tier_use(use) for use in line.tiers],
        "cost_usd": plain(line.cost),
        "how": str(line.how),
        "formula": str(line.formula),
        "price_source": line.price_source,
        "price_as_of": line.price_as_of,
        "commitment": None if line.commitment is None else _line_commitment(line.commitment),
    }


def _commitment_bill(bill: CommitmentBill) -> CommitmentBillJson:
    """The bill with and without the commitment; the payoff speaks of the covered part alone."""
    return {
        "term": bill.terms.term,
        "payment": bill.terms.payment,
        "total_usd": plain(bill.total),
        "on_demand_total_usd": plain(bill.on_demand_total),
        "covered": _payoff(bill.payoff),
        "savings_plan_usd_per_hour": plain(bill.savings_plan_hourly),
        "without_price": [str(label) for label in bill.without_price],
    }


def _line_commitment(found: LineCommitment) -> LineCommitmentJson:
    unit_prices = [exact(usd) for usd in found.on_demand_usd]
    return {"plan": found.plan, "on_demand_unit_prices_usd": unit_prices, **_payoff(found.payoff)}


def _payoff(payoff: Payoff) -> PayoffJson:
    return {
        "on_demand_usd": plain(payoff.on_demand),
        "committed_usd": plain(payoff.committed),
        "saving_usd": plain(payoff.saving),
        "upfront_usd": _plain_or_null(payoff.upfront),
        "break_even_share": _plain_or_null(payoff.break_even_share),
        "break_even_months": _plain_or_null(payoff.break_even_months),
        "break_even": str(payoff.sentence),
    }


def _plain_or_null(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _tier_use(use: TierUse) -> TierUseJson:
    return {
        "from": exact(use.tier.start),
        "to": None if use.tier.end is None else exact(use.tier.end),
        "unit_price_usd": exact(use.tier.usd),
        "quantity": plain(use.quantity),
        "cost_usd": plain(use.cost),
    }


def unpriced_to_json(item: Unpriced) -> UnpricedJson:
    return {
        "resource": item.resource_name,
        "resource_index": item.resource,
        "service": item.service,
        "price_key": item.key,
        "dimension": item.dimension,
        "quantity": None if item.quantity is None else plain(item.quantity),
        "unit": item.unit,
        "reason": str(item.reason),
    }
