"""What is taken out of one offer file: the products our price keys selected, with their rates as written."""

from dataclasses import dataclass


class PriceListError(Exception):
    """A price list file, or one price in it, cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One price dimension of a product, in the file's own texts.

    `begin` (inclusive) and `end` (exclusive, or "Inf") are cumulative monthly quantities in `unit`; `usd` is
    the price of one unit, empty when the file has none in USD. `term` is the code of the term it belongs to.
    """

    term: str
    begin: str
    end: str
    unit: str
    usd: str


@dataclass(frozen=True, slots=True)
class Match:
    """Product `sku` answers to the selector of price key `key` in `region` (empty: sold without a region)."""

    region: str
    key: str
    sku: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class OfferReading:
    """Everything we wanted from one offer file. `published` is its publication date as written.

    `damaged` counts rows that were passed because they do not have the columns of the header.
    """

    offer: str
    version: str
    published: str
    matches: tuple[Match, ...]
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class OfferHead:
    """What an offer file says about itself."""

    offer: str
    version: str
    published: str


#: The term of free-tier products; they repeat the attributes of the paid product they belong to.
FREE_TIER_TERM = "A429C66SYZ"
