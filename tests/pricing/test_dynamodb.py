"""DynamoDB: request units of item sizes and consistencies, capacity hours, the free tier by table class."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


@pytest.mark.parametrize(("item_kb", "wru", "rru"), [("0", 1, 1), ("1", 1, 1), ("1.1", 2, 1), ("4.1", 5, 2)])
def test_a_write_is_per_started_kb_and_a_read_per_started_4_kb(item_kb: str, wru: int, rru: int) -> None:
    billed = metered("dynamodb", item_kb=item_kb, writes=1, strong_reads=1)
    assert billed == {"ddb.ondemand.wru": Decimal(wru), "ddb.ondemand.rru": Decimal(rru)}


@pytest.mark.parametrize(
    ("usage", "key", "units"),
    [
        ("reads", "rru", "0.5"),
        ("strong_reads", "rru", "1"),
        ("transactional_reads", "rru", "2"),
        ("writes", "wru", "1"),
        ("transactional_writes", "wru", "2"),
        ("replicated_writes", "replicated_wru", "1"),
        ("write_units", "wru", "1"),
        ("read_units", "rru", "1"),
    ],
)
def test_consistency_and_transactions_weigh_a_request(usage: str, key: str, units: str) -> None:
    assert metered("dynamodb", **{usage: 1}) == {f"ddb.ondemand.{key}": Decimal(units)}


def test_stated_units_do_not_grow_with_the_item() -> None:
    assert metered("dynamodb", item_kb=400, write_units=7) == {"ddb.ondemand.wru": Decimal(7)}


def test_provisioned_capacity_is_billed_by_the_hour_whatever_is_used() -> None:
    billed = metered("dynamodb", capacity_mode="provisioned", wcu=10, rcu=20, writes=10**9)
    assert billed == {"ddb.provisioned.wcu": Decimal(7300), "ddb.provisioned.rcu": Decimal(14600)}


def test_infrequent_access_has_prices_of_its_own() -> None:
    billed = metered("dynamodb", table_class="standard_ia", writes=1, strong_reads=1, storage_gb=1)
    assert set(billed) == {"ddb.ondemand.wru.ia", "ddb.ondemand.rru.ia", "ddb.storage.ia"}


def test_an_item_costs_100_bytes_of_index() -> None:
    billed = metered("dynamodb", stored_bytes=2**30, stored_items=2**28)
    assert billed == {"ddb.storage": Decimal(26)}


def _total(usage: dict[str, int], settings: dict[str, int | str], policy: str) -> Decimal:
    resource = {"service": "dynamodb", "settings": settings, "usage": usage}
    document = {"region": "us-east-1", "free_tier": policy, "resources": [resource]}
    return estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24)).total


def test_25_units_and_25_gb_are_free_of_the_standard_class() -> None:
    capacity: dict[str, int | str] = {"capacity_mode": "provisioned", "wcu": 25, "rcu": 25}
    assert _total({"storage_gb": 25}, capacity, "always") == 0
    assert _total({"storage_gb": 25}, capacity, "none") == Decimal("20.485")
    assert _total({"storage_gb": 25}, {"table_class": "standard_ia"}, "always") == Decimal("2.5")


def test_on_demand_requests_have_no_free_tier() -> None:
    assert _total({"writes": 1_000_000}, {}, "first-12-months") == Decimal("0.625")
