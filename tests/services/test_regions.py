"""The same scenario in every region."""

from decimal import Decimal
from io import BytesIO
from uuid import UUID

import pytest

from tests.services.shop import make_shop
from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.regions import REGIONS
from webapp.infra.db import unit_of_work
from webapp.services.estimates import estimate_scenario
from webapp.services.recordings import ingest
from webapp.services.regions import compare_regions, create_in_region

FUNCTION = {"service": "lambda", "settings": {"memory_mb": 1024}, "usage": {"requests": {"per": "events"}}}


def test_every_region_is_there_once_and_the_own_one_differs_by_nothing(owner: UUID) -> None:
    shop = make_shop(owner, resources=[FUNCTION])
    comparison = compare_regions(owner, shop.id)
    assert {bill.region for bill in comparison.bills} == set(REGIONS)
    assert len(comparison.bills) == len(REGIONS)
    assert comparison.home.region == "us-east-1"
    assert comparison.home.difference == 0
    assert comparison.home.total == estimate_scenario(owner, shop.id).total


def test_complete_bills_stand_first_from_cheap_to_dear(owner: UUID) -> None:
    # SQS prices are known for nine regions only; elsewhere the bill is not complete.
    comparison = compare_regions(owner, make_shop(owner).id)
    complete = [bill for bill in comparison.bills if bill.is_complete]
    assert 0 < len(complete) < len(REGIONS)
    assert comparison.bills[: len(complete)] == tuple(complete)
    assert [bill.total for bill in complete] == sorted(bill.total for bill in complete)
    assert comparison.bills[-1].unpriced[0].key == "sqs.standard"


def test_a_dearer_region_says_by_how_much(owner: UUID) -> None:
    shop = make_shop(owner, resources=[FUNCTION])
    dear = next(bill for bill in compare_regions(owner, shop.id).bills if bill.region == "af-south-1")
    assert dear.difference is not None
    assert dear.difference > 0
    assert dear.total - dear.difference == estimate_scenario(owner, shop.id).total


def test_a_commitment_goes_along_and_is_named_where_its_price_is_unknown(owner: UUID) -> None:
    terms = {"term": "1-year", "payment": "no-upfront"}
    shop = make_shop(owner, resources=[FUNCTION], commitment=terms)
    assert compare_regions(owner, shop.id).home.total == estimate_scenario(owner, shop.id).total
    with unit_of_work():
        variant = create_in_region(owner, shop.id, "af-south-1")
    assert variant.document.commitment == shop.document.commitment
    bill = estimate_scenario(owner, variant.id).commitment
    assert bill is not None
    assert bill.without_price == ("Duration (x86)",)


def test_a_variant_becomes_a_scenario_with_the_recorded_shape(owner: UUID) -> None:
    shop = make_shop(owner, resources=[FUNCTION])
    with unit_of_work():
        ingest(owner, shop.id, BytesIO(b"one\ntwo\n"))
    expected = next(bill for bill in compare_regions(owner, shop.id).bills if bill.region == "eu-west-1")
    with unit_of_work():
        variant = create_in_region(owner, shop.id, "eu-west-1")
    assert (variant.document.name, variant.status) == ("Shop in eu-west-1", "draft")
    assert estimate_scenario(owner, variant.id).total == expected.total
    assert variant.document.traffic.measures["events"] == Decimal(2)


def test_an_unknown_region_and_a_stranger_are_refused(owner: UUID, stranger: UUID) -> None:
    shop = make_shop(owner)
    with pytest.raises(InvalidInput), unit_of_work():
        create_in_region(owner, shop.id, "moon-1")
    with pytest.raises(NotFound):
        compare_regions(stranger, shop.id)


def test_bills_that_lack_other_prices_are_not_compared(owner: UUID) -> None:
    queue = {"service": "sqs", "name": "Queue", "usage": {"requests": 1_000_000}}
    for home, comparable in (("us-east-1", False), ("ap-northeast-3", True)):
        comparison = compare_regions(owner, make_shop(owner, region=home, resources=[FUNCTION, queue]).id)
        there = next(bill for bill in comparison.bills if bill.region == "ap-northeast-3")
        assert not there.is_complete
        assert (there.difference is not None) is comparable


def test_a_region_without_any_price_is_unknown_and_never_cheapest(owner: UUID) -> None:
    queue = {"service": "sqs", "name": "Queue", "usage": {"requests": 1_000_000}}
    comparison = compare_regions(owner, make_shop(owner, resources=[queue]).id)
    there = next(bill for bill in comparison.bills if bill.region == "ap-northeast-3")
    assert (there.is_unknown, there.difference, there.percent) == (True, None, None)
    assert comparison.cheapest is not None
    assert comparison.cheapest.is_complete


def test_a_region_without_a_committed_price_says_what_stays_on_demand(owner: UUID) -> None:
    commitment = {"term": "1-year", "payment": "no-upfront"}
    shop = make_shop(owner, region="eu-west-1", resources=[FUNCTION], commitment=commitment)
    bills = {bill.region: bill for bill in compare_regions(owner, shop.id).bills}
    assert bills["eu-west-1"].on_demand == ()
    assert bills["sa-east-1"].on_demand == ("Duration (x86)",)
