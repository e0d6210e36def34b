"""What the same bill in every region looks like."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Usd
from webapp.domain.money import plain
from webapp.pricing.answers import UnpricedJson
from webapp.pricing.presenting import unpriced_to_json
from webapp.services.regions import RegionBill, RegionComparison


class RegionBillJson(TypedDict):
    """The bill in one region. One with unpriced uses says less than its total shows."""

    region: Annotated[str, Field(examples=["eu-west-1"])]
    name: Annotated[str, Field(examples=["Europe (Ireland)"])]
    total_usd: Usd
    difference_usd: Annotated[
        Usd | None,
        Field(description="Against the scenario's own region; null where other uses are unpriced there."),
    ]
    complete: Annotated[bool, Field(description="Whether every use has a known price.")]
    unpriced: list[UnpricedJson]
    on_demand: Annotated[
        list[str],
        Field(description="What a commitment covers elsewhere and no committed price is known for."),
    ]


class RegionsJson(TypedDict):
    """Complete bills first, each group from the cheapest to the dearest."""

    region: Annotated[str, Field(description="The scenario's own.", examples=["eu-west-1"])]
    currency: Literal["USD"]
    regions: list[RegionBillJson]


def comparison_to_json(comparison: RegionComparison) -> RegionsJson:
    return {
        "region": comparison.home.region,
        "currency": "USD",
        "regions": [_bill(bill) for bill in comparison.bills],
    }


def _bill(bill: RegionBill) -> RegionBillJson:
    return {
        "region": bill.region,
        "name": bill.name,
        "total_usd": plain(bill.total),
        "difference_usd": None if bill.difference is None else plain(bill.difference),
        "complete": bill.is_complete,
        "unpriced": [unpriced_to_json(item) for item in bill.unpriced],
        "on_demand": [str(label) for label in bill.on_demand],
    }
