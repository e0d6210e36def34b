"""S3: minimums, indexes and monitoring that follow from the object size; what each class is billed by."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


@pytest.mark.parametrize("storage_class", ["standard_ia", "onezone_ia", "glacier_ir"])
def test_small_objects_are_billed_as_128_kb(storage_class: str) -> None:
    billed = metered("s3", storage_class=storage_class, storage_gb=10, object_kb=32)
    assert billed == {f"s3.{storage_class}.storage": Decimal(40)}


def test_the_padding_of_small_objects_is_a_line_of_its_own() -> None:
    document = parse_document(
        {
            "region": "us-west-2",
            "resources": [
                {
                    "service": "s3",
                    "settings": {"storage_class": "standard_ia", "object_kb": 64},
                    "usage": {"storage_gb": 100},
                }
            ],
        }
    )
    answer = estimate(document, shipped_catalog(), date(2026, 11, 24))
    assert [line.quantity for line in answer.lines] == [Decimal(100), Decimal(100)]
    assert answer.total == Decimal("2.5")


@pytest.mark.parametrize(
    ("storage_class", "object_kb"), [("standard", 1), ("standard_ia", 128), ("express", 1)]
)
def test_others_are_billed_by_their_size(storage_class: str, object_kb: int) -> None:
    billed = metered("s3", storage_class=storage_class, storage_gb=10, object_kb=object_kb)
    assert billed == {f"s3.{storage_class}.storage": Decimal(10)}


@pytest.mark.parametrize("storage_class", ["glacier_flexible", "deep_archive"])
def test_an_archived_object_carries_32_kb_of_archive_and_8_kb_of_standard(storage_class: str) -> None:
    billed = metered("s3", storage_class=storage_class, storage_gb=100, object_kb=80)
    assert billed == {f"s3.{storage_class}.storage": Decimal(140), "s3.standard.storage": Decimal(10)}


def test_an_unknown_object_size_adds_nothing() -> None:
    billed = metered("s3", storage_class="deep_archive", storage_gb=100)
    assert billed == {"s3.deep_archive.storage": Decimal(100)}


def test_intelligent_tiering_watches_objects_of_128_kb_and_more() -> None:
    tiers = {"storage_gb": 1, "infrequent_access_gb": 2, "archive_instant_gb": 1}
    watched = metered("s3", storage_class="int", object_kb=1024, **tiers)
    assert watched == {
        "s3.int.fa": Decimal(1),
        "s3.int.ia": Decimal(2),
        "s3.int.aia": Decimal(1),
        "s3.int.monitoring": Decimal(4096),
    }
    assert "s3.int.monitoring" not in metered("s3", storage_class="int", object_kb=127, **tiers)


def test_intelligent_tiering_keeps_the_8_kb_of_archived_objects_in_the_frequent_tier() -> None:
    billed = metered(
        "s3", storage_class="int", object_kb=320, archive_access_gb=10, deep_archive_access_gb=20
    )
    assert billed["s3.int.aa"] == 11
    assert billed["s3.int.daa"] == 22
    assert billed["s3.int.fa"] == Decimal("0.75")


def test_bytes_are_gb_of_two_to_the_thirty() -> None:
    assert metered("s3", storage_gb=1, stored_bytes=2**31) == {"s3.standard.storage": Decimal(3)}


def test_each_class_has_its_own_requests() -> None:
    billed = metered("s3", storage_class="glacier_ir", put_requests=5, get_requests=7, retrieval_gb=2)
    assert billed == {
        "s3.glacier_ir.put": Decimal(5),
        "s3.glacier_ir.get": Decimal(7),
        "s3.glacier_ir.retrieval": Decimal(2),
    }


def test_bulk_retrieval_is_free_from_glacier_flexible_and_billed_from_deep_archive() -> None:
    bulk = {"bulk_retrieval_gb": 10, "bulk_restore_requests": 3}
    assert metered("s3", storage_class="glacier_flexible", **bulk) == {}
    assert metered("s3", storage_class="deep_archive", **bulk) == {
        "s3.deep_archive.retrieval_bulk": Decimal(10),
        "s3.deep_archive.restore_bulk": Decimal(3),
    }


def test_the_first_year_is_free_only_under_its_policy() -> None:
    usage = {"storage_gb": 5, "put_requests": 2000, "get_requests": 20000}
    totals = {
        policy: estimate(
            parse_document(
                {"region": "us-east-1", "free_tier": policy, "resources": [{"service": "s3", "usage": usage}]}
            ),
            shipped_catalog(),
            date(2026, 11, 24),
        ).total
        for policy in ("none", "always", "first-12-months")
    }
    assert totals["first-12-months"] == 0
    assert totals["none"] == totals["always"] == Decimal("0.133")
