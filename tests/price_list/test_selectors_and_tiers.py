"""From a product to a price: region prefixes, regions, units, free parts, gaps."""

from decimal import Decimal

import pytest

from webapp.pricing.declaration import PriceKey
from webapp.pricing.price_list.indexes import parse_region_index, parse_service_index
from webapp.pricing.price_list.offer import PriceListError, Rate
from webapp.pricing.price_list.selectors import Selectors, bare_usage_type, region_of
from webapp.pricing.price_list.tiers import tiers_of
from webapp.pricing.prices import Tier


@pytest.mark.parametrize(
    ("usage_type", "bare"),
    [
        ("Requests-Tier1", "Requests-Tier1"),
        ("EU-Requests-Tier1", "Requests-Tier1"),
        ("APS3-Requests-Tier1", "Requests-Tier1"),
        ("eu-west-2-KMS-Requests", "KMS-Requests"),
        ("USE1-EUC1-AWS-Out-Bytes", "EUC1-AWS-Out-Bytes"),
        ("IA-TimedStorage-ByteHrs", "IA-TimedStorage-ByteHrs"),
        ("EUW2-IA-TimedStorage-ByteHrs", "IA-TimedStorage-ByteHrs"),
    ],
)
def test_a_region_prefix_is_taken_off_and_nothing_else(usage_type: str, bare: str) -> None:
    assert bare_usage_type(usage_type) == bare


@pytest.mark.parametrize(
    ("product", "region"),
    [
        ({"regioncode": "eu-west-1", "location": "EU (Ireland)"}, "eu-west-1"),
        ({"location": "EU (Ireland)"}, "eu-west-1"),
        ({"location": "Europe (Ireland)"}, "eu-west-1"),
        ({"location": "South America (Sao Paulo)"}, "sa-east-1"),
        ({"fromregioncode": "us-west-2", "toregioncode": "us-east-1"}, "us-west-2"),
        ({"location": "Any", "regioncode": ""}, None),
        ({"regioncode": "cn-north-1"}, None),
        ({"location": "US East (Boston)", "locationtype": "AWS Local Zone"}, None),
        ({}, "us-east-1"),
    ],
)
def test_a_product_belongs_to_the_region_it_names(product: dict[str, str], region: str | None) -> None:
    assert region_of(product, "us-east-1") == region


def test_every_part_of_a_selector_must_be_said() -> None:
    key = PriceKey("x", "", "GB", "Offer", {"usagetype": "Out-Bytes", "operation": "", "transferType": "Out"})
    finder = Selectors([key, PriceKey("y", "", "GB", "Offer", {})])
    assert finder.keys_of({"usagetype": "EU-Out-Bytes", "transfertype": "Out"}) == ("x",)
    assert finder.keys_of({"usagetype": "EU-Out-Bytes", "transfertype": "In"}) == ()
    assert finder.keys_of({"usagetype": "Out-Bytes", "transfertype": "Out", "operation": "Get"}) == ()


def test_another_selector_is_another_digest() -> None:
    one = PriceKey("x", "", "GB", "Offer", {"usagetype": "A"})
    other = PriceKey("x", "", "GB", "Offer", {"usagetype": "B"})
    assert Selectors([one]).digest == Selectors([one]).digest != Selectors([other]).digest


def rates(*tiers: tuple[str, str, str], unit: str = "Requests", term: str = "T") -> tuple[Rate, ...]:
    return tuple(Rate(term, begin, end, unit, usd) for begin, end, usd in tiers)


def tier(start: str, end: str | None, usd: str) -> Tier:
    return Tier(Decimal(start), None if end is None else Decimal(end), Decimal(usd))


def test_tiers_come_in_order() -> None:
    found = tiers_of(rates(("10", "Inf", "1"), ("0", "10", "2")), "Request", ())
    assert found == (tier("0", "10", "2"), tier("10", None, "1"))


