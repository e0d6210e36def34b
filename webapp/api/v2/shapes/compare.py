"""What a comparison takes and looks like."""

from decimal import Decimal
from typing import Annotated, NotRequired
from uuid import UUID

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Amount, Usd
from webapp.api.v2.shapes.documents import ESTIMATE_DOCUMENT
from webapp.domain.money import plain
from webapp.services.comparing import FEWEST, MOST, ComparedBill, Comparison, ServiceRow

Document = Annotated[dict[str, object], WithJsonSchema(ESTIMATE_DOCUMENT)]


class CandidateJson(TypedDict):
    """A scenario of yours, or a document: exactly one of the two."""

    scenario_id: NotRequired[UUID]
    document: NotRequired[Document]
    catalog: NotRequired[
        Annotated[str, Field(description="Name of the price catalog; without one, the one in use.")]
    ]


class ComparisonBody(TypedDict):
    """What to compare. The first is what the others are held against."""

    items: Annotated[list[CandidateJson], Field(min_length=FEWEST, max_length=MOST)]


class ComparedCatalogJson(TypedDict):
    """Which prices."""

    name: str
    published: Annotated[str, Field(examples=["2026-10-08"])]


class ComparedBillJson(TypedDict):
    """One of them, USD a month."""

    scenario_id: Annotated[UUID | None, Field(description="Null for a document.")]
    name: str
    region: str
    catalog: ComparedCatalogJson
    total_usd: Annotated[Usd | None, Field(description="Null when nothing in it has a known price.")]
    low_usd: Usd | None
    high_usd: Usd | None
    unpriced: Annotated[int, Field(description="Uses whose price nobody knows: outside the total.")]
    difference_usd: Annotated[
        Usd | None, Field(description="Against the first; null while either has unpriced uses.")
    ]
    difference_percent: Annotated[Amount | None, Field(description="Of the first's total.")]


class ServiceRowJson(TypedDict):
    """One service over all bills."""

    service: str
    name: str
    costs_usd: Annotated[list[Usd | None], Field(description="In the order of `items`; null: not in use.")]


class ComparisonJson(TypedDict):
    """Bills side by side."""

    currency: str
    items: Annotated[list[ComparedBillJson], Field(description="In the order asked for.")]
    services: Annotated[list[ServiceRowJson], Field(description="The dearest anywhere first.")]
    cheapest: Annotated[
        int | None, Field(description="Place in `items`, from 0; null while all have unpriced uses.")
    ]


def comparison_to_json(found: Comparison) -> ComparisonJson:
    return {
        "currency": "USD",
        "items": [_bill(one) for one in found.bills],
        "services": [_row(row) for row in found.services],
        "cheapest": found.cheapest,
    }


def _bill(one: ComparedBill) -> ComparedBillJson:
    bill = one.bill
    return {
        "scenario_id": one.scenario_id,
        "name": bill.name,
        "region": bill.region,
        "catalog": {"name": bill.catalog.name, "published": bill.catalog.published.isoformat()},
        "total_usd": None if bill.is_unknown else plain(bill.total),
        "low_usd": None if bill.range is None else plain(bill.range.low),
        "high_usd": None if bill.range is None else plain(bill.range.high),
        "unpriced": len(bill.unpriced),
        "difference_usd": _plain(one.difference),
        "difference_percent": _plain(one.percent),
    }


def _row(row: ServiceRow) -> ServiceRowJson:
    return {"service": row.service, "name": row.name, "costs_usd": [_plain(cost) for cost in row.costs]}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
