"""The two small index files: which offers exist, and where the current file of a region lies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from webapp.pricing.price_list.offer import PriceListError

SERVICE_INDEX = "/offers/v1.0/aws/index.json"
_PINNED = re.compile(r"/(\d{14})/")
#: What the index of an offer points to for a region in which the service is not sold.
_EMPTY_FILE = "/empty.json"


@dataclass(frozen=True, slots=True)
class OfferEntry:
    """Where to ask for one offer: its region index (empty when it has none) and its all-regions file."""

    region_index: str
    all_regions: str


@dataclass(frozen=True, slots=True)
class OfferFile:
    """The current offer file of one region. `version` changes whenever its content does."""

    path: str
    version: str


def parse_service_index(body: bytes) -> Mapping[str, OfferEntry]:
    """Offers by code. Raises PriceListError when `body` is not a service index."""
    offers = _member(_object(body, "service index"), "offers", "service index")
    return {
        code: OfferEntry(_text(entry, "currentRegionIndexUrl"), _text(entry, "currentVersionUrl"))
        for code, entry in offers.items()
        if isinstance(entry, dict)
    }


def parse_region_index(body: bytes) -> Mapping[str, OfferFile]:
    """Offer files by region; regions without a file of their own are absent.

    An unpinned path says nothing about its version, so the publication date of the index stands for it.
    Raises PriceListError when `body` is not a region index.
    """
    index = _object(body, "region index")
    published = _text(index, "publicationDate")
    paths = {
        region: _text(entry, "currentVersionUrl")
        for region, entry in _member(index, "regions", "region index").items()
        if isinstance(entry, dict)
    }
    return {
        region: OfferFile(path, _version(path, published))
        for region, path in paths.items()
        if path and not path.endswith(_EMPTY_FILE)
    }


def all_regions_file(entry: OfferEntry, published: str) -> OfferFile:
    """The one file of an offer that is sold without regions, published at `published`."""
    return OfferFile(entry.all_regions, _version(entry.all_regions, published))


def published_of(body: bytes) -> str:
    """The publication date an index states. Raises PriceListError when `body` is not an index."""
    return _text(_object(body, "index"), "publicationDate")


def _version(path: str, published: str) -> str:
    pinned = _PINNED.search(path)
    return pinned.group(1) if pinned else f"current@{published}"


def _object(body: bytes, what: str) -> dict[str, object]:
    try:
        found = orjson.loads(body)
    except ValueError as error:
        raise PriceListError(f"The {what} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise PriceListError(f"The {what} is not a JSON object.")
    return found


def _member(index: dict[str, object], name: str, what: str) -> dict[str, object]:
    found = index.get(name)
    if not isinstance(found, dict):
        raise PriceListError(f"The {what} has no “{name}”.")
    return found


def _text(entry: Mapping[str, object], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
