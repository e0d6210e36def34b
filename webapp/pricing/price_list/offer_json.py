"""Reads an offer file in JSON: products by SKU, and the terms that price them."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from webapp.pricing.price_list.json_scan import JsonScan, parsed
from webapp.pricing.price_list.offer import (
    FREE_TIER_TERM,
    Match,
    OfferHead,
    OfferReading,
    PriceListError,
    Rate,
)
from webapp.pricing.price_list.selectors import Selectors, plain_name, region_of


def read_json_offer(file: BinaryIO, selectors: Selectors, region: str) -> OfferReading:
    """What `selectors` find in the offer file `file` of `region`; `file` can be rewound.

    Members may come in any order: where the terms come before the products the file is read twice. Raises
    PriceListError for a file that is cut short, not JSON, or not an offer.
    """
    walk = _Walk(selectors, region)
    walk.through(file)
    if walk.terms_came_first:
        file.seek(0)
        walk.through(file)
    return OfferReading(walk.head.offer, walk.head.version, walk.head.published, tuple(walk.matches()))


class _Walk:
    """One pass through the file, and what it has found so far."""

    def __init__(self, selectors: Selectors, region: str) -> None:
        self._selectors = selectors
        self._region = region
        self._wanted: dict[str, list[tuple[str, str]]] = {}
        self._rates: dict[str, tuple[Rate, ...]] = {}
        self._said: dict[str, str] = {}
        self._seen: list[str] = []

    @property
    def terms_came_first(self) -> bool:
        return self._seen[:2] == ["terms", "products"]

    @property
    def head(self) -> OfferHead:
        said = self._said
        return OfferHead(said.get("offerCode", ""), said.get("version", ""), said.get("publicationDate", ""))

    def through(self, file: BinaryIO) -> None:
        scan = JsonScan(file)
        for name in scan.members():
            if name == "products":
                self._seen.append(name)
                self._products(scan)
            elif name == "terms":
                self._seen.append(name)
                self._terms(scan)
            elif name in ("offerCode", "version", "publicationDate"):
                self._said[name] = str(scan.value())
            else:
                scan.skip()
        scan.end()
        missing = {"products", "terms"} - set(self._seen)
        if missing:
            raise PriceListError(f"The file has no “{min(missing)}”: it is not an offer.")

    def matches(self) -> Iterator[Match]:
        """A product without an on-demand rate is not for sale on demand, so it is no match."""
        for sku, places in self._wanted.items():
            for region, key in places:
                if sku in self._rates:
                    yield Match(region, key, sku, self._rates[sku])

    def _products(self, scan: JsonScan) -> None:
        for sku in scan.members():
            product = _plain_product(_mapping(parsed(scan.entry())))
            keys = self._selectors.keys_of(product)
            place = region_of(product, self._region) if keys else None
            if place is not None:
                self._wanted[sku] = [(place, key) for key in keys]

    def _terms(self, scan: JsonScan) -> None:
        for kind in scan.members():
            if kind != "OnDemand":
                scan.skip_entries()
                continue
            for sku in scan.members():
                entry = scan.entry()
                if sku in self._wanted and (rates := tuple(_rates(_mapping(parsed(entry))))):
                    self._rates[sku] = rates


def _plain_product(product: Mapping[str, object]) -> dict[str, str]:
    """Attributes and family of a product, by plain name, as a row of the CSV has them."""
    plain = {
        plain_name(name): value
        for name, value in _mapping(product.get("attributes", {})).items()
        if isinstance(value, str)
    }
    plain["productfamily"] = str(product.get("productFamily", ""))
    return plain


def _rates(terms: Mapping[str, object]) -> Iterator[Rate]:
    for raw_term in terms.values():
        term = _mapping(raw_term)
        code = str(term.get("offerTermCode", ""))
        if code != FREE_TIER_TERM:
            for raw_rate in _mapping(term.get("priceDimensions")).values():
                rate = _mapping(raw_rate)
                usd = _mapping(rate.get("pricePerUnit", {})).get("USD", "")
                begin, end = rate.get("beginRange", ""), rate.get("endRange", "")
                yield Rate(code, str(begin), str(end), str(rate.get("unit", "")), str(usd))


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise PriceListError("The file is not an offer: a text or list stands where an object belongs.")
    return value
