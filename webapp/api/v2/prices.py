"""Prices and the catalogs they come from. Public, like the price list they are read from."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Parameter, operation
from webapp.api.querying import MAX_PAGE, QueryReader
from webapp.api.v2.blueprint import api
from webapp.api.v2.queries import LINK, page_links
from webapp.api.v2.shapes.prices import (
    CatalogContentsJson,
    CatalogListJson,
    KeyPricesJson,
    PricePageJson,
    catalog_to_json,
    contents_to_json,
    key_prices_to_json,
    price_page_to_json,
)
from webapp.domain.regions import REGIONS
from webapp.pricing.services import all_services
from webapp.services.caching import PRICES, remember
from webapp.services.catalog_lists import get_catalog
from webapp.services.price_search import PAGE_SIZE, PriceQuery, list_choices, prices_of_key, search_prices

_CATALOG = Parameter(
    "catalog", "Name of a catalog; without one, the catalog in use.", {"type": "string", "maxLength": 80}
)
_SEARCH = (
    Parameter("service", "Code of a service.", example="sqs"),
    Parameter("region", "Code of a region.", {"type": "string", "enum": list(REGIONS)}, example="eu-west-1"),
    Parameter(
        "search",
        "Words; a price is found when its key, label or service has all of them.",
        {"type": "string", "maxLength": 200},
        example="fifo",
    ),
    _CATALOG,
    Parameter(
        "page",
        f"Counts from 1, {PAGE_SIZE} prices each; a page after the last is empty.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
    ),
)


@api.get("/prices")
@operation(
    "Find prices",
    tag="Services",
    parameters=_SEARCH,
    answers={200: Answer(PricePageJson, "One page, by key and region.", headers=LINK)},
)
def list_prices() -> Response:
    sent = QueryReader("service", "region", "search", "catalog", "page")
    query = PriceQuery(
        search=sent.text("search"),
        service=sent.choice("service", all_services()),
        region=sent.choice("region", REGIONS),
        catalog=sent.text("catalog"),
        page=sent.page(),
    )
    sent.check()
    found = search_prices(query).at(query.page)
    return answer(price_page_to_json(found), 200, page_links(".list_prices", query.page, found.pages))


@api.get("/prices/<key>")
@operation(
    "One price in every region",
    tag="Services",
    parameters=(_CATALOG,),
    answers={200: Answer(KeyPricesJson, "Tiers, date and source by region.")},
)
def show_price(key: str) -> Response:
    sent = QueryReader("catalog")
    catalog = sent.text("catalog")
    sent.check()
    return answer(key_prices_to_json(*prices_of_key(key, catalog)))


@api.get("/catalogs")
@operation(
    "Price catalogs",
    tag="Services",
    answers={200: Answer(CatalogListJson, "The one in use first.")},
)
def list_catalogs() -> Response:
    """Every estimate names the catalog it was made with and can be made again with it."""
    return answer({"items": [catalog_to_json(choice) for choice in list_choices()]})


@api.get("/catalogs/<name>")
@operation(
    "One catalog",
    tag="Services",
    answers={200: Answer(CatalogContentsJson, "What it is, and how many prices it has by region.")},
)
def show_catalog(name: str) -> Response:
    # Counting costs. Catalogs come and go unheard, so all there are belong to the key.
    key = ["catalog", name, list_choices()]
    body = remember("L3", (PRICES,), key, lambda: _contents(name), str)
    return Response(body, content_type="application/json")


def _contents(name: str) -> str:
    return answer(contents_to_json(get_catalog(name))).get_data(as_text=True)
