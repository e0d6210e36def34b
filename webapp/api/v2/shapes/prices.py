"""What prices and catalogs look like."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from webapp.api.v2.shapes.amounts import Amount, Usd
from webapp.domain.money import plain
from webapp.pricing.prices import Price, Tier
from webapp.services.catalog_lists import CatalogContents
from webapp.services.price_search import PAGE_SIZE, CatalogChoice, FoundPrice, PricePage

CatalogStatus = Literal["accepted", "held"]


class PriceTierJson(TypedDict("Bounds", {"from": Amount})):  # `from` is a keyword
    """USD per unit for a part of the month's quantity; `from` counts into it, `to` does not."""

    to: Annotated[Amount | None, Field(description="Null: without end.")]
    unit_price_usd: Usd


class RegionPriceJson(TypedDict):
    """A price in one region."""

    region: str
    unit: Annotated[str, Field(description="In AWS's words.", examples=["Requests"])]
    tiers: Annotated[list[PriceTierJson], Field(description="Cumulative over a month, without gaps.")]
    as_of: Annotated[str, Field(description="As precise as its source.", examples=["2026-10-08"])]
    source: Annotated[str, Field(description="Where it was read.")]


class PriceJson(RegionPriceJson):
    """A price with what it is called."""

    key: Annotated[str, Field(examples=["sqs.standard"])]
    service: Annotated[str, Field(description="Code; empty for a key that is not declared any more.")]
    label: str


class PricePageJson(TypedDict):
    """One page of prices, by key and region."""

    items: list[PriceJson]
    total: int
    page: int
    pages: int
    page_size: int
    catalog: str


class KeyPricesJson(TypedDict):
    """One key in every region that has it."""

    key: str
    service: str
    label: str
    catalog: str
    regions: list[RegionPriceJson]


class CatalogJson(TypedDict):
    """A versioned set of prices."""

    name: str
    published: date
    status: Annotated[CatalogStatus, Field(description="A held one waits for a person to accept it.")]
    reasons: Annotated[list[str], Field(description="Why it was held back.")]
    in_use: Annotated[bool, Field(description="Estimates without a catalog's name use it.")]
    accepted_at: datetime


class CatalogListJson(TypedDict):
    """Every catalog, the one in use first."""

    items: list[CatalogJson]


class CatalogContentsJson(CatalogJson):
    """A catalog and how much is in it."""

    prices: int
    prices_by_region: Annotated[dict[str, int], Field(examples=[{"us-east-1": 4101}])]


def price_page_to_json(page: PricePage) -> PricePageJson:
    return {
        "items": [_price(found) for found in page.items],
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "page_size": PAGE_SIZE,
        "catalog": page.catalog.name,
    }


def key_prices_to_json(catalog: CatalogChoice, found: tuple[FoundPrice, ...]) -> KeyPricesJson:
    return {
        "key": found[0].price.key,
        "service": found[0].service,
        "label": found[0].label,
        "catalog": catalog.name,
        "regions": [_region_price(each.price) for each in found],
    }


def catalog_to_json(catalog: CatalogChoice) -> CatalogJson:
    return {
        "name": catalog.name,
        "published": catalog.published_on,
        "status": "held" if catalog.status == "held" else "accepted",
        "reasons": list(catalog.reasons),
        "in_use": catalog.in_use,
        "accepted_at": catalog.accepted_at,
    }


def contents_to_json(contents: CatalogContents) -> CatalogContentsJson:
    return {
        **catalog_to_json(contents.catalog),
        "prices": contents.prices,
        "prices_by_region": contents.prices_by_region,
    }


def _price(found: FoundPrice) -> PriceJson:
    return {
        "key": found.price.key,
        "service": found.service,
        "label": found.label,
        **_region_price(found.price),
    }


def _region_price(price: Price) -> RegionPriceJson:
    return {
        "region": price.region,
        "unit": price.unit,
        "tiers": [_tier(tier) for tier in price.tiers],
        "as_of": price.as_of,
        "source": price.source,
    }


def _tier(tier: Tier) -> PriceTierJson:
    return {
        "from": plain(tier.start),
        "to": None if tier.end is None else plain(tier.end),
        "unit_price_usd": plain(tier.usd, 18),
    }