def test_a_free_part_that_is_declared_is_taken_off() -> None:
    found = tiers_of(
        rates(("0", "25", "0"), ("25", "100", "0.25"), ("100", "Inf", "0.2")), "GB-Mo", [Decimal(25)]
    )
    assert found == (tier("0", "75", "0.25"), tier("75", None, "0.2"))


def test_tiers_that_begin_after_the_free_part_are_moved_down() -> None:
    found = tiers_of(rates(("50000", "Inf", "0.0055")), "MAU", [Decimal(50000)])
    assert found == (tier("0", None, "0.0055"),)


def test_a_price_of_nothing_at_all_stays() -> None:
    assert tiers_of(rates(("0", "Inf", "0")), "Notification", ()) == (tier("0", None, "0"),)


def test_a_number_nobody_reaches_is_no_end() -> None:
    assert tiers_of(rates(("0", "1125899906842624", "0.02")), "GB-Mo", ())[-1].end is None


@pytest.mark.parametrize(
    ("theirs", "ours", "usd"),
    [
        ("1K tokens", "million tokens", "60"),
        ("1M tokens", "million tokens", "0.06"),
        ("Lambda-GB-Second", "GB-Second", "0.06"),
        ("64K-Chunks", "Event(64 KB)", "0.06"),
        ("Hrs", "ShardHour", "0.06"),
        ("Mo", "Alarm-metric-month", "0.06"),
    ],
)
def test_units_are_brought_to_ours(theirs: str, ours: str, usd: str) -> None:
    (found,) = tiers_of(rates(("0", "Inf", "0.06"), unit=theirs), ours, ())
    assert found.usd == Decimal(usd)


@pytest.mark.parametrize(
    ("wrong", "unit", "reason"),
    [
        (rates(("0", "10", "0"), ("10", "Inf", "1")), "Request", "10 free units"),
        (rates(("0", "10", "2"), ("11", "Inf", "1")), "Request", "gap or an overlap at 11"),
        (rates(("0", "10", "2"), ("9", "Inf", "1")), "Request", "gap or an overlap at 9"),
        (rates(("0", "10", "2")), "Request", "ends at 10"),
        (rates(("0", "Inf", "")), "Request", "no usable price in USD"),
        (rates(("0", "Inf", "-1")), "Request", "no usable price in USD"),
        (rates(("zero", "Inf", "1")), "Request", "no usable begin"),
        (rates(("0", "Inf", "1"), unit="Units"), "million tokens", "does not say how many"),
        (rates(("0", "Inf", "1"), unit="GB-Hours"), "GB-Mo", "different times"),
        (rates(("0", "Inf", "1"), unit="TB"), "GB", "different sizes"),
        (
            rates(("0", "5", "1")) + rates(("5", "Inf", "1"), term="OTHER"),
            "Request",
            "several on-demand terms",
        ),
        (rates(("0", "5", "1")) + rates(("5", "Inf", "1"), unit="GB"), "Request", "different units"),
    ],
)
def test_what_can_only_be_guessed_is_refused(wrong: tuple[Rate, ...], unit: str, reason: str) -> None:
    with pytest.raises(PriceListError, match=reason):
        tiers_of(wrong, unit, ())


def test_an_index_names_pinned_versions() -> None:
    body = b"""{"publicationDate": "2026-01-16T16:02:58Z", "regions": {
        "eu-west-1": {"currentVersionUrl": "/offers/v1.0/aws/comprehend/20260116160258/eu-west-1/index.json"},
        "us-east-1": {"currentVersionUrl": "/offers/v1.0/aws/comprehend/current/us-east-1/index.json"},
        "us-west-2": {"currentVersionUrl": "/offers/v1.0/aws/comprehend/current/default/empty.json"}}}"""
    files = parse_region_index(body)
    assert {region: file.version for region, file in files.items()} == {
        "eu-west-1": "20260116160258",
        "us-east-1": "current@2026-01-16T16:02:58Z",
    }


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"offers": 1}', b"<html></html>"])
def test_a_wrong_index_is_refused(body: bytes) -> None:
    with pytest.raises(PriceListError):
        parse_service_index(body)
    with pytest.raises(PriceListError):
        parse_region_index(body)
