"""The shape of an estimate as JSON. Money and quantities are text, so that no digit is lost."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

_EXACT = r"^-?\d+(\.\d+)?$"
#: USD a month, unrounded to 12 decimals.
Usd = Annotated[str, Field(description="USD.", pattern=_EXACT, examples=["12.4"])]
Amount = Annotated[str, Field(pattern=_EXACT, examples=["1000000"])]

TierUseJson = TypedDict(
    "TierUseJson",
    {
        "from": Annotated[Amount, Field(description="Where the tier begins, in units a month.")],
        "to": Annotated[Amount | None, Field(description="Where it ends; null for open.")],
        "unit_price_usd": Usd,
        "quantity": Annotated[Amount, Field(description="Units of the whole account that fell into it.")],
        "cost_usd": Usd,
    },
)


class PayoffJson(TypedDict):
    """What covered use costs a month on demand and committed."""

    on_demand_usd: Usd
    committed_usd: Usd
    saving_usd: Usd
    upfront_usd: Annotated[
        Usd | None, Field(description="Paid on the first day; null for partial upfront, which is not known.")
    ]
    break_even_share: Annotated[
        Amount | None, Field(description="Share of the hours from which it pays off.")
    ]
    break_even_months: Annotated[
        Amount | None, Field(description="Months of use until it has paid off; null when it never does.")
    ]
    break_even: Annotated[str, Field(description="The same in words.")]


class LineCommitmentJson(PayoffJson):
    """What a commitment changes on one line."""

    plan: Literal["savings-plan", "reserved"]
    on_demand_unit_prices_usd: list[Usd]


class CommitmentBillJson(TypedDict):
    """The bill with and without the commitment."""

    term: Literal["none", "1-year", "3-years"]
    payment: Literal["no-upfront", "partial-upfront", "all-upfront"]
    total_usd: Usd
    on_demand_total_usd: Usd
    covered: PayoffJson
    savings_plan_usd_per_hour: Annotated[Usd, Field(description="The Savings Plan to buy, USD an hour.")]
    without_price: Annotated[
        list[str], Field(description="Uses left on demand: no price is known for these terms.")
    ]


class LineJson(TypedDict):
    """One resource's share of one price, with every step of its formula."""

    resource: str
    resource_index: Annotated[int, Field(description="Place of the resource in the document, from 0.")]
    service: Annotated[str, Field(examples=["sqs"])]
    price_key: Annotated[str, Field(examples=["sqs.standard"])]
    dimension: Annotated[str, Field(description="What is billed, in words.")]
    quantity: Annotated[Amount, Field(description="Units a month.")]
    unit: Annotated[str, Field(examples=["requests"])]
    free_quantity: Annotated[Amount, Field(description="Units of these that are free.")]
    account_share: Annotated[
        Amount, Field(description="Part of the account's quantity that is this resource's.", examples=["1"])
    ]
    tiers: list[TierUseJson]
    cost_usd: Usd
    how: Annotated[str, Field(description="How the quantity came about.")]
    formula: Annotated[str, Field(description="Every step from the quantity to the cost.")]
    price_source: str
    price_as_of: str
    commitment: LineCommitmentJson | None


class UnpricedJson(TypedDict):
    """A use that costs something unknown: outside the total."""

    resource: str
    resource_index: int
    service: str
    price_key: str
    dimension: str
    quantity: Amount | None
    unit: str
    reason: str


class ServiceCostJson(TypedDict):
    """What one service costs a month over all its resources."""

    service: str
    name: str
    cost_usd: Usd


class PricesUsedJson(TypedDict):
    """Which prices were used."""

    name: str
    published: Annotated[str, Field(json_schema_extra={"format": "date"})]
    age_days: int


class EstimateJson(TypedDict):
    """A month's bill in USD. `low`, `expected` and `high` are there when a range was given."""

    name: str
    region: str
    free_tier: Literal["none", "always", "first-12-months"]
    currency: Literal["USD"]
    total_usd: Usd
    low: NotRequired[Usd]
    expected: NotRequired[Usd]
    high: NotRequired[Usd]
    commitment: Annotated[
        CommitmentBillJson | None, Field(description="What the stated commitment changes; null without one.")
    ]
    by_service: list[ServiceCostJson]
    lines: list[LineJson]
    unpriced: list[UnpricedJson]
    assumptions: list[str]
    catalog: PricesUsedJson
