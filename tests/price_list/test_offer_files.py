"""Offer files as streams: JSON and CSV say the same, and damaged ones are refused."""

import gzip
import io
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.price_list.offers import Offer, Product, free_queue, queue, write_unit
from webapp.pricing.declaration import PriceKey
from webapp.pricing.price_list import json_scan
from webapp.pricing.price_list.offer import OfferReading, PriceListError
from webapp.pricing.price_list.offer_csv import read_csv_offer
from webapp.pricing.price_list.offer_json import read_json_offer
from webapp.pricing.price_list.offered import keys_by_offer
from webapp.pricing.price_list.reading import offer_code, read_offer
from webapp.pricing.price_list.selectors import Selectors

QUEUES = Offer(
    "AWSQueueService",
    (queue(reserved_note="none"), queue("0.0000005000", kind="FIFO (first-in, first-out)"), free_queue()),
)


def selectors(offer: str = "AWSQueueService") -> Selectors:
    return Selectors(keys_by_offer()[offer])


def found(reading: OfferReading) -> dict[str, list[str]]:
    """SKUs by price key."""
    skus: dict[str, list[str]] = {}
    for match in reading.matches:
        skus.setdefault(match.key, []).append(match.sku)
    return skus


class Drips(io.BytesIO):
    """A file that gives a few bytes at a time, so that every token is cut somewhere."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(content)
        self._size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._size)


def test_json_and_csv_say_the_same() -> None:
    as_json = read_json_offer(io.BytesIO(QUEUES.json()), selectors(), "us-east-1")
    as_csv = read_csv_offer(io.BytesIO(QUEUES.csv()), selectors(), "us-east-1")
    assert as_json == as_csv
    assert found(as_json) == {"sqs.standard": ["SQSSTANUS-EAST-1"], "sqs.fifo": ["SQSFIFOUS-EAST-1"]}
    assert (as_json.offer, as_json.version) == ("AWSQueueService", "20261101000000")
    assert [rate.usd for rate in as_json.matches[0].rates] == ["0.0000003000", "0.0000004000", "0.0000002400"]


@pytest.mark.parametrize("drip", [1, 2, 3, 7, 64])
def test_it_does_not_matter_where_a_chunk_ends(drip: int) -> None:
    whole = read_json_offer(io.BytesIO(QUEUES.json()), selectors(), "us-east-1")
    assert read_json_offer(Drips(QUEUES.json(), drip), selectors(), "us-east-1") == whole


@pytest.mark.parametrize("indent", [None, 1])
def test_terms_may_come_before_products(indent: int | None) -> None:
    usual = read_json_offer(io.BytesIO(QUEUES.json()), selectors(), "us-east-1")
    file = io.BytesIO(QUEUES.json(terms_first=True, indent=indent))
    assert read_json_offer(file, selectors(), "us-east-1") == usual


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_file_cut_anywhere_is_refused(kind: str) -> None:
    content = QUEUES.json() if kind == "json" else QUEUES.csv().rstrip(b"\n")
    read = read_json_offer if kind == "json" else read_csv_offer
    rows = {number for number, byte in enumerate(content) if byte == 10}
    for end in range(0, len(content) - 1, 97):
        # A CSV cut between two rows is a CSV: the prices missing from it are noticed when it is used.
        if kind == "json" or end not in rows:
            with pytest.raises(PriceListError):
                read(_cut(content, end, rows), selectors(), "us-east-1")


def _cut(content: bytes, end: int, rows: set[int]) -> BinaryIO:
    return io.BytesIO(content[: end - 1 if end in rows else end])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"products": [], "terms": {}}',
        b'{"products": {"A": "b"}, "terms": {}}',
        b'{"products": {"A": {"sku": broken}}, "terms": {}}',
        b'{"products": {}, "terms": {}} {"again": 1}',
        b'{"products": {} "terms": {}}',
        b'{"products": {}}',
        b'{"formatVersion": ["v1.0", {"a": [1, 2,]}], "products": {}',
    ],
)
def test_what_is_not_an_offer_is_refused(content: bytes) -> None:
    with pytest.raises(PriceListError):
        read_json_offer(io.BytesIO(content), selectors(), "us-east-1")


def test_a_file_with_one_endless_entry_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_scan, "_LARGEST_ENTRY", 100_000)
    with pytest.raises(PriceListError, match="no price list has"):
        read_json_offer(
            io.BytesIO(b'{"products": {"A": {' + b'"x": 1,' * 1_000_000), selectors(), "us-east-1"
        )


def test_unknown_members_of_any_kind_are_passed() -> None:
    content = QUEUES.json().replace(
        b'"disclaimer":', b'"new": [1, {"a": [true, null]}, "}"], "disclaimer":', 1
    )
    assert found(read_json_offer(io.BytesIO(content), selectors(), "us-east-1")).keys() == {
        "sqs.standard",
        "sqs.fifo",
    }


def test_older_heads_and_rows_for_spreadsheets_are_read() -> None:
    lines = QUEUES.csv().split(b"\n")
    old = b"\n".join([b"\xef\xbb\xbfsep=,", lines[0], *lines[2:]])
    assert found(read_csv_offer(io.BytesIO(old), selectors(), "us-east-1")).keys() == {
        "sqs.standard",
        "sqs.fifo",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"TermType"', b'"Kind"'),
        (b'"SKU","Off', b'"Article","Off'),
    ],
)
def test_a_csv_of_another_shape_is_refused(before: bytes, after: bytes) -> None:
    with pytest.raises(PriceListError):
        read_csv_offer(io.BytesIO(QUEUES.csv().replace(before, after)), selectors(), "us-east-1")


def test_a_damaged_row_is_passed_and_counted() -> None:
    lines = QUEUES.csv().replace(b"\nof two lines", b"").split(b"\n")
    spoiled = b"\n".join([*lines[:7], b"INVALID", *lines[7:]])
    reading = read_csv_offer(io.BytesIO(spoiled), selectors(), "us-east-1")
    assert (reading.damaged, set(found(reading))) == (1, {"sqs.standard", "sqs.fifo"})


def test_a_renamed_attribute_finds_nothing() -> None:
    content = QUEUES.json().replace(b'"queueType"', b'"kindOfQueue"')
    assert read_json_offer(io.BytesIO(content), selectors(), "us-east-1").matches == ()


def test_a_product_without_an_on_demand_rate_is_not_for_sale() -> None:
    offer = Offer("AWSQueueService", (Product("SQS1", queue().attributes, ()),))
    assert read_json_offer(io.BytesIO(offer.json()), selectors(), "us-east-1").matches == ()


def test_reserved_terms_are_not_prices_of_use() -> None:
    offer = Offer(
        "AWSQueueService", (Product("SQS1", queue().attributes, (("0", "Inf", "1"),), reserved=True),)
    )
    for reading in (
        read_json_offer(io.BytesIO(offer.json()), selectors(), "us-east-1"),
        read_csv_offer(io.BytesIO(offer.csv()), selectors(), "us-east-1"),
    ):
        assert [[rate.usd for rate in match.rates] for match in reading.matches] == [["1"]]


def test_a_price_in_another_currency_has_none_in_dollars() -> None:
    offer = Offer(
        "AWSQueueService", (Product("A", queue().attributes, (("0", "Inf", "3"),), currency="CNY"),)
    )
    for reading in (
        read_json_offer(io.BytesIO(offer.json()), selectors(), "us-east-1"),
        read_csv_offer(io.BytesIO(offer.csv()), selectors(), "us-east-1"),
    ):
        assert reading.matches[0].rates[0].usd == ""


def test_products_of_other_places_are_left_alone() -> None:
    offer = Offer(
        "AmazonDynamoDB",
        (write_unit(), write_unit(region="us-east-1-bos-1"), write_unit(region="cn-north-1")),
    )
    reading = read_json_offer(io.BytesIO(offer.json()), selectors("AmazonDynamoDB"), "us-east-1")
    assert found(reading) == {"ddb.provisioned.wcu": ["WCUUS-EAST-1"]}


def test_a_title_of_the_csv_is_an_attribute_of_the_json() -> None:
    key = PriceKey("x", "", "Hour", "AmazonEC2", {"instanceType": "m5.large", "preInstalledSw": "NA"})
    attributes = {"instanceType": "m5.large", "preInstalledSw": "NA", "regionCode": "eu-west-1"}
    offer = Offer("AmazonEC2", (Product("M5", attributes, (("0", "Inf", "0.1"),)),))
    reading = read_csv_offer(io.BytesIO(offer.csv()), Selectors([key]), "eu-west-1")
    assert found(reading) == {"x": ["M5"]}


@pytest.mark.parametrize("kind", ["json", "csv"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_known_by_its_content(tmp_path: Path, kind: str, packed: bool) -> None:
    content = QUEUES.json() if kind == "json" else QUEUES.csv()
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert offer_code(path) == "AWSQueueService"
    assert len(read_offer(path, selectors(), "us-east-1").matches) == 2


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(QUEUES.json())[:-20])
    with pytest.raises(PriceListError, match="cannot be read to its end"):
        read_offer(path, selectors(), "us-east-1")
