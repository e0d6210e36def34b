"""Reads an offer file in CSV: a few lines about the file, a header, then one row per rate."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from webapp.pricing.price_list.offer import (
    FREE_TIER_TERM,
    Match,
    OfferHead,
    OfferReading,
    PriceListError,
    Rate,
)
from webapp.pricing.price_list.selectors import Selectors, plain_name, region_of

#: Lines about the file before the header: five today, seven with `sep=,` and a note.
_MOST_HEAD_LINES = 50
_NEEDED = (
    "sku", "offertermcode", "termtype", "startingrange", "endingrange", "unit", "priceperunit", "currency",
)  # fmt: skip


def read_csv_offer(file: BinaryIO, selectors: Selectors, region: str) -> OfferReading:
    """What `selectors` find in the offer file `file` of `region`, row by row.

    Column set and order differ by offer and over time, so columns are found by name. Raises PriceListError
    for a file that is cut short, not CSV, or without the columns every offer has.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        rows = csv.reader(text, strict=True)
        head, header = _head(rows)
        damaged: list[int] = []
        matches = _matches(rows, header, selectors, region, damaged)
        return OfferReading(head.offer, head.version, head.published, matches, len(damaged))
    except (csv.Error, UnicodeDecodeError) as error:
        raise PriceListError(f"The file is cut short or not CSV: {error}.") from error
    finally:
        text.detach()


def _head(rows: Iterator[list[str]]) -> tuple[OfferHead, list[str]]:
    said: dict[str, str] = {}
    for row, _ in zip(rows, range(_MOST_HEAD_LINES), strict=False):
        if row and row[0] == "SKU":
            header = [plain_name(name) for name in row]
            missing = [name for name in _NEEDED if name not in header]
            if missing:
                raise PriceListError(f"The file has no column {', '.join(missing)}.")
            head = OfferHead(
                said.get("offercode", ""), said.get("version", ""), said.get("publicationdate", "")
            )
            return head, header
        if len(row) > 1:
            said[plain_name(row[0])] = row[1]
    raise PriceListError("The file has no line that begins with SKU.")


def _matches(
    rows: Iterator[list[str]], header: list[str], selectors: Selectors, region: str, damaged: list[int]
) -> tuple[Match, ...]:
    rates: dict[tuple[str, str, str], list[Rate]] = {}
    for row in _on_demand_rows(rows, header, selectors, damaged):
        product = dict(zip(header, row, strict=True))
        keys = selectors.keys_of(product)
        place = region_of(product, region) if keys else None
        if place is not None and product["offertermcode"] != FREE_TIER_TERM:
            rate = _rate(product)
            for key in keys:
                rates.setdefault((place, key, product["sku"]), []).append(rate)
    return tuple(Match(place, key, sku, tuple(found)) for (place, key, sku), found in rates.items())


def _on_demand_rows(
    rows: Iterator[list[str]], header: list[str], selectors: Selectors, damaged: list[int]
) -> Iterator[list[str]]:
    """Rows worth a closer look. Most of a large offer are reserved terms, so this loop decides the speed.

    A row of another width is passed and noted: whose price it was will be missed. As the last one it means
    that the file was cut.
    """
    width, term = len(header), header.index("termtype")
    drawers = [(header.index(name), drawer) for name, drawer in selectors.drawers.items() if name in header]
    row: list[str] = header
    for row in rows:
        if len(row) != width:
            if row:
                damaged.append(len(row))
        elif row[term] == "OnDemand":
            for column, drawer in drawers:
                if drawer[row[column]]:
                    yield row
                    break
    if row and len(row) != width:
        raise PriceListError(f"The last row has {len(row)} of {width} columns: the file is cut short.")


def _rate(product: dict[str, str]) -> Rate:
    return Rate(
        product["offertermcode"],
        product["startingrange"],
        product["endingrange"],
        product["unit"],
        product["priceperunit"] if product["currency"] == "USD" else "",
    )
