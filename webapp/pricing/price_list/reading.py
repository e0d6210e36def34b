"""Reads an offer file of either kind, compressed or not."""

import gzip
import zlib
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

from webapp.pricing.price_list.offer import OfferReading, PriceListError
from webapp.pricing.price_list.offer_csv import read_csv_offer
from webapp.pricing.price_list.offer_json import read_json_offer
from webapp.pricing.price_list.selectors import Selectors

_GZIP = b"\x1f\x8b"
#: An unpacked offer file: eight times the largest one we ask for. More is a bomb, not a price list.
_MOST_BYTES = 4 << 30


class _BoundedGzip(gzip.GzipFile):
    """Gives up on a bomb instead of unpacking it for hours."""

    def read(self, size: int | None = -1) -> bytes:
        return self._bounded(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._bounded(super().read1(size))

    def _bounded(self, chunk: bytes) -> bytes:
        if self.tell() > _MOST_BYTES:
            raise PriceListError("The file is too large once unpacked.")
        return chunk


def offer_code(path: Path) -> str:
    """The offer an offer file says it is of. Raises PriceListError when it cannot be read."""
    return read_offer(path, Selectors(()), "").offer


def read_offer(path: Path, selectors: Selectors, region: str) -> OfferReading:
    """What `selectors` find in the offer file at `path`, JSON or CSV, with or without gzip.

    `region` is where its products are sold when they do not say so themselves. Memory stays small whatever
    the size of the file. Raises PriceListError when it cannot be read to its end as a price list.
    """
    try:
        with closing(_opened(path)) as file:
            start = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
            file.seek(0)
            read = read_json_offer if start.startswith(b"{") else read_csv_offer
            return read(file, selectors, region)
    except (OSError, EOFError, zlib.error) as error:
        raise PriceListError(f"The file cannot be read to its end: {error}.") from error


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP
    return cast(BinaryIO, _BoundedGzip(path)) if compressed else path.open("rb")
